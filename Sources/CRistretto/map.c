// Uniform bytes to points, RFC 9496, section 4.3.4, 24 at a time.

#include "points.h"
#include "roots.h"

#if CRISTRETTO_COMPILES

#define BLOCK (8 * GROUPS)

/// MAP of eight field elements t for each of some groups, 1 or GROUPS; t clean. The points are equal as elements of
/// the group, not as coordinates, to those of the document.
SEPARATE void map_groups(point8 *points, const field8 *t, int groups) {
  field8 r[GROUPS], u[GROUPS], v[GROUPS], w[GROUPS], root[GROUPS], one, zero, d, i, factor;
  mask8 was_square[GROUPS];
  field8_one(&one);
  field8_number(&one, &one);
  field8_zero(&zero);
  field8_repeat(&d, field_d);
  field8_repeat(&i, field_i);
  field8_repeat(&factor, field_one_minus_d_squared);
  for (int q = 0; q < groups; q++) {
    field8 r_number, a, b;
    // r = i t^2, u = (r + 1)(1 - d^2), v = (-1 - r d)(r + d)
    field8_square(&r[q], &t[q]);
    field8_multiply(&r[q], &r[q], &i);
    field8_mask(&r[q]);
    field8_number(&r_number, &r[q]);
    field8_add(&u[q], &r_number, &one);
    field8_carry_factor(&u[q]);
    field8_multiply(&u[q], &u[q], &factor);
    field8_multiply_wide(&a, &r[q], &d);
    field8_add(&a, &a, &one);
    field8_subtract(&a, &zero, &a);
    field8_carry_factor(&a);
    field8_number(&b, &d);
    field8_add(&b, &b, &r_number);
    field8_carry_factor(&b);
    field8_multiply(&v[q], &a, &b);
    field8_mask(&v[q]);
    field8_multiply(&w[q], &u[q], &v[q]);
  }
  // sqrt(1/(u v)), or sqrt(i/(u v)) where u v is not a square
  field8_inverse_roots(root, was_square, w, groups);
  for (int q = 0; q < groups; q++) {
    field8 a, b, c, n, s, square, w0, w1, w2, w3, minus_one, v_number;
    // s = |sqrt(u/v)| = |u root|, or, where u/v is not a square, s = -|t sqrt(i u/v)| = -|t u root|. u is never 0.
    field8_one(&b);
    field8_choose(&a, was_square[q], &b, &t[q]);
    field8_multiply(&b, &u[q], &root[q]);
    field8_multiply_biased(&s, &a, &b);
    field8_canonical(&s);
    field8_negate_if(&s, mask_xor(field8_is_negative(&s), mask_not(was_square[q])), &s);
    // c = -1, or r; N = c (r - 1)(d - 1)^2 - v
    field8_subtract(&minus_one, &zero, &one);
    field8_carry(&minus_one);
    field8_choose(&c, was_square[q], &minus_one, &r[q]);
    field8_number(&n, &r[q]);
    field8_subtract(&n, &n, &one);
    field8_carry_factor(&n);
    field8_multiply(&n, &n, &c);
    field8_repeat(&factor, field_d_minus_one_squared);
    field8_multiply_wide(&n, &n, &factor);
    field8_number(&v_number, &v[q]);
    field8_subtract(&n, &n, &v_number);
    field8_carry_factor(&n);
    // w0 = 2 s v, w1 = N sqrt(a d - 1), w2 = 1 - s^2, w3 = 1 + s^2
    field8_number(&a, &s);
    field8_add(&a, &a, &a);
    field8_carry_factor(&a);
    field8_multiply_biased(&w0, &a, &v[q]);
    field8_repeat(&factor, field_root_of_a_d_minus_one);
    field8_multiply_biased(&w1, &n, &factor);
    field8_square(&square, &s);
    field8_mask(&square);
    field8_number(&square, &square);
    field8_subtract(&w2, &one, &square);
    field8_add(&w3, &one, &square);
    // X = w0 w3, Y = w2 w1, Z = w1 w3, T = w0 w2
    point8_complete(&points[q], &w0, &w3, &w1, &w2);
  }
}

/// Eight clean numbers from the words at every eighth place from `words` on.
LANEWISE void load_halves(field8 *t, const uint64_t *words) {
  lanes w[4];
  for (int k = 0; k < 4; k++) w[k] = lanes_gather((const char *)(words + k), lanes_sequence(64));
  field8_from_words(t, w);
}

/// Maps both halves of 8 groups strings, groups 1 or GROUPS, and adds the points of each.
SEPARATE void map_strings(const uint64_t *words, cristretto_point *points, int groups) {
  field8 t[GROUPS];
  point8 first[GROUPS], second[GROUPS];
  for (int q = 0; q < groups; q++) load_halves(&t[q], words + 64 * q);
  map_groups(first, t, groups);
  for (int q = 0; q < groups; q++) load_halves(&t[q], words + 64 * q + 4);
  map_groups(second, t, groups);
  for (int q = 0; q < groups; q++) {
    point8 sum;
    point8_add(&sum, &first[q], &second[q]);
    point8_scatter(points + 8 * q, lanes_sequence(sizeof *points), mask_from_bits(0xff), &sum);
  }
}

void KERNEL_NAME(map)(size_t n, const uint64_t *words, cristretto_point *points) {
  size_t i = 0;
  for (; n - i >= BLOCK; i += BLOCK) map_strings(words + 8 * i, points + i, GROUPS);
  // The rest goes through copies.
  if (i < n) {
    const size_t rest = n - i;
    uint64_t in[8 * BLOCK] = {0};
    cristretto_point out[BLOCK];
    memcpy(in, words + 8 * i, rest * 64);
    map_strings(in, out, rest <= 8 ? 1 : GROUPS);
    memcpy(points + i, out, rest * sizeof *out);
  }
}

#endif
