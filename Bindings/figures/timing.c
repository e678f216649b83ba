/* Times verification as a C program does it: timing SNAPSHOT AUDIENCE SECONDS-SINCE-1970 PROOFS, with a proof to a line. For
 * each line "single" or "batch" of its input it verifies all proofs, one by one or together on one thread, and writes the
 * nanoseconds of processor time and how many were accepted. */
#define _POSIX_C_SOURCE 200809L
#include <solvency.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint8_t *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(66);
  }
  *count = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*count);
  if (bytes == NULL || fread(bytes, 1, *count, file) != *count) exit(74);
  fclose(file);
  return bytes;
}

static void check(solvency_code code, solvency_buffer *error) {
  if (code == SOLVENCY_OK) return;
  fprintf(stderr, "%.*s\n", (int)error->count, (const char *)error->bytes);
  exit(code);
}

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argument_count, char **arguments) {
  if (argument_count != 5) {
    fprintf(stderr, "usage: %s SNAPSHOT AUDIENCE SECONDS PROOFS\n", arguments[0]);
    return SOLVENCY_USAGE;
  }
  solvency_buffer error = {NULL, 0};
  solvency_catalog *catalog = NULL;
  check(solvency_catalog_create(0, &catalog, &error), &error);
  check(solvency_catalog_add_shipped_circuits(catalog, &error), &error);
  size_t size = 0;
  uint8_t *snapshot = read_file(arguments[1], &size);
  check(solvency_catalog_add_snapshot(catalog, snapshot, size, NULL, &error), &error);
  solvency_expectations expectations = SOLVENCY_EXPECTATIONS;
  expectations.now = strtoull(arguments[3], NULL, 10);
  expectations.audience = arguments[2];
  expectations.audience_count = strlen(arguments[2]);
  expectations.threads = 1;

  uint8_t *text = read_file(arguments[4], &size);
  size_t count = 0, start = 0;
  for (size_t place = 0; place < size; place++) count += text[place] == '\n';
  const uint8_t **proofs = calloc(count, sizeof *proofs);
  size_t *lengths = calloc(count, sizeof *lengths);
  solvency_verdict *verdicts = calloc(count, sizeof *verdicts);
  if (proofs == NULL || lengths == NULL || verdicts == NULL) return 71;
  for (size_t place = 0, index = 0; place < size; place++) {
    if (text[place] != '\n') continue;
    proofs[index] = text + start;
    lengths[index++] = place - start;
    start = place + 1;
  }

  char line[16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    long long before = nanoseconds();
    if (strcmp(line, "single\n") == 0) {
      for (size_t index = 0; index < count; index++)
        check(solvency_verify(catalog, &expectations, proofs[index], lengths[index], &verdicts[index], &error), &error);
    } else {
      check(solvency_verify_many(catalog, &expectations, proofs, lengths, count, verdicts, NULL, &error), &error);
    }
    long long taken = nanoseconds() - before;
    size_t accepted = 0;
    for (size_t index = 0; index < count; index++) accepted += verdicts[index] == SOLVENCY_ACCEPTED;
    printf("%lld %zu\n", taken, accepted);
    fflush(stdout);
  }
  solvency_catalog_free(catalog);
  return SOLVENCY_OK;
}
