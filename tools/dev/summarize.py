#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sums the JUnit files of a folder: `N passed, M failed`, exit code 1 on a failure.

A program that died without a result counts as one failure: its file is missing
or empty, and `--expect` names it.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def outcomes(path):
    """(passed, failed, skipped, names of the failed) of one file."""
    passed, skipped, failed = 0, 0, []
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except ElementTree.ParseError:
        return 0, 0, [f"{path.name}: unreadable"]
    for case in cases:
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, skipped, failed if cases else [f"{path.name}: no tests"]


def main():
    passed, skipped, failed = 0, 0, []
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
        p, s, f = outcomes(path)
        print(f"{path.stem}: {p} passed, {len(f)} failed, {s} skipped")
        passed, skipped, failed = passed + p, skipped + s, failed + f
    for name in failed:
        print(f"FAILED {name}")
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
