# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Several networks of one configuration, with weights of their own, as one module of groups.

Small networks spend most of a training step in calls, not in arithmetic: eight at once take little
longer than two. Copy r has channels r c to (r + 1) c of every value of c channels; no copy reads
another's. What comes out is each network's own result but for rounding.
"""

import copy

import torch
from torch import nn


class Linears(nn.Module):
    """A linear layer for each copy: N x (copies in) to N x (copies out)."""

    def __init__(self, layers):
        super().__init__()
        self.weight = nn.Parameter(torch.stack([layer.weight.detach() for layer in layers]))
        self.bias = nn.Parameter(torch.stack([layer.bias.detach() for layer in layers]))

    def forward(self, x):
        copies, _, size = self.weight.shape
        parts = x.view(-1, copies, size).transpose(0, 1)
        return torch.baddbmm(self.bias.unsqueeze(1), parts, self.weight.transpose(1, 2)).transpose(0, 1).flatten(1)


def merge(modules):
    """One module of N x (copies in_c) x edge x edge to N x (copies classes) of network.build's modules.

    The modules stay as they are. One alone is returned itself.
    """
    if len(modules) == 1:
        return modules[0]
    merged = copy.deepcopy(modules[0])
    _replace(merged, modules)
    return merged


def _replace(merged, modules):
    if hasattr(merged, "copies"):
        merged.copies = len(modules)
    for name, layer in merged.named_children():
        each = [getattr(module, name) for module in modules]
        if isinstance(layer, nn.Conv2d):
            setattr(merged, name, _convolution(each))
        elif isinstance(layer, nn.BatchNorm2d):
            setattr(merged, name, _norm(each))
        elif isinstance(layer, nn.Linear):
            setattr(merged, name, Linears(each))
        else:
            _replace(layer, each)


def _convolution(each):
    first, count = each[0], len(each)
    made = nn.Conv2d(first.in_channels * count, first.out_channels * count, first.kernel_size,
                     first.stride, first.padding, groups=first.groups * count, bias=first.bias is not None)
    return _loaded(made, each)


def _norm(each):
    first = each[0]
    return _loaded(type(first)(first.num_features * len(each), first.eps, first.momentum), each)


@torch.no_grad()
def _loaded(made, each):
    states = [layer.state_dict() for layer in each]
    made.load_state_dict({key: torch.cat([state[key] for state in states]) if value.dim() else value
                          for key, value in states[0].items()})
    return made.train(each[0].training)


def count(module):
    """Copies in a module of merge, or 1."""
    return getattr(module, "copies", 1)


class Batches:
    """data.Batches of one part for each copy, with an order of its own: x N x (copies 3) x edge x edge, y N x copies."""

    def __init__(self, each):
        self.each = each

    def __len__(self):
        return len(self.each[0])

    def epoch(self):
        for together in zip(*(batches.epoch() for batches in self.each)):
            xs, ys = zip(*together)
            yield torch.cat(xs, 1).contiguous(memory_format=torch.channels_last), torch.stack(ys, 1)
