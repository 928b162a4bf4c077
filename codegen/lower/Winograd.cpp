// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Y = A^T [ sum over channels of (G g G^T) * (B^T d B) ] A for each tile of 4x4 outputs.
// G g G^T is done when weights are packed (codegen/emit/WinogradWeights.cpp); here are the
// transforms of inputs d and of the sums, and 36 matrix products between them.

#include "codegen/lower/Winograd.h"

#include "ir/Layout.h"
#include "ir/Winograd.h"

using namespace mlir;

namespace snc {

namespace {
constexpr int kTile = winograd::kTile, kPoints = winograd::kPoints;

using Values = std::vector<hl::Expr>;

/// B^T d for a column d of six inputs. Sums that two rows share are written once; what
/// they are equal in is found again by the compiler.
Values inputTransform(const Values &d) {
  hl::Expr p = d[4] - 4 * d[2], q = d[3] - 4 * d[1], r = d[4] - d[2], s = 2 * (d[3] - d[1]);
  return {4 * d[0] - 5 * d[2] + d[4], p + q, p - q, r + s, r - s, 4 * d[1] - 5 * d[3] + d[5]};
}

/// A^T m for a column m of six sums.
Values outputTransform(const Values &m) {
  hl::Expr p = m[1] + m[2], q = m[1] - m[2], r = m[3] + m[4], s = m[3] - m[4];
  return {m[0] + p + r, q + 2 * s, p + 4 * r, q + 8 * s + m[5]};
}

/// The input with zeros around it.
hl::Func withZeros(TensorView input) {
  std::vector<hl::Var> vars = indexSpace(input.type).vars;
  hl::Region bounds(vars.size(), {hl::Expr(), hl::Expr()});
  bounds[1] = {0, int(input.dim(3))};
  bounds[2] = {0, int(input.dim(2))};
  hl::Func pad("pad");
  hl::Func outside = hl::BoundaryConditions::constant_exterior(input.func, 0.0f, bounds);
  pad(vars) = outside(Values(vars.begin(), vars.end()));
  return pad;
}

/// The transformed input at (lane, tile, input block, point, n), in two steps.
void transformInput(WinogradFuncs &funcs, ConvOp op, hl::Func pad, int tilesX) {
  hl::Var c("c"), t("t"), b("b"), p("p"), n("n"), i("i"), j("j");
  auto pads = op.getPads();
  hl::Expr x = t % tilesX * kTile - int(pads[1]), y = t / tilesX * kTile - int(pads[0]);
  Values column, row;
  for (int k = 0; k < kPoints; ++k)
    column.push_back(pad(c, x + j, y + k, b, n));
  funcs.inputColumns(c, j, i, t, b, n) = hl::mux(i, inputTransform(column));
  for (int k = 0; k < kPoints; ++k)
    row.push_back(funcs.inputColumns(c, k, p / kPoints, t, b, n));
  funcs.input(c, t, b, p, n) = hl::mux(p % kPoints, inputTransform(row));
}
} // namespace

void lowerWinograd(LoweredKernel &kernel, ConvOp op, TensorView input, TensorView weight) {
  RankedTensorType type = resultType(op);
  auto packed = cast<PackedAttr>(weight.type.getEncoding());
  int rows = int(packed.getRows()), il = int(packed.getInputLanes());
  int tilesX = int(winograd::tiles(type.getDimSize(3)));
  Stage stage{Stage::Kind::Winograd, op, {}, hl::Func("acc"), {}, {}, {}};
  WinogradFuncs &funcs = stage.winograd;
  stage.pad = withZeros(input);
  transformInput(funcs, op, stage.pad, tilesX);

  hl::Var c("c"), t("t"), b("b"), p("p"), n("n"), i("i"), j("j");
  int step = reductionStep(weight.dim(1), il), steps = il / step;
  hl::RDom r(0, step, 0, int(llvm::divideCeil(weight.dim(1), step)), "r");
  hl::Expr block = r.y / steps, lane = r.y % steps * step + r.x;
  stage.acc(c, t, b, p, n) = 0.0f;
  stage.acc(c, t, b, p, n) +=
      weight.func(c, b % rows, block * il + lane, p, b / rows) * funcs.input(lane, t, block, p, n);
  stage.domain = r;
  funcs.product(c, t, b, p, n) = stage.acc(c, t, b, p, n);

  Values column, row;
  for (int k = 0; k < kPoints; ++k)
    column.push_back(funcs.product(c, t, b, k * kPoints + j, n));
  funcs.columns(c, j, i, t, b, n) = hl::mux(i, outputTransform(column));
  auto accType = withLayout(type, BlockedAttr::get(type.getContext(), packed.getLanes()));
  IndexSpace space = indexSpace(accType);
  hl::Var x = space.vars[1], y = space.vars[2], cb = space.vars[3];
  for (int k = 0; k < kPoints; ++k)
    row.push_back(funcs.columns(space.vars[0], k, y % kTile, y / kTile * tilesX + x / kTile, cb,
                                space.vars[4]));
  hl::Func sum("sum");
  sum(space.vars) =
      hl::mux(x % kTile, outputTransform(row)) + initialSum(kernel, op.getBias(), space.coords);
  IndexSpace out = indexSpace(type);
  define(kernel, op, out, TensorView{sum, accType}(out.coords));
  stage.result = kernel.view(op.getResult()).func;
  kernel.addStage(stage);
}

} // namespace snc
