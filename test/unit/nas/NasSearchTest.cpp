// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search of strategies over real evaluator processes.

#include "nas/NasSearch.h"
#include "BaseNetworks.h"
#include "EvaluatorScripts.h"
#include "llvm/ADT/StringExtras.h"
#include <nlohmann/json.hpp>
#include <set>

using namespace snc;
using namespace snc::test;

namespace {

/// Three stages of one block: 18 strategies.
StagedNetwork tiny() {
  StagedNetwork network;
  network.name = "tiny";
  network.act = "ReLU6";
  network.stem = {3, 16, 3, 2};
  for (int64_t size = 32, channels = 16; network.stages.size() < 3; size /= 2, channels *= 2) {
    StageSpec stage;
    stage.branches = {{blockOf(size, 2, channels, 4 * channels, 2 * channels)}};
    network.stages.push_back(stage);
  }
  network.head = {128, 256, 1, 1};
  return network;
}

class NasSearchTest : public ScriptTest {
protected:
  void SetUp() override {
    ScriptTest::SetUp();
    widths.emplace(base, model, std::vector<PlanUnit>{{"a", 1}, {"b", 1}}, WidthOptions{});
  }

  llvm::Expected<NasSearchResult> search(SearchKind kind, const std::string &command,
                                         llvm::StringRef database, unsigned jobs = 1,
                                         UctRule uct = UctRule::mean) {
    EvaluatorPoolOptions processes = options(command);
    processes.jobs = jobs;
    auto pool = open(processes);
    auto store = CandidateStore::open(path(database), "tiny", {});
    EXPECT_TRUE(bool(store));
    SearchOptions wanted;
    wanted.inFlight = 4;
    wanted.uct = uct;
    return searchStrategies(kind, base, *widths, *pool, **store, wanted, {});
  }

