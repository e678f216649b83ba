// Kernels for ristretto255: eight numbers at a time, in the lanes of one 512-bit register (AVX-512 IFMA) or two
// 256-bit ones (AVX2 and FMA), whichever the processor has.
//
// Everything here may be called only where cristretto_is_available() is true; elsewhere the functions end the
// process. No function keeps state, allocates, or calls anything but the C library's memory functions, so all
// may run on any number of threads at once. Working memory comes from the caller, 64-byte aligned, as large
// as the function of the same name with `_scratch_size` says.
//
// Timing: a function whose name says `variable_time` may branch and index by the values it is given, which
// must be public. All others take the same time for all values; lengths and bounds are always public.

#ifndef CRISTRETTO_H
#define CRISTRETTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: - The forms of data

/// A point in extended coordinates X, Y, Z, T of the curve -x^2 + y^2 = 1 + d x^2 y^2, five limbs each, in
/// radix 2^51, least significant first.
///
/// In: limbs < 2^51 + 2^13. Out: limbs < 2^51 + 2^13.
typedef struct {
  uint64_t limbs[20];
} cristretto_point;

/// A point with Z = 1, prepared as second summand: y - x, y + x and 2d x y, five limbs each; the last word is 0.
///
/// Limbs have the form that suits the processor: integers in radix 2^52 or doubles in radix 2^51. A row is good
/// only in the process that made it. Rows are fastest when 128-byte aligned.
typedef struct {
  uint64_t limbs[16];
} cristretto_row;

/// A number a mod l as a 2^256 mod l (Montgomery), little-endian words.
///
/// In and out: < l, the order of the group.
typedef struct {
  uint64_t words[4];
} cristretto_scalar;

/// The 32 bytes of an encoded point, as little-endian words. In: any bytes.
typedef struct {
  uint64_t words[4];
} cristretto_encoding;

// MARK: - Availability

/// Whether this processor and system have either AVX-512 F, VL, DQ, BW and IFMA or AVX2 and FMA, and the compiler
/// knew them.
bool cristretto_is_available(void);

/// The instructions that are used here, for reports: "AVX-512 IFMA", "AVX2", "emulated" or "none".
const char *cristretto_backend(void);

// MARK: - Points

/// What became of an encoding.
enum {
  /// It is the encoding of a point.
  CRISTRETTO_DECODED = 0,
  /// The number is p or more, or odd (RFC 9496: negative).
  CRISTRETTO_NOT_CANONICAL = 1,
  /// No point has it.
  CRISTRETTO_NOT_A_POINT = 2,
};

/// Decodes n encodings strictly (RFC 9496, section 4.3.1).
///
/// - rows: n rows, or NULL. points: n points with Z = 1, or NULL. Where an encoding is refused, the identity.
/// - status: n values of the enumeration above.
///
/// Time does not depend on the bytes.
void cristretto_decode(
    size_t n, const cristretto_encoding *encodings, cristretto_row *rows, cristretto_point *points,
    uint8_t *status);

/// Encodes n points (RFC 9496, section 4.3.2).
void cristretto_encode(size_t n, const cristretto_point *points, cristretto_encoding *encodings);

/// Derives n points from as many uniform strings of 64 bytes, eight little-endian words each (RFC 9496, section 4.3.4).
/// Time does not depend on the words.
void cristretto_map(size_t n, const uint64_t *words, cristretto_point *points);

/// Brings n points to Z = 1 and prepares them as rows.
///
/// Time depends on whether all Z are 1, limb by limb, and on n.
///
/// - points: Z not 0, as in every point of the curve.
void cristretto_prepare(size_t n, const cristretto_point *points, cristretto_row *rows);

// MARK: - Sums of points

/// The number of windows of a public scalar: 252 / window_bits, rounded up.
size_t cristretto_window_count(unsigned window_bits);

/// The working memory of cristretto_buckets_variable_time, in bytes.
size_t cristretto_buckets_scratch_size(size_t n, unsigned window_bits);

/// The sum of s_i P_i, for public scalars and many points (Pippenger).
///
/// - n: 1 … 2^25 - 1.
/// - window_bits: 4 … 15.
void cristretto_buckets_variable_time(
    size_t n, const cristretto_scalar *scalars, const cristretto_row *rows, unsigned window_bits,
    void *scratch, cristretto_point *sum);

/// The working memory of cristretto_straus, in bytes.
size_t cristretto_straus_scratch_size(void);

/// The sum of s_i P_i (Straus). Time depends on n and bits only.
///
/// - scalars: less than 2^bits, which is not checked; another sum results if they are not.
/// - bits: 1 … 253.
///
/// The working memory holds secrets when the function returns.
void cristretto_straus(
    size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_point *points,
    void *scratch, cristretto_point *sum);

