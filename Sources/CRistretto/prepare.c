// Points to Z = 1, with one inversion for all (Montgomery's trick, in each lane for itself).

#include "points.h"
#include "roots.h"

#if CRISTRETTO_COMPILES

/// Whether all Z are 1, limb by limb, as in every decoded point.
static bool all_normalized(size_t n, const cristretto_point *points) {
  uint64_t difference = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t *z = points[i].limbs + 10;
    difference |= (z[0] ^ 1) | z[1] | z[2] | z[3] | z[4];
  }
  return difference == 0;
}

LANEWISE void load_z(field8 *z, const cristretto_point *points, mask8 present) {
  lanes l[5];
  for (int k = 0; k < 5; k++)
    l[k] = lanes_gather_masked(
        k ? lanes_zero() : lanes_repeat(1), present, points->limbs + 10 + k,
        lanes_sequence(sizeof *points));
  field8_from_radix51(z, l);
}

/// Stores the rows of X/Z, Y/Z, T/Z, given 1/Z as a factor.
LANEWISE void store_rows(
    cristretto_row *rows, const cristretto_point *points, mask8 present, const field8 *inverse) {
  point8 p;
  field8 row[3], twice_d;
  const lanes offsets = lanes_sequence(sizeof *rows);
  point8_gather(&p, points, lanes_sequence(sizeof *points), present);
  field8_multiply(&row[0], &p.difference, inverse);
  field8_mask(&row[0]);
  field8_multiply(&row[1], &p.sum, inverse);
  field8_mask(&row[1]);
  field8_repeat(&twice_d, field_twice_d);
  field8_multiply(&row[2], &p.t, inverse);
  field8_multiply(&row[2], &row[2], &twice_d);
  field8_mask(&row[2]);
  for (int k = 0; k < 15; k++)
    lanes_scatter_masked(rows->limbs + k, present, offsets, row[k / 5].limb[k % 5]);
  lanes_scatter_masked(rows->limbs + 15, present, offsets, lanes_zero());
}

KERNEL static void prepare_normalized(
    size_t n, const cristretto_point *points, cristretto_row *rows) {
  field8 one;
  field8_one(&one);
  for (size_t i = 0; i < n; i += 8) store_rows(rows + i, points + i, first_lanes(n - i), &one);
}

KERNEL static void prepare_others(size_t n, const cristretto_point *points, cristretto_row *rows) {
  // Lane l runs over the points l, l + 8, l + 16, …; the product of the Z before a point waits in its row.
  field8 product, z, before;
  field8_one(&product);
  for (size_t i = 0; i < n; i += 8) {
    const mask8 present = first_lanes(n - i);
    field8_mask(&product);
    for (int k = 0; k < 5; k++)
      lanes_scatter_masked(rows[i].limbs + k, present, lanes_sequence(sizeof *rows), product.limb[k]);
    load_z(&z, points + i, present);
    field8_multiply(&product, &product, &z);
  }
  field8 rest;
  field8_invert(&rest, &product);
  for (size_t i = (n - 1) & ~(size_t)7;; i -= 8) {
    // rest = 1/(Z of this point and all before it)
    const mask8 present = first_lanes(n - i);
    field8 inverse;
    for (int k = 0; k < 5; k++)
      before.limb[k] = lanes_gather_masked(
          lanes_zero(), present, rows[i].limbs + k, lanes_sequence(sizeof *rows));
    load_z(&z, points + i, present);
    field8_multiply(&inverse, &rest, &before);
    field8_multiply(&rest, &rest, &z);
    store_rows(rows + i, points + i, present, &inverse);
    if (i == 0) break;
  }
}

void KERNEL_NAME(prepare)(size_t n, const cristretto_point *points, cristretto_row *rows) {
  if (n == 0) return;
  (all_normalized(n, points) ? prepare_normalized : prepare_others)(n, points, rows);
}

#endif
