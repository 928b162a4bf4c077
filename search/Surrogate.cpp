// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Surrogate.h"
#include "search/Neighbours.h"
#include "search/Random.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <numbers>

namespace snc {

static constexpr size_t kFew = 4096;           // leaves that are all looked at
static constexpr int kDrawn = 128, kNear = 64; // otherwise: at random, near the best
static constexpr int kSteps = 5, kAround = 32; // then uphill, and how many are looked at each time
static constexpr size_t kRefits = 32;          // n costs are fitted again after n / 32 more

Surrogate::Surrogate(const DecisionSpace &space, Prior prior)
    : space(space), prior(std::move(prior)) {
  if (space.size() <= kFew)
    forEachLeaf(space, [&](const Choices &leaf) { all.push_back(leaf); });
}

void Surrogate::sampled(SearchTree::Id id, llvm::ArrayRef<uint16_t> leaf) {
  refit();
  Choices letters = space.lettersOf(leaf);
  double expected = priorOf(leaf);
  believed.push_back(model.guess(letters, expected).cost);
  model.add(letters, expected);
  numberOf[id] = costs.size();
  costs.push_back(std::nan(""));
  ++fresh;
}

void Surrogate::learned(SearchTree::Id id, double cost) {
  auto found = numberOf.find(id);
  costs[found->second] = cost;
  numberOf.erase(found);
  ++fresh;
}

/// Fits the ranks of the costs, as a logistic distribution of variance 1 has them: whatever the
/// scale of costs, and a leaf that is not feasible or beyond reason does not bend the rest.
void Surrogate::refit() {
  if (fresh * kRefits <= costs.size())
    return;
  fresh = 0;
  std::vector<double> known, fitted;
  llvm::copy_if(costs, std::back_inserter(known), [](double cost) { return !std::isnan(cost); });
  llvm::sort(known);
  for (auto [cost, guess] : llvm::zip(costs, believed)) {
    if (std::isnan(cost)) {
      fitted.push_back(guess);
      continue;
    }
    auto [first, last] = std::equal_range(known.begin(), known.end(), cost);
    double below = double(first - known.begin()) + double(last - first) / 2;
    double share = below / double(known.size());
    fitted.push_back(std::log(share / (1 - share)) * std::numbers::sqrt3 / std::numbers::pi);
  }
  model.fit(fitted);
}

void Surrogate::consider(const SearchTree &tree, llvm::ArrayRef<uint16_t> leaf,
                         std::mt19937_64 &random, Proposal &least) const {
  if (tree.find(leaf) != SearchTree::none)
    return;
  LetterModel::Guess guess = model.guess(space.lettersOf(leaf), priorOf(leaf));
  double bound = guess.cost - guess.deviation;
  if (least.equals == 0 || bound < least.bound)
    least = {Choices(leaf), bound, 1};
  else if (bound == least.bound && randomBelow(random, ++least.equals) == 0)
    least.leaf = Choices(leaf);
}

Choices Surrogate::propose(const SearchTree &tree, llvm::ArrayRef<uint16_t> best,
                           std::mt19937_64 &random) {
  refit();
  Proposal least;
  for (const Choices &leaf : all)
    consider(tree, leaf, random, least);
  if (!all.empty())
    return least.leaf;
  for (int i = 0; i < kDrawn; ++i) {
    Choices leaf;
    space.rollout(leaf, random);
    consider(tree, leaf, random, least);
  }
  for (int i = 0; i < kNear && !best.empty(); ++i)
    consider(tree, neighbour(space, best, random), random, least);
  for (int step = 0; step < kSteps && !least.leaf.empty(); ++step) {
    Proposal before = least;
    for (int i = 0; i < kAround; ++i)
      consider(tree, neighbour(space, before.leaf, random), random, least);
    if (least.bound >= before.bound)
      break;
  }
  return least.leaf;
}

} // namespace snc
