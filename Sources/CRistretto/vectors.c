// Whole vectors of scalars, eight at a time. Nothing here depends on the values.

#include "scalars.h"

#if CRISTRETTO_COMPILES

// MARK: - Loading and storing

/// a in all lanes.
LANEWISE void factor8_repeat(factor8 *f, const cristretto_scalar *a) {
  lanes w[4];
  scalar8 s;
  for (int k = 0; k < 4; k++) w[k] = lanes_repeat(a->words[k]);
  scalar8_from_words(&s, w);
  factor8_from_scalar(f, &s);
}

LANEWISE void scalar8_load(scalar8 *r, const cristretto_scalar *a, size_t count) {
  lanes w[4];
  scalar8_load_part(w, a, count);
  scalar8_from_words(r, w);
}

LANEWISE void factor8_load(factor8 *f, const cristretto_scalar *a, size_t count) {
  scalar8 s;
  scalar8_load(&s, a, count);
  factor8_from_scalar(f, &s);
}

LANEWISE void factor8_load_times_16(factor8 *f, const cristretto_scalar *a, size_t count) {
  lanes w[4];
  scalar8 s;
  scalar8_load_part(w, a, count);
  scalar8_from_words_times_16(&s, w);
  factor8_from_scalar(f, &s);
}

LANEWISE void scalar8_store(cristretto_scalar *a, const scalar8 *r, size_t count) {
  lanes w[4];
  scalar8_to_words(w, r);
  scalar8_store_part(a, w, count);
}

/// The numbers with the given limbs.
LANEWISE void factor8_from_limbs(factor8 *f, const uint64_t limbs[5][8]) {
  scalar8 s;
  for (int k = 0; k < 5; k++) s.limb[k] = lanes_load(limbs[k]);
  factor8_from_scalar(f, &s);
}

// MARK: - Multiples

/// 2^(52 i + 56) mod l for i = 0 … 4, in the first lanes: a Montgomery product with a 2^256 is a 2^(52 i + 52).
static const uint64_t shifts[5][8] = {
    {0x0, 0x0, 0x0, 0x0, 0xbd4affb703ed},
    {0x10, 0x0, 0x0, 0x0, 0xaf292a375531e},
    {0x0, 0x10, 0x0, 0x0, 0xffffeb225410f},
    {0x0, 0x0, 0x10, 0x0, 0xfffffffffffff},
    {0x0, 0x0, 0x0, 0x10, 0xfffffffffff}};

/// What makes many products by a cheap. It takes as long as three products of eight scalars.
SEPARATE void multiple8_of(multiple8 *f, const cristretto_scalar *a) {
  factor8 factor, shift;
  scalar8 s;
  uint64_t digits[5][8];
  factor8_repeat(&factor, a);
  factor8_from_limbs(&shift, shifts);
  scalar8_multiply_add(&s, &factor, &shift, NULL);
  for (int k = 0; k < 5; k++) lanes_store(digits[k], s.limb[k]);
  multiple8_from_digits(f, digits);
}

// MARK: - Products

