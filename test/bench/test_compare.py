# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""bench/compare: what it computes and writes, and how its processes behave. No time is asserted."""

import json
import math
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "bench"), str(HERE)]

from compare import machine, manifest, measure, models, plot, stats, table  # noqa: E402
from compare.sides import OURS, faster  # noqa: E402
from compare.sides.ours import command  # noqa: E402
from compare.worker import SideError, Worker  # noqa: E402

MANIFEST = {
    "name": "net", "target": "x86-64-avx2", "activations": {"peak_bytes": 3000, "lower_bound_bytes": 2000},
    "files": {"lib/libnet.so": {"bytes": 150000}}, "kernels": [{"flops": 10}, {"flops": 32}],
    "weights": {"bytes": 100000, "place": "embedded"},
}


def test_manifest_facts():
    facts = manifest.facts(MANIFEST)
    assert facts["code_bytes"] == 50000 and facts["flops"] == 42 and facts["activation_bound_bytes"] == 2000
    outside = {**MANIFEST, "weights": {"bytes": 100000, "place": "file"}}
    assert manifest.facts(outside)["code_bytes"] == 150000


@pytest.mark.parametrize("key", ["activations", "files", "kernels", "weights", "name"])
def test_manifest_without_a_fact(key):
    with pytest.raises(ValueError, match=key):
        manifest.facts({k: v for k, v in MANIFEST.items() if k != key})


def test_manifest_is_found(tmp_path):
    with pytest.raises(ValueError, match="0 manifests"):
        manifest.read(tmp_path)
    (tmp_path / "share/net").mkdir(parents=True)
    (tmp_path / "share/net/manifest.json").write_text(json.dumps(MANIFEST))
    assert manifest.read(tmp_path)["target"] == "x86-64-avx2"


def test_paired_ratio_cancels_drift():
    # The machine gets 4 times slower in between; each round says 1/2.
    assert stats.paired_ratio([1, 2, 4], [2, 4, 8]) == 0.5
    # Medians of each would say 1.
    assert stats.paired_ratio([1, 2, 3], [2, 1, 1]) == 2
    for ours, theirs in (([1], [1, 2]), ([], [])):
        with pytest.raises(ValueError):
            stats.paired_ratio(ours, theirs)


def test_geometric_mean():
    assert stats.geometric_mean([2, 8]) == pytest.approx(4)
    assert stats.geometric_mean([]) is None


def test_best_peer_is_the_fastest():
    found = stats.ratios({OURS: [2.0], "ncnn": [4.0], "openvino": [1.0]}, OURS)
    assert found == {"ncnn": 0.5, "openvino": 2.0}
    assert stats.best_peer(found) == ("openvino", 2.0)
    assert stats.best_peer({}) is None


def test_rotation_gives_each_every_place():
    orders = [stats.rotated("abc", i) for i in range(4)]
    assert orders == ["abc", "bca", "cab", "abc"]


def test_disagreement():
    right = [np.array([[1.0, -4.0]])]
    why, error = stats.disagreement([np.array([1.0, -4.0 + 4e-4])], right)  # the batch dimension is gone
    assert why is None and error == pytest.approx(1e-4)
    assert "differ by 0.25" in stats.disagreement([np.array([[2.0, -4.0]])], right)[0]
    assert "finite" in stats.disagreement([np.array([[math.nan, -4.0]])], right)[0]
    assert "shape [3]" in stats.disagreement([np.ones(3)], right)[0]
    assert "2 outputs" in stats.disagreement(right * 2, right)[0]
    assert "shape" in stats.disagreement([np.ones((3, 2))], [np.ones((2, 3))])[0]


def record(ms):
    return {"ms": ms, "peak_bytes": 3 * 2**20, "load_ms": 7.0, "first_ms": 2.5, "version": "1.0"}


def row(model, threads, times, **failed):
    ratios = {n: times[OURS] / t for n, t in times.items() if n != OURS} if OURS in times else {}
    facts = {**manifest.facts(MANIFEST), "gflops": 50.0, "share_of_peak": 0.5, "compile_s": 1.25} if OURS in times else {}
    sides = {n: record(t) for n, t in times.items()} | {n: {"failed": w, "stage": s} for n, (s, w) in failed.items()}
    return {"model": model, "threads": threads, "rounds": 3, "ratios": ratios, "sides": sides, **facts}


