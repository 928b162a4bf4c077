// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A socket that evaluators elsewhere connect to. Private to nas/.

#ifndef SNC_NAS_EVALUATORS_LISTENER_H
#define SNC_NAS_EVALUATORS_LISTENER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace snc {

class Listener {
public:
  /// `address`: HOST:PORT (port 0: any free one; an IPv6 host in brackets) or unix:PATH, which
  /// must not exist but as a socket that nobody listens at.
  static llvm::Expected<std::unique_ptr<Listener>> open(llvm::StringRef address);
  Listener(const Listener &) = delete;
  Listener &operator=(const Listener &) = delete;
  /// Closes; removes the path.
  ~Listener();

  int socket() const { return descriptor; } ///< to poll
  /// As given, with the port that was chosen.
  const std::string &address() const { return name; }
  /// A program that has connected, now the caller's; -1: none waits.
  int accept() const;

private:
  Listener(int descriptor, std::string name, std::string path)
      : descriptor(descriptor), name(std::move(name)), path(std::move(path)) {}
  int descriptor;
  std::string name, path;
};

} // namespace snc

#endif // SNC_NAS_EVALUATORS_LISTENER_H
