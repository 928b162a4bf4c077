# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Channels that are no whole blocks, through operators that make something of padding's zeros."""

import pytest

from networks import Network
from snc_tools import compare, compile_model, random_inputs, reference, run_library



def hard_swish(n, y):
    six = n.node("Clip", n.node("Add", y, n.number(3.0)), n.number(0.0), n.number(6.0))
    return n.node("Div", n.node("Mul", y, six), n.number(6.0))


# By name: the output of `y`. Of zero these make 1/2, a bound, NaN and infinity; the last ones zero.
OPERATORS = {
    "sigmoid": lambda n, y: n.node("Sigmoid", y),
    "gate": lambda n, y: n.node("Mul", n.node("Sigmoid", n.node("Neg", y)), y),
    "hard_sigmoid": lambda n, y: n.node("HardSigmoid", y),
    "clamp_above_zero": lambda n, y: n.node("Clip", y, n.number(0.25), n.number(1.0)),
    "clamp_below_zero": lambda n, y: n.node("Clip", y, n.number(-1.0), n.number(-0.25)),
    "sign": lambda n, y: n.node("Div", y, n.node("Abs", y)),
    "log": lambda n, y: n.node("Log", n.node("Mul", n.node("Sigmoid", y), y)),
    "exp": lambda n, y: n.node("Exp", y),
    "plus_number": lambda n, y: n.node("Add", y, n.number(0.5)),
    "relu": lambda n, y: n.node("Relu", y),
    "hard_swish": hard_swish,
    "relu6": lambda n, y: n.node("Clip", y, n.number(0.0), n.number(6.0)),
}


def network(channels, operator):
    """A convolution, the operator, and what reads its channels in blocks."""
    n = Network(1, 8, 9, 10)
    y = n.node("Conv", "x", n.weight(channels, 8, 3, 3), n.weight(channels), pads=[1, 1, 1, 1])
    if operator == "log":
        y = n.node("Add", n.node("Abs", y), n.weight(channels, 1, 1, low=0.5, high=1.0))
    y = OPERATORS[operator](n, y)
    dense = n.node("Conv", y, n.weight(16, channels, 3, 3), n.weight(16), pads=[1, 1, 1, 1])
    depthwise = n.node("Conv", y, n.weight(channels, 1, 3, 3), group=channels, pads=[1, 1, 1, 1])
    squeezed = n.node("GlobalAveragePool", depthwise)
    return n, [dense, n.node("Conv", squeezed, n.weight(10, channels, 1, 1))]


@pytest.mark.parametrize("channels", (24, 31))  # the last block is half empty; almost full
@pytest.mark.parametrize("operator", OPERATORS)
def test_padding_is_never_seen(operator, channels, tmp_path):
    n, outputs = network(channels, operator)
    model = tmp_path / "net.onnx"
    n.save(model, *outputs)
    inputs = random_inputs(model)
    out = compile_model(model, tmp_path / "lib", "--threads=2")
    compare(run_library(out, inputs, tmp_path / "run"), reference(model, inputs), tolerance=1e-5)
