// Sums with secret scalars: their digits, found without looking at them, and the order of the sum.
//
// With windows of w bits, W of them, and 2^(w-1) added in all but the top one, the bits of each window less
// 2^(w-1) are digits -2^(w-1) … 2^(w-1) that need no carries. W = floor(bits/w) + 1 leaves room for the carry
// into the top window, so its digit, of which nothing is taken away, is at most 2^(w-1) too.
//
// Lane l serves the windows l R … l R + R - 1, where R = ceil(W/8) rounds: the sum takes R rounds from the
// top window of each lane to its bottom, with w doublings in between, and in the end the lanes are w R
// doublings apart.

// A digit is looked up by permutations of registers that hold the whole table, so no address depends on it; it and
// its sign become masks that choose between two values, so no branch does. Scripts/check-constant-time.sh executes
// this with secrets undefined and looks at the object code.

#ifndef SECRET_SUMS_H
#define SECRET_SUMS_H

#include "quad.h"
#include "scalars.h"

#if CRISTRETTO_COMPILES

/// How scalars are cut up.
typedef struct {
  unsigned width, windows, rounds;
} cutting;

static inline cutting cutting_of(unsigned bits, unsigned width) {
  cutting c = {width, bits / width + 1, 0};
  c.rounds = (c.windows + 7) / 8;
  return c;
}

/// The w R bits of each lane, for n scalars < 2^bits: 8 numbers for each scalar, one for each lane.
///
/// - n at most 512. chunks: room for n rounded up to a multiple of 8.
LANEWISE void cut_scalars(
    uint64_t (*chunks)[8], size_t n, const cristretto_scalar *scalars, cutting c) {
  uint64_t offset[4] = {0};
  for (unsigned w = 0; w + 1 < c.windows; w++) {
    const unsigned place = c.width * w + c.width - 1;
    offset[place / 64] |= 1ULL << place % 64;
  }
  const unsigned span = c.width * c.rounds;
  const lanes mask = lanes_repeat((1ULL << span) - 1);
  for (size_t i = 0; i < n; i += 8) {
    scalar8 s;
    lanes v[5];
    scalar8_load_part(v, scalars + i, n - i);
    scalar8_plain(&s, v);
    scalar8_to_words(v, &s);
    lanes carry = lanes_zero();
    for (int k = 0; k < 4; k++) {
      lanes sum = lanes_add(v[k], lanes_repeat(offset[k]));
      mask8 over = lanes_are_below(sum, v[k]);
      v[k] = lanes_add(sum, carry);
      over = mask_or(over, lanes_are_below(v[k], carry));
      carry = lanes_choose(over, lanes_repeat(1), lanes_zero());
    }
    v[4] = lanes_zero();
    for (unsigned l = 0; l < 8; l++) {
      const unsigned place = span * l, word = place / 64, shift = place % 64;
      lanes bits = lanes_zero();
      if (word < 4)
        bits = lanes_and(
            lanes_or(lanes_right_by(v[word], shift), lanes_left_by(v[word + 1], 64 - shift)), mask);
      lanes_scatter(&chunks[i][l], lanes_sequence(sizeof *chunks), bits);
    }
  }
}

/// What is taken away from the digits of a round: 2^(w-1), but nothing in the top window and above.
LANEWISE lanes round_offset(cutting c, unsigned round) {
  const lanes window = lanes_add(lanes_sequence(c.rounds), lanes_repeat(round));
  const mask8 below = lanes_are_below(window, lanes_repeat(c.windows - 1));
  return lanes_choose(below, lanes_repeat(1ULL << (c.width - 1)), lanes_zero());
}

/// The digits of one scalar in a round, as index |d| - 1 into a table, with the lanes in which d is not 0 and
/// in which it is negative.
LANEWISE lanes round_digits(
    const uint64_t chunks[8], cutting c, unsigned round, lanes offset, mask8 *present,
    mask8 *negative) {
  const lanes bits = lanes_and(
      lanes_right_by(lanes_load(chunks), c.width * round),
      lanes_repeat((1ULL << c.width) - 1));
  const lanes digit = lanes_subtract(bits, offset);
  const lanes magnitude = lanes_magnitude(digit);
  *negative = lanes_are_negative(digit);
  *present = mask_not(lanes_are_zero(magnitude));
  return lanes_subtract(magnitude, lanes_repeat(1));
}

/// The sum of 2^(w R l) times lane l.
SEPARATE void join_lanes(cristretto_point *sum, const point8 *parts, cutting c) {
  quad total, q;
  cached8 cached;
  cached8_from_point(&cached, parts);
  quad_identity(&total);
  for (int l = (int)((c.windows - 1) / c.rounds);; l--) {
    quad_from_cached(&q, &cached, l);
    quad_add(&total, &total, &q);
    if (l == 0) break;
    quad_double_times(&total, c.width * c.rounds);
  }
  quad_store(sum, &total);
}

/// What distinguishes one sum from another.
typedef struct {
  /// The bits of a window.
  unsigned width;
  /// Points that are summed together, so that their tables stay in the cache.
  size_t block;
  /// The tables of `count` points, of which `first` is the first.
  const void *(*tables)(void *scratch, const void *points, size_t first, size_t count);
  /// Adds a multiple of point i, found by what round_digits says.
  void (*add)(point8 *total, const void *tables, size_t i, lanes index, mask8 present, mask8 negative);
} secret_form;

/// The sum of s_i P_i over n points.
///
/// - points, scratch: for form.tables. chunks: room for the digits of a block.
LANEWISE void secret_sum(
    cristretto_point *sum, secret_form form, size_t n, const cristretto_scalar *scalars, unsigned bits,
    const void *points, uint64_t (*chunks)[8], void *scratch) {
  const cutting c = cutting_of(bits, form.width);
  point8 total;
  point8_identity(&total);
  for (size_t first = 0; first < n; first += form.block) {
    const size_t count = n - first < form.block ? n - first : form.block;
    const void *tables = form.tables(scratch, points, first, count);
    cut_scalars(chunks, count, scalars + first, c);
    point8 part;
    point8_identity(&part);
    for (unsigned round = c.rounds; round-- > 0;) {
      if (round + 1 < c.rounds) point8_double_times(&part, form.width);
      const lanes offset = round_offset(c, round);
      for (size_t i = 0; i < count; i++) {
        mask8 present, negative;
        const lanes index = round_digits(chunks[i], c, round, offset, &present, &negative);
        form.add(&part, tables, i, index, present, negative);
      }
    }
    if (first == 0)
      total = part;
    else
      point8_add(&total, &total, &part);
  }
  join_lanes(sum, &total, c);
}

#endif
#endif
