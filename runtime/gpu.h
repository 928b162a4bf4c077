/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The GPU of a context, in two layers. A *driver* is a table of functions over one
 * vendor interface, opened at run time. The *engine* (gpu_engine.c, gpu_record.c,
 * gpu_replay.c) is the same for all of them: it calls the steps of the GPU's unit
 * once, notes what they launch and copy, and sends that record in each run.
 *
 * The core of the runtime knows the engine by snc_model.gpu->driver->engine alone;
 * so a library without a GPU contains none of this, and needs no dlopen.
 *
 * Statuses are snc_status. Who fails says why to the log hook.
 */
#ifndef SNC_RUNTIME_GPU_H
#define SNC_RUNTIME_GPU_H

#include "context.h"

/* ---- what the core calls --------------------------------------------------- */

/* How a context uses its GPU. */
typedef struct snc_gpu_engine {
  /* Opens the device, takes its memory, uploads weights and records the steps of the
   * GPU's unit. `context` is laid out and its buffers are set; only the pool is
   * not started. On failure nothing is left behind and *out is NULL. Fills what it
   * learns of `info`, also on failure. */
  int32_t (*create)(snc_context *context, snc_gpu **out, snc_device_info *info);
  /* Gives all back, after what is on its way. */
  void (*destroy)(snc_gpu *gpu);
  /* Enqueues the record of a step; does not wait. One thread at a time. */
  int32_t (*submit)(snc_worker *worker, uint32_t step);
  /* Returns once the device is done with a step submitted in this phase that others
   * wait for. Any threads at once. */
  int32_t (*await)(snc_worker *worker, uint32_t step);
  /* The end of a phase: returns once the device is done with all that was submitted,
   * or has dropped it. One thread, nobody in submit or await. */
  int32_t (*finish)(snc_worker *worker);
  /* While recording: what was noted since the last such call belongs to `kernel`. */
  void (*kernel_recorded)(snc_gpu *gpu, uint32_t kernel);
} snc_gpu_engine;

/* ---- what the engine calls --------------------------------------------------- */

/* In the place of an event that nobody needs. */
#define SNC_GPU_NO_EVENT 0xffffffffu

/* One launch as Halide's kernels ask for it; all pointers are valid during the call. */
typedef struct snc_gpu_launch {
  const char *entry;
  uint32_t blocks[3], threads[3];
  uint32_t shared_bytes;
  uint32_t num_args;
  const size_t *sizes; /* bytes of each argument */
  void *const *args;   /* its value, or the snc_buffer */
  const int8_t *is_buffer;
} snc_gpu_launch;

/* `runs` runs of `run_bytes` bytes; a pitch is at least that. */
typedef struct snc_gpu_copy {
  uint64_t device; /* of a part of device memory */
  uint64_t run_bytes, runs, host_pitch, device_pitch;
  uint32_t to_device;
} snc_gpu_copy;

/* An open device with a queue. Drivers make their own struct with this first. */
typedef struct snc_gpu_device {
  const snc_options *options; /* of the context; outlives the device */
  char name[sizeof((snc_device_info *)0)->name];
} snc_gpu_device;

struct snc_gpu_driver {
  const char *api; /* for messages */
  const snc_gpu_engine *engine;
  size_t device_bytes; /* of its device struct, which the engine allocates, zeroed */
  /* Finds the device that the options name and makes a queue. After a failure
   * `close` takes back what there is. */
  int32_t (*open)(snc_gpu_device *device);
  void (*close)(snc_gpu_device *device);
  /* Device memory, really there on return; never 0. */
  int32_t (*allocate)(snc_gpu_device *device, uint64_t bytes, uint64_t *memory);
  void (*release)(snc_gpu_device *device, uint64_t memory);
  /* What snc_buffer.device holds for a part of device memory, from `offset` to its end,
   * `bytes` further. */
  int32_t (*part)(snc_gpu_device *device, uint64_t memory, uint64_t offset, uint64_t bytes,
                  uint64_t *part);
  void (*release_part)(snc_gpu_device *device, uint64_t part);
  /* Memory on the host that host and copies may use at the same time, in different places; its
   * pages are pinned, so that copies need no staging and do not block. NULL where there is
   * none, or where ordinary memory does as well; no reason is told. Never 0 bytes. One for each
   * device at most. */
  void *(*pinned)(snc_gpu_device *device, uint64_t bytes);
  /* Nothing that uses it is on its way. */
  void (*release_pinned)(snc_gpu_device *device, void *memory);
  /* Compiles what Halide emitted; sets *cached where the result was at hand. */
  int32_t (*program)(snc_gpu_device *device, const char *code, size_t bytes, void **program,
                     int *cached);
  void (*release_program)(snc_gpu_device *device, void *program);
  /* A launch with all its arguments fixed. */
  int32_t (*kernel)(snc_gpu_device *device, void *program, const snc_gpu_launch *launch,
                    void **kernel);
  void (*release_kernel)(snc_gpu_device *device, void *kernel);
  /* Makes events 0 to count - 1; `timed`: their times will be asked for. */
  int32_t (*make_events)(snc_gpu_device *device, uint32_t count, int timed);
  /* Enqueue, in order, without waiting; `event` happens when the device is done. */
  int32_t (*launch)(snc_gpu_device *device, void *kernel, uint32_t event);
  int32_t (*copy)(snc_gpu_device *device, const snc_gpu_copy *copy, void *host, uint32_t event);
  int32_t (*mark)(snc_gpu_device *device, uint32_t event);
  /* Makes sure that the device begins with what was enqueued. */
  int32_t (*flush)(snc_gpu_device *device);
  /* Of an event enqueued since the last reset. Any thread. */
  int32_t (*poll)(snc_gpu_device *device, uint32_t event, int *done);
  int32_t (*wait)(snc_gpu_device *device, uint32_t event);
  /* Returns once nothing of the queue is on its way. */
  int32_t (*drain)(snc_gpu_device *device);
  /* Of an event that has happened: of CLOCK_MONOTONIC, ns. Returns 0 if not known. */
  int (*times)(snc_gpu_device *device, uint32_t event, uint64_t *begin, uint64_t *end);
  /* Forgets events that have happened, so that they can be used again. */
  void (*reset)(snc_gpu_device *device);
};

