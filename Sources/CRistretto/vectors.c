// Whole vectors of scalars, eight at a time. Nothing here depends on the values.

#include "scalars.h"

#if CRISTRETTO_COMPILES

/// 2^264 mod l: a product with it, divided by 2^260, is one by 16.
static const uint64_t sixteen[5] = {
    0xbd4affb703ed, 0xaf292a375531e, 0xffffeb225410f, 0xfffffffffffff, 0xfffffffffff};

/// a in all lanes.
LANEWISE void scalar8_repeat(scalar8 *r, const cristretto_scalar *a) {
  lanes w[4];
  for (int k = 0; k < 4; k++) w[k] = lanes_repeat(a->words[k]);
  scalar8_from_words(r, w);
}

/// 16 a in all lanes.
LANEWISE void scalar8_repeat_times_16(scalar8 *r, const cristretto_scalar *a) {
  lanes w[4];
  for (int k = 0; k < 4; k++) w[k] = lanes_repeat(a->words[k]);
  scalar8_from_words_times_16(r, w);
}

LANEWISE void scalar8_load(scalar8 *r, const cristretto_scalar *a, size_t count) {
  lanes w[4];
  scalar8_load_part(w, a, count);
  scalar8_from_words(r, w);
}

LANEWISE void scalar8_load_times_16(scalar8 *r, const cristretto_scalar *a, size_t count) {
  lanes w[4];
  scalar8_load_part(w, a, count);
  scalar8_from_words_times_16(r, w);
}

