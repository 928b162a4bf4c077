# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MNN's session interface on the CPU, precision high (fp32).

A session uses its input's memory for other values too, so the input is copied in before each run,
outside of what is timed. The converter's function is called, not its command-line wrapper: that
one installs a package and sends usage data when it is imported.
"""

import importlib.metadata

import numpy as np


class Side:
    VERSION = importlib.metadata.version("mnn")

    @staticmethod
    def convert(model, folder, options):
        import _tools  # MNN's converter, the part of the wheel without the wrapper
        target = folder / "model.mnn"
        _tools.mnnconvert(["mnnconvert", "-f", "ONNX", "--modelFile", str(model), "--MNNModel", str(target),
                           "--bizCode", "bench"])
        if not target.exists():
            raise RuntimeError("MNN's converter wrote no model")
        return target

    def __init__(self, artifact, inputs, names, options):
        import MNN
        self.mnn = MNN
        self.interpreter = MNN.Interpreter(str(artifact))
        self.session = self.interpreter.createSession(
            {"backend": "CPU", "precision": "high", "numThread": options["threads"]})
        self.pairs = []
        for name, array in inputs.items():
            target = self.interpreter.getSessionInput(self.session, name)
            if target.getShape() != array.shape:
                self.interpreter.resizeTensor(target, array.shape)
        self.interpreter.resizeSession(self.session)
        for name, array in inputs.items():
            target = self.interpreter.getSessionInput(self.session, name)
            self.pairs.append((target, self._host(array)))
        self.results = [self.interpreter.getSessionOutput(self.session, n) for n in names]

    def _host(self, array):
        kinds = {"float32": self.mnn.Halide_Type_Float, "int32": self.mnn.Halide_Type_Int,
                 "int64": self.mnn.Halide_Type_Int64}
        if array.dtype.name not in kinds:
            raise RuntimeError(f"no MNN tensor of {array.dtype.name}")
        return self.mnn.Tensor(array.shape, kinds[array.dtype.name], array, self.mnn.Tensor_DimensionType_Caffe)

    def place(self):
        for target, host in self.pairs:
            target.copyFrom(host)

    def run(self):
        self.interpreter.runSession(self.session)

    def outputs(self):
        arrays = []
        for result in self.results:
            host = self._host(np.zeros(result.getShape(), np.float32))
            if not result.copyToHostTensor(host):
                raise RuntimeError("MNN does not hand its output out")
            arrays.append(np.array(host.getNumpyData()))
        return arrays
