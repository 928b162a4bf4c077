// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hand-made models of CPU and GPU units. Each step makes a tensor of kElements numbers from
// its own number, the tensors of the steps it waits for and that of the step before it on
// its unit; the first also from input 0. The last step's tensor is the output. Fallback:
// one step that computes all of it on the CPU.
#pragma once

#include "FakeGpu.h"
#include "StepModel.h"

#include <string>

namespace snc::test {

inline constexpr uint32_t kElements = 200;
inline constexpr uint64_t kTensorBytes = 1024; // a multiple of both arenas' alignment
using Tensor = std::vector<uint32_t>;

// Of the library's kernels: `entry` has the OpenCL C in it.
extern const char *const kGpuSource;

enum class Api { openCl, cuda };

class GpuModel {
public:
  // One character a step, in order: its unit ('c', 'd': two CPU units, 'g': the GPU), '|' for
  // the end of a level, '/' for the end of a phase; each step waits for the steps of other
  // units in the level before. The GPU's unit is number `gpuUnit`.
  GpuModel(Api api, const std::string &steps, uint32_t gpuUnit = 1);
  GpuModel(const GpuModel &) = delete;

  snc_model &model() { return made; }
  snc_gpu_model gpu = {};
  snc_model fallback = {};
  Tensor input() const;
  // What the output must be for that input.
  Tensor expected(const Tensor &x) const;
  // The step's calls; `index` counts all steps.
  int32_t runStep(uint32_t index, snc_worker *worker, snc_buffer *buffers);
  // By way of the arena, which must not be the device's.
  int32_t runFallback(snc_buffer *buffers);

  Api api;
  const char *source = kGpuSource;
  // Told before a step runs on the CPU.
  std::function<void(uint32_t step)> onStep;
  // Called for GPU steps before they are recorded; a result ends that.
  std::function<int32_t(snc_worker *, snc_buffer *)> onRecord;
  int32_t failStep = -1; // of the CPU
  std::atomic<int> fallbackRuns{0};
  // Transfers are of rows of 8 numbers that lie further apart on the device.
  bool rows = false;
  // What the GPU's weights add, in each step: the second of two tensors in the blob.
  static constexpr uint32_t kWeight = 77;

private:
  int32_t runOnGpu(uint32_t s, snc_worker *worker, snc_buffer *buffers);
  int32_t launch(snc_worker *worker, const char *entry, std::vector<void *> args,
                 std::vector<size_t> sizes, std::vector<int8_t> isBuffer);
  int32_t move(bool up, snc_worker *worker, snc_buffer *b, uint32_t host, uint32_t device);
  std::vector<uint32_t> sources(uint32_t s) const;
  bool onGpu(uint32_t s) const { return m.steps[s].unit == gpuUnit; }
  bool awaited(uint32_t s) const;
  void describe();

  uint32_t gpuUnit;
  StepModel m;
  std::vector<snc_buffer_desc> buffers;
  std::vector<snc_buffer_desc> fallbackBuffers;
  snc_step fallbackStep = {};
  snc_tensor_info tensor = {};
  std::vector<uint8_t> weights;
  snc_model made = {};
};

// The model whose steps run; steps have no arguments that could tell.
inline GpuModel *currentModel;

// Runs with an input; the output in *out. Both live as long as this.
struct GpuRun {
  Tensor in, out = Tensor(kElements, 0xdeadbeef);
  int32_t status;
  GpuRun(const Context &context, const Tensor &in) : in(in) {
    const void *inputs[] = {this->in.data()};
    void *outputs[] = {out.data()};
    status = snc_context_run(context.get(), inputs, outputs);
  }
};

inline snc_device_info deviceInfo(const Context &context) {
  snc_device_info info;
  EXPECT_EQ(snc_context_device(context.get(), &info), SNC_OK);
  return info;
}

// What the log hook got.
struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;
  static void add(void *user, const char *line) {
    auto *log = static_cast<Log *>(user);
    std::lock_guard lock(log->mutex);
    log->lines.push_back(line);
  }
  bool has(const std::string &part) {
    std::lock_guard lock(mutex);
    for (const std::string &line : lines)
      if (line.find(part) != std::string::npos && line.find('\n') == std::string::npos)
        return true;
    return false;
  }
};

inline snc_options gpuOptions(Log &log, int32_t threads = 2, uint32_t spinUs = 20) {
  snc_options options = makeOptions(threads, spinUs);
  options.user = &log;
  options.log = Log::add;
  return options;
}

} // namespace snc::test
