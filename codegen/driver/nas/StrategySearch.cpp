// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/nas/StrategySearch.h"

#include "codegen/driver/Interrupt.h"
#include "codegen/driver/OutputFolder.h"
#include "codegen/driver/Planning.h"
#include "codegen/driver/SearchLog.h"
#include "codegen/driver/nas/NasNetwork.h"
#include "codegen/driver/nas/StrategyReporting.h"
#include "codegen/driver/nas/StrategySummary.h"
#include "ir/Target.h"
#include "nas/NasSearch.h"

#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

namespace snc {

namespace {

llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// One search, from options to results.
class Run {
public:
  Run(const NasSpace &space, const CompilerOptions &options, llvm::raw_ostream &err)
      : space(space), options(options), nas(options.nas),
        log(options.quiet ? llvm::nulls() : err, /*patience=*/0) {}

  llvm::Error prepare();
  llvm::Expected<NasSearchResult> search();
  llvm::Error write(const NasSearchResult &result);
  int compile(const NasSearchResult &result, llvm::raw_ostream &out, llvm::raw_ostream &err);
  llvm::Error exportScores();

private:
  llvm::Error importScores();
  llvm::Error openPool();
  void scoreBase();
  nlohmann::json optionsJson() const;
  std::string pageOf(const NasSearchResult &result, const nlohmann::json &searched) const;
  std::map<std::string, std::string> textsOf(const NasSearchResult &result) const;
  llvm::StringRef uctName() const {
    return nas.uct == UctRule::mean ? "mean" : nas.uct == UctRule::best ? "best" : "surrogate";
  }

