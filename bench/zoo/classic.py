# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks of other blocks: residual, shuffle and fire units."""

import numpy as np

from .blocks import classifier
from .graph import Graph


def basic_block(g, x, channels, stride):
    """Two 3x3 convolutions (He et al., CVPR 2016, figure 5 left)."""
    with g.scope("conv1"):
        y = g.conv(x, channels, 3, stride, act="relu")
    with g.scope("conv2"):
        y = g.conv(y, channels, 3)
    return y


def bottleneck(g, x, channels, stride):
    """1x1, 3x3, 1x1 (figure 5 right). The paper strides in the first 1x1."""
    with g.scope("conv1"):
        y = g.conv(x, channels, 1, stride, act="relu")
    with g.scope("conv2"):
        y = g.conv(y, channels, 3, act="relu")
    with g.scope("conv3"):
        y = g.conv(y, 4 * channels)
    return y


RESNETS = {"resnet18": (basic_block, 1, (2, 2, 2, 2)), "resnet50": (bottleneck, 4, (3, 4, 6, 3))}


def build_resnet(name, size=224, batch_norm=False):
    """He et al., Deep residual learning, CVPR 2016, table 1; shortcuts of option B."""
    block, widen, counts = RESNETS[name]
    g = Graph(name, size, batch_norm)
    with g.scope("stem"):
        x = g.max_pool(g.conv("input", 64, 7, 2, act="relu"), 3, 2, 1)
    for stage, count in enumerate(counts):
        channels = 64 << stage
        for i in range(count):
            stride = 2 if i == 0 and stage > 0 else 1
            with g.scope(f"layer{stage + 1}"), g.scope(i):
                y = block(g, x, channels, stride)
                if i == 0 and g.channels[x] != widen * channels:
                    with g.scope("downsample"):
                        x = g.conv(x, widen * channels, 1, stride)
                x = g.activate(g.add(y, x), "relu")
    return g.finish(classifier(g, x))


def shuffle(g, x, height):
    """Channels of two halves taken in turn (Zhang et al., ShuffleNet, CVPR 2018, figure 1)."""
    channels = g.channels[x]
    shapes = [g.parameter(n, np.int64(s)) for n, s in (
        ("split", [1, 2, channels // 2, height, height]), ("join", [1, channels, height, height]))]
    y = g.node("Reshape", [x, shapes[0]])
    return g.node("Reshape", [g.node("Transpose", [y], perm=[0, 2, 1, 3, 4]), shapes[1]])


def shuffle_branch(g, x, channels, stride):
    with g.scope("conv1"):
        y = g.conv(x, channels, act="relu")
    with g.scope("conv2"):
        y = g.conv(y, channels, 3, stride, groups="depthwise")
    with g.scope("conv3"):
        return g.conv(y, channels, act="relu")


def shuffle_unit(g, x, channels, stride, height):
    """Ma et al., ShuffleNet V2, ECCV 2018, figure 3 (c), and (d) at stride 2; `height` behind it."""
    half = channels // 2
    if stride == 1:
        halves = g.parameter("halves", np.int64([half, half]))
        left, right = g.node("Split", [x, halves], half, outputs=2, axis=1)
    else:
        with g.scope("branch1"):
            with g.scope("conv1"):
                left = g.conv(x, g.channels[x], 3, 2, groups="depthwise")
            with g.scope("conv2"):
                left = g.conv(left, half, act="relu")
        right = x
    with g.scope("branch2"):
        right = shuffle_branch(g, right, half, stride)
    return shuffle(g, g.concat([left, right]), height)


def build_shufflenet_v2(name, size=224, batch_norm=False):
    """ShuffleNet V2 1x: table 5 of its paper."""
    g = Graph(name, size, batch_norm)
    with g.scope("stem"):
        x = g.max_pool(g.conv("input", 24, 3, 2, act="relu"), 3, 2, 1)
    height = -(-size // 4)
    for stage, (channels, count) in enumerate(((116, 4), (232, 8), (464, 4)), 2):
        height = -(-height // 2)
        for i in range(count):
            with g.scope(f"stage{stage}"), g.scope(i):
                x = shuffle_unit(g, x, channels, 1 if i else 2, height)
    with g.scope("conv5"):
        x = g.conv(x, 1024, act="relu")
    return g.finish(classifier(g, x))


def fire(g, x, squeezed, expanded):
    """Iandola et al., SqueezeNet, 2016, figure 1."""
    with g.scope("squeeze"):
        x = g.conv(x, squeezed, act="relu", norm=False)
    with g.scope("expand1x1"):
        y = g.conv(x, expanded, act="relu", norm=False)
    with g.scope("expand3x3"):
        z = g.conv(x, expanded, 3, act="relu", norm=False)
    return g.concat([y, z])


def build_squeezenet(name, size=224, batch_norm=False):
    """SqueezeNet 1.1 of its authors' repository (forresti/SqueezeNet); pools round sizes up.

    It has no normalisation: `batch_norm` changes nothing.
    """
    g = Graph(name, size, batch_norm)
    with g.scope("stem"):
        x = g.conv("input", 64, 3, 2, act="relu", norm=False, pad=0)
    number = 2
    for widths in (((16, 64),) * 2, ((32, 128),) * 2, ((48, 192),) * 2 + ((64, 256),) * 2):
        with g.scope(f"pool{number}"):
            x = g.max_pool(x, 3, 2, ceil=True)
        for squeezed, expanded in widths:
            with g.scope(f"fire{number}"):
                x = fire(g, x, squeezed, expanded)
            number += 1
    with g.scope("conv10"):
        x = g.conv(x, 1000, act="relu", norm=False)
    return g.finish(g.flatten(g.global_pool(x)))
