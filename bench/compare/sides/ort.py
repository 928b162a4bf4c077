# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""onnxruntime: all graph optimisations, one run at a time.

Called by `run` or, where that is faster here, with bound inputs and outputs.
"""

import onnxruntime

from compare.sides import faster


class Side:
    VERSION = onnxruntime.__version__

    @staticmethod
    def convert(model, folder, options):
        return model

    def __init__(self, artifact, inputs, names, options):
        config = onnxruntime.SessionOptions()
        config.intra_op_num_threads = options["threads"]
        config.inter_op_num_threads = 1
        config.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(artifact), config, ["CPUExecutionProvider"])
        self.inputs, self.names = inputs, names
        self.run = self._plain

    def _plain(self):
        self.results = self.session.run(self.names, self.inputs)

    def _bound(self):
        self.session.run_with_iobinding(self.binding)

    def place(self):
        pass

    def settle(self):
        value = onnxruntime.OrtValue.ortvalue_from_numpy
        self.binding = self.session.io_binding()
        for name, array in self.inputs.items():
            self.binding.bind_ortvalue_input(name, value(array))
        self.bound = [value(r.copy()) for r in self.results]
        for name, target in zip(self.names, self.bound):
            self.binding.bind_ortvalue_output(name, target)
        self.run = faster(self._plain, self._bound)

    def outputs(self):
        return [b.numpy() for b in self.bound] if self.run == self._bound else self.results
