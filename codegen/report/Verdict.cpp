// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportText.h"

#include <cmath>

namespace snc {

/// Two times with as many digits as tell them apart, five at most.
static std::pair<std::string, std::string> timePair(double a, double b) {
  for (int digits = 3; digits < 5; ++digits)
    if (timeText(a, digits) != timeText(b, digits))
      return {timeText(a, digits), timeText(b, digits)};
  return {timeText(a, 5), timeText(b, 5)};
}

/// "1.31x over", "1.02x slower than", "as fast as".
static std::string ratioText(double cost, double peer) {
  if (!std::isfinite(cost) || !std::isfinite(peer))
    return "not comparable with";
  std::string gain = fixedText(peer / cost, 2), loss = fixedText(cost / peer, 2);
  if (gain == "1.00" || loss == "1.00")
    return "as fast as";
  return peer > cost ? gain + "x over" : loss + "x slower than";
}

/// "data-parallel on 2 units: 1.31x over one unit (2.84 ms against 3.72 ms, measured)".
static std::string against(const Report &report, const Comparison &all, const ReportChoice &peer,
                           const std::string &role) {
  double cost = all.cost(*all.chosen), peerCost = all.cost(peer);
  auto [text, peerText] = timePair(cost, peerCost);
  std::string units = " on " + counted(int64_t(report.plan.units.size()), "unit");
  bool alone = llvm::StringRef(all.chosen->name).ends_with(" alone");
  return printable(all.chosen->name) + (alone ? "" : units) + ": " + ratioText(cost, peerCost) +
         " " + printable(peer.name) + role + " (" + text + " against " + peerText + ", " +
         (all.measured ? "measured" : "predicted") + ")";
}

static std::string obstacleText(const Report &report) {
  return report.obstacle.empty() ? "" : "; " + printable(report.obstacle);
}

static std::string notWorthIt(const Report &report, const Comparison &all) {
  double cost = all.cost(*all.chosen), split = all.cost(*all.bestSplit);
  std::string kept = "kept " + printable(all.chosen->name) + ", ";
  auto [text, splitText] = timePair(cost, split);
  std::string numbers = printable(all.bestSplit->name) + " would take " + splitText + ", " +
                        printable(all.chosen->name) + " " + text +
                        (all.measured ? " (measured)" : " (predicted)");
  std::string obstacle = obstacleText(report);
  if (split < cost) // someone asked for it
    return kept + "although " + numbers + obstacle;
  return "not worth it here: " + kept + "because " + numbers + obstacle;
}

/// The best unsplit choice but the chosen one; null for none.
static const ReportChoice *nextBest(const Report &report, const Comparison &all) {
  const ReportChoice *best = nullptr;
  for (const ReportChoice &choice : report.choices)
    if (&choice != all.chosen && (!best || all.cost(choice) < all.cost(*best)))
      best = &choice;
  return best;
}

std::string verdict(const Report &report) {
  Comparison all = compareChoices(report);
  if (!all.chosen)
    return "no choice was made";
  if (all.chosen->split && all.bestUnsplit)
    return against(report, all, *all.bestUnsplit, ", the best unsplit way");
  if (!all.chosen->split && all.bestSplit)
    return notWorthIt(report, all);
  if (const ReportChoice *next = nextBest(report, all))
    return against(report, all, *next, "") + obstacleText(report);
  return printable(all.chosen->name) + ": nothing to compare it with (" +
         timeText(all.cost(*all.chosen)) + ", " + (all.measured ? "measured" : "predicted") + ")";
}

} // namespace snc
