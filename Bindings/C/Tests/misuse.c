/* Every function with NULL, zero lengths, impossible counts, foreign and freed handles: a code and a line each, and no
 * trap. Exits 0 if all is as it should be. */
#include <solvency.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;
static solvency_buffer error;

static void expect(solvency_code wanted, solvency_code found, const char *what) {
  int has_line = error.count > 0 && memchr(error.bytes, '\n', error.count) == NULL;
  if (found != wanted || (found != SOLVENCY_OK) != has_line) {
    printf("%s: code %d instead of %d, \"%.*s\"\n", what, (int)found, (int)wanted, (int)error.count,
           error.bytes ? (const char *)error.bytes : "");
    failures++;
  }
  solvency_buffer_free(&error);
}
#define USAGE(call) expect(SOLVENCY_USAGE, call, #call)
#define MALFORMED(call) expect(SOLVENCY_MALFORMED, call, #call)
#define GOOD(call) expect(SOLVENCY_OK, call, #call)

int main(void) {
  const uint8_t junk[] = "{\"version\": 1, \"version\": 1}";
  const size_t count = sizeof junk - 1;
  const size_t huge = (size_t)-1, large = (size_t)1 << 40;
  uint8_t digest[32] = {0};
  solvency_buffer out = {NULL, 0};
  solvency_verdict verdict = 0;

  solvency_catalog *catalog = NULL;
  USAGE(solvency_catalog_create(0, NULL, &error));
  USAGE(solvency_catalog_create(huge, &catalog, &error));
  GOOD(solvency_catalog_create(0, &catalog, &error));
  USAGE(solvency_catalog_add_shipped_circuits(NULL, &error));
  GOOD(solvency_catalog_add_shipped_circuits(catalog, &error));
  USAGE(solvency_catalog_add_circuit(catalog, NULL, 0, junk, count, digest, &error));
  USAGE(solvency_catalog_add_circuit(catalog, "x", 1, NULL, 5, digest, &error));
  MALFORMED(solvency_catalog_add_circuit(catalog, "x", 1, junk, count, digest, &error));
  MALFORMED(solvency_catalog_add_circuit(catalog, "\xff", 1, junk, count, digest, &error));
  MALFORMED(solvency_catalog_add_snapshot(catalog, junk, count, NULL, &error));
  MALFORMED(solvency_catalog_add_snapshot(catalog, NULL, 0, NULL, &error));
  USAGE(solvency_catalog_add_snapshot(catalog, junk, huge, NULL, &error));
  USAGE(solvency_catalog_add_snapshot(catalog, junk, large, NULL, &error));
  MALFORMED(solvency_catalog_add_registry(catalog, junk, count, digest, &error));
  expect(SOLVENCY_MISSING, solvency_catalog_retire_snapshot(catalog, digest, &error), "retire");
  MALFORMED(solvency_snapshot_read(junk, count, NULL, &error));

  solvency_accounts *accounts = NULL;
  USAGE(solvency_accounts_create(NULL, &error));
  GOOD(solvency_accounts_create(&accounts, &error));
  MALFORMED(solvency_accounts_add(accounts, junk, count, &error));
  USAGE(solvency_accounts_add((solvency_accounts *)(void *)catalog, junk, count, &error));

  solvency_expectations expectations = SOLVENCY_EXPECTATIONS;
  USAGE(solvency_verify(catalog, NULL, junk, count, &verdict, &error));
  USAGE(solvency_verify(catalog, &expectations, junk, count, NULL, &error));
  USAGE(solvency_verify(NULL, &expectations, junk, count, &verdict, &error));
  GOOD(solvency_verify(catalog, &expectations, junk, count, &verdict, &error));
  if (strcmp(solvency_verdict_name(verdict), "malformed") != 0) failures++, printf("junk is not malformed\n");
  GOOD(solvency_verify(catalog, &expectations, NULL, 0, &verdict, &error));
  expectations.size = 8;
  USAGE(solvency_verify(catalog, &expectations, junk, count, &verdict, &error));
  expectations = (solvency_expectations)SOLVENCY_EXPECTATIONS;
  expectations.kind = 7;
  USAGE(solvency_verify(catalog, &expectations, junk, count, &verdict, &error));
  expectations.kind = SOLVENCY_KIND_ANY;
  expectations.audience = "";
  MALFORMED(solvency_verify(catalog, &expectations, junk, count, &verdict, &error));
  expectations.audience = NULL;
  expectations.accounts = (const solvency_accounts *)(const void *)catalog;
  USAGE(solvency_verify(catalog, &expectations, junk, count, &verdict, &error));
  expectations.accounts = NULL;

  const uint8_t *pointers[2] = {junk, NULL};
  size_t counts[2] = {count, 0};
  solvency_verdict verdicts[2] = {9, 9};
  GOOD(solvency_verify_many(catalog, &expectations, pointers, counts, 2, verdicts, NULL, &error));
  GOOD(solvency_verify_many(catalog, &expectations, NULL, NULL, 0, NULL, NULL, &error));
  USAGE(solvency_verify_many(catalog, &expectations, pointers, counts, huge, verdicts, NULL, &error));
  USAGE(solvency_verify_many(catalog, &expectations, NULL, counts, 2, verdicts, NULL, &error));
  USAGE(solvency_verify_many(catalog, &expectations, pointers, counts, 2, NULL, NULL, &error));
  counts[1] = 3;
  USAGE(solvency_verify_many(catalog, &expectations, pointers, counts, 2, verdicts, NULL, &error));
  counts[1] = huge;
  USAGE(solvency_verify_many(catalog, &expectations, pointers, counts, 2, verdicts, NULL, &error));
  if (strcmp(solvency_verdict_name(-5), "unknown") != 0 || strcmp(solvency_verdict_name(1000), "unknown") != 0) {
    failures++, printf("an unknown verdict has a name\n");
  }

  solvency_range_statement statement = {sizeof statement, NULL, 0, NULL, 1, 0, 0, 64, 0};
  uint64_t value = 5;
  uint8_t point[32], blinding[32], ones[32];
  memset(ones, 0xff, sizeof ones);
  USAGE(solvency_range_prove(NULL, &value, NULL, blinding, point, &out, &error));
  USAGE(solvency_range_prove(&statement, NULL, NULL, blinding, point, &out, &error));
  USAGE(solvency_range_prove(&statement, &value, NULL, NULL, point, &out, &error));
  USAGE(solvency_range_prove(&statement, &value, ones, NULL, point, &out, &error));
  statement.bits = 12;
  USAGE(solvency_range_prove(&statement, &value, NULL, blinding, point, &out, &error));
  statement.bits = 64;
  statement.commitment_count = huge;
  USAGE(solvency_range_prove(&statement, &value, NULL, blinding, point, &out, &error));
  statement.commitment_count = 1;
  statement.has_bounds = 1, statement.lower = 9, statement.upper = 3;
  USAGE(solvency_range_prove(&statement, &value, NULL, blinding, point, &out, &error));
  statement.upper = 20;
  expect(SOLVENCY_REFUSED, solvency_range_prove(&statement, &value, NULL, blinding, point, &out, &error), "bounds");
  value = 10;
  GOOD(solvency_range_prove(&statement, &value, NULL, blinding, point, &out, &error));
  const uint8_t *proof = out.bytes;
  statement.commitments = point;
  GOOD(solvency_range_verify_many(&statement, &proof, &out.count, 1, verdicts, &error));
  if (verdicts[0] != SOLVENCY_ACCEPTED) failures++, printf("a range proof is rejected\n");
  statement.commitments = ones;
  GOOD(solvency_range_verify_many(&statement, &proof, &out.count, 1, verdicts, &error));
  if (verdicts[0] == SOLVENCY_ACCEPTED) failures++, printf("a foreign range proof is accepted\n");
  statement.commitments = NULL;
  USAGE(solvency_range_verify_many(&statement, &proof, &out.count, 1, verdicts, &error));
  USAGE(solvency_range_verify_many(NULL, &proof, &out.count, 1, verdicts, &error));
  solvency_buffer_free(&out);
  solvency_buffer_free(&out);
  solvency_buffer_free(NULL);

  solvency_opening *opening = NULL;
  USAGE(solvency_commit(catalog, junk, count, NULL, &opening, &error));
  expect(SOLVENCY_MISSING, solvency_commit(catalog, junk, count, digest, &opening, &error), "commit");
  USAGE(solvency_commit(catalog, junk, count, digest, NULL, &error));
  USAGE(solvency_opening_account(NULL, &out, &error));
  USAGE(solvency_opening_unseal(junk, count, NULL, 0, &opening, &error));
  MALFORMED(solvency_opening_unseal(junk, count, junk, count, &opening, &error));
  USAGE(solvency_prove(NULL, catalog, NULL, NULL, &out, &error));
  USAGE(solvency_explain(NULL, catalog, NULL, &out, &error));

  solvency_desk *desk = NULL;
  MALFORMED(solvency_desk_open(catalog, junk, count, NULL, 0, junk, count, junk, count, &desk, &error));
  USAGE(solvency_desk_open(NULL, junk, count, NULL, 0, junk, count, junk, count, &desk, &error));
  USAGE(solvency_desk_publish(NULL, junk, count, junk, count, 1, &error));
  USAGE(solvency_desk_open_account(NULL, pointers, counts, 1, 1, &error));
  USAGE(solvency_desk_review_many(NULL, pointers, counts, 1, 1, &out, &error));
  USAGE(solvency_desk_status(NULL, 1, &out, &error));

  solvency_roll *roll = NULL;
  solvency_roll_description about;
  memset(&about, 0, sizeof about);
  USAGE(solvency_roll_open(NULL, &roll, &error));
  USAGE(solvency_roll_open(&about, &roll, &error));
  about.size = sizeof about;
  USAGE(solvency_roll_open(&about, NULL, &error));
  MALFORMED(solvency_roll_open(&about, &roll, &error));
  about.header = junk, about.header_count = count;
  MALFORMED(solvency_roll_open(&about, &roll, &error));
  about.header_count = huge;
  USAGE(solvency_roll_open(&about, &roll, &error));
  counts[1] = 0;
  USAGE(solvency_roll_audit(NULL, 0, 0, pointers, counts, pointers, counts, 2, 0, &out, &error));
  USAGE(solvency_roll_audit((const solvency_roll *)(const void *)catalog, 0, 0, pointers, counts, pointers, counts, 2, 0,
                            &out, &error));
  MALFORMED(solvency_roll_merge(pointers, counts, 2, &out, &error));
  expect(SOLVENCY_REFUSED, solvency_roll_merge(NULL, NULL, 0, &out, &error), "nothing merged");
  USAGE(solvency_roll_merge(pointers, counts, huge, &out, &error));
  USAGE(solvency_roll_merge(pointers, counts, 2, NULL, &error));
  USAGE(solvency_roll_result(NULL, junk, count, junk, count, junk, count, junk, count, NULL, 0, &out, &error));
  counts[1] = huge;
  USAGE(solvency_log_check_inclusion(junk, count, 0, 1, NULL, NULL, 0, &verdict, &error));
  USAGE(solvency_log_check_inclusion(junk, count, 0, 1, digest, NULL, huge, &verdict, &error));
  USAGE(solvency_log_check_inclusion(junk, count, 0, 1, digest, NULL, 3, &verdict, &error));
  GOOD(solvency_log_check_inclusion(junk, count, 5, 1, digest, NULL, 0, &verdict, &error));
  if (verdict == SOLVENCY_ACCEPTED) failures++, printf("an entry beyond the log is in it\n");
  GOOD(solvency_log_check_consistency(9, digest, 3, digest, NULL, 0, &verdict, &error));
  if (verdict == SOLVENCY_ACCEPTED) failures++, printf("a shorter log extends a longer\n");

  /* Freed handles, and freeing twice. */
  solvency_catalog_free(catalog);
  solvency_catalog_free(catalog);
  USAGE(solvency_catalog_add_shipped_circuits(catalog, &error));
  solvency_accounts_free(accounts);
  USAGE(solvency_accounts_add(accounts, junk, count, &error));
  solvency_opening_free(NULL);
  solvency_desk_free(NULL);
  solvency_roll_free(NULL);
  printf("%s\n", failures == 0 ? "every misuse has its code and its line" : "misuse is not caught");
  return failures == 0 ? 0 : 1;
}
