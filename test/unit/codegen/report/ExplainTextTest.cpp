// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --explain's text: aligned, at most 100 columns, whatever names hold.

#include "SampleReports.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Unicode.h"
#include "gtest/gtest.h"

using namespace snc;

namespace {

void expectNarrow(const std::string &text) {
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(text).split(lines, '\n');
  for (llvm::StringRef line : lines) {
    int columns = llvm::sys::unicode::columnWidthUTF8(line);
    EXPECT_GE(columns, 0) << line.str(); // negative for what is not printable
    EXPECT_LE(columns, 100) << line.str();
    EXPECT_EQ(line, line.rtrim());
  }
  EXPECT_EQ(text.back(), '\n');
}

bool holds(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).contains(part);
}

TEST(ExplainText, SaysWhatWasDecided) {
  std::string text = explainText(branchedReport());
  expectNarrow(text);
  EXPECT_TRUE(holds(text, "inception-small for x86-64-avx2, by syncnasc 0.1.0\n"));
  EXPECT_TRUE(holds(text, "branches on 2 units: 1.31x over data-parallel"));
  EXPECT_TRUE(holds(text, "     one unit         5.23 ms   5.31 ms\n"
                          "     data-parallel    3.65 ms   3.72 ms\n"
                          "  *  branches         2.79 ms   2.84 ms\n"))
      << text;
  EXPECT_TRUE(holds(text, "1412 of 2000 evaluations"));
  EXPECT_TRUE(holds(text, "strategy sync4_3-12-15-19_"));
  for (const char *kind : {"  all  ", "  single  ", "  rows  ", "  channels  ", "  add  ",
                           "  paths  ", "5/8 + 3/8", "4 + 4 nodes", "concat", "join", "cpu1"})
    EXPECT_TRUE(holds(text, kind)) << kind;
}

TEST(ExplainText, AGpuAndItsCopiesAreNamed) {
  std::string text = explainText(gpuReport());
  expectNarrow(text);
  EXPECT_TRUE(holds(text, "  cpu0  4 threads\n  gpu0  GPU, opencl\n")) << text;
  EXPECT_TRUE(holds(text, "copies\n  2 up, 3.50 KB; 1 down, 64.0 KB; 15.0 us of the GPU's queue\n"))
      << text;
  EXPECT_FALSE(holds(explainText(branchedReport()), "copies"));
}

TEST(ExplainText, SegmentsTakeAsLongAsTheirSpans) {
  Report report = branchedReport();
  report.timeline = {{ReportSpan::kernel, 0, 100, 350, 0},
                     {ReportSpan::kernel, 1, 120, 512, 3},
                     {ReportSpan::wait, 0, 350, 9000, -1},
                     {ReportSpan::kernel, 0, 512, 530, 4}};
  std::string text = explainText(report);
  EXPECT_TRUE(holds(text, "   412 us")); // 512 - 100
  EXPECT_TRUE(holds(text, "  18.0 us"));
}

TEST(ExplainText, HostileNamesNeitherBreakLinesNorWidenThem) {
  Report report = branchedReport();
  std::string evil = "x\n\x1b[2J\u202e\xff " + std::string(5000, 'w');
  report.model = report.target = report.version = report.search.kind = evil;
  report.plan.units[0].name = evil;
  for (ReportNode &node : report.nodes)
    node.name = evil;
  for (ReportChoice &choice : report.choices)
    choice.name = evil;
  expectNarrow(explainText(report));
}

TEST(ExplainText, LargeAndEmptyReports) {
  expectNarrow(explainText(largeReport(300, 60, 8, 1)));
  expectNarrow(explainText(Report()));
  Report given = branchedReport();
  given.search = {};
  EXPECT_TRUE(holds(explainText(given), "none: the plan was given"));
}

} // namespace
