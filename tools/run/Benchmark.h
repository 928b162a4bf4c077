// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Latency of a library, as a whole and kernel by kernel.

#ifndef SNC_TOOLS_RUN_BENCHMARK_H
#define SNC_TOOLS_RUN_BENCHMARK_H

#include "tools/run/LoadedLibrary.h"

#include <nlohmann/json.hpp>

namespace snc::run {

struct BenchmarkOptions {
  int threads = 0;        ///< 0: the library's default
  int rounds = 100;       ///< timed runs
  int warmup = 10;        ///< runs before them
  double maxSeconds = 10; ///< timed runs end after this, but not before 3
};

/// Runs on random inputs. The result has `latency_ms` {median, p90, min,
/// first, create}, `gpu` (GpuState.h, with a GPU), `gflops`, `fma_peak_gflops`, `share_of_peak`,
/// `threads`, `rounds`, `outside_kernels` {median_us, share_of_time}: when no kernel was at work,
/// and `kernels`: [{name, op, median_us, gflops, share_of_time}]. Kernels are timed in runs of
/// their own, so that tracing does not slow the others.
nlohmann::ordered_json benchmark(const LoadedLibrary &library, const snc_options &base,
                                 const BenchmarkOptions &options);

/// The same for a reader.
std::string benchmarkText(const nlohmann::ordered_json &result);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_BENCHMARK_H
