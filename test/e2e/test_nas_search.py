# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`syncnasc --nas --evaluator`: what is searched, that it can be killed at any moment, and what
evaluators may do to it."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree

import pytest

import snc_tools

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "Inputs"))
import fake_evaluator  # noqa: E402

FILES = ("network.json", "results.json", "search.json", "search.html")


def base_network(stages):
    """Inverted residuals from 32 pixels and 16 channels, two blocks a stage."""
    network = {"name": "small", "act": "ReLU6", "stem": [3, 16, 3, 2]}
    size, channels = 32, 16
    for i in range(stages):
        stride = 2 if i % 2 == 0 and size > 2 else 1
        out = channels + 8
        network[str(i)] = [[size, 3, stride, channels, 6 * channels, out], [size // stride, 3, 1, out, 6 * out, out]]
        size, channels = size // stride, out
    network["head"] = [channels, 128, 1, 1]
    return {**network, "bn_momentum": 0.1, "eps": 1e-5}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """base(stages): the file of a network of so many stages."""
    folder = tmp_path_factory.mktemp("base")

    def get(stages):
        path = folder / f"small{stages}.json"
        path.write_text(json.dumps(base_network(stages)))
        return path

    return get


def evaluator(*flags):
    return " ".join([sys.executable, "-S", "-E", fake_evaluator.__file__, *map(str, flags)])


def command(model, out, *flags, devices="cpu:1,cpu:1"):
    syncnasc = snc_tools.BUILD / "bin" / "syncnasc"
    return [str(syncnasc), str(model), "--nas", f"--devices={devices}", "-o", str(out), *map(str, flags)]


def run(model, out, *flags):
    return subprocess.run(command(model, out, *flags), capture_output=True, text=True, timeout=100)


def search(model, out, *flags):
    result = run(model, out, *flags)
    assert result.returncode == 0, result.stderr
    return json.loads((out / "search.json").read_text())


def candidates(model):
    result = subprocess.run(command(model, "-", "--emit=candidates"), capture_output=True, text=True, timeout=100)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def texts(out):
    return [(out / name).read_bytes() for name in FILES]


@pytest.mark.parametrize(
    "flags",
    [("--search=mcts", "--uct=mean"), ("--search=mcts",), ("--search=mcts", "--uct=surrogate"), ("--search=evolution",), ("--search=random",), ("--search=exhaustive",)],
)
def test_finds_the_optimum(base, tmp_path, flags):
    model, out = base(4), tmp_path / "out"
    known = {c["name"]: c for c in candidates(model)}
    assert len(known) == 2 * 3**3
    scores = {name: fake_evaluator.score(name) for name, c in known.items() if "invalid" not in c}
    assert scores, "the budget leaves no candidate"
    found = search(model, out, "--evaluator", evaluator(), "--jobs=2", *flags)
    best = max(scores, key=scores.get)
    assert found["best"]["name"] == best
    assert found["best"]["score"] == scores[best]
    assert found["best"]["latency_us"] == known[best]["latency_us"]
    assert json.loads((out / "results.json").read_text()) == scores
    assert json.loads((out / "network.json").read_text()) == known[best]["network"]
    assert found["exhausted"] and not found["interrupted"]
    invalid = len(known) - len(scores)
    assert found["counts"] == {"tried": len(known), "scored": len(scores), "invalid": invalid, "failed": 0}
    assert {s["name"] for s in found["samples"] if s.get("invalid")} == set(known) - set(scores)
    rising = [h["score"] for h in found["history"]]
    assert rising == sorted(rising) and rising[-1] == scores[best]
    for entry in found["history"]:
        assert found["samples"][entry["sample"] - 1]["name"] == entry["name"]


def test_learns(base, tmp_path):
    """With a fifth of the space, mcts is among the best few of a hundred."""
    model = base(6)
    valid = sorted((fake_evaluator.score(c["name"]) for c in candidates(model) if "invalid" not in c), reverse=True)
    found = search(model, tmp_path / "out", "--evaluator", evaluator(), "--search-budget=97")
    assert found["best"]["score"] >= valid[len(valid) // 50]
    assert found["counts"]["tried"] == 97


def test_jobs_change_nothing(base, tmp_path):
    sleepy = ("--evaluator", evaluator("--sleep", 0.01), "--search-budget=60", "--in-flight=8")
    search(base(5), tmp_path / "one", "--jobs=1", *sleepy)
    search(base(5), tmp_path / "four", "--jobs=4", *sleepy)
    assert texts(tmp_path / "one") == texts(tmp_path / "four")


def test_in_flight_stays_as_it_began(base, tmp_path):
    store = ("--search-store", tmp_path / "store.db", "--evaluator", evaluator())
    assert search(base(4), tmp_path / "a", "--jobs=1", *store)["options"]["in_flight"] == 4
    assert search(base(4), tmp_path / "b", "--jobs=3", *store)["options"]["in_flight"] == 4
    assert texts(tmp_path / "a") == texts(tmp_path / "b")
    assert search(base(4), tmp_path / "c", "--in-flight=2", *store)["options"]["in_flight"] == 2


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_killed_at_any_moment_it_goes_on(base, tmp_path):
    model, log = base(7), tmp_path / "pids"
    flags = ("--evaluator", evaluator("--sleep", 0.005, "--log", log), "--search-budget=300", "--jobs=2", "--quiet")
    search(model, tmp_path / "undisturbed", *flags)
    expected = texts(tmp_path / "undisturbed")
    rng, kills, rounds = random.Random(1), 0, 0
    while kills < 50:
        out, finished = tmp_path / f"round{rounds}", False
        rounds += 1
        while kills < 50 and not finished:
            process = subprocess.Popen(command(model, out, *flags), stderr=subprocess.PIPE)
            try:
                _, message = process.communicate(timeout=rng.uniform(0, 0.3))
                assert process.returncode == 0, message
                finished = True
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
                if out.exists():
                    assert texts(out) == expected
        search(model, out, *flags)
        assert texts(out) == expected
    assert wait_until(lambda: not any(is_alive(pid) for pid in log.read_text().split()))


def test_a_kill_takes_evaluators_along(base, tmp_path):
    """Also those that are at work and hear nothing."""
    script, pids = tmp_path / "evaluator.sh", tmp_path / "pids"
    script.write_text(f"trap '' TERM\nsleep 1000 &\necho $! >> {pids}\necho $$ >> {pids}\nwait\n")
    process = subprocess.Popen(command(base(4), tmp_path / "out", "--evaluator", f"sh {script}; true", "--jobs=2"))
    assert wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 4)
    process.kill()
    process.wait()
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids.read_text().split()))


