// What Swift does not see of the C library's allocator.
#pragma once
#include <stddef.h>
#if defined(__linux__)
#include <features.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

// Memory of blocks of at least `bytes` goes back to the system when they are freed, and what is free at the end of the
// heap beyond as much; without it the allocator raises both limits by itself and keeps what it once had. Does nothing
// where the C library is not glibc.
static inline void callocator_return_blocks(int bytes) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, bytes);
#else
  (void)bytes;
#endif
}
