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

static const char kHead[] =
    R"(/* The network `@`, compiled by syncnasc. Contract: exact (outputs equal the
 * imported model's, up to float rounding).
 *
 * Threads: a context serves one run at a time, any number of contexts run at
 * once; weights are shared. _run allocates nothing. No function aborts or prints.
 */
#ifndef %_H
#define %_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Result of every call that can fail. */
typedef enum @_status {
  %_OK = 0,
  %_INVALID_ARGUMENT = 1,
  %_OUT_OF_MEMORY = 2,
  %_WEIGHTS_NOT_FOUND = 3,
  %_WEIGHTS_MISMATCH = 4,
  %_THREAD_FAILED = 5,
  %_KERNEL_FAILED = 6,
  %_CANCELLED = 7,
  %_BUSY = 8,
  %_ABI_MISMATCH = 9
} @_status;

/* An input or output: dense, row-major. dtype as ONNX numbers element types
 * (1: float32, 7: int64). */
typedef struct @_tensor_info {
  const char *name;
  uint32_t dtype;
  int32_t rank;
  int64_t dims[8];
  uint64_t bytes;
} @_tensor_info;

/* One kernel, in order of execution; a multiply-add counts as two flops. */
typedef struct @_kernel_description {
  const char *name;
  const char *op;
  uint64_t flops;
  uint64_t bytes;
} @_kernel_description;

/* What a context is created with: fill it with @_options_init, then change
 * what matters. It is copied; `user` and `weights` must outlive the context. */
typedef struct @_options {
  size_t struct_size;
  int32_t threads;  /* of one run, the caller's included; 0: as compiled */
  uint32_t spin_us; /* idle workers spin so long, then sleep; 0: sleep at once */
  void *user;       /* handed to every hook */
  /* Both or none; called by _create and _destroy only. */
  void *(*alloc)(void *user, size_t bytes, size_t alignment);
  void (*dealloc)(void *user, void *memory, size_t bytes);
  /* The caller's own parallel loop: calls task(arg, i) for every i in [0, count),
   * returns after all have returned, 0 iff all returned 0. */
  int (*parallel_for)(void *user, int (*task)(void *arg, int index), void *arg, int count);
  void (*log)(void *user, const char *message);
  /* After each kernel; nanoseconds of CLOCK_MONOTONIC. */
  void (*trace)(void *user, uint32_t kernel, uint64_t begin_ns, uint64_t end_ns);
  const void *weights; /* where not embedded: by pointer (64-byte aligned), */
  size_t weights_size;
  const char *weights_path; /* or by file */
} @_options;

/* One instance of the network: its memory and worker threads. */
typedef struct @_context @_context;

)";

static const char kFunctions[] = R"(/* Fills `options` with the defaults. */
void @_options_init(@_options *options);
/* Makes a context; `options` may be NULL. On failure *context is NULL. */
@_status @_create(const @_options *options, @_context **context);
/* Runs the network once. Tensors are aligned to their elements; outputs overlap
 * neither each other nor inputs. */
@_status @_run(@_context *context, const @_inputs *inputs, const @_outputs *outputs);
/* The same with pointers in the order of the model's inputs and outputs. */
@_status @_run_indexed(@_context *context, const void *const *inputs, void *const *outputs);
/* Ends the workers and frees the context's memory; NULL is fine. */
void @_destroy(@_context *context);

/* Constant answers; NULL for an index out of range. */
const char *@_strerror(@_status status);
uint32_t @_abi_version(void);
uint32_t @_input_count(void);
uint32_t @_output_count(void);
uint32_t @_kernel_count(void);
const @_tensor_info *@_input_info(uint32_t index);
const @_tensor_info *@_output_info(uint32_t index);
const @_kernel_description *@_kernel_info(uint32_t index);
/* What _create asks the allocator for. */
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

/// Macros with shape and size, and the struct of pointers.
static std::string tensors(const std::vector<TensorDescription> &list, StringRef side,
                           const std::string &name) {
  std::string out, members, upper = StringRef(name).upper();
  bool constant = side == "input";
  for (auto [i, t] : llvm::enumerate(list)) {
    std::string prefix = upper + "_" + side.upper() + "_" + std::to_string(i);
    std::string dims;
    for (int64_t d = 0; d < t.type.getRank(); ++d)
      out += "#define " + prefix + "_DIM_" + std::to_string(d) + " " +
             std::to_string(t.type.getDimSize(unsigned(d))) + "\n";
    out += "#define " + prefix + "_BYTES " + std::to_string(byteSize(t.type)) + "\n";
    members += std::string("  ") + (constant ? "const " : "") + cType(t.type.getElementType()) +
               " *" + t.identifier + "; /* " + shapeText(t.type.getShape()) + " */\n";
  }
  if (list.empty())
    members = "  const void *none;\n";
  return out + "typedef struct @_" + side.str() + "s {\n" + members + "} @_" + side.str() +
         "s;\n\n";
}

std::string headerText(const LibraryDescription &library) {
  std::string body = kHead + tensors(library.inputs, "input", library.name) +
                     tensors(library.outputs, "output", library.name) + kFunctions;
  return filled(body, library.name);
}

} // namespace snc
