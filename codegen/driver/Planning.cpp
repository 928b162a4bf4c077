// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Planning.h"

#include "codegen/driver/Interrupt.h"
#include "codegen/driver/SearchLog.h"
#include "runtime/snc_hash.h"
#include "search/ResultStore.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"

#include <nlohmann/json.hpp>
#include <thread>

namespace snc {

unsigned processors() { return std::max(1u, std::thread::hardware_concurrency()); }

static std::vector<PlanUnit> cores(llvm::ArrayRef<int64_t> threads) {
  std::vector<PlanUnit> units;
  for (int64_t count : threads)
    units.push_back({"cpu" + std::to_string(units.size()), count});
  return units;
}

/// "cpu:3", "gpu", "gpu:cuda"; a cpu without a number has `threads`.
static std::optional<PlanUnit> unitNamed(llvm::StringRef word, int64_t threads) {
  auto [kind, rest] = word.trim().split(':');
  PlanUnit unit{"", threads};
  if (kind == "gpu") {
    std::optional<Device> device = rest.empty() ? Device::opencl : deviceNamed(rest);
    if (device != Device::opencl && device != Device::cuda)
      return std::nullopt;
    unit.threads = 1;
    unit.device = *device;
  } else if (kind != "cpu" || (!rest.empty() && (rest.getAsInteger(10, unit.threads) ||
                                                 unit.threads < 1 || unit.threads > 256))) {
    return std::nullopt;
  }
  return unit;
}

llvm::Expected<std::vector<PlanUnit>> parseDevices(llvm::StringRef devices, int64_t threads) {
  if (devices.empty() || devices == "cpu")
    return threads < 2 ? cores({threads}) : cores({(threads + 1) / 2, threads / 2});
  llvm::SmallVector<llvm::StringRef> words;
  devices.split(words, ',');
  std::vector<PlanUnit> units;
  int64_t cpus = 0, gpus = 0;
  for (llvm::StringRef word : words) {
    std::optional<PlanUnit> unit = unitNamed(word, threads);
    if (!unit || (unit->device != Device::cpu && gpus))
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "--devices: expected cpu, or a list like cpu:1,cpu:3 or "
                                     "cpu,gpu with at most one gpu, gpu:opencl or gpu:cuda, got '" +
                                         word + "'");
    bool isCpu = unit->device == Device::cpu;
    unit->name = isCpu ? "cpu" + std::to_string(cpus++) : "gpu" + std::to_string(gpus++);
    units.push_back(*unit);
  }
  return units;
}

llvm::Expected<BranchPlan> readPlan(llvm::StringRef path) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "plan '" + path + "': " + message);
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(buffer.getError().message());
  auto json = nlohmann::json::parse((*buffer)->getBuffer(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return fail("not JSON");
  auto plan = branchPlanFromJson(json);
  if (!plan)
    return fail(llvm::toString(plan.takeError()));
  if (llvm::Error error = plan->verify())
    return fail(llvm::toString(std::move(error)));
  return plan;
}

bool parseShares(llvm::StringRef text, std::vector<int64_t> &shares) {
  llvm::SmallVector<llvm::StringRef> words;
  text.split(words, ':');
  int64_t sum = 0;
  for (llvm::StringRef word : words) {
    int64_t share;
    if (word.getAsInteger(10, share) || share < 1)
      return false;
    shares.push_back(share);
    sum += share;
  }
  return sum == kShares;
}

bool parseMilliseconds(llvm::StringRef text, double &milliseconds) {
  double factor = text.consume_back("ms")   ? 1
                  : text.consume_back("us") ? 1e-3
                  : text.consume_back("s")  ? 1e3
                                            : 0;
  double value;
  if (factor == 0 || text.trim().getAsDouble(value) || !(value > 0) || !(value < 1e9))
    return false;
  milliseconds = value * factor;
  return true;
}

std::string numbersOf(const DeviceDescription &device, bool withGpu) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto write = [&](std::initializer_list<double> numbers) {
    for (double number : numbers)
      os << llvm::format("%.17g ", number);
  };
  write({device.peakGflops, device.coreBandwidthGBs, device.totalBandwidthGBs, device.transferGBs,
         device.l2Bytes, device.l3Bytes, device.syncUs, device.forkUs, device.kernelOverheadUs});
  if (const GpuDescription &gpu = device.gpu; withGpu)
    write({gpu.peakGflops, gpu.bandwidthGBs, gpu.parallelism, gpu.launchUs, gpu.uploadGBs,
           gpu.downloadGBs, gpu.uploadUs, gpu.downloadUs, gpu.syncUs});
  if (withGpu && device.gpu.half)
    os << "fp16";
  for (const auto &[key, us] : device.latenciesUs)
    os << "\n" << key << llvm::format(" %.17g", us);
  return text;
}

