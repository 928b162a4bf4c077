# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The example projects build outside the source tree and link emitted libraries."""

import os
import shutil
import subprocess

import pytest

from snc_tools import ROOT, compile_model, tool

DEMO = ROOT / "examples" / "demo" / "cifar10_mobilenet.onnx"


def build(example, prefixes, tmp_path, *flags):
    """Copies examples/<example> away, builds it there, returns the program."""
    source = shutil.copytree(ROOT / "examples" / example, tmp_path / "src")
    prefix = ";".join(map(str, prefixes))
    for command in (["cmake", "-S", source, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}", *flags],
                    ["cmake", "--build", tmp_path / "build"]):
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
    return tmp_path / "build" / example


@pytest.mark.parametrize("shared", ["OFF", "ON"])
def test_one_model(shared, tmp_path):
    lib = compile_model(DEMO, tmp_path / "lib", "--name=demo")
    program = build("one_model", [lib], tmp_path, f"-DSHARED={shared}")
    result = subprocess.run([program], capture_output=True, text=True)
    assert result.returncode == 0 and "of 10" in result.stdout


def test_two_models(tmp_path):
    libs = [compile_model(DEMO, tmp_path / n, f"--name={n}") for n in ("first", "second")]
    result = subprocess.run([build("two_models", libs, tmp_path)], capture_output=True, text=True)
    assert result.returncode == 0 and "first: class" in result.stdout


def test_pkg_config(tmp_path):
    lib = compile_model(DEMO, tmp_path / "lib", "--name=demo")
    env = {**os.environ, "PKG_CONFIG_PATH": str(lib / "lib" / "pkgconfig")}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "demo"], env=env,
                           capture_output=True, text=True, check=True).stdout.split()
    main = ROOT / "examples" / "one_model" / "main.c"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Werror", main, "-o", tmp_path / "a", *flags], check=True)
    env["LD_LIBRARY_PATH"] = str(lib / "lib")
    assert subprocess.run([tmp_path / "a"], env=env).returncode == 0


def test_weights_in_a_file(tmp_path):
    lib = compile_model(DEMO, tmp_path / "lib", "--name=demo", "--weights=file")
    assert (lib / "share" / "demo" / "demo.weights").stat().st_size % 64 == 0
    result = tool("syncnas-run", lib, "--top=1")
    assert result.returncode == 0, result.stderr
