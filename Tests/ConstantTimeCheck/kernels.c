// The kernels for secrets under valgrind, with scalars marked as undefined: valgrind reports every branch and
// every address that depends on one. Run by Scripts/check-constant-time.sh; with `branch` or `address` as
// argument, something leaks on purpose and must be reported.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CRistretto.h"
#include "SecretMarks/include/SecretMarks.h"

#define MOST 40

static void *memory(size_t size) {
  void *p = aligned_alloc(128, (size + 127) / 128 * 128);
  if (!p) abort();
  memset(p, 0, (size + 127) / 128 * 128);
  return p;
}

static uint64_t random_word(void) {
  static uint64_t state = 1;
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static void random_scalars(size_t n, cristretto_scalar *a) {
  for (size_t i = 0; i < n; i++)
    for (int k = 0; k < 4; k++) a[i].words[k] = k < 3 ? random_word() : random_word() >> 4;
}

static void expect_same(const void *a, const void *b, size_t size, const char *what) {
  mark_public(a, size);
  if (memcmp(a, b, size) == 0) return;
  fprintf(stderr, "%s: another value under valgrind\n", what);
  exit(1);
}

/// Points that are easy to find: every other small even number is the encoding of one.
static void find_points(size_t n, cristretto_point *points) {
  cristretto_encoding in = {{0}};
  for (size_t found = 0; found < n; in.words[0] += 2) {
    uint8_t status;
    cristretto_decode(1, &in, NULL, &points[found], &status);
    if (status == CRISTRETTO_DECODED) found++;
  }
}

/// Sums of 1 … MOST points, and their encodings, once with public scalars and once with secret ones.
static void check_sums(const cristretto_point *points) {
  void *straus = memory(cristretto_straus_scratch_size());
  void *multiples = memory(cristretto_multiples_scratch_size());
  cristretto_multiples *tables = memory(MOST * sizeof *tables);
  cristretto_table_multiples(MOST, points, tables);
  const struct {
    size_t count;
    unsigned bits;
  } cases[] = {{1, 253}, {9, 253}, {MOST, 253}, {8, 64}, {3, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const size_t n = cases[i].count;
    cristretto_scalar scalars[MOST];
    cristretto_encoding expected[2], actual[2];
    random_scalars(n, scalars);
    for (int secret = 0; secret < 2; secret++) {
      cristretto_point sums[2];
      if (secret) mark_secret(scalars, n * sizeof *scalars);
      cristretto_straus(n, scalars, cases[i].bits, points, straus, &sums[0]);
      cristretto_multiples_sum(n, scalars, cases[i].bits, tables, multiples, &sums[1]);
      cristretto_encode(2, sums, secret ? actual : expected);
    }
    expect_same(actual, expected, sizeof expected, "sums");
  }
  free(straus);
  free(multiples);
  free(tables);
}

/// All that is done to vectors of scalars, and what comes of it.
#define VECTORS 9
static void compute(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar out[VECTORS][MOST]) {
  cristretto_scalars_multiply(n, a, b, out[0]);
  cristretto_scalars_scale(n, &a[0], b, out[1]);
  cristretto_scalars_add_scaled(n, &a[0], b, out[2]);
  cristretto_scalars_add_products(n, a, b, out[3]);
  cristretto_scalars_fold(n / 2, &a[0], &b[0], a, out[4]);
  memcpy(out[5], b, n * sizeof *b);
  cristretto_scalars_powers(n, &a[0], out[5]);
  cristretto_scalars_inner_product(n, a, b, out[6]);
  cristretto_scalars_weigh(n, a, b, out[7], out[8]);
}

static void check_scalars(void) {
  for (size_t n = 1; n <= MOST; n += 13) {
    cristretto_scalar a[MOST], b[MOST];
    static cristretto_scalar expected[VECTORS][MOST], actual[VECTORS][MOST];
    memset(expected, 0, sizeof expected);
    memset(actual, 0, sizeof actual);
    random_scalars(n, a);
    random_scalars(n, b);
    compute(n, a, b, expected);
    mark_secret(a, n * sizeof *a);
    mark_secret(b, n * sizeof *b);
    compute(n, a, b, actual);
    expect_same(actual, expected, sizeof expected, "scalars");
  }
}

static void check_keccak(void) {
  uint64_t expected[200] = {0}, actual[200] = {0};
  cristretto_keccak_8(expected);
  mark_secret(actual, sizeof actual);
  // Marking does not change what is there.
  cristretto_keccak_8(actual);
  expect_same(actual, expected, sizeof expected, "Keccak");
}

/// Encodings are public, but the time to decode them is said not to depend on them.
static void check_decoding(void) {
  cristretto_encoding in[MOST];
  cristretto_point expected[MOST], actual[MOST];
  uint8_t status[MOST];
  for (size_t i = 0; i < MOST; i++)
    for (int k = 0; k < 4; k++) in[i].words[k] = k < 3 ? random_word() << (k == 0) : random_word() >> 1;
  cristretto_decode(MOST, in, NULL, expected, status);
  mark_secret(in, sizeof in);
  cristretto_decode(MOST, in, NULL, actual, status);
  expect_same(actual, expected, sizeof expected, "points");
}

static volatile unsigned sink;

static void leak(const char *how) {
  static const unsigned table[256] = {1};
  uint8_t secret = 77;
  mark_secret(&secret, 1);
  if (strcmp(how, "branch") == 0) {
    if (secret & 1) sink++;
  } else {
    sink += table[secret];
  }
}

int main(int count, char **arguments) {
  if (!cristretto_is_available()) {
    puts("kernels are not available here: nothing to check");
    return 0;
  }
  if (!marks_are_heeded()) {
    fputs("this must run under valgrind\n", stderr);
    return 1;
  }
  if (count > 1) {
    leak(arguments[1]);
    return 0;
  }
  cristretto_point points[MOST];
  find_points(MOST, points);
  check_sums(points);
  check_scalars();
  check_keccak();
  check_decoding();
  printf("%s: no branch and no address depends on a secret\n", cristretto_backend());
  return 0;
}
