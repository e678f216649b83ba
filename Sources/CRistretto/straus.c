// Sums with secret scalars, and sums of few points (Straus), in constant time.
//
// The multiples 1 P … 8 P of a point fill a register for each limb, so that a lookup is one permutation: the
// same time and the same addresses for every digit. Lanes are groups of windows of the same point; all read
// the same table.
//
// Cost for n points: R n additions of 8.5 products, R = 8 for full scalars, n for the tables, 252 doublings.

#include "secret_sums.h"

#if CRISTRETTO_COMPILES

/// Points that are summed before their tables are replaced, so that these stay in the cache.
#define BLOCK 256
#define WIDTH 4

/// The multiples 1 P … 8 P of one point: limb k of all eight, in the order of cached8.
typedef struct {
  lanes limb[20];
} multiples;

typedef struct {
  multiples tables[BLOCK];
  uint64_t chunks[BLOCK][8];
} workspace;

/// The tables of eight points.
KERNEL static void make_tables(multiples tables[8], const cristretto_point *points, mask8 present) {
  cached8 all[8];
  point8 p;
  point8_gather(&p, points, lanes_sequence(sizeof *points), present);
  cached8_from_point(&all[0], &p);
  for (int e = 1; e < 8; e++) {
    point8_add_cached(&p, &p, &all[0], mask_from_bits(0));
    cached8_from_point(&all[e], &p);
  }
  for (size_t k = 0; k < 20; k++) {
    const char *row[8];
    lanes half[4];
    for (int e = 0; e < 8; e++) row[e] = (const char *)((const lanes *)&all[e] + k);
    lanes_transpose(half, row, 0);
    for (int i = 0; i < 4; i++) tables[i].limb[k] = half[i];
    lanes_transpose(half, row, 4);
    for (int i = 0; i < 4; i++) tables[4 + i].limb[k] = half[i];
  }
}

LANEWISE const void *straus_tables(void *scratch, const void *points, size_t first, size_t count) {
  workspace *s = scratch;
  for (size_t i = 0; i < count; i += 8)
    make_tables(s->tables + i, (const cristretto_point *)points + first + i, first_lanes(count - i));
  return s->tables;
}

/// The multiples with index |d| - 1, the identity where there is none, with signs.
LANEWISE void straus_add(
    point8 *total, const void *tables, size_t i, lanes index, mask8 present, mask8 negative) {
  const lanes zero = lanes_zero(), one = lanes_repeat(CLEAN_ONE), two = lanes_repeat(CLEAN_TWO);
  const multiples *table = (const multiples *)tables + i;
  cached8 q;
  for (int k = 0; k < 5; k++) {
    const lanes *limb = table->limb + k;
    lanes difference = lanes_choose(present, lanes_look_up_8(limb, index), k ? zero : one);
    lanes sum = lanes_choose(present, lanes_look_up_8(limb + 5, index), k ? zero : one);
    q.difference.limb[k] = lanes_choose(negative, sum, difference);
    q.sum.limb[k] = lanes_choose(negative, difference, sum);
    q.twice_z.limb[k] = lanes_choose(present, lanes_look_up_8(limb + 10, index), k ? zero : two);
    q.product.limb[k] = lanes_choose(present, lanes_look_up_8(limb + 15, index), zero);
  }
  point8_add_cached(total, total, &q, negative);
}

size_t KERNEL_NAME(straus_scratch_size)(void) { return sizeof(workspace); }

KERNEL void KERNEL_NAME(straus)(
    size_t n, const cristretto_scalar *scalars, unsigned bits, const cristretto_point *points,
    void *scratch, cristretto_point *sum) {
  const secret_form form = {WIDTH, BLOCK, straus_tables, straus_add};
  workspace *s = scratch;
  secret_sum(sum, form, n, scalars, bits, points, s->chunks, s);
}

#endif
