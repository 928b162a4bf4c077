/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * open_two LIB NAME SCALE LIB NAME SCALE: opens libraries at run time, in one
 * name space, and closes them again.
 */
#include "answer.h"
#include "runtime/snc.h"

#include <dlfcn.h>
#include <stdlib.h>

static void *find(void *library, const char *name, const char *function) {
  char symbol[128];
  snprintf(symbol, sizeof symbol, "%s_%s", name, function);
  return dlsym(library, symbol);
}

static int run(void *library, const char *name, float scale) {
  int32_t (*create)(const snc_options *, snc_context **) =
      (int32_t (*)(const snc_options *, snc_context **))find(library, name, "create");
  int32_t (*indexed)(snc_context *, const void *const *, void *const *) =
      (int32_t (*)(snc_context *, const void *const *, void *const *))find(library, name,
                                                                           "run_indexed");
  void (*destroy)(snc_context *) = (void (*)(snc_context *))find(library, name, "destroy");
  snc_context *context = NULL;
  float x[3 * PIXELS], y[4] = {0};
  fill(x);
  const void *inputs[] = {x};
  void *outputs[] = {y};
  if (create(NULL, &context) || indexed(context, inputs, outputs))
    return 1;
  destroy(context);
  return judge(name, x, y, scale);
}

int main(int argc, char **argv) {
  void *libraries[2];
  for (int i = 0; i < 2; ++i) {
    libraries[i] = dlopen(argv[1 + 3 * i], RTLD_NOW | RTLD_GLOBAL);
    if (argc != 7 || !libraries[i]) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
  }
  for (int i = 0; i < 2; ++i)
    if (run(libraries[i], argv[2 + 3 * i], (float)atof(argv[3 + 3 * i])))
      return 1;
  for (int i = 0; i < 2; ++i)
    if (dlclose(libraries[i]))
      return 1;
  puts("both right");
  return 0;
}
