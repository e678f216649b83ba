// The field in radix 2^52, a = a0 + 2^52 a1 + … + 2^208 a4, with the multiplication instructions of AVX-512 IFMA.
//
//   number   limbs below a bound that each function states, in units u = 2^52
//   factor   limbs 0…3 may carry anything above bit 51, which the multiplication instructions ignore; the others
//            make the number. Limb 4 < 2^47 + 2^9
//   clean    limbs 0…3 < 2^52, limb 4 < 2^47 + 2^9: a factor and a number in one

#ifndef FIELD_52_H
#define FIELD_52_H

/// How many groups of eight numbers go through a chain of squarings side by side. A chain alone waits for the
/// latency of each product; three together fill the pipeline.
#define GROUPS 3

/// 1 and 2 as the lowest word of a clean number.
#define CLEAN_ONE 1ULL
#define CLEAN_TWO 2ULL

// 513 p, with 496 moved from each limb to the next: every limb is at least 16 u, so a product, which is < 11
// u, can be subtracted limb by limb.
#define BIAS_0 (17 * (1ULL << 52) - 9747)
#define BIAS_1 (17 * (1ULL << 52) - 17)
#define BIAS_4 (513 * (1ULL << 47) - 17)
#define FIELD8_BIAS(k) ((k) == 0 ? BIAS_0 : (k) == 4 ? BIAS_4 : BIAS_1)

static const uint64_t field_d[5] = {
    0xb4dca135978a3, 0x4d4141d8ab75e, 0x779e89800700a, 0xfe738cc740797, 0x52036cee2b6f};
static const uint64_t field_twice_d[5] = {
    0x69b9426b2f159, 0x9a8283b156ebd, 0xef3d13000e014, 0xfce7198e80f2e, 0x2406d9dc56df};
/// 1/(2d)
static const uint64_t field_inverse_of_twice_d[5] = {
    0x793b66e4fc18, 0x4c213caa1712f, 0x6dce7b305aeeb, 0xe721958b108a6, 0x60483f690a6a};
/// The even square root of -1.
static const uint64_t field_i[5] = {
    0xe1b274a0ea0b0, 0x6ad2fe478c4e, 0xdfbd7a72f4318, 0xdf0b2b4d00993, 0x2b8324804fc1};
/// 1/sqrt(a - d) with a = -1, the even root.
static const uint64_t field_inverse_root_of_a_minus_d[5] = {
    0x8fdaa805d40ea, 0x175a4172be99c, 0xe01d8409d2f16, 0xfca216c27b91f, 0x786c8905cfaf};
/// 1 - d^2
static const uint64_t field_one_minus_d_squared[5] = {
    0xc09c1945fc176, 0x38cd5e350fe27, 0xe70dfe42c81a1, 0xe0d79994abddb, 0x29072a8b2b3};
/// (d - 1)^2
static const uint64_t field_d_minus_one_squared[5] = {
    0xd5aaa44ed4d20, 0x2cb01e199931a, 0x29b4eebd29e4a, 0x22414cdcd32f5, 0x5968b37af66c};
/// sqrt(a d - 1) with a = -1, the odd root.
static const uint64_t field_root_of_a_d_minus_one[5] = {
    0x7f6a0497b2e1b, 0xc1b7854bd7e9, 0x1f5d1fdaf9d8e, 0x48ac0f3cfcc93, 0x376931bf2b83};

// MARK: - Bounds, executed in the checking build

#define CHECK_CLEAN(a)                                             \
  do {                                                             \
    for (int k_ = 0; k_ < 4; k_++)                                 \
      CHECK_BELOW((a)->limb[k_], 1ULL << 52, "clean limb");        \
    CHECK_BELOW((a)->limb[4], (1ULL << 47) + (1 << 9), "top limb"); \
  } while (0)
#define CHECK_FACTOR(a) CHECK_BELOW((a)->limb[4], (1ULL << 47) + (1 << 9), "top limb of a factor")
#define CHECK_WIDE(a, units)                                        \
  do {                                                              \
    for (int k_ = 0; k_ < 5; k_++)                                  \
      CHECK_BELOW((a)->limb[k_], (units) * (1ULL << 52), "wide limb"); \
  } while (0)
/// What may be subtracted from a biased number, and what may be carried.
#define CHECK_PRODUCT(a) CHECK_WIDE(a, 16)
#define CHECK_CARRIED(a) CHECK_WIDE(a, 256ULL)

// MARK: - Carries

