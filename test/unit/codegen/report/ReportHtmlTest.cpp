// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page: well-formed, self-contained, and safe against what models call their
// nodes.

#include "PageChecks.h"
#include "SampleReports.h"

#include "llvm/ADT/StringRef.h"
#include "gtest/gtest.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <regex>

using namespace snc;

namespace {

TEST(ReportHtml, DrawsTheGpusLaneAndItsCopies) {
  std::string page = reportHtml(gpuReport());
  EXPECT_EQ(faultOf(page), "");
  EXPECT_EQ(count(page, "class=\"copy\""), 3u);
  for (const char *part :
       {"gpu0 \u00b7 GPU, opencl", "uploads 2.50 KB for", "downloads 64.0 KB for", "\u2191 3.50 KB",
        "\u2193 64.0 KB", "copies between host and GPU"})
    EXPECT_TRUE(holds(page, part)) << part;
  EXPECT_FALSE(holds(reportHtml(branchedReport()), "copies between"));
}

TEST(ReportHtml, HasAllSectionsAndIsWellFormed) {
  std::string page = reportHtml(branchedReport());
  EXPECT_EQ(faultOf(page), "");
  for (const char *part :
       {"<h2>Choices</h2>", "<h2>The network</h2>", "<h2>The run, as predicted</h2>",
        "<h2>The search</h2>", "<h2>Segments</h2>", "1.31x over data-parallel",
        "prefers-color-scheme:dark", "name=\"viewport\""})
    EXPECT_TRUE(holds(page, part)) << part;
}

TEST(ReportHtml, NeedsNothingFromElsewhere) {
  std::string page = reportHtml(branchedReport());
  // An XML name, which is never loaded.
  page = std::regex_replace(page, std::regex("http://www.w3.org/2000/svg"), "");
  for (const char *part :
       {"http:", "https:", "<script", "<link", "<img", "<iframe", "@import", "src=", "href="})
    EXPECT_FALSE(holds(page, part)) << part;
}

TEST(ReportHtml, LinksToOtherPagesOfTheFolder) {
  Report report = branchedReport();
  report.pages = {"search.html", "a\"b.html"};
  std::string page = reportHtml(report);
  EXPECT_EQ(faultOf(page), "");
  EXPECT_TRUE(holds(page, "<a href=\"../../search.html\">search.html</a>"));
  EXPECT_TRUE(holds(page, "<a href=\"../../a&quot;b.html\">"));
}

TEST(ReportHtml, TheSameReportGivesTheSameBytes) {
  EXPECT_EQ(reportHtml(branchedReport()), reportHtml(branchedReport()));
  EXPECT_EQ(reportHtml(largeReport(300, 60, 4, 1)), reportHtml(largeReport(300, 60, 4, 1)));
}

TEST(ReportHtml, DrawsANodeABoxAndASyncBehindEachSplit) {
  Report report = branchedReport();
  report.timeline.clear(); // its boxes look alike
  std::string page = reportHtml(report);
  // rows 4 nodes x 2 lanes, paths 8, channels 3 x 2, add 2 x 2, single 2, all 1 + 4.
  EXPECT_EQ(count(page, "<title>") - 1, 8u + 8 + 6 + 4 + 2 + 5 + /*syncs*/ 4 + /*dots*/ 6);
  EXPECT_EQ(count(page, "class=\"sync\""), 4u);
  EXPECT_EQ(count(page, ">c \u00b7 concat<"), 2u);
  EXPECT_EQ(count(page, ">a \u00b7 add<"), 1u);
  EXPECT_EQ(count(page, ">j \u00b7 join<"), 1u);
  for (const char *share :
       {">5/8 rows<", ">3/8 rows<", ">6/8 inner channels<", ">2/8 inner channels<", ">4 nodes<"})
    EXPECT_TRUE(holds(page, share)) << share;
  EXPECT_EQ(count(page, ">4/8 channels<"), 2u);
  EXPECT_TRUE(holds(page, "<title>7: Conv_14+Relu_15 \u00b7 conv+relu \u00b7 1x64x56x56</title>"));
}

TEST(ReportHtml, LinesAtTheSideAreWhatIsNotReadStraightBelow) {
  Report report = branchedReport();
  // 1 -> 3 is the skip; 10 and 12 begin paths below others in their lanes, 6 and 9
  // end paths above others.
  EXPECT_EQ(count(reportHtml(report), "class=\"bus\""), 5u);
  report.nodes[3].inputs = {2};
  EXPECT_EQ(count(reportHtml(report), "class=\"bus\""), 4u);
}

TEST(ReportHtml, TheTimelineHatchesWaits) {
  Report report = branchedReport();
  report.timeline = {{ReportSpan::kernel, 0, 0, 100, 0},
                     {ReportSpan::wait, 1, 0, 100, -1},
                     {ReportSpan::sync, 0, 100, 101, 3}};
  std::string page = reportHtml(report);
  EXPECT_EQ(count(page, "class=\"wait\""), 1u);
  EXPECT_TRUE(holds(page, "<title>waits \u00b7 100 us, from 0 us</title>"));
  EXPECT_TRUE(holds(page, "<title>sync behind Conv_6+Relu_7 \u00b7 1.00 us, from 100 us</title>"));
}

TEST(ReportHtml, TheOptimumIsDrawnWhereItIsKnown) {
  Report report = branchedReport();
  EXPECT_TRUE(holds(reportHtml(report), "class=\"optimum\""));
  EXPECT_TRUE(holds(reportHtml(report), "3.0 % above the dynamic program")); // 2790 / 2710
  report.search.optimum = std::nullopt;
  EXPECT_FALSE(holds(reportHtml(report), "class=\"optimum\""));
}

TEST(ReportHtml, HostileNamesStayText) {
  Report report = branchedReport();
  std::string evil = "</title></svg></style>--><script>alert('1')</script>\"><img src=x onerror=y>"
                     "]]>&lt;\n\xff\u202e";
  report.model = report.target = report.version = report.search.kind = evil;
  for (ReportNode &node : report.nodes)
    node.name = node.shape = node.operators = evil;
  for (ReportChoice &choice : report.choices)
    choice.name = evil;
  report.plan.units[0].name = report.plan.segments[0].name = evil;
  std::string page = reportHtml(report);
  EXPECT_EQ(faultOf(page), "");
  EXPECT_FALSE(holds(page, "<script"));
  EXPECT_FALSE(holds(page, "<img"));
  EXPECT_FALSE(holds(page, "\xff"));
  EXPECT_FALSE(holds(page, "\u202e"));
  EXPECT_TRUE(holds(page, "&amp;lt;")); // what is escaped already is escaped again
}

TEST(ReportHtml, LargeNetworksAndManyUnits) {
  for (int64_t units : {1, 2, 4, 8})
    for (unsigned seed = 0; seed < 4; ++seed) {
      Report report = largeReport(300, 60, units, seed);
      if (units == 1)
        report.plan = unsplitPlan(300, report.plan.units);
      ASSERT_EQ(llvm::toString(report.plan.verify()), "");
      std::string page = reportHtml(report);
      EXPECT_EQ(faultOf(page), "");
      EXPECT_FALSE(holds(page, "nan")) << units << " units, seed " << seed;
      EXPECT_LT(page.size(), 2u << 20);
    }
}

TEST(ReportHtml, NumbersThatAreNoneAreNotDrawn) {
  double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  Report report = branchedReport();
  report.timeline = {{ReportSpan::kernel, 0, 0, nan, 0},  {ReportSpan::kernel, 0, 0, inf, 0},
                     {ReportSpan::kernel, 9, 0, 1, 0},    {ReportSpan::kernel, -1, 0, 1, 0},
                     {ReportSpan::kernel, 0, 5, 1, 0},    {ReportSpan::kernel, 0, -5, 1, 0},
                     {ReportSpan::kernel, 0, 0, 10, 999}, {ReportSpan::wait, 0, 10, 10, -7}};
  report.choices[0].predicted = nan;
  report.choices[1].measured = inf;
  report.search.history = {{0, nan}, {1, inf}, {2, 0}, {3, -1}};
  report.search.optimum = nan;
  report.search.spaceSize = inf;
  std::string page = reportHtml(report);
  EXPECT_EQ(faultOf(page), "");
  EXPECT_FALSE(std::regex_search(page, std::regex("[\" (]-?(nan|inf)[\"%]")));
  EXPECT_TRUE(holds(page, "endless"));
}

TEST(ReportHtml, NumbersThatHardlyDifferHaveAxes) {
  Report report = branchedReport();
  double cost = 4900;
  report.search.optimum = std::nullopt;
  report.timeline = {{ReportSpan::kernel, 0, 0, std::numeric_limits<double>::denorm_min(), 0}};
  for (double next : {std::nextafter(cost, 5000.0), cost, 0.0}) {
    report.search.history = {{1, next}, {2, cost}};
    EXPECT_TRUE(holds(reportHtml(report), "class=\"best\""));
  }
  report.search.history = {{1, 0}};
  EXPECT_TRUE(holds(reportHtml(report), "class=\"best\""));
}

TEST(ReportHtml, EmptyAndIncompleteReports) {
  EXPECT_EQ(faultOf(reportHtml(Report())), "");
  Report report = branchedReport();
  report.nodes.resize(3); // no drawing rather than a wrong one
  report.search = {};
  report.timeline.clear();
  std::string page = reportHtml(report);
  EXPECT_EQ(faultOf(page), "");
  EXPECT_FALSE(holds(page, "<svg"));
  EXPECT_TRUE(holds(page, "the plan was given"));
}

/// To look at: --gtest_also_run_disabled_tests.
TEST(ReportHtml, DISABLED_WriteSamples) {
  auto write = [](const char *name, const std::string &text) {
    std::ofstream(testing::TempDir() + "/" + name) << text;
  };
  write("report-branched.html", reportHtml(branchedReport()));
  write("report-branched.txt", explainText(branchedReport()));
  write("report-large.html", reportHtml(largeReport(300, 60, 4, 1)));
}

} // namespace
