# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains and scores branched MBConv networks given as SyncNAS configurations (PyTorch)."""