def test_an_interrupt_keeps_what_is_known(base, tmp_path):
    flags = ("--evaluator", evaluator("--sleep", 0.02), "--search-budget=100", "--in-flight=4")
    search(base(5), tmp_path / "undisturbed", *flags)
    out = tmp_path / "out"
    for ending in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(command(base(5), out, *flags), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        time.sleep(0.7)
        process.send_signal(ending)
        _, message = process.communicate(timeout=20)
        assert process.returncode in (0, 130), message
        if process.returncode == 0:
            found = json.loads((out / "search.json").read_text())
            assert found["counts"]["scored"] == len(json.loads((out / "results.json").read_text()))
    search(base(5), out, *flags)
    assert texts(out) == texts(tmp_path / "undisturbed")


def test_results_go_out_and_in_again(base, tmp_path):
    model, scores = base(4), tmp_path / "scores.json"
    search(model, tmp_path / "a", "--evaluator", evaluator(), "--search-budget=30", "--export-results", scores)
    assert json.loads(scores.read_text()) == json.loads((tmp_path / "a" / "results.json").read_text())
    again = tmp_path / "again.json"
    found = search(
        model, tmp_path / "b", "--evaluator", "exit 1", "--search-budget=30",
        "--import-results", scores, "--export-results", again)  # fmt: skip
    assert again.read_text() == scores.read_text()
    assert (tmp_path / "a" / "results.json").read_text() == (tmp_path / "b" / "results.json").read_text()
    assert found["counts"]["failed"] == 0
    # As SyncNAS writes it.
    scores.write_text('{"sync1_3_a": 71.5, "sync1_3_c": 0}')
    found = search(model, tmp_path / "c", "--evaluator", evaluator(), "--import-results", scores)
    assert found["best"]["name"] == "sync1_3_a" and found["best"]["score"] == 71.5


@pytest.mark.parametrize("text", ["", "[1]", '{"sync9_3_a": 1}', '{"sync1_3_a": "x"}'])
def test_bad_results_are_refused(base, tmp_path, text):
    (tmp_path / "scores.json").write_text(text)
    result = run(base(4), tmp_path / "out", "--evaluator", evaluator(), "--import-results", tmp_path / "scores.json")
    assert result.returncode == 1 and "scores.json" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "program, reason",
    [
        ("/no/such/program", "exit code 127"),
        ("exit 5", "exit code 5"),
        ("echo Hello; cat", "Hello"),
        ("cat", "without a finite score"),
        ("kill -SEGV $$", "signal 11"),
    ],
)
def test_a_broken_evaluator_ends_the_search(base, tmp_path, program, reason):
    script = tmp_path / "evaluator.sh"
    script.write_text(program + "\n")
    flags = ("--evaluator", f"exec sh {script}", "--jobs=2", "--search-budget=40")
    result = run(base(4), tmp_path / "out", "--quiet", *flags)
    assert result.returncode == 1
    assert reason in result.stderr and result.stderr.count("error:") == 1, result.stderr
    assert not (tmp_path / "out").exists()
    # Nothing of it is remembered.
    script.write_text(evaluator())
    assert search(base(4), tmp_path / "out", *flags)["counts"]["failed"] == 0


