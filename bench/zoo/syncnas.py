# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The networks that SyncNAS found (Kang et al., LCTES 2023), of two branches of inverted residuals.

In the published configurations each of seven stages has two branches, `0` and `1`, each a list of
blocks, and a letter in `sync` says what happens behind it: `n`, nothing: each branch of the next
stage goes on with its own branch's result; `a`, the results are added; `c`, they are concatenated.
Behind `a` and `c`, and at the stem, both branches read the one result. The last stage always has
a sync, so that one value reaches the head. Before a `c`, each branch has half of the
channels. Branches of a stage have equal kernels, strides and outputs; only what they expand to differs.
Where a block expands to as many channels as it has, the expansion is left out.
"""

import dataclasses

from .blocks import classifier, inverted_residual
from .graph import Graph


@dataclasses.dataclass(frozen=True)
class Branched:
    """`kernels`, `outputs`, `expanded`: for each stage; `expanded` for each branch and block."""
    stem: int
    head: int
    act: str
    sync: str
    kernels: tuple
    outputs: tuple
    expanded: tuple


STRIDES = (1, 2, 2, 2, 1, 2, 1)  # of the first block of each stage

SYNCNAS = {
    "syncnas_mobilenet_v2": Branched(32, 1280, "relu6", "annnana", (
        (3,), (3,) * 2, (3,) * 3, (3,) * 4, (3,) * 3, (3,) * 3, (3,)),
        (16, 24, 32, 64, 96, 160, 320), (
            ((20,), (12,)),
            ((88, 116), (88, 120)),
            ((128, 200, 200), (116, 164, 164)),
            ((212, 324, 324, 324), (160, 260, 256, 256)),
            ((336, 576, 576), (268, 460, 456)),
            ((540, 852, 852), (420, 592, 592)),
            ((884,), (568,)))),
    "syncnas_mnasnet_b1": Branched(32, 1280, "relu", "cnnnana", (
        (3,), (3,) * 3, (5,) * 3, (5,) * 3, (3,) * 2, (5,) * 4, (3,)),
        (16, 24, 40, 80, 96, 192, 320), (
            ((16,), (12,)),
            ((48, 80, 80), (48, 80, 80)),
            ((60, 96, 96), (44, 68, 72)),
            ((224, 452, 452), (168, 380, 384)),
            ((476, 564), (404, 448)),
            ((548, 1040, 1040, 1044), (404, 576, 576, 580)),
            ((1064,), (552,)))),
    "syncnas_fbnet_c": Branched(16, 1984, "relu", "nnnnaaa", (
        (3,), (3,) * 3, (5, 5, 5, 3), (5,) * 4, (5,) * 4, (5,) * 4, (3,)),
        (16, 24, 32, 64, 112, 184, 352), (
            ((20,), (16,)),
            ((76, 20, 16), (72, 8, 12)),
            ((120, 88, 164, 152), (100, 40, 120, 120)),
            ((204, 172, 320, 320), (120, 76, 220, 220)),
            ((340, 624, 624, 336), (264, 476, 476, 224)),
            ((604, 936, 940, 940), (404, 512, 512, 512)),
            ((980,), (520,)))),
}


def join(g, kind, values):
    """What a stage's sync leaves: one value for each branch."""
    if kind == "n":
        return values
    joined = g.add(*values) if kind == "a" else g.concat(values)
    return [joined, joined]


def build_syncnas(name, size=224, batch_norm=False):
    """The model of one of SYNCNAS."""
    net = SYNCNAS[name]
    g = Graph(name, size, batch_norm)
    with g.scope("stem"):
        x = g.conv("input", net.stem, 3, 2, act=net.act)
    values = [x, x]
    for stage, kind in enumerate(net.sync):
        out = net.outputs[stage] // (2 if kind == "c" else 1)
        with g.scope(f"stage{stage}"):
            for branch in range(2):
                for i, expanded in enumerate(net.expanded[stage][branch]):
                    with g.scope(f"branch{branch}"), g.scope(f"block{i}"):
                        values[branch] = inverted_residual(
                            g, values[branch], out, expanded, net.kernels[stage][i],
                            1 if i else STRIDES[stage], net.act)
            values = join(g, kind, values)
    with g.scope("head"):
        x = g.conv(values[0], net.head, act=net.act)
    return g.finish(classifier(g, x))
