// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Trace.h"

#include "tools/run/Manifest.h"
#include "tools/run/Session.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

using Json = nlohmann::ordered_json;

namespace snc::run {

void TraceRecorder::listen(snc_options &options) {
  options.user = this;
  options.trace = record;
}

std::vector<snc_trace_event> TraceRecorder::take() {
  std::lock_guard<std::mutex> held(lock_);
  return std::exchange(events_, {});
}

void TraceRecorder::record(void *user, const snc_trace_event *event) {
  auto *self = static_cast<TraceRecorder *>(user);
  std::lock_guard<std::mutex> held(self->lock_);
  self->events_.push_back(*event);
}

/// Lane 0 is for work of all units.
static uint32_t laneOf(const snc_trace_event &event) {
  return event.unit == SNC_ALL_UNITS ? 0 : event.unit + 1;
}

static Json laneName(uint32_t lane) {
  std::string name = lane ? "unit " + std::to_string(lane - 1) : "all units";
  return {
      {"ph", "M"}, {"name", "thread_name"}, {"pid", 1}, {"tid", lane}, {"args", {{"name", name}}}};
}

static Json span(const snc_trace_event &event, uint64_t origin,
                 const std::vector<const snc_kernel_info *> &kernels) {
  bool kernel = event.kind == SNC_TRACE_KERNEL;
  Json args = {{"thread", event.thread}, {kernel ? "kernel" : "step", event.index}};
  std::string name = kernel ? "kernel " + std::to_string(event.index) : "wait";
  if (kernel && event.index < kernels.size()) {
    const snc_kernel_info &info = *kernels[event.index];
    name = info.name;
    args["op"] = info.op;
    args["flops"] = info.flops;
    args["bytes"] = info.bytes;
  }
  return {{"ph", "X"},
          {"name", name},
          {"cat", kernel ? "kernel" : "wait"},
          {"pid", 1},
          {"tid", laneOf(event)},
          {"ts", double(event.begin_ns - origin) * 1e-3},
          {"dur", double(event.end_ns - event.begin_ns) * 1e-3},
          {"args", args}};
}

Json traceJson(const std::vector<snc_trace_event> &events,
               const std::vector<const snc_kernel_info *> &kernels) {
  std::vector<snc_trace_event> shown;
  std::set<uint32_t> lanes;
  for (const snc_trace_event &event : events)
    if (event.kind == SNC_TRACE_KERNEL || event.kind == SNC_TRACE_WAIT) {
      shown.push_back(event);
      lanes.insert(laneOf(event));
    }
  std::sort(shown.begin(), shown.end(),
            [](const auto &a, const auto &b) { return a.begin_ns < b.begin_ns; });
  Json list = Json::array();
  for (uint32_t lane : lanes)
    list.push_back(laneName(lane));
  for (const snc_trace_event &event : shown)
    list.push_back(span(event, shown.front().begin_ns, kernels));
  return {{"displayTimeUnit", "ns"}, {"traceEvents", std::move(list)}};
}

void writeTrace(const LoadedLibrary &library, const snc_options &base, const std::string &file) {
  TraceRecorder recorder;
  snc_options options = base;
  recorder.listen(options);
  Session session(library, options);
  session.fillRandom(1);
  for (int run = 0; run < 3; ++run) {
    recorder.take();
    session.run();
  }
  // Names of nodes are the model's: any bytes.
  std::ofstream out(file);
  out << traceJson(recorder.take(), RunningKernels(library, session.device()).list())
             .dump(1, ' ', false, Json::error_handler_t::replace)
      << "\n";
  if (!out.flush())
    throw RunError(file + ": cannot write this file");
}

} // namespace snc::run
