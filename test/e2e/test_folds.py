# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small networks, each in a form that a tensor-level pass rewrites, against ONNX Runtime."""

import numpy as np
import pytest

from networks import Network
from snc_tools import compare, compile_model, random_inputs, reference, run_library


def batch_norm(n, x, channels):
    return n.node("BatchNormalization", x, n.weight(channels), n.weight(channels),
                  n.weight(channels), n.weight(channels, low=0.5, high=2.0))


def conv_bias_batch_norm():
    n = Network(1, 6, 9, 9)
    y = n.node("Conv", "x", n.weight(4, 3, 3, 3), group=2, pads=[1, 1, 1, 1], strides=[2, 2])
    y = n.node("Add", n.weight(4, 1, 1), y)
    return n, [batch_norm(n, y, 4)]


def grouped_transposed_conv_batch_norm():
    n = Network(1, 6, 5, 5)
    y = n.node("ConvTranspose", "x", n.weight(6, 2, 3, 3), n.weight(4), group=2, strides=[2, 2])
    y = batch_norm(n, y, 4)
    return n, [n.node("Div", y, n.weight(1, 4, 1, 1, low=1.0, high=3.0))]


def picture_scaled_before_conv():
    n = Network(1, 3, 8, 8)
    y = n.node("Sub", "x", n.weight(1, 3, 1, 1))
    y = n.node("Div", y, n.weight(3, 1, 1, low=0.5, high=2.0))
    plain = n.node("Conv", y, n.weight(5, 3, 3, 3), n.weight(5))
    z = n.node("Mul", n.node("Sub", "x", n.weight(3, 1, 1)), n.number(2.5))
    return n, [plain, n.node("Conv", z, n.weight(5, 3, 3, 3), pads=[1, 1, 1, 1])]


def batch_norm_between_branches():
    n = Network(1, 8, 6, 6)
    y = n.node("Relu", batch_norm(n, "x", 8))
    a = n.node("Conv", y, n.weight(8, 8, 1, 1))
    return n, [n.node("Add", n.node("Mul", a, n.number(0.5)), y)]


def stack_of_rows_times_matrix():
    n = Network(2, 5, 6)
    y = n.node("MatMul", "x", n.weight(6, 7))
    y = n.node("Add", n.weight(7), y)
    return n, [n.node("Mul", y, n.number(0.25))]


def gemm_with_factors():
    n = Network(6, 3)
    y = n.node("Gemm", "x", n.weight(5, 6), n.weight(5), transA=1, transB=1, alpha=0.5, beta=3.0)
    return n, [n.node("Sub", y, n.weight(1, 5))]


def pads(mode, value, pool, **attributes):
    n = Network(1, 4, 7, 7)
    y = n.node("Relu", "x") if pool == "MaxPool" and value == 0 else "x"
    amounts = n.constant(np.array([0, 0, 1, 1, 0, 0, 1, 0], np.int64))
    y = n.node("Pad", y, amounts, n.number(value), mode=mode)
    return n, [n.node(pool, y, kernel_shape=[3, 2], strides=[2, 2], **attributes)]


def activations():
    n = Network(1, 4, 5, 5)
    x = n.node("Mul", "x", n.number(8.0))
    gate = n.node("Clip", n.node("Add", x, n.number(3.0)), n.number(0.0), n.number(6.0))
    outputs = [n.node("Div", gate, n.number(6.0)),
               n.node("Div", n.node("Mul", x, gate), n.number(6.0)),
               n.node("Mul", n.node("Mul", x, n.number(1 / 6)), gate),
               n.node("Mul", n.node("Div", gate, n.number(6.0)), x),
               n.node("Mul", n.node("Sigmoid", x), x),
               n.node("Max", x, n.node("Mul", x, n.number(0.1))),
               n.node("PRelu", x, n.weight(1)),
               n.node("Min", n.node("Max", x, n.number(0.0)), n.number(6.0))]
    line = n.node("Add", n.node("Mul", x, n.number(0.2)), n.number(0.5))
    return n, outputs + [n.node("Clip", line, n.number(0.0), n.number(1.0))]


