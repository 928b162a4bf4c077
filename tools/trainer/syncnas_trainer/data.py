# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An image set in memory as normalised tensors, and its batches with augmentation.

Images are scaled by area to the network's input edge, divided by 255, then per channel the mean of
the training images is taken away and the rest divided by their standard deviation.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from .configuration import ConfigurationError
from .images import DataError

SPLIT_SEED = 20230  # of the permutation that holds validation images out; fixed, so runs compare


@dataclass
class Part:
    """Images N x 3 x edge x edge float32, channels last in memory, normalised; labels N int64."""

    x: torch.Tensor
    y: torch.Tensor

    def __len__(self):
        return len(self.y)


@dataclass
class Data:
    train: Part
    validation: Part
    test: Part
    mean: tuple  # per channel, of values 0 to 1
    std: tuple
    classes: tuple


def prepare(images, edge, train=None, validation=0, test=None):
    """Data of `images` (images.read) at `edge` pixels.

    The first `validation` images of a fixed permutation of the training set are held out; the next
    `train` (all by default) are for training. `test` images at most are kept of the test set.
    """
    total = len(images["train_y"])
    train = total - validation if train is None else train
    if train < 1 or validation < 0 or train + validation > total:
        raise DataError(f"{train} images for training and {validation} held out of {total}")
    order = np.random.RandomState(SPLIT_SEED).permutation(total)
    held, used = order[:validation], order[validation:validation + train]
    x = _scaled(images["train_x"][used], edge)
    mean, std = x.mean((0, 2, 3)), x.std((0, 2, 3), unbiased=False).clamp_min(1e-3)

    def part(pixels, labels):
        pixels.sub_(mean.view(1, -1, 1, 1)).div_(std.view(1, -1, 1, 1))
        return Part(pixels.contiguous(memory_format=torch.channels_last), torch.from_numpy(labels))

    return Data(part(x, images["train_y"][used]),
                part(_scaled(images["train_x"][held], edge), images["train_y"][held]),
                part(_scaled(images["test_x"][:test], edge), images["test_y"][:test]),
                tuple(mean.tolist()), tuple(std.tolist()), tuple(map(str, images["classes"])))


def _scaled(pixels, edge):
    """float32 in 0 to 1, N x 3 x edge x edge, of uint8 N x H x W x 3; in pieces to save memory."""
    result = torch.empty(len(pixels), 3, edge, edge)
    for start in range(0, len(pixels), 4096):
        piece = torch.from_numpy(np.ascontiguousarray(pixels[start:start + 4096]))
        piece = piece.permute(0, 3, 1, 2).float()
        if piece.shape[2:] != (edge, edge):
            piece = functional.interpolate(piece, (edge, edge), mode="area")
        result[start:start + 4096] = piece / 255
    return result


def check_fit(net, found):
    """Raises ConfigurationError if a configuration.Network cannot learn these images."""
    if net.stem[0] != 3:
        raise ConfigurationError(f"stem: in_c is {net.stem[0]}, images have 3 channels")
    if net.classes < len(found.classes):
        raise ConfigurationError(f"classes: {net.classes}, the images have {len(found.classes)}")


class Batches:
    """Batches of one part in an order drawn from `generator`, cropped and flipped at random.

    Whole batches are augmented at once: images are padded by `pad` zeros (the mean) once, then each
    epoch reads windows of the padded ones. The last batch of an epoch is left out if not full.
    """

    def __init__(self, part, batch, generator, pad=0, flip=False):
        if batch > len(part):
            raise DataError(f"a batch of {batch} of {len(part)} images")
        self.part, self.batch, self.generator, self.pad, self.flip = part, batch, generator, pad, flip
        edge = part.x.shape[2]
        padded = functional.pad(part.x, (pad,) * 4) if pad else part.x
        padded = padded.permute(0, 2, 3, 1).contiguous()
        # N x (2 pad + 1) x (2 pad + 1) x 3 x edge x edge: a view of every window.
        self.windows = padded.unfold(1, edge, 1).unfold(2, edge, 1)

    def __len__(self):
        return len(self.part) // self.batch

    def epoch(self, skip=0):
        """Yields (x, y) as in Part from batch `skip` on; draws from the generator here, all at once."""
        count = len(self.part)
        order = torch.randperm(count, generator=self.generator)
        shift = torch.randint(2 * self.pad + 1, (2, count), generator=self.generator)
        flips = torch.rand(count, generator=self.generator) < 0.5
        for start in range(skip * self.batch, len(self) * self.batch, self.batch):
            where = slice(start, start + self.batch)
            x = self.windows[order[where], shift[0, where], shift[1, where]]
            if self.flip:
                x = torch.where(flips[where].view(-1, 1, 1, 1), x.flip(3), x)
            yield x.contiguous(memory_format=torch.channels_last), self.part.y[order[where]]
