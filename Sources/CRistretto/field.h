// Arithmetic mod p = 2^255 - 19 on eight numbers of five limbs.
//
// What five limbs are is said in words, which field_52.h and field_51.h fill with their radix and bounds:
//
//   number      integers, summed and subtracted limb by limb. Never a factor
//   factor      carried, and in the form that a product takes. Good for nothing else
//   clean       a factor from which the number can be had again: what is kept in memory
//   canonical   the number in 0 ..< p with limbs below the radix
//
// A product is a number, whose limbs are left wide. Sums and differences are taken of numbers, and only what
// is multiplied again is carried: this saves most of the carries of a point addition. What is carried must not
// be negative in any limb: a biased product, or a sum with one.

#ifndef FIELD_H
#define FIELD_H

#include "lanes.h"

#if CRISTRETTO_COMPILES

typedef struct {
  lanes limb[5];
} field8;

/// One number in each of four lanes, its limbs in as many registers.
typedef struct {
  lanes4 limb[5];
} field4;

#ifdef CRISTRETTO_AVX2
#define RADIX_BITS 51
#else
#define RADIX_BITS 52
#endif
/// Of the last limb, which makes 255 bits of five.
#define TOP_BITS (255 - 4 * RADIX_BITS)
#define LOW_RADIX ((1ULL << RADIX_BITS) - 1)
#define LOW_TOP ((1ULL << TOP_BITS) - 1)

#ifdef CRISTRETTO_AVX2
#include "field_51.h"
#else
#include "field_52.h"
#endif

// MARK: - Constants

/// 0, in every form.
LANEWISE void field8_zero(field8 *r) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_zero();
}

/// 1, clean.
LANEWISE void field8_one(field8 *r) {
  field8_zero(r);
  r->limb[0] = lanes_repeat(CLEAN_ONE);
}

// MARK: - Sums

/// a + b of numbers, limb by limb; the bounds add up.
LANEWISE void field8_add(field8 *r, const field8 *a, const field8 *b) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_add(a->limb[k], b->limb[k]);
}

/// a - b and the bias, for a number b that is at most a sum of a product and a clean one.
LANEWISE void field8_subtract(field8 *r, const field8 *a, const field8 *b) {
  CHECK_PRODUCT(b);
  for (int k = 0; k < 5; k++)
    r->limb[k] = lanes_subtract(lanes_add(a->limb[k], lanes_repeat(FIELD8_BIAS(k))), b->limb[k]);
}

/// a - b, where a is a biased product and b a product.
LANEWISE void field8_subtract_biased(field8 *r, const field8 *a, const field8 *b) {
  CHECK_PRODUCT(b);
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_subtract(a->limb[k], b->limb[k]);
}

/// a where the mask is set, else b.
LANEWISE void field8_choose(field8 *r, mask8 mask, const field8 *a, const field8 *b) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_choose(mask, a->limb[k], b->limb[k]);
}

// MARK: - Canonical numbers

/// The number in 0 ..< p; what may be carried in.
LANEWISE void field8_canonical(field8 *r) {
  lanes *v = r->limb;
  field8_carry_integers(r);
  // The number is < 2^255 + 2^222 < 2p, so q = floor((number + 19) / 2^255) is 1 if it is p or more, else 0.
  lanes q = lanes_right(lanes_add(v[0], lanes_repeat(19)), RADIX_BITS);
  for (int k = 1; k < 4; k++) q = lanes_right(lanes_add(v[k], q), RADIX_BITS);
  q = lanes_right(lanes_add(v[4], q), TOP_BITS);
  // number - q p = number + 19 q - 2^255 q
  v[0] = lanes_add(v[0], lanes_and(lanes_subtract(lanes_zero(), q), lanes_repeat(19)));
  for (int k = 0; k < 4; k++) {
    v[k + 1] = lanes_add(v[k + 1], lanes_right(v[k], RADIX_BITS));
    v[k] = lanes_and(v[k], lanes_repeat(LOW_RADIX));
  }
  v[4] = lanes_and(v[4], lanes_repeat(LOW_TOP));
}

/// A number < 2^255 given by four 64-bit words, clean. Bit 255 is ignored.
LANEWISE void field8_from_words(field8 *r, const lanes w[4]) {
  lanes l[5];
  limbs_from_words(l, w, RADIX_BITS);
  l[4] = lanes_and(l[4], lanes_repeat(LOW_TOP));
  field8_from_integers(r, l);
}

/// A canonical number as four 64-bit words.
LANEWISE void field8_to_words(lanes w[4], const field8 *a) { limbs_to_words(w, a->limb, RADIX_BITS); }

/// The lanes in which a canonical number is odd, which RFC 9496 calls negative.
LANEWISE mask8 field8_is_negative(const field8 *canonical) {
  return lanes_are_odd(canonical->limb[0]);
}

/// The lanes in which a canonical number is 0.
LANEWISE mask8 field8_is_zero(const field8 *canonical) {
  const lanes *v = canonical->limb;
  lanes any = lanes_or(lanes_or(lanes_or(v[0], v[1]), lanes_or(v[2], v[3])), v[4]);
  return lanes_are_zero(any);
}

/// The lanes in which two canonical numbers are the same.
LANEWISE mask8 field8_are_equal(const field8 *a, const field8 *b) {
  mask8 equal = lanes_are_equal(a->limb[0], b->limb[0]);
  for (int k = 1; k < 5; k++) equal = mask_and(equal, lanes_are_equal(a->limb[k], b->limb[k]));
  return equal;
}

/// -a where the mask is set, else a, for a canonical or clean one as a number; the result is clean.
LANEWISE void field8_negate_if(field8 *r, mask8 mask, const field8 *a) {
  field8 negative;
  field8_zero(&negative);
  field8_subtract(&negative, &negative, a);
  field8_choose(r, mask, &negative, a);
  field8_carry(r);
}

#endif
#endif
