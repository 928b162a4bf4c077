# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ReXNet (Han et al., CVPR 2021) as a base: late activations, shortcuts to some of the channels."""

import json

import numpy as np
import onnx
import pytest

import snc_tools
from snc_tools import compare, reference, relative_error, run_library, tool
from staged_networks import block, configuration
from test_nas_networks import attribute, derived, emit, node_of, picture, run, trained_model, weights_of, with_weights, write, zoo

# Size, stride, input and output channels of each block (table 4 of the paper's appendix); a new
# stage where no shortcut leads from one to the next.
STAGES = [[(112, 1, 32, 16)],
          [(112, 2, 16, 27), (56, 1, 27, 38)],
          [(56, 2, 38, 50), (28, 1, 50, 61)],
          [(28, 2, 61, 72), (14, 1, 72, 84), (14, 1, 84, 95), (14, 1, 95, 106), (14, 1, 106, 117), (14, 1, 117, 128)],
          [(14, 2, 128, 140), (7, 1, 140, 151), (7, 1, 151, 162), (7, 1, 162, 174), (7, 1, 174, 185)]]
SQUEEZED = {38: 19, 50: 25, 61: 30, 72: 36, 84: 42, 95: 47, 106: 53, 117: 58, 128: 64, 140: 70, 151: 75, 162: 81, 174: 87}


def rexnet():
    value = {"name": "rexnet_1_0", "act": "SiLU", "stem": [3, 32, 3, 2], "head": [185, 1280, 1, 1],
             "bn_momentum": 0.1, "eps": 1e-5}
    for s, stage in enumerate(STAGES):
        value[str(s)] = []
        for size, stride, inputs, outputs in stage:
            more = {"late_act": "ReLU6"} if s else {"act": "ReLU6"}  # which does not expand
            if inputs in SQUEEZED:
                more |= {"se": SQUEEZED[inputs], "se_act": "ReLU"}
            if s and stride == 1:
                more["shortcut"] = "partial"
            value[str(s)].append(block(size, 3, stride, inputs, inputs * (6 if s else 1), outputs, **more))
    return value


@pytest.mark.parametrize("batch_norm", [False, True])
def test_is_recognised(batch_norm, tmp_path):
    model = tmp_path / "rexnet_1_0.onnx"
    onnx.save(zoo.build("rexnet_1_0", batch_norm=batch_norm), model)
    result = tool("syncnasc", model, "--nas", "--emit=network")
    assert result.returncode == 0 and json.loads(result.stdout) == rexnet()
    remark = f"{model}: remark: node '/block3/se/reduce/BatchNormalization' (BatchNormalization): batch normalisations in gates are folded"
    assert [line for line in result.stderr.splitlines() if "remark" in line] == [remark] * batch_norm
    again = emit(model, tmp_path / "again.onnx")
    x = np.random.default_rng(1).uniform(-1, 1, (1, 3, 224, 224)).astype(np.float32)
    assert relative_error(run(again, x), run(model, x)) < 1e-4
    # clovaai/rexnet's 4,796,873, less a bias and a normalisation in gates that are one bias here.
    trained_values = sum(v.size for n, v in weights_of(again).items() if "running" not in n)
    assert trained_values == 4796873 - 2 * sum(SQUEEZED.values())


def small(**more):
    """Gates and partial shortcuts of odd channels."""
    rex = {"late_act": "ReLU6", "se": 3, "se_act": "ReLU"}
    return configuration([[block(16, 3, 1, 8, 8, 6, act="ReLU6")],
                          [block(16, 3, 2, 6, 36, 9, late_act="ReLU6"),
                           block(8, 3, 1, 9, 54, 13, late_act="ReLU6", shortcut="partial")],
                          [block(8, 3, 2, 13, 78, 17, **rex), block(4, 3, 1, 17, 102, 21, **rex, shortcut="partial"),
                           block(4, 3, 1, 21, 126, 24, **rex, shortcut="partial")]], act="SiLU", **more)


