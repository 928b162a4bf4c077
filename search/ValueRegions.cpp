// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/ValueRegions.h"

#include "ir/ShapeInference.h"
#include "search/PlanCost.h"

using namespace mlir;

namespace snc {

static Range whole(RankedTensorType type, int64_t axis) {
  return {0, type.getRank() > axis ? type.getDimSize(unsigned(axis)) : 1};
}

Box wholeBox(Value value) {
  RankedTensorType type = tensorType(value);
  return {whole(type, 1), whole(type, 2)};
}

Box boxOf(Value value, const Need &need) {
  Box box = wholeBox(value);
  if (need.axis == 1)
    box.channels = need.range;
  else if (need.axis == 2)
    box.rows = need.range;
  return box;
}

double bytesOf(Value value, const Box &box) {
  Box all = wholeBox(value);
  double whole = double(all.channels.size()) * double(all.rows.size());
  double share = double(box.channels.size()) * double(box.rows.size()) / std::max(1.0, whole);
  return 4 * double(tensorType(value).getNumElements()) * share;
}

/// The parts of `a` outside `b`: rows above and below, and channels beside it.
static void subtract(const Box &a, const Box &b, SmallVectorImpl<Box> &rest) {
  Range channels{std::max(a.channels.begin, b.channels.begin),
                 std::min(a.channels.end, b.channels.end)};
  Range rows{std::max(a.rows.begin, b.rows.begin), std::min(a.rows.end, b.rows.end)};
  if (Box{channels, rows}.empty()) {
    rest.push_back(a);
    return;
  }
  for (Box part :
       {Box{a.channels, {a.rows.begin, rows.begin}}, Box{a.channels, {rows.end, a.rows.end}},
        Box{{a.channels.begin, channels.begin}, rows}, Box{{channels.end, a.channels.end}, rows}})
    if (!part.empty())
      rest.push_back(part);
}

SmallVector<Box, 2> BoxSet::missing(const Box &box) const {
  SmallVector<Box, 2> parts;
  if (!box.empty())
    parts.push_back(box);
  for (const Box &have : boxes) {
    SmallVector<Box, 2> rest;
    for (const Box &part : parts)
      subtract(part, have, rest);
    parts = std::move(rest);
  }
  return parts;
}

void BoxSet::add(const Box &box) { llvm::append_range(boxes, missing(box)); }

void forEachRoot(const NetworkGraph &graph, Value value, const Box &box,
                 llvm::function_ref<void(Value, const Box &)> visit) {
  Operation *op = value.getDefiningOp();
  if (op && isa<ConstantOp>(op))
    return;
  if (auto reshape = dyn_cast_or_null<ReshapeOp>(op))
    return forEachRoot(graph, reshape.getInput(), wholeBox(reshape.getInput()), visit);
  int64_t node = graph.producer(value);
  if (node < 0 || !isFree(graph.nodes()[size_t(node)]))
    return visit(value, box);
  if (auto slice = dyn_cast<SliceOp>(op)) {
    auto shifted = [&](Range r, size_t axis) {
      int64_t start = slice.getStarts()[axis], step = slice.getSteps()[axis];
      return Range{start + r.begin * step, start + (r.end - 1) * step + 1};
    };
    return forEachRoot(graph, slice.getInput(), {shifted(box.channels, 1), shifted(box.rows, 2)},
                       visit);
  }
  int64_t begin = 0;
  for (Value input : cast<ConcatOp>(op).getInputs()) {
    int64_t size = tensorType(input).getDimSize(1);
    Box part{{std::max<int64_t>(0, box.channels.begin - begin),
              std::min(size, box.channels.end - begin)},
             box.rows};
    if (!part.empty())
      forEachRoot(graph, input, part, visit);
    begin += size;
  }
}

} // namespace snc
