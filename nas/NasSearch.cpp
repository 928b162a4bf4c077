// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/NasSearch.h"

#include <mutex>

namespace snc {

std::optional<CandidateRecord> evaluateOnce(const std::string &key,
                                            const EvaluationRequest &request, EvaluatorPool &pool,
                                            CandidateStore &store, bool *fresh) {
  if (std::optional<CandidateRecord> known = store.find(key))
    return known;
  Evaluation evaluation = pool.evaluate(request);
  if (evaluation.kind == Evaluation::abandoned)
    return std::nullopt;
  if (fresh)
    *fresh = true;
  CandidateRecord record;
  if (evaluation.kind == Evaluation::scored)
    record.score = evaluation.score;
  record.reason = std::move(evaluation.reason);
  record.details = std::move(evaluation.details);
  record.seconds = evaluation.seconds;
  record.latencyUs = request.latencyUs;
  return store.put(key, record);
}

namespace {

constexpr double kInfeasible = std::numeric_limits<double>::infinity();

class NasEvaluator : public Evaluator {
public:
  NasEvaluator(const SyncSpace &space, const BranchWidths &widths, EvaluatorPool &pool,
               CandidateStore &store, const SearchOptions &options)
      : space(space), widths(widths), pool(pool), store(store), options(options) {}

  double cost(llvm::ArrayRef<uint16_t> leaf) override;
  bool gaveUp() const override { return abandoned; }
  /// Of a leaf whose cost was told.
  NasSample take(llvm::ArrayRef<uint16_t> leaf);

  std::atomic<size_t> evaluated = 0;

private:
  std::optional<Candidate> candidate(const SyncStrategy &strategy) {
    std::lock_guard lock(widthsMutex);
    return widths.candidate(strategy);
  }
  double keep(llvm::ArrayRef<uint16_t> leaf, NasSample sample);

  const SyncSpace &space;
  const BranchWidths &widths;
  EvaluatorPool &pool;
  CandidateStore &store;
  const SearchOptions &options;
  std::mutex widthsMutex; ///< these are for one thread
  std::mutex mutex;       ///< for samples
  std::map<std::string, NasSample> samples;
  std::atomic<bool> abandoned = false;
};

double NasEvaluator::keep(llvm::ArrayRef<uint16_t> leaf, NasSample sample) {
  sample.leaf = Choices(leaf);
  double cost = sample.record.score ? -*sample.record.score : kInfeasible;
  std::lock_guard lock(mutex);
  samples[sample.name] = std::move(sample);
  return cost;
}

double NasEvaluator::cost(llvm::ArrayRef<uint16_t> leaf) {
  SyncStrategy strategy = space.strategyOf(leaf);
  NasSample sample;
  sample.name = nameOf(strategy);
  std::optional<Candidate> found = candidate(strategy);
  if (!found) {
    sample.invalid = true;
    return keep(leaf, std::move(sample));
  }
  bool fresh = false;
  auto record =
      evaluateOnce(sample.name, {found->network, found->us, options.seed}, pool, store, &fresh);
  if (!record) {
    abandoned = true;
    return kInfeasible;
  }
  evaluated += fresh;
  sample.record = std::move(*record);
  sample.record.latencyUs = found->us; // an imported one has none
  return keep(leaf, std::move(sample));
}

NasSample NasEvaluator::take(llvm::ArrayRef<uint16_t> leaf) {
  std::lock_guard lock(mutex);
  return std::move(samples.extract(space.nameOf(leaf)).mapped());
}

void count(NasProgress &counts, const NasSample &sample) {
  ++counts.tried;
  counts.invalid += sample.invalid;
  counts.scored += sample.record.score.has_value();
  counts.failed += !sample.invalid && !sample.record.score;
  if (sample.record.score && (counts.best.empty() || *sample.record.score > counts.score)) {
    counts.best = sample.name;
    counts.score = *sample.record.score;
  }
}

} // namespace

SyncSpace searchedSpace(size_t stages, UctRule rule) {
  return SyncSpace(stages, rule == UctRule::surrogate ? SyncOrder::stages : SyncOrder::published);
}

llvm::Expected<NasSearchResult>
searchStrategies(SearchKind kind, const StagedNetwork &base, const BranchWidths &widths,
                 EvaluatorPool &pool, CandidateStore &store, SearchOptions options,
                 std::function<void(const NasProgress &)> progress) {
  SyncSpace space = searchedSpace(base.stages.size(), options.uct);
  NasEvaluator evaluator(space, widths, pool, store, options);
  NasSearchResult result;
  options.threads = std::max(options.inFlight, 1u);
  options.store = nullptr;
  options.evaluated = [&](llvm::ArrayRef<uint16_t> leaf, double) {
    result.samples.push_back(evaluator.take(leaf));
    count(result.counts, result.samples.back());
    result.counts.evaluated = evaluator.evaluated;
    if (progress)
      progress(result.counts);
  };
  SearchResult found = runSearch(kind, space, evaluator, options);
  if (std::string reason = pool.broken(); !reason.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(), reason);
  result.exhausted = found.exhausted;
  result.interrupted = options.stop && *options.stop;
  if (!result.counts.best.empty())
    result.best = widths.candidate(*strategyNamed(result.counts.best, base.stages.size()));
  return result;
}

} // namespace snc
