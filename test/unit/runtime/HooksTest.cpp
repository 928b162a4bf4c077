// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The caller's hooks: allocator, parallel loop, log and trace.
#include "SystemCalls.h"
#include "TestModel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

using namespace snc::test;

namespace {

// ---- allocator --------------------------------------------------------------

struct Allocator {
  long calls = 0, failAt = 0, held = 0; // failAt: fails the n-th call
  size_t bytes = 0, alignment = 0;
};

void *hookAlloc(void *user, size_t bytes, size_t alignment) {
  Allocator &a = *static_cast<Allocator *>(user);
  if (++a.calls == a.failAt)
    return nullptr;
  ++a.held;
  a.bytes = bytes;
  a.alignment = alignment;
  void *memory = nullptr;
  if (posix_memalign(&memory, alignment, bytes))
    return nullptr;
  std::memset(memory, 0xcd, bytes); // as a recycled block would look
  return memory;
}

void hookDealloc(void *user, void *memory, size_t bytes) {
  Allocator &a = *static_cast<Allocator *>(user);
  --a.held;
  EXPECT_EQ(bytes, a.bytes);
  std::free(memory);
}

snc_options allocatorOptions(Allocator &allocator, int threads) {
  snc_options options = makeOptions(threads);
  options.user = &allocator;
  options.alloc = hookAlloc;
  options.dealloc = hookDealloc;
  return options;
}

struct Arena {
  const uint8_t *begin = nullptr;
};

int32_t showArena(snc_worker *, snc_buffer *buffers) {
  params<Arena>(buffers).begin = buffers[ArenaBuffer].host - kBuffers[ArenaBuffer].offset;
  return 0;
}

// All memory comes from the hook, in as many bytes as announced, and goes back;
// runs ask for none.
TEST(AllocatorHook, GetsAndGivesBackEverything) {
  for (uint64_t arenaBytes : {uint64_t(0), uint64_t(1000), uint64_t(5) << 20})
    for (int threads : {1, 2, 9}) {
      snc_model model = makeModel(showArena);
      model.arena_bytes = arenaBytes;
      model.scratch_bytes = 333;
      model.worker_scratch_bytes = 444;
      Allocator allocator;
      long systemBefore = systemCalls().allocations;
      Context context = create(model, allocatorOptions(allocator, threads));
      EXPECT_EQ(systemCalls().allocations, systemBefore + allocator.calls);
      EXPECT_EQ(allocator.bytes, snc_model_workspace_bytes(&model, threads));
      EXPECT_EQ(allocator.alignment, snc_model_workspace_alignment(&model));
      EXPECT_EQ(allocator.alignment, arenaBytes >= 2 << 20 ? 2u << 20 : SNC_ARENA_ALIGNMENT);
      long calls = allocator.calls;
      Arena arena;
      for (int round = 0; round < 10; ++round)
        ASSERT_EQ(run(context, arena), SNC_OK);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.begin) % allocator.alignment, 0u);
      EXPECT_EQ(allocator.calls, calls);
      EXPECT_EQ(allocator.held, calls);
      context.reset();
      EXPECT_EQ(allocator.held, 0);
    }
}

// Whichever call fails, create says so and holds nothing; the call after the
// last one that a good create makes cannot fail, which ends the loop.
TEST(AllocatorHook, FailingAtTheNthCallLeaksNothing) {
  snc_model model = makeModel(showArena);
  int failures = 0;
  for (long n = 1;; ++n) {
    Allocator allocator;
    allocator.failAt = n;
    snc_options options = allocatorOptions(allocator, 3);
    snc_context *context = nullptr;
    int32_t status = snc_context_create(&model, &options, &context);
    if (allocator.calls < n) {
      EXPECT_EQ(status, SNC_OK);
      snc_context_destroy(context);
      EXPECT_EQ(allocator.held, 0);
      break;
    }
    ++failures;
    EXPECT_EQ(status, SNC_OUT_OF_MEMORY);
    EXPECT_EQ(context, nullptr);
    EXPECT_EQ(allocator.held, 0);
  }
  EXPECT_GE(failures, 1);
}

