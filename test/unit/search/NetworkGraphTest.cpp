// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Networks as nodes: what belongs together, who reads whom, and where all paths
// meet.

#include "ParsedNetwork.h"

#include "gtest/gtest.h"
#include <utility>

using namespace snc;
using snc::test::ParsedNetwork;

namespace {

const std::string T = "tensor<1x8x4x4xf32>";

/// One operator T -> T: "%<name> = snc.<op> %<operands>" at a location of its name.
std::string op(const std::string &name, const std::string &kind,
               std::vector<std::string> operands) {
  std::string names, types;
  for (const std::string &operand : operands) {
    names += (names.empty() ? "%" : ", %") + operand;
    types += (types.empty() ? "" : ", ") + T;
  }
  std::string attributes = kind == "softmax"    ? " {axis = 1 : i64}"
                           : kind == "max_pool" ? " {kernel = array<i64: 3, 3>, strides = "
                                                  "array<i64: 1, 1>, dilations = array<i64: 1, 1>, "
                                                  "pads = array<i64: 1, 1, 1, 1>}"
                                                : "";
  return "%" + name + " = snc." + kind + " " + names + attributes + " : (" + types + ") -> " + T +
         " loc(\"" + name + "\")\n";
}

std::string network(const std::string &body, const std::string &results) {
  std::string types, separator;
  for (char c : results)
    types += c == '%' ? std::exchange(separator, ", ") + T : "";
  return "func.func @main(%x: " + T + ") -> (" + types + ") {\n" + body + "return " + results +
         " : " + types + "\n}";
}

std::vector<std::string> namesOf(const NetworkGraph &graph) {
  std::vector<std::string> names;
  for (const NetworkNode &node : graph.nodes())
    names.push_back(node.name);
  return names;
}

using Names = std::vector<std::string>;
using Positions = llvm::SmallVector<int64_t>;

TEST(NetworkGraph, AnEmptyNetworkHasNoNodes) {
  ParsedNetwork network("func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
                        "return %x : tensor<4xf32>\n}");
  NetworkGraph graph(network.main);
  EXPECT_EQ(graph.size(), 0);
  EXPECT_TRUE(graph.exits(0, 0).empty());
  EXPECT_TRUE(graph.cutPoints().empty());
  EXPECT_EQ(graph.producer(network.main.getArgument(0)), -1);
}

TEST(NetworkGraph, AnOperatorTakesElementwiseOnesAlong) {
  ParsedNetwork n(network(op("p", "max_pool", {"x"}) + op("r", "relu", {"p"}) +
                              op("s", "add", {"r", "x"}) + op("q", "max_pool", {"s"}),
                          "%q"));
  NetworkGraph graph(n.main);
  EXPECT_EQ(namesOf(graph), (Names{"p+r+s", "q"}));
  EXPECT_TRUE(mlir::isa<MaxPoolOp>(graph.nodes()[0].anchor));
  EXPECT_EQ(graph.nodes()[0].ops.size(), 3u);
  EXPECT_EQ(graph.nodes()[0].inputs, Positions{});
  EXPECT_EQ(graph.nodes()[1].inputs, Positions{0});
}

TEST(NetworkGraph, AValueWithTwoUsersEndsItsNode) {
  ParsedNetwork n(network(op("p", "max_pool", {"x"}) + op("r", "relu", {"p"}) +
                              op("s", "sigmoid", {"p"}) + op("a", "add", {"r", "s"}),
                          "%a"));
  NetworkGraph graph(n.main);
  ASSERT_EQ(graph.size(), 2);
  EXPECT_EQ(namesOf(graph), (Names{"p", "r+s+a"}));
  EXPECT_EQ(graph.nodes()[1].inputs, Positions{0}) << "once, though two operators read it";
  EXPECT_EQ(graph.nodes()[1].anchor->getName().stripDialect(), "relu") << "the first";
}

TEST(NetworkGraph, ConstantsBelongToNoNode) {
  ParsedNetwork n("func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
                  "%c = snc.constant dense<1.0> : tensor<4xf32> : tensor<4xf32>\n"
                  "%0 = snc.add %x, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n"
                  "return %0 : tensor<4xf32>\n}");
  NetworkGraph graph(n.main);
  ASSERT_EQ(graph.size(), 1);
  EXPECT_EQ(graph.nodes()[0].ops.size(), 1u);
  EXPECT_EQ(graph.producer(graph.nodes()[0].anchor->getOperand(1)), -1);
  EXPECT_EQ(graph.producer(graph.nodes()[0].anchor->getResult(0)), 0);
}

const char *kReshaped = R"(
func.func @main(%x: tensor<1x8x4x4xf32>) -> (tensor<1x128xf32>, tensor<128xf32>) {
  %0 = snc.reshape %x {shape = array<i64: 1, 128>} : (tensor<1x8x4x4xf32>) -> tensor<1x128xf32>
  %1 = snc.reshape %0 {shape = array<i64: 2, 64>} : (tensor<1x128xf32>) -> tensor<2x64xf32>
  %2 = snc.softmax %1 {axis = 1 : i64} : (tensor<2x64xf32>) -> tensor<2x64xf32>
  %3 = snc.reshape %2 {shape = array<i64: 1, 128>} : (tensor<2x64xf32>) -> tensor<1x128xf32>
  %4 = snc.softmax %0 {axis = 1 : i64} : (tensor<1x128xf32>) -> tensor<1x128xf32>
  %5 = snc.reshape %4 {shape = array<i64: 128>} : (tensor<1x128xf32>) -> tensor<128xf32>
  return %3, %5 : tensor<1x128xf32>, tensor<128xf32>
})";

