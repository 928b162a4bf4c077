// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each tensor op means, by the plainest loops, in double precision. Knows
// nothing of layouts, schedules or kernels.

#ifndef SNC_TEST_REFERENCE_H
#define SNC_TEST_REFERENCE_H

#include "mlir/IR/Operation.h"
#include <functional>
#include <vector>

namespace snc::test {

/// Elements in row-major order; integers and bools are held as doubles too.
struct Tensor {
  llvm::SmallVector<int64_t> shape;
  std::vector<double> data;

  explicit Tensor(llvm::ArrayRef<int64_t> shape = {});
  int64_t rank() const { return int64_t(shape.size()); }
  /// The element at `index`; dimensions of extent 1 are broadcast and missing
  /// leading ones ignored.
  double at(llvm::ArrayRef<int64_t> index) const;
  double &ref(llvm::ArrayRef<int64_t> index);
};

/// Calls `visit` for each index of `shape`, last dimension fastest.
void forEach(llvm::ArrayRef<int64_t> shape,
             const std::function<void(llvm::ArrayRef<int64_t>)> &visit);

/// The result of `op` on `operands`.
Tensor evaluate(mlir::Operation *op, const std::vector<Tensor> &operands);

} // namespace snc::test

#endif // SNC_TEST_REFERENCE_H
