// Encodings to points and back, RFC 9496, sections 4.3.1 and 4.3.2, 24 at a time.

#include "points.h"
#include "roots.h"

#if CRISTRETTO_COMPILES

#define BLOCK (8 * GROUPS)

/// Eight numbers s and the lanes in which they are canonical: less than p and even. Bit 255 must be clear.
LANEWISE mask8 load_encodings(field8 *s, const cristretto_encoding *encodings) {
  lanes w[4];
  for (int k = 0; k < 4; k++)
    w[k] = lanes_gather((const char *)encodings + 8 * k, lanes_sequence(sizeof *encodings));
  field8_from_words(s, w);
  mask8 odd = lanes_are_odd(w[0]);
  mask8 beyond = lanes_are_negative(w[3]);
  // p = 2^255 - 19 and above: all bits set but perhaps some of the lowest
  const lanes ones = lanes_repeat(~0ULL);
  mask8 less = mask_or(
      lanes_are_below(w[0], lanes_repeat(-19ULL)),
      mask_not(mask_and(
          lanes_are_equal(lanes_and(w[1], w[2]), ones), lanes_are_equal(w[3], lanes_repeat(~0ULL >> 1)))));
  return mask_and(mask_not(mask_or(odd, beyond)), less);
}

/// The point with affine coordinates x, y and t = x y, numbers with the bounds of clean ones, or the identity, by
/// the mask.
LANEWISE void store_points(
    cristretto_row *rows, cristretto_point *points, mask8 valid, field8 *x, field8 *y, field8 *t) {
  const lanes zero = lanes_zero();
  for (int k = 0; k < 5; k++) {
    x->limb[k] = lanes_choose(valid, x->limb[k], zero);
    y->limb[k] = lanes_choose(valid, y->limb[k], k ? zero : lanes_repeat(1));
    t->limb[k] = lanes_choose(valid, t->limb[k], zero);
  }
  if (rows) {
    field8 row[3], twice_d;
    field8_subtract(&row[0], y, x);
    field8_carry(&row[0]);
    field8_add(&row[1], y, x);
    field8_carry(&row[1]);
    field8_repeat(&twice_d, field_twice_d);
    row[2] = *t;
    field8_carry(&row[2]);
    field8_multiply(&row[2], &row[2], &twice_d);
    field8_mask(&row[2]);
    const lanes offsets = lanes_sequence(sizeof *rows);
    for (int k = 0; k < 15; k++) lanes_scatter(rows->limbs + k, offsets, row[k / 5].limb[k % 5]);
    lanes_scatter(rows->limbs + 15, offsets, zero);
  }
  if (points) {
    lanes l[20];
    field8 one;
    field8_one(&one);
    field8_number(&one, &one);
    field8_to_radix51(l, x);
    field8_to_radix51(l + 5, y);
    field8_to_radix51(l + 10, &one);
    field8_to_radix51(l + 15, t);
    const lanes offsets = lanes_sequence(sizeof *points);
    for (int k = 0; k < 20; k++) lanes_scatter(points->limbs + k, offsets, l[k]);
  }
}

