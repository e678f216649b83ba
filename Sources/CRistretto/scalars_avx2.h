// Products of scalars by double-precision multiply-and-add.
//
//   factor8   limbs 0 … 2^52 - 1, as doubles
//
// A product of limbs in two parts as in field_51.h, split at 2^52: f = a b + 2^104 is rounded to 2^104 + 2^52 h, as
// doubles between 2^104 and 2^105 are the multiples of 2^52. Then f - (2^104 - 3 · 2^51) = 2^52 h + 3 · 2^51 is exact,
// and so is
//
//   (2^52 h + 3 · 2^51) - a b = 3 · 2^51 - (a b - 2^52 h),
//
// as |a b - 2^52 h| <= 2^51. Read as integers, the bits of f and of this are h and -(a b - 2^52 h) and a constant each;
// what a column is the sum of is known when this is compiled, and the columns start from its constants. No number is
// a subnormal, an infinity or a NaN. The compiler must not reorder sums of doubles.
//
// Columns are signed, |z| < 2^62; while they are reduced they have 2^62 more and give 2^10 less to the next.

#ifndef SCALARS_AVX2_H
#define SCALARS_AVX2_H

#ifdef __FAST_MATH__
#error "the products rely on each sum of doubles being rounded as written"
#endif

typedef struct {
  lanes limb[5];
} factor8;

typedef struct {
  lanes4 digit[5][5];
} multiple8;

/// Four lanes and the other four.
typedef struct {
  lanes4 half[2][10];
} columns8;

// MARK: - Constants

#define IN_ALL_LANES(a) {a, a, a, a}
typedef uint64_t words4[4] __attribute__((aligned(32)));
typedef double doubles4[4] __attribute__((aligned(32)));
#define AS_DOUBLES(constant) (*(const __m256d *)(constant))
#define AS_WORDS(constant) (*(const __m256i *)(constant))

static const doubles4 above = IN_ALL_LANES(0x1p104), below = IN_ALL_LANES(0x1p104 - 0x3p51);

static const doubles4 order_0 = IN_ALL_LANES(0x2631a5cf5d3ed), order_1 = IN_ALL_LANES(0xdea2f79cd6581);
static const doubles4 order_2 = IN_ALL_LANES(0x14def9), order_4 = IN_ALL_LANES(0x1p44);
static const doubles4 order_inverse = IN_ALL_LANES(0x51da312547e1b);
static const words4 order_words[5] = {
    IN_ALL_LANES(ORDER_0), IN_ALL_LANES(ORDER_1), IN_ALL_LANES(ORDER_2), IN_ALL_LANES(0), IN_ALL_LANES(ORDER_4)};

/// (l k + 1) / 2^52 < 0.32 l, where k = -1/l mod 2^52: adding d l k to a number that ends in d < 2^52 takes the d away
/// and adds d times this 2^52 further up. Unlike Montgomery's d k mod 2^52 times l, this waits for no product.
static const doubles4 order_up[5] = {
    IN_ALL_LANES(0xc7b0482212e31), IN_ALL_LANES(0xf1f1111779fad), IN_ALL_LANES(0x6ac56),
    IN_ALL_LANES(0x1b00000000000), IN_ALL_LANES(0x51da312547e)};

/// What takes the constants away of n low and m high parts.
#define WITHOUT_PARTS(n, m) ((uint64_t)(n) * ODDMENT_BITS - (uint64_t)(m) * HIGH_BITS)

/// How many low and high parts column k has from a product of factors,
#define SCALAR_LOW_PARTS(k) ((k) < 5 ? (k) + 1 : 9 - (k))
#define SCALAR_HIGH_PARTS(k) ((k) < 6 ? (k) : 10 - (k))
/// from the first four steps of its reduction,
#define STEP_LOW_PARTS(k) ((k) < 5 ? (k) : (k) == 5 ? 4 : 9 - (k))
#define STEP_HIGH_PARTS(k) ((k) < 2 ? 0 : (k) < 6 ? (k)-1 : 10 - (k))
/// and column k of six from the last step, but for the first low part.
#define LAST_LOW_PARTS(k) ((k) == 1 || (k) == 2 || (k) == 4)
#define LAST_HIGH_PARTS(k) ((k) == 1 || (k) == 2 || (k) == 3 || (k) == 5)

