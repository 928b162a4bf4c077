// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machine's own limit, so that a speed can be read as a share of it.

#ifndef SNC_TOOLS_RUN_FMAPEAK_H
#define SNC_TOOLS_RUN_FMAPEAK_H

namespace snc::run {

/// f32 GFLOP/s of a loop of independent fused multiply-adds in registers, on
/// `threads` threads at once (best of several short runs, about 30 ms in all).
/// Uses the widest vectors that this machine has. x86-64 and aarch64.
double measureFmaPeak(int threads);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_FMAPEAK_H
