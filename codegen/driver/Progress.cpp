// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Progress.h"

#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace snc {

Progress::Progress(bool enabled, std::string what, size_t total)
    : what(std::move(what)), total(total), enabled(enabled && total > 0),
      terminal(isatty(STDERR_FILENO)) {
  show();
}

Progress::~Progress() {
  if (enabled && terminal)
    llvm::errs() << "\r\x1b[K"; // back to the beginning, clear the line
}

void Progress::advance() {
  ++done;
  size_t now = total ? 4 * done / total : 0;
  if (terminal || now != quarter)
    show();
  quarter = now;
}

void Progress::show() {
  if (!enabled)
    return;
  if (!terminal) {
    llvm::errs() << what << ": " << done << " of " << total << "\n";
    return;
  }
  const size_t width = 30, full = done * width / total;
  llvm::errs() << "\r" << what << " [" << std::string(full, '#') << std::string(width - full, ' ')
               << "] " << done << "/" << total;
  llvm::errs().flush();
}

} // namespace snc
