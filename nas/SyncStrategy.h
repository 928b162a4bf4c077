// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Synchronization strategies and the tree of them (Kang et al., LCTES 2023, section 4): which
// stages a sync follows, and of which kind it is.

#ifndef SNC_NAS_SYNCSTRATEGY_H
#define SNC_NAS_SYNCSTRATEGY_H

#include "nas/StagedNetwork.h"
#include "search/DecisionSpace.h"
#include <optional>

namespace snc {

/// The sync behind each stage. A whole strategy has one behind the last.
using SyncStrategy = std::vector<SyncKind>;

/// As SyncNAS names strategies: number of syncs, stages they follow, kinds: "sync3_046_aaa"; with
/// dashes between the stages where there are more than ten, "sync2_4-11_ac".
std::string nameOf(llvm::ArrayRef<SyncKind> strategy);

/// The strategy of that name for so many stages; nullopt where it is none.
std::optional<SyncStrategy> strategyNamed(llvm::StringRef name, size_t stages);

/// In which order a strategy is decided.
enum class SyncOrder {
  published, ///< SyncNAS's: how many syncs, behind which stages but the last, the kind of each
  stages     ///< stage by stage: none, add or concat; behind the last add or concat
};

/// All strategies of a network of `stages` stages, 2 * 3^(stages - 1). The letters of a leaf are
/// those of its stages.
class SyncSpace : public DecisionSpace {
public:
  /// 1 to 64 stages.
  explicit SyncSpace(size_t stages, SyncOrder order = SyncOrder::published)
      : stages(stages), order(order) {}

  unsigned width(llvm::ArrayRef<uint16_t> path) const override;
  double size() const override;
  std::string nameOf(llvm::ArrayRef<uint16_t> leaf) const override;

  Choices lettersOf(llvm::ArrayRef<uint16_t> leaf) const override;

  /// The part of a name that the choices of `path`, a node, settle: "", "sync3", "sync3_0",
  /// "sync3_046", "sync3_046_a"; by stages the letters so far, "n", "na"; of a leaf the whole name.
  std::string prefixOf(llvm::ArrayRef<uint16_t> path) const;

  SyncStrategy strategyOf(llvm::ArrayRef<uint16_t> leaf) const;
  /// The leaf of a whole strategy.
  Choices leafOf(llvm::ArrayRef<SyncKind> strategy) const;

private:
  size_t stages;
  SyncOrder order;
};

} // namespace snc

#endif // SNC_NAS_SYNCSTRATEGY_H
