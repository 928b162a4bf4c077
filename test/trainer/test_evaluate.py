# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The evaluator program over its protocol: every line is answered, whatever it holds."""

import json
import subprocess
import sys

import pytest
from syncnas_trainer import scores

TRAIN = ["--images", "40", "--validation", "8", "--epochs", "2", "--batch", "8"]


def ask(environment, lines, *options):
    done = subprocess.run([sys.executable, "-m", "syncnas_trainer.evaluate", *options], text=True,
                          errors="surrogateescape",
                          input="\n".join(lines), capture_output=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def request(network, number=1, **more):
    return json.dumps({"id": number, "name": network["name"], "network": network, "latency_us": 1.0,
                       "seed": 1, **more})


def test_many_requests_good_and_bad(environment, folder, base, branched):
    wrong = {**base, "head": [9, 12, 1, 1]}
    lines = [request(base, 1), "{bad", "[]", "null", request(branched, 2), "", request(wrong, 3),
             json.dumps({"id": 4, "name": "none"}), request(base, 5, seed=-1), request(base, 6, seed="x"),
             request({**base, "classes": 1}, 7), "[" * 50000,
             '{"id": NaN}', "\udcff\udc80", request(base, 8)]
    answers = ask(environment, lines, "--data", str(folder), *TRAIN)
    assert [a["id"] for a in answers] == [1, None, None, None, 2, 3, 4, 5, 6, 7, None, None, None, 8]
    good = [a for a in answers if "score" in a]
    assert [a["id"] for a in good] == [1, 2, 8]
    assert all(isinstance(a["error"], str) and a["error"] for a in answers if "score" not in a)
    assert "head: in_c 9" in answers[5]["error"] and "classes: 1" in answers[9]["error"]
    # The same request again, after others and after errors, gets the same answer.
    for answer in good:
        assert set(answer["details"]) >= {"params", "macs", "seconds", "loss", "train_accuracy"}
        del answer["details"]["seconds"]
    assert {**good[0], "id": 8} == good[2]


def test_learns_dark_from_bright(environment, folder, base):
    answers = ask(environment, [request(base)], "--data", str(folder), *TRAIN, "--epochs", "8")
    assert answers[0]["score"] >= 0.9


def test_seed_and_repeats(environment, folder, base):
    lines = [request(base, i, seed=i) for i in (1, 2)]
    options = ["--data", str(folder), *TRAIN, "--measure", "loss"]
    first, second = (a["score"] for a in ask(environment, lines, *options))
    assert first != second and max(first, second) < 0
    both = ask(environment, lines[:1], *options, "--repeats", "2")[0]
    assert both["details"]["scores"] == [first, second]
    assert both["score"] == pytest.approx((first + second) / 2)


@pytest.mark.parametrize("name", scores.NAMES)
def test_every_score(environment, folder, base, branched, name):
    lines = [request(base, 1), request(branched, 2), request(base, 3)]
    answers = ask(environment, lines, "--score", name, "--data", str(folder), "--images", "40",
                  "--validation", "0", "--score-batch", "8", "--score-batches", "3")
    values = [a["score"] for a in answers]
    assert values[0] == values[2] != values[1]


def test_no_data(environment, tmp_path):
    for options in (["--data", str(tmp_path / "none")], [], ["--data", str(tmp_path)]):
        done = subprocess.run([sys.executable, "-m", "syncnas_trainer.evaluate", *options], text=True,
                              input="", capture_output=True, env=environment, timeout=60)
        assert done.returncode in (1, 2) and done.stderr and "Traceback" not in done.stderr