/// What keeps column k of this number of columns from being negative.
#define SCALAR_BIAS(k, count) (((k) + 1 < (count) ? 1ULL << 62 : 0) - ((k) > 0 ? 1ULL << 10 : 0))

/// What columns start from that are the sum of n products of factors and are then reduced,
#define SCALAR_START(n, k)                                                    \
  IN_ALL_LANES(                                                        \
      SCALAR_BIAS(k, 10) + WITHOUT_PARTS(                                     \
          (n) * SCALAR_LOW_PARTS(k) + STEP_LOW_PARTS(k) + LAST_LOW_PARTS(k - 4), \
          (n) * SCALAR_HIGH_PARTS(k) + STEP_HIGH_PARTS(k) + LAST_HIGH_PARTS(k - 4)))
#define SCALAR_STARTS(n)                                                                                          \
  {SCALAR_START(n, 0), SCALAR_START(n, 1), SCALAR_START(n, 2), SCALAR_START(n, 3), SCALAR_START(n, 4),                                        \
   SCALAR_START(n, 5), SCALAR_START(n, 6), SCALAR_START(n, 7), SCALAR_START(n, 8), SCALAR_START(n, 9)}
static const words4 starts_of_none[10] = SCALAR_STARTS(0), starts_of_one[10] = SCALAR_STARTS(1);

/// and of n products with a multiple.
#define SCALAR_MULTIPLE_START(n, k)                                                                               \
  IN_ALL_LANES(                                                                                            \
      SCALAR_BIAS(k, 6) + WITHOUT_PARTS(                                                                          \
          ((k) < 5 ? 5 * (n) : 0) + LAST_LOW_PARTS(k), ((k) > 0 ? 5 * (n) : 0) + LAST_HIGH_PARTS(k)))
#define SCALAR_MULTIPLE_STARTS(n)                                                                                 \
  {SCALAR_MULTIPLE_START(n, 0), SCALAR_MULTIPLE_START(n, 1), SCALAR_MULTIPLE_START(n, 2),                                       \
   SCALAR_MULTIPLE_START(n, 3), SCALAR_MULTIPLE_START(n, 4), SCALAR_MULTIPLE_START(n, 5)}
static const words4 starts_of_multiple[6] = SCALAR_MULTIPLE_STARTS(1), starts_of_two_multiples[6] = SCALAR_MULTIPLE_STARTS(2);

// MARK: - Four lanes

/// Adds x y to two neighbouring columns. The compiler is not shown what is done, as it would make many products before it
/// adds any, and there are not enough registers for that.
#define ADD_PRODUCT(column, x, y, above, below)                                                              \
  do {                                                                                                     \
    lanes4 high_, low_;                                                                                    \
    __asm__("vmovapd %[y_], %[h_]\n\t"                                                                     \
            "vfmadd213pd %[above_], %[x_], %[h_]\n\t"                                                      \
            "vsubpd %[below_], %[h_], %[l_]\n\t"                                                           \
            "vfnmadd231pd %[y_], %[x_], %[l_]\n\t"                                                         \
            "vpaddq %[h_], %[column_high], %[column_high]\n\t"                                             \
            "vpsubq %[l_], %[column_low], %[column_low]\n\t"                                               \
            : [h_] "=&x"(high_), [l_] "=&x"(low_), [column_low] "+&x"((column)[0]),                        \
              [column_high] "+&x"((column)[1])                                                             \
            : [y_] "m"(y), [x_] "x"(x), [above_] "x"(above), [below_] "x"(below));                         \
  } while (0)

