// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/KernelShape.h"

#include "ir/HalfStorage.h"
#include "ir/KernelGrouping.h"
#include "ir/ShapeInference.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

static int64_t product(ArrayRef<int64_t> values) {
  int64_t p = 1;
  for (int64_t v : values)
    p *= v;
  return p;
}

static std::string pairText(const char *prefix, const std::array<int64_t, 2> &pair) {
  return std::string(" ") + prefix + std::to_string(pair[0]) + "x" + std::to_string(pair[1]);
}

std::string KernelShape::signature() const {
  std::string text = op + " " + shapeText(in) + " -> " + shapeText(out);
  if (op == "conv" || op == "max_pool" || op == "avg_pool")
    text += pairText("k", kernel) + pairText("s", strides) + pairText("d", dilations);
  if (op == "conv")
    text += " g" + std::to_string(group);
  return text + (epilogue.empty() ? "" : " " + epilogue) + (half ? " fp16" : "");
}

static bool parseShape(StringRef text, SmallVectorImpl<int64_t> &shape) {
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t extent;
    if (part.getAsInteger(10, extent) || extent < 1)
      return false;
    shape.push_back(extent);
  }
  return !shape.empty();
}

std::optional<KernelShape> shapeOfSignature(StringRef signature) {
  SmallVector<StringRef> words;
  signature.split(words, ' ');
  KernelShape shape;
  if (words.size() < 4 || words[2] != "->" || !parseShape(words[1], shape.in) ||
      !parseShape(words[3], shape.out))
    return std::nullopt;
  shape.op = words[0].str();
  for (StringRef word : ArrayRef(words).drop_front(4)) {
    SmallVector<int64_t, 2> pair;
    char kind = word.empty() ? ' ' : word[0];
    if (kind == '+')
      shape.epilogue = word.str();
    else if (word == "fp16")
      shape.half = true;
    else if (kind == 'g' && word.drop_front().getAsInteger(10, shape.group))
      return std::nullopt;
    else if (kind == 'k' || kind == 's' || kind == 'd') {
      if (!parseShape(word.drop_front(), pair) || pair.size() != 2)
        return std::nullopt;
      (kind == 'k'   ? shape.kernel
       : kind == 's' ? shape.strides
                     : shape.dilations) = {pair[0], pair[1]};
    }
  }
  if (shape.op == "conv" && (shape.in.size() != 4 || shape.out.size() != 4 || shape.group < 1))
    return std::nullopt;
  return shape;
}

int64_t KernelShape::outElements() const { return product(out); }
int64_t KernelShape::inElements() const { return product(in); }

int64_t KernelShape::weightElements() const {
  if (op == "conv")
    return out[1] * (in[1] / std::max<int64_t>(1, group)) * kernel[0] * kernel[1];
  if (op == "gemm" || op == "matmul")
    return in.back() * out.back();
  return 0;
}

double KernelShape::flops() const {
  double outs = double(outElements());
  if (op == "conv")
    return 2 * outs * double(in[1] / std::max<int64_t>(1, group) * kernel[0] * kernel[1]);
  if (op == "gemm" || op == "matmul")
    return 2 * outs * double(in.back());
  if (op == "max_pool" || op == "avg_pool")
    return outs * double(kernel[0] * kernel[1]);
  return std::max(outs, double(inElements()));
}

double KernelShape::bytes() const {
  bool residual = epilogue.find("+add") != std::string::npos;
  return (half ? 2 : 4) * double(inElements() + outElements() * (1 + residual) + weightElements());
}

int64_t stripAxis(ArrayRef<int64_t> out, int64_t threads, int64_t lanes) {
  if (out.size() != 4 || threads < 2)
    return 1;
  // The busiest strip counts.
  auto excess = [&](int64_t n) {
    return double(int64_t(llvm::divideCeil(n, threads)) * threads) / double(n);
  };
  double rows = excess(out[2]),
         blocks = excess(int64_t(llvm::divideCeil(out[1], std::max<int64_t>(1, lanes))));
  constexpr double kAboutEqual = 1.1;
  return rows <= kAboutEqual || rows < blocks ? 2 : 1;
}

template <typename Op> static void takeWindow(KernelShape &shape, Op op) {
  shape.strides = {op.getStrides()[0], op.getStrides()[1]};
  shape.dilations = {op.getDilations()[0], op.getDilations()[1]};
}

KernelShape shapeOf(ArrayRef<Operation *> ops) {
  KernelShape shape;
  Operation *anchor = nullptr, *last = nullptr;
  auto counts = [](Operation *op) {
    return !isa<ConstantOp, RelayoutOp, ReshapeOp>(op) && !isStorageCast(op);
  };
  for (Operation *op : ops)
    if (counts(op)) {
      if (!anchor || (isElementwise(anchor) && !isElementwise(op)))
        anchor = op;
      last = op;
    }
  if (!anchor)
    anchor = last = ops.back();
  shape.op = anchor->getName().stripDialect().str();
  for (Operation *op : ops)
    if (counts(op) && op != anchor)
      shape.epilogue += "+" + op->getName().stripDialect().str();
  llvm::append_range(shape.in, tensorType(anchor->getOperand(0)).getShape());
  llvm::append_range(shape.out, tensorType(anchor->getResult(0)).getShape());
  llvm::TypeSwitch<Operation *>(anchor)
      .Case([&](ConvOp op) {
        takeWindow(shape, op);
        auto weight = tensorType(op.getWeight()).getShape();
        shape.kernel = {weight[2], weight[3]};
        shape.group = int64_t(op.getGroup());
      })
      .Case<MaxPoolOp, AvgPoolOp>([&](auto op) {
        takeWindow(shape, op);
        shape.kernel = {op.getKernel()[0], op.getKernel()[1]};
      });
  return shape;
}

KernelShape shapeOf(KernelOp kernel) {
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ops.push_back(&op);
  KernelShape shape = shapeOf(ops);
  shape.half = llvm::any_of(ops, isStorageCast);
  return shape;
}

} // namespace snc
