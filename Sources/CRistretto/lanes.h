// Eight 64-bit numbers in one AVX-512 register.

#ifndef LANES_H
#define LANES_H

#include "availability.h"

#if CRISTRETTO_COMPILES

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

/// Marks a function as compiled for the instructions that cristretto_is_available() asks for.
#define KERNEL __attribute__((target("avx512f,avx512ifma,avx512vl,avx512dq,avx512bw")))

/// The same for a building block that disappears into the function that calls it.
#define LANEWISE static inline __attribute__((always_inline)) KERNEL

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

typedef __m512i lanes;

LANEWISE lanes lanes_repeat(uint64_t x) { return _mm512_set1_epi64((long long)x); }
LANEWISE lanes lanes_zero(void) { return _mm512_setzero_si512(); }
/// 0, step, 2 step, … 7 step
LANEWISE lanes lanes_sequence(uint64_t step) {
  return _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), lanes_repeat(step));
}
LANEWISE lanes lanes_add(lanes a, lanes b) { return _mm512_add_epi64(a, b); }
LANEWISE lanes lanes_subtract(lanes a, lanes b) { return _mm512_sub_epi64(a, b); }
LANEWISE lanes lanes_and(lanes a, lanes b) { return _mm512_and_si512(a, b); }
LANEWISE lanes lanes_or(lanes a, lanes b) { return _mm512_or_si512(a, b); }
LANEWISE lanes lanes_right(lanes a, unsigned n) { return _mm512_srli_epi64(a, n); }
LANEWISE lanes lanes_left(lanes a, unsigned n) { return _mm512_slli_epi64(a, n); }
/// acc + (a b mod 2^52), of the low 52 bits of a and b
LANEWISE lanes lanes_add_low(lanes acc, lanes a, lanes b) {
  return _mm512_madd52lo_epu64(acc, a, b);
}
/// acc + floor(a b / 2^52), of the low 52 bits of a and b
LANEWISE lanes lanes_add_high(lanes acc, lanes a, lanes b) {
  return _mm512_madd52hi_epu64(acc, a, b);
}
/// a where the mask is set, else b
LANEWISE lanes lanes_choose(__mmask8 mask, lanes a, lanes b) {
  return _mm512_mask_blend_epi64(mask, b, a);
}
/// The words at base + offsets, offsets in bytes.
LANEWISE lanes lanes_gather(const void *base, lanes offsets) {
  return _mm512_i64gather_epi64(offsets, base, 1);
}
/// The words at base + offsets where the mask is set, else those of `other`.
LANEWISE lanes lanes_gather_masked(lanes other, __mmask8 mask, const void *base, lanes offsets) {
  return _mm512_mask_i64gather_epi64(other, mask, offsets, base, 1);
}
/// Stores the lanes at base + offsets, offsets in bytes.
LANEWISE void lanes_scatter(void *base, lanes offsets, lanes a) {
  _mm512_i64scatter_epi64(base, offsets, a, 1);
}
LANEWISE lanes lanes_load(const void *p) { return _mm512_loadu_si512(p); }
LANEWISE void lanes_store(void *p, lanes a) { _mm512_storeu_si512(p, a); }

#define LOW_52 ((1ULL << 52) - 1)
#define LOW_51 ((1ULL << 51) - 1)
#define LOW_47 ((1ULL << 47) - 1)

// A checking build (-DCRISTRETTO_CHECK) executes the bounds that the comments state, and makes wrong use
// show.
#ifdef CRISTRETTO_CHECK
#include <stdio.h>
#include <stdlib.h>
LANEWISE void lanes_check_below(lanes a, uint64_t bound, const char *what, const char *where, int line) {
  if (_mm512_cmpge_epu64_mask(a, lanes_repeat(bound))) {
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
