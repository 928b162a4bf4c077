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
// * Where the space's rollouts are informed, some from the root come first: their guess is
//   better than what untried choices teach.

#include "search/LetterModel.h"
#include "search/Neighbours.h"
#include "search/Recorder.h"
#include "search/SearchTree.h"
#include <algorithm>
#include <cmath>

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
      : space(space), options(options), random(options.seed), tree(space) {}

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
  double acquisition(const Choices &leaf);
  void refit();
  Choices modelled();
  void consider(const Choices &leaf, Choices &best, double &least);

  const DecisionSpace &space;
  const SearchOptions &options;
  std::mt19937_64 random;
  SearchTree tree;
  uint64_t samples = 0;
  std::vector<double> costs; // all that are known, rising
  double worst = -kInfinity; // feasible one
  Choices best;
  LetterModel letters;
  std::vector<double> inOrder;
  bool stale = false;
};

/// What is expected below a node, in [0, 1]. A sample in flight counts as 0 until its cost is
/// known (virtual loss: Chaslot et al., CG 2008), so that the next one goes elsewhere.
double Mcts::reward(const Node &node) const {
  if (node.feasible == 0)
    return 0;
  double known = double(node.visits) / (node.visits + node.inFlight);
  if (options.uct == UctRule::best) {
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
  if (options.model && inOrder.size() >= options.k4) {
    refit();
    Choices chosen;
    double least = kInfinity;
    for (int i = 0; i < 64; ++i) {
      Choices leaf = path;
      if (tree[id].width > 0)
        leaf.push_back(untried(id, path.size(), turn));
      if (turn == Turn::exploit && i==0)
        follow(space, best, leaf);
      space.rollout(leaf, random);
      consider(leaf, chosen, least);
    }
    return chosen;
  }
  if (tree[id].width > 0)
    path.push_back(untried(id, path.size(), turn));
  if (turn == Turn::exploit)
    follow(space, best, path);
  space.rollout(path, random);
  return path;
}

double Mcts::acquisition(const Choices &leaf) {
  auto guess = letters.guess(
      letters.featuresOf(space.lettersOf(leaf), options.prior ? options.prior(leaf) : 0));
  return guess.cost - options.k1 * guess.deviation;
}

void Mcts::refit() {
  if (!stale)
    return;
  stale = false;
  // normal scores / ranks
  std::vector<double> y;
  double n = inOrder.size();
  for (double c : inOrder) {
    double lo = std::lower_bound(costs.begin(), costs.end(), c) - costs.begin();
    double hi = std::upper_bound(costs.begin(), costs.end(), c) - costs.begin();
    double rank = (lo + hi - 1) / 2;
    if (options.k2 == 0) {
      double p = (rank + 0.5) / n;
      y.push_back(std::log(p / (1 - p)) * 0.6); // logit ~ normal score
    } else if (options.k2 == 1)
      y.push_back(c);
    else
      y.push_back(std::log1p(rank) / std::log1p(n));
  }
  double mean = 0, sq = 0, m = 0;
  double top = -kInfinity;
  for (double v : y)
    if (v < kInfinity) {
      mean += v; sq += v * v; ++m;
      top = std::max(top, v);
    }
  if (m == 0) { y.assign(y.size(), 0); m = 1; }
  mean /= m;
  double sd = std::sqrt(std::max(1e-30, sq / m - mean * mean));
  for (double &v : y)
    v = v < kInfinity ? (v - mean) / sd : (top - mean) / sd;
  letters.fit(y);
}

void Mcts::consider(const Choices &leaf, Choices &chosen, double &least) {
  if (tree.find(leaf) != SearchTree::none)
    return;
  double value = acquisition(leaf);
  if (chosen.empty() || value < least) {
    chosen = leaf;
    least = value;
  }
}

Choices Mcts::modelled() {
  refit();
  Choices chosen;
  double least = kInfinity;
  int n = options.k3;
  for (int i = 0; i < n; ++i) {
    Choices leaf;
    space.rollout(leaf, random);
    consider(leaf, chosen, least);
  }
  for (int i = 0; i < 64 && !best.empty(); ++i)
    consider(neighbour(space, best, random), chosen, least);
  // hill climb on model
  for (int step = 0; step < options.k5 && !chosen.empty(); ++step) {
    double before = least;
    Choices from = chosen;
    for (int i = 0; i < 32; ++i)
      consider(neighbour(space, from, random), chosen, least);
    if (least >= before)
      break;
  }
  return chosen;
}

Choices Mcts::sample() {
  if (options.model && inOrder.size() >= options.k4) {
    bool m = options.k6 == 0 ? true : options.k6 == 1 ? samples % 2 == 1 : options.k6 == 2 ? samples % 3 != 0 : options.k6 == 3 ? samples % 4 != 0 : samples % 3 == 2;
    if (m) {
      Choices leaf = modelled();
      if (!leaf.empty()) {
        ++samples;
        for (Id id = tree.add(leaf); id != SearchTree::none; id = tree[id].parent)
          ++tree[id].inFlight;
        return leaf;
      }
    }
  }
  Turn turn = options.uct == UctRule::best ? Turn(samples % kTurns) : Turn::plain;
  bool opening = samples++ < kOpening && space.informed();
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
  if (!unseen)
    leaf = descend(turn);
  for (Id id = tree.add(leaf); id != SearchTree::none; id = tree[id].parent)
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
  if (options.model) {
    letters.add(letters.featuresOf(space.lettersOf(leaf), options.prior ? options.prior(leaf) : 0));
    inOrder.push_back(cost);
    stale = true;
  }
  costs.insert(std::lower_bound(costs.begin(), costs.end(), cost), cost);
  for (Id id = tree.find(leaf); id != SearchTree::none; id = tree[id].parent) {
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
  bool running = true;
  while (running && !mcts.exhausted()) {
    std::vector<Choices> batch;
    for (size_t left = recorder.batchSize(); left > 0 && !mcts.exhausted(); --left)
      batch.push_back(mcts.sample());
    std::vector<double> costs = recorder.evaluate(batch);
    running = !costs.empty();
    for (size_t i = 0; i < costs.size(); ++i)
      mcts.learn(batch[i], costs[i]);
  }
  return recorder.take(running);
}

} // namespace snc
