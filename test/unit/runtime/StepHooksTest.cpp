// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Units and the caller's hooks: steps over parallel_for, level by level, and what
// the trace hook is told.
#include "StepModel.h"
#include "SystemCalls.h"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace snc::test;

namespace {

struct Hook {
  bool threaded = false, refuses = false, backwards = false;
  int calls = 0, most = 0;
};

int hookLoop(void *user, snc_task_fn task, void *arg, int count) {
  Hook &hook = *static_cast<Hook *>(user);
  ++hook.calls;
  hook.most = std::max(hook.most, count);
  if (hook.refuses)
    return -1;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    int index = hook.backwards ? count - 1 - i : i;
    if (hook.threaded)
      threads.emplace_back([&, index] { failed += task(arg, index) != 0; });
    else
      failed += task(arg, index) != 0;
  }
  for (std::thread &thread : threads)
    thread.join();
  return failed ? -1 : 0;
}

snc_options hookOptions(Hook &hook, int threads) {
  snc_options options = makeOptions(threads);
  options.user = &hook;
  options.parallel_for = hookLoop;
  return options;
}

// A hook that runs tasks one after the other, in any order, serves as well as one
// with threads; no thread is started.
TEST(StepsByHook, AnyHookWillDo) {
  for (uint32_t seed = 0; seed < 4; ++seed) {
    StepModel m = randomModel(3, 30, seed);
    Sums sums(m);
    for (bool threaded : {false, true})
      for (int threads : {1, 2, 3, 5}) {
        Hook hook;
        hook.threaded = threaded;
        hook.backwards = seed % 2;
        long before = systemCalls().threads;
        Context context = create(m.model(), hookOptions(hook, threads));
        EXPECT_EQ(systemCalls().threads, before);
        for (int round = 0; round < 3; ++round) {
          sums.reset();
          ASSERT_EQ(run(context, sums.plan), SNC_OK);
          ASSERT_EQ(sums.value, sums.serial());
        }
        EXPECT_EQ(hook.calls > 0, threads >= 3);
        EXPECT_LE(hook.most, threads);
      }
  }
}

// Loops inside a step of many go nowhere else; a step alone in its level has the
// hook for itself.
TEST(StepsByHook, Loops) {
  StepModel m({1, 1});
  m.phase();
  m.step(0, 0);
  m.step(1, 0);
  m.step(0, 1);
  std::atomic<int> tasks{0};
  Plan plan;
  for (size_t s : {0, 1, 2})
    plan.steps[s] = [&](snc_worker *worker) {
      auto task = [](void *, int, uint8_t *c) -> int {
        ++*reinterpret_cast<std::atomic<int> *>(c);
        return 0;
      };
      return halide_do_par_for(worker, task, 0, 40, reinterpret_cast<uint8_t *>(&tasks));
    };
  Hook hook;
  hook.threaded = true;
  Context context = create(m.model(), hookOptions(hook, 4));
  ASSERT_EQ(run(context, plan), SNC_OK);
  EXPECT_EQ(tasks, 120);
  EXPECT_EQ(hook.calls, 2); // the level of two steps, and the lone step's loop
  EXPECT_EQ(hook.most, 4);
}

// Failing steps and hooks that give up end the run; the next one is fine.
TEST(StepsByHook, Failures) {
  StepModel m = randomModel(3, 10, 1);
  Hook hook;
  Context context = create(m.model(), hookOptions(hook, 3));
  for (uint32_t failed = 0; failed < m.steps.size(); ++failed) {
    Sums sums(m);
    sums.plan.steps[failed] = [](snc_worker *) { return 3; };
    ASSERT_EQ(run(context, sums.plan), SNC_KERNEL_FAILED);
    for (uint32_t s = failed; s < m.steps.size(); ++s)
      EXPECT_TRUE(m.steps[s].level == m.steps[failed].level || sums.value[s] == 0);
  }
  hook.refuses = true;
  Sums sums(m);
  EXPECT_EQ(run(context, sums.plan), SNC_CANCELLED);
  hook.refuses = false;
  EXPECT_EQ(run(context, sums.plan), SNC_OK);
}

// ---- trace --------------------------------------------------------------------

struct Trace {
  std::mutex lock;
  std::vector<snc_trace_event> events;
  static void add(void *user, const snc_trace_event *event) {
    Trace &trace = *static_cast<Trace *>(user);
    std::lock_guard<std::mutex> held(trace.lock);
    trace.events.push_back(*event);
  }
};

// Step i has kernel i. All threads, then units of 2, 1 and 1, then all again.
struct Traced {
  StepModel m{{2, 1, 1}};
  Plan plan;
  Traced() {
    m.phase();
    m.step(SNC_ALL_UNITS, 0);
    m.phase();
    uint32_t a = m.step(0, 0), b = m.step(1, 0);
    m.step(2, 1, {a, b});
    m.phase();
    m.step(SNC_ALL_UNITS, 0);
    for (uint32_t s = 0; s < m.steps.size(); ++s)
      plan.steps[s] = [s](snc_worker *worker) {
        EXPECT_TRUE(snc_traced(worker));
        snc_kernel_begin(worker);
        snc_kernel_end(worker, s);
        return 0;
      };
  }
};

// Each step and its kernel once, on the lane of its unit, after those it follows.
TEST(StepTrace, OneLaneAUnit) {
  Traced t;
  const std::map<int, std::vector<uint32_t>> firstThreads = {
      {1, {0, 0, 0}}, {3, {0, 1, 2}}, {4, {0, 2, 3}}};
  for (const auto &[threads, first] : firstThreads) {
    Trace trace;
    snc_options options = makeOptions(threads);
    options.user = &trace;
    options.trace = Trace::add;
    ASSERT_EQ(run(create(t.m.model(), options), t.plan), SNC_OK);
    std::map<std::pair<uint32_t, uint32_t>, snc_trace_event> seen;
    for (const snc_trace_event &e : trace.events) {
      EXPECT_TRUE(seen.insert({{e.kind, e.index}, e}).second) << e.kind << " " << e.index;
      uint32_t unit = t.m.steps.at(e.index).unit;
      EXPECT_EQ(e.unit, unit);
      EXPECT_EQ(e.thread, unit == SNC_ALL_UNITS ? 0 : first[unit]);
      EXPECT_LE(e.begin_ns, e.end_ns);
    }
    auto at = [&](uint32_t kind, uint32_t index) { return seen.at({kind, index}); };
    EXPECT_EQ(seen.size(), threads == 1 ? 10u : 11u);
    for (uint32_t s = 0; s < 5; ++s) {
      EXPECT_LE(at(SNC_TRACE_STEP, s).begin_ns, at(SNC_TRACE_KERNEL, s).begin_ns);
      EXPECT_GE(at(SNC_TRACE_STEP, s).end_ns, at(SNC_TRACE_KERNEL, s).end_ns);
    }
    for (uint32_t before : {1u, 2u})
      EXPECT_LE(at(SNC_TRACE_KERNEL, before).end_ns, at(SNC_TRACE_STEP, 3).begin_ns);
    if (threads > 1) {
      EXPECT_LE(at(SNC_TRACE_WAIT, 3).end_ns, at(SNC_TRACE_STEP, 3).begin_ns);
      EXPECT_GE(at(SNC_TRACE_WAIT, 3).end_ns, at(SNC_TRACE_KERNEL, 1).end_ns);
    }
  }
}

} // namespace
