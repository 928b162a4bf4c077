// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights embedded, by pointer and by file: found, checked, shared, released.
#include "SystemCalls.h"
#include "TestModel.h"

#include "runtime/snc_hash.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace snc::test;
namespace fs = std::filesystem;

namespace {

constexpr size_t kBytes = 10'000;

struct Probe {
  const uint8_t *weights = nullptr;
};

int32_t probeWeights(snc_worker *, snc_buffer *buffers) {
  params<Probe>(buffers).weights = buffers[WeightsBuffer].host;
  return 0;
}

class WeightsTest : public testing::Test {
protected:
  alignas(64) uint8_t blob[kBytes];
  fs::path folder;
  std::string path;
  snc_model model = makeModel(probeWeights);

  void SetUp() override {
    for (size_t i = 0; i < kBytes; ++i)
      blob[i] = static_cast<uint8_t>(i * 31 + i / 256 + 1);
    std::string pattern = (fs::temp_directory_path() / "snc-weights-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    path = (folder / "w.bin").string();
    model.weights_bytes = kBytes;
    model.weights_hash = snc_hash64(blob, kBytes);
  }
  void TearDown() override { fs::remove_all(folder); }

  void write(size_t bytes) {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<char *>(blob), bytes);
  }
  int32_t tryCreate(const snc_options &options) {
    snc_context *context = nullptr;
    int32_t status = snc_context_create(&model, &options, &context);
    EXPECT_EQ(context != nullptr, status == SNC_OK);
    snc_context_destroy(context);
    return status;
  }
  int32_t tryPath(const std::string &name) {
    snc_options options = makeOptions();
    options.weights_path = name.c_str();
    return tryCreate(options);
  }
  int32_t tryPointer(const void *weights, size_t size) {
    snc_options options = makeOptions();
    options.weights = weights;
    options.weights_size = size;
    return tryCreate(options);
  }
};

// Kernels see the weights at the offset of their buffer.
TEST_F(WeightsTest, Embedded) {
  model.weights = blob;
  Context context = create(model, makeOptions());
  Probe probe;
  ASSERT_EQ(run(context, probe), SNC_OK);
  EXPECT_EQ(probe.weights, blob + kBuffers[WeightsBuffer].offset);
}

// A pointer is used in place, after a check of alignment, size and content.
TEST_F(WeightsTest, ByPointer) {
  snc_options options = makeOptions();
  options.weights = blob;
  options.weights_size = kBytes;
  Context context = create(model, options);
  Probe probe;
  ASSERT_EQ(run(context, probe), SNC_OK);
  EXPECT_EQ(probe.weights, blob + kBuffers[WeightsBuffer].offset);

  EXPECT_EQ(tryPointer(blob + 1, kBytes), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(tryPointer(blob, kBytes - 1), SNC_WEIGHTS_MISMATCH);
  blob[kBytes / 2] ^= 0x10;
  EXPECT_EQ(tryPointer(blob, kBytes), SNC_WEIGHTS_MISMATCH);
}

// Contexts that name one file share one read-only mapping; it goes with the
// last of them.
TEST_F(WeightsTest, ByPathShared) {
  write(kBytes);
  long mappedBefore = systemCalls().mapped;
  snc_options options = makeOptions();
  options.weights_path = path.c_str();
  Context first = create(model, options);
  Context second = create(model, options);
  EXPECT_EQ(systemCalls().mapped, mappedBefore + 1);
  Probe a, b;
  ASSERT_EQ(run(first, a), SNC_OK);
  ASSERT_EQ(run(second, b), SNC_OK);
  EXPECT_EQ(a.weights, b.weights);
  uint64_t offset = kBuffers[WeightsBuffer].offset;
  EXPECT_EQ(std::memcmp(a.weights, blob + offset, kBytes - offset), 0);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(a.weights - offset) % 4096, 0u);
  first.reset();
  ASSERT_EQ(run(second, b), SNC_OK);
  EXPECT_EQ(std::memcmp(b.weights, blob + offset, kBytes - offset), 0);
  second.reset();
  EXPECT_EQ(systemCalls().mapped, mappedBefore);
}

// A path wins over the embedded weights; without either, the model's own file
// name is tried.
TEST_F(WeightsTest, OrderOfPlaces) {
  EXPECT_EQ(tryCreate(makeOptions()), SNC_WEIGHTS_NOT_FOUND);
  model.weights_file = path.c_str();
  EXPECT_EQ(tryCreate(makeOptions()), SNC_WEIGHTS_NOT_FOUND);
  write(kBytes);
  EXPECT_EQ(tryCreate(makeOptions()), SNC_OK);
  model.weights = blob;
  EXPECT_EQ(tryPath((folder / "none").string()), SNC_WEIGHTS_NOT_FOUND);
}

// Bad files are refused, each with its own status, and leave no mapping.
TEST_F(WeightsTest, BadFiles) {
  long mappedBefore = systemCalls().mapped;
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_NOT_FOUND);
  EXPECT_NE(tryPath(folder.string()), SNC_OK);
  EXPECT_EQ(tryPath(""), SNC_WEIGHTS_NOT_FOUND);
  write(0);
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_MISMATCH);
  write(kBytes - 1);
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_MISMATCH);
  blob[kBytes - 1] ^= 0x80;
  write(kBytes);
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_MISMATCH);
  EXPECT_EQ(systemCalls().mapped, mappedBefore);
}

