// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Trace events of runs, kept so that keeping them disturbs the runs little.

#ifndef SNC_TOOLS_PROFILE_EVENTLOG_H
#define SNC_TOOLS_PROFILE_EVENTLOG_H

#include "runtime/snc.h"

#include <array>
#include <memory>
#include <vector>

namespace snc::profile {

/// A list for each thread, so that threads do not wait for each other. Must
/// outlive the contexts that it listens to.
class EventLog {
public:
  EventLog();
  /// Sets `trace` and `user` of the options.
  void listen(snc_options &options);
  /// The events since the last call, thread by thread. Not during a run.
  const std::vector<snc_trace_event> &take();

private:
  static void record(void *user, const snc_trace_event *event); ///< any thread

  struct alignas(128) Lane { // written by one thread: no line is shared
    std::vector<snc_trace_event> events;
  };
  std::unique_ptr<std::array<Lane, SNC_MAX_THREADS>> lanes_;
  std::vector<snc_trace_event> taken_;
};

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_EVENTLOG_H
