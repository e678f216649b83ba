// One point at a time, its four coordinates in the lanes of a 256-bit register: Y - X, Y + X, Z, T.
//
// Where a sum ends in a chain of doublings nothing is left to do side by side but the products of one
// formula. A doubling is two of these products, one after the other, so they are arranged for latency.

#ifndef QUAD_H
#define QUAD_H

#include "points.h"

#if CRISTRETTO_COMPILES

/// Four numbers mod p, the coordinates of a point in the order Y - X, Y + X, Z, T, factors.
typedef struct {
  __m256i limb[5];
} quad;

LANEWISE __m256i quad_repeat(uint64_t x) { return _mm256_set1_epi64x((long long)x); }

/// Lane k of the result is lane (selector >> 2k) & 3 of a.
#define QUAD_PERMUTE(a, selector) _mm256_permute4x64_epi64(a, selector)
#define QUAD_SELECT(l0, l1, l2, l3) ((l0) | (l1) << 2 | (l2) << 4 | (l3) << 6)

/// A factor; limbs < 2^60 in. See field8_carry_factor.
LANEWISE void quad_carry_factor(quad *r) {
  __m256i *v = r->limb;
  __m256i excess = _mm256_srli_epi64(v[4], 47);
  v[4] = _mm256_and_si256(v[4], quad_repeat(LOW_47));
  v[0] = _mm256_madd52lo_epu64(v[0], excess, quad_repeat(19));
  for (int k = 0; k < 4; k++) v[k + 1] = _mm256_add_epi64(v[k + 1], _mm256_srli_epi64(v[k], 52));
}

/// a b of factors, lane by lane: wide, < 11 u. See field8_multiply_wide; low and high parts are collected
/// apart, which halves the longest chain of dependent instructions.
LANEWISE void quad_multiply_wide(quad *r, const quad *a, const quad *b) {
  const __m256i zero = _mm256_setzero_si256(), k608 = quad_repeat(608);
  __m256i low[10], high[10];
  for (int k = 0; k < 10; k++) low[k] = high[k] = zero;
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++) {
      low[i + j] = _mm256_madd52lo_epu64(low[i + j], a->limb[i], b->limb[j]);
      high[i + j + 1] = _mm256_madd52hi_epu64(high[i + j + 1], a->limb[i], b->limb[j]);
    }
  }
  for (int k = 0; k < 10; k++) low[k] = _mm256_add_epi64(low[k], high[k]);
  for (int k = 5; k < 9; k++) low[k + 1] = _mm256_add_epi64(low[k + 1], _mm256_srli_epi64(low[k], 52));
  for (int k = 0; k < 5; k++) {
    __m256i folded = _mm256_madd52lo_epu64(zero, low[k + 5], k608);
    if (k > 0) folded = _mm256_madd52hi_epu64(folded, low[k + 4], k608);
    r->limb[k] = _mm256_add_epi64(low[k], folded);
  }
}

/// The point X = E F, Y = G H, Z = F G, T = E H, given E, F, G, H in the lanes, wide, < 256 u.
LANEWISE void quad_complete(quad *r, quad *efgh) {
  quad a, b, w;
  quad_carry_factor(efgh);
  for (int k = 0; k < 5; k++) {
    a.limb[k] = QUAD_PERMUTE(efgh->limb[k], QUAD_SELECT(0, 2, 1, 0));
    b.limb[k] = QUAD_PERMUTE(efgh->limb[k], QUAD_SELECT(1, 3, 2, 3));
  }
  // E F, G H, F G, E H
  quad_multiply_wide(&w, &a, &b);
  for (int k = 0; k < 5; k++) {
    // G H - E F and G H + E F, the other two as they are
    __m256i x = QUAD_PERMUTE(w.limb[k], QUAD_SELECT(0, 0, 2, 3));
    __m256i y = QUAD_PERMUTE(w.limb[k], QUAD_SELECT(1, 1, 2, 3));
    __m256i biased = _mm256_add_epi64(y, quad_repeat(FIELD8_BIAS(k)));
    __m256i s = _mm256_mask_sub_epi64(y, 1, biased, x);
    r->limb[k] = _mm256_mask_add_epi64(s, 2, y, x);
  }
  quad_carry_factor(r);
}

