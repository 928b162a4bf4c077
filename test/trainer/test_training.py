# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Schedules, optimiser steps, averages and determinism of trainings."""

import math

import pytest
import torch
from syncnas_trainer import configuration, data, images, network, training


def test_rate_rises_then_anneals_and_restarts():
    settings = training.Settings(lr=1.0, warmup=0.2, restarts=1)
    rates = [training.rate(settings, step, 100) for step in range(100)]
    assert rates[:20] == [pytest.approx((step + 1) / 21) for step in range(20)]
    for start in (20, 60):  # two cosines of 40 steps
        assert rates[start] == 1.0
        assert rates[start + 20] == pytest.approx(0.5)
        assert rates[start + 39] == pytest.approx(0.5 * (1 + math.cos(math.pi * 39 / 40)))
    constant = training.Settings(lr=1.0, warmup=0.0, constant=True)
    assert {training.rate(constant, step, 100) for step in range(100)} == {1.0}


def test_one_step_is_plain_arithmetic():
    """Two steps of Nesterov momentum with weight decay, on one weight, by hand."""
    module = torch.nn.Linear(1, 2, bias=False)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[0.5], [-0.25]]))
    settings = training.Settings(lr=0.1, warmup=0.0, constant=True, weight_decay=0.01, momentum=0.9)
    trainer = training.Trainer(module, settings, 2)
    w, v = [0.5, -0.25], [0.0, 0.0]
    for _ in range(2):
        trainer.advance(torch.tensor([[2.0]]), torch.tensor([1]))
        e = [math.exp(2 * x) for x in w]
        g = [2 * (e[i] / sum(e) - (i == 1)) + 0.01 * w[i] for i in range(2)]
        v = [0.9 * v[i] + g[i] for i in range(2)]
        w = [w[i] - 0.1 * (g[i] + 0.9 * v[i]) for i in range(2)]
    assert module.weight.flatten().tolist() == pytest.approx(w, rel=1e-5)


def test_average_of_weights():
    module = torch.nn.Linear(1, 1)
    settings = training.Settings(lr=0.5, ema=0.5, momentum=0.0, nesterov=False, warmup=0.0)
    trainer = training.Trainer(module, settings, 5)
    expected = module.weight.item()
    for step in range(1, 4):
        with torch.no_grad():
            module.weight.fill_(float(step))
        trainer.step = step
        trainer._update_average()
        decay = min(0.5, step / (step + 10))
        expected = decay * expected + (1 - decay) * step
    assert trainer.result.weight.item() == pytest.approx(expected)


def run(base, folder, seed, **settings):
    net = configuration.parse(base)
    found = data.prepare(images.read(str(folder)), net.edge, 40, 8)
    settings = training.Settings(epochs=2, batch=8, pad=1, **settings)
    batches = data.Batches(found.train, 8, torch.Generator().manual_seed(seed), 1, True)
    module, loss = training.train(network.build(net, seed), batches, settings)
    return module, loss, found


@pytest.mark.parametrize("more", [{}, {"optimiser": "adamw", "lr": 0.01, "ema": 0.9, "clip": 1.0,
                                       "smoothing": 0.1}])
def test_same_seed_same_weights(base, folder, more):
    first, loss, _ = run(base, folder, 1, **more)
    torch.rand(7)  # torch's global generator has no part in it
    second, again, _ = run(base, folder, 1, **more)
    other, _, _ = run(base, folder, 2, **more)
    assert loss == again
    for (name, a), b, c in zip(first.state_dict().items(), second.state_dict().values(),
                               other.state_dict().values()):
        assert torch.equal(a, b)
        assert name.endswith(("num_batches_tracked", "bias", "running_mean")) or not torch.equal(a, c)


def test_divergence_is_told(base, folder):
    with pytest.raises(training.Diverged):
        run(base, folder, 1, lr=1e30, warmup=0.0)


def test_evaluate_counts(base, folder):
    module, _, found = run(base, folder, 1)
    [(accuracy, loss)] = training.evaluate(module, found.test, batch=5)
    with torch.no_grad():
        p = torch.softmax(module.eval()(found.test.x), 1)
    own = p[torch.arange(12), found.test.y]
    assert accuracy == pytest.approx((p.argmax(1) == found.test.y).float().mean().item())
    assert loss == pytest.approx(-own.log().mean().item(), rel=1e-4)


def test_norms_settle_on_the_mean_of_batches():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = torch.nn.BatchNorm2d(2)

        def forward(self, x):
            return self.norm(x).mean((2, 3))

    module, x = Net(), torch.randn(8, 2, 3, 3)
    labels = torch.cat([torch.nn.BatchNorm2d(2)(piece).mean((2, 3)).argmax(1) for piece in x.split(4)])
    labels[0] = 1 - labels[0]
    assert training.settle_norms(module, data.Part(x, labels), batch=4) == [7 / 8]
    means = torch.stack([piece.mean((0, 2, 3)) for piece in x.split(4)]).mean(0)
    torch.testing.assert_close(module.norm.running_mean, means)
    assert module.norm.momentum == 0.1
