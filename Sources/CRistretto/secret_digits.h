// Signed digits of secret scalars, found without looking at them.
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

#ifndef SECRET_DIGITS_H
#define SECRET_DIGITS_H

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
LANEWISE void join_lanes(cristretto_point *sum, const point8 *parts, cutting c) {
  quad total, q;
  cached8 cached;
  cached8_from_point(&cached, parts);
  quad_identity(&total);
  for (int l = (int)((c.windows - 1) / c.rounds);; l--) {
    quad_from_cached(&q, &cached, l);
    quad_add(&total, &total, &q);
    if (l == 0) break;
    for (unsigned k = 0; k < c.width * c.rounds; k++) quad_double(&total, &total);
  }
  quad_store(sum, &total);
}

#endif
#endif
