// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/evaluators/EvaluatorProtocol.h"

#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <nlohmann/json.hpp>

namespace snc {

std::string requestLine(const EvaluationRequest &request, uint64_t id) {
  nlohmann::json line{{"id", id},
                      {"name", request.network.name},
                      {"network", toJson(request.network)},
                      {"latency_us", request.latencyUs},
                      {"seed", request.seed}};
  return line.dump() + "\n";
}

std::string onOneLine(llvm::StringRef text, size_t most) {
  std::string line;
  for (char c : text.trim().take_front(most))
    line += llvm::isPrint(c) ? c : (c & 0x80) ? '?' : ' ';
  return text.trim().size() > most ? line + "..." : line;
}

/// `text` as JSON; discarded where it is none, or nested so deep that writing it would be unsafe.
static nlohmann::json parseShallow(llvm::StringRef text) {
  constexpr int kDeepest = 64;
  bool deep = false;
  auto json = nlohmann::json::parse(
      text.begin(), text.end(),
      [&](int depth, nlohmann::json::parse_event_t, nlohmann::json &) {
        deep |= depth > kDeepest;
        return true;
      },
      /*allow_exceptions=*/false);
  return deep ? nlohmann::json(nlohmann::json::value_t::discarded) : json;
}

llvm::Expected<EvaluatorAnswer> parseAnswer(llvm::StringRef line, uint64_t id,
                                            llvm::StringRef name) {
  auto fail = [&](const llvm::Twine &what) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   what + ": " + onOneLine(line, 120));
  };
  nlohmann::json json = parseShallow(line);
  if (!json.is_object())
    return fail("not an answer");
  auto member = [&](const char *key) {
    auto found = json.find(key);
    return found == json.end() ? nlohmann::json() : *found;
  };
  if (!member("id").is_number_integer() || member("id") != id)
    return fail("an answer with another id than " + llvm::Twine(id));
  if (!member("name").is_string() || member("name").get<std::string>() != name)
    return fail("an answer with another name than " + name);
  EvaluatorAnswer answer;
  if (member("details").is_object())
    answer.details = member("details").dump();
  if (member("error").is_string()) {
    answer.error = onOneLine(member("error").get<std::string>());
    return answer;
  }
  // JSON has no NaN and no infinity; some writers have.
  if (!member("score").is_number() || !std::isfinite(member("score").get<double>()))
    return fail("an answer without a finite score");
  answer.score = member("score").get<double>();
  return answer;
}

} // namespace snc
