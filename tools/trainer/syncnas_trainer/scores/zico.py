# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ZiCo: Li, Yang, Bhardwaj and Marculescu, ZiCo: Zero-shot NAS via Inverse Coefficient of Variation on
Gradients, ICLR 2023, equation 12.

Sum over the layers l with weights of log sum over w of E[|dL/dw|] / sqrt(Var[|dL/dw|]), the mean and
the variance over batches of training images at the initial weights. Weights whose gradients do not
vary are left out, as in the authors' program.
"""

import math

import torch
from torch import nn
from torch.nn import functional


def layer_term(gradients):
    """log sum of mean / deviation over the batches, gradients: batches x weights. None if no weight varies."""
    size = gradients.abs()
    deviation = size.std(0, unbiased=False)
    varies = deviation > 0
    if not varies.any():
        return None
    return math.log((size.mean(0)[varies] / deviation[varies]).sum().item())


def score(module, inputs, generator):
    """Of all inputs' batches, at least two."""
    if len(inputs.batches) < 2:
        raise ArithmeticError("a variance over fewer than two batches")
    module.train()
    layers = [layer for layer in module.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    weights = [layer.weight for layer in layers]
    gradients = [[] for _ in layers]
    for x, y in inputs.batches:
        loss = functional.cross_entropy(module(x), y)
        for kept, gradient in zip(gradients, torch.autograd.grad(loss, weights)):
            kept.append(gradient.detach().flatten().clone())
    terms = [layer_term(torch.stack(kept).double()) for kept in gradients]
    return sum(term for term in terms if term is not None)
