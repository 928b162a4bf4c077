// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small spaces with known leaves, and an evaluator that keeps watch.

#ifndef SNC_TEST_UNIT_SEARCH_SEARCHSPACES_H
#define SNC_TEST_UNIT_SEARCH_SEARCHSPACES_H

#include "search/Search.h"
#include "gtest/gtest.h"
#include <cmath>
#include <map>
#include <mutex>

namespace snc::test {

using Leaf = std::vector<uint16_t>;

inline Leaf copy(llvm::ArrayRef<uint16_t> leaf) { return leaf.vec(); }

/// A space by its width function.
struct Space : DecisionSpace {
  using Width = std::function<unsigned(llvm::ArrayRef<uint16_t>)>;
  Space(Width widths, double leaves) : widths(std::move(widths)), leaves(leaves) {}
  unsigned width(llvm::ArrayRef<uint16_t> path) const override { return widths(path); }
  double size() const override { return leaves; }
  std::string nameOf(llvm::ArrayRef<uint16_t> leaf) const override { return ""; }
  Width widths;
  double leaves;
};

/// `depth` decisions of `width` choices.
inline Space even(unsigned depth, unsigned width) {
  auto widths = [=](llvm::ArrayRef<uint16_t> path) { return path.size() < depth ? width : 0; };
  return Space(widths, std::pow(width, depth));
}

/// Eight leaves at depths 1 to 6; below 2 a chain without a choice until the last.
inline const std::vector<Leaf> &unevenLeaves() {
  static const std::vector<Leaf> leaves = {
      {0},       {1, 0},    {1, 1, 0},          {1, 1, 1},
      {1, 1, 2}, {1, 1, 3}, {2, 0, 0, 0, 0, 0}, {2, 0, 0, 0, 0, 1}};
  return leaves;
}

inline Space uneven() {
  auto widths = [](llvm::ArrayRef<uint16_t> path) -> unsigned {
    if (path.empty())
      return 3;
    if (path[0] == 1)
      return path.size() == 1 ? 2 : path.size() == 2 && path[1] == 1 ? 4 : 0;
    if (path[0] == 2)
      return path.size() < 5 ? 1 : path.size() == 5 ? 2 : 0;
    return 0;
  };
  return Space(widths, 8);
}

/// Checks that it is asked for leaves of `space`, and for none twice.
struct Watch : Evaluator {
  using Cost = std::function<double(llvm::ArrayRef<uint16_t>)>;
  Watch(const DecisionSpace &space, Cost costs) : space(space), costs(std::move(costs)) {}

  double cost(llvm::ArrayRef<uint16_t> leaf) override {
    for (size_t i = 0; i < leaf.size(); ++i)
      EXPECT_LT(leaf[i], space.width(leaf.take_front(i)));
    EXPECT_EQ(space.width(leaf), 0u);
    {
      std::lock_guard lock(mutex);
      EXPECT_EQ(++calls[copy(leaf)], 1) << "asked twice";
      order.push_back(copy(leaf));
    }
    return costs(leaf);
  }

  const DecisionSpace &space;
  Cost costs;
  std::mutex mutex;
  std::map<Leaf, int> calls;
  std::vector<Leaf> order; ///< of the calls
};

/// A cost without two equal ones among the leaves used here, of no obvious order.
inline double scattered(llvm::ArrayRef<uint16_t> leaf) {
  double cost = 0.1 * leaf.size();
  for (uint16_t choice : leaf)
    cost = std::fmod(cost * 7.31 + choice * 1.37 + 0.53, 10);
  return cost;
}

/// How far each choice is from a secret one: 0 at (0, 3, 2, 1, 0, 3, ...).
inline double distance(llvm::ArrayRef<uint16_t> leaf) {
  double cost = 0;
  for (size_t i = 0; i < leaf.size(); ++i)
    cost += std::abs(double(leaf[i]) - double((3 * i) % 4));
  return cost;
}

constexpr SearchKind kKinds[] = {SearchKind::mcts, SearchKind::evolution, SearchKind::random,
                                 SearchKind::exhaustive};

inline void expectSame(const SearchResult &a, const SearchResult &b) {
  EXPECT_EQ(a.best, b.best);
  EXPECT_EQ(a.cost, b.cost);
  EXPECT_EQ(a.evaluations, b.evaluations);
  EXPECT_EQ(a.exhausted, b.exhausted);
  EXPECT_EQ(a.history, b.history);
}

} // namespace snc::test

#endif // SNC_TEST_UNIT_SEARCH_SEARCHSPACES_H
