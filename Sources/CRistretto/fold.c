// Linear combinations of vectors of points with shared public scalars, in variable time: the folding of
// generators.
//
// Eight outputs side by side, one in each lane. All use the same scalars, so the digits steer all lanes
// alike.
//
// Cost for K scalars of b bits and eight outputs: b doublings, and for each scalar b/6 additions and 8 for
// its table.
//
// Points with rows 2^(c w) P need neither: for each scalar b/5 rows are added up by digit and place mod c, and c
// doublings and 7 c additions put these sums together.

#include "points.h"
#include "scalars.h"

#if CRISTRETTO_COMPILES

/// Digits are odd, below 2^(width - 1) in magnitude, and at most one of `width` neighbours is not 0.
#define WIDTH 5
#define ODD_MULTIPLES 8
#define ROW_WIDTH 4
#define ROW_MULTIPLES 4
/// Positions of digits: 252 bits and a carry.
#define PLACES 254

/// The digits of a scalar, by place.
typedef struct {
  int8_t digits[PLACES + 2];
  /// How many of 1, 3, 5, … are among their magnitudes, as far as the largest.
  int needed;
} recoded;

/// The digits of s or -s, whichever is shorter, with its sign; returns their number.
static int make_digits(recoded *t, unsigned width, const uint64_t plain[4], const uint64_t opposite[4]) {
  uint64_t v[5] = {0};
  int sign = 1;
  // |s| <= (l - 1)/2 < 2^252: compare the two from the top.
  for (int k = 3; k >= 0; k--)
    if (plain[k] != opposite[k]) {
      if (plain[k] > opposite[k]) sign = -1;
      break;
    }
  memcpy(v, sign > 0 ? plain : opposite, 32);
  memset(t->digits, 0, sizeof t->digits);
  int largest = 0, count = 0;
  uint64_t carry = 0;
  for (int place = 0; place < PLACES;) {
    const int word = place / 64, shift = place % 64;
    uint64_t bits = v[word] >> shift;
    if (shift > 0) bits |= v[word + 1] << (64 - shift);
    const int window = (int)(bits & ((1u << width) - 1)) + (int)carry;
    if (window % 2 == 0) {
      place++;
      continue;
    }
    // An odd window of up to 2^width - 1: its upper half becomes negative, with a carry.
    carry = window >= 1 << (width - 1);
    const int digit = window - ((int)carry << width);
    const int magnitude = digit < 0 ? -digit : digit;
    if (magnitude > largest) largest = magnitude;
    t->digits[place] = (int8_t)(sign * digit);
    count = place + 1;
    place += (int)width;
  }
  t->needed = (largest + 1) / 2;
  return count;
}

/// The digits of all scalars; returns the number of places.
KERNEL static int make_all_digits(
    recoded *terms, unsigned width, size_t count, const cristretto_scalar *scalars) {
  int places = 0;
  for (size_t i = 0; i < count; i += 8) {
    lanes w[4];
    scalar8 s, order, opposite;
    uint64_t plain[4][8], other[4][8];
    scalar8_load_part(w, scalars + i, count - i);
    scalar8_plain(&s, w);
    scalar8_order(&order);
    scalar8_subtract(&opposite, &order, &s);
    scalar8_to_words(w, &s);
    for (int k = 0; k < 4; k++) lanes_store(plain[k], w[k]);
    scalar8_to_words(w, &opposite);
    for (int k = 0; k < 4; k++) lanes_store(other[k], w[k]);
    for (size_t l = 0; l < 8 && i + l < count; l++) {
      const uint64_t a[4] = {plain[0][l], plain[1][l], plain[2][l], plain[3][l]};
      const uint64_t b[4] = {other[0][l], other[1][l], other[2][l], other[3][l]};
      const int used = make_digits(terms + i + l, width, a, b);
      if (used > places) places = used;
    }
  }
  return places;
}

// MARK: - Any points

/// P, 3P, 5P, … of eight points.
typedef struct {
  cached8 multiples[ODD_MULTIPLES];
} term;

KERNEL static void make_multiples(
    term *t, int needed, const cristretto_point *points, size_t step, mask8 present) {
  if (needed == 0) return;
  point8 p;
  cached8 twice;
  point8_gather(&p, points, lanes_sequence(step * sizeof *points), present);
  cached8_from_point(&t->multiples[0], &p);
  if (needed == 1) return;
  point8 q;
  point8_double(&q, &p);
  cached8_from_point(&twice, &q);
  for (int e = 1; e < needed; e++) {
    point8_add_cached(&p, &p, &twice, mask_from_bits(0));
    cached8_from_point(&t->multiples[e], &p);
  }
}

/// Eight outputs.
KERNEL static void combine(
    point8 *total, const term *terms, const recoded *scalars, size_t count, int places) {
  point8_identity(total);
  bool started = false;
  for (int place = places - 1; place >= 0; place--) {
    if (started) point8_double(total, total);
    for (size_t k = 0; k < count; k++) {
      const int digit = scalars[k].digits[place];
      if (digit == 0) continue;
      started = true;
      const cached8 *multiple = &terms[k].multiples[((digit < 0 ? -digit : digit) - 1) / 2];
      if (digit > 0) {
        point8_add_cached(total, total, multiple, mask_from_bits(0));
      } else {
        cached8 opposite = *multiple;
        opposite.difference = multiple->sum;
        opposite.sum = multiple->difference;
        point8_add_cached(total, total, &opposite, mask_from_bits(0xff));
      }
    }
  }
}

