// Points, sums and folding against libsodium.

#include <sodium.h>

#include "check.h"
#include "slow.h"

typedef uint8_t bytes32[32];

static void *memory(size_t size) {
  void *p = aligned_alloc(128, (size + 127) / 128 * 128);
  if (!p) abort();
  // Working memory may hold anything.
  memset(p, 0xa5, (size + 127) / 128 * 128);
  return p;
}

static void random_point(bytes32 out) {
  uint8_t wide[64];
  for (int k = 0; k < 64; k++) wide[k] = (uint8_t)random_word();
  crypto_core_ristretto255_from_hash(out, wide);
}

static void montgomery(cristretto_scalar *out, const bytes32 a) {
  uint8_t wide[64] = {0};
  memcpy(wide + 32, a, 32);
  crypto_core_ristretto255_scalar_reduce((uint8_t *)out, wide);
}

/// A sum to be computed, with everything in it that an algorithm might trip over.
typedef struct {
  size_t n;
  bytes32 *scalars, *encodings;
  cristretto_scalar *montgomery;
  cristretto_point *points;
  cristretto_row *rows;
  bytes32 expected;
} problem;

/// Which scalars and points: all of the same kind, or a mixture.
enum { MIXED, EQUAL_SCALARS, SMALL_SCALARS, LARGEST_SCALARS, EQUAL_POINTS, CANCELLING, KINDS };

static problem make_problem(size_t n, int kind, unsigned bits) {
  problem s = {.n = n};
  s.scalars = memory(n * 32 + 1);
  s.encodings = memory(n * 32 + 1);
  s.montgomery = memory(n * sizeof *s.montgomery + 1);
  s.points = memory(n * sizeof *s.points + 1);
  s.rows = memory(n * sizeof *s.rows + 1);
  const bytes32 one = {1};
  for (size_t i = 0; i < n; i++) {
    uint8_t wide[64];
    for (int k = 0; k < 64; k++) wide[k] = (uint8_t)random_word();
    crypto_core_ristretto255_scalar_reduce(s.scalars[i], wide);
    random_point(s.encodings[i]);
    const unsigned choice = (unsigned)(random_word() % 12);
    if (kind == EQUAL_SCALARS) memcpy(s.scalars[i], s.scalars[0], 32);
    if (kind == SMALL_SCALARS || (kind == MIXED && choice == 0)) {
      memset(s.scalars[i], 0, 32);
      s.scalars[i][0] = (uint8_t)(random_word() % 3);
    }
    if (kind == LARGEST_SCALARS || (kind == MIXED && choice == 1))
      crypto_core_ristretto255_scalar_negate(s.scalars[i], one);
    if (i > 0 && (kind == EQUAL_POINTS || kind == CANCELLING || (kind == MIXED && choice == 2)))
      memcpy(s.encodings[i], s.encodings[i - 1], 32);
    if (kind == CANCELLING && i % 2)
      crypto_core_ristretto255_scalar_negate(s.scalars[i], s.scalars[i - 1]);
    if (kind == MIXED && choice == 3) memset(s.encodings[i], 0, 32);
    if (bits < 253) {
      if (choice == 4) memset(s.scalars[i], 0xff, 32);
      for (unsigned b = bits; b < 256; b++) s.scalars[i][b / 8] &= (uint8_t) ~(1 << b % 8);
    }
    montgomery(&s.montgomery[i], s.scalars[i]);
  }
  memset(s.expected, 0, 32);
  for (size_t i = 0; i < n; i++) {
    // libsodium refuses a product that is the identity; then there is nothing to add.
    bytes32 product;
    if (crypto_scalarmult_ristretto255(product, s.scalars[i], s.encodings[i])) continue;
    EXPECT(crypto_core_ristretto255_add(s.expected, s.expected, product) == 0);
  }
  uint8_t *status = memory(n + 1);
  cristretto_decode(n, (cristretto_encoding *)s.encodings, s.rows, s.points, status);
  for (size_t i = 0; i < n; i++) EXPECT(status[i] == CRISTRETTO_DECODED);
  free(status);
  return s;
}

static void release(problem *s) {
  free(s->scalars);
  free(s->encodings);
  free(s->montgomery);
  free(s->points);
  free(s->rows);
}

static void expect_point(const bytes32 expected, const cristretto_point *actual, int line) {
  cristretto_encoding encoding;
  cristretto_encode(1, actual, &encoding);
  if (memcmp(expected, &encoding, 32)) fail("point", line);
}

#define EXPECT_POINT(expected, actual) expect_point(expected, actual, __LINE__)

static void check_secret_sums(const problem *s, unsigned bits) {
  cristretto_point sum;
  void *scratch = memory(cristretto_straus_scratch_size());
  cristretto_straus(s->n, s->montgomery, bits, s->points, scratch, &sum);
  EXPECT_POINT(s->expected, &sum);
  free(scratch);
  cristretto_multiples *tables = memory(s->n * sizeof *tables + 1);
  cristretto_table_multiples(s->n, s->points, tables);
  scratch = memory(cristretto_multiples_scratch_size());
  cristretto_multiples_sum(s->n, s->montgomery, bits, tables, scratch, &sum);
  EXPECT_POINT(s->expected, &sum);
  free(scratch);
  free(tables);
}

