// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The branches that a network has of its own, such as those of a searched SyncNAS network
// (Kang et al., LCTES 2023) that was trained and comes back: found from who reads whom
// alone, without names or annotations.

#ifndef SNC_SEARCH_MODELBRANCHES_H
#define SNC_SEARCH_MODELBRANCHES_H

#include "search/NetworkGraph.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace snc {

/// What lies between two neighbouring points that all paths go through, where that is
/// several parts that do not read each other.
struct ModelRegion {
  enum Join {
    add,     ///< elementwise sums
    concat,  ///< one concatenation
    other,   ///< another operator, such as a product
    outputs, ///< none: they leave the network
  };
  int64_t begin = 0, end = 0; ///< nodes; the one that joins is the last where a split may end in it
  int64_t joinNode = -1;      ///< -1: outputs
  Join join = other;
  std::string joinName; ///< of the joining operator in the model; empty: outputs
  /// The nodes of each part that is joined, in order; parts by their first node. Where the
  /// joining node begins with the end of a branch (a convolution, with the sum behind it in
  /// one kernel), it is that branch's last.
  std::vector<std::vector<int64_t>> branches;
  /// The same of what is between, too, but only leaves the network.
  std::vector<std::vector<int64_t>> aside;
  /// The branches have convolutions of the same windows, strides and planes in the same
  /// order, and at least one; pointwise ones aside. So they differ in width alone, and
  /// what is wrong about the predicted time of one is wrong about all.
  bool alike = false;
  /// Blocks of inverted residuals make stages, which end where the stride or the number
  /// of channels changes, and at the join: how many; 0 where branches have no such
  /// blocks, or not as many stages each.
  int64_t stages = 0;

  int64_t size() const { return end - begin; }
};

struct ModelBranches {
  std::vector<ModelRegion> regions; ///< in order; they do not overlap

  /// The name that SyncNAS gives the network, "sync3_046_aaa": number of syncs, the
  /// stages they follow (from 0; dashes between them where they have two digits), their
  /// kinds. Empty where the regions are not its: each of as many branches, with stages,
  /// joined by add or concat, and the next behind the join.
  std::string strategy;

  /// "2 branches in 3 intervals; syncs: add by Add_3, ...; strategy sync3_046_aaa",
  /// for the reader; empty without regions.
  std::string text() const;
};

ModelBranches modelBranchesOf(const NetworkGraph &graph);

/// How many of a node's operators, from the first, belong to one branch: up to one that
/// reads another branch's values, which joins them. `branchOf`: of a node, its branch, or -1
/// for one from before all branches. `own`: the branch; nullopt: the one that the first
/// operator reads, or one more where it reads none.
size_t operatorsBeforeJoin(const NetworkGraph &graph, int64_t node,
                           llvm::function_ref<int64_t(int64_t)> branchOf,
                           std::optional<int64_t> own = std::nullopt);

/// True where what follows those can run behind the branches, each unit on a share of the
/// channels: elementwise operators of one shape.
bool joinsElementwise(const NetworkNode &node, size_t before);

} // namespace snc

#endif // SNC_SEARCH_MODELBRANCHES_H
