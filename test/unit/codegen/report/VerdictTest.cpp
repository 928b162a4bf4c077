// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The verdict compares like with like and names its numbers.

#include "SampleReports.h"

#include "gtest/gtest.h"

#include <limits>

using namespace snc;

namespace {

Report with(std::vector<ReportChoice> choices, size_t units = 2) {
  Report report;
  for (size_t unit = 0; unit < units; ++unit)
    report.plan.units.push_back({"cpu" + std::to_string(unit), 1});
  report.choices = std::move(choices);
  return report;
}

constexpr auto none = std::nullopt;

TEST(Verdict, BranchesAgainstTheBestUnsplitWay) {
  // 3720 / 2840 = 1.3099; the slower unsplit way does not count.
  EXPECT_EQ(verdict(branchedReport()),
            "branches on 2 units: 1.31x over data-parallel, the best unsplit way "
            "(2.84 ms against 3.72 ms, measured)");
}

TEST(Verdict, PredictionsCountUnlessAllAreMeasured) {
  Report report = branchedReport();
  report.choices[0].measured = none;
  EXPECT_EQ(verdict(report), "branches on 2 units: 1.31x over data-parallel, the best unsplit way "
                             "(2.79 ms against 3.65 ms, predicted)");
}

TEST(Verdict, TheBestUnsplitWayMayBeOneUnit) {
  EXPECT_EQ(verdict(with({{"one unit", 100, none, false, false},
                          {"data-parallel", 120, none, false, false},
                          {"branches", 50, none, true, true}})),
            "branches on 2 units: 2.00x over one unit, the best unsplit way "
            "(50.0 us against 100 us, predicted)");
}

TEST(Verdict, NotWorthItNamesBothNumbers) {
  EXPECT_EQ(verdict(with({{"one unit", 9000, none, false, false},
                          {"data-parallel", 3720, none, true, false},
                          {"branches", 3910, none, false, true}})),
            "not worth it here: kept data-parallel, because branches would take 3.91 ms, "
            "data-parallel 3.72 ms (predicted)");
}

TEST(Verdict, MeasurementsMayTurnThePredictionAround) {
  EXPECT_EQ(verdict(with({{"data-parallel", 4000, 3720, true, false},
                          {"branches", 3000, 3910, false, true}})),
            "not worth it here: kept data-parallel, because branches would take 3.91 ms, "
            "data-parallel 3.72 ms (measured)");
}

TEST(Verdict, AWorseWayWasAskedFor) {
  EXPECT_EQ(verdict(with({{"data-parallel", 4000, none, true, false},
                          {"branches", 3000, none, false, true}})),
            "kept data-parallel, although branches would take 3.00 ms, data-parallel 4.00 ms "
            "(predicted)");
  EXPECT_EQ(verdict(with({{"data-parallel", 3000, none, false, false},
                          {"branches", 4000, none, true, true}})),
            "branches on 2 units: 1.33x slower than data-parallel, the best unsplit way "
            "(4.00 ms against 3.00 ms, predicted)");
}

TEST(Verdict, CloseTimesGetMoreDigits) {
  EXPECT_EQ(verdict(with({{"data-parallel", 3721, none, true, false},
                          {"branches", 3722, none, false, true}})),
            "not worth it here: kept data-parallel, because branches would take 3.722 ms, "
            "data-parallel 3.721 ms (predicted)");
  EXPECT_EQ(verdict(with({{"data-parallel", 3722, none, false, false},
                          {"branches", 3721, none, true, true}})),
            "branches on 2 units: as fast as data-parallel, the best unsplit way "
            "(3.721 ms against 3.722 ms, predicted)");
}

TEST(Verdict, WithoutASplitWay) {
  EXPECT_EQ(verdict(with({{"one unit", 200, none, true, false}}, 1)),
            "one unit: nothing to compare it with (200 us, predicted)");
  EXPECT_EQ(verdict(with({{"one unit", 300, none, false, false},
                          {"data-parallel", 200, none, true, false}})),
            "data-parallel on 2 units: 1.50x over one unit (200 us against 300 us, predicted)");
}

TEST(Verdict, WithoutNumbersOrChoices) {
  EXPECT_EQ(verdict(with({})), "no choice was made");
  EXPECT_EQ(verdict(with({{"branches", 1, none, false, true}})), "no choice was made");
  double nan = std::numeric_limits<double>::quiet_NaN();
  for (double faulty : {nan, 0.0, -1.0, std::numeric_limits<double>::infinity()})
    EXPECT_EQ(verdict(with({{"data-parallel", 200, none, false, false},
                            {"branches", faulty, none, true, true}})),
              "branches on 2 units: not comparable with data-parallel, the best unsplit way "
              "(unknown against 200 us, predicted)")
        << faulty;
}

TEST(Verdict, OfAGpuSaysWhatStandsInTheWay) {
  Report report = with({{"cpu0 alone", 200, none, true, false},
                        {"gpu0 alone", 300, none, false, false},
                        {"branches", 250, none, false, true}});
  report.obstacle = "with free syncs branches would take 120 us";
  EXPECT_EQ(verdict(report), "not worth it here: kept cpu0 alone, because branches would take "
                             "250 us, cpu0 alone 200 us (predicted); with free syncs branches "
                             "would take 120 us");
  report.choices.pop_back();
  EXPECT_EQ(verdict(report), "cpu0 alone: 1.50x over gpu0 alone (200 us against 300 us, "
                             "predicted); with free syncs branches would take 120 us");
}

TEST(Verdict, NamesStayOnOneLine) {
  EXPECT_EQ(verdict(with({{"one\n\x1b[31munit", 200, none, true, false}}, 1)),
            "one??[31munit: nothing to compare it with (200 us, predicted)");
}

} // namespace
