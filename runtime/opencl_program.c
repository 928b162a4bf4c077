/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * OpenCL programs: from the cache of binaries, or compiled and put there.
 */
#include "gpu_cache.h"
#include "gpu_opencl.h"

#include <stdlib.h>
#include <string.h>

/* Text for the log is cut anyway. */
static void say_build_log(snc_cl_device *cl, snc_cl program, int32_t error) {
  char *log = NULL;
  size_t bytes = 0;
  cl->api.GetProgramBuildInfo(program, cl->device, SNC_CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
  if (bytes)
    log = calloc(bytes + 1, 1);
  if (log)
    cl->api.GetProgramBuildInfo(program, cl->device, SNC_CL_PROGRAM_BUILD_LOG, bytes, log, NULL);
  for (char *c = log; c && *c; ++c)
    if (*c == '\n' || *c == '\r')
      *c = ' '; /* messages are one line */
  snc_gpu_say(&cl->base, "opencl: clBuildProgram failed with %d: %s", error, log ? log : "");
  free(log);
}

/* The binary of a program for its one device. Freed by the caller; NULL: none. */
static uint8_t *binary_of(snc_cl_device *cl, snc_cl program, size_t *bytes) {
  *bytes = 0;
  if (cl->api.GetProgramInfo(program, SNC_CL_PROGRAM_BINARY_SIZES, sizeof *bytes, bytes, NULL) ||
      !*bytes)
    return NULL;
  uint8_t *binary = malloc(*bytes);
  if (binary && cl->api.GetProgramInfo(program, SNC_CL_PROGRAM_BINARIES, sizeof binary, &binary,
                                       NULL) == SNC_CL_SUCCESS)
    return binary;
  free(binary);
  return NULL;
}

/* NULL where the driver does not take it. */
static snc_cl from_binary(snc_cl_device *cl, const uint8_t *binary, size_t bytes) {
  int32_t taken = SNC_CL_SUCCESS, error;
  snc_cl program =
      cl->api.CreateProgramWithBinary(cl->context, 1, &cl->device, &bytes, &binary, &taken, &error);
  if (!program)
    return NULL;
  if (taken == SNC_CL_SUCCESS &&
      !cl->api.BuildProgram(program, 1, &cl->device, cl->build_options, NULL, NULL))
    return program;
  cl->api.ReleaseProgram(program);
  return NULL;
}

static int32_t from_source(snc_cl_device *cl, const char *code, size_t bytes, snc_cl *program) {
  int32_t error;
  *program = cl->api.CreateProgramWithSource(cl->context, 1, &code, &bytes, &error);
  if (!*program)
    return snc_cl_failed(&cl->base, "CreateProgramWithSource", error);
  error = cl->api.BuildProgram(*program, 1, &cl->device, cl->build_options, NULL, NULL);
  if (error == SNC_CL_SUCCESS)
    return SNC_OK;
  say_build_log(cl, *program, error);
  cl->api.ReleaseProgram(*program);
  *program = NULL;
  return error == SNC_CL_OUT_OF_HOST_MEMORY ? SNC_OUT_OF_MEMORY : SNC_DEVICE_FAILED;
}

int32_t snc_cl_program(snc_gpu_device *device, const char *code, size_t bytes, void **program,
                       int *cached) {
  snc_cl_device *cl = snc_cl_of(device);
  bytes = strnlen(code, bytes); /* Halide counts the final zero */
  const snc_cache_part key[] = {{"opencl", 7},
                                {device->name, strlen(device->name) + 1},
                                {cl->driver, strlen(cl->driver) + 1},
                                {cl->version, strlen(cl->version) + 1},
                                {cl->build_options, strlen(cl->build_options) + 1},
                                {code, bytes}};
  const char *folder = device->options->gpu_cache;
  const snc_cache cache = {folder && *folder ? folder : NULL, key, sizeof key / sizeof key[0]};
  size_t size;
  uint8_t *binary = snc_cache_read(&cache, &size);
  *cached = 0;
  if (binary) {
    *program = from_binary(cl, binary, size);
    free(binary);
    *cached = *program != NULL;
    if (*program)
      return SNC_OK;
  }
  snc_cl made;
  int32_t status = from_source(cl, code, bytes, &made);
  if (status != SNC_OK)
    return status;
  *program = made;
  if (cache.folder && (binary = binary_of(cl, made, &size)) != NULL) {
    if (!snc_cache_write(&cache, binary, size))
      snc_gpu_say(device, "opencl: cannot write to the cache '%s'", cache.folder);
    free(binary);
  }
  return SNC_OK;
}

void snc_cl_release_program(snc_gpu_device *device, void *program) {
  snc_cl_of(device)->api.ReleaseProgram(program);
}
