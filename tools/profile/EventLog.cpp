// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/EventLog.h"

namespace snc::profile {

EventLog::EventLog() : lanes_(std::make_unique<std::array<Lane, SNC_MAX_THREADS>>()) {}

void EventLog::listen(snc_options &options) {
  options.user = this;
  options.trace = record;
}

void EventLog::record(void *user, const snc_trace_event *event) {
  if (event->thread < SNC_MAX_THREADS)
    (*static_cast<EventLog *>(user)->lanes_)[event->thread].events.push_back(*event);
}

const std::vector<snc_trace_event> &EventLog::take() {
  taken_.clear();
  for (Lane &lane : *lanes_) {
    taken_.insert(taken_.end(), lane.events.begin(), lane.events.end());
    lane.events.clear(); // keeps its memory
  }
  return taken_;
}

} // namespace snc::profile
