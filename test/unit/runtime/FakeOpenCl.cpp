// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpenCL 1.2 as far as the runtime uses it, over FakeGpu.
#include "FakeGpu.h"

#include "runtime/opencl_api.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <utility>

using namespace snc::test;

namespace {

struct Object {
  virtual ~Object() = default;
};
struct Device : Object {
  std::string name, platform;
};
struct Platform : Object {
  std::vector<std::unique_ptr<Device>> devices;
  std::string name;
};
struct ClContext : Object {};
struct Queue : Object {
  FakeQueue queue;
  uint64_t properties = 0;
};
struct Memory : Object {
  std::vector<uint8_t> own;
  uint8_t *bytes = nullptr;
  size_t size = 0;
  void *mapped = nullptr;
  bool hostPtr = false; // ALLOC_HOST_PTR
  ~Memory() override {
    fakeGpu().give(own.size());
    if (mapped)
      fakeGpu().unpin(mapped);
  }
};
struct Program : Object {
  std::string source;
  bool built = false;
};
struct Kernel : Object {
  FakeKernel run = nullptr;
  FakeArgs args;
};
struct Event : Object {
  FakeEventPtr event;
};

// The one set of platforms, made anew where the test wants others. Not counted.
std::vector<std::unique_ptr<Platform>> &platforms() {
  static std::vector<std::unique_ptr<Platform>> all;
  return all;
}

template <typename T> T *as(snc_cl object) {
  auto *found = dynamic_cast<T *>(reinterpret_cast<Object *>(object));
  EXPECT_NE(found, nullptr);
  return found;
}
template <typename T> T *counted(snc_cl object) {
  EXPECT_TRUE(fakeGpu().alive(object));
  return as<T>(object);
}
template <typename T> snc_cl make(std::unique_ptr<T> object) {
  auto *handle = reinterpret_cast<snc_cl>(static_cast<Object *>(object.release()));
  fakeGpu().born(handle);
  return handle;
}
int32_t destroy(snc_cl object) {
  EXPECT_TRUE(fakeGpu().died(object));
  delete reinterpret_cast<Object *>(object);
  return 0;
}

int32_t give(const void *value, size_t bytes, size_t room, void *to, size_t *needed) {
  if (needed)
    *needed = bytes;
  if (to && room < bytes)
    return -30;
  if (to)
    memcpy(to, value, bytes);
  return 0;
}
int32_t give(const std::string &text, size_t room, void *to, size_t *needed) {
  return give(text.c_str(), text.size() + 1, room, to, needed);
}

#define FAIL_IF_ASKED(name)                                                                        \
  if (int error = fakeGpu().called("cl" #name))                                                    \
  return error
#define FAIL_OBJECT_IF_ASKED(name)                                                                 \
  if ((*error = fakeGpu().called("cl" #name)))                                                     \
  return nullptr

int32_t GetPlatformIDs(uint32_t room, snc_cl *out, uint32_t *count) {
  FAIL_IF_ASKED(GetPlatformIDs);
  static std::mutex mutex;
  static std::vector<std::vector<std::string>> made;
  std::lock_guard lock(mutex);
  bool same = made == fakeGpu().platforms;
  if (!same)
    platforms().clear();
  made = fakeGpu().platforms;
  for (const auto &names : made) {
    if (same)
      break; // others may be using them
    auto platform = std::make_unique<Platform>();
    platform->name = "Platform " + std::to_string(platforms().size());
    for (const std::string &name : names) {
      platform->devices.push_back(std::make_unique<Device>());
      platform->devices.back()->name = name;
    }
    platforms().push_back(std::move(platform));
  }
  *count = uint32_t(platforms().size());
  for (uint32_t i = 0; i < std::min(room, *count); ++i)
    out[i] = reinterpret_cast<snc_cl>(static_cast<Object *>(platforms()[i].get()));
  return *count ? 0 : -1001;
}

int32_t GetPlatformInfo(snc_cl platform, uint32_t what, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetPlatformInfo);
  EXPECT_EQ(what, uint32_t(SNC_CL_PLATFORM_NAME));
  return give(as<Platform>(platform)->name, room, to, needed);
}

int32_t GetDeviceIDs(snc_cl platform, uint64_t, uint32_t room, snc_cl *out, uint32_t *count) {
  FAIL_IF_ASKED(GetDeviceIDs);
  auto &devices = as<Platform>(platform)->devices;
  *count = uint32_t(devices.size());
  for (uint32_t i = 0; i < std::min(room, *count); ++i)
    out[i] = reinterpret_cast<snc_cl>(static_cast<Object *>(devices[i].get()));
  return *count ? 0 : SNC_CL_DEVICE_NOT_FOUND;
}

int32_t GetDeviceInfo(snc_cl device, uint32_t what, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetDeviceInfo);
  uint64_t type = fakeGpu().gpus ? SNC_CL_DEVICE_TYPE_GPU : 2, constant = 65536;
  uint32_t args = 8, unified = fakeGpu().unified;
  switch (what) {
  case SNC_CL_DEVICE_NAME:
    return give(as<Device>(device)->name, room, to, needed);
  case SNC_CL_DRIVER_VERSION:
    return give(std::string("1.0"), room, to, needed);
  case SNC_CL_DEVICE_VERSION:
    return give(std::string("OpenCL 1.2 fake"), room, to, needed);
  case SNC_CL_DEVICE_HOST_UNIFIED_MEMORY:
    return give(&unified, sizeof unified, room, to, needed);
  case SNC_CL_DEVICE_TYPE:
    return give(&type, sizeof type, room, to, needed);
  case SNC_CL_DEVICE_MEM_BASE_ADDR_ALIGN:
    return give(&fakeGpu().alignmentBits, 4, room, to, needed);
  case SNC_CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE:
    return give(&constant, sizeof constant, room, to, needed);
  case SNC_CL_DEVICE_MAX_CONSTANT_ARGS:
    return give(&args, sizeof args, room, to, needed);
  default:
    return -30;
  }
}

snc_cl CreateContext(const intptr_t *, uint32_t, const snc_cl *,
                     void (*)(const char *, const void *, size_t, void *), void *, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateContext);
  return make(std::make_unique<ClContext>());
}
int32_t ReleaseContext(snc_cl context) {
  FAIL_IF_ASKED(ReleaseContext);
  counted<ClContext>(context);
  return destroy(context);
}

snc_cl CreateCommandQueue(snc_cl context, snc_cl, uint64_t properties, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateCommandQueue);
  counted<ClContext>(context);
  auto queue = std::make_unique<Queue>();
  queue->properties = properties;
  return make(std::move(queue));
}
int32_t ReleaseCommandQueue(snc_cl queue) {
  FAIL_IF_ASKED(ReleaseCommandQueue);
  counted<Queue>(queue);
  return destroy(queue);
}
int32_t GetCommandQueueInfo(snc_cl queue, uint32_t what, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetCommandQueueInfo);
  if (what == SNC_CL_QUEUE_PROPERTIES)
    return give(&counted<Queue>(queue)->properties, 8, room, to, needed);
  EXPECT_EQ(what, uint32_t(SNC_CL_QUEUE_DEVICE));
  auto device =
      reinterpret_cast<snc_cl>(static_cast<Object *>(platforms().at(0)->devices.at(0).get()));
  return give(&device, sizeof device, room, to, needed);
}

// One for the host has no memory but while it is mapped, which no kernel needs then.
snc_cl CreateBuffer(snc_cl context, uint64_t flags, size_t bytes, void *, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateBuffer);
  counted<ClContext>(context);
  auto memory = std::make_unique<Memory>();
  memory->size = bytes;
  memory->hostPtr = flags & SNC_CL_MEM_ALLOC_HOST_PTR;
  if (memory->hostPtr && !fakeGpu().unified)
    return make(std::move(memory));
  EXPECT_EQ(memory->hostPtr, fakeGpu().unified);
  if (!fakeGpu().take(bytes)) {
    *error = SNC_CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return nullptr;
  }
  memory->own.assign(bytes, 0xcd);
  memory->bytes = memory->own.data();
  return make(std::move(memory));
}
void *EnqueueMapBuffer(snc_cl queue, snc_cl memory, uint32_t wait, uint64_t flags, size_t offset,
                       size_t bytes, uint32_t, const snc_cl *, snc_cl *, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(EnqueueMapBuffer);
  counted<Queue>(queue);
  Memory *m = counted<Memory>(memory);
  EXPECT_TRUE(m->hostPtr && !m->mapped && wait && flags == SNC_CL_MAP_READ_WRITE);
  EXPECT_TRUE(offset == 0 && bytes == m->size);
  return m->mapped = fakeGpu().pin(bytes);
}
int32_t EnqueueUnmapMemObject(snc_cl queue, snc_cl memory, void *host, uint32_t, const snc_cl *,
                              snc_cl *) {
  FAIL_IF_ASKED(EnqueueUnmapMemObject);
  counted<Queue>(queue);
  Memory *m = counted<Memory>(memory);
  EXPECT_EQ(m->mapped, host);
  EXPECT_TRUE(fakeGpu().unpin(host));
  m->mapped = nullptr;
  return 0;
}
snc_cl CreateSubBuffer(snc_cl parent, uint64_t, uint32_t, const void *info, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateSubBuffer);
  const auto *region = static_cast<const snc_cl_region *>(info);
  Memory *whole = counted<Memory>(parent);
  EXPECT_EQ(region->origin % (fakeGpu().alignmentBits / 8), 0u);
  EXPECT_LE(region->origin + region->size, whole->size);
  auto memory = std::make_unique<Memory>();
  memory->bytes = whole->bytes + region->origin;
  memory->size = region->size;
  return make(std::move(memory));
}
int32_t ReleaseMemObject(snc_cl memory) {
  FAIL_IF_ASKED(ReleaseMemObject);
  counted<Memory>(memory);
  return destroy(memory);
}

