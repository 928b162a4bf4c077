# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shapes, values and costs of the torch modules, against counts by hand and other arithmetic."""

import copy
import json
import os
import pathlib

import pytest
import torch
from syncnas_trainer import configuration, network
from syncnas_trainer.norm import BatchNorm

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLISHED = pathlib.Path(os.environ.get("SNC_DATA_DIR", ROOT.parent / "shared" / "data")) / "syncnas"


def conv_norm(in_c, out_c, kernel, groups=1):
    return in_c // groups * out_c * kernel**2 + 2 * out_c


def test_parameters_of_base(base):
    # Written out: weights of the convolution, then weight and bias of its batch norm.
    expected = (3 * 4 * 9 + 8  # stem
                + 4 * 9 + 8 + 4 * 6 + 12  # stage 0: depthwise and projection, no expansion
                + 6 * 10 + 20 + 10 * 9 + 20 + 10 * 8 + 16
                + 8 * 12 + 24 + 12 * 9 + 24 + 12 * 8 + 16
                + 8 * 12 + 24  # head
                + 12 * 2 + 2)
    assert network.parameters(network.build(configuration.parse(base))) == expected


def test_macs_of_base(base):
    expected = (16 * 3 * 4 * 9 + 16 * (4 * 9 + 4 * 6)
                + 16 * 6 * 10 + 4 * (10 * 9 + 10 * 8)
                + 4 * (8 * 12 + 12 * 9 + 12 * 8)
                + 4 * 8 * 12 + 12 * 2)
    assert network.macs(configuration.parse(base)) == expected


@pytest.mark.parametrize("kind, width", [("a", 6), ("c", 3)])
def test_join_is_sum_or_concatenation(branched, kind, width):
    branched["sync"][0] = kind
    for branch in "01":
        branched["0"][branch][0][5] = width
    module = network.build(configuration.parse(branched)).eval()
    x = torch.randn(2, 3, 8, 8)
    stem = module.stem(x)
    parts = [branch(stem) for branch in module.stages[0]]
    joined = parts[0] + parts[1] if kind == "a" else torch.cat(parts, 1)
    last = torch.cat([branch(joined) for branch in module.stages[1]], 1)
    expected = module.classifier(module.head(last).mean((2, 3)))
    assert module(x).shape == (2, 2)
    torch.testing.assert_close(module(x), expected)


def test_unjoined_branches_stay_apart(branched):
    branched["sync"][0] = "n"
    for branch in "01":
        branched["1"][branch][0][3] = 3
    module = network.build(configuration.parse(branched)).eval()
    with torch.no_grad():
        for parameter in module.stages[0][1].parameters():
            parameter.zero_()
    x = torch.randn(1, 3, 8, 8)
    features = module.stages[1][1](module.stages[0][1](module.stem(x)))
    other = module.stages[1][1](module.stages[0][1](module.stem(x + 1)))
    torch.testing.assert_close(features, other)  # branch 1 sees nothing of x


def test_residual_and_mixconv_and_squeeze(base):
    base["1"][1] = [2, 3, 1, 8, 13, 8, {"kernels": [3, 5], "se": 3, "act": "Hardswish"}]
    net = configuration.parse(base)
    module = network.build(net).eval()
    block = module.stages[1][0][1]
    expected = (conv_norm(8, 13, 1) + 7 * 9 + 6 * 25 + 26 + 13 * 3 + 3 + 3 * 13 + 13
                + conv_norm(13, 8, 1))
    assert network.parameters(block) == expected
    x = torch.randn(1, 8, 2, 2)
    torch.testing.assert_close(block(x), x + block.layers(x))


@pytest.mark.parametrize("se", [0, 3])
def test_rexnets_block(base, se):
    """Han et al., CVPR 2021: SiLU, filters, gate of ReLU, ReLU6, projection; a sum of some channels."""
    more = {"act": "SiLU", "late_act": "ReLU6", "shortcut": "partial"} | ({"se": se, "se_act": "ReLU"} if se else {})
    base["1"][1] = [2, 3, 1, 8, 13, 11, more]
    base["head"][0] = 11
    net = configuration.parse(base)
    block = network.build(net).eval().stages[1][0][1]
    x, layers, f = torch.randn(2, 8, 2, 2), block.layers, torch.nn.functional
    for norm in (layers[0][1], layers[1][1], layers[-1][1]):
        torch.nn.init.uniform_(norm.weight, 0.5, 3)
        torch.nn.init.normal_(norm.bias)
    y = f.silu(layers[0][1](layers[0][0](x)))
    y = layers[1][1](layers[1][0](y))
    if se:
        pooled = f.relu(layers[2].reduce(y.mean((2, 3), keepdim=True)))
        y = y * torch.sigmoid(layers[2].expand(pooled))
    y = layers[-1][1](layers[-1][0](y.clip(0, 6)))
    torch.testing.assert_close(block(x), torch.cat([y[:, :8] + x, y[:, 8:]], 1))


