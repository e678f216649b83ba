// Arithmetic mod l = 2^252 + 27742317777372353535851937790883648493 on eight numbers, radix 2^52.
//
// A cristretto_scalar holds a 2^256 mod l. The multiplication here divides by 2^260 (Montgomery, five steps
// of 52 bits), so that one factor is loaded times 16, which costs nothing: 16 (a 2^256) (b 2^256) / 2^260 =
// (a b) 2^256.

#ifndef SCALARS_H
#define SCALARS_H

#include "lanes.h"

#if CRISTRETTO_COMPILES

/// Eight numbers a0 + 2^52 a1 + … + 2^208 a4 with limbs 0…3 < 2^52.
typedef struct {
  lanes limb[5];
} scalar8;

// l = 2^252 + 2^104 order_2 + 2^52 order_1 + order_0
#define ORDER_0 0x2631a5cf5d3edULL
#define ORDER_1 0xdea2f79cd6581ULL
#define ORDER_2 0x14def9ULL
#define ORDER_4 (1ULL << 44)
/// -1/l mod 2^52
#define ORDER_NEGATIVE_INVERSE 0x51da312547e1bULL

/// With two registers for each of ten columns, the compiler keeps these in memory anyway.
#ifdef CRISTRETTO_AVX2
#define SCALAR8_PRODUCT SEPARATE
#else
#define SCALAR8_PRODUCT LANEWISE
#endif

#define CHECK_SCALAR(a, top)                                  \
  do {                                                        \
    for (int k_ = 0; k_ < 4; k_++)                            \
      CHECK_BELOW((a)->limb[k_], 1ULL << 52, "scalar limb");  \
    CHECK_BELOW((a)->limb[4], top, "top limb of a scalar");   \
  } while (0)

/// The number of four words < 2^253.
LANEWISE void scalar8_from_words(scalar8 *r, const lanes w[4]) {
  limbs_from_words(r->limb, w, 52);
}

/// 16 times the number of four words < 2^253: the top limb is < 2^49.
LANEWISE void scalar8_from_words_times_16(scalar8 *r, const lanes w[4]) {
  const lanes mask = lanes_repeat(LOW_52);
  r->limb[0] = lanes_and(lanes_left(w[0], 4), mask);
  for (unsigned k = 1; k < 4; k++)
    r->limb[k] =
        lanes_and(lanes_or(lanes_right(w[k - 1], 60 - 12 * k), lanes_left(w[k], 12 * k + 4)), mask);
  r->limb[4] = lanes_right(w[3], 12);
}

/// A number < 2^253 as four words.
LANEWISE void scalar8_to_words(lanes w[4], const scalar8 *a) {
  CHECK_SCALAR(a, 1ULL << 45);
  limbs_to_words(w, a->limb, 52);
}

/// Eight scalars, the last ones 0 if there are fewer.
LANEWISE void scalar8_load_part(lanes w[4], const cristretto_scalar *a, size_t count) {
  if (count >= 8) {
    lanes_load_rows(w, a);
  } else {
    for (int k = 0; k < 4; k++)
      w[k] = lanes_gather_masked(
          lanes_zero(), first_lanes(count), a->words + k, lanes_sequence(sizeof *a));
  }
}

/// Stores the first count scalars.
LANEWISE void scalar8_store_part(cristretto_scalar *a, const lanes w[4], size_t count) {
  if (count >= 8) {
    lanes_store_rows(a, w);
  } else {
    for (int k = 0; k < 4; k++)
      lanes_scatter_masked(a->words + k, first_lanes(count), lanes_sequence(sizeof *a), w[k]);
  }
}

/// a - b in radix 2^52 and the lanes in which it is negative; limbs 0…3 < 2^52 in and out.
LANEWISE mask8 scalar8_subtract(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  lanes borrow = lanes_zero();
  for (int k = 0; k < 5; k++) {
    lanes d = lanes_add(lanes_subtract(a->limb[k], b->limb[k]), borrow);
    borrow = lanes_right_signed(d, 52);
    r->limb[k] = k < 4 ? lanes_and(d, lanes_repeat(LOW_52)) : d;
  }
  return lanes_are_negative(borrow);
}

LANEWISE void scalar8_choose(scalar8 *r, mask8 mask, const scalar8 *a, const scalar8 *b) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_choose(mask, a->limb[k], b->limb[k]);
}

