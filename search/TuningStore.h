// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times of kernels under one schedule or another, which outlive the process: an SQLite
// database in WAL mode, so that it is whole after any kill and several compilers may
// share it.

#ifndef SNC_SEARCH_TUNINGSTORE_H
#define SNC_SEARCH_TUNINGSTORE_H

#include "llvm/ADT/StringRef.h"
#include <functional>
#include <map>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace snc {

/// A kernel under `schedule` beside the same kernel under `reference`, both in
/// microseconds and run in turns: the quotient is what is known, as the speed of a
/// machine comes and goes.
struct TuningSample {
  std::string schedule, reference;
  double us = 0, referenceUs = 0;
};

/// What is known of one schedule of a kernel.
struct TunedSchedule {
  std::string schedule;
  double ratio = 1;       ///< median of us / referenceUs; below 1 is faster
  double referenceUs = 0; ///< median
  size_t samples = 0;
};

/// The samples of one processor. One thread at a time.
class TuningStore {
public:
  using Warn = std::function<void(llvm::StringRef message)>;

  /// Opens or makes the database at `path`; empty: kept in memory alone. Samples of
  /// other processors than `processor` are not seen. Never fails: when the file
  /// cannot be opened, read or written, `warn` is called once, by default to print,
  /// and samples are kept in memory.
  TuningStore(const std::string &path, const std::string &processor, Warn warn = {});
  ~TuningStore();
  TuningStore(const TuningStore &) = delete;
  TuningStore &operator=(const TuningStore &) = delete;

  /// All samples of a kernel, in the order they were put.
  const std::vector<TuningSample> &samples(const std::string &kernel);
  /// What they say of each schedule against `reference`, fastest first; samples
  /// against another reference do not count.
  std::vector<TunedSchedule> known(const std::string &kernel, llvm::StringRef reference);

  /// Keeps samples by kernel, all or none of them; times have to be positive, others are
  /// left out.
  void put(const std::vector<std::pair<std::string, TuningSample>> &fresh);

private:
  bool open();
  bool run(const char *sql);
  bool insert(const std::string &kernel, const TuningSample &sample);
  void fail();

  const std::string path, processor;
  const Warn warn;
  sqlite3 *database = nullptr;
  sqlite3_stmt *select = nullptr, *write = nullptr;
  bool broken = false;
  std::map<std::string, std::vector<TuningSample>> loaded;
};

} // namespace snc

#endif // SNC_SEARCH_TUNINGSTORE_H
