#include "digits.h"

#if CRISTRETTO_COMPILES

/// The words of |s|, and the lanes in which s was negated.
LANEWISE __mmask8 balanced_words(lanes w[5], const cristretto_scalar *scalars, size_t count) {
  scalar8 s, order, opposite, unused;
  // (l - 1)/2
  static const uint64_t half[5] = {0x9318d2e7ae9f6, 0xef517bce6b2c0, 0xa6f7c, 0, 1ULL << 43};
  scalar8_load_part(w, scalars, count);
  scalar8_plain(&s, w);
  scalar8_order(&order);
  scalar8_subtract(&opposite, &order, &s);
  for (int k = 0; k < 5; k++) order.limb[k] = lanes_repeat(half[k]);
  __mmask8 negative = scalar8_subtract(&unused, &order, &s);
  scalar8_choose(&s, negative, &opposite, &s);
  scalar8_to_words(w, &s);
  w[4] = lanes_zero();
  return negative;
}

KERNEL void cristretto_internal_digits(
    size_t n, const cristretto_scalar *scalars, unsigned c, uint16_t *digits) {
  const size_t windows = digit_windows(c), stride = digit_stride(n);
  uint64_t offset[4] = {0};
  for (size_t w = 0; w + 1 < windows; w++) offset[(c * w + c - 1) / 64] |= 1ULL << (c * w + c - 1) % 64;
  const lanes mask = lanes_repeat((1ULL << c) - 1), half = lanes_repeat(1ULL << (c - 1));
  for (size_t i = 0; i < n; i += 8) {
    lanes v[5];
    const __mmask8 flipped = balanced_words(v, scalars + i, n - i);
    // v + offset < 2^253
    lanes carry = lanes_zero();
    for (int k = 0; k < 4; k++) {
      lanes sum = lanes_add(v[k], lanes_repeat(offset[k]));
      __mmask8 over = _mm512_cmplt_epu64_mask(sum, v[k]);
      v[k] = lanes_add(sum, carry);
      over |= _mm512_cmplt_epu64_mask(v[k], carry);
      carry = _mm512_maskz_set1_epi64(over, 1);
    }
    for (size_t w = 0; w < windows; w++) {
      const unsigned place = (unsigned)(c * w), word = place / 64, shift = place % 64;
      const __m128i right = _mm_cvtsi32_si128((int)shift), left = _mm_cvtsi32_si128((int)(64 - shift));
      lanes bits = lanes_and(
          lanes_or(_mm512_srl_epi64(v[word], right), _mm512_sll_epi64(v[word + 1], left)), mask);
      lanes digit = w + 1 < windows ? lanes_subtract(bits, half) : bits;
      const __mmask8 negative = _mm512_movepi64_mask(digit) ^ flipped;
      lanes magnitude = _mm512_abs_epi64(digit);
      lanes code = lanes_add(magnitude, magnitude);
      code = _mm512_mask_add_epi64(code, negative, code, lanes_repeat(1));
      _mm_storeu_si128((__m128i *)(digits + w * stride + i), _mm512_cvtepi64_epi16(code));
    }
  }
}

#endif
