# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs all sides on one model, interleaved."""

import contextlib
import json
import pathlib
import statistics
import subprocess

from compare import manifest, models, stats
from compare.sides import OURS
from compare.worker import SideError, Worker

WARM_S = 0.1    # after a process was stopped; 0.01 is too short for OpenVINO on two threads by 3 %
BURST_S = 0.04  # timed runs of one side in a round
PATIENCE_S = 300


class Model:
    """A model file, its input, the reference's output and the peers' conversions, which serve all
    thread counts."""

    def __init__(self, path, folder):
        folder.mkdir(parents=True)
        self.name, self.folder = path.stem, folder
        self.path, self.inputs, self.outputs = models.prepare(path, folder)
        self.folders = (self.path.parent, folder)
        self.converted = {}
        with Worker("onnxruntime", folder / "reference.log") as worker:
            worker.call("load", self.path, self.inputs, self.outputs, {"threads": 1}, timeout=PATIENCE_S)
            self.expected = worker.call("outputs", timeout=PATIENCE_S)

    def convert(self, side, options):
        """The side's artifact; raises SideError, the same one each time."""
        key = (side, options["threads"]) if side == OURS else side
        if key not in self.converted:
            folder = self.folder / (f"{side}-{options['threads']}" if side == OURS else side)
            folder.mkdir()
            try:
                with Worker(side, folder / "convert.log") as worker:
                    patience = None if side == OURS else PATIENCE_S
                    self.converted[key] = worker.call("convert", self.path, folder, options, timeout=patience)
            except SideError as error:
                self.converted[key] = error
        if isinstance(self.converted[key], SideError):
            raise self.converted[key]
        return self.converted[key]


def check(worker, expected):
    why, error = stats.disagreement(worker.call("outputs", timeout=PATIENCE_S), expected)
    if why:
        raise SideError(why)
    return error


def start(model, side, options, stack):
    """(worker that is loaded and agrees with the reference, its record). Raises SideError; its
    `stage` says in what it failed."""
    stage = "convert"
    try:
        artifact = model.convert(side, options)
        stage = "run"
        worker = stack.enter_context(Worker(side, model.folder / f"{side}.log"))
        record = worker.call("load", artifact, model.inputs, model.outputs, options, timeout=PATIENCE_S)
        worker.call("settle", timeout=PATIENCE_S)
        stage = "agree"
        record["error"] = check(worker, model.expected)
        return worker, record
    except SideError as error:
        error.stage = stage
        raise


def peak_gflops(build, library, threads):
    """The FMA peak now, by syncnas-run."""
    done = subprocess.run([str(pathlib.Path(build) / "bin" / "syncnas-run"), str(library), "--benchmark", "--json",
                           f"--threads={threads}", "--rounds=5"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["fma_peak_gflops"]


def rounds_of(workers, rounds):
    """({side: [seconds of each round]}, {side: failure}). A side that fails leaves; the others go on."""
    samples, failures = {name: [] for name in workers}, {}
    for i in range(rounds):
        for name in stats.rotated(list(workers), i):
            if name in failures:
                continue
            try:
                samples[name].append(workers[name].call("time", WARM_S, BURST_S, timeout=PATIENCE_S))
            except SideError as error:
                error.stage = "run"
                failures[name] = error
                del samples[name]
    return samples, failures


def failure(error, *folders):
    """The record of a side that failed: its message on one line, without these folders."""
    words = str(error)
    for folder in folders:
        words = words.replace(f"{folder}/", "")
    words = " ".join(words.split()) or "no message"
    return {"failed": words if len(words) <= 240 else words[:237] + "...", "stage": error.stage}


def compare(model, threads, names, rounds, options):
    """One row: a dictionary of numbers and text, ready for JSON."""
    options = {**options, "threads": threads, "pnnx_inputs": models.pnnx_inputs(model.inputs)}
    row = {"model": model.name, "threads": threads, "rounds": rounds, "sides": {}, "ratios": {}}
    with contextlib.ExitStack() as stack:
        workers, sides = {}, row["sides"]
        for name in names:
            try:
                workers[name], sides[name] = start(model, name, options, stack)
            except SideError as error:
                sides[name] = failure(error, *model.folders)
        library = model.convert(OURS, options) if OURS in workers else None
        peaks = [peak_gflops(options["build"], library, threads)] if library else []
        samples, failures = rounds_of(workers, rounds)
        for name in list(samples):
            try:
                sides[name]["error"] = max(sides[name]["error"], check(workers[name], model.expected))
                sides[name]["peak_bytes"] = workers[name].call("peak", timeout=PATIENCE_S)
            except SideError as error:
                error.stage = "agree"
                failures[name] = error
                del samples[name]
        if library:
            peaks.append(peak_gflops(options["build"], library, threads))
    for name, taken in samples.items():
        sides[name].update(ms=1e3 * statistics.median(taken), samples_ms=[1e3 * t for t in taken])
    sides.update({name: failure(error, *model.folders) for name, error in failures.items()})
    if OURS in samples:
        row["ratios"] = stats.ratios(samples, OURS)
        row.update(manifest.read(library), fma_peak_gflops=max(peaks),
                   compile_s=float((library.parent / "seconds").read_text()))
        row["gflops"] = row["flops"] / sides[OURS]["ms"] * 1e-6
        row["share_of_peak"] = row["gflops"] / row["fma_peak_gflops"]
    return row
