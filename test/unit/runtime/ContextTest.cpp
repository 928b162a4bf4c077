// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Life of a context: what create accepts, what a run computes, who may run, and
// what the tables of a model answer.
#include "SystemCalls.h"
#include "TestModel.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

using namespace snc::test;

namespace {

struct Floats {
  float x[16];
};

int squareRow(void *, int row, uint8_t *closure) {
  auto *buffers = reinterpret_cast<snc_buffer *>(closure);
  auto *x = reinterpret_cast<float *>(buffers[InputBuffer].host);
  auto *t = reinterpret_cast<float *>(buffers[ArenaBuffer].host);
  for (int i = 0; i < 4; ++i)
    t[row * 4 + i] = x[row * 4 + i] * x[row * 4 + i];
  return 0;
}

// y = x*x + w, the square by a parallel kernel into the arena.
int32_t squareAddWeights(snc_worker *worker, snc_buffer *buffers) {
  int result = halide_do_par_for(worker, squareRow, 0, 4, reinterpret_cast<uint8_t *>(buffers));
  auto *t = reinterpret_cast<float *>(buffers[ArenaBuffer].host);
  auto *w = reinterpret_cast<float *>(buffers[WeightsBuffer].host);
  auto *y = reinterpret_cast<float *>(buffers[OutputBuffer].host);
  for (int i = 0; i < 16; ++i)
    y[i] = t[i] + w[i];
  return result;
}

alignas(64) constexpr float kWeights[32] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                            1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8};

snc_model squareModel() {
  snc_model model = makeModel(squareAddWeights);
  model.weights = kWeights;
  model.weights_bytes = sizeof kWeights;
  return model;
}

// A run reads the caller's input, computes, and writes the caller's output; the
// next run may use others.
TEST(Context, RunsTheKernels) {
  snc_model model = squareModel();
  for (int threads : {1, 2, 5}) {
    Context context = create(model, makeOptions(threads));
    for (int round = 0; round < 3; ++round) {
      Floats in, out;
      for (int i = 0; i < 16; ++i)
        in.x[i] = static_cast<float>(i - round);
      ASSERT_EQ(run(context, in, &out), SNC_OK);
      for (int i = 0; i < 16; ++i)
        EXPECT_EQ(out.x[i], (i - round) * (i - round) + i % 8 + 1);
    }
  }
}

// Two models in one process, used by turns, do not disturb each other.
TEST(Context, TwoModels) {
  snc_model square = squareModel();
  snc_model copy = makeModel([](snc_worker *, snc_buffer *buffers) {
    std::memcpy(buffers[OutputBuffer].host, buffers[InputBuffer].host, 64);
    return 0;
  });
  Context a = create(square, makeOptions()), b = create(copy, makeOptions(3));
  for (int round = 0; round < 10; ++round) {
    Floats in = {{static_cast<float>(round)}}, outA, outB;
    ASSERT_EQ(run(a, in, &outA), SNC_OK);
    ASSERT_EQ(run(b, in, &outB), SNC_OK);
    EXPECT_EQ(outA.x[0], round * round + 1);
    EXPECT_EQ(outB.x[0], round);
  }
}

// Contexts of one model run at once from several threads, each with its own
// arena.
TEST(Context, OneContextPerThread) {
  snc_model model = squareModel();
  std::atomic<int> wrong{0};
  std::vector<std::thread> users;
  for (int user = 0; user < 8; ++user)
    users.emplace_back([&, user] {
      Context context = create(model, makeOptions(1 + user % 3));
      for (int round = 0; round < 200; ++round) {
        Floats in = {{static_cast<float>(user), static_cast<float>(round)}}, out;
        wrong += run(context, in, &out) != SNC_OK;
        wrong += out.x[0] != user * user + 1 || out.x[1] != round * round + 2;
      }
    });
  for (std::thread &user : users)
    user.join();
  EXPECT_EQ(wrong, 0);
}

// A second thread inside the same context is turned away, and nothing of the
// first run is changed.
TEST(Context, BusyWhileRunning) {
  struct Gate {
    std::atomic<int> entered{0}, open{0};
  };
  snc_model model = makeModel([](snc_worker *, snc_buffer *buffers) {
    Gate &gate = params<Gate>(buffers);
    ++gate.entered;
    while (!gate.open)
      std::this_thread::yield();
    return 0;
  });
  Context context = create(model, makeOptions());
  Gate gate, other;
  std::thread first([&] { EXPECT_EQ(run(context, gate), SNC_OK); });
  while (!gate.entered)
    std::this_thread::yield();
  EXPECT_EQ(run(context, other), SNC_BUSY);
  gate.open = 1;
  first.join();
  EXPECT_EQ(other.entered, 0);
  other.open = 1;
  EXPECT_EQ(run(context, other), SNC_OK);
}

