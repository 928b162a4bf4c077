# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the demo network as ONNX with its preprocessing and classes as metadata."""

import pathlib

import torch

from data import CLASSES

METADATA = {
    "classes": ",".join(CLASSES),
    "preprocess": "cifar10: short side to 32, centre crop 32x32, RGB / 255, "
                  "mean 0.4914 0.4822 0.4465, std 0.2470 0.2435 0.2616",
    "license": "Apache-2.0 WITH LLVM-exception",
}


def delimited(number, payload):
    """A length-delimited field of the Protocol Buffers wire format."""
    head, length = bytearray([number << 3 | 2]), len(payload)
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + payload


def export(net, path):
    net.eval()
    path = pathlib.Path(path)
    torch.onnx.export(net, torch.zeros(1, 3, 32, 32), str(path), opset_version=13,
                      input_names=["image"], output_names=["logits"])
    # ModelProto.metadata_props is field 14, and a repeated field may be
    # appended to a written message: this needs no onnx package.
    with path.open("ab") as model:
        for key, value in METADATA.items():
            model.write(delimited(14, delimited(1, key.encode()) + delimited(2, value.encode())))
