// The lanes of two AVX2 registers.

#ifndef LANES_AVX2_H
#define LANES_AVX2_H

#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define LANEWISE static inline __attribute__((always_inline)) KERNEL

typedef struct {
  __m256i half[2];
} lanes;

/// All bits of a lane, or none.
typedef lanes mask8;

#define EACH(expression)                                \
  do {                                                  \
    lanes r_;                                           \
    UNROLL for (int h = 0; h < 2; h++) r_.half[h] = (expression); \
    return r_;                                          \
  } while (0)

// MARK: - Arithmetic

LANEWISE lanes lanes_load(const void *p) {
  EACH(_mm256_loadu_si256((const __m256i *)p + h));
}
LANEWISE void lanes_store(void *p, lanes a) {
  for (int h = 0; h < 2; h++) _mm256_storeu_si256((__m256i *)p + h, a.half[h]);
}
LANEWISE lanes lanes_repeat(uint64_t x) { EACH(_mm256_set1_epi64x((long long)x)); }
LANEWISE lanes lanes_zero(void) { EACH(_mm256_setzero_si256()); }
LANEWISE lanes lanes_sequence(uint64_t step) {
  const long long s = (long long)step;
  return (lanes){{_mm256_set_epi64x(3 * s, 2 * s, s, 0), _mm256_set_epi64x(7 * s, 6 * s, 5 * s, 4 * s)}};
}
LANEWISE lanes lanes_add(lanes a, lanes b) { EACH(_mm256_add_epi64(a.half[h], b.half[h])); }
LANEWISE lanes lanes_subtract(lanes a, lanes b) { EACH(_mm256_sub_epi64(a.half[h], b.half[h])); }
/// a n mod 2^64, for a < 2^32.
LANEWISE lanes lanes_times(lanes a, uint64_t n) {
  const __m256i low = _mm256_set1_epi64x((long long)(n & 0xffffffff)), high = _mm256_set1_epi64x((long long)(n >> 32));
  EACH(_mm256_add_epi64(
      _mm256_mul_epu32(a.half[h], low), _mm256_slli_epi64(_mm256_mul_epu32(a.half[h], high), 32)));
}
LANEWISE lanes lanes_and(lanes a, lanes b) { EACH(_mm256_and_si256(a.half[h], b.half[h])); }
LANEWISE lanes lanes_or(lanes a, lanes b) { EACH(_mm256_or_si256(a.half[h], b.half[h])); }
LANEWISE lanes lanes_xor(lanes a, lanes b) { EACH(_mm256_xor_si256(a.half[h], b.half[h])); }
LANEWISE lanes lanes_xor3(lanes a, lanes b, lanes c) { return lanes_xor(lanes_xor(a, b), c); }
LANEWISE lanes lanes_xor_and_not(lanes a, lanes b, lanes c) {
  EACH(_mm256_xor_si256(a.half[h], _mm256_andnot_si256(b.half[h], c.half[h])));
}
LANEWISE lanes lanes_right(lanes a, unsigned n) { EACH(_mm256_srli_epi64(a.half[h], (int)n)); }
LANEWISE lanes lanes_left(lanes a, unsigned n) { EACH(_mm256_slli_epi64(a.half[h], (int)n)); }
LANEWISE lanes lanes_right_by(lanes a, unsigned n) {
  EACH(_mm256_srl_epi64(a.half[h], _mm_cvtsi32_si128((int)n)));
}
LANEWISE lanes lanes_left_by(lanes a, unsigned n) {
  EACH(_mm256_sll_epi64(a.half[h], _mm_cvtsi32_si128((int)n)));
}
LANEWISE lanes lanes_right_signed(lanes a, unsigned n) {
  return lanes_subtract(lanes_right(lanes_xor(a, lanes_repeat(1ULL << 63)), n), lanes_repeat(1ULL << (63 - n)));
}
LANEWISE lanes lanes_turn(lanes a, unsigned n) {
  return n == 0 ? a : lanes_or(lanes_left(a, n), lanes_right(a, 64 - n));
}

// MARK: - Masks

