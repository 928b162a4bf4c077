# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""interrupt.py PIDFILE COMMAND...: sends SIGINT to the command (alone, not to its children)
once a worker has written its id to PIDFILE, then tells what became of both."""

import os
import pathlib
import signal
import subprocess
import sys
import time

pid_file = pathlib.Path(sys.argv[1])
process = subprocess.Popen(sys.argv[2:], stderr=subprocess.PIPE, text=True)
deadline = time.time() + 30
while not (pid_file.exists() and pid_file.read_text().strip()) and time.time() < deadline:
    time.sleep(0.02)
worker = int(pid_file.read_text())
process.send_signal(signal.SIGINT)
_, errors = process.communicate(timeout=30)
print(errors.splitlines()[-1])
print("exit code", process.returncode)
try:
    os.kill(worker, 0)
    print("the worker runs on")
except ProcessLookupError:
    print("the worker is gone")
