// Verification equations of circuit proofs, eight proofs of one statement side by side, one in each lane: the same
// program of scalars over eight sets of challenges.
//
// A scalar a is kept as a 2^260 mod l, so that a product is one Montgomery product. The names are those of the
// documentation of the protocol, sections 6 and 9.

#include "scalars.h"

#if CRISTRETTO_COMPILES

// MARK: - Arithmetic

// Sums and differences are in 0 ..< l. Where wide multiplication leaves numbers loose, less than 16 l, bounds are stated in
// multiples of l; other forms have every number in 0 ..< l.
#ifdef CRISTRETTO_AVX2
#define scalar8_multiply_add_loose scalar8_multiply_add

LANEWISE void plus(scalar8 *r, const scalar8 *a, const scalar8 *b) { scalar8_add(r, a, b); }

/// a - b: l - b is at most l, so the sum is less than 2 l.
LANEWISE void minus(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  scalar8 order, opposite;
  scalar8_order(&order);
  scalar8_subtract(&opposite, &order, b);
  scalar8_add(r, a, &opposite);
}
#else
/// a + b of loose numbers.
LANEWISE void plus(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  lanes z[5];
  for (int k = 0; k < 5; k++) z[k] = lanes_add(a->limb[k], b->limb[k]);
  scalar8_carry(r, z);
  scalar8_reduce_small(r, r);
}

/// a - b of loose numbers, as a + 16 l - b.
LANEWISE void minus(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  const lanes order[5] = {
      lanes_repeat(16 * ORDER_0), lanes_repeat(16 * ORDER_1), lanes_repeat(16 * ORDER_2), lanes_zero(),
      lanes_repeat(16 * ORDER_4)};
  lanes carry = lanes_zero();
  for (int k = 0; k < 5; k++) {
    const lanes d = lanes_add(lanes_subtract(lanes_add(a->limb[k], order[k]), b->limb[k]), carry);
    carry = lanes_right_signed(d, 52);
    r->limb[k] = k < 4 ? lanes_and(d, lanes_repeat(LOW_52)) : d;
  }
  scalar8_reduce_small(r, r);
}
#endif

/// a b, less than 2 l
LANEWISE void product(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  factor8 x, y;
  factor8_from_scalar(&x, a);
  factor8_from_scalar(&y, b);
  scalar8_multiply_add_loose(r, &x, &y, NULL);
}

/// The same, where it is not worth a copy of the code.
SEPARATE void times(scalar8 *r, const scalar8 *a, const scalar8 *b) { product(r, a, b); }

/// a b in 0 ..< l
SEPARATE void times_exactly(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  factor8 x, y;
  factor8_from_scalar(&x, a);
  factor8_from_scalar(&y, b);
  scalar8_multiply_add(r, &x, &y, NULL);
}

/// r + a b in 0 ..< l, for r < 12 l
SEPARATE void add_times(scalar8 *r, const scalar8 *a, const scalar8 *b) {
  factor8 x, y;
  factor8_from_scalar(&x, a);
  factor8_from_scalar(&y, b);
  scalar8_multiply_add(r, &x, &y, r);
}

LANEWISE void clear(scalar8 *r) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_zero();
}

/// The number with the given limbs, in all lanes.
LANEWISE void repeat(scalar8 *r, const uint64_t limbs[5]) {
  for (int k = 0; k < 5; k++) r->limb[k] = lanes_repeat(limbs[k]);
}

/// 2^260, 2^264 and 2^520 mod l: 1, and what others are brought to their form by.
static const uint64_t radix[5] = {
    0xf48bd6721e6ed, 0x3bab5ac67e45a, 0xfffffeb35e51b, 0xfffffffffffff, 0xfffffffffff};
static const uint64_t radix_of_words[5] = {
    0xbd4affb703ed, 0xaf292a375531e, 0xffffeb225410f, 0xfffffffffffff, 0xfffffffffff};
static const uint64_t radix_squared[5] = {
    0x9d265e952d13b, 0xd63c715bea69f, 0x5be65cb687604, 0x3dceec73d217f, 0x9411b7c309a};

#ifndef CRISTRETTO_AVX2
/// 2^312 mod l: what is divided by 2^52 once becomes a number of that form.
static const uint64_t radix_of_short[5] = {0x2631a5cf5d3ed, 0xacfd283f97881, 0x5d08632af5dd3, 0xfffffeb210621, 0xfffffffffff};
#endif

