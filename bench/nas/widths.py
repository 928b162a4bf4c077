# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sets our branch widths beside those that SyncNAS published, as markdown.

    python3 bench/nas/widths.py SYNCNAS/model_configs > bench/results/nas_widths.md

SYNCNAS/model_configs has the three base networks and the three searched ones (MIT licence,
https://github.com/beomwookang/SyncNAS). Ours: `syncnasc --nas` with the same strategy, for a
description of the published board that is put together from data sheets, bench/nas/rk3399.json.
"""

import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEVICE = ROOT / "bench/nas/rk3399.json"
OPTIONS = ["--nas", "--emit=candidates", "--target=aarch64-linux", "--devices=gpu,cpu:2",
           f"--device={DEVICE}"]
BASES = ("mobilenet_v2", "mnasnet_b1", "fbnet_c")


def ours(compiler, base, strategy):
    """The candidate of a strategy, {"network", "latency_us"}."""
    lines = subprocess.run([compiler, base, *OPTIONS], check=True, capture_output=True, text=True)
    for line in lines.stdout.splitlines():
        candidate = json.loads(line)
        if candidate["name"] == strategy:
            return candidate
    raise SystemExit(f"{base}: no strategy {strategy}")


def expanded(blocks):
    return " ".join(str(block[4]) for block in blocks)


def share(blocks, base):
    """Expanded channels of a branch as a share of the base's."""
    return sum(b[4] for b in blocks) / sum(b[4] for b in base)


def section(compiler, folder, name):
    base = json.loads((folder / f"{name}.json").read_text())
    published = json.loads((folder / f"syncnas_{name}_100.json").read_text())
    candidate = ours(compiler, folder / f"{name}.json", published["name"])
    if "network" not in candidate:
        return f"## {name}, {published['name']}\n\nNo room in our budget.\n"
    network = candidate["network"]
    rows = [f"## {name}, {published['name']}", "",
            "| stage | sync | base | published: branch 0 | 1 | ours: 0, the GPU | 1, the CPU |", "|---|---|---|---|---|---|---|"]
    stages = [key for key in base if key.isdigit()]
    for stage in stages:
        cells = [expanded(net[stage][branch]) for net in (published, network) for branch in "01"]
        rows.append(f"| {stage} | {published['sync'][int(stage)]} | {expanded(base[stage])} | "
                    + " | ".join(cells) + " |")
    cells = []
    for net in (published, network):
        for branch in "01":
            every = [block for stage in stages for block in net[stage][branch]]
            cells.append(f"{share(every, [b for s in stages for b in base[s]]):.2f}")
    return "\n".join(rows + [f"| all, of the base's | | 1 | {' | '.join(cells)} |", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--compiler", default=str(ROOT / "build/bin/syncnasc"))
    options = parser.parse_args()
    print("Made by `python3 bench/nas/widths.py SYNCNAS/model_configs`.\n\n"
          "Expanded channels of each block. The published networks were searched on a board with a CPU and a GPU whose\n"
          "measured latencies are not published; ours are predicted from a description put together from data sheets\n"
          "(bench/nas/rk3399.json: two Cortex-A72, a Mali-T860), for the budget of the base network on its best single unit.\n"
          "So it is the pattern that can be compared, not the numbers.\n")
    print("\n".join(section(options.compiler, options.folder, name) for name in BASES), end="")


if __name__ == "__main__":
    main()
