// The lanes of lanes_ifma.h in plain C, instruction by instruction.

#ifndef LANES_EMULATED_H
#define LANES_EMULATED_H

#define KERNEL

/// The compiler may choose: inlined everywhere, this takes minutes to compile.
#define LANEWISE static inline __attribute__((unused))

typedef struct {
  _Alignas(64) uint64_t lane[8];
} lanes;

/// Bit l for lane l.
typedef uint8_t mask8;

#define EACH(expression)                          \
  do {                                            \
    lanes r_;                                     \
    for (unsigned l = 0; l < 8; l++) r_.lane[l] = (expression); \
    return r_;                                    \
  } while (0)
/// The bits go through nothing, lest the compiler see the condition in them and branch.
#define MASK(condition)                           \
  do {                                            \
    unsigned m_ = 0;                              \
    for (unsigned l = 0; l < 8; l++) m_ |= (unsigned)(condition) << l; \
    __asm__("" : "+r"(m_));                       \
    return (mask8)m_;                             \
  } while (0)

/// The low and the high half of the product of the low 52 bits of a and b.
static inline uint64_t low_half(uint64_t a, uint64_t b) {
  return (uint64_t)((unsigned __int128)(a & LOW_52) * (b & LOW_52)) & LOW_52;
}
static inline uint64_t high_half(uint64_t a, uint64_t b) {
  return (uint64_t)((unsigned __int128)(a & LOW_52) * (b & LOW_52) >> 52);
}

// MARK: - Arithmetic

LANEWISE lanes lanes_load(const void *p) {
  lanes r;
  memcpy(&r, p, sizeof r);
  return r;
}
LANEWISE void lanes_store(void *p, lanes a) { memcpy(p, &a, sizeof a); }
LANEWISE lanes lanes_repeat(uint64_t x) { EACH(x); }
LANEWISE lanes lanes_zero(void) { EACH(0); }
LANEWISE lanes lanes_sequence(uint64_t step) { EACH(l * step); }
LANEWISE lanes lanes_add(lanes a, lanes b) { EACH(a.lane[l] + b.lane[l]); }
LANEWISE lanes lanes_subtract(lanes a, lanes b) { EACH(a.lane[l] - b.lane[l]); }
/// a n mod 2^64, for a < 2^32.
LANEWISE lanes lanes_times(lanes a, uint64_t n) { EACH(a.lane[l] * n); }
LANEWISE lanes lanes_and(lanes a, lanes b) { EACH(a.lane[l] & b.lane[l]); }
LANEWISE lanes lanes_or(lanes a, lanes b) { EACH(a.lane[l] | b.lane[l]); }
LANEWISE lanes lanes_xor(lanes a, lanes b) { EACH(a.lane[l] ^ b.lane[l]); }
LANEWISE lanes lanes_xor3(lanes a, lanes b, lanes c) { EACH(a.lane[l] ^ b.lane[l] ^ c.lane[l]); }
LANEWISE lanes lanes_xor_and_not(lanes a, lanes b, lanes c) { EACH(a.lane[l] ^ (~b.lane[l] & c.lane[l])); }
LANEWISE lanes lanes_right_by(lanes a, unsigned n) { EACH(n > 63 ? 0 : a.lane[l] >> n); }
LANEWISE lanes lanes_left_by(lanes a, unsigned n) { EACH(n > 63 ? 0 : a.lane[l] << n); }
LANEWISE lanes lanes_right(lanes a, unsigned n) { return lanes_right_by(a, n); }
LANEWISE lanes lanes_left(lanes a, unsigned n) { return lanes_left_by(a, n); }
LANEWISE lanes lanes_right_signed(lanes a, unsigned n) { EACH((uint64_t)((int64_t)a.lane[l] >> n)); }
LANEWISE lanes lanes_magnitude(lanes a) { EACH(a.lane[l] >> 63 ? 0 - a.lane[l] : a.lane[l]); }
LANEWISE lanes lanes_turn(lanes a, unsigned n) { EACH(a.lane[l] << n | a.lane[l] >> (64 - n) % 64); }
LANEWISE lanes lanes_add_low(lanes acc, lanes a, lanes b) {
  EACH(acc.lane[l] + low_half(a.lane[l], b.lane[l]));
}
LANEWISE lanes lanes_add_high(lanes acc, lanes a, lanes b) {
  EACH(acc.lane[l] + high_half(a.lane[l], b.lane[l]));
}

// MARK: - Masks

LANEWISE mask8 mask_from_bits(unsigned bits) { return (mask8)bits; }
LANEWISE unsigned mask_to_bits(mask8 m) { return m; }
LANEWISE mask8 mask_and(mask8 a, mask8 b) { return a & b; }
LANEWISE mask8 mask_or(mask8 a, mask8 b) { return a | b; }
LANEWISE mask8 mask_xor(mask8 a, mask8 b) { return a ^ b; }
LANEWISE mask8 mask_not(mask8 a) { return (mask8)~a; }
LANEWISE mask8 lanes_are_below(lanes a, lanes b) { MASK(a.lane[l] < b.lane[l]); }
LANEWISE mask8 lanes_are_equal(lanes a, lanes b) { MASK(a.lane[l] == b.lane[l]); }
LANEWISE mask8 lanes_are_negative(lanes a) { MASK(a.lane[l] >> 63); }
LANEWISE mask8 lanes_are_odd(lanes a) { MASK(a.lane[l] & 1); }
LANEWISE mask8 lanes_are_zero(lanes a) { MASK(a.lane[l] == 0); }
/// Without a branch, so that a look for secrets in branches finds none here.
LANEWISE lanes lanes_choose(mask8 mask, lanes a, lanes b) {
  EACH(b.lane[l] ^ ((a.lane[l] ^ b.lane[l]) & (0 - (uint64_t)(mask >> l & 1))));
}

