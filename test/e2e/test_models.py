# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Real trained networks against ONNX Runtime, on random and on real inputs."""

import json

import numpy as np
import pytest

import snc_tools
from snc_tools import compare, random_inputs, reference, run_library, tool

# Model -> shapes of its symbolic inputs.
MODELS = {
    "mobilenet_v2_1.0_224": {},
    "mobilenet_v2_dynamic_batch": {"input": [1, 3, 224, 224]},
    "mobilenet_v1_0.25_128": {},
    "squeezenet1.1": {},
    "cifar10_resnet8": {},
    "cifar10_resnet20": {},
    "mnist_opset8": {},
    "ultraface_slim320": {},
    "ultraface_rfb320": {},
    "nanodet_m": {},
    "ppocr_cls_mobilenet_v3": {"x": [1, 3, 48, 192]},
    "keyword_spotting_dscnn": {},
}


def shape_flags(shapes):
    return [f"--shape={name}={'x'.join(map(str, dims))}" for name, dims in shapes.items()]


@pytest.mark.parametrize("name", MODELS)
def test_random_input(name, data, compiled, tmp_path):
    model, shapes = data / "models" / f"{name}.onnx", MODELS[name]
    out = compiled(model, *shape_flags(shapes))
    inputs = random_inputs(model, shapes)
    compare(run_library(out, inputs, tmp_path), reference(model, inputs))


@pytest.mark.parametrize("name", MODELS)
def test_inputs_are_those_of_onnxruntime(name, data, compiled):
    model, shapes = data / "models" / f"{name}.onnx", MODELS[name]
    out = compiled(model, *shape_flags(shapes))
    manifest = json.loads(next((out / "share").glob("*/manifest.json")).read_text())
    assert [i["name"] for i in manifest["inputs"]] == list(random_inputs(model, shapes))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_change_nothing(threads, data, compiled, tmp_path):
    model = data / "models" / "ultraface_slim320.onnx"
    inputs = random_inputs(model)
    ours = run_library(compiled(model), inputs, tmp_path, f"--threads={threads}")
    compare(ours, reference(model, inputs))


def photo(data, size):
    """A real photograph as an NCHW array of the inception preset."""
    from PIL import Image

    path = sorted((data / "images" / "imagenet").glob("*.JPEG"))[0]
    image = Image.open(path).convert("RGB").resize(size)
    return (np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 127.5) - 1


@pytest.mark.parametrize("name", MODELS)
def test_real_input(name, data, compiled, tmp_path):
    model, shapes = data / "models" / f"{name}.onnx", MODELS[name]
    inputs = random_inputs(model, shapes)
    for key, value in inputs.items():
        n, c, h, w = value.shape
        inputs[key] = photo(data, (w, h))[:, :c].astype(np.float32)
    compare(run_library(compiled(model, *shape_flags(shapes)), inputs, tmp_path),
            reference(model, inputs))


@pytest.mark.parametrize("target", ["x86-64-sse41", "x86-64-avx2", "x86-64-avx512"])
def test_instruction_sets(target, data, tmp_path):
    model = data / "models" / "mobilenet_v1_0.25_128.onnx"
    result = tool("syncnasc", model, "-o", tmp_path / "lib", f"--target={target}", "--quiet")
    assert result.returncode == 0, result.stderr
    flags = open("/proc/cpuinfo").read()
    if target.rsplit("-", 1)[1].replace("41", "4_1") not in flags:
        pytest.skip(f"this machine does not run {target}")
    inputs = random_inputs(model)
    compare(run_library(tmp_path / "lib", inputs, tmp_path), reference(model, inputs))


@pytest.mark.parametrize("name, preset, flags, expected", [
    ("mobilenet_v2_1.0_224", "inception", ["--label-offset=1"], 86),
    ("squeezenet1.1", "imagenet", [], 63),
])
def test_top1_over_photos(name, preset, flags, expected, data, compiled, tmp_path):
    folder = data / "images" / "imagenet"
    truth = tmp_path / "truth.txt"
    photos = sorted(p.name for p in folder.glob("*.JPEG"))
    truth.write_text("".join(f"{p} {10 * k}\n" for k, p in enumerate(photos)))
    result = tool("syncnas-run", compiled(data / "models" / f"{name}.onnx"), f"--eval={folder}",
                  f"--truth={truth}", f"--preprocess={preset}", "--json", *flags)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["images"] == 100
    assert abs(report["top1"] - expected) <= 1


def test_external_initializers_run(data, compiled, tmp_path):
    model = data / "edge" / "model_with_external_initializers.onnx"
    inputs = random_inputs(model)
    compare(run_library(compiled(model), inputs, tmp_path), reference(model, inputs))
