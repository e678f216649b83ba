// The field in radix 2^51, with products by double-precision multiply-and-add: for AVX2, which has no wide
// integer multiplication.
//
//   number   integers in each limb, |limb| < 2^63
//   factor   limbs 0 … 2^51 + 2^17, as doubles
//   clean    the same as a factor
//
// A product of limbs a, b < 2^51 + 2^17 in two parts. The first instruction gives
//
//   f = a b + 2^103, rounded to 2^103 + 2^51 h
//
// as doubles between 2^103 and 2^104 are the multiples of 2^51, and a b < 2^102 + 2^70. Whichever way it is
// rounded, |a b - 2^51 h| <= 2^51, and to the nearest, half of that. Then (2^103 + 3 · 2^51) - f is a small
// multiple of 2^51, so exact, and
//
//   a b + ((2^103 + 3 · 2^51) - f) = 3 · 2^51 + (a b - 2^51 h)
//
// is an integer between 2^52 and 2^53, of which all are doubles: exact too. Read as integers, the bits of
// these doubles are h and a b - 2^51 h and a constant each; the constants are taken away from the columns in
// which they are summed, before anything else. No number here is a subnormal, an infinity or a NaN, so the
// instructions take the same time for all values. The compiler must not reorder sums of doubles.

#ifndef FIELD_51_H
#define FIELD_51_H

#ifdef __FAST_MATH__
#error "the products rely on each sum of doubles being rounded as written"
#endif

/// How many groups of eight numbers go through a chain of squarings side by side: the halves of one are two
/// chains already.
#define GROUPS 1

/// 512 p, limb by limb: more than any product, which is > -2^57 and < 2^59.
#define BIAS_0 ((1ULL << 60) - 19 * 512)
#define BIAS_1 ((1ULL << 60) - 512)
#define FIELD8_BIAS(k) ((k) == 0 ? BIAS_0 : BIAS_1)

/// 1 and 2 as the lowest word of a clean number.
#define CLEAN_ONE 0x3ff0000000000000ULL
#define CLEAN_TWO 0x4000000000000000ULL

static const uint64_t field_d[5] = {
    0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff};
static const uint64_t field_twice_d[5] = {
    0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff};
/// 1/(2d)
static const uint64_t field_inverse_of_twice_d[5] = {
    0x793b66e4fc18, 0x184279542e25e, 0x3739ecc16bbad, 0x390cac5884533, 0x60483f690a6ae};
/// The even square root of -1.
static const uint64_t field_i[5] = {
    0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d};
/// 1/sqrt(a - d) with a = -1, the even root.
static const uint64_t field_inverse_root_of_a_minus_d[5] = {
    0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff};
/// 1 - d^2
static const uint64_t field_one_minus_d_squared[5] = {
    0x409c1945fc176, 0x719abc6a1fc4f, 0x1c37f90b20684, 0x6bccca55eedf, 0x29072a8b2b3e};
/// (d - 1)^2
static const uint64_t field_d_minus_one_squared[5] = {
    0x55aaa44ed4d20, 0x59603c3332635, 0x26d3baf4a7928, 0x120a66e6997a9, 0x5968b37af66c2};
/// sqrt(a d - 1) with a = -1, the odd root.
static const uint64_t field_root_of_a_d_minus_one[5] = {
    0x7f6a0497b2e1b, 0x1836f0a97afd2, 0x7d747f6be7638, 0x456079e7e6498, 0x376931bf2b834};

// MARK: - Bounds, executed in the checking build

/// The bits of 2^51 + 2^17.
#define FACTOR_BOUND 0x4320000000040000ULL
#define CHECK_FACTOR(a)                                               \
  do {                                                                \
    for (int k_ = 0; k_ < 5; k_++)                                    \
      CHECK_BELOW((a)->limb[k_], FACTOR_BOUND, "limb of a factor");   \
  } while (0)
#define CHECK_CLEAN(a) CHECK_FACTOR(a)
/// What may be subtracted from a biased number: -2^57 < limb < 2^59.
#define CHECK_PRODUCT(a)                                                                   \
  do {                                                                                     \
    for (int k_ = 0; k_ < 5; k_++)                                                         \
      CHECK_BELOW(                                                                         \
          lanes_add((a)->limb[k_], lanes_repeat(1ULL << 57)), (1ULL << 59) + (1ULL << 57), \
          "limb of a product");                                                            \
  } while (0)
