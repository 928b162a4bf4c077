# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""SynFlow: Tanaka, Kunin, Yamins and Ganguli, Pruning neural networks without any data by
iteratively conserving synaptic flow, NeurIPS 2020, section 5; as a score of whole networks: Abdelfattah
et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021.

With every weight replaced by its absolute value, R = sum of the outputs for an input of ones; the
score is the log of sum over weights w * dR/dw. Batch norms are left out, as Abdelfattah et al. do,
and computation is in float64, since R grows exponentially with depth. Rectifiers are left out too:
what flows is never negative (but ReLU6 would cut it, which the paper's linear flow does not have).
"""

import copy
import math

import torch
from torch import nn

from . import RECTIFIERS


def linear_copy(module):
    """A float64 copy without batch norms, rectifiers and gates, its weights |w| and biases 0."""
    module = copy.deepcopy(module).double()
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, (nn.BatchNorm2d, nn.Sigmoid, nn.Hardsigmoid) + RECTIFIERS):
                setattr(parent, name, nn.Identity())
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.abs_()
            if name.endswith("bias"):
                parameter.zero_()
    return module.eval()


def flow(module, ones):
    """Sum over all weights of w * dR/dw of a linear_copy, for an input of ones of that shape."""
    output = module(torch.ones_like(ones, dtype=torch.float64)).sum()
    parameters = [p for p in module.parameters() if p.requires_grad]
    gradients = torch.autograd.grad(output, parameters, allow_unused=True)
    return sum((p * g).sum().item() for p, g in zip(parameters, gradients) if g is not None)


def score(module, inputs, generator):
    value = flow(linear_copy(module), inputs.batches[0][0][:1])
    if not math.isfinite(value) or value <= 0:
        raise ArithmeticError(f"the synaptic flow is {value}")
    return math.log(value)
