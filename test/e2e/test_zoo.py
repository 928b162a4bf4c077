# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The model zoo: costs as published, tables as in the reference data, files that run."""

import hashlib
import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

import snc_tools
from snc_tools import compare, reference, relative_error, run_library

BENCH = snc_tools.ROOT / "bench"
sys.path.insert(0, str(BENCH))

import zoo  # noqa: E402
from zoo import counts, published  # noqa: E402

APPENDIX = {"MobileNetV2": "mobilenet_v2", "MnasNet-A1": "mnasnet_a1", "MnasNet-B1": "mnasnet_b1",
            "FBNet-B": "fbnet_b", "FBNet-C": "fbnet_c", "Proxyless-R": "proxyless_r",
            "Single-Path NAS": "single_path_nas", "MobileNetV3-Large": "mobilenet_v3_large",
            "EfficientNet-B0": "efficientnet_b0", "MixNet-M": "mixnet_m", "ReXNet": "rexnet_1_0"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """saved(name, **options) -> path of the file, made once."""
    folder, done = tmp_path_factory.mktemp("zoo"), {}

    def get(name, **options):
        key = (name, *options.items())
        if key not in done:
            done[key] = folder / f"{len(done)}_{name}.onnx"
            onnx.save(zoo.build(name, **options), done[key])
        return done[key]

    return get


@pytest.fixture(scope="module")
def answered(saved):
    """answered(name) -> (pictures, ONNX Runtime's output of each), worked out once."""
    done = {}

    def get(name):
        if name not in done:
            path = str(saved(name))
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            pictures = [noise(224), smooth_image(224)]
            done[name] = pictures, [session.run(None, {"input": p})[0] for p in pictures]
        return done[name]

    return get


def run(path, image):
    return reference(path, {"input": image})["output"]


def noise(size):
    return np.random.default_rng(0).uniform(-1, 1, (1, 3, size, size)).astype(np.float32)


def smooth_image(size):
    """A picture without noise: another input of a mean and spread like the random one's."""
    y, x = np.mgrid[:size, :size] / size
    return np.stack([np.sin(6 * y + 3 * x), np.cos(9 * x), 2 * y - 1])[None].astype(np.float32)


@pytest.mark.parametrize("name", published.PUBLISHED)
def test_costs_are_the_published_ones(name):
    expected, model = published.PUBLISHED[name], zoo.build(name, batch_norm=True)
    assert counts.macs(model) / 1e6 == pytest.approx(expected.macs, rel=expected.within)
    assert counts.parameters(model) / 1e6 == pytest.approx(expected.parameters, rel=expected.within)
    assert expected.within <= 0.03 or expected.note
    if expected.exact:
        assert counts.parameters(model) == expected.exact


def test_every_network_has_its_costs_published_or_is_said_not_to():
    assert sorted([*published.PUBLISHED, *published.UNPUBLISHED]) == sorted(zoo.NAMES)


# The table of its authors' repository (tensorflow/models, slim/nets/mobilenet), in millions. For
# 1.4 times the channels the paper says 6.9 M parameters, which its authors' code does not have.
@pytest.mark.parametrize("width, size, macs, parameters", [
    (1.4, 224, 582, 6.06), (1.0, 160, 154, 3.47), (0.75, 224, 209, 2.61), (0.5, 192, 71, 1.95),
    (0.5, 96, 18, 1.95), (0.35, 128, 20, 1.66)])
def test_costs_of_other_widths_and_sizes(width, size, macs, parameters):
    model = zoo.build("mobilenet_v2", size, width, batch_norm=True)
    assert counts.macs(model) / 1e6 == pytest.approx(macs, rel=0.03, abs=1)
    assert counts.parameters(model) / 1e6 == pytest.approx(parameters, rel=0.03)


def test_counts_of_a_file_worked_out_by_hand():
    # 6x6 of 3 channels; 4 filters 3x3 at stride 2 without padding: 2x2 x 4 x 27 = 432 MACs,
    # 108 + 4 parameters; a matrix product 16 -> 5: 80 and 85; a bound of a Clip is no parameter.
    nodes = [onnx.helper.make_node("Conv", ["x", "w", "b"], ["y"], strides=[2, 2]),
             onnx.helper.make_node("Clip", ["y", "low"], ["c"]),
             onnx.helper.make_node("Flatten", ["c"], ["f"]),
             onnx.helper.make_node("Gemm", ["f", "v", "d"], ["z"], transB=1)]
    weights = [onnx.numpy_helper.from_array(np.zeros(s, np.float32), n) for n, s in (
        ("w", (4, 3, 3, 3)), ("b", (4,)), ("low", ()), ("v", (5, 16)), ("d", (5,)))]
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(nodes, "g", [value("x", 1, [1, 3, 6, 6])],
                                   [value("z", 1, [1, 5])], weights)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    assert counts.macs(model) == 432 + 80
    assert counts.parameters(model) == 112 + 85


def depthwise(model):
    """Per depthwise layer: (channels, stride, kernels), from the file; MixConv's parts as one."""
    shape, producer, found = counts.shapes(model), {}, {}
    for node in model.graph.node:
        producer.update(dict.fromkeys(node.output, node))
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Conv" and attributes["group"] == shape[node.input[0]][1] > 1:
            source = producer[node.input[0]]
            layer = source.name if source.op_type == "Split" else node.name
            channels, _, kernels = found.get(layer, (0, 0, []))
            found[layer] = (channels + attributes["group"], attributes["strides"][0],
                            kernels + [attributes["kernel_shape"][0]])
    return list(found.values())


# What the appendix simplifies, or has otherwise than the network's authors: layer -> theirs.
DIFFERENT = {
    "MobileNetV3-Large": {0: (16, 1, [3])},  # its stem has 16 channels (table 1)
    # K3 in stage 2, as in SyncNAS's own fbnet_c.json and facebookresearch/mobile-vision.
    "FBNet-C": {2: (24, 1, [3])},
    # Expanded 6 times, as in its authors' code (tensorflow/tpu, mixnet), whose parameters it then has.
    "MixNet-M": dict.fromkeys((8, 9, 10), (480, 1, [3, 5, 7, 9])),
}


@pytest.mark.parametrize("title", APPENDIX)
def test_stages_are_those_of_the_appendix(title, data):
    networks = json.loads((data / "syncnas" / "appendix_networks.json").read_text())
    network = next(n for n in networks if n["name"] == title)
    blocks = [b for stage in network["stages"] for b in stage if b["exp_c"]]
    expected = [(b["exp_c"], b["stride"], b["kernels"]) for b in blocks]
    for layer, theirs in DIFFERENT.get(title, {}).items():
        assert expected[layer] != theirs, "no longer different"
        expected[layer] = theirs
    assert depthwise(zoo.build(APPENDIX[title])) == expected


def by_hand(config):
    """MACs and parameters of a published configuration, block by block as its authors' code reads it."""
    stem, head, classes = config["stem"], config["head"], 1000
    last = config["6"]["0"][-1]
    macs = 112 * 112 * 27 * stem[1] + 49 * head[0] * head[1] + head[1] * classes
    size = 27 * stem[1] + 2 * stem[1] + head[0] * head[1] + 2 * head[1] + (head[1] + 1) * classes
    assert head[0] == last[5]
    for stage in range(7):
        for edge, k, stride, c_in, expanded, c_out in config[str(stage)]["0"] + config[str(stage)]["1"]:
            after = edge // stride
            if expanded != c_in:
                macs += edge * edge * c_in * expanded
                size += c_in * expanded + 2 * expanded
            macs += after * after * expanded * (k * k + c_out)
            size += expanded * (k * k + 2) + c_out * (expanded + 2)
    return macs, size


@pytest.mark.parametrize("base", ["mobilenet_v2", "mnasnet_b1", "fbnet_c"])
def test_searched_networks_are_the_published_configurations(base, data):
    config = json.loads((data / "syncnas" / f"syncnas_{base}_100.json").read_text())
    net = zoo.SYNCNAS[f"syncnas_{base}"]
    assert (net.stem, net.head, net.act) == (config["stem"][1], config["head"][1], config["act"].lower())
    assert list(net.sync) == config["sync"]
    layers = [(b[4], b[2], [b[1]]) for stage in range(7) for branch in "01" for b in config[str(stage)][branch]]
    model = zoo.build(f"syncnas_{base}", batch_norm=True)
    assert depthwise(model) == layers
    assert (counts.macs(model), counts.parameters(model)) == by_hand(config)


def test_branches_meet_at_syncs_alone():
    """`c` behind stage 0 and `a` behind 4 and 6; the branches between share no value but the sync's."""
    nodes = zoo.build("syncnas_mnasnet_b1").graph.node
    joins = [n for n in nodes if n.name.count("/") == 2 and n.op_type in ("Add", "Concat")]
    assert [n.name for n in joins] == ["/stage0/Concat", "/stage4/Add", "/stage6/Add"]
    for node in nodes:
        branches = {part for name in (node.name, *node.input) for part in name.split("/") if part.startswith("branch")}
        stages = {part for name in (node.name, *node.input) for part in name.split("/") if part.startswith("stage")}
        assert len(branches) < 2 or node in joins, (node.name, stages)


@pytest.mark.parametrize("name", zoo.NAMES)
def test_signals_neither_die_nor_explode(name, answered):
    outputs = answered(name)[1]
    for output in outputs:
        assert output.shape == (1, 1000)
        assert np.isfinite(output).all()
        assert 1e-2 < output.std() < 1e2
    assert (outputs[0] - outputs[1]).std() > 0.01 * outputs[0].std()  # the picture matters


@pytest.mark.parametrize("name", ["mobilenet_v3_large", "mixnet_m", "rexnet_1_0", "resnet18",
                                  "shufflenet_v2_1_0", "syncnas_mnasnet_b1", "squeezenet_1_1"])
def test_unfolded_normalisation_computes_the_same(name, saved):
    folded, unfolded = saved(name, size=96), saved(name, size=96, batch_norm=True)
    kinds = {n.op_type for n in onnx.load(unfolded).graph.node}
    assert ("BatchNormalization" in kinds) == (name != "squeezenet_1_1")
    assert "BatchNormalization" not in {n.op_type for n in onnx.load(folded).graph.node}
    assert relative_error(run(unfolded, noise(96)), run(folded, noise(96))) < 1e-4


def written(folder, *args, seed="0"):
    """`python -m zoo`, in a process of its own."""
    return subprocess.run([sys.executable, "-m", "zoo", *args, "-o", str(folder)], cwd=BENCH, text=True,
                          capture_output=True, env={"PYTHONHASHSEED": seed, "PATH": ""}, timeout=60)


def test_command_writes_the_same_bytes_each_time(tmp_path):
    digests = []
    for seed in ("1", "2"):
        result = written(tmp_path / seed, "mixnet_m", "shufflenet_v2_1_0", seed=seed)
        assert result.returncode == 0, result.stderr
        assert [pathlib.Path(p).name for p in result.stdout.split()] == ["mixnet_m.onnx", "shufflenet_v2_1_0.onnx"]
        digests.append([hashlib.sha256(pathlib.Path(p).read_bytes()).hexdigest() for p in result.stdout.split()])
    assert digests[0] == digests[1]


def test_command_names_files_by_what_differs(tmp_path):
    result = written(tmp_path, "mobilenet_v2", "--width", "0.25", "--size", "96", "--batch-norm")
    assert result.returncode == 0, result.stderr
    path = tmp_path / "mobilenet_v2_w0.25_96_bn.onnx"
    assert path.exists()
    shape = counts.shapes(onnx.load(path))
    assert (shape["input"], shape["output"]) == ((1, 3, 96, 96), (1, 1000))


@pytest.mark.parametrize("arguments, said", [
    (["alexnet"], "no network alexnet"), ([], "no network named"), (["resnet18", "--width", "0.5"], "width"),
    (["mobilenet_v2", "--width", "9"], "0.25 to 2"), (["mobilenet_v2", "--size", "8"], "32 to")])
def test_command_refuses_what_there_is_not(arguments, said, tmp_path):
    result = written(tmp_path, *arguments)
    assert result.returncode != 0
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_committed_table_is_what_the_zoo_prints():
    result = subprocess.run([sys.executable, "-m", "zoo", "--table"], cwd=BENCH, text=True, capture_output=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout in (BENCH / "results" / "zoo.md").read_text()


@pytest.mark.skipif(not (snc_tools.BUILD / "bin" / "syncnasc").exists(), reason="no compiler built")
@pytest.mark.parametrize("name", zoo.NAMES)
def test_compiled_network_matches_onnxruntime(name, saved, answered, compiled, tmp_path):
    pictures, outputs = answered(name)
    out = compiled(saved(name))
    for picture, output in zip(pictures, outputs):
        compare(run_library(out, {"input": picture}, tmp_path), {"output": output})


@pytest.mark.skipif(not (snc_tools.BUILD / "bin" / "syncnasc").exists(), reason="no compiler built")
def test_compiled_width_and_unfolded_normalisation(saved, compiled, tmp_path):
    path = saved("mobilenet_v2", width=0.35, size=96, batch_norm=True)
    inputs = {"input": noise(96)}
    compare(run_library(compiled(path), inputs, tmp_path), reference(path, inputs))
