// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/DeviceProbe.h"

#include "search/DeviceDescription.h"
#include "tools/profile/SyncCost.h"
#include "tools/run/FmaPeak.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

namespace snc::profile {

namespace {
constexpr size_t kMostWords = (size_t(256) << 20) / sizeof(uint64_t);
constexpr int kPasses = 5;

size_t wordsToRead() {
  long pages = sysconf(_SC_AVPHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || bytes <= 0)
    return kMostWords;
  return std::min(kMostWords, size_t(pages) / 4 * size_t(bytes) / sizeof(uint64_t));
}

/// Independent sums, so that none waits for the one before.
uint64_t sumOf(const uint64_t *begin, const uint64_t *end) {
  uint64_t sums[16] = {};
  for (; end - begin >= 16; begin += 16)
    for (int k = 0; k < 16; ++k)
      sums[k] += begin[k];
  uint64_t sum = 0;
  for (uint64_t s : sums)
    sum += s;
  return sum;
}
} // namespace

double measureReadBandwidth(int threads) {
  size_t words = wordsToRead(), part = words / size_t(threads) / 16 * 16;
  auto memory = std::unique_ptr<uint64_t[]>(new (std::nothrow) uint64_t[words]);
  if (!memory || part == 0)
    return 0;
  std::atomic<uint64_t> sink{0};
  std::barrier together(threads);
  Clock::time_point begin;
  double best = 0;
  auto work = [&](int i) {
    uint64_t *mine = memory.get() + size_t(i) * part;
    std::memset(mine, i, part * sizeof(uint64_t)); // by its reader, so that it lies near
    for (int pass = 0; pass < kPasses; ++pass) {
      together.arrive_and_wait();
      if (i == 0)
        begin = Clock::now();
      sink += sumOf(mine, mine + part);
      together.arrive_and_wait();
      if (i > 0)
        continue;
      double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      best = std::max(best, double(part * sizeof(uint64_t)) * threads / seconds);
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back(work, i);
  work(0);
  return best * 1e-9;
}

double measureTransferBandwidth() {
  constexpr size_t kWords = 32 * 1024; // 256 KiB: fits any second cache
  constexpr int kPasses = 40;
  std::vector<uint64_t> buffer(kWords);
  std::barrier together(2);
  std::vector<double> rates;
  std::atomic<uint64_t> sink{0};
  std::jthread writer([&] {
    for (int pass = 0; pass < kPasses; ++pass) {
      std::memset(buffer.data(), pass, kWords * sizeof(uint64_t));
      together.arrive_and_wait(); // written
      together.arrive_and_wait(); // read
    }
  });
  for (int pass = 0; pass < kPasses; ++pass) {
    together.arrive_and_wait();
    auto begin = Clock::now();
    sink += sumOf(buffer.data(), buffer.data() + kWords);
    double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    rates.push_back(double(kWords * sizeof(uint64_t)) / seconds * 1e-9);
    together.arrive_and_wait();
  }
  std::nth_element(rates.begin(), rates.begin() + kPasses / 2, rates.end());
  return rates[kPasses / 2];
}

Json measureDevice(bool sync) {
  DeviceDescription told = deviceOfThisMachine();
  int cores = int(told.cores);
  Json device = {{"cpu", told.cpu},          {"isa", told.isa},
                 {"cores", cores},           {"l2_bytes", told.l2Bytes},
                 {"l3_bytes", told.l3Bytes}, {"peak_gflops", run::measureFmaPeak(1)}};
  double one = measureReadBandwidth(1);
  double all = cores > 1 ? measureReadBandwidth(cores) : one;
  if (one > 0 && all > 0)
    device["memory_gbps"] = {{"core", one}, {"all", all}};
  if (!sync)
    return device;
  if (auto costs = measureSyncCosts()) {
    device["transfer_gbps"] = measureTransferBandwidth();
    device["sync_us"] = costs->syncUs;
    device["fork_us"] = costs->forkUs;
    device["kernel_overhead_us"] = costs->stepUs;
  }
  return device;
}

} // namespace snc::profile
