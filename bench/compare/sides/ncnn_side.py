# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ncnn in fp32: all 16-bit and 8-bit paths off, its other options as they come.

pnnx converts, by its program alone: its Python package needs torch. A run is an extractor, which
holds one run's values, with the input given by reference.
"""

import importlib.metadata
import importlib.util
import pathlib
import subprocess

import numpy as np

NARROW = ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_packed",
          "use_bf16_storage", "use_int8_inference", "use_int8_packed", "use_int8_storage",
          "use_int8_arithmetic")


class Side:
    VERSION = importlib.metadata.version("ncnn")

    @staticmethod
    def convert(model, folder, options):
        program = pathlib.Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"
        shapes = ",".join(f"[{','.join(map(str, s))}]{t}" for s, t in options["pnnx_inputs"])
        copy = folder / "model.onnx"  # pnnx writes beside the model
        copy.write_bytes(pathlib.Path(model).read_bytes())
        # fp16=0: keeps the weights in 32 bits.
        done = subprocess.run([program, copy, f"inputshape={shapes}", "fp16=0", f"ncnnparam={folder / 'ncnn.param'}",
                               f"ncnnbin={folder / 'ncnn.bin'}", f"ncnnpy={folder / 'ncnn.py'}"],
                              cwd=folder, capture_output=True, text=True, errors="replace", timeout=300)
        copy.unlink()
        if done.returncode or not (folder / "ncnn.bin").exists():
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"pnnx ended with {done.returncode}: {last}")
        return folder

    def __init__(self, artifact, inputs, names, options):
        import ncnn
        self.net = ncnn.Net()
        self.net.opt.num_threads = options["threads"]
        self.net.opt.use_vulkan_compute = False
        for flag in NARROW:
            if hasattr(self.net.opt, flag):
                setattr(self.net.opt, flag, False)
        if self.net.load_param(str(artifact / "ncnn.param")) or self.net.load_model(str(artifact / "ncnn.bin")):
            raise RuntimeError("ncnn does not load what pnnx wrote (a layer it lacks)")
        # pnnx calls them in0, in1, ... and out0, out1, ...; ncnn has no batch dimension.
        self.inputs = [(f"in{i}", ncnn.Mat(np.ascontiguousarray(a[0] if a.ndim > 1 else a)).clone())
                       for i, a in enumerate(inputs.values())]
        self.names = [f"out{i}" for i in range(len(names))]

    def place(self):
        pass

    def run(self):
        extractor = self.net.create_extractor()
        for name, value in self.inputs:
            extractor.input(name, value)
        self.results = [extractor.extract(name) for name in self.names]

    def outputs(self):
        if any(status for status, _ in self.results):
            raise RuntimeError("ncnn does not run it (extract failed)")
        return [np.array(value) for _, value in self.results]
