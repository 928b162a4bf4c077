// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EventReplay.h"

namespace snc::bench {

int64_t Replay::copies() const {
  return llvm::count_if(calls, [](const ReplayedCall &call) { return call.copy; });
}

double Replay::copiedBytes() const {
  double bytes = 0;
  for (const ReplayedCall &call : calls)
    bytes += call.bytes;
  return bytes;
}

double Replay::busyUs(int64_t unit) const {
  double us = 0;
  for (const ReplayedCall &call : calls)
    if (call.unit == unit && !call.copy)
      us += call.end - call.begin;
  return us;
}

} // namespace snc::bench
