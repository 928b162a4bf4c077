// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers and names for people. The same bytes in every locale; private to
// codegen/report.

#ifndef SNC_CODEGEN_REPORT_REPORTTEXT_H
#define SNC_CODEGEN_REPORT_REPORTTEXT_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace snc {

/// `value` with `digits` behind the point.
std::string fixedText(double value, int digits);

/// Microseconds with `digits` (at least 3) significant ones: "412 us", "3.72 ms", "1.20 s";
/// "unknown" for what is not finite.
std::string timeText(double microseconds, int digits = 3);

/// "812 B", "43.0 KB", "1.02 MB", of a thousand each.
std::string bytesText(double bytes);

/// Counts that may be huge: "812", "1.2e+14", "endless" for infinity.
std::string countText(double count);

/// `name` as printable UTF-8: '?' for control and formatting characters and for
/// faulty bytes, so that a name can neither break a line nor turn it around.
std::string printable(llvm::StringRef name);

/// Columns that printable text takes in a terminal.
size_t columns(llvm::StringRef text);

/// printable(name) in at most `limit` columns (3 or more): an ellipsis in the middle,
/// for names often differ at both ends.
std::string shortened(llvm::StringRef name, size_t limit);

/// printable(text) for HTML and XML, between tags and in quoted attributes.
std::string escaped(llvm::StringRef text);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_REPORTTEXT_H
