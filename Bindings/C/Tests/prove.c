/* The trader's side from C: prove SNAPSHOT BOOK CIRCUIT-FILE SECONDS OUTPUT
 * Commits, seals and opens again, explains, proves, and verifies under the account's commitment. */
#include <solvency.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static solvency_buffer error;

static void check(solvency_code code, const char *what) {
  if (code == SOLVENCY_OK) return;
  fprintf(stderr, "%s: %.*s\n", what, (int)error.count, (const char *)error.bytes);
  exit(code);
}

static size_t read_file(const char *path, uint8_t *bytes, size_t limit) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(66);
  }
  size_t count = fread(bytes, 1, limit, file);
  fclose(file);
  return count;
}

static uint8_t snapshot[1 << 20], book[1 << 16], circuit[1 << 18];

int main(int count, char **arguments) {
  if (count != 6) return SOLVENCY_USAGE;
  size_t snapshot_count = read_file(arguments[1], snapshot, sizeof snapshot);
  size_t book_count = read_file(arguments[2], book, sizeof book);
  size_t circuit_count = read_file(arguments[3], circuit, sizeof circuit);
  uint64_t now = strtoull(arguments[4], NULL, 10);

  solvency_catalog *catalog = NULL;
  uint8_t digest[32];
  solvency_snapshot_facts facts;
  check(solvency_catalog_create(0, &catalog, &error), "catalog");
  check(solvency_catalog_add_circuit(catalog, "portfolio-margin", 16, circuit, circuit_count, digest, &error), "circuit");
  check(solvency_catalog_add_snapshot(catalog, snapshot, snapshot_count, NULL, &error), "snapshot");
  check(solvency_snapshot_read(snapshot, snapshot_count, &facts, &error), "facts");

  solvency_opening *made = NULL, *opening = NULL;
  solvency_buffer file = {NULL, 0}, json = {NULL, 0}, envelope = {NULL, 0}, account = {NULL, 0};
  const uint8_t passphrase[] = "correct horse";
  check(solvency_commit(catalog, book, book_count, facts.registry, &made, &error), "commit");
  check(solvency_opening_seal(made, passphrase, 13, &file, &error), "seal");
  if (solvency_opening_unseal(file.bytes, file.count, passphrase, 12, &opening, &error) != SOLVENCY_MALFORMED) return 1;
  solvency_buffer_free(&error);
  check(solvency_opening_unseal(file.bytes, file.count, passphrase, 13, &opening, &error), "unseal");
  check(solvency_opening_account(opening, &account, &error), "account");

  solvency_rule rule = {sizeof rule, digest, facts.digest, NULL, SOLVENCY_KIND_MAINTENANCE};
  check(solvency_explain(opening, catalog, &rule, &json, &error), "explain");
  uint8_t nonce[32] = {7};
  solvency_request request = {sizeof request, "Example Bank", 12, nonce, now, now + 600, now};
  check(solvency_prove(opening, catalog, &rule, &request, &envelope, &error), "prove");

  solvency_accounts *accounts = NULL;
  check(solvency_accounts_create(&accounts, &error), "accounts");
  check(solvency_accounts_add(accounts, account.bytes, account.count, &error), "account");
  solvency_expectations expectations = SOLVENCY_EXPECTATIONS;
  expectations.now = now, expectations.accounts = accounts, expectations.nonce = nonce;
  expectations.audience = "Example Bank", expectations.audience_count = 12;
  expectations.kind = SOLVENCY_KIND_MAINTENANCE;
  solvency_verdict verdict = -1;
  check(solvency_verify(catalog, &expectations, envelope.bytes, envelope.count, &verdict, &error), "verify");
  if (verdict != SOLVENCY_ACCEPTED) {
    fprintf(stderr, "%s\n", solvency_verdict_name(verdict));
    return SOLVENCY_REFUSED;
  }
  FILE *output = fopen(arguments[5], "wb");
  if (output == NULL || fwrite(envelope.bytes, 1, envelope.count, output) != envelope.count || fclose(output) != 0) return 74;
  solvency_buffer_free(&file), solvency_buffer_free(&json), solvency_buffer_free(&envelope), solvency_buffer_free(&account);
  solvency_opening_free(made), solvency_opening_free(opening);
  solvency_accounts_free(accounts), solvency_catalog_free(catalog);
  return 0;
}