static void check_public_sums(const problem *s, unsigned c) {
  cristretto_point sum;
  void *scratch = memory(cristretto_buckets_scratch_size(s->n, c));
  cristretto_buckets_variable_time(s->n, s->montgomery, s->rows, c, scratch, &sum);
  EXPECT_POINT(s->expected, &sum);
  free(scratch);
  cristretto_row *rows = memory(s->n * cristretto_window_count(c) * sizeof *rows);
  cristretto_table_rows(s->n, s->points, c, rows);
  const cristretto_table_part all = {s->n, s->montgomery, rows, s->n}, none = {0, NULL, NULL, 0};
  scratch = memory(cristretto_table_scratch_size(s->n, 0, c));
  cristretto_table_sum_variable_time(all, none, c, scratch, &sum);
  EXPECT_POINT(s->expected, &sum);
  free(scratch);
  // The first points from one table, the others from another, whose rows lie elsewhere.
  const size_t first = s->n / 3;
  if (first > 0) {
    const size_t rest = s->n - first;
    cristretto_row *others = memory(rest * cristretto_window_count(c) * sizeof *others);
    cristretto_table_rows(rest, s->points + first, c, others);
    const cristretto_table_part front = {first, s->montgomery, rows, s->n};
    const cristretto_table_part back = {rest, s->montgomery + first, others, rest};
    scratch = memory(cristretto_table_scratch_size(first, rest, c));
    cristretto_table_sum_variable_time(front, back, c, scratch, &sum);
    EXPECT_POINT(s->expected, &sum);
    free(scratch);
    free(others);
  }
  free(rows);
}

static void check_sums(extent extent) {
  const size_t counts[] = {1, 9, 70, 2, 3, 8, 40, 300};
  for (int kind = 0; kind < KINDS; kind++)
    for (size_t i = 0; i < (extent == ALL ? 8 : extent == FEW ? 3 : 2); i++) {
      problem s = make_problem(counts[i], kind, 253);
      check_secret_sums(&s, 253);
      // The buckets of wide windows take most of the time.
      for (unsigned c = 4; c <= (extent == FEWEST ? 9 : 15); c += extent == ALL ? 1 : 5) check_public_sums(&s, c);
      release(&s);
    }
  for (unsigned bits = 1; bits < 253; bits += bits < 10 && extent != FEWEST ? 1 : 27) {
    problem s = make_problem(20, MIXED, bits);
    check_secret_sums(&s, bits);
    release(&s);
  }
  // More than a block of either table.
  problem s = make_problem(530, MIXED, 253);
  check_secret_sums(&s, 253);
  release(&s);
}

/// Folding, of any points and of points with rows for windows of c bits.
static void check_fold(size_t n, size_t terms, int kind, unsigned c, bool rearranged) {
  problem s = make_problem(n * terms, kind, 253), weights = make_problem(terms, kind, 253);
  const size_t step = rearranged ? 1 : terms, gap = rearranged ? n : 1;
  cristretto_point *out = memory(n * sizeof *out), *out_of_rows = memory(n * sizeof *out);
  uint32_t *indices = memory(n * terms * sizeof *indices);
  cristretto_row *rows = memory(s.n * cristretto_window_count(c) * sizeof *rows);
  void *scratch = memory(cristretto_fold_scratch_size(terms));
  void *row_scratch = memory(cristretto_table_fold_scratch_size(terms));
  for (size_t k = 0; k < terms; k++)
    for (size_t i = 0; i < n; i++) indices[k * n + i] = (uint32_t)(i * step + k * gap);
  cristretto_table_rows(s.n, s.points, c, rows);
  cristretto_fold_variable_time(n, terms, weights.montgomery, s.points, step, gap, scratch, out);
  for (int without_last = 0; without_last < 2; without_last++) {
    if (without_last) indices[terms * n - 1] = CRISTRETTO_NO_ROW;
    cristretto_table_fold_variable_time(
        n, terms, weights.montgomery, rows, s.n, c, indices, row_scratch, out_of_rows);
    for (size_t i = 0; i < n; i++) {
      bytes32 expected = {0}, product;
      for (size_t k = 0; k < terms - (without_last && i == n - 1); k++) {
        if (crypto_scalarmult_ristretto255(product, weights.scalars[k], s.encodings[i * step + k * gap]))
          continue;
        EXPECT(crypto_core_ristretto255_add(expected, expected, product) == 0);
      }
      EXPECT_POINT(expected, &out_of_rows[i]);
      if (!without_last) EXPECT_POINT(expected, &out[i]);
    }
  }
  free(out);
  free(out_of_rows);
  free(indices);
  free(rows);
  free(scratch);
  free(row_scratch);
  release(&s);
  release(&weights);
}

static void check_folds(extent extent) {
  for (size_t terms = 1; terms <= 8; terms += extent == FEWEST ? 7 : 1)
    for (int rearranged = 0; rearranged < 2; rearranged++)
      check_fold(11, terms, MIXED, 4 + (unsigned)terms, rearranged);
  for (int kind = 0; kind < KINDS; kind++)
    for (unsigned c = 4; c <= 15; c += extent == ALL ? 1 : 11) check_fold(8, 3, kind, c, false);
}

