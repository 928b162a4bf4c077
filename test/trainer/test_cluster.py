# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The evaluator program on a Ray cluster: answers as of the plain one, whatever dies meanwhile."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

PLAIN, CLUSTER = "syncnas_trainer.evaluate", "syncnas_trainer.cluster"
SCORE = ["--score", "zen", "--score-batch", "4"]
REPEATS = "40"  # some seconds


def request(network, number, **more):
    return json.dumps({"id": number, "name": f"{network['name']}{number}", "network": network,
                       "latency_us": 1.0, "seed": number, **more})


def start(environment, program, *options):
    return subprocess.Popen([sys.executable, "-m", program, *options], stdin=subprocess.PIPE, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def ask(environment, program, lines, *options):
    process = start(environment, program, *options)
    out, err = process.communicate("".join(line + "\n" for line in lines), timeout=400)
    assert process.returncode == 0, err
    return answers(out)


def answers(out):
    """Of each line, without the time it took."""
    found = [json.loads(line) for line in out.splitlines()]
    for answer in found:
        answer.get("details", {}).pop("seconds", None)
    return found


def wait(found, what):
    """The first value of found() that is true."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not in time")


class Machines:
    """A cluster of a head that computes nothing and nodes of one worker each, all on this machine."""

    def __init__(self):
        from ray.cluster_utils import Cluster
        self.cluster = Cluster(initialize_head=True,
                               head_node_args={"num_cpus": 0, "object_store_memory": 80 << 20})
        self.nodes = [self.add(), self.add()]
        self.options = ["--address", self.cluster.address, "--", *SCORE]

    def add(self):
        return self.cluster.add_node(num_cpus=1, object_store_memory=80 << 20)

    def at_work(self):
        """(node, process id) of a worker process that scores a candidate right now, or None."""
        import psutil
        for node in self.nodes:
            for child in psutil.Process(node.all_processes["raylet"][0].process.pid).children():
                try:
                    if "ray::answer" in "".join(child.cmdline()):
                        return node, child.pid
                except psutil.NoSuchProcess:
                    pass
        return None


@pytest.fixture(scope="module")
def machines():
    for name in ("ray", "psutil"):
        pytest.importorskip(name, reason=f"no {name} in this interpreter: tools/trainer/requirements.txt")
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_worker_niceness="0")
    found = Machines()
    yield found
    found.cluster.shutdown()


def score_slowly(machines, environment, line, *options, repeats=REPEATS):
    """(process, node, worker's process id) of a candidate of some seconds that is being scored."""
    process = start(environment, CLUSTER, *options, *machines.options, "--repeats", repeats)
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return (process, *wait(machines.at_work, "a worker at work"))


def check_answers(process, environment, *lines):
    """The process ends well, having answered as the plain evaluator does."""
    out, err = process.communicate(timeout=400)
    assert process.returncode == 0, err
    assert answers(out) == ask(environment, PLAIN, lines, *SCORE, "--repeats", REPEATS)


def test_answers_of_the_plain_evaluator(machines, environment, base, branched):
    lines = [request(base, 1), request(branched, 2), "{bad", "[]", "", request({**base, "head": [9, 12, 1, 1]}, 3),
             request(base, 4, seed=-1)] + [request(base, i) for i in range(5, 20)] + ['{"id": NaN}']
    expected = ask(environment, PLAIN, lines, *SCORE)
    assert sum("score" in answer for answer in expected) == 17
    halves = lines[:9], lines[9:]
    found = [None, None]

    def run(i):  # two processes at once, as of a search with --jobs 2
        found[i] = ask(environment, CLUSTER, halves[i], *machines.options)

    threads = [threading.Thread(target=run, args=[i]) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] + found[1] == expected


def test_worker_killed(machines, environment, base):
    lines = request(base, 7), request(base, 8)
    process, _, worker = score_slowly(machines, environment, "\n".join(lines))
    os.kill(worker, 9)
    wait(lambda: (machines.at_work() or (None, worker))[1] != worker, "another worker at work")
    check_answers(process, environment, *lines)


def test_node_killed(machines, environment, base):
    line = request(base, 7)
    process, node, _ = score_slowly(machines, environment, line)
    machines.nodes.remove(node)
    machines.cluster.remove_node(node, allow_graceful=False)
    machines.nodes.append(machines.add())
    check_answers(process, environment, line)


def test_candidate_that_ends_every_worker(machines, environment, base):
    """With no retry left its answer is an error, and the next candidate has a score."""
    process, _, worker = score_slowly(machines, environment, request(base, 1), "--retries", "0")
    os.kill(worker, 9)
    found = json.loads(process.stdout.readline())
    assert (found["id"], found["name"]) == (1, "tiny1") and "WorkerCrashed" in found["error"]
    out, err = process.communicate(request(base, 2) + "\n", timeout=400)
    assert process.returncode == 0, err
    assert [(a["id"], "score" in a) for a in answers(out)] == [(2, True)]


def test_killed_process_frees_its_worker(machines, environment, base):
    process, _, _ = score_slowly(machines, environment, request(base, 1), repeats="100000")
    process.kill()
    process.communicate()
    wait(lambda: not machines.at_work(), "the worker's end")


def test_machine_without_the_images(machines, environment, base, tmp_path):
    process = start(environment, CLUSTER, *machines.options[:3], "--score", "naswot", "--data", str(tmp_path / "x"))
    out, err = process.communicate(request(base, 1) + "\n", timeout=400)
    assert process.returncode == 1 and out == "" and "cannot read the images" in err and "Traceback" not in err


def test_cluster_gone(machines, environment, base):
    """Last of the cluster's tests, as it ends its head."""
    process, _, _ = score_slowly(machines, environment, request(base, 1), repeats="100000")
    machines.cluster.remove_node(machines.cluster.head_node, allow_graceful=False)
    out, _ = process.communicate(timeout=400)
    assert process.returncode != 0 and out == ""


def test_local(environment, base):
    pytest.importorskip("ray", reason="no Ray in this interpreter: tools/trainer/requirements.txt")
    lines = [request(base, 1), request(base, 2)]
    more = {**environment, "RAY_worker_niceness": "0"}
    assert ask(more, CLUSTER, lines, "--local", "1", "--", *SCORE) == ask(environment, PLAIN, lines, *SCORE)


@pytest.mark.parametrize("options, code", [
    (["--address", "127.0.0.1:9", "--connect-timeout", "3", "--", *SCORE], 1),  # or no Ray at all
    (["--", "--score", "none"], 2), (["--", "--score", "naswot"], 2), (["--retries", "-1", "--", *SCORE], 2),
    (["--local", "0", "--", *SCORE], 2), (["--local", "1", "--address", "auto", "--", *SCORE], 2)])
def test_no_cluster(environment, base, options, code):
    process = start(environment, CLUSTER, *options)
    out, err = process.communicate(request(base, 1) + "\n", timeout=120)
    assert process.returncode == code and out == ""
    assert "syncnas_trainer.cluster:" in err or code == 2 and "error:" in err
    assert "Traceback" not in err