/// 2^256 mod l, which brings a number back to the form of the header.
static const uint64_t radix_back[5] = {
    0xc31748d98951d, 0xf4737dcf70d6e, 0xffffffec6ef5b, 0xfffffffffffff, 0xfffffffffff};

LANEWISE void one(scalar8 *r) { repeat(r, radix); }

/// Scalars of the header, one in each lane.
SEPARATE void load(scalar8 *r, const cristretto_scalar *a) {
  scalar8 words, shift;
  lanes w[4];
  lanes_load_rows(w, a);
  scalar8_from_words(&words, w);
  repeat(&shift, radix_of_words);
  times(r, &words, &shift);
}

/// A number as scalars of the header.
SEPARATE void store(cristretto_scalar *out, const scalar8 *a) {
  scalar8 shift, each;
  lanes w[4];
  repeat(&shift, radix_back);
  times_exactly(&each, a, &shift);
  scalar8_to_words(w, &each);
  scalar8_store_part(out, w, 8);
}

// A factor by which much is multiplied, another in each lane. With wide multiplication it is kept as f 2^(52 i + 52),
// i = 0 … 4, so that one step of Montgomery is enough, as for a multiple8.
#ifdef CRISTRETTO_AVX2
typedef factor8 fixed8;

LANEWISE void fixed8_of(fixed8 *f, const scalar8 *a) { factor8_from_scalar(f, a); }

/// f x + s; s may be NULL.
LANEWISE void fixed8_times_add(scalar8 *r, const fixed8 *f, const scalar8 *x, const scalar8 *s) {
  factor8 y;
  factor8_from_scalar(&y, x);
  scalar8_multiply_add(r, f, &y, s);
}

#define fixed8_times_add_loose fixed8_times_add
#else
typedef multiple8 fixed8;

/// 2^(52 i + 52) mod l
static const uint64_t fixed_shifts[5][5] = {
    {0x0, 0x1, 0x0, 0x0, 0x0},
    {0x0, 0x0, 0x1, 0x0, 0x0},
    {0x0, 0x0, 0x0, 0x1, 0x0},
    {0x0, 0x0, 0x0, 0x0, 0x1},
    {0xf48bd6721e6ed, 0x3bab5ac67e45a, 0xfffffeb35e51b, 0xfffffffffffff, 0xfffffffffff}};

SEPARATE void fixed8_of(fixed8 *f, const scalar8 *a) {
  for (int i = 0; i < 5; i++) {
    scalar8 shift;
    repeat(&shift, fixed_shifts[i]);
    times_exactly(&f->digit[i], a, &shift);
  }
}

/// f x + s in 0 ..< l; s may be NULL.
LANEWISE void fixed8_times_add(scalar8 *r, const fixed8 *f, const scalar8 *x, const scalar8 *s) {
  scalar8_times_add(r, f, x, s);
}

/// f x + s, less than 6 l + s; s may be NULL.
LANEWISE void fixed8_times_add_loose(scalar8 *r, const fixed8 *f, const scalar8 *x, const scalar8 *s) {
  scalar8_times_add_loose(r, f, x, s);
}
#endif

/// An integer in all lanes, as what products turn a 2^520 into that many times a by.
LANEWISE void integer(factor8 *f, uint64_t n) {
  scalar8 s;
  clear(&s);
  s.limb[0] = lanes_repeat(n & LOW_52);
  s.limb[1] = lanes_repeat(n >> 52);
  factor8_from_scalar(f, &s);
}

/// first, first ratio, first ratio^2, …, each less than 6 l, in four chains so that none waits for its own products.
SEPARATE void sequence(scalar8 *out, size_t n, const scalar8 *first, const scalar8 *ratio) {
  scalar8 step;
  if (n > 0) out[0] = *first;
  for (size_t i = 1; i < n && i < 4; i++) times(&out[i], &out[i - 1], ratio);
  times(&step, ratio, ratio);
  times(&step, &step, &step);
  if (n <= 4) return;
  fixed8 by;
  fixed8_of(&by, &step);
  for (size_t i = 4; i < n; i++) fixed8_times_add_loose(&out[i], &by, &out[i - 4], NULL);
}

LANEWISE size_t least(size_t a, size_t b) { return a < b ? a : b; }