/// Decodes 8 groups encodings, groups 1 or GROUPS.
SEPARATE void decode_groups(
    const cristretto_encoding *encodings, cristretto_row *rows, cristretto_point *points,
    uint8_t *status, int groups) {
  field8 s[GROUPS], u1[GROUPS], u2[GROUPS], v[GROUPS], w[GROUPS], root[GROUPS], one, zero, d;
  mask8 canonical[GROUPS], was_square[GROUPS];
  field8_one(&one);
  field8_number(&one, &one);
  field8_zero(&zero);
  field8_repeat(&d, field_d);
  for (int q = 0; q < groups; q++) {
    field8 t, u2_squared;
    canonical[q] = load_encodings(&s[q], encodings + 8 * q);
    // u1 = 1 - s^2, u2 = 1 + s^2
    field8_square(&t, &s[q]);
    field8_mask(&t);
    field8_number(&t, &t);
    field8_subtract(&u1[q], &one, &t);
    field8_carry_factor(&u1[q]);
    field8_add(&u2[q], &one, &t);
    field8_carry_factor(&u2[q]);
    // v = -(d u1^2) - u2^2, w = v u2^2
    field8_square(&u2_squared, &u2[q]);
    field8_mask(&u2_squared);
    field8_square(&t, &u1[q]);
    field8_multiply_wide(&t, &t, &d);
    field8_number(&v[q], &u2_squared);
    field8_add(&t, &t, &v[q]);
    field8_subtract(&v[q], &zero, &t);
    field8_carry_factor(&v[q]);
    field8_multiply(&w[q], &v[q], &u2_squared);
  }
  field8_inverse_roots(root, was_square, w, groups);
  for (int q = 0; q < groups; q++) {
    // x = |2 s root u2|, y = u1 root^2 u2 v
    field8 denominator_x, denominator_y, x, y, t, x_clean, y_clean;
    field8_multiply(&denominator_x, &root[q], &u2[q]);
    field8_multiply(&denominator_y, &root[q], &denominator_x);
    field8_multiply(&denominator_y, &denominator_y, &v[q]);
    field8_number(&t, &s[q]);
    field8_add(&t, &t, &t);
    field8_carry_factor(&t);
    field8_multiply_biased(&x, &t, &denominator_x);
    field8_canonical(&x);
    field8_negate_if(&x_clean, field8_is_negative(&x), &x);
    field8_number(&x, &x_clean);
    field8_multiply_biased(&y, &u1[q], &denominator_y);
    field8_canonical(&y);
    y_clean = y;
    field8_carry(&y_clean);
    field8_multiply_biased(&t, &x_clean, &y_clean);
    field8_canonical(&t);
    mask8 is_point =
        mask_and(was_square[q], mask_not(mask_or(field8_is_negative(&t), field8_is_zero(&y))));
    store_points(
        rows ? rows + 8 * q : 0, points ? points + 8 * q : 0, mask_and(canonical[q], is_point), &x, &y, &t);
    const unsigned bad_forms = mask_to_bits(mask_not(canonical[q]));
    const unsigned no_points = mask_to_bits(mask_not(is_point));
    for (int l = 0; l < 8; l++) {
      unsigned bad_form = bad_forms >> l & 1, no_point = no_points >> l & 1;
      status[8 * q + l] =
          (uint8_t)(bad_form * CRISTRETTO_NOT_CANONICAL | (1 - bad_form) * no_point * CRISTRETTO_NOT_A_POINT);
    }
  }
}

void KERNEL_NAME(decode)(
    size_t n, const cristretto_encoding *encodings, cristretto_row *rows, cristretto_point *points,
    uint8_t *status) {
  size_t i = 0;
  for (; n - i >= BLOCK; i += BLOCK)
    decode_groups(encodings + i, rows ? rows + i : 0, points ? points + i : 0, status + i, GROUPS);
  // The rest goes through copies, filled up with encodings of the identity.
  if (i < n) {
    const size_t rest = n - i;
    cristretto_encoding in[BLOCK] = {{{0}}};
    cristretto_row row[BLOCK];
    cristretto_point point[BLOCK];
    uint8_t result[BLOCK];
    memcpy(in, encodings + i, rest * sizeof *in);
    decode_groups(in, rows ? row : 0, points ? point : 0, result, rest <= 8 ? 1 : GROUPS);
    if (rows) memcpy(rows + i, row, rest * sizeof *row);
    if (points) memcpy(points + i, point, rest * sizeof *point);
    memcpy(status + i, result, rest);
  }
}

// MARK: - Encoding

