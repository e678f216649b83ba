// Eight points of the curve -x^2 + y^2 = 1 + d x^2 y^2 at a time, after Hisil, Wong, Carter, Dawson (eprint
// 2008/522), section 3.1.
//
//   point8    Y - X, Y + X, Z, T      what is kept: the first two are what every sum multiplies
//   cached8   Y - X, Y + X, 2Z, 2dT   a second summand, prepared
//   affine8   y - x, y + x, 2dxy      the same with Z = 1: one product less
//
// Additions are complete: the identity, equal points and opposite points are not exceptions.

#ifndef POINTS_H
#define POINTS_H

#include "field.h"

#if CRISTRETTO_COMPILES

/// Eight points. `difference`, `sum` and `t` are factors, `z` is clean.
typedef struct {
  field8 difference, sum, z, t;
} point8;

/// Eight second summands, factors.
typedef struct {
  field8 difference, sum, twice_z, product;
} cached8;

/// Eight second summands with Z = 1, factors.
typedef struct {
  field8 difference, sum, product;
} affine8;

LANEWISE void point8_identity(point8 *r) {
  field8_one(&r->difference);
  field8_one(&r->sum);
  field8_one(&r->z);
  field8_zero(&r->t);
}

LANEWISE void cached8_identity(cached8 *r) {
  field8_one(&r->difference);
  field8_one(&r->sum);
  field8_zero(&r->twice_z);
  r->twice_z.limb[0] = lanes_repeat(CLEAN_TWO);
  field8_zero(&r->product);
}

LANEWISE void cached8_from_point(cached8 *r, const point8 *p) {
  field8 twice_d, z;
  field8_repeat(&twice_d, field_twice_d);
  field8_multiply(&r->product, &p->t, &twice_d);
  field8_number(&z, &p->z);
  field8_add(&r->twice_z, &z, &z);
  field8_carry_factor(&r->twice_z);
  r->difference = p->difference;
  r->sum = p->sum;
}

/// The point X = E F, Y = G H, Z = F G, T = E H; E, F, G, H numbers, and consumed.
LANEWISE void point8_complete(point8 *r, field8 *e, field8 *f, field8 *g, field8 *h) {
  field8 x, y;
  field8_carry_factor(e);
  field8_carry_factor(f);
  field8_carry_factor(g);
  field8_carry_factor(h);
  field8_multiply_wide(&x, e, f);
  field8_multiply_biased(&y, g, h);
  field8_subtract_biased(&r->difference, &y, &x);
  field8_add(&r->sum, &y, &x);
  field8_carry_factor(&r->difference);
  field8_carry_factor(&r->sum);
  field8_multiply(&r->t, e, h);
  field8_multiply(&r->z, f, g);
  field8_mask(&r->z);
}

/// d - c and d + c, or the other way round in the lanes of the mask; c a product, d biased.
LANEWISE void field8_difference_and_sum(
    field8 *difference, field8 *sum, const field8 *d, const field8 *c, mask8 exchanged) {
  CHECK_PRODUCT(c);
  for (int k = 0; k < 5; k++) {
    lanes less = lanes_subtract(d->limb[k], c->limb[k]);
    lanes more = lanes_add(d->limb[k], c->limb[k]);
    difference->limb[k] = lanes_choose(exchanged, more, less);
    sum->limb[k] = lanes_choose(exchanged, less, more);
  }
}

// With A = (Y1 - X1)(Y2 - X2), B = (Y1 + X1)(Y2 + X2), C = 2d T1 T2, D = 2 Z1 Z2:
//
//   E = B - A, F = D - C, G = D + C, H = B + A
//
// To subtract, X2 and T2 change sign: the difference and the sum of the second point change places, which is
// the caller's part, and so do F and G.

