/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs the network `net`: input file to output file, raw float32. For targets that
 * only an emulator runs.
 */
#include "net.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  const net_tensor_info *in = net_input_info(0), *out = net_output_info(0);
  float *input = malloc(in->bytes), *output = malloc(out->bytes);
  FILE *from = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (!from || fread(input, 1, in->bytes, from) != in->bytes)
    return 2;
  net_context *context = NULL;
  if (net_create(NULL, &context) != NET_OK)
    return 3;
  const void *inputs[] = {input};
  void *outputs[] = {output};
  net_status status = net_run_indexed(context, inputs, outputs);
  net_destroy(context);
  FILE *to = fopen(argv[2], "wb");
  if (status != NET_OK || !to || fwrite(output, 1, out->bytes, to) != out->bytes || fclose(to))
    return 4;
  return 0;
}
