# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small networks and image folders for the trainer's tests."""

import os
import pathlib
import sys

import numpy as np
import pytest
from PIL import Image

TRAINER = pathlib.Path(__file__).resolve().parents[2] / "tools" / "trainer"
sys.path.insert(0, str(TRAINER))


@pytest.fixture
def base():
    """A base network of two stages; its parameters are counted by hand in test_network.py."""
    return {"name": "tiny", "act": "ReLU6", "stem": [3, 4, 3, 2], "head": [8, 12, 1, 1],
            "bn_momentum": 0.1, "eps": 1e-5, "classes": 2,
            "0": [[4, 3, 1, 4, 4, 6]],
            "1": [[4, 3, 2, 6, 10, 8], [2, 3, 1, 8, 12, 8]]}


@pytest.fixture
def branched():
    """Two branches of the like, joined by concatenation after both stages."""
    return {"name": "sync2_01_cc", "act": "ReLU", "stem": [3, 4, 3, 2], "head": [8, 12, 1, 1],
            "bn_momentum": 0.1, "eps": 1e-5, "classes": 2,
            "0": {"0": [[4, 3, 1, 4, 4, 3]], "1": [[4, 3, 1, 4, 6, 3]]},
            "1": {"0": [[4, 3, 2, 6, 10, 4]], "1": [[4, 3, 2, 6, 8, 4]]},
            "sync": ["c", "c"]}


@pytest.fixture
def folder(tmp_path):
    """Images of two classes, dark and bright, 8 x 8: 24 of each to train, 6 of each to test."""
    rng = np.random.RandomState(0)
    for part, count in (("train", 24), ("test", 6)):
        for label, low in (("bright", 156), ("dark", 0)):
            place = tmp_path / "images" / part / label
            place.mkdir(parents=True)
            for i in range(count):
                pixels = (low + rng.randint(0, 100, (8, 8, 3))).astype(np.uint8)
                Image.fromarray(pixels).save(place / f"{i:03}.png")
    return tmp_path / "images"


@pytest.fixture
def environment():
    return {**os.environ, "PYTHONPATH": str(TRAINER)}
