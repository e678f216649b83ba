#include "availability.h"

bool cristretto_is_available(void) {
#if defined(CRISTRETTO_EMULATED)
  return true;
#elif CRISTRETTO_COMPILES
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512ifma");
#else
  return false;
#endif
}
