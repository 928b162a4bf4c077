# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ReXNet 1.0 (Han et al., Rethinking channel dimensions, CVPR 2021, table 4 of its appendix).

Channels grow linearly over the blocks, so that most shortcuts reach only the first of them.
"""

from .blocks import classifier, squeeze_excite
from .graph import Graph

BLOCKS, FIRST, GROWTH = 16, 16, 180
STRIDE_2 = (1, 3, 5, 11)  # blocks
SQUEEZE_FROM, SQUEEZE = 3, 12
EXPAND = 6

# Output channels of each block.
CHANNELS = [round(FIRST + i * GROWTH / BLOCKS) for i in range(BLOCKS)]


def partial_add(g, y, x):
    """x added to the first channels of y."""
    reached, channels = g.channels[x], g.channels[y]
    if reached == channels:
        return g.add(y, x)
    with g.scope("reached"):
        total = g.add(g.channel_slice(y, 0, reached), x)
    with g.scope("rest"):
        return g.concat([total, g.channel_slice(y, reached, channels)])


def linear_bottleneck(g, x, block):
    """SiLU behind the expansion alone; ReLU6 behind the filters and their weighing."""
    channels = g.channels[x] * (EXPAND if block else 1)
    stride = 2 if block in STRIDE_2 else 1
    y = x
    if block:
        with g.scope("expand"):
            y = g.conv(y, channels, act="swish")
    with g.scope("depthwise"):
        y = g.conv(y, channels, 3, stride, groups="depthwise")
    if block >= SQUEEZE_FROM:
        y = squeeze_excite(g, y, channels // SQUEEZE, "relu", norm=True)
    y = g.activate(y, "relu6")
    with g.scope("project"):
        y = g.conv(y, CHANNELS[block])
    return partial_add(g, y, x) if stride == 1 and g.channels[x] <= CHANNELS[block] else y


def build_rexnet(name, size=224, batch_norm=False):
    """The model; shortcuts as Slice, Add, Concat."""
    g = Graph(name, size, batch_norm)
    with g.scope("stem"):
        x = g.conv("input", 32, 3, 2, act="swish")
    for block in range(BLOCKS):
        with g.scope(f"block{block}"):
            x = linear_bottleneck(g, x, block)
    with g.scope("head"):
        x = g.conv(x, 1280, act="swish")
    return g.finish(classifier(g, x))
