// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of blocks, by their signatures.

#include "nas/BlockCost.h"
#include "BaseNetworks.h"
#include "gtest/gtest.h"

using namespace snc;

namespace {

using Texts = std::vector<std::string>;

Texts signatures(const BlockSpec &block) {
  Texts texts;
  for (const KernelShape &kernel : kernelsOf(block, "SiLU"))
    texts.push_back(kernel.signature());
  return texts;
}

// As syncnasc makes kernels of ReXNet's fifth block, its shortcut written with Pad.
TEST(BlockCost, ReXNetsBlock) {
  BlockSpec block = blockOf(28, 1, 50, 300, 61);
  block.squeezed = 25;
  block.lateAct = "ReLU6";
  block.gateAct = "ReLU";
  block.partialShortcut = true;
  EXPECT_EQ(signatures(block),
            (Texts{"conv 1x50x28x28 -> 1x300x28x28 k1x1 s1x1 d1x1 g1 +swish",
                   "conv 1x300x28x28 -> 1x300x28x28 k3x3 s1x1 d1x1 g300",
                   "reduce_mean 1x300x28x28 -> 1x300x1x1",
                   "conv 1x300x1x1 -> 1x25x1x1 k1x1 s1x1 d1x1 g1 +relu",
                   "conv 1x25x1x1 -> 1x300x1x1 k1x1 s1x1 d1x1 g1 +sigmoid",
                   "mul 1x300x28x28 -> 1x300x28x28 +clamp", "pad 1x50x28x28 -> 1x61x28x28",
                   "conv 1x300x28x28 -> 1x61x28x28 k1x1 s1x1 d1x1 g1 +add"}));
}

TEST(BlockCost, GroupsAreConvolutionsOfTheirOwn) {
  BlockSpec block = blockOf(14, 1, 80, 240, 80);
  block.expandGroups = block.projectGroups = 2;
  const char expand[] = "conv 1x40x14x14 -> 1x120x14x14 k1x1 s1x1 d1x1 g1 +swish";
  const char project[] = "conv 1x120x14x14 -> 1x40x14x14 k1x1 s1x1 d1x1 g1 +add";
  EXPECT_EQ(signatures(block),
            (Texts{expand, expand, "conv 1x240x14x14 -> 1x240x14x14 k3x3 s1x1 d1x1 g240 +swish",
                   project, project}));
}

TEST(BlockCost, LateActivationWithoutGateIsTheFilters) {
  BlockSpec block = blockOf(56, 2, 16, 96, 27);
  block.lateAct = "ReLU6";
  block.partialShortcut = true;
  EXPECT_EQ(signatures(block), (Texts{"conv 1x16x56x56 -> 1x96x56x56 k1x1 s1x1 d1x1 g1 +swish",
                                      "conv 1x96x56x56 -> 1x96x28x28 k3x3 s2x2 d1x1 g96 +clamp",
                                      "conv 1x96x28x28 -> 1x27x28x28 k1x1 s1x1 d1x1 g1"}));
}

} // namespace