TEST(NetworkGraph, ReshapesGoToTheFirstThatReadsThemOrToTheirProducer) {
  ParsedNetwork n(kReshaped);
  NetworkGraph graph(n.main);
  ASSERT_EQ(graph.size(), 2);
  // Both reshapes before the first softmax, and the one behind it that is returned.
  EXPECT_EQ(graph.nodes()[0].ops.size(), 4u);
  EXPECT_EQ(graph.nodes()[1].ops.size(), 2u);
  for (const NetworkNode &node : graph.nodes())
    EXPECT_TRUE(mlir::isa<SoftmaxOp>(node.anchor));
  EXPECT_EQ(graph.nodes()[1].inputs, Positions{0}) << "it reads a reshape of the first node";
  auto exits = graph.exits(0, 1);
  ASSERT_EQ(exits.size(), 2u) << "what the other node reads, and a result";
  EXPECT_EQ(exits[0].getDefiningOp()->getOperand(0), n.main.getArgument(0));
}

TEST(NetworkGraph, AReshapeOfAnArgumentAloneIsInNoNode) {
  ParsedNetwork n("func.func @main(%x: tensor<4xf32>) -> tensor<2x2xf32> {\n"
                  "%0 = snc.reshape %x {shape = array<i64: 2, 2>} : (tensor<4xf32>) -> "
                  "tensor<2x2xf32>\nreturn %0 : tensor<2x2xf32>\n}");
  EXPECT_EQ(NetworkGraph(n.main).size(), 0);
}

/// a -> b -> d, a -> c -> d, of pools, which never join each other, and a sum.
std::string diamond() {
  return op("a", "max_pool", {"x"}) + op("b", "max_pool", {"a"}) + op("c", "max_pool", {"a"}) +
         op("d", "add", {"b", "c"});
}

TEST(NetworkGraph, ExitsAreWhatLaterNodesOrTheModelRead) {
  ParsedNetwork n(network(diamond() + op("e", "max_pool", {"d"}), "%e, %b"));
  NetworkGraph graph(n.main);
  ASSERT_EQ(namesOf(graph), (Names{"a", "b", "c+d", "e"}));
  auto names = [&](int64_t begin, int64_t end) {
    Names result;
    for (mlir::Value v : graph.exits(begin, end))
      result.push_back(graph.nodes()[size_t(graph.producer(v))].name);
    return result;
  };
  EXPECT_EQ(names(0, 1), (Names{"a"}));
  EXPECT_EQ(names(0, 2), (Names{"a", "b"}));
  EXPECT_EQ(names(0, 3), (Names{"b", "c+d"})) << "a stays inside, b is a result";
  EXPECT_EQ(names(2, 4), (Names{"e"}));
}

TEST(NetworkGraph, OpsAreInAnOrderTheyCanRunIn) {
  ParsedNetwork n(network(diamond() + op("e", "max_pool", {"d"}), "%e"));
  NetworkGraph graph(n.main);
  llvm::DenseSet<mlir::Operation *> seen;
  for (mlir::Operation *o : graph.ops(0, graph.size())) {
    for (mlir::Value operand : o->getOperands())
      if (operand.getDefiningOp())
        EXPECT_TRUE(seen.contains(operand.getDefiningOp()));
    seen.insert(o);
  }
  EXPECT_EQ(seen.size(), 5u);
}

TEST(NetworkGraph, AChainCanBeCutAnywhere) {
  ParsedNetwork n(network(
      op("a", "max_pool", {"x"}) + op("b", "max_pool", {"a"}) + op("c", "max_pool", {"b"}), "%c"));
  EXPECT_EQ(NetworkGraph(n.main).cutPoints(), (Positions{0, 1, 2}));
}

TEST(NetworkGraph, StagesEndWhereAllPathsMeet) {
  ParsedNetwork n(network(diamond() + op("e", "max_pool", {"d"}), "%e"));
  // Nodes a, c, b+d, e: the sum goes with its first operand, c is passed by.
  EXPECT_EQ(NetworkGraph(n.main).cutPoints(), (Positions{0, 2, 3}));
}

TEST(NetworkGraph, ASecondInputPassesByWhatIsBeforeItsUse) {
  // x is read by the first and the last: the last alone is on all paths.
  ParsedNetwork n(network(op("a", "max_pool", {"x"}) + op("b", "max_pool", {"x"}) +
                              op("c", "max_pool", {"a"}) + op("d", "add", {"c", "b"}) +
                              op("e", "softmax", {"d"}),
                          "%e"));
  NetworkGraph graph(n.main);
  ASSERT_EQ(namesOf(graph), (Names{"a", "b", "c+d", "e"}));
  EXPECT_EQ(graph.cutPoints(), (Positions{2, 3}));
}

TEST(NetworkGraph, TwoResultsMeetNowhereBehindTheirFork) {
  ParsedNetwork n(
      network(op("a", "max_pool", {"x"}) + op("b", "max_pool", {"a"}) + op("c", "max_pool", {"a"}),
              "%b, %c"));
  EXPECT_EQ(NetworkGraph(n.main).cutPoints(), (Positions{0}));
}

} // namespace
