# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Settings of the process that make short trainings quicker."""

import ctypes

import torch

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h


def settle(threads):
    """Of this process: its number of threads; call once, before any tensor is made.

    Freed tensors stay with the process, as fresh pages cost more than what is computed in them.
    Denormal numbers, found in dying channels, count as 0: they cost ten times a normal one.
    """
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)
    except (OSError, AttributeError):
        pass  # another C library: slower, as right
