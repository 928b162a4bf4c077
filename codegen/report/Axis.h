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

} // namespace snc

#endif // SNC_CODEGEN_REPORT_AXIS_H