// MARK: - Between lanes

LANEWISE lanes lanes_rotate(lanes a, unsigned distance) { EACH(a.lane[(l + distance) % 8]); }

/// The number with an index below count, without reading by the index.
static inline uint64_t pick(const uint64_t *table, unsigned count, uint64_t index) {
  uint64_t found = 0;
  for (unsigned i = 0; i < count; i++) {
    uint64_t mask = 0 - (((i ^ (index & (count - 1))) - 1) >> 63);
    __asm__("" : "+r"(mask));
    found |= table[i] & mask;
  }
  return found;
}
LANEWISE lanes lanes_look_up_8(const lanes table[1], lanes index) {
  EACH(pick((const uint64_t *)table, 8, index.lane[l]));
}
LANEWISE lanes lanes_look_up_16(const lanes table[2], lanes index) {
  EACH(pick((const uint64_t *)table, 16, index.lane[l]));
}

// MARK: - Memory

static inline uint64_t word_at(const void *base, uint64_t offset) {
  uint64_t word;
  memcpy(&word, (const char *)base + offset, sizeof word);
  return word;
}
LANEWISE lanes lanes_gather_masked(lanes other, mask8 mask, const void *base, lanes offsets) {
  EACH(mask >> l & 1 ? word_at(base, offsets.lane[l]) : other.lane[l]);
}
LANEWISE lanes lanes_gather(const void *base, lanes offsets) { EACH(word_at(base, offsets.lane[l])); }
LANEWISE void lanes_scatter_masked(void *base, mask8 mask, lanes offsets, lanes a) {
  for (int l = 0; l < 8; l++)
    if (mask >> l & 1) memcpy((char *)base + offsets.lane[l], &a.lane[l], 8);
}
LANEWISE void lanes_scatter(void *base, lanes offsets, lanes a) {
  lanes_scatter_masked(base, 0xff, offsets, a);
}
LANEWISE lanes lanes_load_32(const uint32_t *p) { EACH(p[l]); }
LANEWISE void lanes_store_16(uint16_t *p, lanes a) {
  for (int l = 0; l < 8; l++) p[l] = (uint16_t)a.lane[l];
}
LANEWISE void lanes_transpose(lanes w[4], const char *const row[8], size_t first) {
  for (size_t k = 0; k < 4; k++)
    for (int l = 0; l < 8; l++) w[k].lane[l] = word_at(row[l], 8 * (first + k));
}
LANEWISE void lanes_load_rows(lanes w[4], const void *p) {
  for (size_t k = 0; k < 4; k++)
    for (size_t l = 0; l < 8; l++) w[k].lane[l] = word_at(p, 32 * l + 8 * k);
}
LANEWISE void lanes_store_rows(void *p, const lanes w[4]) {
  for (size_t k = 0; k < 4; k++)
    for (size_t l = 0; l < 8; l++) memcpy((char *)p + 32 * l + 8 * k, &w[k].lane[l], 8);
}

// MARK: - Four lanes

typedef struct {
  uint64_t lane[4];
} lanes4;

#define EACH4(expression)                         \
  do {                                            \
    lanes4 r_;                                    \
    for (unsigned l = 0; l < 4; l++) r_.lane[l] = (expression); \
    return r_;                                    \
  } while (0)

LANEWISE lanes4 lanes4_repeat(uint64_t x) { EACH4(x); }
LANEWISE lanes4 lanes4_zero(void) { EACH4(0); }
LANEWISE lanes4 lanes4_of(uint64_t a, uint64_t b, uint64_t c, uint64_t d) { return (lanes4){{a, b, c, d}}; }
LANEWISE lanes4 lanes4_add(lanes4 a, lanes4 b) { EACH4(a.lane[l] + b.lane[l]); }
LANEWISE lanes4 lanes4_subtract(lanes4 a, lanes4 b) { EACH4(a.lane[l] - b.lane[l]); }
LANEWISE lanes4 lanes4_and(lanes4 a, lanes4 b) { EACH4(a.lane[l] & b.lane[l]); }
LANEWISE lanes4 lanes4_right(lanes4 a, unsigned n) { EACH4(a.lane[l] >> n); }
LANEWISE lanes4 lanes4_left_each(lanes4 a, lanes4 n) { EACH4(a.lane[l] << n.lane[l]); }
LANEWISE lanes4 lanes4_add_low(lanes4 acc, lanes4 a, lanes4 b) {
  EACH4(acc.lane[l] + low_half(a.lane[l], b.lane[l]));
}
LANEWISE lanes4 lanes4_add_high(lanes4 acc, lanes4 a, lanes4 b) {
  EACH4(acc.lane[l] + high_half(a.lane[l], b.lane[l]));
}
LANEWISE void lanes4_store(void *p, lanes4 a) { memcpy(p, &a, sizeof a); }
LANEWISE lanes4 LANES4_SELECT(lanes4 a, int l0, int l1, int l2, int l3) {
  return (lanes4){{a.lane[l0], a.lane[l1], a.lane[l2], a.lane[l3]}};
}
LANEWISE lanes4 LANES4_CHOOSE(unsigned bits, lanes4 a, lanes4 b) {
  EACH4(bits >> l & 1 ? a.lane[l] : b.lane[l]);
}

#undef EACH
#undef EACH4
#undef MASK

#endif