KERNEL void KERNEL_NAME(scalars_multiply)(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out) {
  for (size_t i = 0; i < n; i += 8) {
    factor8 x, y;
    scalar8 product;
    factor8_load_times_16(&x, a + i, n - i);
    factor8_load(&y, b + i, n - i);
    scalar8_multiply_add(&product, &x, &y, NULL);
    scalar8_store(out + i, &product, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_scale)(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *out) {
  multiple8 f;
  multiple8_of(&f, factor);
  for (size_t i = 0; i < n; i += 8) {
    factor8 x;
    scalar8 product;
    factor8_load(&x, a + i, n - i);
    scalar8_times_add(&product, &f, &x, NULL);
    scalar8_store(out + i, &product, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_add_scaled)(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *sums) {
  multiple8 f;
  multiple8_of(&f, factor);
  for (size_t i = 0; i < n; i += 8) {
    factor8 x;
    scalar8 sum;
    factor8_load(&x, a + i, n - i);
    scalar8_load(&sum, sums + i, n - i);
    scalar8_times_add(&sum, &f, &x, &sum);
    scalar8_store(sums + i, &sum, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_add_products)(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *sums) {
  for (size_t i = 0; i < n; i += 8) {
    factor8 x, y;
    scalar8 sum;
    factor8_load_times_16(&x, a + i, n - i);
    factor8_load(&y, b + i, n - i);
    scalar8_load(&sum, sums + i, n - i);
    scalar8_multiply_add(&sum, &x, &y, &sum);
    scalar8_store(sums + i, &sum, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_fold)(
    size_t n, const cristretto_scalar *x, const cristretto_scalar *y, const cristretto_scalar *a,
    cristretto_scalar *out) {
  multiple8 fx, fy;
  multiple8_of(&fx, x);
  multiple8_of(&fy, y);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    factor8 pair[2];
    scalar8 s;
    lanes w[4];
    for (int side = 0; side < 2; side++) {
      for (int k = 0; k < 4; k++)
        w[k] = lanes_gather_masked(
            lanes_zero(), present, a[2 * i].words + 4 * side + k, lanes_sequence(2 * sizeof *a));
      scalar8_from_words(&s, w);
      factor8_from_scalar(&pair[side], &s);
    }
    scalar8_two_times(&s, &fx, &pair[0], &fy, &pair[1]);
    scalar8_store(out + i, &s, n - i);
  }
}

// MARK: - Sequences and sums

/// Chains of powers that are computed side by side, so that none waits for its own products.
#define CHAINS (CRISTRETTO_FIRST_POWERS / 8)

KERNEL void KERNEL_NAME(scalars_powers)(
    size_t n, const cristretto_scalar *step, cristretto_scalar *powers) {
  factor8 power[CHAINS];
  scalar8 s;
  multiple8 f;
  multiple8_of(&f, step);
  for (int c = 0; c < CHAINS; c++) factor8_load(&power[c], powers + 8 * c, 8);
  for (size_t i = CRISTRETTO_FIRST_POWERS; i < n; i += CRISTRETTO_FIRST_POWERS) {
    for (int c = 0; c < CHAINS; c++) {
      const size_t at = i + 8 * (size_t)c;
      if (at >= n) return;
      scalar8_times_add(&s, &f, &power[c], NULL);
      factor8_from_scalar(&power[c], &s);
      scalar8_store(powers + at, &s, n - at);
    }
  }
}

/// What is added up in the lanes, in all of them.
LANEWISE void scalar8_add_lanes(scalar8 *total) {
  scalar8 turned;
  for (unsigned distance = 4; distance > 0; distance /= 2) {
    for (int k = 0; k < 5; k++) turned.limb[k] = lanes_rotate(total->limb[k], distance);
    scalar8_add(total, total, &turned);
  }
}

/// The number of groups of eight that are loaded, then multiplied.
#define GROUPS_LOADED 8

/// Overwrites factors that may be secret. The compiler may not leave it out, as the barrier may read them.
LANEWISE void factors_wipe(factor8 *x) {
  memset(x, 0, GROUPS_LOADED * sizeof *x);
  __asm__ volatile("" : : "r"(x) : "memory");
}

KERNEL void KERNEL_NAME(scalars_inner_product)(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out) {
  scalar8 total, part;
  factor8 x[GROUPS_LOADED], y[GROUPS_LOADED];
  for (int k = 0; k < 5; k++) total.limb[k] = lanes_zero();
  for (size_t i = 0; i < n;) {
    columns8 z;
    size_t count = 0;
    columns8_clear(&z);
    while (i < n && count < MOST_PRODUCTS) {
      size_t loaded = 0;
      for (; i < n && loaded < GROUPS_LOADED; i += 8, loaded++) {
        factor8_load_times_16(&x[loaded], a + i, n - i);
        factor8_load(&y[loaded], b + i, n - i);
      }
      columns8_add_products(&z, loaded, x, y);
      count += loaded;
    }
    scalar8_reduce(&part, &z, count);
    scalar8_add(&total, &total, &part);
  }
  factors_wipe(x);
  factors_wipe(y);
  scalar8_add_lanes(&total);
  scalar8_store(out, &total, 1);
}

KERNEL void KERNEL_NAME(scalars_weigh)(
    size_t n, const cristretto_scalar *weights, const cristretto_scalar *a, cristretto_scalar *sums,
    cristretto_scalar *out) {
  scalar8 total, part, sum;
  factor8 x[GROUPS_LOADED], y[GROUPS_LOADED];
  for (int k = 0; k < 5; k++) total.limb[k] = lanes_zero();
  for (size_t i = 0; i < n;) {
    columns8 z;
    size_t count = 0;
    columns8_clear(&z);
    while (i < n && count < MOST_PRODUCTS) {
      size_t loaded = 0;
      for (; i < n && loaded < GROUPS_LOADED; i += 8, loaded++) {
        factor8_load_times_16(&x[loaded], weights + i, n - i);
        factor8_load(&y[loaded], a + i, n - i);
        scalar8_multiply_add(&part, &x[loaded], &y[loaded], NULL);
        factor8_from_scalar(&x[loaded], &part);
        scalar8_load(&sum, sums + i, n - i);
        scalar8_add(&sum, &sum, &part);
        scalar8_store(sums + i, &sum, n - i);
      }
      columns8_add_products(&z, loaded, x, y);
      count += loaded;
    }
    scalar8_reduce(&part, &z, count);
    scalar8_add(&total, &total, &part);
  }
  scalar8_add_lanes(&total);
  // The last products were of factors of which none had been loaded times 16.
  for (int doubling = 0; doubling < 4; doubling++) scalar8_add(&total, &total, &total);
  scalar8_store(out, &total, 1);
}

#endif
