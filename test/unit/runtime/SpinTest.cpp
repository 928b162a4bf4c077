// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Idle workers sleep: at once with spin_us = 0, after spin_us otherwise. Seen
// by the processor time of the process while its caller sleeps.
#include "TestModel.h"

#include <chrono>
#include <ctime>
#include <thread>

using namespace snc::test;

namespace {

double cpuMs() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

double cpuMsWhileSleeping() {
  double before = cpuMs();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return cpuMs() - before;
}

int nothing(void *, int, uint8_t *) { return 0; }

// A parallel loop, then a long serial part.
int32_t loopThenIdle(snc_worker *worker, snc_buffer *buffers) {
  int result = halide_do_par_for(worker, nothing, 0, 8, nullptr);
  params<double>(buffers) = cpuMsWhileSleeping();
  return result;
}

struct Idle {
  double inside, outside; // ms of processor time in 300 ms of idleness
};

Idle measure(uint32_t spinUs) {
  snc_model model = makeModel(loopThenIdle);
  Context context = create(model, makeOptions(2, spinUs));
  double inside = 0;
  EXPECT_EQ(run(context, inside), SNC_OK);
  return {inside, cpuMsWhileSleeping()};
}

// Neither inside nor outside a run does an idle worker burn time for long.
TEST(Spin, IdleWorkersSleep) {
  for (uint32_t spinUs : {0u, SNC_DEFAULT_SPIN_US}) {
    Idle idle = measure(spinUs);
    EXPECT_LT(idle.inside, 20) << "spin_us " << spinUs;
    EXPECT_LT(idle.outside, 20) << "spin_us " << spinUs;
  }
}

// The option does what it says: a long spin is seen as processor time.
TEST(Spin, SpinsAsLongAsAsked) {
  if (std::thread::hardware_concurrency() < 2)
    GTEST_SKIP() << "one processor: contexts of two threads never spin";
  Idle idle = measure(10'000'000);
  EXPECT_GT(idle.inside, 40);
}

// More threads than processors never spin, whatever was asked for.
TEST(Spin, NeverSpinsOversubscribed) {
  snc_model model = makeModel(loopThenIdle);
  int threads = static_cast<int>(std::thread::hardware_concurrency()) + 1;
  if (threads > SNC_MAX_THREADS)
    GTEST_SKIP() << "more processors than a context may have threads";
  Context context = create(model, makeOptions(threads, 10'000'000));
  double inside = 0;
  EXPECT_EQ(run(context, inside), SNC_OK);
  EXPECT_LT(inside, 20);
}

} // namespace
