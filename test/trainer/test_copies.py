# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks trained as one are what each is alone."""

import pytest
import torch
from syncnas_trainer import configuration, copies, data, images, network, training


def mixed(net):
    """With all that slices channels: gates, mixed kernels, partial residuals, joins, a hidden layer."""
    net["hidden"], net["act"] = 5, "Hardswish"
    net["1"]["0"] = [[4, 3, 2, 6, 10, 4, {"kernels": [3, 5], "se": 3}]]
    net["1"]["1"] = [[4, 3, 2, 6, 8, 4], [2, 3, 1, 4, 4, 4]]
    net["1"]["0"].append([2, 3, 1, 4, 8, 4])
    net["0"]["0"].insert(0, [4, 3, 1, 4, 8, 5, {"shortcut": "partial", "late_act": "ReLU6", "se": 2, "se_act": "SiLU",
                                                  "groups_pw": [2, 1]}])
    net["0"]["0"][1][3] = 5
    return net


def together(parts):
    return torch.cat(parts, 1).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("kinds", ["cc", "aa", "nc"])
@pytest.mark.parametrize("training_mode", [True, False])
def test_forward_and_gradients(branched, kinds, training_mode):
    net = mixed(branched)
    net["sync"] = list(kinds)
    if kinds[0] != "c":
        for branch in "01":
            net["0"][branch][-1][5] = 6
    if kinds[1] == "a":
        for branch in "01":
            for block in net["1"][branch]:
                block[5] = 8
                block[3] = 8 if block[2] == 1 else 6
    modules = [network.build(configuration.parse(net), seed).train(training_mode) for seed in (1, 2, 3)]
    merged = copies.merge(modules)
    assert copies.count(merged) == 3 and copies.count(modules[0]) == 1
    xs = [torch.randn(4, 3, 8, 8) for _ in modules]
    out = merged(together(xs)).unflatten(1, (3, 2))
    out.square().sum().backward()
    for i, (module, x) in enumerate(zip(modules, xs)):
        expected = module(x)
        torch.testing.assert_close(out[:, i], expected, rtol=1e-4, atol=1e-5)
        expected.square().sum().backward()
        for mine, whole in zip(module.parameters(), merged.parameters()):
            part = whole.grad.view(3, *mine.shape)[i]
            torch.testing.assert_close(part, mine.grad, rtol=1e-3, atol=1e-4)
    for mine, whole in zip(modules[2].buffers(), merged.buffers()):
        torch.testing.assert_close(whole[-len(mine):] if mine.dim() else whole, mine)


def test_one_is_itself(base):
    module = network.build(configuration.parse(base))
    assert copies.merge([module]) is module


def start(base, folder, seeds, **settings):
    net = configuration.parse(base)
    found = data.prepare(images.read(str(folder)), net.edge, 40, 8)
    batches = copies.Batches([data.Batches(found.train, 8, torch.Generator().manual_seed(seed), 1, True)
                              for seed in seeds])
    module = copies.merge([network.build(net, seed) for seed in seeds]).train()
    settings = training.Settings(epochs=1, batch=8, pad=1, ema=0.9, smoothing=0.1, **settings)
    return module, batches, settings, found


def test_a_training_is_each_ones_own(base, folder):
    seeds = (3, 1, 4)
    module, batches, settings, found = start(base, folder, seeds, lr=0.02)
    module, losses = training.train(module, batches, settings)
    settled = training.settle_norms(module, found.train, batch=16)
    held_out = training.evaluate(module, found.test)
    for i, seed in enumerate(seeds):
        alone, batches, settings, found = start(base, folder, (seed,), lr=0.02)
        alone, [loss] = training.train(alone, batches, settings)
        assert losses[i] == pytest.approx(loss, rel=1e-4)
        assert settled[i] == pytest.approx(training.settle_norms(alone, found.train, batch=16)[0], abs=0.03)
        assert held_out[i][1] == pytest.approx(training.evaluate(alone, found.test)[0][1], rel=1e-3)


def test_one_that_diverges_takes_none_along(base, folder):
    module, batches, settings, found = start(base, folder, (1, 2))
    sound, other, _, _ = start(base, folder, (1, 7))
    with torch.no_grad():
        module.classifier.weight[1].fill_(float("nan"))
    module, losses = training.train(module, batches, settings)
    sound, expected = training.train(sound, other, settings)
    assert losses[0] == pytest.approx(expected[0], rel=1e-4) and losses[1] != losses[1]
    assert training.evaluate(module, found.test)[0][1] == \
        pytest.approx(training.evaluate(sound, found.test)[0][1], rel=1e-3)


def test_all_that_diverge_end_the_training(base, folder):
    module, batches, settings, _ = start(base, folder, (1, 2), lr=1e30, warmup=0.0)
    with pytest.raises(training.Diverged):
        training.train(module, batches, settings)
