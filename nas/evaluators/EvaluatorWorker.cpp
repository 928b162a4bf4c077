// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/evaluators/EvaluatorWorker.h"

#include "nas/evaluators/EvaluatorProtocol.h"
#include "llvm/ADT/Twine.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace snc {

// Between fork and exec nothing is done that takes a lock: other threads may have held it.

[[noreturn]] static void becomeShell(const char *command, int in, int out) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
    execl("/bin/sh", "sh", "-c", command, static_cast<char *>(nullptr));
  _exit(127);
}

/// Ends as the process of status `status` did.
[[noreturn]] static void endAs(int status) {
  if (WIFEXITED(status))
    _exit(WEXITSTATUS(status));
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  signal(WTERMSIG(status), SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, WTERMSIG(status));
  kill(getpid(), WTERMSIG(status));
  sigprocmask(SIG_UNBLOCK, &one, nullptr);
  _exit(128 + WTERMSIG(status));
}

/// The leader of the process group: it runs the command, ends as the command does, and takes the
/// whole group along when the thread that started it is gone, be it by a kill of the process.
[[noreturn]] static void guard(const char *command, int in, int out, pid_t parent) {
  setpgid(0, 0);
  sigset_t all, awaited;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGUSR1);
  if (getppid() != parent)
    _exit(127);
  pid_t shell = fork();
  if (shell == 0)
    becomeShell(command, in, out);
  close_range(0, ~0u, 0); // others see when the command's ends are closed
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, SIGUSR1);
  if (shell < 0)
    _exit(127);
  while (true) {
    int which = 0, status = 0;
    sigwait(&awaited, &which);
    if (which == SIGUSR1)
      kill(0, SIGKILL);
    if (waitpid(shell, &status, WNOHANG) == shell)
      endAs(status);
  }
}

llvm::Expected<std::unique_ptr<EvaluatorWorker>>
EvaluatorWorker::start(const std::string &command) {
  auto fail = [](const char *what) {
    return llvm::createStringError(std::error_code(errno, std::generic_category()), "%s: %s", what,
                                   std::strerror(errno));
  };
  int requests[2], answers[2];
  if (pipe2(requests, O_CLOEXEC) != 0)
    return fail("cannot make a pipe");
  if (pipe2(answers, O_CLOEXEC) != 0) {
    llvm::Error error = fail("cannot make a pipe");
    close(requests[0]);
    close(requests[1]);
    return error;
  }
  pid_t self = getpid(), child = fork();
  if (child == 0)
    guard(command.c_str(), requests[0], answers[1], self);
  llvm::Error failed = child < 0 ? fail("cannot start a process") : llvm::Error::success();
  close(requests[0]);
  close(answers[1]);
  if (failed) {
    close(requests[1]);
    close(answers[0]);
    return failed;
  }
  setpgid(child, child); // whoever is first: a kill must not miss the group
  fcntl(requests[1], F_SETFL, O_NONBLOCK);
  fcntl(answers[0], F_SETFL, O_NONBLOCK);
  return std::unique_ptr<EvaluatorWorker>(new EvaluatorWorker(answers[0], requests[1], child));
}

std::unique_ptr<EvaluatorWorker> EvaluatorWorker::connected(int socket) {
  fcntl(socket, F_SETFL, O_NONBLOCK);
  return std::unique_ptr<EvaluatorWorker>(new EvaluatorWorker(socket, socket, 0));
}

EvaluatorWorker::~EvaluatorWorker() {
  kill();
  closeInput();
  close(readEnd);
}

void EvaluatorWorker::send(std::string line) { unsent = std::move(line); }

bool EvaluatorWorker::flush() {
  while (!unsent.empty()) {
    ssize_t sent = write(writeEnd, unsent.data(), unsent.size());
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK;
    unsent.erase(0, size_t(sent));
  }
  return true;
}

EvaluatorWorker::Received EvaluatorWorker::receive(std::string &line) {
  for (;;) {
    size_t end = received.find('\n', searched);
    if (end != std::string::npos && end <= kLongestAnswer) {
      line = received.substr(0, end);
      received.erase(0, end + 1);
      searched = 0;
      return Received::line;
    }
    if (received.size() > kLongestAnswer)
      return Received::tooLong;
    searched = received.size();
    if (ended)
      return Received::end;
    char buffer[1 << 14];
    ssize_t count = read(readEnd, buffer, sizeof buffer);
    if (count > 0)
      received.append(buffer, size_t(count));
    else if (count < 0 && errno == EINTR)
      continue;
    else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return Received::nothing;
    else
      ended = true;
  }
}

/// Polls `done` for so long; whether it came true.
static bool waitFor(std::chrono::milliseconds most, auto done) {
  auto last = std::chrono::steady_clock::now() + most;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= last)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::string EvaluatorWorker::howItEnded(bool &clean) {
  clean = true;
  if (process == 0)
    return "it has left";
  siginfo_t info{};
  // A program's output ends a little before the program does.
  bool byItself = waitFor(std::chrono::milliseconds(500), [&] {
    return waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
  });
  clean = byItself && info.si_code == CLD_EXITED && info.si_status == 0;
  if (!byItself)
    return "it closed its input or output";
  if (info.si_code == CLD_EXITED)
    return "it ended with exit code " + std::to_string(info.si_status);
  return "it was ended by signal " + std::to_string(info.si_status) + " (" +
         strsignal(info.si_status) + ")";
}

void EvaluatorWorker::closeInput() {
  if (writeEnd >= 0 && writeEnd != readEnd)
    close(writeEnd);
  else if (writeEnd >= 0)
    shutdown(writeEnd, SHUT_WR);
  writeEnd = -1;
  unsent.clear();
}

void EvaluatorWorker::terminate() {
  if (process > 0)
    ::kill(-process, SIGTERM);
}

bool EvaluatorWorker::hasEnded() {
  siginfo_t info{};
  return process == 0 || waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid != 0;
}

void EvaluatorWorker::kill() {
  if (process == 0)
    return;
  // Before it is waited for, as its number, and its group's, may be another's then.
  ::kill(-process, SIGKILL);
  ::kill(process, SIGKILL);
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
  process = 0;
}

} // namespace snc
