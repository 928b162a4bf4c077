// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What both fake drivers share, and the wrappers of the dynamic linker's functions.
#include "FakeGpu.h"

#include "runtime/opencl_api.h"

#include <chrono>
#include <dlfcn.h>

namespace snc::test {

static uint64_t now() {
  return uint64_t(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

int FakeEvent::wait() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return state <= 0; });
  return state;
}

FakeQueue::FakeQueue() : thread([this] { main(); }) {}

FakeQueue::~FakeQueue() {
  {
    std::lock_guard lock(mutex);
    stop = true;
  }
  changed.notify_all();
  thread.join();
}

FakeEventPtr FakeQueue::enqueue(std::function<void()> command) {
  auto event = std::make_shared<FakeEvent>();
  event->queued = now();
  {
    std::lock_guard lock(mutex);
    commands.push_back({std::move(command), event});
  }
  changed.notify_all();
  return event;
}

void FakeQueue::main() {
  for (;;) {
    Command next;
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return stop || !commands.empty(); });
      if (commands.empty())
        return;
      next = std::move(commands.front());
      commands.pop_front();
    }
    uint64_t begin = now();
    int state = fakeGpu().runCommand(next.run);
    next.run = nullptr;
    {
      std::lock_guard lock(next.event->mutex);
      next.event->begin = begin;
      next.event->end = now();
      next.event->state = state;
    }
    next.event->changed.notify_all();
  }
}

void FakeGpu::failCall(const std::string &name, int nth, int error) {
  std::lock_guard lock(mutex);
  failing[name] = {nth, error};
}

void FakeGpu::reset() {
  std::lock_guard lock(mutex);
  library = Library::fake;
  missing.clear();
  platforms = {{"Fake GPU"}};
  gpus = true;
  memory = 1u << 30;
  alignmentBits = 4096;
  wantsSlowCommands = unified = discrete = false;
  pinnedSkew = 0;
  copiesOfPinned = 0;
  unpinned.clear();
  counts.clear();
  failing.clear();
  total = 0;
  untilLost = 0;
  lost = false;
}

int FakeGpu::called(const std::string &name) {
  std::lock_guard lock(mutex);
  ++counts[name];
  ++total;
  auto found = failing.find(name);
  if (found == failing.end() || found->second.first <= 0 || --found->second.first)
    return 0;
  return found->second.second;
}

int FakeGpu::runCommand(const std::function<void()> &run) {
  if (untilLost > 0 && --untilLost == 0)
    lost = true;
  if (lost)
    return -36;
  if (wantsSlowCommands)
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  run();
  return 0;
}

void FakeGpu::born(const void *object) {
  std::lock_guard lock(mutex);
  objects.insert(object);
  ++lives;
}

bool FakeGpu::died(const void *object) {
  std::lock_guard lock(mutex);
  auto found = objects.find(object);
  if (found == objects.end())
    return false;
  objects.erase(found);
  --lives;
  return true;
}

bool FakeGpu::alive(const void *object) {
  std::lock_guard lock(mutex);
  return objects.count(object) != 0;
}

bool FakeGpu::take(uint64_t bytes) {
  if (usedMemory + bytes > memory)
    return false;
  usedMemory += bytes;
  return true;
}

void FakeGpu::give(uint64_t bytes) { usedMemory -= bytes; }

static constexpr uint64_t kPage = 4096;

void *FakeGpu::pin(uint64_t bytes) {
  std::lock_guard lock(mutex);
  auto memory = std::make_unique<uint8_t[]>(bytes + 2 * kPage);
  auto *begin = reinterpret_cast<uint8_t *>((uintptr_t(memory.get()) + kPage - 1) / kPage * kPage);
  begin += pinnedSkew;
  memset(begin, 0xcd, bytes);
  pinned[begin] = {std::move(memory), bytes};
  return begin;
}

bool FakeGpu::unpin(void *memory) {
  std::lock_guard lock(mutex);
  auto found = pinned.find(static_cast<uint8_t *>(memory));
  if (found == pinned.end())
    return false;
  unpinned.push_back(std::move(found->second));
  pinned.erase(found);
  return true;
}

bool FakeGpu::isPinned(const void *memory) {
  std::lock_guard lock(mutex);
  auto *byte = static_cast<const uint8_t *>(memory);
  auto behind = pinned.upper_bound(byte);
  return behind != pinned.begin() &&
         byte < std::prev(behind)->first + std::prev(behind)->second.bytes;
}

bool FakeGpu::wasPinned(const void *memory) {
  if (isPinned(memory))
    return true;
  std::lock_guard lock(mutex);
  auto *byte = static_cast<const uint8_t *>(memory);
  for (const Pinned &p : unpinned)
    if (byte >= p.memory.get() && byte < p.memory.get() + p.bytes + 2 * kPage)
      return true;
  return false;
}

void FakeGpu::copies(const void *host) { copiesOfPinned += isPinned(host); }

uint64_t FakeGpu::pinnedBytes() {
  std::lock_guard lock(mutex);
  uint64_t bytes = 0;
  for (const auto &[begin, p] : pinned)
    bytes += p.bytes;
  return bytes;
}

long FakeGpu::calls(const std::string &name) {
  std::lock_guard lock(mutex);
  return counts[name];
}

FakeGpu &fakeGpu() {
  static FakeGpu gpu;
  return gpu;
}

} // namespace snc::test

using snc::test::fakeGpu;
using snc::test::Library;

static char openCl, cuda; // handles

[[gnu::noinline]] static void *fakeFunction(const void *library, const char *name) {
  if (fakeGpu().missing == name)
    return nullptr;
  return library == &openCl ? snc::test::fakeOpenClFunction(name)
                            : snc::test::fakeCudaFunction(name);
}

extern "C" {
void *__real_dlopen(const char *name, int flags);
void *__real_dlsym(void *library, const char *name);

void *__wrap_dlopen(const char *name, int flags) {
  Library library = fakeGpu().library;
  if (library == Library::none)
    return nullptr;
  if (library == Library::fake && !strcmp(name, "libOpenCL.so.1"))
    return &openCl;
  if (library == Library::fake && !strcmp(name, "libcuda.so.1"))
    return &cuda;
  return __real_dlopen(name, flags);
}

using InfoFn = int32_t (*)(snc_cl, uint32_t, size_t, void *, size_t *);
static std::atomic<InfoFn> realDeviceInfo;

static int32_t discreteDeviceInfo(snc_cl device, uint32_t what, size_t room, void *to,
                                  size_t *needed) {
  int32_t error = realDeviceInfo.load()(device, what, room, to, needed);
  if (what == SNC_CL_DEVICE_HOST_UNIFIED_MEMORY && !error)
    memset(to, 0, room);
  return error;
}

[[gnu::noinline]] static void *wrapped(const char *name, void *real) {
  if (!real || strcmp(name, "clGetDeviceInfo") != 0)
    return real;
  realDeviceInfo = reinterpret_cast<InfoFn>(real);
  return reinterpret_cast<void *>(discreteDeviceInfo);
}

// Sanitizers come by before they can bear instrumented code.
__attribute__((disable_sanitizer_instrumentation)) void *__wrap_dlsym(void *library,
                                                                      const char *name) {
  if (library == &openCl || library == &cuda)
    return fakeFunction(library, name);
  void *found = __real_dlsym(library, name);
  return snc::test::FakeGpu::discrete ? wrapped(name, found) : found;
}
}
