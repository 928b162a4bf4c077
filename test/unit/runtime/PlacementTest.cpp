// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where threads run: workers that were asleep do not end up on the caller's
// processor, and never outside the set the process was given.
#include "TestModel.h"

#include <atomic>
#include <chrono>
#include <sched.h>
#include <thread>

using namespace snc::test;

namespace {

struct Places {
  std::atomic<int> arrived{0};
  int processor[2] = {-1, -1};
};

// Two tasks that wait for each other, so that each has a thread of its own.
int meet(void *, int index, uint8_t *closure) {
  Places &places = *reinterpret_cast<Places *>(closure);
  places.processor[index] = sched_getcpu();
  ++places.arrived;
  while (places.arrived < 2)
    std::this_thread::yield();
  return 0;
}

int32_t meetOnce(snc_worker *worker, snc_buffer *buffers) {
  return halide_do_par_for(worker, meet, 0, 2, buffers[InputBuffer].host);
}

cpu_set_t allowed() {
  cpu_set_t set;
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  return set;
}

// Woken workers work beside the caller, not in its place. The system may move
// the caller at any time, so some rounds may differ.
TEST(Placement, WokenWorkersGoElsewhere) {
  cpu_set_t set = allowed();
  if (CPU_COUNT(&set) < 2)
    GTEST_SKIP() << "one processor";
  snc_model model = makeModel(meetOnce);
  Context context = create(model, makeOptions(2));
  int together = 0;
  for (int round = 0; round < 40; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    Places places;
    ASSERT_EQ(run(context, places), SNC_OK);
    together += places.processor[0] == places.processor[1];
  }
  EXPECT_LT(together, 20);
}

// A process confined to one processor stays on it, and still all tasks run.
TEST(Placement, StaysInsideTheGivenSet) {
  cpu_set_t before = allowed(), one;
  int only = sched_getcpu();
  CPU_ZERO(&one);
  CPU_SET(only, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  snc_model model = makeModel(meetOnce);
  {
    Context context = create(model, makeOptions(2));
    for (int round = 0; round < 10; ++round) {
      Places places;
      ASSERT_EQ(run(context, places), SNC_OK);
      EXPECT_EQ(places.processor[0], only);
      EXPECT_EQ(places.processor[1], only);
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

// A caller that moves between runs takes the rule along.
TEST(Placement, FollowsTheCaller) {
  cpu_set_t before = allowed();
  if (CPU_COUNT(&before) < 2)
    GTEST_SKIP() << "one processor";
  snc_model model = makeModel(meetOnce);
  Context context = create(model, makeOptions(2));
  for (int processor = 0, seen = 0; seen < 2; ++processor) {
    if (!CPU_ISSET(processor, &before))
      continue;
    ++seen;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    for (int round = 0; round < 10; ++round) {
      Places places;
      ASSERT_EQ(run(context, places), SNC_OK);
      EXPECT_NE(places.processor[0], places.processor[1]);
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

// A worker that was given a processor stays on it, even beside the caller; numbers
// that are no processor of ours are as good as none.
TEST(Placement, GivenProcessors) {
  cpu_set_t before = allowed();
  snc_model model = makeModel(meetOnce);
  for (int32_t given = 0; given < CPU_SETSIZE; ++given) {
    if (!CPU_ISSET(given, &before))
      continue;
    const int32_t processors[] = {-5, given};
    snc_options options = makeOptions(2);
    options.processors = processors;
    options.num_processors = 2;
    Context context = create(model, options);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(given, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    for (int round = 0; round < 10; ++round) {
      Places places;
      ASSERT_EQ(run(context, places), SNC_OK);
      EXPECT_EQ(places.processor[0], given);
      EXPECT_EQ(places.processor[1], given);
    }
    ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  }
  for (int32_t bad : {-1, INT32_MIN, INT32_MAX, 100000, 4095}) {
    const int32_t processors[] = {bad, bad};
    snc_options options = makeOptions(2);
    options.processors = processors;
    options.num_processors = 2;
    Places places;
    EXPECT_EQ(run(create(model, options), places), SNC_OK);
  }
  snc_options none = makeOptions(2);
  none.num_processors = 2;
  snc_context *context = nullptr;
  EXPECT_EQ(snc_context_create(&model, &none, &context), SNC_INVALID_ARGUMENT);
}

} // namespace