/// first times the products of the first n subsets of the factors, each less than 6 l: bit k of the index says whether
/// factor k is in it.
SEPARATE void subsets(scalar8 *out, size_t n, const scalar8 *factors, const scalar8 *first) {
  out[0] = *first;
  for (size_t done = 1; done < n; done *= 2, factors++) {
    const size_t more = least(done, n - done);
    if (more < 8) {
      for (size_t i = 0; i < more; i++) times(&out[done + i], factors, &out[i]);
    } else {
      fixed8 by;
      fixed8_of(&by, factors);
      for (size_t i = 0; i < more; i++) fixed8_times_add_loose(&out[done + i], &by, &out[i], NULL);
    }
  }
}

/// base^n
SEPARATE void power(scalar8 *r, const scalar8 *base, size_t n) {
  scalar8 square = *base;
  one(r);
  for (; n > 0; n >>= 1) {
    if (n & 1) times(r, r, &square);
    times(&square, &square, &square);
  }
}

/// first (1 + ratio + … + ratio^(n - 1)): with S(n) the sum of n powers, S(2 n) = S(n) (1 + ratio^n) and
/// S(n + 1) = 1 + ratio S(n).
SEPARATE void geometric_sum(scalar8 *r, const scalar8 *first, const scalar8 *ratio, size_t n) {
  scalar8 sum, power, unit, t;
  one(&unit);
  clear(&sum);
  power = unit;
  int bit = 0;
  while (bit < 63 && n >> bit > 1) bit++;
  for (; bit >= 0; bit--) {
    plus(&t, &power, &unit);
    times(&sum, &sum, &t);
    times(&power, &power, &power);
    if (n >> bit & 1) {
      times(&t, ratio, &sum);
      plus(&sum, &t, &unit);
      times(&power, &power, ratio);
    }
  }
  times(r, first, &sum);
}

// MARK: - The circuit

/// Products that are summed before they are reduced.
typedef struct {
  columns8 columns;
  size_t count;
  scalar8 total;
} running;

LANEWISE void running_clear(running *s) {
  columns8_clear(&s->columns);
  s->count = 0;
  clear(&s->total);
}

LANEWISE void running_reduce(running *s) {
  scalar8 part;
  if (s->count == 0) return;
  scalar8_reduce(&part, &s->columns, s->count);
  plus(&s->total, &s->total, &part);
  columns8_clear(&s->columns);
  s->count = 0;
}

LANEWISE void running_add(running *s, const factor8 *a, const scalar8 *b) {
  factor8 y;
  factor8_from_scalar(&y, b);
  columns8_add_products(&s->columns, 1, a, &y);
  if (++s->count == MOST_PRODUCTS) running_reduce(s);
}

/// The sum of the integers of a column that end before `end`, each times its power, in `sum`.
LANEWISE void add_multiples(
    running *sum, const cristretto_circuit *circuit, size_t *next, size_t end, const scalar8 *powers) {
  for (; *next < end; ++*next) {
    factor8 n;
    integer(&n, circuit->magnitudes[*next]);
    running_add(sum, &n, &powers[circuit->places[*next]]);
  }
}

#ifndef CRISTRETTO_AVX2
/// The same of integers < 2^32, divided by 2^52. One limb each, a step of Montgomery is enough: 256 products are less than
/// 2^(8 + 32) · 16 l, and columns less than 2^62.
LANEWISE void short_multiples(
    scalar8 *r, const cristretto_circuit *circuit, size_t *next, size_t end, const scalar8 *powers) {
  clear(r);
  while (*next < end) {
    const size_t stop = least(end, *next + 256);
    lanes z[6];
    scalar8 part;
    for (int k = 0; k < 6; k++) z[k] = lanes_zero();
    for (; *next < stop; ++*next)
      columns6_add_multiple(z, circuit->magnitudes[*next], &powers[circuit->places[*next]]);
    columns6_step(&part, z);
    plus(r, r, &part);
  }
}
#endif

