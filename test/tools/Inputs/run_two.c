/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Two libraries linked into one program, of the scales 1 and 10.
 */
#include "answer.h"
#include "one.h"
#include "ten.h"

int main(void) {
  float x[3 * PIXELS], y[4], z[4];
  fill(x);
  one_context *a = NULL;
  ten_context *b = NULL;
  if (one_create(NULL, &a) != ONE_OK || ten_create(NULL, &b) != TEN_OK)
    return 1;
  one_inputs in = {x};
  one_outputs out = {y};
  ten_inputs in_ten = {x};
  ten_outputs out_ten = {z};
  if (one_run(a, &in, &out) != ONE_OK || ten_run(b, &in_ten, &out_ten) != TEN_OK)
    return 1;
  one_destroy(a);
  ten_destroy(b);
  if (judge("one", x, y, 1) || judge("ten", x, z, 10))
    return 1;
  puts("both right");
  return 0;
}
