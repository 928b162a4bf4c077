// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The header mirrors runtime/snc.h under the model's prefix: `@` stands for the
// name, `%` for the name in capitals.

#include "codegen/emit/TextFiles.h"

#include "ir/Layout.h"
#include "ir/ShapeInference.h"
#include "runtime/snc.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace snc {

static const char kHead[] = R"(/* The network `@`, compiled by syncnasc for $target.
 *
 * Contract: exact. The outputs equal those of the imported model, up to float
 * rounding.
 *
 * Threads: a context serves one run at a time (others get %_BUSY); any number
 * of contexts run at once and share the weights. All other functions may be
 * called from any thread. No function aborts, exits or prints.
 *
 * Memory: all of a context is one block, taken by _create and given back by
 * _destroy. _run allocates nothing. Strings and infos that functions return are
 * constants of the library.
 *
 * C11 and C++ clean.
 */
#ifndef %_H
#define %_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this interface; @_abi_version() tells the library's. */
#define %_ABI_VERSION $abi

/* Result of every call that can fail. */
typedef enum @_status {
  %_OK = 0,
  /* A null or misaligned pointer, a bad count, options of unknown size. */
  %_INVALID_ARGUMENT = 1,
  /* The allocator (or mmap) returned nothing. */
  %_OUT_OF_MEMORY = 2,
  /* The weights are in a file, and none was given or readable. */
  %_WEIGHTS_NOT_FOUND = 3,
  /* Other weights than those the library was compiled with. */
  %_WEIGHTS_MISMATCH = 4,
  /* A worker thread could not be started. */
  %_THREAD_FAILED = 5,
  /* A kernel failed; the outputs are undefined. */
  %_KERNEL_FAILED = 6,
  /* @_cancel, or the parallel_for hook gave up; the outputs are undefined. */
  %_CANCELLED = 7,
  /* Another thread is inside a run of the same context. */
  %_BUSY = 8,
  /* Library and caller were built for different versions of this interface. */
  %_ABI_MISMATCH = 9,
  /* There is no GPU that the library can use, or not the one asked for. This and the
   * next two only with %_GPU_NO_FALLBACK, or where there is no way without a GPU. */
  %_NO_DEVICE = 10,
  /* The GPU failed; the outputs are undefined. */
  %_DEVICE_FAILED = 11,
  /* The GPU has too little memory, or more is wanted than the options allow. */
  %_DEVICE_OUT_OF_MEMORY = 12
} @_status;

/* An input or output: dense, row-major, last dimension fastest. */
typedef struct @_tensor_info {
  const char *name; /* the model's own name of the tensor */
  uint32_t dtype;   /* as ONNX numbers them: 1 float32, 2 uint8, 3 int8, 6 int32,
                       7 int64, 9 bool, 11 float64 */
  int32_t rank;     /* 0 for a scalar */
  int64_t dims[8];
  uint64_t bytes;
} @_tensor_info;

/* One kernel, in order of execution. */
typedef struct @_kernel_description {
  const char *name; /* of the model's nodes that it computes */
  const char *op;   /* what it does, for reports */
  uint64_t flops;   /* one multiply-add counts as two */
  uint64_t bytes;   /* read and written, weights included */
} @_kernel_description;

/* One stretch of time on one thread, as the trace hook is told. */
typedef struct @_trace_event {
  uint32_t kind;   /* 0: a kernel ran, 1: a step waited for other units, 2: a step ran */
  uint32_t index;  /* of the kernel or step */
  uint32_t unit;   /* that the step was planned for; 0xffffffff: for all threads */
  uint32_t thread; /* 0: that of @_run */
  uint64_t begin_ns, end_ns; /* of CLOCK_MONOTONIC */
} @_trace_event;

/* Bits of @_options.gpu_flags. */
typedef enum @_gpu_flags {
  %_GPU_OFF = 1,        /* the CPU alone from the start */
  %_GPU_NO_FALLBACK = 2 /* fail instead of going on without the GPU */
} @_gpu_flags;

