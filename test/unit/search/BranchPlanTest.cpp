// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plan checks itself (B1 to B5) and survives the way through JSON.

#include "search/BranchPlan.h"

#include "nlohmann/json.hpp"
#include "gtest/gtest.h"

using namespace snc;

namespace {

/// Two branches that share split kernel 1, joined after kernel 2.
BranchPlan twoBranches() {
  return {4,
          {{"cpu0", 1}, {"cpu1", 1}},
          {{0, {0, 1, 3}}, {1, {1, 2}}},
          {{0, SyncKind::none}, {2, SyncKind::concat}}};
}

std::string fault(const BranchPlan &plan) { return llvm::toString(plan.verify()); }

void expectFault(const BranchPlan &plan, const std::string &rule) {
  std::string message = fault(plan);
  EXPECT_EQ(message.substr(0, 3), rule + ":") << message;
}

TEST(BranchPlan, SingleBranchHoldsEveryKernelOnce) {
  BranchPlan plan = singleBranchPlan(3, {"cpu", 2});
  EXPECT_EQ(fault(plan), "");
  ASSERT_EQ(plan.branches.size(), 1u);
  EXPECT_EQ(plan.branches[0].kernels, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_TRUE(plan.syncs.empty());
}

TEST(BranchPlan, AcceptsASplitThatIsJoined) { EXPECT_EQ(fault(twoBranches()), ""); }

TEST(BranchPlan, B1DevicesAreNamedApartAndHaveThreads) {
  BranchPlan plan = twoBranches();
  plan.devices[1].name = "cpu0";
  expectFault(plan, "B1");
  plan = twoBranches();
  plan.devices[0].threads = 0;
  expectFault(plan, "B1");
  plan = twoBranches();
  plan.devices.clear();
  expectFault(plan, "B1");
}

TEST(BranchPlan, B2EachBranchHasItsOwnDevice) {
  BranchPlan plan = twoBranches();
  plan.branches[1].device = 0;
  expectFault(plan, "B2");
  plan.branches[1].device = 2;
  expectFault(plan, "B2");
  plan.branches.clear();
  expectFault(plan, "B2");
}

TEST(BranchPlan, B3KernelsAreCoveredInOrder) {
  BranchPlan plan = twoBranches();
  plan.branches[0].kernels = {0, 1};
  expectFault(plan, "B3"); // kernel 3 runs nowhere
  plan.branches[0].kernels = {1, 0, 3};
  expectFault(plan, "B3");
  plan.branches[0].kernels = {0, 1, 3, 4};
  expectFault(plan, "B3");
}

TEST(BranchPlan, B4SyncsAreInOrderAndInTheProgram) {
  BranchPlan plan = twoBranches();
  plan.syncs.push_back({2, SyncKind::add});
  expectFault(plan, "B4");
  plan = twoBranches();
  plan.syncs[1].after = 4;
  expectFault(plan, "B4");
}

TEST(BranchPlan, B5ASplitKernelIsJoined) {
  BranchPlan plan = twoBranches();
  plan.syncs[1].kind = SyncKind::none;
  expectFault(plan, "B5");
  plan.syncs = {{0, SyncKind::add}}; // too early for kernel 1
  expectFault(plan, "B5");
}

TEST(BranchPlan, JsonRoundTripKeepsEverything) {
  BranchPlan plan = twoBranches();
  llvm::Expected<BranchPlan> back = branchPlanFromJson(nlohmann::json::parse(toJson(plan).dump()));
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_TRUE(*back == plan);
}

TEST(BranchPlan, JsonHasTheDocumentedForm) {
  auto json = nlohmann::json::parse(R"({"kernels": 2, "devices": [{"name": "cpu", "threads": 2}],
    "branches": [{"device": 0, "kernels": [0, 1]}], "syncs": [{"after": 1, "kind": "add"}]})");
  BranchPlan plan = singleBranchPlan(2, {"cpu", 2});
  plan.syncs = {{1, SyncKind::add}};
  EXPECT_EQ(toJson(plan), json);
}

TEST(BranchPlan, FaultyJsonIsAnError) {
  for (const char *text : {
           "[]",
           R"({"kernels": 1})",
           R"({"kernels": "1", "devices": [], "branches": [], "syncs": []})",
           R"({"kernels": 1, "devices": [], "branches": [], "syncs": [{"after": 0, "kind": "x"}]})",
       }) {
    llvm::Expected<BranchPlan> plan = branchPlanFromJson(nlohmann::json::parse(text));
    EXPECT_FALSE(bool(plan)) << text;
    llvm::consumeError(plan.takeError());
  }
}

} // namespace
