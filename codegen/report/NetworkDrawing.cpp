// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/NetworkLayout.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"

#include "llvm/ADT/STLExtras.h"

namespace snc {

namespace {

/// Of the 12 pixel font, generously.
constexpr double kCharacter = 6.8;

class Drawing {
public:
  Drawing(const Report &report, const NetworkLayout &layout)
      : report(report), layout(layout),
        svg(layout.width, layout.height, "net", "The network, a column a unit") {}
  std::string run();

private:
  using Segment = NetworkLayout::Segment;
  void drawBus(const NetworkLayout::Bus &bus);
  void drawFlow(const Segment &from, const Segment &to);
  void drawLines(const Segment &segment);
  void drawPathLines(const Segment &segment);
  void drawLabel(const Segment &segment, size_t position);
  void drawHeads(const Segment &segment);
  void drawNode(const Segment &segment, int64_t node);
  void drawBox(double x, double width, int64_t node, const std::string &classes);
  void drawSync(const Segment &segment);
  void drawCopies(const Segment &segment);
  std::string tooltip(int64_t node) const;
  bool reads(int64_t node, int64_t input) const {
    return llvm::is_contained(report.nodes[size_t(node)].inputs, input);
  }
  double rightOf(int64_t node) const;
  int64_t lastLane() const { return int64_t(report.plan.units.size()) - 1; }

