// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regularised evolution (Real et al., "Regularized Evolution for Image Classifier Architecture
// Search", AAAI 2019): the best of a random few has a child by mutation, and the oldest dies.
// A leaf that comes again enters the population at its known cost, outside the budget.

#include "search/Neighbours.h"
#include "search/Random.h"
#include "search/Recorder.h"
#include "search/SearchTree.h"
#include <deque>

namespace snc {

namespace {

class Evolution {
public:
  Evolution(const DecisionSpace &space, const SearchOptions &options)
      : tree(space), space(space), options(options), random(options.seed) {}

  /// An unseen leaf, added to the tree; the tree is not exhausted.
  Choices breed();
  void join(const Choices &leaf, double cost);

  SearchTree tree;

private:
  struct Member {
    Choices leaf;
    double cost;
  };
  const Choices &parent();

  const DecisionSpace &space;
  const SearchOptions &options;
  std::mt19937_64 random;
  std::deque<Member> population; // oldest first
  size_t bred = 0;
};

const Choices &Evolution::parent() {
  const Member *best = nullptr;
  for (unsigned i = 0; i < std::max(options.tournament, 1u); ++i) {
    const Member &drawn = population[randomBelow(random, population.size())];
    if (!best || drawn.cost < best->cost)
      best = &drawn;
  }
  return best->leaf;
}

Choices Evolution::breed() {
  // A population that has nothing new to say for long gets new blood.
  constexpr int kAttempts = 100;
  Choices child;
  bool unseen = false;
  for (int i = 0; i < kAttempts && bred >= options.population && !population.empty() && !unseen;
       ++i) {
    child = neighbour(space, parent(), random);
    SearchTree::Id known = tree.find(child);
    unseen = known == SearchTree::none;
    if (!unseen && tree[known].visits > 0)
      join(child, tree[known].best);
  }
  if (!unseen)
    child = tree.drawUnseen(random);
  ++bred;
  tree.add(child);
  return child;
}

void Evolution::join(const Choices &leaf, double cost) {
  SearchTree::Node &node = tree[tree.find(leaf)];
  node.visits = 1;
  node.best = cost;
  population.push_back({leaf, cost});
  if (population.size() > std::max(options.population, 1u))
    population.pop_front();
}

} // namespace

SearchResult searchEvolution(const DecisionSpace &space, Evaluator &evaluator,
                             const SearchOptions &options) {
  Evolution evolution(space, options);
  Recorder recorder(evaluator, options);
  return recorder.run([&] { return evolution.tree.exhausted(); }, [&] { return evolution.breed(); },
                      [&](const Choices &leaf, double cost) { evolution.join(leaf, cost); });
}

} // namespace snc
