// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A GPU made of host memory and one thread, behind OpenCL (FakeOpenCl.cpp) and CUDA
// (FakeCuda.cpp). dlopen and dlsym are wrapped by the linker, so that the runtime finds
// these instead of a driver. Any call can be made to fail, and objects are counted.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace snc::test {

// What dlopen gives for the names of driver libraries.
enum class Library { fake, none, real };

// The arguments of a launch: their bytes, or empty for shared memory. A buffer's bytes are
// its address.
struct FakeArgs {
  std::vector<std::vector<uint8_t>> values;
  template <typename T> T get(size_t i) const {
    T value;
    memcpy(&value, values.at(i).data(), sizeof value);
    return value;
  }
};
using FakeKernel = void (*)(const FakeArgs &args, size_t threads);

// When a command is done, and how.
struct FakeEvent {
  std::mutex mutex;
  std::condition_variable changed;
  int state = 1; // 1: on its way; 0: done; negative: failed
  uint64_t queued = 0, begin = 0, end = 0;
  int wait();
};
using FakeEventPtr = std::shared_ptr<FakeEvent>;

// Runs commands in order on a thread of its own.
class FakeQueue {
public:
  FakeQueue();
  ~FakeQueue();
  FakeEventPtr enqueue(std::function<void()> command);
  int finish() {
    return enqueue([] {})->wait();
  }

private:
  struct Command {
    std::function<void()> run;
    FakeEventPtr event;
  };
  void main();
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Command> commands;
  bool stop = false;
  std::thread thread;
};

class FakeGpu {
public:
  // What there is.
  Library library = Library::fake;
  std::string missing; // a function that the library lacks
  std::vector<std::vector<std::string>> platforms = {{"Fake GPU"}};
  bool gpus = true; // else they are processors
  uint64_t memory = 1u << 30;
  uint32_t alignmentBits = 4096;
  bool wantsSlowCommands = false;
  // An installed OpenCL device claims that its memory is not the host's. Not in an object: read
  // before there are any.
  static inline bool discrete = false;
  bool unified = false;  // its memory is the host's
  size_t pinnedSkew = 0; // pinned memory is so far from well aligned

  // Fails the n-th call from now on of functions with that name (1: the next), with this error.
  void failCall(const std::string &name, int nth, int error);
  // Fails the n-th command from now on, on the device; all that follow fail, too.
  void loseAt(int nth) { untilLost = nth; }
  // Back to the beginning. Nothing may be alive.
  void reset();

  // What the facades call: 0, or the error that this call is to fail with.
  int called(const std::string &name);
  int runCommand(const std::function<void()> &run);
  void born(const void *object);
  // False for what is not alive.
  bool died(const void *object);
  bool alive(const void *object);
  bool take(uint64_t bytes); // of memory
  void give(uint64_t bytes);

  // Pinned memory on the host, full of anything.
  void *pin(uint64_t bytes);
  // False for what is not pinned.
  bool unpin(void *memory);
  bool isPinned(const void *memory);
  // Is, or was since the last reset.
  bool wasPinned(const void *memory);
  // A copy reads or writes that on the host.
  void copies(const void *host);
  uint64_t pinnedBytes();
  long pinnedCopies() { return copiesOfPinned; }

  long living() { return lives; }
  long calls(const std::string &name);
  long totalCalls() { return total; }
  uint64_t used() { return usedMemory; }

private:
  std::mutex mutex;
  std::map<std::string, long> counts;
  std::map<std::string, std::pair<int, int>> failing;
  std::multiset<const void *> objects;
  std::atomic<long> lives{0}, total{0};
  std::atomic<uint64_t> usedMemory{0};
  struct Pinned {
    std::unique_ptr<uint8_t[]> memory;
    uint64_t bytes;
  };
  std::map<const uint8_t *, Pinned> pinned; // by its begin
  std::vector<Pinned> unpinned;             // kept, so that nobody else has its place
  std::atomic<long> copiesOfPinned{0};
  std::atomic<int> untilLost{0};
  std::atomic<bool> lost{false};
};

FakeGpu &fakeGpu();

// The kernel that a program with this entry has; null: none.
FakeKernel fakeKernel(const std::string &entry);

// The functions of the fake libraries by name; null: no such function.
void *fakeOpenClFunction(const char *name);
void *fakeCudaFunction(const char *name);

} // namespace snc::test