/// What may be carried: 0 <= limb < 2^63.
#define CHECK_CARRIED(a)                                                 \
  do {                                                                   \
    for (int k_ = 0; k_ < 5; k_++)                                       \
      CHECK_BELOW((a)->limb[k_], 1ULL << 63, "limb before a carry");     \
  } while (0)

// MARK: - Four lanes

LANEWISE lanes4 nineteen_times(lanes4 a) {
  lanes4 nine = lanes4_add(_mm256_slli_epi64(a, 3), a);
  // Hidden from the compiler, which would multiply: five times slower.
  __asm__("" : "+x"(nine));
  return lanes4_add(lanes4_add(nine, nine), a);
}

/// The double of an integer below 2^52.
LANEWISE lanes4 integer_to_double(lanes4 a) {
  const __m256d shifted = _mm256_castsi256_pd(_mm256_or_si256(a, lanes4_repeat(INTEGER_BITS)));
  return _mm256_castpd_si256(_mm256_sub_pd(shifted, _mm256_set1_pd(0x1p52)));
}
LANEWISE lanes4 double_to_integer(lanes4 a) {
  const __m256d shifted = _mm256_add_pd(_mm256_castsi256_pd(a), _mm256_set1_pd(0x1p52));
  return lanes4_and(_mm256_castpd_si256(shifted), lanes4_repeat(LOW_52));
}

/// Limbs 0 <= a < 2^63 to limbs < 2^51 + 2^17, integers.
///
/// Each limb gives what is above bit 50, less than 2^12, to the next; the last one to the first, times 19.
LANEWISE void carry4_integers(lanes4 r[5], const lanes4 a[5]) {
  lanes4 excess[5];
  for (int k = 0; k < 5; k++) excess[k] = lanes4_right(a[k], 51);
  const lanes4 folded = _mm256_mul_epu32(excess[4], lanes4_repeat(19));
  for (int k = 0; k < 5; k++)
    r[k] = lanes4_add(lanes4_and(a[k], lanes4_repeat(LOW_51)), k ? excess[k - 1] : folded);
}
LANEWISE void carry4(lanes4 r[5], const lanes4 a[5]) {
  carry4_integers(r, a);
  for (int k = 0; k < 5; k++) r[k] = integer_to_double(r[k]);
}

/// How many low and high parts column k of a product is the sum of, and the constants that came with them.
#define LOW_PARTS(k) ((k) < 5 ? (k) + 1 : 9 - (k))
#define HIGH_PARTS(k) ((k) < 6 ? (k) : 10 - (k))
#define PART_CONSTANTS(k) \
  ((uint64_t)LOW_PARTS(k) * ODDMENT_BITS + (uint64_t)HIGH_PARTS(k) * 0x4660000000000000ULL)

#define FOUR(x) {(x), (x), (x), (x)}
/// What a limb of a product still needs: its constants taken away, and BIAS if wanted.
#define REST(k, bias) FOUR((bias) - PART_CONSTANTS(k) - 19 * PART_CONSTANTS((k) + 5))
#define RESTS(bias0, bias1) {REST(0, bias0), REST(1, bias1), REST(2, bias1), REST(3, bias1), REST(4, bias1)}
typedef uint64_t rests[5][4] __attribute__((aligned(32)));
static const rests rests_alone = RESTS(0, 0), rests_biased = RESTS(BIAS_0, BIAS_1);

/// 2^103, and what is left of it and 3 · 2^51.
static const double part_constants[2][4] __attribute__((aligned(32))) = {
    FOUR(0x1p103), FOUR(0x1p103 + 0x3p51)};

/// The two parts of a b, with their constants: high = f, low = a b - (f - 2^103 - 3 · 2^51) as above.
///
/// In assembly, or compilers begin with all the products, which do not fit in the registers: a product of
/// numbers would take one and a half times as long. The constraints of b and of the constants ("x" in a
/// register, "m" in memory) are chosen so that everything else fits.
#define PARTS(high, low, a, b, b_is, one, other, constants_are)                                    \
  __asm__(                                                                                         \
      "vmovapd %[y], %[f]\n\tvfmadd213pd %[first], %[x], %[f]\n\t"                                 \
      "vsubpd %[second], %[f], %[l]\n\tvfmsub231pd %[y], %[x], %[l]"                               \
      : [f] "=&x"(high), [l] "=&x"(low)                                                            \
      : [x] "x"(a), [y] b_is(b), [first] constants_are(one), [second] constants_are(other))

