// Which kernels are compiled. The algorithms are written once; the file of each is compiled for AVX-512 IFMA,
// and once more for AVX2 by the file of the same name in avx2/.
//
//   -DCRISTRETTO_NO_IFMA    leaves out the kernels for AVX-512 IFMA
//   -DCRISTRETTO_NO_AVX2    leaves out those for AVX2
//   -DCRISTRETTO_EMULATED   the kernels for AVX-512 IFMA with every instruction replaced by plain C, and no
//                           others: slow, and the same on every processor. For tests

#ifndef AVAILABILITY_H
#define AVAILABILITY_H

#include "CRistretto.h"

#if defined(CRISTRETTO_EMULATED)
#define CRISTRETTO_HAS_IFMA 1
#define CRISTRETTO_HAS_AVX2 0
#elif defined(__x86_64__) && (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 9))
#ifdef CRISTRETTO_NO_IFMA
#define CRISTRETTO_HAS_IFMA 0
#else
#define CRISTRETTO_HAS_IFMA 1
#endif
#ifdef CRISTRETTO_NO_AVX2
#define CRISTRETTO_HAS_AVX2 0
#else
#define CRISTRETTO_HAS_AVX2 1
#endif
#else
#define CRISTRETTO_HAS_IFMA 0
#define CRISTRETTO_HAS_AVX2 0
#endif

// Of the file that is compiled: whether it is, and the names of its functions.
#ifdef CRISTRETTO_AVX2
#define CRISTRETTO_COMPILES CRISTRETTO_HAS_AVX2
#define KERNEL_NAME(name) cristretto_##name##_avx2
#else
#define CRISTRETTO_COMPILES CRISTRETTO_HAS_IFMA
#define KERNEL_NAME(name) cristretto_##name##_ifma
#endif

