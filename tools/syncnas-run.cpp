// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnas-run: runs, times and judges an emitted library. Options only; the
// work is in tools/run.

#include "tools/run/Benchmark.h"
#include "tools/run/Bisect.h"
#include "tools/run/Classify.h"
#include "tools/run/GpuDevices.h"
#include "tools/run/GpuState.h"
#include "tools/run/Manifest.h"
#include "tools/run/TensorFile.h"
#include "tools/run/Trace.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"

#include <cstdio>

namespace cl = llvm::cl;
using namespace snc::run;
using Json = nlohmann::ordered_json;

/// Made in main, after LLVM's own options are gone: names like `threads` are theirs too.
struct Flags {
  cl::OptionCategory category{"syncnas-run options"};
  cl::opt<std::string> folder{cl::Positional, cl::desc("<folder that syncnasc -o wrote>"),
                              cl::Required, cl::cat(category)};
  cl::opt<std::string> name{"name", cl::desc("Which library of the folder"), cl::cat(category)};
  cl::list<std::string> inputs{"input",
                               cl::desc("An input: [name=]file with .npy, .pb (TensorProto), .jpg, "
                                        ".png or .bmp; others are random"),
                               cl::value_desc("name=file"), cl::cat(category)};
  cl::opt<std::string> outputDir{"output-dir", cl::desc("Write every output there as <name>.npy"),
                                 cl::cat(category)};
  cl::opt<std::string> preprocess{
      "preprocess",
      cl::desc(
          "How pictures are normalised: imagenet, inception, caffe, cifar10, face, unit, raw, or "
          "mean,mean,mean/std,std,std of RGB 0 to 1"),
      cl::init("imagenet"), cl::cat(category)};
  cl::opt<unsigned> top{"top", cl::desc("Show the best K classes of the first output"),
                        cl::value_desc("K"), cl::cat(category)};
  cl::opt<std::string> labels{"labels", cl::desc("File with one label a line"), cl::cat(category)};
  cl::opt<unsigned> labelOffset{
      "label-offset", cl::desc("Class of the first label (1 where class 0 is the background)"),
      cl::init(0), cl::cat(category)};
  cl::opt<bool> bench{"benchmark", cl::desc("Time the library on random inputs"),
                      cl::cat(category)};
  cl::opt<int> rounds{"rounds", cl::desc("Timed runs of --benchmark"), cl::init(100),
                      cl::cat(category)};
  cl::opt<int> threads{"threads", cl::desc("Threads of one run (default: as compiled)"),
                       cl::init(0), cl::cat(category)};
  cl::opt<unsigned> spin{"spin-us", cl::desc("How long idle workers spin before they sleep"),
                         cl::init(SNC_DEFAULT_SPIN_US), cl::cat(category)};
  cl::opt<std::string> trace{
      "trace",
      cl::desc("Write when which kernel of one run was at work, for Perfetto or chrome://tracing"),
      cl::value_desc("file.json"), cl::cat(category)};
  cl::opt<std::string> eval{
      "eval",
      cl::desc("Top-1 and top-5 over a folder of pictures (sub-folders are classes, or --truth)"),
      cl::value_desc("folder"), cl::cat(category)};
  cl::opt<std::string> truth{
      "truth", cl::desc("Lines 'picture class' for --eval, classes counted as the labels"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<std::string> device{
      "device",
      cl::desc("Which GPU: its number, or a part of its name; cpu: none (libraries for a GPU)"),
      cl::value_desc("0|name|cpu"), cl::cat(category)};
  cl::opt<bool> listDevices{
      "list-devices", cl::desc("The GPUs here that the library could use, with their numbers"),
      cl::cat(category)};
  cl::opt<bool> noFallback{
      "no-fallback", cl::desc("Fail where the GPU cannot be used instead of going on without it"),
      cl::cat(category)};
  cl::opt<std::string> gpuCache{"gpu-cache",
                                cl::desc("Keep what the GPU's driver compiled in this folder"),
                                cl::value_desc("folder"), cl::cat(category)};
  cl::opt<bool> bisect{
      "bisect",
      cl::desc("Find the first kernel whose results differ from those of the CPU alone; exits 1 "
               "where there is one (libraries for a GPU)"),
      cl::cat(category)};
  cl::opt<double> tolerance{
      "tolerance",
      cl::desc("Errors that --bisect takes for rounding, as a part of a value's range"),
      cl::init(1e-3), cl::cat(category)};
  cl::opt<bool> json{"json", cl::desc("Results as JSON on standard output"), cl::cat(category)};
};
static Flags *flags;

/// Names are the model's: any bytes.
static std::string toText(const Json &result) {
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

static size_t inputIndex(const LoadedLibrary &library, const std::string &wanted) {
  std::string names;
  for (size_t i = 0; i < library.inputs().size(); ++i) {
    if (wanted == library.inputs()[i]->name)
      return i;
    names += std::string(" ") + library.inputs()[i]->name;
  }
  throw RunError("--input: no input '" + wanted + "'; there are:" + names);
}

static void readInputs(Session &session) {
  const LoadedLibrary &library = session.library();
  session.fillRandom(1);
  for (const std::string &text : flags->inputs) {
    size_t equals = text.find('=');
    bool named = equals != text.npos;
    if (!named && library.inputs().size() != 1)
      throw RunError("--input: this model has several inputs, write name=file");
    size_t i = named ? inputIndex(library, text.substr(0, equals)) : 0;
    std::string file = named ? text.substr(equals + 1) : text;
    const snc_tensor_info &info = *library.inputs()[i];
    if (isImagePath(file))
      readImage(file, findPreset(flags->preprocess), info,
                reinterpret_cast<float *>(session.input(i)));
    else
      readTensor(file, info, session.input(i));
  }
}

static void writeOutputs(const Session &session) {
  if (std::error_code error = llvm::sys::fs::create_directories(flags->outputDir))
    throw RunError(flags->outputDir + ": cannot make this folder: " + error.message());
  for (size_t i = 0; i < session.library().outputs().size(); ++i) {
    const snc_tensor_info &info = *session.library().outputs()[i];
    std::string file = info.name;
    for (char &c : file)
      c = c == '/' || c == ':' ? '_' : c;
    writeNpy(flags->outputDir + "/" + file + ".npy", info, session.output(i));
  }
}

static Json runOnce(Session &session) {
  readInputs(session);
  session.run();
  if (!flags->outputDir.empty())
    writeOutputs(session);
  Json result;
  if (Json gpu = deviceJson(session); !gpu.is_null())
    result["gpu"] = gpu;
  for (const snc_tensor_info *info : session.library().outputs())
    result["outputs"].push_back(
        {{"name", info->name}, {"dtype", dtypeName(info->dtype)}, {"shape", shapeText(*info)}});
  auto names = flags->labels.empty() ? std::vector<std::string>() : readLabels(flags->labels);
  if (flags->top)
    result["top"] = topK(session, flags->top, names, flags->labelOffset);
  return result;
}

static void printRun(const Json &result) {
  if (result.contains("gpu"))
    std::printf("%s\n", deviceText(result["gpu"]).c_str());
  for (const Json &o : result["outputs"])
    std::printf("%s: %s %s\n", o["name"].get<std::string>().c_str(),
                o["dtype"].get<std::string>().c_str(), o["shape"].get<std::string>().c_str());
  if (result.contains("top"))
    for (const Json &t : result["top"])
      std::printf("%6.2f %%  %s\n", 100 * t["score"].get<double>(),
                  t["label"].get<std::string>().c_str());
}

static void printDevices(const LoadedLibrary &library) {
  std::string interface = gpuInterface(readManifest(library));
  if (interface.empty())
    throw RunError("this library was not made for a GPU: compile with --devices=cpu,gpu");
  Json list = Json::array();
  std::string text;
  for (const GpuDevice &device : listGpuDevices(interface)) {
    text += std::to_string(list.size()) + ": " + device.name +
            (device.platform.empty() ? "" : " (" + device.platform + ")") +
            (device.isDefault ? ", default\n" : "\n");
    list.push_back(
        {{"name", device.name}, {"platform", device.platform}, {"default", device.isDefault}});
  }
  if (list.empty())
    text = "no device of " + interface + "\n";
  std::fputs(flags->json ? toText(list).c_str() : text.c_str(), stdout);
}

/// Returns the exit status: 1 where something differs.
static int runBisect(const LoadedLibrary &library, const snc_options &options) {
  if (!(flags->tolerance >= 0))
    throw RunError("--tolerance: expected a number from 0");
  BisectOptions how;
  how.tolerance = flags->tolerance;
  how.fill = readInputs;
  Json result = bisect(library, options, how);
  std::fputs((flags->json ? toText(result) : bisectText(result)).c_str(), stdout);
  return result["agrees"] ? 0 : 1;
}

static void setGpu(snc_options &options) {
  bool off = flags->device == "cpu";
  options.gpu_flags =
      (off ? uint32_t(SNC_GPU_OFF) : 0u) | (flags->noFallback ? uint32_t(SNC_GPU_NO_FALLBACK) : 0u);
  if (!off && !flags->device.empty())
    options.gpu_device = flags->device.c_str();
  if (!flags->gpuCache.empty())
    options.gpu_cache = flags->gpuCache.c_str();
}

static int execute() {
  LoadedLibrary library = LoadedLibrary::open(flags->folder, flags->name);
  if (flags->listDevices) {
    printDevices(library);
    return 0;
  }
  snc_options options;
  library.optionsInit(options);
  options.threads = flags->threads;
  options.spin_us = flags->spin;
  setGpu(options);
  options.log = [](void *, const char *message) { std::fprintf(stderr, "%s\n", message); };
  if (!flags->trace.empty())
    writeTrace(library, options, flags->trace);
  if (flags->bisect)
    return runBisect(library, options);
  if (flags->bench) {
    BenchmarkOptions how;
    how.rounds = flags->rounds;
    Json result = benchmark(library, options, how);
    std::fputs((flags->json ? toText(result) : benchmarkText(result)).c_str(), stdout);
    return 0;
  }
  Session session(library, options);
  if (!flags->eval.empty()) {
    EvalOptions how{flags->eval, flags->truth,
                    flags->labels.empty() ? std::vector<std::string>() : readLabels(flags->labels),
                    flags->labelOffset, true};
    Json result = evaluate(session, findPreset(flags->preprocess), how);
    if (flags->json)
      std::printf("%s\n", result.dump(2).c_str());
    else
      std::printf("top-1 %.2f %%  top-5 %.2f %%  of %d pictures\n",
                  result["top1_percent"].get<double>(), result["top5_percent"].get<double>(),
                  result["images"].get<int>());
    return 0;
  }
  Json result = runOnce(session);
  if (flags->json)
    std::printf("%s\n", result.dump(2).c_str());
  else
    printRun(result);
  return 0;
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  static Flags made;
  flags = &made;
  cl::HideUnrelatedOptions(made.category);
  cl::ParseCommandLineOptions(argc, argv, "runs, times and judges a library that syncnasc made\n");
  try {
    return execute();
  } catch (const RunError &error) {
    std::fprintf(stderr, "syncnas-run: error: %s\n", error.what());
    return 1;
  }
}
