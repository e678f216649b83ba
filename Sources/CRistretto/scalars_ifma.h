// Products of scalars by multiply-and-add of 52-bit integers.

#ifndef SCALARS_IFMA_H
#define SCALARS_IFMA_H

typedef scalar8 factor8;

typedef struct {
  factor8 digit[5];
} multiple8;

typedef struct {
  lanes column[10];
} columns8;

LANEWISE void factor8_from_scalar(factor8 *f, const scalar8 *a) {
  CHECK_SCALAR(a, 1ULL << 52);
  *f = *a;
}

LANEWISE void columns8_clear(columns8 *z) {
  for (int k = 0; k < 10; k++) z->column[k] = lanes_zero();
}

/// Each column grows by at most 9 · 2^52.
LANEWISE void columns8_add_product(columns8 *z, const factor8 *a, const factor8 *b) {
  CHECK_SCALAR(a, 1ULL << 52);
  CHECK_SCALAR(b, 1ULL << 52);
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++)
        z->column[i + j] = lanes_add_low(z->column[i + j], a->limb[i], b->limb[j]);
    UNROLL for (int j = 0; j < 5; j++)
        z->column[i + j + 1] = lanes_add_high(z->column[i + j + 1], a->limb[i], b->limb[j]);
  }
}

LANEWISE void columns8_add_products(
    columns8 *z, size_t n, const factor8 *a, const factor8 *b) {
  for (size_t i = 0; i < n; i++) columns8_add_product(z, a + i, b + i);
}

/// Adds to six columns the multiple m l, m < 2^52, that clears the low 52 bits of the first, and passes on its carry.
LANEWISE void montgomery_step(lanes z[6]) {
  const lanes l0 = lanes_repeat(ORDER_0), l1 = lanes_repeat(ORDER_1), l2 = lanes_repeat(ORDER_2);
  const lanes l4 = lanes_repeat(ORDER_4), inverse = lanes_repeat(ORDER_NEGATIVE_INVERSE);
  const lanes m = lanes_add_low(lanes_zero(), z[0], inverse);
  z[0] = lanes_add_low(z[0], m, l0);
  z[1] = lanes_add_low(lanes_add_high(z[1], m, l0), m, l1);
  z[2] = lanes_add_low(lanes_add_high(z[2], m, l1), m, l2);
  z[3] = lanes_add_high(z[3], m, l2);
  z[4] = lanes_add_low(z[4], m, l4);
  z[5] = lanes_add_high(z[5], m, l4);
  z[1] = lanes_add(z[1], lanes_right(z[0], 52));
}

/// Five columns < 2^63 as limbs; the top one has what is left.
LANEWISE void scalar8_carry(scalar8 *r, lanes z[5]) {
  for (int k = 0; k < 4; k++) {
    z[k + 1] = lanes_add(z[k + 1], lanes_right(z[k], 52));
    r->limb[k] = lanes_and(z[k], lanes_repeat(LOW_52));
  }
  r->limb[4] = z[4];
}

/// (z0 + … + 2^260 z5) / 2^52 mod l, for columns < 2^62 and a sum < 2^52 · 15 l.
///
/// After one step v < 16 l is left. q is ⌊v / 2^252⌋ or one more, as the columns below the top one carry less than 2^11
/// to it. So it is ⌊v / l⌋ or one more, as l is more than 2^252, but less than 2^252 (1 + 2^-127), and v - q l is in
/// -l ..< l.
LANEWISE void scalar8_finish(scalar8 *r, lanes z[6]) {
  const lanes l0 = lanes_repeat(ORDER_0), l1 = lanes_repeat(ORDER_1), l2 = lanes_repeat(ORDER_2);
  const lanes zero = lanes_zero();
  scalar8 part, order;
  montgomery_step(z);
  const lanes q = lanes_right(lanes_add(z[5], lanes_repeat(1 << 11)), 44);
  part.limb[0] = lanes_add_low(zero, q, l0);
  part.limb[1] = lanes_add_low(lanes_add_high(zero, q, l0), q, l1);
  part.limb[2] = lanes_add_low(lanes_add_high(zero, q, l1), q, l2);
  part.limb[3] = zero;
  part.limb[4] = lanes_left(q, 44);
  scalar8_carry(r, z + 1);
  const mask8 negative = scalar8_subtract(r, r, &part);
  scalar8_order(&order);
  for (int k = 0; k < 5; k++)
    z[k] = lanes_add(r->limb[k], lanes_choose(negative, order.limb[k], zero));
  scalar8_carry(r, z);
  CHECK_SCALAR(r, ORDER_4 + 1);
}

