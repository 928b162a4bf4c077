// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportText.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

#include <charconv>
#include <cmath>
#include <vector>

namespace snc {

std::string fixedText(double value, int digits) {
  char buffer[400]; // the largest double has 309 digits before the point
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, digits);
  return end.ec == std::errc() ? std::string(buffer, end.ptr) : "unknown";
}

std::string timeText(double microseconds, int digits) {
  if (!std::isfinite(microseconds))
    return "unknown";
  double size = std::abs(microseconds), scale = 1;
  const char *unit = " us";
  // Half a last digit below the border rounds up to it: 999.6 us are 1.00 ms.
  if (size >= 999.5e3)
    scale = 1e6, unit = " s";
  else if (size >= 999.5)
    scale = 1e3, unit = " ms";
  double value = size / scale;
  int before = value < 9.995 ? 1 : value < 99.95 ? 2 : 3;
  int behind = value == 0 ? 0 : std::max(digits - before, 0);
  return fixedText(microseconds / scale, behind) + unit;
}

std::string bytesText(double bytes) {
  if (!std::isfinite(bytes))
    return "unknown";
  static const char *const units[] = {"KB", "MB", "GB"};
  if (bytes < 999.5)
    return fixedText(bytes, 0) + " B";
  size_t unit = 0;
  for (bytes /= 1e3; bytes >= 999.5 && unit + 1 < std::size(units); bytes /= 1e3)
    ++unit;
  return fixedText(bytes, bytes < 9.995 ? 2 : bytes < 99.95 ? 1 : 0) + " " + units[unit];
}

std::string countText(double count) {
  if (std::isnan(count))
    return "unknown";
  if (std::isinf(count))
    return "endless";
  if (count < 1e6)
    return fixedText(count, 0);
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, count, std::chars_format::scientific, 1);
  return std::string(buffer, end.ptr);
}

/// Takes a printable character off the front of `text`; "?" for one that is not.
static std::string takeCharacter(llvm::StringRef &text) {
  auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  unsigned length = llvm::getNumBytesForUTF8(bytes[0]);
  if (length > text.size() || !llvm::isLegalUTF8Sequence(bytes, bytes + text.size())) {
    text = text.drop_front();
    return "?";
  }
  llvm::UTF32 code = 0, *to = &code;
  const llvm::UTF8 *from = bytes;
  llvm::ConvertUTF8toUTF32(&from, bytes + length, &to, to + 1, llvm::strictConversion);
  std::string character = text.take_front(length).str();
  text = text.drop_front(length);
  bool shown =
      llvm::sys::unicode::isPrintable(int(code)) && !llvm::sys::unicode::isFormatting(int(code));
  return shown ? character : "?";
}

static std::vector<std::string> characters(llvm::StringRef text) {
  std::vector<std::string> result;
  while (!text.empty())
    result.push_back(takeCharacter(text));
  return result;
}

std::string printable(llvm::StringRef name) {
  std::string result;
  for (const std::string &character : characters(name))
    result += character;
  return result;
}

size_t columns(llvm::StringRef text) {
  int width = llvm::sys::unicode::columnWidthUTF8(text);
  return width < 0 ? text.size() : size_t(width);
}

std::string shortened(llvm::StringRef name, size_t limit) {
  std::vector<std::string> all = characters(name);
  std::string whole = printable(name);
  if (columns(whole) <= limit)
    return whole;
  // One column for the ellipsis; the end gets the odd one.
  size_t headLimit = (limit - 1) / 2, tailLimit = limit - 1 - headLimit;
  std::string head, tail;
  size_t i = 0, j = all.size();
  while (i < j && columns(head + all[i]) <= headLimit)
    head += all[i++];
  while (j > i && columns(all[j - 1] + tail) <= tailLimit)
    tail = all[--j] + tail;
  return head + "\u2026" + tail;
}

std::string escaped(llvm::StringRef text) {
  std::string result;
  for (char c : printable(text))
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    case '\'':
      result += "&#39;";
      break;
    default:
      result += c;
    }
  return result;
}

} // namespace snc
