/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs the network `demo` once on a ramp and prints the best class.
 */
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what, demo_status status) {
  fprintf(stderr, "%s: %s\n", what, demo_strerror(status));
  return 1;
}

int main(void) {
  const demo_tensor_info *in = demo_input_info(0), *out = demo_output_info(0);
  float *input = malloc(in->bytes), *output = malloc(out->bytes);
  if (!input || !output)
    return 1;
  for (size_t i = 0, n = in->bytes / sizeof(float); i < n; ++i)
    input[i] = (float)i / (float)n - 0.5f;

  demo_options options;
  demo_options_init(&options);
  demo_context *context = NULL;
  demo_status status = demo_create(&options, &context);
  if (status != DEMO_OK)
    return fail("create", status);
  const void *inputs[] = {input};
  void *outputs[] = {output};
  status = demo_run_indexed(context, inputs, outputs);
  if (status != DEMO_OK)
    return fail("run", status);

  size_t best = 0, classes = out->bytes / sizeof(float);
  for (size_t i = 1; i < classes; ++i)
    best = output[i] > output[best] ? i : best;
  printf("class %zu of %zu, score %f\n", best, classes, output[best]);
  demo_destroy(context);
  free(input);
  free(output);
  return 0;
}
