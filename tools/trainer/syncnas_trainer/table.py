# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes a table of rewards or scores of many candidates, over as many sittings as it takes.

    python3 -m syncnas_trainer.table CANDIDATES.jsonl TABLE.csv --seeds 1,2 [options of evaluate]
    python3 -m syncnas_trainer.table CANDIDATES.jsonl TABLE.csv --scores naswot,zen [options]

CANDIDATES.jsonl is what `syncnasc --nas --emit=candidates` prints. TABLE.csv has a line for each
candidate and seed: of a training name, seed, score and details; with --scores, name, seed, each
training-free score (empty where it is not defined) and seconds. Images are read once. A line that
is there is not made again, a last one that a kill cut short is. Seeds that are trained --together are
made again together, so that each line is what it would have been. Several processes may make parts of
one table, each its own file and seeds. Candidates that are invalid have no line.
"""

import argparse
import csv
import io
import json
import math
import os
import pathlib
import sys
import time

from . import configuration, evaluate, images, network, process, scores

DETAILS = ("score", "accuracy", "loss", "train_loss", "params", "macs", "seconds")


class TableError(ValueError):
    """The file cannot be gone on with; the message says why."""


class Table:
    """A CSV file that grows by whole lines, its key the first `keys` columns."""

    def __init__(self, path, header, keys):
        """Cuts a last line that a kill tore off. Raises TableError if the file is another table's."""
        self.path, self.header = pathlib.Path(path), tuple(header)
        text = self.path.read_bytes() if self.path.exists() else b""
        whole = text.rfind(b"\n") + 1
        if whole < len(text):
            os.truncate(self.path, whole)
        try:
            rows = list(csv.reader(io.StringIO(text[:whole].decode("utf-8"), newline="")))
        except (UnicodeDecodeError, csv.Error) as error:
            raise TableError(f"{path}: {error}") from None
        if rows and tuple(rows[0]) != self.header:
            raise TableError(f"{path}: its columns are {','.join(rows[0])[:200]}, not {','.join(header)}")
        if any(len(row) != len(header) for row in rows):
            raise TableError(f"{path}: rows of other lengths than the header's")
        self.known = {tuple(row[:keys]) for row in rows[1:]}
        if not rows:
            self.append(header)

    def append(self, row):
        """Adds one line, at once; floats to six digits."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(
            [f"{value:.6g}" if isinstance(value, float) else value for value in row])
        with open(self.path, "ab") as file:
            file.write(line.getvalue().encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())


def read_candidates(path):
    """({name: configuration.Network} of a file's valid candidates, messages about the others)."""
    found, wrong = {}, []
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                candidate = json.loads(line)
                if not isinstance(candidate, dict) or "network" not in candidate:
                    reason = candidate.get("error") if isinstance(candidate, dict) else None
                    raise ValueError(str(reason or "no network"))
                name = candidate.get("name")
                if not isinstance(name, str) or not name.isprintable() or name in found:
                    raise ValueError("its name is missing, not printable or another's")
                found[name] = configuration.parse(candidate["network"])
            except (ValueError, RecursionError) as error:
                wrong.append(f"{path}:{number}: {error}"[:300])
    return found, wrong


def rewards(evaluator, net, seeds):
    """[the fields of DETAILS] for each of `seeds`, None for one that diverged. Raises evaluate.FAILURES."""
    start = time.monotonic()
    found = evaluator.train(net, seeds)
    fixed = {"macs": network.macs(net), "seconds": round((time.monotonic() - start) / len(seeds), 3)}
    return [[score] + [{**fixed, **details}.get(key, "") for key in DETAILS[1:]]
            if math.isfinite(score) else None for score, details in found]


def score_row(names, once):
    """[value or "" ...] + [seconds] of scores `names`, each by once(name) -> float; messages."""
    start, row, wrong = time.monotonic(), [], []
    for name in names:
        try:
            value = once(name)
            if not math.isfinite(value):
                raise ArithmeticError(f"the score is {value}")
            row.append(value)
        except evaluate.FAILURES as error:
            row.append("")
            wrong.append(f"{name}: {error}"[:300])
    return row + [round(time.monotonic() - start, 3)], wrong


def fill(table, todo, make):
    """Appends to `table` for each of `todo`, (name, network, seeds), what make(network, seeds) gives.

    make returns (fields or None of each seed, messages); whatever goes wrong is told on standard error.
    """
    start = time.monotonic()
    for done, (name, net, seeds) in enumerate(todo, 1):
        try:
            rows, wrong = make(net, seeds)
            for seed, row in zip(seeds, rows):
                if row is not None and (str(name), str(seed)) not in table.known:
                    table.append([name, seed] + row)
        except evaluate.FAILURES as error:
            wrong = [str(error)[:300]]
        for message in wrong:
            print(f"{name}, seeds {seeds}: {message}", file=sys.stderr)
        if done % 50 == 0 or done == len(todo):
            left = (time.monotonic() - start) / done * (len(todo) - done)
            print(f"{done} of {len(todo)}, {left / 60:.0f} min left", file=sys.stderr, flush=True)


def seed_list(text):
    seeds = [int(seed) for seed in text.split(",")]
    if not all(0 <= seed < 1 << 62 for seed in seeds):
        raise ValueError
    return sorted(set(seeds), key=seeds.index)


def score_list(text):
    names = text.split(",")
    if not set(names) <= set(scores.NAMES) or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError(f"{text!r:.80} is not a list of {', '.join(scores.NAMES)}")
    return names


def arguments(argv=None):
    parser = argparse.ArgumentParser(prog="syncnas_trainer.table", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candidates", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--seeds", default=[1], type=seed_list,
                        help="comma-separated; all candidates of one first")
    parser.add_argument("--scores", type=score_list,
                        help="training-free scores, comma-separated; a training without")
    evaluate.add_arguments(parser)
    options = parser.parse_args(argv)
    evaluate.check(parser, options, options.scores or ("train",))
    return options


def main(argv=None):
    options = arguments(argv)
    process.settle(options.threads)
    try:
        candidates, wrong = read_candidates(options.candidates)
        columns = (*options.scores, "seconds") if options.scores else DETAILS
        table = Table(options.table, ("name", "seed") + columns, 2)
        pixels = evaluate.read_images(options)
    except (OSError, images.DataError, TableError) as error:
        print(f"syncnas_trainer.table: {error}", file=sys.stderr)
        return 1
    for message in wrong:
        print(message, file=sys.stderr)
    evaluator = evaluate.Evaluator(options, pixels)

    def make(net, seeds):
        if not options.scores:
            rows = rewards(evaluator, net, seeds)
            return rows, ["the loss is no number any more"] if None in rows else []
        row, wrong = score_row(options.scores,
                               lambda name: evaluator.without_training(net, seeds[0], name)[0])
        return [row], wrong

    together = 1 if options.scores else options.together
    fill(table, [(name, net, seeds) for seeds in evaluate.groups(options.seeds, together)
                 for name, net in candidates.items()
                 if any((name, str(seed)) not in table.known for seed in seeds)], make)
    return 0


if __name__ == "__main__":
    sys.exit(main())
