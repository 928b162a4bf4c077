// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Reporting.h"

#include "ir/CallOrder.h"
#include "ir/ShapeInference.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace snc {

static ReportNode nodeOf(const NetworkNode &node) {
  ReportNode result;
  result.name = node.name;
  std::vector<std::string> operators;
  for (Operation *op : node.ops)
    operators.push_back(op->getName().stripDialect().str());
  result.operators = llvm::join(operators, "+");
  result.shape = shapeText(tensorType(node.ops.back()->getResult(0)).getShape());
  result.inputs.assign(node.inputs.begin(), node.inputs.end());
  return result;
}

static ReportSpan::Kind kindOf(const PlannedSpan &span) {
  if (span.kind != PlannedSpan::run)
    return span.kind == PlannedSpan::upload ? ReportSpan::upload : ReportSpan::download;
  return span.node < 0 ? ReportSpan::wait : ReportSpan::kernel;
}

/// What all units do is on every lane.
static void addTimeline(Report &report, const PlanCost &cost) {
  std::vector<PlannedSpan> spans;
  cost.total(report.plan, &spans);
  int64_t units = int64_t(report.plan.units.size());
  for (const PlannedSpan &span : spans)
    for (int64_t unit = 0; unit < units; ++unit)
      if (span.unit == unit || span.unit == kAllUnits)
        report.timeline.push_back(
            {kindOf(span), unit, span.begin, span.end, span.node, span.bytes});
  llvm::sort(report.timeline, [](const ReportSpan &a, const ReportSpan &b) {
    return std::tie(a.unit, a.begin, a.end, a.node) < std::tie(b.unit, b.begin, b.end, b.node);
  });
}

/// Of several measured choices of one name the fastest.
static std::vector<ReportChoice> choicesOf(const MeasureResult &measured, const PlanCost &cost) {
  std::vector<ReportChoice> choices;
  for (auto [i, choice] : llvm::enumerate(measured.choices)) {
    ReportChoice entry{choice.name, cost.total(choice.plan), choice.measuredUs,
                       i == measured.chosen};
    auto known =
        llvm::find_if(choices, [&](const ReportChoice &c) { return c.name == entry.name; });
    if (known == choices.end())
      choices.push_back(entry);
    else if (*entry.measured < *known->measured)
      *known = entry;
  }
  return choices;
}

/// Without a search: the given plan beside the network unsplit.
static std::vector<ReportChoice> choicesOf(const BranchPlan &plan, const PlanCost &cost) {
  std::vector<ReportChoice> choices;
  bool known = false;
  for (const PlannedChoice &choice : unsplitChoices(cost)) {
    bool same = plan.syncs().empty();
    if (plan.nodes) { // else there are no segments
      const PlanSegment &one = choice.plan.segments.front(), &given = plan.segments.front();
      same &= one.kind == given.kind;
      if (cost.gpu()) // on which unit
        same &= plan.segments.size() == 1 && one.unit == given.unit;
    }
    choices.push_back({choice.name, choice.us, std::nullopt, same});
    known |= same;
  }
  if (!known)
    choices.push_back({"branches", cost.total(plan), std::nullopt, true});
  return choices;
}

ReportSearch reportOf(const PlanningResult &planning, llvm::StringRef kind, uint64_t seed,
                      uint64_t budget) {
  return {kind.str(),
          seed,
          budget,
          planning.search.evaluations,
          planning.spaceSize,
          planning.optimumUs,
          planning.search.history};
}

Report makeReport(const PlanCost &cost, bool measuredCosts, const BranchPlan &plan,
                  const PlanningResult *planning, const MeasureResult *measured) {
  Report report;
  report.plan = plan;
  report.measuredCosts = measuredCosts;
  for (const NetworkNode &node : cost.network().nodes())
    report.nodes.push_back(nodeOf(node));
  addTimeline(report, cost);
  if (planning)
    report.obstacle = planning->obstacle;
  if (measured)
    report.choices = choicesOf(*measured, cost);
  else if (!planning)
    report.choices = choicesOf(plan, cost);
  else
    for (auto [i, choice] : llvm::enumerate(planning->choices))
      report.choices.push_back({choice.name, choice.us, std::nullopt, i == planning->chosen});
  for (ReportChoice &choice : report.choices)
    choice.split = llvm::StringRef(choice.name).ends_with("branches");
  return report;
}

} // namespace snc
