# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Searches two networks, trains them and their base in full, compiles all, and sets them side by side.

    PYTHONPATH=tools/trainer python3 bench/nas/trained.py FOLDER --data cifar10.tar > bench/results/nas_trained.md

The base is bench/nas/cifar_wide.json, the device two cores of the machine at hand with SSE4.1
(bench/nas/sse41_pair.json): so slow that a network small enough to be trained here is worth splitting.
Its numbers are syncnas-profile's, but for the peak, which that gives for the machine's widest vectors.
The budget is what the base takes on its best single unit, a core; searches aim lower, by what their
predictions miss. At half the budget the base is narrowed. FOLDER keeps all steps: killed and started
again, it goes on.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = ROOT / "bench/nas/cifar_wide.json"
UNITS = ["--target=x86-64-sse41", "--devices=cpu:1,cpu:1"]
# Of what is searched: its title, and the share of the base's predicted latency on one core with which the
# measured one is within the budget.
SEARCHED = {"searched": ("searched", 0.84), "searched_half": ("searched, half the budget", 0.43)}
NARROWED = 0.42  # of the base's expanded channels
SHORT = ("--score train --repeats 2 --together 2 --images 6400 --epochs 1 --batch 64 --lr 0.1 --constant "
         "--warmup 0 --ema 0.98 --validation 4000")
FULL = ["--batch", "128", "--lr", "0.1", "--warmup", "0.1", "--pad", "1", "--accuracy", "--threads", "1"]


def run(*command, **more):
    return subprocess.run([str(part) for part in command], check=True, text=True, **more)


def narrowed(base):
    net = {**base, "name": base["name"] + "_narrowed"}
    for stage in filter(str.isdigit, base):
        net[stage] = [[*block[:4], max(4, int(block[4] * NARROWED) // 4 * 4), block[5]] for block in base[stage]]
    return net


def searched(options, scale):
    """The configuration that a search within `scale` of the base's latency finds."""
    out = options.folder / f"found_{scale}"
    if not out.exists():
        evaluator = f"{sys.executable} -m syncnas_trainer.evaluate {SHORT} --data {options.data}"
        run(options.bin / "syncnasc", BASE, "--nas", *UNITS, f"--device={ROOT / 'bench/nas/sse41_pair.json'}",
            f"--budget-scale={scale}", f"--search-budget={options.samples}", "--uct=surrogate",
            "--evaluator", evaluator, "-o", out)
    return json.loads((out / "network.json").read_text())


def trained(options, name, net, seed):
    """({params, macs}, top-1 accuracy) of a network trained with a seed; its ONNX file is kept."""
    stem = options.folder / f"{name}_{seed}"
    log = stem.with_suffix(".log")
    if "top1" not in (log.read_text() if log.exists() else ""):
        stem.with_suffix(".json").write_text(json.dumps(net))
        with open(log, "w") as told:
            run(sys.executable, "-m", "syncnas_trainer.train", stem.with_suffix(".json"), "--data", options.data,
                "-o", stem.with_suffix(".onnx"), "--epochs", options.epochs, "--seed", seed, *FULL, stdout=told)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return lines[0], next(line["top1"] for line in lines if line.get("part") == "test")


def compiled(options, name, *how):
    """The library of a network's first training."""
    out = options.folder / f"lib_{name}_{how[0].strip('-').split('=')[0]}{how[0][-1]}"
    if not out.exists():
        run(options.bin / "syncnasc", options.folder / f"{name}_{options.seeds[0]}.onnx", UNITS[0], *how,
            "-o", out, stdout=subprocess.DEVNULL)
    return out


def latencies(options, libraries):
    """Median of the medians of rounds that take turns, in microseconds."""
    found = {key: [] for key in libraries}
    for _ in range(options.rounds):
        for key, library in libraries.items():
            told = run(options.bin / "syncnas-run", library, "--benchmark", "--rounds=3000", "--json",
                       stdout=subprocess.PIPE).stdout
            found[key].append(json.loads(told)["latency_ms"]["median"] * 1e3)
    return {key: statistics.median(values) for key, values in found.items()}


def table(options, networks):
    libraries, facts = {}, {}
    for name, (_, net) in networks.items():
        facts[name] = [trained(options, name, net, seed) for seed in options.seeds]
        if "sync" in net:
            libraries[name, "both cores"] = compiled(options, name, *UNITS[1:])
        else:
            libraries[name, "one core"] = compiled(options, name, "--threads=1")
            libraries[name, "both cores"] = compiled(options, name, "--threads=2")
    measured = latencies(options, libraries)
    rows = ["| network | strategy | parameters | MACs | top-1 of each seed | mean | latency on one core | on both |",
            "|---|---|---|---|---|---|---|---|"]
    for name, (title, net) in networks.items():
        cost, tops = facts[name][0][0], [top for _, top in facts[name]]
        one = f"{measured[name, 'one core']:.1f} us" if (name, "one core") in measured else ""
        both = measured[name, "both cores"]
        rows.append(f"| {title} | {net['name'] if 'sync' in net else ''} | {cost['params']:,} | {cost['macs']:,} | "
                    + ", ".join(f"{100 * top:.2f}" for top in tops)
                    + f" | {100 * statistics.mean(tops):.2f} % | {one} | {both:.1f} us |")
    return rows


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("folder", type=pathlib.Path)
    add("--data", required=True, type=os.path.abspath, help="as the trainer's")
    add("--bin", type=pathlib.Path, default=ROOT / "build/bin")
    add("--seeds", default=[1, 2, 3], type=lambda text: [int(seed) for seed in text.split(",")])
    add("--epochs", type=int, default=12)
    add("--samples", type=int, default=16, help="of each search")
    add("--rounds", type=int, default=9, help="of 3,000 timed runs of each library")
    return parser.parse_args()


def main():
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    base = json.loads(BASE.read_text())
    found = {name: (title, searched(options, scale)) for name, (title, scale) in SEARCHED.items()}
    networks = {"base": ("base", base), "searched": found["searched"],
                "narrowed": ("base, narrowed", narrowed(base)), "searched_half": found["searched_half"]}
    print("\n".join(table(options, networks)))


if __name__ == "__main__":
    main()
