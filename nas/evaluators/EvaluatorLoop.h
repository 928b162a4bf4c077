// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The thread behind an EvaluatorPool: it alone speaks to evaluators. Private to nas/.

#ifndef SNC_NAS_EVALUATORS_EVALUATORLOOP_H
#define SNC_NAS_EVALUATORS_EVALUATORLOOP_H

#include "nas/evaluators/EvaluatorPool.h"
#include "nas/evaluators/EvaluatorWorker.h"
#include "nas/evaluators/Listener.h"

#include <chrono>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace snc {

class EvaluatorLoop {
public:
  /// `listener` may be null.
  EvaluatorLoop(EvaluatorPoolOptions options, std::unique_ptr<Listener> listener);
  ~EvaluatorLoop();

  /// Queues a candidate; from any thread.
  std::future<Evaluation> add(const EvaluationRequest &request);
  std::string broken() const;
  std::string address() const { return listener ? listener->address() : ""; }

private:
  using Clock = std::chrono::steady_clock;

  struct Task {
    uint64_t id;
    std::string name, line;
    unsigned tries = 0, departures = 0;
    bool begun = false;
    Clock::time_point begin;
    std::string reason; ///< of the last try
    std::promise<Evaluation> result;
  };
  using TaskPointer = std::shared_ptr<Task>;

  /// A place for an evaluator.
  struct Seat {
    std::unique_ptr<EvaluatorWorker> worker; ///< null: to be started
    TaskPointer task;                        ///< null: idle
    Clock::time_point deadline;
    bool hasAnswered = false;
  };

  void run();
  bool stopped() const;
  void wait();
  void serve();
  void dispatch();
  void begin(Seat &seat);
  void hear(Seat &seat);
  void answer(Seat &seat, llvm::StringRef line);
  void fault(Seat &seat, std::string reason);
  void depart(Seat &seat);
  void retry(TaskPointer task, std::string reason);
  void finish(Task &task, Evaluation evaluation);
  void judgeSuspects();
  void abandonAll();
  void endWorkers();
  void note(const llvm::Twine &message) const;

  const EvaluatorPoolOptions options;
  const std::unique_ptr<Listener> listener;
  int wakeEvent; ///< an eventfd

  mutable std::mutex mutex; ///< for these
  std::deque<TaskPointer> queue;
  bool closing = false;
  bool useless = false; ///< abandon whatever comes
  std::string brokenReason;
  uint64_t nextId = 1;

  // For the thread alone.
  std::vector<Seat> seats;           ///< the first `jobs` are of processes
  std::vector<TaskPointer> suspects; ///< failed before any answer came: perhaps all would
  bool anyAnswer = false;
  Clock::time_point lastArrival;
  std::thread thread;
};

} // namespace snc

#endif // SNC_NAS_EVALUATORS_EVALUATORLOOP_H
