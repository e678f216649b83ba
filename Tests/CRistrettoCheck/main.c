// Checks of CRistretto for builds that the Swift tests cannot make: with bounds executed (-DCRISTRETTO_CHECK)
// and under the sanitizers of clang. Run by Scripts/check-kernels.sh; with `few` or `fewest` as
// argument, fewer sizes are tried.

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
uint64_t random_word(void) {
  static uint64_t state = 1;
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

int main(int count, char **arguments) {
  if (sodium_init() < 0) return 1;
  if (!cristretto_is_available()) {
    puts("kernels are not available here: nothing to check");
    return 0;
  }
  printf("%s\n", cristretto_backend());
#if CRISTRETTO_HAS_IFMA
  if (strcmp(cristretto_backend(), "AVX2")) cristretto_check_arithmetic_ifma();
#endif
#if CRISTRETTO_HAS_AVX2
  cristretto_check_arithmetic_avx2();
#endif
  puts("arithmetic: ok");
  check_vectors();
  puts("vectors: ok");
  check_points(count == 1 ? ALL : strcmp(arguments[1], "few") == 0 ? FEW : FEWEST);
  puts("points: ok");
  return 0;
}
