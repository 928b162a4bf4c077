// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of two computed matrices: a tile of rows x vectors of columns stays in registers, each
// row of the right matrix is read in vectors as it lies.

#include "codegen/schedule/Schedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
struct Tile {
  int64_t rows = 1, vectors = 1;
};

/// Of `pieces`, the largest whose multiples exceed `extent` by least.
int64_t bestPiece(int64_t extent, int64_t most) {
  int64_t best = 1, least = INT64_MAX;
  for (int64_t piece = std::min(most, extent); piece >= 1; --piece) {
    int64_t waste = int64_t(llvm::divideCeil(uint64_t(extent), uint64_t(piece))) * piece;
    if (waste < least) {
      least = waste;
      best = piece;
    }
    if (best > most / 2 && least == extent)
      break;
  }
  return best;
}

/// Sums, a row of the right matrix, a broadcast.
Tile tileFor(int64_t rows, int64_t columns, const Target &target) {
  Tile tile;
  tile.vectors =
      bestPiece(int64_t(llvm::divideCeil(uint64_t(columns), uint64_t(target.vectorLanes))),
                target.registers >= 32 ? 4 : 2);
  tile.vectors = std::min(tile.vectors, columns / target.vectorLanes);
  tile.rows = bestPiece(rows, (target.registers - 1 - tile.vectors) / tile.vectors / 2 * 2);
  return tile;
}
} // namespace

bool scheduleMatmul(LoweredKernel &kernel, Stage &product, int64_t strips, const Target &target) {
  auto op = dyn_cast<MatMulOp>(product.op);
  const std::vector<hl::Var> &v = kernel.space.vars; // column, row, then the batch
  auto plain = [](Value m) {
    auto type = cast<RankedTensorType>(m.getType());
    return type.getRank() >= 2 && !blockedLanes(type) && type.getElementType().isF32();
  };
  if (!op || !plain(op.getLhs()) || !plain(op.getRhs()) || v.size() < 2 ||
      blockedLanes(kernel.resultTensor) ||
      kernel.resultTensor.getShape() != op.getType().getShape())
    return false;
  auto shape = op.getType().getShape();
  int64_t columns = shape.back(), rows = shape[shape.size() - 2];
  if (columns < target.vectorLanes)
    return false;
  Tile tile = tileFor(rows, columns, target);
  hl::Func out = kernel.output, acc = product.acc;
  hl::Var n = v[0], m = v[1], no("no"), mo("mo"), nv("nv"), av("av");
  // Tiles that do not fit are moved inwards.
  out.split(n, no, n, int(tile.vectors * target.vectorLanes), hl::TailStrategy::ShiftInwards)
      .split(m, mo, m, int(tile.rows), hl::TailStrategy::ShiftInwards)
      .split(n, n, nv, int(target.vectorLanes))
      .reorder({nv, n, m, mo, no})
      .vectorize(nv);
  hl::Var innermost = mo;
  if (v.size() > 2 && shape[0] >= strips) {
    parallelStrips(out, v.back(), shape[0], strips);
  } else if (rows % tile.rows == 0 && strips > 1) { // others would overlap
    out.reorder({no, mo});
    innermost = no;
    parallelStrips(out, mo, rows / tile.rows, strips);
  }
  std::vector<hl::Var> a = acc.args();
  acc.compute_at(out, innermost)
      .split(a[0], a[0], av, int(target.vectorLanes))
      .vectorize(av)
      .unroll(a[0])
      .unroll(a[1]);
  acc.update()
      .split(a[0], a[0], av, int(target.vectorLanes))
      .reorder({av, a[0], a[1], product.domain.x})
      .vectorize(av)
      .unroll(a[0])
      .unroll(a[1]);
  return true;
}

} // namespace snc