LANEWISE mask8 lanes_are_equal(lanes a, lanes b) { EACH(_mm256_cmpeq_epi64(a.half[h], b.half[h])); }
LANEWISE mask8 lanes_are_zero(lanes a) { return lanes_are_equal(a, lanes_zero()); }
LANEWISE mask8 lanes_are_below(lanes a, lanes b) {
  const __m256i sign = _mm256_set1_epi64x((long long)(1ULL << 63));
  EACH(_mm256_cmpgt_epi64(_mm256_xor_si256(b.half[h], sign), _mm256_xor_si256(a.half[h], sign)));
}
LANEWISE mask8 lanes_are_negative(lanes a) { EACH(_mm256_cmpgt_epi64(_mm256_setzero_si256(), a.half[h])); }
LANEWISE mask8 lanes_are_odd(lanes a) {
  return lanes_subtract(lanes_zero(), lanes_and(a, lanes_repeat(1)));
}
LANEWISE mask8 mask_from_bits(unsigned bits) {
  const lanes places = {{_mm256_set_epi64x(8, 4, 2, 1), _mm256_set_epi64x(128, 64, 32, 16)}};
  return lanes_are_equal(lanes_and(lanes_repeat(bits), places), places);
}
LANEWISE unsigned mask_to_bits(mask8 m) {
  return (unsigned)(_mm256_movemask_pd(_mm256_castsi256_pd(m.half[0])) |
                    _mm256_movemask_pd(_mm256_castsi256_pd(m.half[1])) << 4);
}
LANEWISE mask8 mask_and(mask8 a, mask8 b) { return lanes_and(a, b); }
LANEWISE mask8 mask_or(mask8 a, mask8 b) { return lanes_or(a, b); }
LANEWISE mask8 mask_xor(mask8 a, mask8 b) { return lanes_xor(a, b); }
LANEWISE mask8 mask_not(mask8 a) { return lanes_xor(a, lanes_repeat(~0ULL)); }
LANEWISE lanes lanes_choose(mask8 mask, lanes a, lanes b) {
  EACH(_mm256_blendv_epi8(b.half[h], a.half[h], mask.half[h]));
}
LANEWISE lanes lanes_magnitude(lanes a) {
  const mask8 negative = lanes_are_negative(a);
  return lanes_subtract(lanes_xor(a, negative), negative);
}

// MARK: - Products
//
// There is no wide integer multiplication: products are made of doubles, in field_51.h and scalars_avx2.h. These are the
// bits of what is added to them.

#define ODDMENT_BITS 0x4338000000000000ULL  // of 3 · 2^51
#define HIGH_BITS 0x4670000000000000ULL     // of 2^104
#define INTEGER_BITS 0x4330000000000000ULL  // of 2^52

// MARK: - Between lanes

LANEWISE lanes lanes_rotate(lanes a, unsigned distance) {
  uint64_t twice[16];
  lanes_store(twice, a);
  lanes_store(twice + 8, a);
  return lanes_load(twice + distance);
}

/// Where the two 32-bit halves of the numbers with the given indices, mod 4, are.
LANEWISE __m256i halves_of(__m256i index) {
  const __m256i even = _mm256_slli_epi64(_mm256_and_si256(index, _mm256_set1_epi64x(3)), 1);
  return _mm256_or_si256(even, _mm256_slli_epi64(_mm256_or_si256(even, _mm256_set1_epi64x(1)), 32));
}
/// b where bit n of the index is set, else a.
#define CHOOSE_BY_BIT(n, index, a, b)                            \
  _mm256_castpd_si256(_mm256_blendv_pd(                          \
      _mm256_castsi256_pd(a), _mm256_castsi256_pd(b),            \
      _mm256_castsi256_pd(_mm256_slli_epi64(index, 63 - (n)))))

LANEWISE __m256i look_up_8(const lanes *table, __m256i index, __m256i halves) {
  return CHOOSE_BY_BIT(
      2, index, _mm256_permutevar8x32_epi32(table->half[0], halves),
      _mm256_permutevar8x32_epi32(table->half[1], halves));
}
LANEWISE lanes lanes_look_up_8(const lanes table[1], lanes index) {
  EACH(look_up_8(table, index.half[h], halves_of(index.half[h])));
}
LANEWISE lanes lanes_look_up_16(const lanes table[2], lanes index) {
  EACH(CHOOSE_BY_BIT(
      3, index.half[h], look_up_8(table, index.half[h], halves_of(index.half[h])),
      look_up_8(table + 1, index.half[h], halves_of(index.half[h]))));
}

// MARK: - Memory
//
// Word by word: gathers are no faster on these processors. Where there is a mask, it is public.

