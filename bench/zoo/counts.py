# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a model costs, read from the ONNX file alone."""

import math

import onnx


def shapes(model):
    """Shape of every value, by name."""
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    found = {w.name: tuple(w.dims) for w in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        found[value.name] = tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
    return found


def macs(model):
    """Multiply-adds of convolutions and matrix products, which is what papers count."""
    shape, total = shapes(model), 0
    for node in model.graph.node:
        if node.op_type == "Conv":
            total += math.prod(shape[node.output[0]]) * math.prod(shape[node.input[1]][1:])
        elif node.op_type == "Gemm":
            total += math.prod(shape[node.input[1]])
    return total


def parameters(model):
    """Trained numbers: weights, biases, and scale and bias of normalisations (not the statistics)."""
    size = {w.name: math.prod(w.dims) for w in model.graph.initializer}
    used = set()
    for node in model.graph.node:
        if node.op_type in ("Conv", "Gemm"):
            used.update(node.input[1:])
        elif node.op_type == "BatchNormalization":
            used.update(node.input[1:3])
    return sum(size[name] for name in used)
