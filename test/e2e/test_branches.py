# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Splits change nothing but time: outputs equal the unsplit network's and ONNX Runtime's."""

import json
import os

import numpy as np
import pytest

import snc_tools
from networks import ModernNetwork, RandomNetwork
from snc_tools import compare, compile_model, random_inputs, reference, run_library
from test_models import MODELS, shape_flags

KINDS = ("rows", "channels", "add", "paths")


def forced(*flags):
    """Compiles for two cores with a random plan that splits."""
    return ("--devices=cpu:1,cpu:1", "--branches=always", "--search=random", "--search-budget=1", *flags)


def plan_of(out):
    return json.loads(next((out / "share").glob("*/plan.json")).read_text())


def splits_of(plan):
    return [s for s in plan["segments"] if s["kind"] in KINDS]


@pytest.mark.parametrize("seed", range(60))
def test_random_networks_and_plans(seed, tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(seed).save_random(model)
    inputs = random_inputs(model)
    expected = reference(model, inputs)
    unsplit = run_library(compile_model(model, tmp_path / "whole", "--branches=never"), inputs, tmp_path)
    compare(unsplit, expected)
    shares = ("--shares=5:3",) if seed % 2 else ("--shares=4:4",)
    split = 0
    for k in range(4):
        out = compile_model(model, tmp_path / f"split{k}", *forced(f"--seed={seed * 10 + k}", *shares[:k % 2]))
        split += len(splits_of(plan_of(out)))
        for threads in (2, 1):
            ours = run_library(out, inputs, tmp_path, f"--threads={threads}")
            compare(ours, expected)
            for name, value in unsplit.items():
                np.testing.assert_allclose(ours[name], value, rtol=1e-4, atol=1e-4 * np.abs(value).max())
    assert split > 0, "no plan of this network splits anything"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("channels", [16, 12])
def test_norms_and_choices(channels, seed, tmp_path):
    """Operators of three operands, and of bool, in parts; 12 channels end in a block that is not full."""
    model = tmp_path / "net.onnx"
    ModernNetwork(1, channels, 14, 14).save_modern(model, channels)
    inputs = random_inputs(model)
    splits = [f"--splits={KINDS[seed]}"] if seed < 3 else []
    out = compile_model(model, tmp_path / "split", *forced(f"--seed={seed}", *splits))
    assert splits_of(plan_of(out))
    compare(run_library(out, inputs, tmp_path, "--threads=2"), reference(model, inputs))


@pytest.mark.parametrize("shares", ["4:4", "5:3"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MODELS)
def test_real_networks(name, kind, shares, data, tmp_path):
    model, shapes = data / "models" / f"{name}.onnx", MODELS[name]
    # Each pair of model, kind and shares has another number of syncs, from 1 to 7.
    syncs = 1 + (3 * list(MODELS).index(name) + KINDS.index(kind) + 4 * (shares == "5:3")) % 7
    flags = forced(f"--splits={kind}", f"--syncs={syncs}", *([] if kind == "paths" else [f"--shares={shares}"]))
    out = compile_model(model, tmp_path / "split", *flags, *shape_flags(shapes))
    splits = splits_of(plan_of(out))
    if not splits:
        pytest.skip(f"{name} has no exact split by {kind}")
    assert len(splits) <= syncs and {s["kind"] for s in splits} == {kind}
    inputs = random_inputs(model, shapes)
    compare(run_library(out, inputs, tmp_path), reference(model, inputs))


def test_same_input_same_bytes(tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(3).save_random(model)
    one, two = (compile_model(model, tmp_path / name, "--devices=cpu:1,cpu:1", "--branches=always", "--name=net")
                for name in ("one", "two"))
    for path in sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file()):
        assert (one / path).read_bytes() == (two / path).read_bytes(), path


def test_a_plan_is_edited_by_hand_and_given_back(tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(3).save_random(model)
    out = compile_model(model, tmp_path / "first", *forced("--splits=rows", "--shares=4:4"))
    plan = plan_of(out)
    splits_of(plan)[0]["shares"] = [5, 3]
    edited = tmp_path / "plan.json"
    edited.write_text(json.dumps(plan))
    again = compile_model(model, tmp_path / "second", f"--plan={edited}")
    assert splits_of(plan_of(again))[0]["shares"] == [5, 3]
    inputs = random_inputs(model)
    compare(run_library(again, inputs, tmp_path), reference(model, inputs))


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="plans for two cores are measured on two")
def test_a_plan_is_chosen_by_measurement(tmp_path):
    model = tmp_path / "net.onnx"
    RandomNetwork(4).save_random(model)
    out = compile_model(model, tmp_path / "out", "--devices=cpu:1,cpu:1", "--measure=2")
    manifest = json.loads(next((out / "share").glob("*/manifest.json")).read_text())
    assert manifest["plan"]["measured_us"] > 0
    assert "measured" in next((out / "share").glob("*/report.html")).read_text()
    inputs = random_inputs(model)
    compare(run_library(out, inputs, tmp_path), reference(model, inputs))
