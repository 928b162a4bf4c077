// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which processor runs what, and where branches join: the answer of the branch
// search, apart from whoever found it. Written to `plan.json`, given back with
// --plan.

#ifndef SNC_SEARCH_BRANCHPLAN_H
#define SNC_SEARCH_BRANCHPLAN_H

#include "ir/Target.h"
#include "nlohmann/json_fwd.hpp"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace snc {

/// Shares of a split are counted in eighths.
constexpr int64_t kShares = 8;

/// A processor that branches run on: cores that work as one, or a GPU, which one
/// thread feeds.
struct PlanUnit {
  std::string name;
  int64_t threads = 1;
  Device device = Device::cpu;
  bool operator==(const PlanUnit &) const = default;
};

/// Threads of all units.
int64_t totalThreads(llvm::ArrayRef<PlanUnit> units);

/// How a run of nodes is spread over the units.
enum class SegmentKind {
  all,      ///< not split: each kernel in parallel strips over all threads
  single,   ///< not split: on one unit, the others wait
  rows,     ///< each unit its rows of the picture, halos computed twice; concat
  channels, ///< each unit its channels; concat
  add,      ///< each unit its share of the inner channels; partial sums are added
  paths,    ///< what is parallel in the model: whole nodes go to units; join
};

/// Nodes [begin, end) of the network (positions in NetworkGraph).
struct PlanSegment {
  int64_t begin = 0, end = 0;
  SegmentKind kind = SegmentKind::all;
  int64_t unit = 0;            ///< of a single
  std::vector<int64_t> shares; ///< of a split: eighths for each unit, 0 for none
  std::vector<int64_t> units;  ///< of paths: the unit of each node
  std::string name;            ///< for the reader: the first and last node
  bool adds = false;           ///< for the reader: paths that a sum joins

  bool isSplit() const { return kind != SegmentKind::all && kind != SegmentKind::single; }
  bool operator==(const PlanSegment &) const = default;
};

struct BranchPlan {
  int64_t nodes = 0; ///< in the whole network
  std::vector<PlanUnit> units;
  std::vector<PlanSegment> segments;
  std::string ownBranches = {}; ///< for the reader: those of the model (ModelBranches::text)
  bool operator==(const BranchPlan &) const = default;

  /// Checks the rules below; the error names the one that is broken.
  /// P1 There is a unit; names differ and are not empty; threads >= 1, and 1 of a
  ///    GPU. At most one unit is a GPU.
  /// P2 Segments follow each other without a gap, from node 0 to the last, and
  ///    none is empty.
  /// P3 A split names a share for each unit, at least two of them not 0, and
  ///    they sum to 8.
  /// P4 Paths name a unit for each node, and more than one unit.
  /// P5 A single names a unit. There are no shares and units but where P3 and
  ///    P4 want them.
  /// P6 Where a unit is a GPU, no segment is of all threads.
  llvm::Error verify() const;

  /// Positions of the segments' ends that are sync points: behind each split.
  std::vector<int64_t> syncs() const;

  /// As SyncNAS names strategies: number of syncs, the nodes they follow, their
  /// kinds (a: add, c: concat), `sync3_046_aca`; with dashes between the nodes
  /// where they have two digits.
  std::string strategy() const;
};

/// The unit that is a GPU, if any.
std::optional<int64_t> gpuOf(llvm::ArrayRef<PlanUnit> units);

/// All nodes as one segment: on all threads, or on the GPU where there is one.
BranchPlan unsplitPlan(int64_t nodes, std::vector<PlanUnit> units);

/// The same without a GPU that no segment uses; of a network without nodes, on one core.
BranchPlan withoutIdleGpu(BranchPlan plan);

nlohmann::json toJson(const BranchPlan &plan);

/// The plan that `json` holds, or an error that names the faulty member. Only
/// the form is checked here, verify() checks the rest.
llvm::Expected<BranchPlan> branchPlanFromJson(const nlohmann::json &json);

} // namespace snc

#endif // SNC_SEARCH_BRANCHPLAN_H
