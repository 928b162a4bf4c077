// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all pages have around their parts; private to codegen/report. HTML that is
// XML as well.

#ifndef SNC_CODEGEN_REPORT_PAGE_H
#define SNC_CODEGEN_REPORT_PAGE_H

#include <string>

namespace snc {

/// A whole page that may load nothing. `title` is escaped here; `style` and `body` are ours.
std::string htmlPage(const std::string &title, const std::string &style, const std::string &body);

/// A card with a heading; nothing where `note` and `body`, both HTML, are empty.
std::string htmlSection(const char *title, const std::string &note, const std::string &body);

/// A drawing that is scrolled where it is wider than the page.
std::string scrolled(const std::string &drawing);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_PAGE_H
