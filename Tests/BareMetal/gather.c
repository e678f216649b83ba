// Gathers and scatters that Bochs refuses, in plain C, on the registers that boot.S has saved.
//
//   62  R X B R' 0 0 m m  W v v v v 1 p p  z L' L b V' a a a  opcode  mod reg 100  scale index base  displacement
//
// The bits in capitals and v are inverted. Intel SDM, volume 2, 2.7.

#include "loader.h"

extern uint64_t saved_vectors[32][8], saved_masks[8];

uint64_t gathers_carried_out;

int carry_out_gather(frame *f) {
  const uint8_t *b = (const uint8_t *)f->instruction;
  const int is_gather = b[4] == 0x91, is_scatter = b[4] == 0xa1;
  // Opcodes 0F 38, 66, W; 512 bits, merging, no broadcast, V' (inverted) 0; an address with an index.
  if (b[0] != 0x62 || (b[1] & 0x0f) != 0x02 || b[2] != 0xfd || (b[3] & 0xf8) != 0x40 || !(is_gather || is_scatter) ||
      (b[5] & 7) != 4 || b[5] >> 6 == 3)
    return 0;
  const unsigned vector = (b[5] >> 3 & 7) | (b[1] & 0x80 ? 0 : 8) | (b[1] & 0x10 ? 0 : 16);
  const unsigned index = (b[6] >> 3 & 7) | (b[1] & 0x40 ? 0 : 8) | 16;
  const unsigned base = (b[6] & 7) | (b[1] & 0x20 ? 0 : 8);
  const unsigned mask = b[3] & 7, scale = b[6] >> 6, mode = b[5] >> 6;
  if (mask == 0 || (is_gather && vector == index)) return 0;
  const int has_base = mode != 0 || (base & 7) != 5;
  uint64_t start = !has_base ? 0 : base == 4 ? f->stack : f->general[base];
  f->instruction += 7;
  if (mode == 1) {
    start += 8 * (uint64_t)(int64_t)(int8_t)b[7];  // in units of an element
    f->instruction += 1;
  } else if (mode == 2 || !has_base) {
    int32_t displacement;
    __builtin_memcpy(&displacement, b + 7, 4);
    start += (uint64_t)(int64_t)displacement;
    f->instruction += 4;
  }
  for (int l = 0; l < 8; l++) {
    if (!(saved_masks[mask] >> l & 1)) continue;
    uint64_t *element = (uint64_t *)(start + (saved_vectors[index][l] << scale));
    if (is_gather)
      __builtin_memcpy(&saved_vectors[vector][l], element, 8);
    else
      __builtin_memcpy(element, &saved_vectors[vector][l], 8);
  }
  saved_masks[mask] = 0;
  gathers_carried_out++;
  return 1;
}
