// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/NetworkLayout.h"

#include "codegen/report/ReportFacts.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <map>

namespace snc {

namespace {

constexpr size_t kMostTracks = 16; // lines beyond share the last track

class Layouter {
public:
  explicit Layouter(const Report &report) : report(report), plan(report.plan) {}
  NetworkLayout run();

private:
  void placeSegment(const PlanSegment &segment);
  std::vector<int64_t> rowsOfPaths(const PlanSegment &segment);
  bool isFirst(int64_t node) const;
  bool isLast(int64_t node) const;
  bool isStraight(int64_t from, int64_t to) const;
  void routeBuses();
  void assignTracks();

  const Report &report;
  const BranchPlan &plan;
  NetworkLayout layout;
  double y = 8;
};

/// Rows such that nodes stand below what they read and below each other in a lane.
std::vector<int64_t> Layouter::rowsOfPaths(const PlanSegment &segment) {
  std::vector<int64_t> rows(size_t(segment.end - segment.begin), 0);
  std::map<int64_t, int64_t> last; // node of each lane
  for (int64_t node = segment.begin; node < segment.end; ++node) {
    size_t i = size_t(node - segment.begin);
    auto below = [&](int64_t other) {
      if (other >= segment.begin && other < node)
        rows[i] = std::max(rows[i], rows[size_t(other - segment.begin)] + 1);
    };
    for (int64_t input : report.nodes[size_t(node)].inputs)
      below(input);
    int64_t lane = segment.units[i];
    if (auto it = last.find(lane); it != last.end()) {
      layout.laneBefore[size_t(node)] = it->second;
      below(it->second);
    }
    last[lane] = node;
  }
  return rows;
}

void Layouter::placeSegment(const PlanSegment &segment) {
  NetworkLayout::Segment placed{&segment, activeUnits(plan, segment), y, y};
  if (segment.isSplit())
    y += NetworkLayout::headHeight + NetworkLayout::nodeGap;
  std::vector<int64_t> rows;
  if (segment.kind == SegmentKind::paths)
    rows = rowsOfPaths(segment);
  constexpr double step = NetworkLayout::nodeHeight + NetworkLayout::nodeGap;
  double bottom = y;
  for (int64_t node = segment.begin; node < segment.end; ++node) {
    int64_t row = node - segment.begin;
    double top = y + step * double(rows.empty() ? row : rows[size_t(row)]);
    layout.nodeTop[size_t(node)] = top;
    layout.segmentOf[size_t(node)] = layout.segments.size();
    bottom = std::max(bottom, top + NetworkLayout::nodeHeight);
  }
  placed.bottom = bottom;
  if (segment.isSplit())
    placed.syncTop = bottom + 12;
  y = placed.end() + NetworkLayout::segmentGap;
  layout.segments.push_back(std::move(placed));
}

/// Whether nothing of its segment stands above `node` in a lane.
bool Layouter::isFirst(int64_t node) const {
  const PlanSegment &segment = *layout.segments[layout.segmentOf[size_t(node)]].plan;
  return segment.kind == SegmentKind::paths ? layout.laneBefore[size_t(node)] < 0
                                            : node == segment.begin;
}

bool Layouter::isLast(int64_t node) const {
  const PlanSegment &segment = *layout.segments[layout.segmentOf[size_t(node)]].plan;
  if (segment.kind != SegmentKind::paths)
    return node == segment.end - 1;
  for (int64_t other = node + 1; other < segment.end; ++other)
    if (layout.laneBefore[size_t(other)] == node)
      return false;
  return true;
}

/// Whether the lines in the lanes already show that `to` reads `from`.
bool Layouter::isStraight(int64_t from, int64_t to) const {
  size_t source = layout.segmentOf[size_t(from)], reader = layout.segmentOf[size_t(to)];
  const PlanSegment &segment = *layout.segments[source].plan;
  if (source != reader)
    return reader == source + 1 && isLast(from) && isFirst(to);
  if (segment.kind != SegmentKind::paths)
    return to == from + 1;
  return segment.units[size_t(from - segment.begin)] != segment.units[size_t(to - segment.begin)] ||
         layout.laneBefore[size_t(to)] == from;
}

void Layouter::routeBuses() {
  std::map<int64_t, std::vector<int64_t>> readers;
  for (int64_t node = 0; node < plan.nodes; ++node)
    for (int64_t input : report.nodes[size_t(node)].inputs)
      if (input >= 0 && input < node && !isStraight(input, node))
        readers[input].push_back(node);
  for (auto &[source, nodes] : readers)
    layout.buses.push_back({source, nodes, 0});
}

/// Short lines go inside, and no two overlap in a track while there are tracks.
void Layouter::assignTracks() {
  auto span = [&](const NetworkLayout::Bus &bus) {
    double low = layout.nodeTop[size_t(bus.source)], high = low;
    for (int64_t reader : bus.readers) {
      low = std::min(low, layout.nodeTop[size_t(reader)]);
      high = std::max(high, layout.nodeTop[size_t(reader)]);
    }
    return std::pair(low, high + NetworkLayout::nodeHeight);
  };
  auto key = [&](const NetworkLayout::Bus &bus) {
    auto [low, high] = span(bus);
    return std::pair(high - low, bus.source);
  };
  llvm::sort(layout.buses, [&](auto &a, auto &b) { return key(a) < key(b); });
  std::vector<std::vector<std::pair<double, double>>> taken(kMostTracks);
  for (NetworkLayout::Bus &bus : layout.buses) {
    auto [low, high] = span(bus);
    auto isFree = [low = low, high = high](auto &track) {
      return llvm::none_of(track,
                           [&](auto &other) { return low < other.second && other.first < high; });
    };
    while (bus.track + 1 < kMostTracks && !isFree(taken[bus.track]))
      ++bus.track;
    taken[bus.track].push_back({low, high});
  }
}

NetworkLayout Layouter::run() {
  double lanes = double(plan.units.size());
  layout.laneWidth = std::clamp(720 / lanes - NetworkLayout::laneGap, 132.0, 420.0);
  layout.nodeTop.assign(size_t(plan.nodes), 0);
  layout.segmentOf.assign(size_t(plan.nodes), 0);
  layout.laneBefore.assign(size_t(plan.nodes), -1);
  for (const PlanSegment &segment : plan.segments)
    placeSegment(segment);
  routeBuses();
  assignTracks();
  size_t tracks = 0;
  for (const NetworkLayout::Bus &bus : layout.buses)
    tracks = std::max(tracks, bus.track + 1);
  layout.width = layout.right(int64_t(plan.units.size()) - 1) + 12 +
                 double(tracks) * NetworkLayout::trackStep + 8;
  layout.height = y - NetworkLayout::segmentGap + 12;
  return std::move(layout);
}

} // namespace

NetworkLayout layoutNetwork(const Report &report) { return Layouter(report).run(); }

} // namespace snc
