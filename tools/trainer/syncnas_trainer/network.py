# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The torch module of a configuration, and its cost in parameters and multiply-accumulates.

Initial weights are SyncNAS's: convolutions kaiming_normal by fan out, batch norm 1 and 0, the
linear layer kaiming_uniform by fan out for a sigmoid, all biases 0.
"""

import torch
from torch import nn

from .norm import BatchNorm

_ACTIVATION = {"ReLU6": nn.ReLU6, "ReLU": nn.ReLU, "Hardswish": nn.Hardswish, "SiLU": nn.SiLU}


def split(x, sizes, copies):
    """Parts of `sizes` channels of a value of each of so many copies (copies.py)."""
    if copies == 1:
        return torch.split(x, sizes, 1)
    return [part.flatten(1, 2) for part in torch.split(x.unflatten(1, (copies, -1)), sizes, 2)]


def concat(parts, copies):
    """The other way round."""
    if copies == 1:
        return torch.cat(parts, 1)
    return torch.cat([part.unflatten(1, (copies, -1)) for part in parts], 2).flatten(1, 2)


def widen(x, channels, copies):
    """So many channels of zeros behind each copy's own."""
    if copies == 1:
        return nn.functional.pad(x, (0, 0, 0, 0, 0, channels))
    return nn.functional.pad(x.unflatten(1, (copies, -1)), (0, 0, 0, 0, 0, channels)).flatten(1, 2)