/// What the links, the rows and the gates ask of each variable, of the output of each gate, and the constant: less than
/// 2 l each.
SEPARATE void combinations(scalar8 *variables, const cristretto_circuit *circuit, const scalar8 *powers) {
  const size_t columns = (size_t)circuit->variables + circuit->gates + 1;
  scalar8 square;
  repeat(&square, radix_squared);
  size_t next = 0;
  for (size_t c = 0; c < columns; c++) {
    // Short, negative short, long, negative long.
    const uint32_t *end = circuit->ends + 4 * c;
    running sums[2];
    running_clear(&sums[0]);
    running_clear(&sums[1]);
#ifndef CRISTRETTO_AVX2
    scalar8 positive, negative, shift;
    repeat(&shift, radix_of_short);
    short_multiples(&positive, circuit, &next, end[0], powers);
    short_multiples(&negative, circuit, &next, end[1], powers);
    minus(&variables[c], &positive, &negative);
    times(&variables[c], &variables[c], &shift);
    if (end[3] == next) continue;
    scalar8 rest = variables[c];
#else
    scalar8 rest;
    clear(&rest);
#endif
    for (int kind = 0; kind < 4; kind++) add_multiples(&sums[kind & 1], circuit, &next, end[kind], powers);
    running_reduce(&sums[0]);
    running_reduce(&sums[1]);
    minus(&variables[c], &sums[0].total, &sums[1].total);
    times(&variables[c], &variables[c], &square);
    plus(&variables[c], &variables[c], &rest);
  }
  for (size_t r = 0; r < circuit->residue_count; r++) {
    scalar8 factor, words, shift;
    lanes w[4];
    for (int k = 0; k < 4; k++) w[k] = lanes_repeat(circuit->residues[r].words[k]);
    scalar8_from_words(&words, w);
    repeat(&shift, radix_of_words);
    times(&factor, &words, &shift);
    add_times(&variables[circuit->residue_columns[r]], &factor, &powers[circuit->residue_places[r]]);
  }
}

/// The sum of n loose numbers: 32 of them are less than 2^9 l, and their limbs less than 2^60.
SEPARATE void sum(scalar8 *r, const scalar8 *a, size_t n) {
  clear(r);
  for (size_t start = 0; start < n; start += 32) {
    scalar8 part;
    lanes carry = lanes_zero();
    clear(&part);
    for (size_t i = start; i < least(n, start + 32); i++)
      for (int k = 0; k < 5; k++) part.limb[k] = lanes_add(part.limb[k], a[i].limb[k]);
    for (int k = 0; k < 5; k++) {
      part.limb[k] = lanes_add(part.limb[k], carry);
      carry = lanes_right(part.limb[k], 52);
      if (k < 4) part.limb[k] = lanes_and(part.limb[k], lanes_repeat(LOW_52));
    }
    scalar8_reduce_small(&part, &part);
    plus(r, r, &part);
  }
}

// MARK: - Inverses

// What is inverted of each proof: with x = alpha + 4 i, a = x (x + 3) and b = (x + 1) (x + 2) = a + 2 as in
// PublicInverses.swift, the products a b for i < b/4, and then rho, delta and tau. The product of all of them is inverted
// elsewhere, together with others; four chains of products, so that none waits for its own.

#define CHAINS 4

/// The working memory between the two steps.
typedef struct {
  /// x + 3 and a.
  scalar8 *last, *a;
  /// What is inverted, and then its inverse.
  scalar8 *factors;
  /// The product of the factors before it in its chain.
  scalar8 *before;
  scalar8 *chains;
} inversion;

static size_t lay_out_inversion(inversion *v, scalar8 *start, const cristretto_circuit *c) {
  const size_t quads = c->base / 4;
  v->last = start;
  v->a = v->last + quads;
  v->factors = v->a + quads;
  v->before = v->factors + quads + 3;
  v->chains = v->before + quads + 3;
  return 4 * quads + 6 + CHAINS;
}

size_t KERNEL_NAME(equations_inversion_size)(const cristretto_circuit *circuit) {
  inversion v;
  return lay_out_inversion(&v, NULL, circuit) * sizeof(scalar8);
}

KERNEL void KERNEL_NAME(equations_products)(
    const cristretto_circuit *c, const cristretto_scalar *inputs, void *memory, cristretto_scalar *products) {
  const size_t quads = c->base / 4;
  inversion v;
  scalar8 x, unit, two, three, four, left, right;
  lay_out_inversion(&v, memory, c);
  one(&unit);
  plus(&two, &unit, &unit);
  plus(&three, &two, &unit);
  plus(&four, &two, &two);
  load(&x, inputs + 8 * CRISTRETTO_ALPHA);
  for (size_t i = 0; i < quads; i++) {
    scalar8 b;
    plus(&v.last[i], &x, &three);
    product(&v.a[i], &x, &v.last[i]);
    plus(&b, &v.a[i], &two);
    product(&v.factors[i], &v.a[i], &b);
    plus(&x, &x, &four);
  }
  load(&v.factors[quads], inputs + 8 * CRISTRETTO_RHO);
  load(&v.factors[quads + 1], inputs + 8 * CRISTRETTO_DELTA);
  load(&v.factors[quads + 2], inputs + 8 * CRISTRETTO_TAU);
  for (int k = 0; k < CHAINS; k++) v.chains[k] = unit;
  for (size_t i = 0; i < quads + 3; i++) {
    scalar8 *chain = &v.chains[i % CHAINS];
    v.before[i] = *chain;
    product(chain, chain, &v.factors[i]);
  }
  times(&left, &v.chains[0], &v.chains[1]);
  times(&right, &v.chains[2], &v.chains[3]);
  times(&left, &left, &right);
  store(products, &left);
}

