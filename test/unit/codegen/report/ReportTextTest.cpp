// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers and names for people, and ticks.

#include "codegen/report/ReportText.h"
#include "codegen/report/Axis.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace snc;

namespace {

TEST(ReportText, TimesHaveThreeDigits) {
  EXPECT_EQ(timeText(0), "0 us");
  EXPECT_EQ(timeText(0.5), "0.50 us");
  EXPECT_EQ(timeText(9.994), "9.99 us");
  EXPECT_EQ(timeText(9.996), "10.0 us");
  EXPECT_EQ(timeText(412.4), "412 us");
  EXPECT_EQ(timeText(999.4), "999 us");
  EXPECT_EQ(timeText(999.6), "1.00 ms");
  EXPECT_EQ(timeText(3720), "3.72 ms");
  EXPECT_EQ(timeText(99960), "100 ms");
  EXPECT_EQ(timeText(1.2e6), "1.20 s");
  EXPECT_EQ(timeText(3721.4, 5), "3.7214 ms");
  EXPECT_EQ(timeText(std::nan("")), "unknown");
  EXPECT_EQ(timeText(std::numeric_limits<double>::infinity()), "unknown");
}

TEST(ReportText, Counts) {
  EXPECT_EQ(countText(0), "0");
  EXPECT_EQ(countText(812), "812");
  EXPECT_EQ(countText(1.2e14), "1.2e+14");
  EXPECT_EQ(countText(std::numeric_limits<double>::infinity()), "endless");
}

TEST(ReportText, HostileBytesBecomeQuestionMarks) {
  EXPECT_EQ(printable("a\nb\t\x1b[0m"), "a?b??[0m");
  EXPECT_EQ(printable(llvm::StringRef("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("\xff\xc3"), "??");               // never UTF-8; cut off
  EXPECT_EQ(printable("\xc0\xaf"), "??");               // an overlong slash
  EXPECT_EQ(printable("a\u202eb\u2066c"), "a?b?c");     // would turn the text around
  EXPECT_EQ(printable("\u00fc\u5c42"), "\u00fc\u5c42"); // letters stay
}

TEST(ReportText, ShortensInTheMiddle) {
  EXPECT_EQ(shortened("conv", 4), "conv");
  EXPECT_EQ(shortened("convolution", 7), "con\u2026ion");
  EXPECT_EQ(shortened("convolution", 3), "c\u2026n");
  // Two columns each: one fits before the ellipsis, one behind.
  EXPECT_EQ(shortened("\u5c42\u5c42\u5c42\u5c42", 6), "\u5c42\u2026\u5c42");
  EXPECT_EQ(shortened(std::string(1 << 20, 'x'), 5), "xx\u2026xx");
}

TEST(ReportText, EscapesMarkup) {
  EXPECT_EQ(escaped("<a href=\"x\" b='&'>"), "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;");
}

TEST(Axis, StepsAreRoundAndFewEnough) {
  EXPECT_DOUBLE_EQ(axisStep(10, 10), 1);
  EXPECT_DOUBLE_EQ(axisStep(2840, 7), 500);
  EXPECT_DOUBLE_EQ(axisStep(0.03, 4), 0.01);
  EXPECT_DOUBLE_EQ(axisStep(1000, 1), 1000);
  for (double length = 1e-3; length < 1e9; length *= 1.7)
    for (int most = 1; most < 12; ++most) {
      EXPECT_GE(axisStep(length, most) * most, length * 0.999999);
      EXPECT_LE(axisStep(length, most) * most, length * 2.5001); // 2 to 5 is the widest gap
    }
}

TEST(Axis, TicksOfAnAxisShareAUnit) {
  EXPECT_EQ(axisTime(0, 500, 2840), "0");
  EXPECT_EQ(axisTime(500, 500, 2840), "0.5 ms");
  EXPECT_EQ(axisTime(2000, 1000, 2840), "2 ms");
  EXPECT_EQ(axisTime(250, 250, 900), "250 us");
  EXPECT_EQ(axisTime(5e5, 5e5, 2e6), "0.5 s");
}

} // namespace