/// Column[0] += low part, column[1] += high part; what comes first to a column is not added to it.
LANEWISE void add_parts(lanes4 column[2], lanes4 low, lanes4 high, bool low_is_first, bool high_is_first) {
  column[0] = low_is_first ? low : lanes4_add(column[0], low);
  column[1] = high_is_first ? high : lanes4_add(column[1], high);
}

/// Limb k is column k and, as 2^255 = 19, 19 times column k + 5.
LANEWISE void fold_columns(lanes4 r[5], const lanes4 column[10], const rests rest) {
  for (int k = 0; k < 5; k++)
    r[k] = lanes4_add(
        lanes4_add(column[k], _mm256_load_si256((const __m256i *)rest[k])), nineteen_times(column[k + 5]));
}

/// a b for factors, and a multiple of p that is 0 or BIAS. Limb k of a is a[k step], and so for b.
///
/// Column k is the sum of at most k + 1 low and k high parts, -2^50 … 2^50 and 0 … 2^51 + 2^18, column k + 5
/// of 4 - k and 5 - k. Folded: more than -77 · 2^50 > -2^57, less than 267 · 2^50 + 2^27 < 2^59.
LANEWISE void multiply4(lanes4 r[5], const lanes4 *a, const lanes4 *b, int step, const rests rest) {
  lanes4 column[10];
  const __m256d one = _mm256_load_pd(part_constants[0]), other = _mm256_load_pd(part_constants[1]);
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++) {
      lanes4 high, low;
      PARTS(high, low, a[step * i], b[step * j], "m", one, other, "x");
      add_parts(column + i + j, low, high, i == 0 && j == 0, i == 0 || j == 4);
    }
  }
  fold_columns(r, column, rest);
}

/// a a for a factor, and BIAS if wanted. 15 products of limbs in place of 25; bounds as in multiply4.
LANEWISE void square4(lanes4 r[5], const lanes4 a[5], const rests rest) {
  lanes4 column[10];
  // The products of different limbs count twice, and so do their constants.
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = i + 1; j < 5; j++) {
      lanes4 high, low;
      PARTS(high, low, a[i], a[j], "x", part_constants[0], part_constants[1], "m");
      add_parts(column + i + j, low, high, i == 0 && j == 1, i == 0 || j == 4);
    }
  }
  UNROLL for (int k = 1; k < 9; k++) column[k] = lanes4_add(column[k], column[k]);
  UNROLL for (int i = 0; i < 5; i++) {
    lanes4 high, low;
    PARTS(high, low, a[i], a[i], "x", part_constants[0], part_constants[1], "m");
    add_parts(column + 2 * i, low, high, i == 0, i == 4);
  }
  fold_columns(r, column, rest);
}

// MARK: - One number in each of four lanes

LANEWISE void field4_carry_factor(field4 *r) { carry4(r->limb, r->limb); }

SEPARATE void field4_multiply_wide(field4 *r, const field4 *a, const field4 *b) {
  multiply4(r->limb, a->limb, b->limb, 1, rests_alone);
}

// MARK: - Carries

LANEWISE void field8_half(lanes4 r[5], const field8 *a, int h) {
  for (int k = 0; k < 5; k++) r[k] = a->limb[k].half[h];
}
LANEWISE void field8_set_half(field8 *r, const lanes4 a[5], int h) {
  for (int k = 0; k < 5; k++) r->limb[k].half[h] = a[k];
}

/// A number as a factor; 0 <= limbs < 2^63 in.
LANEWISE void field8_carry_factor(field8 *r) {
  CHECK_CARRIED(r);
  for (int h = 0; h < 2; h++) {
    lanes4 v[5];
    field8_half(v, r, h);
    carry4(v, v);
    field8_set_half(r, v, h);
  }
  CHECK_FACTOR(r);
}

/// The same number as integers, limbs < 2^51 + 2^17; 0 <= limbs < 2^63 in.
LANEWISE void field8_carry_integers(field8 *r) {
  CHECK_CARRIED(r);
  for (int h = 0; h < 2; h++) {
    lanes4 v[5];
    field8_half(v, r, h);
    carry4_integers(v, v);
    field8_set_half(r, v, h);
  }
}

/// A factor as a clean number: it is one.
LANEWISE void field8_mask(field8 *r) { (void)r; }

/// A number as a clean one; 0 <= limbs < 2^63 in.
LANEWISE void field8_carry(field8 *r) { field8_carry_factor(r); }

