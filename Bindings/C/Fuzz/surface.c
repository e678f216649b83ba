/* A fuzz target of the whole C surface, for libFuzzer: the input is a sequence of calls. Handles of every kind, good, freed,
 * of another kind and NULL, go to every function with documents that are good, altered, cut or made of the input. After each
 * call the promises of the header are checked: a known code, one line exactly with an error, nothing written without
 * SOLVENCY_OK, and no altered proof accepted.
 *
 * SOLVENCY_FUZZ_FOLDER names a folder of documents; see fuzz.sh, which makes it, builds this and runs it. */
#include <solvency.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 6
#define CALLS 24
/* Key derivation and proving take a tenth of a second and more; an input has this many of such calls. */
#define DEAR 1

typedef struct document {
  uint8_t *bytes;
  size_t count;
} document;

enum { SNAPSHOT, CIRCUIT, BOOK, ACCOUNT, PROOF, SEALED, RANGE, DESK, KEY, SIGNATURE, ATTESTATION, REQUEST, FILL, REGISTRY, DOCUMENTS };
static const char *const names[DOCUMENTS] = {
    "snapshot.json", "circuit.circuit", "book.json", "account.json", "proof.json", "sealed.opening", "range.bytes",
    "desk.json", "venue.key", "snapshot.sig.json", "attestation.json", "request.json", "fill.json", "registry.json"};
static document good[DOCUMENTS];
static const uint8_t passphrase[] = "example";
static const size_t passphrase_count = 7;

/* What the good documents give, made once. Slot 0 of each kind; never freed. */
static solvency_catalog *base_catalog;
static solvency_opening *base_opening;
static solvency_accounts *base_accounts;
static solvency_desk *base_desk;
static uint8_t circuit_digest[32], registry_digest[32], snapshot_digest[32], range_point[32];
static uint64_t now;

/* libFuzzer takes these as coverage: a counter for each function with each kind of answer. The library itself is not
 * instrumented. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[1 << 14];

static void fail(const char *what, unsigned function) {
  fprintf(stderr, "function %u: %s\n", function, what);
  abort();
}

/* --- The input ---------------------------------------------------------------------------------------------------- */

typedef struct reader {
  const uint8_t *bytes;
  size_t count;
} reader;

static unsigned byte(reader *input) {
  if (input->count == 0) return 0;
  input->count--;
  return *input->bytes++;
}

static uint64_t number(reader *input) {
  switch (byte(input) % 8) {
    case 0: return 0;
    case 1: return now;
    case 2: return now + 600;
    case 3: return UINT64_MAX;
    case 4: return (uint64_t)1 << (byte(input) % 64);
    default: {
      uint64_t value = 0;
      for (int i = 0; i < 8; i++) value = value << 8 | byte(input);
      return value;
    }
  }
}

/* Bytes for a call. `copy` is freed after it; `isGood` says that they are a good document as it is. */
typedef struct argument {
  const uint8_t *bytes;
  size_t count;
  uint8_t *copy;
  int is_good;
} argument;

static argument document_of(reader *input, unsigned wanted) {
  argument made = {NULL, 0, NULL, 0};
  unsigned choice = byte(input);
  unsigned kind = choice % 16 < 10 ? wanted : byte(input) % DOCUMENTS;
  switch (choice / 16 % 8) {
    case 0: return made;                                   /* NULL, 0 */
    case 1: made.count = byte(input) + 1; return made;     /* NULL with a length */
    case 2:                                                /* an impossible length, which must not be read */
      made.bytes = good[kind].bytes, made.count = SIZE_MAX - byte(input);
      return made;
    case 3: {                                              /* bytes of the input */
      made.count = byte(input) * 4;
      if (made.count > input->count) made.count = input->count;
      made.copy = malloc(made.count + 1);
      memcpy(made.copy, input->bytes, made.count);
      input->bytes += made.count, input->count -= made.count;
      made.bytes = made.copy;
      return made;
    }
    case 4: case 5: {                                      /* altered: cut, a byte changed, a piece doubled */
      document from = good[kind];
      made.copy = malloc(2 * from.count + 1);
      memcpy(made.copy, from.bytes, from.count);
      made.count = from.count;
      for (unsigned changes = byte(input) % 3 + 1; changes > 0 && made.count > 0; changes--) {
        size_t place = (byte(input) << 16 | byte(input) << 8 | byte(input)) % made.count;
        switch (byte(input) % 4) {
          case 0: made.count = place; break;
          case 1: made.copy[place] ^= (uint8_t)(1 + byte(input) % 255); break;
          case 2: made.copy[place] = "0\"{}[],:9-e\\"[byte(input) % 12]; break;
          default: {
            size_t piece = made.count - place;
            if (piece > from.count) piece = from.count;
            if (made.count + piece > 2 * from.count) break;
            memmove(made.copy + made.count, made.copy + place, piece);
            made.count += piece;
          }
        }
      }
      made.bytes = made.copy;
      made.is_good = made.count == from.count && memcmp(made.copy, from.bytes, from.count) == 0;
      return made;
    }
    default:
      made.bytes = good[kind].bytes, made.count = good[kind].count, made.is_good = kind == wanted;
      return made;
  }
}

