// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole way from a model to a library.

#ifndef SNC_CODEGEN_DRIVER_COMPILER_H
#define SNC_CODEGEN_DRIVER_COMPILER_H

#include "frontend/OnnxImporter.h"
#include "passes/Pipelines.h"

#include "search/Planner.h"
#include "search/Search.h"

#include "llvm/Support/raw_ostream.h"

#include <map>

namespace snc {

/// Where to stop and print instead of emitting a library.
enum class Stage {
  library,
  import,
  tensor,
  branches,
  kernel,
  schedule,
  llvm,
  candidates,
  network,
  onnx
};

/// Whether to split: where it is predicted to pay, or whatever is predicted; or by the
/// branches that the model has of its own.
enum class Branches { automatic, always, own, never };

/// Of --nas (docs/nas.md).
struct NasOptions {
  bool enabled = false;
  double budgetMs = 0;    ///< latency of candidates; 0: budgetScale
  double budgetScale = 1; ///< of the base network's on its best single unit
  std::string evaluator;  ///< shell command; CompilerOptions::jobs of them run at once
  double timeoutMs = 0;   ///< of a candidate; 0: none
  unsigned retries = 1;   ///< of a candidate whose evaluator broke down
  unsigned inFlight = 0;  ///< candidates chosen before the first one's score is known; 0: by jobs
  std::string listen; ///< HOST:PORT or unix:PATH that further evaluators connect to; may be empty
  UctRule uct = UctRule::best;
  std::string importResults, exportResults; ///< paths of SyncNAS's {name: score}; may be empty
  bool retryFailed = false;                 ///< evaluate again what failed before
  bool scoreBase = false;                   ///< evaluate the base itself as well
  std::string network; ///< path of a branched network to compile instead of a search
  bool library = true; ///< compile what the search finds
};

struct CompilerOptions {
  std::string model;  ///< path of the ONNX file
  std::string origin; ///< what messages call it; empty: by its path
  std::string output; ///< folder; with another stage a file, empty: standard output
  std::string name;   ///< prefix of public symbols; empty: from the model's file name
  std::string target = "host";
  int64_t threads = 0; ///< strips of a kernel, default threads; 0: this machine's
  std::string devices; ///< units that branches may run on, "cpu:1,cpu:1"; empty: cpu
  std::string plan;    ///< path of a plan.json to carry out instead of a search
  std::string device;  ///< path of a device description with measured latencies; may be empty
  Branches branches = Branches::automatic;
  NasOptions nas;
  PlannerKind search = PlannerKind::mcts;
  std::vector<SegmentKind> splitKinds; ///< that a search may use; empty: all
  std::vector<int64_t> shares;         ///< eighths of the units in every split; empty: searched
  int64_t syncs = -1;                  ///< splits to make, where there are as many; -1: searched
  uint64_t searchBudget = 2000;        ///< strategies to evaluate
  uint64_t seed = 1;
  bool oneUnit = false;                ///< with `never`: on the fastest unit alone, not on all
  unsigned measureRounds = 0;          ///< plans to compile and run here before one is chosen
  std::optional<unsigned> tuneSeconds; ///< to choose schedules by measurement; none: the model's
  std::string tuneStore;   ///< path of an SQLite file of schedules' times; empty: in the cache
  bool explain = false;    ///< say what was decided and why
  std::string searchStore; ///< path of an SQLite file that keeps evaluations; empty: none
  ImportOptions import;
  PipelineOptions pipeline;
  bool gpuFallback = true;    ///< a library for a GPU also holds the network for the CPU alone
  bool weightsInFile = false; ///< share/<name>/<name>.weights instead of embedded
  std::map<std::string, std::string> files; ///< more of the output folder's, by path in it
  bool force = false;                       ///< replace an output folder that is not ours
  Stage stage = Stage::library;
  bool elideWeights = false; ///< print large weights as "elided"
  std::string cacheDir;      ///< of compiled kernels; empty: the user's
  unsigned jobs = 0;         ///< kernel compilers at once; 0: one for each processor
  bool quiet = false;        ///< no progress, no summary
  bool verbose = false;      ///< a line with the time after each step
  std::string executable;    ///< path of the running program, to find its companions

  /// The file at `relative` to the folder of the running program.
  std::string companion(llvm::StringRef relative) const;

  const std::string &modelLabel() const { return origin.empty() ? model : origin; }
};

/// Compiles; messages go to `err`, the summary to `out`. Returns the process's exit
/// code: 0, 1 after one located error, 130 when interrupted. On failure nothing
/// is left behind and an earlier output folder is unchanged.
int compileModel(const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_COMPILER_H
