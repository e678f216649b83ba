#!/bin/sh
# The invariant of the desk on plain books, further than the suite goes: every order of actions to a depth, and random
# runs.
#
#     sh Scripts/check-desk-model.sh [depth] [runs]
#
# Says how many states were looked at and how long it took. Depth 4 and 400 runs by default.
set -eu
cd "$(dirname "$0")/.."
SOLVENCY_DESK_DEPTH="${1:-4}" SOLVENCY_DESK_RUNS="${2:-400}" \
  swift test -c release --disable-xctest --disable-testable-imports --filter DeskModelTests