// A block that is not aligned as asked is handed back, not used.
TEST(AllocatorHook, MisalignedBlockIsRefused) {
  snc_model model = makeModel(showArena);
  static Allocator allocator;
  snc_options options = makeOptions(1);
  options.alloc = [](void *, size_t bytes, size_t alignment) -> void * {
    return static_cast<char *>(hookAlloc(&allocator, bytes + alignment, alignment)) + 8;
  };
  options.dealloc = [](void *, void *memory, size_t) {
    --allocator.held;
    std::free(static_cast<char *>(memory) - 8);
  };
  snc_context *context = nullptr;
  EXPECT_EQ(snc_context_create(&model, &options, &context), SNC_OUT_OF_MEMORY);
  EXPECT_EQ(allocator.calls, 1);
  EXPECT_EQ(allocator.held, 0);
}

// Thread counts that no context may have have no workspace.
TEST(AllocatorHook, WorkspaceOfBadThreadCounts) {
  snc_model model = makeModel(showArena);
  EXPECT_EQ(snc_model_workspace_bytes(&model, -1), 0u);
  EXPECT_EQ(snc_model_workspace_bytes(&model, SNC_MAX_THREADS + 1), 0u);
  EXPECT_EQ(snc_model_workspace_bytes(&model, 0), snc_model_workspace_bytes(&model, 2));
}

// ---- parallel loop ----------------------------------------------------------

struct Team {
  int calls = 0, most = 0;
  int skip = -1;  // leaves this task out
  int result = 0; // what the hook returns when no task failed
};

int hookParallelFor(void *user, snc_task_fn task, void *arg, int count) {
  Team &team = *static_cast<Team *>(user);
  ++team.calls;
  team.most = std::max(team.most, count);
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    if (i != team.skip)
      threads.emplace_back([&, i] { failed += task(arg, i) != 0; });
  for (std::thread &thread : threads)
    thread.join();
  return failed ? -1 : team.result;
}

struct Work {
  std::vector<std::atomic<int>> seen = std::vector<std::atomic<int>>(50);
  int failAt = -1;
};

int workTask(void *worker, int index, uint8_t *closure) {
  Work &work = *reinterpret_cast<Work *>(closure);
  // A loop inside a task must not reach the hook.
  auto inner = [](void *, int, uint8_t *c) -> int { return ++*reinterpret_cast<int *>(c), 0; };
  int counted = 0;
  halide_do_par_for(worker, inner, 0, 5, reinterpret_cast<uint8_t *>(&counted));
  EXPECT_EQ(counted, 5);
  ++work.seen.at(index);
  return index == work.failAt ? 99 : 0;
}

int32_t workLoop(snc_worker *worker, snc_buffer *buffers) {
  return halide_do_par_for(worker, workTask, 0, 50, buffers[InputBuffer].host);
}

class ParallelForHook : public testing::Test {
protected:
  Team team;
  snc_model model = makeModel(workLoop);
  Context context;
  void make(int threads) {
    snc_options options = makeOptions(threads);
    options.user = &team;
    options.parallel_for = hookParallelFor;
    context = create(model, options);
  }
};

// Loops go to the hook in at most `threads` tasks, cover every index once, and
// the context starts no thread of its own.
TEST_F(ParallelForHook, RunsEveryIndexOnce) {
  for (int threads : {1, 2, 3, 64}) {
    team = {};
    long before = systemCalls().threads;
    make(threads);
    EXPECT_EQ(systemCalls().threads, before);
    Work work;
    ASSERT_EQ(run(context, work), SNC_OK);
    for (auto &seen : work.seen)
      EXPECT_EQ(seen, 1);
    EXPECT_EQ(team.calls, threads == 1 ? 0 : 1);
    EXPECT_LE(team.most, threads);
  }
}

// A failing task is a failed kernel; a hook that refuses, or that leaves a task
// out, ends the run as cancelled.
TEST_F(ParallelForHook, FailuresAreTold) {
  make(4);
  Work failing;
  failing.failAt = 30;
  EXPECT_EQ(run(context, failing), SNC_KERNEL_FAILED);
  team.result = -5;
  Work refused;
  EXPECT_EQ(run(context, refused), SNC_CANCELLED);
  team.result = 0;
  team.skip = 2;
  Work skipped;
  EXPECT_EQ(run(context, skipped), SNC_CANCELLED);
  team.skip = -1;
  Work fine;
  EXPECT_EQ(run(context, fine), SNC_OK);
}

