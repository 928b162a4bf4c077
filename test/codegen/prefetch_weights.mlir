// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// With `prefetch`, a kernel whose loop over panels of weights is outermost fetches the
// next panel into the second cache: 2 * 64 lines shared out over 7 tiles of 4 blocks of
// input channels are five lines each time.
// RUN: syncnas-kernelc %s %t.o && llvm-objdump -d --no-show-raw-insn %t.o | FileCheck %s
// CHECK: prefetcht1
// CHECK-NEXT: prefetcht1
// CHECK-NEXT: prefetcht1
// CHECK-NEXT: prefetcht1
// CHECK-NEXT: prefetcht1
// CHECK-NOT: prefetch

// Without, nothing is fetched; nor where a row of the picture is the outer loop.
// RUN: sed 's/prefetch = 1/prefetch = 0/' %s > %t.mlir && syncnas-kernelc %t.mlir %t.o && llvm-objdump -d %t.o | FileCheck %s --check-prefix=NONE
// RUN: sed 's/channels_outer = 1/channels_outer = 0/' %s > %t.mlir && syncnas-kernelc %t.mlir %t.o && llvm-objdump -d %t.o | FileCheck %s --check-prefix=NONE
// NONE: vfmadd
// NONE-NOT: prefetch

// Other machines have the instruction by another name.
// RUN: sed 's/x86-64-avx512/aarch64-linux/' %s > %t.mlir && syncnas-kernelc %t.mlir %t.o && llvm-objdump -d %t.o | FileCheck %s --check-prefix=ARM
// ARM: prfm pldl2keep

module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
snc.kernel @k(%x: tensor<1x64x7x7xf32, #snc.blocked<16>>, %w: tensor<96x64x1x1xf32, #snc.packed<conv, lanes = 16, rows = 2, inputLanes = 16>>) -> tensor<1x96x7x7xf32, #snc.blocked<16>> attributes {schedule = #snc.schedule<conv, {channels_outer = 1 : i64, pixels = 7 : i64, prefetch = 1 : i64, rows = 2 : i64, strips = 1 : i64}>} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x64x7x7xf32, #snc.blocked<16>>, tensor<96x64x1x1xf32, #snc.packed<conv, lanes = 16, rows = 2, inputLanes = 16>>) -> tensor<1x96x7x7xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x96x7x7xf32, #snc.blocked<16>>
}
}
