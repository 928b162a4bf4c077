# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Evaluator program of a search: scores networks by a short training or without training.

Reads one JSON object a line from standard input, {"id", "name", "network", "latency_us", "seed"},
answers with one a line on standard output, {"id", "name", "score", "details"} or {"id", "name",
"error"}; larger scores are better. Ends with exit code 0 at the end of the input. Standard error is
for people.
"""

import argparse
import json
import math
import sys
import time

import torch

from . import configuration, copies, data, images, network, process, scores, training

DEFAULT = training.Settings()
SETTLING = 4000  # training images that batch norms take their statistics from, at most
WITHOUT_IMAGES = ("parameters", "macs", "synflow", "zen")


# What a score may raise: the network, not the program, is then the reason.
FAILURES = (ValueError, ArithmeticError, RuntimeError, MemoryError, RecursionError)


def arguments(argv=None):
    parser = argparse.ArgumentParser(prog="syncnas_trainer.evaluate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--score", default="train", choices=("train",) + scores.NAMES)
    add_arguments(parser)
    options = parser.parse_args(argv)
    check(parser, options, (options.score,))
    return options


def add_arguments(parser):
    """Adds the options of an Evaluator, but for what gives the score, to an argparse parser."""
    add = parser.add_argument
    add("--data", help="image folder, .tar of it, CIFAR-10 batches or .npz")
    add("--cache", help="folder that keeps the decoded images")
    add("--decode-edge", type=int, help="scale images to this edge when decoding")
    add("--images", type=int, default=6400, help="training images")
    add("--validation", type=int, default=2000, help="held-out images that give the score")
    add("--measure", choices=("accuracy", "loss"), default="accuracy",
        help="score of a training: held-out accuracy, or minus the held-out cross entropy")
    add("--repeats", type=int, default=1, help="seeds to take the mean score of, from the request's")
    add("--together", type=int, default=1, help="seeds to train at once; quicker for small networks")
    add("--score-batch", type=int, default=64, help="images a batch of a training-free score")
    add("--score-batches", type=int, default=4, help="batches of a training-free score")
    add("--threads", type=int, default=1)
    training.add_arguments(parser)


def check(parser, options, names):
    """Ends the program by parser.error if the options, for scores `names`, cannot be used."""
    for name in names:
        if not options.data and name not in WITHOUT_IMAGES:
            parser.error(f"score {name} needs --data")
    numbers = (options.repeats, options.together, options.threads, options.score_batch, options.score_batches)
    if min(numbers) < 1:
        parser.error("numbers of repeats, seeds, threads and batches are 1 or more")
    if options.together > 1 and options.clip:
        parser.error("--clip is for one network, not for several --together")


def read_images(options):
    """What images.read gives for options of add_arguments; None where they name no data."""
    return images.read(options.data, options.cache, options.decode_edge) if options.data else None


class Evaluator:
    """Scores networks one after the other. Decoded data of an input edge is kept."""

    def __init__(self, options, pixels):
        """`options` of arguments, or of add_arguments and then trainings; `pixels` of images.read or None."""
        self.options, self.pixels, self.prepared = options, pixels, {}
        self.name = getattr(options, "score", "train")
        self.settings = training.from_arguments(options)

    def data(self, net):
        """The images at the network's input edge. Raises ConfigurationError if they do not fit it."""
        if net.edge not in self.prepared:
            self.prepared = {net.edge: data.prepare(self.pixels, net.edge, self.options.images,
                                                    self.options.validation, 0)}
        found = self.prepared[net.edge]
        data.check_fit(net, found)
        return found

    def score(self, net, seed):
        """(score, details) of a checked network: means over options.repeats seeds."""
        start, seeds = time.monotonic(), range(seed, seed + self.options.repeats)
        if self.name == "train":
            found = [part for some in groups(seeds, self.options.together) for part in self.train(net, some)]
        else:
            found = [self.without_training(net, each, self.name) for each in seeds]
        details = {"macs": network.macs(net), "scores": [score for score, _ in found]}
        if not all(map(math.isfinite, details["scores"])):
            raise training.Diverged("the loss is no number any more")
        for key in found[0][1]:
            details[key] = sum(part[key] for _, part in found) / len(found)
        details["seconds"] = round(time.monotonic() - start, 3)
        return sum(details["scores"]) / len(found), details

    def train(self, net, seeds):
        """[(score, details)] of a checked network trained with each of `seeds`, all at once.

        One that diverged has a score of NaN. Raises training.Diverged when all have.
        """
        found = self.data(net)
        modules = [network.build(net, seed) for seed in seeds]
        details = {"params": network.parameters(modules[0])}
        batches = copies.Batches([data.Batches(found.train, self.settings.batch,
                                               torch.Generator().manual_seed(seed), self.settings.pad,
                                               self.settings.flip) for seed in seeds])
        module, losses = training.train(copies.merge(modules), batches, self.settings)
        few = data.Part(found.train.x[:SETTLING], found.train.y[:SETTLING])
        settled = training.settle_norms(module, few)
        held_out = training.evaluate(module, found.validation)
        return [self._scored(details, *each) for each in zip(losses, settled, held_out)]

    def _scored(self, details, train_loss, train_accuracy, held_out):
        accuracy, loss = held_out
        if not math.isfinite(train_loss + loss):
            return math.nan, details
        value = accuracy if self.options.measure == "accuracy" else -loss
        return value, {**details, "train_loss": train_loss, "train_accuracy": train_accuracy,
                       "accuracy": accuracy, "loss": loss}

    def without_training(self, net, seed, name):
        """(score `name`, details) of a checked network with initial weights drawn from `seed`."""
        generator = torch.Generator().manual_seed(seed)
        module = network.build(net, seed).to(memory_format=torch.channels_last)
        part = None if name in WITHOUT_IMAGES else self.data(net).train
        batches = draw(part, (net.stem[0], net.edge), self.options, generator)
        value = scores.find(name)(module, scores.Inputs(batches, network.macs(net)), generator)
        return value, {"params": network.parameters(module)}


