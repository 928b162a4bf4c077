// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Benchmark.h"

#include "tools/run/FmaPeak.h"
#include "tools/run/GpuState.h"
#include "tools/run/KernelTimes.h"
#include "tools/run/Manifest.h"
#include "tools/run/Session.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

namespace snc::run {

namespace {
double percentile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[size_t(p * double(values.size() - 1) + 0.5)];
}

/// Wall times of runs in milliseconds; `first` is that of the very first run.
struct Times {
  double first = 0;
  std::vector<double> ms;  ///< of the timed runs
  std::vector<double> all; ///< of all, in order
};

Times timeRuns(Session &session, const BenchmarkOptions &options) {
  Times times;
  auto once = [&] {
    auto begin = Clock::now();
    session.run();
    return times.all.emplace_back(
        std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  };
  times.first = once();
  for (int i = 0; i < options.warmup; ++i)
    once();
  double total = 0;
  for (int i = 0; i < options.rounds && (i < 3 || total < options.maxSeconds * 1e3); ++i) {
    times.ms.push_back(once());
    total += times.ms.back();
  }
  return times;
}

/// Adds `kernels` and `outside_kernels` to the result.
void addKernels(Json &result, const LoadedLibrary &library, const snc_device_info &device,
                snc_options base, const BenchmarkOptions &options) {
  RunningKernels running(library, device);
  const auto &list = running.list();
  KernelTimes kernels(list.size());
  base.user = &kernels;
  base.trace = KernelTimes::record;
  Times runs;
  {
    Session session(library, base);
    session.fillRandom(1);
    runs = timeRuns(session, options);
  }
  std::vector<double> medians;
  double total = 0;
  for (size_t i = 0; i < list.size(); ++i)
    total += medians.emplace_back(percentile(kernels.microseconds(i), 0.5));
  double outside = percentile(kernels.outside(runs.all), 0.5);
  result["outside_kernels"] = {{"median_us", outside},
                               {"share_of_time", outside * 1e-3 / percentile(runs.all, 0.5)}};
  Json table = Json::array();
  for (size_t i = 0; i < medians.size(); ++i) {
    const snc_kernel_info &kernel = *list[i];
    table.push_back({{"name", kernel.name},
                     {"op", kernel.op},
                     {"median_us", medians[i]},
                     {"gflops", medians[i] > 0 ? double(kernel.flops) * 1e-3 / medians[i] : 0},
                     {"share_of_time", total > 0 ? medians[i] / total : 0}});
  }
  result["kernels"] = table;
}
} // namespace

Json benchmark(const LoadedLibrary &library, const snc_options &base,
               const BenchmarkOptions &options) {
  Times times;
  Json gpu;
  double createMs;
  snc_device_info device;
  {
    auto begin = Clock::now();
    Session session(library, base);
    createMs = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    session.fillRandom(1);
    times = timeRuns(session, options);
    gpu = deviceJson(session);
    device = session.device();
  }
  double flops = 0;
  RunningKernels running(library, device);
  for (const snc_kernel_info *kernel : running.list())
    flops += double(kernel->flops);
  double median = percentile(times.ms, 0.5), gflops = flops * 1e-6 / median;
  int threads = base.threads > 0 ? base.threads : int(std::thread::hardware_concurrency());
  double peak = measureFmaPeak(std::max(1, threads));
  Json result;
  if (!gpu.is_null())
    result["gpu"] = gpu;
  result["latency_ms"] = {{"median", median},
                          {"p90", percentile(times.ms, 0.9)},
                          {"min", percentile(times.ms, 0)},
                          {"first", times.first},
                          {"create", createMs}};
  result["gflops"] = gflops;
  result["fma_peak_gflops"] = peak;
  result["share_of_peak"] = gflops / peak;
  result["threads"] = threads;
  result["rounds"] = times.ms.size();
  addKernels(result, library, device, base, options);
  return result;
}

std::string benchmarkText(const Json &result) {
  char line[256];
  std::string text;
  auto number = [&](const char *key) { return result[key].get<double>(); };
  for (const Json &k : result["kernels"]) {
    std::snprintf(line, sizeof line, "%9.1f us %5.1f %% %8.1f GFLOP/s  %-28s %s\n",
                  k["median_us"].get<double>(), 100 * k["share_of_time"].get<double>(),
                  k["gflops"].get<double>(), k["op"].get<std::string>().c_str(),
                  k["name"].get<std::string>().c_str());
    text += line;
  }
  if (result.contains("gpu"))
    text += deviceText(result["gpu"]) + "\n";
  const Json &ms = result["latency_ms"];
  std::snprintf(
      line, sizeof line,
      "latency  median %.3f ms  p90 %.3f ms  min %.3f ms  first run %.3f ms  create %.0f ms\n",
      ms["median"].get<double>(), ms["p90"].get<double>(), ms["min"].get<double>(),
      ms["first"].get<double>(), ms["create"].get<double>());
  text += line;
  std::snprintf(line, sizeof line,
                "speed    %.1f GFLOP/s, %.0f %% of this machine's FMA peak of %.0f GFLOP/s "
                "(%d threads, %d rounds)\n",
                number("gflops"), 100 * number("share_of_peak"), number("fma_peak_gflops"),
                result["threads"].get<int>(), result["rounds"].get<int>());
  text += line;
  const Json &outside = result["outside_kernels"];
  std::snprintf(line, sizeof line, "outside  kernels %.1f us, %.2f %% of a run\n",
                outside["median_us"].get<double>(), 100 * outside["share_of_time"].get<double>());
  return text + line;
}

} // namespace snc::run
