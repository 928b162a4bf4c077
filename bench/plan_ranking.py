#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Does the cost model rank plans as the machine does?

Measures the kernels of some random plans (syncnas-profile), then compiles other random plans,
predicts and runs them, and prints Spearman's rank correlation (SRCC) as Markdown.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def compile_plan(args, seed, out, device):
    flags = ["--device", device] if device.exists() else []
    run(args.build / "bin/syncnasc", args.model, "-o", out, "--force", "--quiet", "--name=net", "--branches=always",
        f"--devices={args.devices}", "--search=random", "--search-budget=1", f"--seed={seed}", *flags)
    return json.loads((out / "share/net/manifest.json").read_text())["plan"]


def measure(args, out):
    """The median of a benchmark, in microseconds."""
    text = run(args.build / "bin/syncnas-run", out, "--benchmark", "--json", f"--rounds={args.rounds}")
    return json.loads(text)["latency_ms"]["median"] * 1000


def ranks(values):
    """Ranks from 1; ties share their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0.0] * len(values)
    i = 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in order[i:j + 1]:
            result[k] = (i + j) / 2 + 1
        i = j + 1
    return result


def spearman(a, b):
    ra, rb = ranks(a), ranks(b)
    ma, mb = statistics.mean(ra), statistics.mean(rb)
    top = sum((x - ma) * (y - mb) for x, y in zip(ra, rb))
    return top / (sum((x - ma) ** 2 for x in ra) * sum((y - mb) ** 2 for y in rb)) ** 0.5


def rank(args, folder):
    device = folder / "device.json"
    for seed in range(args.train):
        compile_plan(args, 100000 + seed, folder / "train", device)
        run(args.build / "bin/syncnas-profile", folder / "train", "-o", device, "--rounds", 30, "--sync", "--json")
    predicted, plans = [], []
    for seed in range(args.plans):
        out = folder / f"plan{seed}"
        predicted.append(compile_plan(args, seed, out, device)["predicted_us"])
        plans.append(out)
    # All plans in turn, several times, so that a slow moment hits all alike.
    times = [[] for _ in plans]
    for _ in range(args.turns):
        for out, list_ in zip(plans, times):
            list_.append(measure(args, out))
    return predicted, [statistics.median(t) for t in times]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--devices", default="cpu:1,cpu:1")
    parser.add_argument("--plans", type=int, default=200)
    parser.add_argument("--train", type=int, default=20, help="plans whose kernels are measured first")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--turns", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        predicted, measured = rank(args, pathlib.Path(folder))
    error = [p / m - 1 for p, m in zip(predicted, measured)]
    print(f"| {args.model.stem} | {args.devices} | {args.plans} | {min(measured):.0f} to {max(measured):.0f} us "
          f"| {100 * statistics.median(error):+.1f} % | {100 * statistics.median(map(abs, error)):.1f} % "
          f"| {spearman(predicted, measured):.3f} |")


if __name__ == "__main__":
    main()
