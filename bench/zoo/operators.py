# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes one small model for each way that an operator is used: python -m zoo.operators [NAME ...] -o DIR

A pointwise convolution of 8 channels comes before the operator, so that it reads what engines keep
in their own layout, and nothing behind it: `bench/run DIR/*.onnx` shows which operators are slow.
"""

import argparse
import pathlib
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .graph import IR_VERSION, OPSET


class Case:
    """channels x size x size values `x`, and what `build` adds behind them, which ends in `y`."""

    def __init__(self, channels, size, build):
        self.channels, self.size, self.build = channels, size, build


class Builder:
    def __init__(self, name):
        self.nodes, self.weights = [], []
        self.rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))

    def weight(self, *shape):
        """Uniform, such that a sum over all but the first dimension has variance 1."""
        fan = max(1, int(np.prod(shape[1:])))
        return self.constant(((self.rng.random(shape) * 2 - 1) * (3 / fan) ** 0.5).astype(np.float32))

    def constant(self, value):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind, *inputs, last=False, **attributes):
        name = "y" if last else f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name


def conv(outputs, kernel, groups=1, stride=1, dilation=1):
    """`kernel` is an edge, or (height, width)."""
    edges = (kernel, kernel) if isinstance(kernel, int) else kernel

    def build(b, channels):
        group = channels if groups == "depthwise" else groups
        b.node("Conv", "x", b.weight(outputs, channels // group, *edges), b.weight(outputs), last=True,
               group=group, strides=[stride] * 2, dilations=[dilation] * 2,
               pads=[dilation * (k // 2) for k in edges] * 2)
    return build


def transposed(outputs, kernel, stride, pad, groups=1, extra=0):
    def build(b, channels):
        group = channels if groups == "depthwise" else groups
        b.node("ConvTranspose", "x", b.weight(channels, outputs // group, kernel, kernel),
               b.weight(outputs), last=True, group=group, strides=[stride] * 2, pads=[pad] * 4,
               output_padding=[extra] * 2)
    return build


def pool(kind, kernel, stride=1, pad=0):
    return lambda b, channels: b.node(kind, "x", last=True, kernel_shape=[kernel] * 2,
                                      strides=[stride] * 2, pads=[pad] * 4)


def resize(factor, **attributes):
    return lambda b, channels: b.node("Resize", "x", "", b.constant(np.float32([1, 1, factor, factor])),
                                      last=True, **attributes)


def simple(kind, *constants, **attributes):
    return lambda b, channels: b.node(kind, "x", *map(b.constant, constants), last=True, **attributes)


def shuffle(groups):
    def build(b, channels):
        parts = b.constant(np.int64([1, groups, channels // groups, 56, 56]))
        apart = b.node("Transpose", b.node("Reshape", "x", parts), perm=[0, 2, 1, 3, 4])
        b.node("Reshape", apart, b.constant(np.int64([1, channels, 56, 56])), last=True)
    return build


def gate(b, channels):
    b.node("Mul", "x", b.node("Sigmoid", b.node("GlobalAveragePool", "x")), last=True)


def instance_norm(b, channels):
    b.node("InstanceNormalization", "x", b.weight(channels), b.weight(channels), last=True)


def product(b, channels):
    b.node("MatMul", "x", b.node("Relu", "x"), last=True)


def linear(b, channels):
    flat = b.node("Flatten", "x")
    b.node("Gemm", flat, b.weight(1000, channels * 14 * 14), b.weight(1000), last=True, transB=1)


def doubled(b, channels):
    b.node("Concat", "x", b.node("Relu", "x"), last=True, axis=1)


NEAREST = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
BORDER = np.int64([0, 0, 1, 1, 0, 0, 1, 1])

CASES = {
    "conv1x1": Case(256, 56, conv(64, 1)),
    "conv1x1_s2": Case(64, 56, conv(128, 1, stride=2)),
    "conv3x3": Case(64, 56, conv(64, 3)),
    "conv3x3_s2": Case(64, 56, conv(128, 3, stride=2)),
    "conv3x3_d2": Case(64, 56, conv(64, 3, dilation=2)),
    "conv3x3_d6": Case(64, 28, conv(64, 3, dilation=6)),
    "conv3x3_20": Case(20, 56, conv(20, 3)),
    "conv3x3_6": Case(6, 112, conv(12, 3)),
    "conv3x3_from_1": Case(1, 112, conv(32, 3)),
    "conv5x5": Case(32, 56, conv(32, 5)),
    "conv7x7": Case(32, 56, conv(32, 7)),
    "conv1x7": Case(64, 28, conv(64, (1, 7))),
    "conv7x1": Case(64, 28, conv(64, (7, 1))),
    "conv3x3_to_1": Case(64, 56, conv(1, 3)),
    "conv1x1_to_1": Case(64, 56, conv(1, 1)),
    "conv3x3_to_3": Case(64, 56, conv(3, 3)),
    "conv3x3_to_21": Case(64, 56, conv(21, 3)),
    "conv9x9_to_3": Case(32, 112, conv(3, 9)),
    "depthwise3x3": Case(64, 56, conv(64, 3, "depthwise")),
    "depthwise3x3_s2": Case(64, 56, conv(64, 3, "depthwise", stride=2)),
    "depthwise3x3_d4": Case(64, 56, conv(64, 3, "depthwise", dilation=4)),
    "depthwise5x5": Case(64, 56, conv(64, 5, "depthwise")),
    "depthwise7x7": Case(64, 56, conv(64, 7, "depthwise")),
    "depthwise31x31": Case(64, 28, conv(64, 31, "depthwise")),
    "depthwise1x7": Case(64, 28, conv(64, (1, 7), "depthwise")),
    "depthwise3x3_of_3": Case(3, 112, conv(3, 3, "depthwise")),
    "depthwise3x3_x2": Case(32, 56, conv(64, 3, 32)),
    "grouped3x3": Case(64, 56, conv(64, 3, 4)),
    "transposed2x2_s2": Case(64, 28, transposed(32, 2, 2, 0)),
    "transposed4x4_s2": Case(64, 28, transposed(32, 4, 2, 1)),
    "transposed3x3_s2": Case(64, 28, transposed(21, 3, 2, 1, extra=1)),
    "transposed16x16_s8": Case(64, 14, transposed(21, 16, 8, 4)),
    "transposed_depthwise": Case(21, 28, transposed(21, 4, 2, 1, "depthwise")),
    "transposed_grouped": Case(32, 28, transposed(64, 2, 2, 0, 4)),
    "max_pool3_s2": Case(64, 56, pool("MaxPool", 3, 2, 1)),
    "max_pool2_s2": Case(64, 56, pool("MaxPool", 2, 2)),
    "max_pool5": Case(64, 28, pool("MaxPool", 5, 1, 2)),
    "max_pool13": Case(64, 28, pool("MaxPool", 13, 1, 6)),
    "average_pool3": Case(64, 56, pool("AveragePool", 3, 1, 1)),
    "average_pool7_s7": Case(64, 28, pool("AveragePool", 7, 7)),
    "global_average_pool": Case(256, 28, simple("GlobalAveragePool")),
    "global_max_pool": Case(256, 28, simple("GlobalMaxPool")),
    "nearest_x2": Case(64, 28, resize(2, **NEAREST)),
    "linear_x2": Case(64, 28, resize(2, mode="linear")),
    "linear_x2_aligned": Case(64, 28, resize(2, mode="linear", coordinate_transformation_mode="align_corners")),
    "linear_x4_of_21": Case(21, 28, resize(4, mode="linear")),
    "linear_half": Case(64, 56, resize(0.5, mode="linear")),
    "instance_norm": Case(64, 56, instance_norm),
    "softmax_channels": Case(64, 56, simple("Softmax", axis=1)),
    "softmax_rows": Case(64, 56, simple("Softmax", axis=3)),
    "sigmoid": Case(64, 56, simple("Sigmoid")),
    "tanh": Case(64, 56, simple("Tanh")),
    "elu": Case(64, 56, simple("Elu")),
    "hard_swish": Case(64, 56, simple("HardSwish")),
    "gate": Case(64, 56, gate),
    "transpose_nhwc": Case(64, 56, simple("Transpose", perm=[0, 2, 3, 1])),
    "shuffle2": Case(64, 56, shuffle(2)),
    "depth_to_space": Case(64, 56, simple("DepthToSpace", blocksize=2)),
    "depth_to_space_crd": Case(64, 56, simple("DepthToSpace", blocksize=2, mode="CRD")),
    "space_to_depth": Case(64, 56, simple("SpaceToDepth", blocksize=2)),
    "pad_reflect": Case(64, 56, simple("Pad", BORDER, mode="reflect")),
    "slice_odd": Case(64, 56, simple("Slice", np.int64([3]), np.int64([40]), np.int64([1]))),
    "concat_odd": Case(20, 56, doubled),
    "matmul": Case(64, 56, product),
    "linear": Case(64, 14, linear),
    "arg_max": Case(21, 56, simple("ArgMax", axis=1)),
    "reduce_mean_rows": Case(64, 56, simple("ReduceMean", axes=[3])),
}


def model(name):
    """The model of CASES[name], input "input" 1x8xSxS and output "y"."""
    case, b = CASES[name], Builder(name)
    b.nodes.append(helper.make_node("Conv", ["input", b.weight(case.channels, 8, 1, 1)], ["x"]))
    case.build(b, case.channels)
    shape = [1, 8, case.size, case.size]
    graph = helper.make_graph(
        b.nodes, name, [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [onnx.ValueInfoProto(name="y")], b.weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
                             producer_name="syncnasc zoo")
    made = onnx.shape_inference.infer_shapes(made, strict_mode=True, data_prop=True)
    onnx.checker.check_model(made, full_check=True)
    return made


def main():
    parser = argparse.ArgumentParser(prog="python -m zoo.operators", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("."), metavar="DIR")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in CASES]
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    options.output.mkdir(parents=True, exist_ok=True)
    for name in options.names or CASES:
        path = options.output / f"{name}.onnx"
        onnx.save(model(name), path)
        print(path)


if __name__ == "__main__":
    main()
