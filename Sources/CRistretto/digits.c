#include "digits.h"

#if CRISTRETTO_COMPILES

/// The words of |s|, and the lanes in which s was negated.
LANEWISE mask8 balanced_words(lanes w[5], const cristretto_scalar *scalars, size_t count) {
  scalar8 s, order, opposite, unused;
  // (l - 1)/2
  static const uint64_t half[5] = {0x9318d2e7ae9f6, 0xef517bce6b2c0, 0xa6f7c, 0, 1ULL << 43};
  scalar8_load_part(w, scalars, count);
  scalar8_plain(&s, w);
  scalar8_order(&order);
  scalar8_subtract(&opposite, &order, &s);
  for (int k = 0; k < 5; k++) order.limb[k] = lanes_repeat(half[k]);
  mask8 negative = scalar8_subtract(&unused, &order, &s);
  scalar8_choose(&s, negative, &opposite, &s);
  scalar8_to_words(w, &s);
  w[4] = lanes_zero();
  return negative;
}

KERNEL void KERNEL_NAME(internal_digits)(
    size_t n, const cristretto_scalar *scalars, unsigned c, uint16_t *digits) {
  const size_t windows = digit_windows(c), stride = digit_stride(n);
  uint64_t offset[4] = {0};
  for (size_t w = 0; w + 1 < windows; w++) offset[(c * w + c - 1) / 64] |= 1ULL << (c * w + c - 1) % 64;
  const lanes mask = lanes_repeat((1ULL << c) - 1), half = lanes_repeat(1ULL << (c - 1));
  for (size_t i = 0; i < n; i += 8) {
    lanes v[5];
    const mask8 flipped = balanced_words(v, scalars + i, n - i);
    // v + offset < 2^253
    lanes carry = lanes_zero();
    for (int k = 0; k < 4; k++) {
      lanes sum = lanes_add(v[k], lanes_repeat(offset[k]));
      mask8 over = lanes_are_below(sum, v[k]);
      v[k] = lanes_add(sum, carry);
      over = mask_or(over, lanes_are_below(v[k], carry));
      carry = lanes_choose(over, lanes_repeat(1), lanes_zero());
    }
    for (size_t w = 0; w < windows; w++) {
      const unsigned place = (unsigned)(c * w), word = place / 64, shift = place % 64;
      lanes bits = lanes_and(
          lanes_or(lanes_right_by(v[word], shift), lanes_left_by(v[word + 1], 64 - shift)), mask);
      lanes digit = w + 1 < windows ? lanes_subtract(bits, half) : bits;
      const mask8 negative = mask_xor(lanes_are_negative(digit), flipped);
      lanes magnitude = lanes_magnitude(digit);
      lanes code = lanes_add(magnitude, magnitude);
      code = lanes_choose(negative, lanes_add(code, lanes_repeat(1)), code);
      lanes_store_16(digits + w * stride + i, code);
    }
  }
}

#endif
