# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Decodes image sets into uint8 arrays: an image folder, a .tar of one, or CIFAR-10's batches.

A set is a dict of train_x, test_x (uint8, N x height x width x 3, RGB), train_y, test_y (int64) and
classes (names in the order of the labels, sorted).
"""

import hashlib
import io
import os
import pickle
import re
import tarfile
import zipfile

import numpy as np
from PIL import Image

from . import files

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".ppm")
PARTS = ("train", "test")


class DataError(ValueError):
    """The image set cannot be read; the message says what is wrong where."""


def read(path, cache=None, edge=None):
    """The set at `path`; `edge` scales and crops images to squares, needed where sizes differ.

    `path` is a folder <path>/{train,test}/<class>/<image>, a .tar of such a folder (with or without
    one folder around), the folder of CIFAR-10's python batches, or an .npz of an earlier read.
    With `cache`, a folder, the decoded set is kept there: later reads take a second.
    """
    if path.endswith(".npz"):
        return _load(path)
    if not os.path.exists(path):
        raise DataError(f"{path}: no such file or folder")
    kept = cache and os.path.join(cache, f"images-{_fingerprint(path, edge)}.npz")
    if kept and os.path.exists(kept):
        return _load(kept)
    if os.path.exists(os.path.join(path, "data_batch_1")):
        images = _batches(path)
    else:
        images = _folder(_tar_entries(path) if os.path.isfile(path) else _folder_entries(path), path, edge)
    if kept:
        _save(kept, images)
    return images


def _fingerprint(path, edge):
    """Of the file's or folder's place, size and time: changed data is decoded anew."""
    facts = [os.path.realpath(path), edge]
    for folder, _, files in sorted(os.walk(path)):
        facts.append((folder, len(files), os.stat(folder).st_mtime_ns))
    if os.path.isfile(path):
        facts.append((os.stat(path).st_size, os.stat(path).st_mtime_ns))
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _save(path, images):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with files.whole(path) as file:
        np.savez(file, **images)


def _load(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            images = {key: file[key] for key in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: {error}") from None
    for part in PARTS:
        x, y = images.get(f"{part}_x"), images.get(f"{part}_y")
        if x is None or y is None or x.dtype != np.uint8 or x.ndim != 4 or len(x) != len(y):
            raise DataError(f"{path}: lacks {part}_x (uint8, N x H x W x 3) or its labels {part}_y")
        if x.shape[3] != 3 and x.shape[1] == 3:
            images[f"{part}_x"] = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
        images[f"{part}_y"] = y.astype(np.int64)
    if "classes" not in images:
        images["classes"] = np.array([str(c) for c in range(int(images["train_y"].max()) + 1)])
    return images


def _folder_entries(path):
    """(part, class, name, function that reads the bytes) of every image, sorted."""
    for part in PARTS:
        top = os.path.join(path, part)
        for label in sorted(os.listdir(top)) if os.path.isdir(top) else ():
            folder = os.path.join(top, label)
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
                if name.lower().endswith(ENDINGS):
                    yield part, label, name, os.path.join(folder, name)


def _tar_entries(path):
    found = []
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                parts = member.name.strip("/").split("/")
                if member.isfile() and len(parts) >= 3 and parts[-3] in PARTS and \
                        parts[-1].lower().endswith(ENDINGS):
                    found.append((*parts[-3:], tar.extractfile(member).read()))
    except tarfile.TarError as error:
        raise DataError(f"{path}: {error}") from None
    return sorted(found, key=lambda entry: entry[:3])


def _folder(entries, path, edge):
    pixels, labels = {part: [] for part in PARTS}, {part: [] for part in PARTS}
    for part, label, name, source in entries:
        try:
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
                array = _square(image.convert("RGB"), edge)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise DataError(f"{path}: {part}/{label}/{name}: {error}") from None
        if pixels[part] and array.shape != pixels[part][0].shape or array.shape[0] != array.shape[1]:
            raise DataError(f"{path}: {part}/{label}/{name} is {array.shape[1]}x{array.shape[0]}: "
                            "sizes differ or are no squares, an edge to scale them to is needed")
        pixels[part].append(array)
        labels[part].append(label)
    classes = sorted(set(labels["train"]))
    if not classes:
        raise DataError(f"{path}: no images train/<class>/<image>")
    if not set(labels["test"]) <= set(classes):
        raise DataError(f"{path}: classes of test that train lacks: "
                        f"{sorted(set(labels['test']) - set(classes))[:5]}")
    result = {"classes": np.array(classes)}
    for part in PARTS:
        shape = (0, *pixels["train"][0].shape)
        result[f"{part}_x"] = np.stack(pixels[part]) if pixels[part] else np.zeros(shape, np.uint8)
        result[f"{part}_y"] = np.array([classes.index(c) for c in labels[part]], np.int64)
    return result


def _square(image, edge):
    """The middle square of the image, scaled to `edge` by area."""
    if edge:
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.resize((edge, edge), Image.Resampling.BOX, (left, top, left + side, top + side))
    return np.asarray(image)


class _Plain(pickle.Unpickler):
    """Arrays and plain values only: a pickle may otherwise run any code."""

    ALLOWED = re.compile(r"numpy(\.core|\._core)?(\.multiarray|\.numeric)?$")
    NAMES = {"_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer"}

    def find_class(self, module, name):
        if self.ALLOWED.match(module) and name in self.NAMES:
            return super().find_class(module, name)
        if (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise DataError(f"a pickle that wants {module}.{name}")


def _batches(path):
    """CIFAR-10's data_batch_1..5 and test_batch: rows of 3072 bytes, channel by channel."""
    def read_one(name):
        try:
            with open(os.path.join(path, name), "rb") as file:
                batch = _Plain(file, encoding="bytes").load()
            return batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), batch[b"labels"]
        except (OSError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
            raise DataError(f"{path}/{name}: {error}") from None

    train = [read_one(f"data_batch_{i}") for i in range(1, 6)]
    test = read_one("test_batch")
    return {"train_x": np.concatenate([x for x, _ in train]),
            "train_y": np.concatenate([y for _, y in train]).astype(np.int64),
            "test_x": np.ascontiguousarray(test[0]), "test_y": np.array(test[1], np.int64),
            "classes": np.array(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog",
                                 "horse", "ship", "truck"])}
