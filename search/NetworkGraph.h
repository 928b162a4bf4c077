// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network at the tensor level as the search sees it: a list of nodes, each a
// kernel-to-be, in an order they can run in. Reads the IR, changes nothing.

#ifndef SNC_SEARCH_NETWORKGRAPH_H
#define SNC_SEARCH_NETWORKGRAPH_H

#include "ir/KernelGrouping.h"

#include <string>
#include <vector>

namespace snc {

/// An operator with the elementwise ones behind it, and reshapes next to them.
struct NetworkNode {
  llvm::SmallVector<mlir::Operation *> ops; ///< in program order, without constants
  mlir::Operation *anchor = nullptr;        ///< what is not elementwise; else the first
  std::string name;                         ///< of the model's nodes, "Conv_3+Relu_4"
  llvm::SmallVector<int64_t> inputs;        ///< nodes whose results it reads, sorted
};

class NetworkGraph {
public:
  explicit NetworkGraph(mlir::func::FuncOp main);

  llvm::ArrayRef<NetworkNode> nodes() const { return list; }
  int64_t size() const { return int64_t(list.size()); }
  /// The node that computes `value`; -1 for arguments and constants.
  int64_t producer(mlir::Value value) const;
  /// Values computed in nodes [begin, end) that are used behind them, in program order.
  llvm::SmallVector<mlir::Value> exits(int64_t begin, int64_t end) const;
  /// The operators of nodes [begin, end), in an order they can run in.
  llvm::SmallVector<mlir::Operation *> ops(int64_t begin, int64_t end) const;

  /// Positions p such that all paths go through node p: those that dominate the
  /// last node (Boost.Graph's dominator tree), which are the borders of stages.
  llvm::SmallVector<int64_t> cutPoints() const;
  /// The same of the paths to node `last`: those that dominate it, and itself.
  llvm::SmallVector<int64_t> cutPointsTo(int64_t last) const;
  /// Nodes whose results no node reads, in order.
  llvm::SmallVector<int64_t> sinks() const;

  /// For each node of [begin, end) a number, from 0 by first node, which those share that
  /// are connected within the run.
  std::vector<int64_t> parts(int64_t begin, int64_t end) const;

private:
  llvm::SmallVector<int64_t> dominatorsOf(int64_t node) const;

  std::vector<NetworkNode> list;
  llvm::DenseMap<mlir::Operation *, int64_t> nodeOf;
};

} // namespace snc

#endif // SNC_SEARCH_NETWORKGRAPH_H
