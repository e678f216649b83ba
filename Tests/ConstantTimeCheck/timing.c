// Whether the time of the kernels for secrets differs between classes of scalars, after "Dude, is my code constant
// time?" (Reparaz, Balasch, Verbauwhede, 2017): two classes in random order, Welch's t of their times. Run by
// Scripts/check-constant-time.sh --timing.
//
// |t| above 4.5 again and again means that time depends on the class; below, that nothing was seen. The last row is a
// sum in variable time, for comparison: it must stand out, or the measurement sees nothing at all.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CRistretto.h"

#define POINTS 8
#define SCALARS 64
#define MEASUREMENTS 20000

static uint64_t random_word(void) {
  static uint64_t state = 1;
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static void *memory(size_t size) {
  void *p = aligned_alloc(128, (size + 127) / 128 * 128);
  if (!p) abort();
  memset(p, 0, (size + 127) / 128 * 128);
  return p;
}

static uint64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

// MARK: - What is measured

static cristretto_point points[POINTS];
static cristretto_row *rows;
static cristretto_multiples *tables;
static void *scratch;
static cristretto_scalar results[SCALARS];
static cristretto_point sum;

static void straus(const cristretto_scalar *s) { cristretto_straus(POINTS, s, 253, points, scratch, &sum); }
static void multiples(const cristretto_scalar *s) {
  cristretto_multiples_sum(POINTS, s, 253, tables, scratch, &sum);
}
static void products(const cristretto_scalar *s) { cristretto_scalars_multiply(SCALARS, s, s, results); }
static void inner_product(const cristretto_scalar *s) {
  cristretto_scalars_inner_product(SCALARS, s, s, results);
}
static void powers(const cristretto_scalar *s) {
  memcpy(results, s, CRISTRETTO_FIRST_POWERS * sizeof *s);
  cristretto_scalars_powers(SCALARS, s, results);
}
static void buckets(const cristretto_scalar *s) {
  cristretto_buckets_variable_time(POINTS, s, rows, 4, scratch, &sum);
}

static const struct {
  const char *name;
  void (*run)(const cristretto_scalar *);
  int repetitions;
} subjects[] = {
    {"sum of 8 products (Straus)", straus, 1},
    {"sum of 8 products (tables)", multiples, 1},
    {"64 products of scalars", products, 8},
    {"inner product of 64 scalars", inner_product, 8},
    {"64 powers of a scalar", powers, 8},
    {"in variable time: sum of 8 products (buckets)", buckets, 1},
};

// MARK: - Classes of scalars

static cristretto_scalar random_scalar(void) {
  cristretto_scalar s;
  for (int k = 0; k < 4; k++) s.words[k] = k < 3 ? random_word() : random_word() >> 4;
  return s;
}

/// l - 1, where l is the order of the group.
static const cristretto_scalar largest = {
    {0x5812631a5cf5d3ec, 0x14def9dea2f79cd6, 0, 0x1000000000000000}};

/// The last is not a class of its own: what t it gives, the machine gives without a cause.
static const char *const class_names[] = {"zero", "l - 1", "one random", "random"};
#define CLASSES 4

static cristretto_scalar fixed_scalar(int class) {
  static cristretto_scalar one_random;
  if (one_random.words[0] == 0) one_random = random_scalar();
  switch (class) {
    case 0: return (cristretto_scalar){{0}};
    case 1: return largest;
    case 2: return one_random;
    default: return random_scalar();
  }
}

// MARK: - Welch's t

typedef struct {
  double count, mean, squares;
} statistics;

static void add(statistics *s, double x) {
  s->count++;
  const double delta = x - s->mean;
  s->mean += delta / s->count;
  s->squares += delta * (x - s->mean);
}

static double welch(const statistics *a, const statistics *b) {
  const double variance =
      a->squares / (a->count - 1) / a->count + b->squares / (b->count - 1) / b->count;
  return variance > 0 ? (a->mean - b->mean) / sqrt(variance) : 0;
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/// The t of largest magnitude, over all measurements and over the fastest 99, 95, 90, 75, 50 and 25 in a hundred: what
/// else the machine does makes some of them slow.
static void report(const char *name, const char *class, const double *times, const uint8_t *classes, int n) {
  static double sorted[MEASUREMENTS];
  memcpy(sorted, times, sizeof *sorted * (size_t)n);
  qsort(sorted, (size_t)n, sizeof *sorted, compare);
  double worst = 0, mean = 0, difference = 0;
  const int percents[] = {100, 99, 95, 90, 75, 50, 25};
  for (size_t p = 0; p < sizeof percents / sizeof *percents; p++) {
    const double limit = sorted[(size_t)n * (size_t)percents[p] / 100 - 1];
    statistics s[2] = {{0, 0, 0}, {0, 0, 0}};
    for (int i = 0; i < n; i++)
      if (times[i] <= limit) add(&s[classes[i]], times[i]);
    const double t = welch(&s[0], &s[1]);
    if (fabs(t) > fabs(worst)) worst = t;
    if (percents[p] == 75) {
      mean = s[0].mean;
      difference = s[1].mean - s[0].mean;
    }
  }
  printf("%-48s %-12s %9.2f us %+9.2f ns  t = %8.2f\n", name, class, mean / 1000, difference, worst);
}

static void measure(size_t subject, int class) {
  static double times[MEASUREMENTS];
  static uint8_t classes[MEASUREMENTS];
  static cristretto_scalar input[SCALARS];
  for (int i = -100; i < MEASUREMENTS; i++) {
    // Both classes are made in the same way, and in the same place.
    const uint64_t fixed = random_word() & 1;
    for (int k = 0; k < SCALARS; k++) {
      const cristretto_scalar r = random_scalar(), f = fixed_scalar(class);
      for (int w = 0; w < 4; w++)
        input[k].words[w] = (f.words[w] & (0 - fixed)) | (r.words[w] & (fixed - 1));
    }
    const uint64_t start = nanoseconds();
    for (int k = 0; k < subjects[subject].repetitions; k++) subjects[subject].run(input);
    const uint64_t end = nanoseconds();
    if (i < 0) continue;
    times[i] = (double)(end - start);
    classes[i] = (uint8_t)fixed;
  }
  report(subjects[subject].name, class_names[class], times, classes, MEASUREMENTS);
}

int main(void) {
  if (!cristretto_is_available()) {
    puts("kernels are not available here: nothing to measure");
    return 0;
  }
  rows = memory(POINTS * sizeof *rows);
  tables = memory(POINTS * sizeof *tables);
  size_t size = cristretto_straus_scratch_size();
  if (size < cristretto_multiples_scratch_size()) size = cristretto_multiples_scratch_size();
  if (size < cristretto_buckets_scratch_size(POINTS, 4)) size = cristretto_buckets_scratch_size(POINTS, 4);
  scratch = memory(size);
  cristretto_encoding in = {{0}};
  for (size_t found = 0; found < POINTS; in.words[0] += 2) {
    uint8_t status;
    cristretto_decode(1, &in, NULL, &points[found], &status);
    if (status == CRISTRETTO_DECODED) found++;
  }
  cristretto_prepare(POINTS, points, rows);
  cristretto_table_multiples(POINTS, points, tables);
  printf("%s, %d measurements, random scalars against\n", cristretto_backend(), MEASUREMENTS);
  for (size_t subject = 0; subject < sizeof subjects / sizeof *subjects; subject++)
    for (int class = 0; class < CLASSES; class++) measure(subject, class);
  return 0;
}