/// The double of an integer below 2^52.
LANEWISE __m256d double4_of(lanes4 a) {
  return _mm256_sub_pd(
      _mm256_castsi256_pd(_mm256_or_si256(a, lanes4_repeat(INTEGER_BITS))), _mm256_set1_pd(0x1p52));
}

/// Ten columns and the product of one half of two factors.
LANEWISE void columns4_add_product(lanes4 z[10], const factor8 *a, const factor8 *b, int h) {
  const __m256d up = AS_DOUBLES(above), down = AS_DOUBLES(below);
  UNROLL for (int i = 0; i < 5; i++) {
    const lanes4 x = a->limb[i].half[h];
    UNROLL for (int j = 0; j < 5; j++) ADD_PRODUCT(z + i + j, x, b->limb[j].half[h], up, down);
  }
}

/// Six columns and the product of a multiple and one half of a factor.
LANEWISE void columns4_add_multiple(lanes4 z[6], const multiple8 *f, const factor8 *x, int h) {
  const __m256d up = AS_DOUBLES(above), down = AS_DOUBLES(below);
  UNROLL for (int i = 0; i < 5; i++) {
    const lanes4 limb = x->limb[i].half[h];
    UNROLL for (int k = 0; k < 5; k++) ADD_PRODUCT(z + k, limb, f->digit[i][k], up, down);
  }
}

/// Five columns as limbs, without what is carried.
LANEWISE void columns4_carry(lanes4 z[5]) {
  for (int k = 0; k < 4; k++) {
    z[k + 1] = lanes4_add(z[k + 1], lanes4_right(z[k], 52));
    z[k] = lanes4_and(z[k], lanes4_repeat(LOW_52));
  }
}

/// Five columns, biased, of a number v < 16 l, as v mod l.
///
/// q is ⌊v / 2^252⌋ or one more, as the columns below the top one carry less than 32 to it. So it is ⌊v / l⌋ or one
/// more, as l is more than 2^252, but less than 2^252 (1 + 2^-127), and v - q l is in -l ..< l.
LANEWISE void columns4_finish(lanes4 z[5]) {
  const lanes4 q = lanes4_right(lanes4_add(z[4], lanes4_repeat((1 << 10) + 32)), 44);
  const uint64_t low = (1ULL << 32) - 1;
  z[0] = lanes4_subtract(
      lanes4_subtract(z[0], _mm256_mul_epu32(q, lanes4_repeat(ORDER_0 & low))),
      _mm256_slli_epi64(_mm256_mul_epu32(q, lanes4_repeat(ORDER_0 >> 32)), 32));
  z[1] = lanes4_subtract(
      lanes4_subtract(z[1], _mm256_mul_epu32(q, lanes4_repeat(ORDER_1 & low))),
      _mm256_slli_epi64(_mm256_mul_epu32(q, lanes4_repeat(ORDER_1 >> 32)), 32));
  z[2] = lanes4_subtract(z[2], _mm256_mul_epu32(q, lanes4_repeat(ORDER_2)));
  z[4] = lanes4_subtract(z[4], _mm256_slli_epi64(q, 44));
  columns4_carry(z);
  const lanes4 negative = _mm256_cmpgt_epi64(lanes4_zero(), z[4]);
  for (int k = 0; k < 5; k++)
    if (k != 3) z[k] = lanes4_add(z[k], lanes4_and(AS_WORDS(order_words[k]), negative));
  columns4_carry(z);
}

// MARK: - Both halves side by side, so that neither waits for itself

