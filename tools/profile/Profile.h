// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long each kernel of a library takes on this machine, and each wait.

#ifndef SNC_TOOLS_PROFILE_PROFILE_H
#define SNC_TOOLS_PROFILE_PROFILE_H

#include "tools/profile/KernelKeys.h"

#include <functional>

namespace snc::profile {

/// The middle value, or the mean of the two; 0 for none.
double median(std::vector<double> values);

/// Times in microseconds, one for each run that was measured.
struct Samples {
  std::vector<std::vector<double>> kernels; ///< by the kernel's number
  std::vector<double> waits;                ///< waitsAtSyncs()
  std::vector<double> runs;                 ///< from begin to end, traced
  std::string gpu;                          ///< name of the GPU; empty: none
};

/// Takes the events of one run into account. An event of a kernel that the
/// samples have no list for is left out.
void addRun(Samples &samples, const std::vector<snc_trace_event> &events, double us);

/// Told after each run: how many of how many are done.
using Progress = std::function<void(int done, int of)>;

/// `rounds` runs on random inputs, after a few that do not count. Throws RunError.
Samples sampleRuns(const run::LoadedLibrary &library, const snc_options &base, int rounds,
                   const Progress &progress);

/// {"<signature> t<threads>": {"threads", "us": median, "runs": n}}, for those of a GPU
/// {"<signature> <device>": {"us", "runs", "device"}}, and
/// "signature": false for those that the manifest has none of. Kernels of the
/// same key share their samples; one that never ran is left out.
nlohmann::ordered_json latenciesJson(const Samples &samples, const std::vector<KernelKey> &keys);

/// {"threads", "us": median of a run, "kernels_us", "waits_us", "runs"} of the whole
/// library; kernels of units that work at once are summed all the same.
nlohmann::ordered_json modelJson(const Samples &samples, int64_t threads);

/// A line for each kernel in order, with its speed and its share of the peak of
/// its threads or of the GPU, then the library as a whole. `device`: as measureDevice()
/// and measureGpu() give it.
std::string profileText(const Samples &samples, const std::vector<KernelKey> &keys,
                        const std::vector<const snc_kernel_info *> &kernels,
                        const nlohmann::ordered_json &device);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_PROFILE_H
