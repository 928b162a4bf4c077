// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Compilation.h"

#include "codegen/driver/Fallback.h"
#include "codegen/driver/Planning.h"
#include "codegen/driver/Reporting.h"
#include "codegen/emit/LowerToLLVM.h"
#include "codegen/emit/Names.h"
#include "codegen/emit/Objects.h"
#include "codegen/emit/TextFiles.h"
#include "codegen/emit/WeightPacker.h"
#include "runtime/snc_hash.h"
#include "search/NetworkGraph.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

#include <nlohmann/json.hpp>

using namespace mlir;

namespace snc {

bool Compilation::prepare() {
  target = findTarget(options.target);
  if (!target) {
    std::string names = "host";
    for (const Target &t : allTargets())
      names += ", " + t.name.str();
    return fail("--target: unknown '" + options.target + "'; there are " + names);
  }
  threads = options.threads > 0 ? options.threads : processors();
  auto parsed = parseDevices(options.devices, threads);
  if (!parsed)
    return check(parsed.takeError());
  units = std::move(*parsed);
  if (!options.plan.empty()) {
    auto given = readPlan(options.plan);
    if (!given)
      return check(given.takeError());
    plan = std::move(*given);
    units = plan.units;
  }
  bool feedsGpu = gpuOf(units).has_value();
  if (options.pipeline.gpuHalf && !feedsGpu)
    return fail("--gpu-storage: there is no gpu; --devices names one");
  cpuThreads = totalThreads(units) - feedsGpu;
  if (cpuThreads == 0)
    cpuThreads = options.threads > 0 ? options.threads : processors();
  threads = std::max(totalThreads(units), cpuThreads);
  if (!options.shares.empty() && options.shares.size() != units.size())
    return fail("--shares: there are " + llvm::Twine(units.size()) + " units");
  if (!options.device.empty()) {
    auto read = readDevice(options.device);
    if (!read)
      return check(read.takeError());
    device = std::move(*read);
  }
  device.gpu.half = options.pipeline.gpuHalf;
  name = options.name.empty() ? libraryNameOf(llvm::sys::path::stem(options.model)) : options.name;
  if (!isLibraryName(name))
    return fail("--name: '" + name + "' cannot begin a C symbol; '" + libraryNameOf(name) +
                "' can");
  // Before any work, not after it.
  if (options.stage == Stage::library && !check(folder.check(options.output, options.force)))
    return false;
  return true;
}

bool Compilation::import() {
  module = importOnnx(context, options.model, options.import);
  if (!module)
    return false;
  setTarget(*module, *target, threads);
  say("model imported");
  return true;
}

bool Compilation::pipeline(void (*build)(OpPassManager &, const PipelineOptions &),
                           llvm::StringRef done) {
  PassManager pm(&context);
  build(pm, options.pipeline);
  if (failed(pm.run(*module)) || interrupted())
    return false;
  say(done);
  return true;
}

/// Tensor level to branch level.
bool Compilation::choosePlan() {
  NetworkGraph graph(module->lookupSymbol<func::FuncOp>("main"));
  CostModel model(device, target->blockLanes);
  PlanCost cost(graph, model, units, target->blockLanes);
  std::optional<PlanningResult> planning;
  bool unsplit = options.branches == Branches::never && !options.oneUnit;
  if (options.plan.empty() && unsplit) {
    plan = unsplitPlan(graph.size(), units);
  } else if (options.plan.empty()) {
    planning = planOnDevice(cost, options, err);
    plan = planning->choice().plan;
  }
  if (plan.nodes != graph.size())
    return fail("plan '" + options.plan + "': it is for a network of " + llvm::Twine(plan.nodes) +
                " nodes, this one has " + llvm::Twine(graph.size()));
  nameSegments(plan, graph);
  report = makeReport(cost, model.isMeasured(), plan, planning ? &*planning : nullptr, measured);
  if (planning && !planning->search.history.empty())
    report.search =
        reportOf(*planning, plannerName(options.search), options.seed, options.searchBudget);
  if (measured)
    report.search = measured->choices[measured->chosen].search;
  decided = {plan.strategy(), cost.total(plan), std::nullopt};
  if (measured)
    decided.measuredUs = measured->choices[measured->chosen].measuredUs;
  say("branches planned");
  BranchPlan used = withoutIdleGpu(plan);
  if (std::optional<int64_t> unit = gpuOf(used.units)) {
    gpu = used.units[size_t(*unit)].device;
    if (options.gpuFallback)
      fallback = module->clone();
  } else {
    threads = totalThreads(used.units);
    setTarget(*module, *target, threads);
  }
  PassManager pm(&context);
  buildBranchPipeline(pm, used);
  if (failed(pm.run(*module)) || interrupted())
    return false;
  say("branches inserted");
  return true;
}

/// The same network for the CPU alone, added to the module.
bool Compilation::lowerFallback() {
  if (!fallback)
    return true;
  setTarget(*fallback, *target, cpuThreads);
  PassManager pm(&context);
  buildKernelPipeline(pm, options.pipeline);
  buildSchedulePipeline(pm, options.pipeline);
  if (failed(pm.run(*fallback)) || interrupted())
    return false;
  addFallback(*module, *fallback);
  say("fallback lowered");
  return true;
}

bool Compilation::print() {
  std::error_code error;
  llvm::ToolOutputFile file(options.output.empty() ? "-" : options.output, error,
                            llvm::sys::fs::OF_Text);
  if (error)
    return fail("cannot write '" + options.output + "': " + error.message());
  OpPrintingFlags flags;
  if (options.elideWeights)
    flags.elideLargeElementsAttrs(16).elideLargeResourceString(16);
  module->print(file.os(), flags);
  file.keep();
  return true;
}

bool Compilation::writeTexts() {
  std::string share = "share/" + name + "/";
  if (!check(folder.write("include/" + name + ".h", headerText(description))) ||
      !check(folder.write("lib/cmake/" + name + "/" + name + "Config.cmake",
                          cmakeConfigText(description))) ||
      !check(folder.write("lib/pkgconfig/" + name + ".pc", pkgConfigText(description))) ||
      !check(folder.write(share + "plan.json", toJson(plan).dump(2) + "\n")) ||
      !check(folder.write(share + "report.html", reportHtml(report))))
    return false;
  for (const auto &[path, text] : options.files)
    if (!check(folder.write(path, text)))
      return false;
  auto manifest = manifestText(description, folder.root());
  return manifest ? check(folder.write(share + "manifest.json", *manifest))
                  : check(manifest.takeError());
}

bool Compilation::writeObjects(const LinkTools &tools) {
  ExecutorOptions executor;
  executor.name = name;
  executor.threads = threads;
  executor.weightsHash = description.weightsHash;
  if (options.weightsInFile)
    executor.weightsFile = name + ".weights";
  llvm::StringRef arch = target->triple.split('-').first;
  std::vector<std::string> runtimes{"runtime"};
  if (gpu != Device::cpu)
    runtimes.push_back(("runtime-" + nameOf(gpu)).str());
  for (std::string &runtime : runtimes) {
    runtime = options.companion("../lib/syncnasc/" + runtime + "-" + arch.str() + ".bc");
    if (!llvm::sys::fs::exists(runtime))
      return fail("no runtime for " + arch + " at " + runtime);
  }
  std::vector<std::string> objects{scratch.root() + "/executor.o"};
  if (failed(lowerToLLVM(*module, executor)) ||
      !check(writeExecutorObject(*module, runtimes, name + "_", *target, objects[0])))
    return false;
  objects.insert(objects.end(), kernels.objects.begin(), kernels.objects.end());
  if (!options.weightsInFile && !weights.empty()) {
    objects.push_back(scratch.root() + "/weights.o");
    if (!check(writeDataObject(weights, kWeightsSymbol, *target, objects.back())))
      return false;
  }
  auto lib = folder.folder("lib");
  if (!lib)
    return check(lib.takeError());
  if (options.weightsInFile &&
      !check(folder.write("share/" + name + "/" + name + ".weights",
                          llvm::StringRef(weights.data(), weights.size()))))
    return false;
  return check(linkLibraries(tools, objects, name, *target, *lib, scratch.root()));
}

bool Compilation::emitLibrary() {
  auto tools = LinkTools::find();
  if (!tools)
    return check(tools.takeError());
  if (!check(folder.open()))
    return false;
  description = describe(*module, name);
  description.plan = decided;
  description.weightsEmbedded = !options.weightsInFile;
  report.model = description.model;
  report.target = description.target;
  report.version = SNC_VERSION;
  for (const auto &[path, text] : options.files)
    if (llvm::StringRef(path).ends_with(".html"))
      report.pages.push_back(path);
  auto packed = packWeights(*module);
  if (failed(packed))
    return false;
  weights = std::move(*packed);
  description.weightsHash = snc_hash64(weights.data(), weights.size());
  say("weights packed");
  if (!writeObjects(*tools) || !writeTexts() || interrupted())
    return false;
  if (!check(folder.commit()))
    return false;
  say("library written");
  if (!options.quiet)
    printSummary(out, description, kernels, options.output, watch.seconds());
  if (options.explain)
    out << explainText(report);
  return true;
}

bool Compilation::compile() {
  KernelPoolOptions pool{options.companion("syncnas-kernelc"), options.cacheDir,
                         options.jobs ? options.jobs : processors(), !options.quiet};
  if (!llvm::sys::fs::can_execute(pool.compiler))
    return fail("no kernel compiler at " + pool.compiler);
  if (!check(scratch.open()))
    return false;
  auto compiled = compileKernels(*module, scratch.root(), pool);
  if (failed(compiled))
    return false;
  kernels = std::move(*compiled);
  say("kernels compiled");
  return true;
}

/// Each stage in turn, up to the one that was asked for.
bool Compilation::run() {
  if (!prepare() || !import())
    return false;
  if (options.stage == Stage::import)
    return print();
  if (!pipeline(buildTensorPipeline, "simplified"))
    return false;
  if (options.stage == Stage::tensor)
    return print();
  if (!choosePlan())
    return false;
  if (options.stage == Stage::branches)
    return print();
  if (!pipeline(buildKernelPipeline, "kernels formed"))
    return false;
  tunables = tunableKernels(*module, options.pipeline.winograd);
  if (options.stage == Stage::kernel)
    return print();
  if (!pipeline(buildSchedulePipeline, "memory planned") || !lowerFallback())
    return false;
  if (options.stage == Stage::schedule)
    return print();
  if (!compile())
    return false;
  if (options.stage == Stage::library)
    return emitLibrary();
  ExecutorOptions executor;
  executor.name = name;
  executor.threads = threads;
  return succeeded(lowerToLLVM(*module, executor)) && print();
}
} // namespace snc
