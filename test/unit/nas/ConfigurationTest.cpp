// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Configurations of staged networks: every rule has one that breaks it.

#include "nas/StagedNetwork.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using nlohmann::json;
using namespace snc;

namespace {

struct Case {
  const char *place; ///< JSON pointer
  const char *value; ///< JSON; empty: the place is removed
  const char *message;
};

/// What reading `config` says with the case's change; "" where it is fine.
std::string messageOf(json config, const Case &one) {
  json::json_pointer place(one.place);
  if (*one.value)
    config[place] = json::parse(one.value);
  else
    config[place.parent_pointer()].erase(place.back());
  auto network = stagedNetworkFromJson(config);
  return network ? "" : llvm::toString(network.takeError());
}

const json kBase = json::parse(R"({"stem": [3, 8, 3, 2], "head": [6, 12, 1, 1], "eps": 1e-5,
  "0": [[8, 3, 1, 8, 16, 6, {"se": 4, "act": "SiLU", "kernels": [3, 5]}]],
  "1": [[8, 3, 2, 6, 24, 6], [4, 5, 1, 6, 6, 6]]})");
const json kBranched = json::parse(R"({"stem": [3, 8, 3, 2], "head": [6, 12, 1, 1],
  "0": {"0": [[8, 3, 1, 8, 16, 6]], "1": [[8, 3, 1, 8, 24, 6]]},
  "1": {"0": [[8, 3, 2, 6, 16, 6]], "1": [[8, 3, 2, 6, 24, 6]]}, "sync": ["n", "a"]})");

class BaseRules : public testing::TestWithParam<Case> {};
class BranchedRules : public testing::TestWithParam<Case> {};

TEST_P(BaseRules, AreSaid) { EXPECT_EQ(messageOf(kBase, GetParam()), GetParam().message); }
TEST_P(BranchedRules, AreSaid) { EXPECT_EQ(messageOf(kBranched, GetParam()), GetParam().message); }

constexpr char kNumbers[] = "expected numbers from 1 to 65,536, and a stride up to 16";
const std::string kStem = std::string("stem: ") + kNumbers;
const std::string kGroups = "stage 0, block 0: groups divide the channels that a 1x1 convolution "
                            "reads and leaves, and read two or more each";
const std::string kBlock = std::string("stage 1, block 1: ") + kNumbers;

INSTANTIATE_TEST_SUITE_P(
    Reader, BaseRules,
    testing::Values(
        Case{"", "[]",
             "expected an object with \"stem\", \"head\" and the stages \"0\", \"1\", ..."},
        Case{"/stem", "", "there is no 'stem'"}, Case{"/head", "", "there is no 'head'"},
        Case{"/head", "[6, 12, 1]", "head: expected 4 numbers, got [6,12,1]"},
        Case{"/stem/3", "2.5", "stem: expected a whole number, got 2.5"},
        Case{"/stem/3", "1e300", "stem: expected a whole number, got 1e+300"},
        Case{"/stem/3", "true", "stem: expected a whole number, got true"},
        Case{"/1", "7", "stage 1: expected blocks"},
        Case{"/1/1", "[8, 3]", "stage 1, block 1: expected 6 numbers, got [8,3]"},
        Case{"/1/1/2", "null", "stage 1, block 1: expected a whole number, got null"},
        Case{"/0/0/6", "5", "stage 0, block 0: expected an object behind the numbers, got 5"},
        Case{"/0/0/6/se", "\"4\"", "stage 0, block 0, 'se': expected a whole number, got \"4\""},
        Case{"/0/0/6/kernels/1", "{}",
             "stage 0, block 0, 'kernels': expected a whole number, got {}"},
        Case{"/0/0/6/groups_pw", "[2]",
             "stage 0, block 0, 'groups_pw': expected 2 numbers, got [2]"},
        Case{"/0/0/6/shortcut", "\"whole\"",
             "stage 0, block 0: a 'shortcut' is \"partial\", got \"whole\""},
        Case{"/0/0/6/shortcut", "true", "stage 0, block 0: a 'shortcut' is \"partial\", got true"},
        Case{"/classes", "[]", "classes: expected a whole number, got []"},
        Case{"/hidden", "[]", "hidden: expected a whole number, got []"},
        Case{"/sync", "[\"n\"]", "'sync' does not hold a letter for each stage"}));

