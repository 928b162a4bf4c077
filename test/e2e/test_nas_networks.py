# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Staged networks as ONNX, out of ONNX, and with weights of their base."""

import json
import random
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

import snc_tools
from snc_tools import compare, reference, relative_error, run_library, tool
from staged_networks import Reference, block, configuration, random_configuration, trained

sys.path.insert(0, str(snc_tools.ROOT / "bench"))

import zoo  # noqa: E402
from zoo.mobile import MOBILE, row_blocks  # noqa: E402

RANDOM = [(seed, 1 + seed % 3) for seed in range(9)]


def write(path, value):
    path.write_text(json.dumps(value))
    return path


def emit(base, out, *flags, what="onnx"):
    """`syncnasc base --nas --emit=what -o out`; fails the test with the tool's message."""
    result = tool("syncnasc", base, "--nas", f"--emit={what}", "-o", out, *flags)
    assert result.returncode == 0, result.stderr
    return out


def weights_of(path):
    return {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}


def with_weights(path, weights):
    """Replaces the model's initializers by those of the same names."""
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(weights[tensor.name], tensor.name))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return path


def picture(config, seed=3):
    first = config["0"] if isinstance(config["0"], list) else config["0"]["0"]
    edge = first[0][0] * config["stem"][3]
    return np.random.default_rng(seed).normal(size=(1, 3, edge, edge)).astype(np.float32)


def run(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"input": x})[0]


def trained_model(folder, config, name="base"):
    """An ONNX file of `config` whose weights are as if trained."""
    model = emit(write(folder / f"{name}.json", config), folder / f"{name}.onnx")
    return with_weights(model, trained(weights_of(model)))


# Writing.


@pytest.mark.parametrize("seed,branches", RANDOM)
def test_written_model_computes_what_the_configuration_says(seed, branches, tmp_path):
    config = random_configuration(seed, branches)
    base = random_configuration(seed, 1)
    if seed % 2:
        config["hidden"] = 7
    out = emit(write(tmp_path / "base.json", base), tmp_path / "net.onnx",
               "--network", write(tmp_path / "net.json", config))
    weights = trained(weights_of(out))
    with_weights(out, weights)
    x = picture(config)
    assert relative_error(run(out, x)[0], Reference(config, weights)(x[0])) < 1e-4


def test_weights_are_drawn_as_in_the_published_program(tmp_path):
    config = configuration([[block(8, 3, 1, 64, 256, 96, se=32)]], stem=64, head=512, classes=200)
    base = write(tmp_path / "base.json", config)
    first = emit(base, tmp_path / "a.onnx").read_bytes()
    assert emit(base, tmp_path / "b.onnx").read_bytes() == first
    assert emit(base, tmp_path / "c.onnx", "--seed", 2).read_bytes() != first
    for name, value in weights_of(tmp_path / "a.onnx").items():
        if value.ndim == 4:  # kaiming_normal_, fan_out, relu
            deviation = (2 / (value.shape[0] * value.shape[2] * value.shape[3])) ** 0.5
            assert abs(value.std() / deviation - 1) < 6 / value.size**0.5, name
            assert abs(value.mean()) < 5 * deviation / value.size**0.5, name
        elif value.ndim == 2:  # kaiming_uniform_, fan_out, gain 1
            bound = (3 / value.shape[0]) ** 0.5
            assert abs(value).max() <= bound and abs(abs(value).mean() / (bound / 2) - 1) < 0.01
        else:
            norm = not name.startswith("classifier") and ".reduce." not in name and ".expand." not in name
            assert (value == (norm and name.endswith(("weight", "running_var")))).all(), name


@pytest.mark.parametrize("base", ["mobilenet_v2", "mnasnet_b1", "fbnet_c"])
def test_published_networks(base, data, tmp_path):
    folder = data / "syncnas"
    network = folder / f"syncnas_{base}_100.json"
    model = emit(folder / f"{base}.json", tmp_path / "net.onnx", "--network", network)
    loaded = onnx.load(model)
    onnx.checker.check_model(loaded, full_check=True)
    theirs = zoo.build(f"syncnas_{base}", batch_norm=True)

    def convs(graph):
        shapes = {t.name: tuple(t.dims) for t in graph.initializer}
        return sorted(shapes[n.input[1]] for n in graph.node if n.op_type == "Conv")

    assert convs(loaded.graph) == convs(theirs.graph)
    weights = trained(weights_of(model))
    with_weights(model, weights)
    config = json.loads(network.read_text())
    x = picture(config)
    assert relative_error(run(model, x)[0], Reference({"eps": 1e-5, **config}, weights)(x[0])) < 1e-4


