// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/KernelPool.h"

#include "codegen/driver/Interrupt.h"
#include "codegen/driver/Progress.h"
#include "ir/Transfer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

using namespace mlir;

namespace snc {

namespace {
struct Job {
  KernelOp kernel;
  std::string key, source, object, info, log;
  pid_t pid = 0;
};

/// What the compiler reads: one kernel and the target, without locations.
std::string textOf(ModuleOp module, KernelOp kernel) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "module attributes {snc.target = ";
  module->getAttr("snc.target").print(os);
  os << ", snc.threads = ";
  module->getAttr("snc.threads").print(os);
  os << "} {\n";
  kernel->print(os, OpPrintingFlags().useLocalScope());
  os << "\n}\n";
  return text;
}

std::string readAll(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, false, false);
  return buffer ? (*buffer)->getBuffer().str() : std::string();
}

bool writeAll(const std::string &path, StringRef text) {
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return false;
  os << text;
  os.flush();
  bool good = !os.has_error();
  os.clear_error();
  return good;
}

/// Which compiler a cached object came from: its bytes, and those of the library
/// behind it by version.
std::string identityOf(const std::string &compiler) {
  std::string program = readAll(compiler);
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(program))) +
         " Halide " SNC_HALIDE_VERSION;
}

class Pool {
public:
  Pool(ModuleOp module, StringRef folder, const KernelPoolOptions &options)
      : module(module), folder(folder), options(options), cache(options.cacheDir),
        identity(identityOf(options.compiler)) {}
  ~Pool() { stopAll(); }

  FailureOr<KernelPoolResult> run();

private:
  LogicalResult prepare(KernelOp kernel);
  LogicalResult start(Job &job);
  LogicalResult finish(Job &job, int status);
  LogicalResult note(KernelOp kernel, StringRef info);
  Job *waitForAny(int &status);
  void stopAll();

  ModuleOp module;
  StringRef folder;
  const KernelPoolOptions &options;
  KernelCache cache;
  std::string identity;
  std::vector<Job> jobs;
  std::vector<Job *> running;
  KernelPoolResult result;
};

/// Takes the kernel from the cache, or queues it.
LogicalResult Pool::prepare(KernelOp kernel) {
  std::string base = (folder + "/" + kernel.getSymName()).str(), text = textOf(module, kernel);
  Job job{kernel,         KernelCache::key(text, identity),
          base + ".mlir", base + ".o",
          base + ".json", base + ".log"};
  result.objects.push_back(job.object);
  std::optional<CompiledKernel> known = cache.find(job.key);
  if (known && succeeded(note(kernel, known->info))) {
    if (!writeAll(job.object, known->object))
      return kernel.emitError("cannot write ") << job.object;
    ++result.cached;
    return success();
  }
  if (!writeAll(job.source, text))
    return kernel.emitError("cannot write ") << job.source;
  jobs.push_back(job);
  return success();
}

LogicalResult Pool::start(Job &job) {
  std::string info = "--info=" + job.info, program = options.compiler;
  char *line[] = {program.data(), job.source.data(), job.object.data(), info.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, job.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                   0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  int error = posix_spawn(&job.pid, program.c_str(), &actions, nullptr, line, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error)
    return job.kernel.emitError("cannot start ") << program << ": " << strerror(error);
  running.push_back(&job);
  return success();
}

LogicalResult Pool::finish(Job &job, int status) {
  if (WIFSIGNALED(status))
    return job.kernel.emitError("the kernel compiler was ended by signal ")
           << WTERMSIG(status) << " (" << strsignal(WTERMSIG(status)) << ")";
  if (WEXITSTATUS(status) != 0) {
    std::string log = readAll(job.log);
    // "file:line:column: error: message", then the kernel's text.
    StringRef message = StringRef(log).split('\n').first;
    message = message.contains("error: ") ? message.split("error: ").second : message;
    return job.kernel.emitError("the kernel cannot be compiled: ") << message.trim();
  }
  CompiledKernel compiled{StringRef(readAll(job.info)).trim().str(), readAll(job.object)};
  if (compiled.object.empty() || failed(note(job.kernel, compiled.info)))
    return job.kernel.emitError("the kernel compiler left no object or report");
  cache.store(job.key, compiled);
  ++result.compiled;
  return success();
}

/// Copies the report's numbers to the kernel; failure where it is no report.
LogicalResult Pool::note(KernelOp kernel, StringRef info) {
  auto parsed = llvm::json::parse(info);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return failure();
  }
  Builder builder(kernel.getContext());
  const llvm::json::Object *report = parsed->getAsObject();
  for (StringRef name : {"scratch", "worker_scratch", "flops", "bytes"}) {
    std::optional<int64_t> value = report ? report->getInteger(name) : std::nullopt;
    if (!value)
      return failure();
    kernel->setAttr(("snc." + name).str(), builder.getI64IntegerAttr(*value));
  }
  return success();
}

void Pool::stopAll() {
  for (Job *job : running)
    kill(job->pid, SIGKILL);
  for (Job *job : running)
    waitpid(job->pid, nullptr, 0);
  running.clear();
}

/// The first running job that ends; null on an interrupt. Polls our own children
/// by their ids: the caller may have others.
Job *Pool::waitForAny(int &status) {
  while (!interrupted()) {
    for (Job *job : running)
      if (waitpid(job->pid, &status, WNOHANG) == job->pid) {
        std::erase(running, job);
        return job;
      }
    usleep(2000);
  }
  return nullptr;
}

FailureOr<KernelPoolResult> Pool::run() {
  for (KernelOp kernel : module.getOps<KernelOp>())
    if (!transferOf(kernel) && (interrupted() || failed(prepare(kernel))))
      return failure();
  Progress progress(options.progress, "compiling kernels", jobs.size());
  for (size_t next = 0; next < jobs.size() || !running.empty();) {
    for (; next < jobs.size() && running.size() < std::max(1u, options.jobs); ++next)
      if (failed(start(jobs[next])))
        return failure();
    int status = 0;
    Job *ended = waitForAny(status);
    if (!ended)
      return failure();
    // A worker gets the terminal's Ctrl-C too.
    if (interrupted() || failed(finish(*ended, status)))
      return failure();
    progress.advance();
  }
  return result;
}
} // namespace

FailureOr<KernelPoolResult> compileKernels(ModuleOp module, StringRef folder,
                                           const KernelPoolOptions &options) {
  return Pool(module, folder, options).run();
}

} // namespace snc
