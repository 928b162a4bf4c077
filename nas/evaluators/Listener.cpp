// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/evaluators/Listener.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace snc {

static llvm::Error failure(llvm::StringRef address, const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "cannot listen at '" + address + "': " + what);
}

static bool bindAndListen(int descriptor, const sockaddr *address, socklen_t size) {
  return bind(descriptor, address, size) == 0 && listen(descriptor, 64) == 0;
}

/// Removes a socket that a program left which is gone.
static void removeStale(const sockaddr_un &address) {
  struct stat info;
  if (lstat(address.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode))
    return;
  int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe >= 0 &&
      connect(probe, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 &&
      errno == ECONNREFUSED)
    unlink(address.sun_path);
  if (probe >= 0)
    close(probe);
}

static llvm::Expected<int> listenAtPath(llvm::StringRef name, llvm::StringRef path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return failure(name, "expected a path of 1 to 107 bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  removeStale(address);
  int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0 ||
      !bindAndListen(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address)) {
    int reason = errno;
    if (descriptor >= 0)
      close(descriptor);
    return failure(name, std::strerror(reason));
  }
  return descriptor;
}

static llvm::Expected<int> listenAtPort(llvm::StringRef name, llvm::StringRef host,
                                        llvm::StringRef port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (int error = getaddrinfo(host.str().c_str(), port.str().c_str(), &hints, &found))
    return failure(name, gai_strerror(error));
  int descriptor = -1, reason = 0;
  for (addrinfo *one = found; one && descriptor < 0; one = one->ai_next) {
    descriptor = ::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    reason = errno;
    int yes = 1;
    if (descriptor < 0)
      continue;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (!bindAndListen(descriptor, one->ai_addr, one->ai_addrlen)) {
      reason = errno;
      close(descriptor);
      descriptor = -1;
    }
  }
  freeaddrinfo(found);
  if (descriptor < 0)
    return failure(name, std::strerror(reason));
  return descriptor;
}

static unsigned portOf(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6 &>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in &>(address).sin_port);
}

llvm::Expected<std::unique_ptr<Listener>> Listener::open(llvm::StringRef address) {
  llvm::StringRef rest = address;
  if (rest.consume_front("unix:")) {
    auto descriptor = listenAtPath(address, rest);
    if (!descriptor)
      return descriptor.takeError();
    return std::unique_ptr<Listener>(new Listener(*descriptor, address.str(), rest.str()));
  }
  auto [host, port] = rest.rsplit(':');
  unsigned number;
  if (host.empty() || port.getAsInteger(10, number) || number > 65535)
    return failure(address, "expected HOST:PORT or unix:PATH");
  auto descriptor = listenAtPort(
      address, host.starts_with("[") && host.ends_with("]") ? host.drop_front().drop_back() : host,
      port);
  if (!descriptor)
    return descriptor.takeError();
  std::string name = (host + ":" + llvm::Twine(portOf(*descriptor))).str();
  return std::unique_ptr<Listener>(new Listener(*descriptor, name, ""));
}

Listener::~Listener() {
  close(descriptor);
  if (!path.empty())
    unlink(path.c_str());
}

int Listener::accept() const {
  int connection = accept4(descriptor, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  // A machine that goes away without a word is noticed within minutes.
  int yes = 1, idle = 60, count = 4;
  if (connection >= 0 && path.empty()) {
    setsockopt(connection, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    setsockopt(connection, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(connection, IPPROTO_TCP, TCP_KEEPINTVL, &idle, sizeof idle);
    setsockopt(connection, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
  }
  return connection;
}

} // namespace snc
