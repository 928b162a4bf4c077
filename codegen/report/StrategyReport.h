// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a search of SyncNAS mode found, as a page. Plain data: whoever searched fills it.

#ifndef SNC_CODEGEN_REPORT_STRATEGYREPORT_H
#define SNC_CODEGEN_REPORT_STRATEGYREPORT_H

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace snc {

/// An inverted residual. Latencies here and below are predicted, in microseconds.
struct StrategyBlock {
  int64_t inSize = 0, stride = 1; ///< edge of its input in pixels
  int64_t inChannels = 0, expanded = 0, outChannels = 0;
  std::vector<int64_t> kernels; ///< several: the expanded channels are split evenly
  int64_t squeezed = 0;         ///< channels of squeeze and excitation; 0: there is none
  std::string act;
  double us = 0; ///< on the unit of its branch
};

struct StrategyStage {
  std::vector<std::vector<StrategyBlock>> branches; ///< branch i is on unit i
  char sync = 'n';                                  ///< behind it: 'n', 'a' (add) or 'c' (concat)
  int64_t channels = 0;                             ///< behind it, of one branch or joined
  double joinUs = 0;                                ///< with what crosses between the units
};

/// The stem, or the head with what follows.
struct StrategyEnd {
  int64_t inChannels = 0, outChannels = 0, kernel = 1, stride = 1;
  double us = 0;
};

/// A network as the figure shows it. All stages have equally many branches, at least one, and
/// each branch a block or more.
struct StrategyNetwork {
  std::string name;
  StrategyEnd stem, head;
  int64_t hidden = 0, classes = 0; ///< features of the layer before the classifier, 0 for none
  std::vector<StrategyStage> stages;
  double us = 0;
  int64_t parameters = 0, macs = 0;
  std::optional<double> score;

  size_t branches() const { return stages.empty() ? 0 : stages.front().branches.size(); }
  /// Of all blocks.
  int64_t expanded() const;
};

/// Something on a unit's lane, from `begin` to `end` of the run.
struct StrategySpan {
  enum Kind {
    stem,
    block, ///< number `index` of `stage` in the branch
    head,
    wait, ///< for the slowest branch before a join, or for the stem or head elsewhere
    sync, ///< of the units, behind the stem (`stage` -1) or `stage`
    copy, ///< of what others computed
    sum   ///< of what is added
  };
  Kind kind = block;
  int64_t unit = 0;
  double begin = 0, end = 0;
  int64_t stage = -1, index = -1;
};

/// A strategy that has a score; more is better.
struct StrategySample {
  std::string name;
  double us = 0, score = 0;
};

/// Strategies that begin alike, a node of the search tree.
struct StrategyNode {
  std::vector<uint16_t> path; ///< choices from the root
  std::string prefix;         ///< of the names below
  uint64_t visits = 0;        ///< samples below
  uint64_t scored = 0;        ///< of them
  std::optional<double> mean, best;
};

/// Names may hold anything: the page escapes them.
struct StrategyReport {
  std::string version, target;
  std::vector<std::string> units; ///< "cpu0, 4 threads"
  size_t baseUnit = 0;            ///< on which the base is fastest: its latencies are of it
  double budgetUs = 0;
  std::string baseFailure;             ///< why the base has no score though one was wanted
  StrategyNetwork base, chosen;        ///< base: one branch; chosen: one a unit
  std::vector<StrategySpan> timeline;  ///< of the chosen one
  std::vector<StrategySample> samples; ///< in the search's order
  std::vector<StrategyNode> tree;      ///< by path, the root first
  std::vector<uint16_t> chosenPath;    ///< in the tree
  bool valuesAreMeans = false;         ///< what a node is worth: its mean, else its best score
  /// On each improvement: the number of the sample, from 1, and the best score.
  std::vector<std::pair<uint64_t, double>> history;
  uint64_t tried = 0, scored = 0, invalid = 0, failed = 0;
  bool exhausted = false, interrupted = false;
  /// What fixed the search's course, to be told: name and value.
  std::vector<std::pair<std::string, std::string>> options;
};

/// search.html: a page that needs no network and no script. The same report gives the same bytes.
std::string strategyHtml(const StrategyReport &report);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_STRATEGYREPORT_H
