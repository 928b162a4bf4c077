// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Recorder.h"
#include "search/ResultStore.h"
#include <algorithm>
#include <cmath>
#include <thread>

namespace snc {

size_t Recorder::batchSize() const {
  if (stopped())
    return 0;
  return std::min<uint64_t>(std::max(options.inFlight, 1u), options.budget - result.evaluations);
}

double Recorder::costOf(llvm::ArrayRef<uint16_t> leaf) {
  if (options.store)
    if (std::optional<double> known = options.store->find(leaf))
      return *known;
  double cost = evaluator.cost(leaf);
  if (std::isnan(cost))
    cost = std::numeric_limits<double>::infinity();
  if (options.store)
    options.store->put(leaf, cost);
  return cost;
}

void Recorder::record(const Choices &leaf, double cost) {
  ++result.evaluations;
  if (!(cost < result.cost))
    return;
  result.best = leaf;
  result.cost = cost;
  result.history.emplace_back(result.evaluations, cost);
}

std::vector<double> Recorder::evaluate(llvm::ArrayRef<Choices> leaves) {
  if (leaves.empty())
    return {};
  std::vector<double> costs(leaves.size(), std::nan("")); // NaN: not evaluated
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < leaves.size() && !stopped();)
      costs[i] = costOf(leaves[i]);
  };
  {
    // Where several threads pay, an evaluation takes far longer than a thread's start.
    std::vector<std::jthread> helpers;
    for (size_t i = 1; i < std::min<size_t>(options.threads, leaves.size()); ++i)
      helpers.emplace_back(work);
    work();
  }
  bool whole = true;
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (std::isnan(costs[i]))
      whole = false;
    else
      record(leaves[i], costs[i]);
  }
  if (options.progress)
    options.progress({result.evaluations, result.cost});
  return whole ? costs : std::vector<double>();
}

SearchResult Recorder::take(bool exhausted) {
  result.exhausted = exhausted;
  if (options.store)
    options.store->flush();
  return std::move(result);
}

} // namespace snc