def candidates(base):
    result = tool("syncnasc", base, "--nas", "--emit=candidates", "--devices", "cpu:1,cpu:1", "--budget-scale=20")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_candidates_share_odd_channels(tmp_path):
    found = {c["name"]: c for c in candidates(write(tmp_path / "base.json", rexnet()))}
    assert len(found) == 2 * 3**4
    network = found["sync1_4_c"]["network"]
    outputs = [[[b[5] for b in network[str(s)][branch]] for branch in "01"] for s in range(5)]
    assert outputs[1] == [[27, 38], [27, 38]]
    assert outputs[4] == [[70, 76, 81, 87, 93], [70, 75, 81, 87, 92]]
    assert all(b[6].get("shortcut") == "partial" for b in network["4"]["1"][1:])


@pytest.mark.parametrize("name", ["sync2_02_ac", "sync3_012_cca", "sync1_2_a"])
def test_candidate_is_compiled(name, tmp_path):
    base = trained_model(tmp_path, small())
    chosen = next(c for c in candidates(base) if c["name"] == name)
    network, out = write(tmp_path / "net.json", chosen["network"]), tmp_path / "out"
    result = tool("syncnasc", base, "--nas", "--network", network, "-o", out, "--quiet", "--devices", "cpu:1,cpu:1")
    assert result.returncode == 0, result.stderr
    inputs = {"input": picture(chosen["network"])}
    compare(run_library(out, inputs, tmp_path / "run"), reference(out / "network.onnx", inputs))


# Inheriting.


def test_branches_have_the_shortcuts_of_their_channels(tmp_path):
    """Where the second block is its shortcut alone, each branch goes on with what it had."""
    shape = (8, 3, 1)
    base = trained_model(tmp_path, configuration([[block(*shape, 12, 24, 8), block(*shape, 8, 20, 11, shortcut="partial")]], stem=12))
    weights = weights_of(base)
    weights |= {name: np.zeros_like(value) for name, value in weights.items()
                if name.startswith("stages.0.0.1.layers.2.1.") and not name.endswith("var")}
    with_weights(base, weights)
    network = configuration([[[block(*shape, 12, 24, own), block(*shape, own, 24, own + more, shortcut="partial")]
                              for own, more in ((4, 2), (3, 1), (1, 0))]], "c", stem=12)
    network["head"][0] = 11
    x = picture(network)
    assert relative_error(run(derived(tmp_path, base, network), x), run(base, x)) < 1e-5


# Refused.


def pads(model, name, values):
    node = node_of(model, name)
    node.attribute[0].t.CopyFrom(onnx.helper.make_tensor("", onnx.TensorProto.INT64, [8], values))


def rename(model, name, kind):
    node = node_of(model, name)
    node.op_type = kind


def value_of_padding(model):
    model.graph.initializer.append(onnx.helper.make_tensor("one", onnx.TensorProto.FLOAT, [], [1.0]))
    node_of(model, "/stage1/block1/Pad").input.append("one")


REFUSED = {
    "zeros in front": (lambda m: pads(m, "/stage1/block1/pads", [0, 4, 0, 0, 0, 0, 0, 0]),
                       "/stage1/block1/Pad", "a sum that is no shortcut around one block"),
    "ones behind": (value_of_padding, "/stage1/block1/Pad", "a sum that is no shortcut around one block"),
    "no gate's activation": (lambda m: rename(m, "/stage2/block1/se/reduce/Relu", "Tanh"),
                             "/stage2/block1/se/reduce/Conv", "an activation behind this convolution"),
    "a product": (lambda m: rename(m, "/stage1/block1/Add", "Mul"),
                  "/stage1/block1/expand/Conv", "expected a convolution here, and none beside it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_changed_networks_are_refused_at_the_node(case, tmp_path):
    change, node, message = REFUSED[case]
    path = trained_model(tmp_path, small())
    model = onnx.load(path)
    change(model)
    onnx.save(model, path)
    result = tool("syncnasc", path, "--nas", "--emit=network")
    assert result.returncode == 1 and result.stdout == ""
    errors = [line for line in result.stderr.splitlines() if "error" in line]
    assert len(errors) == 1 and f"node '{node}'" in errors[0] and message in errors[0], result.stderr
