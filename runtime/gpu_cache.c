/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The cache of compiled programs. A file: header, key, data.
 */
#include "gpu_cache.h"

#include "futex.h"
#include "snc_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAGIC "sncgpu1"
#define MOST_BYTES ((uint64_t)1 << 30)

typedef struct header {
  char magic[8];
  uint64_t key_bytes, data_bytes;
  uint64_t hash; /* of all behind the header */
} header;

/* Sizes, then pieces, in one block; NULL when there is no memory. */
static uint8_t *flatten(const snc_cache *cache, size_t *bytes) {
  *bytes = 0;
  for (uint32_t i = 0; i < cache->num_parts; ++i)
    *bytes += sizeof(uint64_t) + cache->key[i].bytes;
  uint8_t *key = malloc(*bytes), *at = key;
  for (uint32_t i = 0; key && i < cache->num_parts; ++i) {
    uint64_t size = cache->key[i].bytes;
    memcpy(at, &size, sizeof size);
    memcpy(at + sizeof size, cache->key[i].data, size);
    at += sizeof size + size;
  }
  return key;
}

/* Of the file; freed by the caller. */
static char *path_of(const snc_cache *cache, const uint8_t *key, size_t bytes, const char *suffix) {
  size_t room = strlen(cache->folder) + 80;
  char *path = malloc(room);
  if (path)
    snprintf(path, room, "%s/%016llx.bin%s", cache->folder,
             (unsigned long long)snc_hash64(key, bytes), suffix);
  return path;
}

/* All of a file, freed by the caller; NULL when it cannot be read. */
static uint8_t *read_file(const char *path, size_t *bytes) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return NULL;
  off_t end = lseek(fd, 0, SEEK_END);
  uint8_t *data = end > 0 && (uint64_t)end <= MOST_BYTES ? malloc((size_t)end) : NULL;
  size_t done = 0;
  while (data && done < (size_t)end) {
    ssize_t got = pread(fd, data + done, (size_t)end - done, (off_t)done);
    if (got <= 0)
      break;
    done += (size_t)got;
  }
  close(fd);
  *bytes = done;
  if (data && done == (size_t)end)
    return data;
  free(data);
  return NULL;
}

/* Whether the file is whole and of this key. */
static int usable(const uint8_t *file, size_t bytes, const uint8_t *key, size_t key_bytes) {
  header h;
  if (bytes < sizeof h)
    return 0;
  memcpy(&h, file, sizeof h);
  return !memcmp(h.magic, MAGIC, sizeof h.magic) && h.key_bytes == key_bytes &&
         h.data_bytes <= MOST_BYTES && bytes == sizeof h + key_bytes + h.data_bytes &&
         snc_hash64(file + sizeof h, bytes - sizeof h) == h.hash &&
         !memcmp(file + sizeof h, key, key_bytes);
}

uint8_t *snc_cache_read(const snc_cache *cache, size_t *bytes) {
  size_t key_bytes, file_bytes = 0;
  uint8_t *key = cache->folder ? flatten(cache, &key_bytes) : NULL;
  char *path = key ? path_of(cache, key, key_bytes, "") : NULL;
  uint8_t *file = path ? read_file(path, &file_bytes) : NULL;
  if (file && usable(file, file_bytes, key, key_bytes)) {
    *bytes = file_bytes - sizeof(header) - key_bytes;
    memmove(file, file + sizeof(header) + key_bytes, *bytes);
  } else {
    free(file);
    file = NULL;
  }
  free(path);
  free(key);
  return file;
}

/* With the folders above it. */
static void make_folder(const char *folder) {
  char *path = strdup(folder);
  for (char *c = path; c && *c; ++c)
    if (*c == '/' && c != path) {
      *c = 0;
      mkdirat(AT_FDCWD, path, 0777);
      *c = '/';
    }
  if (path)
    mkdirat(AT_FDCWD, path, 0777);
  free(path);
}

static int write_all(int fd, const void *data, size_t bytes) {
  const uint8_t *at = data;
  while (bytes) {
    ssize_t put = write(fd, at, bytes);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return 0;
    at += put;
    bytes -= (size_t)put;
  }
  return 1;
}

/* A name that nobody else uses now, also where processes see other numbers of threads. */
static char *temporary(const snc_cache *cache, const uint8_t *key, size_t bytes) {
  char suffix[40];
  snprintf(suffix, sizeof suffix, ".%d.%llx", (int)syscall(SYS_gettid),
           (unsigned long long)snc_now_ns());
  return path_of(cache, key, bytes, suffix);
}

int snc_cache_write(const snc_cache *cache, const uint8_t *data, size_t bytes) {
  size_t key_bytes;
  uint8_t *key = flatten(cache, &key_bytes);
  uint8_t *file = key ? malloc(key_bytes + bytes) : NULL;
  char *path = key ? path_of(cache, key, key_bytes, "") : NULL;
  char *unfinished = key ? temporary(cache, key, key_bytes) : NULL;
  int written = 0;
  if (file && path && unfinished) {
    memcpy(file, key, key_bytes);
    memcpy(file + key_bytes, data, bytes);
    header h = {MAGIC, key_bytes, bytes, snc_hash64(file, key_bytes + bytes)};
    make_folder(cache->folder);
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    written = fd >= 0 && write_all(fd, &h, sizeof h) && write_all(fd, file, key_bytes + bytes);
    if (fd >= 0)
      written &= !close(fd);
    written = written && !rename(unfinished, path);
    if (fd >= 0 && !written)
      unlink(unfinished);
  }
  free(unfinished);
  free(path);
  free(file);
  free(key);
  return written;
}