def groups(seeds, size):
    """`seeds` in their order, in lists of `size`, the last maybe shorter."""
    return [seeds[start:start + size] for start in range(0, len(seeds), size)]


def draw(part, shape, options, generator):
    """Batches for scores.Inputs: of a data.Part, or one of noise if None, `shape` (channels, edge)."""
    size, count = options.score_batch, options.score_batches
    if part is None:
        channels, edge = shape
        return ((torch.randn(size, channels, edge, edge, generator=generator), None),)
    order = torch.randperm(len(part), generator=generator)[:size * count]
    return tuple((part.x[where], part.y[where]) for where in order.split(size))


def _no_number(text):
    raise ValueError(f"{text} is no JSON")


def answer(evaluator, line):
    """The answer, a dict, to one line of a request (str or bytes); whatever is wrong with it is an "error"."""
    reply = {"id": None, "name": None}
    try:
        request = json.loads(line, parse_constant=_no_number)
        if not isinstance(request, dict):
            raise ValueError("a request is an object")
        reply = {"id": request.get("id"), "name": request.get("name")}
        seed = request.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 62:
            raise ValueError(f"seed: {seed!r:.40} is not an integer of 0 to 2^62 - 1")
        net = configuration.parse(request.get("network"))
        score, details = evaluator.score(net, seed)
        if not math.isfinite(score):
            raise ArithmeticError(f"the score is {score}")
        return {**reply, "score": score, "details": details}
    except FAILURES as error:
        return {**reply, "error": f"{type(error).__name__}: {error}"[:500]}


def main(argv=None):
    options = arguments(argv)
    try:
        pixels = read_images(options)
    except (OSError, images.DataError) as error:
        print(f"syncnas_trainer.evaluate: {error}", file=sys.stderr)
        return 1
    process.settle(options.threads)
    evaluator = Evaluator(options, pixels)
    for line in sys.stdin.buffer:  # bytes: what is no UTF-8 is an answer's error too
        if line.strip():
            print(json.dumps(answer(evaluator, line)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
