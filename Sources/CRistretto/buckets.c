// Sums of many points with public scalars (Pippenger), in variable time.
//
// Scalars are cut into windows of c bits and recoded to signed digits. In each window the points fall into
// 2^(c-1) buckets by the magnitude of their digit; with B_k the sum of bucket k, the window is worth the sum
// of k B_k.
//
// Eight buckets are summed side by side, one in each lane. So that the lanes end together, buckets are taken
// in the order of their sizes; a bucket with very many points gets all eight lanes for itself. Every lane
// starts with its first point instead of the identity, which saves one addition for each bucket.
//
// Cost for n points: (n - buckets) additions of 7 products and 2 buckets additions of 8.5 for each window,
// and 252 doublings.

#include "digits.h"
#include "points.h"
#include "quad.h"

#if CRISTRETTO_COMPILES

/// In the schedule: no point. A point is the offset of its row in bytes, a multiple of 128, with which of two tables
/// it is in as bit 1 and the sign as bit 0.
#define ABSENT 0xffffffffu
#define ROW_OFFSET (~127u)
#define TABLE(entry) (((entry) >> 1) & 1)

/// What the entries of a schedule point into.
typedef struct {
  const char *base[2];
} tables;

/// Where the next point of a bucket goes in the schedule, and how far it is to the one after.
typedef struct {
  uint32_t position, step;
} cursor;

/// Eight lanes that are summed together.
typedef struct {
  uint32_t start, length;
} group;

/// The working memory, cut into pieces.
typedef struct {
  /// The number of buckets in a window, of digits that are sorted together, and the size from which on a
  /// bucket gets a group for itself.
  size_t buckets, entries, large;
  /// The number of such groups, the first ones.
  size_t large_groups;
  uint16_t *digits;
  uint32_t *count, *other_count, *location, *by_length, *schedule;
  cursor *cursors;
  group *groups;
  point8 *results, *windows;
} workspace;

/// Cuts `memory`; returns how much is needed, with memory = NULL too.
///
/// - counts: of the points of two tables.
/// - windows_together: the windows whose digits are sorted together.
static size_t cut(workspace *s, char *memory, const size_t counts[2], unsigned c, size_t windows_together) {
  const size_t windows = digit_windows(c);
  s->buckets = (size_t)1 << (c - 1);
  s->entries = (counts[0] + counts[1]) * windows_together;
  s->large = 4 * (s->entries / s->buckets);
  if (s->large < 32) s->large = 32;
  const size_t groups = s->buckets / 8 + 1 + s->entries / s->large;
  // The schedule: every group of buckets below `large` is as long as its longest, which is at most the
  // average of the group before; and a large bucket wastes at most 7 places.
  const size_t places = s->entries + 8 * s->large + 7 * (s->entries / s->large) + 8;
  size_t used = 0;
#define PIECE(field, size)                               \
  s->field = memory ? (void *)(memory + used) : NULL;    \
  used += ((size) + 63) / 64 * 64
  PIECE(digits, windows * (digit_stride(counts[0]) + digit_stride(counts[1])) * sizeof(uint16_t));
  PIECE(count, (s->buckets + 1) * sizeof(uint32_t));
  PIECE(other_count, (s->buckets + 1) * sizeof(uint32_t));
  PIECE(location, s->buckets * sizeof(uint32_t));
  PIECE(by_length, s->large * sizeof(uint32_t));
  PIECE(schedule, (places + 8 * 16) * sizeof(uint32_t));
  PIECE(cursors, (s->buckets + 1) * sizeof(cursor));
  PIECE(groups, groups * sizeof(group));
  PIECE(results, groups * sizeof(point8));
  PIECE(windows, 2 * windows * sizeof(point8));
#undef PIECE
  return used;
}

// MARK: - The schedule

/// Counts digits by magnitude. Two tables, so that equal neighbours do not wait for each other.
static void count_digits(workspace *s, const uint16_t *digits, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    uint64_t four;
    memcpy(&four, digits + i, 8);
    s->count[(four & 0xffff) >> 1]++;
    s->other_count[(four >> 17) & 0x7fff]++;
    s->count[(four >> 33) & 0x7fff]++;
    s->other_count[four >> 49]++;
  }
  for (; i < n; i++) s->count[digits[i] >> 1]++;
}

