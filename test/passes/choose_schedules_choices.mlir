// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Choices that were made elsewhere, by key of kernel. The key leaves out the name: the
// first two kernels are one to it, the third has another shape, and no choice.
// RUN: rm -rf %t && mkdir %t
// RUN: echo '{"254a172947c6bde26831253e18f1940f": "#snc.schedule<gemm, {lanes = 16 : i64, rows = 1 : i64}>", "00": "of a kernel that is not here"}' > %t/good.json
// RUN: syncnas-opt %s --snc-choose-schedules=choices=%t/good.json | FileCheck %s
// CHECK-LABEL: snc.kernel @one
// CHECK-SAME: schedule = #snc.schedule<gemm, {lanes = 16 : i64, rows = 1 : i64}>
// CHECK-LABEL: snc.kernel @same
// CHECK-SAME: schedule = #snc.schedule<gemm, {lanes = 16 : i64, rows = 1 : i64}>
// CHECK-LABEL: snc.kernel @other
// CHECK-SAME: schedule = #snc.schedule<gemm, {lanes = 48 : i64, rows = 1 : i64, strips = 1 : i64}>

// RUN: not syncnas-opt %s --snc-choose-schedules=choices=%t/none.json 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: choices '{{.*}}none.json': No such file or directory
// RUN: echo '{"a": ' > %t/cut.json
// RUN: not syncnas-opt %s --snc-choose-schedules=choices=%t/cut.json 2>&1 | FileCheck %s --check-prefix=CUT
// CUT: error: choices '{{.*}}cut.json': expected a JSON object of schedules by key
// RUN: echo '{"a": 3}' > %t/number.json
// RUN: not syncnas-opt %s --snc-choose-schedules=choices=%t/number.json 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: error: choices '{{.*}}number.json': 'a': expected a schedule as text
// RUN: sed 's/#snc.schedule<gemm.*}>/oak/' %t/good.json > %t/oak.json
// RUN: not syncnas-opt %s --snc-choose-schedules=choices=%t/oak.json 2>&1 | FileCheck %s --check-prefix=OAK
// OAK: error: the choice 'oak' is no schedule
// RUN: sed 's/<gemm/<conv/' %t/good.json > %t/conv.json
// RUN: not syncnas-opt %s --snc-choose-schedules=choices=%t/conv.json 2>&1 | FileCheck %s --check-prefix=CONV
// CONV: error: the choice '#snc.schedule<conv, {{.*}}>' cannot compute this kernel

module attributes {snc.target = "x86-64-avx2", snc.threads = 1 : i64} {
snc.kernel @one(%a: tensor<1x64xf32>, %b: tensor<64x100xf32>) -> tensor<1x100xf32> {
  %0 = snc.gemm %a, %b : (tensor<1x64xf32>, tensor<64x100xf32>) -> tensor<1x100xf32>
  snc.yield %0 : tensor<1x100xf32>
}
snc.kernel @same(%a: tensor<1x64xf32>, %b: tensor<64x100xf32>) -> tensor<1x100xf32> {
  %0 = snc.gemm %a, %b : (tensor<1x64xf32>, tensor<64x100xf32>) -> tensor<1x100xf32>
  snc.yield %0 : tensor<1x100xf32>
}
snc.kernel @other(%a: tensor<1x65xf32>, %b: tensor<65x100xf32>) -> tensor<1x100xf32> {
  %0 = snc.gemm %a, %b : (tensor<1x65xf32>, tensor<65x100xf32>) -> tensor<1x100xf32>
  snc.yield %0 : tensor<1x100xf32>
}
}
