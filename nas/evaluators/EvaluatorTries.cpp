// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of a candidate when its evaluator answers, fails or leaves.

#include "nas/evaluators/EvaluatorLoop.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

namespace snc {

static constexpr std::chrono::seconds kLastArrival(1); // for candidates still on their way
static constexpr unsigned kDepartures = 10; // from one candidate, before that counts as its fault

void EvaluatorLoop::answer(Seat &seat, llvm::StringRef line) {
  auto parsed = parseAnswer(line, seat.task->id, seat.task->name);
  if (!parsed)
    return fault(seat, llvm::toString(parsed.takeError()));
  anyAnswer = seat.hasAnswered = true;
  TaskPointer task = std::move(seat.task);
  Evaluation evaluation;
  evaluation.kind = parsed->score ? Evaluation::scored : Evaluation::failed;
  evaluation.score = parsed->score.value_or(0);
  evaluation.reason = std::move(parsed->error);
  evaluation.details = std::move(parsed->details);
  finish(*task, std::move(evaluation));
}

/// The evaluator is of no use any more, and its candidate's try is lost.
void EvaluatorLoop::fault(Seat &seat, std::string reason) {
  seat.worker.reset();
  TaskPointer task = std::move(seat.task);
  note("evaluator: " + (task ? task->name + ": " : "") + reason);
  if (task)
    retry(std::move(task), std::move(reason));
}

/// The evaluator has ended, or does not read or write any more.
void EvaluatorLoop::depart(Seat &seat) {
  bool clean, process = seat.worker->isProcess();
  std::string reason = seat.worker->howItEnded(clean);
  if (!seat.task) {
    seat.worker.reset();
    if (!process || !clean)
      note(process ? "evaluator: " + reason : "an evaluator has left");
    return;
  }
  // It may end after any answer, which may have been its last.
  bool excused = process ? clean && seat.hasAnswered : ++seat.task->departures <= kDepartures;
  if (!excused)
    return fault(seat, reason + " without an answer");
  seat.worker.reset();
  if (!process)
    note("an evaluator has left; " + seat.task->name + " is given to another");
  std::lock_guard lock(mutex);
  queue.push_front(std::move(seat.task));
}

void EvaluatorLoop::retry(TaskPointer task, std::string reason) {
  task->reason = std::move(reason);
  if (++task->tries <= options.retries) {
    std::lock_guard lock(mutex);
    queue.push_front(std::move(task));
    return;
  }
  suspects.push_back(std::move(task));
}

void EvaluatorLoop::finish(Task &task, Evaluation evaluation) {
  if (task.begun)
    evaluation.seconds = std::chrono::duration<double>(Clock::now() - task.begin).count();
  task.result.set_value(std::move(evaluation));
}

/// Where evaluators have answered before, a candidate that none can do is the candidate's fault;
/// where none ever has, and all that was tried is so, it is theirs.
void EvaluatorLoop::judgeSuspects() {
  if (suspects.empty())
    return;
  if (anyAnswer) {
    for (const TaskPointer &task : suspects) {
      Evaluation evaluation;
      evaluation.kind = Evaluation::failed;
      evaluation.reason = task->reason;
      finish(*task, std::move(evaluation));
    }
    suspects.clear();
    return;
  }
  bool busy = llvm::any_of(seats, [](const Seat &seat) { return seat.task != nullptr; });
  std::lock_guard lock(mutex);
  if (!busy && queue.empty() && Clock::now() >= lastArrival + kLastArrival)
    brokenReason = suspects.front()->reason;
}

} // namespace snc
