// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Models of CPU and GPU units: the same values as computed one step after the other,
// however the runs are made; over both fake drivers and over OpenCL as installed.
#include "GpuModel.h"
#include "SystemCalls.h"

using namespace snc::test;

namespace {

// Chains, forks, joins, two CPU units, several phases, empty of one or the other.
const char *const kShapes[] = {
    "g",          "g|g",          "c|g|c",           "g|c|g",          "cg|cg|cg|cg",
    "cgd|cgd|cg", "c|cgd|g|c/gc", "cg/g/c/cg|g/dcg", "g|c|g|c|g|c|cg", "cdg|g|cd|g|cdg|c"};

struct Kind {
  const char *name;
  Api api;
  Library library;
  bool discrete = false; // the installed one claims so, which asks for pinned memory
};

class Gpu : public testing::TestWithParam<Kind> {
protected:
  void SetUp() override {
    fakeGpu().reset();
    fakeGpu().library = GetParam().library;
    fakeGpu().discrete = GetParam().discrete;
    if (GetParam().library == Library::real && !available())
      GTEST_SKIP() << "no OpenCL device here: " << (log.lines.empty() ? "" : log.lines[0]);
  }
  void TearDown() override {
    EXPECT_EQ(fakeGpu().living(), 0);
    EXPECT_EQ(fakeGpu().used(), 0u);
  }
  bool available() {
    GpuModel m(Api::openCl, "g", 0);
    currentModel = &m;
    snc_options options = gpuOptions(log, 1);
    options.gpu_flags = SNC_GPU_NO_FALLBACK;
    snc_context *context = nullptr;
    int32_t status = snc_context_create(&m.model(), &options, &context);
    snc_context_destroy(context);
    return status == SNC_OK;
  }
  snc_options options(int32_t threads = 2, uint32_t spinUs = 20) {
    snc_options o = gpuOptions(log, threads, spinUs);
    o.gpu_flags = SNC_GPU_NO_FALLBACK;
    return o;
  }
  Log log;
};

void expectRuns(GpuModel &m, const Context &context, int rounds) {
  Tensor x = m.input();
  for (int round = 0; round < rounds; ++round) {
    x[0] = uint32_t(round);
    GpuRun run(context, x);
    ASSERT_EQ(run.status, SNC_OK);
    ASSERT_EQ(run.out, m.expected(x)) << "round " << round;
  }
}

TEST_P(Gpu, ComputesWhatOneThreadWould) {
  for (const char *shape : kShapes)
    for (uint32_t unit : {0u, 1u}) {
      if (unit == 1 && !strpbrk(shape, "cd"))
        continue;
      GpuModel m(GetParam().api, shape, unit);
      currentModel = &m;
      for (int threads : {1, 2, 4}) {
        SCOPED_TRACE(std::string(shape) + " with " + std::to_string(threads));
        for (uint32_t spinUs : {0u, 50u}) {
          Context context = create(m.model(), options(threads, spinUs));
          expectRuns(m, context, 10);
        }
      }
    }
}

TEST_P(Gpu, TransfersRows) {
  GpuModel m(GetParam().api, "g|c|g|c|g");
  currentModel = &m;
  m.rows = true;
  Context context = create(m.model(), options());
  expectRuns(m, context, 20);
}

int forward(void *, snc_task_fn task, void *arg, int count) {
  int error = 0;
  for (int i = 0; i < count; ++i)
    error |= task(arg, i);
  return error;
}
int onThreads(void *, snc_task_fn task, void *arg, int count) {
  std::vector<std::thread> threads;
  std::atomic<int> error{0};
  for (int i = 0; i < count; ++i)
    threads.emplace_back([&, i] { error |= task(arg, i); });
  for (std::thread &t : threads)
    t.join();
  return error;
}

TEST_P(Gpu, RunsOverTheCallersLoops) {
  for (const char *shape : kShapes) {
    GpuModel m(GetParam().api, shape, strpbrk(shape, "cd") ? 1 : 0);
    currentModel = &m;
    for (snc_parallel_for_fn loop : {forward, onThreads}) {
      snc_options o = options(4);
      o.parallel_for = loop;
      Context context = create(m.model(), o);
      expectRuns(m, context, 5);
    }
  }
}

// Several contexts of one model, made, run and ended on several threads.
TEST_P(Gpu, ContextsAreIndependent) {
  GpuModel m(GetParam().api, "cg|g|cg|c");
  currentModel = &m;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 3; ++round) {
        Context context = create(m.model(), options(2));
        expectRuns(m, context, 10);
      }
    });
  for (std::thread &t : threads)
    t.join();
}

