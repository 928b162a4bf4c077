# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""3x3 convolutions by Winograd's algorithm, against ONNX Runtime and the direct form."""

import numpy as np
import pytest

from networks import Network
from snc_tools import (compare, compile_model, random_inputs, reference, relative_error, run_library,
                       tool)


def conv(n, x, inputs, outputs, pads=(1, 1, 1, 1), bias=True):
    scale = (3 / (9 * inputs)) ** 0.5
    weights = [n.weight(outputs, inputs, 3, 3, low=-scale, high=scale)]
    weights += [n.weight(outputs)] if bias else []
    return n.node("Conv", x, *weights, pads=list(pads))


def blocked(n, y):
    """A reader that keeps the channel blocks: a result that leaves them is computed directly."""
    return n.node("MaxPool", y, kernel_shape=[1, 1])


def single(channels, outputs, height, width, pads=(1, 1, 1, 1), batch=1):
    n = Network(batch, channels, height, width)
    return n, [blocked(n, conv(n, n.node("Relu", "x"), channels, outputs, pads))]


def block():
    """Two convolutions around a residual, clamped; 40 channels are no whole blocks."""
    n = Network(1, 40, 22, 19)
    x = n.node("Relu", "x")
    y = n.node("Relu", conv(n, x, 40, 40))
    y = n.node("Add", conv(n, y, 40, 40, bias=False), x)
    return n, [blocked(n, n.node("Clip", y, n.number(0.0), n.number(6.0)))]


NETWORKS = {
    "whole_tiles": lambda: single(32, 64, 16, 20),
    "odd_sizes": lambda: single(32, 32, 27, 13),
    "one_tile_row": lambda: single(64, 64, 5, 40),
    "no_pads": lambda: single(48, 32, 18, 18, (0, 0, 0, 0)),
    "uneven_pads": lambda: single(32, 48, 17, 21, (2, 0, 1, 3)),
    "partial_blocks": lambda: single(24, 40, 15, 15),
    "batch": lambda: single(32, 32, 14, 14, batch=3),
    "block": block,
}


@pytest.mark.parametrize("threads", (1, 3))
@pytest.mark.parametrize("name", NETWORKS)
def test_winograd_is_the_convolution(name, threads, tmp_path):
    network, outputs = NETWORKS[name]()
    model = tmp_path / "net.onnx"
    network.save(model, *outputs)
    kernels = tool("syncnasc", model, "--emit=kernel", "--elide-weights", f"--threads={threads}")
    assert "#snc.schedule<winograd" in kernels.stdout
    inputs = random_inputs(model)
    ours = run_library(compile_model(model, tmp_path / "lib", f"--threads={threads}"), inputs, tmp_path / "run")
    compare(ours, reference(model, inputs), tolerance=1e-5)


def test_never_is_direct(tmp_path):
    network, outputs = block()
    model = tmp_path / "net.onnx"
    network.save(model, *outputs)
    kernels = tool("syncnasc", model, "--emit=kernel", "--elide-weights", "--winograd=never")
    assert "#snc.schedule<conv" in kernels.stdout and "winograd" not in kernels.stdout


def test_windows_of_rows(tmp_path):
    """Branches read and write rows of higher tensors."""
    network, outputs = block()
    model = tmp_path / "net.onnx"
    network.save(model, *outputs)
    inputs = random_inputs(model)
    out = compile_model(model, tmp_path / "lib", "--devices=cpu:1,cpu:1", "--branches=always", "--splits=rows")
    compare(run_library(out, inputs, tmp_path / "run"), reference(model, inputs), tolerance=1e-5)


@pytest.mark.parametrize("channels", (32, 128))
def test_error_bound(channels, tmp_path):
    """docs/schedules.md: a layer's error against a sum in double."""
    rng = np.random.default_rng(1)
    n = Network(1, channels, 26, 26)
    x = n.node("Relu", "x")
    weights = rng.standard_normal((64, channels, 3, 3)).astype(np.float32)
    output = blocked(n, n.node("Conv", x, n.constant(weights)))
    model = tmp_path / "net.onnx"
    n.save(model, output)
    kernels = tool("syncnasc", model, "--emit=kernel", "--elide-weights", "--threads=1")
    assert "#snc.schedule<winograd" in kernels.stdout
    inputs = {"x": rng.standard_normal((1, channels, 26, 26)).astype(np.float32)}
    windows = np.lib.stride_tricks.sliding_window_view(np.maximum(inputs["x"][0], 0), (3, 3), axis=(1, 2))
    exact = np.einsum("cyxij,ocij->oyx", windows.astype(np.float64), weights.astype(np.float64))[None]
    ours = run_library(compile_model(model, tmp_path / "lib", "--threads=1"), inputs, tmp_path / "run")[output]
    error = relative_error(ours, exact)
    assert 0 < error < 1e-5
