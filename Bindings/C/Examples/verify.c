/* Verifies a proof file: verify SNAPSHOT PROOF AUDIENCE SECONDS-SINCE-1970
 *
 *     cc -std=c99 verify.c $(pkg-config --cflags --libs solvency) -o verify
 */
#include <inttypes.h>
#include <solvency.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(66);
  }
  uint8_t *bytes = NULL;
  size_t size = 0, used = 0;
  for (;;) {
    if (used == size) {
      size = size == 0 ? 4096 : 2 * size;
      bytes = realloc(bytes, size);
      if (bytes == NULL) exit(71);
    }
    size_t got = fread(bytes + used, 1, size - used, file);
    if (got == 0) break;
    used += got;
  }
  fclose(file);
  *count = used;
  return bytes;
}

static void check(solvency_code code, solvency_buffer *error) {
  if (code == SOLVENCY_OK) return;
  fprintf(stderr, "%.*s\n", (int)error->count, (const char *)error->bytes);
  solvency_buffer_free(error);
  exit(code);
}

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "usage: %s SNAPSHOT PROOF AUDIENCE SECONDS\n", arguments[0]);
    return SOLVENCY_USAGE;
  }
  if (solvency_abi_version() != SOLVENCY_ABI_VERSION) {
    fprintf(stderr, "libsolvency has interface version %" PRIu32 "\n", solvency_abi_version());
    return SOLVENCY_USAGE;
  }
  solvency_buffer error = {NULL, 0};
  solvency_catalog *catalog = NULL;
  check(solvency_catalog_create(0, &catalog, &error), &error);
  check(solvency_catalog_add_shipped_circuits(catalog, &error), &error);
  size_t snapshot_count = 0, proof_count = 0;
  uint8_t *snapshot = read_file(arguments[1], &snapshot_count);
  check(solvency_catalog_add_snapshot(catalog, snapshot, snapshot_count, NULL, &error), &error);

  uint8_t *proof = read_file(arguments[2], &proof_count);
  solvency_expectations expectations = SOLVENCY_EXPECTATIONS;
  expectations.now = strtoull(arguments[4], NULL, 10);
  expectations.audience = arguments[3];
  expectations.audience_count = strlen(arguments[3]);
  solvency_verdict verdict = -1;
  check(solvency_verify(catalog, &expectations, proof, proof_count, &verdict, &error), &error);
  printf("%s\n", solvency_verdict_name(verdict));

  free(snapshot);
  free(proof);
  solvency_catalog_free(catalog);
  return verdict == SOLVENCY_ACCEPTED ? SOLVENCY_OK : SOLVENCY_REFUSED;
}
