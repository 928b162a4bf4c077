# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled libraries against other inference engines; run by bench/run."""
