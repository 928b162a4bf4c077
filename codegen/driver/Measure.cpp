// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Measure.h"

#include "codegen/driver/Interrupt.h"
#include "codegen/driver/Planning.h"
#include "codegen/driver/Progress.h"
#include "codegen/driver/Timing.h"

#include "llvm/Support/FileSystem.h"

#include <nlohmann/json.hpp>

namespace snc {

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

namespace {
/// A library that was compiled for one choice.
struct Candidate {
  MeasuredChoice choice;
  std::string folder;
  bool usesGpu;
};

class Measurement {
public:
  Measurement(const CompilerOptions &options, const std::string &folder, const CompileOnce &compile)
      : options(options), folder(folder), compile(compile), device(folder + "/device.json") {}

  llvm::Expected<MeasureResult> run();

private:
  llvm::Error start();
  llvm::Expected<bool> tryPlan(const char *name, Branches branches, bool single);
  llvm::Error profile(const Candidate &candidate);
  llvm::Expected<double> runOnce(const std::string &library);
  llvm::Error timeAll();

  const CompilerOptions &options;
  const std::string &folder;
  const CompileOnce &compile;
  std::string device;
  std::vector<Candidate> candidates;
};
} // namespace

/// Begins with what the user measured before.
llvm::Error Measurement::start() {
  if (options.device.empty())
    return llvm::Error::success();
  if (std::error_code error = llvm::sys::fs::copy_file(options.device, device))
    return failure("cannot read '" + options.device + "': " + error.message());
  return llvm::Error::success();
}

llvm::Error Measurement::profile(const Candidate &candidate) {
  std::string program = options.companion("syncnas-profile");
  std::vector<llvm::StringRef> line{program, candidate.folder, "-o",    device, "--rounds",
                                    "30",    "--sync",         "--json"};
  if (candidate.usesGpu)
    line.push_back("--gpu");
  return runProgram(line, folder + "/profile.out", folder);
}

/// With a GPU, what is not split is on one of the processors alone.
static std::string choiceName(const BranchPlan &plan, const char *name) {
  bool alone = gpuOf(plan.units) && plan.segments.size() == 1 &&
               plan.segments.front().kind == SegmentKind::single;
  return alone ? plan.units[size_t(plan.segments.front().unit)].name + " alone" : name;
}

/// The median of some runs, in microseconds.
llvm::Expected<double> Measurement::runOnce(const std::string &library) {
  auto json = benchmarkLibrary(options, library, /*rounds=*/20, folder);
  if (!json)
    return json.takeError();
  return (*json)["latency_ms"]["median"].get<double>() * 1000;
}

/// Compiles and profiles the plan that is best now; false where it is known already.
llvm::Expected<bool> Measurement::tryPlan(const char *name, Branches branches, bool single) {
  CompilerOptions one = options;
  one.measureRounds = 0;
  one.output = folder + "/" + std::to_string(candidates.size());
  one.branches = branches;
  one.oneUnit = single;
  one.quiet = true;
  one.explain = false;
  one.device = llvm::sys::fs::exists(device) ? device : "";
  one.name = "candidate";
  ReportSearch search;
  if (!compile(one, search))
    return failure("a plan to measure could not be compiled");
  auto plan = readPlan(one.output + "/share/candidate/plan.json");
  if (!plan)
    return plan.takeError();
  for (const Candidate &candidate : candidates)
    if (candidate.choice.plan == *plan)
      return false;
  std::string choice = choiceName(*plan, name);
  bool usesGpu = gpuOf(withoutIdleGpu(*plan).units).has_value();
  candidates.push_back({{choice, std::move(*plan), search, 0}, one.output, usesGpu});
  if (llvm::Error error = profile(candidates.back()))
    return std::move(error);
  return true;
}

/// All candidates in turn, several times, so that a slow moment hits all alike.
llvm::Error Measurement::timeAll() {
  constexpr int kTurns = 5;
  Progress progress(!options.quiet, "Timing plans", size_t(kTurns) * candidates.size());
  std::vector<std::vector<double>> times(candidates.size());
  for (int turn = 0; turn < kTurns; ++turn)
    for (size_t i = 0; i < candidates.size(); ++i) {
      auto us = runOnce(candidates[i].folder);
      if (!us)
        return us.takeError();
      times[i].push_back(*us);
      progress.advance();
    }
  for (size_t i = 0; i < candidates.size(); ++i) {
    std::nth_element(times[i].begin(), times[i].begin() + kTurns / 2, times[i].end());
    candidates[i].choice.measuredUs = times[i][kTurns / 2];
  }
  return llvm::Error::success();
}

llvm::Expected<MeasureResult> Measurement::run() {
  if (llvm::Error error = start())
    return std::move(error);
  {
    Progress progress(!options.quiet, "Measuring plans", options.measureRounds + 2);
    for (bool single : {true, false}) {
      auto tried = tryPlan(single ? "one unit" : "data-parallel", Branches::never, single);
      if (!tried)
        return tried.takeError();
      progress.advance();
    }
    for (unsigned round = 0; round < options.measureRounds && !interrupted(); ++round) {
      auto isNew = tryPlan("branches", Branches::always, false);
      if (!isNew)
        return isNew.takeError();
      progress.advance();
      if (!*isNew)
        break;
    }
  }
  if (llvm::Error error = timeAll())
    return std::move(error);
  MeasureResult result;
  result.deviceFile = device;
  for (Candidate &candidate : candidates) {
    result.choices.push_back(std::move(candidate.choice));
    if (result.choices.back().measuredUs < result.choices[result.chosen].measuredUs)
      result.chosen = result.choices.size() - 1;
  }
  // It was chosen for times that were lucky, too: what is told of it is measured again.
  for (int again = 0; again < 2; ++again)
    if (llvm::Error error = profile(candidates[result.chosen]))
      return std::move(error);
  return result;
}

llvm::Expected<MeasureResult> measurePlans(const CompilerOptions &options,
                                           const std::string &folder, const CompileOnce &compile) {
  return Measurement(options, folder, compile).run();
}

} // namespace snc
