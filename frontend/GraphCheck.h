// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must hold of a graph before any node is imported.

#ifndef SNC_FRONTEND_GRAPHCHECK_H
#define SNC_FRONTEND_GRAPHCHECK_H

#include "onnx-ml.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

namespace snc {

/// What of a graph its outputs depend on.
struct GraphFacts {
  llvm::DenseSet<const onnx::NodeProto *> reachable;
  llvm::StringSet<> used; ///< values that reachable nodes read, and the outputs
  int64_t opset = 0;
};

/// Checks opset, names and operators: every value has one definition, no node
/// holds a sub-graph, all reachable operators are known. All unknown ones are in
/// one diagnostic.
mlir::FailureOr<GraphFacts> checkGraph(const onnx::ModelProto &model, mlir::Location loc);

} // namespace snc

#endif // SNC_FRONTEND_GRAPHCHECK_H
