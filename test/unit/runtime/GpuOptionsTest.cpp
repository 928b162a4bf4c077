// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the options choose: device, memory, the caller's own queue; and which GPU tables are
// refused.
#include "GpuModel.h"
#include "runtime/cuda_api.h"
#include "runtime/opencl_api.h"

using namespace snc::test;

namespace {

class GpuOptions : public testing::TestWithParam<Api> {
protected:
  void SetUp() override {
    fakeGpu().reset();
    currentModel = &m;
    options.gpu_flags = SNC_GPU_NO_FALLBACK;
  }
  void TearDown() override { EXPECT_EQ(fakeGpu().living(), 0); }
  void expectRight(const Context &context) {
    GpuRun run(context, m.input());
    EXPECT_EQ(run.status, SNC_OK);
    EXPECT_EQ(run.out, m.expected(run.in));
  }
  // The name of the device that is chosen; "" where there is none.
  std::string chosen(const char *wanted) {
    options.gpu_device = wanted;
    snc_context *raw = nullptr;
    int32_t status = snc_context_create(&m.model(), &options, &raw);
    Context context(raw);
    EXPECT_TRUE(status == SNC_OK || status == SNC_NO_DEVICE) << status;
    return context ? deviceInfo(context).name : "";
  }
  Log log;
  GpuModel m{GetParam(), "cg|g|c"};
  snc_options options = gpuOptions(log);
};

TEST_P(GpuOptions, ChooseTheDevice) {
  const std::string longName(300, 'x');
  fakeGpu().platforms = {{"Alpha 1", "Beta 22"}, {}, {"beta 3", longName}};
  EXPECT_EQ(chosen(nullptr), "Alpha 1");
  EXPECT_EQ(chosen("0"), "Alpha 1");
  EXPECT_EQ(chosen("1"), "Beta 22");
  EXPECT_EQ(chosen("2"), "beta 3");
  EXPECT_EQ(chosen("3"), longName.substr(0, 111));
  EXPECT_EQ(chosen("4"), "");
  EXPECT_TRUE(log.has("none of 4 devices is '4'"));
  EXPECT_EQ(chosen("99999999999999999999"), "");
  EXPECT_EQ(chosen("BETA"), "Beta 22");
  EXPECT_EQ(chosen("eta 3"), "beta 3");
  EXPECT_EQ(chosen("gamma"), "");
  EXPECT_EQ(chosen("beta 33"), "");
  EXPECT_EQ(chosen(""), "Alpha 1");
}

TEST_P(GpuOptions, OffMeansTheFallback) {
  options.gpu_flags = SNC_GPU_OFF;
  {
    Context context = create(m.model(), options);
    EXPECT_EQ(deviceInfo(context).state, uint32_t(SNC_DEVICE_OFF));
    EXPECT_EQ(deviceInfo(context).status, SNC_OK);
    expectRight(context);
    EXPECT_EQ(m.fallbackRuns, 1);
    EXPECT_EQ(fakeGpu().totalCalls(), 0);
  }
  m.gpu.fallback = nullptr;
  snc_context *context = nullptr;
  EXPECT_EQ(snc_context_create(&m.model(), &options, &context), SNC_NO_DEVICE);
}

// One block that serves the model and its fallback.
TEST_P(GpuOptions, WorkspaceIsTheLargerOfBoth) {
  uint64_t alone = snc_model_workspace_bytes(&m.model(), 2);
  m.fallback.arena_bytes = 1 << 20;
  EXPECT_GT(snc_model_workspace_bytes(&m.model(), 2), alone + 1000000);
  struct Asked {
    size_t bytes = 0;
    int blocks = 0;
  } asked;
  options.user = &asked;
  options.log = nullptr;
  options.alloc = [](void *user, size_t bytes, size_t alignment) {
    auto *a = static_cast<Asked *>(user);
    ++a->blocks;
    return aligned_alloc(alignment, a->bytes = bytes);
  };
  options.dealloc = [](void *, void *memory, size_t) { free(memory); };
  expectRight(create(m.model(), options));
  EXPECT_EQ(asked.blocks, 1);
  EXPECT_EQ(asked.bytes, snc_model_workspace_bytes(&m.model(), 2));
  m.model().default_threads = 1;
  m.fallback.default_threads = 3;
  EXPECT_EQ(snc_model_workspace_bytes(&m.model(), 0), snc_model_workspace_bytes(&m.model(), 3));
}

TEST_P(GpuOptions, BrokenTablesAreRefused) {
  snc_gpu_model gpu = m.gpu;
  snc_model fallback = m.fallback;
  std::vector<snc_buffer_desc> buffers(m.model().buffers,
                                       m.model().buffers + m.model().num_buffers);
  m.model().buffers = buffers.data();
  const std::vector<std::function<void()>> changes = {
      [&] { m.model().gpu = nullptr; },          [&] { m.gpu.driver = nullptr; },
      [&] { m.gpu.weights_offset = 4097; },      [&] { m.gpu.weights_bytes = 4096; },
      [&] { m.gpu.weights_bytes = UINT64_MAX; }, [&] { m.gpu.arena_bytes = UINT64_MAX; },
      [&] { m.gpu.arena_bytes = 512; },          [&] { buffers[4].offset = 256; },
      [&] { buffers[2].offset = 2048; },         [&] { buffers[2].offset = UINT64_MAX - 511; },
      [&] { m.fallback.abi_version = 0; },       [&] { m.fallback.num_inputs = 0; },
      [&] { m.fallback.num_outputs = 2; },       [&] { ++m.fallback.weights_hash; },
      [&] { ++m.fallback.weights_bytes; },       [&] { m.fallback.gpu = &m.gpu; },
      [&] { m.fallback.num_phases = 0; },        [&] { m.fallback.buffers = buffers.data(); }};
  const snc_model made = m.model();
  const std::vector<snc_buffer_desc> good = buffers;
  for (size_t i = 0; i < changes.size(); ++i) {
    changes[i]();
    snc_context *context = nullptr;
    EXPECT_EQ(snc_context_create(&m.model(), &options, &context), SNC_INVALID_ARGUMENT) << i;
    snc_context_destroy(context);
    m.gpu = gpu;
    m.fallback = fallback;
    m.model() = made;
    std::copy(good.begin(), good.end(), buffers.begin());
  }
  options.gpu_context = &options; // without a queue
  snc_context *context = nullptr;
  EXPECT_EQ(snc_context_create(&m.model(), &options, &context), SNC_INVALID_ARGUMENT);
}

// The caller's own; the runtime leaves them as they were.
TEST_P(GpuOptions, GivenContextAndQueue) {
  {
    create(m.model(), options);
  } // OpenCL's platforms exist from now on
  snc_cl context = nullptr, queue = nullptr;
  int32_t error = 0;
  auto cl = [](const char *name) { return fakeOpenClFunction(name); };
  auto cu = [](const char *name) { return fakeCudaFunction(name); };
  if (GetParam() == Api::openCl) {
    snc_cl_api api = {};
    *reinterpret_cast<void **>(&api.CreateContext) = cl("clCreateContext");
    *reinterpret_cast<void **>(&api.CreateCommandQueue) = cl("clCreateCommandQueue");
    context = api.CreateContext(nullptr, 1, nullptr, nullptr, nullptr, &error);
    queue = api.CreateCommandQueue(context, nullptr, 0, &error);
  } else {
    snc_cu_api api = {};
    *reinterpret_cast<void **>(&api.PrimaryCtxRetain) = cu("cuDevicePrimaryCtxRetain");
    *reinterpret_cast<void **>(&api.CtxPushCurrent) = cu("cuCtxPushCurrent_v2");
    *reinterpret_cast<void **>(&api.StreamCreate) = cu("cuStreamCreate");
    api.PrimaryCtxRetain(reinterpret_cast<snc_cu *>(&context), 7);
    api.CtxPushCurrent(reinterpret_cast<snc_cu>(context));
    api.StreamCreate(reinterpret_cast<snc_cu *>(&queue), 0);
  }
  options.gpu_context = context;
  options.gpu_queue = queue;
  {
    Context made = create(m.model(), options);
    EXPECT_STREQ(deviceInfo(made).name, "Fake GPU");
    for (int round = 0; round < 5; ++round)
      expectRight(made);
  }
  EXPECT_EQ(fakeGpu().living(), 2);
  if (GetParam() == Api::openCl) {
    reinterpret_cast<int32_t (*)(snc_cl)>(cl("clReleaseCommandQueue"))(queue);
    reinterpret_cast<int32_t (*)(snc_cl)>(cl("clReleaseContext"))(context);
  } else {
    snc_cu popped;
    reinterpret_cast<int32_t (*)(snc_cu)>(cu("cuStreamDestroy_v2"))(
        reinterpret_cast<snc_cu>(queue));
    reinterpret_cast<int32_t (*)(snc_cu *)>(cu("cuCtxPopCurrent_v2"))(&popped);
    reinterpret_cast<int32_t (*)(int32_t)>(cu("cuDevicePrimaryCtxRelease_v2"))(7);
  }
}

TEST(GpuAlignment, StricterDevicesAreRefused) {
  fakeGpu().reset();
  fakeGpu().alignmentBits = 8192;
  GpuModel m(Api::openCl, "g", 0);
  currentModel = &m;
  Log log;
  Context context = create(m.model(), gpuOptions(log));
  EXPECT_EQ(deviceInfo(context).status, SNC_NO_DEVICE);
  EXPECT_TRUE(log.has("aligned to 1024 bytes"));
}

INSTANTIATE_TEST_SUITE_P(Drivers, GpuOptions, testing::Values(Api::openCl, Api::cuda),
                         [](const auto &info) {
                           return std::string(info.param == Api::openCl ? "OpenCl" : "Cuda");
                         });

} // namespace
