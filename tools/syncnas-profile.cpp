// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnas-profile: measures the kernels of an emitted library, and the machine,
// for the cost model of the search. Options only; the work is in tools/profile.

#include "search/DeviceDescription.h"
#include "tools/profile/DeviceProbe.h"
#include "tools/profile/GpuProbe.h"
#include "tools/profile/LatencyFile.h"
#include "tools/profile/Processors.h"
#include "tools/profile/Profile.h"

#include "llvm/Support/CommandLine.h"

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace cl = llvm::cl;
using namespace snc::profile;
using snc::run::LoadedLibrary;
using snc::run::RunError;
using Json = nlohmann::ordered_json;

/// Made in main, after LLVM's own options are gone: names like `threads` are theirs too.
struct Flags {
  cl::OptionCategory category{"syncnas-profile options"};
  cl::opt<std::string> folder{cl::Positional, cl::desc("<folder that syncnasc -o wrote>"),
                              cl::Required, cl::cat(category)};
  cl::opt<std::string> name{"name", cl::desc("Which library of the folder"), cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::desc("Merge the latencies into this file, which is made if need be"),
      cl::value_desc("latencies.json"), cl::cat(category)};
  cl::opt<int> threads{"threads", cl::desc("Threads of one run (default: as compiled)"),
                       cl::init(0), cl::cat(category)};
  cl::opt<int> rounds{"rounds", cl::desc("Measured runs"), cl::init(50), cl::cat(category)};
  cl::opt<bool> sync{"sync", cl::desc("Measure what syncs between two processors cost"),
                     cl::cat(category)};
  cl::opt<bool> gpu{"gpu",
                    cl::desc("Measure the library's GPU too: speed, launches, copies, syncs"),
                    cl::cat(category)};
  cl::opt<std::string> device{"device", cl::desc("Which GPU: its number, or a part of its name"),
                              cl::value_desc("0|name"), cl::cat(category)};
  cl::opt<bool> json{"json", cl::desc("The latencies as JSON on standard output, nothing else"),
                     cl::cat(category)};
};
static Flags *flags;

/// On standard error, once the runs have taken a second: a line that is rewritten
/// on a terminal, or one for each tenth.
static Progress progressBar() {
  using Clock = std::chrono::steady_clock;
  return [begin = Clock::now(), shown = false](int done, int of) mutable {
    bool terminal = isatty(STDERR_FILENO);
    if (!shown && (done == of || Clock::now() - begin < std::chrono::seconds(1)))
      return;
    if (!terminal && done % std::max(1, of / 10) && done != of)
      return;
    shown = true;
    std::fprintf(stderr, "%s%d/%d runs%s", terminal ? "\r" : "", done, of,
                 terminal && done != of ? "" : "\n");
  };
}

static int threadsOfRuns(const nlohmann::json &manifest) {
  if (flags->threads)
    return flags->threads;
  int64_t planned = plannedThreads(manifest);
  return planned ? int(planned) : int(std::max<size_t>(1, allowedProcessors().size()));
}

/// The GPU's member of the description of this machine; null without one. Its name always,
/// since it is that of the kernels' latencies.
static Json measureGpuOf(const std::string &interface, const std::string &name,
                         const snc_options &options) {
  if (interface.empty())
    return nullptr;
  Json gpu{{"name", name}, {"interface", interface}};
  if (flags->gpu)
    gpu.update(measureGpu(interface, options, [](const char *what) {
      if (!flags->json)
        std::fprintf(stderr, "measuring the GPU: %s\n", what);
    }));
  return gpu;
}

static void printGpu(const Json &gpu) {
  std::printf("%s (%s)", gpu["name"].get<std::string>().c_str(),
              gpu["interface"].get<std::string>().c_str());
  auto number = [&](const char *member) { return gpu[member].get<double>(); };
  auto link = [&](const char *way, const char *member) { return gpu[way][member].get<double>(); };
  if (gpu.contains("peak_gflops"))
    std::printf(", %.1f GFLOP/s, %.1f GB/s, launch %.1f us, sync %.1f us, "
                "upload %.1f GB/s + %.1f us, download %.1f GB/s + %.1f us",
                number("peak_gflops"), number("memory_gbps"), number("launch_us"),
                number("sync_us"), link("upload", "gbps"), link("upload", "us"),
                link("download", "gbps"), link("download", "us"));
  std::printf("\n");
}

static void checkFlags() {
  if (flags->rounds < 1)
    throw RunError("--rounds: expected a number above 0");
  if (flags->threads < 0 || flags->threads > SNC_MAX_THREADS)
    throw RunError("--threads: expected 1 to " + std::to_string(SNC_MAX_THREADS));
  if (!flags->output.empty()) // before minutes are spent on it
    checkLatencies(flags->output, {{"device", {{"cpu", snc::deviceOfThisMachine().cpu}}}});
}

static void printDevice(const Json &device) {
  std::printf("%s, %d cores, %.1f GFLOP/s each", device["cpu"].get<std::string>().c_str(),
              device["cores"].get<int>(), device["peak_gflops"].get<double>());
  if (device.contains("memory_gbps"))
    std::printf(", %.1f GB/s one, %.1f GB/s all", device["memory_gbps"]["core"].get<double>(),
                device["memory_gbps"]["all"].get<double>());
  if (device.contains("sync_us"))
    std::printf(", sync %.2f us, fork %.2f us", device["sync_us"].get<double>(),
                device["fork_us"].get<double>());
  else if (flags->sync)
    std::printf(", no sync: one processor");
  std::printf("\n");
  if (device.contains("gpu"))
    printGpu(device["gpu"]);
}

static void execute() {
  checkFlags();
  LoadedLibrary library = LoadedLibrary::open(flags->folder, flags->name);
  nlohmann::json manifest = readManifest(library);
  int threads = threadsOfRuns(manifest);
  std::vector<KernelKey> keys = kernelKeys(manifest, library.kernels(), library.name(), threads);
  snc_options options;
  library.optionsInit(options);
  options.threads = threads;
  options.log = [](void *, const char *message) { std::fprintf(stderr, "%s\n", message); };
  std::string interface = snc::run::gpuInterface(manifest);
  if (flags->gpu && interface.empty())
    throw RunError("--gpu: this library was not made for a GPU: compile with --devices=cpu,gpu");
  options.gpu_flags = SNC_GPU_NO_FALLBACK; // which runs other kernels
  if (!flags->device.empty())
    options.gpu_device = flags->device.c_str();
  Samples samples =
      sampleRuns(library, options, flags->rounds, flags->json ? [](int, int) {} : progressBar());
  Json device = measureDevice(flags->sync);
  if (Json gpu = measureGpuOf(interface, samples.gpu, options); !gpu.is_null())
    device["gpu"] = gpu;
  Json result = {{"device", device},
                 {"kernels", latenciesJson(samples, keys)},
                 {"models", {{library.name(), modelJson(samples, threads)}}}};
  if (!flags->output.empty()) // first: whoever reads the table may end us
    updateLatencies(flags->output, result);
  if (flags->json) {
    std::printf("%s\n", result.dump(1, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    printDevice(result["device"]);
    std::fputs(profileText(samples, keys, library.kernels(), result["device"]).c_str(), stdout);
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    throw RunError("cannot write to standard output");
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  static Flags made;
  flags = &made;
  cl::HideUnrelatedOptions(made.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "measures the kernels of a library that syncnasc made, and the "
                              "machine, for the search over branches\n");
  try {
    execute();
  } catch (const RunError &error) {
    std::fprintf(stderr, "syncnas-profile: error: %s\n", error.what());
    return 1;
  }
  return 0;
}
