# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the compiler says of a library it wrote."""

import json
import pathlib


def read(folder):
    """Facts of the library in an output folder of syncnasc: sizes in bytes, flops of one run (a
    multiply-add counts as two). Raises ValueError where the manifest lacks one."""
    folder = pathlib.Path(folder)
    paths = sorted(folder.glob("share/*/manifest.json"))
    if len(paths) != 1:
        raise ValueError(f"{len(paths)} manifests in {folder}, expected one")
    return facts(json.loads(paths[0].read_text()))


def facts(manifest):
    """As read(), of a parsed manifest. The code is the shared library without embedded weights."""
    try:
        name, weights = manifest["name"], manifest["weights"]
        shared = manifest["files"][f"lib/lib{name}.so"]["bytes"]
        embedded = weights["bytes"] if weights["place"] == "embedded" else 0
        return {
            "code_bytes": shared - embedded,
            "weights_bytes": weights["bytes"],
            "activation_bytes": manifest["activations"]["peak_bytes"],
            "activation_bound_bytes": manifest["activations"]["lower_bound_bytes"],
            "flops": sum(k["flops"] for k in manifest["kernels"]),
            "target": manifest["target"],
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"the manifest is not as expected: {error!r}") from error
