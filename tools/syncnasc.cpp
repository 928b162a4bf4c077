// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnasc: compiles an ONNX network into a native library. Options only; the
// work is in codegen/driver.

#include "codegen/driver/Compiler.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"

namespace cl = llvm::cl;

/// Made in main, after LLVM's own options are gone: names like `threads` are theirs too.
struct Flags {
  cl::OptionCategory category{"syncnasc options"};
  cl::opt<std::string> model{cl::Positional, cl::desc("<model.onnx>"), cl::Required,
                             cl::cat(category)};
  cl::opt<std::string> output{"o", cl::desc("Output folder (with --emit: file)"),
                              cl::value_desc("path"), cl::cat(category)};
  cl::opt<std::string> name{
      "name",
      cl::desc("Prefix of the library's symbols and files (default: the model's file name)"),
      cl::cat(category)};
  cl::opt<std::string> target{
      "target", cl::desc("host, x86-64-avx512, x86-64-avx2, x86-64-sse41 or aarch64-linux"),
      cl::init("host"), cl::cat(category)};
  cl::opt<int> threads{"threads", cl::desc("Threads to cut kernels for (default: this machine's)"),
                       cl::init(0), cl::cat(category)};
  cl::list<std::string> shapes{"shape",
                               cl::desc("Shape of an input with symbolic dimensions; repeatable"),
                               cl::value_desc("name=1x3x224x224"), cl::cat(category)};
  cl::opt<std::string> weights{"weights", cl::desc("embedded (default) or file"),
                               cl::init("embedded"), cl::cat(category)};
  cl::opt<snc::Stage> emit{
      "emit", cl::desc("Print the module after a stage instead of writing a library:"),
      cl::init(snc::Stage::library), cl::cat(category),
      cl::values(clEnumValN(snc::Stage::import, "import", "as imported"),
                 clEnumValN(snc::Stage::tensor, "tensor", "simplified"),
                 clEnumValN(snc::Stage::kernel, "kernel", "kernels with layouts and schedules"),
                 clEnumValN(snc::Stage::schedule, "schedule", "buffers in memory, calls in order"),
                 clEnumValN(snc::Stage::llvm, "llvm", "the executor, LLVM dialect"))};
  cl::opt<bool> elide{"elide-weights", cl::desc("Leave large weights out of what --emit prints"),
                      cl::cat(category)};
  cl::opt<std::string> cacheDir{"cache-dir",
                                cl::desc("Cache of compiled kernels (default: ~/.cache/syncnasc)"),
                                cl::cat(category)};
  cl::opt<unsigned> jobs{"jobs",
                         cl::desc("Kernel compilers at once (default: one for each processor)"),
                         cl::init(0), cl::cat(category)};
  cl::opt<bool> force{"force", cl::desc("Replace an output folder that holds something else"),
                      cl::cat(category)};
  cl::opt<bool> quiet{"quiet", cl::desc("No progress and no summary"), cl::cat(category)};
};
static Flags *flags;

static int usage(const llvm::Twine &message) {
  llvm::errs() << "syncnasc: error: " << message << " (see syncnasc --help)\n";
  return 1;
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  static Flags made;
  flags = &made;
  cl::HideUnrelatedOptions(made.category);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "syncnasc " SNC_VERSION "\n"; });
  cl::ParseCommandLineOptions(
      argc, argv,
      "compiles an ONNX network into a small native library\n\n"
      "  syncnasc flags->model.onnx -o out\n"
      "  syncnasc flags->model.onnx -o out --shape input=1x3x224x224 --target x86-64-avx2\n"
      "  syncnasc flags->model.onnx --emit=kernel --elide-weights\n");
  snc::CompilerOptions options;
  options.model = flags->model;
  options.output = flags->output;
  options.name = flags->name;
  options.target = flags->target;
  options.threads = flags->threads;
  options.stage = flags->emit;
  options.elideWeights = flags->elide;
  options.cacheDir = flags->cacheDir;
  options.jobs = flags->jobs;
  options.force = flags->force;
  options.quiet = flags->quiet;
  options.executable = llvm::sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&usage));
  for (const std::string &shape : flags->shapes)
    if (!snc::parseShapeOption(shape, options.import))
      return usage("--shape: expected name=1x3x224x224, got '" + shape + "'");
  if (flags->weights != "embedded" && flags->weights != "file")
    return usage("--weights: expected embedded or file, got '" + flags->weights + "'");
  options.weightsInFile = flags->weights == "file";
  if (flags->threads < 0 || flags->threads > 256)
    return usage("--threads: expected 1 to 256");
  if (flags->emit == snc::Stage::library && flags->output.empty())
    return usage("-o: name the output folder");
  return snc::compileModel(options, llvm::outs(), llvm::errs());
}
