// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a search tells while it runs, on standard error.

#ifndef SNC_CODEGEN_DRIVER_SEARCHLOG_H
#define SNC_CODEGEN_DRIVER_SEARCHLOG_H

#include "codegen/driver/Summary.h"

#include <mutex>

namespace snc {

/// Of a search that takes longer than `patience` seconds: in place on a terminal, else a line
/// every few seconds. Methods may be called from any thread.
class SearchLog {
public:
  explicit SearchLog(llvm::raw_ostream &err, double patience = 1);
  /// Clears what is in place.
  ~SearchLog();
  SearchLog(const SearchLog &) = delete;
  SearchLog &operator=(const SearchLog &) = delete;

  /// How far the search has come; not all of it is shown.
  void tell(const std::string &text);
  /// A line that stays.
  void note(llvm::StringRef line);

private:
  llvm::raw_ostream &err;
  const double patience;
  const bool terminal;
  std::mutex mutex; ///< for all below
  bool told = false;
  double last = 0;
  std::string shown; ///< in place
  Stopwatch watch;
};

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_SEARCHLOG_H