// ---- log ----------------------------------------------------------------------

// What a kernel reports reaches the log hook word for word and fails the run,
// even when the kernel then returns 0; the next run is clean.
TEST(LogHook, ReceivesKernelErrors) {
  snc_model model = makeModel([](snc_worker *worker, snc_buffer *buffers) {
    if (params<int>(buffers))
      halide_error(worker, "no such thing");
    return 0;
  });
  std::string line;
  snc_options options = makeOptions();
  options.user = &line;
  options.log = [](void *user, const char *message) {
    *static_cast<std::string *>(user) += message;
  };
  int bad = 1, good = 0;
  Context context = create(model, options);
  EXPECT_EQ(run(context, bad), SNC_KERNEL_FAILED);
  EXPECT_EQ(line, "no such thing");
  EXPECT_EQ(run(context, good), SNC_OK);
  EXPECT_EQ(line, "no such thing");
  Context silent = create(model, makeOptions());
  EXPECT_EQ(run(silent, bad), SNC_KERNEL_FAILED);
}

// ---- trace --------------------------------------------------------------------

// What the emitter makes: two kernels of which the first takes 5 ms.
int32_t twoKernels(snc_worker *worker, snc_buffer *buffers) {
  bool traced = params<bool>(buffers) = snc_traced(worker);
  if (traced)
    snc_kernel_begin(worker);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  if (traced)
    snc_kernel_end(worker, 0);
  if (traced)
    snc_kernel_begin(worker);
  if (traced)
    snc_kernel_end(worker, 1);
  return 0;
}

// One call a kernel, in order, with times that follow each other, then one for
// the step around them.
TEST(TraceHook, TimesEveryKernel) {
  snc_model model = makeModel(twoKernels);
  std::vector<snc_trace_event> events;
  snc_options options = makeOptions();
  options.user = &events;
  options.trace = [](void *user, const snc_trace_event *event) {
    static_cast<std::vector<snc_trace_event> *>(user)->push_back(*event);
  };
  Context context = create(model, options);
  bool traced = false;
  for (int round = 0; round < 2; ++round)
    ASSERT_EQ(run(context, traced), SNC_OK);
  EXPECT_TRUE(traced);
  ASSERT_EQ(events.size(), 6u);
  for (size_t i = 0; i < events.size(); i += 3) {
    const snc_trace_event *e = &events[i];
    EXPECT_EQ(e[0].kind, SNC_TRACE_KERNEL);
    EXPECT_EQ(e[0].index, 0u);
    EXPECT_EQ(e[1].kind, SNC_TRACE_KERNEL);
    EXPECT_EQ(e[1].index, 1u);
    EXPECT_EQ(e[2].kind, SNC_TRACE_STEP);
    EXPECT_EQ(e[2].index, 0u);
    for (int k = 0; k < 3; ++k) {
      EXPECT_EQ(e[k].unit, SNC_ALL_UNITS);
      EXPECT_EQ(e[k].thread, 0u);
    }
    EXPECT_GE(e[0].end_ns - e[0].begin_ns, 5'000'000u);
    EXPECT_LE(e[2].begin_ns, e[0].begin_ns);
    EXPECT_LE(e[0].end_ns, e[1].begin_ns);
    EXPECT_LE(e[1].begin_ns, e[1].end_ns);
    EXPECT_LE(e[1].end_ns, e[2].end_ns);
  }
  EXPECT_LE(events[2].end_ns, events[5].begin_ns);
}

// Without a hook the step is told that nobody listens.
TEST(TraceHook, NoTimingWithoutHook) {
  snc_model model = makeModel(twoKernels);
  Context context = create(model, makeOptions());
  bool traced = true;
  ASSERT_EQ(run(context, traced), SNC_OK);
  EXPECT_FALSE(traced);
}

} // namespace
