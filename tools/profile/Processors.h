// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The processors of this machine that the process may use.

#ifndef SNC_TOOLS_PROFILE_PROCESSORS_H
#define SNC_TOOLS_PROFILE_PROCESSORS_H

#include <cstdint>
#include <optional>
#include <sched.h>
#include <string>
#include <vector>

namespace snc::profile {

/// Numbers of the list "0-3,8", as Linux writes sets of processors; what is not
/// of this form is left out.
std::vector<int32_t> processorList(const std::string &text);

/// In ascending order; empty where the system does not tell.
std::vector<int32_t> allowedProcessors();

struct ProcessorPair {
  int32_t first, second;
};

/// The first one and the next that does not share a core with it, or else any
/// other; nothing where there is one.
std::optional<ProcessorPair> twoProcessors();

/// Keeps the thread that makes it on `processor` until its end, by the same
/// thread; negative: leaves it be. Best effort.
class PinnedThread {
public:
  explicit PinnedThread(int32_t processor);
  ~PinnedThread();
  PinnedThread(const PinnedThread &) = delete;
  PinnedThread &operator=(const PinnedThread &) = delete;

private:
  cpu_set_t before_;
  bool pinned_ = false;
};

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_PROCESSORS_H
