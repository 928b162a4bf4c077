// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/DeviceDescription.h"

#include "nlohmann/json.hpp"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>

namespace snc {

using nlohmann::json;

namespace {
/// Thrown inside this file: what is wrong, with the member's name.
struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const json &objectAt(const json &parent, const char *name) {
  static const json none = json::object();
  auto found = parent.find(name);
  if (found == parent.end())
    return none;
  if (!found->is_object())
    throw Fault(std::string(name) + ": expected an object");
  return *found;
}

double numberOf(const json &value, const std::string &name, double least) {
  double number = value.is_number() ? value.get<double>() : NAN;
  if (!std::isfinite(number) || number < least)
    throw Fault(name + (least > 0 ? ": expected a number above 0" : ": expected a number from 0"));
  return number;
}

constexpr double kAboveZero = 1e-9;

void readNumber(const json &parent, const char *name, double least, double &into,
                const char *path = "device.") {
  if (auto found = parent.find(name); found != parent.end())
    into = numberOf(*found, std::string(path) + name, least);
}

void readText(const json &parent, const char *name, std::string &into,
              const char *path = "device.") {
  auto found = parent.find(name);
  if (found == parent.end())
    return;
  if (!found->is_string())
    throw Fault(std::string(path) + name + ": expected a string");
  into = found->get<std::string>();
}

/// {"core": x, "all": y}.
void readBandwidth(const json &device, DeviceDescription &into) {
  auto found = device.find("memory_gbps");
  if (found == device.end())
    return;
  if (!found->is_object())
    throw Fault("device.memory_gbps: expected an object");
  readNumber(*found, "core", kAboveZero, into.coreBandwidthGBs);
  readNumber(*found, "all", kAboveZero, into.totalBandwidthGBs);
}

/// {"gbps": x, "us": y} of a direction.
void readLink(const json &gpu, const char *name, double &gbs, double &us) {
  const json &link = objectAt(gpu, name);
  std::string path = std::string("device.gpu.") + name + ".";
  readNumber(link, "gbps", 0.001, gbs, path.c_str());
  readNumber(link, "us", 0, us, path.c_str());
}

void readGpu(const json &device, GpuDescription &into) {
  const json &gpu = objectAt(device, "gpu");
  const char *path = "device.gpu.";
  readText(gpu, "name", into.name, path);
  readNumber(gpu, "peak_gflops", kAboveZero, into.peakGflops, path);
  readNumber(gpu, "memory_gbps", kAboveZero, into.bandwidthGBs, path);
  readNumber(gpu, "parallelism", kAboveZero, into.parallelism, path);
  readNumber(gpu, "launch_us", 0, into.launchUs, path);
  readNumber(gpu, "sync_us", 0, into.syncUs, path);
  readLink(gpu, "upload", into.uploadGBs, into.uploadUs);
  readLink(gpu, "download", into.downloadGBs, into.downloadUs);
}

int64_t wholeNumber(const json &value, const std::string &name, int64_t most) {
  if (!value.is_number_integer() || value < 1 || value > most)
    throw Fault(name + ": expected a whole number from 1 to " + std::to_string(most));
  return value.get<int64_t>();
}

constexpr int64_t kMostCores = 1 << 20;

void readKernel(const std::string &signature, const json &kernel, DeviceDescription &device) {
  std::string name = "kernels['" + signature + "']", key;
  if (!kernel.is_object() || !kernel.contains("us"))
    throw Fault(name + ": expected an object with 'us'");
  int64_t threads = 1;
  if (auto found = kernel.find("threads"); found != kernel.end())
    threads = wholeNumber(*found, name + ".threads", kMostCores);
  key = latencyKey(signature, threads);
  if (auto found = kernel.find("device"); found != kernel.end()) {
    if (!found->is_string() || found->get<std::string>().empty())
      throw Fault(name + ".device: expected the name of an interface");
    if (*found != "cpu")
      key = latencyKey(signature, llvm::StringRef(found->get_ref<const std::string &>()));
  }
  device.latenciesUs[key] = numberOf(kernel["us"], name + ".us", 0);
}

DeviceDescription fromJson(const json &root) {
  if (!root.is_object())
    throw Fault("expected an object");
  DeviceDescription device;
  const json &given = objectAt(root, "device");
  readText(given, "cpu", device.cpu);
  readText(given, "isa", device.isa);
  if (auto cores = given.find("cores"); cores != given.end())
    device.cores = wholeNumber(*cores, "device.cores", kMostCores);
  readNumber(given, "peak_gflops", kAboveZero, device.peakGflops);
  readBandwidth(given, device);
  readNumber(given, "l2_bytes", 0, device.l2Bytes);
  readNumber(given, "l3_bytes", 0, device.l3Bytes);
  readNumber(given, "transfer_gbps", 0.001, device.transferGBs);
  readNumber(given, "sync_us", 0, device.syncUs);
  readNumber(given, "fork_us", 0, device.forkUs);
  readNumber(given, "kernel_overhead_us", 0, device.kernelOverheadUs);
  readGpu(given, device.gpu);
  for (const auto &[signature, kernel] : objectAt(root, "kernels").items())
    readKernel(signature, kernel, device);
  return device;
}
} // namespace

std::string latencyKey(llvm::StringRef signature, int64_t threads) {
  std::string ending = " t" + std::to_string(threads);
  return signature.ends_with(ending) ? signature.str() : signature.str() + ending;
}

std::string latencyKey(llvm::StringRef signature, llvm::StringRef device) {
  std::string ending = " " + device.str();
  return signature.ends_with(ending) ? signature.str() : signature.str() + ending;
}

llvm::Expected<DeviceDescription> deviceFromJson(const json &value) {
  try {
    return fromJson(value);
  } catch (const std::exception &error) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "not a file of latencies: %s",
                                   error.what());
  }
}

llvm::Expected<DeviceDescription> readDevice(llvm::StringRef path) {
  auto failure = [&](const llvm::Twine &what) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), path + ": error: " + what);
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return failure("cannot read this file: " + buffer.getError().message());
  llvm::StringRef text = (*buffer)->getBuffer();
  try {
    llvm::Expected<DeviceDescription> device =
        deviceFromJson(json::parse(text.begin(), text.end()));
    if (!device)
      return failure(llvm::toString(device.takeError()));
    return device;
  } catch (const json::exception &error) {
    return failure(llvm::Twine("not a file of latencies: ") + error.what());
  }
}

} // namespace snc