snc_cl CreateProgramWithSource(snc_cl context, uint32_t count, const char **text,
                               const size_t *bytes, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateProgramWithSource);
  counted<ClContext>(context);
  EXPECT_EQ(count, 1u);
  auto program = std::make_unique<Program>();
  program->source.assign(text[0], bytes[0]);
  return make(std::move(program));
}
snc_cl CreateProgramWithBinary(snc_cl context, uint32_t, const snc_cl *, const size_t *bytes,
                               const uint8_t **binary, int32_t *taken, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateProgramWithBinary);
  counted<ClContext>(context);
  std::string text(reinterpret_cast<const char *>(binary[0]), bytes[0]);
  if (text.compare(0, 4, "BIN:") != 0) {
    *taken = *error = -42;
    return nullptr;
  }
  *taken = 0;
  auto program = std::make_unique<Program>();
  program->source = text.substr(4);
  return make(std::move(program));
}
int32_t BuildProgram(snc_cl program, uint32_t, const snc_cl *, const char *options,
                     void (*)(snc_cl, void *), void *) {
  FAIL_IF_ASKED(BuildProgram);
  EXPECT_NE(std::string(options).find("-D MAX_CONSTANT_ARGS="), std::string::npos);
  if (counted<Program>(program)->source.find("#error") != std::string::npos)
    return -11;
  counted<Program>(program)->built = true;
  return 0;
}
int32_t GetProgramInfo(snc_cl program, uint32_t what, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetProgramInfo);
  std::string binary = "BIN:" + counted<Program>(program)->source;
  size_t bytes = binary.size();
  if (what == SNC_CL_PROGRAM_BINARY_SIZES)
    return give(&bytes, sizeof bytes, room, to, needed);
  EXPECT_EQ(what, uint32_t(SNC_CL_PROGRAM_BINARIES));
  memcpy(*static_cast<void **>(to), binary.data(), bytes);
  return 0;
}
int32_t GetProgramBuildInfo(snc_cl, snc_cl, uint32_t, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetProgramBuildInfo);
  return give(std::string("line 1: no\nline 2: never"), room, to, needed);
}
int32_t ReleaseProgram(snc_cl program) {
  FAIL_IF_ASKED(ReleaseProgram);
  counted<Program>(program);
  return destroy(program);
}

