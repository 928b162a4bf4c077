// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows of random chains, computed in parts by naive loops from exactly the rows
// and pads that the split names: the parts must be those of the whole, bit for bit.

#include "search/SegmentSplit.h"

#include "ir/ShapeInference.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace snc;

namespace {

using Column = std::vector<double>;

/// A picture of one column, so that a list of numbers is a tensor.
class ColumnNetwork {
public:
  ColumnNetwork(MLIRContext &context, int64_t height)
      : module(ModuleOp::create(UnknownLoc::get(&context))), b(&context) {
    auto type = RankedTensorType::get({1, 1, height, 1}, b.getF32Type());
    b.setInsertionPointToEnd(module->getBody());
    main = b.create<func::FuncOp>(b.getUnknownLoc(), "main", b.getFunctionType(type, type));
    b.setInsertionPointToEnd(main.addEntryBlock());
    values.push_back(main.getArgument(0));
  }

  /// Adds an operator behind the last value; false where its result would be empty.
  bool add(std::mt19937 &random) {
    int64_t kernel = 1 + random() % 4, stride = 1 + random() % 3, dilation = 1 + random() % 2;
    Value x = values.back();
    int64_t height = heightOf(x), reach = (kernel - 1) * dilation + 1;
    SmallVector<int64_t> k{kernel, 1}, s{stride, 1}, d{dilation, 1},
        p{int64_t(random() % (kernel + 1)), 0, int64_t(random() % (kernel + 1)), 0};
    if (height + p[0] + p[2] < reach)
      return false;
    switch (random() % 6) {
    case 0:
      return push(b.create<MaxPoolOp>(b.getUnknownLoc(), x, k, s, d, p, random() % 2));
    case 1:
      return push(
          b.create<AvgPoolOp>(b.getUnknownLoc(), x, k, s, d, p, random() % 2, random() % 2));
    case 2: {
      Value other = values[random() % values.size()];
      if (heightOf(other) != height)
        return push(b.create<NegOp>(b.getUnknownLoc(), x));
      return push(b.create<AddOp>(b.getUnknownLoc(), x, other));
    }
    case 3: { // two windows that look in different directions, and their sum
      SmallVector<int64_t> one{1, 1}, up{kernel - 1, 0, 0, 0}, down{0, 0, kernel - 1, 0};
      auto a =
          b.create<ConvOp>(b.getUnknownLoc(), x, weight(random, kernel), Value(), one, one, up, 1);
      auto c = b.create<ConvOp>(b.getUnknownLoc(), x, weight(random, kernel), Value(), one, one,
                                down, 1);
      return push(b.create<AddOp>(b.getUnknownLoc(), a, c));
    }
    default:
      return push(
          b.create<ConvOp>(b.getUnknownLoc(), x, weight(random, kernel), Value(), s, d, p, 1));
    }
  }

  void finish() { b.create<func::ReturnOp>(b.getUnknownLoc(), values.back()); }
  static int64_t heightOf(Value v) { return tensorType(v).getDimSize(2); }

  OwningOpRef<ModuleOp> module;
  func::FuncOp main;

private:
  Value weight(std::mt19937 &random, int64_t rows) {
    std::vector<float> numbers;
    for (int64_t i = 0; i < rows; ++i)
      numbers.push_back(float(1 + random() % 5));
    auto type = RankedTensorType::get({1, 1, rows, 1}, b.getF32Type());
    return b.create<ConstantOp>(b.getUnknownLoc(), type,
                                DenseElementsAttr::get(type, ArrayRef<float>(numbers)));
  }

  bool push(Operation *op) {
    values.push_back(op->getResult(0));
    return true;
  }