/// 2 p; the formula of point8_double.
LANEWISE void quad_double(quad *r, const quad *p) {
  quad a, w, efgh;
  for (int k = 0; k < 5; k++) a.limb[k] = QUAD_PERMUTE(p->limb[k], QUAD_SELECT(0, 1, 2, 0));
  for (int k = 0; k < 5; k++) w.limb[k] = QUAD_PERMUTE(p->limb[k], QUAD_SELECT(0, 1, 2, 1));
  // M M, P P, Z Z, M P
  quad_multiply_wide(&w, &a, &w);
  const __m256i once = _mm256_set_epi64x(0, 1, 2, 0), twice = _mm256_set_epi64x(0, 0, 1, 0);
  for (int k = 0; k < 5; k++) {
    // E = P P - M M, F = 4 Z Z - 2 M P, G = 2 M P, H = P P + M M; biased by 2 · 513 p where a difference is
    // taken
    __m256i plus = _mm256_sllv_epi64(QUAD_PERMUTE(w.limb[k], QUAD_SELECT(1, 2, 3, 1)), once);
    __m256i minus = _mm256_sllv_epi64(QUAD_PERMUTE(w.limb[k], QUAD_SELECT(0, 3, 3, 0)), twice);
    __m256i biased = _mm256_add_epi64(plus, quad_repeat(2 * FIELD8_BIAS(k)));
    __m256i s = _mm256_mask_sub_epi64(plus, 3, biased, minus);
    efgh.limb[k] = _mm256_mask_add_epi64(s, 8, plus, minus);
  }
  quad_complete(r, &efgh);
}

/// p + q for q prepared: Y - X, Y + X, 2Z, 2dT; the formula of point8_add_cached.
LANEWISE void quad_add(quad *r, const quad *p, const quad *prepared) {
  quad w, efgh;
  // A, B, D, C
  quad_multiply_wide(&w, p, prepared);
  for (int k = 0; k < 5; k++) {
    // E = B - A, F = D - C, G = D + C, H = B + A
    __m256i plus = QUAD_PERMUTE(w.limb[k], QUAD_SELECT(1, 2, 2, 1));
    __m256i minus = QUAD_PERMUTE(w.limb[k], QUAD_SELECT(0, 3, 3, 0));
    __m256i biased = _mm256_add_epi64(plus, quad_repeat(FIELD8_BIAS(k)));
    __m256i s = _mm256_add_epi64(plus, minus);
    efgh.limb[k] = _mm256_mask_sub_epi64(s, 3, biased, minus);
  }
  quad_complete(r, &efgh);
}

/// Coordinates of one lane of eight prepared points.
LANEWISE void quad_from_cached(quad *r, const cached8 *q, int lane) {
  const uint64_t *words = (const uint64_t *)q;
  for (int k = 0; k < 5; k++) {
    const uint64_t *w = words + 8 * k + lane;
    r->limb[k] = _mm256_set_epi64x((long long)w[120], (long long)w[80], (long long)w[40], (long long)w[0]);
  }
}

LANEWISE void quad_identity(quad *r) {
  for (int k = 0; k < 5; k++) r->limb[k] = _mm256_setzero_si256();
  r->limb[0] = _mm256_set_epi64x(0, 1, 1, 1);
}

/// The point, in extended coordinates.
LANEWISE void quad_store(cristretto_point *out, const quad *p) {
  point8 r;
  field8 *coordinate[4] = {&r.difference, &r.sum, &r.z, &r.t};
  uint64_t words[4];
  for (int k = 0; k < 5; k++) {
    _mm256_storeu_si256((__m256i *)words, p->limb[k]);
    for (int c = 0; c < 4; c++) coordinate[c]->limb[k] = lanes_repeat(words[c]);
  }
  field8_mask(&r.z);
  point8_scatter(out, lanes_zero(), 1, &r);
}

#endif
#endif