// What is wrong with the arguments is a status, never a crash.
TEST(Context, RejectsBadArguments) {
  snc_model model = squareModel();
  snc_context *context = nullptr;
  EXPECT_EQ(snc_context_create(&model, nullptr, nullptr), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_create(nullptr, nullptr, &context), SNC_INVALID_ARGUMENT);
  auto status = [&](auto change) {
    snc_options options = makeOptions();
    change(options);
    context = reinterpret_cast<snc_context *>(1);
    int32_t result = snc_context_create(&model, &options, &context);
    EXPECT_EQ(context, nullptr);
    return result;
  };
  EXPECT_EQ(status([](snc_options &o) { o.struct_size = 0; }), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(status([](snc_options &o) { o.struct_size -= 8; }), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(status([](snc_options &o) { o.threads = -1; }), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(status([](snc_options &o) { o.threads = SNC_MAX_THREADS + 1; }), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(status([](snc_options &o) {
              o.alloc = [](void *, size_t, size_t) -> void * { return nullptr; };
            }),
            SNC_INVALID_ARGUMENT);
  EXPECT_EQ(status([](snc_options &o) { o.dealloc = [](void *, void *, size_t) {}; }),
            SNC_INVALID_ARGUMENT);
  model.arena_bytes = UINT64_MAX - 100;
  EXPECT_EQ(status([](snc_options &) {}), SNC_OUT_OF_MEMORY);
  model.abi_version = SNC_ABI_VERSION + 1;
  EXPECT_EQ(status([](snc_options &) {}), SNC_ABI_MISMATCH);
  snc_context_destroy(nullptr);
}

TEST(Context, RejectsNullTensors) {
  snc_model model = squareModel();
  Context context = create(model, makeOptions());
  Floats x = {}, y = {};
  const void *inputs[] = {&x}, *noInput[] = {nullptr};
  void *outputs[] = {&y}, *noOutput[] = {nullptr};
  EXPECT_EQ(snc_context_run(nullptr, inputs, outputs), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_run(context.get(), nullptr, outputs), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_run(context.get(), inputs, nullptr), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_run(context.get(), noInput, outputs), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_run(context.get(), inputs, noOutput), SNC_INVALID_ARGUMENT);
  EXPECT_EQ(snc_context_run(context.get(), inputs, outputs), SNC_OK);
}

// A caller compiled against a later header, whose options are longer, is served.
TEST(Context, AcceptsLongerOptions) {
  struct Later {
    snc_options options;
    void *more;
  } later = {makeOptions(), nullptr};
  later.options.struct_size = sizeof later;
  snc_model model = squareModel();
  EXPECT_NE(create(model, later.options), nullptr);
}

// Without options, and with 0 threads, the model's plan decides.
TEST(Context, DefaultThreads) {
  snc_model model = squareModel();
  model.default_threads = 3;
  long before = systemCalls().threads;
  snc_context *context = nullptr;
  ASSERT_EQ(snc_context_create(&model, nullptr, &context), SNC_OK);
  snc_context_destroy(context);
  EXPECT_EQ(systemCalls().threads, before + 2);
  before = systemCalls().threads;
  create(model, makeOptions(1));
  EXPECT_EQ(systemCalls().threads, before);
}

// When the n-th worker cannot be started, those before it are ended and the
// memory given back.
TEST(Context, ThreadThatCannotStart) {
  snc_model model = squareModel();
  for (int n : {1, 2, 3}) {
    std::atomic<long> held{0};
    snc_options options = makeOptions(4);
    options.user = &held;
    options.alloc = [](void *user, size_t bytes, size_t alignment) {
      ++*static_cast<std::atomic<long> *>(user);
      return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    };
    options.dealloc = [](void *user, void *memory, size_t) {
      --*static_cast<std::atomic<long> *>(user);
      std::free(memory);
    };
    systemCalls().failThread = n;
    snc_context *context = nullptr;
    EXPECT_EQ(snc_context_create(&model, &options, &context), SNC_THREAD_FAILED);
    EXPECT_EQ(context, nullptr);
    EXPECT_EQ(held, 0);
    systemCalls().failThread = 0;
  }
}

// Neither create-once memory nor anything else is taken from the system by runs.
TEST(Context, RunAllocatesNothing) {
  snc_model model = squareModel();
  for (int threads : {1, 2, 4}) {
    Context context = create(model, makeOptions(threads));
    Floats in = {}, out;
    long before = systemCalls().allocations, threadsBefore = systemCalls().threads;
    for (int round = 0; round < 100; ++round)
      ASSERT_EQ(run(context, in, &out), SNC_OK);
    EXPECT_EQ(systemCalls().allocations, before);
    EXPECT_EQ(systemCalls().threads, threadsBefore);
  }
}

// A kernel's own nonzero result, without any message, fails the run too.
TEST(Context, FailingKernel) {
  snc_model model =
      makeModel([](snc_worker *, snc_buffer *buffers) { return params<int32_t>(buffers); });
  Context context = create(model, makeOptions());
  for (int32_t result : {-12, 0, 8, 0}) {
    int32_t status = run(context, result);
    EXPECT_EQ(status, result ? SNC_KERNEL_FAILED : SNC_OK);
  }
}

// The tables answer for what exists and return NULL beyond.
TEST(ModelInfo, Tables) {
  snc_model model = squareModel();
  EXPECT_EQ(snc_model_input_count(&model), 1u);
  EXPECT_EQ(snc_model_output_count(&model), 1u);
  EXPECT_EQ(snc_model_kernel_count(&model), 2u);
  EXPECT_STREQ(snc_model_input_info(&model, 0)->name, "x");
  EXPECT_EQ(snc_model_output_info(&model, 0)->dims[1], 4);
  EXPECT_EQ(snc_model_kernel_info(&model, 1)->flops, 20u);
  EXPECT_EQ(snc_model_input_info(&model, 1), nullptr);
  EXPECT_EQ(snc_model_output_info(&model, 1), nullptr);
  EXPECT_EQ(snc_model_kernel_info(&model, 2), nullptr);
}

// Every status has a text of its own; unknown ones have one in common.
TEST(ModelInfo, Strerror) {
  for (int32_t a = SNC_OK; a <= SNC_ABI_MISMATCH; ++a) {
    EXPECT_STRNE(snc_strerror(a), snc_strerror(-1));
    for (int32_t b = SNC_OK; b < a; ++b)
      EXPECT_STRNE(snc_strerror(a), snc_strerror(b));
  }
  EXPECT_STREQ(snc_strerror(1000), snc_strerror(-1));
}

} // namespace
