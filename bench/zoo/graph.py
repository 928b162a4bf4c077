# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes an ONNX graph layer by layer, with weights drawn so that signals keep their size.

Weights are uniform and scaled as in He et al., ICCV 2015, section 2.2, with one addition: the
graph remembers what mean square each value is expected to have (for standard normal inputs of
the activations), so that each convolution gives variance 1 whatever comes before it. Values are
1xCxHxW float32; `channels` has the C of each.
"""

import contextlib
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
EPSILON = 1e-5
# E[f(x)^2] for x of a standard normal distribution.
MEAN_SQUARE = {None: 1.0, "relu": 0.5, "relu6": 0.5, "swish": 0.356, "hard_swish": 0.36,
               "sigmoid": 0.293, "hard_sigmoid": 0.278}


class Graph:
    """One network; the same name gives the same weights, with `batch_norm` or without.

    With `batch_norm`, convolutions have no bias and a BatchNormalization behind them, which folds
    back to the weights and bias of the graph without.
    """

    def __init__(self, name, size, batch_norm=False):
        self.name, self.batch_norm = name, batch_norm
        self.nodes, self.weights, self.scopes, self.used = [], {}, [], {}
        self.channels, self.square = {"input": 3}, {"input": 1 / 3}
        self.input = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, size, size])
        self.rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
        self.norm_rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()) + 1))

    @contextlib.contextmanager
    def scope(self, name):
        """Names within are prefixed, as exporters do."""
        self.scopes.append(str(name))
        yield
        self.scopes.pop()

    def node(self, kind, inputs, channels=None, square=None, outputs=1, **attributes):
        """Adds a node. Channels and mean square are its first input's unless given."""
        path = "/" + "/".join([*self.scopes, kind])
        count = self.used[path] = self.used.get(path, -1) + 1
        path += f"_{count}" if count else ""
        names = [f"{path}_output_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=path, **attributes))
        for value in names:
            self.channels[value] = channels or self.channels[inputs[0]]
            self.square[value] = square or self.square[inputs[0]]
        return names if outputs > 1 else names[0]

    def constant(self, name, value):
        """A constant of the whole graph; equal names share it."""
        self.weights[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def parameter(self, name, value):
        return self.constant(".".join([*self.scopes, name]), value)

    def uniform(self, shape, deviation):
        values = self.rng.random(shape, dtype=np.float32) * np.float32(2) - np.float32(1)
        return values * np.float32(deviation * 3**0.5)

    # Activations.

    def activate(self, x, kind):
        """`kind` of MEAN_SQUARE applied to x."""
        square = self.square[x] * MEAN_SQUARE[kind]
        if kind is None:
            return x
        if kind == "relu":
            return self.node("Relu", [x], square=square)
        if kind == "relu6":
            bounds = [self.constant("zero", np.float32(0)), self.constant("six", np.float32(6))]
            return self.node("Clip", [x, *bounds], square=square)
        if kind == "swish":
            return self.node("Mul", [x, self.node("Sigmoid", [x])], square=square)
        if kind == "hard_swish":
            return self.node("HardSwish", [x], square=square)
        if kind == "sigmoid":
            return self.node("Sigmoid", [x], square=MEAN_SQUARE[kind])
        return self.node("HardSigmoid", [x], square=MEAN_SQUARE[kind], alpha=1 / 6, beta=0.5)

    # Layers.

    def conv(self, x, channels, kernel=1, stride=1, groups=1, act=None, norm=True, pad=None):
        """A convolution with zero padding that keeps the size at stride 1 (unless `pad` is given).

        `kernel` is an edge length or a list of them; with several, the channels are split in as
        many parts, each of which is convolved with its own (MixConv, Tan and Le, BMVC 2019).
        `groups` is 1 or, for a depthwise convolution, "depthwise". `norm` says whether batch
        normalisation follows.
        """
        kernels = [kernel] if isinstance(kernel, int) else list(kernel)
        inputs, outputs = split(self.channels[x], len(kernels)), split(channels, len(kernels))
        drawn = []
        for k, c_in, c_out in zip(kernels, inputs, outputs):
            fan = (1 if groups == "depthwise" else c_in) * k * k
            weight = self.uniform((c_out, fan // (k * k), k, k), (fan * self.square[x]) ** -0.5)
            if fan >= 16 and groups == 1:
                weight -= weight.mean((1, 2, 3), keepdims=True)
            drawn.append((weight, self.uniform((c_out,), 0.1)))
        normalisation = self._unfold(drawn) if norm and self.batch_norm else None
        parts = [x]
        if len(kernels) > 1:
            parts = self.node("Split", [x, self.parameter("split", np.int64(inputs))],
                              outputs=len(kernels), axis=1)
        done = []
        for i, (part, k, c_in, (weight, bias)) in enumerate(zip(parts, kernels, inputs, drawn)):
            end = f".{i}" if len(kernels) > 1 else ""
            operands = [part, self.parameter("weight" + end, weight)]
            if normalisation is None:
                operands.append(self.parameter("bias" + end, bias))
            done.append(self.node(
                "Conv", operands, len(bias), 1.0, group=c_in if groups == "depthwise" else 1,
                kernel_shape=[k, k], strides=[stride] * 2, dilations=[1, 1],
                pads=[k // 2 if pad is None else pad] * 4))
        y = done[0] if len(done) == 1 else self.concat(done)
        if normalisation is not None:
            y = self.node("BatchNormalization", [y, *normalisation], epsilon=EPSILON)
        return self.activate(y, act)

    def _unfold(self, drawn):
        """Takes a random normalisation out of weights and biases, in place; returns its operands."""
        count = sum(len(bias) for _, bias in drawn)
        scale, mean, variance = (
            (low + (high - low) * self.norm_rng.random(count)).astype(np.float32)
            for low, high in ((0.8, 1.2), (-0.3, 0.3), (0.5, 1.5)))
        factor = (scale / np.sqrt(variance + np.float32(EPSILON))).astype(np.float32)
        shift = np.concatenate([bias for _, bias in drawn]) + mean * factor
        begin = 0
        for weight, bias in drawn:
            weight /= factor[begin:begin + len(bias), None, None, None]
            begin += len(bias)
        return [self.parameter(f"norm.{name}", value) for name, value in (
            ("weight", scale), ("bias", shift), ("running_mean", mean), ("running_var", variance))]

    def linear(self, x, features):
        """Fully connected, on 1xC."""
        fan = self.channels[x]
        weight = self.uniform((features, fan), (fan * self.square[x]) ** -0.5)
        operands = [x, self.parameter("weight", weight),
                    self.parameter("bias", self.uniform((features,), 0.1))]
        return self.node("Gemm", operands, features, 1.0, transB=1)

    def add(self, x, y):
        return self.node("Add", [x, y], square=self.square[x] + self.square[y])

    def concat(self, values):
        widths = [self.channels[v] for v in values]
        square = sum(self.square[v] * w for v, w in zip(values, widths)) / sum(widths)
        return self.node("Concat", values, sum(widths), square, axis=1)

    def channel_slice(self, x, begin, end):
        bounds = [self.parameter(n, np.int64([v])) for n, v in (("begin", begin), ("end", end))]
        return self.node("Slice", [x, *bounds, self.constant("axis", np.int64([1]))], end - begin)

    def max_pool(self, x, kernel, stride, pad=0, ceil=False):
        return self.node("MaxPool", [x], square=2 * self.square[x], kernel_shape=[kernel] * 2,
                         strides=[stride] * 2, pads=[pad] * 4, ceil_mode=int(ceil))

    def global_pool(self, x):
        return self.node("GlobalAveragePool", [x], square=0.5 * self.square[x])

    def flatten(self, x):
        return self.node("Flatten", [x], axis=1)

    def finish(self, y):
        """The checked model, its output named `output`; values have their shapes."""
        self.nodes[-1].output[0] = "output"
        out = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, self.channels[y]])
        graph = helper.make_graph(self.nodes, self.name, [self.input], [out],
                                  list(self.weights.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)],
                                  ir_version=IR_VERSION, producer_name="syncnasc zoo")
        onnx.checker.check_model(model, full_check=True)
        return onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)


def split(channels, parts):
    """Channels of each part; the first has what is left over."""
    each = channels // parts
    return [channels - each * (parts - 1)] + [each] * (parts - 1)
