// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A GPU that is not there, or fails at any moment: runs go on without it and are right, or
// tell the documented status; nothing is left behind.
#include "GpuModel.h"
#include "runtime/cuda_api.h"
#include "runtime/opencl_api.h"

using namespace snc::test;

namespace {

class GpuFault : public testing::TestWithParam<Api> {
protected:
  void SetUp() override { fakeGpu().reset(); }
  void TearDown() override {
    EXPECT_EQ(fakeGpu().living(), 0);
    EXPECT_EQ(fakeGpu().used(), 0u);
    EXPECT_EQ(fakeGpu().pinnedBytes(), 0u);
  }
  GpuModel &use(GpuModel &m) {
    currentModel = &m;
    return m;
  }
  // A name by its driver.
  const char *name(const char *openCl, const char *cuda) const {
    return GetParam() == Api::openCl ? openCl : cuda;
  }
  Log log;
};

void expectRight(GpuModel &m, const Context &context, int rounds = 3) {
  Tensor x = m.input();
  for (int round = 0; round < rounds; ++round) {
    x[1] = uint32_t(round);
    GpuRun run(context, x);
    ASSERT_EQ(run.status, SNC_OK);
    ASSERT_EQ(run.out, m.expected(x));
  }
}

// Without the GPU from the start: with the fallback, and with the status where there is none.
void expectNone(GpuModel &m, int32_t status, const char *line, snc_options options, Log &log) {
  SCOPED_TRACE(line);
  {
    log.lines.clear();
    Context context = create(m.model(), options);
    EXPECT_TRUE(log.has(line));
    snc_device_info info = deviceInfo(context);
    EXPECT_EQ(info.state, uint32_t(SNC_DEVICE_FALLBACK));
    EXPECT_EQ(info.status, status);
    EXPECT_EQ(info.memory_bytes, 0u);
    m.fallbackRuns = 0;
    expectRight(m, context, 2);
    EXPECT_EQ(m.fallbackRuns, 2);
  }
  for (bool flag : {true, false}) {
    snc_options none = options;
    none.gpu_flags = flag ? SNC_GPU_NO_FALLBACK : 0;
    m.gpu.fallback = flag ? &m.fallback : nullptr;
    log.lines.clear();
    snc_context *context = nullptr;
    EXPECT_EQ(snc_context_create(&m.model(), &none, &context), status);
    EXPECT_EQ(context, nullptr);
    EXPECT_TRUE(log.has(line));
  }
  m.gpu.fallback = &m.fallback;
  EXPECT_EQ(fakeGpu().living(), 0);
}

TEST_P(GpuFault, NoLibraryNoDevice) {
  GpuModel m(GetParam(), "cg|cg|c");
  use(m);
  snc_options options = gpuOptions(log);
  fakeGpu().library = Library::none;
  expectNone(m, SNC_NO_DEVICE, name("no libOpenCL.so.1", "no libcuda.so.1"), options, log);
  fakeGpu().library = Library::fake;
  fakeGpu().missing = name("clEnqueueReadBufferRect", "cuMemFree_v2");
  expectNone(m, SNC_NO_DEVICE, fakeGpu().missing.c_str(), options, log);
  fakeGpu().missing.clear();
  fakeGpu().platforms = {};
  expectNone(m, SNC_NO_DEVICE, "no device", options, log);
  fakeGpu().platforms = {{}, {}};
  expectNone(m, SNC_NO_DEVICE, "no device", options, log);
}

TEST_P(GpuFault, TooLittleMemory) {
  GpuModel m(GetParam(), "cg|cg|c");
  use(m);
  snc_options options = gpuOptions(log);
  uint64_t needed = m.gpu.arena_bytes + m.gpu.weights_bytes;
  for (uint64_t memory : {uint64_t(0), m.gpu.weights_bytes, needed - 1}) {
    fakeGpu().memory = memory;
    expectNone(m, SNC_DEVICE_OUT_OF_MEMORY, name("clCreateBuffer", "cuMemAlloc"), options, log);
  }
  fakeGpu().memory = needed;
  expectRight(m, create(m.model(), options));
  options.gpu_memory_limit = needed - 1;
  expectNone(m, SNC_DEVICE_OUT_OF_MEMORY, "limit", options, log);
  options.gpu_memory_limit = needed;
  m.fallbackRuns = 0;
  expectRight(m, create(m.model(), options));
  EXPECT_EQ(m.fallbackRuns, 0);
}

TEST_P(GpuFault, KernelsThatDoNotCompile) {
  GpuModel m(GetParam(), "cg|cg|c");
  use(m).source = "#error";
  expectNone(m, SNC_DEVICE_FAILED, "line 1: no line 2: never", gpuOptions(log), log);
  m.source = "void set_all only";
  expectNone(m, SNC_DEVICE_FAILED, name("clCreateKernel", "cuModuleGetFunction"), gpuOptions(log),
             log);
}

// A step that fails while it is recorded, and one whose buffers are nowhere.
TEST_P(GpuFault, StepsThatCannotBeRecorded) {
  GpuModel m(GetParam(), "cg|cg|c");
  use(m);
  m.onRecord = [](snc_worker *worker, snc_buffer *) {
    halide_error(worker, "bad kernel");
    return 0;
  };
  expectNone(m, SNC_DEVICE_FAILED, "bad kernel", gpuOptions(log), log);
  const std::vector<std::function<int32_t(snc_worker *, snc_buffer *)>> transfers = {
      [](snc_worker *w, snc_buffer *b) { return snc_gpu_upload(w, &b[0], &b[1], 8, 1, 8, 8); },
      [](snc_worker *w, snc_buffer *b) { return snc_gpu_upload(w, &b[2], &b[4], 8, 1, 8, 8); },
      [](snc_worker *w, snc_buffer *b) { return snc_gpu_upload(w, &b[0], &b[4], 8, 2, 4, 8); },
      [](snc_worker *w, snc_buffer *b) { return snc_gpu_upload(w, &b[0], &b[4], 8, 2, 8, 4); },
      [](snc_worker *w, snc_buffer *b) {
        return snc_gpu_upload(w, &b[0], &b[4], 8, 3, 8, UINT64_MAX / 2);
      },
      [](snc_worker *w, snc_buffer *b) {
        return snc_gpu_upload(w, &b[0], &b[4], UINT64_C(1) << 40, 1, 0, 0);
      },
      [](snc_worker *w, snc_buffer *b) {
        snc_buffer other = b[0];
        return snc_gpu_upload(w, &other, &b[4], 8, 1, 8, 8);
      }};
  for (const auto &transfer : transfers) {
    m.onRecord = transfer;
    expectNone(m, SNC_DEVICE_FAILED, "do not fit", gpuOptions(log), log);
  }
  m.onRecord = [](snc_worker *, snc_buffer *) { return 1; };
  snc_options options = gpuOptions(log);
  Context context = create(m.model(), options);
  EXPECT_EQ(deviceInfo(context).status, SNC_DEVICE_FAILED);
}

// Any call of the driver fails, at any time in _create or in runs: always right results.
TEST_P(GpuFault, AnyCallFails) {
  std::vector<std::string> names;
  if (GetParam() == Api::openCl) {
#define NAME(result, function, parameters) names.push_back("cl" #function);
    SNC_CL_FUNCTIONS(NAME)
    SNC_CL_HOST_FUNCTIONS(NAME)
#undef NAME
  } else {
#define NAME(member, function, parameters) names.push_back(function);
    SNC_CU_FUNCTIONS(NAME)
    SNC_CU_HOST_FUNCTIONS(NAME)
#undef NAME
  }
  const std::set<std::string> undo = {"cuStreamDestroy_v2", "cuMemFree_v2",
                                      "cuModuleUnload",     "cuEventDestroy_v2",
                                      "cuMemFreeHost",      "cuDevicePrimaryCtxRelease_v2"};
  GpuModel m(GetParam(), "cg|cg/g|c|g");
  use(m).rows = true;
  for (const std::string &function : names) {
    if (undo.count(function) || function.find("clRelease") == 0)
      continue; // leaks, then, on the device
    for (int threads : {1, 2})
      for (int nth = 1; nth < 400; nth += 1 + nth / 6) {
        SCOPED_TRACE(function + " " + std::to_string(nth) + " threads " + std::to_string(threads));
        fakeGpu().reset();
        snc_options options = gpuOptions(log, threads, threads == 1 ? 20 : 0);
        log.lines.clear();
        fakeGpu().failCall(function, nth, 999);
        Context context = create(m.model(), options);
        m.fallbackRuns = 0;
        expectRight(m, context, 4);
        snc_device_info info = deviceInfo(context);
        bool fell = info.state == SNC_DEVICE_FALLBACK;
        EXPECT_EQ(fell, info.status != SNC_OK);
        EXPECT_EQ(fell, m.fallbackRuns > 0);
        EXPECT_EQ(fell, !log.lines.empty());
        bool reached = fakeGpu().calls(function) >= nth;
        fakeGpu().failCall(function, 0, 0); // the end of a context is not looked at
        context.reset();
        ASSERT_EQ(fakeGpu().living(), 0);
        if (!reached)
          break;
        if (testing::Test::HasFailure())
          return;
      }
  }
}

// The device is lost at any command of a run.
TEST_P(GpuFault, LostInARun) {
  GpuModel m(GetParam(), "cgd|cg|cgd/g|c|g");
  use(m);
  for (int threads : {1, 3})
    for (uint32_t spinUs : {0u, 50u})
      for (int nth = 1; nth < 120; ++nth) {
        fakeGpu().reset();
        log.lines.clear();
        Context context = create(m.model(), gpuOptions(log, threads, spinUs));
        m.fallbackRuns = 0;
        expectRight(m, context, 1);
        fakeGpu().loseAt(nth);
        expectRight(m, context, 2);
        snc_device_info info = deviceInfo(context);
        if (info.state == SNC_DEVICE_ACTIVE)
          break;
        EXPECT_EQ(info.state, uint32_t(SNC_DEVICE_FALLBACK));
        EXPECT_EQ(info.status, SNC_DEVICE_FAILED);
        EXPECT_TRUE(log.has("failed"));
        EXPECT_GE(m.fallbackRuns, 1);
        // Not tried again.
        fakeGpu().loseAt(0);
        long calls = fakeGpu().totalCalls();
        expectRight(m, context, 3);
        EXPECT_EQ(fakeGpu().totalCalls(), calls);
      }
}

TEST_P(GpuFault, LostWithoutAFallback) {
  GpuModel m(GetParam(), "cg|cg|c");
  use(m);
  for (int threads : {1, 2}) {
    fakeGpu().reset();
    snc_options options = gpuOptions(log, threads);
    options.gpu_flags = SNC_GPU_NO_FALLBACK;
    Context context = create(m.model(), options);
    expectRight(m, context);
    fakeGpu().loseAt(1);
    EXPECT_EQ(GpuRun(context, m.input()).status, SNC_DEVICE_FAILED);
    long calls = fakeGpu().totalCalls();
    EXPECT_EQ(GpuRun(context, m.input()).status, SNC_DEVICE_FAILED);
    EXPECT_EQ(fakeGpu().totalCalls(), calls);
    EXPECT_EQ(deviceInfo(context).state, uint32_t(SNC_DEVICE_ACTIVE));
    EXPECT_EQ(deviceInfo(context).status, SNC_DEVICE_FAILED);
    EXPECT_EQ(m.fallbackRuns, 0);
  }
}

// A CPU kernel that fails is no reason to leave the GPU, and nothing of the failed run
// is still on its way when it returns.
TEST_P(GpuFault, KernelsOfTheCpuFail) {
  GpuModel m(GetParam(), "cg|cg|c|g");
  use(m);
  fakeGpu().wantsSlowCommands = true;
  for (int threads : {1, 2}) {
    Context context = create(m.model(), gpuOptions(log, threads));
    for (int32_t failing : {0, 2, 4}) {
      m.failStep = failing;
      EXPECT_EQ(GpuRun(context, m.input()).status, SNC_KERNEL_FAILED);
      m.failStep = -1;
      expectRight(m, context);
    }
    EXPECT_EQ(deviceInfo(context).state, uint32_t(SNC_DEVICE_ACTIVE));
  }
  EXPECT_EQ(m.fallbackRuns, 0);
}

TEST_P(GpuFault, CancelledAtAnyTime) {
  GpuModel m(GetParam(), "cg|cg|c|g|cg");
  use(m);
  fakeGpu().wantsSlowCommands = true;
  for (int threads : {1, 2}) {
    Context context = create(m.model(), gpuOptions(log, threads));
    std::atomic<int> stop{0};
    std::thread other([&] {
      while (!stop) {
        EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK);
        std::this_thread::sleep_for(std::chrono::microseconds(700));
      }
    });
    int cancelled = 0;
    for (int round = 0; round < 60; ++round) {
      GpuRun run(context, m.input());
      ASSERT_TRUE(run.status == SNC_OK || run.status == SNC_CANCELLED) << run.status;
      cancelled += run.status == SNC_CANCELLED;
      if (run.status == SNC_OK)
        ASSERT_EQ(run.out, m.expected(run.in));
    }
    stop = 1;
    other.join();
    EXPECT_GT(cancelled, 0);
    expectRight(m, context);
  }
  EXPECT_EQ(m.fallbackRuns, 0);
}

