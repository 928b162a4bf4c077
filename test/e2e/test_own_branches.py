# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks that have branches of their own: recognised, run on units, and still the same function."""

import json
import sys

import onnx
import pytest

import snc_tools
from snc_tools import compare, compile_model, random_inputs, reference, run_library, with_torch
from test_gpu import needs_opencl

sys.path.insert(0, str(snc_tools.ROOT / "bench"))

import zoo  # noqa: E402
from zoo.blocks import classifier, inverted_residual  # noqa: E402
from zoo.graph import Graph  # noqa: E402

# The names in the published configurations.
STRATEGIES = {"syncnas_mobilenet_v2": "sync3_046_aaa", "syncnas_mnasnet_b1": "sync3_046_caa",
              "syncnas_fbnet_c": "sync3_456_aaa"}
CPUS, GPU = "--devices=cpu:1,cpu:1", "--devices=cpu:1,gpu"


def shared(out, name):
    return (next((out / "share").iterdir()) / name).read_text()


def splits(plan):
    return [s for s in plan["segments"] if s["kind"] in ("rows", "channels", "add", "paths")]


def check(model, out, folder, tolerance=1e-4, threads=(0, 1), flags=()):
    inputs = random_inputs(model)
    expected = reference(model, inputs)
    for count in threads:
        compare(run_library(out, inputs, folder, f"--threads={count}", *flags), expected, tolerance)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """published(name): the file of a searched network, at an odd last plane of 3 pixels."""
    folder = tmp_path_factory.mktemp("published")

    def get(name):
        path = folder / f"{name}.onnx"
        if not path.exists():
            onnx.save(zoo.build(name, 96), path)
        return path

    return get


@pytest.mark.parametrize("name", STRATEGIES)
def test_published_networks_on_two_units(name, published, tmp_path):
    model = published(name)
    out = compile_model(model, tmp_path / "out", CPUS, "--branches=own")
    plan = json.loads(shared(out, "plan.json"))
    assert plan["own_branches"].startswith("2 branches in 3 intervals; syncs: ")
    assert plan["own_branches"].endswith(f"strategy {STRATEGIES[name]}")
    assert STRATEGIES[name] in shared(out, "report.html")
    # The plan's syncs are the model's, and nothing else is split.
    assert [s["kind"] for s in splits(plan)] == ["paths"] * 3
    assert plan["strategy"].split("_")[-1] == STRATEGIES[name].split("_")[-1]
    kernels = json.loads(shared(out, "manifest.json"))["kernels"]
    assert {0, 1} <= {kernel["unit"] for kernel in kernels}
    check(model, out, tmp_path)


@needs_opencl
@pytest.mark.parametrize("name", STRATEGIES)
def test_published_networks_on_cpu_and_gpu(name, published, tmp_path):
    model = published(name)
    out = compile_model(model, tmp_path / "out", GPU, "--branches=own")
    assert len(splits(json.loads(shared(out, "plan.json")))) == 3
    check(model, out, tmp_path, 1e-3, threads=(0,), flags=("--no-fallback",))


@pytest.mark.parametrize("name", STRATEGIES)
def test_whatever_is_planned_is_the_same_function(name, published, tmp_path):
    model = published(name)
    for flag in ("auto", "always"):
        check(model, compile_model(model, tmp_path / flag, "--threads=2", f"--branches={flag}"), tmp_path,
              threads=(0,))


class Odd(Graph):
    """A network in which every operator has a name of its own."""

    def __init__(self, name):
        super().__init__(name, 20)
        self.count = 0

    def own(self, build, *args, **options):
        self.count += 1
        with self.scope(f"n{self.count}"):
            return build(*args, **options)

    def block(self, x, out, expanded, kernel=3, squeezed=0):
        return self.own(inverted_residual, self, x, out, expanded, kernel, squeezed=squeezed)

    def plain(self, x, channels, kernel=1):
        return self.own(self.conv, x, channels, kernel, act="relu")

    def sum(self, *values):
        x = values[0]
        for y in values[1:]:
            x = self.own(self.add, x, y)
        return x