LANEWISE void scalar8_store(cristretto_scalar *a, const scalar8 *r, size_t count) {
  lanes w[4];
  scalar8_to_words(w, r);
  scalar8_store_part(a, w, count);
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

KERNEL void KERNEL_NAME(scalars_multiply)(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out) {
  for (size_t i = 0; i < n; i += 8) {
    scalar8 x, y;
    scalar8_load_times_16(&x, a + i, n - i);
    scalar8_load(&y, b + i, n - i);
    scalar8_multiply(&x, &x, &y);
    scalar8_store(out + i, &x, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_scale)(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *out) {
  scalar8 f;
  scalar8_repeat_times_16(&f, factor);
  for (size_t i = 0; i < n; i += 8) {
    scalar8 x;
    scalar8_load(&x, a + i, n - i);
    scalar8_multiply(&x, &f, &x);
    scalar8_store(out + i, &x, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_add_scaled)(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *sums) {
  scalar8 f;
  scalar8_repeat_times_16(&f, factor);
  for (size_t i = 0; i < n; i += 8) {
    scalar8 x, sum;
    scalar8_load(&x, a + i, n - i);
    scalar8_load(&sum, sums + i, n - i);
    scalar8_multiply(&x, &f, &x);
    scalar8_add(&sum, &sum, &x);
    scalar8_store(sums + i, &sum, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_add_products)(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *sums) {
  for (size_t i = 0; i < n; i += 8) {
    scalar8 x, y, sum;
    scalar8_load_times_16(&x, a + i, n - i);
    scalar8_load(&y, b + i, n - i);
    scalar8_load(&sum, sums + i, n - i);
    scalar8_multiply(&x, &x, &y);
    scalar8_add(&sum, &sum, &x);
    scalar8_store(sums + i, &sum, n - i);
  }
}

KERNEL void KERNEL_NAME(scalars_fold)(
    size_t n, const cristretto_scalar *x, const cristretto_scalar *y, const cristretto_scalar *a,
    cristretto_scalar *out) {
  scalar8 fx, fy;
  scalar8_repeat_times_16(&fx, x);
  scalar8_repeat_times_16(&fy, y);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    scalar8 even, odd;
    lanes w[4], z[10];
    for (int k = 0; k < 4; k++)
      w[k] = lanes_gather_masked(
          lanes_zero(), present, a[2 * i].words + k, lanes_sequence(2 * sizeof *a));
    scalar8_from_words(&even, w);
    for (int k = 0; k < 4; k++)
      w[k] = lanes_gather_masked(
          lanes_zero(), present, a[2 * i].words + 4 + k, lanes_sequence(2 * sizeof *a));
    scalar8_from_words(&odd, w);
    // Two products together are still < 2^260 l.
    for (int k = 0; k < 10; k++) z[k] = lanes_zero();
    scalar8_accumulate(z, &fx, &even);
    scalar8_accumulate(z, &fy, &odd);
    scalar8_montgomery(&even, z);
    scalar8_store(out + i, &even, n - i);
  }
}

/// Chains of powers that are computed side by side, so that none waits for its own products.
#define CHAINS 4

KERNEL void KERNEL_NAME(scalars_powers)(
    size_t n, const cristretto_scalar *first, const cristretto_scalar *ratio, cristretto_scalar *out) {
  // first ratio^i for i < 8, by doubling what is known: lanes 0 … k - 1, then those times ratio^k.
  scalar8 power[CHAINS], step, shifted;
  lanes w[4];
  cristretto_scalar r = *ratio;
  scalar8_repeat(&power[0], first);
  for (unsigned k = 1; k < 8; k *= 2) {
    // lanes with bit k of their number set take the factor ratio^k
    const mask8 set = mask_from_bits(k == 1 ? 0xaa : k == 2 ? 0xcc : 0xf0);
    scalar8_repeat_times_16(&step, &r);
    scalar8_multiply(&shifted, &step, &power[0]);
    scalar8_choose(&power[0], set, &shifted, &power[0]);
    KERNEL_NAME(scalars_multiply)(1, &r, &r, &r);
  }
  // r = ratio^8; the chains start 8 apart and advance by 8 CHAINS
  scalar8_repeat_times_16(&step, &r);
  for (int c = 1; c < CHAINS; c++) scalar8_multiply(&power[c], &step, &power[c - 1]);
  for (unsigned k = 1; k < CHAINS; k *= 2) KERNEL_NAME(scalars_multiply)(1, &r, &r, &r);
  scalar8_repeat_times_16(&step, &r);
  for (size_t i = 0; i < n; i += 8 * CHAINS) {
    UNROLL for (int c = 0; c < CHAINS; c++) {
      const size_t at = i + 8 * (size_t)c;
      if (at < n) {
        scalar8_to_words(w, &power[c]);
        scalar8_store_part(out + at, w, n - at);
      }
      scalar8_multiply(&power[c], &step, &power[c]);
    }
  }
}

/// Products that are added before they are reduced: 64 of them keep a column below 64 · 9 · 2^52 < 2^62, and
/// the sum below 64 l^2 < 2^260 l.
#define UNREDUCED 64

KERNEL void KERNEL_NAME(scalars_inner_product)(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out) {
  scalar8 total, part, factor;
  for (int k = 0; k < 5; k++) total.limb[k] = lanes_zero();
  for (size_t i = 0; i < n; i += 8 * UNREDUCED) {
    lanes z[10];
    for (int k = 0; k < 10; k++) z[k] = lanes_zero();
    for (size_t j = i; j < n && j < i + 8 * UNREDUCED; j += 8) {
      scalar8 x, y;
      scalar8_load(&x, a + j, n - j);
      scalar8_load(&y, b + j, n - j);
      scalar8_accumulate(z, &x, &y);
    }
    scalar8_montgomery(&part, z);
    scalar8_add(&total, &total, &part);
  }
  for (unsigned distance = 4; distance > 0; distance /= 2) {
    for (int k = 0; k < 5; k++) part.limb[k] = lanes_rotate(total.limb[k], distance);
    scalar8_add(&total, &total, &part);
  }
  // The products were divided by 2^260 instead of 2^256.
  for (int k = 0; k < 5; k++) factor.limb[k] = lanes_repeat(sixteen[k]);
  lanes z[10];
  for (int k = 0; k < 10; k++) z[k] = lanes_zero();
  scalar8_accumulate(z, &total, &factor);
  scalar8_montgomery(&total, z);
  scalar8_store(out, &total, 1);
}

#endif
