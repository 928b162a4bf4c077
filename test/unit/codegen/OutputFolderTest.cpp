// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/OutputFolder.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;
using snc::OutputFolder;

namespace {
class OutputFolderTest : public ::testing::Test {
protected:
  OutputFolderTest() : base(fs::temp_directory_path() / ("snc-out-" + std::to_string(getpid()))) {
    fs::remove_all(base);
    fs::create_directories(base);
    out = (base / "out").string();
  }
  ~OutputFolderTest() override { fs::remove_all(base); }

  static std::string message(llvm::Error error) {
    return error ? llvm::toString(std::move(error)) : "";
  }

  /// Writes an output as the compiler does, with `text` in its one file.
  std::string write(const std::string &text, bool commit = true) {
    OutputFolder folder;
    std::string fault = message(folder.check(out, false));
    if (!fault.empty())
      return fault;
    EXPECT_EQ(message(folder.open()), "");
    EXPECT_EQ(message(folder.write("include/net.h", text)), "");
    EXPECT_EQ(
        message(folder.write("share/net/manifest.json",
                             R"({"versions": {"syncnasc": "1"}, "files": {"include/net.h": {}}})")),
        "");
    return commit ? message(folder.commit()) : "";
  }

  std::string header() {
    std::stringstream text;
    text << std::ifstream(out + "/include/net.h").rdbuf();
    return text.str();
  }

  size_t entries() {
    return size_t(std::distance(fs::directory_iterator(base), fs::directory_iterator()));
  }

  fs::path base;
  std::string out;
};
} // namespace

TEST_F(OutputFolderTest, AppearsWhenCommitted) {
  EXPECT_EQ(write("one"), "");
  EXPECT_EQ(header(), "one");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(OutputFolderTest, NothingStaysWithoutCommit) {
  write("one", /*commit=*/false);
  EXPECT_EQ(entries(), 0u);
}

TEST_F(OutputFolderTest, AnEarlierOutputStaysUntilCommit) {
  write("one");
  write("two", /*commit=*/false);
  EXPECT_EQ(header(), "one");
  EXPECT_EQ(write("three"), "");
  EXPECT_EQ(header(), "three");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(OutputFolderTest, OthersFilesAreKept) {
  write("one");
  std::ofstream(out + "/include/mine.h") << "mine";
  EXPECT_NE(write("two").find("holds other files"), std::string::npos);
  EXPECT_EQ(header(), "one");
  OutputFolder forced;
  EXPECT_EQ(message(forced.check(out, /*force=*/true)), "");
}

TEST_F(OutputFolderTest, AForeignManifestIsNoEarlierOutput) {
  fs::create_directories(out + "/share/app");
  std::ofstream(out + "/share/app/manifest.json") << R"({"files": {"share/app/manifest.json": 1}})";
  EXPECT_NE(write("one"), "");
}

TEST_F(OutputFolderTest, AnEmptyFolderIsReplaced) {
  fs::create_directories(out);
  EXPECT_EQ(write("one"), "");
}

TEST_F(OutputFolderTest, AFileIsNot) {
  std::ofstream(out.c_str()) << "text";
  OutputFolder folder;
  EXPECT_NE(message(folder.check(out, /*force=*/true)), "");
}

TEST_F(OutputFolderTest, TheCurrentFolderAndItsParentsAreRefused) {
  for (const char *path : {".", "..", "/"}) {
    OutputFolder folder;
    EXPECT_NE(message(folder.check(path, /*force=*/true)), "") << path;
  }
}

TEST_F(OutputFolderTest, ALinkIsFollowed) {
  fs::create_directories(base / "real");
  fs::create_directory_symlink(base / "real", out);
  EXPECT_EQ(write("one"), "");
  EXPECT_TRUE(fs::is_symlink(out));
  EXPECT_TRUE(fs::exists(base / "real" / "include" / "net.h"));
}
