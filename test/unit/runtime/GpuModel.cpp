// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The models of GpuModel.h: tables, steps, and what their GPU kernels do.
#include "GpuModel.h"

#include "runtime/snc_hash.h"

#include <algorithm>

// Of runtime/opencl_hooks.c and cuda_hooks.c, as Halide declares them.
extern "C" {
int halide_opencl_initialize_kernels(void *user, void **state, const char *code, int bytes);
void halide_opencl_finalize_kernels(void *user, void *state);
int halide_opencl_run(void *user, void *state, const char *entry, int bx, int by, int bz, int tx,
                      int ty, int tz, int shared, size_t *sizes, void **args, int8_t *isBuffer);
int halide_cuda_initialize_kernels(void *user, void **state, const char *code, int bytes);
int halide_cuda_run(void *user, void *state, const char *entry, int bx, int by, int bz, int tx,
                    int ty, int tz, int shared, size_t *sizes, void **args, int8_t *isBuffer);
int halide_copy_to_device(void *user, snc_buffer *buffer, const void *interface);
const void *halide_opencl_device_interface();
}

namespace snc::test {

const char *const kGpuSource = R"(
__kernel void set_all(__global uint *restrict out, uint value, __local int *shared) {
  out[get_global_id(0)] = value;
}
__kernel void times_plus(__global uint *restrict out, __global const uint *restrict in, uint factor,
                  __local int *shared) {
  size_t i = get_global_id(0);
  out[i] = out[i] * factor + in[i];
})";

static void fill(const FakeArgs &args, size_t threads) {
  for (size_t i = 0; i < threads; ++i)
    args.get<uint32_t *>(0)[i] = args.get<uint32_t>(1);
}

static void mad(const FakeArgs &args, size_t threads) {
  auto *out = args.get<uint32_t *>(0), *in = args.get<uint32_t *>(1);
  for (size_t i = 0; i < threads; ++i)
    out[i] = out[i] * args.get<uint32_t>(2) + in[i];
}

FakeKernel fakeKernel(const std::string &entry) {
  return entry == "set_all" ? fill : entry == "times_plus" ? mad : nullptr;
}

/// The buffers: input, output, the GPU's weights, then for each step one on the host and one
/// on the device.
static constexpr uint32_t kDeviceWeights = 2;
static uint32_t hostOf(uint32_t s) { return 3 + 2 * s; }
static uint32_t deviceOf(uint32_t s) { return 4 + 2 * s; }

template <size_t I> static int32_t runIndexed(snc_worker *worker, snc_buffer *buffers) {
  return currentModel->runStep(I, worker, buffers);
}
template <size_t... I> static constexpr auto indexedSteps(std::index_sequence<I...>) {
  return std::array<snc_step_fn, sizeof...(I)>{runIndexed<I>...};
}
static constexpr auto kIndexed = indexedSteps(std::make_index_sequence<128>());

static int32_t runCpuOnly(snc_worker *, snc_buffer *buffers) {
  return currentModel->runFallback(buffers);
}

GpuModel::GpuModel(Api api, const std::string &text, uint32_t gpuUnit)
    : api(api), gpuUnit(gpuUnit),
      m(text.find('d') != std::string::npos   ? std::vector<uint32_t>{1, 1, 1}
        : text.find('c') != std::string::npos ? std::vector<uint32_t>{1, 1}
                                              : std::vector<uint32_t>{1}) {
  m.units.at(gpuUnit).kind = SNC_UNIT_GPU;
  std::vector<uint32_t> cpus;
  for (uint32_t u = 0; u < m.units.size(); ++u)
    if (u != gpuUnit)
      cpus.push_back(u);
  m.phase();
  std::vector<uint32_t> before, now;
  uint32_t level = 0;
  auto endLevel = [&] { // in the order of units
    std::sort(now.begin(), now.end());
    for (uint32_t &unit : now) {
      std::vector<uint32_t> after;
      for (uint32_t s : before)
        if (m.steps[s].unit != unit)
          after.push_back(s);
      unit = m.step(unit, level, after);
      m.steps.back().run = kIndexed.at(unit);
    }
    before = std::move(now);
    now.clear();
    ++level;
  };
  for (char c : text) {
    if (c != '|' && c != '/') {
      now.push_back(c == 'g' ? gpuUnit : cpus.at(c == 'd'));
      continue;
    }
    endLevel();
    if (c == '/') {
      before.clear();
      level = 0;
      m.phase();
    }
  }
  endLevel();
  describe();
}

