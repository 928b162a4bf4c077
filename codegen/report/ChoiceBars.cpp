// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"

#include <algorithm>
#include <cmath>

namespace snc {

static std::string bar(double cost, double longest, const char *kind) {
  bool known = std::isfinite(cost) && cost > 0;
  double percent = known ? 100 * cost / longest : 0;
  return std::string("<div class=\"bar ") + kind +
         "\"><span class=\"track\"><i style=\"width:" + fixedText(percent, 2) +
         "%\"></i></span><span class=\"value\">" + timeText(cost) + " <small>" + kind +
         "</small></span></div>\n";
}

std::string choiceBars(const Report &report) {
  double longest = 0;
  auto consider = [&](double cost) {
    if (std::isfinite(cost))
      longest = std::max(longest, cost);
  };
  for (const ReportChoice &choice : report.choices) {
    consider(choice.predicted);
    consider(choice.measured.value_or(0));
  }
  std::string html;
  for (const ReportChoice &choice : report.choices) {
    html += std::string("<div class=\"choice") + (choice.chosen ? " chosen" : "") +
            "\"><div class=\"who\">" + escaped(shortened(choice.name, 60)) +
            (choice.chosen ? " <span class=\"badge\">chosen</span>" : "") +
            "</div>\n<div class=\"bars\">\n" + bar(choice.predicted, longest, "predicted");
    if (choice.measured)
      html += bar(*choice.measured, longest, "measured");
    html += "</div></div>\n";
  }
  return html;
}

} // namespace snc
