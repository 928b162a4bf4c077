// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the threads of one run did when, as a picture for Perfetto and
// chrome://tracing.

#ifndef SNC_TOOLS_RUN_TRACE_H
#define SNC_TOOLS_RUN_TRACE_H

#include "tools/run/LoadedLibrary.h"

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace snc::run {

/// Keeps the events that a context with these options tells of. Must outlive it.
class TraceRecorder {
public:
  /// Sets `trace` and `user` of the options.
  void listen(snc_options &options);
  /// The events so far, which are then forgotten. Not during a run.
  std::vector<snc_trace_event> take();

private:
  static void record(void *user, const snc_trace_event *event); ///< any thread
  std::mutex lock_;
  std::vector<snc_trace_event> events_;
};

/// In the Trace Event Format: one lane for each unit, and one for work of all of
/// them, with kernels and waits as complete events; microseconds, from the first
/// event on. An event of a kernel that is not in `kernels` has a number for a name.
nlohmann::ordered_json traceJson(const std::vector<snc_trace_event> &events,
                                 const std::vector<const snc_kernel_info *> &kernels);

/// Writes the trace of the last of three runs on random inputs to `file`. Throws
/// RunError.
void writeTrace(const LoadedLibrary &library, const snc_options &base, const std::string &file);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_TRACE_H
