// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines to and from evaluators, hostile ones among them.

#include "nas/evaluators/EvaluatorProtocol.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

using namespace snc;

namespace {

std::string wrong(llvm::StringRef line) {
  auto answer = parseAnswer(line, 17, "sync1_6_a");
  return answer ? "" : llvm::toString(answer.takeError());
}

TEST(EvaluatorProtocol, WritesOneLine) {
  EvaluationRequest request;
  request.network.name = "sync1_6_\n\"a";
  std::string line = requestLine(request, 3);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(json["name"], request.network.name);
  EXPECT_EQ(json["id"], 3);
}

TEST(EvaluatorProtocol, TakesAnswers) {
  auto answer = parseAnswer(" {\"x\":null, \"details\":{\"a\":{\"b\":2}}, \"score\":-3, "
                            "\"name\":\"sync1_6_a\", \"id\":17}\r",
                            17, "sync1_6_a");
  ASSERT_TRUE(bool(answer)) << llvm::toString(answer.takeError());
  EXPECT_EQ(answer->score, -3.0);
  EXPECT_EQ(answer->details, "{\"a\":{\"b\":2}}");
  EXPECT_EQ(answer->error, "");
}

TEST(EvaluatorProtocol, TakesErrorsWhateverTheScore) {
  auto answer = parseAnswer(
      "{\"id\":17,\"name\":\"sync1_6_a\",\"error\":\"a\\u001b[2Jb\",\"score\":1}", 17, "sync1_6_a");
  ASSERT_TRUE(bool(answer)) << llvm::toString(answer.takeError());
  EXPECT_EQ(answer->score, std::nullopt);
  EXPECT_EQ(answer->error, "a [2Jb"); // nothing that a terminal would obey
}

TEST(EvaluatorProtocol, RefusesWhatIsNoAnswer) {
  for (const char *line : {"", " ", "{", "[]", "1", "null", "{}x", "{\"id\":17", "NaN",
                           "{\"id\":17,\"name\":\"sync1_6_a\",\"score\":nan}"})
    EXPECT_TRUE(llvm::StringRef(wrong(line)).starts_with("not an answer")) << line;
  for (const char *id : {"16", "17.5", "\"17\"", "-17", "null", "18446744073709551633", "[17]"})
    EXPECT_TRUE(llvm::StringRef(
                    wrong(std::string("{\"id\":") + id + ",\"name\":\"sync1_6_a\",\"score\":1}"))
                    .contains("another id"))
        << id;
  for (const char *name : {"\"\"", "\"sync1_6_c\"", "1", "null"})
    EXPECT_TRUE(llvm::StringRef(wrong(std::string("{\"id\":17,\"score\":1,\"name\":") + name + "}"))
                    .contains("another name"))
        << name;
  for (const char *score : {"null", "\"1\"", "true", "[1]", "{}"})
    EXPECT_TRUE(llvm::StringRef(wrong(std::string("{\"id\":17,\"name\":\"sync1_6_a\",\"score\":") +
                                      score + "}"))
                    .contains("finite score"))
        << score;
}

TEST(EvaluatorProtocol, RefusesDepthThatWouldOverflowAStack) {
  for (const char *deep : {"[", "{\"a\":"}) {
    std::string line = "{\"id\":17,\"name\":\"sync1_6_a\",\"score\":1,\"details\":{\"d\":";
    for (int i = 0; i < 100000; ++i)
      line += deep;
    EXPECT_NE(wrong(line), ""); // not closed
    line += "0";
    for (int i = 0; i < 100000; ++i)
      line += *deep == '[' ? ']' : '}';
    EXPECT_NE(wrong(line + "}}"), "");
  }
}

TEST(EvaluatorProtocol, MessagesAreShortAndOnOneLine) {
  EXPECT_EQ(onOneLine(" a\nb\x7f\xc3\xa4 "), "a b ??");
  EXPECT_EQ(onOneLine(std::string(1000, 'x'), 10), "xxxxxxxxxx...");
  EXPECT_LT(wrong(std::string(100000, 'x')).size(), 200u);
}

} // namespace