static const uint8_t *digest_of(reader *input, const uint8_t *wanted) {
  static uint8_t made[4][32];
  static unsigned next;
  switch (byte(input) % 6) {
    case 0: return NULL;
    case 1: {
      uint8_t *place = made[next++ % 4];
      memcpy(place, wanted, 32);
      place[byte(input) % 32] ^= (uint8_t)byte(input);
      return place;
    }
    case 2: return circuit_digest;
    default: return wanted;
  }
}

/* --- The calls ---------------------------------------------------------------------------------------------------- */

typedef struct state {
  solvency_catalog *catalogs[SLOTS];
  solvency_accounts *accounts[SLOTS];
  solvency_opening *openings[SLOTS];
  solvency_desk *desks[SLOTS];
  unsigned dear;
} state;

/* A handle for a function: of the right kind, perhaps freed or NULL, or one of another kind. */
static void *handle(reader *input, state *at, void **right) {
  unsigned choice = byte(input);
  if (choice % 8 == 7) {
    void **kinds[] = {(void **)at->catalogs, (void **)at->accounts, (void **)at->openings, (void **)at->desks};
    return kinds[choice / 8 % 4][byte(input) % SLOTS];
  }
  return choice % 4 == 0 ? right[byte(input) % SLOTS] : right[0];
}

/* Where a call puts a new handle; NULL now and then. */
static void **place(reader *input, void **slots) {
  unsigned choice = byte(input);
  return choice % 8 == 0 ? NULL : &slots[1 + choice % (SLOTS - 1)];
}

static void check(unsigned function, solvency_code code, solvency_buffer *error) {
  switch (code) {
    case SOLVENCY_OK: case SOLVENCY_REFUSED: case SOLVENCY_USAGE: case SOLVENCY_MALFORMED: case SOLVENCY_MISSING:
    case SOLVENCY_IO: break;
    case SOLVENCY_INTERNAL:
      fprintf(stderr, "%.*s\n", (int)error->count, (const char *)error->bytes);
      fail("a defect of the library", function);
      break;
    default: fail("an unknown code", function);
  }
  if ((code == SOLVENCY_OK) != (error->count == 0)) fail("an error without a line, or a line without an error", function);
  uint32_t sum = function * 31 + (uint32_t)code;
  for (size_t i = 0; i < error->count; i++) {
    uint8_t sign = error->bytes[i];
    if (sign < 0x20) fail("the error has more than one line", function);
    /* Numbers and names vary without end; what is said does not. */
    if (sign >= 'a' && sign <= 'z' && i < 60) sum = sum * 16777619u ^ sign;
  }
  uint8_t *counter = &counters[sum % sizeof counters];
  if (*counter < 255) ++*counter;
  solvency_buffer_free(error);
}

static void took(unsigned function, solvency_code code, solvency_buffer *out) {
  if (code != SOLVENCY_OK && (out->bytes != NULL || out->count != 0)) fail("something was written in spite of an error", function);
  if (code == SOLVENCY_OK && out->count > 0 && out->bytes == NULL) fail("a length without bytes", function);
  solvency_buffer_free(out);
  if (out->bytes != NULL || out->count != 0) fail("a freed buffer is not empty", function);
}

