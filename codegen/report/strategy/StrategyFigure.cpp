// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Page.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"
#include "codegen/report/strategy/StrategyLayout.h"
#include "codegen/report/strategy/StrategyParts.h"

#include "llvm/ADT/STLExtras.h"

namespace snc {

namespace {

class Figure {
public:
  explicit Figure(const StrategyReport &report)
      : report(report), layout(report),
        svg(layout.width, layout.height, "figure", "The searched network below its base") {}
  std::string run();

private:
  using L = StrategyLayout;
  void drawHeads();
  void drawBase();
  void drawFlows();
  void drawJoins();
  void drawLane(const StrategyNetwork &network, size_t branch, double y,
                const std::string &classes);
  void drawBlock(const StrategyBlock &block, size_t stage, size_t index, double y,
                 const std::string &classes);
  void drawEnd(const char *name, const StrategyEnd &conv, double x, double y,
               const std::string &more);
  void drawLabels(double x, double y, const std::string &above, const std::string &middle,
                  const std::string &below);
  void curve(double x1, double y1, double x2, double y2, const std::string &classes);
  void line(double x1, double x2, double y, const std::string &classes) {
    svg.line(x1, y, x2, y, classes);
  }
  std::string headText(const StrategyNetwork &network) const;

  const StrategyReport &report;
  StrategyLayout layout;
  Svg svg;
};

void Figure::curve(double x1, double y1, double x2, double y2, const std::string &classes) {
  std::string half = pixels((x1 + x2) / 2);
  svg.path("M" + pixels(x1) + " " + pixels(y1) + "C" + half + " " + pixels(y1) + " " + half + " " +
               pixels(y2) + " " + pixels(x2) + " " + pixels(y2),
           classes);
}

/// Names and sizes of the stages on top.
void Figure::drawHeads() {
  for (auto [s, stage] : llvm::enumerate(report.chosen.stages)) {
    double middle = (layout.begin[s] + layout.end[s]) / 2;
    svg.text(middle, 14, "stage " + std::to_string(s), "share", Svg::middle);
    std::string size = std::to_string(stage.branches.front().front().inSize) + " px";
    svg.text(middle, 28, size, "faint", Svg::middle);
    line(layout.begin[s] + 4, layout.end[s] - 4, 35, "bus");
  }
}

void Figure::drawLabels(double x, double y, const std::string &above, const std::string &middle,
                        const std::string &below) {
  double at = y + L::boxHeight / 2 + 13;
  svg.text(x, at, above, "faint", Svg::middle);
  svg.text(x, at + 14, middle, "share", Svg::middle);
  svg.text(x, at + 28, below, "faint", Svg::middle);
}

void Figure::drawBlock(const StrategyBlock &block, size_t stage, size_t index, double y,
                       const std::string &classes) {
  double x = layout.blockLeft(stage, index), high = layout.heightOf(block.expanded);
  double top = y - high / 2;
  svg.rect(x, top, L::boxWidth, high, "box " + classes, 3,
           blockText(block, int64_t(stage), index) + " \u00b7 " + timeText(block.us));
  // One part a kernel; the first has what is left over.
  auto groups = int64_t(block.kernels.size());
  int64_t through = block.expanded % std::max<int64_t>(groups, 1);
  for (int64_t group = 1; group < groups && block.expanded > 0; ++group) {
    through += block.expanded / groups;
    double at = top + high * double(through) / double(block.expanded);
    svg.line(x, at, x + L::boxWidth, at, "part " + classes);
  }
  if (block.squeezed)
    svg.rect(x + L::boxWidth - 7, top, 7, high, "gate " + classes, 3);
  std::string kernels = "k" + kernelsText(block);
  if (block.stride > 1)
    kernels += "/" + std::to_string(block.stride);
  drawLabels(x + L::boxWidth / 2, y, shortened(kernels, 11),
             std::to_string(block.expanded) + (block.squeezed ? " SE" : ""),
             "\u2192 " + std::to_string(block.outChannels));
}

void Figure::drawLane(const StrategyNetwork &network, size_t branch, double y,
                      const std::string &classes) {
  for (auto [s, stage] : llvm::enumerate(network.stages))
    if (s < layout.begin.size() && branch < stage.branches.size())
      for (auto [i, block] : llvm::enumerate(stage.branches[branch]))
        drawBlock(block, s, i, y, classes);
}

void Figure::drawEnd(const char *name, const StrategyEnd &conv, double x, double y,
                     const std::string &more) {
  std::string kernel = "k" + std::to_string(conv.kernel);
  if (conv.stride > 1)
    kernel += "/" + std::to_string(conv.stride);
  double high = layout.heightOf(conv.outChannels);
  svg.rect(x, y - high / 2, L::boxWidth, high, "box k-all", 3,
           std::string(name) + ": " + kernel + ", " + std::to_string(conv.inChannels) + " \u2192 " +
               std::to_string(conv.outChannels) + " channels" + more + " \u00b7 " +
               timeText(conv.us));
  drawLabels(x + L::boxWidth / 2, y, kernel, name, "\u2192 " + std::to_string(conv.outChannels));
}

std::string Figure::headText(const StrategyNetwork &network) const {
  return std::string(", average pool") +
         (network.hidden ? ", linear \u2192 " + std::to_string(network.hidden) : "") +
         ", linear \u2192 " + std::to_string(network.classes);
}

void Figure::drawBase() {
  double y = layout.baseY();
  const StrategyNetwork &base = report.base;
  line(layout.stemLeft, layout.headLeft, y, "flow");
  drawEnd("stem", base.stem, layout.stemLeft, y, "");
  drawLane(base, 0, y, "k-all");
  drawEnd("head", base.head, layout.headLeft, y, headText(base));
  svg.text(8, y - 4, shortened(base.name, 15), "lane");
  svg.text(8, y + 12, "base \u00b7 " + timeText(base.us), "faint");
}

/// From the stem to all lanes, along them, and through the syncs.
void Figure::drawFlows() {
  const auto &stages = report.chosen.stages;
  double shared = layout.sharedY();
  for (size_t b = 0; b < layout.lanes; ++b) {
    double y = layout.laneY(b);
    std::string classes = "lane-line " + laneClass(b);
    curve(layout.stemLeft + L::boxWidth, shared, layout.begin[0], y, classes);
    for (size_t s = 0; s < stages.size(); ++s) {
      line(layout.begin[s], layout.end[s], y, classes);
      bool last = s + 1 == stages.size();
      double joint = layout.joinX(s);
      if (stages[s].sync != 'n')
        curve(layout.end[s], y, joint, shared, classes);
      if (!last && stages[s].sync == 'n')
        line(layout.end[s], layout.begin[s + 1], y, classes);
      else if (!last)
        curve(joint, shared, layout.begin[s + 1], y, classes);
    }
  }
  line(layout.joinX(stages.size() - 1), layout.headLeft, shared, "flow");
}

void Figure::drawJoins() {
  double y = layout.sharedY(), r = L::radius;
  for (auto [s, stage] : llvm::enumerate(report.chosen.stages)) {
    if (stage.sync == 'n')
      continue;
    bool adds = stage.sync == 'a';
    double x = layout.joinX(s);
    svg.rect(x - r, y - r, 2 * r, 2 * r, "joint", r,
             std::string(adds ? "add" : "concat") + " behind stage " + std::to_string(s) + ": " +
                 std::to_string(stage.channels) + " channels \u00b7 " + timeText(stage.joinUs));
    if (adds)
      svg.path("M" + pixels(x - 6) + " " + pixels(y) + "h12M" + pixels(x) + " " + pixels(y - 6) +
                   "v12",
               "sign");
    else
      svg.path("M" + pixels(x - 3) + " " + pixels(y - 6) + "v12M" + pixels(x + 3) + " " +
                   pixels(y - 6) + "v12",
               "sign");
    double above = layout.laneY(0) - 10; // where no lines are
    svg.text(x, above - 14, adds ? "add" : "concat", "share", Svg::middle);
    svg.text(x, above, "\u2192 " + std::to_string(stage.channels), "faint", Svg::middle);
  }
}

std::string Figure::run() {
  drawHeads();
  drawBase();
  double rule = layout.laneY(0) - L::boxHeight / 2 - 8;
  svg.line(8, rule, layout.width - 8, rule, "grid");
  drawFlows();
  const StrategyNetwork &chosen = report.chosen;
  for (size_t b = 0; b < layout.lanes; ++b) {
    double y = layout.laneY(b);
    drawLane(chosen, b, y, laneClass(b));
    svg.text(8, y - 4, "branch " + std::to_string(b), "lane");
    if (b < report.units.size())
      svg.text(8, y + 12, shortened(report.units[b], 18), "faint");
  }
  drawJoins();
  drawEnd("stem", chosen.stem, layout.stemLeft, layout.sharedY(), "");
  drawEnd("head", chosen.head, layout.headLeft, layout.sharedY(), headText(chosen));
  return svg.str();
}

/// So that the layout has what it divides by.
bool isDrawable(const StrategyNetwork &network) {
  auto isEmpty = [](const auto &list) { return list.empty(); };
  return !network.stages.empty() && llvm::all_of(network.stages, [&](const StrategyStage &stage) {
    return stage.branches.size() == network.branches() && !isEmpty(stage.branches) &&
           llvm::none_of(stage.branches, isEmpty);
  });
}

} // namespace

std::string strategyFigure(const StrategyReport &report) {
  if (!isDrawable(report.base) || !isDrawable(report.chosen))
    return "";
  return "<p class=\"note\">Above the base, below what was found, a lane a branch. A box is a "
         "block, as high as it has expanded channels; below it kernels (/ stride), expanded "
         "channels, output channels. A bar at its right is squeeze and excitation (SE), lines "
         "through it part mixed kernels. Exact numbers are in the tooltips.</p>\n" +
         scrolled(Figure(report).run());
}

} // namespace snc
