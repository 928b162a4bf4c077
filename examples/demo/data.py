# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""CIFAR-10 from a tar of JPEGs, cifar10/{train,test}/<class>/NNNN.jpg."""

import io
import pathlib
import tarfile

import numpy as np
import torch
from PIL import Image

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
STD = torch.tensor([0.2470, 0.2435, 0.2616]).view(1, 3, 1, 1)


def load(tar, cache):
    """{split: (uint8 N x 3 x 32 x 32, int64 N)}; decoded once into `cache`."""
    cache = pathlib.Path(cache)
    if not cache.exists():
        decoded = {s: ([], []) for s in ("train", "test")}
        with tarfile.open(tar) as archive:
            members = sorted((m for m in archive if m.name.endswith(".jpg")), key=lambda m: m.name)
            for member in members:
                split, label = member.name.split("/")[-3:-1]
                image = Image.open(io.BytesIO(archive.extractfile(member).read())).convert("RGB")
                decoded[split][0].append(np.asarray(image).transpose(2, 0, 1))
                decoded[split][1].append(CLASSES.index(label))
        # Renamed into place, so that a run killed here leaves no torn cache.
        part = cache.with_name(cache.name + ".part")
        with part.open("wb") as file:
            np.savez(file, **{f"{s}_{k}": np.array(v) for s, pair in decoded.items()
                              for k, v in zip(("x", "y"), pair)})
        part.replace(cache)
    arrays = np.load(cache)
    return {s: (torch.from_numpy(arrays[f"{s}_x"]), torch.from_numpy(arrays[f"{s}_y"]))
            for s in ("train", "test")}


def normalise(images):
    return (images.float() / 255 - MEAN) / STD


def augment(images, generator):
    """One random shift of up to 4 pixels and one flip for each picture."""
    n = len(images)
    padded = torch.nn.functional.pad(images.float(), (4, 4, 4, 4), mode="reflect").to(images.dtype)
    dx, dy = torch.randint(0, 9, (2, n), generator=generator)
    rows = dy.view(n, 1) + torch.arange(32)
    columns = dx.view(n, 1) + torch.arange(32)
    flip = torch.rand(n, generator=generator) < 0.5
    columns[flip] = columns[flip].flip(1)
    index = torch.arange(n).view(n, 1, 1, 1)
    channel = torch.arange(3).view(1, 3, 1, 1)
    return padded[index, channel, rows.view(n, 1, 32, 1), columns.view(n, 1, 1, 32)]