/// A text that is the same when all that costs depend on is.
static std::string searchFingerprint(const PlanCost &cost, const CompilerOptions &options) {
  const DeviceDescription &device = cost.costs().device();
  std::string text = options.target + (options.branches == Branches::always ? " always" : "");
  llvm::raw_string_ostream os(text);
  os << " " << options.syncs;
  for (SegmentKind kind : options.splitKinds)
    os << " k" << int(kind);
  for (int64_t share : options.shares)
    os << " s" << share;
  for (const PlanUnit &unit : cost.planUnits())
    os << " " << unit.threads << (unit.device == Device::cpu ? "" : nameOf(unit.device));
  for (const NetworkNode &node : cost.network().nodes()) {
    os << "\n" << shapeOf(node.ops).signature();
    for (int64_t input : node.inputs)
      os << " " << input;
  }
  os << "\n" << numbersOf(device, cost.gpu().has_value());
  return "plan 1 " + llvm::utohexstr(snc_hash64(os.str().data(), os.str().size()));
}

llvm::StringRef plannerName(PlannerKind kind) {
  for (llvm::StringRef name : {"mcts", "evolution", "random", "exhaustive", "dp"})
    if (plannerKindOf(name) == kind)
      return name;
  return "";
}

static std::string progressText(const SearchProgress &now, uint64_t budget) {
  std::string text;
  llvm::raw_string_ostream(text) << "Searching plans: " << now.evaluations << " of " << budget
                                 << ", best " << llvm::format("%.2f ms", now.best / 1000);
  return text;
}

PlanningResult planOnDevice(const PlanCost &cost, const CompilerOptions &options,
                            llvm::raw_ostream &err) {
  if (options.branches == Branches::never && options.oneUnit) {
    PlanningResult result;
    result.choices = unsplitChoices(cost);
    return result; // the first is on one unit
  }
  PlannerOptions planner;
  planner.kind = options.search;
  planner.forceBranches = options.branches == Branches::always;
  planner.ownBranches = options.branches == Branches::own;
  planner.menu.kinds = options.splitKinds;
  planner.menu.shares = options.shares;
  if (options.syncs >= 0)
    planner.leastSplits = planner.mostSplits = options.syncs;
  planner.search.budget = options.searchBudget;
  planner.search.seed = options.seed;
  planner.search.stop = &interruptFlag();
  SearchLog log(err);
  if (!options.quiet)
    planner.search.progress = [&](const SearchProgress &now) {
      log.tell(progressText(now, options.searchBudget));
    };
  // What the costs depend on, but for the search itself.
  std::optional<ResultStore> store;
  if (!options.searchStore.empty()) {
    store.emplace(options.searchStore, searchFingerprint(cost, options));
    planner.search.store = &*store;
  }
  PlanningResult result = planNetwork(cost, cost.costs().isMeasured(), planner);
  if (interruptFlag().exchange(false))
    err << "syncnasc: search interrupted; goes on with the best plan so far\n";
  return result;
}

} // namespace snc
