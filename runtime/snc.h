/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Public types of an emitted library: status codes, options, hooks, tensor and
 * kernel descriptions. The generated <name>.h mirrors every type here under the
 * prefix <name>_ with the same layout, so a program that opens libraries at run
 * time (syncnas-run) may bind any of them with these types.
 *
 * C11 and C++ clean; depends on nothing but <stddef.h> and <stdint.h>.
 */
#ifndef SNC_RUNTIME_SNC_H
#define SNC_RUNTIME_SNC_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus) && __cplusplus >= 201703L
#define SNC_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define SNC_MUST_USE __attribute__((warn_unused_result))
#else
#define SNC_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Changes with every incompatible change of a type in this file or of
 * snc_model.h. */
#define SNC_ABI_VERSION 4u

/* The most threads one context may have. */
#define SNC_MAX_THREADS 256

/* How long an idle worker spins before it sleeps, unless the options say
 * otherwise. */
#define SNC_DEFAULT_SPIN_US 100u

/* What a weights blob handed over by pointer must be aligned to. */
#define SNC_WEIGHTS_ALIGNMENT 64u

/* Result of every call that can fail. Passed as int32_t across the ABI. */
typedef enum snc_status {
  SNC_OK = 0,
  /* A null or misaligned pointer, a negative count, an options struct of an
   * unknown size: nothing was done. */
  SNC_INVALID_ARGUMENT = 1,
  /* The allocator (or mmap) returned nothing. */
  SNC_OUT_OF_MEMORY = 2,
  /* The weights live outside the library and no pointer or readable file was
   * given. */
  SNC_WEIGHTS_NOT_FOUND = 3,
  /* The weights are not those this library was compiled with: other size or
   * other content. */
  SNC_WEIGHTS_MISMATCH = 4,
  /* A worker thread could not be started. */
  SNC_THREAD_FAILED = 5,
  /* A kernel reported an error; the outputs are undefined. */
  SNC_KERNEL_FAILED = 6,
  /* The run was cancelled, or the caller's parallel_for hook gave up though no
   * task failed; the outputs are undefined. */
  SNC_CANCELLED = 7,
  /* Another thread is inside a run of the same context; this call did
   * nothing. */
  SNC_BUSY = 8,
  /* Library and caller were built for different versions of this interface. */
  SNC_ABI_MISMATCH = 9,
  /* There is no driver or GPU that the library can use, or not the one that the
   * options name; only without the fallback to the CPU, as the next two. */
  SNC_NO_DEVICE = 10,
  /* The GPU failed: a kernel that its driver refuses, a failed launch, a lost
   * device. The outputs are undefined. */
  SNC_DEVICE_FAILED = 11,
  /* The GPU has too little memory, or more is wanted than the options allow. */
  SNC_DEVICE_OUT_OF_MEMORY = 12
} snc_status;

/* Element types, numbered as in ONNX's TensorProto.DataType. */
typedef enum snc_dtype {
  SNC_FLOAT32 = 1,
  SNC_UINT8 = 2,
  SNC_INT8 = 3,
  SNC_UINT16 = 4,
  SNC_INT16 = 5,
  SNC_INT32 = 6,
  SNC_INT64 = 7,
  SNC_BOOL = 9,
  SNC_FLOAT16 = 10,
  SNC_FLOAT64 = 11,
  SNC_UINT32 = 12,
  SNC_UINT64 = 13,
  SNC_BFLOAT16 = 16
} snc_dtype;

#define SNC_MAX_RANK 8

/* An input or output: dense, row-major, last dimension fastest. Constant; lives
 * as long as the library is loaded. */
typedef struct snc_tensor_info {
  const char *name; /* the model's own name of the tensor */
  uint32_t dtype;   /* snc_dtype */
  int32_t rank;     /* 0 for a scalar */
  int64_t dims[SNC_MAX_RANK];
  uint64_t bytes;
} snc_tensor_info;

/* One kernel of the plan, in execution order. Constant; lives as long as the
 * library is loaded. */
typedef struct snc_kernel_info {
  const char *name; /* of the model's node the kernel begins with */
  const char *op;   /* what it computes, for reports */
  uint64_t flops;   /* one multiply-add counts as two */
  uint64_t bytes;   /* read and written, weights included */
} snc_kernel_info;

