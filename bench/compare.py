#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Latency of compiled libraries against ONNX Runtime, interleaved in one process.

    bench/compare.py MODEL.onnx [...] [--threads 1 2] [--rounds 31] [--markdown FILE]

Both sides get the same input, threads and precision (fp32), and their outputs
are compared before anything is timed. Each round times a few runs of one, then
of the other; the table holds medians over rounds, their ratio, and the share of
the FMA peak measured in the same process tree.
"""

import argparse
import ctypes
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[1]


class Options(ctypes.Structure):
    """snc_options of runtime/snc.h."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32),
                ("spin_us", ctypes.c_uint32), ("hooks", ctypes.c_void_p * 9)]


class Library:
    """A compiled model, called through its C interface."""

    def __init__(self, model, folder, build, threads, measure):
        command = [build / "bin" / "syncnasc", model, "-o", folder, "--name=bench", "--quiet",
                   f"--threads={threads}"]
        if measure and threads > 1:
            command.append(f"--measure={measure}")
        subprocess.run(list(map(str, command)), check=True)
        self.folder = folder
        self.lib = ctypes.CDLL(str(folder / "lib" / "libbench.so"))
        options = (ctypes.c_char * 512)()
        self.lib.bench_options_init(ctypes.byref(options))
        Options.from_buffer(options).threads = threads
        self.context = ctypes.c_void_p()
        status = self.lib.bench_create(ctypes.byref(options), ctypes.byref(self.context))
        if status:
            sys.exit(f"create failed with status {status}")

    def bind(self, inputs, outputs):
        pointers = lambda arrays: (ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays))
        self.arrays = (inputs, outputs)
        self.inputs, self.outputs = pointers(inputs), pointers(outputs)

    def run(self):
        status = self.lib.bench_run_indexed(self.context, self.inputs, self.outputs)
        if status:
            sys.exit(f"run failed with status {status}")


def onnxruntime_session(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])


def timed(run, repeats):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def compare(model, threads, rounds, repeats, build, measure):
    """One row of the table."""
    session = onnxruntime_session(model, threads)
    rng = np.random.default_rng(0)
    inputs = [rng.uniform(-1, 1, [d if isinstance(d, int) else 1 for d in i.shape]).astype(np.float32)
              for i in session.get_inputs()]
    feed = {i.name: a for i, a in zip(session.get_inputs(), inputs)}
    expected = session.run(None, feed)
    with tempfile.TemporaryDirectory() as folder:
        library = Library(model, pathlib.Path(folder) / "lib", build, threads, measure)
        outputs = [np.zeros_like(e) for e in expected]
        library.bind(inputs, outputs)
        library.run()
        error = max(np.abs(o - e).max() / max(np.abs(e).max(), 1e-6) for o, e in zip(outputs, expected))
        if error > 1e-3:
            sys.exit(f"{model.name}: outputs differ by {error:.2g} of their range")
        theirs_run = lambda: session.run(None, feed)
        ours, theirs = [], []
        for _ in range(3):
            library.run(), theirs_run()
        for _ in range(rounds):
            ours.append(timed(library.run, repeats))
            theirs.append(timed(theirs_run, repeats))
            time.sleep(0.05)  # its workers spin a while after a run; not in our time
        report = subprocess.run(
            [str(build / "bin" / "syncnas-run"), str(library.folder), "--benchmark", "--json",
             f"--threads={threads}", "--rounds=20"], capture_output=True, text=True, check=True)
    report = json.loads(report.stdout)
    mine = statistics.median(ours)
    flops = report["gflops"] * report["latency_ms"]["median"] * 1e6
    return {
        "model": model.stem, "threads": threads, "ours_ms": 1e3 * mine,
        "onnxruntime_ms": 1e3 * statistics.median(theirs),
        "ratio": mine / statistics.median(theirs), "gflops": flops / mine * 1e-9,
        "share_of_peak": flops / mine * 1e-9 / report["fma_peak_gflops"], "error": float(error),
    }


def markdown(rows, rounds):
    lines = [f"onnxruntime {onnxruntime.__version__}, fp32, batch 1, medians of {rounds} interleaved rounds.", "",
             "| model | threads | ours ms | onnxruntime ms | ours / theirs | GFLOP/s | share of FMA peak | error |",
             "|---|---|---|---|---|---|---|---|"]
    for r in rows:
        lines.append(f"| {r['model']} | {r['threads']} | {r['ours_ms']:.3f} | {r['onnxruntime_ms']:.3f} | "
                     f"{r['ratio']:.2f} | {r['gflops']:.1f} | {100 * r['share_of_peak']:.0f} % | {r['error']:.1e} |")
    return "\n".join(lines) + "\n"


def svg(rows):
    """Bars of ours / theirs, one a row; the line at 1 is ONNX Runtime."""
    width, left, bar, top = 640, 230, 18, 40
    unit = (width - left - 60) / max(1.0, *(r["ratio"] for r in rows))
    height = top + bar * len(rows) + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             '<text x="10" y="20" font-size="14">Latency relative to ONNX Runtime (shorter is faster)</text>']
    for i, r in enumerate(rows):
        y = top + bar * i
        label = f"{r['model']}, {r['threads']} thread{'s' if r['threads'] > 1 else ''}"
        colour = "#2a6f97" if r["threads"] == 1 else "#61a5c2"
        parts += [f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{label}</text>',
                  f'<rect x="{left}" y="{y + 2}" width="{r["ratio"] * unit:.1f}" height="{bar - 5}" fill="{colour}"/>',
                  f'<text x="{left + r["ratio"] * unit + 5:.1f}" y="{y + 13}">{r["ratio"]:.2f}</text>']
    x = left + unit
    parts.append(f'<line x1="{x:.1f}" y1="{top - 8}" x2="{x:.1f}" y2="{height - 15}" stroke="#c1121f" stroke-dasharray="4 3"/></svg>')
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--repeats", type=int, default=5, help="runs of one side in a round")
    parser.add_argument("--measure", type=int, default=0,
                        help="plan branches by measuring so many plans, where there are several threads")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the table here too")
    parser.add_argument("--svg", type=pathlib.Path, help="write a picture of the ratios")
    args = parser.parse_args()
    rows = []
    for model in args.models:
        for threads in args.threads:
            rows.append(compare(model, threads, args.rounds, args.repeats, args.build, args.measure))
            print(json.dumps(rows[-1]), file=sys.stderr)
    table = markdown(rows, args.rounds)
    print(table, end="")
    if args.svg:
        args.svg.write_text(svg(rows))
    if args.markdown:
        command = "bench/compare.py " + " ".join(m.name for m in args.models) + " --threads " + " ".join(map(str, args.threads))
        args.markdown.write_text(f"Made by `{command}`.\n\n{table}")


if __name__ == "__main__":
    main()
