// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/SearchLog.h"

#include <unistd.h>

namespace snc {

static constexpr const char *kClearLine = "\r\x1b[K";

SearchLog::SearchLog(llvm::raw_ostream &err, double patience)
    : err(err), patience(patience), terminal(isatty(STDERR_FILENO)) {}

SearchLog::~SearchLog() {
  if (!shown.empty())
    err << kClearLine;
}

void SearchLog::tell(const std::string &text) {
  std::lock_guard lock(mutex);
  double pause = terminal ? 0.1 : 5;
  if (watch.seconds() < (told ? last + pause : patience))
    return;
  last = watch.seconds();
  told = true;
  if (terminal)
    err << kClearLine << (shown = text);
  else
    err << text << "\n";
  err.flush();
}

void SearchLog::note(llvm::StringRef line) {
  std::lock_guard lock(mutex);
  if (!shown.empty())
    err << kClearLine;
  err << line << "\n" << shown;
  err.flush();
}

} // namespace snc
