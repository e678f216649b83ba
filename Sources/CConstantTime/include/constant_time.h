#pragma once
#include <stdint.h>

// The word itself, of which the optimiser then knows nothing. Without it, a mask made from a comparison is
// recognised as one, and the choice it was made for may be compiled to a branch on the secret.
static inline uint64_t opaque_word(uint64_t word) {
  __asm__("" : "+r"(word));
  return word;
}
