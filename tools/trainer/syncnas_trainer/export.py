# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a trained network as an ONNX file.

Opset 13, batch norms folded into the convolutions, one image: input `input`, 1 x 3 x edge x edge
float32 (NCHW, RGB), output `output`, 1 x classes logits. The input is normalised as in training:
(value / 255 - mean) / std per channel; mean, std and the classes' names are in the file's metadata
(keys mean, std, classes) as the file itself starts after the normalisation.
"""

import copy
import json

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from . import files


def folded(module):
    """A copy in evaluation mode with each batch norm folded into the convolution before it."""
    module = copy.deepcopy(module).eval()
    for layers in [m for m in module.modules() if isinstance(m, nn.Sequential)]:
        for i in range(len(layers) - 1):
            if isinstance(layers[i], nn.Conv2d) and isinstance(layers[i + 1], nn.BatchNorm2d):
                layers[i] = fuse_conv_bn_eval(layers[i], layers[i + 1])
                layers[i + 1] = nn.Identity()
    return module.to(memory_format=torch.contiguous_format)


def export(module, edge, path, metadata=None):
    """Writes `module` for images of `edge` pixels to `path`, by a rename when it is whole.

    `metadata` maps keys to values; they are written as JSON.
    """
    channels = module.stem[0].in_channels
    with files.whole(path) as file:
        torch.onnx.export(folded(module), torch.zeros(1, channels, edge, edge), file,
                          opset_version=13, input_names=["input"], output_names=["output"])
        file.write(_metadata(metadata or {}))


def _metadata(values):
    """ModelProto's metadata_props (field 14) in protobuf's wire format: messages may be appended."""
    def field(number, content):
        return bytes([number << 3 | 2]) + _varint(len(content)) + content

    entries = ((key.encode(), json.dumps(value).encode()) for key, value in values.items())
    return b"".join(field(14, field(1, key) + field(2, value)) for key, value in entries)


def _varint(value):
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    return bytes(result + bytes([value]))
