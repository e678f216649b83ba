// The field and the scalars at the bounds of their limbs, against slow numbers.

#include "../../Sources/CRistretto/field.h"
#include "../../Sources/CRistretto/scalars.h"
#include "check.h"
#include "slow.h"

#if CRISTRETTO_COMPILES

typedef uint64_t limbs8[5][8];

/// A limb below the bound: often at its edge.
static uint64_t edge(uint64_t bound) {
  switch (random_word() % 4) {
    case 0: return bound - 1;
    case 1: return random_word() % 8;
    case 2: return bound - 1 - random_word() % 8;
    default: return random_word() % bound;
  }
}

/// The number mod m in lane l.
static slow residue(limbs8 a, int l, const slow *m) {
  uint64_t limbs[5];
  for (int k = 0; k < 5; k++) limbs[k] = a[k][l];
  slow value = slow_from_limbs(limbs, RADIX_BITS);
  return slow_modulo(&value, m);
}

static bool same(const slow *a, const slow *b) { return slow_compare(a, b) == 0; }

KERNEL static void load(field8 *r, limbs8 a) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_load(a[k]);
}

KERNEL static void store(limbs8 a, const field8 *r) {
  for (int k = 0; k < 5; k++) lanes_store(a[k], r->limb[k]);
}

// What the two fields differ in: the bounds of factors, of what is carried and of what is subtracted.
#if RADIX_BITS == 52
#define CLEAN_LIMB(k) ((k) < 4 ? 1ULL << 52 : (1ULL << 47) + (1 << 9))
#define CARRIED (1ULL << 60)
#define SUBTRACTED (16ULL << 52)
KERNEL static void load_factor(field8 *r, limbs8 a) {
  load(r, a);
  // What is above bit 51 of the lower limbs of a factor does not count.
  for (int k = 0; k < 4; k++) r->limb[k] = lanes_or(r->limb[k], lanes_repeat(random_word() << 52));
}
#else
#define CLEAN_LIMB(k) ((1ULL << 51) + (1 << 17))
#define CARRIED (1ULL << 63)
#define SUBTRACTED (1ULL << 59)
KERNEL static void load_factor(field8 *r, limbs8 a) {
  load(r, a);
  for (int k = 0; k < 5; k++)
    for (int h = 0; h < 2; h++) r->limb[k].half[h] = integer_to_double(r->limb[k].half[h]);
}
#endif

/// Factors at their bounds.
static void fill(limbs8 a) {
  for (int k = 0; k < 5; k++)
    for (int l = 0; l < 8; l++) a[k][l] = edge(CLEAN_LIMB(k));
}

KERNEL static void check_products(const slow *p) {
  limbs8 a, b, out;
  field8 x, y, r;
  fill(a);
  fill(b);
  load_factor(&x, a);
  load_factor(&y, b);
  for (int form = 0; form < 4; form++) {
    if (form == 0) field8_multiply_wide(&r, &x, &y);
    if (form == 1) field8_multiply_biased(&r, &x, &y);
    if (form == 2) field8_square_wide(&r, &x);
    if (form == 3) {
      field8_multiply(&r, &x, &y);
      field8_mask(&r);
      field8_number(&r, &r);
    }
    // Limbs may be negative; a multiple of p makes up for it.
    for (int k = 0; k < 5; k++) r.limb[k] = lanes_add(r.limb[k], lanes_repeat(FIELD8_BIAS(k)));
    store(out, &r);
    for (int l = 0; l < 8; l++) {
      slow u = residue(a, l, p), v = residue(form == 2 ? a : b, l, p), w = slow_multiply(&u, &v);
      slow expected = slow_modulo(&w, p), actual = residue(out, l, p);
      EXPECT(same(&expected, &actual));
    }
  }
}

