// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What it costs when units wait for each other. Two units of one thread each take
// turns in empty steps, each of which waits for the one before: half a round trip
// is the way from one unit to the other. And phases of two empty steps, which all
// units enter and leave together.
// Usage: sync_cost [processor of the caller [of the other thread]], default -1: anywhere.

#include "tools/profile/SyncCost.h"
#include "tools/run/LoadedLibrary.h"

#include <cstdio>
#include <cstdlib>

using namespace snc::profile;

static void measure(const char *name, const SyncSetup &setup) {
  SyncSpread ns = measureSync(setup);
  std::printf("%-40s %9.0f %9.0f %9.0f\n", name, ns.p10, ns.median, ns.p90);
}

int main(int argc, char **argv) {
  int first = argc > 1 ? std::atoi(argv[1]) : -1, second = argc > 2 ? std::atoi(argv[2]) : -1;
  std::printf("ns for each                                    p10    median       p90\n");
  try {
    using enum SyncPattern;
    uint32_t spin = SNC_DEFAULT_SPIN_US;
    measure("step of a unit of its own", {own, 2, spin, first, second});
    measure("step in order, one thread", {turns, 1, spin, first, second});
    measure("step that waits, spinning", {turns, 2, spin, first, second});
    measure("step that waits, spin_us = 0", {turns, 2, 0, first, second});
    measure("phase of two units, spinning", {phases, 2, spin, first, second});
  } catch (const snc::run::RunError &error) {
    std::fprintf(stderr, "sync_cost: %s\n", error.what());
    return 1;
  }
  return 0;
}