snc_cl CreateKernel(snc_cl program, const char *entry, int32_t *error) {
  FAIL_OBJECT_IF_ASKED(CreateKernel);
  Program *p = counted<Program>(program);
  EXPECT_TRUE(p->built);
  auto kernel = std::make_unique<Kernel>();
  kernel->run = fakeKernel(entry);
  if (!kernel->run || p->source.find(std::string("void ") + entry) == std::string::npos) {
    *error = -46;
    return nullptr;
  }
  return make(std::move(kernel));
}
int32_t SetKernelArg(snc_cl kernel, uint32_t i, size_t bytes, const void *value) {
  FAIL_IF_ASKED(SetKernelArg);
  auto &values = counted<Kernel>(kernel)->args.values;
  values.resize(std::max<size_t>(values.size(), i + 1));
  values[i].assign(value ? bytes : 0, 0);
  snc_cl memory = nullptr;
  if (value && bytes == sizeof memory)
    memcpy(&memory, value, bytes);
  if (memory && fakeGpu().alive(memory))                         /* a buffer */
    memcpy(values[i].data(), &as<Memory>(memory)->bytes, bytes); /* null for one of the host */
  else if (value)
    memcpy(values[i].data(), value, bytes);
  return 0;
}
int32_t ReleaseKernel(snc_cl kernel) {
  FAIL_IF_ASKED(ReleaseKernel);
  counted<Kernel>(kernel);
  return destroy(kernel);
}

