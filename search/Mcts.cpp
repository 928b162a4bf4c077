// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/Recorder.h"
#include "search/SearchTree.h"
#include <cmath>
#include <cstdlib>

namespace snc {

namespace {
using Id = SearchTree::Id;
std::string env(const char *n, const char *d) { const char *v = getenv(n); return v ? v : d; }

class Mcts {
public:
  Mcts(const DecisionSpace &space, const SearchOptions &options)
      : space(space), options(options), tree(space), random(options.seed) {
    mix = atof(env("MIX", "0").c_str());
    ratio = env("REWARD", "ratio") == "ratio";
    c = atof(env("C", "2.828").c_str());
    pw = atof(env("POW", "1").c_str());
  }
  Choices select();
  void backpropagate(Id leaf, double cost);
  SearchTree &seen() { return tree; }

private:
  double one(double cost) const {
    if (ratio) return std::pow(best / cost, pw);
    return worst > best ? (worst - cost) / (worst - best) : 1;
  }
  double value(const SearchTree::Node &n, double logParent) const {
    double count = n.visits + n.inFlight;
    double mean = !n.feasible ? 0 : ratio ? std::pow(best, pw) * n.reward
                        : worst > best ? (worst * n.feasible - n.reward) / (worst - best) : n.feasible;
    double r = mean / count;
    if (mix > 0) r = (1 - mix) * r + mix * (n.feasible ? one(n.best) : 0);
    return r + c * std::sqrt(logParent / count);
  }
  const DecisionSpace &space;
  const SearchOptions &options;
  SearchTree tree;
  std::mt19937_64 random;
  double best = INFINITY, worst = -INFINITY, mix, c, pw; bool ratio;
};

Choices Mcts::select() {
  Choices path;
  Id id = SearchTree::root;
  while (tree[id].expanded() && tree[id].width > 0) {
    double logParent = std::log(double(tree[id].visits + tree[id].inFlight));
    Id pick = SearchTree::none; double top = -INFINITY;
    for (Id n = tree[id].firstChild; n != SearchTree::none; n = tree[n].nextSibling) {
      if (tree[n].closed) continue;
      double v = value(tree[n], logParent);
      if (v > top) top = v, pick = n;
    }
    id = pick;
    path.push_back(tree[id].choice);
  }
  if (tree[id].width > 0) {
    path.push_back(tree.drawUntried(id, random));
    space.rollout(path, random);
  }
  return path;
}

void Mcts::backpropagate(Id leaf, double cost) {
  bool feasible = std::isfinite(cost);
  if (feasible) { best = std::min(best, cost); worst = std::max(worst, cost); }
  for (Id id = leaf; id != SearchTree::none; id = tree[id].parent) {
    auto &n = tree[id];
    --n.inFlight; ++n.visits;
    if (feasible) { ++n.feasible; n.reward += ratio ? std::pow(1 / cost, pw) : cost; n.best = std::min(n.best, cost); }
  }
}
} // namespace

SearchResult searchMcts(const DecisionSpace &space, Evaluator &evaluator,
                        const SearchOptions &options) {
  Mcts mcts(space, options);
  SearchTree &tree = mcts.seen();
  Recorder recorder(evaluator, options);
  bool running = true;
  while (running && !tree.exhausted()) {
    std::vector<Choices> batch; std::vector<Id> leaves;
    for (size_t left = recorder.batchSize(); left > 0 && !tree.exhausted(); --left) {
      batch.push_back(mcts.select());
      leaves.push_back(tree.add(batch.back()));
      for (Id id = leaves.back(); id != SearchTree::none; id = tree[id].parent) ++tree[id].inFlight;
    }
    std::vector<double> costs;
    if (!batch.empty()) costs = recorder.evaluate(batch);
    running = !costs.empty();
    for (size_t i = 0; i < costs.size(); ++i) mcts.backpropagate(leaves[i], costs[i]);
  }
  return recorder.take(running);
}
} // namespace snc