KERNEL static void check_sums(const slow *p) {
  limbs8 a, b, sum, difference, carried, canonical;
  field8 x, y, r;
  for (int k = 0; k < 5; k++)
    for (int l = 0; l < 8; l++) {
      a[k][l] = edge(CARRIED / 4);
      b[k][l] = edge(SUBTRACTED);
    }
  load(&x, a);
  load(&y, b);
  field8_add(&r, &x, &y);
  field8_carry(&r);
  field8_number(&r, &r);
  store(sum, &r);
  field8_subtract(&r, &x, &y);
  field8_carry(&r);
  field8_number(&r, &r);
  store(difference, &r);
  for (int k = 0; k < 5; k++)
    for (int l = 0; l < 8; l++) a[k][l] = edge(CARRIED);
  load(&r, a);
  field8_carry(&r);
  field8_number(&r, &r);
  store(carried, &r);
  load(&r, a);
  field8_canonical(&r);
  store(canonical, &r);
  for (int l = 0; l < 8; l++) {
    slow u = residue(a, l, p), v = residue(carried, l, p);
    EXPECT(same(&u, &v));
    uint64_t limbs[5];
    for (int k = 0; k < 5; k++) limbs[k] = canonical[k][l];
    slow value = slow_from_limbs(limbs, RADIX_BITS);
    EXPECT(same(&u, &value));
  }
  store(a, &x);
  for (int l = 0; l < 8; l++) {
    slow u = residue(a, l, p), v = residue(b, l, p), w = u;
    for (int k = 0; k < 8; k++) slow_add_word(&w, v.digit[k], 32 * k);
    slow expected = slow_modulo(&w, p), actual = residue(sum, l, p);
    EXPECT(same(&expected, &actual));
    w = u;
    for (int k = 0; k < 8; k++) slow_add_word(&w, p->digit[k], 32 * k);
    slow_subtract(&w, &v);
    expected = slow_modulo(&w, p), actual = residue(difference, l, p);
    EXPECT(same(&expected, &actual));
  }
}

/// Numbers around 0, p and 2^255 become canonical.
KERNEL static void check_canonical(const slow *p) {
  for (int delta = -40; delta <= 40; delta++) {
    limbs8 a = {{0}};
    for (int l = 0; l < 8; l++) {
      for (int k = 0; k < 4; k++) a[k][l] = (1ULL << RADIX_BITS) - 1;
      a[4][l] = (1ULL << (255 - 4 * RADIX_BITS)) - 1;
      a[0][l] += (uint64_t)(int64_t)delta;
      if (l % 2) {
        memset(&a[0][l], 0, sizeof a[0][l]);
        for (int k = 1; k < 5; k++) a[k][l] = 0;
        a[0][l] = (uint64_t)(delta + 40);
      }
    }
    field8 r;
    load(&r, a);
    field8_canonical(&r);
    limbs8 out;
    store(out, &r);
    for (int l = 0; l < 8; l++) {
      uint64_t limbs[5];
      for (int k = 0; k < 5; k++) limbs[k] = out[k][l];
      slow expected = residue(a, l, p), actual = slow_from_limbs(limbs, RADIX_BITS);
      EXPECT(same(&expected, &actual));
    }
  }
}

KERNEL static void check_radix51(const slow *p) {
  limbs8 a, out;
  lanes l51[5];
  field8 r;
  for (int k = 0; k < 5; k++) {
    for (int l = 0; l < 8; l++) a[k][l] = edge((1ULL << 51) + (1 << 13));
    l51[k] = lanes_load(a[k]);
  }
  field8_from_radix51(&r, l51);
  field8_number(&r, &r);
  store(out, &r);
  field8_to_radix51(l51, &r);
  for (int l = 0; l < 8; l++) {
    uint64_t in[5], back[5];
    for (int k = 0; k < 5; k++) {
      uint64_t words[8];
      lanes_store(words, l51[k]);
      in[k] = a[k][l];
      back[k] = words[l];
      EXPECT(back[k] < (1ULL << 51) + (1 << 13));
    }
    slow u = slow_from_limbs(in, 51), v = slow_from_limbs(back, 51), w = residue(out, l, p);
    u = slow_modulo(&u, p);
    v = slow_modulo(&v, p);
    EXPECT(same(&u, &v) && same(&u, &w));
  }
}