class GroupedConv(nn.Conv2d):
    """1x1; in a file a convolution for each group, which compilers know better than one of groups."""

    def forward(self, x):
        if self.groups == 1 or not torch.onnx.is_in_onnx_export():
            return super().forward(x)
        each = [self.weight.shape[0] // self.groups] * self.groups
        biases = self.bias.split(each) if self.bias is not None else [None] * self.groups
        return torch.cat([nn.functional.conv2d(*part) for part in
                          zip(x.chunk(self.groups, 1), self.weight.split(each), biases)], 1)


def _conv_norm(net, in_c, out_c, kernel, stride=1, groups=1, act=None):
    conv = GroupedConv if kernel == 1 and 1 < groups < in_c else nn.Conv2d
    layers = [conv(in_c, out_c, kernel, stride, kernel // 2, groups=groups, bias=False),
              BatchNorm(out_c, eps=net.eps, momentum=net.bn_momentum)]
    if act:
        layers.append(_ACTIVATION[act](inplace=True))
    return nn.Sequential(*layers)


class MixConv(nn.Module):
    """Depthwise convolution with a kernel for each group (Tan and Le, BMVC 2019, section 3)."""

    copies = 1

    def __init__(self, block):
        super().__init__()
        self.groups = block.groups
        self.convs = nn.ModuleList(
            nn.Conv2d(c, c, k, block.stride, k // 2, groups=c, bias=False)
            for c, k in zip(block.groups, block.kernels))

    def forward(self, x):
        parts = split(x, self.groups, self.copies)
        return concat([conv(part) for conv, part in zip(self.convs, parts)], self.copies)


class SqueezeExcite(nn.Module):
    """Hu et al., CVPR 2018; gate and activation as in EfficientNet, or MobileNetV3 (Hardswish).

    What it leaves goes through the block's late activation, where there is one.
    """

    def __init__(self, net, block):
        super().__init__()
        hard = "Hardswish" in (net.act, block.act)
        self.reduce = nn.Conv2d(block.exp_c, block.se, 1)
        act = block.se_act or ("ReLU" if hard else block.act)
        self.act = _ACTIVATION[act](inplace=True)
        self.expand = nn.Conv2d(block.se, block.exp_c, 1)
        self.gate = nn.Hardsigmoid() if hard else nn.Sigmoid()
        self.late = _ACTIVATION[block.late_act](inplace=True) if block.late_act else nn.Identity()

    def forward(self, x):
        return self.late(x * self.gate(self.expand(self.act(self.reduce(x.mean((2, 3), keepdim=True))))))


class MBConv(nn.Module):
    """Expansion, depthwise convolution, squeeze-and-excitation, projection; maybe a residual sum."""

    copies = 1

    def __init__(self, net, block):
        super().__init__()
        layers = []
        if block.expands:
            layers.append(_conv_norm(net, block.in_c, block.exp_c, 1, groups=block.groups_pw[0], act=block.act))
        act = block.late_act or block.act
        depthwise = _conv_norm(net, block.exp_c, block.exp_c, block.kernels[0], block.stride,
                               block.exp_c, None if block.late_act and block.se else act)
        if len(block.kernels) > 1:
            depthwise[0] = MixConv(block)
        layers.append(depthwise)
        if block.se:
            layers.append(SqueezeExcite(net, block))
        layers.append(_conv_norm(net, block.exp_c, block.out_c, 1, groups=block.groups_pw[1]))
        self.layers = nn.Sequential(*layers)
        self.residual = block.residual
        self.added = block.out_c - block.in_c  # output channels that a residual sum does not reach

    def forward(self, x):
        y = self.layers(x)
        if self.residual:
            y = y + (widen(x, self.added, self.copies) if self.added else x)
        return y


class BranchedNetwork(nn.Module):
    """Input N x in_c x edge x edge float32, output N x classes logits."""

    copies = 1

    def __init__(self, net, dropout=0.0):
        super().__init__()
        self.sync = net.sync
        self.stem = _conv_norm(net, *net.stem, act=net.act)
        self.stages = nn.ModuleList(
            nn.ModuleList(nn.Sequential(*(MBConv(net, block) for block in blocks))
                          for blocks in stage) for stage in net.stages)
        self.head = _conv_norm(net, *net.head, act=net.act)
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.hidden = nn.Identity()
        if net.hidden:
            self.hidden = nn.Sequential(nn.Linear(net.head[1], net.hidden), _ACTIVATION[net.act](inplace=True))
        self.classifier = nn.Linear(net.hidden or net.head[1], net.classes)
        self._initialise()

    def features(self, x):
        """What the global pooling reads: N x head channels x edge x edge."""
        values = [self.stem(x)] * len(self.stages[0])
        for stage, kind in zip(self.stages, self.sync):
            values = [branch(value) for branch, value in zip(stage, values)]
            if kind != "n" and len(values) > 1:
                joined = sum(values[1:], values[0]) if kind == "a" else concat(values, self.copies)
                values = [joined] * len(values)
        return self.head(values[0])

    def forward(self, x):
        return self.classifier(self.dropout(self.hidden(self.features(x).mean((2, 3)))))

    def _initialise(self):
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="sigmoid")
                nn.init.zeros_(module.bias)


def build(net, seed=0, dropout=0.0):
    """The module of `net` with weights drawn from `seed`; torch's global generator stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return BranchedNetwork(net, dropout)


def parameters(module):
    """Number of trained values; running statistics are none."""
    return sum(p.numel() for p in module.parameters())


def macs(net):
    """Multiply-accumulates of all convolutions and the linear layer for one image."""
    edge = net.stages[0][0][0].in_size
    total = edge**2 * net.stem[0] * net.stem[1] * net.stem[2]**2
    for stage in net.stages:
        for blocks in stage:
            for block in blocks:
                total += _block_macs(block)
    size = net.stages[-1][0][-1].out_size
    out = (size - 1) // net.head[3] + 1
    linear = net.head[1] * net.hidden + (net.hidden or net.head[1]) * net.classes
    return total + out**2 * net.head[0] * net.head[1] * net.head[2]**2 + linear


def _block_macs(block):
    inside, outside = block.in_size**2, block.out_size**2
    groups = block.groups_pw
    expand = inside * block.in_c * block.exp_c // groups[0] if block.expands else 0
    depthwise = outside * sum(c * k * k for c, k in zip(block.groups, block.kernels))
    return expand + depthwise + outside * block.exp_c * block.out_c // groups[1] + 2 * block.se * block.exp_c