/* What became of the GPU, where the library was compiled for one. */
typedef struct @_device_info {
  uint32_t state;          /* 0: compiled for none, 1: in use, 2: off, 3: fell back to the CPU */
  int32_t status;          /* @_status: why it fell back; else %_OK */
  uint64_t memory_bytes;   /* of the GPU that the context holds */
  uint64_t cold_start_ns;  /* of @_create: from opening the driver to the last compiled kernel */
  uint32_t kernels_cached; /* of these, how many came out of gpu_cache */
  uint32_t kernels;        /* programs that the driver got */
  char name[112];          /* the driver's name of it, cut where it is longer; "" without one */
} @_device_info;

/* What a context is created with: fill it with @_options_init, then change
 * what matters. It is copied; what `user` and `weights` point to must outlive the
 * context, `weights_path` is read by @_create alone. */
typedef struct @_options {
  /* sizeof this struct as the caller was compiled; set by @_options_init. */
  size_t struct_size;
  /* Threads that work on one run, the caller's included. 0: %_THREADS.
   * 1: no thread is ever started. With parallel_for: tasks a loop is cut into.
   * Fewer than the model has units: its branches run one after the other. */
  int32_t threads;
  /* Microseconds an idle worker spins before it sleeps. 0: it sleeps at once,
   * which costs some 50 us at every parallel loop but burns no cycles. */
  uint32_t spin_us;
  /* Handed to every hook. */
  void *user;
  /* Both or none; NULL: aligned memory from libc. Called by @_create and
   * @_destroy alone, on their thread. `dealloc` gets the size `alloc` got. */
  void *(*alloc)(void *user, size_t bytes, size_t alignment);
  void (*dealloc)(void *user, void *memory, size_t bytes);
  /* The caller's own parallel loop; NULL: threads of the context. Calls
   * task(arg, i) once for every i in [0, count), each on any thread, returns after
   * all have returned, 0 iff all returned 0. Called by @_run, on its thread. */
  int (*parallel_for)(void *user, int (*task)(void *arg, int index), void *arg, int count);
  /* One line about an error, valid during the call; from any thread. NULL: silence. */
  void (*log)(void *user, const char *message);
  /* After each kernel, step and wait, on its thread: from several at once where
   * the model has branches. NULL: no timing is taken. */
  void (*trace)(void *user, const @_trace_event *event);
  /* Weights by pointer: 64-byte aligned, read only, shared by any contexts.
   * NULL: weights_path, or the library's own. */
  const void *weights;
  size_t weights_size;
  /* Weights by file: mapped once for all contexts that name it. Replace a mapped
   * file by rename, never in place. */
  const char *weights_path;
  /* processors[i]: where thread i stays; -1, or none for i: anywhere. Entry 0 is
   * ignored, the caller's thread is the caller's affair. Best effort; read by
   * @_create alone. */
  const int32_t *processors;
  uint32_t num_processors;
  /* The rest is ignored by a library that was not compiled for a GPU. */
  uint32_t gpu_flags; /* @_gpu_flags */
  /* Which GPU: its number in the driver's order, or a part of its name or its
   * platform's, any case. NULL: the first one. Read by @_create alone. */
  const char *gpu_device;
  /* A folder for what the driver compiled, made where it is missing; shared by any
   * number of processes. NULL: none. Read by @_create alone. */
  const char *gpu_cache;
  /* The most device memory, bytes, that the context takes. 0: as much as it needs. */
  uint64_t gpu_memory_limit;
  /* The caller's own cl_context and in-order cl_command_queue, or CUcontext and
   * CUstream, which must outlive the context. Both or none; NULL: its own. */
  void *gpu_context;
  void *gpu_queue;
  /* To debug kernels: after each one, on its thread, while what it has read and written
   * is there. `read` copies the first `bytes` bytes of a buffer, as the manifest numbers
   * them, to `to`. The GPU then runs kernels one by one. NULL: none. */
  void (*inspect)(void *user, uint32_t kernel,
                  @_status (*read)(void *values, uint32_t buffer, uint64_t bytes, void *to),
                  void *values);
} @_options;

/* One instance of the network: its memory and its worker threads. */
typedef struct @_context @_context;

)";

static const char kFunctions[] = R"(/* Fills `options` with the defaults. */
void @_options_init(@_options *options);

/* Makes a context, to be ended by @_destroy; `options` may be NULL. On failure
 * *context is NULL and nothing is left behind. */
@_status @_create(const @_options *options, @_context **context);

/* Runs the network once. Tensors are aligned to their elements; outputs overlap
 * neither each other nor inputs. The caller owns them all. */
