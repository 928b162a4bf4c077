# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""make_model.py FILE [SCALE] [--names INPUT OUTPUT]: a network whose answer is easy to tell.

y[o] = SCALE * (o + 1) * mean over pixels of the sum over c < 8 of max(0, x[c % 3]),
for x of 1 x 3 x 8 x 8 and o < 4, as two convolutions, Relu and GlobalAveragePool.
"""

import argparse

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("scale", nargs="?", type=float, default=1)
parser.add_argument("--names", nargs=2, default=["x", "y"])
args = parser.parse_args()

first = np.zeros((8, 3, 3, 3), np.float32)
for c in range(8):
    first[c, c % 3, 1, 1] = 1  # the centre of the window
second = np.repeat(np.arange(1, 5, dtype=np.float32), 8).reshape(4, 8, 1, 1) * np.float32(args.scale)

x, y = args.names
nodes = [
    helper.make_node("Conv", [x, "first"], ["a"], name="spread", pads=[1, 1, 1, 1]),
    helper.make_node("Relu", ["a"], ["b"], name="clip"),
    helper.make_node("Conv", ["b", "second"], ["c"], name="sum"),
    helper.make_node("GlobalAveragePool", ["c"], [y], name="mean"),
]
graph = helper.make_graph(
    nodes, "net",
    [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 3, 8, 8])],
    [helper.make_tensor_value_info(y, TensorProto.FLOAT, [1, 4, 1, 1])],
    [numpy_helper.from_array(first, "first"), numpy_helper.from_array(second, "second")],
)
save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), args.file)
