// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Tuning.h"

#include "codegen/driver/Interrupt.h"
#include "codegen/driver/KernelCache.h"
#include "codegen/driver/Summary.h"
#include "codegen/driver/Timing.h"
#include "codegen/driver/TuningPolicy.h"
#include "ir/Target.h"
#include "passes/ScheduleMenu.h"
#include "search/DeviceDescription.h"
#include "search/TuningStore.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace mlir;

namespace snc {

// One time of a library is the median over turns; each run takes about so long.
static constexpr int kTurns = 3;
static constexpr double kRunMs = 150;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// Whether this machine is able to run code for `name`, a known target.
static bool runsHere(StringRef name) {
  const Target *host = findTarget("host"), *target = findTarget(name);
  if (!host || !target || host->triple != target->triple)
    return false;
  auto place = [](const Target *t) {
    return llvm::find_if(allTargets(), [&](const Target &o) { return o.name == t->name; });
  };
  return place(target) >= place(host); // best first
}

namespace {
/// One way of running the network: its kernels and how it is compiled.
struct Variant {
  CompilerOptions options;
  std::vector<TunableKernel> kernels;
};

class Tuner {
public:
  Tuner(const CompilerOptions &options, const std::string &folder, const CompileForTuning &compile)
      : options(options), folder(folder), compile(compile),
        store(storePath(options), deviceOfThisMachine().cpu) {}

  llvm::Expected<TuneResult> run();

private:
  static std::string storePath(const CompilerOptions &options) {
    if (!options.tuneStore.empty())
      return options.tuneStore;
    std::string cache = cacheFolder(options.cacheDir);
    return cache.empty() ? cache : cache + "/tuning.db";
  }

  std::vector<CompilerOptions> ways() const;
  llvm::Error list(Variant &variant);
  llvm::Error tune(Variant &variant, double untilSeconds);
  llvm::Error round(Variant &variant, const ScheduleChoices &choices);
  llvm::Error build(Variant &variant, const std::string &output, const std::string &choices);
  bool plan(const Variant &variant, ScheduleChoices &choices);
  llvm::Expected<llvm::StringMap<double>> timesOf(const std::string &library, double &latencyMs);
  llvm::Error writeChoices(const ScheduleChoices &choices, const std::string &path);
  void tell(const Variant &variant);
  llvm::Expected<TuneResult> conclude();

