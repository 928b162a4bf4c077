// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Page.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"
#include "codegen/report/strategy/StrategyParts.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace snc {

namespace {

constexpr double kWidth = 938, kRow = 28, kLeast = 0.01, kCharacter = 7;
constexpr size_t kMost = 200;
constexpr int kShades = 7;

using Tree = std::vector<StrategyNode>;

/// Visits before each node among its siblings, counted from the root's left edge; nullopt for
/// nodes whose parent is not there.
std::vector<std::optional<double>> offsetsOf(const Tree &tree) {
  std::vector<std::optional<double>> offsets(tree.size());
  std::map<std::vector<uint16_t>, double> next; ///< where a node's next child begins
  for (auto [i, node] : llvm::enumerate(tree)) {
    double at = 0;
    if (!node.path.empty()) {
      auto parent = next.find({node.path.begin(), node.path.end() - 1});
      if (parent == next.end())
        continue;
      at = parent->second;
      parent->second += double(node.visits);
    }
    offsets[i] = at;
    next[node.path] = at;
  }
  return offsets;
}

class Icicle {
public:
  explicit Icicle(const StrategyReport &report);
  std::string legend() const;
  std::string note() const;
  std::string run();

private:
  std::optional<double> valueOf(const StrategyNode &node) const {
    std::optional<double> value = report.valuesAreMeans ? node.mean : node.best;
    return value && std::isfinite(*value) ? value : std::nullopt;
  }
  std::string shade(const StrategyNode &node) const;
  void drawNode(size_t index, double begin, Svg &svg) const;
  void drawName(const StrategyNode &node, double x, double width, double top, Svg &svg) const;
  bool leadsToChosen(const StrategyNode &node) const {
    return node.path.size() <= report.chosenPath.size() &&
           std::equal(node.path.begin(), node.path.end(), report.chosenPath.begin());
  }
  const char *valueName() const { return report.valuesAreMeans ? "mean" : "best"; }

  const StrategyReport &report;
  const Tree &tree;
  std::vector<size_t> shown;
  std::map<std::vector<uint16_t>, std::string> prefixes; ///< of shown ones
  double low = 0, high = 0;                              ///< values of shown ones
};

Icicle::Icicle(const StrategyReport &report)
    : report(report), tree(report.tree), shown(shownNodes(tree, kLeast, kMost)) {
  bool any = false;
  for (size_t i : shown) {
    prefixes[tree[i].path] = tree[i].prefix;
    if (std::optional<double> value = valueOf(tree[i])) {
      low = any ? std::min(low, *value) : *value;
      high = any ? std::max(high, *value) : *value;
      any = true;
    }
  }
}

std::string Icicle::shade(const StrategyNode &node) const {
  std::optional<double> value = valueOf(node);
  if (!value)
    return "none";
  double share = high > low ? (*value - low) / (high - low) : 0.5;
  int step = std::isfinite(share) ? std::clamp(int(share * kShades), 0, kShades - 1) : 0;
  return "node v" + std::to_string(step);
}

/// The prefix, or what it adds to its parent's, or nothing where there is no room.
void Icicle::drawName(const StrategyNode &node, double x, double width, double top,
                      Svg &svg) const {
  std::string name = node.prefix.empty() ? "all strategies" : node.prefix;
  auto fits = [&] { return double(columns(printable(name))) * kCharacter + 6 <= width; };
  if (!fits() && !node.path.empty()) {
    auto parent = prefixes.find({node.path.begin(), node.path.end() - 1});
    llvm::StringRef rest = name;
    if (parent != prefixes.end() && rest.consume_front(parent->second) && !rest.empty())
      name = "\u2026" + rest.str();
  }
  if (fits())
    svg.text(x + width / 2, top + 18, name, "mid", Svg::middle);
}

void Icicle::drawNode(size_t index, double begin, Svg &svg) const {
  const StrategyNode &node = tree[index];
  double scale = kWidth / double(std::max<uint64_t>(tree.front().visits, 1));
  double x = 1 + begin * scale, width = double(node.visits) * scale;
  double top = 1 + kRow * double(node.path.size());
  std::string text = (node.prefix.empty() ? "all strategies" : node.prefix) + " \u00b7 " +
                     counted(int64_t(node.visits), "visit") + ", " + std::to_string(node.scored) +
                     " scored";
  if (node.mean && node.best)
    text += " \u00b7 mean " + scoreText(*node.mean) + ", best " + scoreText(*node.best);
  bool found = leadsToChosen(node);
  double inset = found ? 1.5 : 0.5; // of the outline
  svg.rect(x + inset, top + inset, std::max(width - 2 * inset, 1.0), kRow - 2 * inset,
           shade(node) + (found ? " found-node" : ""), 2, text);
  drawName(node, x, width, top, svg);
}

std::string Icicle::legend() const {
  std::string from = scoreText(low), to = scoreText(high);
  double x = 10 + kCharacter * double(from.size()), end = x + 22 * kShades + 8;
  Svg svg(end + 10 + kCharacter * double(to.size()), 22, "shades", "Shades of scores");
  svg.text(x - 8, 15, from, "tick", Svg::end);
  for (int shade = 0; shade < kShades; ++shade)
    svg.rect(x + 22 * shade, 3, 22, 15, "node v" + std::to_string(shade));
  svg.text(end, 15, to, "tick");
  return svg.str();
}

std::string Icicle::note() const {
  std::string note = std::string("A box is what strategies begin with, as wide as it was visited; "
                                 "the stronger its colour, the better its ") +
                     valueName() + " score. Outlined: the way to the chosen one.";
  size_t rest = tree.size() - shown.size();
  if (rest)
    note += " " + std::to_string(shown.size()) + " of " + std::to_string(tree.size()) +
            " nodes are drawn; left out are those with under 1 % of the visits" +
            (shown.size() == kMost ? ", or beyond " + std::to_string(kMost) : "") + ".";
  return "<p class=\"note\">" + note + "</p>\n";
}

std::string Icicle::run() {
  std::vector<std::optional<double>> offsets = offsetsOf(tree);
  size_t depth = 0;
  for (size_t i : shown)
    depth = std::max(depth, tree[i].path.size());
  Svg svg(kWidth + 2, kRow * double(depth + 1) + 2, "tree", "The tree of tried strategies");
  for (size_t i : shown)
    if (offsets[i])
      drawNode(i, *offsets[i], svg);
  return svg.str();
}

} // namespace

std::string searchTreeDrawing(const StrategyReport &report) {
  if (report.tree.empty() || !report.tree.front().path.empty())
    return "";
  Icicle icicle(report);
  return icicle.note() + icicle.legend() + scrolled(icicle.run());
}

} // namespace snc
