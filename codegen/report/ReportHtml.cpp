// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Page.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"

#include "nlohmann/json.hpp"

namespace snc {

/// To the other pages, from share/<name>/.
static std::string links(const Report &report) {
  std::string html;
  for (const std::string &page : report.pages)
    html += " \u00b7 <a href=\"../../" + escaped(page) + "\">" + escaped(page) + "</a>";
  return html;
}

static std::string opening(const Report &report) {
  Comparison all = compareChoices(report);
  bool split = all.chosen && all.chosen->split;
  return "<header>\n<h1>" + escaped(report.model) + "</h1>\n<p class=\"note\">for " +
         escaped(report.target) + " \u00b7 " + counted(int64_t(report.plan.units.size()), "unit") +
         " \u00b7 " + counted(report.plan.nodes, "node") + " \u00b7 syncnasc " +
         escaped(report.version) + links(report) + "</p>\n<p class=\"verdict" +
         (split ? " split" : "") + "\">" + escaped(verdict(report)) + "</p>\n</header>\n";
}

static std::string searchNote(const Report &report) {
  const ReportSearch &search = report.search;
  if (search.kind.empty())
    return "No search: the plan was given.";
  std::string note = escaped(search.kind) + ", seed " + std::to_string(search.seed) + ": " +
                     std::to_string(search.evaluations) + " of " + std::to_string(search.budget) +
                     " evaluations, in a space of " + countText(search.spaceSize) + " strategies.";
  note += report.measuredCosts ? " Latencies come from measurements."
                               : " Latencies come from the cost model.";
  if (search.optimum && !search.history.empty() && *search.optimum > 0) {
    double above = 100 * (search.history.back().second / *search.optimum - 1);
    note +=
        " The best is " + fixedText(std::max(above, 0.0), 1) + " % above the dynamic program's.";
  }
  return note;
}

/// To give back with --plan.
static std::string planText(const Report &report) {
  std::string json =
      toJson(report.plan).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string html;
  for (llvm::StringRef rest = json; !rest.empty();) {
    auto [line, more] = rest.split('\n');
    html += escaped(line) + "\n";
    rest = more;
  }
  return "<details>\n<summary>plan.json</summary>\n<pre>" + html + "</pre>\n</details>\n";
}

static std::string copiesNote(const Report &report) {
  std::string copies = copiesText(copiesOf(report));
  return copies.empty() ? "" : "Copies between host and GPU: " + escaped(copies) + ".";
}

static std::string networkNote(const Report &report) {
  const std::string &own = report.plan.ownBranches;
  return "Strategy " + escaped(shortened(report.plan.strategy(), 60)) +
         ". A column is a unit; names and shapes are in the tooltips." +
         (own.empty() ? "" : " The model has " + escaped(shortened(own, 400)) + ".");
}

std::string reportHtml(const Report &report) {
  return htmlPage(
      report.model, reportStyle(),
      opening(report) + htmlSection("Choices", "", choiceBars(report)) +
          htmlSection("The network", networkNote(report), networkDrawing(report)) +
          htmlSection("The run, as predicted", copiesNote(report), timelineDrawing(report)) +
          htmlSection("The search", searchNote(report), searchCurve(report)) +
          htmlSection("Segments", "", segmentTable(report) + planText(report)));
}

} // namespace snc
