// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NAS-Bench-201 (Dong and Yang, ICLR 2020) as a search problem: a cell has six edges with one of
// five operations each; all 15,625 cells were trained, and timed on devices (HELP, Lee et al.,
// NeurIPS 2021).

#ifndef SNC_BENCH_NASBENCH201_H
#define SNC_BENCH_NASBENCH201_H

#include "search/DecisionSpace.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace snc::bench {

/// The six edges in the cell's notation's order, five operations each.
class NasBench201Space : public DecisionSpace {
public:
  static constexpr unsigned edges = 6, operations = 5, cells = 15625;
  unsigned width(llvm::ArrayRef<uint16_t> path) const override;
  double size() const override { return cells; }
  std::string nameOf(llvm::ArrayRef<uint16_t> leaf) const override;
  /// In the order of the leaves.
  static unsigned indexOf(llvm::ArrayRef<uint16_t> leaf);
};

/// Error on CIFAR-10 in percent, infeasible for cells slower than the device's median cell.
class NasBench201Cost : public Evaluator {
public:
  /// Reads the columns `arch`, `c10_test200` and `device` of the CSV table at `path`, which
  /// has a row for each cell.
  static llvm::Expected<NasBench201Cost> read(llvm::StringRef path, llvm::StringRef device);
  double cost(llvm::ArrayRef<uint16_t> leaf) override;

  double bound = 0;             ///< median latency, ms
  std::vector<double> feasible; ///< costs, rising

private:
  std::vector<double> costs; // by indexOf
};

} // namespace snc::bench

#endif // SNC_BENCH_NASBENCH201_H