# Reading.


@pytest.mark.parametrize("seed", range(8))
def test_what_was_written_is_recognised_with_every_weight(seed, tmp_path):
    config = random_configuration(seed, 1)
    base = trained_model(tmp_path, config)
    read = json.loads(emit(base, tmp_path / "read.json", what="network").read_text())
    written = json.loads(emit(write(tmp_path / "c.json", config), tmp_path / "c2.json", what="network").read_text())
    assert read == written
    again = weights_of(emit(base, tmp_path / "again.onnx"))
    before = weights_of(base)
    assert list(again) == list(before)
    for name, value in before.items():
        np.testing.assert_array_equal(again[name], value, err_msg=name)


@pytest.mark.parametrize("kept,momentum", [((0.97, 0.97), 0.03), ((0.9997, 0.9997), 0.0003), ((0.9, 0.97), 0.1),
                                           ((2.0, 2.0), 0.1)])
def test_momentum_is_read_where_all_agree(kept, momentum, tmp_path):
    path = trained_model(tmp_path, configuration([[block(8, 3, 2, 8, 16, 6)]]))
    model = onnx.load(path)
    norms = [n for n in model.graph.node if n.op_type == "BatchNormalization"]
    for i, node in enumerate(norms):
        next(a for a in node.attribute if a.name == "momentum").f = kept[i > 0]
    onnx.save(model, path)
    assert json.loads(emit(path, tmp_path / "read.json", what="network").read_text())["bn_momentum"] == momentum


def expected_base(name):
    """The configuration of a network of the zoo, out of its table."""
    net, size, channels = MOBILE[name], 112, MOBILE[name].stem
    acts = {"relu": "ReLU", "relu6": "ReLU6", "swish": "SiLU", "hard_swish": "Hardswish"}
    config = {"name": name, "act": acts[net.act], "stem": [3, net.stem, 3, 2], "bn_momentum": 0.1, "eps": 1e-5}
    for s, stage in enumerate(net.stages):
        config[str(s)] = []
        for row in stage:
            for one in list(row_blocks(net, row, channels)):
                kernels = [one["kernel"]] if isinstance(one["kernel"], int) else list(one["kernel"])
                more = {"se": one["squeezed"]} if one["squeezed"] else {}
                if one["act"] != net.act:
                    more["act"] = acts[one["act"]]
                if len(kernels) > 1:
                    more["kernels"] = kernels
                groups = [1 if k == 1 else len(k) for k in (one["expand_kernel"], one["project_kernel"])]
                if groups != [1, 1]:
                    more["groups_pw"] = groups
                config[str(s)].append(block(size, kernels[0], one["stride"], channels, one["expanded"], one["out"], **more))
                size, channels = (size - 1) // one["stride"] + 1, one["out"]
    config["head"] = [channels, net.head, 1, 1]
    if net.head_after_pool:
        config["hidden"] = net.head_after_pool
    return config


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("name", MOBILE)
def test_zoo_is_recognised(name, batch_norm, tmp_path):
    model = tmp_path / f"{name}.onnx"
    onnx.save(zoo.build(name, batch_norm=batch_norm), model)
    read = json.loads(emit(model, tmp_path / "read.json", what="network").read_text())
    assert read == expected_base(name)
    again = emit(model, tmp_path / "again.onnx")
    x = np.random.default_rng(1).uniform(-1, 1, (1, 3, 224, 224)).astype(np.float32)
    assert relative_error(run(again, x), run(model, x)) < 1e-4


@pytest.mark.parametrize("name", ["mobilenet_v2", "mnasnet_b1", "fbnet_c"])
def test_published_base_is_what_its_model_has(name, data, tmp_path):
    model = tmp_path / f"{name}.onnx"
    onnx.save(zoo.build(name), model)
    read = json.loads(emit(model, tmp_path / "read.json", what="network").read_text())
    theirs = json.loads((data / "syncnas" / f"{name}.json").read_text())
    training = {"bn_momentum": 0.1, "eps": 1e-5}  # which the zoo's file does not say
    assert read == {**theirs, **training}


