#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How well do training-free scores rank networks?

    bench/nas/correlate.py REWARDS.csv SCORES.csv [--nasbench201 CELLS.csv CELL_SCORES.csv]

REWARDS.csv (syncnas_trainer.table) has name, seed and accuracy or loss or both; SCORES.csv
(syncnas_trainer.table --scores, then syncnas_trainer.rank --table) has name and a column for each
score, larger is better, an empty field is the worst; `rank` is the other way round, and is computed
from the others where it is missing. Prints as Markdown Spearman's and Kendall's rank correlation
(tau-b) of each score with the rewards' mean over seeds, with 95 % percentile bootstrap intervals
over networks, and of one seed's rewards with another's: what noise leaves of a reward. Needs SciPy.
"""

import argparse
import csv
import itertools
import math
import sys
import warnings

import numpy as np
from scipy import stats

NOT_SCORES = ("name", "idx", "seed", "seconds")
KINDS = (("Spearman", lambda x, y: stats.spearmanr(x, y).statistic),
         ("Kendall", lambda x, y: stats.kendalltau(x, y).statistic))


def read(path, key, needed=()):
    """Rows of a CSV file as dicts. Raises ValueError, OSError."""
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="more", restval=None)
        missing = {key, *needed} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: no column {', '.join(sorted(missing))}")
        rows = list(reader)
    if any("more" in row or None in row.values() for row in rows):
        raise ValueError(f"{path}: a row of another length than the header's")
    return rows


def number(text, path, empty=math.nan):
    if not text.strip():
        return empty
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise ValueError(f"{path}: {text!r:.40} is no number")
    return value


def rewards(path, column):
    """{seed: {name: reward}}, larger is better: a loss changes its sign."""
    sign = -1 if column.endswith("loss") else 1
    found = {}
    for row in read(path, "name", ("seed", column)):
        of_seed = found.setdefault(row["seed"], {})
        if row["name"] in of_seed:
            raise ValueError(f"{path}: {row['name']} with seed {row['seed']} twice")
        value = number(row[column], path)
        if math.isfinite(value):
            of_seed[row["name"]] = sign * value
    return found


def mean_over_seeds(by_seed):
    """{name: mean} of the names that every seed has."""
    names = set.intersection(*(set(of_seed) for of_seed in by_seed.values())) if by_seed else ()
    return {name: float(np.mean([of_seed[name] for of_seed in by_seed.values()])) for name in names}


def scores(path, key):
    """{score: {name: ranks' equivalent}}: larger is better, the undefined is minus infinity."""
    rows = read(path, key)
    if len({row[key] for row in rows}) != len(rows):
        raise ValueError(f"{path}: a {key} twice")
    table = {}
    for column in rows[0] if rows else ():
        if column not in NOT_SCORES and column != "rank":
            table[column] = {row[key]: number(row[column], path, -math.inf) for row in rows}
    if not table:
        raise ValueError(f"{path}: no scores")
    if "rank" in rows[0]:
        table["rank"] = {row[key]: -number(row["rank"], path) for row in rows}
    else:
        ranks = np.mean([stats.rankdata([column[row[key]] for row in rows])
                         for column in table.values()], axis=0)
        table["rank"] = {row[key]: value for row, value in zip(rows, ranks)}
    return table


def correlation(x, y, statistic, resamples):
    """(value, low, high), NaN where not defined: fewer than three pairs, or all of one value."""
    x, y = stats.rankdata(x), stats.rankdata(y)  # no infinities, which sums would meet
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan, math.nan, math.nan
    rng = np.random.default_rng(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # resamples of one value only
        drawn = [statistic(x[at], y[at]) for at in rng.integers(len(x), size=(resamples, len(x)))]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(statistic(x, y)), float(low), float(high)


def cells(x, y, resamples):
    """Two fields of a Markdown row, one of each kind."""
    for _, statistic in KINDS:
        value, low, high = correlation(x, y, statistic, resamples)
        yield "not defined" if math.isnan(value) else f"{value:.3f} ({low:.3f} to {high:.3f})"


def print_table(first, rows, resamples):
    """`rows` of (name, x, y)."""
    print(f"| {first} | " + " | ".join(f"{name} (95 %)" for name, _ in KINDS) + " |\n|---|---|---|")
    for name, x, y in rows:
        print(f"| {name} | " + " | ".join(cells(x, y, resamples)) + " |")
    print()


def against(truth, table):
    """Rows of each score with the names in both."""
    for score, values in table.items():
        names = sorted(set(truth) & set(values))
        yield score, [values[name] for name in names], [truth[name] for name in names]


def undefined(truth, table):
    counts = {score: sum(values[name] == -math.inf for name in set(truth) & set(values))
              for score, values in table.items()}
    return "".join(f" {score} is not defined for {count}." for score, count in counts.items() if count)


def report_rewards(args):
    header = read(args.rewards, "name", ("seed",))
    columns = [column for column in ("accuracy", "loss") if header and column in header[0]]
    if not columns:
        raise ValueError(f"{args.rewards}: no rows, or no column accuracy or loss")
    table = scores(args.scores, "name")
    for column in columns:
        by_seed = rewards(args.rewards, column)
        truth = mean_over_seeds(by_seed)
        both = set(truth) & set(table["rank"])
        print(f"## Rewards: {'minus the loss' if column == 'loss' else 'accuracy'}\n")
        print(f"{len(both)} networks that have a reward of each of {len(by_seed)} seed"
              f"{'s' * (len(by_seed) > 1)} and scores.{undefined(truth, table)}\n")
        print_table("score", against({name: truth[name] for name in both}, table), args.resamples)
        if len(by_seed) < 2:
            print("One seed only: how far its noise lowers these is not known.\n")
            continue
        pairs = []
        for a, b in itertools.combinations(sorted(by_seed), 2):
            names = sorted(set(by_seed[a]) & set(by_seed[b]))
            pairs.append((f"{a}, {b}", [by_seed[a][name] for name in names],
                          [by_seed[b][name] for name in names]))
        print("Rewards of one seed with another's, which is what noise leaves:\n")
        print_table("seeds", pairs, args.resamples)


def report_nasbench201(args):
    cells_path, scores_path = args.nasbench201
    column = args.nasbench201_column
    rows = read(cells_path, "idx", (column,))
    truth = {row["idx"]: number(row[column], cells_path) for row in rows}
    table = scores(scores_path, "idx")
    both = set(truth) & set(table["rank"])
    truth = {name: truth[name] for name in both if math.isfinite(truth[name])}
    print(f"## NAS-Bench-201: {column}\n\nA random sample of {len(truth)} of {len(rows)} cells."
          f"{undefined(truth, table)}\n")
    print_table("score", against(truth, table), args.resamples)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rewards")
    parser.add_argument("scores")
    parser.add_argument("--nasbench201", nargs=2, metavar=("CELLS", "CELL_SCORES"),
                        help="accuracies (columns idx and the next option's) and syncnas_trainer.nasbench201's table")
    parser.add_argument("--nasbench201-column", default="c10_test200", help="accuracy of training 200 epochs")
    parser.add_argument("--resamples", type=int, default=1000, help="of the bootstrap")
    args = parser.parse_args(argv)
    if args.resamples < 1:
        parser.error("--resamples is 1 or more")
    try:
        report_rewards(args)
        if args.nasbench201:
            report_nasbench201(args)
    except (OSError, ValueError) as error:
        print(f"correlate.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
