/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The contract between emitted code and this runtime. The emitter defines one
 * constant snc_model, the functions of its steps and thin public wrappers around
 * the snc_* functions declared below; Halide kernels call the halide_*
 * functions at the end. Nothing else crosses the border.
 *
 * C11 and C++ clean; depends on snc.h alone. All layouts are those of LP64;
 * the static assertions at the end are what an emitter may rely on.
 */
#ifndef SNC_RUNTIME_SNC_MODEL_H
#define SNC_RUNTIME_SNC_MODEL_H

#include "snc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A thread's share of a context; the user_context of every kernel and task.
 * The runtime hands each thread its own. Opaque to emitted code. */
typedef struct snc_worker snc_worker;

/* Layout of halide_buffer_t. Shapes are constants inside the kernels, which
 * read `host` only; `dimensions` is 0 and `dim` NULL. */
typedef struct snc_buffer {
  uint64_t device;
  const void *device_interface;
  uint8_t *host;
  uint64_t flags;
  uint32_t type; /* halide_type_t: code | bits << 8 | lanes << 16 */
  int32_t dimensions;
  void *dim;
  void *padding;
} snc_buffer;

/* Where the memory of a buffer comes from. */
typedef enum snc_base {
  SNC_BASE_ARENA = 0,   /* intermediate values; private to the context */
  SNC_BASE_WEIGHTS = 1, /* read-only; shared by contexts */
  SNC_BASE_INPUT = 2,   /* inputs[index] of the run */
  SNC_BASE_OUTPUT = 3,  /* outputs[index] of the run */
  /* Of the GPU; these have no host. `offset` is a multiple of SNC_DEVICE_ALIGNMENT. */
  SNC_BASE_DEVICE_ARENA = 4,
  SNC_BASE_DEVICE_WEIGHTS = 5
} snc_base;

/* host = base + offset. A tensor used by several kernels has one buffer or
 * several, as the emitter likes. */
typedef struct snc_buffer_desc {
  uint32_t base;  /* snc_base */
  uint32_t index; /* number of the input or output; else 0 */
  uint64_t offset;
  uint32_t type; /* halide_type_t bits, as in snc_buffer */
  uint32_t reserved;
} snc_buffer_desc;

/* Kernels that one unit runs in order, without waiting in between. Those of a GPU's
 * unit are called once, by _create, which records what they launch and copy; runs
 * only send the record to the GPU. Returns 0, or the first kernel's nonzero result.
 * With t = snc_traced(worker), for kernel i with its consecutive buffers from number
 * b on:
 *   if (t) snc_kernel_begin(worker);
 *   r = k_<hash>(worker, &buffers[b], &buffers[b + 1], ...);
 *   if (t) snc_kernel_end(worker, i);
 *   if (r) return r;                                                        */
typedef int32_t (*snc_step_fn)(snc_worker *worker, snc_buffer *buffers);

/* Steps of one unit run in the order of their levels. */
typedef struct snc_step {
  snc_step_fn run;
  uint32_t unit;  /* position in snc_model.units; SNC_ALL_UNITS in a phase of one step */
  uint32_t level; /* within its phase: greater than that of every step it must follow, from 0 */
  /* In snc_model.waits: positions in snc_model.steps, of the same phase and other
   * units, that must be done before. */
  uint32_t first_wait, num_waits;
  uint32_t first_kernel, num_kernels; /* for traces and reports */
} snc_step;

/* Steps between two points where all units meet, sorted by level, then unit; no
 * two have both in common, and their order is a valid serial one. A step of
 * SNC_ALL_UNITS is alone in its phase: the caller runs it, and its parallel loops
 * use all threads. */
typedef struct snc_phase {
  uint32_t first_step, num_steps; /* at least one */
} snc_phase;

/* Who runs the steps of a unit. */
typedef enum snc_unit_kind {
  SNC_UNIT_CPU = 0,
  SNC_UNIT_GPU = 1 /* in an in-order queue of the device; one thread feeds it */
} snc_unit_kind;

/* Consecutive threads that run steps one after the other. */
typedef struct snc_unit {
  const char *name;
  uint32_t threads; /* that it was planned for, at least 1 */
  uint32_t kind;    /* snc_unit_kind */
} snc_unit;

struct snc_model;

/* How a kind of GPU is driven (gpu.h). Linked into libraries that use it alone. */
typedef struct snc_gpu_driver snc_gpu_driver;
extern const snc_gpu_driver snc_gpu_opencl;
extern const snc_gpu_driver snc_gpu_cuda;

/* The GPU side of a model with a unit of SNC_UNIT_GPU. At most one such unit. */
typedef struct snc_gpu_model {
  const snc_gpu_driver *driver;
  uint64_t arena_bytes;    /* intermediate values in device memory */
  uint64_t weights_offset; /* of the GPU's weights in the blob */
  uint64_t weights_bytes;
  /* The same network for the CPU alone, with the same inputs, outputs, blob of
   * weights and name; NULL: there is no way without the GPU. */
  const struct snc_model *fallback;
} snc_gpu_model;

