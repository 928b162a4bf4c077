# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A process that holds one side and answers one request at a time.

While it has no request it is stopped (SIGSTOP), with all its threads: workers that spin after a
run steal nothing from the others, and nothing is hidden that an app with one engine would have.
"""

import ctypes
import multiprocessing
import os
import pathlib
import signal
import statistics
import time
import traceback

PR_SET_PDEATHSIG = 1


class SideError(Exception):
    """A side failed; the message says how."""


def memory(field):
    """Bytes: VmHWM, the most this process had resident, or VmRSS, what it has now."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise OSError(f"no {field} in /proc/self/status")


def timed_burst(side, warm_s, seconds):
    """Median seconds of one run: warms up, then runs for so long, 5 to 1000 times."""
    begin, count = time.perf_counter(), 0
    while count < 2 or time.perf_counter() - begin < warm_s:
        side.place()
        side.run()
        count += 1
    times = []
    while len(times) < 5 or (sum(times) < seconds and len(times) < 1000):
        side.place()
        start = time.perf_counter()
        side.run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


class _Server:
    """What the process does; each method is a request."""

    def __init__(self, name):
        self.name = name

    def convert(self, model, folder, options):
        from compare import sides
        return sides.side(self.name).convert(model, folder, options)

    def load(self, artifact, inputs, names, options):
        from compare import sides
        pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak begins here (proc_pid_clear_refs(5))
        self.before = memory("VmRSS")
        kind = sides.side(self.name)
        begin = time.perf_counter()
        self.side = kind(artifact, inputs, names, options)
        loaded = time.perf_counter()
        self.side.place()
        start = time.perf_counter()
        self.side.run()
        end = time.perf_counter()
        return {"version": kind.VERSION, "load_ms": 1e3 * (loaded - begin), "first_ms": 1e3 * (end - start)}

    def settle(self):
        """Lets a side choose its way of calling."""
        getattr(self.side, "settle", lambda: None)()

    def outputs(self):
        return self.side.outputs()

    def time(self, warm_s, seconds):
        return timed_burst(self.side, warm_s, seconds)

    def peak(self):
        return memory("VmHWM") - self.before


def _serve(pipe, name, log):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a stopped orphan would stay for ever
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    server = _Server(name)
    while True:
        try:
            request, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer = (True, getattr(server, request)(*arguments))
        except Exception as error:
            traceback.print_exc()
            answer = (False, f"{error}" or type(error).__name__)
        pipe.send(answer)


class Worker:
    """The other end. A call raises SideError where the side fails, dies or is late."""

    def __init__(self, name, log):
        context = multiprocessing.get_context("spawn")
        self.name = name
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, name, str(log)), daemon=True)
        self.process.start()
        theirs.close()

    def call(self, request, *arguments, timeout=None):
        """Seconds of patience: none of ours with None."""
        try:
            os.kill(self.process.pid, signal.SIGCONT)
            self.pipe.send((request, arguments))
            if not self.pipe.poll(timeout):
                self.close()  # or it would work on beside the others
                raise SideError(f"{request}: no answer in {timeout} s")
            good, answer = self.pipe.recv()
        except (EOFError, OSError) as error:
            self.process.join(5)
            code = self.process.exitcode
            how = f"signal {-code}" if code and code < 0 else f"exit code {code}"
            raise SideError(f"{request}: its process ended with {how}") from error
        os.kill(self.process.pid, signal.SIGSTOP)
        # Returns when it has stopped; WNOWAIT leaves an end to join().
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        if not good:
            raise SideError(answer)
        return answer

    def close(self):
        self.process.kill()
        self.process.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