static void step(reader *input, state *at) {
  unsigned function = byte(input) % 30;
  solvency_buffer error = {NULL, 0}, out = {NULL, 0};
  solvency_buffer *line = byte(input) % 16 == 0 ? NULL : &error;
  solvency_verdict verdict = -77;
  solvency_code code = SOLVENCY_OK;
  argument one = {NULL, 0, NULL, 0}, two = one, three = one;
  uint8_t digest[32];
  solvency_catalog *catalog = handle(input, at, (void **)at->catalogs);

  solvency_expectations expectations = SOLVENCY_EXPECTATIONS;
  expectations.now = number(input), expectations.threads = 1;
  unsigned odd = byte(input);
  if (odd & 1) expectations.size = number(input);
  if (odd & 2) expectations.kind = (int32_t)number(input);
  if (odd & 4) expectations.audience = "Example Bank", expectations.audience_count = odd & 64 ? SIZE_MAX : odd & 128 ? 5 : 12;
  if (odd & 8) expectations.accounts = handle(input, at, (void **)at->accounts);
  if (odd & 16) expectations.greatest_window = number(input), expectations.clock_skew = number(input), expectations.snapshot_grace = number(input);
  if (odd & 32) expectations.nonce = circuit_digest;

  switch (function) {
    case 0: {
      solvency_catalog **into = (solvency_catalog **)place(input, (void **)at->catalogs);
      code = solvency_catalog_create((size_t)number(input), into, line);
      break;
    }
    case 1: {
      unsigned slot = 1 + byte(input) % (SLOTS - 1);
      switch (byte(input) % 5) {
        case 0: solvency_catalog_free(at->catalogs[slot]); break;
        case 1: solvency_accounts_free(at->accounts[slot]); break;
        case 2: solvency_opening_free(at->openings[slot]); break;
        case 3: solvency_desk_free(at->desks[slot]); break;
        /* A handle of another kind is left alone. */
        default: solvency_desk_free((solvency_desk *)(void *)at->catalogs[0]);
      }
      return;
    }
    case 2:
      if (catalog == base_catalog) return; /* as it is for all inputs */
      code = solvency_catalog_add_shipped_circuits(catalog, line);
      break;
    case 3:
      if (catalog == base_catalog) return;
      one = document_of(input, CIRCUIT);
      code = solvency_catalog_add_circuit(
          catalog, byte(input) % 8 == 0 ? NULL : "portfolio-margin", byte(input) % 8 == 0 ? byte(input) % 16 : 16, one.bytes, one.count, digest, line);
      break;
    case 4:
      if (catalog == base_catalog) return;
      one = document_of(input, SNAPSHOT);
      code = solvency_catalog_add_snapshot(catalog, one.bytes, one.count, byte(input) % 2 ? digest : NULL, line);
      break;
    case 5:
      if (catalog == base_catalog) return;
      one = document_of(input, REGISTRY);
      code = solvency_catalog_add_registry(catalog, one.bytes, one.count, digest, line);
      break;
    case 6:
      if (catalog == base_catalog) return;
      code = solvency_catalog_retire_snapshot(catalog, digest_of(input, snapshot_digest), line);
      break;
    case 7: {
      solvency_snapshot_facts facts;
      one = document_of(input, SNAPSHOT);
      code = solvency_snapshot_read(one.bytes, one.count, byte(input) % 2 ? &facts : NULL, line);
      if (one.is_good && code != SOLVENCY_OK) fail("a good snapshot is refused", function);
      break;
    }
    case 8: code = solvency_accounts_create((solvency_accounts **)place(input, (void **)at->accounts), line); break;
    case 9: {
      solvency_accounts *accounts = handle(input, at, (void **)at->accounts);
      if (accounts == base_accounts) return;
      one = document_of(input, ACCOUNT);
      code = solvency_accounts_add(accounts, one.bytes, one.count, line);
      break;
    }
    case 10: case 11: case 12: {
      one = document_of(input, PROOF);
      code = solvency_verify(catalog, byte(input) % 16 == 0 ? NULL : &expectations, one.bytes, one.count,
                             byte(input) % 16 == 0 ? NULL : &verdict, line);
      if (code == SOLVENCY_OK && verdict == -77) fail("no verdict", function);
      /* Space and the order of members are free in JSON; the sequence and what is proved are not. A changed byte of space
       * may still verify: then the document says the same. Made from the input alone it never does. */
      if (code == SOLVENCY_OK && verdict == SOLVENCY_ACCEPTED && one.count < good[PROOF].count / 2) fail("a piece is accepted", function);
      if (code != SOLVENCY_OK && verdict != -77) fail("a verdict in spite of an error", function);
      break;
    }
    case 13: case 14: {
      argument some[5];
      const uint8_t *pointers[5];
      size_t counts[5];
      uint32_t accounts[5], circuits[5];
      solvency_verdict verdicts[5] = {-77, -77, -77, -77, -77};
      solvency_names found = {byte(input) % 4 ? accounts : NULL, byte(input) % 4 ? circuits : NULL, {NULL, 0}};
      size_t count = byte(input) % 6;
      for (size_t i = 0; i < 5; i++) {
        some[i] = document_of(input, PROOF);
        pointers[i] = some[i].bytes, counts[i] = some[i].count;
      }
      unsigned choice = byte(input);
      code = solvency_verify_many(
          catalog, &expectations, choice % 16 == 0 ? NULL : pointers, choice % 16 == 1 ? NULL : counts,
          choice % 16 == 2 ? SIZE_MAX - choice : count, choice % 16 == 3 ? NULL : verdicts, choice & 64 ? &found : NULL, line);
      for (size_t i = 0; i < 5; i++) {
        if ((code == SOLVENCY_OK && i < count) != (verdicts[i] != -77) && choice % 16 != 3) fail("verdicts are not one for each proof", function);
        /* The same proof alone has the same verdict. */
        if (code == SOLVENCY_OK && i < count && choice % 16 != 3 && choice & 128) {
          solvency_verdict alone = -77;
          if (solvency_verify(catalog, &expectations, pointers[i], counts[i], &alone, NULL) != SOLVENCY_OK || alone != verdicts[i])
            fail("alone and in a batch a proof has two verdicts", function);
        }
      }
      if (choice & 64) solvency_buffer_free(&found.text);
      for (size_t i = 0; i < 5; i++) free(some[i].copy);
      break;
    }
    case 15: case 16: {
      solvency_range_statement statement = {sizeof statement, (const uint8_t *)"fuzz", 4, NULL, 1, 0, 0, 64, 0};
      uint64_t values[64] = {number(input), number(input)};
      uint8_t blindings[64 * 32] = {1}, points[64 * 32];
      unsigned choice = byte(input);
      if (choice & 1) statement.size = number(input);
      if (choice & 2) statement.bits = (uint32_t)number(input);
      if (choice & 4) statement.has_bounds = (uint32_t)number(input), statement.lower = number(input), statement.upper = number(input);
      if (choice & 8) statement.label = NULL, statement.label_count = byte(input);
      statement.commitment_count = choice & 16 ? (size_t)number(input) : byte(input) % 4;
      /* Counts that are believed must be backed by memory; those beyond the limit must be refused unread. */
      code = solvency_range_prove(choice & 32 && byte(input) % 8 == 0 ? NULL : &statement, choice & 64 ? NULL : values,
                                  choice & 128 ? blindings : NULL, blindings, points, &out, line);
      took(function, code, &out);
      break;
    }
    case 17: case 18: {
      solvency_range_statement statements[2] = {
          {sizeof statements[0], (const uint8_t *)"fuzz", 4, range_point, 1, 0, 0, 64, 0}, {0}};
      statements[1] = statements[0];
      solvency_verdict verdicts[2] = {-77, -77};
      uint8_t other[64 * 32] = {0};
      argument some[2] = {document_of(input, RANGE), document_of(input, RANGE)};
      const uint8_t *pointers[2] = {some[0].bytes, some[1].bytes};
      size_t counts[2] = {some[0].count, some[1].count};
      unsigned choice = byte(input);
      if (choice & 1) statements[1].commitments = other, statements[1].commitment_count = (size_t)number(input);
      if (statements[1].commitment_count > 64 && statements[1].commitment_count < ((size_t)1 << 40)) statements[1].commitment_count %= 64;
      if (choice & 2) statements[1].bits = byte(input);
      if (choice & 4) statements[1].has_bounds = byte(input) % 3, statements[1].lower = number(input), statements[1].upper = number(input);
      if (choice & 8) statements[1].commitments = NULL;
      code = solvency_range_verify_many(choice & 16 ? NULL : statements, pointers, counts, choice & 32 ? byte(input) % 3 : 2, verdicts, line);
      if (code == SOLVENCY_OK && some[0].is_good && !(choice & 32) && verdicts[0] != SOLVENCY_ACCEPTED) fail("a good range proof is rejected", function);
      if (code == SOLVENCY_OK && !some[0].is_good && verdicts[0] == SOLVENCY_ACCEPTED) fail("an altered range proof is accepted", function);
      for (size_t i = 0; i < 2; i++) free(some[i].copy);
      break;
    }
    case 19:
      one = document_of(input, BOOK);
      code = solvency_commit(catalog, one.bytes, one.count, digest_of(input, registry_digest),
                             (solvency_opening **)place(input, (void **)at->openings), line);
      break;
    case 20:
      code = solvency_opening_account(handle(input, at, (void **)at->openings), byte(input) % 8 == 0 ? NULL : &out, line);
      took(function, code, &out);
      break;
    case 21:
      if (byte(input) % 2 == 0) { /* without a passphrase nothing is derived */
        code = solvency_opening_seal(handle(input, at, (void **)at->openings), NULL, 0, &out, line);
      } else {
        if (at->dear++ >= DEAR) return;
        code = solvency_opening_seal(handle(input, at, (void **)at->openings), passphrase, passphrase_count, &out, line);
      }
      took(function, code, &out);
      break;
    case 22:
      if (at->dear++ >= DEAR) return;
      one = document_of(input, SEALED);
      code = solvency_opening_unseal(one.bytes, one.count, passphrase, byte(input) % 4 == 0 ? 0 : passphrase_count,
                                     (solvency_opening **)place(input, (void **)at->openings), line);
      break;
    case 23:
      one = document_of(input, FILL);
      code = solvency_opening_fill(handle(input, at, (void **)at->openings), catalog, one.bytes, one.count,
                                   (solvency_opening **)place(input, (void **)at->openings), line);
      break;
    case 24: case 25: {
      solvency_rule rule = {sizeof rule, digest_of(input, circuit_digest), digest_of(input, snapshot_digest),
                            byte(input) % 2 ? NULL : digest_of(input, registry_digest), 1 + (int32_t)(byte(input) % 3)};
      solvency_request request = {sizeof request, "Example Bank", 12, digest_of(input, circuit_digest), number(input), number(input), number(input)};
      if (byte(input) % 16 == 0) rule.size = number(input);
      if (byte(input) % 16 == 0) request.size = number(input);
      solvency_opening *opening = handle(input, at, (void **)at->openings);
      if (function == 24) {
        code = solvency_explain(opening, catalog, byte(input) % 16 == 0 ? NULL : &rule, &out, line);
      } else {
        if (at->dear++ >= DEAR) return;
        code = solvency_prove(opening, catalog, &rule, byte(input) % 16 == 0 ? NULL : &request, &out, line);
      }
      took(function, code, &out);
      break;
    }
    case 26: {
      one = document_of(input, DESK), two = document_of(input, KEY);
      if (two.is_good && at->dear++ >= DEAR) break;
      /* A changed key file still costs its derivation. */
      if (!two.is_good && two.count > 8 && at->dear++ >= DEAR) break;
      code = solvency_desk_open(catalog, one.bytes, one.count, byte(input) % 4 ? NULL : "", byte(input) % 4 ? 0 : SIZE_MAX, two.bytes, two.count,
                                passphrase, passphrase_count, (solvency_desk **)place(input, (void **)at->desks), line);
      break;
    }
    case 27: {
      solvency_desk *desk = handle(input, at, (void **)at->desks);
      one = document_of(input, SNAPSHOT), two = document_of(input, SIGNATURE), three = document_of(input, ATTESTATION);
      if (byte(input) % 2) {
        code = solvency_desk_publish(desk, one.bytes, one.count, two.bytes, two.count, number(input), line);
      } else {
        code = solvency_desk_open_account(desk, &three.bytes, &three.count, byte(input) % 8 == 0 ? SIZE_MAX : 1, number(input), line);
      }
      break;
    }
    case 28: {
      solvency_desk *desk = handle(input, at, (void **)at->desks);
      one = document_of(input, REQUEST);
      if (byte(input) % 2) {
        code = solvency_desk_review_many(desk, &one.bytes, &one.count, 1, number(input), &out, line);
      } else {
        code = solvency_desk_status(desk, number(input), byte(input) % 8 == 0 ? NULL : &out, line);
      }
      took(function, code, &out);
      break;
    }
    default: {
      uint8_t hashes[8 * 32];
      for (size_t i = 0; i < sizeof hashes; i++) hashes[i] = (uint8_t)byte(input);
      size_t count = byte(input) % 16 == 0 ? SIZE_MAX - 2 : byte(input) % 9;
      const uint8_t *hash = byte(input) % 16 == 0 ? NULL : hashes;
      one = document_of(input, REQUEST);
      if (byte(input) % 2) {
        code = solvency_log_check_inclusion(one.bytes, one.count, number(input), number(input), digest_of(input, snapshot_digest), hash, count, &verdict, line);
      } else {
        code = solvency_log_check_consistency(number(input), digest_of(input, snapshot_digest), number(input), digest_of(input, snapshot_digest), hash, count, &verdict, line);
      }
      break;
    }
  }
  if (line == NULL) {
    if (error.bytes != NULL) fail("a line that nobody asked for", function);
  } else {
    check(function, code, &error);
  }
  free(one.copy), free(two.copy), free(three.copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  reader input = {bytes, count};
  state at;
  memset(&at, 0, sizeof at);
  at.catalogs[0] = base_catalog, at.accounts[0] = base_accounts, at.openings[0] = base_opening, at.desks[0] = base_desk;
  for (int i = 0; i < CALLS && input.count > 0; i++) step(&input, &at);
  for (int i = 1; i < SLOTS; i++) {
    solvency_catalog_free(at.catalogs[i]), solvency_accounts_free(at.accounts[i]);
    solvency_opening_free(at.openings[i]), solvency_desk_free(at.desks[i]);
  }
  return 0;
}

/* --- The documents ------------------------------------------------------------------------------------------------ */

static void need(solvency_code code, const char *what, solvency_buffer *error) {
  if (code == SOLVENCY_OK) return;
  fprintf(stderr, "%s: %.*s\n", what, (int)error->count, (const char *)error->bytes);
  exit(1);
}

static void keep(unsigned kind, solvency_buffer made) {
  good[kind].bytes = made.bytes, good[kind].count = made.count;
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  (void)count, (void)arguments;
  const char *folder = getenv("SOLVENCY_FUZZ_FOLDER");
  if (folder == NULL) fprintf(stderr, "SOLVENCY_FUZZ_FOLDER is not set; run fuzz.sh\n"), exit(64);
  for (unsigned kind = 0; kind < DOCUMENTS; kind++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, names[kind]);
    FILE *file = fopen(path, "rb");
    if (file == NULL) continue;
    good[kind].bytes = malloc(1 << 22);
    good[kind].count = fread(good[kind].bytes, 1, 1 << 22, file);
    fclose(file);
  }
  solvency_buffer error = {NULL, 0}, made = {NULL, 0};
  solvency_snapshot_facts facts;
  need(solvency_snapshot_read(good[SNAPSHOT].bytes, good[SNAPSHOT].count, &facts, &error), "snapshot", &error);
  now = facts.valid_from + 60;
  memcpy(registry_digest, facts.registry, 32), memcpy(snapshot_digest, facts.digest, 32);
  need(solvency_catalog_create(0, &base_catalog, &error), "catalog", &error);
  need(solvency_catalog_add_circuit(base_catalog, "portfolio-margin", 16, good[CIRCUIT].bytes, good[CIRCUIT].count, circuit_digest, &error), "circuit", &error);
  need(solvency_catalog_add_snapshot(base_catalog, good[SNAPSHOT].bytes, good[SNAPSHOT].count, NULL, &error), "snapshot", &error);
  need(solvency_commit(base_catalog, good[BOOK].bytes, good[BOOK].count, registry_digest, &base_opening, &error), "book", &error);
  need(solvency_opening_account(base_opening, &made, &error), "account", &error);
  keep(ACCOUNT, made);
  need(solvency_accounts_create(&base_accounts, &error), "accounts", &error);
  need(solvency_accounts_add(base_accounts, made.bytes, made.count, &error), "accounts", &error);
  need(solvency_opening_seal(base_opening, passphrase, passphrase_count, &made, &error), "seal", &error);
  keep(SEALED, made);
  solvency_rule rule = {sizeof rule, circuit_digest, snapshot_digest, NULL, SOLVENCY_KIND_MAINTENANCE};
  solvency_request request = {sizeof request, "Example Bank", 12, circuit_digest, now, now + 600, now};
  need(solvency_prove(base_opening, base_catalog, &rule, &request, &made, &error), "prove", &error);
  keep(PROOF, made);
  solvency_range_statement statement = {sizeof statement, (const uint8_t *)"fuzz", 4, NULL, 1, 0, 0, 64, 0};
  uint64_t value = 12345;
  uint8_t blinding[32];
  need(solvency_range_prove(&statement, &value, NULL, blinding, range_point, &made, &error), "range", &error);
  keep(RANGE, made);
  if (good[DESK].bytes != NULL && good[KEY].bytes != NULL) {
    need(solvency_desk_open(base_catalog, good[DESK].bytes, good[DESK].count, NULL, 0, good[KEY].bytes, good[KEY].count, passphrase, passphrase_count, &base_desk, &error), "desk", &error);
  }
  for (unsigned kind = 0; kind < DOCUMENTS; kind++) {
    if (good[kind].bytes == NULL) good[kind].bytes = (uint8_t *)calloc(1, 1);
  }
  return 0;
}
