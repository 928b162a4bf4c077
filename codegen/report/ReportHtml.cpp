// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"

#include "nlohmann/json.hpp"

namespace snc {

static std::string section(const char *title, const std::string &note, const std::string &body) {
  if (body.empty() && note.empty())
    return "";
  std::string head = std::string("<section>\n<h2>") + title + "</h2>\n";
  if (!note.empty())
    head += "<p class=\"note\">" + note + "</p>\n";
  return head + body + "</section>\n";
}

/// Nothing from elsewhere may be loaded, whatever names hold.
static std::string head(const Report &report) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n<title>" +
         escaped(shortened(report.model, 80)) + " \u00b7 syncnasc</title>\n<style>\n" +
         reportStyle() + "</style>\n</head>\n";
}

static std::string opening(const Report &report) {
  Comparison all = compareChoices(report);
  bool split = all.chosen && all.chosen->split;
  return "<header>\n<h1>" + escaped(report.model) + "</h1>\n<p class=\"note\">for " +
         escaped(report.target) + " \u00b7 " + counted(int64_t(report.plan.units.size()), "unit") +
         " \u00b7 " + counted(report.plan.nodes, "node") + " \u00b7 syncnasc " +
         escaped(report.version) + "</p>\n<p class=\"verdict" + (split ? " split" : "") + "\">" +
         escaped(verdict(report)) + "</p>\n</header>\n";
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
  return head(report) + "<body>\n<main>\n" + opening(report) +
         section("Choices", "", choiceBars(report)) +
         section("The network", networkNote(report), networkDrawing(report)) +
         section("The run, as predicted", copiesNote(report), timelineDrawing(report)) +
         section("The search", searchNote(report), searchCurve(report)) +
         section("Segments", "", segmentTable(report) + planText(report)) +
         "</main>\n</body>\n</html>\n";
}

} // namespace snc
