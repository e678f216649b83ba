// Tells valgrind what is secret: memory that it shall take for undefined, so that it reports every branch and
// every address that depends on it. Outside of valgrind nothing happens.

#ifndef SECRET_MARKS_H
#define SECRET_MARKS_H

#include <stddef.h>
#include <valgrind/memcheck.h>

/// From here on the bytes, and whatever is computed from them, are secret.
static inline void mark_secret(const void *bytes, size_t count) {
  (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
}

/// The bytes may be looked at.
static inline void mark_public(const void *bytes, size_t count) {
  (void)VALGRIND_MAKE_MEM_DEFINED(bytes, count);
}

/// Whether the program runs under valgrind.
static inline int marks_are_heeded(void) { return RUNNING_ON_VALGRIND > 0; }

#endif
