// What the checks share. Numbers are reproducible: the same seed everywhere.

#ifndef CHECK_H
#define CHECK_H

#include "../../Sources/CRistretto/availability.h"

uint64_t random_word(void);

/// The field and the scalars at their bounds, against slow numbers, for each kind of processor.
void cristretto_check_arithmetic_ifma(void);
void cristretto_check_arithmetic_avx2(void);
/// How many sizes and windows are tried.
typedef enum { ALL, FEW, FEWEST } extent;

/// Points, sums and folding against libsodium.
void check_points(extent extent);
/// Vectors of scalars against libsodium, and Keccak against a known answer.
void check_vectors(void);

#endif
