#!/bin/sh
# A static estimate, no measurement: what the inner loops for AVX-512 IFMA would cost on a processor that the model of
# llvm-mca knows. Compiles each loop's body between marks and prints the cycles of one pass for eight lanes: the
# model's schedule of 100 passes, and how long the busiest port works. The model knows registers, ports and latencies,
# but no caches, no waiting of loads for stores, and no decoder.
#
#   sh Scripts/estimate-ifma.sh [processor]     icelake-server unless named
#
# Needs clang and llvm-mca, on x86-64.
set -eu

cd "$(dirname "$0")/.."
processor=${1-icelake-server}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Each body with what it needs; buckets.c brings in the field, the points and its own loop.
cat >"$out/bodies.c" <<'E2'
#include "buckets.c"
#include "roots.h"
#include "scalars.h"
#define BODY(name, parameters, body)                            \
  KERNEL __attribute__((noinline)) void name parameters {       \
    __asm__ volatile("# LLVM-MCA-BEGIN " #name ::: "memory");   \
    body;                                                       \
    __asm__ volatile("# LLVM-MCA-END " #name ::: "memory");     \
  }
BODY(multiplication, (field8 * r, const field8 *a, const field8 *b), field8_multiply(r, a, b))
BODY(squaring, (field8 * r), field8_square(r, r))
BODY(three_squarings, (field8 * x), UNROLL for (int q = 0; q < 3; q++) field8_square(&x[q], &x[q]))
BODY(addition_affine, (point8 * p, const affine8 *q), point8_add_affine(p, p, q, mask_from_bits(0)))
BODY(addition_cached, (point8 * p, const cached8 *q), point8_add_cached(p, p, q, mask_from_bits(0)))
BODY(doubling, (point8 * p), point8_double(p, p))
BODY(product_of_scalars, (scalar8 * r, const scalar8 *a, const scalar8 *b), scalar8_multiply_add(r, a, b, NULL))
BODY(
    multiple_of_scalars, (scalar8 * r, const multiple8 *f, const factor8 *x), scalar8_times_add(r, f, x, NULL))
BODY(bucket_step, (point8 * p, const uint32_t *step, const tables *rows), {
  affine8 q;
  const mask8 negative = load_step(&q, step, rows);
  prefetch_step(step + 8 * AHEAD, rows);
  point8_add_affine(p, p, &q, negative);
})
BODY(bucket_reduction,
     (point8 * sum, point8 *running, cached8 *cached, const workspace *s, const uint32_t *location, size_t eighth), {
  point8 bucket;
  load_buckets(&bucket, s->results, location, eighth);
  point8_add_cached(running, &bucket, cached, mask_from_bits(0));
  cached8_from_point(cached, running);
  point8_add_cached(sum, sum, cached, mask_from_bits(0));
})
E2
"${CC:-clang}" -std=gnu11 -O2 -ISources/CRistretto -ISources/CRistretto/include -S "$out/bodies.c" -o "$out/bodies.s"
llvm-mca -mcpu="$processor" -iterations=100 "$out/bodies.s" >"$out/report"

echo "$processor, cycles for eight lanes"
echo "body                 instructions  schedule  busiest port"
awk '
  /^\[[0-9]+\] Code Region/ { name = $5 }
  /^Instructions:/ { instructions = $2 / 100 }
  /^Total Cycles:/ { cycles = $3 / 100 }
  /^Resource pressure per iteration:/ { getline; getline; port = 0; for (k = 1; k <= NF; k++) if ($k + 0 > port) port = $k + 0
    printf "%-20s %12d %9.1f %13.1f\n", name, instructions, cycles, port }
' "$out/report"
