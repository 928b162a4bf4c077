# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""On what and with what a comparison was made, in words."""

import os
import pathlib
import platform
import shlex
import subprocess

from compare.sides import OURS


def cpu_model(cpuinfo):
    """The processor's name in the text of /proc/cpuinfo; the architecture where it has none."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return " ".join(value.split())
    return platform.machine()


def describe(target):
    name = cpu_model(pathlib.Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kind = f", {target}" if target else ""
    return f"{name}{kind}, {len(os.sched_getaffinity(0))} processors, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def versions(rows, build):
    """`name version` of each side that ran, ours by its compiler."""
    found = {n: s["version"] for r in rows for n, s in r["sides"].items() if s.get("version")}
    told = subprocess.run([str(build / "bin" / "syncnasc"), "--version"], capture_output=True, text=True).stdout
    words = [line.strip() for line in told.splitlines() if OURS in line]
    return ", ".join([words[0] if words else OURS, *(f"{n} {v}" for n, v in found.items() if n != OURS)])


PLACES = ("--build", "--markdown", "--svg", "--json")


def command(arguments):
    """The command line without folders, and without the options that only say where things are."""
    words, skip = ["bench/run"], False
    for argument in arguments:
        if not skip and not argument.startswith(tuple(f"{p}=" for p in PLACES)) and argument not in PLACES:
            words.append(pathlib.Path(argument).name if "/" in argument else argument)
        skip = argument in PLACES
    return shlex.join(words)
