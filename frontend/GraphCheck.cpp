// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/GraphCheck.h"

#include "frontend/Operators.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace snc {

// Opset 24 gave our operators new element types and no new meaning.
constexpr int64_t kFirstOpset = 7, kLastOpset = 24;

static bool isStandard(StringRef domain) { return domain.empty() || domain == "ai.onnx"; }

/// Operators that are folded with shapes but have no kernel.
static bool isShapeOnly(StringRef op) { return op == "Range"; }

static FailureOr<int64_t> opsetOf(const onnx::ModelProto &model, Location loc) {
  int64_t opset = 0;
  for (const auto &entry : model.opset_import())
    if (isStandard(entry.domain()))
      opset = entry.version();
  if (opset == 0)
    return emitError(loc, "states no opset of the standard domain");
  if (opset < kFirstOpset || opset > kLastOpset)
    return emitError(loc, "is of opset ")
           << opset << "; opsets " << kFirstOpset << " to " << kLastOpset
           << " are supported: export it again in one of them";
  return opset;
}

static LogicalResult checkNames(const onnx::GraphProto &graph, Location loc) {
  llvm::StringSet<> defined, initializers;
  if (graph.sparse_initializer_size())
    return emitError(loc, "has sparse initializers, which are not supported: export them dense");
  for (const auto &tensor : graph.initializer())
    if (tensor.name().empty() || !initializers.insert(tensor.name()).second)
      return emitError(loc, "has two initializers called '")
             << tensor.name() << "', or one without a name";
  for (const auto &input : graph.input())
    if (input.name().empty() || !defined.insert(input.name()).second)
      return emitError(loc, "has two inputs called '")
             << input.name() << "', or one without a name";
  for (const auto &node : graph.node())
    for (const std::string &output : node.output())
      if (!output.empty() && (initializers.contains(output) || !defined.insert(output).second))
        return emitError(loc, "defines the value '") << output << "' twice";
  return success();
}

static GraphFacts reach(const onnx::GraphProto &graph) {
  GraphFacts facts;
  llvm::StringMap<const onnx::NodeProto *> producer;
  for (const auto &node : graph.node())
    for (const std::string &output : node.output())
      producer[output] = &node;
  std::vector<StringRef> open;
  for (const auto &output : graph.output())
    open.push_back(output.name());
  while (!open.empty()) {
    StringRef name = open.back();
    open.pop_back();
    if (name.empty() || !facts.used.insert(name).second)
      continue;
    const onnx::NodeProto *node = producer.lookup(name);
    if (node && facts.reachable.insert(node).second)
      open.insert(open.end(), node->input().begin(), node->input().end());
  }
  return facts;
}

namespace {
struct Unknown {
  std::string op, first; ///< operator, name of its first node
  int count = 0;
};
} // namespace

static LogicalResult checkOperators(const onnx::GraphProto &graph, const GraphFacts &facts,
                                    Location loc) {
  std::vector<Unknown> unknown; // in order of appearance
  int index = 0;
  for (const auto &node : graph.node()) {
    std::string name =
        node.name().empty() ? node.op_type() + "_" + std::to_string(index) : node.name();
    ++index;
    if (!facts.reachable.contains(&node))
      continue;
    bool known =
        isStandard(node.domain()) && (findHandler(node.op_type()) || isShapeOnly(node.op_type()));
    if (known)
      continue;
    std::string op =
        isStandard(node.domain()) ? node.op_type() : node.domain() + "." + node.op_type();
    auto entry = llvm::find_if(unknown, [&](const Unknown &u) { return u.op == op; });
    if (entry == unknown.end())
      unknown.push_back({op, name, 1});
    else
      ++entry->count;
  }
  if (unknown.empty())
    return success();
  InFlightDiagnostic error = emitError(loc, "uses operators that are not supported: ");
  bool first = true;
  for (const Unknown &entry : unknown) {
    error << (first ? "" : ", ") << entry.op << " (" << entry.count
          << (entry.count == 1 ? " node, " : " nodes, the first is ") << "'" << entry.first << "')";
    first = false;
  }
  return error << "; docs/operators.md lists what is: export the model in float32 without them, or "
                  "simplify it first";
}

FailureOr<GraphFacts> checkGraph(const onnx::ModelProto &model, Location loc) {
  const onnx::GraphProto &graph = model.graph();
  auto opset = opsetOf(model, loc);
  if (failed(opset) || failed(checkNames(graph, loc)))
    return failure();
  GraphFacts facts = reach(graph);
  facts.opset = *opset;
  if (failed(checkOperators(graph, facts, loc)))
    return failure();
  for (const onnx::NodeProto *node : facts.reachable)
    for (const auto &attribute : node->attribute())
      if (attribute.has_g() || attribute.graphs_size())
        return emitError(loc, "node '") << node->name() << "' (" << node->op_type()
                                        << ") holds a sub-graph, which is not supported";
  return facts;
}

} // namespace snc
