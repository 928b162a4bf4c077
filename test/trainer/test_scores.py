# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Training-free scores against closed forms and plain loops."""

import math

import numpy as np
import pytest
import torch
from syncnas_trainer import configuration, network, rank, scores
from syncnas_trainer.scores import cost, naswot, synflow, zen, zico
from torch import nn


def test_naswot_of_known_codes():
    # Three units: codes 110, 100, 011. Equal bits: 3 with itself; 2, 1 and 0 with each other.
    codes = torch.tensor([[1, 1, 0], [1, 0, 0], [0, 1, 1]])
    expected = torch.tensor([[3, 2, 1], [2, 3, 0], [1, 0, 3]], dtype=torch.float64)
    assert torch.equal(naswot.kernel(codes), expected)
    # Determinant by the first row: 3 (9 - 0) - 2 (6 - 0) + 1 (0 - 3) = 12.
    assert naswot.log_determinant(expected) == pytest.approx(math.log(12))


def test_naswot_of_a_network():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.relu, self.relu6 = nn.ReLU(), nn.ReLU6()

        def forward(self, x):
            return self.relu6(self.relu(x) - 1)

    x = torch.tensor([[0.5, -1.0], [2.0, 0.5], [-1.0, 3.0]])
    codes = np.array([[1, 0, 0, 0], [1, 1, 1, 0], [0, 1, 0, 1]])  # x > 0, then relu(x) > 1
    kernel = np.array([[np.sum(a == b) for b in codes] for a in codes])
    found = naswot.score(Two(), scores.Inputs(((x, None),)), None)
    assert found == pytest.approx(math.log(abs(np.linalg.det(kernel))))


def test_naswot_of_equal_images(base):
    module = network.build(configuration.parse(base))
    x = torch.ones(4, 3, 8, 8)
    with pytest.raises(ArithmeticError):
        naswot.score(module, scores.Inputs(((x, None),)), None)


def test_synflow_of_two_linear_layers():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm2d(4), nn.Linear(4, 2))
    a, b = (module[i].weight.detach().abs().double().numpy() for i in (0, 3))
    # Each path's product counts once for each of its two weights.
    paths = sum(b[k, j] * a[j, i] for i in range(3) for j in range(4) for k in range(2))
    ones = torch.zeros(1, 3)
    assert synflow.flow(synflow.linear_copy(module), ones) == pytest.approx(2 * paths)
    assert module[0].weight.min() < 0  # the module itself stays as it was
    found = synflow.score(module, scores.Inputs(((ones, None),)), None)
    assert found == pytest.approx(math.log(2 * paths))


def test_synflow_of_depthwise_convolution():
    conv = nn.Conv2d(2, 2, 3, padding=1, groups=2, bias=False)
    module = nn.Sequential(conv, nn.ReLU6())
    weight = conv.weight.detach().abs().double().numpy()
    # Over a 4 x 4 image of ones, a tap meets 16 pixels less those that fall on the padding.
    meets = np.outer([3, 4, 3], [3, 4, 3])
    expected = (weight[:, 0] * meets).sum()
    assert synflow.flow(synflow.linear_copy(module), torch.zeros(1, 2, 4, 4)) == pytest.approx(expected)


def test_zico_of_given_gradients():
    gradients = torch.tensor([[1.0, -2.0, 5.0], [-3.0, 2.0, 5.0]], dtype=torch.float64)
    # |g|: 1, 3 (mean 2, deviation 1); 2, 2 and 5, 5 do not vary and are left out.
    assert zico.layer_term(gradients) == pytest.approx(math.log(2 / 1))
    gradients[0, 1] = 4  # 4, 2: mean 3, deviation 1
    assert zico.layer_term(gradients) == pytest.approx(math.log(2 + 3))
    assert zico.layer_term(torch.ones(3, 2)) is None


def test_zico_of_a_linear_layer():
    module = nn.Linear(2, 2)
    batches = tuple((torch.randn(3, 2), torch.tensor([0, 1, 1])) for _ in range(4))
    size = []
    for x, y in batches:  # gradient of the mean cross entropy: (p - onehot)^T x / n
        p = torch.softmax(x @ module.weight.T + module.bias, 1).detach().double().numpy()
        p[np.arange(3), y] -= 1
        size.append(np.abs(p.T @ x.numpy() / 3))
    size = np.array(size)
    expected = math.log((size.mean(0) / size.std(0)).sum())
    assert zico.score(module, scores.Inputs(batches), None) == pytest.approx(expected, rel=1e-4)
    with pytest.raises(ArithmeticError):
        zico.score(module, scores.Inputs(batches[:1]), None)


def test_zen_norm_term():
    batch = torch.zeros(2, 2, 1, 1)
    batch[:, 0, 0, 0] = torch.tensor([1.0, 3.0])  # variance 1, the other channel's 0: mean 0.5
    assert zen.norm_term(batch) == pytest.approx(0.5 * math.log(0.5))


def test_zen_of_a_network(base, branched):
    inputs = scores.Inputs(((torch.zeros(16, 3, 8, 8), None),))
    found = [zen.score(network.build(configuration.parse(value)), inputs, torch.Generator().manual_seed(1))
             for value in (base, base, branched)]
    assert found[0] == found[1] != found[2]
    # Twice the head's channels sum to twice the change, when batch norm makes each alike.
    wide = {**base, "head": [8, 1200, 1, 1]}, {**base, "head": [8, 2400, 1, 1]}
    one, two = (zen.score(network.build(configuration.parse(value)), inputs,
                          torch.Generator().manual_seed(1)) for value in wide)
    assert two - one == pytest.approx(math.log(2), abs=0.5)


def test_costs(base):
    net = configuration.parse(base)
    module = network.build(net)
    assert cost.parameters(module, None, None) == network.parameters(module)
    assert cost.macs(module, scores.Inputs((), 17), None) == 17


def test_ranks():
    assert rank.ranks([3.0, 9.0, 3.0, 1.0]) == [2.5, 1, 2.5, 4]
    assert rank.rank_average({"a": [1.0, 2.0, 3.0], "b": [10.0, 30.0, 20.0]}) == [3, 1.5, 1.5]
    with pytest.raises(ValueError):
        rank.ranks([1.0, math.nan])
    with pytest.raises(ValueError):
        rank.rank_average({"a": [1.0], "b": [1.0, 2.0]})


def test_rank_program(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text("name,a,b\nx,1,10\ny,2,30\nz,3,\n")
    assert rank.main([str(table)]) == 0
    assert capsys.readouterr().out.split() == ["1.500,y", "2.000,z", "2.500,x"]
    assert rank.main([str(table), "--columns", "a"]) == 0
    assert capsys.readouterr().out.split() == ["1.000,z", "2.000,y", "3.000,x"]
    assert rank.main([str(table), "--columns", "c"]) == 1
    for text in ("", "name,a\n", "name,a\nx,b\n", "name,a\nx\n", "name\nx\n"):
        table.write_text(text)
        assert rank.main([str(table)]) == 1
