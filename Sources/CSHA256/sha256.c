#include "CSHA256.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

bool csha256_is_available(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
}

// Takes whole blocks. The instructions want the state as (a, b, e, f) and (c, d, g, h), highest word first.
__attribute__((target("sha,sse4.1,ssse3"))) static void compress(
    uint32_t words[8], const uint8_t *blocks, size_t count) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(low, high, 8);
  __m128i cdgh = _mm_blend_epi16(high, low, 0xF0);
  for (; count > 0; count--, blocks += 64) {
    const __m128i abefBefore = abef, cdghBefore = cdgh;
    __m128i w[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      __m128i next;
      if (i < 4) {
        next = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), order);
      } else {
        // W[t] = σ₁(W[t−2]) + W[t−7] + σ₀(W[t−15]) + W[t−16], four at a time
        const __m128i sum = _mm_add_epi32(
            _mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
            _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
        next = _mm_sha256msg2_epu32(sum, w[(i + 3) % 4]);
      }
      w[i % 4] = next;
      const __m128i k = _mm_add_epi32(next, _mm_load_si128((const __m128i *)(constants + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0E));
    }
    abef = _mm_add_epi32(abef, abefBefore);
    cdgh = _mm_add_epi32(cdgh, cdghBefore);
  }
  low = _mm_shuffle_epi32(abef, 0x1B);
  high = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(high, low, 8));
}

#else

bool csha256_is_available(void) { return false; }

static void compress(uint32_t words[8], const uint8_t *blocks, size_t count) {
  (void)words, (void)blocks, (void)count;
  __builtin_trap();
}

#endif

void csha256_start(csha256_state *state) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(state->words, start, sizeof start);
  state->count = 0;
}

void csha256_update(csha256_state *state, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  const size_t held = state->count % 64;
  state->count += count;
  if (held > 0) {
    const size_t part = count < 64 - held ? count : 64 - held;
    if (part > 0) memcpy(state->rest + held, next, part);
    if (held + part < 64) return;
    compress(state->words, state->rest, 1);
    next += part;
    count -= part;
  }
  if (count >= 64) compress(state->words, next, count / 64);
  if (count % 64 > 0) memcpy(state->rest, next + count / 64 * 64, count % 64);
}

void csha256_finish(csha256_state *state, void *digest) {
  size_t held = state->count % 64;
  const uint64_t bits = 8 * state->count;
  state->rest[held++] = 0x80;
  if (held > 56) {
    memset(state->rest + held, 0, 64 - held);
    compress(state->words, state->rest, 1);
    held = 0;
  }
  memset(state->rest + held, 0, 56 - held);
  for (int i = 0; i < 8; i++) state->rest[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
  compress(state->words, state->rest, 1);
  uint8_t *out = digest;
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(state->words[i / 4] >> (24 - 8 * (i % 4)));
}
