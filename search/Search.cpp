// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The choice of algorithm, and the two plain ones.

#include "search/Recorder.h"
#include "search/SearchTree.h"
#include "llvm/Support/ErrorHandling.h"

namespace snc {

SearchResult searchRandom(const DecisionSpace &space, Evaluator &evaluator,
                          const SearchOptions &options) {
  SearchTree tree(space);
  Recorder recorder(evaluator, options);
  std::mt19937_64 random(options.seed);
  auto draw = [&] {
    Choices leaf = tree.drawUnseen(random);
    tree.add(leaf);
    return leaf;
  };
  return recorder.run([&] { return tree.exhausted(); }, draw, [](const Choices &, double) {});
}

/// Moves `path`, a node, to the first leaf below it.
static void descend(const DecisionSpace &space, Choices &path) {
  while (space.width(path) > 0)
    path.push_back(0);
}

/// Moves `path`, a leaf, to the next one in order; false: it was the last.
static bool advance(const DecisionSpace &space, Choices &path) {
  while (!path.empty()) {
    unsigned next = path.pop_back_val() + 1u;
    if (next < space.width(path)) {
      path.push_back(next);
      descend(space, path);
      return true;
    }
  }
  return false;
}

SearchResult searchExhaustive(const DecisionSpace &space, Evaluator &evaluator,
                              const SearchOptions &options) {
  Recorder recorder(evaluator, options);
  Choices next;
  descend(space, next);
  bool more = true;
  auto draw = [&] {
    Choices leaf = next;
    more = advance(space, next);
    return leaf;
  };
  return recorder.run([&] { return !more; }, draw, [](const Choices &, double) {});
}

SearchResult runSearch(SearchKind kind, const DecisionSpace &space, Evaluator &evaluator,
                       const SearchOptions &options) {
  switch (kind) {
  case SearchKind::mcts:
    return searchMcts(space, evaluator, options);
  case SearchKind::evolution:
    return searchEvolution(space, evaluator, options);
  case SearchKind::random:
    return searchRandom(space, evaluator, options);
  case SearchKind::exhaustive:
    return searchExhaustive(space, evaluator, options);
  }
  llvm_unreachable("no such search");
}

} // namespace snc
