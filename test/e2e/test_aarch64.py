# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A real network compiled for aarch64 runs under an emulator and agrees with ONNX Runtime."""

import pathlib
import shutil
import subprocess

import numpy as np
import pytest

from snc_tools import compile_model, random_inputs, reference, relative_error

SYSTEM = pathlib.Path("/usr/aarch64-linux-gnu")
PROGRAM = """
#include "net.h"
#include <stdio.h>
static float x[NET_INPUT_0_ELEMENTS], y[NET_OUTPUT_0_ELEMENTS];
int main(void) {
  net_context *context = NULL;
  const void *inputs[] = {x};
  void *outputs[] = {y};
  if (fread(x, 1, sizeof x, stdin) != sizeof x || net_create(NULL, &context) != NET_OK ||
      net_run_indexed(context, inputs, outputs) != NET_OK)
    return 1;
  net_destroy(context);
  return fwrite(y, 1, sizeof y, stdout) != sizeof y;
}
"""


def find(*names):
    """The first program of these names, of LLVM 19 or of the path."""
    for name in names:
        found = shutil.which(name, path="/usr/lib/llvm-19/bin") or shutil.which(name)
        if found:
            return found
    pytest.skip(f"no {names[0]} here")


def build(lib, folder):
    """Links PROGRAM against the static library with LLVM alone."""
    (folder / "main.c").write_text(PROGRAM)
    subprocess.run([find("clang", "clang-19"), "--target=aarch64-linux-gnu", "-O1", "-isystem", SYSTEM / "include",
                    "-I", lib / "include", "-c", folder / "main.c", "-o", folder / "main.o"], check=True)
    parts = SYSTEM / "lib"
    subprocess.run([find("ld.lld", "ld.lld-19"), "-pie", "-dynamic-linker", "/lib/ld-linux-aarch64.so.1",
                    parts / "Scrt1.o", parts / "crti.o", folder / "main.o", lib / "lib" / "libnet.a",
                    "-L", parts, "-lc", parts / "crtn.o", "-o", folder / "program"], check=True)
    return folder / "program"


@pytest.mark.parametrize("name", ["mobilenet_v1_0.25_128", "cifar10_resnet8"])
def test_agrees(name, data, tmp_path):
    emulator = find("qemu-aarch64")
    if not SYSTEM.is_dir():
        pytest.skip(f"no system for aarch64 at {SYSTEM}")
    model = data / "models" / f"{name}.onnx"
    lib = compile_model(model, tmp_path / "lib", "--target=aarch64-linux", "--name=net", "--threads=2")
    inputs = random_inputs(model)
    result = subprocess.run([emulator, "-L", SYSTEM, build(lib, tmp_path)], capture_output=True, check=True,
                            input=b"".join(v.tobytes() for v in inputs.values()))
    (expected,) = reference(model, inputs).values()
    ours = np.frombuffer(result.stdout, np.float32).reshape(expected.shape)
    assert relative_error(ours, expected) <= 1e-4