/// Replaces all factors by their inverses, given that of their product.
SEPARATE void invert(inversion *v, size_t count, const cristretto_scalar *inverse) {
  scalar8 rest[CHAINS], all, left, right, t;
  load(&all, inverse);
  times(&left, &v->chains[0], &v->chains[1]);
  times(&right, &v->chains[2], &v->chains[3]);
  times(&t, &all, &right);
  times(&rest[0], &t, &v->chains[1]);
  times(&rest[1], &t, &v->chains[0]);
  times(&t, &all, &left);
  times(&rest[2], &t, &v->chains[3]);
  times(&rest[3], &t, &v->chains[2]);
  for (size_t i = count; i-- > 0;) {
    scalar8 own;
    product(&own, &rest[i % CHAINS], &v->before[i]);
    product(&rest[i % CHAINS], &rest[i % CHAINS], &v->factors[i]);
    v->factors[i] = own;
  }
}

/// f/(alpha + j) for j = 0 … 4 n - 1, from 1/(a b):
///
///   1/a = b/(a b), 1/x = (x + 3)/a, 1/(x + 3) = 1/x - 3/a, 1/b = a/(a b), 1/(x + 1) = (x + 2)/b, 1/(x + 2) = 1/(x + 1) - 1/b
SEPARATE void reciprocals(scalar8 *out, size_t n, const scalar8 *f, const inversion *v) {
  scalar8 unit;
  one(&unit);
  for (size_t i = 0; i < n; i++) {
    scalar8 per_ab, per_b, per_a, t;
    times(&per_ab, &v->factors[i], f);
    times(&per_b, &per_ab, &v->a[i]);
    plus(&per_a, &per_b, &per_ab);
    plus(&per_a, &per_a, &per_ab);
    times(&out[4 * i], &per_a, &v->last[i]);
    minus(&t, &v->last[i], &unit);
    times(&out[4 * i + 1], &per_b, &t);
    minus(&out[4 * i + 2], &out[4 * i + 1], &per_b);
    plus(&t, &per_a, &per_a);
    plus(&t, &t, &per_a);
    minus(&out[4 * i + 3], &out[4 * i], &t);
  }
}

// MARK: - Memory and challenges

/// The vectors in working memory.
typedef struct {
  scalar8 *powers, *variables, *q, *mu_powers, *reciprocals, *on_l, *on_n, *factors;
} vectors;

/// Where they lie from `start` on; returns how many scalars there are.
static size_t lay_out(vectors *v, scalar8 *start, const cristretto_circuit *c) {
  const size_t size = (size_t)1 << c->rounds;
  const size_t counts[8] = {
      c->powers, (size_t)c->variables + c->gates + 1, c->length, (size_t)c->bits + c->gates + 4, c->base, size, size,
      2 * (size_t)c->rounds + 1};
  scalar8 **places[8] = {
      &v->powers, &v->variables, &v->q, &v->mu_powers, &v->reciprocals, &v->on_l, &v->on_n, &v->factors};
  size_t total = 0;
  for (int k = 0; k < 8; k++) {
    *places[k] = start + total;
    total += counts[k];
  }
  return total;
}

size_t KERNEL_NAME(equations_scratch_size)(const cristretto_circuit *circuit) {
  vectors v;
  return lay_out(&v, NULL, circuit) * sizeof(scalar8);
}

size_t KERNEL_NAME(equations_sums_size)(size_t n) { return n * sizeof(scalar8); }

/// The challenges of a proof, and what follows from them.
typedef struct {
  scalar8 in[CRISTRETTO_INPUTS];
  scalar8 alpha_inverse, tau_inverse, mu, mu_inverse, alpha_tau, tau2, tau3;
  /// tau^3/delta
  scalar8 on_o;
  /// weight rho^(2^k - 1) and mu^(2^k)
  scalar8 norm_start, mu_step;
} challenges;

