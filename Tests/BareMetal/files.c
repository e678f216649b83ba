// The files that a program can read: those loaded beside it, and no folders but the one they are in.

#include "loader.h"

#define MOST 32
#define FIRST 3

static struct {
  const char *name;
  const uint8_t *bytes;
  uint64_t size;
} files[MOST];
static uint64_t file_count;

/// What is open under each descriptor from FIRST on: the number of the file from 1 on, 0 for nothing.
static struct {
  uint64_t file, position;
} opened[MOST];

int add_file(const char *name, const uint8_t *bytes, uint64_t size) {
  if (file_count == MOST) return 0;
  files[file_count].name = name;
  files[file_count].bytes = bytes;
  files[file_count++].size = size;
  return 1;
}

/// The number of a file, from 1 on; 0 for none. The folder is "/", so names may begin with it.
static uint64_t find(const char *path) {
  if (*path == '/') path++;
  for (uint64_t i = 0; i < file_count; i++) {
    const char *a = files[i].name, *b = path;
    if (*a == '/') a++;
    while (*a && *a == *b) a++, b++;
    if (*a == *b) return i + 1;
  }
  return 0;
}

static uint64_t file_of(uint64_t descriptor) {
  return descriptor >= FIRST && descriptor < FIRST + MOST ? opened[descriptor - FIRST].file : 0;
}

int64_t file_open(const char *path, uint64_t flags) {
  const uint64_t file = find(path);
  if (flags & 3) return -EROFS;
  if (!file) return -ENOENT;
  for (int64_t k = 0; k < MOST; k++)
    if (!opened[k].file) {
      opened[k].file = file;
      opened[k].position = 0;
      return FIRST + k;
    }
  return -ENOMEM;
}

int64_t file_close(uint64_t descriptor) {
  if (!file_of(descriptor)) return -EBADF;
  opened[descriptor - FIRST].file = 0;
  return 0;
}

int64_t file_read(uint64_t descriptor, uint8_t *bytes, uint64_t n) {
  const uint64_t file = file_of(descriptor);
  if (descriptor == 0) return 0;
  if (!file) return -EBADF;
  uint64_t *position = &opened[descriptor - FIRST].position;
  const uint64_t size = files[file - 1].size;
  const uint64_t left = *position < size ? size - *position : 0, count = n < left ? n : left;
  __builtin_memcpy(bytes, files[file - 1].bytes + *position, count);
  *position += count;
  return (int64_t)count;
}

int64_t file_seek(uint64_t descriptor, int64_t offset, uint64_t whence) {
  const uint64_t file = file_of(descriptor);
  if (!file) return -EBADF;
  uint64_t *position = &opened[descriptor - FIRST].position;
  offset += (int64_t)(whence == 0 ? 0 : whence == 1 ? *position : files[file - 1].size);
  if (offset < 0 || whence > 2) return -EINVAL;
  *position = (uint64_t)offset;
  return offset;
}

static int64_t describe(uint8_t *status, uint64_t number, uint32_t mode, uint64_t size) {
  __builtin_memset(status, 0, 144);
  __builtin_memcpy(status + 8, &number, 8);
  status[16] = 1;  // links
  __builtin_memcpy(status + 24, &mode, 4);
  __builtin_memcpy(status + 48, &size, 8);
  return 0;
}

int64_t file_status(uint64_t descriptor, uint8_t *status) {
  const uint64_t file = file_of(descriptor);
  if (descriptor < FIRST) return describe(status, 1, 0020600, 0);
  return file ? describe(status, 2 + file, 0100644, files[file - 1].size) : -EBADF;
}

int64_t path_status(const char *path, uint8_t *status) {
  const uint64_t file = find(path);
  if (path[0] == '/' && !path[1]) return describe(status, 2, 0040755, 0);
  return file ? describe(status, 2 + file, 0100644, files[file - 1].size) : -ENOENT;
}