int32_t enqueue(snc_cl queue, snc_cl *event, bool wait, std::function<void()> command) {
  FakeEventPtr done = counted<Queue>(queue)->queue.enqueue(std::move(command));
  if (event) {
    auto made = std::make_unique<Event>();
    made->event = done;
    *event = make(std::move(made));
  }
  return wait ? done->wait() : 0;
}

int32_t EnqueueNDRangeKernel(snc_cl queue, snc_cl kernel, uint32_t dims, const size_t *,
                             const size_t *global, const size_t *local, uint32_t, const snc_cl *,
                             snc_cl *event) {
  FAIL_IF_ASKED(EnqueueNDRangeKernel);
  EXPECT_EQ(dims, 3u);
  for (int d = 0; d < 3; ++d)
    EXPECT_EQ(global[d] % local[d], 0u);
  Kernel *k = counted<Kernel>(kernel);
  size_t threads = global[0] * global[1] * global[2];
  return enqueue(queue, event, false,
                 [run = k->run, args = k->args, threads] { run(args, threads); });
}

int32_t EnqueueWriteBuffer(snc_cl queue, snc_cl memory, uint32_t wait, size_t offset, size_t bytes,
                           const void *host, uint32_t, const snc_cl *, snc_cl *event) {
  FAIL_IF_ASKED(EnqueueWriteBuffer);
  fakeGpu().copies(host);
  Memory *m = counted<Memory>(memory);
  EXPECT_LE(offset + bytes, m->size);
  return enqueue(queue, event, wait,
                 [to = m->bytes + offset, host, bytes] { memcpy(to, host, bytes); });
}
int32_t EnqueueReadBuffer(snc_cl queue, snc_cl memory, uint32_t wait, size_t offset, size_t bytes,
                          void *host, uint32_t, const snc_cl *, snc_cl *event) {
  FAIL_IF_ASKED(EnqueueReadBuffer);
  fakeGpu().copies(host);
  Memory *m = counted<Memory>(memory);
  EXPECT_LE(offset + bytes, m->size);
  return enqueue(queue, event, wait,
                 [from = m->bytes + offset, host, bytes] { memcpy(host, from, bytes); });
}

