# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Numbers from numbers: agreement, ratios, means. Nothing here measures."""

import math
import statistics

import numpy as np

TOLERANCE = 1e-3  # of the output's range; engines use Winograd and other orders of summation


def disagreement(actual, expected):
    """Why outputs are not those expected, or None; and the largest error relative to the range.

    Both are lists of arrays. Shapes may differ where an engine drops dimensions of size 1."""
    if len(actual) != len(expected):
        return f"{len(actual)} outputs, not {len(expected)}", math.inf
    worst = 0.0
    for a, e in zip(actual, expected):
        if [d for d in a.shape if d != 1] != [d for d in e.shape if d != 1]:
            return f"an output of shape {list(a.shape)}, not {list(e.shape)}", math.inf
        a, e = a.astype(np.float64).ravel(), e.astype(np.float64).ravel()
        if not np.isfinite(a).all():
            return "an output is not finite", math.inf
        if e.size:
            worst = max(worst, float(np.abs(a - e).max() / max(np.abs(e).max(), 1e-6)))
    return (f"outputs differ by {worst:.2g} of their range" if worst > TOLERANCE else None), worst


def paired_ratio(ours, theirs):
    """Median over rounds of ours / theirs: what drifts between rounds cancels."""
    if len(ours) != len(theirs) or not ours:
        raise ValueError("as many rounds of ours as of theirs, and one at least")
    return statistics.median(a / b for a, b in zip(ours, theirs))


def geometric_mean(values):
    """None of no values."""
    values = list(values)
    return math.exp(statistics.fmean(math.log(v) for v in values)) if values else None


def ratios(samples, ours):
    """{peer: ours / theirs} of {side: [seconds of each round]}."""
    return {name: paired_ratio(samples[ours], taken) for name, taken in samples.items() if name != ours}


def best_peer(peer_ratios):
    """(name, ratio) of the fastest peer, the one with the largest ours / theirs; None of none."""
    return max(peer_ratios.items(), key=lambda item: item[1]) if peer_ratios else None


def means(rows):
    """[{threads, peer, models, ratio}]: geometric means over models, by peer, then against the best
    of each model (peer "best"). A model counts where both sides ran."""
    result = []
    for threads in sorted({r["threads"] for r in rows}):
        mine = [r for r in rows if r["threads"] == threads]
        names = list(dict.fromkeys(p for r in mine for p in r["ratios"]))
        groups = {p: [r["ratios"][p] for r in mine if p in r["ratios"]] for p in names}
        groups["best"] = [max(r["ratios"].values()) for r in mine if r["ratios"]]
        result += [{"threads": threads, "peer": p, "models": len(v), "ratio": geometric_mean(v)}
                   for p, v in groups.items() if v]
    return result


def rotated(items, by):
    """The items from another first one, so that none always follows the same neighbour."""
    by %= len(items)
    return items[by:] + items[:by]
