// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/GpuDevices.h"

#include "runtime/cuda_api.h"
#include "runtime/opencl_api.h"
#include "tools/run/LoadedLibrary.h"

#include <dlfcn.h>

namespace snc::run {

namespace {
/// A driver's library; null where there is none. Never closed: drivers leave threads behind.
void *openDriver(const char *file) { return dlopen(file, RTLD_NOW | RTLD_LOCAL); }

template <typename Fn> void bind(void *driver, const std::string &name, Fn *&function) {
  function = reinterpret_cast<Fn *>(dlsym(driver, name.c_str()));
  if (!function)
    throw RunError("the GPU's driver has no " + name);
}

/// What `get(room, to)` writes, as text up to its end.
template <typename Get> std::string textOf(Get get) {
  char text[256] = {};
  if (get(sizeof text - 1, text) != 0)
    return "";
  return text;
}

/// As snc_cl_open of the runtime counts them.
std::vector<GpuDevice> listOpenCl() {
  constexpr uint32_t kMostPlatforms = 16, kMostDevices = 64;
  void *driver = openDriver("libOpenCL.so.1");
  std::vector<GpuDevice> devices;
  if (!driver)
    return devices;
  snc_cl_api cl = {};
  bind(driver, "clGetPlatformIDs", cl.GetPlatformIDs);
  bind(driver, "clGetPlatformInfo", cl.GetPlatformInfo);
  bind(driver, "clGetDeviceIDs", cl.GetDeviceIDs);
  bind(driver, "clGetDeviceInfo", cl.GetDeviceInfo);
  snc_cl platforms[kMostPlatforms], found[kMostDevices];
  uint32_t numPlatforms = 0;
  if (cl.GetPlatformIDs(kMostPlatforms, platforms, &numPlatforms) != SNC_CL_SUCCESS)
    return devices;
  bool chosen = false;
  for (uint32_t p = 0; p < std::min(numPlatforms, kMostPlatforms); ++p) {
    uint32_t count = 0, room = kMostDevices - uint32_t(devices.size());
    if (!room || cl.GetDeviceIDs(platforms[p], SNC_CL_DEVICE_TYPE_ALL, room, found, &count) !=
                     SNC_CL_SUCCESS)
      continue;
    std::string platform = textOf([&](size_t size, char *to) {
      return cl.GetPlatformInfo(platforms[p], SNC_CL_PLATFORM_NAME, size, to, nullptr);
    });
    for (uint32_t i = 0; i < std::min(count, room); ++i) {
      uint64_t type = 0;
      cl.GetDeviceInfo(found[i], SNC_CL_DEVICE_TYPE, sizeof type, &type, nullptr);
      bool first = !chosen && (type & (SNC_CL_DEVICE_TYPE_GPU | SNC_CL_DEVICE_TYPE_ACCELERATOR));
      chosen |= first;
      std::string name = textOf([&](size_t size, char *to) {
        return cl.GetDeviceInfo(found[i], SNC_CL_DEVICE_NAME, size, to, nullptr);
      });
      devices.push_back({name, platform, first});
    }
  }
  if (!chosen && !devices.empty())
    devices[0].isDefault = true;
  return devices;
}

/// As snc_cu_open of the runtime counts them.
std::vector<GpuDevice> listCuda() {
  void *driver = openDriver("libcuda.so.1");
  std::vector<GpuDevice> devices;
  if (!driver)
    return devices;
  snc_cu_api cu = {};
  bind(driver, "cuInit", cu.Init);
  bind(driver, "cuDeviceGetCount", cu.DeviceGetCount);
  bind(driver, "cuDeviceGet", cu.DeviceGet);
  bind(driver, "cuDeviceGetName", cu.DeviceGetName);
  int32_t count = 0;
  if (cu.Init(0) != SNC_CU_SUCCESS || cu.DeviceGetCount(&count) != SNC_CU_SUCCESS)
    return devices;
  for (int32_t i = 0; i < count; ++i) {
    int32_t device = 0;
    std::string name = textOf([&](size_t size, char *to) {
      int32_t error = cu.DeviceGet(&device, i);
      return error ? error : cu.DeviceGetName(to, int32_t(size), device);
    });
    devices.push_back({name, "", i == 0});
  }
  return devices;
}
} // namespace

std::vector<GpuDevice> listGpuDevices(const std::string &interface) {
  if (interface == "opencl")
    return listOpenCl();
  if (interface == "cuda")
    return listCuda();
  throw RunError("devices of " + interface + " cannot be listed");
}

} // namespace snc::run