  const CompilerOptions &options;
  const std::string &folder;
  const CompileForTuning &compile;
  TuningStore store;
  std::vector<Variant> variants;
  Stopwatch watch;
  size_t rounds = 0;
  double latencyMs = 0; ///< of the last run
};
} // namespace

/// The plans whose kernels are tuned: what the options say, or, where plans are
/// measured, an example of each that is.
std::vector<CompilerOptions> Tuner::ways() const {
  CompilerOptions one = options;
  one.tuneSeconds.reset();
  one.measureRounds = 0;
  one.quiet = true;
  one.explain = false;
  one.verbose = false;
  one.name = "tuned";
  if (!options.measureRounds || !options.plan.empty())
    return {one};
  std::vector<CompilerOptions> all(3, one);
  all[0].branches = all[1].branches = Branches::never;
  all[0].oneUnit = true;
  all[2].branches = Branches::always;
  return all;
}

llvm::Error Tuner::list(Variant &variant) {
  CompilerOptions one = variant.options;
  one.stage = Stage::kernel;
  one.elideWeights = true;
  one.output = folder + "/kernels.mlir";
  one.pipeline.scheduleChoices.clear();
  return compile(one, variant.kernels) ? llvm::Error::success()
                                       : failure("the network could not be compiled for tuning");
}

llvm::Error Tuner::build(Variant &variant, const std::string &output, const std::string &choices) {
  CompilerOptions one = variant.options;
  one.stage = Stage::library;
  one.output = output;
  one.force = true;
  one.pipeline.scheduleChoices = choices;
  return compile(one, variant.kernels) ? llvm::Error::success()
                                       : failure("a schedule to measure could not be compiled");
}

/// The schedules of the next round; false where nothing is left to learn.
bool Tuner::plan(const Variant &variant, ScheduleChoices &choices) {
  bool wanted = false;
  for (const TunableKernel &kernel : variant.kernels)
    choices[kernel.key] = nextSchedule(store, kernel, wanted);
  return wanted;
}

llvm::Error Tuner::writeChoices(const ScheduleChoices &choices, const std::string &path) {
  auto json = nlohmann::json::object();
  for (const auto &entry : choices)
    json[entry.first().str()] = entry.second;
  std::error_code error;
  llvm::raw_fd_ostream(path, error) << json.dump(2) << "\n";
  return llvm::errorCodeToError(error);
}

/// Microseconds of one launch by symbol of the kernel, on average over its launches.
llvm::Expected<llvm::StringMap<double>> Tuner::timesOf(const std::string &library,
                                                       double &latencyMs) {
  int count = latencyMs > 0 ? int(std::clamp(kRunMs / latencyMs, 3.0, 200.0)) : 5;
  auto json = benchmarkLibrary(options, library, count, folder);
  if (!json)
    return json.takeError();
  latencyMs = (*json)["latency_ms"]["median"].get<double>();
  auto text = llvm::MemoryBuffer::getFile(library + "/share/tuned/manifest.json");
  auto manifest = nlohmann::json::parse(text ? (*text)->getBuffer() : "", nullptr, false);
  if (!manifest.is_object() || !manifest["kernels"].is_array() ||
      manifest["kernels"].size() != (*json)["kernels"].size())
    return failure("cannot measure: syncnas-run tells of other kernels than the manifest");
  llvm::StringMap<double> sums, counts;
  for (size_t i = 0; i < manifest["kernels"].size(); ++i) {
    std::string symbol = manifest["kernels"][i].value("name", "");
    sums[symbol] += (*json)["kernels"][i].value("median_us", 0.0);
    counts[symbol] += 1;
  }
  for (auto &entry : sums)
    entry.second /= counts[entry.first()];
  return sums;
}

static double median(std::vector<double> values) {
  auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Compiles the network with `choices` and times it in turns with the model's.
llvm::Error Tuner::round(Variant &variant, const ScheduleChoices &choices) {
  const std::string base = folder + "/base", other = folder + "/other";
  std::string file = folder + "/round.json";
  std::vector<TunableKernel> before = variant.kernels;
  if (llvm::Error error = writeChoices(choices, file))
    return error;
  if (llvm::Error error = build(variant, other, file))
    return error;
  llvm::StringMap<std::vector<double>> baseTimes, otherTimes; // by symbol
  for (int turn = 0; turn < kTurns; ++turn)
    for (bool first : {true, false}) {
      auto times = timesOf(first ? base : other, latencyMs);
      if (!times)
        return times.takeError();
      for (const auto &entry : *times)
        (first ? baseTimes : otherTimes)[entry.first()].push_back(entry.second);
    }
  std::vector<std::pair<std::string, TuningSample>> fresh;
  llvm::StringMap<std::string> baseSymbols;
  for (const TunableKernel &kernel : before)
    baseSymbols[kernel.key] = kernel.symbol;
  for (const TunableKernel &kernel : variant.kernels) {
    std::string schedule = choices.lookup(kernel.key);
    auto was = baseTimes.find(baseSymbols.lookup(kernel.key)), is = otherTimes.find(kernel.symbol);
    if (schedule == kernel.menu.front() || was == baseTimes.end() || is == otherTimes.end())
      continue;
    fresh.push_back(
        {kernel.key, {schedule, kernel.menu.front(), median(is->second), median(was->second)}});
  }
  store.put(fresh);
  variant.kernels = std::move(before);
  ++rounds;
  return llvm::Error::success();
}

void Tuner::tell(const Variant &variant) {
  if (options.quiet)
    return;
  bool terminal = isatty(STDERR_FILENO);
  llvm::errs() << (terminal ? "\r\x1b[K" : "") << "tuning schedules: round " << rounds + 1 << ", "
               << untriedSchedules(store, variant.kernels) << " untried, "
               << llvm::format("%.0f of %u s", watch.seconds(), *options.tuneSeconds)
               << (terminal ? "" : "\n");
}

llvm::Error Tuner::tune(Variant &variant, double untilSeconds) {
  ScheduleChoices choices;
  if (watch.seconds() >= untilSeconds || !plan(variant, choices))
    return llvm::Error::success();
  tell(variant);
  if (llvm::Error error = build(variant, folder + "/base", ""))
    return error;
  variant.options.plan = folder + "/plan.json"; // the same for all rounds
  auto text = llvm::MemoryBuffer::getFile(folder + "/base/share/tuned/plan.json");
  if (!text)
    return llvm::errorCodeToError(text.getError());
  std::error_code error;
  llvm::raw_fd_ostream(variant.options.plan, error) << (*text)->getBuffer();
  if (error)
    return llvm::errorCodeToError(error);
  latencyMs = 0;
  while (!interrupted()) {
    if (llvm::Error error = round(variant, choices))
      return error;
    choices.clear();
    if (watch.seconds() >= untilSeconds || !plan(variant, choices))
      break;
    tell(variant);
  }
  return llvm::Error::success();
}

llvm::Expected<TuneResult> Tuner::conclude() {
  TuneResult result;
  ScheduleChoices chosen;
  llvm::StringMap<bool> seen;
  for (const Variant &variant : variants)
    for (const TunableKernel &kernel : variant.kernels) {
      if (!seen.try_emplace(kernel.key, true).second)
        continue;
      ++result.kernels;
      std::string schedule = bestSchedule(store, kernel);
      result.changed += schedule != kernel.menu.front();
      result.untried += untriedSchedules(store, kernel);
      std::vector<TunedSchedule> known = store.known(kernel.key, kernel.menu.front());
      if (known.empty())
        continue;
      double us = known.front().referenceUs * double(kernel.launches);
      result.modelUs += us;
      if (schedule != kernel.menu.front()) {
        chosen[kernel.key] = schedule;
        us *= llvm::find_if(known, [&](const auto &k) { return k.schedule == schedule; })->ratio;
      }
      result.tunedUs += us;
    }
  result.rounds = rounds;
  result.interrupted = interruptFlag().exchange(false);
  result.choices = folder + "/choices.json";
  if (llvm::Error error = writeChoices(chosen, result.choices))
    return std::move(error);
  return result;
}

llvm::Expected<TuneResult> Tuner::run() {
  for (CompilerOptions &way : ways()) {
    variants.push_back({std::move(way), {}});
    if (llvm::Error error = list(variants.back()))
      return std::move(error);
  }
  double seconds = *options.tuneSeconds;
  for (size_t i = 0; i < variants.size() && !interrupted(); ++i)
    if (llvm::Error error = tune(variants[i], seconds * double(i + 1) / double(variants.size()))) {
      if (!interrupted()) // which ends the programs we run, too
        return std::move(error);
      llvm::consumeError(std::move(error));
    }
  if (!options.quiet && isatty(STDERR_FILENO))
    llvm::errs() << "\r\x1b[K";
  return conclude();
}

llvm::Expected<TuneResult> tuneSchedules(const CompilerOptions &options, const std::string &folder,
                                         const CompileForTuning &compile) {
  if (findTarget(options.target) && !runsHere(options.target))
    return failure("--tune: code for " + options.target + " does not run on this machine");
  return Tuner(options, folder, compile).run();
}

} // namespace snc
