// Signed digits of public scalars, for sums in variable time.

#ifndef DIGITS_H
#define DIGITS_H

#include "scalars.h"

#if CRISTRETTO_COMPILES

/// The bits of |s|, where s is taken between -l/2 and l/2: |s| <= (l - 1)/2 < 2^251 + 2^124.
#define BALANCED_BITS 252

/// The number of windows of c bits.
static inline size_t digit_windows(unsigned c) { return (BALANCED_BITS + c - 1) / c; }

/// How far apart the digits of neighbouring windows lie: an odd number of cache lines, so that what is
/// written at the same place of all windows does not fall into the same few sets of the cache.
static inline size_t digit_stride(size_t n) {
  size_t lines = (n + 31) / 32;
  return 32 * (lines | 1);
}

/// Digits of n scalars: digits[w * digit_stride(n) + i] is 2 |d| + (1 if d < 0), where s_i = sum of d 2^(c w)
/// and |d| <= 2^(c - 1).
///
/// The scalar is negated if it is more than l/2. Then 2^(c-1) is added in all windows but the top one: the
/// bits of each window, less 2^(c-1), are digits that need no carries. The top digit is at most 2^(c-1), as
/// |s| < 2^251 + 2^124.
///
/// - c: 4 … 15.
/// - digits: digit_windows(c) * digit_stride(n) numbers.
void KERNEL_NAME(internal_digits)(size_t n, const cristretto_scalar *scalars, unsigned c, uint16_t *digits);

#endif
#endif
