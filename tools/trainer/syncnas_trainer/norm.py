# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Batch normalisation that is quick for any number of channels on a CPU.

PyTorch's own falls to scalar code for channels-last values whose channels are no multiple of 8, up
to four times slower, and widths that a latency budget gives seldom are one. Here several pixels are
taken as one wide row, so that sums and products run over full vectors.
"""

import torch
from torch import nn


def _rows(x):
    """(matrix of rows of several pixels, pixels a row) of a channels-last value; no copy."""
    n, c, h, w = x.shape
    pixels = n * h * w
    wide = next(k for k in (16, 8, 4, 2, 1) if pixels % k == 0)
    return x.permute(0, 2, 3, 1).reshape(pixels // wide, wide * c), wide


def _back(rows, shape):
    n, c, h, w = shape
    return rows.view(n, h, w, c).permute(0, 3, 1, 2)


def _mean(rows, wide):
    """Mean a channel."""
    return rows.sum(0).view(wide, -1).sum(0) / (len(rows) * wide)


class _Normalise(torch.autograd.Function):
    """Ioffe and Szegedy, ICML 2015, algorithm 1, with the statistics of the batch."""

    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        rows, wide = _rows(x)
        mean = _mean(rows, wide)
        var = (_mean(rows * rows, wide) - mean * mean).clamp_min_(0)
        inverse = (var + eps).rsqrt_()
        scale = weight * inverse
        # Written into a tensor that is no view, so that an activation may then work in place.
        y = torch.empty(x.shape, memory_format=torch.channels_last)
        torch.addcmul((bias - mean * scale).repeat(wide), rows, scale.repeat(wide), out=_rows(y)[0])
        ctx.save_for_backward(rows, mean, inverse, weight)
        ctx.wide = wide
        ctx.mark_non_differentiable(mean, var)
        return y, mean, var

    @staticmethod
    def backward(ctx, dy, _mean_gradient, _var_gradient):
        rows, mean, inverse, weight = ctx.saved_tensors
        shape, wide = dy.shape, ctx.wide
        dy, _ = _rows(dy)
        dy_mean = _mean(dy, wide)
        dyx_mean = (_mean(dy * rows, wide) - dy_mean * mean) * inverse  # of dy times normalised x
        scale = weight * inverse
        slope = -scale * inverse * dyx_mean
        dx = torch.addcmul((-scale * dy_mean - slope * mean).repeat(wide), rows, slope.repeat(wide))
        dx.addcmul_(dy, scale.repeat(wide))
        count = len(rows) * wide
        return _back(dx, shape), dyx_mean * count, dy_mean * count, None


class BatchNorm(nn.BatchNorm2d):
    """nn.BatchNorm2d with the same state and results (to rounding), on N x C x H x W float32."""

    def forward(self, x):
        if self.num_features % 8 == 0 or x.dtype != torch.float32 or torch.onnx.is_in_onnx_export():
            return super().forward(x)
        if not self.training:
            rows, wide = _rows(x)
            scale = self.weight * (self.running_var + self.eps).rsqrt()
            shift = self.bias - self.running_mean * scale
            return _back(torch.addcmul(shift.repeat(wide), rows, scale.repeat(wide)), x.shape)
        y, mean, var = _Normalise.apply(x, self.weight, self.bias, self.eps)
        with torch.no_grad():
            count = x.numel() // self.num_features
            self.num_batches_tracked += 1
            momentum = self.momentum if self.momentum is not None else 1 / float(self.num_batches_tracked)
            self.running_mean.lerp_(mean, momentum)
            self.running_var.lerp_(var * (count / max(1, count - 1)), momentum)
        return y
