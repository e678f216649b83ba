#!/bin/sh
# Runs tests under a sanitizer of the compiler, in a build directory of its own:
#
#   Scripts/check-sanitizers.sh address    what touches C, secrets, files and outside bytes
#   Scripts/check-sanitizers.sh thread     what runs on several threads
#
# Proofs are slow under them, so the suites are chosen; the C kernels are checked by check-kernels.sh.
set -eu
cd "$(dirname "$0")/.."

sanitizer=${1-}
case $sanitizer in
  address)
    suites='SecretBlock|PrimitivesTests|RFC9496|TranscriptVector|CanonicalBytesTests|IntegerText|GzipTests|AdmissionTests.StoreTests|AdmissionTests.LogTests|OpeningFile'
    minimum=70
    ;;
  thread)
    suites='BatchReviewTests|Interleaving|ProofCoreTests|SolvencyTests.BatchTests|RuleCatalog|SecretBlock'
    minimum=20
    ;;
  *)
    echo "usage: Scripts/check-sanitizers.sh address|thread" >&2
    exit 64
    ;;
esac

# Swift's runtime keeps what it allocates once; that is not a leak.
ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS-}
TSAN_OPTIONS=halt_on_error=1:${TSAN_OPTIONS-}
export ASAN_OPTIONS TSAN_OPTIONS

scratch=${SOLVENCY_SCRATCH:-.build-$sanitizer}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
swift test --sanitize="$sanitizer" -Xcc -O2 --scratch-path "$scratch" --disable-xctest --filter "$suites" >"$log" 2>&1 || status=$?
grep -E '✘|ERROR: |WARNING: ThreadSanitizer|SUMMARY: |Test run with' "$log" || true
count=$(sed -n 's/.*Test run with \([0-9]*\) test.*/\1/p' "$log" | tail -n 1)
if [ "$status" -ne 0 ]; then
  tail -n 60 "$log" >&2
  exit "$status"
fi
if [ "${count:-0}" -lt "$minimum" ]; then
  echo "Only ${count:-0} tests ran; at least $minimum are there." >&2
  exit 1
fi
