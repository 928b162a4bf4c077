// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Benchmark.h"

#include "tools/run/FmaPeak.h"
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
  std::vector<double> ms;
};

Times timeRuns(Session &session, const BenchmarkOptions &options) {
  Times times;
  auto once = [&] {
    auto begin = Clock::now();
    session.run();
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
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

/// Threads record at the same time, but never the same kernel.
struct KernelTimes {
  std::vector<std::vector<double>> us;
  static void record(void *user, const snc_trace_event *event) {
    if (event->kind == SNC_TRACE_KERNEL)
      static_cast<KernelTimes *>(user)->us[event->index].push_back(
          double(event->end_ns - event->begin_ns) * 1e-3);
  }
};

Json kernelTable(const LoadedLibrary &library, snc_options base, const BenchmarkOptions &options) {
  KernelTimes times;
  times.us.resize(library.kernels().size());
  base.user = &times;
  base.trace = KernelTimes::record;
  {
    Session session(library, base);
    session.fillRandom(1);
    timeRuns(session, options);
  }
  std::vector<double> medians;
  double total = 0;
  for (const auto &us : times.us)
    total += medians.emplace_back(percentile(us, 0.5));
  Json table = Json::array();
  for (size_t i = 0; i < medians.size(); ++i) {
    const snc_kernel_info &kernel = *library.kernels()[i];
    table.push_back({{"name", kernel.name},
                     {"op", kernel.op},
                     {"median_us", medians[i]},
                     {"gflops", medians[i] > 0 ? double(kernel.flops) * 1e-3 / medians[i] : 0},
                     {"share_of_time", total > 0 ? medians[i] / total : 0}});
  }
  return table;
}
} // namespace

Json benchmark(const LoadedLibrary &library, const snc_options &base,
               const BenchmarkOptions &options) {
  Times times;
  {
    Session session(library, base);
    session.fillRandom(1);
    times = timeRuns(session, options);
  }
  double flops = 0;
  for (const snc_kernel_info *kernel : library.kernels())
    flops += double(kernel->flops);
  double median = percentile(times.ms, 0.5), gflops = flops * 1e-6 / median;
  int threads = base.threads > 0 ? base.threads : int(std::thread::hardware_concurrency());
  double peak = measureFmaPeak(std::max(1, threads));
  Json result;
  result["latency_ms"] = {{"median", median},
                          {"p90", percentile(times.ms, 0.9)},
                          {"min", percentile(times.ms, 0)},
                          {"first", times.first}};
  result["gflops"] = gflops;
  result["fma_peak_gflops"] = peak;
  result["share_of_peak"] = gflops / peak;
  result["threads"] = threads;
  result["rounds"] = times.ms.size();
  result["kernels"] = kernelTable(library, base, options);
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
  const Json &ms = result["latency_ms"];
  std::snprintf(line, sizeof line,
                "latency  median %.3f ms  p90 %.3f ms  min %.3f ms  first run %.3f ms\n",
                ms["median"].get<double>(), ms["p90"].get<double>(), ms["min"].get<double>(),
                ms["first"].get<double>());
  text += line;
  std::snprintf(line, sizeof line,
                "speed    %.1f GFLOP/s, %.0f %% of this machine's FMA peak of %.0f GFLOP/s "
                "(%d threads, %d rounds)\n",
                number("gflops"), 100 * number("share_of_peak"), number("fma_peak_gflops"),
                result["threads"].get<int>(), result["rounds"].get<int>());
  return text + line;
}

} // namespace snc::run
