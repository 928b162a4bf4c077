// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Costs that outlive the process: a search that was killed is run again with the same options,
// finds its costs here, and goes on where it was. An SQLite database in WAL mode, so that it
// is whole after any kill and several searches may share it.

#ifndef SNC_SEARCH_RESULTSTORE_H
#define SNC_SEARCH_RESULTSTORE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

struct sqlite3;
struct sqlite3_stmt;

namespace snc {

/// The costs of one space's leaves. Methods may be called from any thread.
class ResultStore {
public:
  using Warn = std::function<void(llvm::StringRef message)>;

  /// Opens or makes the database at `path`. `fingerprint` names the space and how its costs
  /// come about (model, devices, evaluator and its version): costs are shared where it is equal.
  /// Never fails: when the file cannot be opened, read or written (a full disk, a read-only
  /// file), `warn` is called once from any thread, by default to print, and nothing is written
  /// any more; what can still be read is.
  ResultStore(const std::string &path, const std::string &fingerprint, Warn warn = {});
  /// Writes what is left.
  ~ResultStore();
  ResultStore(const ResultStore &) = delete;
  ResultStore &operator=(const ResultStore &) = delete;

  std::optional<double> find(llvm::ArrayRef<uint16_t> leaf);

  /// The first cost put for a leaf is the one that is kept; not NaN. Written within 100 ms, many
  /// at once: a kill of the process loses the costs of the last 100 ms, a power cut perhaps more.
  void put(llvm::ArrayRef<uint16_t> leaf, double cost);

  /// Writes what was put so far.
  void flush();

  /// False after a warning.
  bool healthy();

private:
  void open();
  bool run(const char *sql);
  bool prepare(const char *sql, sqlite3_stmt *&statement);
  bool insertWaiting();
  void flushLocked();
  void fail();
  void writeWhileOpen();

  const std::string path, fingerprint;
  const Warn warn;
  std::mutex mutex; ///< for all below but the thread
  sqlite3 *database = nullptr;
  sqlite3_stmt *select = nullptr;
  sqlite3_stmt *insert = nullptr;
  bool broken = false, closing = false;
  std::map<std::string, double> waiting; ///< leaf as bytes; not yet written
  std::condition_variable wake;
  std::thread writer;
};

} // namespace snc

#endif // SNC_SEARCH_RESULTSTORE_H
