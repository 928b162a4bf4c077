# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is compared, one module a side.

A side is a class `Side` with

    convert(model, folder, options)  the file or folder that Side() takes; static, in a process of
                                     its own, so that its memory and time are not the engine's
    __init__(artifact, inputs, names, options)
                                     loads; inputs: {name: dense array} of the model in its order,
                                     names: the model's outputs in its order
    settle()                         optional, once after the first run: chooses the way of calling
    place()                          puts the input where the engine takes it, before each run; not timed
    run()                            one inference; this is timed
    outputs()                        [array] of the last run, in the order of names
    VERSION                          text

Each raises on failure. Nothing here is called by two threads. The engines are called through their
Python packages, which costs a run from less than 1 us (ours by ctypes, MNN) over 2 to 4 us
(onnxruntime, ncnn) to 6 us (OpenVINO), measured with a network of one element: matter for models
below 0.1 ms alone.
"""

import importlib
import statistics
import time

OURS = "syncnasc"
PEERS = ("onnxruntime", "openvino", "ncnn", "mnn")
_MODULES = {OURS: "ours", "onnxruntime": "ort", "openvino": "ov", "ncnn": "ncnn_side", "mnn": "mnn_side"}


def side(name):
    """The class of a side; imports its engine. Another name is that of a module with a Side."""
    module = f"compare.sides.{_MODULES[name]}" if name in _MODULES else name
    return importlib.import_module(module).Side


def faster(*calls):
    """The call that is faster here, of some that do the same; runs each some times, interleaved."""
    times = [[] for _ in calls]
    for _ in range(9):
        for call, taken in zip(calls, times):
            begin = time.perf_counter()
            call()
            taken.append(time.perf_counter() - begin)
    medians = [statistics.median(t) for t in times]
    return calls[medians.index(min(medians))]
