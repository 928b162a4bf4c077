# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Libraries for a GPU against ONNX Runtime: on the GPU alone, and with branches on CPU and GPU."""

import ctypes.util
import json

import pytest

import snc_tools
from networks import Network, RandomNetwork
from snc_tools import compare, compile_model, random_inputs, reference, run_library, tool
from test_branches import KINDS, plan_of, splits_of
from test_gpu_kernels import bottleneck
from test_models import MODELS, shape_flags
from test_onnx_backend import check_node, few_of_each_operator, over

DEMO = snc_tools.ROOT / "examples" / "demo" / "cifar10_mobilenet.onnx"
TOLERANCE = 1e-3
GPU_ONLY = ("--devices=gpu", "--branches=never")


def has_opencl():
    if not ctypes.util.find_library("OpenCL"):
        return False
    count = ctypes.c_uint32(0)
    opencl = ctypes.CDLL(ctypes.util.find_library("OpenCL"))
    return opencl.clGetPlatformIDs(0, None, ctypes.byref(count)) == 0 and count.value > 0


needs_opencl = pytest.mark.skipif(not has_opencl(), reason="no OpenCL device (pocl-opencl-icd is one)")


def manifest_of(out):
    return json.loads(next((out / "share").glob("*/manifest.json")).read_text())


def check(model, out, tmp_path, shapes=None, threads=(0, 1)):
    """Runs on the GPU, where falling back would be an error, and compares."""
    inputs = random_inputs(model, shapes)
    expected = reference(model, inputs)
    for count in threads:
        ours = run_library(out, inputs, tmp_path, "--no-fallback", f"--threads={count}")
        compare(ours, expected, TOLERANCE)


@needs_opencl
@pytest.mark.parametrize("name", MODELS)
def test_networks_on_the_gpu_alone(name, data, tmp_path):
    model, shapes = data / "models" / f"{name}.onnx", MODELS[name]
    out = compile_model(model, tmp_path / "out", *GPU_ONLY, *shape_flags(shapes))
    units = {kernel["unit"] for kernel in manifest_of(out)["kernels"]}
    assert units == {0}, "every kernel is the GPU's"
    check(model, out, tmp_path, shapes, threads=(0,))


@needs_opencl
def test_scalars(tmp_path):
    """What has no dimension is computed by one thread, and what sums to it by a block."""
    n = Network(1, 8, 9, 11)
    mean = n.node("ReduceMean", "x", keepdims=0)
    n.save(tmp_path / "net.onnx", n.node("Add", n.node("Exp", mean), n.node("ReduceMax", "x", keepdims=0)))
    out = compile_model(tmp_path / "net.onnx", tmp_path / "out", *GPU_ONLY)
    check(tmp_path / "net.onnx", out, tmp_path, threads=(0,))


@needs_opencl
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MODELS)
def test_networks_on_cpu_and_gpu(name, kind, data, tmp_path):
    model, shapes = data / "models" / f"{name}.onnx", MODELS[name]
    out = compile_model(model, tmp_path / "out", "--devices=cpu:1,gpu", "--branches=always", f"--splits={kind}",
                        *shape_flags(shapes))
    splits = splits_of(plan_of(out))
    if not splits:
        pytest.skip(f"{name} has no exact split by {kind}")
    assert {s["kind"] for s in splits} == {kind}
    check(model, out, tmp_path, shapes)


@needs_opencl
@pytest.mark.parametrize("seed", range(12))
def test_random_networks_and_plans(seed, tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(seed).save_random(model)
    for k in range(2):
        out = compile_model(model, tmp_path / f"split{k}", "--devices=cpu:1,gpu", "--branches=always",
                            "--search=random", "--search-budget=1", f"--seed={seed * 2 + k}")
        check(model, out, tmp_path)


@needs_opencl
def test_operands_in_shared_memory(tmp_path):
    n, outputs = bottleneck()
    model = tmp_path / "net.onnx"
    n.save(model, *outputs)
    kernels = tool("syncnasc", model, "--emit=kernel", "--elide-weights", *GPU_ONLY).stdout
    assert "stage = 1" in kernels
    check(model, compile_model(model, tmp_path / "out", *GPU_ONLY), tmp_path)


@needs_opencl
@over(few_of_each_operator(3))
def test_operators(name, mode, tmp_path):
    check_node(name, mode, tmp_path, *GPU_ONLY)


@needs_opencl
def test_the_demo_on_the_gpu_then_off_it(tmp_path):
    out = compile_model(DEMO, tmp_path / "out", *GPU_ONLY)
    check(DEMO, out, tmp_path)
    inputs = random_inputs(DEMO)
    compare(run_library(out, inputs, tmp_path, "--device=cpu"), reference(DEMO, inputs))
    result = tool("syncnas-run", out, "--json")
    gpu = json.loads(result.stdout)["gpu"]
    assert gpu["state"] == "active" and gpu["name"] and gpu["kernels"] > 10


def test_without_the_gpu_the_library_runs_on_the_cpu(tmp_path):
    out = compile_model(DEMO, tmp_path / "out", *GPU_ONLY)
    inputs = random_inputs(DEMO)
    compare(run_library(out, inputs, tmp_path, "--device=no such device"), reference(DEMO, inputs))
    result = tool("syncnas-run", out, "--device=no such device", "--json")
    assert json.loads(result.stdout)["gpu"]["state"] == "fallback"
    refused = tool("syncnas-run", out, "--device=no such device", "--no-fallback")
    assert refused.returncode == 1 and "create failed" in refused.stderr


def test_a_library_may_be_without_a_fallback(tmp_path):
    out = compile_model(DEMO, tmp_path / "out", *GPU_ONLY, "--fallback=false")
    result = tool("syncnas-run", out, "--device=no such device")
    assert result.returncode == 1 and "create failed" in result.stderr


def test_what_the_cpu_does_alone_is_no_library_for_a_gpu(tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(1).save_random(model)
    plan = plan_of(compile_model(model, tmp_path / "gpu", *GPU_ONLY))
    plan["units"] = [{"name": "cpu0", "threads": 1}, {"name": "gpu0", "threads": 1, "device": "opencl"}]
    plan["segments"] = [{"begin": 0, "end": plan["nodes"], "kind": "single", "unit": 0}]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    out = compile_model(model, tmp_path / "out", f"--plan={tmp_path / 'plan.json'}")
    inputs = random_inputs(model)
    compare(run_library(out, inputs, tmp_path), reference(model, inputs))
    assert "gpu" not in json.loads(tool("syncnas-run", out, "--json").stdout)


@needs_opencl
def test_same_input_same_bytes(tmp_path):
    one, two = (compile_model(DEMO, tmp_path / name, "--devices=cpu:1,gpu", "--branches=always", "--name=net")
                for name in ("one", "two"))
    for path in sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file()):
        assert (one / path).read_bytes() == (two / path).read_bytes(), path


@needs_opencl
def test_kernels_come_out_of_the_cache(tmp_path):
    out = compile_model(DEMO, tmp_path / "out", *GPU_ONLY)
    states = [json.loads(tool("syncnas-run", out, "--json", f"--gpu-cache={tmp_path / 'cache'}").stdout)["gpu"]
              for _ in range(2)]
    assert states[0]["kernels_cached"] == 0
    assert states[1]["kernels_cached"] == states[1]["kernels"]
