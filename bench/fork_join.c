/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a parallel loop costs: the time of one whose tasks do nothing but meet,
 * one on each thread, so that none can do the work of all. Back to back (workers
 * spin), after a pause (workers sleep) and without spinning. The last column is
 * a loop of empty tasks, which the caller may end without anybody's help.
 * Usage: fork_join [threads...], default 1 2.
 */
#include "runtime/snc_model.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SAMPLES = 2001 };

typedef struct bench {
  int threads;                             /* and tasks of each loop */
  long pause_us;                           /* before each loop */
  double meeting[SAMPLES], empty[SAMPLES]; /* ns of each loop */
} bench;

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Returns once all tasks have arrived; yields in case they share a processor. */
static int meet(void *worker, int index, uint8_t *closure) {
  (void)worker;
  (void)index;
  _Atomic int *missing = (_Atomic int *)(void *)closure;
  atomic_fetch_sub(missing, 1);
  for (int i = 1; atomic_load(missing) > 0; ++i)
    if (i % 4096 == 0)
      sched_yield();
  return 0;
}

static int nothing(void *worker, int index, uint8_t *closure) {
  (void)worker;
  (void)index;
  (void)closure;
  return 0;
}

static double time_loop(snc_worker *worker, const bench *b, snc_halide_task task) {
  struct timespec pause = {0, b->pause_us * 1000};
  if (b->pause_us)
    nanosleep(&pause, NULL);
  _Atomic int missing = b->threads;
  double begin = now_ns();
  if (halide_do_par_for(worker, task, 0, b->threads, (uint8_t *)&missing))
    return -1;
  return now_ns() - begin;
}

static int32_t all_loops(snc_worker *worker, snc_buffer *buffers) {
  bench *b = (bench *)(void *)buffers[0].host;
  for (int i = 0; i < SAMPLES; ++i) {
    b->meeting[i] = time_loop(worker, b, meet);
    b->empty[i] = time_loop(worker, b, nothing);
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
  static const snc_step step = {.run = all_loops, .unit = SNC_ALL_UNITS};
  static const snc_phase phase = {0, 1};
  static const snc_tensor_info input = {"bench", SNC_UINT8, 0, {0}, sizeof(bench)};
  snc_model model = {.abi_version = SNC_ABI_VERSION,
                     .name = "fork_join",
                     .num_inputs = 1,
                     .num_buffers = 1,
                     .inputs = &input,
                     .buffers = &buffer,
                     .phases = &phase,
                     .steps = &step,
                     .num_phases = 1,
                     .num_steps = 1};
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
  qsort(b.meeting, SAMPLES, sizeof b.meeting[0], ascending);
  qsort(b.empty, SAMPLES, sizeof b.empty[0], ascending);
  printf("%7d  %-22s %9.2f %9.2f %9.2f %9.2f\n", threads, name, b.meeting[SAMPLES / 10] / 1e3,
         b.meeting[SAMPLES / 2] / 1e3, b.meeting[SAMPLES * 9 / 10] / 1e3,
         b.empty[SAMPLES / 2] / 1e3);
  return 1;
}

static int measure_all(int threads) {
  return measure("spinning", threads, SNC_DEFAULT_SPIN_US, 0) &&
         measure("after 300 us of idling", threads, SNC_DEFAULT_SPIN_US, 300) &&
         measure("spin_us = 0", threads, 0, 0);
}

int main(int argc, char **argv) {
  printf("threads  workers                   p10 us median us    p90 us  empty us\n");
  if (argc == 1)
    return !(measure_all(1) && measure_all(2));
  for (int i = 1; i < argc; ++i)
    if (!measure_all(atoi(argv[i])))
      return 1;
  return 0;
}
