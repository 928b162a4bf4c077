// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/evaluators/EvaluatorLoop.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

#include <csignal>
#include <cstdio>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace snc {

static constexpr std::chrono::milliseconds kGlance(100); // at the stop flag
static constexpr std::chrono::milliseconds kFarewell(2000);

EvaluatorLoop::EvaluatorLoop(EvaluatorPoolOptions given, std::unique_ptr<Listener> listening)
    : options(std::move(given)), listener(std::move(listening)),
      wakeEvent(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), anyAnswer(options.answered) {
  if (!options.command.empty())
    seats.resize(std::max(options.jobs, 1u));
  thread = std::thread([this] { run(); });
}

EvaluatorLoop::~EvaluatorLoop() {
  {
    std::lock_guard lock(mutex);
    closing = true;
  }
  eventfd_write(wakeEvent, 1);
  thread.join();
  close(wakeEvent);
}

std::string EvaluatorLoop::broken() const {
  std::lock_guard lock(mutex);
  return brokenReason;
}

std::future<Evaluation> EvaluatorLoop::add(const EvaluationRequest &request) {
  auto task = std::make_shared<Task>();
  task->name = request.network.name;
  std::future<Evaluation> result = task->result.get_future();
  std::lock_guard lock(mutex);
  if (useless) {
    task->result.set_value({});
    return result;
  }
  task->id = nextId++;
  task->line = requestLine(request, task->id);
  queue.push_back(task);
  eventfd_write(wakeEvent, 1);
  return result;
}

void EvaluatorLoop::note(const llvm::Twine &message) const {
  if (options.note)
    options.note(message.str());
}

bool EvaluatorLoop::stopped() const {
  std::lock_guard lock(mutex);
  return closing || !brokenReason.empty() || (options.stop && *options.stop);
}

void EvaluatorLoop::run() {
  sigset_t pipes; // a write to an evaluator that is gone is an error like others
  sigemptyset(&pipes);
  sigaddset(&pipes, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
  while (!stopped()) {
    dispatch();
    wait();
    serve();
    judgeSuspects();
  }
  abandonAll();
  endWorkers();
}

/// Gives what waits to whom is idle.
void EvaluatorLoop::dispatch() {
  for (Seat &seat : seats) {
    if (seat.task)
      continue;
    {
      std::lock_guard lock(mutex);
      if (queue.empty())
        return;
      seat.task = queue.front();
      queue.pop_front();
    }
    begin(seat);
  }
}

void EvaluatorLoop::begin(Seat &seat) {
  Clock::time_point now = Clock::now();
  Task &task = *seat.task;
  lastArrival = now;
  if (!task.begun)
    task.begin = now;
  task.begun = true;
  if (!seat.worker) {
    auto started = EvaluatorWorker::start(options.command);
    if (!started)
      return fault(seat, llvm::toString(started.takeError()));
    seat.worker = std::move(*started);
    seat.hasAnswered = false;
  }
  seat.deadline = Clock::time_point::max();
  if (options.timeLimit > 0)
    seat.deadline = now + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(std::min(options.timeLimit, 1e8)));
  seat.worker->send(task.line);
  if (!seat.worker->flush())
    depart(seat);
}

/// Until something is to be heard or done.
void EvaluatorLoop::wait() {
  std::vector<pollfd> watched{{wakeEvent, POLLIN, 0}};
  if (listener)
    watched.push_back({listener->socket(), POLLIN, 0});
  auto soonest = Clock::time_point::max();
  bool glance = options.stop || !suspects.empty();
  for (const Seat &seat : seats) {
    if (!seat.worker)
      continue;
    watched.push_back({seat.worker->input(), POLLIN, 0});
    if (seat.worker->wantsToWrite())
      watched.push_back({seat.worker->output(), POLLOUT, 0});
    if (seat.task)
      soonest = std::min(soonest, seat.deadline);
  }
  {
    std::lock_guard lock(mutex);
    bool idle = llvm::any_of(seats, [](const Seat &seat) { return !seat.task; });
    if (closing || (idle && !queue.empty())) // put back since the last dispatch
      return;
  }
  int most = glance ? int(kGlance.count()) : -1;
  if (soonest != Clock::time_point::max()) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(soonest - Clock::now()).count();
    left = std::clamp<int64_t>(left, 0, 1000000);
    most = most < 0 ? int(left) : std::min(most, int(left));
  }
  poll(watched.data(), watched.size(), most);
  eventfd_t ignored;
  eventfd_read(wakeEvent, &ignored);
}

void EvaluatorLoop::serve() {
  for (Seat &seat : seats)
    if (seat.worker)
      hear(seat);
  for (Seat &seat : seats) {
    if (seat.worker && !seat.worker->flush())
      depart(seat);
    if (seat.task && Clock::now() >= seat.deadline) {
      char text[64];
      std::snprintf(text, sizeof text, "no answer within %g s", options.timeLimit);
      fault(seat, text);
    }
  }
  size_t processes = options.command.empty() ? 0 : std::max(options.jobs, 1u);
  for (size_t i = seats.size(); i-- > processes;)
    if (!seats[i].worker)
      seats.erase(seats.begin() + ptrdiff_t(i));
  for (int connection; listener && (connection = listener->accept()) >= 0;) {
    seats.push_back({EvaluatorWorker::connected(connection), nullptr, {}, false});
    note("an evaluator has joined; " + llvm::Twine(seats.size() - processes) + " connected");
  }
}

void EvaluatorLoop::hear(Seat &seat) {
  while (seat.worker) {
    std::string line;
    switch (seat.worker->receive(line)) {
    case EvaluatorWorker::Received::nothing:
      return;
    case EvaluatorWorker::Received::tooLong:
      fault(seat, "an answer of more than " + std::to_string(kLongestAnswer) + " bytes");
      return;
    case EvaluatorWorker::Received::end:
      depart(seat);
      return;
    case EvaluatorWorker::Received::line:
      if (seat.task)
        answer(seat, line);
      else
        fault(seat, "a line that nobody asked for: " + onOneLine(line, 120));
    }
  }
}

void EvaluatorLoop::abandonAll() {
  std::lock_guard lock(mutex);
  useless = true;
  for (Seat &seat : seats)
    if (seat.task)
      finish(*std::exchange(seat.task, nullptr), {}), seat.worker->terminate();
  for (const TaskPointer &task : suspects)
    finish(*task, {});
  for (const TaskPointer &task : queue)
    finish(*task, {});
  suspects.clear();
  queue.clear();
}

/// Lets them end by themselves, for a while.
void EvaluatorLoop::endWorkers() {
  for (Seat &seat : seats)
    if (seat.worker)
      seat.worker->closeInput();
  auto last = Clock::now() + kFarewell;
  while (Clock::now() < last && !llvm::all_of(seats, [](const Seat &seat) {
           return !seat.worker || seat.worker->hasEnded();
         }))
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  seats.clear();
}

} // namespace snc
