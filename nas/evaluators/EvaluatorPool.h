// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluator programs at work (docs/nas.md): some processes of one command, and others that
// connect and leave as they like. Whatever they do costs one candidate at most.

#ifndef SNC_NAS_EVALUATORS_EVALUATORPOOL_H
#define SNC_NAS_EVALUATORS_EVALUATORPOOL_H

#include "nas/evaluators/EvaluatorProtocol.h"
#include <atomic>
#include <functional>
#include <memory>

namespace snc {

struct EvaluatorPoolOptions {
  std::string command;   ///< by /bin/sh -c; empty: only programs that connect
  unsigned jobs = 1;     ///< processes of it at once
  double timeLimit = 0;  ///< seconds for a candidate; 0: none
  unsigned retries = 1;  ///< of a candidate whose evaluator broke down
  std::string listen;    ///< HOST:PORT or unix:PATH to accept evaluators at; empty: nowhere
  bool answered = false; ///< the command is known to answer
  std::atomic<bool> *stop = nullptr; ///< once true, all that is in progress is abandoned
  /// Told on what went wrong or changed, from the pool's thread; may be empty.
  std::function<void(llvm::StringRef message)> note;
};

/// What came of a candidate.
struct Evaluation {
  enum Kind {
    scored,
    failed,   ///< for `reason`
    abandoned ///< not evaluated, as the pool was stopped or is of no use: see broken()
  };
  Kind kind = abandoned;
  double score = 0;
  std::string reason;
  std::string details; ///< JSON of an object; may be empty
  double seconds = 0;  ///< from when it was first sent, with what was tried again
};

class EvaluatorLoop;

class EvaluatorPool {
public:
  /// Starts to listen, if it is to; processes are started when there is work.
  static llvm::Expected<std::unique_ptr<EvaluatorPool>> open(EvaluatorPoolOptions options);
  /// Abandons what is in progress and ends all processes.
  ~EvaluatorPool();
  EvaluatorPool(const EvaluatorPool &) = delete;
  EvaluatorPool &operator=(const EvaluatorPool &) = delete;

  /// Waits for an evaluator and then for its answer. May be called from any thread; as many
  /// candidates are evaluated at once as there are callers and evaluators.
  ///
  /// An evaluator that is late, ends, or answers what is no answer to the request is ended and
  /// started anew, and the candidate is tried again, as the options say. An answer of "error"
  /// is final. A connected program that leaves costs no try.
  Evaluation evaluate(const EvaluationRequest &request);

  /// Why every evaluation is abandoned: no evaluator of the pool has ever answered anything, and
  /// the processes broke down on all that they were given. Empty: it is not so.
  std::string broken() const;

  /// Where it listens, as HOST:PORT or unix:PATH; empty: nowhere.
  std::string address() const;

private:
  explicit EvaluatorPool(std::unique_ptr<EvaluatorLoop> loop);
  std::unique_ptr<EvaluatorLoop> loop;
};

} // namespace snc

#endif // SNC_NAS_EVALUATORS_EVALUATORPOOL_H
