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
  bool running = true;
  while (running && !tree.exhausted()) {
    std::vector<Choices> batch;
    for (size_t left = recorder.batchSize(); left > 0 && !tree.exhausted(); --left) {
      batch.push_back(tree.drawUnseen(random));
      tree.add(batch.back());
    }
    running = !recorder.evaluate(batch).empty();
  }
  return recorder.take(running);
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
  Choices leaf;
  descend(space, leaf);
  bool running = true, more = true;
  while (running && more) {
    std::vector<Choices> batch;
    for (size_t left = recorder.batchSize(); left > 0 && more; --left) {
      batch.push_back(leaf);
      more = advance(space, leaf);
    }
    running = !recorder.evaluate(batch).empty();
  }
  return recorder.take(running);
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