/// The same number as a factor; limbs < 2^60 in.
///
/// Limb 4 gives its excess over 2^47, at most 2^13, to limb 0 times 19; then each limb gives what is above
/// bit 51, at most 2^8 + 1, to the next, and keeps it as well where nobody looks.
LANEWISE void field8_carry_factor(field8 *r) {
  lanes *v = r->limb;
  CHECK_WIDE(r, 256ULL);
  lanes excess = lanes_right(v[4], TOP_BITS);
  v[4] = lanes_and(v[4], lanes_repeat(LOW_TOP));
  v[0] = lanes_add_low(v[0], excess, lanes_repeat(19));
  for (int k = 0; k < 4; k++) v[k + 1] = lanes_add(v[k + 1], lanes_right(v[k], 52));
#ifdef CRISTRETTO_CHECK
  // Anyone who takes a factor for a number shall find out.
  for (int k = 0; k < 4; k++) v[k] = lanes_or(v[k], lanes_repeat(~LOW_52));
#endif
}

/// A factor as a clean number.
LANEWISE void field8_mask(field8 *r) {
  for (int k = 0; k < 4; k++) r->limb[k] = lanes_and(r->limb[k], lanes_repeat(LOW_52));
}

/// The same number, clean; limbs < 2^60 in.
LANEWISE void field8_carry(field8 *r) {
  field8_carry_factor(r);
  field8_mask(r);
}

/// The same number as integers, limbs 0 … 3 < 2^52, the last < 2^47 + 2^9; limbs < 2^60 in.
LANEWISE void field8_carry_integers(field8 *r) { field8_carry(r); }

/// A clean number as a number.
LANEWISE void field8_number(field8 *r, const field8 *a) {
  CHECK_CLEAN(a);
  *r = *a;
}

/// The same clean number in all lanes.
LANEWISE void field8_repeat(field8 *r, const uint64_t limbs[5]) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_repeat(limbs[k]);
}

// MARK: - Products

/// z0 + 2^52 z1 + … + 2^468 z9 mod p, with 2^260 = 608; z5…z9 are consumed.
///
/// In: limbs < 2^60, z9 < 2^42 + 2^10, so that 608 z9 has no high part. Out: z0…z4 and less than u + 608.
LANEWISE void field8_fold(field8 *r, lanes z[10]) {
  const lanes k608 = lanes_repeat(608);
  for (int k = 5; k < 9; k++) z[k + 1] = lanes_add(z[k + 1], lanes_right(z[k], 52));
  CHECK_BELOW(z[9], (1ULL << 42) + (1 << 11), "top column");
  r->limb[0] = lanes_add_low(z[0], z[5], k608);
  for (int k = 1; k < 5; k++)
    r->limb[k] = lanes_add_low(lanes_add_high(z[k], z[k + 4], k608), z[k + 5], k608);
}

/// start + a b for factors a and b, left wide.
///
/// Column k collects at most 9 terms < u, and folding adds one more and 608: < 11 u, and start.
LANEWISE void field8_accumulate(field8 *r, lanes z[10], const field8 *a, const field8 *b) {
  CHECK_FACTOR(a);
  CHECK_FACTOR(b);
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++) z[i + j] = lanes_add_low(z[i + j], a->limb[i], b->limb[j]);
    UNROLL for (int j = 0; j < 5; j++)
        z[i + j + 1] = lanes_add_high(z[i + j + 1], a->limb[i], b->limb[j]);
  }
  field8_fold(r, z);
}

/// a b for factors: wide, < 11 u.
LANEWISE void field8_multiply_wide(field8 *r, const field8 *a, const field8 *b) {
  lanes z[10];
  for (int k = 0; k < 10; k++) z[k] = lanes_zero();
  field8_accumulate(r, z, a, b);
  CHECK_WIDE(r, 11);
}

/// a b + 513 p for factors: wide, < 28 u, and at least as large as any product limb by limb.
LANEWISE void field8_multiply_biased(field8 *r, const field8 *a, const field8 *b) {
  lanes z[10];
  for (int k = 0; k < 5; k++) z[k] = lanes_repeat(FIELD8_BIAS(k));
  for (int k = 5; k < 10; k++) z[k] = lanes_zero();
  field8_accumulate(r, z, a, b);
  CHECK_WIDE(r, 28);
}

/// a a for a factor: wide, < 11 u. 30 products of limbs in place of 50.
LANEWISE void field8_square_wide(field8 *r, const field8 *a) {
  CHECK_FACTOR(a);
  const lanes *x = a->limb;
  lanes z[10];
  for (int k = 0; k < 10; k++) z[k] = lanes_zero();
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = i + 1; j < 5; j++) {
      z[i + j] = lanes_add_low(z[i + j], x[i], x[j]);
      z[i + j + 1] = lanes_add_high(z[i + j + 1], x[i], x[j]);
    }
  }
  for (int k = 1; k < 9; k++) z[k] = lanes_add(z[k], z[k]);
  UNROLL for (int i = 0; i < 5; i++) {
    z[2 * i] = lanes_add_low(z[2 * i], x[i], x[i]);
    z[2 * i + 1] = lanes_add_high(z[2 * i + 1], x[i], x[i]);
  }
  field8_fold(r, z);
  CHECK_WIDE(r, 11);
}

