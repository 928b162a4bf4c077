// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Page.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/strategy/StrategyParts.h"

#include "llvm/ADT/STLExtras.h"

namespace snc {

static std::string opening(const StrategyReport &report) {
  const StrategyNetwork &base = report.base, &chosen = report.chosen;
  std::string result = "found " + shortened(chosen.name, 60);
  if (chosen.score)
    result += ": score " + scoreText(*chosen.score) + " at";
  result += " " + timeText(chosen.us, 4) + ", the base at " + timeText(base.us, 4);
  return "<header>\n<h1>" + escaped(base.name) + "</h1>\n<p class=\"note\">searched for " +
         escaped(report.target) + " \u00b7 " + counted(int64_t(report.units.size()), "unit") +
         " \u00b7 " + counted(int64_t(base.stages.size()), "stage") + " \u00b7 syncnasc " +
         escaped(report.version) + "</p>\n<p class=\"verdict split\">" + escaped(result) +
         "</p>\n</header>\n";
}

static std::string numbersNote(const StrategyReport &report) {
  return "The latency budget is " + timeText(report.budgetUs, 4) +
         ". Latencies are those of the cost model; the base's is of its best single unit.";
}

static std::string timelineNote(const StrategyReport &report) {
  double end = 0, waited = 0;
  for (const StrategySpan &span : report.timeline) {
    end = std::max(end, span.end);
    waited += span.kind == StrategySpan::wait ? span.end - span.begin : 0;
  }
  double all = end * double(report.units.size());
  return all > 0 ? "Units wait for " + fixedText(100 * waited / all, 1) + " % of the time." : "";
}

static std::string frontNote(const StrategyReport &report) {
  if (report.samples.empty())
    return "";
  std::vector<size_t> front = frontOf(report.samples);
  std::string note = counted(int64_t(front.size()), "sample") + " of " +
                     std::to_string(report.samples.size()) +
                     " on the front: none has a better score at no more latency.";
  auto isChosen = [&](size_t i) { return report.samples[i].name == report.chosen.name; };
  if (llvm::none_of(front, isChosen))
    note += " The chosen one was the first of its score; another takes less time.";
  return note;
}

static std::string searchNote(const StrategyReport &report) {
  std::string note = std::to_string(report.tried) +
                     " strategies tried: " + std::to_string(report.scored) + " scored, " +
                     std::to_string(report.invalid) + " invalid, " + std::to_string(report.failed) +
                     " failed.";
  if (report.exhausted)
    note += " These are all.";
  if (report.interrupted)
    note += " The search was ended early.";
  if (!report.history.empty())
    note += " Drawn is the best score so far.";
  return note;
}

static std::string optionsTable(const StrategyReport &report) {
  if (report.options.empty())
    return "";
  std::string html = "<details>\n<summary>options</summary>\n<div class=\"scroll\">\n<table>\n";
  for (const auto &[name, value] : report.options)
    html += "<tr><td>" + escaped(name) + "</td><td>" + escaped(value) + "</td></tr>\n";
  return html + "</table>\n</div>\n</details>\n";
}

std::string strategyHtml(const StrategyReport &report) {
  return htmlPage(
      report.base.name, std::string(reportStyle()) + strategyStyle(),
      opening(report) + htmlSection("The numbers", numbersNote(report), strategyTable(report)) +
          htmlSection("The network", "", strategyFigure(report)) +
          htmlSection("The run, as predicted", timelineNote(report), strategyTimeline(report)) +
          htmlSection("Score and latency", frontNote(report), frontDrawing(report)) +
          htmlSection("The search", searchNote(report), scoreCurve(report) + optionsTable(report)) +
          htmlSection("The tree", "", searchTreeDrawing(report)));
}

} // namespace snc
