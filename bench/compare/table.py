# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rows of measure.compare() as Markdown."""

from compare import stats
from compare.sides import OURS

STAGES = {"convert": "does not convert", "run": "does not run", "agree": "wrong output"}


def table(head, lines):
    """A Markdown table; nothing of no lines."""
    if not lines:
        return []
    form = lambda cells: "| " + " | ".join(str(c) for c in cells) + " |"
    return [form(head), "|" + "---|" * len(head), *(form(l) for l in lines), ""]


def ms(value):
    """Milliseconds; short times keep three digits."""
    return f"{value:.3f}" if value >= 1 else f"{value:.3g}"


def peers(rows):
    return list(dict.fromkeys(n for r in rows for n in r["sides"] if n != OURS))


def state(row, side):
    """The word for a side that failed, else None."""
    record = row["sides"].get(side)
    if record is None:
        return "-"
    return STAGES[record["stage"]] if "failed" in record else None


def ratio_cell(row, peer):
    return state(row, peer) or (f"{row['ratios'][peer]:.2f}" if peer in row["ratios"] else "-")


def latency_lines(rows, names):
    for r in rows:
        ours = state(r, OURS)
        best = stats.best_peer(r["ratios"])
        yield [r["model"], r["threads"], ours or ms(r["sides"][OURS]["ms"]), *(ratio_cell(r, n) for n in names),
               *((best[0], f"{best[1]:.2f}") if best else ("-", "-")),
               *((f"{r['gflops']:.1f}", f"{100 * r['share_of_peak']:.0f} %") if not ours else ("-", "-"))]


def library_lines(rows):
    for r in rows:
        if state(r, OURS):
            continue
        ours = r["sides"][OURS]
        yield [r["model"], r["threads"], f"{r['compile_s']:.1f}", f"{r['code_bytes'] / 2**10:.0f}",
               f"{r['weights_bytes'] / 2**20:.2f}",
               f"{r['activation_bytes'] / 2**20:.2f} ({r['activation_bound_bytes'] / 2**20:.2f})",
               f"{ours['peak_bytes'] / 2**20:.1f}", f"{ours['load_ms']:.1f}", f"{ours['first_ms']:.1f}"]


def side_lines(rows, names, form):
    """A line a row, a cell a side; form(record) -> text."""
    for r in rows:
        yield [r["model"], r["threads"],
               *(state(r, n) or form(r["sides"][n]) for n in (OURS, *names))]


def mean_lines(rows):
    for m in stats.means(rows):
        peer = "the best peer of each" if m["peer"] == "best" else m["peer"]
        yield [m["threads"], peer, m["models"], f"{m['ratio']:.2f}"]


def failure_lines(rows):
    """Each reason once, with the thread counts it was seen at."""
    seen = {}
    for r in rows:
        for name, record in r["sides"].items():
            if "failed" in record:
                key = (r["model"], name, STAGES[record["stage"]], record["failed"])
                seen.setdefault(key, []).append(str(r["threads"]))
    for (model, name, what, why), threads in seen.items():
        yield f"* {model}, {name} ({', '.join(threads)} threads) {what}: {why}"


def markdown(rows, about):
    """The whole report. about: {"machine", "versions", "command"}, each one line of text."""
    names = peers(rows)
    rounds = ", ".join(str(n) for n in sorted({r["rounds"] for r in rows}))
    lines = [f"Made by `{about['command']}`.", "", f"* Machine: {about['machine']}.",
             f"* Versions: {about['versions']}.",
             f"* fp32, batch 1, {rounds} interleaved rounds; each side in a process of its own, stopped while others run.",
             "* A ratio is the median over rounds of our time / theirs: below 1 we are faster.", ""]
    lines += table(["model", "threads", "ours ms", *(f"/ {n}" for n in names), "best peer", "ours / best", "GFLOP/s",
                    "share of FMA peak"], list(latency_lines(rows, names)))
    means = table(["threads", "peer", "models", "ours / theirs"], list(mean_lines(rows)))
    lines += ["Geometric means:", "", *means] if means else []
    reasons = list(failure_lines(rows))
    lines += ["What failed:", "", *reasons, ""] if reasons else []
    lines += ["## The library", "",
              "Compiled with an empty cache. Peak memory: what loading and running add to the process.", ""]
    lines += table(["model", "threads", "compile s", "code KiB", "weights MiB", "activations MiB (lower bound)",
                    "peak memory MiB", "load ms", "first run ms"], list(library_lines(rows)))
    for title, form in (("Median latency, ms", lambda s: ms(s["ms"])),
                        ("Peak memory, MiB, loading and the engine's own code included",
                         lambda s: f"{s['peak_bytes'] / 2**20:.0f}"),
                        ("Load + first run, ms", lambda s: f"{s['load_ms']:.0f} + {s['first_ms']:.1f}")):
        lines += [f"## {title}", ""] + table(["model", "threads", OURS, *names], list(side_lines(rows, names, form)))
    return "\n".join(lines).rstrip() + "\n"
