# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""OpenVINO's CPU plug-in in fp32, for latency: one stream, one request used again, input and
output shared with it. It reads the ONNX file itself. Called by `infer` or, where that is faster
here, by `start_async` and `wait`."""

import openvino

from compare.sides import faster


class Side:
    VERSION = openvino.__version__.split("-")[0]

    @staticmethod
    def convert(model, folder, options):
        return model

    def __init__(self, artifact, inputs, names, options):
        core = openvino.Core()
        model = core.read_model(str(artifact))
        config = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": options["threads"],
                  "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1}
        compiled = core.compile_model(model, "CPU", config)
        self.request = compiled.create_infer_request()
        self.tensors = {n: openvino.Tensor(a, shared_memory=True) for n, a in inputs.items()}
        for name, tensor in self.tensors.items():
            self.request.set_tensor(name, tensor)
        self.names = names
        self.run = self._infer

    def place(self):
        pass

    def _infer(self):
        self.request.infer(share_inputs=True, share_outputs=True)

    def _async(self):
        self.request.start_async()
        self.request.wait()

    def settle(self):
        self.run = faster(self._infer, self._async)

    def outputs(self):
        return [self.request.get_tensor(n).data.copy() for n in self.names]
