// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs that end early: a step fails, or somebody cancels. Nobody waits for ever,
// nothing that follows runs, and the next run is as good as the first.
#include "StepModel.h"

#include <atomic>
#include <chrono>
#include <thread>

using namespace snc::test;

namespace {

// The steps that come after `failed`, by waits or by unit.
std::vector<bool> followers(const StepModel &m, uint32_t failed) {
  std::vector<bool> after(m.steps.size(), false);
  after[failed] = true;
  for (uint32_t s = failed + 1; s < after.size(); ++s) {
    const snc_step &step = m.steps[s];
    for (uint32_t i = 0; i < step.num_waits; ++i)
      after[s] = after[s] || after[m.waits[step.first_wait + i]];
    for (uint32_t p = 0; p < s; ++p)
      after[s] = after[s] || (after[p] && m.steps[p].unit == step.unit);
  }
  return after;
}

// Wherever a step fails, however it says so.
TEST(StepFailure, InEachPosition) {
  StepModel m = randomModel(3, 12, 3);
  auto loop = [](void *, int index, uint8_t *) -> int { return index == 5; };
  for (int threads : {1, 3, 6})
    for (uint32_t spinUs : {0u, 100u}) {
      Context context = create(m.model(), makeOptions(threads, spinUs));
      for (uint32_t failed = 0; failed < m.steps.size(); ++failed) {
        Sums sums(m);
        sums.plan.steps[failed] = [&](snc_worker *worker) -> int32_t {
          if (failed % 3 == 0)
            return -7;
          if (failed % 3 == 1)
            return halide_do_par_for(worker, loop, 0, 9, nullptr);
          halide_error(worker, "no");
          return 0;
        };
        ASSERT_EQ(run(context, sums.plan), SNC_KERNEL_FAILED);
        std::vector<bool> after = followers(m, failed);
        for (uint32_t s = 0; s < after.size(); ++s)
          EXPECT_TRUE(!after[s] || sums.value[s] == 0) << s << " ran after " << failed;
        Sums good(m);
        ASSERT_EQ(run(context, good.plan), SNC_OK);
        ASSERT_EQ(good.value, good.serial());
      }
    }
}

// A failed phase is the last one.
TEST(StepFailure, NoFurtherPhase) {
  StepModel m({1, 1});
  for (int p = 0; p < 3; ++p) {
    m.phase();
    m.step(0, 0);
    m.step(1, 0);
  }
  int later = 0;
  Plan plan;
  plan.steps[3] = [](snc_worker *) { return 1; };
  plan.steps[4] = [&](snc_worker *) { return ++later, 0; };
  Context context = create(m.model(), makeOptions(2));
  EXPECT_EQ(run(context, plan), SNC_KERNEL_FAILED);
  EXPECT_EQ(later, 0);
}

// The waiter of a step that fails late is asleep by then, and wakes.
TEST(StepFailure, WakesSleepers) {
  StepModel m({1, 1});
  m.phase();
  m.step(0, 0);
  m.step(1, 0);
  m.step(0, 1, {1});
  m.step(1, 1, {0});
  for (size_t slow : {0, 1}) {
    Plan plan;
    plan.steps[slow] = [](snc_worker *) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      return 1;
    };
    for (uint32_t spinUs : {0u, 100u}) {
      Context context = create(m.model(), makeOptions(2, spinUs));
      for (int round = 0; round < 5; ++round)
        ASSERT_EQ(run(context, plan), SNC_KERNEL_FAILED);
    }
  }
}

// Two steps that block until somebody has cancelled, and two behind each.
struct Cancelling {
  StepModel m{{1, 1}};
  std::atomic<int> entered{0}, cancelled{0}, later{0};
  Plan plan;
  Cancelling() {
    m.phase();
    for (uint32_t level = 0; level < 2; ++level)
      for (uint32_t u : {0u, 1u})
        m.step(u, level, level ? std::vector<uint32_t>{1 - u} : std::vector<uint32_t>{});
    for (size_t u : {0, 1}) {
      plan.steps[u] = [this](snc_worker *) {
        for (++entered; !cancelled;)
          std::this_thread::yield();
        return 0;
      };
      plan.steps[u + 2] = [this](snc_worker *) { return ++later, 0; };
    }
  }
};

// The run ends at its next step; those before and after it are untouched.
TEST(Cancel, EndsTheRunInProgress) {
  for (int threads : {1, 2}) {
    Cancelling c;
    Context context = create(c.m.model(), makeOptions(threads));
    EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK); // nothing to cancel
    std::thread other([&] {
      while (!c.entered)
        std::this_thread::yield();
      EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK);
      EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK);
      c.cancelled = 1;
    });
    EXPECT_EQ(run(context, c.plan), SNC_CANCELLED);
    other.join();
    EXPECT_EQ(c.later, 0);
    EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK);
    EXPECT_EQ(run(context, c.plan), SNC_OK);
    EXPECT_EQ(c.later, 2);
  }
  EXPECT_EQ(snc_context_cancel(nullptr), SNC_INVALID_ARGUMENT);
}

// A failure before the cancellation is what the run tells.
TEST(Cancel, FirstFailureWins) {
  StepModel m({1, 1});
  m.phase();
  m.step(0, 0);
  snc_context *raw = nullptr;
  Plan plan;
  plan.steps[0] = [&](snc_worker *worker) {
    halide_error(worker, "first");
    return snc_context_cancel(raw);
  };
  Context context = create(m.model(), makeOptions(2));
  raw = context.get();
  EXPECT_EQ(run(context, plan), SNC_KERNEL_FAILED);
}

// Inside a long loop the next task is not begun, on one thread and on several.
TEST(Cancel, EndsParallelLoops) {
  StepModel m({1, 2});
  m.phase();
  m.step(0, 0);
  m.step(1, 0);
  struct Loop {
    snc_context *context;
    std::atomic<int> calls;
  } loop = {};
  Plan plan;
  for (size_t u : {0, 1})
    plan.steps[u] = [&](snc_worker *worker) {
      auto task = [](void *, int, uint8_t *closure) -> int {
        Loop &l = *reinterpret_cast<Loop *>(closure);
        ++l.calls;
        return snc_context_cancel(l.context);
      };
      return halide_do_par_for(worker, task, 0, 50000, reinterpret_cast<uint8_t *>(&loop));
    };
  for (int threads : {1, 3}) {
    Context context = create(m.model(), makeOptions(threads));
    loop.context = context.get();
    loop.calls = 0;
    EXPECT_EQ(run(context, plan), SNC_CANCELLED);
    EXPECT_GE(loop.calls, 1);
    EXPECT_LE(loop.calls, threads);
  }
}

// Cancelling all the time, whatever happens to run: a status tells each run's
// fate, and those that say OK are complete.
TEST(Cancel, AtAnyTime) {
  StepModel m = randomModel(2, 20, 5);
  Sums sums(m);
  Context context = create(m.model(), makeOptions(2));
  std::atomic<int> stop{0};
  std::thread other([&] {
    while (!stop) {
      EXPECT_EQ(snc_context_cancel(context.get()), SNC_OK);
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  });
  for (int round = 0; round < 2000; ++round) {
    sums.reset();
    int32_t status = run(context, sums.plan);
    ASSERT_TRUE(status == SNC_OK || status == SNC_CANCELLED) << status;
    if (status == SNC_OK)
      ASSERT_EQ(sums.value, sums.serial());
  }
  stop = 1;
  other.join();
  ASSERT_EQ(run(context, sums.plan), SNC_OK);
}

} // namespace
