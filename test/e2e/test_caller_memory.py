# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Inputs and outputs that are aligned to their elements and no better."""

import ctypes

import numpy as np
import pytest

from networks import Network
from snc_tools import compare, compile_model, random_inputs, reference


def misaligned(array):
    """A copy that begins 4 bytes behind a multiple of 64."""
    memory = np.zeros(array.nbytes + 128, np.uint8)
    begin = -memory.ctypes.data % 64 + 4
    copy = memory[begin:begin + array.nbytes].view(np.float32).reshape(array.shape)
    copy[...] = array
    return copy


def run_indexed(library, inputs, results):
    """The network `net`, through its C interface."""
    lib = ctypes.CDLL(str(library / "lib" / "libnet.so"))
    context = ctypes.c_void_p()
    assert lib.net_create(None, ctypes.byref(context)) == 0
    pointers = [(ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays)) for arrays in (inputs, results)]
    assert lib.net_run_indexed(context, *pointers) == 0
    lib.net_destroy(context)


def pooled(n):
    """Ends in blocks of channels that are rows as they lie."""
    y = n.node("Conv", "x", n.weight(32, 16, 1, 1))
    return n.node("GlobalAveragePool", n.node("Relu", y))


def gated(n):
    """Begins so, and returns it under another shape."""
    y = n.node("Relu", n.node("Conv", "x", n.weight(48, 16, 1, 1)))
    return n.node("Flatten", n.node("Sigmoid", n.node("Conv", y, n.weight(64, 48, 1, 1))))


def rows(n):
    return n.node("Conv", "x", n.weight(20, 16, 3, 3), pads=[1] * 4)


@pytest.mark.parametrize("network, size", ((pooled, 7), (pooled, 1), (gated, 1), (rows, 9)))
def test_any_alignment(network, size, tmp_path):
    """No kernel takes the caller's memory for its own."""
    n = Network(1, 16, size, size)
    n.save(tmp_path / "net.onnx", network(n))
    inputs = random_inputs(tmp_path / "net.onnx")
    expected = reference(tmp_path / "net.onnx", inputs)
    out = compile_model(tmp_path / "net.onnx", tmp_path / "lib")
    results = [misaligned(np.zeros(value.shape, np.float32)) for value in expected.values()]
    run_indexed(out, [misaligned(value) for value in inputs.values()], results)
    compare(dict(zip(expected, results)), expected, tolerance=2e-5)