/// Gives every bucket its places in the schedule; returns the number of groups.
///
/// First the large buckets, a group each; then the others in falling order of size, eight to a group.
static size_t plan(workspace *s) {
  size_t groups = 0;
  uint32_t step = 0;
  memset(s->by_length, 0, s->large * sizeof *s->by_length);
  for (size_t k = 1; k <= s->buckets; k++) {
    const uint32_t length = s->count[k] += s->other_count[k];
    if (length < s->large) {
      s->by_length[length]++;
      continue;
    }
    const uint32_t steps = (length + 7) / 8;
    s->groups[groups] = (group){step, steps};
    s->cursors[k] = (cursor){8 * step, 1};
    s->location[k - 1] = (uint32_t)(groups * sizeof(point8));
    for (uint32_t place = length; place < 8 * steps; place++) s->schedule[8 * step + place] = ABSENT;
    step += steps;
    groups++;
  }
  // A slot is a lane of a group; by_length[L] becomes the first slot of length L.
  const size_t first_group = s->large_groups = groups;
  uint32_t slot = 0;
  for (size_t length = s->large - 1; length > 0; length--) {
    const uint32_t first = slot;
    slot += s->by_length[length];
    s->by_length[length] = first;
    for (uint32_t start = (first + 7) / 8 * 8; start < slot; start += 8) {
      s->groups[groups++] = (group){step, (uint32_t)length};
      step += (uint32_t)length;
    }
  }
  for (size_t k = 1; k <= s->buckets; k++) {
    const uint32_t length = s->count[k];
    if (length >= s->large) continue;
    if (length == 0) {
      s->location[k - 1] = ABSENT;
      continue;
    }
    const uint32_t own = s->by_length[length]++, lane = own % 8;
    const size_t index = first_group + own / 8;
    const uint32_t start = s->groups[index].start;
    s->cursors[k] = (cursor){8 * start + lane, 8};
    s->location[k - 1] = (uint32_t)(index * sizeof(point8) + 8 * lane);
    for (uint32_t t = length; t < s->groups[index].length; t++) s->schedule[8 * (start + t) + lane] = ABSENT;
  }
  for (; slot % 8 != 0; slot++)
    for (uint32_t t = 0; t < s->groups[groups - 1].length; t++)
      s->schedule[8 * (s->groups[groups - 1].start + t) + slot % 8] = ABSENT;
  // Digits 0 all go to one place beyond the end; what is read ahead there must be harmless.
  memset(s->schedule + 8 * step, 0, 8 * 16 * sizeof *s->schedule);
  s->cursors[0] = (cursor){8 * step + 8 * 16 - 1, 0};
  return groups;
}

/// Enters the points first_row, first_row + 1, … of a table with their digits.
static void enter(workspace *s, const uint16_t *digits, size_t n, size_t first_row, unsigned table) {
  uint32_t row = (uint32_t)(first_row * sizeof(cristretto_row)) | table << 1;
  size_t i = 0;
#define ENTER(digit)                                           \
  do {                                                         \
    cursor *next = s->cursors + ((digit) >> 1);                \
    s->schedule[next->position] = row | ((uint32_t)(digit) & 1); \
    next->position += next->step;                              \
    row += sizeof(cristretto_row);                             \
  } while (0)
  for (; i + 4 <= n; i += 4) {
    uint64_t four;
    memcpy(&four, digits + i, 8);
    ENTER(four & 0xffff);
    ENTER((four >> 16) & 0xffff);
    ENTER((four >> 32) & 0xffff);
    ENTER(four >> 48);
  }
  for (; i < n; i++) ENTER(digits[i]);
#undef ENTER
}

// MARK: - Sums of buckets

/// The points that one step of a group adds, and the lanes that subtract.
LANEWISE mask8 load_step(affine8 *q, const uint32_t *step, const tables *rows) {
  const char *row[8];
  UNROLL for (int l = 0; l < 8; l++)
    row[l] = step[l] == ABSENT ? (const char *)&identity_row : rows->base[TABLE(step[l])] + (step[l] & ROW_OFFSET);
  // The identity is the same with difference and sum exchanged.
  const mask8 negative = lanes_are_odd(lanes_load_32(step));
  affine8_load(q, row, negative);
  return negative;
}

/// How many steps ahead rows are fetched.
#define AHEAD 6

