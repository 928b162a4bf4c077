// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Recorder.h"
#include "search/ResultStore.h"
#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace snc {

namespace {
/// A leaf in flight.
struct Flight {
  Choices leaf;
  std::optional<double> cost; ///< none: not known yet, or not to be known
  bool landed = false;
};
} // namespace

/// Threads that evaluate what is in flight, in the order drawn.
class Recorder::Helpers {
public:
  explicit Helpers(Recorder &recorder) : recorder(recorder) {
    // One thread is the caller's.
    for (unsigned i = 0; recorder.options.threads > 1 && i < recorder.options.threads; ++i)
      threads.emplace_back([this] { work(); });
  }
  ~Helpers() {
    {
      std::lock_guard lock(mutex);
      closing = true;
    }
    changed.notify_all();
  }

  void add(Flight &flight) {
    if (threads.empty())
      return;
    {
      std::lock_guard lock(mutex);
      waiting.push_back(&flight);
    }
    changed.notify_all();
  }
  void await(Flight &flight) {
    if (threads.empty()) {
      flight.cost = recorder.costOf(flight.leaf);
      return;
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return flight.landed; });
  }

private:
  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return closing || !waiting.empty(); });
      if (waiting.empty())
        return;
      Flight &flight = *waiting.front();
      waiting.pop_front();
      lock.unlock();
      std::optional<double> cost = recorder.costOf(flight.leaf);
      lock.lock();
      flight.cost = cost;
      flight.landed = true;
      changed.notify_all();
    }
  }

  Recorder &recorder;
  std::mutex mutex; // for all below
  std::condition_variable changed;
  std::deque<Flight *> waiting;
  bool closing = false;
  std::vector<std::jthread> threads;
};

/// nullopt when the search is over.
std::optional<double> Recorder::costOf(llvm::ArrayRef<uint16_t> leaf) {
  if (stopped())
    return std::nullopt;
  if (options.store)
    if (std::optional<double> known = options.store->find(leaf))
      return *known;
  double cost = evaluator.cost(leaf);
  if (evaluator.gaveUp())
    return std::nullopt;
  if (std::isnan(cost))
    cost = std::numeric_limits<double>::infinity();
  if (options.store)
    options.store->put(leaf, cost);
  return cost;
}

void Recorder::record(const Choices &leaf, double cost) {
  ++result.evaluations;
  if (cost < result.cost) {
    result.best = leaf;
    result.cost = cost;
    result.history.emplace_back(result.evaluations, cost);
  }
  if (options.evaluated)
    options.evaluated(leaf, cost);
  if (options.progress)
    options.progress({result.evaluations, result.cost});
}

SearchResult Recorder::run(Exhausted exhausted, Draw draw, Learn learn) {
  std::deque<Flight> flying; // stay where they are
  Helpers helpers(*this);
  const size_t most = std::max(options.inFlight, 1u);
  bool whole = true;
  for (;;) {
    while (flying.size() < most && result.evaluations + flying.size() < options.budget &&
           !stopped() && !exhausted())
      helpers.add(flying.emplace_back(Flight{draw(), std::nullopt, false}));
    if (flying.empty())
      break;
    Flight &first = flying.front();
    helpers.await(first);
    if (first.cost) {
      record(first.leaf, *first.cost);
      learn(first.leaf, *first.cost);
    }
    whole &= first.cost.has_value();
    flying.pop_front();
  }
  result.exhausted = whole && exhausted();
  if (options.store)
    options.store->flush();
  return std::move(result);
}

} // namespace snc
