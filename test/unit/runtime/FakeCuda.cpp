// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CUDA's driver interface as far as the runtime uses it, over FakeGpu. It checks what the
// real one asks: a current context for nearly all calls, a zero behind PTX.
#include "FakeGpu.h"

#include "runtime/cuda_api.h"

#include <gtest/gtest.h>

using namespace snc::test;

namespace {

struct Stream {
  FakeQueue queue;
};
struct Module {
  std::string ptx;
};
struct Function {
  FakeKernel run;
};
struct Event {
  std::mutex mutex;
  FakeEventPtr last;
  uint32_t flags;
  FakeEventPtr now() {
    std::lock_guard lock(mutex);
    return last;
  }
};

char primary; // the context
std::atomic<int> retained{0};
thread_local std::vector<snc_cu> current;

constexpr int kInvalidContext = 201;

#define FAIL_IF_ASKED(name)                                                                        \
  if (int error = fakeGpu().called(name))                                                          \
  return error
#define NEED_CONTEXT                                                                               \
  if (current.empty() || !retained)                                                                \
  return kInvalidContext

template <typename T> snc_cu make(T *object) {
  fakeGpu().born(object);
  return reinterpret_cast<snc_cu>(object);
}
template <typename T> T *counted(snc_cu object) {
  EXPECT_TRUE(fakeGpu().alive(object));
  return reinterpret_cast<T *>(object);
}
template <typename T> int destroy(snc_cu object) {
  EXPECT_TRUE(fakeGpu().died(object));
  delete reinterpret_cast<T *>(object);
  return 0;
}

std::vector<std::string> devices() {
  std::vector<std::string> all;
  for (const auto &platform : fakeGpu().platforms)
    all.insert(all.end(), platform.begin(), platform.end());
  return all;
}

int Init(uint32_t) {
  FAIL_IF_ASKED("cuInit");
  return 0;
}
int DeviceGetCount(int32_t *count) {
  FAIL_IF_ASKED("cuDeviceGetCount");
  *count = int32_t(devices().size());
  return 0;
}
int DeviceGet(int32_t *device, int32_t i) {
  FAIL_IF_ASKED("cuDeviceGet");
  *device = i + 7;
  return 0;
}
int DeviceGetName(char *name, int32_t room, int32_t device) {
  FAIL_IF_ASKED("cuDeviceGetName");
  snprintf(name, size_t(room), "%s", devices().at(size_t(device - 7)).c_str());
  return 0;
}
int PrimaryCtxRetain(snc_cu *context, int32_t) {
  FAIL_IF_ASKED("cuDevicePrimaryCtxRetain");
  ++retained;
  fakeGpu().born(&primary);
  *context = reinterpret_cast<snc_cu>(&primary);
  return 0;
}
int PrimaryCtxRelease(int32_t) {
  FAIL_IF_ASKED("cuDevicePrimaryCtxRelease_v2");
  --retained;
  EXPECT_TRUE(fakeGpu().died(&primary));
  return 0;
}
int CtxPushCurrent(snc_cu context) {
  FAIL_IF_ASKED("cuCtxPushCurrent_v2");
  EXPECT_EQ(reinterpret_cast<char *>(context), &primary);
  current.push_back(context);
  return 0;
}
int CtxPopCurrent(snc_cu *context) {
  NEED_CONTEXT;
  *context = current.back();
  current.pop_back();
  FAIL_IF_ASKED("cuCtxPopCurrent_v2");
  return 0;
}
int CtxGetDevice(int32_t *device) {
  FAIL_IF_ASKED("cuCtxGetDevice");
  NEED_CONTEXT;
  *device = 7;
  return 0;
}
int StreamCreate(snc_cu *stream, uint32_t) {
  FAIL_IF_ASKED("cuStreamCreate");
  NEED_CONTEXT;
  *stream = make(new Stream);
  return 0;
}
int StreamDestroy(snc_cu stream) {
  FAIL_IF_ASKED("cuStreamDestroy_v2");
  NEED_CONTEXT;
  return destroy<Stream>(stream);
}
int StreamSynchronize(snc_cu stream) {
  FAIL_IF_ASKED("cuStreamSynchronize");
  NEED_CONTEXT;
  return counted<Stream>(stream)->queue.finish() ? 719 : 0;
}

std::mutex sizesMutex;
std::map<uint64_t, size_t> sizes; // of device memory

int MemAlloc(uint64_t *memory, size_t bytes) {
  FAIL_IF_ASKED("cuMemAlloc_v2");
  NEED_CONTEXT;
  if (!fakeGpu().take(bytes))
    return SNC_CU_OUT_OF_MEMORY;
  auto *made = new uint8_t[bytes];
  memset(made, 0xcd, bytes);
  fakeGpu().born(made);
  *memory = uint64_t(made);
  std::lock_guard lock(sizesMutex);
  sizes[*memory] = bytes;
  return 0;
}
int MemFree(uint64_t memory) {
  FAIL_IF_ASKED("cuMemFree_v2");
  NEED_CONTEXT;
  EXPECT_TRUE(fakeGpu().died(reinterpret_cast<void *>(memory)));
  delete[] reinterpret_cast<uint8_t *>(memory);
  std::lock_guard lock(sizesMutex);
  fakeGpu().give(sizes[memory]);
  sizes.erase(memory);
  return 0;
}
int DeviceGetAttribute(int32_t *value, int32_t attribute, int32_t device) {
  FAIL_IF_ASKED("cuDeviceGetAttribute");
  EXPECT_EQ(attribute, SNC_CU_DEVICE_INTEGRATED);
  EXPECT_TRUE(device >= 7 && size_t(device - 7) < devices().size());
  *value = fakeGpu().unified;
  return 0;
}
int MemHostAlloc(void **memory, size_t bytes, uint32_t flags) {
  FAIL_IF_ASKED("cuMemHostAlloc");
  NEED_CONTEXT;
  EXPECT_EQ(flags, 0u);
  *memory = fakeGpu().pin(bytes);
  return 0;
}
int MemFreeHost(void *memory) {
  FAIL_IF_ASKED("cuMemFreeHost");
  NEED_CONTEXT;
  EXPECT_TRUE(fakeGpu().unpin(memory));
  return 0;
}

int enqueue(snc_cu stream, std::function<void()> command) {
  counted<Stream>(stream)->queue.enqueue(std::move(command));
  return 0;
}
int MemcpyHtoDAsync(uint64_t to, const void *from, size_t bytes, snc_cu stream) {
  FAIL_IF_ASKED("cuMemcpyHtoDAsync_v2");
  NEED_CONTEXT;
  fakeGpu().copies(from);
  return enqueue(stream, [=] { memcpy(reinterpret_cast<void *>(to), from, bytes); });
}
int MemcpyDtoHAsync(void *to, uint64_t from, size_t bytes, snc_cu stream) {
  FAIL_IF_ASKED("cuMemcpyDtoHAsync_v2");
  NEED_CONTEXT;
  fakeGpu().copies(to);
  return enqueue(stream, [=] { memcpy(to, reinterpret_cast<void *>(from), bytes); });
}
int Memcpy2DAsync(const snc_cu_copy_2d *given, snc_cu stream) {
  FAIL_IF_ASKED("cuMemcpy2DAsync_v2");
  NEED_CONTEXT;
  snc_cu_copy_2d c = *given;
  fakeGpu().copies(c.from_type == SNC_CU_MEMORY_HOST ? c.from_host : c.to_host);
  auto place = [](uint32_t type, const void *host, uint64_t device) {
    return type == SNC_CU_MEMORY_HOST ? uint64_t(host) : device;
  };
  EXPECT_NE(c.from_type, c.to_type);
  EXPECT_TRUE(c.from_pitch >= c.width && c.to_pitch >= c.width);
  uint64_t from = place(c.from_type, c.from_host, c.from_device) + c.from_x;
  uint64_t to = place(c.to_type, c.to_host, c.to_device) + c.to_x;
  return enqueue(stream, [=] {
    for (size_t r = 0; r < c.height; ++r)
      memcpy(reinterpret_cast<void *>(to + r * c.to_pitch),
             reinterpret_cast<void *>(from + r * c.from_pitch), c.width);
  });
}

int ModuleLoadDataEx(snc_cu *module, const void *ptx, uint32_t count, const int32_t *options,
                     void **values) {
  FAIL_IF_ASKED("cuModuleLoadDataEx");
  NEED_CONTEXT;
  std::string text(static_cast<const char *>(ptx));
  if (text.find("#error") != std::string::npos) {
    for (uint32_t i = 0; i < count; ++i)
      if (options[i] == SNC_CU_JIT_ERROR_LOG_BUFFER)
        strcpy(static_cast<char *>(values[i]), "line 1: no\nline 2: never");
    return 218;
  }
  *module = make(new Module{text});
  return 0;
}
int ModuleUnload(snc_cu module) {
  FAIL_IF_ASKED("cuModuleUnload");
  NEED_CONTEXT;
  return destroy<Module>(module);
}
int ModuleGetFunction(snc_cu *function, snc_cu module, const char *entry) {
  FAIL_IF_ASKED("cuModuleGetFunction");
  NEED_CONTEXT;
  static std::map<std::string, Function> functions; // as long as the test
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  bool there = counted<Module>(module)->ptx.find(std::string("void ") + entry) != std::string::npos;
  if (!there || !fakeKernel(entry))
    return 500;
  *function = reinterpret_cast<snc_cu>(
      &functions.try_emplace(entry, Function{fakeKernel(entry)}).first->second);
  return 0;
}
int FuncSetAttribute(snc_cu, int32_t what, int32_t) {
  FAIL_IF_ASKED("cuFuncSetAttribute");
  NEED_CONTEXT;
  return what == SNC_CU_FUNCTION_MAX_SHARED_BYTES ? 0 : 1;
}
// The kernels of the tests take at most four arguments, each in eight bytes or less.
int LaunchKernel(snc_cu function, uint32_t bx, uint32_t by, uint32_t bz, uint32_t tx, uint32_t ty,
                 uint32_t tz, uint32_t, snc_cu stream, void **parameters, void **) {
  FAIL_IF_ASKED("cuLaunchKernel");
  NEED_CONTEXT;
  FakeKernel run = reinterpret_cast<Function *>(function)->run;
  FakeArgs args;
  size_t count = run == fakeKernel("set_all") ? 2 : 3;
  for (size_t i = 0; i < count; ++i) {
    const auto *bytes = static_cast<const uint8_t *>(parameters[i]);
    args.values.emplace_back(bytes, bytes + 8);
  }
  size_t threads = size_t(bx) * by * bz * tx * ty * tz;
  return enqueue(stream, [=] { run(args, threads); });
}

int EventCreate(snc_cu *event, uint32_t flags) {
  FAIL_IF_ASKED("cuEventCreate");
  NEED_CONTEXT;
  auto *made = new Event;
  made->flags = flags;
  *event = make(made);
  return 0;
}
int EventDestroy(snc_cu event) {
  FAIL_IF_ASKED("cuEventDestroy_v2");
  NEED_CONTEXT;
  return destroy<Event>(event);
}
int EventRecord(snc_cu event, snc_cu stream) {
  FAIL_IF_ASKED("cuEventRecord");
  NEED_CONTEXT;
  auto *e = counted<Event>(event);
  FakeEventPtr last = counted<Stream>(stream)->queue.enqueue([] {});
  std::lock_guard lock(e->mutex);
  e->last = last;
  return 0;
}
int EventQuery(snc_cu event) {
  FAIL_IF_ASKED("cuEventQuery");
  NEED_CONTEXT;
  FakeEventPtr last = counted<Event>(event)->now();
  std::lock_guard lock(last->mutex);
  return last->state == 1 ? SNC_CU_NOT_READY : last->state < 0 ? 719 : 0;
}
int EventSynchronize(snc_cu event) {
  FAIL_IF_ASKED("cuEventSynchronize");
  NEED_CONTEXT;
  return counted<Event>(event)->now()->wait() ? 719 : 0;
}
int EventElapsedTime(float *ms, snc_cu from, snc_cu to) {
  FAIL_IF_ASKED("cuEventElapsedTime");
  NEED_CONTEXT;
  EXPECT_FALSE(counted<Event>(from)->flags & SNC_CU_EVENT_DISABLE_TIMING);
  *ms = float(counted<Event>(to)->now()->end - counted<Event>(from)->now()->end) * 1e-6f;
  return 0;
}

} // namespace

void *snc::test::fakeCudaFunction(const char *wanted) {
#define FUNCTION(member, name, parameters)                                                         \
  if (!strcmp(wanted, name))                                                                       \
    return reinterpret_cast<void *>(static_cast<int32_t(*) parameters>(member));
  SNC_CU_FUNCTIONS(FUNCTION)
  SNC_CU_HOST_FUNCTIONS(FUNCTION)
  return nullptr;
}
