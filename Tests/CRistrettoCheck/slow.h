// Arithmetic that is obviously right: numbers of 32-bit digits, least significant first, reduced one bit at a
// time.

#ifndef SLOW_H
#define SLOW_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 40

typedef struct {
  uint32_t digit[DIGITS];
} slow;

static inline void fail(const char *what, int line) {
  fprintf(stderr, "check failed in line %d: %s\n", line, what);
  exit(1);
}

#define EXPECT(condition)                       \
  do {                                          \
    if (!(condition)) fail(#condition, __LINE__); \
  } while (0)

/// r += word 2^bit
static inline void slow_add_word(slow *r, uint64_t word, unsigned bit) {
  unsigned __int128 sum = (unsigned __int128)word << bit % 32;
  for (unsigned k = bit / 32; k < DIGITS && sum; k++) {
    sum += r->digit[k];
    r->digit[k] = (uint32_t)sum;
    sum >>= 32;
  }
  EXPECT(sum == 0);
}

static inline slow slow_multiply(const slow *a, const slow *b) {
  slow r = {{0}};
  for (unsigned i = 0; i < DIGITS; i++)
    for (unsigned j = 0; a->digit[i] && j < DIGITS; j++)
      if (b->digit[j]) slow_add_word(&r, (uint64_t)a->digit[i] * b->digit[j], 32 * (i + j));
  return r;
}

static inline int slow_compare(const slow *a, const slow *b) {
  for (int k = DIGITS - 1; k >= 0; k--)
    if (a->digit[k] != b->digit[k]) return a->digit[k] < b->digit[k] ? -1 : 1;
  return 0;
}

static inline void slow_subtract(slow *a, const slow *b) {
  int64_t borrow = 0;
  for (int k = 0; k < DIGITS; k++) {
    int64_t d = (int64_t)a->digit[k] - b->digit[k] + borrow;
    a->digit[k] = (uint32_t)d;
    borrow = d >> 32;
  }
}

/// a mod m
static inline slow slow_modulo(const slow *a, const slow *m) {
  slow rest = {{0}};
  for (int bit = 32 * DIGITS - 1; bit >= 0; bit--) {
    for (int k = DIGITS - 1; k > 0; k--) rest.digit[k] = rest.digit[k] << 1 | rest.digit[k - 1] >> 31;
    rest.digit[0] = rest.digit[0] << 1 | (a->digit[bit / 32] >> bit % 32 & 1);
    if (slow_compare(&rest, m) >= 0) slow_subtract(&rest, m);
  }
  return rest;
}

/// Five limbs, 2^bits apart.
static inline slow slow_from_limbs(const uint64_t *limbs, unsigned bits) {
  slow r = {{0}};
  for (unsigned k = 0; k < 5; k++) slow_add_word(&r, limbs[k], bits * k);
  return r;
}

/// 2^255 - 19
static inline slow slow_field_prime(void) {
  slow p = {{0}}, nineteen = {{19}};
  slow_add_word(&p, 1, 255);
  slow_subtract(&p, &nineteen);
  return p;
}

/// 2^252 + 27742317777372353535851937790883648493
static inline slow slow_group_order(void) {
  slow l = {{0}};
  slow_add_word(&l, 0x5812631a5cf5d3ed, 0);
  slow_add_word(&l, 0x14def9dea2f79cd6, 64);
  slow_add_word(&l, 1, 252);
  return l;
}

#endif
