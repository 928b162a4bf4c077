# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Image sets read from folders, archives and batches; splits, scaling and augmentation."""

import os
import pickle
import tarfile

import numpy as np
import pytest
import torch
from PIL import Image
from syncnas_trainer import data, images


def same(a, b):
    return all(np.array_equal(a[key], b[key]) for key in ("train_x", "train_y", "test_x", "test_y", "classes"))


def test_folder(folder):
    found = images.read(str(folder))
    assert found["train_x"].shape == (48, 8, 8, 3) and found["test_x"].shape == (12, 8, 8, 3)
    assert list(found["classes"]) == ["bright", "dark"]
    assert list(found["test_y"]) == [0] * 6 + [1] * 6
    with Image.open(folder / "train" / "dark" / "003.png") as image:
        assert np.array_equal(found["train_x"][24 + 3], np.asarray(image))


@pytest.mark.parametrize("around", ["", "set/"])
def test_tar(folder, tmp_path, around):
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(folder / "test", around + "test")
        tar.add(folder / "train", around + "train")
    assert same(images.read(str(path)), images.read(str(folder)))


def test_cache(folder, tmp_path):
    cache = tmp_path / "cache"
    first = images.read(str(folder), str(cache))
    kept = os.listdir(cache)
    assert len(kept) == 1 and kept[0].endswith(".npz")
    assert same(images.read(str(folder), str(cache)), first)
    assert same(images.read(str(cache / kept[0])), first)
    os.unlink(folder / "train" / "dark" / "000.png")  # changed data is read anew
    assert len(images.read(str(folder), str(cache))["train_y"]) == 47
    (cache / kept[0]).write_bytes(b"PK half a file")
    with pytest.raises(images.DataError):
        images.read(str(cache / kept[0]))


def test_channels_first_npz(folder, tmp_path):
    found = images.read(str(folder))
    path = str(tmp_path / "x.npz")
    np.savez(path, train_x=found["train_x"].transpose(0, 3, 1, 2), train_y=found["train_y"],
             test_x=found["test_x"].transpose(0, 3, 1, 2), test_y=found["test_y"])
    again = images.read(path)
    assert np.array_equal(again["train_x"], found["train_x"])


def test_sizes_that_differ(folder):
    Image.new("RGB", (12, 8)).save(folder / "train" / "dark" / "wide.png")
    with pytest.raises(images.DataError, match="wide.png is 12x8"):
        images.read(str(folder))
    assert images.read(str(folder), edge=4)["train_x"].shape == (49, 4, 4, 3)


def test_broken_sets(folder, tmp_path):
    (folder / "test" / "bird").mkdir()
    Image.new("RGB", (8, 8)).save(folder / "test" / "bird" / "0.png")
    with pytest.raises(images.DataError, match="bird"):
        images.read(str(folder))
    (folder / "train" / "dark" / "bad.png").write_bytes(b"no image")
    with pytest.raises(images.DataError, match="bad.png"):
        images.read(str(folder))
    (tmp_path / "bad.tar").write_bytes(b"no archive")
    for path in (tmp_path / "bad.tar", tmp_path / "none", tmp_path):
        with pytest.raises(images.DataError):
            images.read(str(path))


def write_batches(path, rows):
    for i, name in enumerate([f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]):
        with open(path / name, "wb") as file:
            pickle.dump({b"data": rows[i:i + 1], b"labels": [i]}, file)


def test_cifar_batches(tmp_path):
    rows = np.random.RandomState(0).randint(0, 256, (6, 3072)).astype(np.uint8)
    write_batches(tmp_path, rows)
    found = images.read(str(tmp_path))
    assert found["train_x"].shape == (5, 32, 32, 3) and list(found["train_y"]) == [0, 1, 2, 3, 4]
    # A row holds 1024 red values, then green, then blue, each line by line.
    assert found["train_x"][2, 5, 7, 1] == rows[2, 1024 + 5 * 32 + 7]
    assert found["test_x"][0, 31, 0, 2] == rows[5, 2048 + 31 * 32]


def test_hostile_pickle(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    write_batches(tmp_path, np.zeros((6, 3072), np.uint8))
    with open(tmp_path / "data_batch_3", "wb") as file:
        pickle.dump(Evil(), file)
    with pytest.raises(images.DataError, match="mkdir"):
        images.read(str(tmp_path))
    assert not (tmp_path / "made").exists()


def test_split_is_fixed_and_disjoint(folder):
    found = images.read(str(folder))
    found["train_y"] = np.arange(48)  # labels that name the image
    one = data.prepare(found, 8, 20, 10)
    two = data.prepare(found, 4, 38, 10)
    assert torch.equal(one.validation.y, two.validation.y)
    assert torch.equal(one.train.y, two.train.y[:20])
    assert sorted(two.train.y.tolist() + two.validation.y.tolist()) == list(range(48))
    for train, validation in ((39, 10), (0, 1), (1, -1)):
        with pytest.raises(images.DataError):
            data.prepare(found, 8, train, validation)


def test_scaling_and_normalisation(folder):
    found = images.read(str(folder))
    half = data.prepare(found, 4)
    order = np.random.RandomState(data.SPLIT_SEED).permutation(48)
    pixels = found["train_x"][order].astype(np.float64) / 255
    mean4 = pixels.reshape(48, 4, 2, 4, 2, 3).mean((2, 4))  # areas of 2 x 2 pixels
    expected = (mean4 - mean4.mean((0, 1, 2))) / mean4.std((0, 1, 2))
    assert np.allclose(half.train.x.permute(0, 2, 3, 1).numpy(), expected, atol=1e-3)
    assert np.allclose(half.mean, mean4.mean((0, 1, 2)), atol=1e-6)


def test_augmentation_reads_windows():
    x = torch.arange(1.0, 1 + 2 * 3 * 16).view(2, 3, 4, 4)
    part = data.Part(x, torch.tensor([0, 1]))
    batches = data.Batches(part, 2, torch.Generator().manual_seed(0), pad=1, flip=True)
    padded = torch.nn.functional.pad(x, (1, 1, 1, 1))
    seen = set()
    for _ in range(100):
        for got, labels in batches.epoch():
            for image, label in zip(got, labels.tolist()):
                match = [(top, left, flip) for top in range(3) for left in range(3) for flip in (0, 1)
                         if torch.equal(image.flip(2) if flip else image,
                                        padded[label, :, top:top + 4, left:left + 4])]
                assert len(match) == 1
                seen.add((label, *match[0]))
    assert len(seen) == 2 * 3 * 3 * 2


def test_epochs_cover_the_set_in_new_orders():
    part = data.Part(torch.zeros(10, 3, 2, 2), torch.arange(10))
    batches = data.Batches(part, 5, torch.Generator().manual_seed(0))
    orders = [torch.cat([y for _, y in batches.epoch()]).tolist() for _ in range(2)]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == list(range(10))
    with pytest.raises(images.DataError):
        data.Batches(part, 11, torch.Generator())
