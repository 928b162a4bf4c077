// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page of a search: whole, self-contained, and safe against names.

#include "PageChecks.h"
#include "StrategySamples.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <regex>

using namespace snc;

namespace {

TEST(StrategyHtml, HasAllSectionsAndIsWellFormed) {
  std::string page = strategyHtml(strategySample());
  EXPECT_EQ(faultOf(page), "");
  for (const char *part :
       {"<h2>The numbers</h2>", "<h2>The network</h2>", "<h2>The run, as predicted</h2>",
        "<h2>Score and latency</h2>", "<h2>The search</h2>", "<h2>The tree</h2>",
        "found sync2_01_ca: score 0.75 at 900.0 us, the base at 1.000 ms", "budget is 950.0 us",
        "6 strategies tried: 5 scored, 1 invalid, 0 failed", "<td>mcts</td>"})
    EXPECT_TRUE(holds(page, part)) << part;
}

TEST(StrategyHtml, NeedsNothingFromElsewhere) {
  std::string page = strategyHtml(strategySample());
  page = std::regex_replace(page, std::regex("http://www.w3.org/2000/svg"), ""); // a name
  for (const char *part :
       {"http:", "https:", "<script", "<link", "<img", "<iframe", "@import", "src=", "href="})
    EXPECT_FALSE(holds(page, part)) << part;
}

TEST(StrategyHtml, TheSameReportGivesTheSameBytes) {
  EXPECT_EQ(strategyHtml(strategySample()), strategyHtml(strategySample()));
}

TEST(StrategyHtml, NumbersAgainstTheBase) {
  std::string page = strategyHtml(strategySample());
  // 24 + 48 + 72 in the base; 16 + 32 + 48 and 8 + 20 + 28.
  for (const char *row :
       {"<td>latency, predicted</td><td class=\"n\">1.000 ms</td><td class=\"n\">900.0 us</td>"
        "<td class=\"n\">0.90x</td>",
        "<td>parameters</td><td class=\"n\">4.00 k</td><td class=\"n\">5.00 k</td>"
        "<td class=\"n\">1.25x</td>",
        "<td>multiply-accumulates</td><td class=\"n\">1.50 M</td><td class=\"n\">1.20 M</td>"
        "<td class=\"n\">0.80x</td>",
        "<td class=\"n\">144</td><td class=\"n\">152</td><td class=\"n\">1.06x</td>",
        "<td>score</td><td class=\"n\">not evaluated</td><td class=\"n\">0.75</td>"})
    EXPECT_TRUE(holds(page, row)) << row;
}

TEST(StrategyHtml, TellsWhereTheChosenOneIsNotOnTheFront) {
  StrategyReport report = strategySample();
  EXPECT_TRUE(holds(strategyHtml(report), "3 samples of 5 on the front"));
  EXPECT_FALSE(holds(strategyHtml(report), "first of its score"));
  report.samples.push_back({"sync1_1_c", 850, 0.75});
  EXPECT_TRUE(holds(strategyHtml(report), "first of its score; another takes less time"));
}

TEST(StrategyHtml, TheBasesScoreWhereItIsKnown) {
  StrategyReport report = strategySample();
  report.base.score = 0.5;
  EXPECT_TRUE(holds(strategyHtml(report), "<td>score</td><td class=\"n\">0.5</td>"));
  EXPECT_TRUE(holds(strategyHtml(report), "<title>base \u00b7 score 0.5 \u00b7 1.0000 ms</title>"));
  // Far from all samples it is in the picture too, whose axis it stretches.
  report.base.score = -40;
  EXPECT_TRUE(holds(strategyHtml(report), ">-40<"));
  report.base.score = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(holds(strategyHtml(report), "<title>base \u00b7"));
  report.base.score = std::nullopt;
  report.baseFailure = "exit code 3";
  EXPECT_TRUE(holds(strategyHtml(report), "<td class=\"n\">failed: exit code 3</td>"));
}

TEST(StrategyHtml, DrawsBaseAndBranchesWithTheirSyncs) {
  std::string page = strategyHtml(strategySample());
  // Stem and head of both, the base's three blocks, three of each branch.
  EXPECT_EQ(count(page, "class=\"box k-all\""), 4u + 3 + /*on the timeline*/ 1);
  EXPECT_EQ(count(page, "class=\"box k-rows\""), 3u + 1);
  EXPECT_EQ(count(page, "class=\"box k-channels\""), 3u + 1);
  EXPECT_EQ(count(page, "class=\"joint\""), 2u);
  EXPECT_EQ(count(page, ">72 SE<"), 1u);
  EXPECT_EQ(count(page, ">k3+5+7/2<"), 3u);
  EXPECT_EQ(count(page, "class=\"part "), 3u * 2);
  EXPECT_EQ(count(page, "class=\"gate "), 3u);
  for (const char *part :
       {"<title>concat behind stage 0: 8 channels \u00b7 12.0 us</title>",
        "<title>stage 1, block 0: kernel 3+5+7, stride 2, 16x16 pixels, 8 \u2192 20 \u2192 12 "
        "channels, ReLU6 \u00b7 20.0 us</title>",
        "squeeze and excitation 6", ">branch 1<", ">cpu1, 1 thread<",
        "average pool, linear \u2192 10 \u00b7 50.0 us"})
    EXPECT_TRUE(holds(page, part)) << part;
}

TEST(StrategyHtml, BoxesAreAsHighAsTheyAreWide) {
  // 72 expanded channels are the most of all: 64 pixels; 24 are a third.
  std::string page = strategyHtml(strategySample());
  EXPECT_TRUE(std::regex_search(page, std::regex("height=\"64\"[^>]*><title>stage 1, block 1: "
                                                 "kernel 3, stride 1, 8x8 pixels, 12 \u2192 72")));
  EXPECT_TRUE(std::regex_search(page, std::regex("height=\"21.3\"[^>]*><title>stage 0, block 0: "
                                                 "kernel 3, stride 1, 16x16 pixels, 4 \u2192 24")));
}

TEST(StrategyHtml, TheRunHasWaitsCopiesAndSums) {
  std::string page = strategyHtml(strategySample());
  for (const char *part : {"class=\"wait\"", "class=\"copy\"", "class=\"sum\"", "class=\"sync\"",
                           "copies behind the stem \u00b7 8.00 us, from 32.0 us",
                           "sum behind stage 0 \u00b7 1.00 us, from 300 us"})
    EXPECT_EQ(count(page, part), 1u) << part;
  EXPECT_TRUE(holds(page, "Units wait for 5.0 % of the time")); // 30 of 602 us
}

TEST(StrategyHtml, HostileNamesStayText) {
  std::string evil = "</title></svg></style>--><script>alert('1')</script>\"><img src=x onerror=y>"
                     "]]>&lt;\n\xff\u202e";
  StrategyReport report = strategySample();
  report.version = report.target = report.units[0] = evil;
  report.baseFailure = report.base.name = report.chosen.name = report.samples[3].name = evil;
  report.base.stages[0].branches[0][0].act = report.options[0].first = evil;
  report.options[0].second = report.tree[1].prefix = report.tree[0].prefix = evil;
  std::string page = strategyHtml(report);
  EXPECT_EQ(faultOf(page), "");
  for (const char *part : {"<script", "<img", "\xff", "\u202e"})
    EXPECT_FALSE(holds(page, part)) << part;
  EXPECT_TRUE(holds(page, "&amp;lt;"));
}

TEST(StrategyHtml, NumbersThatAreNoneAreNotDrawn) {
  double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  StrategyReport report = strategySample();
  report.samples.push_back({"x", nan, 1});
  report.samples.push_back({"y", 1, inf});
  report.history = {{1, nan}, {2, inf}};
  report.timeline.push_back({StrategySpan::block, 0, 0, nan, 99, 99});
  report.timeline.push_back({StrategySpan::block, 7, 0, 5, 0, 0});
  report.timeline.push_back({StrategySpan::block, 0, 0, 5, 99, -1});
  report.tree[1].best = report.tree[2].mean = inf;
  report.base.us = report.chosen.us = report.budgetUs = nan;
  report.chosen.score = inf;
  report.chosen.stages[1].branches[0][0].expanded = 0;
  std::string page = strategyHtml(report);
  EXPECT_EQ(faultOf(page), "");
  EXPECT_FALSE(std::regex_search(page, std::regex("[\" (]-?(nan|inf)[\"% ]")));
}

TEST(StrategyHtml, ScoresOfAnySize) {
  for (auto [low, high] : {std::pair(-1e308, 1e308), std::pair(0.0, 0.0), std::pair(-5.0, -5.0),
                           std::pair(1e300, 1e300), std::pair(0.0, 5e-324),
                           std::pair(1e15, 1e15 + 1), std::pair(1e-9, 2e-9)}) {
    StrategyReport report = strategySample();
    report.samples = {{"a", 10, low}, {"b", 11, high}};
    report.history = {{1, low}, {2, high}};
    std::string page = strategyHtml(report);
    EXPECT_EQ(faultOf(page), "");
    EXPECT_LT(page.size(), 100'000u) << low;
    EXPECT_FALSE(std::regex_search(page, std::regex("=\"-?(nan|inf)"))) << low;
  }
}

TEST(StrategyHtml, EmptyAndIncompleteReports) {
  EXPECT_EQ(faultOf(strategyHtml(StrategyReport())), "");
  StrategyReport report = strategySample();
  report.chosen.stages[1].branches[0].clear(); // no figure rather than a wrong one
  report.tree.erase(report.tree.begin() + 1);  // children without a parent
  report.units.pop_back();
  std::string page = strategyHtml(report);
  EXPECT_EQ(faultOf(page), "");
  EXPECT_FALSE(holds(page, "class=\"joint\""));
  EXPECT_FALSE(holds(page, "sync1_1_a \u00b7 1 visit"));
}

} // namespace
