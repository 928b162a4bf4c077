// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"

#include "codegen/report/ReportText.h"

#include <algorithm>
#include <charconv>
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

std::string axisNumber(double value, double step) {
  double size = std::abs(value);
  if (size < step / 2)
    return "0";
  int behind = int(std::ceil(-std::log10(step) - 1e-9)); // of the step's first digit
  if (size < 1e6 && behind <= 6)
    return fixedText(value, std::max(behind, 0));
  char buffer[40];
  int digits = std::clamp(int(std::floor(std::log10(size))) + behind, 0, 15);
  auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, digits);
  return std::string(buffer, end.ptr);
}

bool AxisRange::isUsable() const {
  double largest = std::max(std::abs(low), std::abs(high));
  return std::isfinite(high - low) && high - low > largest * 1e-12 && high - low > 1e-300;
}

AxisRange paddedRange(double low, double high, double padding, double least) {
  double largest = std::max(std::abs(low), std::abs(high));
  double margin = std::max((high - low) * padding, largest * least);
  if (margin == 0)
    margin = 1; // all are 0
  return {low - margin, high + margin};
}

} // namespace snc
