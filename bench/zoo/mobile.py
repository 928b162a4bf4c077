# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks of inverted residuals, each as a table, and what builds them.

A row is `n` equal blocks of which the first has stride `s`: kernel `k` (several: MixConv), `c`
output channels, expanded `t` times (or to `e` channels). `se` is the squeeze ratio of
squeeze-and-excitation: squeezed channels are those of the block's input times `se`.
"""

import dataclasses

from .blocks import classifier, divisible, inverted_residual
from .graph import Graph


@dataclasses.dataclass(frozen=True)
class Row:
    n: int
    k: int | tuple
    s: int
    t: float
    c: int
    e: int = 0
    se: float = 0
    act: str | None = None
    expand_kernel: int | tuple = 1
    project_kernel: int | tuple = 1


@dataclasses.dataclass(frozen=True)
class Mobile:
    """A network: stem, stages of rows, last 1x1 convolution, classifier.

    `head_after_pool` is MobileNetV3's: the last 1x1 convolution (with bias, no normalisation) follows the pool.
    """
    stem: int
    head: int
    act: str
    stages: tuple
    head_after_pool: int = 0
    gate: str = "sigmoid"
    squeeze_act: str | None = None
    squeeze_expanded: bool = False  # squeeze ratio of the expanded channels, rounded to 8


def stages(*rows):
    return tuple(r if isinstance(r, tuple) else (r,) for r in rows)


MIXED_BOTH = dict(expand_kernel=(1, 1), project_kernel=(1, 1))

MOBILE = {
    # Sandler et al., MobileNetV2, CVPR 2018, table 2.
    "mobilenet_v2": Mobile(32, 1280, "relu6", stages(
        Row(1, 3, 1, 1, 16), Row(2, 3, 2, 6, 24), Row(3, 3, 2, 6, 32), Row(4, 3, 2, 6, 64),
        Row(3, 3, 1, 6, 96), Row(3, 3, 2, 6, 160), Row(1, 3, 1, 6, 320))),
    # Tan et al., MnasNet, CVPR 2019, figure 7 (A1).
    "mnasnet_a1": Mobile(32, 1280, "relu", stages(
        Row(1, 3, 1, 1, 16), Row(2, 3, 2, 6, 24), Row(3, 5, 2, 3, 40, se=0.25), Row(4, 3, 2, 6, 80),
        Row(2, 3, 1, 6, 112, se=0.25), Row(3, 5, 2, 6, 160, se=0.25), Row(1, 3, 1, 6, 320))),
    # The same, without squeeze-and-excitation (its authors' tensorflow/tpu repository).
    "mnasnet_b1": Mobile(32, 1280, "relu", stages(
        Row(1, 3, 1, 1, 16), Row(3, 3, 2, 3, 24), Row(3, 5, 2, 3, 40), Row(3, 5, 2, 6, 80),
        Row(2, 3, 1, 6, 96), Row(4, 5, 2, 6, 192), Row(1, 3, 1, 6, 320))),
    # Wu et al., FBNet, CVPR 2019, figure 4; blocks that were skipped are left out.
    "fbnet_b": Mobile(16, 1984, "relu", stages(
        Row(1, 3, 1, 1, 16),
        (Row(1, 3, 2, 6, 24), Row(1, 5, 1, 1, 24), Row(2, 3, 1, 1, 24)),
        (Row(1, 5, 2, 6, 32), Row(1, 5, 1, 3, 32), Row(1, 3, 1, 6, 32), Row(1, 5, 1, 6, 32)),
        (Row(1, 5, 2, 6, 64), Row(1, 5, 1, 1, 64), Row(1, 5, 1, 3, 64)),
        (Row(1, 5, 1, 6, 112), Row(1, 3, 1, 1, 112), Row(1, 5, 1, 1, 112), Row(1, 5, 1, 3, 112)),
        (Row(1, 5, 2, 6, 184), Row(1, 5, 1, 1, 184), Row(2, 5, 1, 6, 184)),
        Row(1, 3, 1, 6, 352))),
    "fbnet_c": Mobile(16, 1984, "relu", stages(
        Row(1, 3, 1, 1, 16),
        (Row(1, 3, 2, 6, 24), Row(2, 3, 1, 1, 24)),
        (Row(1, 5, 2, 6, 32), Row(1, 5, 1, 3, 32), Row(1, 5, 1, 6, 32), Row(1, 3, 1, 6, 32)),
        (Row(1, 5, 2, 6, 64), Row(1, 5, 1, 3, 64), Row(2, 5, 1, 6, 64)),
        (Row(3, 5, 1, 6, 112), Row(1, 5, 1, 3, 112)),
        Row(4, 5, 2, 6, 184), Row(1, 3, 1, 6, 352))),
    # Cai et al., ProxylessNAS, ICLR 2019, figure 4 (mobile).
    "proxyless_r": Mobile(32, 1280, "relu6", stages(
        Row(1, 3, 1, 1, 16),
        (Row(1, 5, 2, 3, 32), Row(1, 3, 1, 3, 32)),
        (Row(1, 7, 2, 3, 40), Row(1, 3, 1, 3, 40), Row(2, 5, 1, 3, 40)),
        (Row(1, 7, 2, 6, 80), Row(3, 5, 1, 3, 80)),
        (Row(1, 5, 1, 6, 96), Row(3, 5, 1, 3, 96)),
        (Row(1, 7, 2, 6, 192), Row(1, 7, 1, 6, 192), Row(2, 7, 1, 3, 192)),
        Row(1, 7, 1, 6, 320))),
    # Stamoulis et al., Single-Path NAS, ECML-PKDD 2019, figure 6.
    "single_path_nas": Mobile(32, 1280, "relu", stages(
        Row(1, 3, 1, 1, 16), Row(3, 3, 2, 3, 24),
        (Row(1, 5, 2, 6, 40), Row(3, 3, 1, 3, 40)),
        (Row(1, 5, 2, 6, 80), Row(3, 3, 1, 3, 80)),
        (Row(1, 5, 1, 6, 96), Row(3, 5, 1, 3, 96)),
        Row(4, 5, 2, 6, 192), Row(1, 3, 1, 6, 320))),
    # Howard et al., Searching for MobileNetV3, ICCV 2019, table 1.
    "mobilenet_v3_large": Mobile(16, 960, "hard_swish", stages(
        Row(1, 3, 1, 1, 16, act="relu"),
        (Row(1, 3, 2, 4, 24, act="relu"), Row(1, 3, 1, 3, 24, act="relu")),
        Row(3, 5, 2, 3, 40, se=0.25, act="relu"),
        (Row(1, 3, 2, 6, 80), Row(1, 3, 1, 0, 80, e=200), Row(2, 3, 1, 0, 80, e=184)),
        Row(2, 3, 1, 6, 112, se=0.25), Row(3, 5, 2, 6, 160, se=0.25)),
        head_after_pool=1280, gate="hard_sigmoid", squeeze_act="relu", squeeze_expanded=True),
    # Tan and Le, EfficientNet, ICML 2019, table 1.
    "efficientnet_b0": Mobile(32, 1280, "swish", stages(
        Row(1, 3, 1, 1, 16, se=0.25), Row(2, 3, 2, 6, 24, se=0.25), Row(2, 5, 2, 6, 40, se=0.25),
        Row(3, 3, 2, 6, 80, se=0.25), Row(3, 5, 1, 6, 112, se=0.25), Row(4, 5, 2, 6, 192, se=0.25),
        Row(1, 3, 1, 6, 320, se=0.25))),
    # Tan and Le, MixConv, BMVC 2019, figure 5 (MixNet-M); squeeze ratios, nonlinearities and the
    # 1x1 convolutions in two groups are in its authors' code (tensorflow/tpu, mixnet).
    "mixnet_m": Mobile(24, 1536, "relu", stages(
        Row(1, 3, 1, 1, 24),
        (Row(1, (3, 5, 7), 2, 6, 32, **MIXED_BOTH), Row(1, 3, 1, 3, 32, **MIXED_BOTH)),
        (Row(1, (3, 5, 7, 9), 2, 6, 40, se=0.5, act="swish"),
         Row(3, (3, 5), 1, 6, 40, se=0.5, act="swish", **MIXED_BOTH)),
        (Row(1, (3, 5, 7), 2, 6, 80, se=0.25, act="swish"),
         Row(3, (3, 5, 7, 9), 1, 6, 80, se=0.25, act="swish", **MIXED_BOTH)),
        (Row(1, 3, 1, 6, 120, se=0.5, act="swish"),
         Row(3, (3, 5, 7, 9), 1, 3, 120, se=0.5, act="swish", **MIXED_BOTH)),
        (Row(1, (3, 5, 7, 9), 2, 6, 200, se=0.5, act="swish"),
         Row(3, (3, 5, 7, 9), 1, 6, 200, se=0.5, act="swish", project_kernel=(1, 1))))),
}


def scaled(net, width):
    """The network with `width` times the channels; heads grow but never shrink (MobileNetV2)."""
    if width == 1:
        return net
    rows = tuple(tuple(dataclasses.replace(r, c=divisible(r.c * width), e=r.e and divisible(r.e * width))
                       for r in stage) for stage in net.stages)
    wider = max(width, 1)
    head = divisible(net.head * (width if net.head_after_pool else wider))
    return dataclasses.replace(net, stem=divisible(net.stem * width), stages=rows, head=head,
                               head_after_pool=net.head_after_pool and divisible(net.head_after_pool * wider))


def row_blocks(net, row, channels):
    """Arguments of `inverted_residual` for each block of a row, from the channels before it."""
    for i in range(row.n):
        expanded = row.e or int(channels * row.t)
        squeezed = int(channels * row.se)
        if net.squeeze_expanded and row.se:
            squeezed = divisible(expanded * row.se)
        yield dict(out=row.c, expanded=expanded, kernel=row.k, stride=row.s if i == 0 else 1,
                   act=row.act or net.act, squeezed=squeezed, gate=net.gate, squeeze_act=net.squeeze_act,
                   expand_kernel=row.expand_kernel, project_kernel=row.project_kernel)
        channels = row.c


def build_mobile(name, size=224, width=1, batch_norm=False):
    """The model of one of MOBILE."""
    net = scaled(MOBILE[name], width)
    g = Graph(name, size, batch_norm)
    with g.scope("stem"):
        x = g.conv("input", net.stem, 3, 2, act=net.act)
    for number, stage in enumerate(net.stages, 1):
        block = 0
        for row in stage:
            for arguments in list(row_blocks(net, row, g.channels[x])):
                with g.scope(f"stage{number}"), g.scope(f"block{block}"):
                    x = inverted_residual(g, x, **arguments)
                block += 1
    with g.scope("head"):
        x = g.conv(x, net.head, act=net.act)
    if not net.head_after_pool:
        return g.finish(classifier(g, x))
    x = g.global_pool(x)
    with g.scope("last"):
        x = g.conv(x, net.head_after_pool, act=net.act, norm=False)
    with g.scope("classifier"):
        return g.finish(g.linear(g.flatten(x), 1000))
