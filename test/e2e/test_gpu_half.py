# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Libraries that store halves on a GPU: conversions against numpy's, networks against ONNX Runtime."""

import json

import numpy as np
import pytest

import snc_tools
from networks import Network, RandomNetwork
from snc_tools import compare, compile_model, random_inputs, reference, run_library, tool
from test_gpu import DEMO, GPU_ONLY, manifest_of, needs_opencl
from test_gpu_kernels import bottleneck
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


def sizes(out):
    gpu = manifest_of(out)["gpu"]
    return gpu["storage"], gpu["arena_bytes"], gpu["weights_bytes"]


def check_half(model, out, inputs, tmp_path):
    """Near to ONNX Runtime, on the GPU; and the greatest of each output is where that has it."""
    ours = run_library(out, inputs, tmp_path, "--no-fallback")
    expected = reference(model, inputs)
    for name, theirs in expected.items():
        mine = ours[snc_tools.file_name(name)]
        error = np.abs(mine - theirs).max() / max(np.ptp(theirs), 1e-6)
        assert error <= TOLERANCE, f"{name}: error {error:.3g} of the output's range"
        # So near that it tells: no other is within the tolerance.
        assert error > 1e-6, "nothing was rounded"
        rivals = np.sort(theirs, axis=None)[-2:]
        if np.ptp(rivals) > 2 * TOLERANCE * np.ptp(theirs):
            assert mine.argmax() == theirs.argmax()


@needs_opencl
def test_the_demo_takes_half_the_memory(tmp_path):
    full = compile_model(DEMO, tmp_path / "full", *GPU_ONLY)
    half = compile_model(DEMO, tmp_path / "half", *GPU_ONLY, HALF)
    (fp32, arena, weights), (fp16, half_arena, half_weights) = sizes(full), sizes(half)
    assert (fp32, fp16) == ("fp32", "fp16")
    halves = [k for k in manifest_of(half)["kernels"] if "half" in {v["type"] for v in k["reads"] + k["writes"]}]
    assert len(halves) > 20 and all(kernel["signature"].endswith(" fp16") for kernel in halves)
    assert half_arena <= 0.51 * arena and half_weights <= 0.55 * weights
    inputs = random_inputs(DEMO)
    check_half(DEMO, half, inputs, tmp_path)
    compare(run_library(half, inputs, tmp_path, "--device=cpu"), reference(DEMO, inputs))
    bisect = tool("syncnas-run", half, "--bisect", "--tolerance=0.02", "--json")
    found = json.loads(bisect.stdout)
    assert half_arena + half_weights <= found["gpu"]["memory_bytes"] < 0.6 * (arena + weights)
    assert all(kernel["compared"] and kernel["agrees"] for kernel in found["kernels"]), bisect.stdout


@needs_opencl
@pytest.mark.parametrize("name", ["cifar10_resnet20", "ultraface_slim320"])
def test_networks(name, data, tmp_path):
    model = data / "models" / f"{name}.onnx"
    out = compile_model(model, tmp_path / "out", *GPU_ONLY, HALF, *shape_flags(MODELS[name]))
    assert sizes(out)[0] == "fp16"
    inputs = random_inputs(model, MODELS[name])
    for key, value in inputs.items():
        inputs[key] = photo(data, value.shape[:1:-1])
    check_half(model, out, inputs, tmp_path)


@needs_opencl
@pytest.mark.parametrize("kind", ["rows", "channels"])
def test_plans_for_both(kind, tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(4).save_random(model)
    out = compile_model(model, tmp_path / "out", "--devices=cpu:1,gpu", "--branches=always", f"--splits={kind}", HALF)
    assert sizes(out)[0] == "fp16"
    stored = {v["type"] for k in manifest_of(out)["kernels"] if k["op"] == "transfer" or k["device"] == "cpu"
              for v in k["reads"] + k["writes"]}
    assert stored == {"float"}, "what the host sees is f32"
    inputs = random_inputs(model)
    for threads in (0, 1):
        ours = run_library(out, inputs, tmp_path, "--no-fallback", f"--threads={threads}")
        compare(ours, reference(model, inputs), TOLERANCE)


def mixed():
    """Sums shared by a block of threads, channels moved between blocks, products of matrices."""
    n = Network(1, 20, 12, 12)
    x = n.node("Relu", n.node("Conv", "x", n.weight(24, 20, 3, 3), n.weight(24), pads=[1] * 4))
    x = n.node("InstanceNormalization", x, n.weight(24), n.weight(24))
    joined = n.node("Concat", x, n.node("Conv", x, n.weight(20, 24, 1, 1)), axis=1)
    gate = n.node("Softmax", n.node("Transpose", joined, perm=[0, 2, 3, 1]), axis=-1)
    x = n.node("Mul", joined, n.node("Transpose", gate, perm=[0, 3, 1, 2]))
    x = n.node("Conv", x, n.weight(16, 44, 1, 1), n.weight(16))
    x = n.node("MatMul", n.node("Reshape", x, n.constant(np.array([16, 144]))), n.weight(144, 48))
    x = n.node("LogSoftmax", x, axis=1)
    return n, [n.node("ReduceMax", n.node("Transpose", x, perm=[1, 0]), axes=[1], keepdims=0)]


def random():
    n = RandomNetwork(0)
    return n, None


@needs_opencl
@pytest.mark.parametrize("build", [mixed, bottleneck, random])
def test_kernels_of_all_kinds(build, tmp_path):
    n, outputs = build()
    model = tmp_path / "net.onnx"
    n.save(model, *outputs) if outputs else n.save_random(model)
    out = compile_model(model, tmp_path / "out", *GPU_ONLY, HALF)
    inputs = random_inputs(model)
    compare(run_library(out, inputs, tmp_path, "--no-fallback"), reference(model, inputs), TOLERANCE)
