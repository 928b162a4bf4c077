// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was decided about a network and why, as text and as a page.

#ifndef SNC_CODEGEN_REPORT_REPORT_H
#define SNC_CODEGEN_REPORT_REPORT_H

#include "search/BranchPlan.h"

#include <optional>

namespace snc {

/// A node of the network: a kernel-to-be.
struct ReportNode {
  std::string name;            ///< of the model's nodes, "Conv_3+Relu_4"
  std::string operators;       ///< "conv+relu"
  std::string shape;           ///< of its result, "1x64x56x56"
  std::vector<int64_t> inputs; ///< positions of the nodes it reads, earlier ones
};

/// Something on a lane of the timeline, in microseconds from the run's begin.
struct ReportSpan {
  enum Kind { kernel, wait, sync, upload, download };
  Kind kind = kernel;
  int64_t unit = 0;
  double begin = 0, end = 0;
  int64_t node = -1; ///< position in Report::nodes; -1 for waits; of a copy: one of the
                     ///< segment that it is for
  double bytes = 0;  ///< of a copy
  bool isCopy() const { return kind == upload || kind == download; }
};

/// A way to run the network.
struct ReportChoice {
  std::string name;               ///< "one unit", "data-parallel", "gpu0 alone", "branches"
  double predicted = 0;           ///< microseconds
  std::optional<double> measured; ///< microseconds, where it was run
  bool chosen = false;
  bool split = false; ///< units run different things, and join
};

struct ReportSearch {
  std::string kind; ///< "mcts"; empty: the plan was given
  uint64_t seed = 0, budget = 0, evaluations = 0;
  double spaceSize = 0;          ///< strategies; infinity is allowed
  std::optional<double> optimum; ///< microseconds, where a dynamic program found it
  /// On each improvement: the number of the evaluation and the best cost (microseconds).
  std::vector<std::pair<uint64_t, double>> history;
};

/// Names may hold anything: the texts below escape them, and replace what is not
/// printable UTF-8. `plan` keeps BranchPlan::verify() and is about `nodes`.
struct Report {
  std::string model, target, version;
  BranchPlan plan;
  std::vector<ReportNode> nodes;
  std::vector<ReportSpan> timeline; ///< predicted, by unit and begin
  std::vector<ReportChoice> choices;
  ReportSearch search;
  std::string obstacle; ///< why a GPU's branches do not pay (PlanningResult); may be empty
  /// Other pages of the output folder about the same network, by path in it.
  std::vector<std::string> pages;
  bool measuredCosts = false; ///< latencies come from measurements, not from the model alone
};

/// "4 threads", "GPU, opencl".
std::string unitText(const PlanUnit &unit);

/// One sentence on the chosen way against the best unsplit one, by measurements
/// where all choices have them, else as predicted: "branches on 2 units: 1.31x over
/// data-parallel, the best unsplit way (2.84 ms against 3.72 ms, measured)", or "not
/// worth it here: kept data-parallel, because branches would take 3.91 ms, ...".
std::string verdict(const Report &report);

/// For --explain: the verdict, the choices, the search, and a line a segment.
/// Plain text, at most 100 columns, ends in a newline.
std::string explainText(const Report &report);

/// share/<name>/report.html: a page that needs no network and no script from
/// elsewhere. The same report gives the same bytes.
std::string reportHtml(const Report &report);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_REPORT_H
