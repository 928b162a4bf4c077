// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"

#include "llvm/ADT/STLExtras.h"

namespace snc {

static std::string swatch(const std::string &classes, const std::string &text) {
  return "<span class=\"item\"><i class=\"swatch " + classes + "\"></i>" + text + "</span>\n";
}

std::string kindLegend(const BranchPlan &plan) {
  static const std::pair<SegmentKind, const char *> texts[] = {
      {SegmentKind::all, "all: in strips over all threads"},
      {SegmentKind::single, "single: one unit, others wait"},
      {SegmentKind::rows, "rows of the picture"},
      {SegmentKind::channels, "channels"},
      {SegmentKind::add, "add: partial sums"},
      {SegmentKind::paths, "paths of the model"}};
  std::string html = "<p class=\"legend\">\n";
  bool split = false;
  for (auto &[kind, text] : texts)
    if (llvm::any_of(plan.segments,
                     [kind = kind](auto &segment) { return segment.kind == kind; })) {
      html += swatch(std::string("k-") + kindName(kind), text);
      split |= kind != SegmentKind::all && kind != SegmentKind::single;
    }
  if (split)
    html += swatch("syncs", "sync");
  if (gpuOf(plan.units))
    html += swatch("copies", "copies between host and GPU");
  return html + swatch("waits", "waits") + "</p>\n";
}

static std::string cell(const std::string &html, const char *classes = nullptr) {
  return (classes ? std::string("<td class=\"") + classes + "\">" : "<td>") + html + "</td>";
}

static std::string nodeText(const Report &report, int64_t node) {
  std::string name = nodeName(report, node);
  return "<span title=\"" + escaped(name) + "\">" + escaped(shortened(name, 34)) + "</span>";
}

std::string segmentTable(const Report &report) {
  if (report.plan.segments.empty())
    return "";
  std::string html =
      "<div class=\"scroll tall\" tabindex=\"0\"><table>\n<thead><tr><th class=\"n\">#</th>"
      "<th class=\"n\">nodes</th><th>kind</th><th>where</th><th>sync</th>"
      "<th class=\"n\">predicted</th><th>from</th><th>to</th></tr></thead>\n<tbody>\n";
  for (const auto &[i, segment] : llvm::enumerate(report.plan.segments)) {
    std::string kind = kindName(segment.kind), sync = syncName(segment);
    std::optional<double> time = segmentTime(report, segment);
    std::string nodes = std::to_string(segment.begin);
    if (segment.end - segment.begin > 1)
      nodes += "\u2013" + std::to_string(segment.end - 1);
    html += "<tr>" + cell(std::to_string(i), "n") + cell(nodes, "n") +
            cell("<i class=\"swatch k-" + kind + "\"></i>" + kind) +
            cell(escaped(whereText(report.plan, segment))) + cell(sync.empty() ? "\u2013" : sync) +
            cell(time ? timeText(*time) : "\u2013", "n") + cell(nodeText(report, segment.begin)) +
            cell(nodeText(report, segment.end - 1)) + "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

} // namespace snc
