# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks of NAS-Bench-201 and a table of their training-free scores.

    python3 -m syncnas_trainer.nasbench201 CELLS.csv TABLE.csv --data IMAGES --cells 300

Dong and Yang, NAS-Bench-201, ICLR 2020, section 2.1: a 3x3 convolution to 16 channels, three stages
of five equal cells of 16, 32 and 64 channels, between them residual blocks that halve the edge,
global pooling and a linear layer. A cell has four nodes; each of its six edges is one of OPERATIONS.
Initial weights are PyTorch's own, as in the authors' program.

CELLS.csv has columns idx and arch; a random sample of its cells is scored, in an order that --seed
fixes, so that a larger sample holds a smaller one. TABLE.csv has a line for each cell: idx, seed, the
scores (empty where one is not defined) and seconds; killed and started again, it is gone on with.
"""

import argparse
import csv
import random
import re
import sys

import torch
from torch import nn

from . import data, evaluate, images, process, scores, table

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
CHANNELS = (16, 32, 64)
CELLS = 5  # a stage
EDGE = 32


def parse(arch):
    """((operation, ...), ...) of nodes 1 to 3, by node read, of |op~0|+|op~0|op~1|+|op~0|op~1|op~2|.

    Raises ValueError.
    """
    nodes = []
    for number, text in enumerate(arch.split("+"), 1):
        found = re.findall(r"([a-z0-9_]+)~(\d)\|", text)
        if text != "|" + "".join(f"{name}~{i}|" for i, (name, _) in enumerate(found)) or \
                len(found) != number or not {name for name, _ in found} <= set(OPERATIONS):
            raise ValueError(f"{arch!r:.200} is no cell")
        nodes.append(tuple(name for name, _ in found))
    if len(nodes) != 3:
        raise ValueError(f"{arch!r:.200} is no cell of four nodes")
    return tuple(nodes)


def _relu_conv_norm(in_c, out_c, kernel, stride=1):
    return nn.Sequential(nn.ReLU(), nn.Conv2d(in_c, out_c, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(out_c))


def _operation(name, channels):
    if name == "skip_connect":
        return nn.Identity()
    if name == "avg_pool_3x3":
        return nn.AvgPool2d(3, 1, 1, count_include_pad=False)
    return _relu_conv_norm(channels, channels, 3 if name == "nor_conv_3x3" else 1)


class Cell(nn.Module):
    """Node 0 is the input; each later one sums what its edges give; node 3 is the output."""

    def __init__(self, nodes, channels):
        super().__init__()
        self.nodes = nn.ModuleList(nn.ModuleDict(
            {str(source): _operation(name, channels) for source, name in enumerate(names)
             if name != "none"}) for names in nodes)

    def forward(self, x):
        values = [x]
        for edges in self.nodes:
            # A node that nothing reaches is None: batch norms of zeros would have no deviation.
            parts = [edge(values[int(source)]) for source, edge in edges.items()
                     if values[int(source)] is not None]
            values.append(sum(parts[1:], parts[0]) if parts else None)
        return torch.zeros_like(x) if values[-1] is None else values[-1]


class Reduction(nn.Module):
    """Residual block of He et al. that halves the edge; the shortcut pools, then a 1x1 convolution."""

    def __init__(self, in_c, out_c):
        super().__init__()
        self.layers = nn.Sequential(_relu_conv_norm(in_c, out_c, 3, 2), _relu_conv_norm(out_c, out_c, 3))
        self.shortcut = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(in_c, out_c, 1, bias=False))
        self.residual = True  # Zen-score leaves residual sums out

    def forward(self, x):
        return self.layers(x) + self.shortcut(x) if self.residual else self.layers(x)


class CellNetwork(nn.Module):
    """Input N x 3 x edge x edge float32, output N x classes logits."""

    def __init__(self, nodes, classes=10):
        super().__init__()
        layers = [nn.Conv2d(3, CHANNELS[0], 3, padding=1, bias=False), nn.BatchNorm2d(CHANNELS[0])]
        for stage, channels in enumerate(CHANNELS):
            if stage:
                layers.append(Reduction(CHANNELS[stage - 1], channels))
            layers += [Cell(nodes, channels) for _ in range(CELLS)]
        self.body = nn.Sequential(*layers, nn.BatchNorm2d(CHANNELS[-1]), nn.ReLU())
        self.classifier = nn.Linear(CHANNELS[-1], classes)

    def features(self, x):
        return self.body(x)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def build(nodes, seed):
    """The module of a parsed cell with weights drawn from `seed`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return CellNetwork(nodes).to(memory_format=torch.channels_last)


@torch.no_grad()
def macs(module, edge=EDGE):
    """Multiply-accumulates for one image; convolutions of a node that nothing reaches cost none."""
    counts = []

    def add(layer, _arguments, result):
        counts.append(layer.weight.numel() * result[0].numel() // result.shape[1])

    hooks = [layer.register_forward_hook(add) for layer in module.modules()
             if isinstance(layer, (nn.Conv2d, nn.Linear))]
    module.eval()(torch.zeros(1, 3, edge, edge))
    for hook in hooks:
        hook.remove()
    return sum(counts)


def read_cells(path):
    """[(idx, parsed cell)] of a CSV file with columns idx and arch. Raises ValueError, OSError."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"idx", "arch"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path}: no columns idx and arch")
        return [(int(row["idx"]), parse(row["arch"] or "")) for row in rows]


def sample(cells, count, seed):
    """The first `count` of a random order: part of any larger sample of that seed."""
    return random.Random(seed).sample(cells, len(cells))[:count]


def arguments(argv):
    parser = argparse.ArgumentParser(prog="syncnas_trainer.nasbench201", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cells_file")
    add("table")
    add("--data", required=True, help="CIFAR-10's batches or .npz, or images of 10 classes")
    add("--cells", type=int, default=300, help="how many")
    add("--seed", type=int, default=1, help="of the sample and of the weights")
    add("--scores", type=table.score_list, default=list(scores.NAMES))
    add("--score-batch", type=int, default=16)
    add("--score-batches", type=int, default=4, help="of zico")
    add("--draws", type=int, default=2, help="of weights and inputs, of zen")
    add("--threads", type=int, default=1)
    options = parser.parse_args(argv)
    if min(options.cells, options.score_batch, options.score_batches, options.draws,
           options.threads) < 1 or options.seed < 0:
        parser.error("numbers are 1 or more, the seed 0 or more")
    return options


def main(argv=None):
    options = arguments(argv)
    process.settle(options.threads)
    try:
        cells = sample(read_cells(options.cells_file), options.cells, options.seed)
        columns = ("idx", "seed", *options.scores, "seconds")
        rows = table.Table(options.table, columns, 2)
        part = data.prepare(images.read(options.data), EDGE, options.score_batch *
                            options.score_batches, 0, 0).train
    except (OSError, ValueError) as error:
        print(f"syncnas_trainer.nasbench201: {error}", file=sys.stderr)
        return 1

    def make(nodes, seeds):
        [seed] = seeds

        def once(name):
            generator = torch.Generator().manual_seed(seed)
            module = build(nodes, seed)
            batches = evaluate.draw(part, None, options, generator)
            inputs = scores.Inputs(batches, macs(module) if name == "macs" else 0, options.draws)
            return scores.find(name)(module, inputs, generator)
        row, wrong = table.score_row(options.scores, once)
        return [row], wrong

    table.fill(rows, [(index, nodes, [options.seed]) for index, nodes in cells
                      if (str(index), str(options.seed)) not in rows.known], make)
    return 0


if __name__ == "__main__":
    sys.exit(main())