@pytest.mark.parametrize("name,node,message", [
    ("resnet18", "/stem/MaxPool", "expected a convolution here"),
    ("squeezenet_1_1", "/stem/Conv", "expected padding of 1 on each side"),
    ("shufflenet_v2_1_0", "/stem/MaxPool", "expected a convolution here"),
    ("syncnas_fbnet_c", "/expand/Conv", "expected a convolution here, and none beside it")])
def test_other_networks_are_refused_at_a_node(name, node, message, tmp_path):
    model = tmp_path / "net.onnx"
    onnx.save(zoo.build(name, size=64), model)
    result = tool("syncnasc", model, "--nas", "--emit=network")
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and result.stderr.startswith(f"{model}: error: node '")
    assert node in result.stderr and message in result.stderr


def node_of(model, name):
    return next(n for n in model.graph.node if n.name == name)


def without(model, name, operand=0):
    """Readers of the node's result read one of its inputs."""
    gone = node_of(model, name)
    model.graph.node.remove(gone)
    for node in model.graph.node:
        node.input[:] = [gone.input[operand] if i == gone.output[0] else i for i in node.input]


def behind(model, kind, name, **attributes):
    """Another node before the output."""
    last = model.graph.node[-1]
    last.output[0] = "before"
    model.graph.node.append(onnx.helper.make_node(kind, ["before"], ["output"], name=name, **attributes))


def attribute(model, name, attribute, values):
    next(a for a in node_of(model, name).attribute if a.name == attribute).ints[:] = values


