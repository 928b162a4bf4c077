// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Monte Carlo tree search: UCT (Kocsis and Szepesvari, ECML 2006) as SyncNAS runs it (Kang et al.,
// LCTES 2023): untried choices first, then the child of greatest UCB1; all of a sample's way
// enters the tree; what is searched through is not entered again; samples in flight.
//
// Ours, by the measurements in bench/results/search.md (UctRule::mean is without):
// * A node is worth its best leaf and not the mean of its leaves: one strategy is wanted, and
//   most leaves below a good beginning are bad.
// * The reward of a cost of rank k (from 0) among n is 1 - ln(1 + k) / ln(1 + n): it tells good
//   from best at any scale of costs. An infeasible leaf has 0.
// * Samples take turns: one is plain UCT, which rugged trees need; one explores a fifth as much
//   and, from its untried choice on, does as the best strategy; one is the best strategy with one
//   decision changed. In a deep tree, random choices would hide what a single one does.
// * UctRule::surrogate: every other sample is its guess. What it costs enters the tree as any
// other.
// * Where the space's rollouts are informed, some from the root come first: their guess is
//   better than what untried choices teach.

#include "search/Neighbours.h"
#include "search/Recorder.h"
#include "search/SearchTree.h"
#include "search/Surrogate.h"
#include <algorithm>
#include <cmath>
#include <optional>

namespace snc {

namespace {

using Id = SearchTree::Id;
using Node = SearchTree::Node;

enum class Turn { plain, exploit, neighbour };
constexpr unsigned kTurns = 3;
constexpr double kExploit = 0.2;  // of the exploration
constexpr int kAttempts = 8;      // to find an unseen leaf
constexpr uint64_t kOpening = 24; // informed rollouts from the root
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Mcts {
public:
  Mcts(const DecisionSpace &space, const SearchOptions &options)
      : space(space), options(options), random(options.seed), tree(space) {
    if (options.uct == UctRule::surrogate)
      surrogate.emplace(space, options.prior);
  }

  /// An unseen leaf, in the tree and in flight from now on; the tree is not exhausted.
  Choices sample();
  /// The cost of a sample.
  void learn(const Choices &leaf, double cost);
  bool exhausted() const { return tree.exhausted(); }

private:
  double reward(const Node &node) const;
  Id bestChild(Id id, double exploration) const;
  uint16_t untried(Id id, size_t depth, Turn turn);
  Choices descend(Turn turn);
  Choices search();

  const DecisionSpace &space;
  const SearchOptions &options;
  std::mt19937_64 random;
  SearchTree tree;
  uint64_t samples = 0;
  uint64_t turns = 0;        // samples that are not the surrogate's
  std::vector<double> costs; // all that are known, rising
  double worst = -kInfinity; // feasible one
  Choices best;
  std::optional<Surrogate> surrogate;
};

/// What is expected below a node, in [0, 1]. A sample in flight counts as 0 until its cost is
/// known (virtual loss: Chaslot et al., CG 2008), so that the next one goes elsewhere.
double Mcts::reward(const Node &node) const {
  if (node.feasible == 0)
    return 0;
  double known = double(node.visits) / (node.visits + node.inFlight);
  if (options.uct != UctRule::mean) {
    double rank = std::lower_bound(costs.begin(), costs.end(), node.best) - costs.begin();
    return known * (1 - std::log1p(rank) / std::log1p(costs.size()));
  }
  // Linear between the extremes of all costs so far, so a sum of costs gives the mean.
  if (worst == costs.front())
    return known * node.feasible / node.visits;
  return known * (worst * node.feasible - node.sum) / (worst - costs.front()) / node.visits;
}

/// Of the children that are not searched through, the one of greatest UCB1 (Auer et al., 2002).
Id Mcts::bestChild(Id id, double exploration) const {
  double logCount = std::log(tree[id].visits + tree[id].inFlight);
  double highest = -kInfinity;
  Id chosen = SearchTree::none;
  for (Id next = tree[id].firstChild; next != SearchTree::none; next = tree[next].nextSibling) {
    const Node &node = tree[next];
    if (node.closed)
      continue;
    double bound = reward(node) + exploration * std::sqrt(logCount / (node.visits + node.inFlight));
    if (chosen == SearchTree::none || bound > highest) { // NaN: costs beyond reason
      highest = bound;
      chosen = next;
    }
  }
  return chosen;
}

uint16_t Mcts::untried(Id id, size_t depth, Turn turn) {
  if (turn == Turn::exploit && depth < best.size()) {
    uint16_t choice = best[depth] % tree[id].width;
    if (tree.child(id, choice) == SearchTree::none)
      return choice;
  }
  return tree.drawUntried(id, random);
}

Choices Mcts::descend(Turn turn) {
  double exploration = options.exploration * (turn == Turn::exploit ? kExploit : 1);
  Choices path;
  Id id = SearchTree::root;
  while (tree[id].expanded() && tree[id].width > 0) {
    id = bestChild(id, exploration);
    path.push_back(tree[id].choice);
  }
  if (tree[id].width > 0)
    path.push_back(untried(id, path.size(), turn));
  if (turn == Turn::exploit)
    follow(space, best, path);
  space.rollout(path, random);
  return path;
}

/// An unseen leaf by the tree.
Choices Mcts::search() {
  Turn turn = options.uct == UctRule::mean ? Turn::plain : Turn(turns % kTurns);
  bool opening = turns++ < kOpening && space.informed();
  Choices leaf;
  bool unseen = false;
  for (int i = 0; opening && i < kAttempts && !unseen; ++i) {
    leaf.clear();
    space.rollout(leaf, random);
    unseen = tree.find(leaf) == SearchTree::none;
  }
  if (!unseen && turn == Turn::neighbour)
    for (int i = 0; i < kAttempts && !unseen && !best.empty(); ++i) {
      leaf = neighbour(space, best, random);
      unseen = tree.find(leaf) == SearchTree::none;
    }
  return unseen ? leaf : descend(turn);
}

Choices Mcts::sample() {
  Choices leaf;
  if (surrogate && samples++ % 2 == 0)
    leaf = surrogate->propose(tree, best, random);
  if (leaf.empty())
    leaf = search();
  Id added = tree.add(leaf);
  if (surrogate)
    surrogate->sampled(added, leaf);
  for (Id id = added; id != SearchTree::none; id = tree[id].parent)
    ++tree[id].inFlight;
  return leaf;
}

void Mcts::learn(const Choices &leaf, double cost) {
  bool feasible = cost < kInfinity;
  if (feasible) {
    worst = std::max(worst, cost);
    if (costs.empty() || cost < costs.front())
      best = leaf;
  }
  costs.insert(std::lower_bound(costs.begin(), costs.end(), cost), cost);
  Id learned = tree.find(leaf);
  if (surrogate)
    surrogate->learned(learned, cost);
  for (Id id = learned; id != SearchTree::none; id = tree[id].parent) {
    Node &node = tree[id];
    --node.inFlight;
    ++node.visits;
    node.feasible += feasible;
    node.sum += feasible ? cost : 0;
    node.best = std::min(node.best, cost);
  }
}

} // namespace

SearchResult searchMcts(const DecisionSpace &space, Evaluator &evaluator,
                        const SearchOptions &options) {
  Mcts mcts(space, options);
  Recorder recorder(evaluator, options);
  return recorder.run([&] { return mcts.exhausted(); }, [&] { return mcts.sample(); },
                      [&](const Choices &leaf, double cost) { mcts.learn(leaf, cost); });
}

} // namespace snc
