# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Blocks that several networks share. Each takes a graph and a value and returns a value."""


def divisible(channels, divisor=8):
    """Channels rounded to a multiple of `divisor`, never down by more than 10 % (MobileNetV2)."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def squeeze_excite(g, x, squeezed, act, gate="sigmoid", norm=False):
    """Hu et al., CVPR 2018: channels weighed by what all of the picture says.

    `norm`: whether the squeezing convolution is normalised.
    """
    with g.scope("se"):
        channels = g.channels[x]
        y = g.global_pool(x)
        with g.scope("reduce"):
            y = g.conv(y, squeezed, act=act, norm=norm)
        with g.scope("expand"):
            y = g.activate(g.conv(y, channels, norm=False), gate)
        return g.node("Mul", [x, y], square=g.square[x] * g.square[y])


def inverted_residual(g, x, out, expanded, kernel=3, stride=1, act="relu6", squeezed=0,
                      gate="sigmoid", squeeze_act=None, expand_kernel=1, project_kernel=1):
    """Sandler et al., CVPR 2018, figure 4: expand, filter each channel, project.

    No expansion where `expanded` is the number of channels already there; no squeeze and
    excitation where `squeezed` is 0; the sum where the shape stays. Kernels may be lists (MixConv).
    """
    y = x
    if expanded != g.channels[x]:
        with g.scope("expand"):
            y = g.conv(y, expanded, expand_kernel, act=act)
    with g.scope("depthwise"):
        y = g.conv(y, expanded, kernel, stride, groups="depthwise", act=act)
    if squeezed:
        y = squeeze_excite(g, y, squeezed, squeeze_act or act, gate)
    with g.scope("project"):
        y = g.conv(y, out, project_kernel)
    return g.add(x, y) if stride == 1 and out == g.channels[x] else y


def classifier(g, x, classes=1000):
    """Global average pool and a fully connected layer."""
    with g.scope("classifier"):
        return g.linear(g.flatten(g.global_pool(x)), classes)
