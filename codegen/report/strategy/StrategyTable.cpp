// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Page.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/strategy/StrategyParts.h"

namespace snc {

namespace {

std::string row(const std::string &what, const std::string &base, const std::string &chosen,
                const std::string &ratio) {
  return "<tr><td>" + what + "</td><td class=\"n\">" + base + "</td><td class=\"n\">" + chosen +
         "</td><td class=\"n\">" + ratio + "</td></tr>\n";
}

/// The chosen one's as a share of the base's.
std::string ratioText(double base, double chosen) {
  return base > 0 ? fixedText(chosen / base, 2) + "x" : "";
}

std::string counts(const char *what, int64_t base, int64_t chosen) {
  return row(what, largeText(base), largeText(chosen), ratioText(double(base), double(chosen)));
}

std::string scoreOf(const StrategyNetwork &network, const std::string &failure = "") {
  if (network.score)
    return scoreText(*network.score);
  return failure.empty() ? "not evaluated" : "failed: " + escaped(shortened(failure, 60));
}

} // namespace

std::string strategyTable(const StrategyReport &report) {
  const StrategyNetwork &base = report.base, &chosen = report.chosen;
  std::string unit =
      report.baseUnit < report.units.size() ? report.units[report.baseUnit] : "one unit";
  std::string html = "<table>\n<tr><th></th><th class=\"n\">" + escaped(shortened(base.name, 40)) +
                     "</th><th class=\"n\">" + escaped(shortened(chosen.name, 40)) +
                     "</th><th></th></tr>\n";
  html += row("runs on", escaped(shortened(unit, 40)), "all units", "");
  html += row("latency, predicted", timeText(base.us, 4), timeText(chosen.us, 4),
              ratioText(base.us, chosen.us));
  html += counts("parameters", base.parameters, chosen.parameters);
  html += counts("multiply-accumulates", base.macs, chosen.macs);
  html += counts("expanded channels, all blocks", base.expanded(), chosen.expanded());
  html += row("score", scoreOf(base, report.baseFailure), scoreOf(chosen), "");
  return scrolled(html + "</table>\n");
}

} // namespace snc
