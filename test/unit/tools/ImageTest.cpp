// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How pictures are normalised, by name or by numbers.

#include "tools/run/Image.h"

#include <gtest/gtest.h>

using namespace snc::run;

namespace {

TEST(Presets, AreFoundByName) {
  Preset found = findPreset("imagenet");
  EXPECT_FLOAT_EQ(found.mean[1], 0.456f * 255);
  EXPECT_FLOAT_EQ(found.scale[2], 1 / (0.225f * 255));
}

TEST(Presets, MayBeATrainingsOwnNumbers) {
  Preset found = findPreset("0.5,0.25,0.125/0.2,1,0.5");
  EXPECT_FLOAT_EQ(found.mean[0], 127.5f);
  EXPECT_FLOAT_EQ(found.mean[2], 31.875f);
  EXPECT_FLOAT_EQ(found.scale[0], 1 / 51.f);
  EXPECT_FLOAT_EQ(found.scale[1], 1 / 255.f);
  EXPECT_FALSE(found.bgr);
  EXPECT_EQ(found.shortSideFactor, 1.0); // no border is cut off
}

TEST(Presets, OtherTextsAreRefusedWithTheNames) {
  for (const char *text :
       {"", "imagenett", "0.5", "0.5,0.5,0.5", "0.5,0.5,0.5/0.5,0.5", "0.5,0.5,0.5/0,1,1",
        "0.5,0.5,0.5/-1,1,1", "0.5,0.5,0.5/1,1,1,1", "0.5,0.5,0.5/1,1,1x", "a,b,c/d,e,f",
        "0.5/0.5/0.5/1,1,1", "nan,0,0/nan,1,1"})
    try {
      findPreset(text);
      ADD_FAILURE() << text;
    } catch (const RunError &error) {
      EXPECT_NE(std::string(error.what()).find("cifar10"), std::string::npos) << error.what();
    }
}

} // namespace
