// The lanes of one AVX-512 register.

#ifndef LANES_IFMA_H
#define LANES_IFMA_H

#include <immintrin.h>

/// Marks a function as compiled for the instructions that cristretto_is_available() asks for.
#define KERNEL __attribute__((target("avx512f,avx512ifma,avx512vl,avx512dq,avx512bw")))

/// The same for a building block that disappears into the function that calls it.
#define LANEWISE static inline __attribute__((always_inline)) KERNEL

typedef __m512i lanes;
typedef __mmask8 mask8;

LANEWISE lanes lanes_load(const void *p) { return _mm512_loadu_si512(p); }
LANEWISE void lanes_store(void *p, lanes a) { _mm512_storeu_si512(p, a); }

// MARK: - Arithmetic

LANEWISE lanes lanes_repeat(uint64_t x) { return _mm512_set1_epi64((long long)x); }
LANEWISE lanes lanes_zero(void) { return _mm512_setzero_si512(); }
/// 0, step, 2 step, … 7 step
LANEWISE lanes lanes_sequence(uint64_t step) {
  return _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), lanes_repeat(step));
}
LANEWISE lanes lanes_add(lanes a, lanes b) { return _mm512_add_epi64(a, b); }
LANEWISE lanes lanes_subtract(lanes a, lanes b) { return _mm512_sub_epi64(a, b); }
/// a n mod 2^64, for a < 2^32.
LANEWISE lanes lanes_times(lanes a, uint64_t n) {
  return _mm512_add_epi64(
      _mm512_mul_epu32(a, lanes_repeat(n & 0xffffffff)),
      _mm512_slli_epi64(_mm512_mul_epu32(a, lanes_repeat(n >> 32)), 32));
}
LANEWISE lanes lanes_and(lanes a, lanes b) { return _mm512_and_si512(a, b); }
LANEWISE lanes lanes_or(lanes a, lanes b) { return _mm512_or_si512(a, b); }
LANEWISE lanes lanes_right(lanes a, unsigned n) { return _mm512_srli_epi64(a, n); }
LANEWISE lanes lanes_left(lanes a, unsigned n) { return _mm512_slli_epi64(a, n); }
/// a >> n for n that is not known when this is compiled; 0 for n > 63.
LANEWISE lanes lanes_right_by(lanes a, unsigned n) {
  return _mm512_srl_epi64(a, _mm_cvtsi32_si128((int)n));
}
/// a << n for n that is not known when this is compiled; 0 for n > 63.
LANEWISE lanes lanes_left_by(lanes a, unsigned n) {
  return _mm512_sll_epi64(a, _mm_cvtsi32_si128((int)n));
}
/// floor(a / 2^n) of signed numbers
LANEWISE lanes lanes_right_signed(lanes a, unsigned n) { return _mm512_srai_epi64(a, n); }
/// |a| of signed numbers
LANEWISE lanes lanes_magnitude(lanes a) { return _mm512_abs_epi64(a); }
/// acc + (a b mod 2^52), of the low 52 bits of a and b
LANEWISE lanes lanes_add_low(lanes acc, lanes a, lanes b) {
  return _mm512_madd52lo_epu64(acc, a, b);
}
/// acc + floor(a b / 2^52), of the low 52 bits of a and b
LANEWISE lanes lanes_add_high(lanes acc, lanes a, lanes b) {
  return _mm512_madd52hi_epu64(acc, a, b);
}
LANEWISE lanes lanes_xor(lanes a, lanes b) { return _mm512_xor_si512(a, b); }
LANEWISE lanes lanes_xor3(lanes a, lanes b, lanes c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
/// a ^ (~b & c)
LANEWISE lanes lanes_xor_and_not(lanes a, lanes b, lanes c) {
  return _mm512_ternarylogic_epi64(a, b, c, 0xd2);
}
/// a turned left by n bits
LANEWISE lanes lanes_turn(lanes a, unsigned n) { return _mm512_rolv_epi64(a, lanes_repeat(n)); }

// MARK: - Masks

/// The mask with bit l set for lane l.
LANEWISE mask8 mask_from_bits(unsigned bits) { return (mask8)bits; }
LANEWISE unsigned mask_to_bits(mask8 m) { return m; }
LANEWISE mask8 mask_and(mask8 a, mask8 b) { return a & b; }
LANEWISE mask8 mask_or(mask8 a, mask8 b) { return a | b; }
LANEWISE mask8 mask_xor(mask8 a, mask8 b) { return a ^ b; }
LANEWISE mask8 mask_not(mask8 a) { return (mask8)~a; }
/// The lanes in which a < b, unsigned.
LANEWISE mask8 lanes_are_below(lanes a, lanes b) { return _mm512_cmplt_epu64_mask(a, b); }
LANEWISE mask8 lanes_are_equal(lanes a, lanes b) { return _mm512_cmpeq_epi64_mask(a, b); }
/// The lanes whose uppermost bit is set.
LANEWISE mask8 lanes_are_negative(lanes a) { return _mm512_movepi64_mask(a); }
/// The lanes whose lowest bit is set.
LANEWISE mask8 lanes_are_odd(lanes a) { return _mm512_test_epi64_mask(a, lanes_repeat(1)); }
LANEWISE mask8 lanes_are_zero(lanes a) { return _mm512_testn_epi64_mask(a, a); }
/// a where the mask is set, else b
LANEWISE lanes lanes_choose(mask8 mask, lanes a, lanes b) { return _mm512_mask_blend_epi64(mask, b, a); }

// MARK: - Between lanes

/// Lane l of the result is lane (l + distance) mod 8 of a.
LANEWISE lanes lanes_rotate(lanes a, unsigned distance) {
  return _mm512_permutexvar_epi64(lanes_add(lanes_sequence(1), lanes_repeat(distance)), a);
}
/// Of eight numbers, those with the given indices, in constant time; only the low 3 bits of an index count.
LANEWISE lanes lanes_look_up_8(const lanes table[1], lanes index) {
  return _mm512_permutexvar_epi64(index, lanes_load(table));
}
/// The same of sixteen numbers and the low 4 bits.
LANEWISE lanes lanes_look_up_16(const lanes table[2], lanes index) {
  return _mm512_permutex2var_epi64(lanes_load(table), index, lanes_load(table + 1));
}

// MARK: - Memory

/// The words at base + offsets, offsets in bytes.
LANEWISE lanes lanes_gather(const void *base, lanes offsets) {
  return _mm512_i64gather_epi64(offsets, base, 1);
}
/// The words at base + offsets where the mask is set, else those of `other`.
LANEWISE lanes lanes_gather_masked(lanes other, mask8 mask, const void *base, lanes offsets) {
  return _mm512_mask_i64gather_epi64(other, mask, offsets, base, 1);
}
/// Stores the lanes at base + offsets, offsets in bytes.
LANEWISE void lanes_scatter(void *base, lanes offsets, lanes a) {
  _mm512_i64scatter_epi64(base, offsets, a, 1);
}
/// Stores the lanes of the mask at base + offsets.
LANEWISE void lanes_scatter_masked(void *base, mask8 mask, lanes offsets, lanes a) {
  _mm512_mask_i64scatter_epi64(base, mask, offsets, a, 1);
}
/// Eight 32-bit numbers.
LANEWISE lanes lanes_load_32(const uint32_t *p) {
  return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)p));
}
/// The low 16 bits of each lane.
LANEWISE void lanes_store_16(uint16_t *p, lanes a) {
  _mm_storeu_si128((__m128i *)p, _mm512_cvtepi64_epi16(a));
}
/// Words first … first + 3 of eight rows, transposed.
LANEWISE void lanes_transpose(lanes w[4], const char *const row[8], size_t first) {
  lanes pair[4];
  for (int k = 0; k < 4; k++) {
    // rows 0 and 2, 1 and 3, 4 and 6, 5 and 7
    const int a = (k & 1) + 4 * (k >> 1), b = a + 2;
    __m256i low = _mm256_loadu_si256((const __m256i *)(row[a] + 8 * first));
    __m256i high = _mm256_loadu_si256((const __m256i *)(row[b] + 8 * first));
    pair[k] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }
  lanes even03 = _mm512_unpacklo_epi64(pair[0], pair[1]), odd03 = _mm512_unpackhi_epi64(pair[0], pair[1]);
  lanes even47 = _mm512_unpacklo_epi64(pair[2], pair[3]), odd47 = _mm512_unpackhi_epi64(pair[2], pair[3]);
  w[0] = _mm512_shuffle_i64x2(even03, even47, 0x88);
  w[1] = _mm512_shuffle_i64x2(odd03, odd47, 0x88);
  w[2] = _mm512_shuffle_i64x2(even03, even47, 0xdd);
  w[3] = _mm512_shuffle_i64x2(odd03, odd47, 0xdd);
}
/// Eight rows of four words, one after the other: word k of row l becomes lane l of w[k].
LANEWISE void lanes_load_rows(lanes w[4], const void *p) {
  const char *a = p;
  const lanes v0 = lanes_load(a), v1 = lanes_load(a + 64), v2 = lanes_load(a + 128), v3 = lanes_load(a + 192);
  // pairs of words of four rows: (0, 2, 4, 6), (1, 3, 5, 7)
  const lanes even = _mm512_set_epi64(13, 12, 9, 8, 5, 4, 1, 0);
  const lanes odd = _mm512_set_epi64(15, 14, 11, 10, 7, 6, 3, 2);
  lanes low01 = _mm512_permutex2var_epi64(v0, even, v1), high01 = _mm512_permutex2var_epi64(v0, odd, v1);
  lanes low23 = _mm512_permutex2var_epi64(v2, even, v3), high23 = _mm512_permutex2var_epi64(v2, odd, v3);
  const lanes first = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0);
  const lanes second = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
  w[0] = _mm512_permutex2var_epi64(low01, first, low23);
  w[1] = _mm512_permutex2var_epi64(low01, second, low23);
  w[2] = _mm512_permutex2var_epi64(high01, first, high23);
  w[3] = _mm512_permutex2var_epi64(high01, second, high23);
}
/// The reverse of lanes_load_rows.
LANEWISE void lanes_store_rows(void *p, const lanes w[4]) {
  char *a = p;
  const lanes low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
  const lanes high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
  lanes p0 = _mm512_permutex2var_epi64(w[0], low, w[1]), q = _mm512_permutex2var_epi64(w[2], low, w[3]);
  lanes r = _mm512_permutex2var_epi64(w[0], high, w[1]), s = _mm512_permutex2var_epi64(w[2], high, w[3]);
  const lanes front = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
  const lanes back = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
  lanes_store(a, _mm512_permutex2var_epi64(p0, front, q));
  lanes_store(a + 64, _mm512_permutex2var_epi64(p0, back, q));
  lanes_store(a + 128, _mm512_permutex2var_epi64(r, front, s));
  lanes_store(a + 192, _mm512_permutex2var_epi64(r, back, s));
}

// MARK: - Four lanes

/// Four 64-bit numbers, in a 256-bit register.
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
/// a << n, lane by lane
LANEWISE lanes4 lanes4_left_each(lanes4 a, lanes4 n) { return _mm256_sllv_epi64(a, n); }
LANEWISE lanes4 lanes4_add_low(lanes4 acc, lanes4 a, lanes4 b) { return _mm256_madd52lo_epu64(acc, a, b); }
LANEWISE lanes4 lanes4_add_high(lanes4 acc, lanes4 a, lanes4 b) { return _mm256_madd52hi_epu64(acc, a, b); }
LANEWISE void lanes4_store(void *p, lanes4 a) { _mm256_storeu_si256(p, a); }
/// Lanes l0, l1, l2, l3 of a.
#define LANES4_SELECT(a, l0, l1, l2, l3) \
  _mm256_permute4x64_epi64(a, (l0) | (l1) << 2 | (l2) << 4 | (l3) << 6)
/// a in the lanes whose bit is set, else b
#define LANES4_CHOOSE(bits, a, b) _mm256_mask_blend_epi64(bits, b, a)

#endif