// MARK: - Fixed points

/// 1 P … 16 P of a point with Z = 1: for each word of a row, that word of all of them. 64-byte aligned. As rows, good
/// only in the process that made them.
typedef struct {
  uint64_t limbs[240];
} cristretto_multiples;

/// Makes the rows 2^(window_bits w) P_i for 0 <= w < cristretto_window_count(window_bits), at rows[w n + i].
///
/// - window_bits: 4 … 15.
void cristretto_table_rows(
    size_t n, const cristretto_point *points, unsigned window_bits, cristretto_row *rows);

/// Points with rows 2^(window_bits w) P_i at rows[w distance + i], the last row less than 2^25, and scalars of the first
/// n of them.
typedef struct {
  size_t n;
  const cristretto_scalar *scalars;
  const cristretto_row *rows;
  size_t distance;
} cristretto_table_part;

/// The working memory of cristretto_table_sum_variable_time for as many points of the two parts, in bytes.
size_t cristretto_table_scratch_size(size_t n, size_t others, unsigned window_bits);

/// The sum of s_i P_i, for public scalars, over the points of one table, n >= 1, or of two.
///
/// - other: n = 0 if there is no second table.
/// - window_bits: that of the rows of both.
void cristretto_table_sum_variable_time(
    cristretto_table_part part, cristretto_table_part other, unsigned window_bits, void *scratch,
    cristretto_point *sum);

/// Makes the tables of multiples of n points.
void cristretto_table_multiples(
    size_t n, const cristretto_point *points, cristretto_multiples *tables);

/// The working memory of cristretto_multiples_sum, in bytes.
size_t cristretto_multiples_scratch_size(void);

/// The sum of s_i P_i, over points with tables of multiples. Time depends on n and bits only.
///
/// - scalars: less than 2^bits, which is not checked; another sum results if they are not.
/// - bits: 1 … 253.
///
/// The working memory holds secrets when the function returns.
void cristretto_multiples_sum(
    size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_multiples *tables,
    void *scratch, cristretto_point *sum);

// MARK: - Folding

/// The working memory of cristretto_fold_variable_time, in bytes.
size_t cristretto_fold_scratch_size(size_t terms);

/// out[i] = the sum over k < terms of scalars[k] points[i step + k gap], for public scalars and i < n: one
/// round of folding, or several at once.
///
/// - terms: 1 or more. out: not among the points.
void cristretto_fold_variable_time(
    size_t n, size_t terms, const cristretto_scalar *scalars, const cristretto_point *points, size_t step,
    size_t gap, void *scratch, cristretto_point *out);

/// In place of an index: no point.
#define CRISTRETTO_NO_ROW UINT32_MAX

/// The working memory of cristretto_table_fold_variable_time, in bytes.
size_t cristretto_table_fold_scratch_size(size_t terms);

/// out[i] = the sum over k < terms of scalars[k] times the point with index indices[k n + i], for public scalars and
/// i < n, over points with rows 2^(window_bits w) P_j at rows[w distance + j].
///
/// - indices: less than distance, or CRISTRETTO_NO_ROW. The last row is less than 2^32.
/// - window_bits: that of the rows.
void cristretto_table_fold_variable_time(
    size_t n, size_t terms, const cristretto_scalar *scalars, const cristretto_row *rows, size_t distance,
    unsigned window_bits, const uint32_t *indices, void *scratch, cristretto_point *out);

// MARK: - Vectors of scalars

/// out[i] = a[i] b[i]; out may be a or b.
void cristretto_scalars_multiply(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out);

/// out[i] = factor a[i]; out may be a.
void cristretto_scalars_scale(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *out);

/// sums[i] += factor a[i]
void cristretto_scalars_add_scaled(
    size_t n, const cristretto_scalar *factor, const cristretto_scalar *a, cristretto_scalar *sums);

/// sums[i] += a[i] b[i]
void cristretto_scalars_add_products(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *sums);

/// out[i] = x a[2 i] + y a[2 i + 1], for i < n; out may be a.
void cristretto_scalars_fold(
    size_t n, const cristretto_scalar *x, const cristretto_scalar *y, const cristretto_scalar *a,
    cristretto_scalar *out);

/// How many powers must be there before others are computed from them.
#define CRISTRETTO_FIRST_POWERS 32

/// powers[i] = step powers[i - 32], for 32 <= i < n.
///
/// - powers: the first 32 are there.
void cristretto_scalars_powers(size_t n, const cristretto_scalar *step, cristretto_scalar *powers);

