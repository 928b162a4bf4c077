#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sums the suites that tools/check ran: `N passed, M failed`, exit code 1 on a failure.

The folder holds `exit-codes`, one `<suite> <exit code>` a line, and each suite's
JUnit file `<suite>.xml`. What a suite says of itself is not believed alone: one that
left no results, or that ended with an exit code and no failed test (a crash, a
sanitizer's report), counts as one failure.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def outcomes(path):
    """(passed, skipped, names of the failed) of one JUnit file."""
    passed, skipped, failed = 0, 0, []
    for case in ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname', '')}.{case.get('name', '')}")
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, skipped, failed


def judge(path, code):
    """As outcomes(), with one more failure where file and exit code disagree."""
    try:
        passed, skipped, failed = outcomes(path)
    except (OSError, ElementTree.ParseError):
        return 0, 0, [f"{path.stem}: exit code {code} and no results"]
    if not failed and code:
        failed.append(f"{path.stem}: exit code {code} though no test failed")
    elif not failed and not passed + skipped:
        failed.append(f"{path.stem}: no tests")
    return passed, skipped, failed


def main():
    folder = pathlib.Path(sys.argv[1])
    passed, skipped, failed = 0, 0, []
    for line in (folder / "exit-codes").read_text().splitlines():
        suite, code = line.split()
        p, s, f = judge(folder / f"{suite}.xml", int(code))
        print(f"{suite}: {p} passed, {len(f)} failed, {s} skipped")
        passed, skipped, failed = passed + p, skipped + s, failed + f
    for name in failed:
        print(f"FAILED {name}")
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
