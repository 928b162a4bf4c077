// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times work that a GPU is given through the runtime: models of steps made by hand.

#ifndef SNC_TOOLS_PROFILE_GPUJOBS_H
#define SNC_TOOLS_PROFILE_GPUJOBS_H

#include "tools/profile/GpuKernels.h"

#include <functional>
#include <vector>

namespace snc::profile {

/// What a job can use: device memory that kernels write, and that they read; memory of
/// the host; sizes in bytes.
struct GpuMemory {
  static constexpr uint64_t kOut = uint64_t(4) << 20, kHost = uint64_t(16) << 20;
  uint64_t in = uint64_t(64) << 20;
};

/// The runtime's recording of a job.
class GpuRecorder {
public:
  GpuRecorder(const GpuInterface &api, const std::string &program, snc_worker *worker,
              snc_buffer *buffers)
      : api_(api), program_(program), worker_(worker), out_(&buffers[0]), in_(&buffers[1]),
        host_(&buffers[2]) {}

  /// One launch of `blocks` blocks of `threads` threads. `reads`: of read_all.
  void launch(const char *entry, uint32_t blocks, uint32_t threads, bool reads = false);
  void upload(uint64_t bytes);
  void download(uint64_t bytes);
  int32_t status() const { return status_; }

private:
  void note(int32_t status) { status_ = status_ ? status_ : status; }
  const GpuInterface &api_;
  const std::string &program_;
  snc_worker *worker_;
  snc_buffer *out_, *in_, *host_;
  int32_t status_ = SNC_OK;
};
using GpuJob = std::function<void(GpuRecorder &)>;

/// Medians, in microseconds.
struct GpuTimes {
  double run = 0;           ///< of a run, on the host
  std::vector<double> jobs; ///< of each job, on the device; empty where it does not tell
};

/// How jobs follow each other in a run.
enum class GpuOrder {
  chain, ///< one after the other, nobody waits
  turns  ///< before each, an empty step of the host; each waits for the one before
};

struct GpuSetup {
  const GpuInterface *api;
  snc_options options; ///< which GPU; the log hook
  GpuMemory memory;
  int rounds = 15; ///< measured runs, after 3 that do not count
};

/// Runs the jobs in order. `timed`: also on the device, which delays the host a little.
/// Throws run::RunError where the GPU cannot be used.
GpuTimes timeGpuJobs(const GpuSetup &setup, const std::vector<GpuJob> &jobs, GpuOrder order,
                     bool timed);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_GPUJOBS_H
