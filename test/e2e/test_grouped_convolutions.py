# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolutions of several groups, which are cut into dense ones."""

import pytest

from networks import Network
from snc_tools import compare, compile_model, random_inputs, reference, run_library

# (inputs, outputs, groups, kernel, stride, dilation)
SHAPES = {
    "two_1x1": (64, 96, 2, 1, 1, 1),
    "odd_1x1": (42, 54, 3, 1, 1, 1),
    "resnext": (64, 64, 16, 3, 1, 1),
    "stride": (48, 96, 2, 3, 2, 1),
    "dilated": (40, 40, 5, 3, 1, 2),
    "shuffle": (240, 60, 3, 1, 1, 1),
    "multiplier": (24, 72, 24, 3, 1, 1),
    "to_one": (24, 8, 8, 3, 1, 1),
    "tiny": (4, 6, 2, 3, 2, 1),
}


def grouped(n, x, shape, bias=True):
    inputs, outputs, groups, kernel, stride, dilation = shape
    scale = (3 * groups / (inputs * kernel * kernel)) ** 0.5
    operands = [n.weight(outputs, inputs // groups, kernel, kernel, low=-scale, high=scale)]
    operands += [n.weight(outputs)] if bias else []
    return n.node("Conv", x, *operands, group=groups, strides=[stride] * 2, dilations=[dilation] * 2,
                  pads=[kernel // 2 * dilation] * 4)


def check(n, outputs, folder, *flags):
    model = folder / "net.onnx"
    n.save(model, *outputs)
    inputs = random_inputs(model)
    out = compile_model(model, folder / "lib", *flags)
    compare(run_library(out, inputs, folder / "run"), reference(model, inputs), tolerance=2e-5)


@pytest.mark.parametrize("images", (1, 2))
@pytest.mark.parametrize("name", SHAPES)
def test_alone(name, images, tmp_path):
    """The picture itself is read, and what is written is returned."""
    n = Network(images, SHAPES[name][0], 11, 9)
    check(n, [grouped(n, "x", SHAPES[name])], tmp_path)


@pytest.mark.parametrize("target", ("host", "x86-64-avx2"))
@pytest.mark.parametrize("name", SHAPES)
def test_between_others(name, target, tmp_path):
    """In blocks: a dense one, the grouped one with an activation and one behind it."""
    shape = SHAPES[name]
    n = Network(1, 8, 15, 13)
    y = n.node("Relu", n.node("Conv", "x", n.weight(shape[0], 8, 1, 1)))
    y = n.node("Clip", grouped(n, y, shape), n.number(0.0), n.number(6.0))
    y = n.node("Conv", y, n.weight(20, shape[1], 1, 1))
    check(n, [y], tmp_path, f"--target={target}")


@pytest.mark.parametrize("channels, groups", ((64, 16), (40, 2), (54, 3)))
def test_resnext_block(channels, groups, tmp_path):
    """1x1, grouped 3x3, 1x1 and the residual; then a residual right behind a grouped one."""
    n = Network(1, channels, 14, 14)
    y = n.node("Relu", n.node("Conv", "x", n.weight(channels, channels, 1, 1, low=-0.2, high=0.2)))
    y = n.node("Relu", grouped(n, y, (channels, channels, groups, 3, 1, 1), bias=False))
    y = n.node("Conv", y, n.weight(channels, channels, 1, 1, low=-0.2, high=0.2))
    y = n.node("Relu", n.node("Add", y, "x"))
    z = grouped(n, y, (channels, channels, groups, 3, 1, 1))
    check(n, [n.node("Relu", n.node("Add", z, y))], tmp_path, "--threads=2")


def test_chain(tmp_path):
    """Each reads the parts of the one before it."""
    n, y = Network(1, 48, 14, 14), "x"
    for inputs, outputs in ((48, 72), (72, 48), (48, 240), (240, 40)):
        y = n.node("Relu", grouped(n, y, (inputs, outputs, 2, 1, 1, 1)))
    check(n, [y], tmp_path)


def test_weights_at_run_time(tmp_path):
    """Stay as they are."""
    n = Network(1, 8, 6, 6)
    w = n.node("Reshape", n.node("ReduceMean", "x", axes=[2, 3]), n.constant([8, 1, 1, 1]))
    w = n.node("Concat", w, w, n.node("Neg", w), w, axis=1)
    check(n, [n.node("Conv", "x", w, group=2)], tmp_path)


@pytest.mark.parametrize("channels", (32, 40))
def test_in_branches(channels, tmp_path):
    """Units cut the groups, or rows, of a grouped convolution as of one node."""
    n = Network(1, 16, 28, 28)
    y = n.node("Relu", n.node("Conv", "x", n.weight(channels, 16, 1, 1)))
    for _ in range(2):
        y = n.node("Relu", grouped(n, y, (channels, channels, 4, 3, 1, 1)))
    check(n, [n.node("GlobalAveragePool", y)], tmp_path, "--devices=cpu:1,cpu:1", "--branches=always")
