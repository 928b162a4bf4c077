# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fixtures of the end-to-end tests; reference data is used in place or skipped."""

import pytest

import snc_tools


@pytest.fixture(scope="session")
def data():
    """The folder of reference models and photos; tests skip where it is absent."""
    if not snc_tools.DATA.is_dir():
        pytest.skip(f"no reference data at {snc_tools.DATA} (set SNC_DATA_DIR)")
    return snc_tools.DATA


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Compiles each model once: compiled(path, *flags) -> output folder."""
    done = {}

    def get(model, *flags):
        key = (str(model), flags)
        if key not in done:
            out = tmp_path_factory.mktemp("lib") / "out"
            done[key] = snc_tools.compile_model(model, out, *flags)
        return done[key]

    return get
