// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: matrix products.

#include "codegen/lower/Lowering.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// acc(q, p, m): column p * lanes + q of row m, over packed panels of B.
void gemmPanels(LoweredKernel &kernel, GemmOp op, PackedAttr packed) {
  TensorView a = kernel.view(op.getA()), b = kernel.view(op.getB());
  int lanes = int(packed.getLanes()), k = int(a.dim(op.getTransA() ? 0 : 1));
  int columns = int(resultType(op).getDimSize(1));
  hl::Var q("q"), p("p"), m("m");
  hl::RDom r(0, k, "r");
  Stage stage{Stage::Kind::Gemm, op, {}, hl::Func("acc"), {}, r, {}};
  hl::Expr start = 0.0f;
  if (op.getC()) {
    Coords at;
    at.logical = {m, hl::min(p * lanes + q, columns - 1)};
    start = op.getBeta().convertToFloat() * kernel.view(op.getC())(at);
  }
  hl::Expr left = op.getTransA() ? a({hl::Expr(r.x), m}) : a({m, hl::Expr(r.x)});
  stage.acc(q, p, m) = start;
  float alpha = op.getAlpha().convertToFloat();
  stage.acc(q, p, m) += b.func(q, r.x, p) * (alpha == 1.0f ? left : alpha * left);
  IndexSpace space = indexSpace(resultType(op));
  hl::Expr n = space.coords.logical[1];
  define(kernel, op, space, stage.acc(n % lanes, n / lanes, space.coords.logical[0]));
  stage.result = kernel.view(op.getResult()).func;
  kernel.addStage(stage);
}

void gemmPlain(LoweredKernel &kernel, GemmOp op) {
  TensorView a = kernel.view(op.getA()), b = kernel.view(op.getB());
  IndexSpace space = indexSpace(withLayout(resultType(op), {}));
  hl::Expr m = space.coords.logical[0], n = space.coords.logical[1];
  hl::RDom r(0, int(a.dim(op.getTransA() ? 0 : 1)), "r");
  hl::Expr k = r.x;
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("acc"), {}, r, {}};
  hl::Expr start = hl::cast(halideType(a.type.getElementType()), 0);
  if (op.getC())
    start = op.getBeta().convertToFloat() * kernel.view(op.getC())(space.coords);
  stage.acc(space.vars) = start;
  hl::Expr left = op.getTransA() ? a({k, m}) : a({m, k});
  hl::Expr right = op.getTransB() ? b({n, k}) : b({k, n});
  stage.acc(space.vars) += op.getAlpha().convertToFloat() * left * right;
  stage.result = stage.acc;
  kernel.addStage(stage);
  IndexSpace out = indexSpace(resultType(op));
  define(kernel, op, out, TensorView{stage.acc, withLayout(resultType(op), {})}(out.coords));
}

void matmul(LoweredKernel &kernel, MatMulOp op) {
  TensorView a = kernel.view(op.getLhs()), b = kernel.view(op.getRhs());
  RankedTensorType type = withLayout(resultType(op), {});
  IndexSpace space = indexSpace(type);
  std::vector<hl::Expr> at = space.coords.logical;
  // As numpy: a missing row or column is a matrix of one.
  hl::Expr column, row;
  if (b.rank() > 1) {
    column = at.back();
    at.pop_back();
  }
  if (a.rank() > 1) {
    row = at.back();
    at.pop_back();
  }
  hl::RDom r(0, int(a.dim(int(a.rank()) - 1)), "r");
  auto place = [&](TensorView t, bool left) {
    std::vector<hl::Expr> p;
    int64_t batch = std::max<int64_t>(t.rank() - 2, 0);
    for (int64_t i = 0; i < batch; ++i)
      p.push_back(t.dim(int(i)) == 1 ? hl::Expr(0) : at[at.size() - size_t(batch - i)]);
    if (t.rank() == 1)
      p = {hl::Expr(r.x)};
    else if (left)
      p.insert(p.end(), {row, hl::Expr(r.x)});
    else
      p.insert(p.end(), {hl::Expr(r.x), column});
    return t(p);
  };
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("acc"), {}, r, {}};
  stage.acc(space.vars) = hl::cast(halideType(a.type.getElementType()), 0);
  stage.acc(space.vars) += place(a, true) * place(b, false);
  stage.result = stage.acc;
  kernel.addStage(stage);
  IndexSpace out = indexSpace(resultType(op));
  define(kernel, op, out, TensorView{stage.acc, type}(out.coords));
}
} // namespace

bool lowerMatrix(LoweredKernel &kernel, Operation *op) {
  if (auto product = dyn_cast<MatMulOp>(op))
    return matmul(kernel, product), true;
  auto gemm = dyn_cast<GemmOp>(op);
  if (!gemm)
    return false;
  TensorView b = kernel.view(gemm.getB());
  auto packed = dyn_cast_if_present<PackedAttr>(b.type.getEncoding());
  if (packed)
    gemmPanels(kernel, gemm, packed);
  else
    gemmPlain(kernel, gemm);
  return true;
}

} // namespace snc
