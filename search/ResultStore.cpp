// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/ResultStore.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/WithColor.h"
#include <chrono>
#include <sqlite3.h>

namespace snc {

static constexpr std::chrono::milliseconds kDelay(100);
static constexpr int kBusyMilliseconds = 2000; // for another search's write to end

/// A leaf as the database has it: two bytes a choice, the low one first.
static std::string bytesOf(llvm::ArrayRef<uint16_t> leaf) {
  std::string bytes(2 * leaf.size(), 0);
  for (size_t i = 0; i < leaf.size(); ++i)
    llvm::support::endian::write16le(&bytes[2 * i], leaf[i]);
  return bytes;
}

static bool bindKey(sqlite3_stmt *statement, const std::string &fingerprint,
                    const std::string &leaf) {
  // SQLITE_STATIC: both outlive the step. A null pointer would be NULL, an empty leaf is none.
  return sqlite3_bind_text(statement, 1, fingerprint.data(), fingerprint.size(), SQLITE_STATIC) ==
             SQLITE_OK &&
         sqlite3_bind_blob(statement, 2, leaf.c_str(), leaf.size(), SQLITE_STATIC) == SQLITE_OK;
}

ResultStore::ResultStore(const std::string &path, const std::string &fingerprint, Warn warn)
    : path(path), fingerprint(fingerprint), warn(std::move(warn)) {
  open();
  writer = std::thread([this] { writeWhileOpen(); });
}

ResultStore::~ResultStore() {
  {
    std::lock_guard lock(mutex);
    closing = true;
  }
  wake.notify_all();
  writer.join();
  flush();
  sqlite3_finalize(select);
  sqlite3_finalize(insert);
  sqlite3_close(database);
}

void ResultStore::open() {
  std::lock_guard lock(mutex);
  if (sqlite3_open_v2(path.c_str(), &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK) {
    fail();
    return;
  }
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  // WAL and NORMAL: a commit is safe from a kill of the process, without a sync each.
  bool writable = run("PRAGMA journal_mode = WAL") && run("PRAGMA synchronous = NORMAL") &&
                  run("CREATE TABLE IF NOT EXISTS evaluations(space TEXT NOT NULL, leaf BLOB NOT "
                      "NULL, cost REAL NOT NULL, PRIMARY KEY(space, leaf)) WITHOUT ROWID") &&
                  prepare("INSERT OR IGNORE INTO evaluations VALUES(?, ?, ?)", insert);
  if (!writable)
    fail();
  if (!prepare("SELECT cost FROM evaluations WHERE space = ? AND leaf = ?", select))
    fail();
}

bool ResultStore::run(const char *sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

bool ResultStore::prepare(const char *sql, sqlite3_stmt *&statement) {
  return sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK;
}

/// The last call of SQLite went wrong.
void ResultStore::fail() {
  if (broken)
    return;
  broken = true;
  waiting.clear();
  std::string message = "search results are not stored in '" + path +
                        "': " + (database ? sqlite3_errmsg(database) : "out of memory");
  if (warn)
    warn(message);
  else
    llvm::WithColor::warning() << message << '\n';
}

std::optional<double> ResultStore::find(llvm::ArrayRef<uint16_t> leaf) {
  std::string bytes = bytesOf(leaf);
  std::lock_guard lock(mutex);
  if (auto found = waiting.find(bytes); found != waiting.end())
    return found->second;
  if (!select)
    return std::nullopt;
  std::optional<double> cost;
  int status = bindKey(select, fingerprint, bytes) ? sqlite3_step(select) : SQLITE_ERROR;
  if (status == SQLITE_ROW)
    cost = sqlite3_column_double(select, 0);
  else if (status != SQLITE_DONE)
    fail();
  sqlite3_reset(select);
  return cost;
}

void ResultStore::put(llvm::ArrayRef<uint16_t> leaf, double cost) {
  {
    std::lock_guard lock(mutex);
    if (broken)
      return;
    waiting.emplace(bytesOf(leaf), cost);
  }
  wake.notify_all();
}

bool ResultStore::insertWaiting() {
  for (const auto &[leaf, cost] : waiting) {
    bool done = bindKey(insert, fingerprint, leaf) &&
                sqlite3_bind_double(insert, 3, cost) == SQLITE_OK &&
                sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_reset(insert);
    if (!done)
      return false;
  }
  return true;
}

void ResultStore::flushLocked() {
  if (broken || waiting.empty())
    return;
  if (run("BEGIN IMMEDIATE") && insertWaiting() && run("COMMIT")) {
    waiting.clear();
    return;
  }
  fail();
  if (!sqlite3_get_autocommit(database))
    run("ROLLBACK");
}

void ResultStore::flush() {
  std::lock_guard lock(mutex);
  flushLocked();
}

bool ResultStore::healthy() {
  std::lock_guard lock(mutex);
  return !broken;
}

/// A thread of its own, as the next put may come hours after the last.
void ResultStore::writeWhileOpen() {
  std::unique_lock lock(mutex);
  while (!closing) {
    wake.wait(lock, [&] { return closing || !waiting.empty(); });
    wake.wait_for(lock, kDelay, [&] { return closing; });
    flushLocked();
  }
}

} // namespace snc
