// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/NasSearch.h"

#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <nlohmann/json.hpp>

namespace snc {

llvm::Expected<std::map<std::string, double>> readScores(llvm::StringRef path, size_t stages) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "results '" + path + "': " + message);
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(buffer.getError().message());
  llvm::StringRef text = (*buffer)->getBuffer();
  auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return fail("not a JSON object of names and scores");
  std::map<std::string, double> scores;
  for (const auto &[name, score] : json.items()) {
    if (!strategyNamed(name, stages))
      return fail("'" + onOneLine(name) + "' is no strategy of " + llvm::Twine(stages) + " stages");
    if (!score.is_number() || !std::isfinite(score.get<double>()))
      return fail("the score of " + name + " is no finite number");
    scores[name] = score.get<double>();
  }
  return scores;
}

std::string scoresText(const std::map<std::string, double> &scores) {
  return nlohmann::json(scores).dump(1) + "\n";
}

namespace {

/// Strategies that begin alike.
struct PrefixNode {
  size_t tried = 0, scored = 0;
  double sum = 0, best = 0; ///< of scores
};

nlohmann::json optional(bool has, double value) { return has ? nlohmann::json(value) : nullptr; }

/// Nodes on the ways to the samples, in the order of the space.
nlohmann::json treeOf(const NasSearchResult &result, const SyncSpace &space) {
  std::map<std::vector<uint16_t>, PrefixNode> nodes;
  for (const NasSample &sample : result.samples)
    for (size_t depth = 0; depth <= sample.leaf.size(); ++depth) {
      PrefixNode &node = nodes[{sample.leaf.begin(), sample.leaf.begin() + depth}];
      ++node.tried;
      if (std::optional<double> score = sample.record.score) {
        node.best = node.scored ? std::max(node.best, *score) : *score;
        node.sum += *score;
        ++node.scored;
      }
    }
  auto list = nlohmann::json::array();
  for (const auto &[path, node] : nodes)
    list.push_back({{"prefix", space.prefixOf(path)},
                    {"path", path},
                    {"visits", node.tried},
                    {"scored", node.scored},
                    {"mean", optional(node.scored, node.sum / double(node.scored))},
                    {"best", optional(node.scored, node.best)}});
  return list;
}

nlohmann::json toJson(const NasSample &sample) {
  nlohmann::json json{{"name", sample.name}};
  if (sample.invalid) {
    json["invalid"] = true;
    return json;
  }
  const CandidateRecord &record = sample.record;
  json["latency_us"] = record.latencyUs;
  if (record.score)
    json["score"] = *record.score;
  else
    json["failed"] = record.reason;
  if (!record.details.empty())
    json["details"] = nlohmann::json::parse(record.details, nullptr, /*allow_exceptions=*/false);
  if (record.imported)
    json["imported"] = true;
  return json;
}

} // namespace

nlohmann::json toJson(const NasSearchResult &result, const SyncSpace &space) {
  nlohmann::json json{{"exhausted", result.exhausted}, {"interrupted", result.interrupted}};
  const NasProgress &counts = result.counts;
  json["counts"] = {{"tried", counts.tried},
                    {"scored", counts.scored},
                    {"invalid", counts.invalid},
                    {"failed", counts.failed}};
  auto samples = nlohmann::json::array(), history = nlohmann::json::array();
  std::optional<double> best;
  for (const NasSample &sample : result.samples) {
    samples.push_back(toJson(sample));
    if (sample.record.score && (!best || *sample.record.score > *best)) {
      best = sample.record.score;
      history.push_back({{"sample", samples.size()}, {"name", sample.name}, {"score", *best}});
      json["best"] = samples.back();
    }
  }
  json["history"] = std::move(history);
  json["samples"] = std::move(samples);
  json["tree"] = treeOf(result, space);
  return json;
}

} // namespace snc