/// out = the sum of a[i] b[i]
void cristretto_scalars_inner_product(
    size_t n, const cristretto_scalar *a, const cristretto_scalar *b, cristretto_scalar *out);

/// sums[i] += weights[i] a[i], and out = the sum of weights[i] a[i]^2
void cristretto_scalars_weigh(
    size_t n, const cristretto_scalar *weights, const cristretto_scalar *a, cristretto_scalar *sums,
    cristretto_scalar *out);

// MARK: - Equations of circuit proofs

/// A checked statement, as the sums of its verification equations need it
/// (Documentation/Protocol.md, sections 3.6, 4 and 6).
typedef struct {
  /// nh, nb, Q, nm, N; A, S, C; k, the lengths of what is left of l and n; b.
  uint32_t digits, bits, gates, multiplicities, length, variables, rows, coordinates;
  uint32_t rounds, final_linear, final_norm, base;
  /// k, and how many powers of lambda the first commitment has, D.
  uint32_t commitments, stride;
  /// How many powers of lambda are computed, and the places of those of the first row and the first bit. Powers have
  /// places in the order of their exponents: D of the first commitment, C + 1 of each other, and all that follow.
  uint32_t powers, first_row, first_bit;
  /// What the forms ask of each variable, of each gate's output, and the constant: for each of them four kinds of
  /// integers, less than 2^32, the negatives of such, longer ones and the negatives of such. ends[4 c + kind] is where
  /// the kind ends; places are those of powers of lambda.
  const uint32_t *ends, *places;
  const uint64_t *magnitudes;
  /// What is not such an integer.
  size_t residue_count;
  const uint32_t *residue_places, *residue_columns;
  const cristretto_scalar *residues;
  /// Of each digit and bit, the value that it belongs to, variables first, and its weight in it.
  const uint32_t *owners;
  const cristretto_scalar *weights;
  /// How often the weight of the next slot, of the same value, is doubled to be this one's, at most 8 times; 0 if it is
  /// not that.
  const uint8_t *doublings;
} cristretto_circuit;

/// The inputs of cristretto_equations_add: of each, one scalar for each of eight proofs.
enum {
  CRISTRETTO_LAMBDA, CRISTRETTO_RHO, CRISTRETTO_ALPHA, CRISTRETTO_BETA, CRISTRETTO_DELTA, CRISTRETTO_TAU,
  /// That of the equation among others; 0 in lanes without a proof, whose other inputs are 1.
  CRISTRETTO_WEIGHT,
  CRISTRETTO_INPUTS
};

/// Scalars of the points of a proof that are returned for each: those of C_S, C_O, C_L, C_R, V_1 …, X_0, R_0 …, and at
/// last -weight alpha tau, which is to be added to the scalar of each digit.
#define CRISTRETTO_OWN_SCALARS(circuit) ((size_t)(circuit)->commitments + 2 * (size_t)(circuit)->rounds + 5)

/// The working memory of cristretto_equations_add, in bytes.
size_t cristretto_equations_scratch_size(const cristretto_circuit *circuit);

/// What is kept of eight proofs from one step to the other, in bytes.
size_t cristretto_equations_inversion_size(const cristretto_circuit *circuit);

/// The memory of n sums, in bytes. It begins as zeros.
size_t cristretto_equations_sums_size(size_t n);

/// The first of two steps for eight proofs of a circuit: of each the product of all that has to be inverted.
///
/// - inputs: eight scalars each: those above, gamma_r for k rounds, what is left of l and n.
/// - memory: of cristretto_equations_inversion_size bytes, 64-byte aligned, like all that follows.
/// - products: eight.
void cristretto_equations_products(
    const cristretto_circuit *circuit, const cristretto_scalar *inputs, void *memory, cristretto_scalar *products);

/// The second step: adds the weighted equations of eight proofs, without the terms of the proofs' own points and without
/// -weight alpha tau on each digit, to sums.
///
/// - inputs, memory: those of the first step.
/// - inverses: those of the products.
/// - linear: of U, R_1 … R_7, H_1 …: 8 + C of them. norm: of G_1 …: N of them.
/// - own: eight scalars each of CRISTRETTO_OWN_SCALARS.
void cristretto_equations_add(
    const cristretto_circuit *circuit, const cristretto_scalar *inputs, const cristretto_scalar *inverses, void *memory,
    void *scratch, void *linear, void *norm, cristretto_scalar *own);

/// out[8 i + l] = sum i of lane l, for i < n.
void cristretto_equations_sums(size_t n, const void *sums, cristretto_scalar *out);

// MARK: - Keccak

/// Keccak-f[1600] on eight states: word i of state k at words[8 i + k], 200 words in all.
void cristretto_keccak_8(uint64_t *words);

#endif