def test_groups(base, monkeypatch):
    base["1"][1] = [2, 3, 1, 8, 12, 8, {"groups_pw": [4, 2]}]
    net = configuration.parse(base)
    block = network.build(net).eval().stages[1][0][1]
    assert network.parameters(block) == conv_norm(8, 12, 1, 4) + conv_norm(12, 12, 3, 12) + conv_norm(12, 8, 1, 2)
    whole = configuration.parse({**base, "1": [base["1"][0], base["1"][1][:6]]})
    assert network.macs(whole) - network.macs(net) == 4 * (8 * 12 - 8 * 12 // 4 + 12 * 8 - 12 * 8 // 2)
    project = block.layers[2][0]
    x, w = torch.randn(1, 12, 2, 2), project.weight[:, :, 0, 0]
    expected = [torch.einsum("oi,nihw->nohw", w[4 * g:4 * g + 4], x[:, 6 * g:6 * g + 6]) for g in range(2)]
    torch.testing.assert_close(project(x), torch.cat(expected, 1))
    monkeypatch.setattr(torch.onnx, "is_in_onnx_export", lambda: True)  # one convolution after the other
    torch.testing.assert_close(project(x), torch.cat(expected, 1))


def test_no_partial_residual_to_fewer_channels_or_pixels(base):
    base["1"] = [[4, 3, 2, 6, 10, 8, {"shortcut": "partial"}], [2, 3, 1, 8, 12, 7, {"shortcut": "partial"}]]
    base["head"][0] = 7
    module = network.build(configuration.parse(base)).eval()
    for block, x in zip(module.stages[1][0], (torch.randn(1, 6, 4, 4), torch.randn(1, 8, 2, 2))):
        torch.testing.assert_close(block(x), block.layers(x))


def test_initial_weights(base):
    base["head"][1] = 4096
    module = network.build(configuration.parse(base), seed=3)
    weight = module.head[0].weight  # fan out 4096, kaiming normal: deviation sqrt(2 / 4096)
    assert abs(weight.std().item() / (2 / 4096)**0.5 - 1) < 0.03
    # Kaiming uniform, fan out 2, gain 1 of a sigmoid: bound sqrt(3 / 2).
    assert abs(module.classifier.weight.abs().max().item() - 1.5**0.5) < 0.01
    assert not module.classifier.bias.any()
    again = network.build(configuration.parse(base), seed=3)
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), again.parameters()))
    other = network.build(configuration.parse(base), seed=4)
    assert not torch.equal(other.head[0].weight, weight)


@pytest.mark.parametrize("shape", [(8, 12, 4, 4), (3, 5, 3, 1), (1, 7, 1, 3), (2, 8, 3, 3)])
@pytest.mark.parametrize("momentum", [0.1, None])
def test_batch_norm_equals_torch(shape, momentum):
    torch.manual_seed(0)
    mine = BatchNorm(shape[1], momentum=momentum)
    torch.nn.init.uniform_(mine.weight)
    torch.nn.init.normal_(mine.bias)
    theirs = torch.nn.BatchNorm2d(shape[1], momentum=momentum)
    theirs.load_state_dict(mine.state_dict())
    for layout in (torch.channels_last, torch.contiguous_format):
        for _ in range(2):
            x = (torch.randn(shape) * 3 + 1).contiguous(memory_format=layout).requires_grad_()
            dy, results = torch.randn(shape), []
            for norm in (mine, theirs):
                y = norm(x)
                results.append((y, *torch.autograd.grad(y, [x, norm.weight, norm.bias], dy)))
            torch.testing.assert_close(*results, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(dict(mine.state_dict()), dict(theirs.state_dict()))
    mine.eval(), theirs.eval()
    torch.testing.assert_close(mine(x), theirs(x))


@pytest.mark.parametrize("name, parameters, macs", [
    # MobileNetV2's parameters as torchvision's; its MACs as in Sandler et al., CVPR 2018, table 4.
    ("mobilenet_v2", 3504872, 300.8e6),
    ("mnasnet_b1", 4383312, 314.4e6),
])
def test_published_networks(name, parameters, macs):
    path = PUBLISHED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no reference data at {PUBLISHED} (set SNC_DATA_DIR)")
    net = configuration.load(str(path))
    assert network.parameters(network.build(net)) == parameters
    assert abs(network.macs(net) / macs - 1) < 1e-3


@pytest.mark.parametrize("name", ["mobilenet_v2", "mnasnet_b1", "fbnet_c"])
def test_searched_networks(name):
    path = PUBLISHED / f"syncnas_{name}_100.json"
    if not path.exists():
        pytest.skip(f"no reference data at {PUBLISHED} (set SNC_DATA_DIR)")
    value = json.loads(path.read_text())
    expected = conv_norm(*value["stem"][:3]) + conv_norm(*value["head"][:3]) + value["head"][1] * 1000 + 1000
    for stage in range(7):
        for blocks in value[str(stage)].values():
            for _, kernel, _, in_c, exp_c, out_c in blocks:
                expected += conv_norm(in_c, exp_c, 1) if in_c != exp_c else 0
                expected += conv_norm(exp_c, exp_c, kernel, exp_c) + conv_norm(exp_c, out_c, 1)
    assert network.parameters(network.build(configuration.parse(value))) == expected


def test_copies_share_nothing(base):
    module = network.build(configuration.parse(base))
    other = copy.deepcopy(module)
    with torch.no_grad():
        other.head[0].weight.zero_()
    assert module.head[0].weight.any()
