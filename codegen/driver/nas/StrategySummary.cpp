// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/nas/StrategySummary.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace snc {

std::string progressText(const NasProgress &now, uint64_t budget) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "Searching strategies: " << now.tried << " of " << budget << " (" << now.invalid
     << " invalid, " << now.failed << " failed)";
  if (!now.best.empty())
    os << ", best " << now.best << llvm::format(" %.5g", now.score);
  return text;
}

void printResult(const NasSpace &space, const NasSearchResult &result, llvm::StringRef folder,
                 llvm::raw_ostream &out) {
  const NasProgress &counts = result.counts;
  double us = result.best->us, budget = space.widths().budgetUs(), base = space.widths().baseUs();
  out << counts.best << llvm::format(": score %.6g\n", counts.score)
      << llvm::format("  %.0f us predicted; the budget is %.0f us, %s takes %.0f us\n", us, budget,
                      space.base().name.c_str(), base)
      << "  " << counts.tried << " strategies: " << counts.scored << " scored, " << counts.invalid
      << " invalid, " << counts.failed << " failed; " << counts.evaluated << " evaluated now"
      << (result.exhausted ? "; these are all\n" : "\n") << "  " << folder << "\n";
}

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Error nothingFound(const NasSearchResult &result) {
  const NasProgress &counts = result.counts;
  std::string message = "no strategy has a score: " + std::to_string(counts.invalid) +
                        " do not fit the latency budget, " + std::to_string(counts.failed) +
                        " failed";
  for (const NasSample &sample : result.samples)
    if (!sample.invalid)
      return failure(message + " (" + sample.name + ": " + sample.record.reason + ")");
  return failure(message);
}

} // namespace snc
