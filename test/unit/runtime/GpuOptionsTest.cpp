// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the options choose: device, cache of compiled kernels, the caller's own queue; and
// which GPU tables are refused.
#include "GpuModel.h"
#include "runtime/cuda_api.h"
#include "runtime/opencl_api.h"

#include <filesystem>
#include <fstream>

using namespace snc::test;
namespace fs = std::filesystem;

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
      [&] { m.model().gpu = nullptr; },
      [&] { m.gpu.driver = nullptr; },
      [&] { m.gpu.weights_offset = 4097; },
      [&] { m.gpu.weights_bytes = 4096; },
      [&] { m.gpu.weights_bytes = UINT64_MAX; },
      [&] { m.gpu.arena_bytes = UINT64_MAX; },
      [&] { m.gpu.arena_bytes = 512; },
      [&] { buffers[4].offset = 256; },
      [&] { buffers[2].offset = 2048; },
      [&] { buffers[2].offset = UINT64_MAX - 511; },
      [&] { m.fallback.abi_version = 0; },
      [&] { m.fallback.num_inputs = 0; },
      [&] { m.fallback.num_outputs = 2; },
      [&] { ++m.fallback.weights_hash; },
      [&] { ++m.fallback.weights_bytes; },
      [&] { m.fallback.gpu = &m.gpu; },
      [&] { m.fallback.num_phases = 0; },
      [&] { m.fallback.num_buffers = 3, m.fallback.buffers = buffers.data(); }};
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
    reinterpret_cast<int32_t (*)(snc_cl)>(cu("cuStreamDestroy_v2"))(queue);
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

// ---- the cache ---------------------------------------------------------------

class GpuCache : public testing::Test {
protected:
  void SetUp() override {
    fakeGpu().reset();
    char name[] = "/tmp/snc-cache-XXXXXX";
    root = mkdtemp(name);
    folder = (root / "a" / "b").string();
    options.gpu_cache = folder.c_str();
    options.gpu_flags = SNC_GPU_NO_FALLBACK;
    currentModel = &m;
  }
  void TearDown() override {
    EXPECT_EQ(fakeGpu().living(), 0);
    fs::permissions(root, fs::perms::owner_all);
    fs::remove_all(root);
  }
  // How many programs of a new context came out of the cache; it computes as it should.
  uint32_t cached() {
    Context context = create(m.model(), options);
    GpuRun run(context, m.input());
    EXPECT_EQ(run.status, SNC_OK);
    EXPECT_EQ(run.out, m.expected(run.in));
    EXPECT_EQ(deviceInfo(context).kernels, 1u);
    return deviceInfo(context).kernels_cached;
  }
  std::vector<fs::path> files() {
    std::vector<fs::path> all;
    for (const auto &entry : fs::directory_iterator(folder))
      all.push_back(entry.path());
    return all;
  }
  fs::path root;
  std::string folder;
  Log log;
  GpuModel m{Api::openCl, "cg|g|c"};
  snc_options options = gpuOptions(log);
};

TEST_F(GpuCache, IsUsedByTheNextContext) {
  EXPECT_EQ(cached(), 0u);
  ASSERT_EQ(files().size(), 1u); // and nothing unfinished
  EXPECT_EQ(cached(), 1u);
  options.gpu_cache = nullptr;
  EXPECT_EQ(cached(), 0u);
  options.gpu_cache = folder.c_str();
  // Another device, another source: other keys.
  fakeGpu().platforms = {{"Other GPU"}};
  EXPECT_EQ(cached(), 0u);
  std::string source = std::string(m.source) + "\n";
  m.source = source.c_str();
  EXPECT_EQ(cached(), 0u);
  EXPECT_EQ(cached(), 1u);
  EXPECT_EQ(files().size(), 3u);
  EXPECT_TRUE(log.lines.empty());
}

std::string contents(const fs::path &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void replace(const fs::path &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Cut, changed anywhere, longer, empty, of another key: as if there were no file; then it is
// written again.
TEST_F(GpuCache, BrokenFilesAreIgnored) {
  EXPECT_EQ(cached(), 0u);
  fs::path file = files().at(0);
  const std::string good = contents(file);
  std::vector<std::string> broken = {"", "x", good + "x", std::string(100000, 'q'),
                                     std::string(good.size(), '\0')};
  for (size_t at = 0; at < good.size(); at += 1 + at / 8) {
    broken.push_back(good.substr(0, at));
    broken.push_back(good);
    broken.back()[at] ^= 0x40;
  }
  for (const std::string &bytes : broken) {
    replace(file, bytes);
    ASSERT_EQ(cached(), 0u) << bytes.size();
    ASSERT_EQ(contents(file), good);
  }
  fs::remove(file);
  fs::create_directory(file); // cannot be replaced
  EXPECT_EQ(cached(), 0u);
  EXPECT_TRUE(log.has("cannot write"));
}

// A binary that the driver does not take any more is compiled again.
TEST_F(GpuCache, RefusedBinariesAreCompiledAgain) {
  EXPECT_EQ(cached(), 0u);
  fakeGpu().failCall("clCreateProgramWithBinary", 1, -42);
  EXPECT_EQ(cached(), 0u);
  fakeGpu().failCall("clBuildProgram", 1, -11);
  EXPECT_EQ(cached(), 0u);
  EXPECT_EQ(cached(), 1u);
}

TEST_F(GpuCache, UnwritableFoldersAreNoError) {
  std::string inFile = (root / "file" / "x").string();
  replace(root / "file", "no folder");
  options.gpu_cache = inFile.c_str();
  EXPECT_EQ(cached(), 0u);
  EXPECT_TRUE(log.has("cannot write to the cache"));
  options.gpu_cache = "";
  EXPECT_EQ(cached(), 0u);
}

// Any number at once; each file is whole.
TEST_F(GpuCache, ManyAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round)
        cached();
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(files().size(), 1u);
  EXPECT_EQ(cached(), 1u);
}

TEST_F(GpuCache, OfOpenClAsInstalled) {
  fakeGpu().library = Library::real;
  options.gpu_flags = 0;
  auto used = [&] {
    Context context = create(m.model(), options);
    if (deviceInfo(context).state != SNC_DEVICE_ACTIVE)
      return -1;
    GpuRun run(context, m.input());
    EXPECT_EQ(run.out, m.expected(run.in));
    return int(deviceInfo(context).kernels_cached);
  };
  int first = used();
  if (first < 0)
    GTEST_SKIP() << "no OpenCL device here";
  EXPECT_EQ(first, 0);
  EXPECT_EQ(used(), 1);
}

} // namespace