/// Decoding agrees with libsodium, but for the identity, which libsodium refuses, and bit 255, which it
/// ignores.
static void check_decoding(extent extent) {
  for (size_t n = 0; n < 60; n += extent == FEWEST ? 9 : 1) {
    bytes32 in[60] = {{0}};
    cristretto_row rows[60], prepared[60];
    cristretto_point points[60];
    cristretto_encoding back[60];
    uint8_t status[60];
    for (size_t i = 0; i < n; i++) {
      random_point(in[i]);
      const unsigned choice = (unsigned)(random_word() % 8);
      if (choice < 4)
        for (int k = 0; k < 32; k++) in[i][k] = (uint8_t)random_word();
      if (choice == 1) in[i][0] &= 0xfe;
      if (choice == 2) in[i][0] &= 0xfe, in[i][31] &= 0x7f;
      if (choice == 3) {
        memset(in[i], 0xff, 32);
        in[i][0] = (uint8_t)random_word();
        in[i][31] = 0x7f;
      }
      if (choice == 4) memset(in[i], 0, 32);
      if (choice == 5) in[i][31] |= 0x80;
    }
    cristretto_decode(n, (cristretto_encoding *)in, rows, points, status);
    cristretto_encode(n, points, back);
    cristretto_prepare(n, points, prepared);
    for (size_t i = 0; i < n; i++) {
      const bytes32 zero = {0};
      const bool valid = memcmp(in[i], zero, 32) == 0 ||
                         (in[i][31] < 0x80 && crypto_core_ristretto255_is_valid_point(in[i]));
      EXPECT(valid == (status[i] == CRISTRETTO_DECODED));
      EXPECT(memcmp(&back[i], valid ? in[i] : zero, 32) == 0);
    }
    // The rows are the same points.
    if (n == 0) continue;
    cristretto_scalar scalars[60];
    for (size_t i = 0; i < n; i++) {
      const bytes32 scalar = {1 + (uint8_t)i};
      montgomery(&scalars[i], scalar);
    }
    cristretto_point sum;
    bytes32 expected;
    void *scratch = memory(cristretto_buckets_scratch_size(n, 5));
    cristretto_buckets_variable_time(n, scalars, rows, 5, scratch, &sum);
    cristretto_encode(1, &sum, (cristretto_encoding *)expected);
    cristretto_buckets_variable_time(n, scalars, prepared, 5, scratch, &sum);
    EXPECT_POINT(expected, &sum);
    free(scratch);
  }
}

/// Points from uniform bytes are those of libsodium.
static void check_mapping(extent extent) {
  for (size_t n = 0; n < 60; n += extent == FEWEST ? 29 : 1) {
    uint64_t words[60][8];
    cristretto_point points[60];
    for (size_t i = 0; i < n; i++) {
      const unsigned choice = (unsigned)(random_word() % 8);
      for (int k = 0; k < 8; k++) words[i][k] = random_word();
      if (choice == 0) memset(words[i], 0, 64);
      if (choice == 1) memset(words[i], 0xff, 64);
      if (choice == 2) memcpy(words[i] + 4, words[i], 32);
      if (choice == 3) memset(words[i], 0, 32);
    }
    cristretto_map(n, words[0], points);
    for (size_t i = 0; i < n; i++) {
      bytes32 expected;
      EXPECT(crypto_core_ristretto255_from_hash(expected, (const uint8_t *)words[i]) == 0);
      EXPECT_POINT(expected, &points[i]);
    }
  }
}

/// Points with any Z, prepared as rows, are the same points.
static void check_preparation(extent extent) {
  for (size_t n = 1; n < 40; n += extent == FEWEST ? 15 : 1) {
    problem s = make_problem(2 * n, MIXED, 253);
    const bytes32 two = {2}, three = {3};
    cristretto_scalar weights[2];
    cristretto_point folded[40], sum;
    cristretto_row rows[40];
    montgomery(&weights[0], two);
    montgomery(&weights[1], three);
    void *scratch = memory(cristretto_fold_scratch_size(2));
    cristretto_fold_variable_time(n, 2, weights, s.points, 2, 1, scratch, folded);
    free(scratch);
    cristretto_prepare(n, folded, rows);
    void *straus = memory(cristretto_straus_scratch_size());
    cristretto_straus(n, s.montgomery, 253, folded, straus, &sum);
    free(straus);
    bytes32 expected;
    cristretto_encode(1, &sum, (cristretto_encoding *)expected);
    scratch = memory(cristretto_buckets_scratch_size(n, 5));
    cristretto_buckets_variable_time(n, s.montgomery, rows, 5, scratch, &sum);
    EXPECT_POINT(expected, &sum);
    free(scratch);
    release(&s);
  }
}

void check_points(extent extent) {
  check_decoding(extent);
  check_mapping(extent);
  check_preparation(extent);
  check_sums(extent);
  check_folds(extent);
}
