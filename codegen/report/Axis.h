// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ticks of drawings; private to codegen/report.

#ifndef SNC_CODEGEN_REPORT_AXIS_H
#define SNC_CODEGEN_REPORT_AXIS_H

#include <string>

namespace snc {

/// 1, 2 or 5 times a power of ten, such that at most `most` (at least 1) steps fit
/// into `length` > 0.
double axisStep(double length, int most);

/// Microseconds in the unit of the axis' far end, exact to `step`: "1.25 ms".
std::string axisTime(double microseconds, double step, double end);

/// A number exact to `step`: "0.725", or with an exponent where it is too long so.
std::string axisNumber(double value, double step);

/// What an axis shows.
struct AxisRange {
  double low = 0, high = 1;
  /// All ticks are finite, and differ.
  bool isUsable() const;
};
/// `low` to `high` with room around, also where they are equal: a share `padding` of the range,
/// and at least `least` of the larger.
AxisRange paddedRange(double low, double high, double padding, double least);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_AXIS_H
