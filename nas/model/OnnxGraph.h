// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nodes and values of an ONNX graph that is written; private to OnnxWriter.

#ifndef SNC_NAS_MODEL_ONNXGRAPH_H
#define SNC_NAS_MODEL_ONNXGRAPH_H

#include "onnx-ml.pb.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"

namespace snc {

/// Adds to a graph, which must outlive it. Nodes are named path + "/" + type, with "_1", "_2", ...
/// where a path has several; values for the nodes that they come from.
class OnnxGraph {
public:
  explicit OnnxGraph(onnx::GraphProto &graph) : graph(graph) {}

  onnx::NodeProto &node(const char *type, llvm::ArrayRef<std::string> inputs,
                        const std::string &path);
  /// The first result of such a node.
  std::string value(const char *type, llvm::ArrayRef<std::string> inputs, const std::string &path) {
    return node(type, inputs, path).output(0);
  }
  /// A constant of that name, made when it is first asked for. Constants are nodes: initializers
  /// are what can be trained, and nothing else.
  std::string constant(const std::string &name, float value);
  std::string constant(const std::string &name, llvm::ArrayRef<int64_t> values);

  static void set(onnx::NodeProto &node, const char *name, int64_t value);
  static void set(onnx::NodeProto &node, const char *name, float value);
  static void set(onnx::NodeProto &node, const char *name, llvm::ArrayRef<int64_t> values);

private:
  std::string constant(const std::string &name, const onnx::TensorProto &value);

  onnx::GraphProto &graph;
  llvm::StringMap<unsigned> used; ///< names without their numbers
};

} // namespace snc

#endif // SNC_NAS_MODEL_ONNXGRAPH_H