def test_failures_cost_their_samples_alone(base, tmp_path):
    valid = [c["name"] for c in candidates(base(4)) if "invalid" not in c]
    bad = sorted(valid, key=fake_evaluator.score)[-3:]
    script = tmp_path / "evaluator.sh"
    script.write_text(evaluator("--fail", ",".join(bad)))
    flags = ("--evaluator", f"sh {script}", "--jobs=2")
    found = search(base(4), tmp_path / "out", *flags)
    failed = {s["name"]: s["failed"] for s in found["samples"] if "failed" in s}
    assert set(failed) == set(bad) and all("exit code 3" in reason for reason in failed.values())
    assert found["best"]["name"] == max(set(valid) - set(bad), key=fake_evaluator.score)
    script.write_text(evaluator())
    assert search(base(4), tmp_path / "out", *flags)["counts"]["failed"] == 3
    found = search(base(4), tmp_path / "out", *flags, "--retry-failed")
    assert found["counts"]["failed"] == 0 and found["best"]["name"] == bad[-1]


def test_late_evaluators_fail(base, tmp_path):
    flags = ("--evaluator", "sleep 1000", "--evaluator-timeout=100ms", "--retries=0", "--search-budget=3", "--in-flight=1")
    result = run(base(4), tmp_path / "out", *flags)
    assert result.returncode == 1 and "no answer within 0.1 s" in result.stderr


def serve(host, port, most):
    """An evaluator that connects, and leaves at a request after `most` answers."""
    with socket.create_connection((host, port)) as connection, connection.makefile("rw") as lines:
        for line in lines:
            if most == 0:
                return
            most -= 1
            request = json.loads(line)
            answer = {"id": request["id"], "name": request["name"], "score": fake_evaluator.score(request["name"])}
            lines.write(json.dumps(answer) + "\n")
            lines.flush()


def test_evaluators_connect_and_leave(base, tmp_path):
    process = subprocess.Popen(
        command(base(4), tmp_path / "out", "--listen=127.0.0.1:0", "--in-flight=4"),
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)  # fmt: skip
    for line in process.stderr:
        if "may connect to" in line:
            break
    port = int(line.rsplit(":", 1)[1])
    rest = threading.Thread(target=process.stderr.read)
    rest.start()
    for most in (3, 0, 1):
        serve("127.0.0.1", port, most)
    serve("127.0.0.1", port, -1)
    assert process.wait(timeout=20) == 0
    rest.join()
    search(base(4), tmp_path / "local", "--evaluator", evaluator(), "--in-flight=4")
    assert (tmp_path / "out" / "results.json").read_text() == (tmp_path / "local" / "results.json").read_text()


@pytest.mark.parametrize(
    "flags, message",
    [
        ((), "wants an evaluator"),
        (("--evaluator=true", "--search=dp"), "--search=dp"),
        (("--evaluator=true", "--evaluator-timeout=soon"), "--evaluator-timeout"),
        (("--evaluator=true", "--emit=kernel"), "--emit=candidates"),
        (("--listen=here",), "HOST:PORT"),
        (("--evaluator=true", "--search-store=/no/such/folder/x.db"), "/no/such/folder/x.db"),
        (("--evaluator=true", "--budget-scale=0.001"), "no strategy has a score"),
    ],
)
def test_bad_options(base, tmp_path, flags, message):
    result = run(base(4), tmp_path / "out", *flags)
    assert result.returncode == 1 and message in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()


