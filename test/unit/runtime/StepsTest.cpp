// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Steps on units of threads: order, threads of loops, phases, scratch.
#include "StepModel.h"
#include "SystemCalls.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <set>
#include <thread>

using namespace snc::test;

namespace {

// Whatever the number of threads, also fewer than units, every step sees what it
// follows, in run after run.
TEST(Steps, FollowTheirWaits) {
  for (uint32_t seed = 0; seed < 6; ++seed) {
    StepModel m = randomModel(1 + seed % 4, 60, seed);
    Sums sums(m);
    for (int threads : {1, 2, 3, 4, 9}) {
      Context context = create(m.model(), makeOptions(threads, seed % 2 ? 50 : 0));
      for (int round = 0; round < 30; ++round) {
        sums.reset();
        ASSERT_EQ(run(context, sums.plan), SNC_OK);
        ASSERT_EQ(sums.value, sums.serial()) << "seed " << seed << ", " << threads << " threads";
      }
    }
  }
}

// Two units take turns, thousands of times, with waiters spinning or asleep.
TEST(Steps, PingPong) {
  StepModel m({1, 1});
  m.phase();
  for (uint32_t s = 0; s < 200; ++s)
    m.step(s % 2, s, s ? std::vector<uint32_t>{s - 1} : std::vector<uint32_t>{});
  int64_t turns = 0; // plain: the waits alone keep the units apart
  Plan plan;
  for (uint32_t s = 0; s < 200; ++s)
    plan.steps[s] = [&turns, s](snc_worker *) { return int32_t(turns++ % 200 != s); };
  for (uint32_t spinUs : {0u, 1u, 100u}) {
    Context context = create(m.model(), makeOptions(2, spinUs));
    turns = 0;
    for (int round = 0; round < 25; ++round)
      ASSERT_EQ(run(context, plan), SNC_OK);
    EXPECT_EQ(turns, 25 * 200);
  }
}

struct Meeting {
  std::atomic<int> arrived{0};
  int expected = 0;
  std::vector<snc_worker *> workers;
};

int meet(void *worker, int index, uint8_t *closure) {
  auto &[meeting, base] = *reinterpret_cast<std::pair<Meeting *, int> *>(closure);
  meeting->workers[size_t(base + index)] = static_cast<snc_worker *>(worker);
  for (++meeting->arrived; meeting->arrived < meeting->expected;)
    std::this_thread::yield();
  return 0;
}

// Loops of all units at once, as many tasks as threads, and all of them meet: so
// each loop has just the threads of its unit. In the next phase a loop has all.
TEST(Steps, LoopsHaveTheThreadsOfTheirUnit) {
  const std::vector<std::vector<uint32_t>> cases = {{1, 1}, {2, 1}, {1, 3}, {2, 2, 2}, {5}};
  for (const auto &units : cases)
    for (uint32_t spinUs : {0u, 50u}) {
      StepModel m(units);
      m.phase();
      int total = 0;
      Meeting meeting;
      Plan plan;
      for (uint32_t u = 0; u < units.size(); ++u) {
        m.step(u, 0);
        plan.steps[u] = [&, base = total, threads = int(units[u])](snc_worker *worker) {
          std::pair<Meeting *, int> arg = {&meeting, base};
          return halide_do_par_for(worker, meet, 0, threads, reinterpret_cast<uint8_t *>(&arg));
        };
        total += int(units[u]);
      }
      m.phase();
      int all = 0;
      plan.steps[m.step(SNC_ALL_UNITS, 0)] = [&](snc_worker *worker) {
        meeting.arrived = 0;
        meeting.expected = all;
        meeting.workers.resize(size_t(all));
        std::pair<Meeting *, int> arg = {&meeting, 0};
        return halide_do_par_for(worker, meet, 0, all, reinterpret_cast<uint8_t *>(&arg));
      };
      // The second has threads that belong to no unit.
      for (int threads : {total, total + 3}) {
        all = threads;
        Context context = create(m.model(), makeOptions(threads, spinUs));
        for (int round = 0; round < 20; ++round) {
          meeting.arrived = 0;
          meeting.expected = total;
          meeting.workers.assign(size_t(total), nullptr);
          ASSERT_EQ(run(context, plan), SNC_OK);
          std::set<snc_worker *> distinct(meeting.workers.begin(), meeting.workers.end());
          EXPECT_EQ(int(distinct.size()), threads);
        }
      }
    }
}

struct Count {
  std::vector<std::atomic<int>> seen = std::vector<std::atomic<int>>(97);
  int32_t over(snc_worker *worker) {
    auto one = [](void *, int index, uint8_t *c) -> int {
      ++reinterpret_cast<Count *>(c)->seen.at(size_t(index));
      return 0;
    };
    return halide_do_par_for(worker, one, 0, 97, reinterpret_cast<uint8_t *>(this));
  }
  bool all(int times) const {
    return std::all_of(seen.begin(), seen.end(), [&](auto &s) { return s == times; });
  }
};

// Phases of units and of all threads by turns, every step with many loops: no
// loop takes another's tasks, and what one phase wrote the next reads.
TEST(Steps, LoopsOfManyTeamsNeverMix) {
  StepModel m({2, 1, 3});
  Count counts[3];
  Plan plan;
  int phasesDone = 0;
  for (int p = 0; p < 8; ++p) {
    m.phase();
    if (p % 2) {
      uint32_t s = m.step(SNC_ALL_UNITS, 0);
      plan.steps[s] = [&](snc_worker *worker) {
        phasesDone += counts[0].all(phasesDone / 2 * 20 + 10) &&
                      counts[2].all(phasesDone / 2 * 20 + 10) && ++phasesDone;
        int32_t error = 0;
        for (Count &count : counts)
          for (int i = 0; i < 10; ++i)
            error |= count.over(worker);
        return error;
      };
    } else {
      for (uint32_t u = 0; u < 3; ++u) {
        uint32_t s = m.step(u, 0);
        plan.steps[s] = [&counts, u](snc_worker *worker) {
          int32_t error = 0;
          for (int i = 0; i < 10; ++i)
            error |= counts[u].over(worker);
          return error;
        };
      }
    }
  }
  for (int threads : {1, 2, 3, 4, 6, 8})
    for (uint32_t spinUs : {0u, 100u}) {
      Context context = create(m.model(), makeOptions(threads, spinUs));
      for (int round = 0; round < 20; ++round) {
        phasesDone = 0;
        for (Count &count : counts)
          for (auto &seen : count.seen)
            seen = 0;
        ASSERT_EQ(run(context, plan), SNC_OK);
        ASSERT_EQ(phasesDone, 8);
        for (Count &count : counts)
          ASSERT_TRUE(count.all(80));
      }
    }
}

// Units without steps in a phase stay out of it; the caller's may be one of them.
TEST(Steps, UnitsMayBeIdle) {
  StepModel m({1, 1, 1});
  for (uint32_t unit : {2u, 1u, 0u, 2u}) {
    m.phase();
    m.step(unit, 0);
  }
  Sums sums(m);
  Context context = create(m.model(), makeOptions(3));
  for (int round = 0; round < 50; ++round) {
    sums.reset();
    ASSERT_EQ(run(context, sums.plan), SNC_OK);
    ASSERT_EQ(sums.value, sums.serial());
  }
}

// A model without any step does nothing, well.
TEST(Steps, None) {
  StepModel m({});
  Plan plan;
  EXPECT_EQ(run(create(m.model(), makeOptions()), plan), SNC_OK);
}

// Every unit may hold as much scratch as the model says, at the same time, and
// its loops' tasks theirs.
TEST(Steps, UnitsHaveScratchOfTheirOwn) {
  StepModel m({1, 2});
  m.phase();
  m.step(0, 0);
  m.step(1, 0);
  std::atomic<int> inside{0}, wrong{0};
  auto task = [](void *worker, int, uint8_t *) -> int {
    void *block = halide_malloc(worker, 256);
    halide_free(worker, block);
    return block ? 0 : 1;
  };
  Plan plan;
  for (int u : {0, 1})
    plan.steps[size_t(u)] = [&, u](snc_worker *worker) {
      auto *block = static_cast<char *>(halide_malloc(worker, 1000));
      if (!block)
        return 1;
      std::memset(block, u, 1000);
      for (++inside; inside < 2;)
        std::this_thread::yield();
      int32_t error = halide_do_par_for(worker, task, 0, 9, nullptr);
      wrong += int(std::count(block, block + 1000, char(u))) != 1000;
      halide_free(worker, block);
      return error;
    };
  snc_model model = m.model();
  model.scratch_bytes = 1024;
  model.worker_scratch_bytes = 256;
  Context context = create(model, makeOptions(3));
  for (int round = 0; round < 20; ++round) {
    inside = 0;
    ASSERT_EQ(run(context, plan), SNC_OK);
  }
  EXPECT_EQ(wrong, 0);
}

// Runs of several units take nothing from the system either.
TEST(Steps, AllocateNothing) {
  StepModel m = randomModel(3, 40, 7);
  Sums sums(m);
  Context context = create(m.model(), makeOptions(3));
  long before = systemCalls().allocations, threads = systemCalls().threads;
  for (int round = 0; round < 50; ++round)
    ASSERT_EQ(run(context, sums.plan), SNC_OK);
  EXPECT_EQ(systemCalls().allocations, before);
  EXPECT_EQ(systemCalls().threads, threads);
}

// Contexts of two models, more than there are processors, all at once.
TEST(Steps, ManyContextsAtOnce) {
  StepModel models[] = {randomModel(2, 30, 1), randomModel(4, 20, 2)};
  for (StepModel &m : models)
    m.model();
  for (uint32_t spinUs : {0u, 100u}) {
    std::atomic<int> wrong{0};
    std::vector<std::thread> users;
    for (int user = 0; user < 8; ++user)
      users.emplace_back([&, user] {
        StepModel &m = models[user % 2];
        Sums sums(m);
        Context context = create(m.made, makeOptions(2 + user % 4, spinUs));
        for (int round = 0; round < 40; ++round) {
          sums.reset();
          wrong += run(context, sums.plan) != SNC_OK || sums.value != sums.serial();
        }
      });
    for (std::thread &user : users)
      user.join();
    EXPECT_EQ(wrong, 0);
  }
}

} // namespace
