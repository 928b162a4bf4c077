// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One evaluator that lines go to and come from: a child process, or a program elsewhere that has
// connected. Private to nas/.

#ifndef SNC_NAS_EVALUATORS_EVALUATORWORKER_H
#define SNC_NAS_EVALUATORS_EVALUATORWORKER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <sys/types.h>

namespace snc {

/// Owns its descriptors and its process. For one thread, which has SIGPIPE blocked.
class EvaluatorWorker {
public:
  /// Runs `command` by /bin/sh, in a process group of its own, its standard error as ours. The
  /// group is killed when the calling thread ends, whatever ends it.
  static llvm::Expected<std::unique_ptr<EvaluatorWorker>> start(const std::string &command);
  /// Takes over a connected socket.
  static std::unique_ptr<EvaluatorWorker> connected(int socket);

  EvaluatorWorker(const EvaluatorWorker &) = delete;
  EvaluatorWorker &operator=(const EvaluatorWorker &) = delete;
  /// As kill().
  ~EvaluatorWorker();

  bool isProcess() const { return process > 0; }
  int input() const { return readEnd; } ///< to poll for lines
  int output() const { return writeEnd; }
  bool wantsToWrite() const { return !unsent.empty(); }

  /// Begins to send a line, which ends with '\n'; the one before is sent.
  void send(std::string line);
  /// Sends what can be sent without waiting; false: nobody reads there.
  bool flush();

  enum class Received { nothing, line, tooLong, end };
  /// Takes a line, without its end, if one is there already.
  Received receive(std::string &line);
  /// True when something of a line, or a line, is there that was not taken.
  bool hasRest() const { return !received.empty(); }

  /// After `end`: waits shortly for the process to end by itself. How it did, for a message:
  /// "it ended with exit code 1"; `clean`: with exit code 0, or it was a connection.
  std::string howItEnded(bool &clean);

  /// Tells it that no more lines come.
  void closeInput();
  /// Asks it, and its children, to end.
  void terminate();
  /// True when it has ended; does not wait.
  bool hasEnded();
  /// Ends it and its children at once.
  void kill();

private:
  EvaluatorWorker(int readEnd, int writeEnd, pid_t process)
      : readEnd(readEnd), writeEnd(writeEnd), process(process) {}

  int readEnd, writeEnd;
  pid_t process;        ///< and its group; 0: none, or it has ended
  std::string unsent;   ///< of the line that is being sent
  std::string received; ///< and not taken
  size_t searched = 0;  ///< bytes of it without a line's end
  bool ended = false;   ///< nothing more comes
};

} // namespace snc

#endif // SNC_NAS_EVALUATORS_EVALUATORWORKER_H