def computed_weights():
    n = Network(1, 3, 8, 8)
    w = n.node("Transpose", n.weight(3, 3, 3, 8), perm=[3, 2, 0, 1])
    norm = n.node("Sqrt", n.node("ReduceSum", n.node("Mul", w, w),
                                 n.constant(np.array([1, 2, 3], np.int64)), keepdims=1))
    return n, [n.node("Conv", "x", n.node("Div", w, norm))]


def slices_and_concats():
    n = Network(1, 8, 4, 4)
    index = n.constant(np.array([6, 4, 2], np.int64))
    halves = [n.node("Slice", "x", n.constant(np.array([a], np.int64)), n.constant(np.array([a + 4], np.int64)),
                     n.constant(np.array([1], np.int64))) for a in (0, 4)]
    both = n.node("Concat", n.node("Concat", halves[1], halves[0], axis=1), "x", axis=1)
    return n, [n.node("Gather", both, index, axis=1),
               n.node("Gather", both, n.constant(np.int64(-1)), axis=1)]


def pools_over_the_picture():
    n = Network(1, 16, 7, 5)
    return n, [n.node("AveragePool", "x", kernel_shape=[7, 5]),
               n.node("MaxPool", "x", kernel_shape=[7, 5]),
               n.node("AveragePool", "x", kernel_shape=[7, 5], pads=[1, 1, 1, 1])]


def returned_slice():
    """A part of a row, under another shape: the product's memory is not the result's."""
    n = Network(1, 24)
    product = n.node("Gemm", "x", n.weight(24, 32))
    part = n.node("Slice", product, n.constant([16]), n.constant([32]), n.constant([1]))
    return n, [n.node("Reshape", part, n.constant([4, 4])), n.node("Softmax", product)]


def returned_part_of_concat():
    n = Network(1, 24)
    left, right = (n.node("Gemm", "x", n.weight(24, columns)) for columns in (16, 32))
    return n, [n.node("Softmax", n.node("Concat", left, right, axis=1)),
               n.node("Reshape", left, n.constant([4, 4]))]


LOWEST = float("-inf")
NETWORKS = {
    "activations": activations,
    "average_counts_padding": lambda: pads("constant", 0.0, "AveragePool"),
    "average_own_padding": lambda: pads("constant", 0.0, "AveragePool", pads=[1, 1, 1, 1]),
    "batch_norm_between_branches": batch_norm_between_branches,
    "computed_weights": computed_weights,
    "conv_bias_batch_norm": conv_bias_batch_norm,
    "gemm_with_factors": gemm_with_factors,
    "grouped_transposed_conv": grouped_transposed_conv_batch_norm,
    "maximum_lowest_padding": lambda: pads("constant", LOWEST, "MaxPool"),
    "maximum_of_ones": lambda: pads("constant", 1.0, "MaxPool"),
    "maximum_of_relu": lambda: pads("constant", 0.0, "MaxPool"),
    "picture_scaled_before_conv": picture_scaled_before_conv,
    "pools_over_the_picture": pools_over_the_picture,
    "reflected_padding": lambda: pads("reflect", 0.0, "AveragePool"),
    "returned_part_of_concat": returned_part_of_concat,
    "returned_slice": returned_slice,
    "slices_and_concats": slices_and_concats,
    "stack_of_rows_times_matrix": stack_of_rows_times_matrix,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_fold_keeps_the_function(name, tmp_path):
    network, outputs = NETWORKS[name]()
    model = tmp_path / "net.onnx"
    network.save(model, *outputs)
    inputs = random_inputs(model)
    ours = run_library(compile_model(model, tmp_path / "lib"), inputs, tmp_path / "run")
    compare(ours, reference(model, inputs), tolerance=1e-5)
