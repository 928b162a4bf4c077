# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The ONNX backend node tests of the `onnx` package, for the operators we compile.

A test counts when every operator is in OPERATORS and its data is float or bool. What is
an operand at run time there but always a constant in a trained network (shapes,
axes, pads) is made an initializer first. Tests of operators with weights run
twice: with the weights as inputs, and as initializers. Tests that cannot pass
are listed with their reason in onnx_backend_unsupported.txt.
"""

import collections
import pathlib

import numpy as np
import onnx
import onnx.numpy_helper
import pytest

from snc_tools import compile_model, file_name, tool

OPERATORS = set("""
Conv Gemm MatMul BatchNormalization Relu LeakyRelu PRelu Clip Sigmoid HardSigmoid HardSwish Tanh
Elu Selu Softmax LogSoftmax Exp Log Sqrt Pow Neg Abs Add Sub Mul Div Min Max MaxPool AveragePool
GlobalAveragePool GlobalMaxPool LRN Concat Split Slice Reshape Flatten Transpose Squeeze Unsqueeze
Pad Resize Upsample ReduceMean ReduceSum ReduceMax ReduceMin Identity Dropout Cast Constant
ConstantOfShape Shape Gather Expand ArgMax DepthToSpace SpaceToDepth InstanceNormalization
ConvTranspose Erf Gelu Softplus Softsign Mish Celu ThresholdedRelu Reciprocal Sum Mean Sign Floor
Ceil Round Sin Cos LayerNormalization GroupNormalization MeanVarianceNormalization LpNormalization
GlobalLpPool Greater GreaterOrEqual Less LessOrEqual Equal Not And Or Xor Where ReduceL1 ReduceL2
ReduceSumSquare ReduceLogSum ReduceLogSumExp ReduceProd ArgMin Tile CastLike Hardmax
""".split())

# Operator -> operands that are constants in every trained network.
PARAMETERS = {
    "Reshape": [1], "Slice": [1, 2, 3, 4], "Pad": [1, 2, 3], "Expand": [1], "Squeeze": [1],
    "Unsqueeze": [1], "Resize": [1, 2, 3], "Upsample": [1], "Split": [1], "ConstantOfShape": [0],
    "Dropout": [1, 2], "ReduceMean": [1], "ReduceSum": [1], "ReduceMax": [1], "ReduceMin": [1],
    "ReduceL1": [1], "ReduceL2": [1], "ReduceSumSquare": [1], "ReduceLogSum": [1], "ReduceLogSumExp": [1],
    "ReduceProd": [1], "Tile": [1],
}
WEIGHTED = {"Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "PRelu",
            "InstanceNormalization", "LayerNormalization", "GroupNormalization"}

HERE = pathlib.Path(__file__).parent
NODE_TESTS = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"


def unsupported():
    """{test name: reason} of the list file."""
    lines = (HERE / "onnx_backend_unsupported.txt").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): reason.strip() for name, reason in pairs}


def is_data(value):
    return value.type.tensor_type.elem_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.BOOL)


def counts(model):
    """Known operators, and float or bool data but for indices, shapes and masks."""
    graph = model.graph
    operators = {node.op_type for node in graph.node}
    if not operators <= OPERATORS or any(n.domain not in ("", "ai.onnx") for n in graph.node):
        return False
    values = [*graph.input, *graph.output]
    if not all(v.type.HasField("tensor_type") for v in values):
        return False
    return any(is_data(v) for v in values)


def collect():
    cases = []
    for folder in sorted(NODE_TESTS.iterdir()):
        model = onnx.load(folder / "model.onnx")
        if counts(model):
            cases.append((folder.name, "given"))
            if WEIGHTED & {node.op_type for node in model.graph.node}:
                cases.append((folder.name, "constant"))
    return cases


CASES = collect()
REASONS = unsupported()


def load_values(folder, kind, values):
    """{name: array} of test_data_set_0/<kind>_<i>.pb."""
    arrays = {}
    for i, value in enumerate(values):
        tensor = onnx.TensorProto.FromString(
            (folder / "test_data_set_0" / f"{kind}_{i}.pb").read_bytes())
        arrays[value.name] = onnx.numpy_helper.to_array(tensor)
    return arrays


def freeze(model, inputs, mode):
    """Turns parameter operands (and in mode `constant` weights) into initializers."""
    names = set()
    for node in model.graph.node:
        first_weight = 1 if mode == "constant" and node.op_type in WEIGHTED else len(node.input)
        names.update(node.input[i] for i in PARAMETERS.get(node.op_type, []) if i < len(node.input))
        names.update(node.input[first_weight:])
    if len(names & set(inputs)) == len(inputs) and mode == "constant":
        names.discard(model.graph.input[0].name)
    kept = [v for v in model.graph.input if v.name not in names]
    for name in sorted(names & set(inputs)):
        model.graph.initializer.append(onnx.numpy_helper.from_array(inputs.pop(name), name))
    del model.graph.input[:]
    model.graph.input.extend(kept)


def check_node(name, mode, tmp_path, *flags):
    """Compiles a test's model with `flags`, runs it and compares."""
    if name in REASONS:
        pytest.skip(f"unsupported: {REASONS[name]}")
    folder = NODE_TESTS / name
    model = onnx.load(folder / "model.onnx")
    inputs = load_values(folder, "input", model.graph.input)
    expected = load_values(folder, "output", model.graph.output)
    freeze(model, inputs, mode)
    onnx.save(model, tmp_path / "model.onnx")
    shapes = [f"--shape={k}={'x'.join(map(str, v.shape))}" for k, v in inputs.items() if v.ndim and v.size]
    out = compile_model(tmp_path / "model.onnx", tmp_path / "lib", "--name=model", *flags, *shapes)
    args = []
    for i, (key, value) in enumerate(inputs.items()):
        path = tmp_path / f"{i}.pb"
        path.write_bytes(onnx.numpy_helper.from_array(value, key).SerializeToString())
        args.append(f"--input={key}={path}")
    result = tool("syncnas-run", out, *args, "--output-dir", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    for key, value in expected.items():
        actual = np.load(tmp_path / "out" / f"{file_name(key)}.npy")
        assert actual.dtype == value.dtype and actual.shape == value.shape
        np.testing.assert_allclose(actual, value, rtol=1e-3, atol=1e-5)


def over(cases):
    return pytest.mark.parametrize("name, mode", cases, ids=[f"{n}-{m}" for n, m in cases])


def few_of_each_operator(count):
    """The first supported cases of each operator, where all would take too long."""
    chosen, seen = [], collections.Counter()
    for name, mode in CASES:
        operators = {node.op_type for node in onnx.load(NODE_TESTS / name / "model.onnx").graph.node}
        if name not in REASONS and min(seen[op] for op in operators) < count:
            seen.update(operators)
            chosen.append((name, mode))
    return chosen


@over(CASES)
def test_node(name, mode, tmp_path):
    check_node(name, mode, tmp_path)


def test_every_listed_reason_is_of_a_test():
    """The list holds nothing that the package does not have."""
    assert set(REASONS) <= {name for name, _ in CASES}
