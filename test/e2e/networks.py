# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks made on the fly."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """Collects nodes and weights; every value has one reader unless named twice."""

    def __init__(self, *shape, seed=7):
        self.shape, self.nodes, self.weights = shape, [], []
        self.rng = np.random.default_rng(seed)

    def weight(self, *shape, low=-1.0, high=1.0):
        return self.constant(self.rng.uniform(low, high, shape).astype(np.float32))

    def constant(self, value):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def number(self, value):
        return self.constant(np.float32(value))

    def node(self, kind, *inputs, **attributes):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def save(self, path, *outputs, opset=13):
        graph = helper.make_graph(
            self.nodes, "folds", [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        onnx.save(onnx.shape_inference.infer_shapes(model), path)


class ModernNetwork(Network):
    """Blocks of exporters of this decade: ConvNeXt's, with its norm over channels, a choice by a comparison, Mish."""

    def conv(self, x, inputs, outputs, kernel, group=1):
        scale = (3 * group / (inputs * kernel * kernel)) ** 0.5
        return self.node("Conv", x, self.weight(outputs, inputs // group, kernel, kernel, low=-scale, high=scale),
                         self.weight(outputs), group=group, pads=[kernel // 2] * 4)

    def channel_norm(self, x, channels):
        rows = self.node("Transpose", x, perm=[0, 2, 3, 1])
        rows = self.node("LayerNormalization", rows, self.weight(channels), self.weight(channels), axis=-1)
        return self.node("Transpose", rows, perm=[0, 3, 1, 2])

    def gelu(self, x):
        """As PyTorch writes it before opset 20."""
        tail = self.node("Add", self.node("Erf", self.node("Div", x, self.number(2 ** 0.5))), self.number(1.0))
        return self.node("Mul", self.node("Mul", x, tail), self.number(0.5))

    def save_modern(self, path, channels):
        """`channels` are those of the input."""
        y = self.conv("x", channels, channels, 7, group=channels)
        y = self.gelu(self.conv(self.channel_norm(y, channels), channels, 4 * channels, 1))
        x = self.node("Add", "x", self.conv(y, 4 * channels, channels, 1))
        y = self.conv(x, channels, 24, 3)
        y = self.node("Mul", y, self.node("Tanh", self.node("Softplus", y)))
        chosen = self.node("Where", self.node("Greater", y, self.weight(1, 24, 1, 1)), y, self.node("Sin", y))
        self.save(path, self.conv(chosen, 24, channels, 3), opset=17)


class RandomNetwork(Network):
    """A network of blocks as they occur in CNNs, drawn by a seed; `save_random` writes it.

    Pictures are up to 24 pixels and layers up to 64 channels, of which some are no
    multiple of a vector, so that a compilation takes a second.
    """

    BLOCKS = ("conv", "depthwise", "grouped", "pool", "residual", "inverted_residual",
              "squeeze_excite", "fire", "two_paths", "dilated", "elementwise")

    def __init__(self, seed):
        draw = np.random.default_rng(seed)
        self.draw, self.size = draw, int(draw.integers(9, 25))
        self.channels = int(draw.choice([3, 8, 16, 24]))
        super().__init__(1, self.channels, self.size, self.size, seed=seed)

    def conv(self, x, inputs, outputs, kernel=1, stride=1, group=1, dilation=1, activation=True):
        pad = dilation * (kernel - 1) // 2
        scale = (3 * group / (inputs * kernel * kernel)) ** 0.5
        y = self.node("Conv", x, self.weight(outputs, inputs // group, kernel, kernel, low=-scale, high=scale),
                      self.weight(outputs), group=group, pads=[pad] * 4, strides=[stride] * 2,
                      dilations=[dilation] * 2)
        return self.activation(y) if activation else y

    def activation(self, x):
        kind = self.draw.choice(["Relu", "Clip", "Sigmoid", "HardSwish", "none"])
        if kind == "none":
            return x
        if kind == "Clip":
            return self.node("Clip", x, self.number(0.0), self.number(6.0))
        if kind == "HardSwish":
            return self.node("Mul", x, self.node("HardSigmoid", x, alpha=1 / 6, beta=0.5))
        return self.node(kind, x)

    def width(self):
        return int(self.draw.choice([8, 16, 24, 32, 40, 64]))

    def block(self, x):
        c, kind = self.channels, self.draw.choice(self.BLOCKS)
        odd = int(self.draw.choice([1, 3, 5]))
        stride = int(self.draw.choice([1, 1, 2])) if self.size > 8 else 1
        if kind == "conv":
            self.channels, out = self.width(), None
            out = self.conv(x, c, self.channels, odd, stride)
            return self.shrink(out, stride)
        if kind == "depthwise":
            return self.shrink(self.conv(x, c, c, int(self.draw.choice([3, 5])), stride, group=c), stride)
        if kind == "grouped":
            group = 4 if c % 4 == 0 else 1
            return self.conv(x, c, c, 3, group=group)
        if kind == "dilated":
            return self.conv(x, c, c, 3, dilation=2)
        if kind == "pool":
            pool = "MaxPool" if self.draw.integers(2) else "AveragePool"
            y = self.node(pool, x, kernel_shape=[3, 3], strides=[stride] * 2, pads=[1] * 4)
            return self.shrink(y, stride)
        if kind == "residual":
            return self.node("Add", x, self.conv(self.conv(x, c, c, 3), c, c, 3, activation=False))
        if kind == "elementwise":
            return self.activation(self.node("Mul", x, self.weight(1, c, 1, 1)))
        if kind == "two_paths":
            return self.node("Add", self.conv(x, c, c, 3), self.conv(x, c, c, 1))
        if kind == "fire":
            squeezed = self.conv(x, c, 16)
            self.channels = 48
            return self.node("Concat", self.conv(squeezed, 16, 16), self.conv(squeezed, 16, 32, 3), axis=1)
        expanded = 4 * c
        y = self.conv(self.conv(x, c, expanded), expanded, expanded, 3, group=expanded)
        if kind == "squeeze_excite":
            gate = self.conv(self.node("GlobalAveragePool", y), expanded, 8)
            gate = self.node("Sigmoid", self.conv(gate, 8, expanded, activation=False))
            y = self.node("Mul", y, gate)
        return self.node("Add", x, self.conv(y, expanded, c, activation=False))

    def shrink(self, x, stride):
        self.size = (self.size + stride - 1) // stride
        return x

    def save_random(self, path):
        x = "x"
        for _ in range(int(self.draw.integers(3, 8))):
            x = self.block(x)
        if self.draw.integers(2):
            x = self.node("Flatten", self.node("GlobalAveragePool", x))
            x = self.node("Gemm", x, self.weight(10, self.channels), self.weight(10), transB=1)
        self.save(path, x)
