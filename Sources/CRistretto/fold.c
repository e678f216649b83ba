// Linear combinations of vectors of points with shared public scalars, in variable time: the folding of
// generators.
//
// Eight outputs side by side, one in each lane. All use the same scalars, so the digits steer all lanes
// alike.
//
// Cost for K scalars of b bits and eight outputs: b doublings, and for each scalar b/6 additions and 8 for
// its table.

#include "points.h"
#include "scalars.h"

#if CRISTRETTO_COMPILES

/// Digits are odd, below 2^(WIDTH - 1) in magnitude, and at most one of WIDTH neighbours is not 0.
#define WIDTH 5
#define ODD_MULTIPLES 8
/// Positions of digits: 252 bits and a carry.
#define PLACES 254

/// One term of the combination: the digits of its scalar, and P, 3P, 5P, … of eight points.
typedef struct {
  cached8 multiples[ODD_MULTIPLES];
  int8_t digits[PLACES + 2];
  /// How many of the multiples the digits need.
  int needed;
} term;

/// The digits of s or -s, whichever is shorter, with its sign; returns their number.
static int make_digits(term *t, const uint64_t plain[4], const uint64_t opposite[4]) {
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
    const int window = (int)(bits & ((1 << WIDTH) - 1)) + (int)carry;
    if (window % 2 == 0) {
      place++;
      continue;
    }
    // An odd window of up to 2^WIDTH - 1: its upper half becomes negative, with a carry.
    carry = window >= 1 << (WIDTH - 1);
    const int digit = window - ((int)carry << WIDTH);
    const int magnitude = digit < 0 ? -digit : digit;
    if (magnitude > largest) largest = magnitude;
    t->digits[place] = (int8_t)(sign * digit);
    count = place + 1;
    place += WIDTH;
  }
  t->needed = (largest + 1) / 2;
  return count;
}

/// The digits of all scalars; returns the number of places.
KERNEL static int make_all_digits(term *terms, size_t count, const cristretto_scalar *scalars) {
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
      const int used = make_digits(terms + i + l, a, b);
      if (used > places) places = used;
    }
  }
  return places;
}

KERNEL static void make_multiples(
    term *t, const cristretto_point *points, size_t step, mask8 present) {
  if (t->needed == 0) return;
  point8 p;
  cached8 twice;
  point8_gather(&p, points, lanes_sequence(step * sizeof *points), present);
  cached8_from_point(&t->multiples[0], &p);
  if (t->needed == 1) return;
  point8 q;
  point8_double(&q, &p);
  cached8_from_point(&twice, &q);
  for (int e = 1; e < t->needed; e++) {
    point8_add_cached(&p, &p, &twice, mask_from_bits(0));
    cached8_from_point(&t->multiples[e], &p);
  }
}

/// Eight outputs.
KERNEL static void combine(point8 *total, const term *terms, size_t count, int places) {
  point8_identity(total);
  bool started = false;
  for (int place = places - 1; place >= 0; place--) {
    if (started) point8_double(total, total);
    for (size_t k = 0; k < count; k++) {
      const int digit = terms[k].digits[place];
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

size_t KERNEL_NAME(fold_scratch_size)(size_t terms) { return terms * sizeof(term); }

KERNEL void KERNEL_NAME(fold_variable_time)(
    size_t n, size_t count, const cristretto_scalar *scalars, const cristretto_point *points,
    size_t step, size_t gap, void *scratch, cristretto_point *out) {
  term *terms = scratch;
  const int places = make_all_digits(terms, count, scalars);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    point8 total;
    for (size_t k = 0; k < count; k++) make_multiples(terms + k, points + i * step + k * gap, step, present);
    combine(&total, terms, count, places);
    point8_scatter(out + i, lanes_sequence(sizeof *out), present, &total);
  }
}

#endif
