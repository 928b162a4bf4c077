# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each way that an operator is used, at sizes that have tiles, strips and what is left over."""

import sys

import onnx
import pytest

from snc_tools import ROOT, compare, compile_model, random_inputs, reference, run_library

sys.path.insert(0, str(ROOT / "bench"))
from zoo import operators  # noqa: E402


@pytest.mark.parametrize("name", operators.CASES)
def test_two_threads(name, tmp_path):
    """Equal to ONNX Runtime, whatever the threads."""
    model = tmp_path / f"{name}.onnx"
    onnx.save(operators.model(name), model)
    inputs = random_inputs(model)
    expected = reference(model, inputs)
    out = compile_model(model, tmp_path / "lib", "--threads=2")
    for threads in (2, 1):
        got = run_library(out, inputs, tmp_path / f"run{threads}", f"--threads={threads}")
        compare(got, expected, tolerance=2e-5)


# (inputs, outputs, kernel, stride, (top, left, bottom, right), output padding, groups)
TRANSPOSED = {
    "as_long_as_stride": (24, 16, 2, 2, (0, 0, 0, 0), 0, 1),
    "longer": (24, 21, 4, 2, (1, 1, 1, 1), 0, 1),
    "odd": (24, 32, 3, 2, (1, 1, 1, 1), 1, 1),
    "uneven_pads": (24, 1, 5, 3, (2, 1, 0, 2), 0, 1),
    "shorter": (24, 32, 2, 3, (0, 0, 0, 0), 0, 1),
    "crop_of_all_taps": (24, 16, 4, 4, (3, 3, 3, 3), 0, 1),
    "crop_beyond_taps": (24, 21, 6, 2, (5, 4, 4, 5), 1, 1),
    "one_phase": (24, 32, 3, 1, (1, 1, 1, 1), 0, 1),
    "groups": (24, 36, 3, 2, (1, 1, 1, 1), 1, 3),
    "depthwise": (24, 24, 4, 2, (1, 1, 1, 1), 0, 24),
}


@pytest.mark.parametrize("behind", (False, True))
@pytest.mark.parametrize("name", TRANSPOSED)
def test_transposed(name, behind, tmp_path):
    """Phases at every place of the picture; alone, and between convolutions with an activation."""
    from networks import Network

    inputs, outputs, kernel, stride, pads, extra, groups = TRANSPOSED[name]
    n = Network(1, 8, 9, 10)
    y = n.node("Conv", "x", n.weight(inputs, 8, 1, 1))
    y = n.node("ConvTranspose", y, n.weight(inputs, outputs // groups, kernel, kernel), n.weight(outputs),
               group=groups, strides=[stride] * 2, pads=list(pads), output_padding=[extra] * 2)
    if behind:
        y = n.node("Conv", n.node("Relu", y), n.weight(12, outputs, 3, 3), pads=[1] * 4)
    n.save(tmp_path / "net.onnx", y)
    inputs = random_inputs(tmp_path / "net.onnx")
    out = compile_model(tmp_path / "net.onnx", tmp_path / "lib")
    compare(run_library(out, inputs, tmp_path / "run"), reference(tmp_path / "net.onnx", inputs), tolerance=2e-5)
