# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What cannot be compiled ends in one clear message, exit code 1 and no output."""

import pytest

from snc_tools import DATA, tool

# Models beyond what is supported, and a word their message must hold.
UNSUPPORTED = {
    "mobilenet_v2_1.0_224_qdq": "QuantizeLinear",
    "mobilenet_v1_0.25_128_qdq": "QuantizeLinear",
    "mobilenet_v2_dynamic_int8": "DynamicQuantizeLinear",
    "squeezenet_fp16_opset7": "float16",
    "candy_opset7": "ImageScaler",
}
MALFORMED = sorted(p.name for p in (DATA / "malformed").glob("*.onnx"))


def rejects(model, out, *flags):
    result = tool("syncnasc", model, "-o", out, *flags)
    assert result.returncode == 1, result.stderr
    assert result.stderr.count("error:") == 1, result.stderr
    assert not out.exists()
    return result.stderr


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_unsupported(name, data, tmp_path):
    flags = ["--shape=input=1x3x224x224"] if "dynamic" in name else []
    message = rejects(data / "models" / f"{name}.onnx", tmp_path / "out", *flags)
    assert UNSUPPORTED[name] in message


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(name, data, tmp_path):
    message = rejects(data / "malformed" / name, tmp_path / "out")
    assert name in message


def test_all_unsupported_operators_at_once(data, tmp_path):
    message = rejects(data / "models" / "candy_opset7.onnx", tmp_path / "out")
    assert all(op in message for op in ("Crop", "ImageScaler", "Affine"))


def test_symbolic_dimension_names_the_flag(data, tmp_path):
    message = rejects(data / "models" / "mobilenet_v2_dynamic_batch.onnx", tmp_path / "out")
    assert "--shape" in message


def test_lfs_pointer_is_recognised(data, tmp_path):
    message = rejects(data / "malformed" / "lfs_pointer_person_reid.onnx", tmp_path / "out")
    assert "LFS" in message


def test_missing_file(tmp_path):
    assert "missing.onnx" in rejects(tmp_path / "missing.onnx", tmp_path / "out")
