// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/SyncElision.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/transitive_reduction.hpp>

#include <algorithm>
#include <map>

namespace snc {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

/// Each call with what it must follow: the calls it uses, and the one before it
/// on its unit; a call alone follows and precedes everything.
static Graph orderGraph(llvm::ArrayRef<int64_t> units, llvm::ArrayRef<std::vector<int64_t>> uses) {
  Graph graph(units.size());
  std::map<int64_t, size_t> last;
  for (size_t i = 0; i < units.size(); ++i) {
    std::vector<int64_t> before(uses[i]);
    if (units[i] == kAllUnits) {
      for (auto [unit, call] : last)
        before.push_back(int64_t(call));
      last.clear();
    } else {
      for (int64_t unit : {units[i], kAllUnits})
        if (auto it = last.find(unit); it != last.end())
          before.push_back(int64_t(it->second));
    }
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
    for (int64_t call : before)
      boost::add_edge(size_t(call), i, graph);
    last[units[i]] = i;
  }
  return graph;
}

std::vector<CallEvent> fewestEvents(llvm::ArrayRef<int64_t> units,
                                    llvm::ArrayRef<std::vector<int64_t>> uses) {
  Graph graph = orderGraph(units, uses), reduced;
  std::vector<size_t> vertexOf(units.size()), index(units.size());
  for (size_t i = 0; i < index.size(); ++i)
    index[i] = i;
  boost::transitive_reduction(
      graph, reduced,
      boost::make_iterator_property_map(vertexOf.begin(), boost::get(boost::vertex_index, graph)),
      boost::make_iterator_property_map(index.begin(), boost::get(boost::vertex_index, graph)));
  std::vector<size_t> callOf(units.size());
  for (size_t i = 0; i < vertexOf.size(); ++i)
    callOf[vertexOf[i]] = i;
  std::vector<CallEvent> events;
  for (auto [it, end] = boost::edges(reduced); it != end; ++it) {
    size_t from = callOf[boost::source(*it, reduced)], to = callOf[boost::target(*it, reduced)];
    bool branches = units[from] != kAllUnits && units[to] != kAllUnits;
    if (branches && units[from] != units[to])
      events.push_back({int64_t(from), int64_t(to)});
  }
  std::sort(events.begin(), events.end(), [](const CallEvent &a, const CallEvent &b) {
    return std::pair(a.to, a.from) < std::pair(b.to, b.from);
  });
  return events;
}

} // namespace snc
