// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/TuningStore.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/WithColor.h"
#include <cmath>
#include <sqlite3.h>

namespace snc {

static constexpr int kBusyMilliseconds = 2000; // for another compiler's write to end

static bool bindText(sqlite3_stmt *statement, int place, const std::string &text) {
  // SQLITE_STATIC: it outlives the step.
  return sqlite3_bind_text(statement, place, text.data(), int(text.size()), SQLITE_STATIC) ==
         SQLITE_OK;
}

static std::string textAt(sqlite3_stmt *statement, int column) {
  auto text = reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
  return text ? text : "";
}

TuningStore::TuningStore(const std::string &path, const std::string &processor, Warn warn)
    : path(path), processor(processor), warn(std::move(warn)) {
  if (!path.empty() && !open())
    fail();
}

TuningStore::~TuningStore() {
  sqlite3_finalize(select);
  sqlite3_finalize(write);
  sqlite3_close(database);
}

bool TuningStore::open() {
  auto prepare = [&](const char *sql, sqlite3_stmt *&statement) {
    return sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK;
  };
  if (sqlite3_open_v2(path.c_str(), &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK)
    return false;
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  bool writable =
      run("PRAGMA journal_mode = WAL") && run("PRAGMA synchronous = NORMAL") &&
      run("CREATE TABLE IF NOT EXISTS timings(processor TEXT NOT NULL, kernel TEXT NOT NULL, "
          "schedule TEXT NOT NULL, reference TEXT NOT NULL, us REAL NOT NULL, reference_us REAL "
          "NOT NULL)") &&
      run("CREATE INDEX IF NOT EXISTS by_kernel ON timings(processor, kernel)") &&
      prepare("INSERT INTO timings VALUES(?, ?, ?, ?, ?, ?)", write);
  // What cannot be written may still be read.
  if (!writable)
    fail();
  return prepare("SELECT schedule, reference, us, reference_us FROM timings WHERE processor = ? "
                 "AND kernel = ? ORDER BY rowid",
                 select);
}

bool TuningStore::run(const char *sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

/// The last call of SQLite went wrong.
void TuningStore::fail() {
  if (broken)
    return;
  broken = true;
  std::string message = "schedules' times are not stored in '" + path +
                        "': " + (database ? sqlite3_errmsg(database) : "out of memory");
  if (warn)
    warn(message);
  else
    llvm::WithColor::warning() << message << '\n';
}

static bool isTime(double us) { return std::isfinite(us) && us > 0; }

const std::vector<TuningSample> &TuningStore::samples(const std::string &kernel) {
  auto [found, isNew] = loaded.try_emplace(kernel);
  std::vector<TuningSample> &list = found->second;
  if (!isNew || !select)
    return list;
  int status = bindText(select, 1, processor) && bindText(select, 2, kernel) ? sqlite3_step(select)
                                                                             : SQLITE_ERROR;
  for (; status == SQLITE_ROW; status = sqlite3_step(select)) {
    TuningSample sample{textAt(select, 0), textAt(select, 1), sqlite3_column_double(select, 2),
                        sqlite3_column_double(select, 3)};
    if (isTime(sample.us) && isTime(sample.referenceUs))
      list.push_back(std::move(sample));
  }
  if (status != SQLITE_DONE)
    fail();
  sqlite3_reset(select);
  return list;
}

static double median(std::vector<double> values) {
  llvm::sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::vector<TunedSchedule> TuningStore::known(const std::string &kernel,
                                              llvm::StringRef reference) {
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> times;
  for (const TuningSample &sample : samples(kernel))
    if (sample.reference == reference) {
      auto &[ratios, references] = times[sample.schedule];
      ratios.push_back(sample.us / sample.referenceUs);
      references.push_back(sample.referenceUs);
    }
  std::vector<TunedSchedule> result;
  for (const auto &[schedule, lists] : times)
    result.push_back({schedule, median(lists.first), median(lists.second), lists.first.size()});
  llvm::sort(result, [](const TunedSchedule &a, const TunedSchedule &b) {
    return std::tie(a.ratio, a.schedule) < std::tie(b.ratio, b.schedule);
  });
  return result;
}

bool TuningStore::insert(const std::string &kernel, const TuningSample &sample) {
  bool done = bindText(write, 1, processor) && bindText(write, 2, kernel) &&
              bindText(write, 3, sample.schedule) && bindText(write, 4, sample.reference) &&
              sqlite3_bind_double(write, 5, sample.us) == SQLITE_OK &&
              sqlite3_bind_double(write, 6, sample.referenceUs) == SQLITE_OK &&
              sqlite3_step(write) == SQLITE_DONE;
  sqlite3_reset(write);
  return done;
}

void TuningStore::put(const std::vector<std::pair<std::string, TuningSample>> &fresh) {
  for (const auto &[kernel, sample] : fresh)
    samples(kernel); // loads what is known, before it is joined
  bool writing = !broken && write, good = writing && run("BEGIN IMMEDIATE");
  for (const auto &[kernel, sample] : fresh) {
    if (!isTime(sample.us) || !isTime(sample.referenceUs))
      continue;
    loaded[kernel].push_back(sample);
    good = good && insert(kernel, sample);
  }
  if (!writing || (good && run("COMMIT")))
    return;
  fail();
  if (!sqlite3_get_autocommit(database))
    run("ROLLBACK");
}

} // namespace snc
