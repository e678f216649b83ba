// Vectors of scalars against libsodium; Keccak against a known answer.

#include <sodium.h>

#include "check.h"
#include "slow.h"

#define MOST 1100

typedef uint8_t bytes32[32];

/// a 2^256 mod l
static void montgomery(bytes32 out, const bytes32 a) {
  uint8_t wide[64] = {0};
  memcpy(wide + 32, a, 32);
  crypto_core_ristretto255_scalar_reduce(out, wide);
}

static void fill(bytes32 *a, cristretto_scalar *m, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint8_t wide[64];
    for (int k = 0; k < 64; k++) wide[k] = (uint8_t)random_word();
    crypto_core_ristretto255_scalar_reduce(a[i], wide);
    if (i % 7 == 3) memset(a[i], 0, 32);
    if (i % 7 == 4) {
      // The Montgomery form is l - 1.
      const bytes32 one = {1};
      crypto_core_ristretto255_scalar_negate((uint8_t *)&m[i], one);
      bytes32 inverse, radix = {1};
      montgomery(inverse, radix);
      crypto_core_ristretto255_scalar_invert(inverse, inverse);
      crypto_core_ristretto255_scalar_mul(a[i], (uint8_t *)&m[i], inverse);
    }
    montgomery((uint8_t *)&m[i], a[i]);
  }
}

static void expect(const bytes32 expected, const cristretto_scalar *actual, int line) {
  bytes32 m;
  montgomery(m, expected);
  if (memcmp(m, actual, 32)) fail("scalar", line);
}

#define EXPECT_SCALAR(expected, actual) expect(expected, actual, __LINE__)

static void check_count(size_t n) {
  static bytes32 a[MOST], b[MOST];
  static cristretto_scalar am[MOST], bm[MOST], out[MOST], sums[MOST];
  fill(a, am, MOST);
  fill(b, bm, MOST);
  const cristretto_scalar untouched = bm[n];
  static bytes32 powers[MOST];
  bytes32 t, u, total = {0};
  cristretto_scalars_multiply(n, am, bm, out);
  memcpy(sums, bm, sizeof sums);
  cristretto_scalars_add_products(n, am, bm, sums);
  for (size_t i = 0; i < n; i++) {
    crypto_core_ristretto255_scalar_mul(t, a[i], b[i]);
    EXPECT_SCALAR(t, &out[i]);
    crypto_core_ristretto255_scalar_add(total, total, t);
    crypto_core_ristretto255_scalar_add(t, t, b[i]);
    EXPECT_SCALAR(t, &sums[i]);
  }
  cristretto_scalars_inner_product(n, am, bm, out);
  EXPECT_SCALAR(total, out);
  cristretto_scalars_scale(n, &am[5], bm, out);
  memcpy(sums, bm, sizeof sums);
  cristretto_scalars_add_scaled(n, &am[5], am, sums);
  for (size_t i = 0; i < n; i++) {
    crypto_core_ristretto255_scalar_mul(t, a[5], b[i]);
    EXPECT_SCALAR(t, &out[i]);
    crypto_core_ristretto255_scalar_mul(t, a[5], a[i]);
    crypto_core_ristretto255_scalar_add(t, t, b[i]);
    EXPECT_SCALAR(t, &sums[i]);
  }
  memcpy(out, am, sizeof out);
  cristretto_scalars_powers(n, &am[5], out);
  for (size_t i = 0; i < n; i++) {
    if (i < CRISTRETTO_FIRST_POWERS) {
      EXPECT(memcmp(&out[i], &am[i], sizeof am[i]) == 0);
    } else {
      memcpy(powers[i], i < 2 * CRISTRETTO_FIRST_POWERS ? a[i - CRISTRETTO_FIRST_POWERS]
                                                        : powers[i - CRISTRETTO_FIRST_POWERS], 32);
      crypto_core_ristretto255_scalar_mul(powers[i], powers[i], a[5]);
      EXPECT_SCALAR(powers[i], &out[i]);
    }
  }
  memcpy(sums, bm, sizeof sums);
  cristretto_scalars_weigh(n, am, bm, sums, out);
  memset(total, 0, 32);
  for (size_t i = 0; i < n; i++) {
    crypto_core_ristretto255_scalar_mul(t, a[i], b[i]);
    crypto_core_ristretto255_scalar_add(u, t, b[i]);
    EXPECT_SCALAR(u, &sums[i]);
    crypto_core_ristretto255_scalar_mul(t, t, b[i]);
    crypto_core_ristretto255_scalar_add(total, total, t);
  }
  EXPECT_SCALAR(total, out);
  EXPECT(memcmp(&bm[n], &sums[n], sizeof *sums) == 0);
  cristretto_scalars_fold(n / 2, &am[2], &am[4], bm, bm);
  for (size_t i = 0; i < n / 2; i++) {
    crypto_core_ristretto255_scalar_mul(t, a[2], b[2 * i]);
    crypto_core_ristretto255_scalar_mul(u, a[4], b[2 * i + 1]);
    crypto_core_ristretto255_scalar_add(t, t, u);
    EXPECT_SCALAR(t, &bm[i]);
  }
  EXPECT(memcmp(&untouched, &bm[n], sizeof untouched) == 0);
}

void check_vectors(void) {
  const size_t counts[] = {0, 1, 2, 7, 8, 9, 31, 32, 33, 64, 65, 511, 512, 513, 1030};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) check_count(counts[i]);
  uint64_t words[200] = {0};
  cristretto_keccak_8(words);
  // The first words of the permutation of zeros (FIPS 202).
  for (int k = 0; k < 8; k++)
    EXPECT(words[k] == 0xf1258f7940e1dde7 && words[8 + k] == 0x84d5ccf933c0478a);
}
