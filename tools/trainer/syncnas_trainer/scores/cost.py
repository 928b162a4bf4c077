# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Parameters and multiply-accumulates as scores: a score that ranks no better tells nothing."""

from .. import network


def parameters(module, inputs, generator):
    return float(network.parameters(module))


def macs(module, inputs, generator):
    return float(inputs.macs)