/// One step of Montgomery on twice six columns: adds m l, m <= 2^52, which clears the low 52 bits of the first, and
/// passes on its carry.
LANEWISE void last_step(lanes4 y[6], lanes4 z[6]) {
  const __m256d up = AS_DOUBLES(above), down = AS_DOUBLES(below), inverse = AS_DOUBLES(order_inverse);
  __m256d m[2];
  UNROLL for (int h = 0; h < 2; h++) {
    const __m256d d = double4_of(lanes4_and(h ? z[0] : y[0], lanes4_repeat(LOW_52)));
    // the low part of d / -l, and 2^52 more if that is negative
    const __m256d high = _mm256_sub_pd(_mm256_fmadd_pd(d, inverse, up), up);
    m[h] = _mm256_fmsub_pd(d, inverse, high);
    m[h] = _mm256_blendv_pd(m[h], _mm256_add_pd(m[h], _mm256_set1_pd(0x1p52)), m[h]);
  }
  y[0] = lanes4_add(y[0], lanes4_repeat(ODDMENT_BITS));
  z[0] = lanes4_add(z[0], lanes4_repeat(ODDMENT_BITS));
  ADD_PRODUCT(y, m[0], order_0, up, down);
  ADD_PRODUCT(z, m[1], order_0, up, down);
  ADD_PRODUCT(y + 1, m[0], order_1, up, down);
  ADD_PRODUCT(z + 1, m[1], order_1, up, down);
  ADD_PRODUCT(y + 2, m[0], order_2, up, down);
  ADD_PRODUCT(z + 2, m[1], order_2, up, down);
  ADD_PRODUCT(y + 4, m[0], order_4, up, down);
  ADD_PRODUCT(z + 4, m[1], order_4, up, down);
  y[1] = lanes4_add(y[1], lanes4_right(y[0], 52));
  z[1] = lanes4_add(z[1], lanes4_right(z[0], 52));
}

LANEWISE void scalar8_finish(scalar8 *r, lanes4 first[6], lanes4 second[6]) {
  lanes4 y[6], z[6];
  for (int k = 0; k < 6; k++) {
    y[k] = first[k];
    z[k] = second[k];
  }
  last_step(y, z);
  columns4_finish(y + 1);
  columns4_finish(z + 1);
  for (int k = 0; k < 5; k++) r->limb[k] = (lanes){{y[k + 1], z[k + 1]}};
  CHECK_SCALAR(r, ORDER_4 + 1);
}

/// z / 2^260 mod l, for biased columns of a number < 2^260 · 8 l.
///
/// Four steps add less than 2^260 · 0.32 l, the last one 2^260 l at most.
LANEWISE void scalar8_montgomery(scalar8 *r, lanes4 both[2][10]) {
  const __m256d up = AS_DOUBLES(above), down = AS_DOUBLES(below);
  lanes4 y[10], z[10];
  for (int k = 0; k < 10; k++) {
    y[k] = both[0][k];
    z[k] = both[1][k];
  }
  UNROLL for (int i = 0; i < 4; i++) {
    const __m256d d = double4_of(lanes4_and(y[i], lanes4_repeat(LOW_52)));
    const __m256d e = double4_of(lanes4_and(z[i], lanes4_repeat(LOW_52)));
    y[i + 1] = lanes4_add(y[i + 1], lanes4_right(y[i], 52));
    z[i + 1] = lanes4_add(z[i + 1], lanes4_right(z[i], 52));
    UNROLL for (int j = 0; j < 5; j++) {
      ADD_PRODUCT(y + i + j + 1, d, order_up[j], up, down);
      ADD_PRODUCT(z + i + j + 1, e, order_up[j], up, down);
    }
  }
  scalar8_finish(r, y + 4, z + 4);
}

// MARK: - Eight lanes

LANEWISE void factor8_from_scalar(factor8 *f, const scalar8 *a) {
  CHECK_SCALAR(a, 1ULL << 52);
  for (int k = 0; k < 5; k++)
    for (int h = 0; h < 2; h++) f->limb[k].half[h] = _mm256_castpd_si256(double4_of(a->limb[k].half[h]));
}

