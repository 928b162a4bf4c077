// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/Profile.h"

#include "search/DeviceDescription.h"
#include "tools/profile/EventLog.h"
#include "tools/profile/Waits.h"
#include "tools/run/Session.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

namespace snc::profile {

constexpr int kWarmup = 5;

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2)
    return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

void addRun(Samples &samples, const std::vector<snc_trace_event> &events, double us) {
  for (const snc_trace_event &event : events) {
    double time = event.end_ns > event.begin_ns ? double(event.end_ns - event.begin_ns) * 1e-3 : 0;
    if (event.kind == SNC_TRACE_KERNEL && event.index < samples.kernels.size())
      samples.kernels[event.index].push_back(time);
  }
  samples.waits.push_back(waitsAtSyncs(events) * 1e-3);
  samples.runs.push_back(us);
}

Samples sampleRuns(const run::LoadedLibrary &library, const snc_options &base, int rounds,
                   const Progress &progress) {
  EventLog log;
  snc_options options = base;
  log.listen(options);
  run::Session session(library, options);
  session.fillRandom(1);
  Samples samples;
  samples.kernels.resize(library.kernels().size());
  samples.gpu = session.device().name;
  for (int i = -kWarmup; i < rounds; ++i) {
    log.take();
    auto begin = Clock::now();
    session.run();
    double us = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
    if (i >= 0)
      addRun(samples, log.take(), us);
    progress(i + kWarmup + 1, rounds + kWarmup);
  }
  return samples;
}

Json latenciesJson(const Samples &samples, const std::vector<KernelKey> &keys) {
  std::map<std::string, std::vector<double>> times;
  std::map<std::string, const KernelKey *> owners;
  for (size_t i = 0; i < keys.size() && i < samples.kernels.size(); ++i) {
    std::string key = keys[i].device == "cpu"
                          ? latencyKey(keys[i].signature, keys[i].threads)
                          : latencyKey(keys[i].signature, llvm::StringRef(keys[i].device));
    owners.emplace(key, &keys[i]);
    auto &all = times[key];
    all.insert(all.end(), samples.kernels[i].begin(), samples.kernels[i].end());
  }
  Json list = Json::object();
  for (const auto &[key, us] : times) {
    if (us.empty())
      continue;
    list[key] = {{"threads", owners[key]->threads}, {"us", median(us)}, {"runs", us.size()}};
    if (owners[key]->device != "cpu") {
      list[key].erase("threads");
      list[key]["device"] = owners[key]->device;
    }
    if (!owners[key]->hasSignature)
      list[key]["signature"] = false;
  }
  return list;
}

static double sumOfMedians(const Samples &samples) {
  return std::accumulate(samples.kernels.begin(), samples.kernels.end(), 0.0,
                         [](double sum, const auto &us) { return sum + median(us); });
}

Json modelJson(const Samples &samples, int64_t threads) {
  return {{"threads", threads},
          {"us", median(samples.runs)},
          {"kernels_us", sumOfMedians(samples)},
          {"waits_us", median(samples.waits)},
          {"runs", samples.runs.size()}};
}

/// 0: unknown.
static double peakFor(const KernelKey &key, const Json &device) {
  if (key.device == "cpu")
    return device["peak_gflops"].get<double>() * double(key.threads);
  return device.contains("gpu") ? device["gpu"].value("peak_gflops", 0.0) : 0;
}

std::string profileText(const Samples &samples, const std::vector<KernelKey> &keys,
                        const std::vector<const snc_kernel_info *> &kernels,
                        const nlohmann::ordered_json &device) {
  char line[128];
  std::string text = "       us  share  GFLOP/s  of peak  threads  unit  kernel\n";
  double total = sumOfMedians(samples);
  for (size_t i = 0; i < keys.size(); ++i) {
    double us = median(samples.kernels[i]);
    double gflops = us > 0 ? double(kernels[i]->flops) * 1e-3 / us : 0;
    double peak = peakFor(keys[i], device);
    std::string unit = keys[i].unit < 0 ? "all" : std::to_string(keys[i].unit);
    std::string share = peak > 0 ? std::to_string(int(100 * gflops / peak + 0.5)) + " %" : "-";
    std::string threads = keys[i].device == "cpu" ? std::to_string(keys[i].threads) : "gpu";
    std::snprintf(line, sizeof line, "%9.1f  %3.0f %%  %7.1f  %7s  %7s  %4s  ", us,
                  total > 0 ? 100 * us / total : 0, gflops, share.c_str(), threads.c_str(),
                  unit.c_str());
    text += std::string(line) + kernels[i]->op + " " + kernels[i]->name +
            (keys[i].hasSignature ? "\n" : " (no signature)\n");
  }
  std::snprintf(line, sizeof line,
                "run %.1f us, kernels %.1f us, waits at syncs %.1f us (medians of %zu runs)\n",
                median(samples.runs), total, median(samples.waits), samples.runs.size());
  return text + line;
}

} // namespace snc::profile
