# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An evaluator of `syncnasc --nas` whose score is a known function of the strategy.

fake_evaluator.py [--sleep seconds] [--fail name,name] [--log file]
"""

import argparse
import json
import os
import sys
import time
import zlib


def score(name):
    """Few syncs and concats are better; a hash makes it rugged, and the optimum unique."""
    kinds = name.rsplit("_", 1)[1]
    noise = zlib.crc32(name.encode()) / 2**32
    return 0.7 - 0.03 * len(kinds) + 0.01 * kinds.count("c") + 0.05 * noise


def wrong(request):
    """What a request must hold, or why it does not."""
    network, name = request["network"], request["name"]
    syncs = [(i, k) for i, k in enumerate(network["sync"]) if k != "n"]
    spelt = f"sync{len(syncs)}_{''.join(str(i) for i, _ in syncs)}_{''.join(k for _, k in syncs)}"
    if network["name"] != name or spelt != name:
        return f"{name} is {spelt}"
    if len(network["0"]) != 2 or not request["latency_us"] > 0 or request["seed"] != 1:
        return "not as asked for"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sleep", type=float, default=0)
    parser.add_argument("--fail", default="")
    parser.add_argument("--log")
    args = parser.parse_args()
    if args.log:
        with open(args.log, "a") as log:
            print(os.getpid(), file=log)
    for line in sys.stdin:
        request = json.loads(line)
        answer = {"id": request["id"], "name": request["name"]}
        time.sleep(args.sleep * (zlib.crc32(line.encode()) % 100) / 50)
        if "sync" not in request["network"]:  # the base
            answer["score"] = 0.25 if request["name"] == request["network"]["name"] else 9
        elif fault := wrong(request):
            answer["error"] = fault
        elif request["name"] in args.fail.split(","):
            sys.exit(3)
        else:
            answer["score"] = score(request["name"])
            answer["details"] = {"syncs": len(request["name"].rsplit("_", 1)[1])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
