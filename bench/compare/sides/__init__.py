# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is compared, one module a side.

A side is a class `Side` with

    convert(model, folder, options)  the file or folder that Side() takes; static, in a process of
                                     its own, so that its memory and time are not the engine's
    __init__(artifact, inputs, names, options)
                                     loads; inputs: {name: dense array} of the model in its order,
                                     names: the model's outputs in its order
    place()                          puts the input where the engine takes it, before each run; not timed
    run()                            one inference; this is timed
    outputs()                        [array] of the last run, in the order of names
    VERSION                          text

Each raises on failure, with a message that fits a table. Nothing here is called by two threads.
"""

import importlib

OURS = "syncnasc"
PEERS = ("onnxruntime", "openvino", "ncnn", "mnn")
_MODULES = {OURS: "ours", "onnxruntime": "ort", "openvino": "ov", "ncnn": "ncnn_side", "mnn": "mnn_side"}


def side(name):
    """The class of a side; imports its engine."""
    return importlib.import_module("compare.sides." + _MODULES[name]).Side
