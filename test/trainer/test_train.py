# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Full trainings: a killed one ends in the same weights as an undisturbed one; ONNX files."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from PIL import Image
from syncnas_trainer import configuration, export, network

OPTIONS = ["--epochs", "12", "--batch", "8", "--pad", "1", "--ema", "0.9", "--dropout", "0.2",
           "--seed", "5", "--threads", "1", "--print-every", "1", "--save-every", "0", "--accuracy"]


def command(folder, output, *more):
    return [sys.executable, "-u", "-m", "syncnas_trainer.train", str(output.parent / "net.json"),
            "--data", str(folder), "-o", str(output), *OPTIONS, *more]


def weights(path):
    return torch.load(str(path) + ".checkpoint", weights_only=True)


def test_killed_and_resumed_equals_undisturbed(environment, folder, branched, tmp_path):
    (tmp_path / "net.json").write_text(json.dumps(branched))
    whole, torn = tmp_path / "whole.onnx", tmp_path / "torn.onnx"
    subprocess.run(command(folder, whole), env=environment, check=True, timeout=300,
                   stdout=subprocess.PIPE)
    kills = 0
    for stop in (5, 19, 40):  # 6 steps an epoch, 72 in all
        child = subprocess.Popen(command(folder, torn), env=environment, stdout=subprocess.PIPE, text=True)
        for line in child.stdout:
            if line.startswith(f"step {stop} "):
                time.sleep(0.003 * kills)  # at other places of a step each time
                child.send_signal(signal.SIGKILL)
                kills += 1
                break
        child.stdout.close()
        child.wait(timeout=60)
    assert kills == 3 and not torn.exists()
    done = subprocess.run(command(folder, torn), env=environment, check=True, timeout=300,
                          stdout=subprocess.PIPE, text=True)
    assert "resumed at step " in done.stdout
    a, b = weights(whole), weights(torn)
    assert a["step"] == b["step"] == 72
    for part in ("module", "average"):
        assert all(torch.equal(a[part][key], b[part][key]) for key in a[part])
    assert whole.read_bytes() == torn.read_bytes()
    # Trained once, run again: no step more, the accuracy of the test set is printed.
    done = subprocess.run(command(folder, whole), env=environment, check=True, timeout=300,
                          stdout=subprocess.PIPE, text=True)
    assert "resumed at step 72 of 72" in done.stdout
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["part"] == "test" and report["images"] == 12 and report["top1"] >= 0.75
    facts = next(json.loads(line) for line in done.stdout.splitlines() if "preprocess" in line)
    mean, std = ([float(v) for v in part.split(",")] for part in facts["preprocess"].split("/"))
    pixels = np.stack([np.asarray(Image.open(p)) for p in sorted((folder / "train").glob("*/*.png"))]) / 255
    assert np.allclose(mean, pixels.mean((0, 1, 2)), atol=0.02) and np.allclose(std, pixels.std((0, 1, 2)), atol=0.02)


def test_checkpoint_of_other_settings(environment, folder, base, tmp_path):
    (tmp_path / "net.json").write_text(json.dumps(base))
    output = tmp_path / "x.onnx"
    subprocess.run(command(folder, output, "--epochs", "1"), env=environment, check=True, timeout=300,
                   stdout=subprocess.PIPE)
    other = subprocess.run(command(folder, output, "--epochs", "1", "--seed", "6"), env=environment,
                           capture_output=True, text=True, timeout=300)
    assert other.returncode == 1 and "other settings" in other.stderr
    (tmp_path / "x.onnx.checkpoint").write_bytes(b"no checkpoint")
    other = subprocess.run(command(folder, output), env=environment, capture_output=True, text=True,
                           timeout=300)
    assert other.returncode == 1 and "Traceback" not in other.stderr


def test_folded_equals_module(branched):
    branched["0"]["0"][0] = [4, 3, 1, 4, 7, 3, {"se": 2, "kernels": [3, 5]}]
    module = network.build(configuration.parse(branched))
    module(torch.randn(16, 3, 8, 8) + 1)  # running statistics other than 0 and 1
    x = torch.randn(4, 3, 8, 8)
    folded = export.folded(module)
    torch.testing.assert_close(folded(x), module.eval()(x), rtol=1e-4, atol=1e-5)
    mixed = [m for m in folded.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert len(mixed) == 1  # after MixConv's concatenation there is no convolution to fold into


def with_onnxruntime():
    """An interpreter that has onnxruntime, SNC_PYTHON or this one; None if neither has."""
    for python in (os.environ.get("SNC_PYTHON"), sys.executable):
        if python and subprocess.run([python, "-c", "import onnxruntime"], capture_output=True).returncode == 0:
            return python
    return None


PEER = """
import json, sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
x = np.load(sys.argv[2])
assert [(i.name, i.shape) for i in session.get_inputs()] == [("input", list(x.shape))]
y = session.run(["output"], {"input": x})[0]
print(json.dumps({"y": y.tolist(), "meta": session.get_modelmeta().custom_metadata_map}))
"""


@pytest.mark.parametrize("act", configuration.ACTIVATIONS)
def test_onnx_in_onnxruntime(branched, tmp_path, act):
    python = with_onnxruntime()
    if not python:
        pytest.skip("no interpreter with onnxruntime, SNC_PYTHON may name one")
    branched["act"] = act
    branched["1"]["0"][0].append({"se": 2, "kernels": [3, 5]})
    module = network.build(configuration.parse(branched))
    module(torch.randn(16, 3, 8, 8) + 1)
    x = torch.randn(1, 3, 8, 8)
    np.save(tmp_path / "x.npy", x.numpy())
    metadata = {"mean": [0.5, 0.25, 0.125], "classes": ["a" * 200, "b"]}
    export.export(module, 8, str(tmp_path / "m.onnx"), metadata)
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run([python, "-c", PEER, str(tmp_path / "m.onnx"), str(tmp_path / "x.npy")], text=True,
                          check=True, stdout=subprocess.PIPE, env=clean)
    found = json.loads(done.stdout)
    with torch.no_grad():
        expected = module.eval()(x).numpy()
    assert np.allclose(found["y"], expected, rtol=1e-4, atol=1e-5)
    assert {key: json.loads(value) for key, value in found["meta"].items()} == metadata
