/* libsolvency: margin proofs on hidden books, from C.
 *
 * Every function is safe to call from any thread at any time, with two exceptions: a handle is not freed while another
 * thread uses it, and a catalog is not added to while another thread verifies with it unless that thread may see either
 * state. Nothing is called back, nothing is printed, nothing ends the process.
 *
 * Bytes go in as a pointer and a length; a pointer may be NULL when the length is 0. Text is UTF-8 with a length, without
 * a terminating zero. What comes out as a solvency_buffer belongs to the caller, who frees it with solvency_buffer_free.
 *
 * Functions that can fail return a solvency_code and take, last, a buffer for one line that says what is wrong, where,
 * and what to do; NULL if the caller does not want it. On any code but SOLVENCY_OK nothing else is written to.
 *
 * After fork() the child may use every handle and make new ones. It computes on one thread, because the threads of the
 * parent are gone. A fork while another thread is inside the library is not supported: a lock it held stays locked.
 */
#ifndef SOLVENCY_H
#define SOLVENCY_H

#include <stddef.h>
#include <stdint.h>

/* Readers other than clang do not know who may be NULL. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if __has_feature(nullability)
#define SOLVENCY_NULLABLE _Nullable
#define SOLVENCY_NONNULL _Nonnull
#else
#define SOLVENCY_NULLABLE
#define SOLVENCY_NONNULL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this interface: the number in the name of the shared library. It grows when a program that was built
 * with an older header would no longer work. */
#define SOLVENCY_ABI_VERSION 1

/* What a call came to. The numbers are the exit codes of the command `solvency`. */
typedef int32_t solvency_code;
#define SOLVENCY_OK 0          /* done; of a proof: see its verdict */
#define SOLVENCY_REFUSED 2     /* the book does not meet the rule, or the desk refuses */
#define SOLVENCY_USAGE 64      /* the call itself is wrong: NULL, a freed handle, an unknown number */
#define SOLVENCY_MALFORMED 65  /* outside bytes are not what they should be */
#define SOLVENCY_MISSING 66    /* something that is named is not there */
#define SOLVENCY_INTERNAL 70   /* a defect of the library */
#define SOLVENCY_IO 74         /* reading or writing failed */

/* Kinds of margin. */
#define SOLVENCY_KIND_ANY 0
#define SOLVENCY_KIND_MAINTENANCE 1
#define SOLVENCY_KIND_INITIAL 2

/* Bytes that the library made. {NULL, 0} is the empty one. */
typedef struct solvency_buffer {
  uint8_t *SOLVENCY_NULLABLE bytes;
  size_t count;
} solvency_buffer;

/* Frees the bytes, wiping them first, and makes the buffer empty. NULL and the empty buffer are allowed. */
void solvency_buffer_free(solvency_buffer *SOLVENCY_NULLABLE buffer);

/* SOLVENCY_ABI_VERSION as the library was built. Compare it first. */
uint32_t solvency_abi_version(void);

/* The version of the project, "0.2.0", and what the library can do, words separated by spaces:
 * "verify range prove explain snapshot desk log". Valid for as long as the library is loaded; zero-terminated. */
const char *SOLVENCY_NONNULL solvency_version(void);
const char *SOLVENCY_NONNULL solvency_capabilities(void);

/* --- Trusted documents ------------------------------------------------------------------------------------------- */

/* The circuits, snapshots and registries that a verifier trusts. A proof only names them. */
typedef struct solvency_catalog solvency_catalog;

/* An empty catalog, under which no proof is accepted. `compiled_limit` compiled rules are kept; 0 stands for 64. */
solvency_code solvency_catalog_create(
    size_t compiled_limit, solvency_catalog *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE catalog,
    solvency_buffer *SOLVENCY_NULLABLE error);
void solvency_catalog_free(solvency_catalog *SOLVENCY_NULLABLE catalog);

/* Trusts the circuits that come with the library: portfolio-margin and the others. */
solvency_code solvency_catalog_add_shipped_circuits(
    solvency_catalog *SOLVENCY_NULLABLE catalog, solvency_buffer *SOLVENCY_NULLABLE error);

