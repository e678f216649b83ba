// One point at a time, its four coordinates in the lanes of a 256-bit register: Y - X, Y + X, Z, T.
//
// Where a sum ends in a chain of doublings nothing is left to do side by side but the products of one
// formula. A doubling is two of these products, one after the other, so they are arranged for latency.

#ifndef QUAD_H
#define QUAD_H

#include "points.h"

#if CRISTRETTO_COMPILES

/// Four numbers mod p, the coordinates of a point in the order Y - X, Y + X, Z, T, factors.
typedef field4 quad;

/// The point X = E F, Y = G H, Z = F G, T = E H, given E, F, G, H in the lanes, numbers, none negative.
LANEWISE void quad_complete(quad *r, quad *efgh) {
  quad a, b, w;
  field4_carry_factor(efgh);
  for (int k = 0; k < 5; k++) {
    a.limb[k] = LANES4_SELECT(efgh->limb[k], 0, 2, 1, 0);
    b.limb[k] = LANES4_SELECT(efgh->limb[k], 1, 3, 2, 3);
  }
  // E F, G H, F G, E H
  field4_multiply_wide(&w, &a, &b);
  for (int k = 0; k < 5; k++) {
    // G H - E F and G H + E F, the other two as they are; all biased
    lanes4 x = LANES4_SELECT(w.limb[k], 0, 0, 2, 3);
    lanes4 y = LANES4_SELECT(w.limb[k], 1, 1, 2, 3);
    lanes4 biased = lanes4_add(y, lanes4_repeat(FIELD8_BIAS(k)));
    lanes4 s = LANES4_CHOOSE(1, lanes4_subtract(biased, x), biased);
    r->limb[k] = LANES4_CHOOSE(2, lanes4_add(biased, x), s);
  }
  field4_carry_factor(r);
}

/// 2 p; the formula of point8_double.
LANEWISE void quad_double(quad *r, const quad *p) {
  quad a, w, efgh;
  for (int k = 0; k < 5; k++) a.limb[k] = LANES4_SELECT(p->limb[k], 0, 1, 2, 0);
  for (int k = 0; k < 5; k++) w.limb[k] = LANES4_SELECT(p->limb[k], 0, 1, 2, 1);
  // M M, P P, Z Z, M P
  field4_multiply_wide(&w, &a, &w);
  const lanes4 once = lanes4_of(0, 2, 1, 0), twice = lanes4_of(0, 1, 0, 0);
  for (int k = 0; k < 5; k++) {
    // E = P P - M M, F = 4 Z Z - 2 M P, G = 2 M P, H = P P + M M; all biased twice
    lanes4 plus = lanes4_left_each(LANES4_SELECT(w.limb[k], 1, 2, 3, 1), once);
    lanes4 minus = lanes4_left_each(LANES4_SELECT(w.limb[k], 0, 3, 3, 0), twice);
    lanes4 biased = lanes4_add(plus, lanes4_repeat(2 * FIELD8_BIAS(k)));
    lanes4 s = LANES4_CHOOSE(3, lanes4_subtract(biased, minus), biased);
    efgh.limb[k] = LANES4_CHOOSE(8, lanes4_add(biased, minus), s);
  }
  quad_complete(r, &efgh);
}

/// 2^n p.
SEPARATE void quad_double_times(quad *p, unsigned n) {
  quad q = *p;
  for (unsigned i = 0; i < n; i++) quad_double(&q, &q);
  *p = q;
}

/// p + q for q prepared: Y - X, Y + X, 2Z, 2dT; the formula of point8_add_cached.
SEPARATE void quad_add(quad *r, const quad *p, const quad *prepared) {
  quad w, efgh;
  // A, B, D, C
  field4_multiply_wide(&w, p, prepared);
  for (int k = 0; k < 5; k++) {
    // E = B - A, F = D - C, G = D + C, H = B + A; all biased
    lanes4 plus = LANES4_SELECT(w.limb[k], 1, 2, 2, 1);
    lanes4 minus = LANES4_SELECT(w.limb[k], 0, 3, 3, 0);
    lanes4 biased = lanes4_add(plus, lanes4_repeat(FIELD8_BIAS(k)));
    lanes4 s = lanes4_add(biased, minus);
    efgh.limb[k] = LANES4_CHOOSE(3, lanes4_subtract(biased, minus), s);
  }
  quad_complete(r, &efgh);
}

/// Coordinates of one lane of eight prepared points.
LANEWISE void quad_from_cached(quad *r, const cached8 *q, int lane) {
  // Compilers may take it that words are not read where lanes were written, unless the words say so.
  typedef uint64_t __attribute__((may_alias)) word_of_lanes;
  const word_of_lanes *words = (const word_of_lanes *)q;
  for (int k = 0; k < 5; k++) {
    const word_of_lanes *w = words + 8 * k + lane;
    r->limb[k] = lanes4_of(w[0], w[40], w[80], w[120]);
  }
}

LANEWISE void quad_identity(quad *r) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes4_zero();
  r->limb[0] = lanes4_of(CLEAN_ONE, CLEAN_ONE, CLEAN_ONE, 0);
}

/// The point, in extended coordinates.
LANEWISE void quad_store(cristretto_point *out, const quad *p) {
  point8 r;
  field8 *coordinate[4] = {&r.difference, &r.sum, &r.z, &r.t};
  uint64_t words[4];
  for (int k = 0; k < 5; k++) {
    lanes4_store(words, p->limb[k]);
    for (int c = 0; c < 4; c++) coordinate[c]->limb[k] = lanes_repeat(words[c]);
  }
  field8_mask(&r.z);
  point8_scatter(out, lanes_zero(), first_lanes(1), &r);
}

#endif
#endif
