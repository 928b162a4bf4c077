# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Training-free scores of a network: larger is better in each.

A score is a function `score(module, inputs, generator)`: a network.BranchedNetwork with initial
weights, which it may change, a scores.Inputs and a torch generator; it returns a float. It raises
ArithmeticError where the score is not defined.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Inputs:
    """Batches of training images (N x 3 x edge x edge) with labels, and the network's MACs."""

    batches: tuple  # of (x, y)
    macs: int = 0


def find(name):
    """The score function called `name`. Raises KeyError."""
    from . import cost, naswot, synflow, zen, zico
    return {"parameters": cost.parameters, "macs": cost.macs, "naswot": naswot.score,
            "synflow": synflow.score, "zen": zen.score, "zico": zico.score}[name]


NAMES = ("parameters", "macs", "naswot", "synflow", "zen", "zico")

# Of all of them: what may stand before a batch norm, and what has a gate between 0 and its input.
RECTIFIERS = (torch.nn.ReLU, torch.nn.ReLU6, torch.nn.Hardswish, torch.nn.SiLU)