/* Trusts a circuit given as text. Its name is that of the file without folder and extension, as it stands in proofs.
 * `digest` receives 32 bytes, unless it is NULL; so with the others. */
solvency_code solvency_catalog_add_circuit(
    solvency_catalog *SOLVENCY_NULLABLE catalog, const char *SOLVENCY_NULLABLE name, size_t name_count,
    const uint8_t *SOLVENCY_NULLABLE text, size_t text_count, uint8_t *SOLVENCY_NULLABLE digest,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* Trusts a snapshot (a JSON document) and the registry of its own lists. */
solvency_code solvency_catalog_add_snapshot(
    solvency_catalog *SOLVENCY_NULLABLE catalog, const uint8_t *SOLVENCY_NULLABLE json, size_t json_count,
    uint8_t *SOLVENCY_NULLABLE digest, solvency_buffer *SOLVENCY_NULLABLE error);

/* Trusts a registry, a file of `solvency registry grow`, and every shorter one that it grew from. */
solvency_code solvency_catalog_add_registry(
    solvency_catalog *SOLVENCY_NULLABLE catalog, const uint8_t *SOLVENCY_NULLABLE json, size_t json_count,
    uint8_t *SOLVENCY_NULLABLE digest, solvency_buffer *SOLVENCY_NULLABLE error);

/* Trusts a snapshot no longer. */
solvency_code solvency_catalog_retire_snapshot(
    solvency_catalog *SOLVENCY_NULLABLE catalog, const uint8_t *SOLVENCY_NULLABLE digest,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* The digest of a snapshot and when it is in force, without trusting it. `facts` may be NULL: then it is only checked. */
typedef struct solvency_snapshot_facts {
  uint8_t digest[32];
  uint8_t registry[32]; /* digest of the registry of its own lists */
  int64_t epoch;
  uint64_t valid_from; /* seconds since 1970, included */
  uint64_t valid_to;   /* seconds since 1970, excluded */
  uint32_t instruments;
  uint32_t collateral_assets;
} solvency_snapshot_facts;
solvency_code solvency_snapshot_read(
    const uint8_t *SOLVENCY_NULLABLE json, size_t json_count, solvency_snapshot_facts *SOLVENCY_NULLABLE facts,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* --- Verifying --------------------------------------------------------------------------------------------------- */

/* The commitments that accounts have now. */
typedef struct solvency_accounts solvency_accounts;
solvency_code solvency_accounts_create(
    solvency_accounts *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE accounts, solvency_buffer *SOLVENCY_NULLABLE error);
void solvency_accounts_free(solvency_accounts *SOLVENCY_NULLABLE accounts);
/* Adds an account.json. The account's later one takes the place of the earlier. */
solvency_code solvency_accounts_add(
    solvency_accounts *SOLVENCY_NULLABLE accounts, const uint8_t *SOLVENCY_NULLABLE json, size_t json_count,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* What a verifier demands besides the proof itself. Start from SOLVENCY_EXPECTATIONS and set `now`. */
typedef struct solvency_expectations {
  size_t size;                                      /* sizeof(solvency_expectations) */
  uint64_t now;                                     /* seconds since 1970 */
  /* Who is verifying: a name, followed by '#' and 64 hexadecimal digits where it is the desk of a ledger of that
   * identity. NULL accepts proofs for anybody. */
  const char *SOLVENCY_NULLABLE audience;
  size_t audience_count;
  const uint8_t *SOLVENCY_NULLABLE nonce;           /* 32 bytes that were asked with; NULL accepts any */
  const solvency_accounts *SOLVENCY_NULLABLE accounts; /* NULL compares no commitment: do it elsewhere */
  uint64_t clock_skew;                              /* seconds that the prover's clock may be ahead */
  uint64_t greatest_window;                         /* seconds that a proof may be valid at most; UINT64_MAX: any */
  uint64_t snapshot_grace;                          /* seconds that a snapshot is accepted after its validity */
  int32_t kind;                                     /* SOLVENCY_KIND_… */
  uint32_t threads;                                 /* threads of a batch at most; 0: as many as there are processors */
} solvency_expectations;
#define SOLVENCY_EXPECTATIONS {sizeof(solvency_expectations), 0, NULL, 0, NULL, NULL, 0, 604800, 0, 0, 0}

/* What is said of one proof: SOLVENCY_ACCEPTED, or why it establishes nothing. The numbers never change their meaning;
 * new ones are added at the end. solvency_verdict_name gives the word, "stale-sequence". */
typedef int32_t solvency_verdict;
#define SOLVENCY_ACCEPTED 0

/* The word for a verdict, zero-terminated; "unknown" for a number that stands for no verdict. */
const char *SOLVENCY_NONNULL solvency_verdict_name(solvency_verdict verdict);

/* Verifies one proof, an envelope in JSON. */
solvency_code solvency_verify(
    const solvency_catalog *SOLVENCY_NULLABLE catalog, const solvency_expectations *SOLVENCY_NULLABLE expectations,
    const uint8_t *SOLVENCY_NULLABLE proof, size_t proof_count, solvency_verdict *SOLVENCY_NULLABLE verdict,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* Account and circuit of each proof of a batch, as the envelopes say: both are claims where the verdict is not
 * SOLVENCY_ACCEPTED, and empty where the envelope cannot be read. The text of proof i begins where that of i - 1 ends:
 * first `account_counts[i]` bytes of account, then `circuit_counts[i]` bytes of circuit. */
typedef struct solvency_names {
  uint32_t *SOLVENCY_NULLABLE account_counts; /* of the caller, one for each proof */
  uint32_t *SOLVENCY_NULLABLE circuit_counts; /* of the caller, one for each proof */
  solvency_buffer text;                       /* of the library; free it */
} solvency_names;

/* Verifies many proofs together; each has its own verdict, in the order of the proofs. `names` may be NULL. */
solvency_code solvency_verify_many(
    const solvency_catalog *SOLVENCY_NULLABLE catalog, const solvency_expectations *SOLVENCY_NULLABLE expectations,
    const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE proofs, const size_t *SOLVENCY_NULLABLE proof_counts,
    size_t count, solvency_verdict *SOLVENCY_NULLABLE verdicts, solvency_names *SOLVENCY_NULLABLE names,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* --- Range proofs in the dalek crate's format -------------------------------------------------------------------- */

/* One proof that `commitment_count` commitments of 32 bytes are to values of `bits` bits (8, 16, 32, 64), or, with
 * `has_bounds` 1, to values from `lower` to `upper`. Any number of commitments from 1 to 64 (32 with bounds). */
typedef struct solvency_range_statement {
  size_t size; /* sizeof(solvency_range_statement) */
  const uint8_t *SOLVENCY_NULLABLE label; /* of the transcript */
  size_t label_count;
  const uint8_t *SOLVENCY_NULLABLE commitments;
  size_t commitment_count;
  uint64_t lower;
  uint64_t upper;
  uint32_t bits;
  uint32_t has_bounds;
} solvency_range_statement;

/* Proves. `statement->commitments` is not read; commitments are written to `commitments`, 32 bytes for each value.
 * `blindings` are 32 bytes for each value; with NULL fresh ones are drawn and written to `fresh_blindings`, which
 * must then not be NULL. */
solvency_code solvency_range_prove(
    const solvency_range_statement *SOLVENCY_NULLABLE statement, const uint64_t *SOLVENCY_NULLABLE values,
    const uint8_t *SOLVENCY_NULLABLE blindings, uint8_t *SOLVENCY_NULLABLE fresh_blindings,
    uint8_t *SOLVENCY_NULLABLE commitments, solvency_buffer *SOLVENCY_NULLABLE proof,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* Verifies `count` proofs together, one verdict each: SOLVENCY_ACCEPTED, or the number of "undecodable",
 * "wrong-proof-length", "wrong-commitment-count" or "proof-invalid". */
solvency_code solvency_range_verify_many(
    const solvency_range_statement *SOLVENCY_NULLABLE statements, const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE proofs,
    const size_t *SOLVENCY_NULLABLE proof_counts, size_t count, solvency_verdict *SOLVENCY_NULLABLE verdicts,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* --- The trader's side ------------------------------------------------------------------------------------------- */

/* What opens a commitment: the book and its blinding, in guarded memory that is wiped when the opening is freed. */
typedef struct solvency_opening solvency_opening;
void solvency_opening_free(solvency_opening *SOLVENCY_NULLABLE opening);

/* Commits to a book (a JSON document) under a registry of the catalog, given by its digest. */
solvency_code solvency_commit(
    const solvency_catalog *SOLVENCY_NULLABLE catalog, const uint8_t *SOLVENCY_NULLABLE book, size_t book_count,
    const uint8_t *SOLVENCY_NULLABLE registry, solvency_opening *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE opening,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* The public commitment, an account.json. */
solvency_code solvency_opening_account(
    const solvency_opening *SOLVENCY_NULLABLE opening, solvency_buffer *SOLVENCY_NULLABLE account,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* The opening as an encrypted file of the command, and back. A passphrase has at least one byte. */
solvency_code solvency_opening_seal(
    const solvency_opening *SOLVENCY_NULLABLE opening, const uint8_t *SOLVENCY_NULLABLE passphrase, size_t passphrase_count,
    solvency_buffer *SOLVENCY_NULLABLE file, solvency_buffer *SOLVENCY_NULLABLE error);
solvency_code solvency_opening_unseal(
    const uint8_t *SOLVENCY_NULLABLE file, size_t file_count, const uint8_t *SOLVENCY_NULLABLE passphrase,
    size_t passphrase_count, solvency_opening *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE opening,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* The opening after a fill (a JSON document); the older one stays as it is. */
solvency_code solvency_opening_fill(
    const solvency_opening *SOLVENCY_NULLABLE opening, const solvency_catalog *SOLVENCY_NULLABLE catalog,
    const uint8_t *SOLVENCY_NULLABLE fill, size_t fill_count, solvency_opening *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE after,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* A margin rule: documents of the catalog, by digest, and the kind of margin. */
typedef struct solvency_rule {
  size_t size;                                 /* sizeof(solvency_rule) */
  const uint8_t *SOLVENCY_NULLABLE circuit;    /* 32 bytes */
  const uint8_t *SOLVENCY_NULLABLE snapshot;   /* 32 bytes */
  const uint8_t *SOLVENCY_NULLABLE registry;   /* 32 bytes; NULL: the opening's */
  int32_t kind;                                /* SOLVENCY_KIND_MAINTENANCE or SOLVENCY_KIND_INITIAL */
} solvency_rule;

/* Who a proof is for, and when it may be used. */
typedef struct solvency_request {
  size_t size; /* sizeof(solvency_request) */
  const char *SOLVENCY_NULLABLE audience;
  size_t audience_count;
  const uint8_t *SOLVENCY_NULLABLE nonce; /* 32 bytes */
  uint64_t issued;
  uint64_t expires;
  uint64_t now;
} solvency_request;

/* Proves that the book meets the rule. SOLVENCY_REFUSED, with the requirement that fails, if it does not. The message
 * tells about the book: it is for its holder alone. */
solvency_code solvency_prove(
    const solvency_opening *SOLVENCY_NULLABLE opening, const solvency_catalog *SOLVENCY_NULLABLE catalog,
    const solvency_rule *SOLVENCY_NULLABLE rule, const solvency_request *SOLVENCY_NULLABLE request,
    solvency_buffer *SOLVENCY_NULLABLE envelope, solvency_buffer *SOLVENCY_NULLABLE error);

/* Evaluates the rule over the book in plain integers: JSON with every requirement, its slack, and the headroom. Secret:
 * it stays with the trader. */
solvency_code solvency_explain(
    const solvency_opening *SOLVENCY_NULLABLE opening, const solvency_catalog *SOLVENCY_NULLABLE catalog,
    const solvency_rule *SOLVENCY_NULLABLE rule, solvency_buffer *SOLVENCY_NULLABLE json,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* --- The desk ---------------------------------------------------------------------------------------------------- */

/* Decides on requests and keeps the ledger. Calls on one desk are put in order by the library. */
typedef struct solvency_desk solvency_desk;
void solvency_desk_free(solvency_desk *SOLVENCY_NULLABLE desk);

/* Opens a desk: by desk.json (the description in a ledger directory), with the circuits of the catalog that its list
 * or the catalog names, and the venue's key file. `store` is the path of its SQLite database, made if it is not there;
 * NULL keeps the ledger in memory. */
solvency_code solvency_desk_open(
    const solvency_catalog *SOLVENCY_NULLABLE catalog, const uint8_t *SOLVENCY_NULLABLE description,
    size_t description_count, const char *SOLVENCY_NULLABLE store, size_t store_count,
    const uint8_t *SOLVENCY_NULLABLE key_file, size_t key_file_count, const uint8_t *SOLVENCY_NULLABLE passphrase,
    size_t passphrase_count, solvency_desk *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE desk,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* Publishes a snapshot that the venue signed. The first one founds the ledger. */
solvency_code solvency_desk_publish(
    solvency_desk *SOLVENCY_NULLABLE desk, const uint8_t *SOLVENCY_NULLABLE snapshot, size_t snapshot_count,
    const uint8_t *SOLVENCY_NULLABLE signature, size_t signature_count, uint64_t now,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* Opens an account, from the attestations of its custodians. */
solvency_code solvency_desk_open_account(
    solvency_desk *SOLVENCY_NULLABLE desk, const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE attestations,
    const size_t *SOLVENCY_NULLABLE attestation_counts, size_t count, uint64_t now,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* Decides on many requests together: JSON Lines, one object each, in order, with "decision" ("admitted", "reduce-only",
 * "refused"), "until" or "reasons". */
solvency_code solvency_desk_review_many(
    solvency_desk *SOLVENCY_NULLABLE desk, const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE requests,
    const size_t *SOLVENCY_NULLABLE request_counts, size_t count, uint64_t now, solvency_buffer *SOLVENCY_NULLABLE decisions,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* The ledger's identity, its number of entries, and how many accounts have each status: JSON. */
solvency_code solvency_desk_status(
    solvency_desk *SOLVENCY_NULLABLE desk, uint64_t now, solvency_buffer *SOLVENCY_NULLABLE json,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* --- The venue's own solvency ------------------------------------------------------------------------------------- */

/* A roll: its header, and the documents that the header states, which the caller has from elsewhere. */
typedef struct solvency_roll solvency_roll;
void solvency_roll_free(solvency_roll *SOLVENCY_NULLABLE roll);

/* What a roll is audited with. Lists are pointers, lengths and how many there are. */
typedef struct solvency_roll_description {
  size_t size; /* sizeof(solvency_roll_description) */
  const uint8_t *SOLVENCY_NULLABLE header; /* header.json */
  size_t header_count;
  const uint8_t *SOLVENCY_NULLABLE snapshot; /* a JSON document */
  size_t snapshot_count;
  const uint8_t *SOLVENCY_NULLABLE registry; /* a file of `solvency registry grow`; NULL: that of the snapshot's lists */
  size_t registry_count;
  /* Texts: the rule, the bounded shortfall, the totals, then the bands above the rule in their order. */
  const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE circuits;
  const size_t *SOLVENCY_NULLABLE circuit_counts;
  size_t circuit_total;
  const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE reserves; /* signed reserves, JSON documents */
  const size_t *SOLVENCY_NULLABLE reserve_counts;
  size_t reserve_total;
  const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE custodians; /* public keys that are trusted for them */
  const size_t *SOLVENCY_NULLABLE custodian_counts;
  size_t custodian_total;
  const uint8_t *SOLVENCY_NULLABLE house; /* published positions of the house; NULL: none */
  size_t house_count;
} solvency_roll_description;

/* Compares every document with the header, and compiles the circuits. SOLVENCY_REFUSED if one is another. */
solvency_code solvency_roll_open(
    const solvency_roll_description *SOLVENCY_NULLABLE description,
    solvency_roll *SOLVENCY_NULLABLE *SOLVENCY_NULLABLE roll, solvency_buffer *SOLVENCY_NULLABLE error);

/* Audits a slice of a roll: `count` entries with their evidence, an empty one where the line is empty. The first `passed`
 * stand before the slice, which begins with entry `first`, and are not counted: they are there so that groups whose
 * accounts reach into the slice are known. Give all that stand before it, or those from the first account of each such group
 * on. Entry 0 is the header; an empty one stands for the roll's own. `part` is JSON, what `solvency roll audit --range`
 * signs. */
solvency_code solvency_roll_audit(
    const solvency_roll *SOLVENCY_NULLABLE roll, uint64_t first, size_t passed,
    const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE entries, const size_t *SOLVENCY_NULLABLE entry_counts,
    const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE evidence, const size_t *SOLVENCY_NULLABLE evidence_counts,
    size_t count, uint32_t threads, solvency_buffer *SOLVENCY_NULLABLE part, solvency_buffer *SOLVENCY_NULLABLE error);

/* Puts parts together, in whatever order. The result is the same bytes however the roll was split. SOLVENCY_REFUSED for
 * parts of other rolls, that overlap, or that leave a gap. */
solvency_code solvency_roll_merge(
    const uint8_t *SOLVENCY_NULLABLE const *SOLVENCY_NULLABLE parts, const size_t *SOLVENCY_NULLABLE part_counts, size_t count,
    solvency_buffer *SOLVENCY_NULLABLE merged, solvency_buffer *SOLVENCY_NULLABLE error);

/* What an audit of the whole roll shows, with the proof of the totals, the signed checkpoint and whom the caller trusts for it
 * (a policy as c2sp.org/tlog-policy has it), and the public totals, NULL if there are none. JSON: "isSolvent", "problems",
 * "totals", "audit". */
solvency_code solvency_roll_result(
    const solvency_roll *SOLVENCY_NULLABLE roll, const uint8_t *SOLVENCY_NULLABLE audit, size_t audit_count,
    const uint8_t *SOLVENCY_NULLABLE totals, size_t totals_count, const uint8_t *SOLVENCY_NULLABLE checkpoint,
    size_t checkpoint_count, const uint8_t *SOLVENCY_NULLABLE policy, size_t policy_count,
    const uint8_t *SOLVENCY_NULLABLE exposure, size_t exposure_count, solvency_buffer *SOLVENCY_NULLABLE json,
    solvency_buffer *SOLVENCY_NULLABLE error);

/* --- The transparency log ---------------------------------------------------------------------------------------- */

/* Checks that a log of `new_size` entries with root `new_root` begins with the log of `old_size` and `old_root`
 * (RFC 6962, 2.1.2). `proof` is `proof_count` hashes of 32 bytes. Accepted or "proof-invalid". */
solvency_code solvency_log_check_consistency(
    uint64_t old_size, const uint8_t *SOLVENCY_NULLABLE old_root, uint64_t new_size,
    const uint8_t *SOLVENCY_NULLABLE new_root, const uint8_t *SOLVENCY_NULLABLE proof, size_t proof_count,
    solvency_verdict *SOLVENCY_NULLABLE verdict, solvency_buffer *SOLVENCY_NULLABLE error);

/* Checks that an entry stands at an index of a log of `size` entries with this root (RFC 6962, 2.1.1). */
solvency_code solvency_log_check_inclusion(
    const uint8_t *SOLVENCY_NULLABLE entry, size_t entry_count, uint64_t index, uint64_t size,
    const uint8_t *SOLVENCY_NULLABLE root, const uint8_t *SOLVENCY_NULLABLE proof, size_t proof_count,
    solvency_verdict *SOLVENCY_NULLABLE verdict, solvency_buffer *SOLVENCY_NULLABLE error);

#ifdef __cplusplus
}
#endif

#endif
