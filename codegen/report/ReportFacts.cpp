// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportText.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

namespace snc {

const char *kindName(SegmentKind kind) {
  switch (kind) {
  case SegmentKind::all:
    return "all";
  case SegmentKind::single:
    return "single";
  case SegmentKind::rows:
    return "rows";
  case SegmentKind::channels:
    return "channels";
  case SegmentKind::add:
    return "add";
  case SegmentKind::paths:
    return "paths";
  }
  return "";
}

const char *syncName(const PlanSegment &segment) {
  switch (segment.kind) {
  case SegmentKind::add:
    return "add";
  case SegmentKind::rows:
  case SegmentKind::channels:
    return "concat";
  case SegmentKind::paths:
    return segment.adds ? "add" : "join";
  default:
    return "";
  }
}

/// Eighths of a unit, or its number of nodes for paths.
static int64_t partOf(const PlanSegment &segment, int64_t unit) {
  if (segment.kind == SegmentKind::paths)
    return llvm::count(segment.units, unit);
  return size_t(unit) < segment.shares.size() ? segment.shares[size_t(unit)] : 0;
}

std::vector<int64_t> activeUnits(const BranchPlan &plan, const PlanSegment &segment) {
  if (segment.kind == SegmentKind::single)
    return {segment.unit};
  std::vector<int64_t> units;
  for (int64_t unit = 0; unit < int64_t(plan.units.size()); ++unit)
    if (segment.kind == SegmentKind::all || partOf(segment, unit) > 0)
      units.push_back(unit);
  return units;
}

std::string whereText(const BranchPlan &plan, const PlanSegment &segment) {
  if (segment.kind == SegmentKind::all)
    return plan.units.size() == 1 ? "all threads" : "all units";
  if (segment.kind == SegmentKind::single)
    return size_t(segment.unit) < plan.units.size() ? plan.units[size_t(segment.unit)].name : "?";
  bool paths = segment.kind == SegmentKind::paths;
  std::string text;
  for (int64_t unit = 0; unit < int64_t(plan.units.size()); ++unit)
    text += (unit ? " + " : "") + std::to_string(partOf(segment, unit)) + (paths ? "" : "/8");
  return paths ? text + " nodes" : text;
}

std::string counted(int64_t count, const char *what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string unitText(const PlanUnit &unit) {
  if (unit.device != Device::cpu)
    return "GPU, " + nameOf(unit.device).str();
  return counted(unit.threads, "thread");
}

CopyFacts copiesOf(const Report &report, const PlanSegment *segment) {
  CopyFacts facts;
  for (const ReportSpan &span : report.timeline) {
    bool wanted = !segment || (span.node >= segment->begin && span.node < segment->end);
    if (!span.isCopy() || !wanted || !isShown(report, span))
      continue;
    bool up = span.kind == ReportSpan::upload;
    ++(up ? facts.uploads : facts.downloads);
    (up ? facts.uploadBytes : facts.downloadBytes) += span.bytes;
    facts.us += span.end - span.begin;
  }
  return facts;
}

std::string copiesText(const CopyFacts &facts) {
  if (facts.uploads + facts.downloads == 0)
    return "";
  return std::to_string(facts.uploads) + " up, " + bytesText(facts.uploadBytes) + "; " +
         std::to_string(facts.downloads) + " down, " + bytesText(facts.downloadBytes) + "; " +
         timeText(facts.us) + " of the GPU's queue";
}

std::string nodeName(const Report &report, int64_t node) {
  bool known = node >= 0 && node < int64_t(report.nodes.size());
  if (known && !report.nodes[size_t(node)].name.empty())
    return report.nodes[size_t(node)].name;
  return "node " + std::to_string(node);
}

bool isShown(const Report &report, const ReportSpan &span) {
  return span.unit >= 0 && span.unit < int64_t(report.plan.units.size()) &&
         std::isfinite(span.begin) && std::isfinite(span.end) && span.begin >= 0 &&
         span.begin <= span.end;
}

std::optional<double> segmentTime(const Report &report, const PlanSegment &segment) {
  double begin = std::numeric_limits<double>::infinity(), end = -begin;
  for (const ReportSpan &span : report.timeline)
    if (span.kind != ReportSpan::wait && span.node >= segment.begin && span.node < segment.end &&
        isShown(report, span)) {
      begin = std::min(begin, span.begin);
      end = std::max(end, span.end);
    }
  return begin <= end ? std::optional(end - begin) : std::nullopt;
}

double timelineEnd(const Report &report) {
  double end = 0;
  for (const ReportSpan &span : report.timeline)
    if (isShown(report, span))
      end = std::max(end, span.end);
  return end;
}

double Comparison::cost(const ReportChoice &choice) const {
  double value = measured ? *choice.measured : choice.predicted;
  return value > 0 ? value : std::numeric_limits<double>::infinity();
}

Comparison compareChoices(const Report &report) {
  Comparison result;
  result.measured = !report.choices.empty() && llvm::all_of(report.choices, [](auto &choice) {
    return choice.measured.has_value();
  });
  for (const ReportChoice &choice : report.choices) {
    if (choice.chosen && !result.chosen)
      result.chosen = &choice;
    const ReportChoice *&best = choice.split ? result.bestSplit : result.bestUnsplit;
    if (!best || result.cost(choice) < result.cost(*best))
      best = &choice;
  }
  return result;
}

} // namespace snc
