/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a parallel loop costs: the time of one that does nothing, back to back
 * (workers spin), after a pause (workers sleep) and without spinning.
 * Usage: fork_join [threads...], default 1 2 4.
 */
#include "runtime/snc_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SAMPLES = 2001 };

typedef struct bench {
  int threads;       /* and tasks of each loop */
  long pause_us;     /* before each loop */
  double ns[SAMPLES]; /* of each loop */
  int together;      /* loops in which another thread took part */
} bench;

typedef struct marks {
  void *workers[SNC_MAX_THREADS];
} marks;

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int mark(void *worker, int index, uint8_t *closure) {
  ((marks *)(void *)closure)->workers[index] = worker;
  return 0;
}

static int32_t execute(snc_worker *worker, snc_buffer *buffers, snc_trace *trace) {
  (void)trace;
  bench *b = (bench *)(void *)buffers[0].host;
  marks m;
  for (int i = 0; i < SAMPLES; ++i) {
    struct timespec pause = {0, b->pause_us * 1000};
    if (b->pause_us)
      nanosleep(&pause, NULL);
    double begin = now_ns();
    if (halide_do_par_for(worker, mark, 0, b->threads, (uint8_t *)&m))
      return -1;
    b->ns[i] = now_ns() - begin;
    for (int t = 1; t < b->threads; ++t)
      if (m.workers[t] != (void *)worker) {
        ++b->together;
        break;
      }
  }
  return 0;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* One line of the table. Returns 0 on failure. */
static int measure(const char *name, int threads, uint32_t spin_us, long pause_us) {
  static const snc_buffer_desc buffer = {SNC_BASE_INPUT, 0, 0, 0, 0};
  static const snc_tensor_info input = {"bench", SNC_UINT8, 0, {0}, sizeof(bench)};
  snc_model model = {.abi_version = SNC_ABI_VERSION,
                     .name = "fork_join",
                     .num_inputs = 1,
                     .num_buffers = 1,
                     .inputs = &input,
                     .buffers = &buffer,
                     .execute = execute};
  static bench b;
  b = (bench){.threads = threads, .pause_us = pause_us};
  snc_options options;
  snc_options_init(&options);
  options.threads = threads;
  options.spin_us = spin_us;
  snc_context *context;
  const void *inputs[] = {&b};
  int32_t status = snc_context_create(&model, &options, &context);
  if (status == SNC_OK)
    status = snc_context_run(context, inputs, NULL);
  snc_context_destroy(context);
  if (status != SNC_OK) {
    fprintf(stderr, "fork_join: %s\n", snc_strerror(status));
    return 0;
  }
  qsort(b.ns, SAMPLES, sizeof b.ns[0], ascending);
  printf("%7d  %-22s %9.2f %9.2f %9.2f %10.0f %%\n", threads, name, b.ns[SAMPLES / 10] / 1e3,
         b.ns[SAMPLES / 2] / 1e3, b.ns[SAMPLES * 9 / 10] / 1e3, 100.0 * b.together / SAMPLES);
  return 1;
}

static int measure_all(int threads) {
  return measure("spinning", threads, SNC_DEFAULT_SPIN_US, 0) &&
         measure("after 300 us of idling", threads, SNC_DEFAULT_SPIN_US, 300) &&
         measure("spin_us = 0", threads, 0, 0);
}

int main(int argc, char **argv) {
  printf("threads  workers                   p10 us median us    p90 us   in parallel\n");
  if (argc == 1)
    return !(measure_all(1) && measure_all(2) && measure_all(4));
  for (int i = 1; i < argc; ++i)
    if (!measure_all(atoi(argv[i])))
      return 1;
  return 0;
}