/* Everything the runtime knows about a model. Constant, never freed. */
typedef struct snc_model {
  uint32_t abi_version;           /*   0: SNC_ABI_VERSION */
  uint32_t default_threads;       /*   4: the plan's; 0: one for each processor */
  const char *name;               /*   8 */
  uint32_t num_inputs;            /*  16 */
  uint32_t num_outputs;           /*  20 */
  uint32_t num_buffers;           /*  24 */
  uint32_t num_kernels;           /*  28 */
  const snc_tensor_info *inputs;  /*  32 */
  const snc_tensor_info *outputs; /*  40 */
  const snc_buffer_desc *buffers; /*  48 */
  const snc_kernel_info *kernels; /*  56 */
  /* Intermediate values; starts at SNC_ARENA_ALIGNMENT. */
  uint64_t arena_bytes; /*  64 */
  /* The most that a step holds from halide_malloc at once outside parallel loops,
   * each block rounded up to SNC_SCRATCH_ALIGNMENT. */
  uint64_t scratch_bytes; /*  72 */
  /* The same for one task of a parallel loop, loops nested in it included. */
  uint64_t worker_scratch_bytes; /*  80 */
  /* Embedded weights, aligned to SNC_WEIGHTS_ALIGNMENT; NULL: in a file. */
  const void *weights;    /*  88 */
  uint64_t weights_bytes; /*  96: 0 for a model without weights */
  /* snc_hash64 (snc_hash.h) of the blob; the weights file is the blob alone. */
  uint64_t weights_hash; /* 104 */
  /* Where to look when neither pointer nor path is given; may be NULL. */
  const char *weights_file; /* 112 */
  const snc_phase *phases;  /* 120: in order of execution */
  const snc_step *steps;    /* 128 */
  const uint32_t *waits;    /* 136 */
  const snc_unit *units;    /* 144 */
  uint32_t num_phases;      /* 152 */
  uint32_t num_steps;       /* 156 */
  uint32_t num_waits;       /* 160 */
  uint32_t num_units;       /* 164: 0 where all steps are of SNC_ALL_UNITS */
  const snc_gpu_model *gpu; /* 168: NULL where no unit is a GPU */
} snc_model;

/* The strictest alignment of a part of a buffer that OpenCL drivers ask for
 * (CL_DEVICE_MEM_BASE_ADDR_ALIGN). */
#define SNC_DEVICE_ALIGNMENT 512u

#define SNC_ARENA_ALIGNMENT 128u
#define SNC_SCRATCH_ALIGNMENT 128u

/* ---- called by the emitted wrappers and by tests ------------------------- */

/* Fills `options` with the defaults. Any thread. */
void snc_options_init(snc_options *options);

/* Makes a context of `model`, which must outlive it. `options` may be NULL. On
 * failure *out is NULL and nothing is left behind. Any thread. */
SNC_MUST_USE int32_t snc_context_create(const snc_model *model, const snc_options *options,
                                        snc_context **out);

/* Runs the model. `inputs` and `outputs` hold one pointer for each tensor,
 * aligned to its element; outputs overlap neither each other nor inputs. They
 * must stay valid during the call. Allocates nothing. One thread at a time. */
SNC_MUST_USE int32_t snc_context_run(snc_context *context, const void *const *inputs,
                                     void *const *outputs);

/* Ends the run in progress, if any, with SNC_CANCELLED: before its next step, or
 * before the next task of a parallel loop. Does not wait for that. A run that
 * begins later is not affected. Returns SNC_OK, or SNC_INVALID_ARGUMENT for NULL.
 * Any thread, at any time before _destroy. */
int32_t snc_context_cancel(snc_context *context);

/* Ends the workers and gives all memory back. NULL is fine. No run may be in
 * progress. */
void snc_context_destroy(snc_context *context);

/* What became of the GPU. Not during a run. */
int32_t snc_context_device(const snc_context *context, snc_device_info *info);

/* A constant sentence for any value, known or not. Any thread. */
const char *snc_strerror(int32_t status);

/* Constant descriptions; NULL where `index` is out of range. Any thread. */
uint32_t snc_model_input_count(const snc_model *model);
uint32_t snc_model_output_count(const snc_model *model);
uint32_t snc_model_kernel_count(const snc_model *model);
const snc_tensor_info *snc_model_input_info(const snc_model *model, uint32_t index);
const snc_tensor_info *snc_model_output_info(const snc_model *model, uint32_t index);
const snc_kernel_info *snc_model_kernel_info(const snc_model *model, uint32_t index);

/* What _create asks the allocator for, weights apart: `threads` as in the
 * options; 0 bytes when it is out of range. Any thread. */
uint64_t snc_model_workspace_bytes(const snc_model *model, int32_t threads);
uint64_t snc_model_workspace_alignment(const snc_model *model);

