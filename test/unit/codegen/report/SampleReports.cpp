// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SampleReports.h"

#include <algorithm>
#include <random>

namespace snc {

namespace {

/// Lets the units of a segment work and the others wait for them.
class Clock {
public:
  explicit Clock(Report &report) : report(report), now(report.plan.units.size(), 0) {}

  void work(size_t unit, double length, int64_t node, ReportSpan::Kind kind = ReportSpan::kernel) {
    report.timeline.push_back({kind, int64_t(unit), now[unit], now[unit] + length, node});
    now[unit] += length;
  }
  void meet() {
    double latest = *std::max_element(now.begin(), now.end());
    for (size_t unit = 0; unit < now.size(); ++unit)
      if (now[unit] < latest)
        work(unit, latest - now[unit], -1, ReportSpan::wait);
  }

private:
  Report &report;
  std::vector<double> now;
};

void runSegment(Clock &clock, const Report &report, const PlanSegment &segment) {
  size_t units = report.plan.units.size();
  for (int64_t node = segment.begin; node < segment.end; ++node) {
    double length = 60 + 45 * double(node * 7 % 5);
    for (size_t unit = 0; unit < units; ++unit) {
      double part = segment.kind == SegmentKind::all      ? 1 / double(units)
                    : segment.kind == SegmentKind::single ? double(int64_t(unit) == segment.unit)
                    : segment.kind == SegmentKind::paths
                        ? double(segment.units[size_t(node - segment.begin)] == int64_t(unit))
                        : double(segment.shares[unit]) / kShares;
      if (part > 0)
        clock.work(unit, length * part, node);
    }
  }
  clock.meet();
  if (segment.isSplit())
    for (size_t unit = 0; unit < units; ++unit)
      clock.work(unit, 9, segment.end - 1, ReportSpan::sync);
}

PlanSegment segmentOf(int64_t begin, int64_t end, SegmentKind kind) {
  PlanSegment segment;
  segment.begin = begin;
  segment.end = end;
  segment.kind = kind;
  return segment;
}

} // namespace

void fillTimeline(Report &report) {
  Clock clock(report);
  for (const PlanSegment &segment : report.plan.segments)
    runSegment(clock, report, segment);
}

Report branchedReport() {
  Report report;
  report.model = "inception-small";
  report.target = "x86-64-avx2";
  report.version = "0.1.0";
  report.plan.nodes = 24;
  report.plan.units = {{"cpu0", 4}, {"cpu1", 4}};
  auto &segments = report.plan.segments;
  segments.push_back(segmentOf(0, 4, SegmentKind::rows));
  segments.back().shares = {5, 3};
  segments.push_back(segmentOf(4, 5, SegmentKind::all));
  segments.push_back(segmentOf(5, 13, SegmentKind::paths));
  segments.back().units = {0, 0, 1, 1, 1, 0, 0, 1};
  segments.push_back(segmentOf(13, 16, SegmentKind::channels));
  segments.back().shares = {4, 4};
  segments.push_back(segmentOf(16, 18, SegmentKind::single));
  segments.back().unit = 1;
  segments.push_back(segmentOf(18, 20, SegmentKind::add));
  segments.back().shares = {6, 2};
  segments.push_back(segmentOf(20, 24, SegmentKind::all));
  for (int64_t i = 0; i < 24; ++i)
    report.nodes.push_back({"Conv_" + std::to_string(2 * i) + "+Relu_" + std::to_string(2 * i + 1),
                            "conv+relu",
                            "1x64x56x56",
                            {}});
  for (int64_t i = 1; i < 24; ++i)
    report.nodes[size_t(i)].inputs = {i - 1};
  // Four paths: 5-6, 7-9, 10-11 and 12, which join in 13.
  for (int64_t first : {5, 7, 10, 12})
    report.nodes[size_t(first)].inputs = {4};
  report.nodes[13].inputs = {6, 9, 11, 12};
  report.nodes[3].inputs = {1, 2}; // a skip
  report.choices = {{"one unit", 5230, 5310, false, false},
                    {"data-parallel", 3650, 3720, false, false},
                    {"branches", 2790, 2840, true, true}};
  report.search = {"mcts",
                   7,
                   2000,
                   1412,
                   3.1e14,
                   2710.0,
                   {{1, 4900}, {3, 4100}, {9, 3600}, {40, 3320}, {111, 3000}, {431, 2790}}};
  fillTimeline(report);
  return report;
}

Report gpuReport() {
  Report report = branchedReport();
  report.plan.units = {{"cpu0", 4}, {"gpu0", 1, Device::opencl}};
  for (PlanSegment &segment : report.plan.segments)
    if (segment.kind == SegmentKind::all)
      segment.kind = SegmentKind::single;
  report.choices = {{"cpu0 alone", 5230, std::nullopt, false, false},
                    {"gpu0 alone", 3650, std::nullopt, false, false},
                    {"branches", 2790, std::nullopt, true, true}};
  report.timeline = {{ReportSpan::upload, 1, 0, 2, 0, 1000},
                     {ReportSpan::upload, 1, 2, 5, 0, 2500},
                     {ReportSpan::kernel, 1, 5, 100, 0},
                     {ReportSpan::download, 1, 100, 110, 21, 64000}};
  return report;
}

Report largeReport(int64_t nodes, int64_t segments, int64_t units, unsigned seed) {
  std::mt19937 random(seed);
  auto below = [&](int64_t limit) { return int64_t(random() % uint64_t(limit)); };
  Report report;
  report.model = "large";
  report.target = "aarch64-neon";
  report.version = "0.1.0";
  report.plan.nodes = nodes;
  for (int64_t unit = 0; unit < units; ++unit)
    report.plan.units.push_back({"cluster" + std::to_string(unit), 1 + unit % 4});
  for (int64_t i = 0; i < nodes; ++i) {
    std::string at = "/layer" + std::to_string(i / 9) + "/block." + std::to_string(i % 9);
    report.nodes.push_back({at + "/conv1/Conv+" + at + "/relu/Relu",
                            "conv+relu",
                            "1x" + std::to_string(32 << (i * 5 / nodes)) + "x56x56",
                            {}});
    if (i > 0)
      report.nodes.back().inputs.push_back(i - 1);
    if (i > 3 && i % 3 == 0)
      report.nodes.back().inputs.insert(report.nodes.back().inputs.begin(), i - 3);
  }
  for (int64_t i = 0; i < segments; ++i) {
    PlanSegment segment =
        segmentOf(nodes * i / segments, nodes * (i + 1) / segments, SegmentKind(below(6)));
    if (segment.kind == SegmentKind::single)
      segment.unit = below(units);
    else if (segment.kind == SegmentKind::paths)
      for (int64_t node = segment.begin; node < segment.end; ++node)
        segment.units.push_back((node + i) % units);
    else if (segment.isSplit())
      for (int64_t unit = 0; unit < units; ++unit)
        segment.shares.push_back(kShares / units + (unit < kShares % units));
    report.plan.segments.push_back(segment);
  }
  report.choices = {{"one unit", 9000, std::nullopt, false, false},
                    {"data-parallel", 4210, std::nullopt, false, false},
                    {"branches", 3910, std::nullopt, true, true}};
  report.search = {"mcts", seed, 50000, 50000, 1e300, std::nullopt, {{1, 8000}, {20, 3910}}};
  fillTimeline(report);
  return report;
}

} // namespace snc
