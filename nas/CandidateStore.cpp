// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/CandidateStore.h"

#include "llvm/ADT/Twine.h"
#include <sqlite3.h>

namespace snc {

static constexpr int kBusyMilliseconds = 10000; // for another search's write to end

// WAL and NORMAL: a commit is safe from a kill of the process, without a sync each.
static constexpr const char *kTables = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS candidates(
    space TEXT NOT NULL, name TEXT NOT NULL, score REAL, reason TEXT NOT NULL,
    details TEXT NOT NULL, latency_us REAL NOT NULL, seconds REAL NOT NULL,
    imported INTEGER NOT NULL, PRIMARY KEY(space, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings(
    space TEXT NOT NULL, key TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY(space, key)) WITHOUT ROWID;
  COMMIT;)sql";

/// A prepared statement whose first parameter is the space.
class CandidateStore::Statement {
public:
  Statement(CandidateStore &store, const char *sql) {
    if (sqlite3_prepare_v2(store.database, sql, -1, &statement, nullptr) == SQLITE_OK)
      bind(store.fingerprint);
  }
  ~Statement() { sqlite3_finalize(statement); }

  // What is bound outlives the statement's steps. A null pointer would be NULL.
  Statement &bind(const std::string &text) {
    sqlite3_bind_text(statement, ++bound, text.c_str(), int(text.size()), SQLITE_STATIC);
    return *this;
  }
  Statement &bind(double value) {
    sqlite3_bind_double(statement, ++bound, value);
    return *this;
  }
  Statement &bind(std::optional<double> value) {
    return value ? bind(*value) : (++bound, *this); // NULL
  }
  Statement &bind(int64_t value) {
    sqlite3_bind_int64(statement, ++bound, value);
    return *this;
  }
  /// SQLITE_ROW, SQLITE_DONE or an error.
  int step() { return statement ? sqlite3_step(statement) : SQLITE_ERROR; }

  std::string text(int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text ? std::string(reinterpret_cast<const char *>(text),
                              size_t(sqlite3_column_bytes(statement, column)))
                : std::string();
  }
  double real(int column) { return sqlite3_column_double(statement, column); }
  int64_t integer(int column) { return sqlite3_column_int64(statement, column); }
  bool isNull(int column) { return sqlite3_column_type(statement, column) == SQLITE_NULL; }

private:
  sqlite3_stmt *statement = nullptr;
  int bound = 0;
};

llvm::Expected<std::unique_ptr<CandidateStore>>
CandidateStore::open(const std::string &path, const std::string &fingerprint, Warn warn) {
  std::unique_ptr<CandidateStore> store(new CandidateStore(path, fingerprint, std::move(warn)));
  bool good = sqlite3_open_v2(path.c_str(), &store->database,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                              nullptr) == SQLITE_OK;
  if (good)
    sqlite3_busy_timeout(store->database, kBusyMilliseconds);
  if (!good || !store->run(kTables))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "cannot keep results in '" + path + "': " + store->lastError());
  return store;
}

CandidateStore::~CandidateStore() { sqlite3_close(database); }

bool CandidateStore::run(const char *sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::string CandidateStore::lastError() const {
  return database ? sqlite3_errmsg(database) : "out of memory";
}

/// The last call of SQLite went wrong.
void CandidateStore::fail() {
  if (!std::exchange(warned, true))
    warn("results are no longer kept in '" + path + "': " + lastError());
}

std::optional<CandidateRecord> CandidateStore::findLocked(const std::string &name) {
  if (auto found = unwritten.find(name); found != unwritten.end())
    return found->second;
  Statement select(*this, "SELECT score, reason, details, latency_us, seconds, imported FROM "
                          "candidates WHERE space = ? AND name = ?");
  int status = select.bind(name).step();
  if (status != SQLITE_ROW && status != SQLITE_DONE)
    fail();
  if (status != SQLITE_ROW)
    return std::nullopt;
  CandidateRecord record;
  if (!select.isNull(0))
    record.score = select.real(0);
  record.reason = select.text(1);
  record.details = select.text(2);
  record.latencyUs = select.real(3);
  record.seconds = select.real(4);
  record.imported = select.integer(5) != 0;
  return record;
}

std::optional<CandidateRecord> CandidateStore::find(const std::string &name) {
  std::lock_guard lock(mutex);
  return findLocked(name);
}

bool CandidateStore::insert(const std::string &name, const CandidateRecord &record) {
  Statement insert(*this, "INSERT OR IGNORE INTO candidates VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  return insert.bind(name)
             .bind(record.score)
             .bind(record.reason)
             .bind(record.details)
             .bind(record.latencyUs)
             .bind(record.seconds)
             .bind(int64_t(record.imported))
             .step() == SQLITE_DONE;
}

CandidateRecord CandidateStore::put(const std::string &name, const CandidateRecord &record) {
  std::lock_guard lock(mutex);
  if (!insert(name, record)) {
    fail();
    return unwritten.emplace(name, record).first->second;
  }
  return findLocked(name).value_or(record);
}

llvm::Expected<size_t>
CandidateStore::putAll(const std::map<std::string, CandidateRecord> &records) {
  std::lock_guard lock(mutex);
  size_t fresh = 0;
  bool good = run("BEGIN IMMEDIATE");
  for (const auto &[name, record] : records) {
    good = good && insert(name, record);
    fresh += good ? size_t(sqlite3_changes(database)) : 0;
  }
  if (good && run("COMMIT"))
    return fresh;
  std::string reason = lastError();
  run("ROLLBACK");
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "cannot keep results in '" + path + "': " + reason);
}

std::map<std::string, double> CandidateStore::scores() {
  std::lock_guard lock(mutex);
  std::map<std::string, double> scores;
  Statement select(*this,
                   "SELECT name, score FROM candidates WHERE space = ? AND score IS NOT NULL");
  int status;
  while ((status = select.step()) == SQLITE_ROW)
    scores[select.text(0)] = select.real(1);
  if (status != SQLITE_DONE)
    fail();
  for (const auto &[name, record] : unwritten)
    if (record.score)
      scores[name] = *record.score;
  return scores;
}

bool CandidateStore::hasAnswers() {
  std::lock_guard lock(mutex);
  Statement select(*this, "SELECT 1 FROM candidates WHERE space = ? AND score IS NOT NULL AND "
                          "imported = 0 LIMIT 1");
  return select.step() == SQLITE_ROW;
}

void CandidateStore::forgetFailures() {
  std::lock_guard lock(mutex);
  if (Statement(*this, "DELETE FROM candidates WHERE space = ? AND score IS NULL").step() !=
      SQLITE_DONE)
    fail();
}

unsigned CandidateStore::settle(const std::string &key, unsigned wanted) {
  std::lock_guard lock(mutex);
  Statement insert(*this, "INSERT OR IGNORE INTO settings VALUES(?, ?, ?)");
  if (insert.bind(key).bind(int64_t(wanted)).step() != SQLITE_DONE)
    fail();
  Statement select(*this, "SELECT value FROM settings WHERE space = ? AND key = ?");
  return select.bind(key).step() == SQLITE_ROW ? unsigned(select.integer(0)) : wanted;
}

} // namespace snc
