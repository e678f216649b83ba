// The same for AVX2.

#define CRISTRETTO_AVX2
#include "../map.c"
