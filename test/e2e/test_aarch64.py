# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Code for aarch64-linux, run by qemu's user emulation."""

import shutil
import subprocess

import numpy as np
import pytest

from snc_tools import ROOT, compare, compile_model, file_name, random_inputs, reference

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
pytestmark = pytest.mark.skipif(not shutil.which(COMPILER) or not shutil.which(EMULATOR),
                                reason=f"needs {COMPILER} and {EMULATOR}")


def check(model, tmp_path, *flags):
    """Compiles, links statically, runs, compares; for models of one input and output."""
    lib = compile_model(model, tmp_path / "lib", "--name=net", "--target=aarch64-linux", "--threads=2", *flags)
    source = ROOT / "test" / "e2e" / "Inputs" / "run_file.c"
    subprocess.run([COMPILER, "-static", source, f"-I{lib / 'include'}", lib / "lib" / "libnet.a", "-lm",
                    "-lpthread", "-o", tmp_path / "run"], check=True)
    inputs = random_inputs(model)
    expected = reference(model, inputs)
    (value,), ((name, array),) = inputs.values(), expected.items()
    value.tofile(tmp_path / "in")
    subprocess.run([EMULATOR, tmp_path / "run", tmp_path / "in", tmp_path / "out"], check=True, timeout=300)
    output = np.fromfile(tmp_path / "out", np.float32).reshape(array.shape)
    compare({file_name(name): output}, expected)


def test_demo_network(tmp_path):
    check(ROOT / "examples" / "demo" / "cifar10_mobilenet.onnx", tmp_path)


def test_demo_network_for_a_gpu_that_is_not_there(tmp_path):
    check(ROOT / "examples" / "demo" / "cifar10_mobilenet.onnx", tmp_path, "--devices=gpu", "--branches=never")


@pytest.mark.parametrize("name", ["mobilenet_v1_0.25_128", "cifar10_resnet8"])
def test_reference_network(name, data, tmp_path):
    check(data / "models" / f"{name}.onnx", tmp_path)
