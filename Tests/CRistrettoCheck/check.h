// What the checks share. Numbers are reproducible: the same seed everywhere.

#ifndef CHECK_H
#define CHECK_H

#include "../../Sources/CRistretto/availability.h"

uint64_t random_word(void);

/// The field and the scalars at their bounds, against slow numbers, for each kind of processor.
void cristretto_check_arithmetic_ifma(void);
void cristretto_check_arithmetic_avx2(void);
/// Points, sums and folding against libsodium; all sizes and windows, or a few.
void check_points(bool thoroughly);
/// Vectors of scalars against libsodium, and Keccak against a known answer.
void check_vectors(void);

#endif