/// Montgomery products of numbers below l, at its edges too.
KERNEL static void check_scalars(const slow *l) {
  cristretto_scalar a[8], b[8], out[8];
  slow in[2][8];
  for (int i = 0; i < 8; i++) {
    for (int side = 0; side < 2; side++) {
      slow x = {{0}};
      for (int k = 0; k < 16; k++) slow_add_word(&x, (uint32_t)random_word(), 32 * (unsigned)k);
      x = slow_modulo(&x, l);
      if (random_word() % 3 == 0) {
        slow small = {{1 + (uint32_t)(random_word() % 3)}};
        x = *l;
        slow_subtract(&x, &small);
      }
      if (random_word() % 5 == 0) x = (slow){{(uint32_t)(random_word() % 3)}};
      in[side][i] = x;
      memcpy((side ? b : a)[i].words, x.digit, 32);
    }
  }
  KERNEL_NAME(scalars_multiply)(8, a, b, out);
  slow radix = {{0}};
  slow_add_word(&radix, 1, 256);
  for (int i = 0; i < 8; i++) {
    // out 2^256 = a b
    slow actual = {{0}};
    memcpy(actual.digit, out[i].words, 32);
    EXPECT(slow_compare(&actual, l) < 0);
    slow left = slow_multiply(&actual, &radix), right = slow_multiply(&in[0][i], &in[1][i]);
    left = slow_modulo(&left, l);
    right = slow_modulo(&right, l);
    EXPECT(same(&left, &right));
  }
}

/// Limbs below 2^52 and a top limb below the bound, at their edges too, as a scalar.
KERNEL static void fill_scalar(limbs8 a, scalar8 *r, uint64_t top) {
  for (int k = 0; k < 5; k++) {
    for (int l = 0; l < 8; l++) a[k][l] = edge(k < 4 ? 1ULL << 52 : top);
    r->limb[k] = lanes_load(a[k]);
  }
}

/// The same of a number below l: often l - 1.
KERNEL static void fill_reduced(limbs8 a, scalar8 *r, const slow *order) {
  for (int l = 0; l < 8; l++) {
    for (int k = 0; k < 5; k++) a[k][l] = edge(k < 4 ? 1ULL << 52 : 1ULL << 44);
    if (random_word() % 2) {
      const uint64_t largest[5] = {ORDER_0 - 1, ORDER_1, ORDER_2, 0, ORDER_4};
      for (int k = 0; k < 5; k++) a[k][l] = largest[k];
    }
    uint64_t limbs[5];
    for (int k = 0; k < 5; k++) limbs[k] = a[k][l];
    const slow value = slow_from_limbs(limbs, 52);
    EXPECT(slow_compare(&value, order) < 0);
  }
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_load(a[k]);
}

static slow slow_lane(limbs8 a, int l) {
  uint64_t limbs[5];
  for (int k = 0; k < 5; k++) limbs[k] = a[k][l];
  return slow_from_limbs(limbs, 52);
}

static void slow_add(slow *r, const slow *a) {
  for (unsigned k = 0; k < DIGITS; k++) slow_add_word(r, a->digit[k], 32 * k);
}

/// That r 2^bits = sum mod l, and r < times l.
KERNEL static void expect_loose_quotient(
    const scalar8 *r, unsigned bits, slow sums[8], const slow *order, uint64_t times) {
  limbs8 out;
  slow radix = {{0}}, multiple = {{0}};
  slow_add_word(&radix, 1, bits);
  slow_add_word(&multiple, times, 0);
  multiple = slow_multiply(&multiple, order);
  for (int k = 0; k < 5; k++) lanes_store(out[k], r->limb[k]);
  for (int l = 0; l < 8; l++) {
    for (int k = 0; k < 4; k++) EXPECT(out[k][l] < 1ULL << 52);
    slow actual = slow_lane(out, l);
    EXPECT(slow_compare(&actual, &multiple) < 0);
    actual = slow_multiply(&actual, &radix);
    actual = slow_modulo(&actual, order);
    const slow expected = slow_modulo(&sums[l], order);
    EXPECT(same(&actual, &expected));
  }
}

/// That r 2^bits = sum mod l, and r < l.
KERNEL static void expect_quotient(const scalar8 *r, unsigned bits, slow sums[8], const slow *order) {
  expect_loose_quotient(r, bits, sums, order, 1);
}

