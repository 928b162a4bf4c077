# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""set_signatures.py FOLDER NAME [TEXT...]: gives the kernels of a library these signatures, or none."""

import json
import pathlib
import sys

file = pathlib.Path(sys.argv[1]) / "share" / sys.argv[2] / "manifest.json"
manifest = json.loads(file.read_text())
for kernel in manifest["kernels"]:
    kernel.pop("signature", None)
for kernel, text in zip(manifest["kernels"], sys.argv[3:]):
    kernel["signature"] = text
file.write_text(json.dumps(manifest))
