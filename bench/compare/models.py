# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models to compare on: files, or networks of bench/zoo by name."""

import pathlib
import subprocess
import sys

import numpy as np

BENCH = pathlib.Path(__file__).resolve().parents[1]


def find(argument, folder):
    """The ONNX file that an argument means; makes it in folder where it is a name of the zoo.
    Raises ValueError with a message for the user."""
    path = pathlib.Path(argument)
    if path.is_file():
        return path.resolve()
    if not (BENCH / "zoo").is_dir() or path.suffix:
        raise ValueError(f"{argument}: no such file")
    done = subprocess.run([sys.executable, "-m", "zoo", argument, "-o", str(folder)], cwd=BENCH,
                          capture_output=True, text=True)
    made = pathlib.Path(folder) / f"{argument}.onnx"
    if done.returncode or not made.is_file():
        last = (done.stderr.strip().splitlines() or ["it made no file"])[-1]
        raise ValueError(f"{argument}: neither a file nor a network of bench/zoo ({last})")
    return made


def prepare(path, folder):
    """(file, {input: seeded array}, [output names]). A symbolic dimension is 1, and weights that old
    exporters list as inputs are none: the file is a copy in folder where that changes it."""
    import onnx

    model = onnx.load(str(path))
    known = {w.name for w in model.graph.initializer}
    given = [i for i in model.graph.input if i.name not in known]
    changed, symbolic = len(given) < len(model.graph.input), False
    inputs, rng = {}, np.random.default_rng(0)
    for info in given:
        for dim in info.type.tensor_type.shape.dim:
            if not dim.HasField("dim_value") or dim.dim_value < 1:
                dim.dim_value, symbolic = 1, True
        shape = [d.dim_value for d in info.type.tensor_type.shape.dim]
        kind = onnx.helper.tensor_dtype_to_np_dtype(info.type.tensor_type.elem_type)
        values = rng.uniform(-1, 1, shape) if kind.kind == "f" else np.zeros(shape)
        inputs[info.name] = np.ascontiguousarray(values.astype(kind))
    if symbolic:
        for info in model.graph.output:  # they may name the same symbols
            info.type.tensor_type.ClearField("shape")
        model = onnx.shape_inference.infer_shapes(model)
    if changed:
        del model.graph.input[:]
        model.graph.input.extend(given)
        model.ir_version = max(model.ir_version, 4)  # before, weights had to be inputs
    if symbolic or changed:
        path = pathlib.Path(folder) / pathlib.Path(path).name
        onnx.save(model, str(path))
    return path, inputs, [o.name for o in model.graph.output]


def pnnx_inputs(inputs):
    """[(shape, type)] as pnnx takes them."""
    names = {"float32": "f32", "float16": "f16", "int32": "i32", "int64": "i64", "uint8": "u8", "bool": "bool"}
    return [(list(a.shape), names.get(a.dtype.name, a.dtype.name)) for a in inputs.values()]