static inline void prefetch_step(const uint32_t *step, const tables *rows) {
  for (int l = 0; l < 8; l++) {
    const char *row = rows->base[TABLE(step[l])] + (step[l] & ROW_OFFSET);
    __builtin_prefetch(row);
    __builtin_prefetch(row + 64);
  }
}

KERNEL static void sum_groups(const workspace *s, size_t groups, const tables *rows) {
  const uint32_t *step = s->schedule;
  for (size_t g = 0; g < groups; g++) {
    affine8 q;
    point8 p;
    mask8 negative = load_step(&q, step, rows);
    prefetch_step(step + 8 * AHEAD, rows);
    step += 8;
    point8_from_affine(&p, &q, negative);
    for (uint32_t t = 1; t < s->groups[g].length; t++) {
      negative = load_step(&q, step, rows);
      prefetch_step(step + 8 * AHEAD, rows);
      step += 8;
      point8_add_affine(&p, &p, &q, negative);
    }
    s->results[g] = p;
  }
}

/// The sum of all lanes, in lane 0.
KERNEL static void sum_lanes(point8 *p) {
  for (unsigned distance = 4; distance > 0; distance /= 2) {
    point8 other;
    lanes *in = (lanes *)p, *out = (lanes *)&other;
    for (int k = 0; k < 20; k++) out[k] = lanes_rotate(in[k], distance);
    point8_add(p, p, &other);
  }
}

/// The points that lie at eight locations in the results, a step apart; the identity where they are absent.
LANEWISE void load_buckets(point8 *p, const point8 *results, const uint32_t *locations, size_t step) {
  uint32_t eight[8];
  for (size_t l = 0; l < 8; l++) eight[l] = locations[l * step];
  const lanes offsets = lanes_load_32(eight);
  const mask8 present = mask_not(lanes_are_equal(offsets, lanes_repeat(ABSENT)));
  lanes *limbs = (lanes *)p;
  for (int k = 0; k < 20; k++)
    limbs[k] = lanes_gather_masked(
        lanes_repeat(k == 0 || k == 5 || k == 10 ? CLEAN_ONE : 0), present, (const char *)results + 64 * k, offsets);
}

/// Lane l runs down its eighth of the buckets, K of them: S_l is the sum of (k + 1) B_(l K + k), R_l that of
/// B_(l K + k).
KERNEL static void reduce(const workspace *s, point8 *out_s, point8 *out_r) {
  const size_t eighth = s->buckets / 8;
  point8 running, sum, bucket;
  cached8 cached;
  point8_identity(&running);
  point8_identity(&sum);
  cached8_identity(&cached);
  const mask8 none = mask_from_bits(0);
  for (size_t k = eighth; k-- > 0;) {
    load_buckets(&bucket, s->results, s->location + k, eighth);
    point8_add_cached(&running, &bucket, &cached, none);
    cached8_from_point(&cached, &running);
    point8_add_cached(&sum, &sum, &cached, none);
  }
  *out_s = sum;
  *out_r = running;
}

/// The worth of up to eight windows, one in each lane: the sum over l of S_l + l K R_l.
KERNEL static void combine(point8 *r, const point8 *windows, size_t count, size_t eighth) {
  const mask8 present = first_lanes(count);
  const lanes offsets = lanes_sequence(2 * sizeof(point8));
  point8 sum, running, part;
#define LOAD_PART(p, base)                                                                  \
  for (int k = 0; k < 20; k++)                                                              \
    ((lanes *)(p))[k] = lanes_gather_masked(                                                \
        lanes_repeat(k == 0 || k == 5 || k == 10 ? CLEAN_ONE : 0), present, (const char *)(base) + 64 * k, offsets)
  // The sum of l R_l, as a running sum from the top.
  LOAD_PART(&running, (const char *)(windows + 1) + 8 * 7);
  sum = running;
  for (int l = 6; l > 0; l--) {
    LOAD_PART(&part, (const char *)(windows + 1) + 8 * l);
    point8_add(&running, &running, &part);
    point8_add(&sum, &sum, &running);
  }
  for (size_t k = 1; k < eighth; k *= 2) point8_double_times(&sum, 1);
  for (int l = 0; l < 8; l++) {
    LOAD_PART(&part, (const char *)windows + 8 * l);
    point8_add(&sum, &sum, &part);
  }
#undef LOAD_PART
  *r = sum;
}