/* ---- called by steps ------------------------------------------------------ */

/* Whether kernels are to be timed; the same during all of a run. */
int32_t snc_traced(const snc_worker *worker);
void snc_kernel_begin(snc_worker *worker);
void snc_kernel_end(snc_worker *worker, uint32_t kernel);

/* Copies between host and device memory, called as kernels are, by steps of a GPU's
 * unit: `runs` runs of `run_bytes` bytes each, which lie `from_pitch` and `to_pitch`
 * bytes apart, at least `run_bytes`; pitches do not matter for one run. The host side's
 * address is looked up in each run. Both buffers are of the table that the step was
 * called with. Failures are kept, and end _create. */
int32_t snc_gpu_upload(snc_worker *worker, snc_buffer *host, snc_buffer *device, uint64_t run_bytes,
                       uint64_t runs, uint64_t from_pitch, uint64_t to_pitch);
int32_t snc_gpu_download(snc_worker *worker, snc_buffer *device, snc_buffer *host,
                         uint64_t run_bytes, uint64_t runs, uint64_t from_pitch, uint64_t to_pitch);

/* ---- called by Halide kernels; user_context is the snc_worker ------------- */

/* Kernels for a GPU call halide_copy_to_device, halide_device_malloc and, with the driver's name
 * in the place of <api>, halide_<api>_device_interface, _initialize_kernels, _run and
 * _finalize_kernels (gpu_record.c, <api>_hooks.c), as HalideRuntime.h of Halide 21 declares
 * them. They may launch any number of times, but have no device memory of their own: buffers
 * without one are refused. Their results are not looked at; failures end _create. */

typedef int (*snc_halide_task)(void *user_context, int index, uint8_t *closure);

/* Calls task(worker of the thread, i, closure) once for each i in [min,
 * min + size), on the threads of the step's unit. Returns 0, or the nonzero
 * result of one failed task. From inside a task: serial, in place. */
int halide_do_par_for(void *user_context, snc_halide_task task, int min, int size,
                      uint8_t *closure);

/* A block of the thread's scratch, aligned to SNC_SCRATCH_ALIGNMENT; NULL when
 * the model asked for too little, and then the run fails. Freed by the thread
 * that took it, usually last in first out. */
void *halide_malloc(void *user_context, size_t bytes);
void halide_free(void *user_context, void *block);

/* Notes that the run failed and hands `message` to the log hook. */
void halide_error(void *user_context, const char *message);

#ifdef __cplusplus
#define SNC_STATIC_ASSERT static_assert
#else
#define SNC_STATIC_ASSERT _Static_assert
#endif
SNC_STATIC_ASSERT(sizeof(snc_buffer) == 56, "layout of halide_buffer_t");
SNC_STATIC_ASSERT(offsetof(snc_buffer, host) == 16, "layout of halide_buffer_t");
SNC_STATIC_ASSERT(offsetof(snc_buffer, type) == 32, "layout of halide_buffer_t");
SNC_STATIC_ASSERT(sizeof(snc_tensor_info) == 88, "ABI of the emitted tables");
SNC_STATIC_ASSERT(sizeof(snc_kernel_info) == 32, "ABI of the emitted tables");
SNC_STATIC_ASSERT(sizeof(snc_buffer_desc) == 24, "ABI of the emitted tables");
SNC_STATIC_ASSERT(offsetof(snc_model, inputs) == 32, "ABI of the emitted model");
SNC_STATIC_ASSERT(offsetof(snc_model, arena_bytes) == 64, "ABI of the emitted model");
SNC_STATIC_ASSERT(offsetof(snc_model, weights) == 88, "ABI of the emitted model");
SNC_STATIC_ASSERT(sizeof(snc_step) == 32, "ABI of the emitted tables");
SNC_STATIC_ASSERT(sizeof(snc_phase) == 8, "ABI of the emitted tables");
SNC_STATIC_ASSERT(sizeof(snc_unit) == 16, "ABI of the emitted tables");
SNC_STATIC_ASSERT(offsetof(snc_model, phases) == 120, "ABI of the emitted model");
SNC_STATIC_ASSERT(offsetof(snc_model, num_phases) == 152, "ABI of the emitted model");
SNC_STATIC_ASSERT(offsetof(snc_model, gpu) == 168, "ABI of the emitted model");
SNC_STATIC_ASSERT(sizeof(snc_model) == 176, "ABI of the emitted model");
SNC_STATIC_ASSERT(sizeof(snc_gpu_model) == 40, "ABI of the emitted tables");
SNC_STATIC_ASSERT(sizeof(snc_device_info) == 144, "ABI of the queries");
SNC_STATIC_ASSERT(sizeof(snc_trace_event) == 32, "ABI of the trace hook");
SNC_STATIC_ASSERT(sizeof(snc_options) == 152, "ABI of the options");

#ifdef __cplusplus
}
#endif

#endif /* SNC_RUNTIME_SNC_MODEL_H */