void GpuModel::describe() {
  uint32_t count = uint32_t(m.steps.size());
  buffers = {{SNC_BASE_INPUT, 0, 0, 0, 0},
             {SNC_BASE_OUTPUT, 0, 0, 0, 0},
             {SNC_BASE_DEVICE_WEIGHTS, 0, 1024, 0, 0}};
  for (uint32_t s = 0; s <= count; ++s) { // one to spare
    buffers.push_back({SNC_BASE_ARENA, 0, s * kTensorBytes, 0, 0});
    buffers.push_back({SNC_BASE_DEVICE_ARENA, 0, s * 2 * kTensorBytes, 0, 0});
  }
  tensor = {"x", SNC_UINT32, 1, {kElements}, kElements * 4};
  weights.assign(4096, 0);
  for (uint32_t i = 0; i < kElements; ++i)
    memcpy(&weights[2048 + 4 * i], &kWeight, 4);
  made = m.model();
  made.inputs = made.outputs = &tensor;
  made.buffers = buffers.data();
  made.num_buffers = uint32_t(buffers.size());
  made.arena_bytes = (count + 1) * kTensorBytes;
  made.weights_bytes = weights.size();
  made.weights_hash = snc_hash64(weights.data(), weights.size());
  made.weights = weights.data(); // read as bytes; the tests' allocator aligns it well enough
  fallback = made;
  fallbackStep = {runCpuOnly, SNC_ALL_UNITS, 0, 0, 0, 0, 1};
  fallback.phases = &kOnePhase;
  fallback.steps = &fallbackStep;
  fallback.num_phases = fallback.num_steps = 1;
  fallback.num_units = fallback.num_waits = 0;
  // Its arena is a little larger.
  fallback.arena_bytes = made.arena_bytes + kTensorBytes;
  fallbackBuffers = {buffers[0], buffers[1], {SNC_BASE_ARENA, 0, made.arena_bytes, 0, 0}};
  fallback.buffers = fallbackBuffers.data();
  fallback.num_buffers = 3;
  gpu.driver = api == Api::openCl ? &snc_gpu_opencl : &snc_gpu_cuda;
  gpu.arena_bytes = (count + 1) * 2 * kTensorBytes;
  gpu.weights_offset = 1024;
  gpu.weights_bytes = 2048;
  gpu.fallback = &fallback;
  made.gpu = &gpu;
}

/// The steps whose tensors a step takes.
std::vector<uint32_t> GpuModel::sources(uint32_t s) const {
  const snc_step &step = m.steps[s];
  std::vector<uint32_t> from(m.waits.begin() + step.first_wait,
                             m.waits.begin() + step.first_wait + step.num_waits);
  for (uint32_t p = s; p-- > 0;)
    if (m.steps[p].unit == step.unit) {
      from.push_back(p);
      break;
    }
  return from;
}

bool GpuModel::awaited(uint32_t s) const {
  return std::find(m.waits.begin(), m.waits.end(), s) != m.waits.end();
}

Tensor GpuModel::input() const {
  Tensor x(kElements);
  for (uint32_t i = 0; i < kElements; ++i)
    x[i] = i * i + 5;
  return x;
}

Tensor GpuModel::expected(const Tensor &x) const {
  std::vector<Tensor> value;
  for (uint32_t s = 0; s < m.steps.size(); ++s) {
    Tensor v(kElements, s + 1);
    for (uint32_t i = 0; i < kElements; ++i) {
      if (s == 0)
        v[i] = v[i] * 31 + x[i];
      for (uint32_t from : sources(s))
        v[i] = v[i] * 31 + value[from][i];
      if (onGpu(s))
        v[i] += kWeight;
    }
    value.push_back(v);
  }
  return value.back();
}

int32_t GpuModel::runFallback(snc_buffer *b) {
  ++fallbackRuns;
  auto *x = reinterpret_cast<const uint32_t *>(b[InputBuffer].host);
  Tensor y = expected(Tensor(x, x + kElements));
  EXPECT_FALSE(fakeGpu().wasPinned(b[2].host));
  memcpy(b[2].host, y.data(), kElements * 4);
  memcpy(b[OutputBuffer].host, b[2].host, kElements * 4);
  return 0;
}

