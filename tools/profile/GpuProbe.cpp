// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/GpuProbe.h"

#include "tools/profile/GpuJobs.h"
#include "tools/run/LoadedLibrary.h"

#include <algorithm>

using Json = nlohmann::ordered_json;
using snc::run::RunError;

namespace snc::profile {

double parallelismOf(const std::vector<double> &threads, const std::vector<double> &rates) {
  double best = *std::max_element(rates.begin(), rates.end());
  for (size_t i = 0; i < rates.size(); ++i)
    if (rates[i] >= 0.8 * best)
      return threads[i];
  return threads.back();
}

namespace {
constexpr uint32_t kBlock = 64;            // threads, that every device takes
constexpr uint32_t kMostThreads = 1 << 18; // of multiply_add

/// Adds what kernels tell: peak, parallelism, bandwidth.
void addKernels(Json &gpu, const GpuSetup &setup) {
  std::vector<GpuJob> jobs;
  std::vector<double> threads, rates;
  for (uint32_t n = kBlock; n <= kMostThreads; n *= 2) {
    threads.push_back(n);
    jobs.push_back([n](GpuRecorder &r) { r.launch("multiply_add", n / kBlock, kBlock); });
  }
  double bytes = double(setup.memory.in);
  auto readers = uint32_t(setup.memory.in / 16 / GpuInterface::kReads);
  jobs.push_back([=](GpuRecorder &r) { r.launch("read_all", readers / kBlock, kBlock, true); });
  GpuTimes times = timeGpuJobs(setup, jobs, GpuOrder::chain, true);
  if (times.jobs.empty())
    throw RunError("the GPU's driver does not tell how long kernels take");
  for (size_t i = 0; i < threads.size(); ++i)
    rates.push_back(threads[i] * GpuInterface::kFlops / std::max(1e-3, times.jobs[i]) * 1e-3);
  gpu["peak_gflops"] = *std::max_element(rates.begin(), rates.end());
  gpu["memory_gbps"] = bytes / std::max(1e-3, times.jobs.back()) * 1e-3;
  gpu["parallelism"] = parallelismOf(threads, rates);
}

/// Microseconds of one more of what `job` does in a queue.
double costInQueue(const GpuSetup &setup, const GpuJob &job, int more) {
  auto repeated = [&](int count) {
    GpuJob jobs = [=](GpuRecorder &r) {
      for (int i = 0; i < count; ++i)
        job(r);
    };
    return timeGpuJobs(setup, {jobs}, GpuOrder::chain, false).run;
  };
  double one = repeated(1);
  return std::max(0.0, repeated(1 + more) - one) / more;
}

Json linkOf(const GpuSetup &setup, const std::function<void(GpuRecorder &, uint64_t)> &copy) {
  constexpr uint64_t kFew = 64;
  auto us = [&](uint64_t bytes, int more) {
    return costInQueue(setup, [=](GpuRecorder &r) { copy(r, bytes); }, more);
  };
  double few = us(kFew, 100), many = us(GpuMemory::kHost, 4);
  return {{"gbps", double(GpuMemory::kHost) / std::max(1e-3, many - few) * 1e-3}, {"us", few}};
}

/// From host to GPU or back, where the other waits.
double measureTurns(const GpuSetup &setup, double launchUs) {
  constexpr size_t kTurns = 100;
  GpuJob job = [](GpuRecorder &r) { r.launch("nothing", 1, kBlock); };
  double run = timeGpuJobs(setup, std::vector<GpuJob>(kTurns, job), GpuOrder::turns, false).run;
  return std::max(0.0, (run / kTurns - launchUs) / 2);
}
} // namespace

Json measureGpu(const std::string &interface, const snc_options &base,
                const GpuProgress &progress) {
  GpuSetup setup{findGpuInterface(interface), base, {}, 15};
  if (!setup.api)
    throw RunError("a GPU over " + interface + " cannot be measured here");
  Json gpu = Json::object();
  progress("kernels");
  addKernels(gpu, setup);
  progress("launches");
  double launch = costInQueue(setup, [](GpuRecorder &r) { r.launch("nothing", 1, kBlock); }, 100);
  gpu["launch_us"] = launch;
  progress("syncs");
  gpu["sync_us"] = measureTurns(setup, launch);
  progress("uploads");
  gpu["upload"] = linkOf(setup, [](GpuRecorder &r, uint64_t bytes) { r.upload(bytes); });
  progress("downloads");
  gpu["download"] = linkOf(setup, [](GpuRecorder &r, uint64_t bytes) { r.download(bytes); });
  return gpu;
}

} // namespace snc::profile
