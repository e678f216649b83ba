#!/bin/sh
# Kills a process that writes to a ledger, 500 times or as often as the first argument says, and checks each
# time that nothing acknowledged is lost and nothing is applied twice. The process also signs a checkpoint after each
# commit, publishes tiles and has a witness cosign them: no two checkpoints are ever of different logs.
# Another process carries out liquidations and is killed at every store operation, and at half as many random moments.
set -eu
cd "$(dirname "$0")/.."
SOLVENCY_CRASH_KILLS=${1:-500} \
  swift test -c release --disable-xctest --disable-testable-imports --filter "CrashTests"