int32_t GpuModel::runStep(uint32_t s, snc_worker *worker, snc_buffer *b) {
  if (onGpu(s))
    return runOnGpu(s, worker, b);
  if (onStep)
    onStep(s);
  if (failStep == int32_t(s))
    return 1;
  auto *v = reinterpret_cast<uint32_t *>(b[hostOf(s)].host);
  for (uint32_t i = 0; i < kElements; ++i) {
    v[i] = s + 1;
    if (s == 0)
      v[i] = v[i] * 31 + reinterpret_cast<uint32_t *>(b[InputBuffer].host)[i];
    for (uint32_t from : sources(s))
      v[i] = v[i] * 31 + reinterpret_cast<uint32_t *>(b[hostOf(from)].host)[i];
  }
  if (s + 1 == m.steps.size())
    memcpy(b[OutputBuffer].host, v, kElements * 4);
  return 0;
}

/// By rows: there and back with the rows further apart on the device, then all at once.
int32_t GpuModel::move(bool up, snc_worker *worker, snc_buffer *b, uint32_t host, uint32_t device) {
  constexpr uint64_t kBytes = kElements * 4, kRow = 32, kPitch = 64, kRows = kBytes / kRow;
  uint32_t spare = uint32_t(m.steps.size());
  if (!up)
    return snc_gpu_download(worker, &b[device], &b[host], kBytes, 1, 0, 0);
  if (!rows)
    return snc_gpu_upload(worker, &b[host], &b[device], kRow, kRows, kRow, kRow);
  return snc_gpu_upload(worker, &b[host], &b[deviceOf(spare)], kRow, kRows, kRow, kPitch) ||
         snc_gpu_download(worker, &b[deviceOf(spare)], &b[hostOf(spare)], kRow, kRows, kPitch,
                          kRow) ||
         snc_gpu_upload(worker, &b[hostOf(spare)], &b[device], kBytes, 1, 0, 0);
}

int32_t GpuModel::launch(snc_worker *worker, const char *entry, std::vector<void *> args,
                         std::vector<size_t> sizes, std::vector<int8_t> isBuffer) {
  auto initialize =
      api == Api::openCl ? halide_opencl_initialize_kernels : halide_cuda_initialize_kernels;
  auto run = api == Api::openCl ? halide_opencl_run : halide_cuda_run;
  static void *state; // one for all contexts, as in Halide's kernels
  initialize(worker, &state, source, int(strlen(source)) + 1);
  args.push_back(nullptr);
  sizes.push_back(0);
  isBuffer.push_back(0);
  run(worker, state, entry, kElements / 8, 1, 1, 8, 1, 1, 0, sizes.data(), args.data(),
      isBuffer.data());
  if (api == Api::openCl)
    halide_opencl_finalize_kernels(worker, state);
  return 0; // as kernels without assertions do
}

int32_t GpuModel::runOnGpu(uint32_t s, snc_worker *worker, snc_buffer *b) {
  if (int32_t error = onRecord ? onRecord(worker, b) : 0)
    return error;
  int32_t traced = snc_traced(worker);
  if (traced)
    snc_kernel_begin(worker);
  snc_buffer *out = &b[deviceOf(s)];
  std::vector<snc_buffer *> in;
  int32_t error = 0;
  if (s == 0) {
    uint32_t spare = deviceOf(uint32_t(m.steps.size()));
    error |= move(true, worker, b, InputBuffer, spare);
    in.push_back(&b[spare]);
  }
  for (uint32_t from : sources(s)) {
    if (!onGpu(from))
      error |= move(true, worker, b, hostOf(from), deviceOf(from));
    in.push_back(&b[deviceOf(from)]);
  }
  uint32_t first = s + 1, factor = 31, one = 1;
  halide_copy_to_device(worker, out, halide_opencl_device_interface());
  error |= launch(worker, "set_all", {out, &first}, {8, 4}, {1, 0});
  for (snc_buffer *from : in)
    error |= launch(worker, "times_plus", {out, from, &factor}, {8, 8, 4}, {1, 1, 0});
  error |= launch(worker, "times_plus", {out, &b[kDeviceWeights], &one}, {8, 8, 4}, {1, 1, 0});
  if (awaited(s))
    error |= move(false, worker, b, hostOf(s), deviceOf(s));
  if (s + 1 == m.steps.size())
    error |= move(false, worker, b, OutputBuffer, deviceOf(s));
  if (traced)
    snc_kernel_end(worker, s);
  return error;
}

} // namespace snc::test