@_status @_run(@_context *context, const @_inputs *inputs, const @_outputs *outputs);

/* The same with arrays of pointers, in the order of the model's inputs and outputs. */
@_status @_run_indexed(@_context *context, const void *const *inputs, void *const *outputs);

/* Ends the run in progress, if any, with %_CANCELLED, soon but not at once. Any
 * thread, at any time before @_destroy. */
@_status @_cancel(@_context *context);

/* Ends the workers and gives the memory back. NULL is fine. No run may be in
 * progress. */
void @_destroy(@_context *context);

/* What became of the GPU. Not during a run. */
@_status @_device(const @_context *context, @_device_info *info);

/* A sentence for any status. */
const char *@_strerror(@_status status);

/* What the library is; NULL for an index out of range. */
uint32_t @_abi_version(void);
uint32_t @_input_count(void);
uint32_t @_output_count(void);
uint32_t @_kernel_count(void);
const @_tensor_info *@_input_info(uint32_t index);
const @_tensor_info *@_output_info(uint32_t index);
const @_kernel_description *@_kernel_info(uint32_t index);

/* What @_create asks the allocator for; `threads` as in the options. */
uint64_t @_workspace_bytes(int32_t threads);
uint64_t @_workspace_alignment(void);

#ifdef __cplusplus
}
#endif

#endif /* %_H */
)";

static std::string filled(StringRef text, const std::string &name) {
  std::string out, upper = StringRef(name).upper();
  for (char c : text)
    out += c == '@' ? name : c == '%' ? upper : std::string(1, c);
  return out;
}

static std::string define(StringRef name, const Twine &value) {
  return ("#define %_" + name + " " + value + "\n").str();
}

/// Macros with shape and size, and the struct of pointers.
static std::string tensors(const std::vector<TensorDescription> &list, StringRef side) {
  std::string macros = define(side.upper() + "_COUNT", Twine(list.size())), members;
  for (auto [i, t] : llvm::enumerate(list)) {
    std::string prefix = side.upper() + "_" + std::to_string(i);
    for (int64_t d = 0; d < t.type.getRank(); ++d)
      macros += define(prefix + "_DIM_" + std::to_string(d), Twine(t.type.getDimSize(unsigned(d))));
    macros += define(prefix + "_ELEMENTS", Twine(t.type.getNumElements()));
    macros += define(prefix + "_BYTES", Twine(byteSize(t.type)));
    members += std::string("  ") + (side == "input" ? "const " : "") +
               cType(t.type.getElementType()) + " *" + t.identifier + "; /* " +
               (t.type.getRank() ? shapeText(t.type.getShape()) : "one element") + " */\n";
  }
  if (list.empty()) // C has no empty structs
    members = "  const void *none;\n";
  return "/* Pointers to the model's " + side.str() + "s, in its order. */\n" + macros +
         "typedef struct @_" + side.str() + "s {\n" + members + "} @_" + side.str() + "s;\n\n";
}

static std::string sizes(const LibraryDescription &library) {
  std::string text =
      "/* Threads that the kernels are cut for, and what a context of so many takes. */\n" +
      define("THREADS", Twine(library.threads)) +
      define("WORKSPACE_BYTES", Twine(library.workspaceBytes)) +
      define("WORKSPACE_ALIGNMENT", Twine(library.workspaceAlignment)) + "\n";
  if (library.weightsEmbedded)
    return text + "/* Weights in the library, used unless the options name others. */\n" +
           define("WEIGHTS_BYTES", Twine(library.weights)) + "\n";
  return text + "/* Weights are in share/@/" + library.name +
         ".weights: set `weights_path` or `weights`\n"
         " * of the options. Without, that name is looked for in the current folder. */\n" +
         define("WEIGHTS_BYTES", Twine(library.weights)) + define("WEIGHTS_FILE", "\"@.weights\"") +
         "\n";
}

std::string headerText(const LibraryDescription &library) {
  std::string head = kHead;
  auto replace = [&](StringRef key, const std::string &value) {
    head.replace(head.find(key.str()), key.size(), value);
  };
  replace("$target", library.target);
  replace("$abi", std::to_string(SNC_ABI_VERSION));
  return filled(head + sizes(library) + tensors(library.inputs, "input") +
                    tensors(library.outputs, "output") + kFunctions,
                library.name);
}

} // namespace snc