/// Products of factors with limbs at their bounds, and as many of them as may be added before they are reduced.
KERNEL static void check_scalar_products(const slow *order) {
  limbs8 a, b, s;
  scalar8 x, y, z, r;
  factor8 f, g;
  slow sums[8], shift = {{0}};
  slow_add_word(&shift, 1, 260);
  fill_scalar(a, &x, 1ULL << 52);
  fill_reduced(b, &y, order);
  fill_reduced(s, &z, order);
  factor8_from_scalar(&f, &x);
  factor8_from_scalar(&g, &y);
  for (int l = 0; l < 8; l++) {
    const slow left = slow_lane(a, l), right = slow_lane(b, l);
    sums[l] = slow_multiply(&left, &right);
  }
  scalar8_multiply_add(&r, &f, &g, NULL);
  expect_quotient(&r, 260, sums, order);
  scalar8_multiply_add(&r, &f, &g, &z);
  for (int l = 0; l < 8; l++) {
    slow added = slow_lane(s, l);
    added = slow_multiply(&added, &shift);
    slow_add(&sums[l], &added);
  }
  expect_quotient(&r, 260, sums, order);

  // 16 (l - 1) is the largest factor of a sum, or any below 2^256.
  columns8 columns;
  columns8_clear(&columns);
  memset(sums, 0, sizeof sums);
  for (int i = 0; i < MOST_PRODUCTS; i++) {
    fill_scalar(a, &x, 1ULL << 48);
    fill_reduced(b, &y, order);
    factor8_from_scalar(&f, &x);
    factor8_from_scalar(&g, &y);
    columns8_add_products(&columns, 1, &f, &g);
    for (int l = 0; l < 8; l++) {
      const slow left = slow_lane(a, l), right = slow_lane(b, l), product = slow_multiply(&left, &right);
      slow_add(&sums[l], &product);
    }
  }
  scalar8_reduce(&r, &columns, MOST_PRODUCTS);
  expect_quotient(&r, 260, sums, order);
}

/// Multiples with any digits below l, of numbers below 2^253.
KERNEL static void check_multiples(const slow *order) {
  limbs8 a[2], s, digits[2];
  scalar8 x, z, r;
  factor8 f[2];
  multiple8 m[2];
  slow sums[8], shift = {{0}};
  slow_add_word(&shift, 1, 52);
  memset(sums, 0, sizeof sums);
  for (int side = 0; side < 2; side++) {
    fill_reduced(digits[side], &x, order);
    multiple8_from_digits(&m[side], digits[side]);
    fill_scalar(a[side], &x, 1ULL << 45);
    factor8_from_scalar(&f[side], &x);
  }
  fill_reduced(s, &z, order);
  for (int side = 0; side < 2; side++) {
    for (int l = 0; l < 8; l++)
      for (int i = 0; i < 5; i++) {
        slow limb = {{0}}, digit = slow_lane(digits[side], i);
        slow_add_word(&limb, a[side][i][l], 0);
        digit = slow_multiply(&digit, &limb);
        slow_add(&sums[l], &digit);
      }
    if (side == 0) {
      scalar8_times_add(&r, &m[0], &f[0], NULL);
      expect_quotient(&r, 52, sums, order);
      scalar8_times_add(&r, &m[0], &f[0], &z);
      slow with[8];
      for (int l = 0; l < 8; l++) {
        slow added = slow_lane(s, l);
        added = slow_multiply(&added, &shift);
        with[l] = sums[l];
        slow_add(&with[l], &added);
      }
      expect_quotient(&r, 52, with, order);
    }
  }
  scalar8_two_times(&r, &m[0], &f[0], &m[1], &f[1]);
  expect_quotient(&r, 52, sums, order);
}