ROWS = [row("a", 1, {OURS: 1.0, "openvino": 2.0, "ncnn": 4.0}),
        row("b<&", 1, {OURS: 1.0, "openvino": 0.5}, ncnn=("agree", "outputs differ")),
        row("a", 2, {OURS: 0.5, "openvino": 0.25, "ncnn": 5.0}),
        row("c", 2, {"openvino": 1.0, "ncnn": 1.0}, **{OURS: ("convert", "no such operator")})]


def test_means_over_models_that_ran():
    assert stats.means(ROWS) == [
        {"threads": 1, "peer": "openvino", "models": 2, "ratio": pytest.approx(1.0)},
        {"threads": 1, "peer": "ncnn", "models": 1, "ratio": pytest.approx(0.25)},
        {"threads": 1, "peer": "best", "models": 2, "ratio": pytest.approx(1.0)},
        {"threads": 2, "peer": "openvino", "models": 1, "ratio": pytest.approx(2.0)},
        {"threads": 2, "peer": "ncnn", "models": 1, "ratio": pytest.approx(0.1)},
        {"threads": 2, "peer": "best", "models": 1, "ratio": pytest.approx(2.0)}]


def test_markdown():
    text = table.markdown(ROWS, {"command": "bench/run x", "machine": "a cpu", "versions": "v 1"})
    lines = text.splitlines()
    assert "| a | 1 | 1.000 | 0.50 | 0.25 | openvino | 0.50 | 50.0 | 50 % |" in lines
    assert "| b<& | 1 | 1.000 | 2.00 | wrong output | openvino | 2.00 | 50.0 | 50 % |" in lines
    assert "| c | 2 | does not convert | - | - | - | - | - | - |" in lines
    assert "* b<&, ncnn (1 threads) wrong output: outputs differ" in lines
    assert "| a | 1 | 1.2 | 49 | 0.10 | 0.00 (0.00) | 3.0 | 7.0 | 2.5 |" in lines
    assert {"Made by `bench/run x`.", "* Machine: a cpu.", "* Versions: v 1."} <= set(lines)
    blocks = [b.splitlines() for b in text.split("\n\n") if b.startswith("| ")]
    assert len(blocks) == 6 and all(len({l.count("|") for l in b}) == 1 for b in blocks)


def test_markdown_where_all_failed():
    text = table.markdown([ROWS[3]], {"command": "", "machine": "", "versions": ""})
    assert "Geometric means" not in text and "What failed" in text


def bars(rows):
    tree = ElementTree.fromstring(plot.svg(rows))
    tag = "{http://www.w3.org/2000/svg}"
    drawn = [(r.get("fill"), float(r.get("width"))) for r in tree.iter(tag + "rect") if r.get("height") == "11.0"]
    return [d for d in drawn if d[1] != 11], "".join(tree.itertext())


def test_svg_lengths_are_times():
    drawn, words = bars(ROWS[:1])
    ours, openvino, ncnn = (width for _, width in drawn)
    assert openvino == pytest.approx(2 * ours, abs=0.2) and ncnn == pytest.approx(4 * ours, abs=0.2)
    assert "2 threads" not in words and "1 thread" in words


def test_svg_says_what_failed_and_what_is_cut():
    drawn, words = bars(ROWS)
    assert len(drawn) == 3 + 2 + 3 and "b<&" in words
    assert "ncnn wrong output" in words and f"{OURS} does not convert" in words and "10.00 (cut)" in words
    assert max(width for _, width in drawn) <= plot.WIDTH - plot.LEFT - plot.RIGHT + 0.1
    with pytest.raises(ValueError):
        plot.svg([])


def test_compiler_command():
    words = command(pathlib.Path("b"), "m.onnx", pathlib.Path("o"), 1, measure=3)
    assert "--cache-dir=o/cache" in words and not any("measure" in w or "tune" in w for w in words)
    words = command(pathlib.Path("b"), "m.onnx", pathlib.Path("o"), 2, measure=3, tune=0)
    assert {"--threads=2", "--measure=3", "--tune=0"} <= set(words)


