// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tests ask of pages.

#ifndef SNC_TEST_UNIT_CODEGEN_REPORT_PAGECHECKS_H
#define SNC_TEST_UNIT_CODEGEN_REPORT_PAGECHECKS_H

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace snc {

inline bool holds(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).contains(part);
}

inline size_t count(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).count(part);
}

/// The first fault of the page's tags as XML sees them; empty for none.
inline std::string faultOf(llvm::StringRef page) {
  std::vector<std::string> open;
  page.consume_front("<!DOCTYPE html>");
  while (true) {
    size_t at = page.find('<');
    if (page.take_front(at).contains('>'))
      return "a stray > before " + page.substr(at, 40).str();
    if (at == llvm::StringRef::npos)
      return open.empty() ? "" : "open at the end: " + open.back();
    page = page.drop_front(at + 1);
    size_t end = page.find('>');
    if (end == llvm::StringRef::npos)
      return "an open tag";
    llvm::StringRef tag = page.take_front(end);
    if (tag.contains('<') || tag.count('"') % 2)
      return "a faulty tag: " + tag.str();
    if (tag.consume_front("/")) {
      if (open.empty() || open.back() != tag)
        return "closes what is not open: " + tag.str();
      open.pop_back();
    } else if (!tag.ends_with("/")) {
      open.push_back(tag.split(' ').first.str());
    }
    page = page.drop_front(end + 1);
  }
}

} // namespace snc

#endif // SNC_TEST_UNIT_CODEGEN_REPORT_PAGECHECKS_H