SEPARATE void derive(challenges *x, const cristretto_circuit *c, const cristretto_scalar *inputs, const inversion *v) {
  const size_t quads = c->base / 4, size = (size_t)1 << c->rounds;
  const scalar8 *rho = &x->in[CRISTRETTO_RHO], *tau = &x->in[CRISTRETTO_TAU];
  scalar8 t, two;
  for (int i = 0; i < CRISTRETTO_INPUTS; i++) load(&x->in[i], inputs + 8 * i);
  one(&two);
  plus(&two, &two, &two);
  // 1/alpha = b/(a b) (alpha + 3)
  plus(&t, &v->a[0], &two);
  times(&t, &t, &v->factors[0]);
  times(&x->alpha_inverse, &t, &v->last[0]);
  x->tau_inverse = v->factors[quads + 2];
  times(&x->mu, rho, rho);
  times(&x->mu_inverse, &v->factors[quads], &v->factors[quads]);
  times(&x->alpha_tau, &x->in[CRISTRETTO_ALPHA], tau);
  times(&x->tau2, tau, tau);
  times(&x->tau3, &x->tau2, tau);
  times(&x->on_o, &x->tau3, &v->factors[quads + 1]);
  // rho^(2 (2^k - 1)) rho^2 = mu^(2^k)
  power(&t, rho, size - 1);
  times(&x->norm_start, &x->in[CRISTRETTO_WEIGHT], &t);
  times(&t, &t, &t);
  times(&x->mu_step, &t, &x->mu);
}

// MARK: - The equation

/// The powers of lambda that anybody asks for, by their places: of the D of a commitment after the first only C + 1.
SEPARATE void powers_by_place(scalar8 *out, const cristretto_circuit *c, const scalar8 *lambda) {
  const size_t stride = c->stride, block = (size_t)c->coordinates + 1;
  scalar8 first, step;
  one(&first);
  if (c->commitments == 1) {
    sequence(out, c->powers, &first, lambda);
    return;
  }
  sequence(out, stride, &first, lambda);
  power(&step, lambda, stride);
  first = step;
  for (size_t i = 1; i < c->commitments; i++) {
    sequence(out + stride + (i - 1) * block, block, &first, lambda);
    times(&first, &first, &step);
  }
  sequence(out + c->first_row, c->powers - c->first_row, &first, lambda);
}

/// q of all slots, each less than 12 l; returns in `constant` what belongs to no slot.
SEPARATE void evaluate(
    vectors *v, const cristretto_circuit *c, const challenges *x, const inversion *inverses, scalar8 *constant) {
  const size_t nh = c->digits, nb = c->bits, Q = c->gates, nm = c->multiplicities, A = c->variables;
  const scalar8 *lambda = v->powers, *tau = &x->in[CRISTRETTO_TAU], *on_o = &x->on_o;
  const scalar8 *alpha_tau = &x->alpha_tau, *mu = &x->mu, *tau2 = &x->tau2;
  scalar8 K, w, t, digit_sum, digits, square, tau_w, none;
  powers_by_place(v->powers, c, &x->in[CRISTRETTO_LAMBDA]);
  if (nb + Q > 0) {
    power(&t, mu, nh + 1);
    sequence(v->mu_powers, nb + Q, &t, mu);
  }
  combinations(v->variables, c, lambda);
  K = v->variables[A + Q];
  for (size_t s = 0; s < c->length; s++) v->q[s] = lambda[c->coordinates + 7 + s];
  clear(&digit_sum);
  clear(&tau_w);
  if (nh > 0) {
    scalar8 f, count;
    factor8 n;
    geometric_sum(&digit_sum, mu, mu, nh);
    w = lambda[c->first_row + c->rows];
    times(&tau_w, tau, &w);
    times(&f, on_o, &w);
    reciprocals(v->reciprocals, c->base / 4, &f, inverses);
    for (size_t j = 1; j <= nm; j++) minus(&v->q[j - 1], &v->q[j - 1], &v->reciprocals[j]);
    // Of the digits, what each gets of tau w is added below.
    for (size_t s = 0; s < nm; s++) plus(&v->q[s], &v->q[s], &v->reciprocals[0]);
    // K += w nh/alpha + the sum of mu^(s + 1)
    integer(&n, nh);
    repeat(&square, radix_squared);
    times(&count, &w, &x->alpha_inverse);
    times(&count, &count, &square);
    factor8 y;
    factor8_from_scalar(&y, &count);
    scalar8_multiply_add(&K, &n, &y, &K);
    plus(&K, &K, &digit_sum);
  }
  for (size_t k = 0; k < nb; k++) {
    minus(&t, tau, tau2);
    times(&t, &t, &lambda[c->first_bit + k]);
    plus(&v->q[nh + k], &v->q[nh + k], &t);
    times(&t, tau2, &v->mu_powers[k]);
    minus(&v->q[nh + k], &v->q[nh + k], &t);
  }
  // Of digits and bits: what the rows ask of the value that they belong to, times tau^2 and their weight in it, which
  // mostly is that of the next slot, doubled some times. These q are left loose: products take them as they are.
  scalar8 asked, weighted;
  factor8 multiple;
  uint32_t owner = UINT32_MAX;
  repeat(&square, radix_of_words);
  times(&square, &square, tau2);
  clear(&none);
  for (size_t s = nh + nb; s-- > 0;) {
    if (c->doublings[s] > 0) {
      scalar8_double(&weighted, &weighted, c->doublings[s]);
    } else {
      factor8 n;
      scalar8 weight;
      lanes w[4];
      if (c->owners[s] != owner) {
        owner = c->owners[s];
        times(&asked, &square, owner < A ? &v->variables[owner] : &lambda[c->first_row + owner - A]);
        factor8_from_scalar(&multiple, &asked);
      }
      for (int k = 0; k < 4; k++) w[k] = lanes_repeat(c->weights[s].words[k]);
      scalar8_from_words(&weight, w);
      factor8_from_scalar(&n, &weight);
      scalar8_multiply_add(&weighted, &n, &multiple, NULL);
    }
    scalar8_sum_of_three(&v->q[s], &v->q[s], &weighted, s < nh ? &tau_w : &none);
  }
  for (size_t g = 0; g < Q; g++) {
    const size_t slot = nh + nb + g, row = c->first_row + c->rows + 1 + 2 * g;
    add_times(&v->q[slot], tau2, &lambda[row]);
    add_times(&v->q[slot], tau, &lambda[row + 1]);
    minus(&t, &v->variables[A + g], &v->mu_powers[nb + g]);
    add_times(&v->q[nm + g], on_o, &t);
  }
  sum(&digits, v->q, nh);
  // 2 (K tau^3 + alpha tau times the sum of q) + (alpha tau)^2 times the sum of mu^(s + 1)
  times(constant, &K, &x->tau3);
  add_times(constant, alpha_tau, &digits);
  plus(constant, constant, constant);
  times(&t, alpha_tau, alpha_tau);
  add_times(constant, &t, &digit_sum);
}