// Copies rows; the last one ends inside the device's memory.
int32_t copyRows(snc_cl queue, snc_cl memory, const size_t *region, size_t devicePitch,
                 size_t hostPitch, uint8_t *host, bool toDevice, snc_cl *event) {
  Memory *m = counted<Memory>(memory);
  fakeGpu().copies(host);
  EXPECT_LE((region[1] - 1) * devicePitch + region[0], m->size);
  EXPECT_TRUE(devicePitch >= region[0] && hostPitch >= region[0] && region[2] == 1);
  size_t width = region[0], rows = region[1];
  return enqueue(queue, event, false, [=, device = m->bytes] {
    for (size_t r = 0; r < rows; ++r)
      memcpy(toDevice ? device + r * devicePitch : host + r * hostPitch,
             toDevice ? host + r * hostPitch : device + r * devicePitch, width);
  });
}
int32_t EnqueueWriteBufferRect(snc_cl queue, snc_cl memory, uint32_t, const size_t *,
                               const size_t *, const size_t *region, size_t devicePitch, size_t,
                               size_t hostPitch, size_t, const void *host, uint32_t, const snc_cl *,
                               snc_cl *event) {
  FAIL_IF_ASKED(EnqueueWriteBufferRect);
  return copyRows(queue, memory, region, devicePitch, hostPitch,
                  static_cast<uint8_t *>(const_cast<void *>(host)), true, event);
}
int32_t EnqueueReadBufferRect(snc_cl queue, snc_cl memory, uint32_t, const size_t *, const size_t *,
                              const size_t *region, size_t devicePitch, size_t, size_t hostPitch,
                              size_t, void *host, uint32_t, const snc_cl *, snc_cl *event) {
  FAIL_IF_ASKED(EnqueueReadBufferRect);
  return copyRows(queue, memory, region, devicePitch, hostPitch, static_cast<uint8_t *>(host),
                  false, event);
}
int32_t EnqueueMarkerWithWaitList(snc_cl queue, uint32_t, const snc_cl *, snc_cl *event) {
  FAIL_IF_ASKED(EnqueueMarkerWithWaitList);
  return enqueue(queue, event, false, [] {});
}

int32_t Flush(snc_cl queue) {
  FAIL_IF_ASKED(Flush);
  counted<Queue>(queue);
  return 0;
}
int32_t Finish(snc_cl queue) {
  FAIL_IF_ASKED(Finish);
  return counted<Queue>(queue)->queue.finish();
}
int32_t WaitForEvents(uint32_t count, const snc_cl *events) {
  FAIL_IF_ASKED(WaitForEvents);
  int worst = 0;
  for (uint32_t i = 0; i < count; ++i)
    worst = std::min(worst, counted<Event>(events[i])->event->wait());
  return worst ? -14 : 0;
}
int32_t GetEventInfo(snc_cl event, uint32_t what, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetEventInfo);
  EXPECT_EQ(what, uint32_t(SNC_CL_EVENT_STATUS));
  FakeEvent &e = *counted<Event>(event)->event;
  std::lock_guard lock(e.mutex);
  return give(&e.state, sizeof e.state, room, to, needed);
}
int32_t GetEventProfilingInfo(snc_cl event, uint32_t what, size_t room, void *to, size_t *needed) {
  FAIL_IF_ASKED(GetEventProfilingInfo);
  FakeEvent &e = *counted<Event>(event)->event;
  std::lock_guard lock(e.mutex);
  // A clock of its own.
  uint64_t ns = what == SNC_CL_PROFILING_QUEUED  ? e.queued
                : what == SNC_CL_PROFILING_START ? e.begin
                                                 : e.end;
  ns -= 123456789;
  return give(&ns, sizeof ns, room, to, needed);
}
int32_t ReleaseEvent(snc_cl event) {
  FAIL_IF_ASKED(ReleaseEvent);
  counted<Event>(event);
  return destroy(event);
}

} // namespace

void *snc::test::fakeOpenClFunction(const char *name) {
#define FUNCTION(result, function, parameters)                                                     \
  if (!strcmp(name, "cl" #function))                                                               \
    return reinterpret_cast<void *>(static_cast<result(*) parameters>(function));
  SNC_CL_FUNCTIONS(FUNCTION)
  SNC_CL_HOST_FUNCTIONS(FUNCTION)
  return nullptr;
}
