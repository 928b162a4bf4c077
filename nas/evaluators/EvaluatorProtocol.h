// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an evaluator program is asked and what it answers (docs/nas.md): lines of JSON.

#ifndef SNC_NAS_EVALUATORS_EVALUATORPROTOCOL_H
#define SNC_NAS_EVALUATORS_EVALUATORPROTOCOL_H

#include "nas/StagedNetwork.h"
#include <optional>

namespace snc {

/// Bytes of an answer, its line's end not counted.
constexpr size_t kLongestAnswer = 1 << 20;

/// A candidate whose score is wanted.
struct EvaluationRequest {
  StagedNetwork network; ///< named after the strategy, as its request and answer are
  double latencyUs = 0;  ///< predicted
  uint64_t seed = 1;     ///< of what is random in the evaluator
};

/// {"id", "name", "network", "latency_us", "seed"} and a line's end.
std::string requestLine(const EvaluationRequest &request, uint64_t id);

struct EvaluatorAnswer {
  std::optional<double> score; ///< larger is better, finite; none: look at `error`
  std::string error;           ///< why the program could not tell, on one line
  std::string details;         ///< what else it told: an object as JSON text; may be empty
};

/// The answer that `line` holds, or an error that says why it is none to the request `id` for
/// `name`. Members that are not known are left alone.
llvm::Expected<EvaluatorAnswer> parseAnswer(llvm::StringRef line, uint64_t id,
                                            llvm::StringRef name);

/// `text` for a message: on one line, without control characters, not too long.
std::string onOneLine(llvm::StringRef text, size_t most = 300);

} // namespace snc

#endif // SNC_NAS_EVALUATORS_EVALUATORPROTOCOL_H
