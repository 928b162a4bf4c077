# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A side of bench/compare that fails, crashes or hangs as it is told."""

import os
import time

import numpy as np


class Side:
    VERSION = "0"

    def __init__(self, artifact, inputs, names, options):
        self.how, self.placed, self.runs = options.get("how"), 0, 0
        self.held = np.ones(options.get("bytes", 0), np.uint8)

    def place(self):
        self.placed += 1

    def run(self):
        self.runs += 1
        assert self.placed == self.runs, "a run without its input placed"
        if self.how == "crash":
            os.abort()
        if self.how == "hang":
            time.sleep(60)
        if self.how == "raise":
            raise RuntimeError("no such layer")

    def outputs(self):
        return [np.full(3, self.runs, np.float32)]