/* Allocator, of the context's memory on the host; what a GPU's driver and the record of its
 * commands take besides is libc's or the driver's. Returns `bytes` bytes aligned to `alignment` (a
 * power of two), or NULL; a block that is not so aligned is given back and counts as NULL. Called
 * by _create alone, on its thread, once for each context. */
typedef void *(*snc_alloc_fn)(void *user, size_t bytes, size_t alignment);

/* Takes back what snc_alloc_fn returned, with the same `bytes`. Called by
 * _destroy (or by a _create that fails), on its thread. */
typedef void (*snc_free_fn)(void *user, void *memory, size_t bytes);

/* One task of a parallel loop; 0 means success. */
typedef int (*snc_task_fn)(void *arg, int index);

/* Parallel loop of the caller's own thread pool: calls task(arg, i) once for
 * every i in [0, count), each on any thread, and returns after all of them have
 * returned. Returns 0 iff every task was called and returned 0. `count` never
 * exceeds the context's number of threads. Called by _run, on its thread, never
 * from inside a task. */
typedef int (*snc_parallel_for_fn)(void *user, snc_task_fn task, void *arg, int count);

/* Receives one line about an error, without newline, valid during the call.
 * May be called from several threads at once. */
typedef void (*snc_log_fn)(void *user, const char *message);

/* The `unit` of work that belongs to no unit in particular. */
#define SNC_ALL_UNITS 0xffffffffu

/* What a trace event tells of. */
typedef enum snc_trace_kind {
  SNC_TRACE_KERNEL = 0, /* a kernel ran; index: its number. On a GPU: by its own clock */
  SNC_TRACE_WAIT = 1,   /* a step waited for those of other units; index: the step's number */
  SNC_TRACE_STEP = 2    /* a step ran, its kernels and all between; index: its number */
} snc_trace_kind;

/* One stretch of time on one thread. Valid during the call. */
typedef struct snc_trace_event {
  uint32_t kind;             /* snc_trace_kind */
  uint32_t index;            /* of the kernel or step */
  uint32_t unit;             /* that the step was planned for; SNC_ALL_UNITS: for all threads */
  uint32_t thread;           /* from 0, the caller's, to the context's number of threads */
  uint64_t begin_ns, end_ns; /* of CLOCK_MONOTONIC */
} snc_trace_event;

/* Called during _run after each kernel, step and wait, on the thread it was on:
 * from several threads at once where a model has branches. Of a GPU's kernels and steps at the
 * end of a phase, on the thread of _run; `thread` is the one that feeds the GPU. Not at all where
 * the caller's own OpenCL queue does not measure times. */
typedef void (*snc_trace_fn)(void *user, const snc_trace_event *event);

/* Copies the first `bytes` bytes of a buffer to `to`, from host or device memory.
 * `values` is what snc_inspect_fn got; `buffer` counts the program's buffers as
 * snc_model.buffers does. Returns SNC_OK, SNC_INVALID_ARGUMENT where the buffer has
 * less, or the GPU's failure. During snc_inspect_fn alone, on its thread. */
typedef int32_t (*snc_read_fn)(void *values, uint32_t buffer, uint64_t bytes, void *to);

/* Called during _run after each kernel, on its thread, while what it has read and
 * written is still there. `kernel` counts those of the program that runs: the one
 * planned for the GPU, or its fallback. From several threads at once where a model
 * has branches, unless the context has one thread. */
typedef void (*snc_inspect_fn)(void *user, uint32_t kernel, snc_read_fn read, void *values);

/* Bits of snc_options.gpu_flags. */
typedef enum snc_gpu_flags {
  SNC_GPU_OFF = 1,        /* the library's schedule for the CPU from the start */
  SNC_GPU_NO_FALLBACK = 2 /* fail instead of going on without the GPU */
} snc_gpu_flags;

/* What became of the GPU that a library was planned for. */
typedef enum snc_device_state {
  SNC_DEVICE_NONE = 0,    /* it was planned for none */
  SNC_DEVICE_ACTIVE = 1,  /* runs use it */
  SNC_DEVICE_OFF = 2,     /* SNC_GPU_OFF was given */
  SNC_DEVICE_FALLBACK = 3 /* it was not there, or failed: runs use the CPU alone */
} snc_device_state;