/// z / 2^260 mod l, for columns < 2^62 of a number < 2^260 · 12 l. Each step adds a multiple m l, m < 2^52, and all of
/// them less than 2^260 l.
LANEWISE void scalar8_montgomery(scalar8 *r, lanes z[10]) {
  UNROLL for (int i = 0; i < 4; i++) montgomery_step(z + i);
  scalar8_finish(r, z + 4);
}

LANEWISE void scalar8_reduce(scalar8 *r, columns8 *z, size_t count) {
  (void)count;
  CHECK(count <= MOST_PRODUCTS);
  scalar8_montgomery(r, z->column);
}

LANEWISE void scalar8_multiply_add(scalar8 *r, const factor8 *a, const factor8 *b, const scalar8 *s) {
  columns8 z;
  columns8_clear(&z);
  for (int k = 0; s && k < 5; k++) z.column[k + 5] = s->limb[k];
  columns8_add_product(&z, a, b);
  scalar8_montgomery(r, z.column);
}

LANEWISE void multiple8_from_digits(multiple8 *f, const uint64_t digits[5][8]) {
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 5; k++) f->digit[i].limb[k] = lanes_repeat(digits[k][i]);
}

/// Adds to each of six columns at most 10 · 2^52, and to their number at most 2^52 · 4 l and 2^49 l.
LANEWISE void multiple8_add(lanes z[6], const multiple8 *f, const factor8 *x) {
  CHECK_SCALAR(x, 1ULL << 49);
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int k = 0; k < 5; k++) z[k] = lanes_add_low(z[k], x->limb[i], f->digit[i].limb[k]);
    UNROLL for (int k = 0; k < 5; k++)
        z[k + 1] = lanes_add_high(z[k + 1], x->limb[i], f->digit[i].limb[k]);
  }
}

LANEWISE void scalar8_times_add(
    scalar8 *r, const multiple8 *f, const factor8 *x, const scalar8 *s) {
  lanes z[6];
  for (int k = 0; k < 6; k++) z[k] = s && k > 0 ? s->limb[k - 1] : lanes_zero();
  multiple8_add(z, f, x);
  scalar8_finish(r, z);
}

LANEWISE void scalar8_two_times(
    scalar8 *r, const multiple8 *f, const factor8 *x, const multiple8 *g, const factor8 *y) {
  lanes z[6];
  for (int k = 0; k < 6; k++) z[k] = lanes_zero();
  multiple8_add(z, f, x);
  multiple8_add(z, g, y);
  scalar8_finish(r, z);
}

// MARK: - Loose results

LANEWISE void scalar8_multiply_add_loose(
    scalar8 *r, const factor8 *a, const factor8 *b, const scalar8 *s) {
  columns8 z;
  columns8_clear(&z);
  for (int k = 0; s && k < 5; k++) z.column[k + 5] = s->limb[k];
  columns8_add_product(&z, a, b);
  UNROLL for (int i = 0; i < 5; i++) montgomery_step(z.column + i);
  scalar8_carry(r, z.column + 5);
  CHECK_SCALAR(r, LOOSE_TOP);
}

/// The sum of products is less than 2^52 · 5 l, so that after one step less than 6 l and s are left.
LANEWISE void scalar8_times_add_loose(
    scalar8 *r, const multiple8 *f, const factor8 *x, const scalar8 *s) {
  lanes z[6];
  for (int k = 0; k < 6; k++) z[k] = s && k > 0 ? s->limb[k - 1] : lanes_zero();
  multiple8_add(z, f, x);
  montgomery_step(z);
  scalar8_carry(r, z + 1);
  CHECK_SCALAR(r, LOOSE_TOP);
}

/// Adds n b, n < 2^32, to six columns: at most 2 · 2^52 to each.
LANEWISE void columns6_add_multiple(lanes z[6], uint64_t n, const scalar8 *b) {
  const lanes factor = lanes_repeat(n);
  UNROLL for (int k = 0; k < 5; k++) z[k] = lanes_add_low(z[k], factor, b->limb[k]);
  UNROLL for (int k = 0; k < 5; k++) z[k + 1] = lanes_add_high(z[k + 1], factor, b->limb[k]);
}

/// z / 2^52 mod l, less than 2 l, for a number < 2^52 l.
LANEWISE void columns6_step(scalar8 *r, lanes z[6]) {
  montgomery_step(z);
  scalar8_carry(r, z + 1);
  CHECK_SCALAR(r, LOOSE_TOP);
}

LANEWISE void scalar8_plain(scalar8 *r, const lanes w[4]) {
  lanes z[10];
  scalar8_from_words_times_16(r, w);
  for (int k = 0; k < 10; k++) z[k] = k < 5 ? r->limb[k] : lanes_zero();
  scalar8_montgomery(r, z);
}

#endif
