# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX files of published networks with random weights, for benchmarks and tests.

`build(name)` gives a model whose shape is the paper's and whose weights are drawn from a seed
that depends on the name alone: the same bytes every time. Input `input`, 1x3xSxS, meant for values
of about -1 to 1; output `output`, 1x1000, before softmax.
"""

import functools

from .classic import RESNETS, build_resnet, build_shufflenet_v2, build_squeezenet
from .mobile import MOBILE, build_mobile
from .rexnet import build_rexnet
from .syncnas import SYNCNAS, build_syncnas

BUILDERS = {
    **dict.fromkeys(MOBILE, build_mobile),
    "rexnet_1_0": build_rexnet,
    **dict.fromkeys(RESNETS, build_resnet),
    "squeezenet_1_1": build_squeezenet,
    "shufflenet_v2_1_0": build_shufflenet_v2,
    **dict.fromkeys(SYNCNAS, build_syncnas),
}
WIDTHS = ("mobilenet_v2", "mnasnet_a1", "mnasnet_b1", "mobilenet_v3_large")
NAMES = list(BUILDERS)


def build(name, size=224, width=1.0, batch_norm=False):
    """The onnx.ModelProto of a network; ValueError for what there is none of.

    `width` multiplies the channels of those of WIDTHS; `batch_norm` leaves BatchNormalization
    unfolded, which changes the file and not what it computes.
    """
    if name not in BUILDERS:
        raise ValueError(f"no network {name}; there are {', '.join(NAMES)}")
    if not 32 <= size <= 1024:
        raise ValueError(f"size {size}: 32 to 1024 pixels")
    if not 0.25 <= width <= 2:
        raise ValueError(f"width {width}: 0.25 to 2")
    make = functools.partial(BUILDERS[name], name, size, batch_norm=batch_norm)
    if name in WIDTHS:
        return make(width=width)
    if width != 1:
        raise ValueError(f"{name} has no width multiplier; {', '.join(WIDTHS)} have")
    return make()
