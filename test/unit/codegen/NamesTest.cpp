// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Names.h"

#include <gtest/gtest.h>

using snc::identifierOf;
using snc::isLibraryName;
using snc::libraryNameOf;

TEST(NamesTest, LibraryNamesComeFromFileNames) {
  EXPECT_EQ(libraryNameOf("mobilenet_v2_1.0_224"), "mobilenet_v2_1_0_224");
  EXPECT_EQ(libraryNameOf("my model (1)"), "my_model_1");
  EXPECT_EQ(libraryNameOf("-net-"), "net");
}

TEST(NamesTest, NamesThatAreNoIdentifiersGetAPrefix) {
  EXPECT_EQ(libraryNameOf("3d"), "model_3d");
  EXPECT_EQ(libraryNameOf("while"), "model_while");
  EXPECT_EQ(libraryNameOf(""), "model");
  EXPECT_EQ(libraryNameOf("\xe6\xa8\xa1"), "model");
}

TEST(NamesTest, NamesOfOthersAreRefused) {
  // pthread_create, sem_destroy and aio_cancel are libc's, snc_* and k_* ours.
  for (const char *name :
       {"pthread", "sem", "aio", "gai", "thrd", "snc", "snc_model", "k", "k_0", "halide"}) {
    EXPECT_FALSE(isLibraryName(name)) << name;
    EXPECT_TRUE(isLibraryName(libraryNameOf(name))) << name;
  }
  for (const char *name : {"", "a-b", "1a", "int", "_a", "constexpr"})
    EXPECT_FALSE(isLibraryName(name)) << name;
  for (const char *name : {"a", "net_2", "Ultra", "sncnet", "kernel"})
    EXPECT_TRUE(isLibraryName(name)) << name;
}

TEST(NamesTest, TensorsBecomeMembers) {
  EXPECT_EQ(identifierOf("input"), "input");
  EXPECT_EQ(identifierOf("/head/Concat:0"), "head_Concat_0");
  EXPECT_EQ(identifierOf("465"), "t465");
  EXPECT_EQ(identifierOf("class"), "class_");
  EXPECT_EQ(identifierOf("linux"), "linux_"); // a macro of some compilers
  EXPECT_EQ(identifierOf("*/ int"), "int_");  // nothing escapes a comment
  EXPECT_EQ(identifierOf(""), "t");
}