  OpBuilder b;
  std::vector<Value> values;
};

/// `count` rows of a windowed `op` over `x`, with `before` rows of padding above and
/// `after` below.
Column slide(Operation *op, const Column &x, int64_t before, int64_t after, int64_t count) {
  auto conv = dyn_cast<ConvOp>(op);
  auto average = dyn_cast<AvgPoolOp>(op);
  SmallVector<double> weights;
  if (conv)
    for (float w : conv.getWeight().getDefiningOp<ConstantOp>().getValue().getValues<float>())
      weights.push_back(w);
  auto numbers = [&](StringRef name) {
    return op->getAttrOfType<DenseI64ArrayAttr>(name).asArrayRef()[0];
  };
  int64_t kernel = conv ? int64_t(weights.size()) : numbers("kernel");
  Column result;
  for (int64_t y = 0; y < count; ++y) {
    double sum = 0, most = -1e6; // of padding alone
    int64_t seen = 0, inside = 0;
    for (int64_t k = 0; k < kernel; ++k) {
      int64_t at = y * numbers("strides") - before + k * numbers("dilations");
      inside += at < int64_t(x.size()) + after;
      if (at < 0 || at >= int64_t(x.size()))
        continue;
      ++seen;
      sum += x[size_t(at)] * (conv ? weights[size_t(k)] : 1);
      most = std::max(most, x[size_t(at)]);
    }
    int64_t divisor = average && average.getCountIncludePad() ? inside : seen;
    result.push_back(conv ? sum : average ? (divisor ? sum / double(divisor) : 0) : most);
  }
  return result;
}

/// `op` on its operands, `count` rows of it.
Column compute(Operation *op, const std::vector<Column> &operands, int64_t before, int64_t after,
               int64_t count) {
  if (!isElementwise(op))
    return slide(op, operands[0], before, after, count);
  Column result;
  for (size_t y = 0; y < operands[0].size(); ++y)
    result.push_back(isa<AddOp>(op) ? operands[0][y] + operands[1][y] : -operands[0][y]);
  return result;
}

SmallVector<int64_t> padsOf(Operation *op) {
  auto pads = op->getAttrOfType<DenseI64ArrayAttr>("pads");
  return pads ? SmallVector<int64_t>(pads.asArrayRef()) : SmallVector<int64_t>(4, 0);
}

/// The rows of a part that needs no more than it says.
Column computePart(const SegmentSplit &split, Operation *op, size_t branch,
                   const DenseMap<Value, Column> &given, const DenseMap<Value, Column> &parts) {
  std::vector<Column> operands;
  for (unsigned k = 0; k < (isa<ConvOp>(op) ? 1 : op->getNumOperands()); ++k) {
    Value v = op->getOperand(k);
    Need need = split.need(op, k, branch);
    EXPECT_EQ(need.axis, 2);
    EXPECT_GE(need.range.size(), 1);
    bool inside = split.parts.count(v);
    int64_t begin = inside ? split.parts.at(v).ranges[branch].begin : 0;
    const Column &from = inside ? parts.at(v) : given.at(v);
    EXPECT_GE(need.range.begin, begin);
    EXPECT_LE(need.range.end - begin, int64_t(from.size()));
    if (::testing::Test::HasFailure())
      return {};
    operands.emplace_back(from.begin() + (need.range.begin - begin),
                          from.begin() + (need.range.end - begin));
  }
  Range out = split.parts.at(op->getResult(0)).ranges[branch];
  if (isElementwise(op))
    return compute(op, operands, 0, 0, out.size());
  SmallVector<int64_t> pads = split.pads(op, branch);
  // The part is an operator of its own: its height follows from operand and pads.
  auto conv = dyn_cast<ConvOp>(op);
  int64_t kernel = conv ? tensorType(conv.getWeight()).getDimSize(2)
                        : op->getAttrOfType<DenseI64ArrayAttr>("kernel").asArrayRef()[0];
  int64_t stride = op->getAttrOfType<DenseI64ArrayAttr>("strides").asArrayRef()[0];
  int64_t dilation = op->getAttrOfType<DenseI64ArrayAttr>("dilations").asArrayRef()[0];
  EXPECT_EQ(
      windowExtent(int64_t(operands[0].size()), kernel, stride, dilation, pads[0], pads[2], false),
      out.size());
  return compute(op, operands, pads[0], pads[2], out.size());
}

void expectExact(const NetworkGraph &graph, func::FuncOp main, const SegmentSplit &split) {
  DenseMap<Value, Column> whole;
  Column &x = whole[main.getArgument(0)];
  for (int64_t y = 0; y < ColumnNetwork::heightOf(main.getArgument(0)); ++y)
    x.push_back(double((y * 37 + 11) % 101 - 50));
  for (Operation *op : graph.ops(0, graph.size())) {
    std::vector<Column> operands;
    for (Value v : op->getOperands())
      if (!v.getDefiningOp<ConstantOp>())
        operands.push_back(whole[v]);
    SmallVector<int64_t> pads = padsOf(op);
    whole[op->getResult(0)] =
        compute(op, operands, pads[0], pads[2], ColumnNetwork::heightOf(op->getResult(0)));
  }
  for (size_t branch = 0; branch < split.units.size(); ++branch) {
    DenseMap<Value, Column> parts;
    for (Operation *op : split.body) {
      parts[op->getResult(0)] = computePart(split, op, branch, whole, parts);
      if (::testing::Test::HasFailure())
        return;
      Range range = split.parts.at(op->getResult(0)).ranges[branch];
      const Column &all = whole[op->getResult(0)];
      EXPECT_EQ(parts[op->getResult(0)], Column(all.begin() + range.begin, all.begin() + range.end))
          << "branch " << branch << ", " << op->getName().getStringRef().str();
    }
  }
}

TEST(RowSplit, PartsOfRandomChainsAreExact) {
  MLIRContext context;
  context.loadDialect<SncDialect, func::FuncDialect>();
  std::mt19937 random(1);
  int accepted = 0;
  for (int round = 0; round < 3000 && !HasFailure(); ++round) {
    ColumnNetwork network(context, 8 + random() % 40);
    for (size_t i = 0, count = 1 + random() % 5; i < count; ++i)
      network.add(random);
    network.finish();
    NetworkGraph graph(network.main);
    if (graph.size() == 0)
      continue;
    PlanSegment segment;
    segment.end = graph.size();
    segment.kind = SegmentKind::rows;
    int64_t first = 1 + random() % 6, second = 1 + random() % (7 - first);
    segment.shares = random() % 2 ? std::vector<int64_t>{first, kShares - first}
                                  : std::vector<int64_t>{first, second, kShares - first - second};
    if (auto split = splitSegment(graph, segment, 8)) {
      ++accepted;
      expectExact(graph, network.main, *split);
    }
    if (HasFailure())
      network.module->dump();
  }
  EXPECT_GT(accepted, 1000) << "most chains can be split";
}

} // namespace
