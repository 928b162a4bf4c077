// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pointwise convolution that stages its operands: both copies, one barrier, products from
// the copies into a thread's own four sums, one barrier before the next copies.
// RUN: split-file %s %t
// RUN: syncnas-kernelc %t/conv.mlir %t/a.o --device-code=%t/a.cl && FileCheck %s --check-prefix=OPENCL < %t/a.cl
// OPENCL: __kernel void
// OPENCL: __local int16*
// OPENCL: float [[SUMS:_acc[_0-9a-z]*]][4];
// OPENCL: barrier(0 | CLK_LOCAL_MEM_FENCE)
// OPENCL: for (
// OPENCL-NOT: barrier
// OPENCL: ((__local float *){{.*}}] =
// OPENCL-NOT: barrier
// OPENCL: // produce arg1
// OPENCL-NOT: barrier
// OPENCL: ((__local float *){{.*}}] =
// OPENCL: barrier(0 | CLK_LOCAL_MEM_FENCE)
// OPENCL: for (
// OPENCL: = [[SUMS]][0];
// OPENCL: = ((__local float *)
// OPENCL: [[SUMS]][3] =
// OPENCL: barrier(0 | CLK_LOCAL_MEM_FENCE)
// OPENCL-NOT: __local

// The threads' sums are registers, pixels and rows are loaded four and two at a time.
// RUN: sed 's/opencl/cuda/' %t/conv.mlir > %t/cuda.mlir && syncnas-kernelc %t/cuda.mlir %t/b.o --device-code=%t/b.ptx && FileCheck %s --check-prefix=CUDA < %t/b.ptx
// CUDA-NOT: .local
// CUDA: st.shared
// CUDA: bar.sync
// CUDA-DAG: ld.shared.v4
// CUDA-DAG: ld.shared.v2
// CUDA-NOT: .local
// RUN: sed 's/opencl/metal/' %t/conv.mlir > %t/metal.mlir && syncnas-kernelc %t/metal.mlir %t/c.o --device-code=%t/c.metal && FileCheck %s --check-prefix=METAL < %t/c.metal
// METAL: threadgroup_barrier
// RUN: sed 's/opencl/vulkan/' %t/conv.mlir > %t/vulkan.mlir && syncnas-kernelc %t/vulkan.mlir %t/d.o --device-code=%t/d.spv && test -s %t/d.spv

// Blocks wider than the plane: sums in registers, operands from the caches.
// RUN: sed 's/across = 8/across = 32/' %t/conv.mlir > %t/wide.mlir && syncnas-kernelc %t/wide.mlir %t/e.o --device-code=%t/e.cl && FileCheck %s --check-prefix=WIDE < %t/e.cl
// WIDE: __kernel void
// WIDE-NOT: barrier

//--- conv.mlir
#x = #snc.blocked<16>
#w = #snc.packed<conv, lanes = 16, rows = 2, inputLanes = 16>
module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
snc.kernel @k(%x: tensor<1x64x1x40xf32, #x>, %w: tensor<64x64x1x1xf32, #w>) -> tensor<1x64x1x40xf32, #x> attributes {schedule = #snc.schedule<gpu_conv, {stage = 1 : i64, across = 8 : i64, down = 1 : i64, pixels = 2 : i64, rows = 2 : i64}>, snc.device = "opencl"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x64x1x40xf32, #x>, tensor<64x64x1x1xf32, #w>) -> tensor<1x64x1x40xf32, #x>
  snc.yield %0 : tensor<1x64x1x40xf32, #x>
}
}
