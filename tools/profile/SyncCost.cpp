// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/SyncCost.h"

#include "tools/profile/Processors.h"
#include "tools/run/LoadedLibrary.h"

#include "runtime/snc_model.h"

#include <algorithm>
#include <chrono>
#include <vector>

using Clock = std::chrono::steady_clock;

namespace snc::profile {

namespace {
constexpr uint32_t kSteps = 1000;
constexpr int kRuns = 501, kLeastRuns = 11;
constexpr auto kMostTime = std::chrono::seconds(2);

int32_t nothing(snc_worker *, snc_buffer *) { return 0; }

/// A model of empty steps. Its tables lie in it, so it stays where it is.
struct Model {
  std::vector<snc_step> steps = std::vector<snc_step>(kSteps);
  std::vector<snc_phase> phases;
  std::vector<uint32_t> waits = std::vector<uint32_t>(kSteps);
  snc_unit units[2] = {{"a", 1, 0}, {"b", 1, 0}};
  snc_model model{};

  explicit Model(SyncPattern pattern) {
    if (pattern == SyncPattern::phases)
      makePhases();
    else
      makeTurns(pattern == SyncPattern::turns ? 2 : 1);
    model.abi_version = SNC_ABI_VERSION;
    model.name = "sync_cost";
    model.phases = phases.data();
    model.steps = steps.data();
    model.waits = waits.data();
    model.units = units;
    model.num_phases = uint32_t(phases.size());
    model.num_steps = kSteps;
    model.num_waits = kSteps;
    model.num_units = 2;
  }
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;

private:
  /// Step s, on unit s % count, waits for step s - 1, if that is another unit's.
  void makeTurns(uint32_t count) {
    for (uint32_t s = 0; s < kSteps; ++s) {
      steps[s] = {nothing, s % count, s, s, s > 0 && count > 1, 0, 0};
      waits[s] = s > 0 ? s - 1 : 0;
    }
    phases = {{0, kSteps}};
  }
  void makePhases() {
    for (uint32_t s = 0; s < kSteps; ++s)
      steps[s] = {nothing, s % 2, 0, 0, 0, 0, 0};
    for (uint32_t s = 0; s < kSteps; s += 2)
      phases.push_back({s, 2});
  }
};

void check(int32_t status) {
  if (status != SNC_OK)
    throw run::RunError(std::string("the cost of a sync: ") + snc_strerror(status));
}

/// Appends nanoseconds of each run.
int32_t timeRuns(snc_context *context, int32_t processor, std::vector<double> &ns) {
  // Not before the context is made: it takes the processors of its maker.
  PinnedThread pinned(processor);
  auto start = Clock::now();
  int32_t status = SNC_OK;
  for (int i = 0; i < kRuns && status == SNC_OK; ++i) {
    if (i >= kLeastRuns && Clock::now() - start > kMostTime)
      break;
    auto begin = Clock::now();
    status = snc_context_run(context, nullptr, nullptr);
    ns.push_back(std::chrono::duration<double, std::nano>(Clock::now() - begin).count());
  }
  return status;
}
} // namespace

SyncSpread measureSync(const SyncSetup &setup) {
  Model model(setup.pattern);
  double count = double(setup.pattern == SyncPattern::phases ? kSteps / 2 : kSteps);
  const int32_t processors[] = {-1, setup.second};
  snc_options options;
  snc_options_init(&options);
  options.threads = setup.threads;
  options.spin_us = setup.spinUs;
  options.processors = processors;
  options.num_processors = 2;
  snc_context *context = nullptr;
  check(snc_context_create(&model.model, &options, &context));
  std::vector<double> ns;
  int32_t status = timeRuns(context, setup.first, ns);
  snc_context_destroy(context);
  check(status);
  for (double &t : ns)
    t /= count;
  std::sort(ns.begin(), ns.end());
  size_t n = ns.size();
  return {ns[n / 10], ns[n / 2], ns[n * 9 / 10]};
}

std::optional<SyncCosts> measureSyncCosts() {
  std::optional<ProcessorPair> pair = twoProcessors();
  if (!pair)
    return std::nullopt;
  SyncSetup setup;
  setup.first = pair->first;
  setup.second = pair->second;
  SyncCosts costs;
  costs.syncUs = measureSync(setup).median * 1e-3;
  setup.pattern = SyncPattern::phases;
  costs.forkUs = measureSync(setup).median * 1e-3;
  setup.pattern = SyncPattern::own;
  costs.stepUs = measureSync(setup).median * 1e-3;
  return costs;
}

} // namespace snc::profile
