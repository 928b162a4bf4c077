// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnasc: compiles an ONNX network into a native library. Options only; the
// work is in codegen/driver.

#include "codegen/driver/Compiler.h"
#include "codegen/driver/Planning.h"
#include "ir/Target.h"
#include "tools/NasFlags.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"

namespace cl = llvm::cl;
using snc::Branches;
using snc::PlannerKind;
using snc::SegmentKind;
using snc::Stage;

enum class Winograd { automatic, never };
enum class Weights { embedded, file };
enum class GpuStorage { fp32, fp16 };

static const char kOverview[] =
    "compiles an ONNX network into a small native library\n\n"
    "  syncnasc model.onnx -o out\n"
    "  syncnasc model.onnx -o out --shape input=1x3x224x224 --threads 4\n"
    "  syncnasc model.onnx -o out --target aarch64-linux --weights=file --name net\n"
    "  syncnasc model.onnx --emit=kernel --elide-weights\n";

static std::string targetNames() {
  std::string names = "Processor to compile for: host (default)";
  for (const snc::Target &target : snc::allTargets())
    names += ", " + target.name.str();
  return names;
}

/// Made in main, after LLVM's own options are gone: names like `threads` are theirs too.
struct Flags {
  const std::string targets = targetNames();
  cl::OptionCategory all{"syncnasc options"};
  cl::opt<std::string> model{cl::Positional, cl::desc("<model.onnx>"), cl::cat(all)};
  cl::opt<std::string> output{"o", cl::desc("Output folder (with --emit: file)"),
                              cl::value_desc("path"), cl::cat(all)};
  cl::opt<std::string> name{
      "name", cl::desc("Prefix of symbols and files (default: the model's file name)"),
      cl::value_desc("identifier"), cl::cat(all)};
  cl::opt<std::string> target{"target", cl::desc(targets), cl::value_desc("name"), cl::init("host"),
                              cl::cat(all)};
  cl::opt<unsigned> threads{"threads",
                            cl::desc("Threads to cut kernels for (default: this machine's)"),
                            cl::value_desc("n"), cl::init(0), cl::cat(all)};
  cl::opt<std::string> devices{
      "devices",
      cl::desc("Units that branches run on: cpu (default: the threads in two groups), or the "
               "threads of each, and a gpu (gpu:opencl or gpu:cuda)"),
      cl::value_desc("cpu:1,cpu:1|cpu,gpu|gpu"), cl::cat(all)};
  cl::opt<bool> fallback{
      "fallback",
      cl::desc("With a gpu, hold the network for the CPU alone too, for where there is none "
               "(default: yes)"),
      cl::init(true), cl::cat(all)};
  cl::opt<GpuStorage> gpuStorage{
      "gpu-storage",
      cl::desc("How a gpu keeps weights and what it alone computes and reads; arithmetic is fp32:"),
      cl::init(GpuStorage::fp32), cl::cat(all),
      cl::values(
          clEnumValN(GpuStorage::fp32, "fp32", "as they are (default)"),
          clEnumValN(GpuStorage::fp16, "fp16", "in half the memory, rounded to half precision"))};
  cl::opt<std::string> plan{"plan", cl::desc("Carry out this plan.json instead of searching"),
                            cl::value_desc("file"), cl::cat(all)};
  cl::opt<std::string> device{
      "device", cl::desc("Latencies measured on the device, as syncnas-profile writes them"),
      cl::value_desc("file.json"), cl::cat(all)};
  cl::opt<Branches> branches{
      "branches", cl::desc("Whether to split the network over the units:"),
      cl::init(Branches::automatic), cl::cat(all),
      cl::values(
          clEnumValN(Branches::automatic, "auto", "where it is predicted to pay (default)"),
          clEnumValN(Branches::always, "always", "the best split found, even if it does not"),
          clEnumValN(Branches::own, "own", "the branches that the model has of its own, if any"),
          clEnumValN(Branches::never, "never", "each kernel on all threads"))};
  cl::opt<PlannerKind> search{
      "search", cl::desc("How branches and syncs are searched:"), cl::init(PlannerKind::mcts),
      cl::cat(all),
      cl::values(clEnumValN(PlannerKind::mcts, "mcts", "Monte Carlo tree search (default)"),
                 clEnumValN(PlannerKind::evolution, "evolution", "regularised evolution"),
                 clEnumValN(PlannerKind::random, "random", "random strategies"),
                 clEnumValN(PlannerKind::exhaustive, "exhaustive", "all, in order"),
                 clEnumValN(PlannerKind::dp, "dp", "the optimum of the cost model"))};
  cl::opt<uint64_t> budget{"search-budget", cl::desc("Strategies to evaluate (default: 2000)"),
                           cl::value_desc("n"), cl::init(2000), cl::cat(all)};
  cl::list<SegmentKind> splits{
      "splits", cl::desc("Splits that may be used (default: all), comma-separated:"),
      cl::CommaSeparated, cl::cat(all),
      cl::values(clEnumValN(SegmentKind::rows, "rows", "rows of the picture, with halos"),
                 clEnumValN(SegmentKind::channels, "channels", "channels, joined by concat"),
                 clEnumValN(SegmentKind::add, "add", "inner channels, joined by add"),
                 clEnumValN(SegmentKind::paths, "paths", "what is parallel in the model"))};
  cl::opt<std::string> shares{"shares",
                              cl::desc("Eighths of each unit in every split (default: searched)"),
                              cl::value_desc("5:3"), cl::cat(all)};
  cl::opt<int> syncs{"syncs", cl::desc("Splits to make (default: searched)"), cl::value_desc("n"),
                     cl::init(-1), cl::cat(all)};
  cl::opt<std::string> searchStore{
      "search-store", cl::desc("SQLite file that keeps evaluated strategies, to resume from"),
      cl::value_desc("file"), cl::cat(all)};
  cl::opt<unsigned> measure{
      "measure",
      cl::desc(
          "Compile and run up to n plans here, learn from each, and keep the fastest (default: "
          "0, plan by the cost model)"),
      cl::value_desc("n"), cl::init(0), cl::cat(all)};
  cl::opt<unsigned> tune{
      "tune",
      cl::desc("Choose schedules by measuring here for so long (0: by what was measured before)"),
      cl::value_desc("seconds"), cl::init(0), cl::cat(all)};
  cl::opt<std::string> tuneStore{
      "tune-store",
      cl::desc("SQLite file that --tune keeps times in (default: tuning.db in the cache)"),
      cl::value_desc("file"), cl::cat(all)};
  snc::NasFlags nas{all};
  cl::opt<bool> explain{"explain", cl::desc("Say what was decided and why"), cl::cat(all)};
  cl::opt<uint64_t> seed{"seed", cl::desc("Of the search (default: 1)"), cl::value_desc("n"),
                         cl::init(1), cl::cat(all)};
  cl::list<std::string> shapes{"shape",
                               cl::desc("Shape of an input with symbolic dimensions; repeatable"),
                               cl::value_desc("name=1x3x224x224"), cl::cat(all)};
  cl::opt<Weights> weights{
      "weights", cl::desc("Where the weights go:"), cl::init(Weights::embedded), cl::cat(all),
      cl::values(clEnumValN(Weights::embedded, "embedded", "into the library (default)"),
                 clEnumValN(Weights::file, "file", "into share/<name>/<name>.weights"))};
  cl::opt<Winograd> winograd{
      "winograd", cl::desc("3x3 convolutions by Winograd's algorithm, which rounds differently:"),
      cl::init(Winograd::automatic), cl::cat(all),
      cl::values(
          clEnumValN(Winograd::automatic, "auto", "where it is predicted to be faster (default)"),
          clEnumValN(Winograd::never, "never", "directly"))};
  cl::opt<Stage> emit{
      "emit", cl::desc("Print the module after a stage instead of writing a library:"),
      cl::init(Stage::library), cl::cat(all),
      cl::values(clEnumValN(Stage::import, "import", "as imported"),
                 clEnumValN(Stage::tensor, "tensor", "simplified"),
                 clEnumValN(Stage::branches, "branches", "split into branches as planned"),
                 clEnumValN(Stage::kernel, "kernel", "kernels with layouts and schedules"),
                 clEnumValN(Stage::schedule, "schedule", "buffers in memory, calls in order"),
                 clEnumValN(Stage::llvm, "llvm", "the executor, LLVM dialect"),
                 clEnumValN(Stage::candidates, "candidates", "--nas: a line of JSON each"),
                 clEnumValN(Stage::network, "network",
                            "--nas: the base, or what --network names, as SyncNAS's JSON"),
                 clEnumValN(Stage::onnx, "onnx", "--nas: the same as a model, to be trained"))};
  cl::opt<bool> elide{"elide-weights", cl::desc("Leave large weights out of what --emit prints"),
                      cl::cat(all)};
  cl::opt<std::string> cacheDir{
      "cache-dir",
      cl::desc("Compiled kernels are kept there (default: $XDG_CACHE_HOME/syncnasc or "
               "~/.cache/syncnasc)"),
      cl::value_desc("folder"), cl::cat(all)};
  cl::opt<unsigned> jobs{
      "jobs",
      cl::desc("Kernel compilers, or evaluators of --nas, at once (default: one for "
               "each processor; one evaluator)"),
      cl::value_desc("n"), cl::init(0), cl::cat(all)};
  cl::opt<bool> force{"force", cl::desc("Replace an output folder that holds other files"),
                      cl::cat(all)};
  cl::opt<bool> quiet{"quiet", cl::desc("No progress and no summary"), cl::cat(all)};
  cl::opt<bool> verbose{"verbose", cl::desc("Say when each step is done"), cl::cat(all)};
};

