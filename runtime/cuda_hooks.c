/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "gpu_hooks.h"

SNC_GPU_HOOKS(cuda)
