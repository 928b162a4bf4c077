// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/TuningPolicy.h"

#include "ir/Target.h"
#include "passes/ScheduleMenu.h"

#include "llvm/Support/Format.h"

using namespace mlir;

namespace snc {

// A schedule has to gain this to be taken, and has to be seen so often to be sure of.
static constexpr double kLeastGain = 0.02;
static constexpr size_t kSure = 3;

std::vector<TunableKernel> tunableKernels(ModuleOp module, bool winograd) {
  llvm::StringMap<int64_t> launches;
  module.walk([&](LaunchOp launch) { ++launches[launch.getKernel()]; });
  std::vector<TunableKernel> kernels;
  for (KernelOp kernel : module.getOps<KernelOp>()) {
    TunableKernel entry{
        scheduleKey(kernel), kernel.getSymName().str(), {}, launches.lookup(kernel.getSymName())};
    for (ScheduleAttr schedule :
         scheduleMenu(kernel, targetOf(module), threadsOf(kernel), winograd))
      entry.menu.push_back(scheduleText(schedule));
    kernels.push_back(std::move(entry));
  }
  return kernels;
}

std::string bestSchedule(TuningStore &store, const TunableKernel &kernel) {
  for (const TunedSchedule &known : store.known(kernel.key, kernel.menu.front()))
    if (known.ratio < 1 - kLeastGain && llvm::is_contained(kernel.menu, known.schedule))
      return known.schedule;
  return kernel.menu.front();
}

std::string nextSchedule(TuningStore &store, const TunableKernel &kernel, bool &wanted) {
  std::vector<TunedSchedule> known = store.known(kernel.key, kernel.menu.front());
  for (const std::string &schedule : llvm::drop_begin(kernel.menu))
    if (llvm::none_of(known, [&](const TunedSchedule &k) { return k.schedule == schedule; })) {
      wanted = true;
      return schedule;
    }
  llvm::erase_if(known, [&](const TunedSchedule &k) {
    return k.ratio > 1 - kLeastGain || !llvm::is_contained(kernel.menu, k.schedule);
  });
  for (const TunedSchedule &k : llvm::ArrayRef(known).take_front(2))
    if (k.samples < kSure && k.ratio < known.front().ratio + kLeastGain) {
      wanted = true;
      return k.schedule;
    }
  return bestSchedule(store, kernel);
}

size_t untriedSchedules(TuningStore &store, llvm::ArrayRef<TunableKernel> kernels) {
  size_t count = 0;
  for (const TunableKernel &kernel : kernels) {
    std::vector<TunedSchedule> known = store.known(kernel.key, kernel.menu.front());
    for (const std::string &schedule : llvm::drop_begin(kernel.menu))
      count += llvm::none_of(known, [&](const auto &k) { return k.schedule == schedule; });
  }
  return count;
}

std::string TuneResult::summary() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "tuned    " << changed << " of " << kernels
     << " kernels have another schedule than the model's";
  if (changed)
    os << llvm::format(": %.3f ms instead of %.3f ms (%.1f %% less)", tunedUs / 1000,
                       modelUs / 1000, 100 * (1 - tunedUs / modelUs));
  os << "; ";
  if (untried)
    os << untried << " schedules not tried yet";
  else
    os << "all schedules are known";
  return os.str();
}

} // namespace snc
