# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Code for aarch64-linux, run by qemu's user emulation."""

import shutil
import subprocess

import numpy as np
import pytest

from snc_tools import ROOT, compare, compile_model, random_inputs, reference

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"


@pytest.mark.skipif(not shutil.which(COMPILER) or not shutil.which(EMULATOR),
                    reason=f"needs {COMPILER} and {EMULATOR}")
def test_demo_network(tmp_path):
    model = ROOT / "examples" / "demo" / "cifar10_mobilenet.onnx"
    lib = compile_model(model, tmp_path / "lib", "--name=net", "--target=aarch64-linux", "--threads=2")
    source = ROOT / "test" / "e2e" / "Inputs" / "run_file.c"
    subprocess.run([COMPILER, "-static", source, f"-I{lib / 'include'}", lib / "lib" / "libnet.a", "-lm",
                    "-lpthread", "-o", tmp_path / "run"], check=True)
    inputs = random_inputs(model)
    inputs["image"].tofile(tmp_path / "in")
    subprocess.run([EMULATOR, tmp_path / "run", tmp_path / "in", tmp_path / "out"], check=True, timeout=300)
    output = np.fromfile(tmp_path / "out", np.float32).reshape(1, 10)
    compare({"logits": output}, reference(model, inputs))
