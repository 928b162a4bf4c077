// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options of syncnasc --nas.

#ifndef SNC_TOOLS_NASFLAGS_H
#define SNC_TOOLS_NASFLAGS_H

#include "codegen/driver/Compiler.h"
#include "codegen/driver/Planning.h"
#include "llvm/Support/CommandLine.h"

namespace snc {

namespace cl = llvm::cl;

struct NasFlags {
  explicit NasFlags(cl::OptionCategory &category) : all(category) {}
  cl::OptionCategory &all;

  cl::opt<bool> nas{"nas",
                    cl::desc("Search branched networks derived from a base (SyncNAS's "
                             "configuration, .json, or a model, .onnx), to be trained"),
                    cl::cat(all)};
  cl::opt<std::string> latencyBudget{"latency-budget",
                                     cl::desc("--nas: predicted latency of candidates"),
                                     cl::value_desc("20ms"), cl::cat(all)};
  cl::opt<double> budgetScale{
      "budget-scale",
      cl::desc("--nas: the same as a share of the base network's latency on its best single unit "
               "(default: 1)"),
      cl::value_desc("x"), cl::init(1), cl::cat(all)};
  cl::opt<std::string> network{
      "network",
      cl::desc("--nas: write this branched network as ONNX and compile it, instead of a search"),
      cl::value_desc("file.json"), cl::cat(all)};
  cl::opt<bool> library{"library",
                        cl::desc("--nas: compile the network that is found (default: yes)"),
                        cl::init(true), cl::cat(all)};
  cl::opt<std::string> evaluator{
      "evaluator",
      cl::desc("--nas: shell command of the program that scores candidates; --jobs of them run at "
               "once (default: 1)"),
      cl::value_desc("command"), cl::cat(all)};
  cl::opt<std::string> timeout{"evaluator-timeout",
                               cl::desc("--nas: time limit of a candidate (default: none)"),
                               cl::value_desc("600s"), cl::cat(all)};
  cl::opt<unsigned> retries{
      "retries",
      cl::desc("--nas: times to try a candidate again whose evaluator broke down "
               "(default: 1)"),
      cl::value_desc("n"), cl::init(1), cl::cat(all)};
  cl::opt<unsigned> inFlight{
      "in-flight",
      cl::desc("--nas: candidates chosen before the first one's score is known (default: four for "
               "each evaluator)"),
      cl::value_desc("n"), cl::init(0), cl::cat(all)};
  cl::opt<std::string> listen{
      "listen", cl::desc("--nas: let further evaluators connect there, and leave, at any time"),
      cl::value_desc("host:port|unix:path"), cl::cat(all)};
  cl::opt<UctRule> uct{
      "uct", cl::desc("--nas --search=mcts: what is expected of strategies that begin alike:"),
      cl::init(UctRule::best), cl::cat(all),
      cl::values(clEnumValN(UctRule::best, "best", "as good as the best of them (default)"),
                 clEnumValN(UctRule::mean, "mean", "their mean, as in SyncNAS"),
                 clEnumValN(UctRule::surrogate, "surrogate",
                            "as best; every other candidate by a model of the scores so far"))};
  cl::opt<std::string> importResults{
      "import-results", cl::desc("--nas: take these scores as known ({\"sync3_046_aaa\": 0.71})"),
      cl::value_desc("file.json"), cl::cat(all)};
  cl::opt<std::string> exportResults{"export-results",
                                     cl::desc("--nas: write all scores that are known"),
                                     cl::value_desc("file.json"), cl::cat(all)};
  cl::opt<bool> retryFailed{"retry-failed",
                            cl::desc("--nas: evaluate again what has failed before"), cl::cat(all)};
  cl::opt<bool> scoreBase{"score-base",
                          cl::desc("--nas: let an evaluator score the base itself as well"),
                          cl::cat(all)};

  /// Fills in `options`; what is wrong, empty: nothing.
  std::string read(NasOptions &options) const {
    options.enabled = nas;
    options.budgetScale = budgetScale;
    options.network = network;
    options.library = library;
    options.evaluator = evaluator;
    options.retries = retries;
    options.inFlight = inFlight;
    options.listen = listen;
    options.uct = uct;
    options.importResults = importResults;
    options.exportResults = exportResults;
    options.retryFailed = retryFailed;
    options.scoreBase = scoreBase;
    auto time = [](const char *name, const std::string &text, double &milliseconds) {
      return text.empty() || parseMilliseconds(text, milliseconds)
                 ? std::string()
                 : std::string(name) + ": expected a time like 20ms or 800us, got '" + text + "'";
    };
    if (!(budgetScale > 0 && budgetScale < 1000))
      return "--budget-scale: expected a number above 0";
    if (retries > 100)
      return "--retries: expected 0 to 100";
    if (inFlight > 1000)
      return "--in-flight: expected 1 to 1000";
    std::string wrong = time("--latency-budget", latencyBudget, options.budgetMs);
    return wrong.empty() ? time("--evaluator-timeout", timeout, options.timeoutMs) : wrong;
  }
};

} // namespace snc

#endif // SNC_TOOLS_NASFLAGS_H