REFUSED = {
    "uneven padding": (lambda m: attribute(m, "/stage0/block0/depthwise/Conv", "pads", [0, 0, 1, 1]),
                       "/stage0/block0/depthwise/Conv", "expected padding of 1 on each side"),
    "two strides": (lambda m: attribute(m, "/stage0/block0/depthwise/Conv", "strides", [2, 1]),
                    "/stage0/block0/depthwise/Conv", "one stride in both directions"),
    "no shortcut": (lambda m: without(m, "/stage0/block1/Add", 1),
                    "/stage0/block1/project/Conv", "expected the sum of the block's input and result"),
    "two activations before the gate": (
        lambda m: setattr(node_of(m, "/stage0/block1/expand/Relu"), "op_type", "HardSwish"),
        "/stage0/block1/depthwise/Conv", "a block has one activation, or another behind its gate"),
    "no activation": (lambda m: without(m, "/stage0/block0/depthwise/Relu"),
                      "/stage0/block0/depthwise/Conv", "behind a depthwise convolution there is ReLU"),
    "no activation behind the head": (lambda m: without(m, "/head/Relu"),
                                      "/head/Conv", "behind the last convolution expected ReLU"),
    "softmax": (lambda m: behind(m, "Softmax", "/softmax", axis=1),
                "/softmax", "expected nothing behind the classifier"),
    "another gate": (lambda m: setattr(node_of(m, "/stage0/block1/se/expand/Sigmoid"), "op_type", "Tanh"),
                     "/stage0/block1/se/expand/Conv", "expected Sigmoid"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_changed_networks_are_refused_at_the_node(case, tmp_path):
    change, node, message = REFUSED[case]
    config = configuration([[block(8, 3, 2, 8, 16, 6), block(4, 3, 1, 6, 16, 6, se=4)]], act="ReLU")
    path = emit(write(tmp_path / "base.json", config), tmp_path / "net.onnx")
    model = onnx.load(path)
    change(model)
    onnx.save(model, path)
    result = tool("syncnasc", path, "--nas", "--emit=network")
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and f"node '{node}'" in result.stderr, result.stderr
    assert message in result.stderr


def test_last_plane_of_one_pixel(tmp_path):
    """Pools of one pixel are none."""
    config = configuration([[block(2, 3, 2, 8, 16, 6, se=4)], [block(1, 3, 1, 6, 12, 12)]])
    base = trained_model(tmp_path, config)
    read = json.loads(emit(base, tmp_path / "read.json", what="network").read_text())
    assert [read["0"], read["1"]] == [config["0"], config["1"]]
    x = picture(config)
    assert relative_error(run(emit(base, tmp_path / "again.onnx"), x), run(base, x)) == 0


# Inheriting.


def derived(folder, base, network):
    return emit(base, folder / "net.onnx", "--network", write(folder / "net.json", network))


@pytest.mark.parametrize("act", ["ReLU6", "SiLU"])
@pytest.mark.parametrize("widths", [(24,), (10, 14), (5, 7, 12), (20, 20), (24, 24, 24), (30, 24)])
def test_added_branches_are_the_base(widths, act, tmp_path):
    """One has each channel, or several have it and share it; what is beyond them is silent."""
    shape = (8, 3, 2, 8)
    base = trained_model(tmp_path, configuration([[block(*shape, 24, 6)]], act=act))
    branches = [[block(*shape, width, 6)] for width in widths]
    if len(widths) == 1:
        network = configuration([branches[0]], act=act)
    else:
        network = configuration([branches], "a", act=act)
    x = picture(network)
    assert relative_error(run(derived(tmp_path, base, network), x), run(base, x)) < 1e-5


def test_concatenated_branches_are_the_base(tmp_path):
    shape = (8, 5, 1, 8, 24)
    base = trained_model(tmp_path, configuration([[block(*shape, 6)]], act="Hardswish"))
    network = configuration([[[block(*shape, 2)], [block(*shape, 4)]]], "c", act="Hardswish")
    network["head"][0] = 6
    x = picture(network)
    assert relative_error(run(derived(tmp_path, base, network), x), run(base, x)) < 1e-5


@pytest.mark.parametrize("kernels,widths", [([3], (5, 3)), ([3, 5], (4, 4)), ([3, 5], (6, 5))])
def test_branches_select_where_the_base_does_not_expand(kernels, widths, tmp_path):
    """Some, all or more than the channels of each kernel; ReLU after ReLU changes nothing."""
    shape, more = (8, kernels[0], 2, 8), {"kernels": kernels} if len(kernels) > 1 else {}
    base = trained_model(tmp_path, configuration([[block(*shape, 8, 6, **more)]], act="ReLU"))
    network = configuration([[[block(*shape, width, 6, **more)] for width in widths]], "a", act="ReLU")
    x = picture(network)
    assert relative_error(run(derived(tmp_path, base, network), x), run(base, x)) < 1e-5


@pytest.mark.parametrize("seed", range(12))
def test_any_network_inherits_from_any_base(seed, tmp_path):
    """Shapes that do not fit are initialised, whatever they are."""
    base = trained_model(tmp_path, random_configuration(seed, 1))
    network = random_configuration(100 + seed, 1 + seed % 3)
    model = derived(tmp_path, base, network)
    onnx.checker.check_model(onnx.load(model), full_check=True)
    assert np.isfinite(run(model, picture(network))).all()


# Compiling.


@pytest.mark.parametrize("seed,branches", [(1, 2), (2, 3)])
def test_given_network_is_compiled(seed, branches, tmp_path):
    base = trained_model(tmp_path, random_configuration(seed, 1))
    config = random_configuration(seed, branches)
    network, out = write(tmp_path / "net.json", config), tmp_path / "out"
    for _ in range(2):  # the second replaces the first
        result = tool("syncnasc", base, "--nas", "--network", network, "-o", out, "--quiet",
                      "--devices", "cpu:1,cpu:1")
        assert result.returncode == 0, result.stderr
    assert json.loads((out / "network.json").read_text())["0"] == config["0"]
    assert (out / "network.onnx").read_bytes() == derived(tmp_path, base, config).read_bytes()
    assert (out / "lib" / "libbase.so").exists()
    inputs = {"input": picture(config)}
    compare(run_library(out, inputs, tmp_path / "run"), reference(out / "network.onnx", inputs))


# Configurations that are none.


def test_damaged_configurations_end_in_one_message(tmp_path):
    draw = random.Random(5)
    values = [0, -1, 2**31, 2**63, 2**70, 1e300, 0.5, None, True, "", "a", [], {}, [[]], 65536, 65537, 17]

    def places(value, path=()):
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
        for key, inner in entries:
            yield (*path, key)
            yield from places(inner, (*path, key))

    for round_ in range(100):
        config = random_configuration(round_ % 20, 1 + round_ % 3)
        for _ in range(draw.randint(1, 2)):
            *path, last = draw.choice(list(places(config)))
            at = config
            for key in path:
                at = at[key]
            if draw.random() < 0.3:
                del at[last]
            else:
                at[last] = draw.choice(values)
            if not config:
                break
        base = write(tmp_path / "base.json", random_configuration(1, 1))
        result = tool("syncnasc", base, "--nas", "--emit=network", "--network", write(tmp_path / "x.json", config))
        assert result.returncode in (0, 1), (config, result.stderr)
        assert result.returncode == 0 or (result.stderr.count("\n") == 1 and "error: " in result.stderr), config
