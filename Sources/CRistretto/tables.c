// Tables of fixed points, such as generators, made once and used by many sums.
//
//   rows of 2^(c w) P     for public scalars: the digits of all windows go into one set of buckets, and no doublings
//                         remain
//   multiples 1 P … 16 P  for secret scalars: Straus with windows of 5 bits, by permutation

#include "roots.h"
#include "secret_sums.h"

#if CRISTRETTO_COMPILES

#define WIDTH 5
#define MULTIPLES 16

/// Points that are summed together, so that their tables, about 1 MB, stay in the cache.
#define BLOCK 512

/// Brings eight points in each of `count` places to Z = 1: y - x, y + x, 2dxy, clean. One inversion
/// (Montgomery).
///
/// - z: count products to keep.
SEPARATE void normalize(
    affine8 *r, const point8 *p, size_t count, field8 *products) {
  field8 product, rest, twice_d;
  field8_repeat(&twice_d, field_twice_d);
  field8_one(&product);
  for (size_t k = 0; k < count; k++) {
    products[k] = product;
    field8_multiply(&product, &product, &p[k].z);
  }
  field8_invert(&rest, &product);
  for (size_t k = count; k-- > 0;) {
    field8 inverse;
    field8_multiply(&inverse, &rest, &products[k]);
    field8_multiply(&rest, &rest, &p[k].z);
    field8_multiply(&r[k].difference, &p[k].difference, &inverse);
    field8_mask(&r[k].difference);
    field8_multiply(&r[k].sum, &p[k].sum, &inverse);
    field8_mask(&r[k].sum);
    field8_multiply(&r[k].product, &p[k].t, &inverse);
    field8_multiply(&r[k].product, &r[k].product, &twice_d);
    field8_mask(&r[k].product);
  }
}

// MARK: - Rows for public scalars

/// At most this many windows, for windows of 4 bits.
#define MOST_WINDOWS 63

KERNEL void KERNEL_NAME(table_rows)(
    size_t n, const cristretto_point *points, unsigned c, cristretto_row *rows) {
  const size_t windows = KERNEL_NAME(window_count)(c);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    point8 p[MOST_WINDOWS];
    affine8 row[MOST_WINDOWS];
    field8 products[MOST_WINDOWS];
    point8_gather(&p[0], points + i, lanes_sequence(sizeof *points), present);
    for (size_t w = 1; w < windows; w++) {
      p[w] = p[w - 1];
      point8_double_times(&p[w], c);
    }
    normalize(row, p, windows, products);
    const lanes offsets = lanes_sequence(sizeof *rows);
    for (size_t w = 0; w < windows; w++) {
      const lanes *limbs = (const lanes *)&row[w];
      uint64_t *out = rows[w * n + i].limbs;
      for (int k = 0; k < 16; k++)
        lanes_scatter_masked(out + k, present, offsets, k < 15 ? limbs[k] : lanes_zero());
    }
  }
}

// MARK: - Multiples for secret scalars

/// Limb k of 1 P … 16 P, in the order of a row.
typedef struct {
  lanes limb[15][2];
} multiples;

_Static_assert(sizeof(multiples) == sizeof(cristretto_multiples), "the size that the header promises");

KERNEL void KERNEL_NAME(table_multiples)(
    size_t n, const cristretto_point *points, cristretto_multiples *tables) {
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    point8 p[MULTIPLES];
    affine8 affine[MULTIPLES];
    field8 products[MULTIPLES];
    cached8 first;
    point8_gather(&p[0], points + i, lanes_sequence(sizeof *points), present);
    cached8_from_point(&first, &p[0]);
    for (int e = 1; e < MULTIPLES; e++) point8_add_cached(&p[e], &p[e - 1], &first, mask_from_bits(0));
    normalize(affine, p, MULTIPLES, products);
    const lanes offsets = lanes_sequence(sizeof *tables);
    for (int e = 0; e < MULTIPLES; e++) {
      const lanes *limbs = (const lanes *)&affine[e];
      for (int k = 0; k < 15; k++)
        lanes_scatter_masked(tables[i].limbs + 16 * k + e, present, offsets, limbs[k]);
    }
  }
}

typedef struct {
  uint64_t chunks[BLOCK][8];
} workspace;

LANEWISE const void *multiples_tables(void *scratch, const void *tables, size_t first, size_t count) {
  (void)scratch, (void)count;
  return (const multiples *)tables + first;
}

/// The multiples with index |d| - 1, the identity where there is none, with signs.
LANEWISE void multiples_add(
    point8 *total, const void *tables, size_t i, lanes index, mask8 present, mask8 negative) {
  const multiples *table = (const multiples *)tables + i;
  affine8 q;
  lanes found[15];
  for (int k = 0; k < 15; k++) {
    const lanes entry = lanes_look_up_16(table->limb[k], index);
    found[k] = lanes_choose(present, entry, k == 0 || k == 5 ? lanes_repeat(CLEAN_ONE) : lanes_zero());
  }
  for (int k = 0; k < 5; k++) {
    q.difference.limb[k] = lanes_choose(negative, found[5 + k], found[k]);
    q.sum.limb[k] = lanes_choose(negative, found[k], found[5 + k]);
    q.product.limb[k] = found[10 + k];
  }
  point8_add_affine(total, total, &q, negative);
}

size_t KERNEL_NAME(multiples_scratch_size)(void) { return sizeof(workspace); }

KERNEL void KERNEL_NAME(multiples_sum)(
    size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_multiples *tables,
    void *scratch, cristretto_point *sum) {
  const secret_form form = {WIDTH, BLOCK, multiples_tables, multiples_add};
  workspace *s = scratch;
  secret_sum(sum, form, n, scalars, bits, tables, s->chunks, s);
}

#endif
