// SHA-256 (FIPS 180-4) with the processor's own instructions for it: five to eight times as fast as without. Time
// depends on the number of bytes only.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A hash that is being computed.
typedef struct {
  uint32_t words[8];
  uint64_t count;
  uint8_t rest[64];
} csha256_state;

// Whether the processor has the instructions. The other functions end the process where it has not.
bool csha256_is_available(void);

// The hash of nothing yet.
void csha256_start(csha256_state *state);

// Takes the next bytes.
void csha256_update(csha256_state *state, const void *bytes, size_t count);

// The digest of what was taken, 32 bytes. The state is used up.
void csha256_finish(csha256_state *state, void *digest);
