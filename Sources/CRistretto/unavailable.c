// Where the kernels cannot be compiled: every function ends the process. Nothing calls them, as
// cristretto_is_available() is false.

#include "availability.h"

#if !CRISTRETTO_COMPILES

#define UNAVAILABLE \
  { __builtin_trap(); }

void cristretto_decode(
    size_t n, const cristretto_encoding *encodings, cristretto_row *rows, cristretto_point *points,
    uint8_t *status) UNAVAILABLE
void cristretto_encode(size_t n, const cristretto_point *points, cristretto_encoding *encodings) UNAVAILABLE
void cristretto_prepare(size_t n, const cristretto_point *points, cristretto_row *rows) UNAVAILABLE
size_t cristretto_window_count(unsigned window_bits) UNAVAILABLE
size_t cristretto_buckets_scratch_size(size_t n, unsigned window_bits) UNAVAILABLE
void cristretto_buckets_variable_time(
    size_t n, const cristretto_scalar *scalars, const cristretto_row *rows, unsigned window_bits,
    void *scratch, cristretto_point *sum) UNAVAILABLE
size_t cristretto_straus_scratch_size(void) UNAVAILABLE
void cristretto_straus(
    size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_point *points,
    void *scratch, cristretto_point *sum) UNAVAILABLE
void cristretto_table_rows(
    size_t n, const cristretto_point *points, unsigned window_bits, cristretto_row *rows) UNAVAILABLE
size_t cristretto_table_scratch_size(size_t n, unsigned window_bits) UNAVAILABLE
void cristretto_table_sum_variable_time(
    size_t n, const cristretto_scalar *scalars, const cristretto_row *rows, size_t distance,
    unsigned window_bits, void *scratch, cristretto_point *sum) UNAVAILABLE
void cristretto_table_multiples(
    size_t n, const cristretto_point *points, cristretto_multiples *tables) UNAVAILABLE
size_t cristretto_multiples_scratch_size(void) UNAVAILABLE
void cristretto_multiples_sum(
    size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_multiples *tables,
    void *scratch, cristretto_point *sum) UNAVAILABLE
size_t cristretto_fold_scratch_size(size_t terms) UNAVAILABLE
void cristretto_fold_variable_time(
    size_t n, size_t terms, const cristretto_scalar *scalars, const cristretto_point *points, size_t step,
    size_t gap, void *scratch, cristretto_point *out) UNAVAILABLE
void cristretto_scalars_multiply(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out) UNAVAILABLE
void cristretto_scalars_scale(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *out) UNAVAILABLE
void cristretto_scalars_add_scaled(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *sums) UNAVAILABLE
void cristretto_scalars_add_products(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *sums) UNAVAILABLE
void cristretto_scalars_fold(
    size_t n, const cristretto_scalar *x, const cristretto_scalar *y, const cristretto_scalar *a,
    cristretto_scalar *out) UNAVAILABLE
void cristretto_scalars_powers(
    size_t n, const cristretto_scalar *first, const cristretto_scalar *ratio, cristretto_scalar *out) UNAVAILABLE
void cristretto_scalars_inner_product(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out) UNAVAILABLE
void cristretto_keccak_8(uint64_t *words) UNAVAILABLE

#endif
