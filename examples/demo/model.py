# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demo network: MobileNetV2's inverted residuals at CIFAR-10's size."""

import torch
from torch import nn

# Expansion, output channels, repeats, stride of the first: as MobileNetV2's
# table, thinner, with the strides moved behind the 32x32 stages.
STAGES = [(1, 16, 1, 1), (4, 24, 2, 2), (4, 32, 2, 2), (4, 64, 3, 2), (4, 96, 1, 1)]


def conv(cin, cout, kernel, stride=1, groups=1, act=True):
    layers = [nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False),
              nn.BatchNorm2d(cout)]
    return nn.Sequential(*layers, nn.ReLU6()) if act else nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    """Expand 1x1, depthwise 3x3, project 1x1; with a shortcut where shapes allow."""

    def __init__(self, cin, cout, stride, expansion):
        super().__init__()
        wide = cin * expansion
        layers = [conv(cin, wide, 1)] if expansion != 1 else []
        layers += [conv(wide, wide, 3, stride, groups=wide), conv(wide, cout, 1, act=False)]
        self.body = nn.Sequential(*layers)
        self.shortcut = stride == 1 and cin == cout

    def forward(self, x):
        return x + self.body(x) if self.shortcut else self.body(x)


class DemoNet(nn.Module):
    """Image N x 3 x 32 x 32 -> logits N x 10."""

    def __init__(self, classes=10):
        super().__init__()
        layers, cin = [conv(3, 16, 3)], 16
        for expansion, cout, repeats, stride in STAGES:
            for i in range(repeats):
                layers.append(InvertedResidual(cin, cout, stride if i == 0 else 1, expansion))
                cin = cout
        layers.append(conv(cin, 384, 1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(384, classes)

    def forward(self, x):
        return self.classifier(torch.flatten(nn.functional.adaptive_avg_pool2d(self.features(x), 1), 1))
