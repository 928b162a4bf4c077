// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Costs that outlive the process: a search that was killed is run again with the same options,
// finds its costs here, and goes on where it was. An SQLite database in WAL mode, so that it
// is whole after any kill and several searches may share it.

#ifndef SNC_SEARCH_RESULTSTORE_H
#define SNC_SEARCH_RESULTSTORE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace snc {

/// The costs of one space's leaves. Methods may be called from any thread.
class ResultStore {
public:
  using Warn = std::function<void(llvm::StringRef message)>;

  /// Opens or makes the database at `path`. `fingerprint` names the space and how its costs
  /// come about (model, devices, evaluator and its version): costs are shared where it is equal.
  /// Never fails: what cannot be read is not known, and when writing first fails (a full disk,
  /// a read-only file) `warn` is called once, by default to print, and the search goes on.
  ResultStore(const std::string &path, std::string fingerprint, Warn warn = {});
  /// Writes what is left.
  ~ResultStore();
  ResultStore(const ResultStore &) = delete;
  ResultStore &operator=(const ResultStore &) = delete;

  std::optional<double> find(llvm::ArrayRef<uint16_t> leaf);

  /// Keeps the first cost put for a leaf. A kill loses what was put in the last 100 ms.
  void put(llvm::ArrayRef<uint16_t> leaf, double cost);

  /// Writes what was put so far.
  void flush();

  /// False after a warning: costs are no longer written.
  bool healthy();

private:
  void prepare(const std::string &path);
  bool run(const char *sql);
  void flushLocked();
  void fail(const char *action);

  std::mutex mutex;
  sqlite3 *database = nullptr;
  sqlite3_stmt *select = nullptr;
  sqlite3_stmt *insert = nullptr;
  std::string path, fingerprint;
  Warn warn;
  bool broken = false;
  std::map<std::string, double> waiting; ///< leaf as bytes, not yet written
  std::chrono::steady_clock::time_point written;
};

} // namespace snc

#endif // SNC_SEARCH_RESULTSTORE_H