def odd_networks():
    """name -> (what follows the stem, branches, kind of the join)."""

    def three(g, s):
        return g.sum(g.block(s, 24, 24), g.block(s, 24, 32), g.block(s, 24, 40))

    def shortcut(g, s):
        return g.sum(g.block(s, 16, 24), g.block(s, 16, 32), s)

    def uneven(g, s):
        return g.concat([g.block(s, 12, 24), g.block(s, 20, 24)])

    def many_parts(g, s):
        return g.concat([g.block(s, 16, 24), s, g.block(s, 16, 24)])

    def nested(g, s):
        squeezed = g.plain(s, 8)
        fire = g.concat([g.plain(squeezed, 16), g.plain(squeezed, 16, 3)])
        return g.sum(g.block(fire, 24, 40), g.block(s, 24, 24))

    def gates(g, s):
        return g.sum(g.block(s, 24, 32, 5, squeezed=4), g.block(s, 24, 40, 5, squeezed=8))

    def deep(g, s):
        a, b = s, s
        for _ in range(5):
            a, b = g.block(a, 16, 24, 5), g.block(b, 16, 40, 5)
        return g.sum(b, a)

    return {"three": (three, 3, "add"), "shortcut": (shortcut, 2, "add"), "uneven": (uneven, 2, "concat"),
            "many_parts": (many_parts, 2, "concat"), "nested": (nested, 2, "add"), "gates": (gates, 2, "add"), "deep": (deep, 2, "add")}


@pytest.mark.parametrize("devices", [CPUS, pytest.param(GPU, marks=needs_opencl), "--devices=cpu:1,cpu:1,cpu:1"])
@pytest.mark.parametrize("name", odd_networks())
def test_odd_networks(name, devices, tmp_path):
    build, branches, kind = odd_networks()[name]
    g = Odd(name)
    x = build(g, g.plain("input", 16, 3))
    model = tmp_path / "net.onnx"
    onnx.save(g.finish(classifier(g, x)), model)
    out = compile_model(model, tmp_path / "out", devices, "--branches=always", "--splits=paths", "--syncs=1")
    plan = json.loads(shared(out, "plan.json"))
    assert plan["own_branches"].startswith(f"{branches} branches in 1 interval; syncs: {kind} by ")
    assert splits(plan)
    check(model, out, tmp_path, 1e-3 if "gpu" in devices else 1e-4, threads=(0,))


TORCH = """
import sys, torch
from torch import nn

def conv(i, o, k=1, s=1, g=1, act=True):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(o),
                         *([nn.ReLU6()] if act else []))

class Block(nn.Module):
    def __init__(self, i, e, o, s):
        super().__init__()
        self.net = nn.Sequential(conv(i, e), conv(e, e, 3, s, e), conv(e, o, act=False))
        self.residual = s == 1 and i == o
    def forward(self, x):
        return x + self.net(x) if self.residual else self.net(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(3, 16, 3, 2)
        def stages(i, widths, out):
            return nn.Sequential(Block(i, widths[0], out, 2), Block(out, widths[1], out, 1),
                                 Block(out, widths[2], 2 * out, 1))
        self.first = nn.ModuleList([stages(16, (24, 40, 48), 24), stages(16, (20, 36, 44), 24)])
        self.second = nn.ModuleList([Block(48, 96, 16, 2), Block(48, 64, 16, 2)])
        self.head = conv(32, 64)
        self.classifier = nn.Linear(64, 10)
    def forward(self, x):
        x = self.stem(x)
        x = self.first[0](x) + self.first[1](x)
        x = torch.cat([branch(x) for branch in self.second], 1)
        return self.classifier(self.head(x).mean((2, 3)))

torch.manual_seed(0)
options = {"dynamo": False} if torch.__version__ >= "2.5" else {}
torch.onnx.export(Net().eval(), torch.zeros(1, 3, 64, 64), sys.argv[1], input_names=["x"],
                  output_names=["y"], **options)
"""


def test_a_network_from_pytorch(tmp_path):
    model = tmp_path / "net.onnx"
    with_torch(TORCH, model)
    out = compile_model(model, tmp_path / "out", CPUS, "--branches=own")
    plan = json.loads(shared(out, "plan.json"))
    assert plan["own_branches"].endswith("strategy sync2_12_ac")
    assert len(splits(plan)) == 2
    check(model, out, tmp_path)