/// The scalars of the points of each proof, and -weight alpha tau for each digit.
SEPARATE void store_own(
    cristretto_scalar *out, const cristretto_circuit *c, const challenges *x, const scalar8 *powers,
    const scalar8 *gammas) {
  const scalar8 *weight = &x->in[CRISTRETTO_WEIGHT];
  scalar8 minus_weight, t, on_values;
  clear(&t);
  minus(&minus_weight, &t, weight);
  // C_S, C_O, C_L, C_R
  const scalar8 *heads[4] = {&x->tau_inverse, &x->in[CRISTRETTO_DELTA], &x->in[CRISTRETTO_TAU], &x->tau2};
  for (int i = 0; i < 4; i++, out += 8) {
    times(&t, &minus_weight, heads[i]);
    store(out, &t);
  }
  // V_i: -weight 2 tau^3 lambda^(i D)
  times(&t, &minus_weight, &x->tau3);
  plus(&on_values, &t, &t);
  for (size_t i = 0; i < c->commitments; i++, out += 8) {
    times(&t, &on_values, &powers[i == 0 ? 0 : c->stride + (i - 1) * ((size_t)c->coordinates + 1)]);
    store(out, &t);
  }
  // X_r and R_r: -weight gamma, weight (1 - gamma^2)
  for (size_t r = 0; r < c->rounds; r++, out += 16) {
    scalar8 on_x;
    times(&on_x, &minus_weight, &gammas[r]);
    store(out, &on_x);
    times(&t, &on_x, &gammas[r]);
    plus(&t, &t, weight);
    store(out + 8, &t);
  }
  times(&t, &minus_weight, &x->alpha_tau);
  store(out, &t);
}

