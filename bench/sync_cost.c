/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What it costs when units wait for each other. Two units of one thread each take
 * turns in empty steps, each of which waits for the one before: half a round trip
 * is the way from one unit to the other. And phases of two empty steps, which all
 * units enter and leave together. Threads may be pinned, the caller's by the
 * shell (taskset), the other by its number.
 * Usage: sync_cost [processor of the second thread], default -1: anywhere.
 */
#include "runtime/snc_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STEPS = 1000, RUNS = 501 };

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int32_t nothing(snc_worker *worker, snc_buffer *buffers) {
  (void)worker;
  (void)buffers;
  return 0;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static snc_step steps[STEPS];
static snc_phase phases[STEPS / 2];
static uint32_t waits[STEPS];

/* One phase: step s on unit s % units waits for step s - 1, if that is another's. */
static uint32_t make_turns(uint32_t units) {
  for (uint32_t s = 0; s < STEPS; ++s) {
    steps[s] = (snc_step){.run = nothing, .unit = s % units, .level = s, .first_wait = s};
    steps[s].num_waits = s > 0 && units > 1;
    waits[s] = s > 0 ? s - 1 : 0;
  }
  phases[0] = (snc_phase){0, STEPS};
  return 1;
}

static uint32_t make_phases(void) {
  for (uint32_t s = 0; s < STEPS; ++s)
    steps[s] = (snc_step){.run = nothing, .unit = s % 2};
  for (uint32_t p = 0; p < STEPS / 2; ++p)
    phases[p] = (snc_phase){2 * p, 2};
  return STEPS / 2;
}

/* Prints one line: ns for each of `count`. Returns 0 on failure. */
static int measure(const char *name, uint32_t num_phases, int threads, uint32_t spin_us,
                   int32_t processor, double count) {
  static const snc_unit units[] = {{"a", 1, 0}, {"b", 1, 0}};
  snc_model model = {.abi_version = SNC_ABI_VERSION,
                     .name = "sync_cost",
                     .phases = phases,
                     .steps = steps,
                     .waits = waits,
                     .units = units,
                     .num_phases = num_phases,
                     .num_steps = STEPS,
                     .num_waits = STEPS,
                     .num_units = 2};
  const int32_t processors[] = {-1, processor};
  snc_options options;
  snc_options_init(&options);
  options.threads = threads;
  options.spin_us = spin_us;
  options.processors = processors;
  options.num_processors = 2;
  snc_context *context;
  int32_t status = snc_context_create(&model, &options, &context);
  double ns[RUNS];
  for (int i = 0; i < RUNS && status == SNC_OK; ++i) {
    double begin = now_ns();
    status = snc_context_run(context, NULL, NULL);
    ns[i] = (now_ns() - begin) / count;
  }
  snc_context_destroy(context);
  if (status != SNC_OK) {
    fprintf(stderr, "sync_cost: %s\n", snc_strerror(status));
    return 0;
  }
  qsort(ns, RUNS, sizeof ns[0], ascending);
  printf("%-40s %9.0f %9.0f %9.0f\n", name, ns[RUNS / 10], ns[RUNS / 2], ns[RUNS * 9 / 10]);
  return 1;
}

int main(int argc, char **argv) {
  int32_t processor = argc > 1 ? atoi(argv[1]) : -1;
  uint32_t spin = SNC_DEFAULT_SPIN_US;
  printf("ns for each                                    p10    median       p90\n");
  int good = measure("step of a unit of its own", make_turns(1), 2, spin, processor, STEPS) &&
             measure("step in order, one thread", make_turns(2), 1, spin, processor, STEPS) &&
             measure("step that waits, spinning", make_turns(2), 2, spin, processor, STEPS) &&
             measure("step that waits, spin_us = 0", make_turns(2), 2, 0, processor, STEPS) &&
             measure("phase of two units, spinning", make_phases(), 2, spin, processor, STEPS / 2);
  return !good;
}