static int usage(const llvm::Twine &message) {
  llvm::errs() << "syncnasc: error: " << message << " (see syncnasc --help)\n";
  return 1;
}

static snc::CompilerOptions optionsOf(const Flags &flags) {
  snc::CompilerOptions options;
  options.model = flags.model;
  options.output = flags.output;
  options.name = flags.name;
  options.target = flags.target;
  options.threads = flags.threads;
  options.devices = flags.devices;
  options.gpuFallback = flags.fallback;
  options.pipeline.gpuHalf = flags.gpuStorage == GpuStorage::fp16;
  options.plan = flags.plan;
  options.device = flags.device;
  options.branches = flags.branches;
  options.search = flags.search;
  options.searchBudget = flags.budget;
  options.seed = flags.seed;
  options.splitKinds.assign(flags.splits.begin(), flags.splits.end());
  options.syncs = flags.syncs;
  options.searchStore = flags.searchStore;
  options.measureRounds = flags.measure;
  if (flags.tune.getNumOccurrences())
    options.tuneSeconds = flags.tune;
  options.tuneStore = flags.tuneStore;
  options.explain = flags.explain;
  options.pipeline.winograd = flags.winograd == Winograd::automatic;
  options.weightsInFile = flags.weights == Weights::file;
  options.force = flags.force;
  options.stage = flags.emit;
  options.elideWeights = flags.elide;
  options.cacheDir = flags.cacheDir;
  options.jobs = flags.jobs;
  options.quiet = flags.quiet;
  options.verbose = flags.verbose;
  return options;
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  Flags flags;
  cl::HideUnrelatedOptions(flags.all);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "syncnasc " SNC_VERSION "\n"; });
  cl::ParseCommandLineOptions(argc, argv, kOverview);
  if (flags.model.empty())
    return usage("which model?");
  if (flags.emit == Stage::library && flags.output.empty())
    return usage("name the output folder: -o <path>");
  if (flags.threads > 256)
    return usage("--threads: expected 1 to 256");
  if (flags.name.getNumOccurrences() && flags.name.empty())
    return usage("--name: expected an identifier");
  bool wantsNas = flags.emit == Stage::candidates || flags.emit == Stage::network ||
                  flags.emit == Stage::onnx || !flags.nas.network.empty();
  if (wantsNas && !flags.nas.nas)
    return usage("--network and --emit=candidates, network or onnx are of --nas");
  snc::CompilerOptions options = optionsOf(flags);
  if (!flags.shares.empty() && !snc::parseShares(flags.shares, options.shares))
    return usage("--shares: expected numbers that sum to 8, like 5:3, got '" + flags.shares + "'");
  for (const std::string &shape : flags.shapes)
    if (!snc::parseShapeOption(shape, options.import))
      return usage("--shape: expected name=1x3x224x224, got '" + shape + "'");
  if (std::string wrong = flags.nas.read(options.nas); !wrong.empty())
    return usage(wrong);
  options.executable = llvm::sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&usage));
  return snc::compileModel(options, llvm::outs(), llvm::errs());
}
