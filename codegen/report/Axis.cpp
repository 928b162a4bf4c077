// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"

#include "codegen/report/ReportText.h"

#include <algorithm>
#include <cmath>

namespace snc {

double axisStep(double length, int most) {
  double power = std::pow(10, std::floor(std::log10(length / most)));
  // Rounding may put the power just above the quotient.
  for (double step : {power / 2, power, 2 * power, 5 * power})
    if (step * most >= length * (1 - 1e-9))
      return step;
  return 10 * power;
}

std::string axisTime(double microseconds, double step, double end) {
  double scale = end >= 1e6 ? 1e6 : end >= 1e3 ? 1e3 : 1;
  int digits = int(std::clamp(std::ceil(-std::log10(step / scale) - 1e-9), 0.0, 9.0));
  const char *unit = scale == 1 ? " us" : scale == 1e3 ? " ms" : " s";
  return microseconds == 0 ? "0" : fixedText(microseconds / scale, digits) + unit;
}

} // namespace snc