/// p + q, or p - q in the lanes of the mask, in which q's difference and sum have changed places. 7 products.
LANEWISE void point8_add_affine(point8 *r, const point8 *p, const affine8 *q, mask8 negative) {
  field8 a, b, c, d, e, f, g, h;
  field8_multiply_wide(&c, &p->t, &q->product);
  // D = 2 Z1, biased
  field8_number(&d, &p->z);
  for (int k = 0; k < 5; k++) {
    lanes z = d.limb[k];
    d.limb[k] = lanes_add(lanes_add(z, z), lanes_repeat(FIELD8_BIAS(k)));
  }
  field8_difference_and_sum(&f, &g, &d, &c, negative);
  field8_multiply_wide(&a, &p->difference, &q->difference);
  field8_multiply_biased(&b, &p->sum, &q->sum);
  field8_subtract_biased(&e, &b, &a);
  field8_add(&h, &b, &a);
  point8_complete(r, &e, &f, &g, &h);
}

/// p + q, or p - q in the lanes of the mask, in which q's difference and sum have changed places. 8 products.
LANEWISE void point8_add_cached(point8 *r, const point8 *p, const cached8 *q, mask8 negative) {
  field8 a, b, c, d, e, f, g, h;
  field8_multiply_wide(&c, &p->t, &q->product);
  field8_multiply_biased(&d, &p->z, &q->twice_z);
  field8_difference_and_sum(&f, &g, &d, &c, negative);
  field8_multiply_wide(&a, &p->difference, &q->difference);
  field8_multiply_biased(&b, &p->sum, &q->sum);
  field8_subtract_biased(&e, &b, &a);
  field8_add(&h, &b, &a);
  point8_complete(r, &e, &f, &g, &h);
}

/// p + q, where it is not worth a copy of the formula. 9 products.
SEPARATE void point8_add(point8 *r, const point8 *p, const point8 *q) {
  cached8 cached;
  cached8_from_point(&cached, q);
  point8_add_cached(r, p, &cached, mask_from_bits(0));
}

/// 2 p. 4 products and 4 squares less one: with M = Y - X and P = Y + X,
///
///   E = P^2 - M^2 = 4XY, H = P^2 + M^2 = 2 (X^2 + Y^2), G = 2 M P = 2 (Y^2 - X^2), F = 4 Z^2 - G
///
/// which is twice the doubling formula with F and H negated: all four coordinates change sign, the point does
/// not.
LANEWISE void point8_double(point8 *r, const point8 *p) {
  field8 mm, pp, mp, zz, e, f, g, h;
  field8_square_wide(&mm, &p->difference);
  field8_square_wide(&pp, &p->sum);
  field8_multiply_biased(&mp, &p->difference, &p->sum);
  field8_square_wide(&zz, &p->z);
  for (int k = 0; k < 5; k++) {
    lanes bias = lanes_repeat(FIELD8_BIAS(k));
    lanes biased = lanes_add(pp.limb[k], bias);
    e.limb[k] = lanes_subtract(biased, mm.limb[k]);
    h.limb[k] = lanes_add(biased, mm.limb[k]);
    g.limb[k] = lanes_add(mp.limb[k], mp.limb[k]);
    // G is biased twice, 4 Z^2 four times: positive, and less than 6 times the bias
    f.limb[k] = lanes_subtract(
        lanes_add(lanes_left(zz.limb[k], 2), lanes_left(bias, 2)), g.limb[k]);
  }
  point8_complete(r, &e, &f, &g, &h);
}

SEPARATE void point8_double_in_place(point8 *p, unsigned n) {
  for (unsigned i = 0; i < n; i++) point8_double(p, p);
}

/// 2^n p. Through a copy, so that the caller may keep its point in registers.
LANEWISE void point8_double_times(point8 *p, unsigned n) {
  point8 copy = *p;
  point8_double_in_place(&copy, n);
  *p = copy;
}