def test_machine_words():
    assert machine.cpu_model("processor : 0\nmodel name\t: Some  CPU @ 2\n") == "Some CPU @ 2"
    assert machine.cpu_model("CPU part : 0xd0c\n")
    assert machine.command(["/a/b/m.onnx", "--threads", "1", "/x y/z w.onnx"]) == "bench/run m.onnx --threads 1 'z w.onnx'"
    assert machine.command(["m", "--build", "/b", "--tune", "5", "--svg=x", "--json", "y", "n"]) == "bench/run m --tune 5 n"


def test_unknown_models():
    with pytest.raises(ValueError, match="no such file"):
        models.find("absent.onnx", "/nowhere")


def save_model(path, batch, weights_are_inputs):
    import onnx
    from onnx import TensorProto, helper
    value = lambda n, s: helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [2.0])
    graph = helper.make_graph([helper.make_node("Mul", ["x", "w"], ["y"])], "g",
                              [value("x", [batch, 4])] + [value("w", [1])] * weights_are_inputs,
                              [value("y", [batch, 4])], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 3 if weights_are_inputs else 8
    onnx.save(model, str(path))


@pytest.mark.parametrize("batch, weights_are_inputs", [(1, False), ("n", False), (1, True), ("n", True)])
def test_prepared_models(tmp_path, batch, weights_are_inputs):
    import onnx
    import onnxruntime
    save_model(tmp_path / "m.onnx", batch, weights_are_inputs)
    (tmp_path / "out").mkdir()
    path, inputs, outputs = models.prepare(tmp_path / "m.onnx", tmp_path / "out")
    assert (path == tmp_path / "m.onnx") == (batch == 1 and not weights_are_inputs)
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    assert [i.name for i in model.graph.input] == ["x"] and outputs == ["y"] and inputs["x"].shape == (1, 4)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    np.testing.assert_array_equal(session.run(None, inputs)[0], 2 * inputs["x"])
    assert models.pnnx_inputs(inputs) == [([1, 4], "f32")]


@pytest.fixture
def worker(tmp_path):
    with Worker("fake_side", tmp_path / "log") as made:
        yield made


def load(worker, **options):
    return worker.call("load", None, {}, [], options, timeout=60)


def process_state(worker):
    return pathlib.Path(f"/proc/{worker.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_worker_is_stopped_between_requests(worker):
    assert load(worker)["version"] == "0"
    assert process_state(worker) in "Tt"
    assert worker.call("time", 0, 0, timeout=60) >= 0
    assert process_state(worker) in "Tt"
    # 1 of load, 2 to warm up, 5 timed
    assert worker.call("outputs", timeout=60)[0].tolist() == [8, 8, 8]


def test_worker_tells_its_peak(worker):
    load(worker, bytes=64 * 2**20)
    assert 64 * 2**20 <= worker.call("peak", timeout=60) < 128 * 2**20


@pytest.mark.parametrize("how, message, patience", [("crash", "signal 6", 60), ("raise", "no such layer", 60), ("hang", "no answer", 2)])
def test_worker_failures(worker, how, message, patience):
    with pytest.raises(SideError, match=message):
        worker.call("load", None, {}, [], {"how": how}, timeout=patience)
    assert how == "raise" or not worker.process.is_alive()


class Scripted:
    """A worker that fails in its n-th round."""

    def __init__(self, fails_at, log):
        self.fails_at, self.count, self.log = fails_at, 0, log

    def call(self, *_, timeout):
        self.count += 1
        self.log.append(self)
        if self.count == self.fails_at:
            raise SideError("gone")
        return float(self.count)


def test_rounds_go_on_without_a_side_that_fails():
    log = []
    workers = {"a": Scripted(None, log), "b": Scripted(2, log), "c": Scripted(None, log)}
    samples, failures = measure.rounds_of(workers, 3)
    assert samples == {"a": [1, 2, 3], "c": [1, 2, 3]} and set(failures) == {"b"}
    names = {w: n for n, w in workers.items()}
    assert "".join(names[w] for w in log) == "abc" "bca" "ca"


def test_failures_fit_a_line():
    error = SideError("/data/m.onnx: bad\n  operator " + "x" * 300)
    error.stage = "run"
    words = measure.failure(error, "/data")["failed"]
    assert words.startswith("m.onnx: bad operator") and len(words) == 240


def test_faster_call():
    import time
    slow, fast = lambda: time.sleep(0.005), lambda: None
    assert faster(slow, fast) is fast and faster(fast, slow) is fast