/// a b for factors, a factor.
LANEWISE void field8_multiply(field8 *r, const field8 *a, const field8 *b) {
  field8_multiply_wide(r, a, b);
  field8_carry_factor(r);
}

/// a a for a factor, a factor.
LANEWISE void field8_square(field8 *r, const field8 *a) {
  field8_square_wide(r, a);
  field8_carry_factor(r);
}

/// a^(2^n) for a factor, a factor.
LANEWISE void field8_square_times(field8 *r, const field8 *a, int n) {
  field8_square(r, a);
  for (int i = 1; i < n; i++) field8_square(r, r);
}

// MARK: - Other radices

/// A number in radix 2^51, limbs < 2^51 + 2^13, as a clean one.
///
/// 2^(51 k) l = 2^(52 k) (l >> k) + 2^(52 (k - 1)) ((l mod 2^k) << (52 - k))
LANEWISE void field8_from_radix51(field8 *r, const lanes l[5]) {
  for (int k = 0; k < 5; k++) {
    CHECK_BELOW(l[k], (1ULL << 51) + (1 << 13), "limb in radix 2^51");
    r->limb[k] = lanes_right(l[k], (unsigned)k);
    if (k > 0) {
      lanes low = lanes_and(l[k], lanes_repeat((1ULL << k) - 1));
      r->limb[k - 1] = lanes_add(r->limb[k - 1], lanes_left(low, 52 - (unsigned)k));
    }
  }
  field8_carry(r);
}

/// A clean number in radix 2^51: limbs < 2^51, the last < 2^51 + 2^13.
LANEWISE void field8_to_radix51(lanes l[5], const field8 *a) {
  const lanes *v = a->limb;
  const lanes mask = lanes_repeat(LOW_51);
  CHECK_CLEAN(a);
  l[0] = lanes_and(v[0], mask);
  for (unsigned k = 1; k < 4; k++)
    l[k] = lanes_and(lanes_or(lanes_right(v[k - 1], 52 - k), lanes_left(v[k], k)), mask);
  l[4] = lanes_add(lanes_right(v[3], 48), lanes_left(v[4], 4));
}

/// Integers, limbs 0 … 3 < 2^52 and the last < 2^47, as a clean number.
LANEWISE void field8_from_integers(field8 *r, const lanes l[5]) {
  for (int k = 0; k < 5; k++) r->limb[k] = l[k];
}

// MARK: - One number in each of four lanes

/// A factor; limbs < 2^60 in. See field8_carry_factor.
LANEWISE void field4_carry_factor(field4 *r) {
  lanes4 *v = r->limb;
  lanes4 excess = lanes4_right(v[4], TOP_BITS);
  v[4] = lanes4_and(v[4], lanes4_repeat(LOW_TOP));
  v[0] = lanes4_add_low(v[0], excess, lanes4_repeat(19));
  for (int k = 0; k < 4; k++) v[k + 1] = lanes4_add(v[k + 1], lanes4_right(v[k], 52));
}

/// a b of factors, lane by lane: wide, < 11 u. See field8_multiply_wide; low and high parts are collected
/// apart, which halves the longest chain of dependent instructions.
LANEWISE void field4_multiply_wide(field4 *r, const field4 *a, const field4 *b) {
  const lanes4 zero = lanes4_zero(), k608 = lanes4_repeat(608);
  lanes4 low[10], high[10];
  for (int k = 0; k < 10; k++) low[k] = high[k] = zero;
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++) {
      low[i + j] = lanes4_add_low(low[i + j], a->limb[i], b->limb[j]);
      high[i + j + 1] = lanes4_add_high(high[i + j + 1], a->limb[i], b->limb[j]);
    }
  }
  for (int k = 0; k < 10; k++) low[k] = lanes4_add(low[k], high[k]);
  for (int k = 5; k < 9; k++) low[k + 1] = lanes4_add(low[k + 1], lanes4_right(low[k], 52));
  for (int k = 0; k < 5; k++) {
    lanes4 folded = lanes4_add_low(zero, low[k + 5], k608);
    if (k > 0) folded = lanes4_add_high(folded, low[k + 4], k608);
    r->limb[k] = lanes4_add(low[k], folded);
  }
}

#endif
