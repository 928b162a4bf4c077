// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pinned memory for the arena on the host: where there is some, where there is none, and
// that it is given back.
#include "GpuModel.h"

#include <cstdlib>

using namespace snc::test;

namespace {

class GpuPinned : public testing::TestWithParam<Api> {
protected:
  void SetUp() override {
    fakeGpu().reset();
    currentModel = &m;
    options = gpuOptions(log);
    options.gpu_flags = SNC_GPU_NO_FALLBACK;
  }
  void TearDown() override {
    EXPECT_EQ(fakeGpu().living(), 0);
    EXPECT_EQ(fakeGpu().used(), 0u);
    EXPECT_EQ(fakeGpu().pinnedBytes(), 0u);
    EXPECT_TRUE(log.lines.empty());
  }
  const char *name(const char *openCl, const char *cuda) const {
    return GetParam() == Api::openCl ? openCl : cuda;
  }
  // Runs on the GPU, with so much pinned memory.
  void expectRuns(GpuModel &model, uint64_t pinned) {
    currentModel = &model;
    Context context = create(model.model(), options);
    EXPECT_EQ(fakeGpu().pinnedBytes(), pinned);
    for (int round = 0; round < 3; ++round) {
      GpuRun run(context, model.input());
      EXPECT_EQ(run.status, SNC_OK);
      EXPECT_EQ(run.out, model.expected(run.in));
    }
    EXPECT_EQ(fakeGpu().pinnedCopies() > 0, pinned > 0);
    EXPECT_EQ(model.fallbackRuns, 0);
    context.reset();
    EXPECT_EQ(fakeGpu().pinnedBytes(), 0u);
  }
  GpuModel m{GetParam(), "cg|cg|c"};
  Log log;
  snc_options options;
};

// The arena of the GPU's program alone, though the block has room for the larger fallback's.
TEST_P(GpuPinned, HoldsTheArena) {
  for (bool rows : {false, true}) {
    m.rows = rows;
    expectRuns(m, m.model().arena_bytes);
  }
}

TEST_P(GpuPinned, OfSeveralContexts) {
  Context a = create(m.model(), options), b = create(m.model(), options);
  EXPECT_EQ(fakeGpu().pinnedBytes(), 2 * m.model().arena_bytes);
  a.reset();
  GpuRun run(b, m.input());
  EXPECT_EQ(run.status, SNC_OK);
  EXPECT_EQ(run.out, m.expected(run.in));
}

// Inputs and outputs are the caller's.
TEST_P(GpuPinned, NotWhereOnlyInputsAndOutputsMove) {
  GpuModel alone(GetParam(), "g|g", 0);
  expectRuns(alone, 0);
}

TEST_P(GpuPinned, NotWithUnifiedMemory) {
  fakeGpu().unified = true;
  expectRuns(m, 0);
}

TEST_P(GpuPinned, NotWhereTheCallerAllocates) {
  options.alloc = [](void *, size_t bytes, size_t alignment) {
    return aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  };
  options.dealloc = [](void *, void *memory, size_t) { free(memory); };
  expectRuns(m, 0);
}

TEST_P(GpuPinned, NotWhereItIsBadlyAligned) {
  fakeGpu().pinnedSkew = 64;
  expectRuns(m, 0);
}

TEST_P(GpuPinned, NotWithoutTheFunctions) {
  const bool openCl = GetParam() == Api::openCl;
  const std::vector<std::string> needed =
      openCl ? std::vector<std::string>{"clEnqueueMapBuffer", "clEnqueueUnmapMemObject"}
             : std::vector<std::string>{"cuDeviceGetAttribute", "cuMemHostAlloc", "cuMemFreeHost"};
  for (const std::string &function : needed) {
    fakeGpu().missing = function;
    expectRuns(m, 0);
  }
}

TEST_P(GpuPinned, NotWhereItFails) {
  // The third buffer, after the weights and the arena of the device.
  const std::vector<std::pair<const char *, int>> calls =
      GetParam() == Api::openCl
          ? std::vector<std::pair<const char *, int>>{{"clCreateBuffer", 3},
                                                      {"clEnqueueMapBuffer", 1}}
          : std::vector<std::pair<const char *, int>>{{"cuDeviceGetAttribute", 1},
                                                      {"cuMemHostAlloc", 1}};
  for (auto [function, nth] : calls) {
    SCOPED_TRACE(function);
    fakeGpu().failCall(function, nth, 2);
    expectRuns(m, 0);
    EXPECT_GE(fakeGpu().calls(function), nth);
  }
}

// The CPU's program goes on in the block's own memory; GpuModel::runFallback looks.
TEST_P(GpuPinned, GoneWithALostDevice) {
  options.gpu_flags = 0;
  {
    Context context = create(m.model(), options);
    EXPECT_GT(fakeGpu().pinnedBytes(), 0u);
    fakeGpu().loseAt(3);
    for (int round = 0; round < 3; ++round) {
      GpuRun run(context, m.input());
      EXPECT_EQ(run.status, SNC_OK);
      EXPECT_EQ(run.out, m.expected(run.in));
      EXPECT_EQ(fakeGpu().pinnedBytes(), 0u);
    }
    EXPECT_EQ(m.fallbackRuns, 3);
  }
  log.lines.clear();
}

INSTANTIATE_TEST_SUITE_P(Drivers, GpuPinned, testing::Values(Api::openCl, Api::cuda),
                         [](const auto &info) {
                           return std::string(info.param == Api::openCl ? "OpenCl" : "Cuda");
                         });

} // namespace