LANEWISE void columns8_clear(columns8 *z) {
  for (int h = 0; h < 2; h++)
    for (int k = 0; k < 10; k++) z->half[h][k] = AS_WORDS(starts_of_none[k]);
}

/// One half after the other, so that the columns stay in registers.
SEPARATE void columns8_add_products(columns8 *sum, size_t n, const factor8 *a, const factor8 *b) {
  for (int h = 0; h < 2; h++) {
    lanes4 z[10];
    for (int k = 0; k < 10; k++) z[k] = sum->half[h][k];
    for (size_t i = 0; i < n; i++) columns4_add_product(z, a + i, b + i, h);
    for (int k = 0; k < 10; k++) sum->half[h][k] = z[k];
  }
}

SEPARATE void scalar8_reduce(scalar8 *r, columns8 *z, size_t count) {
  CHECK(count <= MOST_PRODUCTS);
  for (int k = 0; k < 10; k++) {
    const lanes4 parts = lanes4_repeat(count * WITHOUT_PARTS(SCALAR_LOW_PARTS(k), SCALAR_HIGH_PARTS(k)));
    for (int h = 0; h < 2; h++) z->half[h][k] = lanes4_add(z->half[h][k], parts);
  }
  scalar8_montgomery(r, z->half);
}

SEPARATE void scalar8_multiply_add(scalar8 *r, const factor8 *a, const factor8 *b, const scalar8 *s) {
  lanes4 both[2][10];
  for (int h = 0; h < 2; h++) {
    lanes4 z[10];
    for (int k = 0; k < 10; k++) z[k] = AS_WORDS(starts_of_one[k]);
    columns4_add_product(z, a, b, h);
    if (s)
      for (int k = 0; k < 5; k++) z[k + 5] = lanes4_add(z[k + 5], s->limb[k].half[h]);
    for (int k = 0; k < 10; k++) both[h][k] = z[k];
  }
  scalar8_montgomery(r, both);
}

LANEWISE void multiple8_from_digits(multiple8 *f, const uint64_t digits[5][8]) {
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 5; k++)
      f->digit[i][k] = _mm256_castpd_si256(double4_of(lanes4_repeat(digits[k][i])));
}

SEPARATE void scalar8_times_add(scalar8 *r, const multiple8 *f, const factor8 *x, const scalar8 *s) {
  lanes4 both[2][6];
  for (int h = 0; h < 2; h++) {
    lanes4 z[6];
    for (int k = 0; k < 6; k++) z[k] = AS_WORDS(starts_of_multiple[k]);
    columns4_add_multiple(z, f, x, h);
    if (s)
      for (int k = 0; k < 5; k++) z[k + 1] = lanes4_add(z[k + 1], s->limb[k].half[h]);
    for (int k = 0; k < 6; k++) both[h][k] = z[k];
  }
  scalar8_finish(r, both[0], both[1]);
}

SEPARATE void scalar8_two_times(
    scalar8 *r, const multiple8 *f, const factor8 *x, const multiple8 *g, const factor8 *y) {
  lanes4 both[2][6];
  for (int h = 0; h < 2; h++) {
    lanes4 z[6];
    for (int k = 0; k < 6; k++) z[k] = AS_WORDS(starts_of_two_multiples[k]);
    columns4_add_multiple(z, f, x, h);
    columns4_add_multiple(z, g, y, h);
    for (int k = 0; k < 6; k++) both[h][k] = z[k];
  }
  scalar8_finish(r, both[0], both[1]);
}

SEPARATE void scalar8_plain(scalar8 *r, const lanes w[4]) {
  lanes4 z[2][10];
  scalar8_from_words_times_16(r, w);
  for (int h = 0; h < 2; h++)
    for (int k = 0; k < 10; k++)
      z[h][k] = k < 5 ? lanes4_add(AS_WORDS(starts_of_none[k]), r->limb[k].half[h]) : AS_WORDS(starts_of_none[k]);
  scalar8_montgomery(r, z);
}

#endif