  const NasSpace &space;
  const CompilerOptions &options;
  const NasOptions &nas;
  SearchLog log; ///< outlives the pool, which writes to it
  SearchKind kind = SearchKind::mcts;
  unsigned inFlight = 1;
  OutputFolder folder;
  std::unique_ptr<CandidateStore> store;
  std::unique_ptr<EvaluatorPool> pool;
  std::optional<CandidateRecord> base; ///< what an evaluator said of it, where it was asked
};

llvm::Error Run::prepare() {
  if (nas.evaluator.empty() && nas.listen.empty())
    return failure("--nas wants an evaluator program: --evaluator, or --listen for those that "
                   "connect; or print the candidates with --emit=candidates");
  std::optional<SearchKind> known = searchKindOf(options.search);
  if (!known)
    return failure("--search=dp: there is no such search with --nas");
  kind = *known;
  if (llvm::Error error = folder.check(options.output, options.force))
    return error;
  llvm::StringRef output = llvm::StringRef(options.output).rtrim('/');
  auto opened = CandidateStore::open(
      options.searchStore.empty() ? (output + ".search.db").str() : options.searchStore,
      space.fingerprint() + "\nevaluator " + nas.evaluator + "\nseed " +
          std::to_string(options.seed),
      [this](llvm::StringRef message) { log.note(("syncnasc: warning: " + message).str()); });
  if (!opened)
    return opened.takeError();
  store = std::move(*opened);
  if (nas.retryFailed)
    store->forgetFailures();
  unsigned usual = 4 * std::max(options.jobs, 1u);
  inFlight =
      nas.inFlight
          ? nas.inFlight
          : store->settle(("in flight, " + plannerName(options.search) + " " + uctName()).str(),
                          usual);
  if (llvm::Error error = importScores())
    return error;
  return openPool();
}

llvm::Error Run::importScores() {
  if (nas.importResults.empty())
    return llvm::Error::success();
  auto scores = readScores(nas.importResults, space.base().stages.size());
  if (!scores)
    return scores.takeError();
  std::map<std::string, CandidateRecord> records;
  for (const auto &[name, score] : *scores) {
    records[name].score = score;
    records[name].imported = true;
  }
  auto fresh = store->putAll(records);
  if (!fresh)
    return fresh.takeError();
  log.note("imported " + std::to_string(*fresh) + " scores; " +
           std::to_string(records.size() - *fresh) + " were known");
  return llvm::Error::success();
}

llvm::Error Run::openPool() {
  EvaluatorPoolOptions wanted;
  wanted.command = nas.evaluator;
  wanted.jobs = std::max(options.jobs, 1u);
  wanted.timeLimit = nas.timeoutMs / 1e3;
  wanted.retries = nas.retries;
  wanted.listen = nas.listen;
  wanted.answered = store->hasAnswers();
  wanted.stop = &interruptFlag();
  wanted.note = [this](llvm::StringRef message) { log.note(("syncnasc: " + message).str()); };
  auto opened = EvaluatorPool::open(std::move(wanted));
  if (!opened)
    return opened.takeError();
  pool = std::move(*opened);
  if (!nas.listen.empty())
    log.note("syncnasc: evaluators may connect to " + pool->address());
  return llvm::Error::success();
}

llvm::Expected<NasSearchResult> Run::search() {
  SearchOptions wanted;
  wanted.budget = options.searchBudget;
  wanted.seed = options.seed;
  wanted.inFlight = inFlight;
  wanted.uct = nas.uct;
  wanted.stop = &interruptFlag();
  auto progress = [this](const NasProgress &now) {
    log.tell(progressText(now, options.searchBudget));
  };
  progress({});
  auto result =
      searchStrategies(kind, space.base(), space.widths(), *pool, *store, wanted, progress);
  if (nas.scoreBase && result && !result->interrupted)
    scoreBase();
  pool.reset();
  interruptFlag() = false;
  if (!result)
    return failure("the evaluator is of no use: " + llvm::toString(result.takeError()) + " (" +
                   nas.evaluator + ")");
  return result;
}

/// The base itself, once. It is known by a name that no strategy has.
void Run::scoreBase() {
  const StagedNetwork &network = space.base();
  base = evaluateOnce("base " + network.name, {network, space.widths().baseUs(), options.seed},
                      *pool, *store);
  std::string reason = pool->broken();
  if (!base && !reason.empty())
    log.note("syncnasc: warning: the base has no score: " + reason);
}

/// What fixes the search's course and its scores.
nlohmann::json Run::optionsJson() const {
  return {{"search", plannerName(options.search).str()},
          {"uct", uctName().str()},
          {"search_budget", options.searchBudget},
          {"seed", options.seed},
          {"in_flight", inFlight},
          {"evaluator", nas.evaluator},
          {"latency_budget_us", space.widths().budgetUs()},
          {"base_latency_us", space.widths().baseUs()}};
}

std::string Run::pageOf(const NasSearchResult &result, const nlohmann::json &searched) const {
  StrategyReport report = makeStrategyReport(space.base(), space.widths(), result, searched);
  if (base) {
    report.base.score = base->score;
    report.baseFailure = base->reason;
  }
  report.version = SNC_VERSION;
  report.target = findTarget(options.target)->name;
  report.valuesAreMeans = kind == SearchKind::mcts && nas.uct == UctRule::mean;
  for (const auto &[name, value] : searched.at("options").items())
    report.options.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  return strategyHtml(report);
}

/// Files of the output folder that tell of the search.
std::map<std::string, std::string> Run::textsOf(const NasSearchResult &result) const {
  std::map<std::string, double> scores;
  for (const NasSample &sample : result.samples)
    if (sample.record.score)
      scores[sample.name] = *sample.record.score;
  nlohmann::json searched = toJson(result, searchedSpace(space.base().stages.size(), nas.uct));
  searched["base"] = space.base().name;
  searched["options"] = optionsJson();
  if (base && base->score)
    searched["base_score"] = *base->score;
  else if (base)
    searched["base_failed"] = base->reason;
  return {{"results.json", scoresText(scores)},
          {"search.json", searched.dump(1) + "\n"},
          {"search.html", pageOf(result, searched)}};
}

/// The folder without a library.
llvm::Error Run::write(const NasSearchResult &result) {
  const StagedNetwork &best = result.best->network;
  std::map<std::string, std::string> texts = textsOf(result);
  texts["network.json"] = toJson(best).dump() + "\n";
  texts["network.onnx"] = modelText(best, space.origin(), options.seed);
  // By which a later run knows the folder as its own.
  nlohmann::json manifest{{"versions", {{"syncnasc", SNC_VERSION}}},
                          {"files", nlohmann::json::object()}};
  if (llvm::Error error = folder.open())
    return error;
  for (const auto &[name, text] : texts) {
    manifest["files"][name] = {{"bytes", text.size()}};
    if (llvm::Error error = folder.write(name, text))
      return error;
  }
  if (llvm::Error error = folder.write("share/syncnas/manifest.json", manifest.dump(2) + "\n"))
    return error;
  return folder.commit();
}

/// The folder with a library. Returns as compileModel.
int Run::compile(const NasSearchResult &result, llvm::raw_ostream &out, llvm::raw_ostream &err) {
  CompilerOptions one = options;
  one.files = textsOf(result);
  one.searchStore.clear(); // the strategies'
  one.jobs = 0;            // were evaluators
  one.search = PlannerKind::mcts;
  one.searchBudget = CompilerOptions().searchBudget;
  return compileNetwork(result.best->network, space.origin(), one, out, err);
}

llvm::Error Run::exportScores() {
  if (nas.exportResults.empty())
    return llvm::Error::success();
  std::map<std::string, double> scores = store->scores();
  std::erase_if(scores, [&](const auto &entry) { // the base's
    return !strategyNamed(entry.first, space.base().stages.size());
  });
  std::string text = scoresText(scores);
  return llvm::writeToOutput(nas.exportResults, [&](llvm::raw_ostream &os) {
    os << text;
    return llvm::Error::success();
  });
}

} // namespace

llvm::Expected<int> searchAndWrite(const NasSpace &space, const CompilerOptions &options,
                                   llvm::raw_ostream &out, llvm::raw_ostream &err) {
  Run run(space, options, err);
  if (llvm::Error error = run.prepare())
    return error;
  auto result = run.search();
  if (!result)
    return result.takeError();
  if (llvm::Error error = run.exportScores())
    return error;
  if (!result->best) {
    if (!result->interrupted)
      return nothingFound(*result);
    err << "syncnasc: interrupted\n";
    return 130;
  }
  if (result->interrupted)
    err << "syncnasc: search interrupted; this is what is known. Run again to go on\n";
  if (options.nas.library) {
    if (int code = run.compile(*result, out, err))
      return code;
  } else if (llvm::Error error = run.write(*result)) {
    return error;
  }
  if (!options.quiet)
    printResult(space, *result, options.output, out);
  return 0;
}

} // namespace snc
