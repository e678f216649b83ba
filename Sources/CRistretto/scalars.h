// Arithmetic mod l = 2^252 + 27742317777372353535851937790883648493 on eight numbers, radix 2^52.
//
//   scalar8     limbs 0 … 3 < 2^52, and what is left
//   factor8     a scalar8 as products take it
//   multiple8   a factor by which much is multiplied, the same in all lanes
//   columns8    a sum of products that is not reduced yet
//
// A cristretto_scalar holds a 2^256 mod l. A product of two factors is divided by 2^260 (Montgomery, five steps of 52
// bits), so that one of them is loaded times 16, which costs nothing: 16 (a 2^256) (b 2^256) / 2^260 = (a b) 2^256.
//
// A multiple8 of f consists of five digits, f 2^(52 i + 52) mod l. With the limbs x_i of a number x,
//
//   f x = (sum over i of x_i (f 2^(52 i + 52) mod l)) / 2^52 mod l,
//
// as many products of limbs, but of the sum, which is less than 2^55 l, one step of Montgomery is enough.

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

/// Products in one columns8, at most: 64 of them keep a column below 64 · 9 · 2^52 < 2^62, and the sum, if one factor of
/// each is loaded times 16, below 64 · 16 l^2 < 2^260 · 5 l.
#define MOST_PRODUCTS 64

/// The top limb of a loose number, which is less than 16 l, is less.
#define LOOSE_TOP ((1ULL << 48) + 1)

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

/// a + b mod l for numbers in 0 ..< l.
LANEWISE void scalar8_add(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  lanes carry = lanes_zero();
  for (int k = 0; k < 5; k++) {
    lanes sum = lanes_add(lanes_add(a->limb[k], b->limb[k]), carry);
    carry = lanes_right(sum, 52);
    r->limb[k] = lanes_and(sum, lanes_repeat(LOW_52));
  }
  scalar8_reduce_once(r);
}

/// a + b + c for numbers in 0 ..< l, less than 3 l: not reduced, as products need not have it.
LANEWISE void scalar8_sum_of_three(scalar8 *r, const scalar8 *a, const scalar8 *b, const scalar8 *c) {
  lanes carry = lanes_zero();
  for (int k = 0; k < 5; k++) {
    lanes sum = lanes_add(lanes_add(a->limb[k], b->limb[k]), lanes_add(c->limb[k], carry));
    carry = lanes_right(sum, 52);
    r->limb[k] = k < 4 ? lanes_and(sum, lanes_repeat(LOW_52)) : sum;
  }
}

/// A number less than 2^9 l of limbs 0 … 3 < 2^52, mod l.
///
/// q = ⌊z / 2^252⌋ is ⌊z / l⌋ or one more, as l is more than 2^252, but less than 2^252 (1 + 2^-127), so that z - q l is in
/// -l ..< l.
LANEWISE void scalar8_reduce_small(scalar8 *r, const scalar8 *z) {
  const lanes mask = lanes_repeat(LOW_52), q = lanes_right(z->limb[4], 44);
  const lanes less[5] = {
      lanes_subtract(z->limb[0], lanes_times(q, ORDER_0)), lanes_subtract(z->limb[1], lanes_times(q, ORDER_1)),
      lanes_subtract(z->limb[2], lanes_times(q, ORDER_2)), z->limb[3],
      lanes_and(z->limb[4], lanes_repeat(ORDER_4 - 1))};
  lanes carry = lanes_zero();
  for (int k = 0; k < 5; k++) {
    const lanes d = lanes_add(less[k], carry);
    carry = lanes_right_signed(d, 52);
    r->limb[k] = k < 4 ? lanes_and(d, mask) : d;
  }
  const mask8 negative = lanes_are_negative(r->limb[4]);
  scalar8 order;
  scalar8_order(&order);
  carry = lanes_zero();
  for (int k = 0; k < 5; k++) {
    const lanes sum =
        lanes_add(lanes_add(r->limb[k], carry), lanes_choose(negative, order.limb[k], lanes_zero()));
    carry = lanes_right(sum, 52);
    r->limb[k] = k < 4 ? lanes_and(sum, mask) : sum;
  }
  CHECK_SCALAR(r, ORDER_4 + 1);
}

/// a 2^n mod l for a number in 0 ..< l and n <= 8.
LANEWISE void scalar8_double(scalar8 *r, const scalar8 *a, unsigned n) {
  const lanes mask = lanes_repeat(LOW_52);
  scalar8 z;
  z.limb[0] = lanes_and(lanes_left_by(a->limb[0], n), mask);
  for (int k = 1; k < 5; k++) {
    const lanes up = lanes_left_by(a->limb[k], n);
    z.limb[k] = lanes_or(k < 4 ? lanes_and(up, mask) : up, lanes_right_by(a->limb[k - 1], 52 - n));
  }
  scalar8_reduce_small(r, &z);
}

// What depends on how products are made:
//
//   factor8_from_scalar(f, a)           for limbs < 2^52
//   scalar8_multiply_add(r, a, b, s)    a b / 2^260 + s for factors, a b < 2^262 l
//   multiple8_from_digits(f, digits)    digits[k][i]: limb k of digit i
//   scalar8_times_add(r, f, x, s)       f x + s for a multiple f and a factor x < 2^253
//   scalar8_two_times(r, f, x, g, y)    f x + g y
//   columns8_clear(z)
//   columns8_add_products(z, n, a, b)   z + a[0] b[0] + … + a[n - 1] b[n - 1] for factors
//   scalar8_reduce(r, z, count)         z / 2^260 for a sum of count products, less than 2^260 · 5 l
//   scalar8_plain(r, w)                 the plain numbers of scalars in Montgomery form, given by their words
//
// All results are in 0 ..< l; s, which may be NULL, is too.
//
// With wide multiplication, where it pays to leave out the last subtractions, factors may be loose, less than 16 l, as 2^260
// is nearly 2^8 l: a b / 2^260 is then at most l (1 + 2^-127). Limbs 0 … 3 of a loose number are < 2^52 like any other's.
//
//   scalar8_multiply_add_loose(r, a, b, s)   a b / 2^260 + s, less than 2 l + s
//   scalar8_times_add_loose(r, f, x, s)      f x + s for a multiple f of digits in 0 ..< l, less than 6 l + s
#ifdef CRISTRETTO_AVX2
#include "scalars_avx2.h"
#else
#include "scalars_ifma.h"
#endif

#endif
#endif
