// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TriedRules.h"
#include "search/Recorder.h"
#include "search/SearchTree.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <map>

namespace snc::bench {

namespace {

using Id = SearchTree::Id;

class Tried {
public:
  Tried(const TriedRules &rules, const DecisionSpace &space, const SearchOptions &options)
      : tree(space), rules(rules), space(space), options(options), random(options.seed) {
    if (Choices path; rules.prior)
      listLeaves(path);
    llvm::sort(byPrior);
  }

  Choices sample();
  void learn(const Choices &leaf, double cost);

  SearchTree tree;

private:
  double listLeaves(Choices &path);
  double rewardOf(double cost) const;
  void share();
  double value(Id id, const Choices &path, uint16_t choice) const;
  uint16_t choose(Id id, const Choices &path);

  const TriedRules &rules;
  const DecisionSpace &space;
  const SearchOptions &options;
  std::mt19937_64 random;
  std::vector<std::pair<double, Choices>> byPrior;
  std::map<Choices, double> leastPrior; // below a path
  std::vector<std::pair<Choices, double>> known;
  std::vector<double> costs;                                                 // of those, rising
  std::map<std::pair<unsigned, uint16_t>, std::pair<double, double>> shared; // sum and count
};

double Tried::listLeaves(Choices &path) {
  unsigned width = space.width(path);
  double least = std::numeric_limits<double>::infinity();
  if (width == 0) {
    least = rules.prior(path);
    byPrior.emplace_back(least, path);
  }
  for (unsigned choice = 0; choice < width; ++choice) {
    path.push_back(uint16_t(choice));
    least = std::min(least, listLeaves(path));
    path.pop_back();
  }
  return leastPrior[path] = least;
}

double Tried::rewardOf(double cost) const {
  double rank = double(std::lower_bound(costs.begin(), costs.end(), cost) - costs.begin());
  return 1 - std::log1p(rank) / std::log1p(double(costs.size()));
}

/// For each choice at each depth the mean reward of all leaves that have it.
void Tried::share() {
  shared.clear();
  for (const auto &[leaf, cost] : known) {
    double reward = rewardOf(cost);
    for (auto [depth, choice] : llvm::enumerate(leaf)) {
      auto &[sum, count] = shared[{unsigned(depth), choice}];
      sum += reward;
      ++count;
    }
  }
}

double Tried::value(Id id, const Choices &path, uint16_t choice) const {
  Id child = tree.child(id, choice);
  double visits = child == SearchTree::none ? 0 : tree[child].visits;
  double own = visits > 0 ? rewardOf(tree[child].best) : 0.5;
  double total = std::log(1.0 + tree[id].visits);
  double result = own + options.exploration * std::sqrt(total / (visits + 1));
  if (rules.equivalence > 0) {
    double beta = std::sqrt(rules.equivalence / (3 * visits + rules.equivalence));
    auto found = shared.find({unsigned(path.size()), choice});
    double all = found == shared.end() ? 0.5 : found->second.first / found->second.second;
    result += beta * (all - own);
  } else if (visits == 0) {
    result += 1000; // untried choices first
  }
  if (rules.bias > 0) {
    Choices next = path;
    next.push_back(choice);
    // A prior cost of mean 0 and deviation 1, as a reward of about 0 to 1.
    result += rules.bias * (0.5 - leastPrior.at(next) / 4) / (visits + 1);
  }
  return result;
}

uint16_t Tried::choose(Id id, const Choices &path) {
  double highest = -std::numeric_limits<double>::infinity();
  llvm::SmallVector<uint16_t> chosen;
  for (uint16_t choice = 0; choice < tree[id].width; ++choice) {
    Id child = tree.child(id, choice);
    if (child != SearchTree::none && tree[child].closed)
      continue;
    double bound = value(id, path, choice);
    if (bound > highest)
      chosen.clear();
    if (bound >= highest)
      chosen.push_back(choice);
    highest = std::max(highest, bound);
  }
  return chosen[random() % chosen.size()];
}

Choices Tried::sample() {
  for (size_t i = 0; known.size() < rules.opening && i < byPrior.size(); ++i)
    if (tree.find(byPrior[i].second) == SearchTree::none)
      return byPrior[i].second;
  if (rules.equivalence > 0)
    share();
  Choices path;
  for (Id id = SearchTree::root; id != SearchTree::none && tree[id].width > 0;) {
    uint16_t choice = choose(id, path);
    path.push_back(choice);
    id = tree.child(id, choice);
  }
  space.rollout(path, random);
  return path;
}

void Tried::learn(const Choices &leaf, double cost) {
  known.emplace_back(leaf, cost);
  costs.insert(std::lower_bound(costs.begin(), costs.end(), cost), cost);
  for (Id id = tree.add(leaf); id != SearchTree::none; id = tree[id].parent) {
    ++tree[id].visits;
    tree[id].best = std::min(tree[id].best, cost);
  }
}

} // namespace

SearchResult searchTried(const TriedRules &rules, const DecisionSpace &space, Evaluator &evaluator,
                         const SearchOptions &options) {
  SearchOptions single = options;
  single.inFlight = 1;
  Tried tried(rules, space, single);
  return Recorder(evaluator, single)
      .run([&] { return tried.tree.exhausted(); }, [&] { return tried.sample(); },
           [&](const Choices &leaf, double cost) { tried.learn(leaf, cost); });
}

} // namespace snc::bench
