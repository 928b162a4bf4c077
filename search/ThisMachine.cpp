// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What Linux tells of the machine without a measurement.

#include "search/DeviceDescription.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include <algorithm>
#include <sched.h>
#include <thread>

namespace snc {

/// Without blanks around it; empty where there is no such file.
static std::string textOf(const std::string &path) {
  // /proc and /sys say that files have no size or a wrong one.
  auto buffer = llvm::MemoryBuffer::getFileAsStream(path);
  return buffer ? (*buffer)->getBuffer().trim().str() : std::string();
}

/// The value of the first line "<field> : value".
static std::string fieldOf(llvm::StringRef text, llvm::StringRef field) {
  llvm::SmallVector<llvm::StringRef> lines;
  text.split(lines, '\n');
  for (llvm::StringRef line : lines)
    if (auto [name, value] = line.split(':'); name.trim() == field)
      return value.trim().str();
  return "";
}

/// "2048K" in bytes; 0 for anything else.
static double sizeOf(llvm::StringRef text) {
  double unit = text.consume_back("K")   ? 1 << 10
                : text.consume_back("M") ? 1 << 20
                : text.consume_back("G") ? 1 << 30
                                         : 1;
  uint64_t number = 0;
  return text.getAsInteger(10, number) ? 0 : double(number) * unit;
}

static void readCaches(const std::string &root, DeviceDescription &device) {
  std::string folder = root + "/sys/devices/system/cpu/cpu0/cache/index";
  bool told = false;
  double l3 = 0;
  for (int i = 0; i < 16; ++i) {
    std::string level = textOf(folder + std::to_string(i) + "/level");
    std::string type = textOf(folder + std::to_string(i) + "/type");
    double bytes = sizeOf(textOf(folder + std::to_string(i) + "/size"));
    if (level.empty() || type == "Instruction" || bytes <= 0)
      continue;
    told = true;
    if (level == "2")
      device.l2Bytes = bytes;
    else if (level == "3")
      l3 = bytes;
  }
  if (told) // no level 3 then means that there is none
    device.l3Bytes = l3;
}

static std::string isaOf([[maybe_unused]] llvm::StringRef cpuinfo) {
#if defined(__aarch64__)
  return "aarch64-linux";
#else
  std::string flags = " " + fieldOf(cpuinfo, "flags") + " ";
  auto has = [&](const char *flag) { return flags.find(flag) != flags.npos; };
  bool avx512 = has(" avx512f ") && has(" avx512bw ") && has(" avx512dq ") && has(" avx512vl ");
  return avx512                          ? "x86-64-avx512"
         : has(" avx2 ") && has(" fma ") ? "x86-64-avx2"
         : has(" sse4_1 ")               ? "x86-64-sse41"
                                         : "";
#endif
}

static int64_t processorsAllowed() {
  cpu_set_t set; // fails beyond 1024 processors
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

DeviceDescription deviceOfThisMachine(llvm::StringRef root) {
  DeviceDescription device;
  std::string cpuinfo = textOf((root + "/proc/cpuinfo").str());
  device.cpu = fieldOf(cpuinfo, "model name");
  if (device.cpu.empty()) // aarch64 names no model
    device.cpu = llvm::sys::getHostCPUName().str();
  device.isa = isaOf(cpuinfo);
  device.cores = processorsAllowed();
  readCaches(root.str(), device);
  return device;
}

} // namespace snc
