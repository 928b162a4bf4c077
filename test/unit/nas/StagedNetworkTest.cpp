// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BaseNetworks.h"
#include "nlohmann/json.hpp"
#include "gtest/gtest.h"

using namespace snc;
using nlohmann::json;

namespace {

// A base of two stages, small enough to count by hand.
StagedNetwork tiny() {
  auto network = stagedNetworkFromJson(json::parse(R"({
    "name": "tiny", "act": "ReLU", "stem": [3, 4, 3, 2], "head": [8, 16, 1, 1], "classes": 10,
    "0": [[8, 3, 1, 4, 4, 6]], "1": [[8, 5, 2, 6, 12, 8], [4, 3, 1, 8, 16, 8]]})"));
  EXPECT_TRUE(bool(network));
  return *network;
}

std::string errorOf(const StagedNetwork &network) { return llvm::toString(network.verify()); }

std::string errorOf(const char *text) {
  auto network = stagedNetworkFromJson(json::parse(text));
  return network ? "" : llvm::toString(network.takeError());
}

// Parameters as torchvision counts its mobilenet_v2, multiply-adds as the paper does (300 million).
TEST(StagedNetwork, CountsMobileNetV2AsPublished) {
  StagedNetwork network = mobileNetV2();
  EXPECT_EQ(llvm::toString(network.verify()), "");
  EXPECT_EQ(network.parameters(), 3504872);
  EXPECT_NEAR(double(network.macs()), 300e6, 2e6);
  EXPECT_EQ(network.inSize(), 224);
}

TEST(StagedNetwork, CountsByHand) {
  // stem 27*4*64; 4*9*64 + 4*6*64; 6*12*64 + 12*25*16 + 12*8*16; 8*16*16 + 16*9*16 + 16*8*16;
  // head 8*16*16; classifier 160
  EXPECT_EQ(tiny().macs(),
            6912 + 2304 + 1536 + 4608 + 4800 + 1536 + 2048 + 2304 + 2048 + 2048 + 160);
  // and two a channel for batch normalisation, and biases of the classifier
  EXPECT_EQ(tiny().parameters(), 108 + 8 + 36 + 8 + 24 + 12 + 72 + 24 + 300 + 24 + 96 + 16 + 128 +
                                     32 + 144 + 32 + 128 + 16 + 128 + 32 + 170);
}

TEST(StagedNetwork, MixedKernelsAndGatesCount) {
  StagedNetwork network = tiny();
  BlockSpec &block = network.stages[0].branches[0][0];
  int64_t macs = network.macs(), parameters = network.parameters();
  block.kernels = {3, 5, 7}; // of four channels: two, one, one
  EXPECT_EQ(network.macs() - macs, (18 + 25 + 49 - 36) * 64);
  block.kernels = {3};
  block.squeezed = 2;
  EXPECT_EQ(network.macs() - macs, 16);
  EXPECT_EQ(network.parameters() - parameters, 16 + 4 + 2);
}

TEST(StagedNetwork, GroupsShareTheWeights) {
  StagedNetwork network = tiny();
  int64_t macs = network.macs(), parameters = network.parameters();
  network.stages[1].branches[0][0].expandGroups = 3;  // 6 to 12 channels, 64 pixels
  network.stages[1].branches[0][1].projectGroups = 2; // 16 to 8, 16 pixels
  EXPECT_EQ(errorOf(network), "");
  EXPECT_EQ(macs - network.macs(), 48 * 64 + 64 * 16);
  EXPECT_EQ(parameters - network.parameters(), 48 + 64);
}

TEST(StagedNetwork, JsonRoundTrips) {
  StagedNetwork network = tiny();
  network.stages[1].branches[0][1].squeezed = 4;
  network.stages[1].branches[0][1].act = "Hardswish";
  network.stages[1].branches[0][1].kernels = {3, 5};
  network.stages[1].branches[0][1].lateAct = "ReLU6";
  network.stages[1].branches[0][1].gateAct = "SiLU";
  network.stages[1].branches[0][1].partialShortcut = true;
  network.stages[1].branches[0][1].expandGroups = 2;
  network.stages[1].branches[0][1].projectGroups = 4;
  for (StageSpec &stage : network.stages) {
    stage.branches.push_back(stage.branches[0]);
    stage.sync = SyncKind::add;
  }
  auto again = stagedNetworkFromJson(json::parse(toJson(network).dump()));
  ASSERT_TRUE(bool(again)) << llvm::toString(again.takeError());
  EXPECT_EQ(*again, network);
}

// Han et al., CVPR 2021: at stride 1, where the channels do not become fewer.
TEST(StagedNetwork, PartialShortcutsReachAsFarAsTheInput) {
  BlockSpec block = blockOf(8, 1, 27, 162, 38);
  EXPECT_FALSE(block.hasShortcut());
  block.partialShortcut = true;
  EXPECT_TRUE(block.hasShortcut());
  EXPECT_EQ(block.addedChannels(), 11);
  block.outChannels = 19; // half of them, of a branch that is concatenated
  EXPECT_FALSE(block.hasShortcut());
  block.outChannels = 27;
  EXPECT_TRUE(block.hasShortcut());
  block.stride = 2;
  EXPECT_FALSE(block.hasShortcut());
}

TEST(StagedNetwork, GatesHaveTheirActivation) {
  StagedNetwork network = tiny();
  BlockSpec &block = network.stages[1].branches[0][1];
  block.squeezed = 4;
  block.act = "SiLU";
  EXPECT_EQ(network.gateOf(block).act, "SiLU");
  block.gateAct = "ReLU6";
  EXPECT_EQ(network.gateOf(block).act, "ReLU6");
  EXPECT_FALSE(network.gateOf(block).hard);
  network.act = "Hardswish";
  EXPECT_EQ(network.gateOf(block).act, "ReLU6");
  EXPECT_TRUE(network.gateOf(block).hard);
}

TEST(StagedNetwork, ConcatenationSumsChannels) {
  StagedNetwork network = tiny();
  for (StageSpec &stage : network.stages)
    stage.branches.push_back(stage.branches[0]);
  network.stages[0].sync = SyncKind::concat;
  network.stages[0].branches[0][0].outChannels = 2;
  network.stages[0].branches[1][0].outChannels = 4; // 2 + 4 = 6, which stage 1 reads
  network.stages[1].sync = SyncKind::add;
  EXPECT_EQ(errorOf(network), "");
  EXPECT_EQ(network.channelsAfter(0), 6);
  network.stages[0].sync = SyncKind::add;
  EXPECT_EQ(errorOf(network), "stage 0, branch 1: it adds 4 channels to branch 0's 2");
}

TEST(StagedNetwork, BrokenRulesAreLocated) {
  StagedNetwork network = tiny();
  network.stages[1].branches[0][1].inChannels = 9;
  EXPECT_EQ(errorOf(network), "stage 1, block 1: it reads 9 channels, what is before it leaves 8");
  network = tiny();
  network.stages[1].branches[0][0].inSize = 7;
  EXPECT_EQ(errorOf(network),
            "stage 1, block 0: it reads 7 pixels a side, what is before it leaves 8");
  network = tiny();
  network.head.inChannels = 7;
  EXPECT_EQ(errorOf(network), "head: it reads 7 channels, the last stage leaves 8");
  network = tiny();
  network.stages[1].sync = SyncKind::add;
  EXPECT_EQ(errorOf(network), "stage 1: a sync joins two branches or more");
  network = tiny();
  network.stages[0].branches[0][0].expanded = 0;
  EXPECT_EQ(errorOf(network),
            "stage 0, block 0: expected numbers from 1 to 65,536, and a stride up to 16");
}

TEST(StagedNetwork, FilesThatAreWrongAreRefused) {
  EXPECT_EQ(errorOf("[]"),
            "expected an object with \"stem\", \"head\" and the stages \"0\", \"1\", ...");
  EXPECT_EQ(errorOf(R"({"head": [1,1,1,1]})"), "there is no 'stem'");
  EXPECT_EQ(errorOf(R"({"stem": [3,4,3], "head": [1,1,1,1]})"),
            "stem: expected 4 numbers, got [3,4,3]");
  EXPECT_EQ(errorOf(R"({"stem": [3,4,3,2], "head": [8,8,1,1], "0": [[8,3,1,4,4.5,8]]})"),
            "stage 0, block 0: expected a whole number, got 4.5");
  EXPECT_EQ(errorOf(R"({"stem": [3,4,3,2], "head": [8,8,1,1], "0": {"1": []}})"),
            "stage 0, branch 0: it is missing");
  EXPECT_EQ(errorOf(R"({"stem": [3,4,3,2], "head": [8,8,1,1]})"),
            "network: expected 1 to 64 stages");
  EXPECT_EQ(
      errorOf(R"({"stem": [3,4,3,2], "head": [8,8,1,1], "0": [[8,3,1,4,4,8]], "sync": ["x"]})"),
      "stage 0: a sync is \"n\", \"a\" or \"c\", got x");
}

} // namespace
