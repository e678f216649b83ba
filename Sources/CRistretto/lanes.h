// Eight 64-bit numbers side by side, and everything that is done to them which a processor has instructions
// for. The instructions are in lanes_ifma.h; lanes_emulated.h says the same in plain C.

#ifndef LANES_H
#define LANES_H

#include "availability.h"

#if CRISTRETTO_COMPILES

#include <stdint.h>
#include <string.h>

#if defined(CRISTRETTO_EMULATED)
#define UNROLL
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#define LOW_52 ((1ULL << 52) - 1)
#define LOW_51 ((1ULL << 51) - 1)

#if defined(CRISTRETTO_EMULATED)
#include "lanes_emulated.h"
#elif defined(CRISTRETTO_AVX2)
#include "lanes_avx2.h"
#else
#include "lanes_ifma.h"
#endif

/// A function that is compiled once for a file: for what is called rarely, or is large enough not to notice the call.
#define SEPARATE static __attribute__((noinline, unused)) KERNEL

/// The mask of the first n lanes, of all for n >= 8.
LANEWISE mask8 first_lanes(size_t n) { return mask_from_bits(n >= 8 ? 0xff : (1u << n) - 1); }

/// Four words as five limbs of 51 or 52 bits; the last one takes what is left.
LANEWISE void limbs_from_words(lanes limb[5], const lanes w[4], unsigned radix_bits) {
  const lanes mask = lanes_repeat((1ULL << radix_bits) - 1);
  const unsigned shift = 64 - radix_bits;
  limb[0] = lanes_and(w[0], mask);
  for (unsigned k = 1; k < 4; k++)
    limb[k] = lanes_and(lanes_or(lanes_right(w[k - 1], 64 - shift * k), lanes_left(w[k], shift * k)), mask);
  limb[4] = lanes_right(w[3], 4 * radix_bits - 192);
}

/// The reverse, for limbs 0 … 3 of no more than 51 or 52 bits.
LANEWISE void limbs_to_words(lanes w[4], const lanes limb[5], unsigned radix_bits) {
  const unsigned shift = 64 - radix_bits;
  for (unsigned k = 0; k < 4; k++)
    w[k] = lanes_or(lanes_right(limb[k], shift * k), lanes_left(limb[k + 1], radix_bits - shift * k));
}

// A checking build (-DCRISTRETTO_CHECK) executes the bounds that the comments state, and makes wrong use
// show.
#ifdef CRISTRETTO_CHECK
#include <stdio.h>
#include <stdlib.h>
LANEWISE void lanes_check_below(lanes a, uint64_t bound, const char *what, const char *where, int line) {
  if (mask_to_bits(mask_not(lanes_are_below(a, lanes_repeat(bound))))) {
    fprintf(stderr, "%s:%d: %s out of bounds\n", where, line, what);
    abort();
  }
}
#define CHECK_BELOW(a, bound, what) lanes_check_below(a, bound, what, __FILE__, __LINE__)
#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      abort();                                                                      \
    }                                                                               \
  } while (0)
#else
#define CHECK_BELOW(a, bound, what) ((void)0)
#define CHECK(condition) ((void)0)
#endif

#endif
#endif
