// Powers with fixed exponents: inverses and inverse square roots of numbers mod p.

#ifndef ROOTS_H
#define ROOTS_H

#include "field.h"

#if CRISTRETTO_COMPILES

/// r[q] = a[q]^(2^n) b[q] for factors, q < GROUPS.
SEPARATE void roots_step_of_block(field8 *r, const field8 *a, int n, const field8 *b) {
  field8 x[GROUPS];
  for (int q = 0; q < GROUPS; q++) x[q] = a[q];
#ifdef CRISTRETTO_AVX2
  // The halves of one group keep each other company.
  for (int q = 0; q < GROUPS && n > 0; q++) field8_square_times(&x[q], &x[q], n);
#else
  for (int i = 0; i < n; i++)
    UNROLL for (int q = 0; q < GROUPS; q++) field8_square(&x[q], &x[q]);
#endif
  for (int q = 0; q < GROUPS; q++) field8_multiply(&r[q], &x[q], &b[q]);
}

/// r = a^(2^n) b for factors.
SEPARATE void roots_step_of_group(field8 *r, const field8 *a, int n, const field8 *b) {
  field8 x = *a;
  if (n > 0) field8_square_times(&x, &x, n);
  field8_multiply(r, &x, b);
}

/// The first for several groups, the second for one.
LANEWISE void roots_step(field8 *r, const field8 *a, int n, const field8 *b, int groups) {
  (groups == 1 ? roots_step_of_group : roots_step_of_block)(r, a, n, b);
}

/// a^(2^250 - 1) and a^11 for factors.
SEPARATE void roots_chain(field8 *power, field8 *eleventh, const field8 *a, int groups) {
  field8 x2[GROUPS], x9[GROUPS], k5[GROUPS], k10[GROUPS], k50[GROUPS], t[GROUPS];
  for (int q = 0; q < groups; q++) field8_square(&x2[q], &a[q]);
  roots_step(x9, x2, 2, a, groups);
  roots_step(eleventh, x9, 0, x2, groups);
  // kN = a^(2^N - 1)
  roots_step(k5, eleventh, 1, x9, groups);
  roots_step(k10, k5, 5, k5, groups);
  roots_step(t, k10, 10, k10, groups);
  roots_step(t, t, 20, t, groups);
  roots_step(k50, t, 10, k10, groups);
  roots_step(t, k50, 50, k50, groups);
  roots_step(t, t, 100, t, groups);
  roots_step(power, t, 50, k50, groups);
}

/// 1/a for factors, a factor: a^(p - 2) = a^(2^255 - 21). 0 for 0.
SEPARATE void field8_invert(field8 *r, const field8 *a) {
  field8 power, eleventh;
  roots_chain(&power, &eleventh, a, 1);
  roots_step(r, &power, 5, &eleventh, 1);
}

/// 1/sqrt(w) or 1/sqrt(i w) up to sign, whichever is a number, factors; and the lanes in which it is the
/// first.
///
/// RFC 9496, section 4.2, with u = 1: r = w^3 (w^7)^((p - 5)/8), and w r^2 is one of 1, -1, i, -i, or 0 for w
/// = 0.
SEPARATE void field8_inverse_roots(field8 *r, mask8 *was_square, const field8 *w, int groups) {
  field8 w3[GROUPS], w7[GROUPS], power[GROUPS], unused[GROUPS];
  for (int q = 0; q < groups; q++) {
    field8 t;
    field8_square(&t, &w[q]);
    field8_multiply(&w3[q], &t, &w[q]);
    field8_square(&t, &w3[q]);
    field8_multiply(&w7[q], &t, &w[q]);
  }
  // (p - 5)/8 = 2^252 - 3 = 4 (2^250 - 1) + 1
  roots_chain(power, unused, w7, groups);
  roots_step(power, power, 2, w7, groups);
  for (int q = 0; q < groups; q++) {
    field8 root, rotated, check, one, i, t, minus_one, minus_i;
    field8_multiply(&root, &power[q], &w3[q]);
    field8_square(&check, &root);
    field8_multiply_biased(&check, &check, &w[q]);
    field8_canonical(&check);
    field8_one(&one);
    field8_number(&one, &one);
    field8_zero(&minus_one);
    field8_subtract(&minus_one, &minus_one, &one);
    field8_canonical(&minus_one);
    field8_repeat(&i, field_i);
    field8_number(&t, &i);
    field8_zero(&minus_i);
    field8_subtract(&minus_i, &minus_i, &t);
    field8_canonical(&minus_i);
    mask8 is_one = field8_are_equal(&check, &one);
    mask8 is_minus_one = field8_are_equal(&check, &minus_one);
    mask8 is_minus_i = field8_are_equal(&check, &minus_i);
    field8_multiply(&rotated, &root, &i);
    field8_choose(&r[q], mask_or(is_minus_one, is_minus_i), &rotated, &root);
    was_square[q] = mask_or(is_one, is_minus_one);
  }
}

#endif
#endif
