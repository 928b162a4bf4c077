#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rules of CONTRIBUTING.md that a program can see. Prints each break, exits 1."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = {".cpp", ".h", ".c", ".td", ".py"}
MOST_LINES = 500
SPDX = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"

# Folder -> folders whose headers it must not include.
FORBIDDEN = {
    "runtime": "mlir llvm onnx Halide ir frontend passes codegen search tools",
    "ir": "frontend passes codegen search tools runtime",
    "search": "frontend nas passes codegen tools runtime",
    "nas": "frontend passes codegen tools runtime",
    "frontend": "passes codegen search tools runtime",
    "passes": "frontend codegen tools runtime",
}


def tracked():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [pathlib.Path(n) for n in names.stdout.splitlines()]


def breaks(path):
    text = (ROOT / path).read_text(errors="replace")
    lines = text.splitlines()
    if SPDX not in "\n".join(lines[:3]):
        yield "no SPDX line on top"
    if len(lines) > MOST_LINES and path.parts[0] != "test":
        yield f"{len(lines)} lines, at most {MOST_LINES}: split it by what each part does"
    for folder in FORBIDDEN.get(path.parts[0], "").split():
        if re.search(rf'#include [<"]{folder}[/.]', text):
            yield f"{path.parts[0]}/ must not include {folder}/"


def unsorted_lists():
    for name in ("tools/packages-debian.txt", "tools/requirements.txt"):
        for block in (ROOT / name).read_text().split("\n\n"):
            entries = [l for l in block.splitlines() if l and l[0] != "#"]
            if entries != sorted(entries):
                yield f"{name}: not sorted"


def main():
    found = [f"{p}: {b}" for p in tracked() if p.suffix in CODE and (ROOT / p).exists() for b in breaks(p)]
    found += unsorted_lists()
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
