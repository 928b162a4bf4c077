# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the built tools on real models and compares with ONNX Runtime."""

import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SNC_BUILD_DIR", ROOT / "build"))
DATA = pathlib.Path(os.environ.get("SNC_DATA_DIR", ROOT.parent / "shared" / "data"))

onnxruntime.set_default_logger_severity(3)  # old exporters list weights as inputs

DTYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}


def tool(name, *args, **kwargs):
    """Runs build/bin/<name>; returns the finished process with its text output."""
    command = [str(BUILD / "bin" / name), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **kwargs)


def compile_model(model, out, *flags):
    """`syncnasc model -o out`; fails the test with the tool's message."""
    result = tool("syncnasc", model, "-o", out, "--quiet", *flags)
    assert result.returncode == 0, result.stderr
    return pathlib.Path(out)


def run_library(out, inputs, folder, *flags):
    """Runs a library on {name: array}; returns {output name: array}."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    args = []
    for i, (name, value) in enumerate(inputs.items()):
        np.save(folder / f"in{i}.npy", np.ascontiguousarray(value))
        args += ["--input", f"{name}={folder / f'in{i}.npy'}"]
    result = tool("syncnas-run", out, *args, "--output-dir", folder / "out", *flags)
    assert result.returncode == 0, result.stderr
    return {p.stem: np.load(p) for p in sorted((folder / "out").glob("*.npy"))}


def file_name(tensor):
    """The file that syncnas-run writes a tensor to, without its ending."""
    return tensor.replace("/", "_").replace(":", "_")


def reference(model, inputs):
    """What ONNX Runtime computes: {output name: array}."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def relative_error(ours, theirs):
    """Largest absolute error, relative to the range of the reference."""
    scale = max(float(np.max(np.abs(theirs))), 1e-6)
    return float(np.max(np.abs(ours.astype(np.float64) - theirs.astype(np.float64)))) / scale


def compare(ours, theirs, tolerance=1e-4):
    for name, expected in theirs.items():
        actual = ours[file_name(name)]
        assert actual.shape == expected.shape, name
        assert np.isfinite(actual).all() or not np.isfinite(expected).all(), name
        error = relative_error(actual, expected)
        assert error <= tolerance, f"{name}: error {error:.3g} of the output's range"


def random_inputs(model, shapes=None, seed=0):
    """Seeded inputs for every real input of a model; `shapes` settles symbolic ones."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(seed)
    inputs = {}
    for info in session.get_inputs():
        shape = (shapes or {}).get(info.name, info.shape)
        kind = DTYPES[info.type]
        values = rng.uniform(-1, 1, shape) if kind == np.float32 else np.zeros(shape)
        inputs[info.name] = values.astype(kind)
    return inputs


def with_torch(program, *args, **more):
    """Runs a Python program where there is PyTorch, which may be the system's; skips the test where there is none."""
    python = shutil.which("python3", path="/usr/bin") or sys.executable
    done = subprocess.run([python, "-c", program, *map(str, args)], capture_output=True, text=True, **more)
    if done.returncode and ("No module named 'torch'" in done.stderr or "is not installed" in done.stderr):
        pytest.skip("no PyTorch that does this")
    assert done.returncode == 0, done.stderr
