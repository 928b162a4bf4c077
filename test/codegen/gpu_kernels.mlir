// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of a GPU: the source for its driver, equal each time; what cannot be compiled is
// told with its place.
// RUN: split-file %s %t
// RUN: syncnas-kernelc %t/conv.mlir %t/a.o --device-code=%t/a.cl --info=%t/info.json && FileCheck %s --check-prefix=OPENCL < %t/a.cl
// RUN: syncnas-kernelc %t/conv.mlir %t/b.o --device-code=%t/b.cl && cmp %t/a.cl %t/b.cl && cmp %t/a.o %t/b.o
// OPENCL: __kernel void
// RUN: FileCheck %s --check-prefix=INFO < %t/info.json
// INFO: {"scratch":0,"worker_scratch":0,"flops":2048,
// RUN: sed 's/opencl/cuda/' %t/conv.mlir > %t/cuda.mlir && syncnas-kernelc %t/cuda.mlir %t/c.o --device-code=%t/c.ptx && FileCheck %s --check-prefix=CUDA < %t/c.ptx
// CUDA: .target sm_86
// CUDA: .visible .entry
// CUDA: fma.rn.f32
// RUN: sed 's/opencl/metal/' %t/conv.mlir > %t/metal.mlir && syncnas-kernelc %t/metal.mlir %t/d.o --device-code=%t/d.metal && FileCheck %s --check-prefix=METAL < %t/d.metal
// METAL: kernel void
// RUN: sed 's/opencl/vulkan/' %t/conv.mlir > %t/vulkan.mlir && syncnas-kernelc %t/vulkan.mlir %t/e.o --device-code=%t/e.spv && test -s %t/e.spv

// RUN: sed 's/gpu_conv/conv/' %t/conv.mlir > %t/wrong.mlir && not syncnas-kernelc %t/wrong.mlir %t/f.o 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: wrong.mlir:2:1: error: 'snc.kernel' op has the schedule 'conv', which is none of a GPU
// RUN: not syncnas-kernelc %t/wide.mlir %t/g.o 2>&1 | FileCheck %s --check-prefix=WIDE
// WIDE: wide.mlir:2:1: error: 'snc.kernel' op cannot be compiled: {{.*}}Metal

//--- conv.mlir
module attributes {snc.target = "x86-64-avx2", snc.threads = 1 : i64} {
snc.kernel @k(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 1, inputLanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<gpu_conv, {pixels = 4 : i64, rows = 1 : i64}>, snc.device = "opencl"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 1, inputLanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
}
//--- wide.mlir
module attributes {snc.target = "x86-64-avx2", snc.threads = 1 : i64} {
snc.kernel @k(%x: tensor<4xi64>) -> tensor<4xi64> attributes {snc.device = "metal"} {
  %0 = snc.add %x, %x : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  snc.yield %0 : tensor<4xi64>
}
}