TEST_P(Gpu, TellsOfItself) {
  GpuModel m(GetParam().api, "cg|cg|c");
  currentModel = &m;
  Context context = create(m.model(), options());
  snc_device_info info = deviceInfo(context);
  EXPECT_EQ(info.state, uint32_t(SNC_DEVICE_ACTIVE));
  EXPECT_EQ(info.status, SNC_OK);
  EXPECT_EQ(info.memory_bytes, m.gpu.arena_bytes + m.gpu.weights_bytes);
  EXPECT_EQ(info.kernels, 1u); // one source, compiled once
  EXPECT_EQ(info.kernels_cached, 0u);
  EXPECT_GT(info.cold_start_ns, 0u);
  EXPECT_NE(std::string(info.name), "");
  EXPECT_TRUE(log.lines.empty());
  EXPECT_EQ(snc_context_device(nullptr, &info), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_device(context.get(), nullptr), SNC_INVALID_ARGUMENT);
}

struct Traces {
  Log log;
  std::mutex mutex;
  std::vector<snc_trace_event> events;
  static void add(void *user, const snc_trace_event *event) {
    auto *traces = static_cast<Traces *>(user);
    std::lock_guard lock(traces->mutex);
    traces->events.push_back(*event);
  }
};

// Each kernel once, inside its run, in order, with the device's times.
TEST_P(Gpu, TracesKernelsAndSteps) {
  GpuModel m(GetParam().api, "cg|cg|c/g|c");
  currentModel = &m;
  for (int threads : {1, 2}) {
    Traces traces;
    snc_options o = options(threads);
    o.user = &traces;
    o.trace = Traces::add;
    o.log = nullptr;
    Context context = create(m.model(), o);
    for (int round = 0; round < 3; ++round) {
      traces.events.clear();
      timespec t;
      clock_gettime(CLOCK_MONOTONIC, &t);
      uint64_t begin = uint64_t(t.tv_sec) * 1000000000u + uint64_t(t.tv_nsec);
      expectRuns(m, context, 1);
      clock_gettime(CLOCK_MONOTONIC, &t);
      uint64_t end = uint64_t(t.tv_sec) * 1000000000u + uint64_t(t.tv_nsec), last = 0;
      std::map<uint32_t, int> kernels, steps;
      for (const snc_trace_event &e : traces.events) {
        if (e.unit != 1 || e.kind == SNC_TRACE_WAIT)
          continue;
        ++(e.kind == SNC_TRACE_KERNEL ? kernels : steps)[e.index];
        EXPECT_LE(e.begin_ns, e.end_ns);
        EXPECT_GE(e.begin_ns + 1000000, begin); // the clocks' difference is measured
        EXPECT_LE(e.end_ns, end + 1000000);
        if (e.kind == SNC_TRACE_KERNEL) {
          EXPECT_GE(e.begin_ns + 1000, last);
          last = e.end_ns;
        }
      }
      std::map<uint32_t, int> once{{1, 1}, {3, 1}, {5, 1}};
      EXPECT_EQ(kernels, once);
      EXPECT_EQ(steps, once);
    }
  }
}

struct Inspection {
  std::vector<uint32_t> kernels;
  Tensor last = Tensor(kElements);
  uint32_t lastKernel, lastBuffer;
  int faults = 0;
  static void see(void *user, uint32_t kernel, snc_read_fn read, void *values) {
    auto *seen = static_cast<Inspection *>(user);
    seen->kernels.push_back(kernel);
    char byte;
    seen->faults += read(values, 1000, 1, &byte) != SNC_INVALID_ARGUMENT;
    seen->faults += read(values, seen->lastBuffer, 1 << 20, &byte) != SNC_INVALID_ARGUMENT;
    seen->faults += read(values, seen->lastBuffer, 0, nullptr) != SNC_OK;
    if (kernel == seen->lastKernel)
      seen->faults += read(values, seen->lastBuffer, kElements * 4, seen->last.data());
  }
};

// Each kernel once, in order, with its results still in the memory of the device.
TEST_P(Gpu, InspectsKernels) {
  for (int threads : {1, 2}) {
    GpuModel m(GetParam().api, "c|g|g|c|g");
    currentModel = &m;
    Inspection seen;
    seen.lastKernel = 4;
    seen.lastBuffer = 3 + 2 * 4 + 1; // the last step's on the device
    snc_options o = options(threads);
    o.user = &seen;
    o.log = nullptr;
    o.inspect = Inspection::see;
    Context context = create(m.model(), o);
    expectRuns(m, context, 1);
    EXPECT_EQ(seen.kernels, (std::vector<uint32_t>{1, 2, 4}));
    EXPECT_EQ(seen.faults, 0);
    Tensor x = m.input();
    x[0] = 0; // as expectRuns does
    EXPECT_EQ(seen.last, m.expected(x));
    expectRuns(m, context, 3); // any number of runs
    EXPECT_EQ(seen.kernels.size(), 12u);
  }
}

INSTANTIATE_TEST_SUITE_P(Drivers, Gpu,
                         testing::Values(Kind{"FakeOpenCl", Api::openCl, Library::fake},
                                         Kind{"FakeCuda", Api::cuda, Library::fake},
                                         Kind{"OpenCl", Api::openCl, Library::real},
                                         Kind{"OpenClPinned", Api::openCl, Library::real, true}),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