extern const snc_gpu_engine snc_gpu_engine_table;

/* Hands one line, "<api>: ...", to the log hook. As printf. */
__attribute__((format(printf, 2, 3))) void snc_gpu_say(const snc_gpu_device *device,
                                                       const char *format, ...);

/* The number that the text is; -1: it is none. */
int32_t snc_gpu_number(const char *text);
/* Whether `name` has `part` in it, any case. */
int snc_gpu_named(const char *name, const char *part);

/* ---- a context's GPU ---------------------------------------------------------- */

typedef enum snc_gpu_op_kind { SNC_GPU_LAUNCH, SNC_GPU_COPY } snc_gpu_op_kind;

/* One thing to enqueue. */
typedef struct snc_gpu_op {
  snc_gpu_op_kind kind;
  uint32_t kernel;  /* number in snc_model.kernels */
  uint32_t event;   /* or SNC_GPU_NO_EVENT */
  void *launch;     /* the driver's */
  snc_buffer *host; /* of a copy; read in each run */
  snc_gpu_copy copy;
} snc_gpu_op;

/* What one step enqueues. */
typedef struct snc_gpu_step {
  uint32_t first_op, num_ops;
  uint32_t event; /* when it is done; SNC_GPU_NO_EVENT: nobody asks */
} snc_gpu_step;

typedef struct snc_gpu_program {
  const char *code;
  size_t bytes;
  void *program; /* the driver's */
} snc_gpu_program;

typedef struct snc_gpu_part {
  uint64_t memory, offset;
  uint64_t part;
} snc_gpu_part;

struct snc_gpu {
  const snc_gpu_driver *driver;
  snc_gpu_device *device;
  snc_context *context;
  uint32_t unit;
  int opened;
  uint64_t arena, weights; /* device memory; 0: none */
  void *pinned;            /* the arena on the host; NULL: it is in the context's block */
  snc_gpu_part *parts;
  snc_gpu_program *programs;
  snc_gpu_op *ops;
  snc_gpu_step *steps; /* by number in the model */
  uint32_t num_parts, num_programs, num_ops;
  uint32_t room_programs, room_ops;
  snc_device_info *info; /* while being made */
  int32_t failed;        /* recording: the first failure */
  uint32_t unnamed;      /* recording: the first op of the kernel being recorded */
  /* Of the phase being run. */
  uint32_t submitted; /* the last step, or SNC_NO_STEP */
};

/* Halide's hooks; the drivers' halide_<api>_* functions call them. `user_context` is
 * the snc_worker. */
int snc_gpu_initialize_kernels(void *user_context, void **state, const char *code, int bytes);
int snc_gpu_run(void *user_context, void *state, snc_gpu_launch *launch);

/* Records all steps of the GPU's unit. */
int32_t snc_gpu_record(snc_gpu *gpu);
void snc_gpu_kernel_recorded(snc_gpu *gpu, uint32_t kernel);

/* Returns once nothing is on its way to or on the device, as far as that can be had: memory
 * that commands name is about to go. */
void snc_gpu_settle(snc_gpu *gpu);

/* Where the inspect hook is: the kernel of operation `i` of a step, its last one, is run
 * to its end and told of. */
int32_t snc_gpu_inspect(snc_worker *worker, const snc_gpu_step *step, uint32_t i);

/* gpu_replay.c */
int32_t snc_gpu_submit(snc_worker *worker, uint32_t step);
int32_t snc_gpu_await(snc_worker *worker, uint32_t step);
int32_t snc_gpu_finish(snc_worker *worker);

#endif /* SNC_RUNTIME_GPU_H */