// A fifo in the file's place is refused rather than waited for.
TEST_F(WeightsTest, FifoDoesNotBlock) {
  ASSERT_EQ(std::system(("mkfifo " + path).c_str()), 0);
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_NOT_FOUND);
}

// A context that gets no memory lets go of its file.
TEST_F(WeightsTest, ReleasedWhenCreateFails) {
  write(kBytes);
  long mappedBefore = systemCalls().mapped;
  snc_options options = makeOptions();
  options.weights_path = path.c_str();
  options.alloc = [](void *, size_t, size_t) -> void * { return nullptr; };
  options.dealloc = [](void *, void *, size_t) {};
  EXPECT_EQ(tryCreate(options), SNC_OUT_OF_MEMORY);
  EXPECT_EQ(systemCalls().mapped, mappedBefore);
}

// A mapping that ended is read anew: the file's new content is noticed.
TEST_F(WeightsTest, ReadAnewAfterTheLastUser) {
  write(kBytes);
  EXPECT_EQ(tryPath(path), SNC_OK);
  blob[0] ^= 1;
  write(kBytes);
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_MISMATCH);
}

// Two models may name the same file; the second, compiled with other weights,
// is told so even while the first one holds the mapping.
TEST_F(WeightsTest, OtherModelSameFile) {
  write(kBytes);
  snc_options options = makeOptions();
  options.weights_path = path.c_str();
  Context holder = create(model, options);
  model.weights_hash ^= 1;
  EXPECT_EQ(tryPath(path), SNC_WEIGHTS_MISMATCH);
}

// Threads create and destroy contexts of one file at once.
TEST_F(WeightsTest, ManyThreads) {
  write(kBytes);
  long mappedBefore = systemCalls().mapped;
  std::vector<std::thread> users;
  for (int i = 0; i < 8; ++i)
    users.emplace_back([&] {
      for (int round = 0; round < 50; ++round)
        EXPECT_EQ(tryPath(path), SNC_OK);
    });
  for (std::thread &user : users)
    user.join();
  EXPECT_EQ(systemCalls().mapped, mappedBefore);
}

// A model without weights needs none, and looks at no file.
TEST_F(WeightsTest, NoWeights) {
  model.weights_bytes = 0;
  EXPECT_EQ(tryPath((folder / "none").string()), SNC_OK);
}

// The hash sees every single flipped bit, every cut and every swap of words.
TEST_F(WeightsTest, HashSeesAccidents) {
  for (size_t bytes : {0, 1, 7, 8, 31, 32, 33, 64, 95}) {
    std::set<uint64_t> seen{snc_hash64(blob, bytes)};
    for (size_t bit = 0; bit < bytes * 8; ++bit) {
      blob[bit / 8] ^= 1 << bit % 8;
      EXPECT_TRUE(seen.insert(snc_hash64(blob, bytes)).second) << bytes << ", bit " << bit;
      blob[bit / 8] ^= 1 << bit % 8;
    }
  }
  std::set<uint64_t> prefixes;
  for (size_t bytes = 0; bytes < 300; ++bytes)
    EXPECT_TRUE(prefixes.insert(snc_hash64(blob, bytes)).second) << bytes;
  std::vector<uint8_t> zeros(300); // blob[0] is another byte
  for (size_t bytes = 1; bytes < 300; ++bytes)
    EXPECT_TRUE(prefixes.insert(snc_hash64(zeros.data(), bytes)).second) << bytes;
  uint64_t before = snc_hash64(blob, kBytes);
  std::swap_ranges(blob, blob + 32, blob + 32);
  EXPECT_NE(snc_hash64(blob, kBytes), before);
}

} // namespace
