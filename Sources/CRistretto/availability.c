// The functions of the header: each calls the form for the processor that it runs on.

#include "availability.h"

typedef enum { NONE, AVX2, IFMA } processor;

static processor processor_here(void) {
#if defined(CRISTRETTO_EMULATED)
  return IFMA;
#else
#if CRISTRETTO_HAS_IFMA || CRISTRETTO_HAS_AVX2
  __builtin_cpu_init();
#endif
#if CRISTRETTO_HAS_IFMA
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512ifma"))
    return IFMA;
#endif
#if CRISTRETTO_HAS_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return AVX2;
#endif
  return NONE;
#endif
}

bool cristretto_is_available(void) { return processor_here() != NONE; }

const char *cristretto_backend(void) {
#if defined(CRISTRETTO_EMULATED)
  return "emulated";
#else
  switch (processor_here()) {
    case IFMA: return "AVX-512 IFMA";
    case AVX2: return "AVX2";
    default: return "none";
  }
#endif
}

#if CRISTRETTO_HAS_IFMA
#define CALL_IFMA(name, arguments) \
  case IFMA: return cristretto_##name##_ifma arguments;
#else
#define CALL_IFMA(name, arguments)
#endif
#if CRISTRETTO_HAS_AVX2
#define CALL_AVX2(name, arguments) \
  case AVX2: return cristretto_##name##_avx2 arguments;
#else
#define CALL_AVX2(name, arguments)
#endif

// Anyone who calls where nothing is available ends the process.
#define CHOOSE_FORM(result, name, parameters, arguments) \
  result cristretto_##name parameters {                  \
    switch (processor_here()) {                          \
      CALL_IFMA(name, arguments)                         \
      CALL_AVX2(name, arguments)                         \
      default: __builtin_trap();                         \
    }                                                    \
  }
EACH_KERNEL(CHOOSE_FORM)
