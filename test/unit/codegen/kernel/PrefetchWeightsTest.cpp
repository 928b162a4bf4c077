// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which lines of weights the loops of a kernel prefetch: each strip those of its own
// next panel, each line once.

#include "codegen/schedule/PrefetchWeights.h"

#include "gtest/gtest.h"
#include <map>
#include <set>

using namespace snc;
using namespace Halide::Internal;
using Halide::Expr;

namespace {

/// Runs loops, and keeps where in the buffer, in lines, each iteration of all loops but
/// the innermost ones prefetches.
class Runner final : public IRVisitor {
public:
  using Place = std::pair<int, int>; ///< strip and panel
  std::map<Place, std::multiset<int64_t>> lines;

protected:
  using IRVisitor::visit;
  void visit(const For *op) override {
    int64_t first = *as_const_int(op->min), count = *as_const_int(op->extent);
    for (int64_t i = first; i < first + count; ++i) {
      values[op->name] = Expr(int(i));
      op->body.accept(this);
    }
    values.erase(op->name);
  }
  void visit(const Call *op) override {
    if (op->name != "llvm.prefetch.p0")
      return IRVisitor::visit(op);
    const Reinterpret *pointer = op->args[0].as<Reinterpret>();
    ASSERT_TRUE(pointer);
    const Add *address = pointer->value.as<Add>(); // buffer + bytes
    ASSERT_TRUE(address);
    auto bytes = as_const_uint(simplify(substitute(values, address->b)));
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes % 64, 0u);
    lines[{valueOf("f.cb.cbo_strip"), valueOf("f.cb.cbo")}].insert(int64_t(*bytes / 64));
  }

private:
  int valueOf(const std::string &loop) const {
    auto found = values.find(loop);
    return found == values.end() ? 0 : int(*as_const_int(found->second));
  }

  std::map<std::string, Expr> values;
};

Stmt loop(const std::string &name, int extent, Stmt body) {
  if (extent == 1) // as Halide does
    return body;
  return For::make(name, 0, extent, ForType::Serial, Halide::Partition::Auto,
                   Halide::DeviceAPI::None, body);
}

/// 2 tiles of 4 steps for each panel of 16 lines.
std::map<Runner::Place, std::multiset<int64_t>> prefetched(int strips, int panels, int part = 16,
                                                           int first = 16) {
  Stmt nest = loop("acc.s1.r", 4, Evaluate::make(0));
  nest = loop("f.cb.cbo", panels, loop("f.x.xo", 2, nest));
  nest = loop("f.cb.cbo_strip", strips, nest);
  WeightPrefetch prefetch;
  prefetch.buffer = "w";
  prefetch.panel = ".cbo";
  prefetch.strip = ".cbo_strip";
  prefetch.row = ".y"; // there is one row
  prefetch.tile = ".xo";
  prefetch.reduction = "acc.s1.r";
  prefetch.tilesPerRow = 2;
  prefetch.steps = 4;
  prefetch.panelsPerStrip = panels;
  prefetch.panelElements = 16 * 16;
  prefetch.first = first * 16;
  prefetch.elements = part * 16;
  Runner runner;
  prefetchWeights(prefetch)->mutate(nest).accept(&runner);
  return runner.lines;
}

std::multiset<int64_t> linesOf(int64_t first, int64_t count) {
  std::multiset<int64_t> lines;
  for (int64_t i = 0; i < count; ++i)
    lines.insert(first + i);
  return lines;
}

TEST(PrefetchWeights, EachStripFetchesItsOwnNextPanel) {
  auto lines = prefetched(/*strips=*/2, /*panels=*/3);
  ASSERT_EQ(lines.size(), 6u);
  for (auto &[place, found] : lines)
    EXPECT_EQ(found, linesOf((place.first * 3 + place.second + 1) * 16, 16))
        << "strip " << place.first << ", panel " << place.second;
}

TEST(PrefetchWeights, OneStrip) {
  auto lines = prefetched(1, 3);
  ASSERT_EQ(lines.size(), 3u);
  for (auto &[place, found] : lines)
    EXPECT_EQ(found, linesOf((place.second + 1) * 16, 16));
}

TEST(PrefetchWeights, AStripOfOnePanelHasNoLoopOverPanels) {
  // Its second half follows its first, and the next panel behind it.
  auto lines = prefetched(2, 1, /*part=*/8, /*first=*/8);
  ASSERT_EQ(lines.size(), 2u);
  for (auto &[place, found] : lines)
    EXPECT_EQ(found, linesOf(place.first * 16 + 8, 8));
}

TEST(PrefetchWeights, NothingWithoutPanels) { EXPECT_TRUE(prefetched(1, 1).empty()); }

} // namespace
