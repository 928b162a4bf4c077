// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluator programs that work, and every way in which they do not.

#include "EvaluatorScripts.h"
#include "llvm/ADT/StringExtras.h"
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

using namespace snc;
using namespace snc::test;

namespace {

using EvaluatorPoolTest = ScriptTest;

constexpr const char *kGood = "while ask; do answer '\"score\":0.5,\"details\":{\"a\":[1]}'; done";

TEST_F(EvaluatorPoolTest, SendsTheRequestAndTakesTheAnswer) {
  auto pool = open(options(script("ask; printf '%s' \"$line\" > request; answer '\"score\":-2.25'; "
                                  "ask; answer '\"score\":1e3,\"details\":{\"a\":[1]}'")));
  EvaluationRequest first = request("sync1_0_a");
  first.network.stages.resize(1);
  first.network.stages[0].branches.resize(2, {BlockSpec{}});
  Evaluation evaluation = pool->evaluate(first);
  EXPECT_EQ(evaluation.kind, Evaluation::scored);
  EXPECT_EQ(evaluation.score, -2.25);
  EXPECT_EQ(evaluation.details, "");
  nlohmann::json sent = nlohmann::json::parse(read("request"));
  EXPECT_EQ(sent["name"], "sync1_0_a");
  EXPECT_EQ(sent["network"], toJson(first.network));
  EXPECT_EQ(sent["latency_us"], 812.5);
  EXPECT_EQ(sent["seed"], 7);
  EXPECT_TRUE(sent["id"].is_number_integer());

  evaluation = pool->evaluate(request("sync1_0_c"));
  EXPECT_EQ(evaluation.score, 1000);
  EXPECT_EQ(evaluation.details, "{\"a\":[1]}");
  EXPECT_EQ(starts(), 1u);
  EXPECT_EQ(notes, "");
}

TEST_F(EvaluatorPoolTest, RunsAsManyAtOnceAsItHasJobs) {
  // Each waits until all four are there.
  EvaluatorPoolOptions four = options(script(
      "ask; touch \"here$id\"; i=0\n"
      "while [ $(ls | grep -c here) -lt 4 ] && [ $i -lt 1000 ]; do sleep 0.01; i=$((i+1)); done\n"
      "answer \"\\\"score\\\":$(ls | grep -c here)\"; cat >/dev/null"));
  four.jobs = 4;
  auto pool = open(four);
  std::vector<std::thread> callers;
  std::atomic<int> together = 0;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back(
        [&, i] { together += pool->evaluate(request("sync" + std::to_string(i))).score == 4; });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(together, 4);
  EXPECT_EQ(starts(), 4u);
}

TEST_F(EvaluatorPoolTest, TakesMoreCallersThanJobs) {
  auto pool = open(options(script(kGood)));
  std::vector<std::thread> callers;
  std::atomic<int> good = 0;
  for (int i = 0; i < 16; ++i)
    callers.emplace_back([&, i] {
      for (int j = 0; j < 5; ++j)
        good += pool->evaluate(request("s" + std::to_string(16 * j + i))).score == 0.5;
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(good, 80);
  EXPECT_EQ(starts(), 1u);
}

struct Fault {
  const char *name, *script, *reason;
};

class EveryFault : public ScriptTest, public testing::WithParamInterface<Fault> {};

constexpr const char *kHuge =
    "printf '{\"id\":%s,\"x\":\"' \"$id\"; head -c 1100000 /dev/zero | tr '\\0' x; printf '\"}\\n'";

const Fault kFaults[] = {
    {"Crash", "exit 3", "exit code 3"},
    {"Killed", "kill -9 $$", "signal 9"},
    {"EndsWithoutAnswer", "exit 0", "exit code 0"},
    {"HalfALine", "printf '{\"id\":'; exit 0", "exit code 0"},
    {"Slow", "sleep 1000", "no answer within 1 s"},
    {"SlowAndDeafToTerm", "trap '' TERM; sleep 1000; sleep 1000", "no answer within 1 s"},
    {"ClosesItsOutput", "exec >&-; sleep 1000", "closed its input or output"},
    {"Garbage", "echo loading weights", "not an answer: loading weights"},
    {"Array", "echo '[1]'", "not an answer"},
    {"NotUtf8", "printf '{\"id\":1,\"name\":\"\\377\"}\\n'", "not an answer"},
    {"NaN", "answer '\"score\":NaN'", "not an answer"},
    {"Infinity", "answer '\"score\":1e999'", "not an answer"},
    {"ScoreAsText", "answer '\"score\":\"0.5\"'", "without a finite score"},
    {"ScoreTrue", "answer '\"score\":true'", "without a finite score"},
    {"NoScore", "answer '\"details\":{}'", "without a finite score"},
    {"WrongId", "id=99999; answer '\"score\":1'", "another id"},
    {"WrongName", "name=other; answer '\"score\":1'", "another name"},
    {"Huge", kHuge, "more than 1048576 bytes"},
};

INSTANTIATE_TEST_SUITE_P(Pool, EveryFault, testing::ValuesIn(kFaults),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(EveryFault, CostsOneCandidateAndNoOther) {
  std::string body = "while ask; do if [ $name = bad ]; then " + std::string(GetParam().script) +
                     "; else answer '\"score\":0.5'; fi; done";
  EvaluatorPoolOptions limited = options(script(body));
  limited.timeLimit = 1;
  limited.retries = 1;
  auto pool = open(limited);
  EXPECT_EQ(pool->evaluate(request("good")).score, 0.5);
  Evaluation bad = pool->evaluate(request("bad"));
  EXPECT_EQ(bad.kind, Evaluation::failed);
  EXPECT_TRUE(llvm::StringRef(bad.reason).contains(GetParam().reason)) << bad.reason;
  EXPECT_GE(starts(), 2u);
  EXPECT_EQ(pool->evaluate(request("better")).score, 0.5);
  EXPECT_EQ(pool->broken(), "");
}

TEST_F(EvaluatorPoolTest, WhereNobodyEverAnswersTheProgramIsAtFault) {
  for (const Fault &fault : {kFaults[0], kFaults[4], kFaults[7]}) {
    EvaluatorPoolOptions limited =
        options(script("while ask; do " + std::string(fault.script) + "; done"));
    limited.timeLimit = 1;
    limited.retries = 0;
    limited.jobs = 2;
    auto pool = open(limited);
    std::vector<std::thread> callers;
    std::atomic<int> abandoned = 0;
    for (const char *name : {"one", "two", "three"})
      callers.emplace_back(
          [&, name] { abandoned += pool->evaluate(request(name)).kind == Evaluation::abandoned; });
    for (std::thread &caller : callers)
      caller.join();
    EXPECT_EQ(abandoned, 3);
    EXPECT_TRUE(llvm::StringRef(pool->broken()).contains(fault.reason)) << pool->broken();
    EXPECT_EQ(pool->evaluate(request("more")).kind, Evaluation::abandoned);
  }
}

TEST_F(EvaluatorPoolTest, TriesAgainWhatBrokeDownOnce) {
  auto pool = open(options(script("ask; [ -e once ] || { touch once; exit 1; }\n"
                                  "answer '\"score\":0.5'; cat >/dev/null")));
  EXPECT_EQ(pool->evaluate(request("a")).score, 0.5);
  EXPECT_EQ(starts(), 2u);
}

TEST_F(EvaluatorPoolTest, TriesAgainAsOftenAsItIsTold) {
  for (unsigned retries : {0u, 3u}) {
    EvaluatorPoolOptions some = options(script("ask; exit 1"));
    some.retries = retries;
    some.answered = true;
    write("starts", "");
    EXPECT_EQ(open(some)->evaluate(request("a")).kind, Evaluation::failed);
    EXPECT_EQ(starts(), retries + 1);
  }
}

TEST_F(EvaluatorPoolTest, ACommandThatIsNoneIsBroken) {
  auto pool = open(options("/no/such/program"));
  EXPECT_EQ(pool->evaluate(request("a")).kind, Evaluation::abandoned);
  EXPECT_TRUE(llvm::StringRef(pool->broken()).contains("exit code 127")) << pool->broken();
}

TEST_F(EvaluatorPoolTest, AFirstCandidateThatFailsIsNoBrokenProgram) {
  // The second answers only after the first has broken down for the last time.
  EvaluatorPoolOptions two = options(script(
      "ask; if [ $name = bad ]; then echo >> bads; exit 1; fi\n"
      "i=0; while [ $(wc -l < bads) -lt 2 ] && [ $i -lt 1000 ]; do sleep 0.01; i=$((i+1)); done\n"
      "answer '\"score\":0.5'; cat >/dev/null"));
  two.jobs = 2;
  write("bads", "");
  auto pool = open(two);
  Evaluation bad, good;
  std::thread one([&] { bad = pool->evaluate(request("bad")); });
  std::thread other([&] { good = pool->evaluate(request("good")); });
  one.join();
  other.join();
  EXPECT_EQ(bad.kind, Evaluation::failed);
  EXPECT_EQ(good.kind, Evaluation::scored);
}

TEST_F(EvaluatorPoolTest, AnErrorIsAnAnswer) {
  auto pool = open(options(script("while ask; do answer '\"error\":\"no\\nmemory\"'; done")));
  for (const char *name : {"a", "b"}) {
    Evaluation evaluation = pool->evaluate(request(name));
    EXPECT_EQ(evaluation.kind, Evaluation::failed);
    EXPECT_EQ(evaluation.reason, "no memory");
  }
  EXPECT_EQ(starts(), 1u);
}

TEST_F(EvaluatorPoolTest, AProgramMayEndAfterAnAnswer) {
  EvaluatorPoolOptions once = options(script("ask; answer '\"score\":0.5'"));
  once.retries = 0;
  auto pool = open(once);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(pool->evaluate(request("s" + std::to_string(i))).score, 0.5);
  EXPECT_EQ(starts(), 20u);
}

TEST_F(EvaluatorPoolTest, KillsChildrenToo) {
  EvaluatorPoolOptions late = options(script("ask; sleep 1000 & echo $! > child; wait"));
  late.timeLimit = 1;
  late.retries = 0;
  late.answered = true;
  auto pool = open(late);
  EXPECT_EQ(pool->evaluate(request("a")).kind, Evaluation::failed);
  std::string child = read("child");
  ASSERT_FALSE(child.empty());
  EXPECT_TRUE(soon([&] { return !isAlive(child); }));
}

TEST_F(EvaluatorPoolTest, LetsProgramsEndByThemselves) {
  auto pool = open(options(script("ask; answer '\"score\":0.5'; cat > rest; echo done > ended")));
  EXPECT_EQ(pool->evaluate(request("a")).score, 0.5);
  pool.reset();
  EXPECT_EQ(read("ended"), "done\n");
}

TEST_F(EvaluatorPoolTest, LeavesNoProgramBehind) {
  auto pool = open(options(script("echo $$ > self; trap '' TERM; ask; answer '\"score\":1'\n"
                                  "sleep 1000; sleep 1000")));
  EXPECT_EQ(pool->evaluate(request("a")).score, 1);
  std::string self = read("self");
  EXPECT_TRUE(isAlive(self));
  pool.reset();
  EXPECT_FALSE(isAlive(self));
}

TEST_F(EvaluatorPoolTest, StopsAtOnceAndAbandonsWhatIsInProgress) {
  std::atomic<bool> stop = false;
  EvaluatorPoolOptions stoppable = options(script("echo $$ > self; ask; sleep 1000"));
  stoppable.stop = &stop;
  auto pool = open(stoppable);
  Evaluation running, waiting;
  std::thread one([&] { running = pool->evaluate(request("a")); });
  std::thread other([&] { waiting = pool->evaluate(request("b")); });
  EXPECT_TRUE(soon([&] { return !read("self").empty(); }));
  stop = true;
  one.join();
  other.join();
  EXPECT_EQ(running.kind, Evaluation::abandoned);
  EXPECT_EQ(waiting.kind, Evaluation::abandoned);
  EXPECT_EQ(pool->evaluate(request("c")).kind, Evaluation::abandoned);
  EXPECT_EQ(pool->broken(), "");
  EXPECT_TRUE(soon([&] { return !isAlive(read("self")); }));
}

TEST_F(EvaluatorPoolTest, ChildrenHaveNoneOfOurSignalSettings) {
  auto before = std::signal(SIGPIPE, SIG_IGN);
  auto pool = open(options(script("ask; (while :; do echo y; done; echo survived > pipe) | true\n"
                                  "answer '\"score\":1'; cat >/dev/null")));
  EXPECT_EQ(pool->evaluate(request("a")).score, 1);
  EXPECT_EQ(read("pipe"), "");
  std::signal(SIGPIPE, before);
}

TEST_F(EvaluatorPoolTest, TakesRequestsLargerThanAPipe) {
  EvaluationRequest large = request("a");
  large.network.stages.resize(64);
  for (StageSpec &stage : large.network.stages)
    stage.branches.resize(2, std::vector<BlockSpec>(64));
  auto pool =
      open(options(script("sleep 0.2; ask; answer \"\\\"score\\\":${#line}\"; cat >/dev/null")));
  double bytes = pool->evaluate(large).score;
  EXPECT_GT(bytes, 100000);
  EXPECT_EQ(bytes, double(requestLine(large, 1).size() - 1));
}

TEST_F(EvaluatorPoolTest, WhatNobodyAskedForEndsAProgramAndNoCandidate) {
  EvaluatorPoolOptions chatty =
      options(script("while ask; do answer '\"score\":0.5'; echo bye; done"));
  chatty.retries = 0;
  auto pool = open(chatty);
  EXPECT_EQ(pool->evaluate(request("a")).score, 0.5);
  EXPECT_TRUE(soon([&] {
    std::lock_guard lock(mutex);
    return notes.find("nobody asked for: bye") != std::string::npos;
  }));
  EXPECT_EQ(pool->evaluate(request("b")).score, 0.5);
}

} // namespace
