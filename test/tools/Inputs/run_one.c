/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs the library `net` every way that its header offers. argv[1], if given, is
 * the file of its weights.
 */
#include "net.h"

#include "answer.h"
#include "runtime/snc_model.h"

#include <stdlib.h>
#include <string.h>

/* Programs that open libraries at run time use the runtime's own types. */
_Static_assert(sizeof(net_options) == sizeof(snc_options), "");
_Static_assert(offsetof(net_options, threads) == offsetof(snc_options, threads), "");
_Static_assert(offsetof(net_options, alloc) == offsetof(snc_options, alloc), "");
_Static_assert(offsetof(net_options, trace) == offsetof(snc_options, trace), "");
_Static_assert(offsetof(net_options, weights_path) == offsetof(snc_options, weights_path), "");
_Static_assert(offsetof(net_options, num_processors) == offsetof(snc_options, num_processors), "");
_Static_assert(sizeof(net_trace_event) == sizeof(snc_trace_event), "");
_Static_assert(offsetof(net_trace_event, thread) == offsetof(snc_trace_event, thread), "");
_Static_assert(SNC_TRACE_KERNEL == 0, "");
_Static_assert(sizeof(net_tensor_info) == sizeof(snc_tensor_info), "");
_Static_assert(offsetof(net_tensor_info, bytes) == offsetof(snc_tensor_info, bytes), "");
_Static_assert(sizeof(net_kernel_description) == sizeof(snc_kernel_info), "");
_Static_assert((int)NET_ABI_MISMATCH == (int)SNC_ABI_MISMATCH, "");
_Static_assert(NET_INPUT_0_BYTES == sizeof(float) * 3 * PIXELS, "");
_Static_assert(NET_OUTPUT_0_ELEMENTS == 4 && NET_OUTPUT_0_DIM_1 == 4, "");

#define CHECK(condition)                                                                           \
  if (!(condition)) {                                                                              \
    fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                        \
    return 1;                                                                                      \
  }

static unsigned traced;
static void trace(void *user, const net_trace_event *event) {
  (void)user;
  traced += event->kind == 0 && event->index < net_kernel_count() && /* of a kernel */
            event->begin_ns <= event->end_ns;
}

static uint64_t taken;
static void *take(void *user, size_t bytes, size_t alignment) {
  (void)user;
  taken += bytes;
  return aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
static void give(void *user, void *memory, size_t bytes) {
  (void)user;
  taken -= bytes;
  free(memory);
}

int main(int argc, char **argv) {
  CHECK(net_abi_version() == NET_ABI_VERSION);
  CHECK(net_input_count() == NET_INPUT_COUNT && net_output_count() == NET_OUTPUT_COUNT);
  CHECK(strcmp(net_input_info(0)->name, "x") == 0 && net_input_info(1) == NULL);
  CHECK(net_input_info(0)->rank == 4 && net_input_info(0)->dims[3] == 8);
  CHECK(net_output_info(0)->bytes == NET_OUTPUT_0_BYTES && net_output_info(0)->dtype == 1);
  CHECK(net_workspace_bytes(0) == NET_WORKSPACE_BYTES);
  CHECK(net_workspace_alignment() == NET_WORKSPACE_ALIGNMENT);
  CHECK(strcmp(net_strerror(NET_OK), "success") == 0);

  net_options options;
  net_options_init(&options);
  options.alloc = take;
  options.dealloc = give;
  options.trace = trace;
  options.weights_path = argc > 1 ? argv[1] : NULL;
  net_context *context = NULL;
  CHECK(net_create(&options, &context) == NET_OK);
  CHECK(taken == NET_WORKSPACE_BYTES);

  float x[3 * PIXELS], y[4] = {0};
  fill(x);
  net_inputs inputs = {.x = x};
  net_outputs outputs = {.y = y};
  CHECK(net_run(context, &inputs, &outputs) == NET_OK);
  CHECK(judge("net_run", x, y, 1) == 0);
  CHECK(traced == net_kernel_count() && traced > 0);
  const void *in[] = {x};
  memset(y, 0, sizeof y);
  void *out[] = {y};
  CHECK(net_run_indexed(context, in, out) == NET_OK);
  CHECK(judge("net_run_indexed", x, y, 1) == 0);
  CHECK(net_cancel(context) == NET_OK && net_cancel(NULL) == NET_INVALID_ARGUMENT);
  CHECK(net_run(context, &inputs, &outputs) == NET_OK); /* there was nothing to cancel */
  in[0] = NULL;
  CHECK(net_run_indexed(context, in, out) == NET_INVALID_ARGUMENT);
  net_destroy(context);
  CHECK(taken == 0);
  puts("all right");
  return 0;
}
