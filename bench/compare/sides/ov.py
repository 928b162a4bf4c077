# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""OpenVINO's CPU plug-in in fp32, for latency: one stream, one request used again, input and
output shared with it. It reads the ONNX file itself."""

import openvino


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

    def place(self):
        pass

    def run(self):
        self.request.infer(share_inputs=True, share_outputs=True)

    def outputs(self):
        return [self.request.get_tensor(n).data.copy() for n in self.names]