  const Report &report;
  const NetworkLayout &layout;
  Svg svg;
};

std::string classOf(const PlanSegment &segment) {
  return std::string("box k-") + kindName(segment.kind);
}

std::string Drawing::tooltip(int64_t node) const {
  const ReportNode &what = report.nodes[size_t(node)];
  std::string text = std::to_string(node) + ": " + nodeName(report, node);
  if (!what.operators.empty())
    text += " \u00b7 " + what.operators;
  if (!what.shape.empty())
    text += " \u00b7 " + what.shape;
  return text;
}

double Drawing::rightOf(int64_t node) const {
  const Segment &segment = layout.segments[layout.segmentOf[size_t(node)]];
  if (segment.plan->kind == SegmentKind::paths)
    return layout.right(segment.plan->units[size_t(node - segment.plan->begin)]);
  return layout.right(segment.lanes.back());
}

/// From the right side of the source down the margin and back to each reader.
void Drawing::drawBus(const NetworkLayout::Bus &bus) {
  double x = layout.right(lastLane()) + 12 + double(bus.track) * NetworkLayout::trackStep;
  double begin = layout.nodeTop[size_t(bus.source)] + NetworkLayout::nodeHeight * 0.7;
  for (int64_t reader : bus.readers) {
    double end = layout.nodeTop[size_t(reader)] + NetworkLayout::nodeHeight * 0.3;
    bool down = end > begin; // beside each other in different lanes it may go up
    double bend = down ? 4 : -4;
    svg.path("M" + pixels(rightOf(bus.source)) + " " + pixels(begin) + "H" + pixels(x - 4) +
                 "q4 0 4 " + pixels(bend) + "V" + pixels(end - bend) + "q0 " + pixels(bend) +
                 " -4 " + pixels(bend) + "H" + pixels(rightOf(reader) + 4),
             "bus");
    double tip = rightOf(reader);
    svg.path("M" + pixels(tip) + " " + pixels(end) + "l6 -3v6z", "tip");
  }
}

/// What goes down between two segments: straight in lanes that both have, else
/// from the nearest lane across.
void Drawing::drawFlow(const Segment &from, const Segment &to) {
  std::vector<int64_t> sources = from.lanes, targets = to.lanes;
  if (from.plan->isSplit() || from.plan->kind == SegmentKind::all)
    sources = activeUnits(report.plan, PlanSegment()); // a bar across all lanes
  if (to.plan->kind == SegmentKind::all)
    targets = sources;
  for (int64_t target : targets) {
    int64_t source = sources.front();
    for (int64_t other : sources)
      if (std::abs(other - target) < std::abs(source - target))
        source = other;
    double x1 = layout.center(source), x2 = layout.center(target);
    if (source == target) {
      svg.line(x1, from.end(), x2, to.top, "flow");
      continue;
    }
    double half = (from.end() + to.top) / 2;
    svg.path("M" + pixels(x1) + " " + pixels(from.end()) + "C" + pixels(x1) + " " + pixels(half) +
                 " " + pixels(x2) + " " + pixels(half) + " " + pixels(x2) + " " + pixels(to.top),
             "flow");
  }
}

/// Lines behind the boxes of one segment, and dots where a unit waits.
void Drawing::drawLines(const Segment &segment) {
  const PlanSegment &plan = *segment.plan;
  for (int64_t lane = 0; lane <= lastLane(); ++lane) {
    double x = layout.center(lane);
    if (!llvm::is_contained(segment.lanes, lane)) {
      svg.line(x, segment.top, x, segment.bottom, "idle");
      continue;
    }
    if (plan.kind == SegmentKind::paths)
      continue;
    if (plan.isSplit()) { // what is above the first node is drawn over it
      svg.line(x, segment.top, x, layout.nodeTop[size_t(plan.begin)], "flow");
      svg.line(x, segment.bottom, x, segment.syncTop, "flow");
    }
    for (int64_t node = plan.begin + 1; node < plan.end; ++node)
      if (reads(node, node - 1))
        svg.line(x, layout.nodeTop[size_t(node)] - NetworkLayout::nodeGap, x,
                 layout.nodeTop[size_t(node)], "flow");
  }
  if (plan.kind == SegmentKind::paths)
    drawPathLines(segment);
}

void Drawing::drawPathLines(const Segment &segment) {
  const PlanSegment &plan = *segment.plan;
  std::vector<double> bottoms(size_t(lastLane() + 1), segment.top);
  auto lane = [&](int64_t node) { return plan.units[size_t(node - plan.begin)]; };
  for (int64_t node = plan.begin; node < plan.end; ++node) {
    double top = layout.nodeTop[size_t(node)], x = layout.center(lane(node));
    bottoms[size_t(lane(node))] = top + NetworkLayout::nodeHeight;
    auto isOutside = [&](int64_t input) { return input < plan.begin; };
    if (layout.laneBefore[size_t(node)] < 0 &&
        llvm::any_of(report.nodes[size_t(node)].inputs, isOutside))
      svg.line(x, segment.top, x, top, "flow");
    for (int64_t input : report.nodes[size_t(node)].inputs) {
      if (input < plan.begin || input >= node)
        continue;
      double from = layout.center(lane(input));
      double bottom = layout.nodeTop[size_t(input)] + NetworkLayout::nodeHeight;
      if (layout.laneBefore[size_t(node)] == input)
        svg.line(x, bottom, x, top, "flow");
      else if (lane(input) != lane(node))
        svg.path("M" + pixels(from) + " " + pixels(bottom) + "C" + pixels(from) + " " +
                     pixels(bottom + 20) + " " + pixels(x) + " " + pixels(top - 20) + " " +
                     pixels(x) + " " + pixels(top),
                 "flow");
    }
  }
  for (int64_t unit : segment.lanes)
    svg.line(layout.center(unit), bottoms[size_t(unit)], layout.center(unit), segment.syncTop,
             "flow");
}

/// Left of the lanes: the segment's number and kind, and what it takes.
void Drawing::drawLabel(const Segment &segment, size_t position) {
  svg.rect(92, segment.top, 3, segment.end() - segment.top, classOf(*segment.plan) + " bracket",
           1.5);
  svg.text(84, segment.top + 14, std::to_string(position) + "  " + kindName(segment.plan->kind),
           "label", Svg::end);
  std::optional<double> time = segmentTime(report, *segment.plan);
  if (time && segment.end() - segment.top > 30)
    svg.text(84, segment.top + 30, timeText(*time), "faint", Svg::end);
}

/// Above a split, in each lane: the share.
void Drawing::drawHeads(const Segment &segment) {
  const PlanSegment &plan = *segment.plan;
  for (int64_t lane : segment.lanes) {
    std::string share =
        plan.kind == SegmentKind::paths
            ? counted(llvm::count(plan.units, lane), "node")
            : std::to_string(plan.shares[size_t(lane)]) + "/8 " +
                  (plan.kind == SegmentKind::add ? "inner channels" : kindName(plan.kind));
    svg.rect(layout.left(lane), segment.top, layout.laneWidth, NetworkLayout::headHeight,
             classOf(plan) + " head", 5);
    svg.text(layout.center(lane), segment.top + 13, share, "share", Svg::middle);
  }
}

void Drawing::drawBox(double x, double width, int64_t node, const std::string &classes) {
  double top = layout.nodeTop[size_t(node)];
  const ReportNode &what = report.nodes[size_t(node)];
  svg.rect(x, top, width, NetworkLayout::nodeHeight, classes, 5, tooltip(node));
  std::string number = std::to_string(node);
  double indent = 14 + double(number.size()) * kCharacter;
  size_t room = size_t((width - indent - 9) / kCharacter);
  size_t shape = columns(printable(what.shape));
  bool withShape = !what.shape.empty() && shape + 22 <= room;
  size_t name = withShape ? room - shape - 2 : room;
  svg.text(x + 8, top + 15, number, "faint");
  svg.text(x + indent, top + 15, shortened(nodeName(report, node), name), "name");
  if (withShape)
    svg.text(x + width - 9, top + 15, what.shape, "faint", Svg::end);
}

void Drawing::drawNode(const Segment &segment, int64_t node) {
  const PlanSegment &plan = *segment.plan;
  std::string classes = classOf(plan);
  if (plan.kind == SegmentKind::all) {
    drawBox(layout.left(0), layout.right(lastLane()) - layout.left(0), node, classes);
  } else if (plan.kind == SegmentKind::paths) {
    drawBox(layout.left(plan.units[size_t(node - plan.begin)]), layout.laneWidth, node, classes);
  } else {
    for (int64_t lane : segment.lanes)
      drawBox(layout.left(lane), layout.laneWidth, node, classes);
  }
}

void Drawing::drawSync(const Segment &segment) {
  if (segment.syncTop < 0)
    return;
  std::string sync = syncName(*segment.plan);
  double x = layout.left(0), width = layout.right(lastLane()) - x;
  svg.rect(x, segment.syncTop, width, NetworkLayout::syncHeight, "sync", 10,
           sync + " behind node " + std::to_string(segment.plan->end - 1));
  svg.text(x + width / 2, segment.syncTop + 14, sync.substr(0, 1) + " \u00b7 " + sync, "onsync",
           Svg::middle);
}

/// Above a segment, in the GPU's lane: what is copied for it.
void Drawing::drawCopies(const Segment &segment) {
  CopyFacts copies = copiesOf(report, segment.plan);
  std::string text;
  if (copies.uploads)
    text += "\u2191 " + bytesText(copies.uploadBytes);
  if (copies.downloads)
    text += (text.empty() ? "" : "  ") + std::string("\u2193 ") + bytesText(copies.downloadBytes);
  if (!text.empty())
    svg.text(layout.right(*gpuOf(report.plan.units)) - 4, segment.top - 7, text, "copied",
             Svg::end);
}

std::string Drawing::run() {
  for (const NetworkLayout::Bus &bus : layout.buses)
    drawBus(bus);
  for (size_t i = 1; i < layout.segments.size(); ++i)
    drawFlow(layout.segments[i - 1], layout.segments[i]);
  for (const Segment &segment : layout.segments)
    drawLines(segment);
  for (const auto &[i, segment] : llvm::enumerate(layout.segments)) {
    drawLabel(segment, i);
    drawCopies(segment);
    if (segment.plan->isSplit())
      drawHeads(segment);
    for (int64_t node = segment.plan->begin; node < segment.plan->end; ++node)
      drawNode(segment, node);
    drawSync(segment);
  }
  return svg.str();
}

/// The names of the lanes, which stay in view.
std::string laneNames(const Report &report, const NetworkLayout &layout) {
  Svg svg(layout.width, 28, "net lanes", "The units");
  for (const auto &[lane, unit] : llvm::enumerate(report.plan.units)) {
    std::string threads = unitText(unit);
    double room = layout.laneWidth / kCharacter - double(threads.size()) - 3;
    std::string text = shortened(unit.name, size_t(std::max(room, 5.0)));
    svg.text(layout.center(int64_t(lane)), 19, text + " \u00b7 " + threads, "lane", Svg::middle);
  }
  return svg.str();
}

} // namespace

std::string networkDrawing(const Report &report) {
  if (report.nodes.empty() || int64_t(report.nodes.size()) != report.plan.nodes)
    return "";
  if (llvm::Error error = report.plan.verify()) {
    llvm::consumeError(std::move(error));
    return "";
  }
  NetworkLayout layout = layoutNetwork(report);
  return kindLegend(report.plan) +
         "<div class=\"scroll tall\" tabindex=\"0\">\n<div class=\"sticky\">" +
         laneNames(report, layout) + "</div>\n" + Drawing(report, layout).run() + "</div>\n";
}

} // namespace snc
