// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportText.h"

#include "llvm/ADT/STLExtras.h"

namespace snc {

constexpr size_t kColumns = 100;

static std::string padded(const std::string &text, size_t width, bool right = false) {
  std::string space(width - std::min(width, columns(text)), ' ');
  return right ? space + text : text + space;
}

/// Cells in columns as wide as their widest, each at most `limit`; the last
/// column takes what is left of the line.
static std::string table(const std::vector<std::vector<std::string>> &rows,
                         const std::vector<bool> &right, size_t limit) {
  std::string text;
  size_t count = right.size();
  std::vector<size_t> widths(count, 0);
  for (auto &row : rows)
    for (size_t i = 0; i < count; ++i)
      widths[i] = std::max(widths[i], std::min(limit, columns(row[i])));
  for (auto &row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < count; ++i) {
      size_t room = i + 1 < count ? widths[i] : kColumns - columns(line) - 1;
      line += " " + padded(shortened(row[i], room), widths[i] < room ? widths[i] : room, right[i]);
      if (i + 1 < count)
        line += " ";
    }
    text += llvm::StringRef(line).rtrim().str() + "\n";
  }
  return text;
}

/// Breaks `text` at spaces behind `indent`; lines after the first go two columns deeper.
static std::string wrapped(llvm::StringRef text, const std::string &indent = "") {
  std::string result, line = indent;
  llvm::SmallVector<llvm::StringRef> words;
  text.split(words, ' ', -1, /*KeepEmpty=*/false);
  bool first = true; // of its line
  for (llvm::StringRef word : words) {
    std::string cut = shortened(word, kColumns - 4); // a name may be longer than a line
    if (!first && columns(line) + 1 + columns(cut) > kColumns) {
      result += line + "\n";
      line = indent + "  ";
      first = true;
    }
    line += (first ? "" : " ") + cut;
    first = false;
  }
  return result + line + "\n";
}

static std::string choicesText(const Report &report) {
  std::vector<std::vector<std::string>> rows = {{"", "choice", "predicted", "measured"}};
  for (const ReportChoice &choice : report.choices)
    rows.push_back({choice.chosen ? "*" : "", choice.name, timeText(choice.predicted),
                    choice.measured ? timeText(*choice.measured) : "-"});
  return "\nchoices\n" + table(rows, {false, false, true, true}, 48);
}

static std::string searchText(const Report &report) {
  const ReportSearch &search = report.search;
  if (search.kind.empty())
    return "\nsearch\n  none: the plan was given\n";
  std::string text = search.kind + ", seed " + std::to_string(search.seed) + ": " +
                     std::to_string(search.evaluations) + " of " + std::to_string(search.budget) +
                     " evaluations, in a space of " + countText(search.spaceSize) +
                     " strategies; latencies " +
                     (report.measuredCosts ? "measured" : "from the cost model");
  if (!search.history.empty())
    text += "; best " + timeText(search.history.back().second) + ", at evaluation " +
            std::to_string(search.history.back().first);
  if (search.optimum)
    text += "; dynamic program " + timeText(*search.optimum);
  return "\nsearch\n" + wrapped(printable(text), "  ");
}

static std::string unitsText(const Report &report) {
  std::vector<std::vector<std::string>> rows;
  for (const PlanUnit &unit : report.plan.units)
    rows.push_back({unit.name, unitText(unit)});
  std::string copies = copiesText(copiesOf(report));
  return "\nunits\n" + table(rows, {false, false}, 60) +
         (copies.empty() ? "" : "\ncopies\n" + wrapped(copies, "  "));
}

static std::string segmentsText(const Report &report) {
  std::vector<std::vector<std::string>> rows = {
      {"#", "nodes", "kind", "where", "sync", "predicted", "from .. to"}};
  for (const auto &[i, segment] : llvm::enumerate(report.plan.segments)) {
    std::string first = nodeName(report, segment.begin), last = nodeName(report, segment.end - 1);
    std::optional<double> time = segmentTime(report, segment);
    std::string sync = syncName(segment);
    rows.push_back(
        {std::to_string(i), std::to_string(segment.begin) + "-" + std::to_string(segment.end - 1),
         kindName(segment.kind), whereText(report.plan, segment), sync.empty() ? "-" : sync,
         time ? timeText(*time) : "-",
         segment.end - segment.begin == 1 ? first
                                          : shortened(first, 20) + " .. " + shortened(last, 20)});
  }
  return "\nsegments, strategy " + shortened(report.plan.strategy(), 80) + "\n" +
         table(rows, {true, false, false, false, false, true, false}, 20);
}

static std::string ownBranchesText(const Report &report) {
  const std::string &own = report.plan.ownBranches;
  return own.empty() ? "" : wrapped(printable("the model has " + own));
}

std::string explainText(const Report &report) {
  return wrapped(printable(report.model + " for " + report.target + ", by syncnasc " +
                           report.version)) +
         wrapped(verdict(report)) + ownBranchesText(report) + choicesText(report) +
         searchText(report) + unitsText(report) + segmentsText(report);
}

} // namespace snc
