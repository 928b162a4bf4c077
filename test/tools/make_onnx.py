# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""make_onnx.py TEXT...: each model in ONNX's textual form becomes a file beside it, with suffix .onnx.

Nothing is checked, so that models can have faults. `#` begins a comment in a text.
"""

import pathlib
import sys

import onnx.parser

for name in sys.argv[1:]:
    text = pathlib.Path(name)
    model = onnx.parser.parse_model(text.read_text())
    text.with_suffix(".onnx").write_bytes(model.SerializeToString())
