# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains one network in full and writes it as ONNX.

    python3 -m syncnas_trainer.train NETWORK.json --data images.tar --cache DIR -o model.onnx

Keeps a checkpoint beside the output (--checkpoint) each --save-every seconds and at the end; started
again with the same arguments it goes on there and ends in the same weights. `--accuracy` prints the
top-1 accuracy over the test set, of a network trained before without training it again.
"""

import argparse
import hashlib
import json
import math
import os
import sys
import time

import torch

from . import checkpoint, configuration, data, export, images, network, process, training


def arguments(argv=None):
    parser = argparse.ArgumentParser(prog="syncnas_trainer.train", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("network", help="configuration of a base or branched network, JSON")
    add("--data", required=True, help="image folder, .tar of it, CIFAR-10 batches or .npz")
    add("--cache", help="folder that keeps the decoded images")
    add("--decode-edge", type=int, help="scale images to this edge when decoding")
    add("--images", type=int, help="training images; all but those held out by default")
    add("--validation", type=int, default=0, help="images held out of the training set")
    add("-o", "--output", required=True, help="the ONNX file")
    add("--checkpoint", help="by default the output's path with .checkpoint added")
    add("--save-every", type=float, default=120, help="seconds")
    add("--print-every", type=int, default=100, help="steps")
    add("--accuracy", action="store_true", help="print the accuracy over the test set")
    add("--dropout", type=float, default=0.0, help="before the classifier")
    add("--seed", type=int, default=0)
    add("--threads", type=int, default=os.cpu_count() or 1)
    training.add_arguments(parser)
    options = parser.parse_args(argv)
    options.checkpoint = options.checkpoint or options.output + ".checkpoint"
    if not 0 <= options.dropout < 1 or options.threads < 1 or options.seed < 0:
        parser.error("--dropout is of [0, 1), --threads 1 or more, --seed 0 or more")
    return options


class Run:
    """One training from its start or its checkpoint to its end."""

    def __init__(self, options, net, found):
        self.options, self.net, self.data = options, net, found
        self.settings = training.from_arguments(options)
        self.generator = torch.Generator().manual_seed(options.seed)
        torch.manual_seed(options.seed)  # of dropout
        module = network.build(net, options.seed, options.dropout).train()
        self.batches = data.Batches(found.train, self.settings.batch, self.generator,
                                    self.settings.pad, self.settings.flip)
        self.steps = max(1, math.ceil(self.settings.epochs * len(self.batches)))
        self.trainer = training.Trainer(module, self.settings, self.steps)
        self.facts = {"network": repr(net), "settings": repr(self.settings), "seed": options.seed,
                      "dropout": repr(options.dropout), "data": _digest(found)}
        if os.path.exists(options.checkpoint):
            checkpoint.load(options.checkpoint, self.trainer, self.generator, self.facts)
            print(f"resumed at step {self.trainer.step} of {self.steps}", flush=True)

    def finish(self):
        """Trains to the end. Returns the module to evaluate."""
        saved, losses = time.monotonic(), []
        while self.trainer.step < self.steps:
            start = self.generator.get_state()
            done = self.trainer.step % len(self.batches)
            for x, y in self.batches.epoch(skip=done):
                losses += self.trainer.advance(x, y)
                if self.trainer.step % self.options.print_every == 0:
                    self._tell(losses)
                    losses = []
                last = self.trainer.step == self.steps
                if last or time.monotonic() - saved >= self.options.save_every:
                    self._save(start)
                    saved = time.monotonic()
                if last:
                    break
        return self.trainer.result.eval()

    def _save(self, start):
        if self.trainer.step % len(self.batches) == 0:
            start = self.generator.get_state()  # between two epochs: that of the next
        checkpoint.save(self.options.checkpoint, self.trainer, start, self.facts)

    def _tell(self, losses):
        epoch = self.trainer.step / len(self.batches)
        rate = training.rate(self.settings, self.trainer.step - 1, self.steps)
        print(f"step {self.trainer.step} of {self.steps}, epoch {epoch:.2f}, rate {rate:.5f}, "
              f"loss {sum(losses) / len(losses):.4f}", flush=True)


def _digest(found):
    """Of the training images and labels: a checkpoint belongs to its data."""
    digest = hashlib.sha256(found.train.y.numpy().tobytes())
    digest.update(found.train.x[:64].permute(0, 2, 3, 1).contiguous().numpy().tobytes())
    return digest.hexdigest()


def preprocess(found):
    """What `syncnas-run --preprocess` is to be told of a data.Data."""
    return "/".join(",".join(f"{value:.6g}" for value in values) for values in (found.mean, found.std))


def main(argv=None):
    options = arguments(argv)
    process.settle(options.threads)
    try:
        net = configuration.load(options.network)
        pixels = images.read(options.data, options.cache, options.decode_edge)
        found = data.prepare(pixels, net.edge, options.images, options.validation)
        data.check_fit(net, found)
        del pixels
        run = Run(options, net, found)
        module = run.finish()
        metadata = {"mean": found.mean, "std": found.std, "classes": found.classes}
        export.export(module, net.edge, options.output, metadata)
    except (OSError, ValueError, ArithmeticError) as error:
        print(f"syncnas_trainer.train: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"output": options.output, "params": network.parameters(module),
                      "macs": network.macs(net), "preprocess": preprocess(found)}))
    for name, part in (("validation", found.validation), ("test", found.test)):
        if len(part) and (name == "validation" or options.accuracy):
            [(accuracy, loss)] = training.evaluate(module, part)
            print(json.dumps({"part": name, "images": len(part), "top1": accuracy, "loss": loss}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
