// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which values of @main share memory at the kernel level, and where: what stays
// outside kernels (KernelGrouping) moves nothing.

#ifndef SNC_PASSES_VALUEROOTS_H
#define SNC_PASSES_VALUEROOTS_H

#include "ir/SncOps.h"

namespace snc {

/// Bytes from the beginning of a tensor to index `begin` of dimension `axis`; in
/// blocked layouts channels begin a block.
int64_t bytesTo(mlir::RankedTensorType type, int64_t axis, int64_t begin);

class ValueRoots {
public:
  explicit ValueRoots(mlir::Block &block);

  /// The value whose memory `value` lies in, and the byte it begins at: through
  /// reshapes, relayouts that move nothing, and slices and concats in place.
  std::pair<mlir::Value, int64_t> of(mlir::Value value) const;
  /// True where `value` is all of its root's memory, under whatever shape.
  bool isWhole(mlir::Value value) const;

private:
  /// A value computed as a part of a concat, and where it is there.
  llvm::DenseMap<mlir::Value, std::pair<mlir::Value, int64_t>> partOf;
};

} // namespace snc

#endif // SNC_PASSES_VALUEROOTS_H
