/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Two networks in one program, at the same time: each thread has a context of
 * its own. Prints both best classes.
 */
#include "first.h"
#include "second.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* One thread's work on the library NAME: 20 runs on zeros. */
#define WORK(NAME, OK)                                                                             \
  static void *work_##NAME(void *result) {                                                         \
    const NAME##_tensor_info *in = NAME##_input_info(0), *out = NAME##_output_info(0);             \
    float *input = calloc(1, in->bytes), *output = malloc(out->bytes);                             \
    NAME##_context *context = NULL;                                                                \
    NAME##_status status = NAME##_create(NULL, &context);                                          \
    const void *inputs[] = {input};                                                                \
    void *outputs[] = {output};                                                                    \
    for (int i = 0; i < 20 && status == OK; ++i)                                                   \
      status = NAME##_run_indexed(context, inputs, outputs);                                       \
    size_t best = 0;                                                                               \
    for (size_t i = 1; i < out->bytes / sizeof(float); ++i)                                        \
      best = output[i] > output[best] ? i : best;                                                  \
    *(long *)result = status == OK ? (long)best : -1;                                              \
    NAME##_destroy(context);                                                                       \
    free(input);                                                                                   \
    free(output);                                                                                  \
    return NULL;                                                                                   \
  }

WORK(first, FIRST_OK)
WORK(second, SECOND_OK)

int main(void) {
  pthread_t threads[2];
  long best[2] = {-1, -1};
  pthread_create(&threads[0], NULL, work_first, &best[0]);
  pthread_create(&threads[1], NULL, work_second, &best[1]);
  pthread_join(threads[0], NULL);
  pthread_join(threads[1], NULL);
  printf("first: class %ld, second: class %ld\n", best[0], best[1]);
  return best[0] < 0 || best[1] < 0;
}
