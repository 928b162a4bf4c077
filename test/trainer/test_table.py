# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tables of many candidates: killed and resumed they are as undisturbed; files that do not fit."""

import copy
import csv
import json
import subprocess
import sys
import time

import pytest
from syncnas_trainer import table

SCORES = ["--scores", "parameters,macs,synflow,zen", "--score-batch", "4"]
TRAIN = ["--images", "40", "--validation", "8", "--epochs", "1", "--batch", "8"]


def command(candidates, output, *options):
    return [sys.executable, "-m", "syncnas_trainer.table", str(candidates), str(output), *options]


def made(environment, *arguments):
    done = subprocess.run(command(*arguments), env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stderr


def rows(path):
    """Without the seconds, which differ from run to run."""
    with open(path, newline="") as file:
        return [row[:-1] for row in csv.reader(file)]


@pytest.fixture
def candidates(tmp_path, base, branched):
    lines = []
    for i in range(12):
        net = copy.deepcopy(branched if i % 2 else base)
        net["head"][1] += i
        lines.append({"name": f"candidate{i}", "latency_us": 1.0, "network": net})
    path = tmp_path / "candidates.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_killed_and_resumed_equals_undisturbed(environment, folder, candidates, tmp_path):
    options = [*SCORES, "--scores", "macs,naswot,synflow,zen,zico", "--seeds", "1,2", "--data", str(folder),
               "--images", "40", "--validation", "0"]
    whole, torn = tmp_path / "whole.csv", tmp_path / "torn.csv"
    made(environment, candidates, whole, *options)
    assert [row[:2] for row in rows(whole)[1:]] == \
        [[f"candidate{i}", str(seed)] for seed in (1, 2) for i in range(12)]
    for stop, rest in ((3, b""), (9, b"candidate9,1,17"), (16, b"\xff\xfe")):
        child = subprocess.Popen(command(candidates, torn, *options), env=environment,
                                 stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while not torn.exists() or torn.read_bytes().count(b"\n") < stop:
            assert child.poll() is None and time.monotonic() < deadline
            time.sleep(0.001)
        child.kill()
        child.wait(timeout=60)
        with open(torn, "ab") as file:
            file.write(rest)  # as a kill within a line leaves it
    made(environment, candidates, torn, *options)
    assert rows(torn) == rows(whole)
    before = whole.read_bytes()
    made(environment, candidates, whole, *options)
    assert whole.read_bytes() == before


def test_seeds_trained_together_are_made_again_together(environment, folder, candidates, tmp_path):
    lines = candidates.read_text().splitlines(keepends=True)
    candidates.write_text("".join(lines[:2]))
    options = ["--seeds", "4,5,6", "--together", "2", "--data", str(folder), *TRAIN]
    whole, torn = tmp_path / "whole.csv", tmp_path / "torn.csv"
    made(environment, candidates, whole, *options)
    found = rows(whole)
    assert [row[:2] for row in found[1:]] == [[f"candidate{i}", str(seed)] for seeds in ((4, 5), (6,))
                                              for i in range(2) for seed in seeds]
    kept = whole.read_bytes().splitlines(keepends=True)
    torn.write_bytes(b"".join(kept[:4]))  # candidate1 has its seed 4 only in the middle of a pair
    made(environment, candidates, torn, *options)
    assert rows(torn) == found
    made(environment, candidates, tmp_path / "alone.csv", *options, "--together", "1")
    alone = {tuple(row[:2]): row for row in rows(tmp_path / "alone.csv")[1:]}
    loss = found[0].index("train_loss")
    for row in found[1:]:  # five steps: rounding has not grown yet
        assert float(row[loss]) == pytest.approx(float(alone[tuple(row[:2])][loss]), rel=2e-3)


def test_is_what_the_evaluator_answers(environment, folder, candidates, tmp_path):
    lines = [json.loads(line) for line in candidates.read_text().splitlines()[:2]]
    candidates.write_text("".join(json.dumps(line) + "\n" for line in lines))
    made(environment, candidates, tmp_path / "t.csv", "--seeds", "5", "--data", str(folder), *TRAIN)
    made(environment, candidates, tmp_path / "s.csv", *SCORES, "--seeds", "5")
    with open(tmp_path / "t.csv", newline="") as file:
        rewards = list(csv.DictReader(file))
    with open(tmp_path / "s.csv", newline="") as file:
        found = {row["name"]: row for row in csv.DictReader(file)}
    requests = "".join(json.dumps({"id": i, **line, "seed": 5}) + "\n" for i, line in enumerate(lines))

    def ask(*options):
        done = subprocess.run([sys.executable, "-m", "syncnas_trainer.evaluate", *options], text=True,
                              input=requests, capture_output=True, env=environment, timeout=300, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    for answer, row in zip(ask("--data", str(folder), *TRAIN), rewards):
        assert row["name"] == answer["name"] and row["seed"] == "5"
        for key in ("accuracy", "loss", "train_loss", "params", "macs"):
            assert float(row[key]) == pytest.approx(answer["details"][key], rel=1e-5)
        assert float(row["score"]) == pytest.approx(answer["score"], rel=1e-5)
    for answer in ask("--score", "zen", "--score-batch", "4"):
        assert float(found[answer["name"]]["zen"]) == pytest.approx(answer["score"], rel=1e-5)
        assert float(found[answer["name"]]["macs"]) == answer["details"]["macs"]


def test_candidates_that_are_none(candidates, base):
    good = candidates.read_bytes()
    wrong = [b"{cut", b"[]", b"null", b'{"name": "x", "error": "no strategy"}', b"\xff\xfe", b"[" * 50000,
             json.dumps({"name": "x", "network": {**base, "head": [9, 12, 1, 1]}}).encode(),
             json.dumps({"name": "a\nb", "network": base}).encode(),
             json.dumps({"name": 7, "network": base}).encode(),
             json.dumps({"name": "candidate3", "network": base}).encode()]
    candidates.write_bytes(b"\n".join(wrong[:5]) + b"\n\n" + good + b"\n".join(wrong[5:]))
    found, messages = table.read_candidates(candidates)
    # The last is refused for its name, that of an earlier candidate.
    assert list(found) == [f"candidate{i}" for i in range(12)] and len(messages) == len(wrong)
    assert "no strategy" in messages[3] and "head" in messages[6]


def test_one_undefined_score_and_one_candidate_that_fails():
    def once(name):
        if name == "zen":
            raise ArithmeticError("no change")
        return float("nan") if name == "zico" else 2.0

    fields, messages = table.score_row(["macs", "zen", "zico"], once)
    assert fields[:3] == [2.0, "", ""] and len(fields) == 4
    assert "no change" in messages[0] and "zico" in messages[1]


def test_fill_goes_on_after_a_failure(tmp_path, capsys):
    grows = table.Table(tmp_path / "t.csv", ("name", "seed", "score"), 2)

    def make(net, seeds):
        if net == "bad":
            raise ArithmeticError("the loss is nan")
        return [[0.125] if seed != 3 else None for seed in seeds], ["seed 3 has diverged"] * (3 in seeds)

    table.fill(grows, [("a", "good", [1]), ("b", "bad", [1]), ("c,\"d\"", "good", [3, 2])], make)
    assert (tmp_path / "t.csv").read_text() == 'name,seed,score\na,1,0.125\n"c,""d""",2,0.125\n'
    told = capsys.readouterr().err
    assert "b, seeds [1]: the loss is nan" in told and "seed 3 has diverged" in told
    assert table.Table(tmp_path / "t.csv", ("name", "seed", "score"), 2).known == {("a", "1"), ('c,"d"', "2")}


@pytest.mark.parametrize("text", ["name,seed,zen\na,1,2\n", "name,seed,score\na,1\n", "\xff\n", "x\n\n"])
def test_files_of_other_kinds_stay_as_they_are(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(table.TableError):
        table.Table(path, ("name", "seed", "score"), 2)
    assert path.read_bytes() == text.encode("latin-1")


def test_a_cut_header(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name,se")
    assert table.Table(path, ("name", "seed", "score"), 2).known == set()
    assert path.read_text() == "name,seed,score\n"


@pytest.mark.parametrize("options", [["--no-such"], ["--scores", "naswot,none"], ["--scores", "zen,zen"],
                                     ["--scores", ""], ["--scores", "naswot"], [], ["--seeds", "1,x"],
                                     ["--seeds", "-1"], ["--scores", "zen", "--threads", "0"]])
def test_options_that_cannot_be(options, capsys):
    with pytest.raises(SystemExit) as end:
        table.arguments(["c.jsonl", "t.csv", *options])
    assert end.value.code == 2 and "error" in capsys.readouterr().err
