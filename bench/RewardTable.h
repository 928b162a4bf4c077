// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rewards of all synchronization strategies of a network, each by one training or more: a search
// whose evaluations are looked up.

#ifndef SNC_BENCH_REWARDTABLE_H
#define SNC_BENCH_REWARDTABLE_H

#include "nas/SyncStrategy.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace snc::bench {

/// A table is read whole or not at all. Errors name the file, and the line or what is missing.
class RewardTable {
public:
  /// Reads a CSV table with the columns `name` (of a strategy, SyncNAS's), `seed` and `score`
  /// (larger is better), a row for each training. Every strategy has one at least; the last
  /// stage in the first row's name says how many stages there are.
  static llvm::Expected<RewardTable> read(llvm::StringRef path);

  size_t stages = 0;
  llvm::StringMap<double> score; ///< by strategy: mean of its trainings
  size_t trainings = 0;
  double trainingNoise = 0; ///< standard deviation of a training's score, pooled over strategies
                            ///< that have several; 0: none has
  double entryNoise = 0;    ///< root mean square of the standard errors of the means
  double spread = 0;        ///< standard deviation of `falling`
  double truth = 0;         ///< what is left of it without entryNoise: of the strategies themselves
  std::vector<double> falling; ///< all scores
};

/// Scores that need no training, for every strategy.
struct ProxyTable {
  /// Reads a CSV table with the column `name` and a column for each kind of score (`seed` and
  /// `seconds` are none); a row for each strategy of a network of `stages` stages. Larger is
  /// better, but for `rank`, which is read as its negation.
  static llvm::Expected<ProxyTable> read(llvm::StringRef path, size_t stages);

  std::vector<std::string> kinds;
  std::vector<llvm::StringMap<double>> scores; ///< for each kind, by strategy
};

/// The negative mean score of a strategy.
class RewardCost : public Evaluator {
public:
  /// Neither is owned.
  RewardCost(const SyncSpace &space, const RewardTable &table) : space(space), table(table) {}
  double cost(llvm::ArrayRef<uint16_t> leaf) override {
    return -table.score.lookup(space.nameOf(leaf));
  }

private:
  const SyncSpace &space;
  const RewardTable &table;
};

} // namespace snc::bench

#endif // SNC_BENCH_REWARDTABLE_H
