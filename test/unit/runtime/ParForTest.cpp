// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parallel loops on the context's own threads: every index once, nesting,
// failures, and many loops in a row.
#include "TestModel.h"

#include <atomic>
#include <random>
#include <thread>
#include <vector>

using namespace snc::test;

namespace {

struct Loop {
  int min, size;
  std::vector<std::atomic<int>> seen;
  Loop(int min, int size) : min(min), size(size), seen(size) {}
};

int countIndex(void *, int index, uint8_t *closure) {
  Loop &loop = *reinterpret_cast<Loop *>(closure);
  ++loop.seen.at(index - loop.min);
  return 0;
}

int32_t runLoop(snc_worker *worker, snc_buffer *buffers) {
  Loop &loop = params<Loop>(buffers);
  return halide_do_par_for(worker, countIndex, loop.min, loop.size,
                           reinterpret_cast<uint8_t *>(&loop));
}

void expectEachOnce(const Loop &loop) {
  for (int i = 0; i < loop.size; ++i)
    ASSERT_EQ(loop.seen[i], 1) << "index " << loop.min + i;
}

// Every index of a loop is run exactly once, whatever the number of threads.
TEST(ParFor, CoversEveryIndexOnce) {
  snc_model model = makeModel(runLoop);
  for (int threads : {1, 2, 3, 4, 7, 16, 64, 256}) {
    Context context = create(model, makeOptions(threads));
    for (int size : {0, 1, 2, 3, 5, 16, 63, 64, 65, 1000})
      for (int min : {0, -3, 1000}) {
        SCOPED_TRACE(testing::Message() << threads << " threads, size " << size);
        Loop loop(min, size);
        ASSERT_EQ(run(context, loop), SNC_OK);
        expectEachOnce(loop);
      }
  }
}

// Loops with more indices than a job has units still run each once.
TEST(ParFor, CoversVeryLongLoops) {
  snc_model model = makeModel(runLoop);
  for (int threads : {1, 2, 5}) {
    Context context = create(model, makeOptions(threads));
    for (int size : {65534, 65535, 65536, 65537, 200001}) {
      Loop loop(-7, size);
      ASSERT_EQ(run(context, loop), SNC_OK);
      expectEachOnce(loop);
    }
  }
}

// Loops one after the other never mix, with workers spinning or asleep.
TEST(ParFor, SurvivesManyLoopsInARow) {
  snc_model model = makeModel(runLoop);
  for (uint32_t spinUs : {0u, 5u, 50u})
    for (int threads : {2, 8}) {
      Context context = create(model, makeOptions(threads, spinUs));
      std::mt19937 random(threads);
      for (int round = 0; round < 3000; ++round) {
        Loop loop(round, 1 + static_cast<int>(random() % 40));
        ASSERT_EQ(run(context, loop), SNC_OK);
        expectEachOnce(loop);
      }
    }
}

// Other threads do take part: with two tasks that wait for each other, the run
// ends only when two threads are inside at once.
TEST(ParFor, RunsTasksAtTheSameTime) {
  struct Meeting {
    std::atomic<int> arrived{0};
    std::atomic<snc_worker *> workers[2] = {};
  };
  auto meet = [](void *worker, int index, uint8_t *closure) -> int {
    Meeting &meeting = *reinterpret_cast<Meeting *>(closure);
    meeting.workers[index] = static_cast<snc_worker *>(worker);
    ++meeting.arrived;
    while (meeting.arrived < 2)
      std::this_thread::yield();
    return 0;
  };
  static snc_halide_task task;
  task = meet;
  snc_model model = makeModel([](snc_worker *worker, snc_buffer *buffers) {
    return halide_do_par_for(worker, task, 0, 2, buffers[InputBuffer].host);
  });
  for (uint32_t spinUs : {0u, 50u}) {
    Context context = create(model, makeOptions(2, spinUs));
    for (int round = 0; round < 20; ++round) {
      Meeting meeting;
      ASSERT_EQ(run(context, meeting), SNC_OK);
      // Each thread was handed a worker of its own.
      EXPECT_NE(meeting.workers[0], meeting.workers[1]);
    }
  }
}

struct Nest {
  std::atomic<int> seen[8][16] = {};
  std::atomic<int> elsewhere{0};
};

struct Inner {
  Nest *nest;
  int outer;
  void *worker;
};

int innerTask(void *worker, int index, uint8_t *closure) {
  Inner &inner = *reinterpret_cast<Inner *>(closure);
  ++inner.nest->seen[inner.outer][index];
  inner.nest->elsewhere += worker != inner.worker;
  return 0;
}

int outerTask(void *worker, int index, uint8_t *closure) {
  Inner inner = {reinterpret_cast<Nest *>(closure), index, worker};
  return halide_do_par_for(worker, innerTask, 0, 16, reinterpret_cast<uint8_t *>(&inner));
}

// A loop inside a task runs on that task's thread, each index once.
TEST(ParFor, NestedLoopsRunInPlace) {
  snc_model model = makeModel([](snc_worker *worker, snc_buffer *buffers) {
    return halide_do_par_for(worker, outerTask, 0, 8, buffers[InputBuffer].host);
  });
  for (int threads : {1, 2, 4}) {
    Context context = create(model, makeOptions(threads));
    Nest nest;
    ASSERT_EQ(run(context, nest), SNC_OK);
    EXPECT_EQ(nest.elsewhere, 0);
    for (auto &row : nest.seen)
      for (auto &count : row)
        EXPECT_EQ(count, 1);
  }
}

struct Failing {
  int at = -1;
  std::atomic<int> calls{0};
};

int failingTask(void *, int index, uint8_t *closure) {
  Failing &failing = *reinterpret_cast<Failing *>(closure);
  ++failing.calls;
  return index == failing.at ? -17 : 0;
}

// The result of a failed task becomes the kernel's result and the run's status;
// the context works again afterwards.
TEST(ParFor, AFailedTaskFailsTheRun) {
  snc_model model = makeModel([](snc_worker *worker, snc_buffer *buffers) {
    int result = halide_do_par_for(worker, failingTask, 0, 50, buffers[InputBuffer].host);
    EXPECT_TRUE(result == 0 || result == -17) << result;
    return static_cast<int32_t>(result);
  });
  for (int threads : {1, 2, 4}) {
    Context context = create(model, makeOptions(threads));
    for (int at : {0, 24, 49}) {
      Failing failing;
      failing.at = at;
      EXPECT_EQ(run(context, failing), SNC_KERNEL_FAILED);
      Failing fine;
      EXPECT_EQ(run(context, fine), SNC_OK);
      EXPECT_EQ(fine.calls, 50);
    }
  }
}

// More contexts than processors, each with several threads, all at once.
TEST(ParFor, ManyContextsAtOnce) {
  snc_model model = makeModel(runLoop);
  for (uint32_t spinUs : {0u, 50u}) {
    std::vector<std::thread> users;
    std::atomic<int> wrong{0};
    for (int user = 0; user < 12; ++user)
      users.emplace_back([&, user] {
        Context context = create(model, makeOptions(1 + user % 4, spinUs));
        for (int round = 0; round < 100; ++round) {
          Loop loop(0, 1 + (round + user) % 33);
          wrong += run(context, loop) != SNC_OK;
          for (auto &seen : loop.seen)
            wrong += seen != 1;
        }
      });
    for (std::thread &user : users)
      user.join();
    EXPECT_EQ(wrong, 0);
  }
}

// Halide's general form of parallel loops: layout of halide_parallel_task_t.
struct RangeTask {
  int (*fn)(void *, int, int, uint8_t *, void *);
  uint8_t *closure;
  const char *name;
  void *semaphores;
  int numSemaphores, min, extent, minThreads;
  bool serial;
};
extern "C" int halide_do_parallel_tasks(void *, int, RangeTask *, void *);

int countRange(void *, int min, int extent, uint8_t *closure, void *) {
  for (int i = min; i < min + extent; ++i)
    countIndex(nullptr, i, closure);
  return 0;
}

// Sibling tasks each cover their range, serial ones in a single call; tasks
// that need semaphores are refused.
TEST(ParFor, SiblingTasks) {
  struct Siblings {
    Loop a{3, 40}, b{0, 9};
    int semaphores = 0;
  };
  snc_model model = makeModel([](snc_worker *worker, snc_buffer *buffers) {
    Siblings &s = params<Siblings>(buffers);
    RangeTask tasks[] = {
        {countRange, reinterpret_cast<uint8_t *>(&s.a), "a", nullptr, 0, 3, 40, 0, false},
        {countRange, reinterpret_cast<uint8_t *>(&s.b), "b", nullptr, s.semaphores, 0, 9, 0, true}};
    return static_cast<int32_t>(halide_do_parallel_tasks(worker, 2, tasks, nullptr));
  });
  Context context = create(model, makeOptions(3));
  Siblings siblings;
  ASSERT_EQ(run(context, siblings), SNC_OK);
  expectEachOnce(siblings.a);
  expectEachOnce(siblings.b);
  Siblings blocking;
  blocking.semaphores = 1;
  EXPECT_EQ(run(context, blocking), SNC_KERNEL_FAILED);
}

} // namespace
