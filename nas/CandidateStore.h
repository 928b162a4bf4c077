// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What evaluators said of candidates, which outlives the process: an SQLite database in WAL mode,
// so that it is whole after any kill and several searches may share it.

#ifndef SNC_NAS_CANDIDATESTORE_H
#define SNC_NAS_CANDIDATESTORE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace snc {

struct CandidateRecord {
  std::optional<double> score; ///< none: the evaluation failed
  std::string reason;          ///< why
  std::string details;         ///< what the evaluator told: JSON of an object; may be empty
  double latencyUs = 0;        ///< predicted
  double seconds = 0;          ///< that the evaluation took
  bool imported = false;       ///< not evaluated here
  bool operator==(const CandidateRecord &) const = default;
};

/// The candidates of one space, by name. Methods may be called from any thread.
class CandidateStore {
public:
  using Warn = std::function<void(llvm::StringRef message)>;

  /// Opens or makes the database at `path`; an error where it cannot be written. `fingerprint`
  /// names the space and how its scores come about: records are shared where it is equal. When
  /// a later write fails (a full disk), `warn` is called once, from any thread, and what cannot
  /// be written is kept in memory.
  static llvm::Expected<std::unique_ptr<CandidateStore>>
  open(const std::string &path, const std::string &fingerprint, Warn warn);
  ~CandidateStore();
  CandidateStore(const CandidateStore &) = delete;
  CandidateStore &operator=(const CandidateStore &) = delete;

  std::optional<CandidateRecord> find(const std::string &name);
  /// Keeps a record, at once and safe from a kill of the process (a power cut may lose the
  /// last). The first of a name is kept; returns that.
  CandidateRecord put(const std::string &name, const CandidateRecord &record);
  /// Keeps many, all or none; how many of them were new. An error where it cannot.
  llvm::Expected<size_t> putAll(const std::map<std::string, CandidateRecord> &records);
  /// Scores by name.
  std::map<std::string, double> scores();
  /// True when an evaluator has given a score.
  bool hasAnswers();
  /// So that they are evaluated again.
  void forgetFailures();

  /// A number that a search has from its beginning to its end: what was kept under `key`, or
  /// `wanted`, which is kept from now on.
  unsigned settle(const std::string &key, unsigned wanted);

private:
  CandidateStore(std::string path, std::string fingerprint, Warn warn)
      : path(std::move(path)), fingerprint(std::move(fingerprint)), warn(std::move(warn)) {}
  class Statement;
  bool run(const char *sql);
  bool insert(const std::string &name, const CandidateRecord &record);
  std::optional<CandidateRecord> findLocked(const std::string &name);
  void fail();
  std::string lastError() const;

  const std::string path, fingerprint;
  const Warn warn;
  std::mutex mutex; ///< for all below
  sqlite3 *database = nullptr;
  bool warned = false;
  std::map<std::string, CandidateRecord> unwritten;
};

} // namespace snc

#endif // SNC_NAS_CANDIDATESTORE_H