#ifndef CRISTRETTO_AVX2
/// Products that are left loose, of factors less than 16 l.
KERNEL static void check_loose(const slow *order) {
  limbs8 a, b, s, digits;
  scalar8 x, y, z, r;
  multiple8 m;
  slow sums[8], shift = {{0}}, step = {{0}};
  slow_add_word(&shift, 1, 260);
  slow_add_word(&step, 1, 52);
  fill_scalar(a, &x, 1ULL << 48);
  fill_scalar(b, &y, 1ULL << 48);
  fill_reduced(s, &z, order);
  for (int l = 0; l < 8; l++) {
    const slow left = slow_lane(a, l), right = slow_lane(b, l);
    sums[l] = slow_multiply(&left, &right);
  }
  scalar8_multiply_add_loose(&r, &x, &y, NULL);
  expect_loose_quotient(&r, 260, sums, order, 2);
  scalar8_multiply_add_loose(&r, &x, &y, &z);
  for (int l = 0; l < 8; l++) {
    slow added = slow_lane(s, l);
    added = slow_multiply(&added, &shift);
    slow_add(&sums[l], &added);
  }
  expect_loose_quotient(&r, 260, sums, order, 3);

  fill_reduced(digits, &y, order);
  multiple8_from_digits(&m, digits);
  for (int l = 0; l < 8; l++) {
    sums[l] = slow_lane(s, l);
    sums[l] = slow_multiply(&sums[l], &step);
    for (int i = 0; i < 5; i++) {
      slow limb = {{0}}, digit = slow_lane(digits, i);
      slow_add_word(&limb, a[i][l], 0);
      digit = slow_multiply(&digit, &limb);
      slow_add(&sums[l], &digit);
    }
  }
  scalar8_times_add_loose(&r, &m, &x, &z);
  expect_loose_quotient(&r, 52, sums, order, 7);

  // As many short multiples as are summed before they are reduced.
  lanes columns[6];
  for (int k = 0; k < 6; k++) columns[k] = lanes_zero();
  memset(sums, 0, sizeof sums);
  for (int i = 0; i < 256; i++) {
    const uint64_t n = edge(1ULL << 32);
    slow factor = {{0}};
    slow_add_word(&factor, n, 0);
    fill_scalar(a, &x, 1ULL << 48);
    columns6_add_multiple(columns, n, &x);
    for (int l = 0; l < 8; l++) {
      slow multiple = slow_lane(a, l);
      multiple = slow_multiply(&multiple, &factor);
      slow_add(&sums[l], &multiple);
    }
  }
  columns6_step(&r, columns);
  expect_loose_quotient(&r, 52, sums, order, 2);
}
#endif

/// Numbers some bits longer than l, doubled numbers and sums of three.
KERNEL static void check_small_reductions(const slow *order) {
  limbs8 a[3];
  scalar8 x[3], r;
  slow sums[8];
  fill_scalar(a[0], &x[0], 1ULL << 53);
  for (int l = 0; l < 8; l++) sums[l] = slow_lane(a[0], l);
  scalar8_reduce_small(&r, &x[0]);
  expect_quotient(&r, 0, sums, order);
  for (int i = 0; i < 3; i++) fill_reduced(a[i], &x[i], order);
  for (unsigned n = 1; n <= 8; n++) {
    scalar8_double(&r, &x[0], n);
    for (int l = 0; l < 8; l++) {
      slow radix = {{0}}, value = slow_lane(a[0], l);
      slow_add_word(&radix, 1, n);
      sums[l] = slow_multiply(&value, &radix);
    }
    expect_quotient(&r, 0, sums, order);
  }
  scalar8_sum_of_three(&r, &x[0], &x[1], &x[2]);
  CHECK_SCALAR(&r, 1ULL << 46);
  for (int l = 0; l < 8; l++) {
    sums[l] = slow_lane(a[0], l);
    for (int i = 1; i < 3; i++) {
      const slow other = slow_lane(a[i], l);
      slow_add(&sums[l], &other);
    }
  }
  scalar8_reduce_small(&r, &r);
  expect_quotient(&r, 0, sums, order);
}

/// The square of each factor n times.
KERNEL static void check_squares(const slow *p) {
  limbs8 a, out;
  field8 x;
  fill(a);
  load_factor(&x, a);
  field8_square_times(&x, &x, 3);
  field8_mask(&x);
  field8_number(&x, &x);
  store(out, &x);
  for (int l = 0; l < 8; l++) {
    slow expected = residue(a, l, p), actual = residue(out, l, p);
    for (int i = 0; i < 3; i++) {
      expected = slow_multiply(&expected, &expected);
      expected = slow_modulo(&expected, p);
    }
    EXPECT(same(&expected, &actual));
  }
}

void KERNEL_NAME(check_arithmetic)(void) {
  const slow p = slow_field_prime(), l = slow_group_order();
  for (int i = 0; i < 40; i++) {
    check_products(&p);
    check_squares(&p);
    check_sums(&p);
    check_radix51(&p);
    check_scalars(&l);
    check_scalar_products(&l);
    check_multiples(&l);
    check_small_reductions(&l);
#ifndef CRISTRETTO_AVX2
    check_loose(&l);
#endif
  }
  check_canonical(&p);
}

#endif
