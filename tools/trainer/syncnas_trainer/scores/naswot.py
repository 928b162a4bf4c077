# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""NASWOT: Mellor, Turner, Storkey and Crowley, Neural Architecture Search without Training, ICML
2021, section 3.

Each image i of a batch gives every rectifier's units a binary code c_i: 1 where the unit's input is
above 0. K_H[i, j] = N_A - d_H(c_i, c_j), with N_A units and d_H the Hamming distance; the score is
log |det K_H|. As the authors' program, the kernels of the layers are summed.
"""

import torch

from . import RECTIFIERS


def kernel(codes):
    """N x N counts of equal bits of codes, an N x units array of 0 and 1."""
    codes = codes.double()
    return codes @ codes.T + (1 - codes) @ (1 - codes).T


def log_determinant(matrix):
    """log |det|; minus infinity is an error, as two images are then told apart by no unit."""
    sign, value = torch.linalg.slogdet(matrix)
    if sign == 0:
        raise ArithmeticError("the kernel is singular: two images have one code")
    return value.item()


@torch.no_grad()
def score(module, inputs, generator):
    """Of the first batch, with the batch's own statistics in the batch norms."""
    x = inputs.batches[0][0]
    total = torch.zeros(len(x), len(x), dtype=torch.float64)

    def add(_layer, arguments):
        total.add_(kernel((arguments[0] > 0).flatten(1)))

    hooks = [layer.register_forward_pre_hook(add) for layer in module.modules()
             if isinstance(layer, RECTIFIERS)]
    try:
        module.train()(x)
    finally:
        for hook in hooks:
            hook.remove()
    return log_determinant(total)