/// Every function that has a form for each processor: FUNCTION(result, name, parameters, arguments).
#define EACH_KERNEL(FUNCTION)                                                                                \
  FUNCTION(                                                                                                  \
      void, decode,                                                                                          \
      (size_t n, const cristretto_encoding *encodings, cristretto_row *rows, cristretto_point *points,       \
       uint8_t *status),                                                                                     \
      (n, encodings, rows, points, status))                                                                  \
  FUNCTION(                                                                                                  \
      void, encode, (size_t n, const cristretto_point *points, cristretto_encoding *encodings),              \
      (n, points, encodings))                                                                                \
  FUNCTION(void, map, (size_t n, const uint64_t *words, cristretto_point *points), (n, words, points))       \
  FUNCTION(                                                                                                  \
      void, prepare, (size_t n, const cristretto_point *points, cristretto_row *rows), (n, points, rows))    \
  FUNCTION(size_t, window_count, (unsigned c), (c))                                                          \
  FUNCTION(size_t, buckets_scratch_size, (size_t n, unsigned c), (n, c))                                     \
  FUNCTION(                                                                                                  \
      void, buckets_variable_time,                                                                           \
      (size_t n, const cristretto_scalar *scalars, const cristretto_row *rows, unsigned c, void *scratch,    \
       cristretto_point *sum),                                                                               \
      (n, scalars, rows, c, scratch, sum))                                                                   \
  FUNCTION(size_t, straus_scratch_size, (void), ())                                                          \
  FUNCTION(                                                                                                  \
      void, straus,                                                                                          \
      (size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_point *points,            \
       void *scratch, cristretto_point *sum),                                                                \
      (n, scalars, bits, points, scratch, sum))                                                              \
  FUNCTION(                                                                                                  \
      void, table_rows, (size_t n, const cristretto_point *points, unsigned c, cristretto_row *rows),        \
      (n, points, c, rows))                                                                                  \
  FUNCTION(size_t, table_scratch_size, (size_t n, size_t others, unsigned c), (n, others, c))                \
  FUNCTION(                                                                                                  \
      void, table_sum_variable_time,                                                                         \
      (cristretto_table_part part, cristretto_table_part other, unsigned c, void *scratch,                   \
       cristretto_point *sum),                                                                               \
      (part, other, c, scratch, sum))                                                                        \
  FUNCTION(                                                                                                  \
      void, table_multiples, (size_t n, const cristretto_point *points, cristretto_multiples *tables),       \
      (n, points, tables))                                                                                   \
  FUNCTION(size_t, multiples_scratch_size, (void), ())                                                       \
  FUNCTION(                                                                                                  \
      void, multiples_sum,                                                                                   \
      (size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_multiples *tables,        \
       void *scratch, cristretto_point *sum),                                                                \
      (n, scalars, bits, tables, scratch, sum))                                                              \
  FUNCTION(size_t, fold_scratch_size, (size_t terms), (terms))                                               \
  FUNCTION(                                                                                                  \
      void, fold_variable_time,                                                                              \
      (size_t n, size_t terms, const cristretto_scalar *scalars, const cristretto_point *points,             \
       size_t step, size_t gap, void *scratch, cristretto_point *out),                                       \
      (n, terms, scalars, points, step, gap, scratch, out))                                                  \
  FUNCTION(size_t, table_fold_scratch_size, (size_t terms), (terms))                                         \
  FUNCTION(                                                                                                  \
      void, table_fold_variable_time,                                                                        \
      (size_t n, size_t terms, const cristretto_scalar *scalars, const cristretto_row *rows, size_t distance, \
       unsigned c, const uint32_t *indices, void *scratch, cristretto_point *out),                           \
      (n, terms, scalars, rows, distance, c, indices, scratch, out))                                         \
  FUNCTION(                                                                                                  \
      void, scalars_multiply,                                                                                \
      (size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out),            \
      (n, a, b, out))                                                                                        \
  FUNCTION(                                                                                                  \
      void, scalars_scale,                                                                                   \
      (size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *out),       \
      (n, factor, a, out))                                                                                   \
  FUNCTION(                                                                                                  \
      void, scalars_add_scaled,                                                                              \
      (size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *sums),      \
      (n, factor, a, sums))                                                                                  \
  FUNCTION(                                                                                                  \
      void, scalars_add_products,                                                                            \
      (size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *sums),           \
      (n, a, b, sums))                                                                                       \
  FUNCTION(                                                                                                  \
      void, scalars_fold,                                                                                    \
      (size_t n, const cristretto_scalar *x, const cristretto_scalar *y, const cristretto_scalar *a,         \
       cristretto_scalar *out),                                                                              \
      (n, x, y, a, out))                                                                                     \
  FUNCTION(                                                                                                  \
      void, scalars_powers, (size_t n, const cristretto_scalar *step, cristretto_scalar *powers),            \
      (n, step, powers))                                                                                     \
  FUNCTION(                                                                                                  \
      void, scalars_inner_product,                                                                           \
      (size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out),            \
      (n, a, b, out))                                                                                        \
  FUNCTION(                                                                                                  \
      void, scalars_weigh,                                                                                   \
      (size_t n, const cristretto_scalar *weights, const cristretto_scalar *a, cristretto_scalar *sums,      \
       cristretto_scalar *out),                                                                              \
      (n, weights, a, sums, out))                                                                            \
  FUNCTION(size_t, equations_scratch_size, (const cristretto_circuit *circuit), (circuit))                   \
  FUNCTION(size_t, equations_sums_size, (size_t n), (n))                                                     \
  FUNCTION(size_t, equations_inversion_size, (const cristretto_circuit *circuit), (circuit))                 \
  FUNCTION(                                                                                                  \
      void, equations_products,                                                                              \
      (const cristretto_circuit *circuit, const cristretto_scalar *inputs, void *memory,                     \
       cristretto_scalar *products),                                                                         \
      (circuit, inputs, memory, products))                                                                   \
  FUNCTION(                                                                                                  \
      void, equations_add,                                                                                   \
      (const cristretto_circuit *circuit, const cristretto_scalar *inputs, const cristretto_scalar *inverses,\
       void *memory, void *scratch, void *linear, void *norm, cristretto_scalar *own),                       \
      (circuit, inputs, inverses, memory, scratch, linear, norm, own))                                       \
  FUNCTION(                                                                                                  \
      void, equations_sums, (size_t n, const void *sums, cristretto_scalar *out), (n, sums, out))            \
  FUNCTION(void, keccak_8, (uint64_t * words), (words))

#define DECLARE_FORMS(result, name, parameters, arguments) \
  result cristretto_##name##_ifma parameters;              \
  result cristretto_##name##_avx2 parameters;
EACH_KERNEL(DECLARE_FORMS)
#undef DECLARE_FORMS

#endif
