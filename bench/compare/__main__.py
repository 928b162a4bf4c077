# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""bench/run: compiled libraries against inference engines of PyPI, in one interleaved run.

All sides get the same input, number of threads and precision (fp32). Each has a process of its own,
is called in the way that suits it (compare/sides), and must give onnxruntime's output. Only the
inference is timed, with the input in its place. A peer that does not convert, run or agree is shown
so with its reason, and the run goes on. Exit code 1: a library of ours failed; 2: the arguments.
"""

import argparse
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parse(arguments):
    from compare.sides import PEERS
    words = argparse.ArgumentParser(prog="bench/run", description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("models", nargs="+", metavar="MODEL", help="an ONNX file, or the name of a network of bench/zoo")
    words.add_argument("--threads", nargs="+", type=int, default=[1])
    words.add_argument("--rounds", type=int, default=21)
    words.add_argument("--peers", default=",".join(PEERS), help="comma-separated (default: %(default)s)")
    words.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="build folder with bin/syncnasc")
    words.add_argument("--measure", type=int, default=0, metavar="N",
                       help="plan branches by measuring N plans, where there are several threads")
    words.add_argument("--tune", type=int, metavar="SECONDS", help="passed on to syncnasc")
    words.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the tables here too")
    words.add_argument("--svg", type=pathlib.Path, metavar="FILE", help="write a picture of the ratios")
    words.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all numbers, each round's too")
    args = words.parse_args(arguments)
    args.peers = [p for p in args.peers.split(",") if p]
    unknown = [p for p in args.peers if p not in PEERS]
    if unknown:
        words.error(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    if min(args.threads) < 1 or args.rounds < 1:
        words.error("--threads and --rounds are 1 or more")
    if not (args.build / "bin" / "syncnasc").exists():
        words.error(f"no bin/syncnasc in {args.build}: build first, or --build DIR")
    return args


def run(args, folder):
    from compare import measure, models
    from compare.sides import OURS
    options = {"build": str(args.build.resolve()), "measure": args.measure, "tune": args.tune}
    rows = []
    for i, argument in enumerate(args.models):
        model = measure.Model(models.find(argument, folder), folder / f"model{i}")
        for threads in args.threads:
            rows.append(measure.compare(model, threads, [OURS, *args.peers], args.rounds, options))
            row = rows[-1]
            print(f"{row['model']}, {threads} threads: " +
                  ", ".join(f"{n} {s['ms']:.3f} ms" if "ms" in s else f"{n} failed" for n, s in row["sides"].items()),
                  file=sys.stderr, flush=True)
            write(args, rows)  # after each, so that a run cut short leaves what it had
    return rows


def write(args, rows):
    """Writes the files asked for; returns the report."""
    from compare import machine, plot, table
    target = next((r["target"] for r in rows if "target" in r), "")
    about = {"machine": machine.describe(target), "versions": machine.versions(rows, args.build),
             "command": machine.command(sys.argv[1:])}
    report = table.markdown(rows, about)
    if args.markdown:
        args.markdown.write_text(report)
    if args.svg:
        args.svg.write_text(plot.svg(rows))
    if args.json:
        args.json.write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n")
    return report


def main():
    from compare.sides import OURS
    from compare.worker import SideError
    args = parse(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        try:
            rows = run(args, pathlib.Path(folder))
        except (ValueError, SideError) as error:
            print(f"bench/run: {error}", file=sys.stderr)
            sys.exit(2)
    print(write(args, rows), end="")
    sys.exit(any("failed" in r["sides"][OURS] for r in rows))


if __name__ == "__main__":
    main()
