// Whether the kernels can be compiled at all.

#ifndef AVAILABILITY_H
#define AVAILABILITY_H

#include "CRistretto.h"

#if defined(__x86_64__) && (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 9))
#define CRISTRETTO_COMPILES 1
#else
#define CRISTRETTO_COMPILES 0
#endif

#endif
