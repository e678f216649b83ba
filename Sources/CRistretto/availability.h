// Which kernels are compiled.
//
//   -DCRISTRETTO_EMULATED   the kernels for AVX-512 IFMA with every instruction replaced by plain C: slow, and
//                           the same on every processor. For tests

#ifndef AVAILABILITY_H
#define AVAILABILITY_H

#include "CRistretto.h"

#if defined(CRISTRETTO_EMULATED) || \
    (defined(__x86_64__) && (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 9)))
#define CRISTRETTO_COMPILES 1
#else
#define CRISTRETTO_COMPILES 0
#endif

#endif
