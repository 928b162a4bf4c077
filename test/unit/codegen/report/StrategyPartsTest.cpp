// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The front of scores and latencies, the tree's pruning, and axes.

#include "codegen/report/strategy/StrategyParts.h"
#include "PageChecks.h"
#include "StrategySamples.h"
#include "codegen/report/Axis.h"

#include "gtest/gtest.h"

#include <cmath>
#include <random>
#include <regex>
#include <set>

using namespace snc;

namespace {

using Front = std::vector<size_t>;

TEST(Front, LeavesOutWhatIsDominated) {
  EXPECT_EQ(frontOf({{"a", 3, 0.9}, {"b", 1, 0.5}, {"c", 2, 0.4}, {"d", 2, 0.7}}),
            (Front{1, 3, 0}));
}

TEST(Front, Ties) {
  EXPECT_EQ(frontOf({}), Front{});
  EXPECT_EQ(frontOf({{"a", 3, 0.9}}), Front{0});
  // Equal in one number the other decides; equal in both, all stay.
  EXPECT_EQ(frontOf({{"a", 1, 0.4}, {"b", 1, 0.5}, {"c", 2, 0.5}}), Front{1});
  EXPECT_EQ(frontOf({{"a", 1, 0.5}, {"b", 2, 0.6}, {"c", 1, 0.5}, {"d", 2, 0.6}}),
            (Front{0, 2, 1, 3}));
  EXPECT_EQ(frontOf({{"a", 1, -2}, {"b", 1, -1}, {"c", 1, std::nan("")}}), Front{1});
}

TEST(Front, IsWhatComparingAllFinds) {
  std::mt19937 draw(1);
  for (int round = 0; round < 50; ++round) {
    std::vector<StrategySample> samples(round);
    for (StrategySample &sample : samples)
      sample = {"", double(draw() % 9), double(draw() % 9)};
    std::set<size_t> expected;
    for (size_t i = 0; i < samples.size(); ++i) {
      bool dominated = false;
      for (const StrategySample &other : samples)
        dominated |= other.us <= samples[i].us && other.score >= samples[i].score &&
                     (other.us < samples[i].us || other.score > samples[i].score);
      if (!dominated)
        expected.insert(i);
    }
    Front front = frontOf(samples);
    EXPECT_EQ(std::set<size_t>(front.begin(), front.end()), expected);
    EXPECT_EQ(front.size(), expected.size());
  }
}

TEST(Front, EqualLatenciesHaveAnAxis) {
  StrategyReport report = strategySample();
  report.samples = {{"sync2_01_ca", 900, 0.75}};
  for (double score : {0.75, 0.5, 0.75}) {
    std::string drawing = frontDrawing(report);
    EXPECT_EQ(count(drawing, "class=\"on-front\""), 1u);
    EXPECT_EQ(count(drawing, "class=\"found\""), 1u);
    EXPECT_TRUE(holds(drawing, "predicted latency in us"));
    EXPECT_TRUE(holds(drawing, "base 1.0000 ms \u2192")); // far from all samples
    EXPECT_GE(count(drawing, " us</text>"), 2u);
    report.samples = {{"sync2_01_ca", 900, 0.75}, {"b", 900, score - 0.1}};
  }
  report.base.us = 900.5;
  EXPECT_TRUE(holds(frontDrawing(report), "class=\"optimum\""));
}

TEST(Front, DotsLieInThePicture) {
  StrategyReport report = strategySample();
  std::string drawing = frontDrawing(report);
  std::regex dot("<rect class=\"(sample|on-front|found)\" x=\"([^\"]+)\" y=\"([^\"]+)\" "
                 "width=\"([^\"]+)\"");
  size_t dots = 0;
  for (std::sregex_iterator it(drawing.begin(), drawing.end(), dot), end; it != end; ++it) {
    double x = std::stod((*it)[2]), y = std::stod((*it)[3]), size = std::stod((*it)[4]);
    EXPECT_TRUE(x >= 70 && x + size <= 734 && y >= 20 && y + size <= 310) << it->str();
    ++dots;
  }
  EXPECT_EQ(dots, 5u + 1);
}

StrategyNode node(std::vector<uint16_t> path, uint64_t visits) {
  return {std::move(path), "", visits, visits, std::nullopt, std::nullopt};
}

TEST(SearchTree, ShowsWhatIsVisited) {
  std::vector<StrategyNode> tree{node({}, 1000),  node({0}, 985), node({0, 0}, 976),
                                 node({0, 1}, 9), node({1}, 15),  node({1, 0}, 10),
                                 node({1, 1}, 5)};
  EXPECT_EQ(shownNodes(tree, 0.01, 200), (std::vector<size_t>{0, 1, 2, 4, 5}));
  EXPECT_EQ(shownNodes(tree, 0.01, 3), (std::vector<size_t>{0, 1, 2}));
  EXPECT_EQ(shownNodes(tree, 0, 200).size(), 7u);
  EXPECT_EQ(shownNodes({}, 0.01, 200).size(), 0u);
}

TEST(SearchTree, ParentsAreShownFirst) {
  // A chain of equal visits: what is cut is its end, in whatever order ties come.
  std::vector<StrategyNode> tree;
  for (size_t depth = 0; depth < 300; ++depth)
    tree.push_back(node(std::vector<uint16_t>(depth, 0), 7));
  std::vector<size_t> shown = shownNodes(tree, 0.01, 200);
  ASSERT_EQ(shown.size(), 200u);
  EXPECT_EQ(shown.back(), 199u);
}

TEST(SearchTree, WidthsAreVisits) {
  std::string drawing = searchTreeDrawing(strategySample());
  // 938 pixels for 6 visits; the way to the chosen one has a wider outline.
  for (const char *part :
       {"x=\"2.5\" y=\"2.5\" width=\"935\"", "x=\"1.5\" y=\"29.5\" width=\"311.7\"",
        "x=\"315.2\" y=\"30.5\" width=\"622.3\"",
        "sync2 \u00b7 4 visits, 4 scored \u00b7 mean 0.7, best 0.75"})
    EXPECT_TRUE(holds(drawing, part)) << part;
  EXPECT_EQ(count(drawing, "found-node"), 3u);
  EXPECT_EQ(count(drawing, "class=\"none\""), 1u);
  EXPECT_FALSE(holds(drawing, "left out"));
}

TEST(SearchTree, TellsWhatIsLeftOut) {
  StrategyReport report = strategySample();
  report.tree = {node({}, 1000)};
  for (uint16_t i = 0; i < 1000; ++i)
    report.tree.push_back(node({i}, 1));
  EXPECT_TRUE(holds(searchTreeDrawing(report), "1 of 1001 nodes are drawn"));
  report.tree = {node({}, 300)};
  for (uint16_t i = 0; i < 300; ++i)
    report.tree.push_back(node({0}, 300));
  EXPECT_TRUE(holds(searchTreeDrawing(report), "or beyond 200"));
}

TEST(Axis, Numbers) {
  EXPECT_EQ(axisNumber(0.3, 0.05), "0.30");
  EXPECT_EQ(axisNumber(-12, 2), "-12");
  EXPECT_EQ(axisNumber(1e-17, 0.1), "0");
  EXPECT_EQ(axisNumber(3e-9, 1e-9), "3e-09");
  EXPECT_EQ(axisNumber(1.25e9, 5e7), "1.25e+09");
  EXPECT_EQ(scoreText(0.123456789), "0.12346");
  EXPECT_EQ(scoreText(-3), "-3");
  EXPECT_EQ(largeText(999), "999");
  EXPECT_EQ(largeText(999'600), "1.00 M");
  EXPECT_EQ(largeText(3'504'872), "3.50 M");
  EXPECT_EQ(largeText(314'000'000), "314 M");
}

} // namespace
