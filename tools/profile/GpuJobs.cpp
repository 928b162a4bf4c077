// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/GpuJobs.h"

#include "tools/profile/EventLog.h"
#include "tools/profile/Profile.h"

#include <chrono>
#include <memory>

using Clock = std::chrono::steady_clock;
using snc::run::RunError;

namespace snc::profile {

void GpuRecorder::launch(const char *entry, uint32_t blocks, uint32_t threads, bool reads) {
  void *state = nullptr;
  note(api_.initialize(worker_, &state, program_.c_str(), int(program_.size() + 1)));
  size_t sizes[] = {sizeof(uint64_t), reads ? sizeof(uint64_t) : 0, 0};
  void *args[] = {reads ? in_ : out_, reads ? out_ : nullptr, nullptr};
  int8_t isBuffer[] = {1, int8_t(reads), 0};
  note(api_.run(worker_, state, entry, int(blocks), 1, 1, int(threads), 1, 1, 0, sizes, args,
                isBuffer));
}

void GpuRecorder::upload(uint64_t bytes) {
  note(snc_gpu_upload(worker_, host_, in_, bytes, 1, bytes, bytes));
}
void GpuRecorder::download(uint64_t bytes) {
  note(snc_gpu_download(worker_, in_, host_, bytes, 1, bytes, bytes));
}

namespace {
/// What the steps record; they have no argument that could tell. Steps of the GPU are
/// called in order, by _create, on its thread.
struct Recording {
  const GpuInterface *api;
  std::string program;
  const std::vector<GpuJob> *jobs;
  size_t next = 0;
};
thread_local Recording *recording;

int32_t recordStep(snc_worker *worker, snc_buffer *buffers) {
  Recording &r = *recording;
  auto number = uint32_t(r.next++);
  GpuRecorder recorder(*r.api, r.program, worker, buffers);
  r.jobs->at(number)(recorder);
  if (snc_traced(worker))
    snc_kernel_end(worker, number);
  return recorder.status();
}
int32_t nothing(snc_worker *, snc_buffer *) { return 0; }

/// Its tables lie in it, so it stays where it is.
struct Model {
  snc_buffer_desc buffers[3] = {{SNC_BASE_DEVICE_ARENA, 0, 0, 0x2002, 0},
                                {SNC_BASE_DEVICE_ARENA, 0, GpuMemory::kOut, 0x2002, 0},
                                {SNC_BASE_ARENA, 0, 0, 0x2002, 0}};
  snc_unit units[2] = {{"gpu", 1, SNC_UNIT_GPU}, {"cpu", 1, SNC_UNIT_CPU}};
  std::vector<snc_step> steps;
  std::vector<uint32_t> waits;
  snc_phase phase{};
  snc_gpu_model gpu{};
  snc_model model{};

  Model(const GpuSetup &setup, uint32_t jobs, bool turns) {
    for (uint32_t j = 0; j < jobs; ++j) {
      if (turns)
        add(nothing, 1, 0);
      add(recordStep, 0, j);
    }
    phase = {0, uint32_t(steps.size())};
    gpu.driver = setup.api->driver;
    gpu.arena_bytes = GpuMemory::kOut + setup.memory.in;
    model.abi_version = SNC_ABI_VERSION;
    model.name = "gpu_cost";
    model.num_buffers = 3;
    model.buffers = buffers;
    model.num_kernels = jobs;
    model.arena_bytes = GpuMemory::kHost;
    model.phases = &phase;
    model.steps = steps.data();
    model.waits = waits.data();
    model.units = units;
    model.num_phases = 1;
    model.num_steps = uint32_t(steps.size());
    model.num_waits = uint32_t(waits.size());
    model.num_units = turns ? 2 : 1;
    model.gpu = &gpu;
  }
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;

private:
  /// A step after the last one, which it waits for where that is of the other unit.
  void add(snc_step_fn run, uint32_t unit, uint32_t kernel) {
    auto s = uint32_t(steps.size());
    bool after = s > 0 && steps.back().unit != unit;
    steps.push_back({run, unit, s, uint32_t(waits.size()), after, kernel, 1});
    if (after)
      waits.push_back(s - 1);
  }
};

using Context = std::unique_ptr<snc_context, void (*)(snc_context *)>;

void check(const GpuSetup &setup, const char *what, int32_t status) {
  if (status != SNC_OK)
    throw RunError(std::string("cannot measure the GPU (") + setup.api->name + "), " + what + ": " +
                   snc_strerror(status));
}

/// Microseconds on the device of each job, run by run.
void addTimes(std::vector<std::vector<double>> &times, const std::vector<snc_trace_event> &events) {
  for (const snc_trace_event &event : events)
    if (event.kind == SNC_TRACE_KERNEL && event.index < times.size())
      times[event.index].push_back(double(event.end_ns - event.begin_ns) * 1e-3);
}
} // namespace

GpuTimes timeGpuJobs(const GpuSetup &setup, const std::vector<GpuJob> &jobs, GpuOrder order,
                     bool timed) {
  constexpr int kWarmup = 3;
  bool turns = order == GpuOrder::turns;
  Model model(setup, uint32_t(jobs.size()), turns);
  Recording record{setup.api, setup.api->program(), &jobs};
  EventLog log;
  snc_options options = setup.options;
  options.threads = turns ? 2 : 1;
  options.gpu_flags = SNC_GPU_NO_FALLBACK;
  if (timed)
    log.listen(options);
  snc_context *made = nullptr;
  recording = &record;
  int32_t status = snc_context_create(&model.model, &options, &made);
  recording = nullptr;
  check(setup, "making a context", status);
  Context context(made, snc_context_destroy);
  std::vector<double> runs;
  std::vector<std::vector<double>> times(jobs.size());
  for (int i = -kWarmup; i < setup.rounds; ++i) {
    log.take();
    auto begin = Clock::now();
    check(setup, "a run", snc_context_run(made, nullptr, nullptr));
    if (i < 0)
      continue;
    runs.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    addTimes(times, log.take());
  }
  GpuTimes result{median(runs), {}};
  for (const auto &us : times)
    if (timed && !us.empty())
      result.jobs.push_back(median(us));
  if (result.jobs.size() != jobs.size())
    result.jobs.clear();
  return result;
}

} // namespace snc::profile
