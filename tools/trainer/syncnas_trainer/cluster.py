# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Evaluator program of a search that has its candidates scored on a Ray cluster.

Requests and answers are those of syncnas_trainer.evaluate, whose options come behind "--". A process
has one candidate on the cluster at a time: a search's --jobs says how many there are. The candidate
of a worker or a machine that dies is scored again elsewhere. Exit code 1: the cluster cannot be
reached, or a machine of it cannot read the images; another than 0: it has gone.
"""

import argparse
import json
import os
import sys
import threading

from . import cluster_worker, evaluate

PROGRAM = "syncnas_trainer.cluster"


class ClusterError(Exception):
    """The cluster cannot be used; the message is for people."""


def arguments(argv):
    """(options, evaluate's arguments), checked. Exits with code 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog=PROGRAM, usage="%(prog)s [options] -- OPTIONS OF evaluate",
                                     description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--address", default="auto",
                       help="HOST:PORT of the cluster's head, or auto: this machine's cluster")
    where.add_argument("--local", type=int, metavar="WORKERS",
                       help="a cluster of this machine that starts and ends with this process")
    parser.add_argument("--cpus", type=float, default=1, help="processors a candidate takes")
    parser.add_argument("--gpus", type=float, default=0, help="GPUs a candidate takes")
    parser.add_argument("--retries", type=int, default=3,
                        help="times more that a candidate is tried whose worker or machine has died")
    parser.add_argument("--connect-timeout", type=float, default=120, help="seconds; ends with code 1")
    at = argv.index("--") if "--" in argv else len(argv)
    options = parser.parse_args(argv[:at])
    no_workers = options.local is not None and options.local < 1
    if min(options.cpus, options.gpus, options.retries) < 0 or no_workers:
        parser.error("numbers of processors, GPUs and retries are 0 or more, of workers 1 or more")
    evaluate.arguments(argv[at + 1:])
    return options, tuple(argv[at + 1:])


def take_streams():
    """(requests, answers): binary streams of the process's input and output, which it alone has.

    What this process or a child prints goes to standard error from here on, and children have no input.
    """
    sys.stdout.flush()
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def connect(options):
    """The module ray, connected. Workers get this package from here. Raises ClusterError."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ClusterError(f"no Ray in {sys.executable}: {error} (tools/trainer/requirements.txt)") from None
    package = os.path.dirname(os.path.abspath(__file__))
    where = {"address": "local", "num_cpus": options.local, "include_dashboard": False} if options.local \
        else {"address": options.address}
    # A head that has just died has Ray try for ever.
    limit = threading.Timer(options.connect_timeout, give_up, [where["address"], options.connect_timeout])
    limit.daemon = True
    limit.start()
    try:
        ray.init(**where, log_to_driver=False, logging_level="error",
                 runtime_env={"py_modules": [package], "excludes": ["__pycache__"]})
    except (ConnectionError, RuntimeError, ValueError, OSError, ray.exceptions.RayError) as error:
        raise ClusterError(f"no cluster at {where['address']}: {error}") from None
    finally:
        limit.cancel()
    return ray


def give_up(address, seconds):
    print(f"{PROGRAM}: no cluster at {address}: no answer in {seconds:g} s", file=sys.stderr, flush=True)
    os._exit(1)


class Remote:
    """Has requests answered on a connected cluster, one at a time."""

    def __init__(self, ray, options, evaluator_arguments):
        self.ray, self.arguments = ray, evaluator_arguments
        self.task = ray.remote(num_cpus=options.cpus, num_gpus=options.gpus, max_calls=0,
                               max_retries=options.retries)(cluster_worker.answer)

    def answer(self, line):
        """The answer, a dict, to a request, bytes. Raises ClusterError if the cluster is at fault."""
        errors = self.ray.exceptions
        try:
            return self.ray.get(self.task.remote(self.arguments, line))
        except cluster_worker.NoImages as error:
            raise ClusterError(f"a worker cannot read the images: {error}") from None
        except (errors.RuntimeEnvSetupError, errors.RaySystemError) as error:
            raise ClusterError(str(error)) from None
        except Exception as error:  # the candidate's: of its code, or every try ended a worker
            cause = getattr(error, "cause", None) or error
            return {**identity(line), "error": f"{type(cause).__name__}: {cause}"[:500]}


def identity(line):
    """The members of a request that its answer repeats."""
    try:
        request = json.loads(line)
        return {"id": request.get("id"), "name": request.get("name")}
    except (ValueError, AttributeError, RecursionError):
        return {"id": None, "name": None}


def main(argv=None):
    options, evaluator_arguments = arguments(sys.argv[1:] if argv is None else argv)
    requests, answers = take_streams()
    try:
        remote = Remote(connect(options), options, evaluator_arguments)
        for line in requests:
            if line.strip():
                answers.write(json.dumps(remote.answer(line)).encode() + b"\n")
                answers.flush()
    except ClusterError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
