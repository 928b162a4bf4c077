# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Zen-score: Lin et al., Zen-NAS: A Zero-Shot NAS for High-Performance Image Recognition, ICCV 2021,
algorithm 1.

With weights from N(0, 1) and inputs x, e from N(0, I), f the features before the pooling:
log E |f(x) - f(x + a e)| + sum over batch norms of log sqrt(mean over channels of sigma_i^2), with
a = 0.01 and sigma_i the deviation of the batch at channel i. The norm is the authors' program's: the
absolute difference summed over channels and pixels' mean, averaged over images. Residual sums are
left out in the paper (section 4.3); sums that join branches stay, as they are the structure searched.
"""

import copy
import math

import torch
from torch import nn

REPEATS = 8
STEP = 0.01


def _prepared(module, generator):
    """A copy with weights from N(0, 1), batch norms reset and without residual sums."""
    module = copy.deepcopy(module).train()
    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.weight.normal_(generator=generator)
            if layer.bias is not None:
                layer.bias.zero_()
        elif isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
        if hasattr(layer, "residual"):
            layer.residual = False
    return module


def norm_term(batch):
    """log sqrt(mean over channels of the variance) of a batch norm's input, N x C x H x W."""
    return 0.5 * math.log(batch.var((0, 2, 3), unbiased=False).mean().item())


@torch.no_grad()
def score(module, inputs, generator):
    """Mean over REPEATS draws of weights and inputs; the images themselves are not used."""
    shape = inputs.batches[0][0].shape
    return sum(_once(module, shape, generator) for _ in range(REPEATS)) / REPEATS


def _once(module, shape, generator):
    module = _prepared(module, generator)
    terms = []

    def add(_layer, arguments):
        terms.append(norm_term(arguments[0]))

    norms = [layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)]
    x = torch.randn(shape, generator=generator)
    e = torch.randn(shape, generator=generator)
    hooks = [layer.register_forward_pre_hook(add) for layer in norms]
    try:
        first = module.features(x)
    finally:
        for hook in hooks:
            hook.remove()
    second = module.features(x + STEP * e)
    change = (first - second).abs().mean((2, 3)).sum(1).mean().item()
    if not math.isfinite(change) or change <= 0:
        raise ArithmeticError(f"features change by {change}")
    return math.log(change) + sum(terms)