/// The sum of 2^(c w) times the windows.
KERNEL static void sum_windows(
    const point8 *windows, size_t count, size_t eighth, unsigned c, cristretto_point *sum) {
  quad total;
  quad_identity(&total);
  for (size_t block = (count - 1) / 8 + 1; block-- > 0;) {
    const size_t first = 8 * block, size = count - first < 8 ? count - first : 8;
    point8 worth;
    cached8 cached;
    combine(&worth, windows + 2 * first, size, eighth);
    cached8_from_point(&cached, &worth);
    for (size_t w = size; w-- > 0;) {
      quad q;
      if (first + w + 1 < count) quad_double_times(&total, c);
      quad_from_cached(&q, &cached, (int)w);
      quad_add(&total, &total, &q);
    }
  }
  quad_store(sum, &total);
}

/// Points whose digits are sorted together with those of others: of some windows, whose rows follow each other at a
/// distance.
typedef struct {
  const uint16_t *digits;
  size_t n, windows, distance;
} batch;

/// Sorts, sums and reduces the digits of points of two tables.
KERNEL static void sum_window(workspace *s, const batch of_table[2], const tables *rows, point8 *out) {
  memset(s->count, 0, (s->buckets + 1) * sizeof *s->count);
  memset(s->other_count, 0, (s->buckets + 1) * sizeof *s->other_count);
#define EACH_WINDOW(statement)                                                                 \
  for (unsigned t = 0; t < 2; t++)                                                             \
    for (size_t w = 0; w < of_table[t].windows; w++) {                                         \
      const size_t n = of_table[t].n;                                                          \
      const uint16_t *digits = of_table[t].digits + w * digit_stride(n);                       \
      statement;                                                                               \
    }
  EACH_WINDOW(count_digits(s, digits, n))
  const size_t groups = plan(s);
  EACH_WINDOW(enter(s, digits, n, w * of_table[t].distance, t))
#undef EACH_WINDOW
  sum_groups(s, groups, rows);
  for (size_t g = 0; g < s->large_groups; g++) sum_lanes(s->results + g);
  reduce(s, out, out + 1);
}

size_t KERNEL_NAME(window_count)(unsigned c) { return digit_windows(c); }

size_t KERNEL_NAME(buckets_scratch_size)(size_t n, unsigned c) {
  workspace s;
  const size_t counts[2] = {n, 0};
  return cut(&s, NULL, counts, c, 1);
}

void KERNEL_NAME(buckets_variable_time)(
    size_t n, const cristretto_scalar *scalars, const cristretto_row *rows, unsigned c,
    void *scratch, cristretto_point *sum) {
  workspace s;
  const size_t counts[2] = {n, 0}, windows = digit_windows(c);
  const tables all = {{(const char *)rows, (const char *)rows}};
  cut(&s, scratch, counts, c, 1);
  KERNEL_NAME(internal_digits)(n, scalars, c, s.digits);
  for (size_t w = 0; w < windows; w++) {
    const batch of_table[2] = {{s.digits + w * digit_stride(n), n, 1, 0}, {NULL, 0, 0, 0}};
    sum_window(&s, of_table, &all, s.windows + 2 * w);
  }
  sum_windows(s.windows, windows, s.buckets / 8, c, sum);
}

size_t KERNEL_NAME(table_scratch_size)(size_t n, size_t others, unsigned c) {
  workspace s;
  const size_t counts[2] = {n, others};
  return cut(&s, NULL, counts, c, digit_windows(c));
}

void KERNEL_NAME(table_sum_variable_time)(
    cristretto_table_part part, cristretto_table_part other, unsigned c, void *scratch, cristretto_point *sum) {
  workspace s;
  const size_t counts[2] = {part.n, other.n}, windows = digit_windows(c);
  cut(&s, scratch, counts, c, windows);
  uint16_t *others = s.digits + windows * digit_stride(part.n);
  KERNEL_NAME(internal_digits)(part.n, part.scalars, c, s.digits);
  if (other.n > 0) KERNEL_NAME(internal_digits)(other.n, other.scalars, c, others);
  const batch of_table[2] = {
      {s.digits, part.n, windows, part.distance}, {others, other.n, other.n > 0 ? windows : 0, other.distance}};
  const tables rows = {{(const char *)part.rows, (const char *)(other.n > 0 ? other.rows : part.rows)}};
  sum_window(&s, of_table, &rows, s.windows);
  sum_windows(s.windows, 1, s.buckets / 8, c, sum);
}

#endif
