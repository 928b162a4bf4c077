// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/nas/NasMode.h"

#include "codegen/driver/Planning.h"
#include "codegen/driver/nas/NasNetwork.h"
#include "codegen/driver/nas/StrategySearch.h"
#include "ir/Target.h"
#include "nas/SyncStrategy.h"
#include "runtime/snc_hash.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ToolOutputFile.h"

#include <nlohmann/json.hpp>

namespace snc {

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::unique_ptr<NasSpace>> NasSpace::open(const CompilerOptions &options,
                                                         llvm::raw_ostream &err) {
  auto base = openBase(options, err);
  if (!base)
    return base.takeError();
  const Target *target = findTarget(options.target);
  if (!target)
    return failure("--target: unknown '" + options.target + "'");
  auto units = parseDevices(options.devices, options.threads > 0 ? options.threads : processors());
  if (!units)
    return units.takeError();
  if (units->size() < 2)
    return failure("--nas: branches want two units or more; name them with --devices");
  if (options.pipeline.gpuHalf && !gpuOf(*units))
    return failure("--gpu-storage: there is no gpu; --devices names one");
  DeviceDescription device;
  if (!options.device.empty()) {
    auto read = readDevice(options.device);
    if (!read)
      return read.takeError();
    device = std::move(*read);
  }
  device.gpu.half = options.pipeline.gpuHalf;
  WidthOptions widths;
  widths.least = target->vectorLanes;
  widths.budgetUs = options.nas.budgetMs * 1e3;
  widths.budgetScale = options.nas.budgetScale;
  std::unique_ptr<NasSpace> space(
      new NasSpace(std::move(*base), std::move(device), target->blockLanes));
  llvm::raw_string_ostream identity(space->identity);
  identity << "nas 1 " << target->name << " " << widths.least << " " << widths.step;
  for (const PlanUnit &unit : *units)
    identity << " " << unit.threads << (unit.device == Device::cpu ? "" : nameOf(unit.device));
  bool gpu = gpuOf(*units).has_value();
  std::string numbers = numbersOf(space->model.device(), gpu) + toJson(space->given.network).dump();
  space->branchWidths.emplace(space->given.network, space->model, std::move(*units), widths);
  identity << llvm::format(" %.17g ", space->widths().budgetUs())
           << llvm::utohexstr(snc_hash64(numbers.data(), numbers.size()));
  return space;
}

llvm::Error printCandidates(const NasSpace &space, llvm::raw_ostream &os) {
  constexpr size_t kMost = 12; // stages: 354,294 strategies
  if (space.base().stages.size() > kMost)
    return failure("--emit=candidates: there are too many of " +
                   llvm::Twine(space.base().stages.size()) + " stages");
  SyncSpace strategies(space.base().stages.size());
  forEachLeaf(strategies, [&](const Choices &leaf) {
    nlohmann::json line{{"name", strategies.nameOf(leaf)}};
    if (auto candidate = space.widths().candidate(strategies.strategyOf(leaf))) {
      line["network"] = toJson(candidate->network);
      line["latency_us"] = candidate->us;
    } else {
      line["invalid"] = true;
    }
    os << line.dump() << "\n";
  });
  return llvm::Error::success();
}

int searchNetwork(const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err) {
  if (options.stage == Stage::network || options.stage == Stage::onnx)
    return printNetwork(options, err);
  if (!options.nas.network.empty())
    return compileGivenNetwork(options, out, err);
  auto fail = [&](llvm::Error error) {
    err << options.modelLabel() << ": error: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  };
  auto space = NasSpace::open(options, err);
  if (!space)
    return fail(space.takeError());
  if (options.stage == Stage::library) {
    auto code = searchAndWrite(**space, options, out, err);
    return code ? *code : fail(code.takeError());
  }
  if (options.stage != Stage::candidates)
    return fail(failure("--nas prints only --emit=candidates"));
  std::error_code error;
  llvm::ToolOutputFile file(options.output.empty() ? "-" : options.output, error,
                            llvm::sys::fs::OF_Text);
  if (error)
    return fail(failure("cannot write '" + options.output + "': " + error.message()));
  if (llvm::Error printing = printCandidates(**space, file.os()))
    return fail(std::move(printing));
  file.keep();
  return 0;
}

} // namespace snc