  StagedNetwork base = tiny();
  CostModel model{DeviceDescription{}, 8};
  std::optional<BranchWidths> widths;
};

// More concats are better, and more so with more syncs.
constexpr const char *kScore =
    "while ask; do c=$(printf '%s' \"${name##*_}\" | tr -d a); s=${name%%_*}\n"
    "answer \"\\\"score\\\":$((10 * ${#c} + ${s#sync}))\"; done";

TEST_F(NasSearchTest, EveryKindFindsTheOptimum) {
  ASSERT_EQ(llvm::toString(base.verify()), "");
  for (SearchKind kind :
       {SearchKind::mcts, SearchKind::evolution, SearchKind::random, SearchKind::exhaustive}) {
    auto result = search(kind, script(kScore), "db" + std::to_string(int(kind)));
    ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
    EXPECT_TRUE(result->exhausted);
    EXPECT_EQ(result->samples.size(), 18u);
    std::set<std::string> names;
    double best = 0;
    for (const NasSample &sample : result->samples) {
      names.insert(sample.name);
      bool fits = widths->candidate(*strategyNamed(sample.name, 3)).has_value();
      EXPECT_EQ(sample.invalid, !fits);
      if (!fits)
        continue;
      size_t concats = llvm::StringRef(sample.name).rsplit('_').second.count('c');
      double score = double(10 * concats) + (sample.name[4] - '0');
      EXPECT_EQ(sample.record.score, score);
      best = std::max(best, score);
    }
    EXPECT_EQ(names.size(), 18u);
    EXPECT_GT(result->counts.scored, 0u);
    EXPECT_EQ(result->counts.scored + result->counts.invalid, 18u);
    EXPECT_EQ(result->counts.score, best);
    ASSERT_TRUE(result->best.has_value());
    EXPECT_EQ(result->best->network.name, result->counts.best);
  }
}

TEST_F(NasSearchTest, JobsAndWhatIsKnownDoNotChangeItsCourse) {
  SyncSpace space(3);
  for (UctRule uct : {UctRule::mean, UctRule::best}) {
    std::string all;
    for (unsigned jobs : {1u, 4u, 2u}) {
      // The last finds all of the second's.
      std::string database = "db" + std::to_string(int(uct)) + (jobs == 1 ? "one" : "more");
      auto result = search(SearchKind::mcts, script(kScore), database, jobs, uct);
      ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
      EXPECT_EQ(result->counts.evaluated, jobs == 2 ? 0 : result->counts.scored);
      std::string text = toJson(*result, space).dump();
      EXPECT_EQ(text, all.empty() ? text : all);
      all = text;
    }
  }
}

TEST_F(NasSearchTest, AFailureCostsItsSampleAlone) {
  auto result =
      search(SearchKind::mcts,
             script("while ask; do case $name in *_aa|*_ca) exit 1;; *_ac) "
                    "answer '\"error\":\"cannot\"';; *) answer '\"score\":1';; esac; done"),
             "db");
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(result->exhausted);
  size_t failed = 0;
  for (const NasSample &sample : result->samples) {
    if (sample.invalid)
      continue;
    llvm::StringRef kinds = llvm::StringRef(sample.name).rsplit('_').second;
    bool crashes = kinds == "aa" || kinds == "ca", errs = kinds == "ac";
    failed += crashes || errs;
    EXPECT_EQ(sample.record.score, crashes || errs ? std::nullopt : std::optional(1.0));
    if (errs)
      EXPECT_EQ(sample.record.reason, "cannot");
    else if (crashes)
      EXPECT_NE(sample.record.reason.find("exit code 1"), std::string::npos);
  }
  EXPECT_GT(failed, 0u);
  EXPECT_EQ(result->counts.failed, failed);
}

TEST_F(NasSearchTest, ABrokenEvaluatorLeavesNothingBehind) {
  auto broken = search(SearchKind::mcts, "/no/such/program", "db");
  ASSERT_FALSE(bool(broken));
  EXPECT_NE(llvm::toString(broken.takeError()).find("exit code 127"), std::string::npos);
  auto result = search(SearchKind::mcts, script(kScore), "db");
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(result->counts.failed, 0u);
}

TEST_F(NasSearchTest, TheTreeSumsUpItsSamples) {
  auto result = search(SearchKind::mcts, script(kScore), "db");
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  nlohmann::json json = toJson(*result, SyncSpace(3));
  std::set<std::string> leaves;
  for (const nlohmann::json &node : json["tree"]) {
    std::string prefix = node["prefix"];
    double best = -1, sum = 0;
    size_t tried = 0, scored = 0;
    for (const nlohmann::json &sample : json["samples"]) {
      std::string name = sample["name"];
      if (name.substr(0, prefix.size()) != prefix)
        continue;
      ++tried;
      if (!sample.contains("score"))
        continue;
      best = std::max(best, sample["score"].get<double>());
      sum += sample["score"].get<double>();
      ++scored;
    }
    EXPECT_EQ(node["visits"], tried) << prefix;
    EXPECT_EQ(node["scored"], scored) << prefix;
    if (scored) {
      EXPECT_EQ(node["best"], best) << prefix;
      EXPECT_DOUBLE_EQ(node["mean"], sum / double(scored)) << prefix;
    } else {
      EXPECT_TRUE(node["mean"].is_null());
    }
    leaves.insert(prefix);
  }
  for (const nlohmann::json &sample : json["samples"])
    EXPECT_TRUE(leaves.count(sample["name"]));
}

TEST_F(NasSearchTest, ReadsAndWritesSyncNasResults) {
  std::map<std::string, double> scores{{"sync1_2_a", 0.1 + 0.2}, {"sync3_012_aca", 0}};
  write("results.json", scoresText(scores));
  auto read = readScores(path("results.json"), 3);
  ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(*read, scores);
  for (const char *bad : {"", "[]", "{\"sync1_2_a\":\"1\"}", "{\"sync1_2_a\":null}",
                          "{\"sync1_1_a\":1}", "{\"other\":1}", "{\"sync1_2_a\":1e999}"}) {
    write("results.json", bad);
    auto none = readScores(path("results.json"), 3);
    EXPECT_FALSE(bool(none)) << bad;
    EXPECT_NE(llvm::toString(none.takeError()).find("results.json"), std::string::npos);
  }
}

TEST(SyncSpace, PrefixesAreWhatTheChoicesSettle) {
  SyncSpace seven(7), twelve(12);
  EXPECT_EQ(seven.prefixOf({}), "");
  for (size_t stages : {1u, 2u, 4u, 12u}) {
    SyncSpace space(stages);
    std::mt19937_64 random(stages);
    for (int i = 0; i < 200; ++i) {
      Choices leaf;
      space.rollout(leaf, random);
      std::string name = space.nameOf(leaf);
      EXPECT_EQ(space.prefixOf(leaf), name);
      for (size_t depth = 0; depth < leaf.size(); ++depth)
        EXPECT_TRUE(llvm::StringRef(name).starts_with(
            space.prefixOf(llvm::ArrayRef(leaf).take_front(depth))))
            << name << " " << depth;
    }
  }
  EXPECT_EQ(seven.prefixOf({2}), "sync3");
  EXPECT_EQ(seven.prefixOf({2, 0}), "sync3_0");
  EXPECT_EQ(seven.prefixOf({2, 0, 3}), "sync3_046");
  EXPECT_EQ(seven.prefixOf({2, 0, 3, 0}), "sync3_046_a");
  EXPECT_EQ(twelve.prefixOf({1, 4}), "sync2_4-11");
}

} // namespace