/// Encodes 8 groups points, groups 1 or GROUPS.
SEPARATE void encode_groups(
    const cristretto_point *points, cristretto_encoding *encodings, int groups) {
  field8 x[GROUPS], y[GROUPS], z[GROUPS], t[GROUPS], u1[GROUPS], u2[GROUPS], w[GROUPS], root[GROUPS];
  mask8 unused[GROUPS];
  for (int q = 0; q < groups; q++) {
    lanes l[20];
    for (int k = 0; k < 20; k++)
      l[k] = lanes_gather(points[8 * q].limbs + k, lanes_sequence(sizeof *points));
    field8_from_radix51(&x[q], l);
    field8_from_radix51(&y[q], l + 5);
    field8_from_radix51(&z[q], l + 10);
    field8_from_radix51(&t[q], l + 15);
    // u1 = (Z + Y)(Z - Y), u2 = X Y, w = u1 u2^2
    field8 sum, difference, y_number, z_number;
    field8_number(&y_number, &y[q]);
    field8_number(&z_number, &z[q]);
    field8_add(&sum, &z_number, &y_number);
    field8_carry_factor(&sum);
    field8_subtract(&difference, &z_number, &y_number);
    field8_carry_factor(&difference);
    field8_multiply(&u1[q], &sum, &difference);
    field8_multiply(&u2[q], &x[q], &y[q]);
    field8_square(&w[q], &u2[q]);
    field8_multiply(&w[q], &w[q], &u1[q]);
  }
  field8_inverse_roots(root, unused, w, groups);
  for (int q = 0; q < groups; q++) {
    field8 i, inverse_root, denominator1, denominator2, z_inverse, a, b, enchanted, s;
    field8_repeat(&i, field_i);
    field8_repeat(&inverse_root, field_inverse_root_of_a_minus_d);
    field8_multiply(&denominator1, &root[q], &u1[q]);
    field8_multiply(&denominator2, &root[q], &u2[q]);
    field8_multiply(&z_inverse, &denominator1, &denominator2);
    field8_multiply(&z_inverse, &z_inverse, &t[q]);
    // Of the four points that stand for the element, rotate to the one with x y not negative, …
    field8_multiply_biased(&a, &t[q], &z_inverse);
    field8_canonical(&a);
    mask8 rotated = field8_is_negative(&a);
    field8_multiply(&a, &y[q], &i);
    field8_mask(&a);
    field8_multiply(&b, &x[q], &i);
    field8_mask(&b);
    field8_multiply(&enchanted, &denominator1, &inverse_root);
    field8_choose(&a, rotated, &a, &x[q]);
    field8_choose(&b, rotated, &b, &y[q]);
    field8_choose(&enchanted, rotated, &enchanted, &denominator2);
    // … then negate to the one with x not negative.
    field8_multiply_biased(&a, &a, &z_inverse);
    field8_canonical(&a);
    field8_number(&b, &b);
    field8_negate_if(&b, field8_is_negative(&a), &b);
    field8_number(&b, &b);
    // s = |(Z - Y) denominator|
    field8_number(&s, &z[q]);
    field8_subtract(&s, &s, &b);
    field8_carry_factor(&s);
    field8_multiply_biased(&s, &s, &enchanted);
    field8_canonical(&s);
    field8_negate_if(&s, field8_is_negative(&s), &s);
    field8_number(&s, &s);
    field8_canonical(&s);
    lanes words[4];
    field8_to_words(words, &s);
    for (int k = 0; k < 4; k++)
      lanes_scatter(encodings[8 * q].words + k, lanes_sequence(sizeof *encodings), words[k]);
  }
}

void KERNEL_NAME(encode)(size_t n, const cristretto_point *points, cristretto_encoding *encodings) {
  size_t i = 0;
  for (; n - i >= BLOCK; i += BLOCK) encode_groups(points + i, encodings + i, GROUPS);
  // The rest goes through copies, filled up with the first of them.
  if (i < n) {
    const size_t rest = n - i;
    cristretto_point in[BLOCK];
    cristretto_encoding out[BLOCK];
    for (size_t k = 0; k < BLOCK; k++) in[k] = points[k < rest ? i + k : i];
    encode_groups(in, out, rest <= 8 ? 1 : GROUPS);
    memcpy(encodings + i, out, rest * sizeof *out);
  }
}

#endif
