// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-form-kernels -verify-diagnostics

// expected-error@+1 {{there is no function @main of one block}}
module {
}
