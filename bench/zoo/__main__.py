# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes networks of the zoo: python -m zoo NAME [...] -o DIR, from bench/."""

import argparse
import pathlib
import sys

import onnx

from . import NAMES, build, counts, published


def file_name(name, size, width, batch_norm):
    """<name>[_w<width>][_<size>][_bn].onnx: what is not said is as in the paper."""
    return "".join([name, f"_w{width:g}" if width != 1 else "", f"_{size}" if size != 224 else "",
                    "_bn" if batch_norm else "", ".onnx"])


def print_table():
    """Costs of every network; parameters are those of the file with unfolded normalisations."""
    models = {name: build(name, batch_norm=True) for name in NAMES}
    print(published.table({n: (counts.macs(m), counts.parameters(m)) for n, m in models.items()}), end="")


def main():
    parser = argparse.ArgumentParser(prog="python -m zoo", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("."), metavar="DIR")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--table", action="store_true", help="print costs, beside published ones, as markdown")
    parser.add_argument("--all", action="store_true", help="write every network")
    parser.add_argument("--width", type=float, default=1.0, help="multiplies channels, 0.25 to 2")
    parser.add_argument("--size", type=int, default=224, help="edge of the input in pixels")
    parser.add_argument("--batch-norm", action="store_true", help="leave BatchNormalization unfolded")
    options = parser.parse_args()
    if options.list:
        print("\n".join(NAMES))
        return
    if options.table:
        print_table()
        return
    names = NAMES if options.all else options.names
    if not names:
        parser.error("no network named (--list prints them)")
    options.output.mkdir(parents=True, exist_ok=True)
    for name in names:
        how = (options.size, options.width, options.batch_norm)
        try:
            model = build(name, *how)
        except ValueError as error:
            sys.exit(f"zoo: {error}")
        path = options.output / file_name(name, *how)
        onnx.save(model, path)
        print(path)


if __name__ == "__main__":
    main()
