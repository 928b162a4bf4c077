// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor as a Halide Func, read by the model's coordinates in any layout.

#ifndef SNC_CODEGEN_LOWER_TENSORVIEW_H
#define SNC_CODEGEN_LOWER_TENSORVIEW_H

#include "Halide.h"
#include "ir/SncOps.h"

namespace snc {

namespace hl = Halide;

/// A place in a tensor: coordinates in ONNX order. Where they come from a blocked
/// result, lane and block are kept apart, so that reading an operand of the same
/// layout needs no division.
struct Coords {
  std::vector<hl::Expr> logical;
  int64_t lanes = 0; ///< 0: the result is plain
  hl::Expr lane, block;
  bool padded = false; ///< the channel may lie beyond the tensor's last

  /// The place in a vector over the channels (dimension 1).
  Coords channel() const { return {{logical[1]}, lanes, lane, block, padded}; }
};

/// The loop variables of a Func that holds a tensor of some type, innermost in
/// memory first, and the place they stand for.
struct IndexSpace {
  std::vector<hl::Var> vars;
  Coords coords;
};

/// Variables c, x, y, cb, n for blocked tensors of rank 4 (c, cb for vectors);
/// d0, d1, ... for plain ones.
IndexSpace indexSpace(mlir::RankedTensorType type);

/// A Func whose arguments are the memory order of `type`.
struct TensorView {
  hl::Func func;
  mlir::RankedTensorType type;

  /// The element at `at`; dimensions of extent 1 are broadcast, missing leading
  /// dimensions are ignored (numpy). Coordinates inside padding are clamped
  /// where the layout has no room for them.
  hl::Expr operator()(const Coords &at) const;
  /// The element at exact coordinates, one for each dimension.
  hl::Expr operator()(const std::vector<hl::Expr> &logical) const;

  int64_t dim(int i) const { return type.getDimSize(i); }
  int64_t rank() const { return type.getRank(); }
};

/// The Halide type of an element; a handle type (never loaded) if there is none.
hl::Type halideType(mlir::Type element);

} // namespace snc

#endif // SNC_CODEGEN_LOWER_TENSORVIEW_H
