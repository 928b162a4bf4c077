// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/NetworkGraph.h"

#include "ir/NodeNames.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/SetVector.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dominator_tree.hpp>

using namespace mlir;

namespace snc {

/// Reshapes have no kernel of their own: each goes to its first user's node, or
/// to its producer's where only the end of the function uses it.
static void placeReshapes(Block &block, std::vector<KernelGroup> &groups) {
  llvm::DenseMap<Operation *, size_t> at;
  for (auto [i, group] : llvm::enumerate(groups))
    for (Operation *op : group)
      at[op] = i;
  auto place = [&](Operation &op, Operation *neighbour) {
    if (auto it = at.find(neighbour); it != at.end() && !at.contains(&op)) {
      at[&op] = it->second;
      groups[it->second].push_back(&op);
    }
  };
  for (Operation &op : llvm::reverse(block)) {
    if (!isa<ReshapeOp>(op))
      continue;
    Operation *first = nullptr;
    for (Operation *user : op.getUsers())
      if (auto it = at.find(user); it != at.end() && (!first || it->second < at[first]))
        first = user;
    if (first)
      place(op, first);
  }
  for (Operation &op : block)
    if (isa<ReshapeOp>(op))
      place(op, op.getOperand(0).getDefiningOp());
}

NetworkGraph::NetworkGraph(func::FuncOp main) {
  Block &block = main.getBody().front();
  std::vector<KernelGroup> groups = groupIntoKernels(block, {});
  std::vector<Operation *> anchors;
  for (const KernelGroup &group : groups) {
    auto it = llvm::find_if(group, [](Operation *op) { return !isElementwise(op); });
    anchors.push_back(it == group.end() ? group.front() : *it);
  }
  placeReshapes(block, groups);
  for (auto [i, group] : llvm::enumerate(groups)) {
    NetworkNode node;
    node.ops = group;
    node.anchor = anchors[i];
    llvm::sort(node.ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    SmallVector<Location> locations;
    for (Operation *op : node.ops) {
      locations.push_back(op->getLoc());
      nodeOf[op] = int64_t(i);
    }
    node.name = displayName(FusedLoc::get(main.getContext(), locations));
    list.push_back(std::move(node));
  }
  for (auto [i, node] : llvm::enumerate(list)) {
    llvm::SmallSetVector<int64_t, 4> inputs;
    for (Operation *op : node.ops)
      for (Value v : op->getOperands())
        if (int64_t from = producer(v); from >= 0 && from != int64_t(i))
          inputs.insert(from);
    node.inputs.assign(inputs.begin(), inputs.end());
    llvm::sort(node.inputs);
  }
}

int64_t NetworkGraph::producer(Value value) const {
  auto it = nodeOf.find(value.getDefiningOp());
  return it == nodeOf.end() ? -1 : it->second;
}

SmallVector<Operation *> NetworkGraph::ops(int64_t begin, int64_t end) const {
  SmallVector<Operation *> result;
  for (int64_t i = begin; i < end; ++i)
    llvm::append_range(result, list[size_t(i)].ops);
  return result;
}

SmallVector<Value> NetworkGraph::exits(int64_t begin, int64_t end) const {
  SmallVector<Value> result;
  for (Operation *op : ops(begin, end)) {
    Value value = op->getResult(0);
    bool outside = llvm::any_of(value.getUsers(), [&](Operation *user) {
      auto it = nodeOf.find(user);
      return it == nodeOf.end() || it->second >= end;
    });
    if (outside)
      result.push_back(value);
  }
  return result;
}

SmallVector<int64_t> NetworkGraph::sinks() const {
  std::vector<bool> used(list.size());
  for (const NetworkNode &node : list)
    for (int64_t from : node.inputs)
      used[size_t(from)] = true;
  SmallVector<int64_t> result;
  for (size_t i = 0; i < list.size(); ++i)
    if (!used[i])
      result.push_back(int64_t(i));
  return result;
}

/// Of all sinks together for the position behind the last node.
SmallVector<int64_t> NetworkGraph::dominatorsOf(int64_t node) const {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;
  using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
  // An exit behind all nodes without users, and an entry before all without inputs.
  Graph graph(list.size() + 2);
  Vertex exit = list.size(), entry = list.size() + 1;
  for (auto [i, node] : llvm::enumerate(list)) {
    for (int64_t from : node.inputs)
      boost::add_edge(size_t(from), i, graph);
    if (node.inputs.empty())
      boost::add_edge(entry, i, graph);
  }
  for (int64_t sink : sinks())
    boost::add_edge(size_t(sink), exit, graph);
  const Vertex none = boost::graph_traits<Graph>::null_vertex();
  std::vector<Vertex> parents(boost::num_vertices(graph), none);
  auto tree =
      boost::make_iterator_property_map(parents.begin(), boost::get(boost::vertex_index, graph));
  boost::lengauer_tarjan_dominator_tree(graph, entry, tree);
  SmallVector<int64_t> result;
  for (Vertex v = parents[size_t(node)]; v != entry && v != none; v = parents[v])
    result.push_back(int64_t(v));
  std::reverse(result.begin(), result.end());
  return result;
}

SmallVector<int64_t> NetworkGraph::cutPoints() const { return dominatorsOf(size()); }

SmallVector<int64_t> NetworkGraph::cutPointsTo(int64_t last) const {
  SmallVector<int64_t> result = dominatorsOf(last);
  result.push_back(last);
  return result;
}

std::vector<int64_t> NetworkGraph::parts(int64_t begin, int64_t end) const {
  llvm::EquivalenceClasses<int64_t> classes;
  for (int64_t i = begin; i < end; ++i) {
    classes.insert(i);
    for (int64_t input : list[size_t(i)].inputs)
      if (input >= begin)
        classes.unionSets(input, i);
  }
  llvm::DenseMap<int64_t, int64_t> numbers; // by leader
  std::vector<int64_t> result;
  for (int64_t i = begin; i < end; ++i)
    result.push_back(
        numbers.try_emplace(classes.getLeaderValue(i), int64_t(numbers.size())).first->second);
  return result;
}

} // namespace snc