/// q or -q as a point, by the mask, where q's difference and sum have changed places already. 1 product.
LANEWISE void point8_from_affine(point8 *r, const affine8 *q, mask8 negative) {
  field8 inverse, zero, t, minus_t;
  field8_repeat(&inverse, field_inverse_of_twice_d);
  field8_zero(&zero);
  r->difference = q->difference;
  r->sum = q->sum;
  field8_one(&r->z);
  field8_multiply_wide(&t, &q->product, &inverse);
  field8_subtract(&minus_t, &zero, &t);
  for (int k = 0; k < 5; k++) t.limb[k] = lanes_add(t.limb[k], lanes_repeat(FIELD8_BIAS(k)));
  field8_choose(&r->t, negative, &minus_t, &t);
  field8_carry_factor(&r->t);
}

// MARK: - Rows and points in memory

/// What stands for no point.
static const cristretto_row identity_row __attribute__((aligned(128), unused)) = {
    {CLEAN_ONE, 0, 0, 0, 0, CLEAN_ONE}};

/// Eight rows anywhere in memory. Where `negative` is set, difference and sum change places.
///
/// Wide loads and a transposition: a little faster than gathers, and far faster on processors whose microcode
/// slows gathers down.
LANEWISE void affine8_load(affine8 *r, const char *const row[8], mask8 negative) {
  lanes w[16];
  UNROLL for (size_t k = 0; k < 16; k += 4) lanes_transpose(w + k, row, k);
  for (int k = 0; k < 5; k++) {
    r->difference.limb[k] = lanes_choose(negative, w[5 + k], w[k]);
    r->sum.limb[k] = lanes_choose(negative, w[k], w[5 + k]);
    r->product.limb[k] = w[10 + k];
  }
}

/// Eight points in extended coordinates at base + offsets, in bytes; the identity in the lanes that the mask
/// leaves out.
SEPARATE void point8_gather(point8 *r, const void *base, lanes offsets, mask8 present) {
  lanes l[20];
  // The limbs in memory are integers in every form.
  const lanes one = lanes_repeat(1), zero = lanes_zero();
  for (int k = 0; k < 20; k++)
    l[k] = lanes_gather_masked(
        k == 5 || k == 10 ? one : zero, present, (const char *)base + 8 * k, offsets);
  field8 x, y;
  field8_from_radix51(&x, l);
  field8_from_radix51(&y, l + 5);
  field8_from_radix51(&r->z, l + 10);
  field8_from_radix51(&r->t, l + 15);
  field8_number(&x, &x);
  field8_number(&y, &y);
  field8_subtract(&r->difference, &y, &x);
  field8_carry_factor(&r->difference);
  field8_add(&r->sum, &y, &x);
  field8_carry_factor(&r->sum);
}

/// Eight points in extended coordinates, to base + offsets in the lanes of the mask: 2X, 2Y, 2Z, 2T of the
/// same point.
SEPARATE void point8_scatter(void *base, lanes offsets, mask8 present, const point8 *p) {
  field8 difference = p->difference, sum = p->sum, z = p->z, t = p->t, coordinate;
  lanes l[20];
  field8_mask(&difference);
  field8_mask(&sum);
  field8_mask(&t);
  field8_number(&difference, &difference);
  field8_number(&sum, &sum);
  field8_number(&z, &z);
  field8_number(&t, &t);
  field8_subtract(&coordinate, &sum, &difference);
  field8_carry(&coordinate);
  field8_number(&coordinate, &coordinate);
  field8_to_radix51(l, &coordinate);
  field8_add(&coordinate, &sum, &difference);
  field8_carry(&coordinate);
  field8_number(&coordinate, &coordinate);
  field8_to_radix51(l + 5, &coordinate);
  field8_add(&coordinate, &z, &z);
  field8_carry(&coordinate);
  field8_number(&coordinate, &coordinate);
  field8_to_radix51(l + 10, &coordinate);
  field8_add(&coordinate, &t, &t);
  field8_carry(&coordinate);
  field8_number(&coordinate, &coordinate);
  field8_to_radix51(l + 15, &coordinate);
  for (int k = 0; k < 20; k++)
    lanes_scatter_masked((char *)base + 8 * k, present, offsets, l[k]);
}

#endif
#endif
