# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Libraries that store halves on a GPU: conversions against numpy's, networks against ONNX Runtime."""

import json

import numpy as np
import pytest

from networks import Network
from snc_tools import compare, compile_model, random_inputs, reference, relative_error, run_library, tool
from test_gpu import DEMO, GPU_ONLY, manifest_of, needs_opencl
from test_models import MODELS, photo, shape_flags

HALF = "--gpu-storage=fp16"
TOLERANCE = 1e-2


def rounding_cases():
    """All halves, and the f32 around the middle between neighbours and around each rim."""
    halves = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16).view(np.float16).astype(np.float32)
    sizes = np.sort(np.abs(halves[np.isfinite(halves)]).astype(np.float64))
    sizes = np.append(np.unique(sizes), 65536.0)  # behind the last would come 2^16
    middles = ((sizes[1:] + sizes[:-1]) / 2).astype(np.float32)
    assert (middles.astype(np.float64) * 2 == sizes[1:] + sizes[:-1]).all()
    rims = np.array([0, 2.0 ** -24, 2.0 ** -14, 65504, 65520, 65536, 1e30, 1e-30, 3.4e38, 1e-40], np.float32)
    near = np.concatenate([middles, rims])
    near = np.concatenate([near, np.nextafter(near, np.float32(0)), np.nextafter(near, np.float32(np.inf))])
    special = np.array([np.inf, -np.inf, np.nan], np.float32)
    values = np.concatenate([halves, near, -near, special])
    return np.append(values, np.zeros(-len(values) % 1024, np.float32)).reshape(-1, 1024)


@needs_opencl
def test_conversions_are_those_of_numpy(tmp_path):
    values = rounding_cases()
    n = Network(*values.shape)
    shape = n.constant(np.array([2, *values.T.shape], np.int64))
    n.save(tmp_path / "net.onnx", n.node("Expand", n.node("Transpose", "x", perm=[1, 0]), shape))
    out = compile_model(tmp_path / "net.onnx", tmp_path / "out", *GPU_ONLY, HALF)
    kernels = manifest_of(out)["kernels"]
    assert [kernel["op"] for kernel in kernels] == ["transfer", "transpose", "expand", "transfer"]
    assert kernels[1]["writes"][0]["type"] == kernels[2]["reads"][0]["type"] == "half"
    (ours,) = run_library(out, {"x": values}, tmp_path, "--no-fallback").values()
    with np.errstate(over="ignore"):
        expected = values.astype(np.float16).astype(np.float32)
    for part in ours:
        assert np.array_equal(part.T, expected, equal_nan=True)
        numbers = ~np.isnan(expected)  # and zeros have their sign
        assert np.array_equal(np.signbit(part.T[numbers]), np.signbit(expected[numbers]))
