// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products: how many columns make a panel and how many rows go through it.

#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

Menu gemmMenu(GemmOp gemm, const MenuContext &context) {
  auto out = gemm.getType().getShape();
  int64_t vector = context.target.vectorLanes, registers = context.target.registers;
  int64_t most = int64_t(llvm::alignTo(out[1], uint64_t(vector)));
  Menu menu;
  auto add = [&](int64_t columns, int64_t rows) {
    rows = std::min(rows, out[0]);
    int64_t lanes = std::min(columns * vector, most);
    // Sums, weights, a broadcast.
    bool fits = (lanes / vector) * (rows + 1) + 1 <= registers;
    ScheduleAttr schedule =
        context.make("gemm", {{"lanes", lanes}, {"rows", rows}, {"strips", context.threads}});
    if ((menu.empty() || fits) && !llvm::is_contained(menu, schedule))
      menu.push_back(schedule);
  };
  // Eight accumulators hide the latency; one row of them for a vector, several rows
  // of fewer for a matrix.
  if (out[0] >= 4) {
    add(4, registers >= 32 ? 6 : 3);
    for (auto [columns, rows] : {std::pair(3, 8), {2, 12}, {4, 4}, {2, 6}, {6, 4}, {3, 4}})
      add(columns, rows);
  } else {
    add(registers >= 32 ? 8 : 6, 1);
    for (int64_t columns : {4, 6, 12, 2, 14})
      add(columns, 1);
    for (int64_t columns : {4, 8})
      add(columns, out[0]);
  }
  return menu;
}

} // namespace snc
