# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""bench/nas/correlate.py: tables made by hand, whose correlations are counted by hand."""

import math
import pathlib
import sys

import pytest

pytest.importorskip("scipy")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench/nas"))

import correlate  # noqa: E402

SPEARMAN, KENDALL = (statistic for _, statistic in correlate.KINDS)


def fields(text, name):
    """(Spearman, Kendall) of the rows called `name`."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith(f"| {name} |")]
    return [tuple(float(field.split()[0]) for field in row[1:]) for row in rows]


def test_by_hand():
    # Ranks 1 2 3 4 and 2 1 4 3: d^2 sums to 4, 1 - 6 * 4 / (4 * 15) = 0.6; 4 of 6 pairs agree.
    x, y = [1, 5, 7, 90], [0.2, 0.1, 0.4, 0.3]
    assert correlate.correlation(x, y, SPEARMAN, 50)[0] == pytest.approx(0.6)
    assert correlate.correlation(x, y, KENDALL, 50)[0] == pytest.approx((4 - 2) / 6)
    assert correlate.correlation(x, [-v for v in y], SPEARMAN, 50)[0] == pytest.approx(-0.6)
    # Tau-b with a tie: 2 agreeing of 3 pairs, one tied in x: 2 / sqrt(2 * 3).
    assert correlate.correlation([1, 1, 2], [1, 2, 3], KENDALL, 50)[0] == pytest.approx(2 / math.sqrt(6))
    # The undefined, minus infinity, is the worst.
    assert correlate.correlation([-math.inf, 1, 2], [1, 2, 3], SPEARMAN, 50)[0] == pytest.approx(1)


@pytest.mark.parametrize("x, y", [([], []), ([1, 2], [1, 2]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [4, 4, 4])])
def test_not_defined(x, y):
    assert all(math.isnan(v) for v in correlate.correlation(x, y, KENDALL, 50))


def test_intervals():
    value, low, high = correlate.correlation(range(50), range(50), SPEARMAN, 100)
    assert (value, low, high) == pytest.approx((1, 1, 1))
    y = [(i * 37) % 101 for i in range(100)]
    value, low, high = correlate.correlation(range(100), y, SPEARMAN, 400)
    # The deviation of Spearman's rho of n unrelated pairs is 1 / sqrt(n - 1), 0.1.
    assert low < value < high and 0.2 < high - low < 0.6
    assert correlate.correlation(range(100), y, SPEARMAN, 400) == (value, low, high)


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "rewards.csv").write_text(
        "name,seed,accuracy,loss\n"
        "a,1,0.1,4\nb,1,0.2,3\nc,1,0.3,2\nd,1,0.4,1\n"
        "d,2,0.5,1\nb,2,0.3,2\nc,2,0.2,3\na,2,0.1,4\ne,2,0.9,0.1\n")
    (tmp_path / "scores.csv").write_text(
        "name,seed,up,down,part,seconds\na,1,1,-1,,9\nb,1,2,-2,1,9\nc,1,3,-3,2,9\nd,1,4,-4,3,1\nf,1,0,0,0,0\n")
    (tmp_path / "cells.csv").write_text("idx,arch,c10_test200\n" + "".join(f"{i},x,{i}\n" for i in range(9)))
    (tmp_path / "cell_scores.csv").write_text("idx,seed,good,seconds\n4,1,1,5\n8,1,7,5\n6,1,,5\n")
    return tmp_path


def run(folder, *more):
    return correlate.main([str(folder / "rewards.csv"), str(folder / "scores.csv"), "--resamples", "20", *more])


def test_report(tables, capsys):
    assert run(tables, "--nasbench201", str(tables / "cells.csv"), str(tables / "cell_scores.csv")) == 0
    text = capsys.readouterr().out
    # Means over seeds: a 0.1, b 0.25, c 0.25, d 0.45; minus the loss -4, -2.5, -2.5, -1. One tie of six
    # pairs: rho of ranks 1 2 3 4 and 1 2.5 2.5 4 is 4.5 / sqrt(5 * 4.5), tau-b 5 / sqrt(6 * 5).
    expected = pytest.approx((math.sqrt(0.9), 5 / math.sqrt(30)), abs=0.0006)
    for name in ("up", "part"):
        assert fields(text, name) == [expected, expected]
    assert fields(text, "down") == [pytest.approx((-math.sqrt(0.9), -5 / math.sqrt(30)), abs=0.0006)] * 2
    # Seed 1 with seed 2 over a to d: one pair swapped, rho 1 - 6 * 2 / 60, tau 4 / 6.
    assert fields(text, "1, 2") == [pytest.approx((0.8, 4 / 6), abs=0.0006)] * 2
    assert "4 networks that have a reward of each of 2 seeds" in text and "part is not defined for 1." in text
    # Cells 4, 6, 8 with scores 1, none, 7: ranks 2, 1, 3.
    assert fields(text, "good") == [pytest.approx((0.5, 1 / 3), abs=0.0006)]
    assert "sample of 3 of 9 cells" in text and "good is not defined for 1." in text


def test_rank_is_the_smaller_the_better(tables, capsys):
    (tables / "scores.csv").write_text("name,up,rank\na,1,4\nb,2,3\nc,3,2\nd,4,1\n")
    assert run(tables) == 0
    found = capsys.readouterr().out
    assert fields(found, "rank") == fields(found, "up")


def test_one_seed(tables, capsys):
    (tables / "rewards.csv").write_text("name,seed,score,accuracy\na,1,1,0.1\nb,1,2,0.2\nc,1,3,0.3\nd,1,4,0.4\n")
    assert run(tables) == 0
    text = capsys.readouterr().out
    assert fields(text, "up") == [(1, 1)] and "One seed only" in text


@pytest.mark.parametrize("name, text", [
    ("rewards", ""), ("rewards", "name,seed,accuracy\n"), ("rewards", "name,seed,score\na,1,2\n"),
    ("rewards", "name,seed,accuracy\na,1,0.1\na,1,0.2\n"), ("rewards", "name,seed,accuracy\na,1\n"),
    ("rewards", "name,seed,accuracy\na,1,0.1,7\n"), ("rewards", "name,seed,accuracy\na,1,much\n"),
    ("rewards", "name,seed,accuracy\na,1,nan\n"), ("scores", ""), ("scores", "name,up\n"),
    ("scores", "name,seed,seconds\na,1,2\n"), ("scores", "name,up\na,1\na,2\n"), ("scores", "name,up\na,x\n"),
    ("scores", "up\n1\n")])
def test_files_that_are_none(tables, capsys, name, text):
    (tables / f"{name}.csv").write_text(text)
    assert run(tables) == 1
    assert "correlate.py: " in capsys.readouterr().err
    (tables / f"{name}.csv").unlink()
    assert run(tables) == 1
