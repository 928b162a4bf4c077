// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluator programs as shell scripts, good and bad.

#ifndef SNC_TEST_UNIT_NAS_EVALUATORSCRIPTS_H
#define SNC_TEST_UNIT_NAS_EVALUATORSCRIPTS_H

#include "nas/evaluators/EvaluatorPool.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <fstream>
#include <mutex>
#include <unistd.h>

namespace snc::test {

/// A folder of scripts; they run in it, so that what they write lies beside them.
class ScriptTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("evaluators", folder));
    // `ask` waits for a request, `answer '"score": 1'` answers it.
    write("prelude.sh", R"sh(
cd "$(dirname "$0")"
echo started >> starts
ask() {
  read -r line || exit 0
  id=$(printf '%s' "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  name=$(printf '%s' "$line" | sed 's/.*"name":"\([^"]*\)".*/\1/')
}
answer() { printf '{"id":%s,"name":"%s",%s}\n' "$id" "$name" "$1"; }
)sh");
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) { return (folder + "/" + name).str(); }
  void write(llvm::StringRef name, llvm::StringRef text) {
    std::ofstream(path(name)) << text.str();
  }
  std::string read(llvm::StringRef name) {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "";
  }
  /// The command that runs `body` behind the prelude.
  std::string script(llvm::StringRef body) {
    write("evaluator.sh", ". \"$(dirname \"$0\")/prelude.sh\"\n" + body.str() + "\n");
    return "exec sh '" + path("evaluator.sh") + "'";
  }
  /// Processes of the command that were started.
  size_t starts() { return llvm::StringRef(read("starts")).count('\n'); }

  EvaluatorPoolOptions options(std::string command) {
    EvaluatorPoolOptions options;
    options.command = std::move(command);
    options.note = [this](llvm::StringRef message) {
      std::lock_guard lock(mutex);
      notes += message.str() + "\n";
    };
    return options;
  }
  std::unique_ptr<EvaluatorPool> open(EvaluatorPoolOptions options) {
    auto pool = EvaluatorPool::open(std::move(options));
    EXPECT_TRUE(bool(pool)) << llvm::toString(pool.takeError());
    return std::move(*pool);
  }

  static EvaluationRequest request(const std::string &name) {
    EvaluationRequest request;
    request.network.name = name;
    request.network.act = "ReLU6";
    request.latencyUs = 812.5;
    request.seed = 7;
    return request;
  }

  llvm::SmallString<128> folder;
  std::mutex mutex;
  std::string notes;
};

/// True when a process of that number is at work; one that has ended but was not waited for is not.
inline bool isAlive(const std::string &pid) {
  std::ifstream file("/proc/" + llvm::StringRef(pid).trim().str() + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  size_t end = text.rfind(')');
  return end != std::string::npos && end + 2 < text.size() && text[end + 2] != 'Z';
}

/// Waits, but not for ever.
template <typename Condition> bool soon(Condition condition) {
  for (int i = 0; i < 1000 && !condition(); ++i)
    usleep(10000);
  return condition();
}

} // namespace snc::test

#endif // SNC_TEST_UNIT_NAS_EVALUATORSCRIPTS_H