/* The GPU of a context. */
typedef struct snc_device_info {
  uint32_t state;          /* snc_device_state */
  int32_t status;          /* snc_status: why the context fell back, or why its runs fail
                            * from now on where it must not; else SNC_OK */
  uint64_t memory_bytes;   /* of the device that the context holds */
  uint64_t cold_start_ns;  /* of _create: opening the driver to the last compiled kernel */
  uint32_t kernels_cached; /* of these, how many came out of gpu_cache */
  uint32_t kernels;        /* programs that the driver got */
  char name[112];          /* the driver's name of it, cut where it is longer; "" without one */
} snc_device_info;

/* What a context is created with. Fill it with _options_init, then change what
 * matters. It is copied; what `user` and `weights` point to must outlive the
 * context, `weights_path` is read by _create alone. */
typedef struct snc_options {
  /* sizeof this struct as the caller was compiled. */
  size_t struct_size;
  /* Threads that work on one run, the caller's included. 0: the number the
   * library was planned for. 1: no thread is ever started. With parallel_for:
   * how many tasks a loop is cut into. Fewer than the model has units: its
   * branches run one after the other. Started threads block all signals and,
   * where there is a processor for each, stay off the caller's. */
  int32_t threads;
  /* Microseconds an idle worker (or a caller that waits for one) spins before
   * it sleeps. 0: sleep at once, which costs some 50 us at every parallel loop
   * but burns no cycles. A context with more threads than there are processors
   * never spins. */
  uint32_t spin_us;
  /* Handed to every hook. */
  void *user;
  /* Both or none; NULL: aligned memory from libc. */
  snc_alloc_fn alloc;
  snc_free_fn dealloc;
  /* NULL: the context's own threads. */
  snc_parallel_for_fn parallel_for;
  /* NULL: silence. */
  snc_log_fn log;
  /* NULL: no timing is taken. */
  snc_trace_fn trace;
  /* Weights by pointer (aligned to SNC_WEIGHTS_ALIGNMENT), read-only and shared
   * by any number of contexts. NULL: weights_path, or the library's own. */
  const void *weights;
  size_t weights_size;
  /* Weights by file, mapped read-only once for all contexts that name it. Once
   * mapped the file must not be changed in place; replace it by rename. */
  const char *weights_path;
  /* The processor that thread i stays on: processors[i]; -1, or none for i: where
   * the system likes. Read by _create alone. Entry 0 is ignored: the caller's
   * thread is the caller's affair. Best effort: a processor that the process may
   * not use is as good as -1. */
  const int32_t *processors;
  uint32_t num_processors;
  /* The rest is for libraries planned for a GPU, and ignored by others. */
  uint32_t gpu_flags; /* snc_gpu_flags */
  /* Which GPU: its number in the driver's order, or a part of its name or its
   * platform's, any case. NULL: the first one; with OpenCL the first GPU or accelerator, or
   * else the first device of any kind. Read by _create alone. */
  const char *gpu_device;
  /* A folder for what the driver compiled, made where it is missing; shared by any
   * number of processes. NULL: none. CUDA's driver has a cache of its own instead. Read by
   * _create alone. */
  const char *gpu_cache;
  /* The most device memory, bytes, that the context takes. 0: as much as it needs. */
  uint64_t gpu_memory_limit;
  /* The caller's own cl_context and cl_command_queue (in order), or CUcontext and
   * CUstream, which must outlive the context. Both or none; NULL: its own. */
  void *gpu_context;
  void *gpu_queue;
  /* To debug kernels; also without a GPU. The GPU then runs them one by one. NULL: none. */
  snc_inspect_fn inspect;
} snc_options;

/* One instance of a model: its memory and its worker threads. Made by _create,
 * ended by _destroy. One thread may be inside _run at a time (others get
 * SNC_BUSY); any number of contexts may run at once. */
typedef struct snc_context snc_context;

#ifdef __cplusplus
}
#endif

#endif /* SNC_RUNTIME_SNC_H */
