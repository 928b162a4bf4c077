// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels' temporary memory: alignment, order of frees, exhaustion, and that
// threads never share a block.
#include "TestModel.h"

extern "C" {
#include "runtime/scratch.h"
}

#include <atomic>
#include <cstring>
#include <vector>

using namespace snc::test;

namespace {

class ScratchTest : public testing::Test {
protected:
  alignas(SNC_SCRATCH_ALIGNMENT) uint8_t memory[1024];
  snc_scratch scratch;
  void SetUp() override { snc_scratch_init(&scratch, memory, sizeof memory); }
};

// Blocks are aligned, apart from each other, and inside the memory.
TEST_F(ScratchTest, GivesAlignedDisjointBlocks) {
  auto *a = static_cast<uint8_t *>(snc_scratch_alloc(&scratch, 1));
  auto *b = static_cast<uint8_t *>(snc_scratch_alloc(&scratch, 129));
  auto *c = static_cast<uint8_t *>(snc_scratch_alloc(&scratch, 128));
  EXPECT_EQ(a, memory);
  EXPECT_EQ(b, memory + 128);
  EXPECT_EQ(c, memory + 384);
}

// The last byte can be had; one more cannot, nor can sizes that wrap around.
TEST_F(ScratchTest, EndsWhereTheMemoryEnds) {
  EXPECT_NE(snc_scratch_alloc(&scratch, 896), nullptr);
  EXPECT_EQ(snc_scratch_alloc(&scratch, 129), nullptr);
  EXPECT_EQ(snc_scratch_alloc(&scratch, UINT64_MAX), nullptr);
  EXPECT_EQ(snc_scratch_alloc(&scratch, UINT64_MAX - 127), nullptr);
  EXPECT_NE(snc_scratch_alloc(&scratch, 128), nullptr);
  EXPECT_EQ(snc_scratch_alloc(&scratch, 1), nullptr);
}

// Blocks freed last in, first out give their room back at once.
TEST_F(ScratchTest, ReusesRoomOfTheTop) {
  void *a = snc_scratch_alloc(&scratch, 512);
  void *b = snc_scratch_alloc(&scratch, 512);
  EXPECT_TRUE(snc_scratch_free(&scratch, b));
  EXPECT_EQ(snc_scratch_alloc(&scratch, 512), b);
  EXPECT_TRUE(snc_scratch_free(&scratch, b));
  EXPECT_TRUE(snc_scratch_free(&scratch, a));
  EXPECT_EQ(snc_scratch_alloc(&scratch, 1024), memory);
}

// A block freed below a live one comes back together with that one.
TEST_F(ScratchTest, TakesFreesInAnyOrder) {
  void *a = snc_scratch_alloc(&scratch, 256);
  void *b = snc_scratch_alloc(&scratch, 256);
  void *c = snc_scratch_alloc(&scratch, 512);
  EXPECT_TRUE(snc_scratch_free(&scratch, a));
  EXPECT_TRUE(snc_scratch_free(&scratch, b));
  EXPECT_EQ(snc_scratch_alloc(&scratch, 1), nullptr);
  EXPECT_TRUE(snc_scratch_free(&scratch, c));
  EXPECT_EQ(snc_scratch_alloc(&scratch, 1024), memory);
}

// NULL may be freed; foreign and freed blocks are told.
TEST_F(ScratchTest, KnowsItsBlocks) {
  void *a = snc_scratch_alloc(&scratch, 1);
  EXPECT_TRUE(snc_scratch_free(&scratch, nullptr));
  EXPECT_FALSE(snc_scratch_free(&scratch, memory + 128));
  EXPECT_FALSE(snc_scratch_free(&scratch, &scratch));
  EXPECT_TRUE(snc_scratch_free(&scratch, a));
  EXPECT_FALSE(snc_scratch_free(&scratch, a));
}

// The table of blocks is bounded too.
TEST_F(ScratchTest, RefusesTooManyBlocks) {
  for (int i = 0; i < SNC_SCRATCH_BLOCKS; ++i)
    snc_scratch_alloc(&scratch, 0);
  EXPECT_EQ(snc_scratch_alloc(&scratch, 0), nullptr);
}

struct Blocks {
  size_t outer = 1000, inner = 500; // bytes
  std::atomic<int> nulls{0}, spoiled{0};
};

int useBlock(void *worker, int index, uint8_t *closure) {
  Blocks &blocks = *reinterpret_cast<Blocks *>(closure);
  void *block = halide_malloc(worker, blocks.inner);
  if (!block) {
    ++blocks.nulls;
    return -1;
  }
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % SNC_SCRATCH_ALIGNMENT, 0u);
  std::memset(block, index, blocks.inner);
  std::vector<uint8_t> expected(blocks.inner, static_cast<uint8_t>(index));
  blocks.spoiled += std::memcmp(block, expected.data(), blocks.inner) != 0;
  halide_free(worker, block);
  return 0;
}

int32_t useBlocks(snc_worker *worker, snc_buffer *buffers) {
  Blocks &blocks = params<Blocks>(buffers);
  void *outer = halide_malloc(worker, blocks.outer);
  if (!outer)
    return -1;
  std::memset(outer, 0xa5, blocks.outer);
  int result = halide_do_par_for(worker, useBlock, 0, 100, buffers[InputBuffer].host);
  std::vector<uint8_t> expected(blocks.outer, 0xa5);
  blocks.spoiled += std::memcmp(outer, expected.data(), blocks.outer) != 0;
  if (!result) // a failed kernel forgets its blocks
    halide_free(worker, outer);
  return result;
}

snc_model scratchModel() {
  snc_model model = makeModel(useBlocks);
  model.scratch_bytes = 1000;
  model.worker_scratch_bytes = 500;
  return model;
}

// What a model declares is there for the serial part and for each task, and
// nobody's block is another's.
TEST(HalideMalloc, HasWhatTheModelDeclares) {
  snc_model model = scratchModel();
  for (int threads : {1, 2, 4}) {
    Context context = create(model, makeOptions(threads));
    for (int round = 0; round < 20; ++round) {
      Blocks blocks;
      ASSERT_EQ(run(context, blocks), SNC_OK);
      EXPECT_EQ(blocks.nulls, 0);
      EXPECT_EQ(blocks.spoiled, 0);
    }
  }
}

// Too little scratch fails the run and says so once the log hook listens; the
// next run starts with empty stacks though the failed one freed nothing.
TEST(HalideMalloc, ExhaustionFailsTheRun) {
  snc_model model = scratchModel();
  std::atomic<int> lines{0};
  snc_options options = makeOptions(2);
  options.user = &lines;
  options.log = [](void *user, const char *message) {
    EXPECT_NE(std::strstr(message, "scratch"), nullptr) << message;
    ++*static_cast<std::atomic<int> *>(user);
  };
  Context context = create(model, options);
  for (int round = 0; round < 20; ++round) {
    Blocks tooBig;
    tooBig.inner = 2000;
    EXPECT_EQ(run(context, tooBig), SNC_KERNEL_FAILED);
    EXPECT_GT(tooBig.nulls, 0);
    Blocks fine;
    EXPECT_EQ(run(context, fine), SNC_OK);
  }
  EXPECT_GE(lines, 20);
}

} // namespace
