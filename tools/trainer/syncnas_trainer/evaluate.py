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

from . import configuration, data, images, network, training

DEFAULT = training.Settings()


def arguments(argv=None):
    parser = argparse.ArgumentParser(prog="syncnas_trainer.evaluate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--score", default="train", help="train, or a training-free score")
    add("--data", required=True, help="image folder, .tar of it, CIFAR-10 batches or .npz")
    add("--cache", help="folder that keeps the decoded images")
    add("--decode-edge", type=int, help="scale images to this edge when decoding")
    add("--images", type=int, default=6400, help="training images")
    add("--validation", type=int, default=2000, help="held-out images that give the score")
    add("--epochs", type=float, default=DEFAULT.epochs)
    add("--batch", type=int, default=DEFAULT.batch)
    add("--lr", type=float, default=DEFAULT.lr)
    add("--warmup", type=float, default=DEFAULT.warmup, help="part of the steps")
    add("--weight-decay", type=float, default=DEFAULT.weight_decay)
    add("--smoothing", type=float, default=DEFAULT.smoothing, help="label smoothing")
    add("--pad", type=int, default=DEFAULT.pad, help="pixels around for the random crop")
    add("--ema", type=float, default=DEFAULT.ema, help="decay of averaged weights, 0 for none")
    add("--clip", type=float, default=DEFAULT.clip, help="largest norm of the gradient")
    add("--measure", choices=("accuracy", "loss"), default="accuracy",
        help="score: held-out accuracy, or minus the held-out cross entropy")
    add("--threads", type=int, default=1)
    return parser.parse_args(argv)


class Evaluator:
    """Scores networks one after the other. Decoded data of an input edge is kept."""

    def __init__(self, options, pixels):
        self.options, self.pixels, self.prepared = options, pixels, {}
        self.settings = training.Settings(
            epochs=options.epochs, batch=options.batch, lr=options.lr, warmup=options.warmup,
            weight_decay=options.weight_decay, smoothing=options.smoothing, pad=options.pad,
            ema=options.ema, clip=options.clip)

    def data(self, net):
        if net.stem[0] != 3:
            raise configuration.ConfigurationError("stem: in_c is not 3, images have 3 channels")
        if net.edge not in self.prepared:
            self.prepared[net.edge] = data.prepare(self.pixels, net.edge, self.options.images,
                                                   self.options.validation, 0)
        found = self.prepared[net.edge]
        if net.classes < len(found.classes):
            raise configuration.ConfigurationError(
                f"classes: {net.classes}, the images have {len(found.classes)}")
        return found

    def score(self, net, seed):
        """(score, details) of a checked network."""
        start = time.monotonic()
        module = network.build(net, seed)
        details = {"params": network.parameters(module), "macs": network.macs(net)}
        score = self._train(net, module, seed, details)
        details["seconds"] = round(time.monotonic() - start, 3)
        return score, details

    def _train(self, net, module, seed, details):
        found = self.data(net)
        generator = torch.Generator().manual_seed(seed)
        batches = data.Batches(found.train, self.settings.batch, generator, self.settings.pad,
                               self.settings.flip)
        module, details["train_loss"] = training.train(module, batches, self.settings)
        accuracy, details["loss"] = training.evaluate(module, found.validation)
        few = data.Part(found.train.x[:1000], found.train.y[:1000])
        details["train_accuracy"] = training.evaluate(module, few)[0]
        details["accuracy"] = accuracy
        return accuracy if self.options.measure == "accuracy" else -details["loss"]


def answer(evaluator, line):
    """The answer, a dict, to one line of a request; whatever is wrong with it is an "error"."""
    reply = {"id": None, "name": None}
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise ValueError("a request is an object")
        reply = {"id": request.get("id"), "name": request.get("name")}
        seed = request.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 63:
            raise ValueError(f"seed: {seed!r:.40} is not an integer of 0 to 2^63 - 1")
        net = configuration.parse(request.get("network"))
        score, details = evaluator.score(net, seed)
        if not math.isfinite(score):
            raise ArithmeticError(f"the score is {score}")
        return {**reply, "score": score, "details": details}
    except (ValueError, ArithmeticError, RuntimeError, MemoryError, RecursionError) as error:
        return {**reply, "error": f"{type(error).__name__}: {error}"[:500]}


def main(argv=None):
    options = arguments(argv)
    torch.set_num_threads(options.threads)
    # Denormal numbers of dying channels cost ten times a normal one.
    torch.set_flush_denormal(True)
    try:
        evaluator = Evaluator(options, images.read(options.data, options.cache, options.decode_edge))
    except (OSError, images.DataError) as error:
        print(f"syncnas_trainer.evaluate: {error}", file=sys.stderr)
        return 1
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer(evaluator, line)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
