// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluators that connect, and leave when they like.

#include "nas/evaluators/Listener.h"
#include "EvaluatorScripts.h"
#include "llvm/ADT/StringExtras.h"
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

using namespace snc;
using namespace snc::test;

namespace {

using ListenerTest = ScriptTest;

/// One evaluator that has connected.
class Client {
public:
  explicit Client(llvm::StringRef address) {
    if (address.consume_front("unix:")) {
      sockaddr_un to{};
      to.sun_family = AF_UNIX;
      std::copy(address.begin(), address.end(), to.sun_path);
      connectTo(AF_UNIX, reinterpret_cast<sockaddr *>(&to), sizeof to);
    } else {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(uint16_t(std::stoi(address.rsplit(':').second.str())));
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      connectTo(AF_INET, reinterpret_cast<sockaddr *>(&to), sizeof to);
    }
  }
  ~Client() { close(descriptor); }

  nlohmann::json ask() {
    char c;
    std::string line;
    while (read(descriptor, &c, 1) == 1 && c != '\n')
      line += c;
    return nlohmann::json::parse(line, nullptr, false);
  }
  void say(const std::string &text) {
    EXPECT_EQ(write(descriptor, text.data(), text.size()), ssize_t(text.size()));
  }
  void answer(const nlohmann::json &request, double score) {
    say(nlohmann::json{{"id", request["id"]}, {"name", request["name"]}, {"score", score}}.dump() +
        "\n");
  }
  bool isClosed() {
    char c;
    return read(descriptor, &c, 1) == 0;
  }

private:
  void connectTo(int family, const sockaddr *address, socklen_t size) {
    descriptor = socket(family, SOCK_STREAM, 0);
    EXPECT_EQ(connect(descriptor, address, size), 0) << strerror(errno);
  }
  int descriptor;
};

TEST_F(ListenerTest, EvaluatorsJoinAndLeave) {
  for (std::string address : {std::string("127.0.0.1:0"), "unix:" + path("socket")}) {
    EvaluatorPoolOptions remote = options("");
    remote.listen = address;
    remote.retries = 0;
    auto pool = open(remote);
    Evaluation evaluation;
    std::thread caller([&] { evaluation = pool->evaluate(request("a")); });
    auto first = std::make_unique<Client>(pool->address());
    nlohmann::json asked = first->ask();
    EXPECT_EQ(asked["name"], "a");
    first->say("{\"id\":");
    first.reset(); // in the middle of its answer
    Client second(pool->address());
    EXPECT_EQ(second.ask(), asked);
    second.answer(asked, 0.25);
    caller.join();
    EXPECT_EQ(evaluation.kind, Evaluation::scored);
    EXPECT_EQ(evaluation.score, 0.25);
    pool.reset();
    EXPECT_TRUE(second.isClosed());
  }
}

TEST_F(ListenerTest, ProgramsAndConnectionsWorkTogether) {
  EvaluatorPoolOptions both = options(script("ask; touch local; sleep 1000"));
  both.listen = "127.0.0.1:0";
  auto pool = open(both);
  Evaluation local, remote;
  std::thread one([&] { local = pool->evaluate(request("a")); });
  EXPECT_TRUE(soon([&] { return llvm::sys::fs::exists(path("local")); }));
  Client client(pool->address());
  std::thread other([&] { remote = pool->evaluate(request("b")); });
  nlohmann::json asked = client.ask();
  EXPECT_EQ(asked["name"], "b");
  client.answer(asked, 3);
  other.join();
  EXPECT_EQ(remote.score, 3);
  pool.reset();
  one.join();
  EXPECT_EQ(local.kind, Evaluation::abandoned);
}

TEST_F(ListenerTest, OneThatTalksNonsenseIsShownOut) {
  EvaluatorPoolOptions remote = options("");
  remote.listen = "127.0.0.1:0";
  auto pool = open(remote);
  Evaluation evaluation;
  std::thread caller([&] { evaluation = pool->evaluate(request("a")); });
  Client fool(pool->address());
  fool.ask();
  fool.say("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(fool.isClosed());
  Client wise(pool->address());
  wise.answer(wise.ask(), 1);
  caller.join();
  EXPECT_EQ(evaluation.score, 1);
}

TEST_F(ListenerTest, ACandidateThatAllLeaveAtFails) {
  EvaluatorPoolOptions remote = options("");
  remote.listen = "127.0.0.1:0";
  remote.retries = 0;
  remote.answered = true;
  auto pool = open(remote);
  Evaluation evaluation;
  std::thread caller([&] { evaluation = pool->evaluate(request("a")); });
  for (int i = 0; i < 11; ++i)
    Client(pool->address()).ask();
  caller.join();
  EXPECT_EQ(evaluation.kind, Evaluation::failed);
  EXPECT_TRUE(llvm::StringRef(evaluation.reason).contains("has left")) << evaluation.reason;
}

TEST_F(ListenerTest, SaysWhyItCannotListen) {
  auto taken = Listener::open("127.0.0.1:0");
  ASSERT_TRUE(bool(taken));
  write("file", "");
  auto open = [&](const std::string &address) {
    auto listener = Listener::open(address);
    EXPECT_FALSE(bool(listener)) << address;
    return listener ? "" : llvm::toString(listener.takeError());
  };
  for (std::string address :
       {"", "x", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "h:http"})
    EXPECT_NE(open(address).find("expected HOST:PORT"), std::string::npos) << address;
  EXPECT_NE(open((*taken)->address()).find("in use"), std::string::npos);
  EXPECT_NE(open("unix:" + path("file")).find("in use"), std::string::npos);
  open("unix:");
  open("unix:" + std::string(200, 'x'));
  open("unix:" + path("no/such"));
}

TEST_F(ListenerTest, TakesTheSocketOfAProgramThatIsGone) {
  std::string place = path("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(place.begin(), place.end(), address.sun_path);
  int gone = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(gone, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
  close(gone);
  auto listener = Listener::open("unix:" + place);
  ASSERT_TRUE(bool(listener)) << llvm::toString(listener.takeError());
  auto second = Listener::open("unix:" + place); // but not of one that is there
  EXPECT_FALSE(bool(second));
  llvm::consumeError(second.takeError());
  listener->reset();
  EXPECT_FALSE(llvm::sys::fs::exists(place));
}

} // namespace
