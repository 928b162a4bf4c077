/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the network of make_model.py answers on a ramp, by its formula.
 */
#include <stdio.h>

#define PIXELS 64

static void fill(float *x) {
  for (int i = 0; i < 3 * PIXELS; ++i)
    x[i] = (float)(i % 7) - 2.5f;
}

/* Complains and returns 1 where y is not what make_model.py says. */
static int judge(const char *what, const float *x, const float *y, float scale) {
  float sum = 0;
  for (int c = 0; c < 8; ++c)
    for (int i = 0; i < PIXELS; ++i) {
      float v = x[c % 3 * PIXELS + i];
      sum += v > 0 ? v : 0;
    }
  for (int o = 0; o < 4; ++o) {
    float expected = scale * (float)(o + 1) * sum / PIXELS, error = y[o] - expected;
    if (!(error < 1e-4f * expected && error > -1e-4f * expected)) {
      fprintf(stderr, "%s: y[%d] is %f, not %f\n", what, o, y[o], expected);
      return 1;
    }
  }
  return 0;
}
