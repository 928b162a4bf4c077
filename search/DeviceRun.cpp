// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/DeviceRun.h"

#include "ir/ShapeInference.h"

using namespace mlir;

namespace snc {

DeviceRun::DeviceRun(const PlanCost &cost)
    : cost(&cost), gpu(*gpuOf(cost.planUnits())), clocks(cost.planUnits().size(), 0.0) {}

/// Arguments are in the host's memory from the beginning.
DeviceRun::Known &DeviceRun::known(const ValueBox &part) {
  for (Known &k : values)
    if (k.value == part.value && k.sum == part.sum)
      return k;
  values.push_back({part.value, part.sum, {}, {}});
  if (isa<BlockArgument>(part.value))
    values.back().host.add(wholeBox(part.value));
  return values.back();
}

double DeviceRun::hostDone() const {
  double done = 0;
  for (size_t u = 0; u < clocks.size(); ++u)
    if (int64_t(u) != gpu)
      done = std::max(done, clocks[u]);
  return done;
}

double DeviceRun::us() const { return *std::max_element(clocks.begin(), clocks.end()); }

/// `unit` begins at `time`, if it is not later already.
void DeviceRun::start(int64_t unit, double time, std::vector<PlannedSpan> *timeline) {
  double &clock = clocks[size_t(unit)];
  if (timeline && time > clock)
    timeline->push_back({-1, unit, clock, time});
  clock = std::max(clock, time);
}

/// Copies what is missing of `reads`, in the GPU's queue; false for nothing. Of what
/// nobody has, as behind assumeAlike(), all is copied.
bool DeviceRun::copy(ArrayRef<ValueBox> reads, bool up, double notBefore, int64_t node,
                     std::vector<PlannedSpan> *timeline) {
  const GpuDescription &link = cost->costs().device().gpu;
  double &clock = clocks[size_t(gpu)];
  bool any = false;
  for (const ValueBox &read : reads) {
    Known &value = known(read);
    BoxSet &there = up ? value.device : value.host;
    for (const Box &box : there.missing(read.box)) {
      if (!any)
        start(gpu, notBefore, timeline);
      any = true;
      double bytes = bytesOf(read.value, box);
      double us = up ? link.uploadUs + bytes / (link.uploadGBs * 1e3)
                     : link.downloadUs + bytes / (link.downloadGBs * 1e3);
      if (timeline)
        timeline->push_back({node, gpu, clock, clock + us,
                             up ? PlannedSpan::upload : PlannedSpan::download, bytes});
      clock += us;
      copied += us;
    }
    there.add(read.box);
  }
  return any;
}

void DeviceRun::runUnits(ArrayRef<UnitWork> works, int64_t node,
                         std::vector<PlannedSpan> *timeline) {
  const DeviceDescription &device = cost->costs().device();
  double host = hostDone();
  for (const UnitWork &work : works) {
    if (work.unit == gpu)
      continue;
    if (copy(work.reads, /*up=*/false, 0, node, timeline))
      start(work.unit, clocks[size_t(gpu)] + device.gpu.syncUs, timeline);
    if (host > clocks[size_t(work.unit)])
      start(work.unit, host + device.syncUs, timeline);
  }
  for (const UnitWork &work : works)
    if (work.unit == gpu)
      copy(work.reads, /*up=*/true, host + device.gpu.syncUs, node, timeline);
  for (const UnitWork &work : works) {
    double &clock = clocks[size_t(work.unit)];
    for (const PieceCost &piece : work.pieces) {
      if (timeline)
        timeline->push_back({piece.node, piece.unit, clock, clock + piece.us});
      clock += piece.us;
    }
    for (const ValueBox &part : work.writes)
      (work.unit == gpu ? known(part).device : known(part).host).add(part.box);
  }
}

void DeviceRun::add(const PlanSegment &segment, const SegmentWork &work,
                    std::vector<PlannedSpan> *timeline) {
  runUnits(work.branches, segment.begin, timeline);
  if (!work.tails.empty())
    runUnits(work.tails, segment.end - 1, timeline);
  forget(segment.end);
}

/// Partial sums, and what no node from `end` on reads.
void DeviceRun::forget(int64_t end) {
  llvm::erase_if(values, [&](const Known &known) {
    return known.sum >= 0 || cost->lastUse(known.value) < end;
  });
}

double DeviceRun::finish(std::vector<PlannedSpan> *timeline) {
  std::vector<ValueBox> outputs;
  for (Value value : cost->outputs())
    forEachRoot(cost->network(), value, wholeBox(value),
                [&](Value root, const Box &box) { outputs.push_back({root, -1, box}); });
  bool waits = copy(outputs, /*up=*/false, 0, cost->network().size() - 1, timeline);
  double end = clocks[size_t(gpu)] + (waits ? cost->costs().device().gpu.syncUs : 0);
  return std::max(hostDone(), end);
}

/// Rows or channels in the order of the branches' units, as the shares that the
/// branches have of their own results.
void DeviceRun::assumeAlike(const SegmentWork &work) {
  double total = 0, before = 0;
  auto written = [](const UnitWork &unit) {
    double bytes = 0;
    for (const ValueBox &part : unit.writes)
      bytes += bytesOf(part.value, part.box);
    return bytes;
  };
  for (const UnitWork &unit : work.branches)
    total += written(unit);
  for (const UnitWork &unit : work.branches) {
    double share = written(unit), from = before / std::max(1.0, total);
    before += share;
    double to = before / std::max(1.0, total);
    for (const ValueBox &read : unit.reads) {
      Known &value = known(read);
      Box box = wholeBox(read.value);
      // Of what it reads all of, it has its share of the channels.
      bool rows = read.box.rows != box.rows;
      Range &cut = rows ? box.rows : box.channels;
      auto extent = double(cut.size());
      cut = {int64_t(extent * from + 0.5), int64_t(extent * to + 0.5)};
      (unit.unit == gpu ? value.device : value.host).add(box);
    }
  }
}

} // namespace snc
