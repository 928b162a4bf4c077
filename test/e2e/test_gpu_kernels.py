# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every kernel of a network compiled for each kind of GPU, and what the vendors' own tools
say of the code: ptxas for CUDA, spirv-val for Vulkan (both skipped where missing)."""

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from networks import Network
from snc_tools import tool

# Of nvidia-cuda-nvcc-cu12 (tools/requirements.txt), or of an installed toolkit.
PTXAS = shutil.which("ptxas") or next(
    iter(Path(sysconfig.get_paths()["purelib"]).glob("nvidia/*/bin/ptxas")), None)
PTXAS = os.environ.get("SNC_PTXAS", PTXAS)


def network():
    """Inverted residuals with a gate and a norm, a pyramid's ends, and a classifier."""
    n = Network(1, 3, 65, 49)

    def conv(x, inputs, outputs, size=1, stride=1, group=1):
        w = n.weight(outputs, inputs // group, size, size, low=-0.2, high=0.2)
        pad = [size // 2] * 4
        return n.node("Conv", x, w, n.weight(outputs), strides=[stride] * 2, pads=pad, group=group)

    x = n.node("Relu", conv("x", 3, 24, 3, 2))
    for size, stride in ((3, 1), (5, 2), (7, 1), (9, 1)):
        y = n.node("Clip", conv(x, 24, 72), n.number(0.0), n.number(6.0))
        y = n.node("HardSigmoid", conv(y, 72, 72, size, stride, 72))
        gate = n.node("Sigmoid", conv(n.node("GlobalAveragePool", y), 72, 72))
        y = conv(n.node("Mul", y, gate), 72, 24)
        x = n.node("Add", x, y) if stride == 1 else y
    x = n.node("InstanceNormalization", x, n.weight(24), n.weight(24))
    wide = n.node("Relu", conv(x, 24, 200, 3))
    joined = n.node("Concat", wide, n.node("MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4), axis=1)
    pooled = n.node("Flatten", n.node("GlobalAveragePool", joined))
    scores = n.node("Gemm", pooled, n.weight(101, 224), n.weight(101), transB=1)
    return n, [n.node("Softmax", scores)]


def bottleneck():
    """Planes and channels enough for staged operands: dense, pointwise, with a stride."""
    n = Network(1, 3, 112, 112)

    def conv(x, inputs, outputs, size=1, stride=1):
        w = n.weight(outputs, inputs, size, size, low=-0.2, high=0.2)
        return n.node("Conv", x, w, n.weight(outputs), strides=[stride] * 2, pads=[size // 2] * 4)

    x = n.node("Relu", conv("x", 3, 64, 3, 2))
    y = conv(n.node("Relu", conv(x, 64, 64, 3)), 64, 256)
    y = n.node("Add", conv(n.node("Relu", y), 256, 64), x)
    y = conv(n.node("HardSigmoid", y), 64, 128, 3, 2)
    return n, [conv(y, 128, 512)]


def kernels_for(device, folder, storage, build=network, least=16):
    """The network's kernels, at `least` so many, each with `snc.device`, as modules of their own."""
    n, outputs = build()
    n.save(folder / "model.onnx", *outputs)
    flags = ["--emit=tensor", "--target=x86-64-avx512", "-o", folder / "tensor.mlir"]
    assert tool("syncnasc", folder / "model.onnx", *flags).returncode == 0
    formed = tool("syncnas-opt", folder / "tensor.mlir", "--snc-choose-layouts",
                  "--snc-form-kernels=fuse-expand-bytes=0")
    assert formed.returncode == 0, formed.stderr
    text = re.sub(r"^( *snc\.kernel @.*) \{$", rf'\1 attributes {{snc.device = "{device}"}} {{',
                  formed.stdout, flags=re.M)
    (folder / "kernels.mlir").write_text(text)
    halves = ["--snc-store-half"] if storage == "fp16" else []
    packed = tool("syncnas-opt", folder / "kernels.mlir", "--snc-choose-schedules",
                  "--snc-pack-weights", *halves, "--snc-dedup-kernels")
    assert packed.returncode == 0, packed.stderr
    head = re.search(r"^module.*$", packed.stdout, re.M).group()
    bodies = re.findall(r"^  snc\.kernel @.*?^  \}$", packed.stdout, re.M | re.S)
    assert len(bodies) >= least
    return [f"{head}\n{body}\n}}\n" for body in bodies]


def device_code(device, folder, storage="fp32"):
    """(kernel, path of its device code) for each kernel."""
    wide = [k for k in kernels_for(device, folder, storage, bottleneck, 6) if "stage = 1" in k]
    assert len(wide) >= 4
    for i, kernel in enumerate(kernels_for(device, folder, storage) + wide):
        assert ("xf16" in kernel) == (storage == "fp16"), kernel
        source, code = folder / f"{i}.mlir", folder / f"{i}.code"
        source.write_text(kernel)
        result = tool("syncnas-kernelc", source, folder / f"{i}.o", f"--device-code={code}")
        assert result.returncode == 0, result.stderr + kernel
        assert code.stat().st_size > 0
        yield kernel, code


each_storage = pytest.mark.parametrize("storage", ["fp32", "fp16"])


@pytest.mark.skipif(not PTXAS, reason="there is no ptxas (pip install nvidia-cuda-nvcc-cu12)")
@each_storage
def test_ptxas_takes_all_and_tiles_stay_in_registers(storage, tmp_path):
    for kernel, code in device_code("cuda", tmp_path, storage):
        ptx = code.with_suffix(".ptx")
        ptx.write_bytes(code.read_bytes().rstrip(b"\0"))
        if "stage = 1" in kernel:
            assert b"ld.shared.v4" in ptx.read_bytes(), kernel
        for arch in ("sm_86", "sm_90", "sm_100"):
            result = subprocess.run([PTXAS, f"-arch={arch}", "-v", ptx, "-o", os.devnull],
                                    capture_output=True, text=True)
            assert result.returncode == 0, result.stderr + kernel
            if re.search("gpu_(conv|depthwise|rows)", kernel):
                spills = re.findall(r"(\d+) bytes spill", result.stderr)
                stack = re.findall(r"(\d+) bytes stack", result.stderr)
                assert spills and set(spills + stack) == {"0"}, result.stderr + kernel


def spirv_modules(data):
    """The modules in Halide's container: their number, for each its bytes and its name (words
    and text), then each behind a head whose first word counts the words of the head."""
    word = lambda at: int.from_bytes(data[at:at + 4], "little")
    sizes, at = [], 4
    for _ in range(word(0)):
        sizes.append(word(at))
        at += 8 + 4 * word(at + 4)
    for size in sizes:
        yield data[at + 4 * word(at):at + size]
        at += size


@pytest.mark.skipif(not shutil.which("spirv-val"), reason="there is no spirv-val (spirv-tools)")
@each_storage
def test_spirv_is_valid(storage, tmp_path):
    for kernel, code in device_code("vulkan", tmp_path, storage):
        for spirv in spirv_modules(code.read_bytes()):
            module = code.with_suffix(".spv")
            module.write_bytes(spirv)
            result = subprocess.run(["spirv-val", "--target-env", "vulkan1.3", module],
                                    capture_output=True, text=True)
            assert result.returncode == 0, result.stderr + result.stdout + kernel


@pytest.mark.parametrize("device", ["opencl", "metal"])
@each_storage
def test_source_is_written(storage, device, tmp_path):
    marker = {"opencl": b"__kernel void", "metal": b"kernel void"}[device]
    for kernel, code in device_code(device, tmp_path, storage):
        source = code.read_bytes()
        assert marker in source, kernel
        # OpenCL C has the type as an extension alone.
        assert device == "metal" or not re.search(rb"\bhalf\b|cl_khr_fp16", source), kernel
