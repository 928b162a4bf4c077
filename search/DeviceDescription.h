// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a cost model knows of the machine that a library will run on: measured by
// syncnas-profile (docs/profile.md), or guessed.

#ifndef SNC_SEARCH_DEVICEDESCRIPTION_H
#define SNC_SEARCH_DEVICEDESCRIPTION_H

#include "nlohmann/json_fwd.hpp"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <map>
#include <string>

namespace snc {

/// A GPU and its link to the host. The defaults are of a middling integrated one,
/// whose copies go through the memory that both share.
struct GpuDescription {
  std::string name;           ///< as its driver tells it; empty: unknown
  double peakGflops = 400;    ///< f32 multiply-adds of all of it, counted as two
  double bandwidthGBs = 25;   ///< 1e9 bytes read from its memory in a second
  double parallelism = 16384; ///< results in work at once that keep all of it busy
  double launchUs = 5;        ///< of a kernel that does nothing, behind others in the queue
  double uploadGBs = 8;       ///< 1e9 bytes in a second to its memory
  double downloadGBs = 8;     ///< and back
  double uploadUs = 5;        ///< of a copy of few bytes, in the queue
  double downloadUs = 5;
  double syncUs = 20; ///< from a step of the host or the GPU to one of the other that waits for it
  bool half = false;  ///< kernels store halves: the compiler's choice, in no file

  bool operator==(const GpuDescription &) const = default;
};

/// The defaults are of a middling processor, with the runtime's costs as in
/// docs/runtime.md.
struct DeviceDescription {
  std::string cpu;               ///< model name; empty: unknown
  std::string isa;               ///< a target of syncnasc; empty: unknown
  int64_t cores = 1;             ///< processors that the process may use
  double peakGflops = 100;       ///< f32 multiply-adds of one core, counted as two
  double coreBandwidthGBs = 10;  ///< 1e9 bytes read from memory in a second, by one core
  double totalBandwidthGBs = 20; ///< by all cores at once
  double transferGBs = 8;        ///< 1e9 bytes that a core reads out of another's cache in a second
  double l2Bytes = 1 << 20;      ///< of one core
  double l3Bytes = 16 << 20;     ///< shared by cores; 0: none
  double syncUs = 0.15;          ///< from one unit to another that waits, spinning
  double forkUs = 0.5;           ///< two units begin and end together
  double kernelOverheadUs = 0.004; ///< of a call that does nothing
  GpuDescription gpu;
  std::map<std::string, double> latenciesUs; ///< medians by latencyKey()

  bool operator==(const DeviceDescription &) const = default;
};

/// "<signature> t<threads>": a kernel's code and how many threads run it. What
/// already ends so is left as it is.
std::string latencyKey(llvm::StringRef signature, int64_t threads);
/// "<signature> opencl": the same of a kernel on a GPU, by its interface's name.
std::string latencyKey(llvm::StringRef signature, llvm::StringRef device);

/// What a file of syncnas-profile holds. Every member is optional, unknown ones
/// are left alone; one of a wrong type or out of range is an error that names it.
llvm::Expected<DeviceDescription> deviceFromJson(const nlohmann::json &json);

/// The same from a file; errors begin with its path.
llvm::Expected<DeviceDescription> readDevice(llvm::StringRef path);

/// Name, instruction set, cores and caches of this machine, out of /proc and /sys
/// below `root`; all else, and what is not told there, is the default. Measures
/// nothing and cannot fail.
DeviceDescription deviceOfThisMachine(llvm::StringRef root = "");

} // namespace snc

#endif // SNC_SEARCH_DEVICEDESCRIPTION_H
