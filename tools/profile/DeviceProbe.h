// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this machine can do, measured.

#ifndef SNC_TOOLS_PROFILE_DEVICEPROBE_H
#define SNC_TOOLS_PROFILE_DEVICEPROBE_H

#include <nlohmann/json.hpp>

namespace snc::profile {

/// 1e9 bytes that `threads` threads read in a second from memory, together (best
/// of some passes over a buffer of 256 MiB, or of what memory is free; half a
/// second in all). Where the last cache is larger than that, it is the cache's.
/// 0 where there is no memory for it.
double measureReadBandwidth(int threads);

/// 1e9 bytes a second that one thread reads what another has just written, the
/// median of some passes over a buffer that fits their caches.
double measureTransferBandwidth();

/// The member "device" of a file of latencies: what the system tells, peak speed
/// and bandwidth; with `sync` also the costs of syncs, where there are two
/// processors. Throws RunError.
nlohmann::ordered_json measureDevice(bool sync);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_DEVICEPROBE_H