LANEWISE uint64_t word_at(const void *p) {
  uint64_t word;
  memcpy(&word, p, sizeof word);
  return word;
}
LANEWISE lanes lanes_gather(const void *base, lanes offsets) {
  uint64_t at[8], words[8];
  lanes_store(at, offsets);
  for (int l = 0; l < 8; l++) words[l] = word_at((const char *)base + at[l]);
  return lanes_load(words);
}
LANEWISE lanes lanes_gather_masked(lanes other, mask8 mask, const void *base, lanes offsets) {
  uint64_t at[8], words[8];
  lanes_store(at, offsets);
  lanes_store(words, other);
  const unsigned bits = mask_to_bits(mask);
  for (int l = 0; l < 8; l++)
    if (bits >> l & 1) words[l] = word_at((const char *)base + at[l]);
  return lanes_load(words);
}
LANEWISE void lanes_scatter(void *base, lanes offsets, lanes a) {
  uint64_t at[8], words[8];
  lanes_store(at, offsets);
  lanes_store(words, a);
  for (int l = 0; l < 8; l++) memcpy((char *)base + at[l], &words[l], 8);
}
LANEWISE void lanes_scatter_masked(void *base, mask8 mask, lanes offsets, lanes a) {
  uint64_t at[8], words[8];
  lanes_store(at, offsets);
  lanes_store(words, a);
  const unsigned bits = mask_to_bits(mask);
  for (int l = 0; l < 8; l++)
    if (bits >> l & 1) memcpy((char *)base + at[l], &words[l], 8);
}
LANEWISE lanes lanes_load_32(const uint32_t *p) {
  EACH(_mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)p + h)));
}
LANEWISE void lanes_store_16(uint16_t *p, lanes a) {
  uint64_t words[8];
  lanes_store(words, a);
  for (int l = 0; l < 8; l++) p[l] = (uint16_t)words[l];
}
LANEWISE void lanes_transpose(lanes w[4], const char *const row[8], size_t first) {
  for (int h = 0; h < 2; h++)
    for (int k = 0; k < 4; k += 2) {
      __m256i pair[2];
      for (int r = 0; r < 2; r++) {
        // two words each of rows 0 and 2, then of rows 1 and 3
        const char *low = row[4 * h + r] + 8 * (first + (size_t)k);
        const char *high = row[4 * h + r + 2] + 8 * (first + (size_t)k);
        pair[r] = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low)),
            _mm_loadu_si128((const __m128i *)high), 1);
      }
      w[k].half[h] = _mm256_unpacklo_epi64(pair[0], pair[1]);
      w[k + 1].half[h] = _mm256_unpackhi_epi64(pair[0], pair[1]);
    }
}
LANEWISE void lanes_load_rows(lanes w[4], const void *p) {
  const char *row[8];
  for (int l = 0; l < 8; l++) row[l] = (const char *)p + 32 * l;
  lanes_transpose(w, row, 0);
}
LANEWISE void lanes_store_rows(void *p, const lanes w[4]) {
  __m256i *row = p;
  for (int h = 0; h < 2; h++) {
    // two words each of rows 0 and 2, and of rows 1 and 3
    const __m256i a = _mm256_unpacklo_epi64(w[0].half[h], w[1].half[h]);
    const __m256i b = _mm256_unpackhi_epi64(w[0].half[h], w[1].half[h]);
    const __m256i c = _mm256_unpacklo_epi64(w[2].half[h], w[3].half[h]);
    const __m256i d = _mm256_unpackhi_epi64(w[2].half[h], w[3].half[h]);
    _mm256_storeu_si256(row + 4 * h, _mm256_permute2x128_si256(a, c, 0x20));
    _mm256_storeu_si256(row + 4 * h + 1, _mm256_permute2x128_si256(b, d, 0x20));
    _mm256_storeu_si256(row + 4 * h + 2, _mm256_permute2x128_si256(a, c, 0x31));
    _mm256_storeu_si256(row + 4 * h + 3, _mm256_permute2x128_si256(b, d, 0x31));
  }
}

// MARK: - Four lanes

typedef __m256i lanes4;

LANEWISE lanes4 lanes4_repeat(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
LANEWISE lanes4 lanes4_zero(void) { return _mm256_setzero_si256(); }
LANEWISE lanes4 lanes4_of(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  return _mm256_set_epi64x((long long)d, (long long)c, (long long)b, (long long)a);
}
LANEWISE lanes4 lanes4_add(lanes4 a, lanes4 b) { return _mm256_add_epi64(a, b); }
LANEWISE lanes4 lanes4_subtract(lanes4 a, lanes4 b) { return _mm256_sub_epi64(a, b); }
LANEWISE lanes4 lanes4_and(lanes4 a, lanes4 b) { return _mm256_and_si256(a, b); }
LANEWISE lanes4 lanes4_right(lanes4 a, unsigned n) { return _mm256_srli_epi64(a, (int)n); }
LANEWISE lanes4 lanes4_left_each(lanes4 a, lanes4 n) { return _mm256_sllv_epi64(a, n); }
LANEWISE void lanes4_store(void *p, lanes4 a) { _mm256_storeu_si256(p, a); }
#define LANES4_SELECT(a, l0, l1, l2, l3) \
  _mm256_permute4x64_epi64(a, (l0) | (l1) << 2 | (l2) << 4 | (l3) << 6)
#define LANES4_CHOOSE(bits, a, b) \
  _mm256_blend_epi32(b, a, ((bits) & 1) * 3 | ((bits) & 2) * 6 | ((bits) & 4) * 12 | ((bits) & 8) * 24)

#undef EACH

#endif
