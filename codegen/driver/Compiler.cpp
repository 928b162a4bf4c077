// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Compiler.h"

#include "codegen/driver/Compilation.h"
#include "codegen/driver/nas/NasMode.h"

#include "llvm/Support/Path.h"

#include <nlohmann/json.hpp>

namespace snc {

std::string CompilerOptions::companion(llvm::StringRef relative) const {
  llvm::SmallString<256> path = llvm::sys::path::parent_path(executable);
  llvm::sys::path::append(path, relative);
  llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  return std::string(path);
}

/// Chooses by measurement, then compiles the winner.
static bool compileMeasured(const CompilerOptions &options, llvm::raw_ostream &out,
                            llvm::raw_ostream &err) {
  auto fail = [&](llvm::Error error) {
    err << options.modelLabel() << ": error: " << llvm::toString(std::move(error)) << "\n";
    return false;
  };
  ScratchFolder folder;
  if (llvm::Error error = folder.open())
    return fail(std::move(error));
  auto compile = [&](const CompilerOptions &one, ReportSearch &search) {
    Compilation compilation(one, out, err);
    bool good = compilation.run();
    search = compilation.searched();
    return good;
  };
  llvm::raw_ostream &log = options.quiet ? llvm::nulls() : err;
  auto measured = measurePlans(options, folder.root(), compile);
  if (!measured)
    return fail(measured.takeError());
  for (const MeasuredChoice &choice : measured->choices)
    log << llvm::format("%9.0f us  ", choice.measuredUs) << choice.name << " "
        << choice.plan.strategy() << "\n";
  interruptFlag() = false; // with what was measured so far
  CompilerOptions last = options;
  last.plan = folder.root() + "/plan.json";
  last.device = measured->deviceFile;
  std::error_code error;
  llvm::raw_fd_ostream(last.plan, error)
      << toJson(measured->choices[measured->chosen].plan).dump(2);
  if (error)
    return fail(llvm::errorCodeToError(error));
  return Compilation(last, out, err, &*measured).run();
}

/// By the plan that is measured, searched or given.
static bool compilePlanned(const CompilerOptions &options, llvm::raw_ostream &out,
                           llvm::raw_ostream &err) {
  bool measures = options.measureRounds && options.plan.empty() && options.stage == Stage::library;
  return measures ? compileMeasured(options, out, err) : Compilation(options, out, err).run();
}

/// Chooses schedules by measurement first.
static bool compileTuned(const CompilerOptions &options, llvm::raw_ostream &out,
                         llvm::raw_ostream &err) {
  auto fail = [&](llvm::Error error) {
    if (interrupted())
      llvm::consumeError(std::move(error));
    else
      err << options.modelLabel() << ": error: " << llvm::toString(std::move(error)) << "\n";
    return false;
  };
  ScratchFolder folder;
  if (llvm::Error error = folder.open())
    return fail(std::move(error));
  bool shown = false; // an error, by the compilation that it ended
  auto compile = [&](const CompilerOptions &one, std::vector<TunableKernel> &kernels) {
    Compilation compilation(one, out, err);
    shown = !compilation.run();
    kernels = compilation.tunable();
    return !shown;
  };
  auto tuned = tuneSchedules(options, folder.root(), compile);
  if (!tuned && shown)
    return llvm::consumeError(tuned.takeError()), false;
  if (!tuned)
    return fail(tuned.takeError());
  if (tuned->interrupted)
    err << "syncnasc: tuning interrupted; goes on with the best schedules so far\n";
  CompilerOptions last = options;
  last.pipeline.scheduleChoices = tuned->choices;
  if (!compilePlanned(last, out, err))
    return false;
  if (options.stage == Stage::library && (!options.quiet || options.explain))
    out << tuned->summary() << "\n";
  return true;
}

int compileModel(const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err) {
  catchInterrupts();
  if (options.nas.enabled)
    return searchNetwork(options, out, err);
  bool kernels = options.stage == Stage::library || options.stage == Stage::kernel ||
                 options.stage == Stage::schedule || options.stage == Stage::llvm;
  bool good = options.tuneSeconds && kernels ? compileTuned(options, out, err)
                                             : compilePlanned(options, out, err);
  if (!good && interrupted())
    err << "syncnasc: interrupted\n";
  return good ? 0 : interrupted() ? 130 : 1;
}

} // namespace snc
