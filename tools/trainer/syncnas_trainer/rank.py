# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Average rank over several scores: `python3 -m syncnas_trainer.rank TABLE.csv [--columns a,b]`.

The table has a header, a first column of names and scores in the others, larger is better; an empty
field is the worst. Prints names with their average rank, best first; rank 1 is the best.
"""

import argparse
import csv
import math
import sys


def ranks(values):
    """Rank of each value, 1 for the largest; equal values share the mean of their ranks."""
    if any(math.isnan(value) for value in values):
        raise ValueError("a score is not a number")
    order = sorted(range(len(values)), key=lambda i: -values[i])
    result = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for i in order[start:end]:
            result[i] = (start + 1 + end) / 2
        start = end
    return result


def rank_average(table):
    """Mean rank of each candidate; `table` maps a score's name to the list of its values."""
    columns = [ranks(values) for values in table.values()]
    if not columns or len({len(column) for column in columns}) != 1:
        raise ValueError("a table of one or more scores, each with as many values")
    return [sum(row) / len(row) for row in zip(*columns)]


def read(path, columns=None):
    """(names, table for rank_average) of a CSV file. Raises ValueError, OSError."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    if len(rows) < 2:
        raise ValueError(f"{path}: no rows")
    header, rows = rows[0], rows[1:]
    if any(len(row) != len(header) for row in rows):
        raise ValueError(f"{path}: rows of other lengths than the header's")
    wanted = columns or header[1:]
    missing = [name for name in wanted if name not in header[1:]]
    if missing or not wanted:
        raise ValueError(f"{path}: no column {', '.join(missing) or 'of scores'}")
    table = {name: [_field(row[header.index(name)], path) for row in rows] for name in wanted}
    return [row[0] for row in rows], table


def _field(text, path):
    try:
        return float(text) if text.strip() else -math.inf
    except ValueError:
        raise ValueError(f"{path}: {text!r:.40} is no number") from None


def main(argv=None):
    parser = argparse.ArgumentParser(prog="syncnas_trainer.rank", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("--columns", help="scores to use, with commas; all by default")
    options = parser.parse_args(argv)
    try:
        names, table = read(options.table, options.columns and options.columns.split(","))
        average = rank_average(table)
    except (ValueError, OSError) as error:
        print(f"syncnas_trainer.rank: {error}", file=sys.stderr)
        return 1
    for rank, name in sorted(zip(average, names)):
        print(f"{rank:.3f},{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
