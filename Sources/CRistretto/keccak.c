// The permutation Keccak-f[1600] on eight states side by side (FIPS 202, section 3).

#include "lanes.h"

#if CRISTRETTO_COMPILES

/// The constants of the step iota, one for each round.
static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/// How far lane x + 5 y turns in the step rho.
#define TURN(i)                                                                                     \
  ((const int[25]){0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, \
                   61, 56, 14}[i])

KERNEL void KERNEL_NAME(keccak_8)(uint64_t *words) {
  lanes a[25], b[25], c[5], d[5];
  for (int i = 0; i < 25; i++) a[i] = lanes_load(words + 8 * i);
  for (int round = 0; round < 24; round++) {
    // theta: each lane takes in the parity of two neighbouring columns.
    UNROLL for (int x = 0; x < 5; x++)
        c[x] = lanes_xor3(lanes_xor3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
    UNROLL for (int x = 0; x < 5; x++) d[x] = lanes_turn(c[(x + 1) % 5], 1);
    // rho and pi: lanes turn and trade places, (x, y) to (y, 2x + 3y).
    UNROLL for (int y = 0; y < 5; y++) {
      UNROLL for (int x = 0; x < 5; x++)
          b[y + 5 * ((2 * x + 3 * y) % 5)] = lanes_turn(
              lanes_xor3(a[x + 5 * y], c[(x + 4) % 5], d[x]), (unsigned)TURN(x + 5 * y));
    }
    // chi: the only step that is not linear.
    UNROLL for (int y = 0; y < 25; y += 5) {
      UNROLL for (int x = 0; x < 5; x++)
          a[y + x] = lanes_xor_and_not(b[y + x], b[y + (x + 1) % 5], b[y + (x + 2) % 5]);
    }
    // iota: a constant that tells the rounds apart.
    a[0] = lanes_xor(a[0], lanes_repeat(round_constants[round]));
  }
  for (int i = 0; i < 25; i++) lanes_store(words + 8 * i, a[i]);
}

#endif
