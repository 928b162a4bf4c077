// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/FmaPeak.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace snc::run {

namespace {
constexpr int kIterations = 200000;
constexpr int kChains = 12; // more than latency times issue width of any core

// One body for every width; the callers' target attributes make it native.
template <int Lanes> [[gnu::always_inline]] inline float chainsOfFma() {
  using V = float __attribute__((vector_size(Lanes * 4)));
  V a[kChains], m = V{} + 0.999999f, b = V{} + 1e-6f;
  for (int k = 0; k < kChains; ++k)
    a[k] = V{} + float(k);
  for (int i = 0; i < kIterations; ++i) {
#pragma clang loop unroll(full)
    for (int k = 0; k < kChains; ++k)
      a[k] = __builtin_elementwise_fma(a[k], m, b);
    asm volatile("" ::: "memory");
  }
  float sum = 0;
  for (int k = 0; k < kChains; ++k)
    sum += a[k][0];
  return sum;
}

struct Loop {
  float (*run)();
  int lanes;
};

#if defined(__x86_64__)
[[gnu::target("avx512f")]] float loop512() { return chainsOfFma<16>(); }
[[gnu::target("avx2,fma")]] float loop256() { return chainsOfFma<8>(); }
// Without FMA a multiply and an add count as the two operations they are.
float loop128() {
  using V = float __attribute__((vector_size(16)));
  V a[kChains], m = V{} + 0.999999f, b = V{} + 1e-6f;
  for (int k = 0; k < kChains; ++k)
    a[k] = V{} + float(k);
  for (int i = 0; i < kIterations; ++i) {
    for (int k = 0; k < kChains; ++k)
      a[k] = a[k] * m + b;
    asm volatile("" ::: "memory");
  }
  float sum = 0;
  for (int k = 0; k < kChains; ++k)
    sum += a[k][0];
  return sum;
}
Loop widest() {
  if (__builtin_cpu_supports("avx512f"))
    return {loop512, 16};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {loop256, 8};
  return {loop128, 4};
}
#else
float loopNative() { return chainsOfFma<4>(); }
Loop widest() { return {loopNative, 4}; }
#endif
} // namespace

double measureFmaPeak(int threads) {
  using Clock = std::chrono::steady_clock;
  Loop loop = widest();
  double best = 0;
  std::atomic<float> sink{0};
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::atomic<int> ready{0};
    std::vector<double> seconds(threads);
    auto work = [&](int i) {
      ready.fetch_add(1);
      while (ready.load() < threads) {
      }
      auto begin = Clock::now();
      sink = sink + loop.run();
      seconds[i] = std::chrono::duration<double>(Clock::now() - begin).count();
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i)
      others.emplace_back(work, i);
    work(0);
    for (std::thread &t : others)
      t.join();
    double slowest = *std::max_element(seconds.begin(), seconds.end());
    best = std::max(best, 2.0 * loop.lanes * kChains * double(kIterations) * threads / slowest);
  }
  return best * 1e-9;
}

} // namespace snc::run