// Cancelled, and lost behind that: the run says so, and the next one is without the GPU.
TEST_P(GpuFault, CancelledThenLost) {
  GpuModel m(GetParam(), "c|g|c|g");
  use(m);
  Context context = create(m.model(), gpuOptions(log, 1));
  fakeGpu().loseAt(1);
  m.onStep = [&](uint32_t s) {
    if (s == 2)
      EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK);
  };
  GpuRun run(context, m.input());
  EXPECT_TRUE(run.status == SNC_CANCELLED || run.status == SNC_OK);
  m.onStep = nullptr;
  expectRight(m, context);
  EXPECT_EQ(deviceInfo(context).state, uint32_t(SNC_DEVICE_FALLBACK));
}

TEST_P(GpuFault, AThousandContexts) {
  GpuModel m(GetParam(), "cg|cg|c");
  use(m);
  for (int round = 0; round < 1000; ++round) {
    Context context = create(m.model(), gpuOptions(log, 1 + round % 2));
    if (round % 3 == 1)
      fakeGpu().failCall(name("clEnqueueNDRangeKernel", "cuLaunchKernel"), 1 + round % 5, 5);
    expectRight(m, context, 2);
    context.reset();
    ASSERT_EQ(fakeGpu().living(), 0);
    ASSERT_EQ(fakeGpu().used(), 0u);
    ASSERT_EQ(fakeGpu().pinnedBytes(), 0u);
    fakeGpu().reset();
  }
}

INSTANTIATE_TEST_SUITE_P(Drivers, GpuFault, testing::Values(Api::openCl, Api::cuda),
                         [](const auto &info) {
                           return std::string(info.param == Api::openCl ? "OpenCl" : "Cuda");
                         });

} // namespace