/// A clean number as a number: limbs 0 … 2^51 + 2^17.
LANEWISE void field8_number(field8 *r, const field8 *a) {
  CHECK_CLEAN(a);
  for (int k = 0; k < 5; k++)
    for (int h = 0; h < 2; h++) r->limb[k].half[h] = double_to_integer(a->limb[k].half[h]);
}

/// The same clean number in all lanes.
LANEWISE void field8_repeat(field8 *r, const uint64_t limbs[5]) {
  for (int k = 0; k < 5; k++) {
    const lanes4 limb = integer_to_double(lanes4_repeat(limbs[k]));
    r->limb[k] = (lanes){{limb, limb}};
  }
}

// MARK: - Products
//
// Separate functions, eight lanes each, half after half: inlined, the compiler runs out of registers, and a
// point addition takes twice as long.

/// a b, and what `rest` has of BIAS, for factors; a factor if it is carried, else a number. One function for all
/// products: what a loop of additions executes must fit in the cache of decoded instructions.
SEPARATE void field8_product(
    field8 *r, const field8 *a, const field8 *b, const rests rest, bool carried) {
  CHECK_FACTOR(a);
  CHECK_FACTOR(b);
  for (int h = 0; h < 2; h++) {
    lanes4 x[5];
    multiply4(x, &a->limb[0].half[h], &b->limb[0].half[h], 2, rest);
    if (carried) carry4(x, x);
    field8_set_half(r, x, h);
  }
}

/// a b for factors: a number, -2^57 < limbs < 2^59.
LANEWISE void field8_multiply_wide(field8 *r, const field8 *a, const field8 *b) {
  field8_product(r, a, b, rests_alone, false);
  CHECK_PRODUCT(r);
}

/// a b + 512 p for factors: at least as large as any product limb by limb, < 2^60 + 2^59.
LANEWISE void field8_multiply_biased(field8 *r, const field8 *a, const field8 *b) {
  field8_product(r, a, b, rests_biased, false);
}

/// a b for factors, a factor.
LANEWISE void field8_multiply(field8 *r, const field8 *a, const field8 *b) {
  field8_product(r, a, b, rests_biased, true);
}

/// a a for a factor: a number, -2^57 < limbs < 2^59.
SEPARATE void field8_square_wide(field8 *r, const field8 *a) {
  CHECK_FACTOR(a);
  for (int h = 0; h < 2; h++) {
    lanes4 x[5];
    field8_half(x, a, h);
    square4(x, x, rests_alone);
    field8_set_half(r, x, h);
  }
  CHECK_PRODUCT(r);
}

/// a^(2^n) for a factor, a factor; n >= 1.
SEPARATE void field8_square_times(field8 *r, const field8 *a, int n) {
  CHECK_FACTOR(a);
  lanes4 x[5], y[5];
  field8_half(x, a, 0);
  field8_half(y, a, 1);
  for (int i = 0; i < n; i++) {
    square4(x, x, rests_biased);
    carry4(x, x);
    square4(y, y, rests_biased);
    carry4(y, y);
  }
  field8_set_half(r, x, 0);
  field8_set_half(r, y, 1);
}

/// a a for a factor, a factor.
LANEWISE void field8_square(field8 *r, const field8 *a) { field8_square_times(r, a, 1); }

// MARK: - Other forms

/// A number in radix 2^51, limbs < 2^51 + 2^13, as a clean one.
LANEWISE void field8_from_radix51(field8 *r, const lanes l[5]) {
  for (int k = 0; k < 5; k++) {
    CHECK_BELOW(l[k], (1ULL << 51) + (1 << 13), "limb in radix 2^51");
    for (int h = 0; h < 2; h++) r->limb[k].half[h] = integer_to_double(l[k].half[h]);
  }
}

/// A number with limbs < 2^51 + 2^17 in radix 2^51: limbs < 2^51 + 19.
LANEWISE void field8_to_radix51(lanes l[5], const field8 *a) {
  for (int h = 0; h < 2; h++) {
    lanes4 x[5];
    field8_half(x, a, h);
    carry4_integers(x, x);
    for (int k = 0; k < 5; k++) l[k].half[h] = x[k];
  }
}

/// Integers, limbs < 2^51, as a clean number.
LANEWISE void field8_from_integers(field8 *r, const lanes l[5]) { field8_from_radix51(r, l); }

#endif