def test_other_files_are_not_replaced(base, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("x")
    result = run(base(4), out, "--evaluator", evaluator())
    assert result.returncode == 1 and "holds other files" in result.stderr
    search(base(4), out, "--evaluator", evaluator(), "--force")
    assert not (out / "mine.txt").exists()


def test_what_is_found_is_compiled(base, tmp_path):
    """The library in the folder computes what the model beside it does; a second run replaces it."""
    out = tmp_path / "out"
    for _ in range(2):
        found = search(base(4), out, "--evaluator", evaluator(), "--search-budget=8", "--quiet")
    assert json.loads((out / "network.json").read_text())["name"] == found["best"]["name"]
    assert (out / "search.html").exists()
    model = out / "network.onnx"
    inputs = snc_tools.random_inputs(model)
    snc_tools.compare(snc_tools.run_library(out, inputs, tmp_path / "run"), snc_tools.reference(model, inputs))


def test_library_can_be_left_out(base, tmp_path):
    out = tmp_path / "out"
    search(base(4), out, "--evaluator", evaluator(), "--search-budget=8", "--library=0")
    assert (out / "network.onnx").exists() and not (out / "lib").exists()


@pytest.mark.parametrize("flags", [("--uct=mean",), ("--uct=surrogate",), ("--search=random",)])
def test_the_page_shows_what_was_found(base, tmp_path, flags):
    """It is XML, loads nothing, and has the numbers of the files beside it."""
    out = tmp_path / "out"
    found = search(base(5), out, "--evaluator", evaluator(), "--search-budget=60", "--library=0", *flags)
    page = (out / "search.html").read_text()
    root = xml.etree.ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))
    tags = [element.tag.rsplit("}", 1)[-1] for element in root.iter()]
    assert not {"script", "link", "img", "iframe", "image", "use"} & set(tags)
    names = {name for element in root.iter() for name in element.attrib}
    assert not {"src", "href", "onload"} & {name.rsplit("}", 1)[-1] for name in names}
    assert "url(" not in page.replace("url(#hatch)", "")
    sections = [element.text for element in root.iter("h2")]
    assert sections == ["The numbers", "The network", "The run, as predicted", "Score and latency", "The search", "The tree"]
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    network = json.loads((out / "network.json").read_text())
    for s, kind in enumerate(network["sync"]):
        word = {"n": "", "a": "add", "c": "concat"}[kind]
        assert sum(t.startswith(f"{word} behind stage {s}:") for t in titles) == (kind != "n")
        for blocks in network[str(s)].values():
            for i, (size, kernel, stride, in_c, exp_c, out_c, *_) in enumerate(blocks):
                text = f"stage {s}, block {i}: kernel {kernel}, stride {stride}, {size}x{size} pixels, {in_c} → {exp_c} → {out_c} channels"
                assert any(t.startswith(text) for t in titles), text
    for svg in root.iter("{http://www.w3.org/2000/svg}svg"):
        width, height = float(svg.get("width")), float(svg.get("height"))
        for rect in svg.iter("{http://www.w3.org/2000/svg}rect"):
            x, y, w, h = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
            assert x >= 0 and y >= 0 and x + w <= width and y + h <= height, rect.attrib
    # Every sample is a dot, but where two would lie in one place.
    dots = {t.split(" ")[0] for t in titles if " · score " in t}
    scored = {s["name"]: s for s in found["samples"] if "score" in s}
    assert dots <= set(scored) and len(dots) > len(scored) // 2
    assert found["best"]["name"] in dots
    assert any(f"{found['counts']['tried']} visits, {found['counts']['scored']} scored" in t for t in titles)


def test_the_base_is_scored_once(base, tmp_path):
    """And is none of the strategies, wherever scores go."""
    model, scores = base(4), tmp_path / "scores.json"
    flags = ("--search-budget=20", "--library=0", "--in-flight=4")
    plain = search(model, tmp_path / "plain", "--evaluator", evaluator(), *flags)
    assert "base_score" not in plain
    script = tmp_path / "evaluator.sh"
    script.write_text(evaluator())
    flags = ("--evaluator", f"sh {script}", *flags, "--score-base")
    found = search(model, tmp_path / "out", *flags, "--export-results", scores)
    assert found.pop("base_score") == 0.25
    assert found["samples"] == plain["samples"]
    assert json.loads(scores.read_text()) == json.loads((tmp_path / "out" / "results.json").read_text())
    assert '<td class="n">0.25</td>' in (tmp_path / "out" / "search.html").read_text()
    script.write_text("exit 1\n")  # all is known, the base too
    again = search(model, tmp_path / "out", *flags)
    assert again["base_score"] == 0.25


@pytest.mark.parametrize(
    "program, reason",
    [("echo '{\"id\": 1, \"name\": \"small4\", \"error\": \"too big\"}'", "too big"), ("exit 5", "exit code 5")],
)
def test_a_base_without_score_ends_no_search(base, tmp_path, program, reason):
    model, scores = base(4), tmp_path / "scores.json"
    valid = [c["name"] for c in candidates(model) if "invalid" not in c]
    scores.write_text(json.dumps({name: fake_evaluator.score(name) for name in valid}))
    script = tmp_path / "evaluator.sh"
    script.write_text(f"read line\n{program}\n")
    result = run(model, tmp_path / "out", "--evaluator", f"sh {script}", "--import-results", scores, "--score-base", "--library=0")
    assert result.returncode == 0, result.stderr
    found = json.loads((tmp_path / "out" / "search.json").read_text())
    assert "base_score" not in found and found["counts"]["failed"] == 0
    assert reason in result.stderr or reason in found["base_failed"]