KERNEL void KERNEL_NAME(equations_add)(
    const cristretto_circuit *c, const cristretto_scalar *inputs, const cristretto_scalar *inverses, void *memory,
    void *scratch, void *linear_sums, void *norm_sums, cristretto_scalar *own) {
  const size_t C = c->coordinates, L = 7 + C, k = c->rounds, size = (size_t)1 << k, mask = size - 1;
  scalar8 constant, value, t, unit, v_sum;
  scalar8 *linear = linear_sums, *norm = norm_sums;
  vectors v;
  inversion inverted;
  challenges x;
  lay_out(&v, scratch, c);
  lay_out_inversion(&inverted, memory, c);
  invert(&inverted, c->base / 4 + 3, inverses);
  derive(&x, c, inputs, &inverted);
  const cristretto_scalar *gammas = inputs + 8 * CRISTRETTO_INPUTS;
  const cristretto_scalar *l_final = gammas + 8 * k, *n_final = l_final + 8 * c->final_linear;
  const scalar8 *weight = &x.in[CRISTRETTO_WEIGHT];
  one(&unit);
  evaluate(&v, c, &x, &inverted, &constant);
  for (size_t r = 0; r < k; r++) load(&v.factors[r], gammas + 8 * r);
  store_own(own, c, &x, v.powers, v.factors);

  // v = <c(tau), l> + the sum of mu^(2^k (j + 1)) n_j^2, and the scalars of R and H
  subsets(v.on_l, least(size, L), v.factors, &unit);
  static const int exponents[7] = {-1, 1, 2, 3, 5, 6, 7};
  scalar8 tau_powers[9], entry;
  sequence(tau_powers, 9, &x.tau_inverse, &x.in[CRISTRETTO_TAU]);
  clear(&v_sum);
  fixed8 by_entry, by_weight, by_ratio;
  fixed8_of(&by_weight, weight);
  for (size_t i = 0; i < L; i++) {
    scalar8 l, coefficient;
    if ((i & mask) == 0) {
      load(&entry, l_final + 8 * (i >> k));
      fixed8_of(&by_entry, &entry);
    }
    fixed8_times_add_loose(&l, &by_entry, &v.on_l[i & mask], NULL);
    if (i < 7) {
      times(&coefficient, &x.in[CRISTRETTO_BETA], &tau_powers[exponents[i] + 1]);
      if (i > 0) plus(&coefficient, &coefficient, &v.powers[C + i]);
    } else {
      coefficient = v.powers[i - 6];
    }
    add_times(&v_sum, &coefficient, &l);
    fixed8_times_add(&linear[1 + i], &by_weight, &l, &linear[1 + i]);
  }

  // n_j rho^(2^k - 1) times the ratios gamma_r rho^(-2^r) of the bits of i on slot j 2^k + i, and - weight p_n(tau); on the
  // value - weight p_s(tau)
  t = inverted.factors[c->base / 4];
  for (size_t r = 0; r < k; r++) {
    times(&v.factors[r], &v.factors[r], &t);
    times(&t, &t, &t);
  }
  subsets(v.on_n, size, v.factors, &x.norm_start);
  scalar8 weights[4], step = x.mu_step;
  clear(&t);
  minus(&t, &t, weight);
  times(&weights[0], &t, &x.mu_inverse);
  for (int i = 1; i < 4; i++) times(&weights[i], &weights[i - 1], &x.mu_inverse);
  times(&t, &x.mu_inverse, &x.mu_inverse);
  times(&t, &t, &t);
  fixed8_of(&by_ratio, &t);
  running squares;
  running_clear(&squares);
  for (size_t j = 0; j < c->final_norm; j++) {
    scalar8 n;
    load(&n, n_final + 8 * j);
    fixed8_of(&by_entry, &n);
    for (size_t i = 0; i < size; i++) {
      const size_t s = j * size + i;
      scalar8 p, *of_slot = &weights[s & 3];
      factor8 f;
      fixed8_times_add_loose(&norm[s], &by_entry, &v.on_n[i], &norm[s]);
      product(&p, of_slot, &v.q[s]);
      plus(&norm[s], &norm[s], &p);
      factor8_from_scalar(&f, &p);
      // 64 products of 2 l by 12 l are less than 2^260 · 6 l.
      running_add(&squares, &f, &v.q[s]);
      fixed8_times_add_loose(of_slot, &by_ratio, of_slot, NULL);
    }
    times(&t, &n, &n);
    add_times(&v_sum, &t, &step);
    times(&step, &step, &x.mu_step);
  }
  running_reduce(&squares);
  minus(&value, &v_sum, &constant);
  add_times(&squares.total, weight, &value);
  plus(&linear[0], &linear[0], &squares.total);
}

KERNEL void KERNEL_NAME(equations_sums)(size_t n, const void *sums, cristretto_scalar *out) {
  const scalar8 *sum = sums;
  for (size_t i = 0; i < n; i++) store(out + 8 * i, &sum[i]);
}

#endif
