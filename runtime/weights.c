/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Weights by pointer, by file (mapped once, counted) or embedded. The list of
 * mappings is the runtime's one piece of global mutable state, under one lock.
 */
#include "weights.h"

#include "snc_hash.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Lies in the pages just before the file's, so that it needs no allocator. */
struct snc_mapping {
  snc_mapping *next;
  uint64_t users;
  uint64_t bytes;
  uint64_t hash;
  uint64_t header_bytes;
  char path[]; /* as the caller wrote it */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static snc_mapping *mappings;

static const uint8_t *contents(const snc_mapping *mapping) {
  return (const uint8_t *)mapping + mapping->header_bytes;
}

/* Sets *fd to an open file of the model's size. */
static int32_t open_checked(const char *path, uint64_t bytes, int *fd) {
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (*fd < 0)
    return SNC_WEIGHTS_NOT_FOUND;
  off_t end = lseek(*fd, 0, SEEK_END);
  if (end >= 0 && (uint64_t)end == bytes)
    return SNC_OK;
  close(*fd);
  return end < 0 ? SNC_WEIGHTS_NOT_FOUND : SNC_WEIGHTS_MISMATCH;
}

/* Maps header and file next to each other, checks the content. */
static int32_t map_file(const snc_model *model, const char *path, snc_mapping **out) {
  int fd;
  int32_t status = open_checked(path, model->weights_bytes, &fd);
  if (status != SNC_OK)
    return status;
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  size_t path_bytes = strlen(path) + 1;
  uint64_t header = (sizeof(snc_mapping) + path_bytes + page - 1) / page * page;
  uint8_t *base = mmap(NULL, header + model->weights_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *file = MAP_FAILED;
  if (base != MAP_FAILED)
    file = mmap(base + header, model->weights_bytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
  close(fd);
  if (file == MAP_FAILED)
    status = SNC_OUT_OF_MEMORY;
  else if (snc_hash64(file, model->weights_bytes) != model->weights_hash)
    status = SNC_WEIGHTS_MISMATCH;
  if (status != SNC_OK) {
    if (base != MAP_FAILED)
      munmap(base, header + model->weights_bytes);
    return status;
  }
  snc_mapping *mapping = (snc_mapping *)base;
  mapping->users = 0;
  mapping->bytes = model->weights_bytes;
  mapping->hash = model->weights_hash;
  mapping->header_bytes = header;
  memcpy(mapping->path, path, path_bytes);
  *out = mapping;
  return SNC_OK;
}

static int32_t acquire_file(const snc_model *model, const char *path, snc_mapping **out) {
  int32_t status = SNC_OK;
  pthread_mutex_lock(&lock);
  snc_mapping *found = mappings;
  while (found && (found->hash != model->weights_hash || found->bytes != model->weights_bytes ||
                   strcmp(found->path, path) != 0))
    found = found->next;
  if (!found) {
    status = map_file(model, path, &found);
    if (status == SNC_OK) {
      found->next = mappings;
      mappings = found;
    }
  }
  if (status == SNC_OK) {
    ++found->users;
    *out = found;
  }
  pthread_mutex_unlock(&lock);
  return status;
}

int32_t snc_weights_acquire(const snc_model *model, const snc_options *options,
                            const uint8_t **data, snc_mapping **mapping) {
  *data = NULL;
  *mapping = NULL;
  if (!model->weights_bytes)
    return SNC_OK;
  if (options->weights) {
    if ((uintptr_t)options->weights % SNC_WEIGHTS_ALIGNMENT)
      return SNC_INVALID_ARGUMENT;
    if (options->weights_size != model->weights_bytes ||
        snc_hash64(options->weights, options->weights_size) != model->weights_hash)
      return SNC_WEIGHTS_MISMATCH;
    *data = options->weights;
    return SNC_OK;
  }
  if (!options->weights_path && model->weights) {
    *data = model->weights;
    return SNC_OK;
  }
  const char *path = options->weights_path ? options->weights_path : model->weights_file;
  if (!path)
    return SNC_WEIGHTS_NOT_FOUND;
  int32_t status = acquire_file(model, path, mapping);
  if (status == SNC_OK)
    *data = contents(*mapping);
  return status;
}

void snc_weights_release(snc_mapping *mapping) {
  if (!mapping)
    return;
  pthread_mutex_lock(&lock);
  if (--mapping->users == 0) {
    snc_mapping **link = &mappings;
    while (*link != mapping)
      link = &(*link)->next;
    *link = mapping->next;
    munmap(mapping, mapping->header_bytes + mapping->bytes);
  }
  pthread_mutex_unlock(&lock);
}