LANEWISE void scalar8_order(scalar8 *r) {
  r->limb[0] = lanes_repeat(ORDER_0);
  r->limb[1] = lanes_repeat(ORDER_1);
  r->limb[2] = lanes_repeat(ORDER_2);
  r->limb[3] = lanes_zero();
  r->limb[4] = lanes_repeat(ORDER_4);
}

/// A number < 2 l mod l.
LANEWISE void scalar8_reduce_once(scalar8 *r) {
  scalar8 order, less;
  scalar8_order(&order);
  mask8 negative = scalar8_subtract(&less, r, &order);
  scalar8_choose(r, negative, r, &less);
}

/// (z0 + 2^52 z1 + … + 2^468 z9) / 2^260 mod l.
///
/// In: |columns| < 2^62, the number 0 … 2^260 l. Each step adds the multiple m l, m < 2^52, that clears one
/// column, so the result is < (2^260 l + 2^260 l) / 2^260 = 2 l, and one subtraction suffices.
LANEWISE void scalar8_montgomery(scalar8 *r, lanes z[10]) {
  const lanes l0 = lanes_repeat(ORDER_0), l1 = lanes_repeat(ORDER_1), l2 = lanes_repeat(ORDER_2);
  const lanes l4 = lanes_repeat(ORDER_4), inverse = lanes_repeat(ORDER_NEGATIVE_INVERSE);
#ifdef LOW_PARTS_ARE_SIGNED
  // 2^10 moves from each column to the one below, which makes all but the top one positive.
  for (int k = 0; k < 10; k++)
    z[k] = lanes_add(z[k], lanes_repeat((k < 9 ? 1ULL << 62 : 0) - (k > 0 ? 1ULL << 10 : 0)));
#endif
  UNROLL for (int i = 0; i < 5; i++) {
    lanes m = lanes_add_low(lanes_zero(), z[i], inverse);
    z[i] = lanes_add_low(z[i], m, l0);
    z[i + 1] = lanes_add_low(lanes_add_high(z[i + 1], m, l0), m, l1);
    z[i + 2] = lanes_add_low(lanes_add_high(z[i + 2], m, l1), m, l2);
    z[i + 3] = lanes_add_high(z[i + 3], m, l2);
    z[i + 4] = lanes_add_low(z[i + 4], m, l4);
    z[i + 5] = lanes_add_high(z[i + 5], m, l4);
    z[i + 1] = lanes_add(z[i + 1], lanes_right(z[i], 52));
  }
  for (int k = 5; k < 9; k++) {
    z[k + 1] = lanes_add(z[k + 1], lanes_right(z[k], 52));
    r->limb[k - 5] = lanes_and(z[k], lanes_repeat(LOW_52));
  }
  r->limb[4] = z[9];
  scalar8_reduce_once(r);
  CHECK_SCALAR(r, ORDER_4 + 1);
}

/// z + a b for limbs < 2^52: each column grows by at most 9 · 2^52.
LANEWISE void scalar8_accumulate(lanes z[10], const scalar8 *a, const scalar8 *b) {
  CHECK_SCALAR(a, 1ULL << 52);
  CHECK_SCALAR(b, 1ULL << 52);
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++) z[i + j] = lanes_add_low(z[i + j], a->limb[i], b->limb[j]);
    UNROLL for (int j = 0; j < 5; j++)
        z[i + j + 1] = lanes_add_high(z[i + j + 1], a->limb[i], b->limb[j]);
  }
}

/// a b / 2^260 mod l, in 0 ..< l, for a b < 2^260 l.
SCALAR8_PRODUCT void scalar8_multiply(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  lanes z[10];
  for (int k = 0; k < 10; k++) z[k] = lanes_zero();
  scalar8_accumulate(z, a, b);
  scalar8_montgomery(r, z);
}

/// The plain numbers in 0 ..< l of scalars in Montgomery form, given by their words.
LANEWISE void scalar8_plain(scalar8 *r, const lanes w[4]) {
  lanes z[10];
  scalar8_from_words_times_16(r, w);
  for (int k = 0; k < 10; k++) z[k] = k < 5 ? r->limb[k] : lanes_zero();
  scalar8_montgomery(r, z);
}

#endif
#endif