INSTANTIATE_TEST_SUITE_P(
    Verifier, BaseRules,
    testing::Values(
        Case{"/0", "", "network: expected 1 to 64 stages"}, Case{"/stem/1", "0", kStem.c_str()},
        Case{"/stem/1", "-8", kStem.c_str()}, Case{"/stem/1", "4611686018427387904", kStem.c_str()},
        Case{"/stem/1", "9223372036854775809", kStem.c_str()}, // wraps around
        Case{"/stem/3", "17", kStem.c_str()}, Case{"/1/1/2", "17", kBlock.c_str()},
        Case{"/1/1/4", "65537", kBlock.c_str()}, Case{"/1/1/6", R"({"se": -1})", kBlock.c_str()},
        Case{"/stem/2", "4", "stem: a kernel is odd, from 1 to 31"},
        Case{"/head/2", "33", "head: a kernel is odd, from 1 to 31"},
        Case{"/1/1/1", "0", "stage 1, block 1: a kernel is odd, from 1 to 31"},
        Case{"/0/0/6/kernels", "[]", "stage 0, block 0: a kernel is odd, from 1 to 31"},
        Case{"/0/0/6/kernels", "[3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3]",
             "stage 0, block 0: it has more kernels than expanded channels"},
        Case{"/act", "\"Mish\"",
             "network: an activation is ReLU, ReLU6, Hardswish or SiLU, got 'Mish'"},
        Case{"/0/0/6/act", "\"relu\"",
             "stage 0, block 0: an activation is ReLU, ReLU6, Hardswish or SiLU, got 'relu'"},
        Case{"/0/0/6/groups_pw", "[1, 0]", "stage 0, block 0: expected 1 to 64 groups, got 0"},
        Case{"/1/1/6", R"({"groups_pw": [65, 1]})",
             "stage 1, block 1: expected 1 to 64 groups, got 65"},
        Case{"/1/1/6", R"({"groups_pw": [5, 3]})", ""}, // it does not expand
        Case{"/0/0/6/groups_pw", "[3, 1]", kGroups.c_str()},
        Case{"/0/0/6/groups_pw", "[8, 1]", kGroups.c_str()},
        Case{"/0/0/6/groups_pw", "[2, 4]", kGroups.c_str()}, Case{"/0/0/6/groups_pw", "[4, 2]", ""},
        Case{"/0/0/6/late_act", "\"relu6\"",
             "stage 0, block 0: an activation is ReLU, ReLU6, Hardswish or SiLU, got 'relu6'"},
        Case{"/0/0/6/se_act", "\"Tanh\"",
             "stage 0, block 0: an activation is ReLU, ReLU6, Hardswish or SiLU, got 'Tanh'"},
        Case{"/1/1/6", R"({"se_act": "ReLU"})",
             "stage 1, block 1: it names a gate's activation, and has no gate"},
        Case{"/eps", "0",
             "network: expected an epsilon above 0 and a momentum of 0 to 1, both up to 1"},
        Case{"/bn_momentum", "1.5",
             "network: expected an epsilon above 0 and a momentum of 0 to 1, both up to 1"},
        Case{"/classes", "0", "classes: expected 1 to 65,536"},
        Case{"/hidden", "-1", "hidden: expected 0 to 65,536"},
        Case{"/1/1/3", "7", "stage 1, block 1: it reads 7 channels, what is before it leaves 6"},
        Case{"/1/1/0", "8",
             "stage 1, block 1: it reads 8 pixels a side, what is before it leaves 4"},
        Case{"/head/0", "8", "head: it reads 8 channels, the last stage leaves 6"},
        Case{"/sync", R"(["n", "a"])", "stage 1: a sync joins two branches or more"},
        Case{"/0/0/0", "40000",
             "stage 1, block 0: it reads 8 pixels a side, what is before it leaves 40000"}));

INSTANTIATE_TEST_SUITE_P(
    Both, BranchedRules,
    testing::Values(
        Case{"/sync", "", "stage 1: behind the last stage there must be a sync, a or c"},
        Case{"/sync/1", "\"n\"", "stage 1: behind the last stage there must be a sync, a or c"},
        Case{"/sync/0", "\"b\"", "stage 0: a sync is \"n\", \"a\" or \"c\", got b"},
        Case{"/sync/0", "0", "stage 0: a sync is \"n\", \"a\" or \"c\", got 0"},
        Case{"/sync/1", "\"c\"", "head: it reads 6 channels, the last stage leaves 12"},
        Case{"/0/0", "", "stage 0, branch 0: it is missing"},
        Case{"/0", "{}", "stage 0: expected 1 to 16 branches"},
        Case{"/1", "[[8, 3, 2, 6, 16, 6]]", "stage 1: expected 2 branches as before, got 1"},
        Case{"/0/1", "[]", "stage 0, branch 1: expected 1 to 64 blocks"},
        Case{"/1/1/0/5", "4", "stage 1, branch 1: it adds 4 channels to branch 0's 6"},
        Case{"/1/1/0/2", "1", "stage 1, branch 1: its result differs in size from branch 0's"}));

TEST(Configuration, WhatFitsIsRead) {
  for (const json &config : {kBase, kBranched}) {
    auto network = stagedNetworkFromJson(config);
    ASSERT_TRUE(bool(network)) << llvm::toString(network.takeError());
    auto again = stagedNetworkFromJson(toJson(*network));
    ASSERT_TRUE(bool(again));
    EXPECT_TRUE(*again == *network);
  }
}

TEST(Configuration, LargeOnesAreRefused) {
  json stages = kBase, picture = kBase, weights = kBase;
  for (int s = 0; s < 65; ++s)
    stages[std::to_string(s)] = json::parse("[[8, 3, 1, 8, 16, 8]]");
  EXPECT_EQ(messageOf(stages, {"/classes", "10", ""}), "network: expected 1 to 64 stages");
  for (int s = 0; s < 2; ++s)
    for (json &block : picture[std::to_string(s)])
      block[0] = 40000 / (s ? block[0] == 4 ? 2 : 1 : 1);
  EXPECT_EQ(messageOf(picture, {"/classes", "10", ""}),
            "stem: its input is more than 65,536 pixels a side");
  weights["classes"] = 65536;
  EXPECT_EQ(messageOf(weights, {"/head/1", "65536", ""}),
            "network: it has more than 500 million parameters");
}

} // namespace
