// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts end where blocks of the result do, so their concat moves nothing. A block costs the
// same whether its lanes belong to one group or to four, as long as no more inputs are read:
// groups that share a block are one part. Where parts end is a shortest path over the ends of
// blocks next to the ends of groups.

#include "ir/GroupParts.h"

#include "ir/Layout.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

using namespace llvm;

namespace snc {

namespace {
constexpr size_t kMostParts = 256;
/// Ends of blocks that a part may pass over: bounds the search.
constexpr size_t kWindow = 64;

/// All times in tenths of a vector multiply-add of one thread.
class PartCosts {
public:
  explicit PartCosts(const GroupedShape &shape) : s(shape) {}

  /// The part of outputs [begin, end), and its time.
  std::pair<GroupPart, double> part(int64_t begin, int64_t end) const;

  int64_t outs() const { return s.groups * s.groupOut; }
  int64_t ins() const { return s.groups * s.groupIn; }

private:
  /// Register tiles of few blocks wait for their broadcasts: 0.4 of a block (docs/schedules.md).
  /// A weight that is read for few pixels takes as long as eight of them.
  double products(int64_t inputs, int64_t outputs) const {
    double tile = 10 * double(divideCeil(outputs, s.outLanes)) + 4;
    double pixels = double(std::max<int64_t>(8, s.images * s.outPixels));
    return double(inputs) * double(s.taps) * tile * pixels;
  }
  /// A vector that moves between blocks takes about as long as eight multiply-adds.
  double copies(int64_t channels, int64_t lanes, int64_t pixels) const {
    return 80 * double(divideCeil(channels, lanes)) * double(s.images * pixels) + kernel();
  }
  /// A kernel's own cost, a third of a microsecond; its threads all wait that long.
  double kernel() const { return 20000 * double(s.threads); }

  const GroupedShape &s;
};
} // namespace

std::pair<GroupPart, double> PartCosts::part(int64_t begin, int64_t end) const {
  GroupPart part{begin, end, begin / s.groupOut * s.groupIn,
                 int64_t(divideCeil(end, s.groupOut)) * s.groupIn};
  bool all = end - begin == outs();
  double time = kernel();
  // Channels of several images are not in one piece.
  if (!all && s.images > 1)
    time += copies(end - begin, s.outLanes, s.outPixels);
  if (part.inEnd - part.inBegin == ins())
    return {part, time + products(ins(), end - begin)};
  GroupPart wide = part;
  wide.inBegin = part.inBegin / s.inLanes * s.inLanes;
  wide.inEnd = std::min(int64_t(alignTo(uint64_t(part.inEnd), uint64_t(s.inLanes))), ins());
  bool free = s.images == 1 || (wide.inBegin == 0 && wide.inEnd == ins());
  double exact = products(part.inEnd - part.inBegin, end - begin) +
                 copies(part.inEnd - part.inBegin, s.inLanes, s.inPixels);
  double blocks = products(wide.inEnd - wide.inBegin, end - begin);
  return free && blocks <= exact ? std::pair(wide, time + blocks) : std::pair(part, time + exact);
}

/// Where parts may end, 0 and the end included, rising.
static SmallVector<int64_t> endsOf(const GroupedShape &s) {
  SmallVector<int64_t> ends;
  int64_t all = s.groups * s.groupOut;
  for (int64_t end = 0; end <= all; end += s.groupOut) {
    ends.push_back(end / s.outLanes * s.outLanes);
    ends.push_back(std::min(int64_t(alignTo(uint64_t(end), uint64_t(s.outLanes))), all));
  }
  ends.push_back(all);
  llvm::sort(ends);
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

std::optional<GroupedShape> groupedShapeOf(const KernelShape &k, int64_t blockLanes,
                                           int64_t threads) {
  bool depthwise = k.group > 1 && k.in[1] == k.group && k.out[1] == k.group;
  if (k.op != "conv" || k.group == 1 || depthwise || k.isFused())
    return std::nullopt;
  GroupedShape shape;
  shape.groups = k.group;
  shape.groupIn = k.in[1] / k.group;
  shape.groupOut = k.out[1] / k.group;
  shape.taps = k.kernel[0] * k.kernel[1];
  shape.images = k.in[0];
  shape.inPixels = k.in[2] * k.in[3];
  shape.outPixels = k.out[2] * k.out[3];
  shape.inLanes = preferredLanes(k.in[1], blockLanes);
  shape.outLanes = preferredLanes(k.out[1], blockLanes);
  shape.threads = threads;
  return shape;
}

SmallVector<GroupPart, 0> groupParts(const GroupedShape &shape) {
  PartCosts costs(shape);
  SmallVector<int64_t> ends = endsOf(shape);
  // best[i]: the least time of all before ends[i], and where its last part begins.
  std::vector<double> best(ends.size(), std::numeric_limits<double>::infinity());
  std::vector<size_t> from(ends.size(), 0);
  best[0] = 0;
  for (size_t i = 1; i < ends.size(); ++i)
    for (size_t j = i > kWindow ? i - kWindow : 0; j < i; ++j)
      if (double time = best[j] + costs.part(ends[j], ends[i]).second; time < best[i]) {
        best[i] = time;
        from[i] = j;
      }
  SmallVector<GroupPart, 0> parts;
  for (size_t i = ends.size() - 1; i > 0; i = from[i]) {
    if (parts.size() == kMostParts)
      return {};
    parts.push_back(costs.part(ends[from[i]], ends[i]).first);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

} // namespace snc