size_t KERNEL_NAME(fold_scratch_size)(size_t terms) { return terms * (sizeof(term) + sizeof(recoded)); }

KERNEL void KERNEL_NAME(fold_variable_time)(
    size_t n, size_t count, const cristretto_scalar *scalars, const cristretto_point *points,
    size_t step, size_t gap, void *scratch, cristretto_point *out) {
  term *terms = scratch;
  recoded *digits = (recoded *)(terms + count);
  const int places = make_all_digits(digits, WIDTH, count, scalars);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    point8 total;
    for (size_t k = 0; k < count; k++)
      make_multiples(terms + k, digits[k].needed, points + i * step + k * gap, step, present);
    combine(&total, terms, digits, count, places);
    point8_scatter(out + i, lanes_sequence(sizeof *out), present, &total);
  }
}

// MARK: - Points with rows

/// At most this many digits of a scalar are not 0, and places mod c have this many buckets.
#define DIGITS_WITH_ROWS (PLACES / ROW_WIDTH + 1)
#define MOST_BUCKETS (15 * ROW_MULTIPLES)

/// A digit: which term, the first of the rows of its window, and the sign.
typedef struct {
  uint32_t term, window_row;
  bool negative;
} entry;

typedef struct {
  /// Where the digits of bucket ROW_MULTIPLES (place mod c) + (|d| - 1)/2 start among the entries.
  size_t first[MOST_BUCKETS + 1];
  recoded digits[];
} row_workspace;

size_t KERNEL_NAME(table_fold_scratch_size)(size_t terms) {
  return sizeof(row_workspace) + terms * (sizeof(recoded) + DIGITS_WITH_ROWS * sizeof(entry));
}

/// Sorts all digits into buckets.
static void sort_digits(
    row_workspace *s, entry *entries, size_t count, int places, size_t distance, unsigned c) {
  const size_t buckets = c * ROW_MULTIPLES;
  size_t next[MOST_BUCKETS] = {0};
#define EACH_DIGIT(statement)                                                                   \
  for (size_t k = 0; k < count; k++)                                                            \
    for (unsigned place = 0; place < (unsigned)places; place++) {                               \
      const int digit = s->digits[k].digits[place];                                             \
      if (digit == 0) continue;                                                                 \
      const size_t bucket = place % c * ROW_MULTIPLES + (size_t)((digit < 0 ? -digit : digit) - 1) / 2; \
      statement;                                                                                \
    }
  EACH_DIGIT(next[bucket]++)
  s->first[0] = 0;
  for (size_t b = 0; b < buckets; b++) {
    s->first[b + 1] = s->first[b] + next[b];
    next[b] = s->first[b];
  }
  EACH_DIGIT(entries[next[bucket]++] =
                 ((entry){(uint32_t)k, (uint32_t)(place / c * distance), digit < 0}))
#undef EACH_DIGIT
}

/// Adds the rows of a bucket to eight sums; false if there are none.
KERNEL static bool add_bucket(
    point8 *sum, bool started, const entry *from, const entry *to, const cristretto_row *rows,
    const uint32_t *indices, size_t n, size_t lanes_used) {
  for (; from < to; from++) {
    const char *row[8];
    for (size_t l = 0; l < 8; l++) {
      const uint32_t index = indices[from->term * n + (l < lanes_used ? l : 0)];
      row[l] = (const char *)(index == CRISTRETTO_NO_ROW ? &identity_row : rows + from->window_row + index);
    }
    const mask8 negative = mask_from_bits(from->negative ? 0xff : 0);
    affine8 q;
    affine8_load(&q, row, negative);
    if (started)
      point8_add_affine(sum, sum, &q, negative);
    else
      point8_from_affine(sum, &q, negative);
    started = true;
  }
  return started;
}

/// Eight outputs. With B_e the sum of the bucket of digits 2 e + 1 at places p mod c, and R_e = B_e + … + B_3,
///
///   B_0 + 3 B_1 + 5 B_2 + 7 B_3 = R_0 + 2 (R_1 + R_2 + R_3)
///
/// and what is to be doubled goes into the sum of the places above, which is doubled anyway.
KERNEL static void combine_rows(
    point8 *total, const row_workspace *s, const entry *entries, unsigned c, const cristretto_row *rows,
    const uint32_t *indices, size_t n, size_t lanes_used) {
  point8_identity(total);
  for (unsigned place = c; place-- > 0;) {
    point8 running;
    bool started = false;
    for (unsigned e = ROW_MULTIPLES; e-- > 0;) {
      const size_t *first = s->first + place * ROW_MULTIPLES + e;
      started = add_bucket(
          &running, started, entries + first[0], entries + first[1], rows, indices, n, lanes_used);
      if (e > 0) {
        if (started) point8_add(total, total, &running);
      } else {
        point8_double_times(total, 1);
        if (started) point8_add(total, total, &running);
      }
    }
  }
}

KERNEL void KERNEL_NAME(table_fold_variable_time)(
    size_t n, size_t count, const cristretto_scalar *scalars, const cristretto_row *rows, size_t distance,
    unsigned c, const uint32_t *indices, void *scratch, cristretto_point *out) {
  row_workspace *s = scratch;
  entry *entries = (entry *)(s->digits + count);
  const int places = make_all_digits(s->digits, ROW_WIDTH, count, scalars);
  sort_digits(s, entries, count, places, distance, c);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    point8 total;
    combine_rows(&total, s, entries, c, rows, indices + i, n, n - i);
    point8_scatter(out + i, lanes_sequence(sizeof *out), present, &total);
  }
}

#endif
