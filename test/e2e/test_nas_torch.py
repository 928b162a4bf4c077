# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The trainer's PyTorch modules, the models that are written, and the libraries of them are one function."""

import json
import os

import numpy as np
import onnx
import pytest

import snc_tools
from snc_tools import compare, relative_error, run_library, tool, with_torch
from staged_networks import random_configuration, trained
from test_nas_networks import RANDOM, picture, run, weights_of, with_weights, write
from test_nas_rexnet import small

MODULE = """
import json, sys
import numpy as np, torch
from syncnas_trainer import configuration, network
module = network.build(configuration.load(sys.argv[1])).eval()
given = np.load(sys.argv[2])
state = {k: v for k, v in module.state_dict().items() if not k.endswith("num_batches_tracked")}
shapes = {k: list(v.shape) for k, v in state.items()}
module.load_state_dict({k: torch.from_numpy(given[k]) for k in state}, strict=False)
with torch.no_grad():
    np.save(sys.argv[3], module(torch.from_numpy(given["input"])).numpy())
print(json.dumps(shapes), file=open(sys.argv[4], "w"))
"""


def module_of(config, model, folder):
    """Gives `model` weights as if trained. Returns a picture, and what the PyTorch module with them makes of it."""
    weights = trained(weights_of(model))
    with_weights(model, weights)
    x = picture(config)
    np.savez(folder / "given.npz", input=x, **weights)
    path = str(snc_tools.ROOT / "tools" / "trainer")
    with_torch(MODULE, write(folder / "module.json", config), folder / "given.npz", folder / "y.npy", folder / "state.json",
               env={**os.environ, "PYTHONPATH": path})
    state = json.loads((folder / "state.json").read_text())
    assert list(state) == [t.name for t in onnx.load(model).graph.initializer]
    assert state == {name: list(value.shape) for name, value in weights.items()}
    return x, np.load(folder / "y.npy")


def written(base, config, folder):
    """`config` as ONNX."""
    out = folder / "net.onnx"
    result = tool("syncnasc", base, "--nas", "--emit=onnx", "-o", out, "--network", write(folder / "net.json", config))
    assert result.returncode == 0, result.stderr
    return out


@pytest.mark.parametrize("seed,branches", RANDOM[:6])
def test_any_network(seed, branches, tmp_path):
    config = random_configuration(seed, branches)
    if seed % 2:
        config["hidden"] = 7
    base = write(tmp_path / "base.json", random_configuration(seed, 1))
    model = written(base, config, tmp_path)
    x, expected = module_of(config, model, tmp_path)
    assert relative_error(run(model, x), expected) < 1e-4


def test_rexnet(tmp_path):
    model = written(write(tmp_path / "base.json", small()), small(), tmp_path)
    x, expected = module_of(small(), model, tmp_path)
    assert relative_error(run(model, x), expected) < 1e-4


@pytest.mark.parametrize("base", ["mobilenet_v2", "mnasnet_b1", "fbnet_c"])
def test_published_networks_on_two_units(base, data, tmp_path):
    folder = data / "syncnas"
    config = json.loads((folder / f"syncnas_{base}_100.json").read_text())
    model = written(folder / f"{base}.json", config, tmp_path)
    x, expected = module_of(config, model, tmp_path)
    result = tool("syncnasc", model, "-o", tmp_path / "out", "--quiet", "--devices", "cpu:1,cpu:1", "--branches=own")
    assert result.returncode == 0, result.stderr
    compare(run_library(tmp_path / "out", {"input": x}, tmp_path / "run"), {"output": expected}, 1e-3)
