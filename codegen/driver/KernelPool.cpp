// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/KernelPool.h"

#include "codegen/driver/Interrupt.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

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

class Pool {
public:
  Pool(ModuleOp module, StringRef folder, const KernelPoolOptions &options)
      : module(module), folder(folder), options(options), cache(options.cacheDir),
        identity(llvm::toHex(
            llvm::SHA256::hash(llvm::arrayRefFromStringRef(readAll(options.compiler))))) {}

  FailureOr<KernelPoolResult> run() {
    for (KernelOp kernel : module.getOps<KernelOp>())
      if (failed(prepare(kernel)))
        return failure();
    total = jobs.size();
    LogicalResult done = work();
    finishLine();
    if (failed(done))
      return failure();
    return result;
  }

private:
  LogicalResult prepare(KernelOp kernel);
  LogicalResult work();
  LogicalResult start(Job &job);
  LogicalResult finish(Job &job, int status);
  LogicalResult note(KernelOp kernel, StringRef info);
  void stopAll(std::vector<Job *> &running);
  void show();
  void finishLine();

  ModuleOp module;
  StringRef folder;
  const KernelPoolOptions &options;
  KernelCache cache;
  std::string identity;
  std::vector<Job> jobs;
  KernelPoolResult result;
  size_t total = 0, done = 0;
  bool lineOpen = false;
};

LogicalResult Pool::prepare(KernelOp kernel) {
  std::string base = (folder + "/" + kernel.getSymName()).str(), text = textOf(module, kernel);
  Job job{kernel,         KernelCache::key(text, identity),
          base + ".mlir", base + ".o",
          base + ".json", base + ".log"};
  result.objects.push_back(job.object);
  if (auto known = cache.find(job.key)) {
    if (!writeAll(job.object, known->object))
      return kernel.emitError("cannot write ") << job.object;
    ++result.cached;
    return note(kernel, known->info);
  }
  if (!writeAll(job.source, text))
    return kernel.emitError("cannot write ") << job.source;
  jobs.push_back(job);
  return success();
}

LogicalResult Pool::start(Job &job) {
  std::string info = "--info=" + job.info;
  std::vector<char *> line{const_cast<char *>(options.compiler.c_str()), job.source.data(),
                           job.object.data(), info.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, job.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                   0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  int error =
      posix_spawn(&job.pid, options.compiler.c_str(), &actions, nullptr, line.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error)
    return job.kernel.emitError("cannot start ") << options.compiler << ": " << strerror(error);
  return success();
}

LogicalResult Pool::finish(Job &job, int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    CompiledKernel compiled{StringRef(readAll(job.info)).trim().str(), readAll(job.object)};
    cache.store(job.key, compiled);
    ++result.compiled;
    return note(job.kernel, compiled.info);
  }
  if (WIFSIGNALED(status))
    return job.kernel.emitError("the kernel compiler was ended by signal ")
           << WTERMSIG(status) << ": please report this, with the model";
  return job.kernel.emitError("cannot be compiled: ") << StringRef(readAll(job.log)).trim();
}

LogicalResult Pool::note(KernelOp kernel, StringRef info) {
  auto parsed = llvm::json::parse(info);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return kernel.emitError("the kernel compiler's report is unreadable");
  }
  Builder builder(kernel.getContext());
  for (StringRef name : {"scratch", "worker_scratch", "flops", "bytes"})
    if (const llvm::json::Object *object = parsed->getAsObject())
      kernel->setAttr(("snc." + name).str(),
                      builder.getI64IntegerAttr(object->getInteger(name).value_or(0)));
  return success();
}

void Pool::stopAll(std::vector<Job *> &running) {
  for (Job *job : running)
    kill(job->pid, SIGKILL);
  for (Job *job : running)
    waitpid(job->pid, nullptr, 0);
  running.clear();
}

LogicalResult Pool::work() {
  std::vector<Job *> running;
  size_t next = 0;
  while (next < jobs.size() || !running.empty()) {
    show();
    while (next < jobs.size() && running.size() < std::max(1u, options.jobs)) {
      if (failed(start(jobs[next]))) {
        stopAll(running);
        return failure();
      }
      running.push_back(&jobs[next++]);
    }
    int status = 0;
    // Poll our own children only: the caller may have others.
    Job *ended = nullptr;
    while (!ended && !interrupted()) {
      for (Job *job : running)
        if (waitpid(job->pid, &status, WNOHANG) == job->pid)
          ended = job;
      if (!ended)
        usleep(2000);
    }
    if (!ended) {
      stopAll(running);
      return module.emitError("interrupted");
    }
    std::erase(running, ended);
    if (failed(finish(*ended, status))) {
      stopAll(running);
      return failure();
    }
    ++done;
  }
  show();
  return success();
}

void Pool::show() {
  if (!options.progress || total == 0)
    return;
  if (!isatty(STDERR_FILENO)) {
    if (done == 0 && !lineOpen)
      llvm::errs() << "compiling " << total << " kernels, " << result.cached << " from the cache\n";
    lineOpen = true;
    return;
  }
  const size_t width = 30, full = done * width / total;
  llvm::errs() << "\r[" << std::string(full, '#') << std::string(width - full, ' ') << "] " << done
               << "/" << total << " kernels";
  llvm::errs().flush();
  lineOpen = true;
}

void Pool::finishLine() {
  if (lineOpen && isatty(STDERR_FILENO))
    llvm::errs() << "\n";
}
} // namespace

FailureOr<KernelPoolResult> compileKernels(ModuleOp module, StringRef folder,
                                           const KernelPoolOptions &options) {
  return Pool(module, folder, options).run();
}

} // namespace snc
