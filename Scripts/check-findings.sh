#!/bin/sh
# Runs the tests that hold each finding of Documentation/Calibration.md, one line a finding: how many ran, and how they came out.
# Arguments go to `swift test`: -c release, or --skip-build -Xcc -O2.
set -eu
cd "$(dirname "$0")/.."
status=0
check() {
  finding=$1
  shift
  filter=$(printf '%s|' "$@")
  if output=$(swift test $arguments --disable-xctest --filter "${filter%|}" 2>&1); then verdict=held; else
    verdict=FAILED
    status=1
  fi
  count=$(printf '%s\n' "$output" | sed -n 's/.*Test run with \([0-9]*\) tests\{0,1\} .*/\1/p' | tail -1)
  # A filter that matches nothing passes.
  [ "${count:-0}" -gt 0 ] || { verdict="NOT RUN"; status=1; }
  printf '%-4s %s, %s tests: %s\n' "$finding" "$verdict" "${count:-0}" "$*"
}
arguments="$*"
check C1 CalibrationFindingsTests/linearUnderOptions OptionMatrixTests
check C2 CalibrationFindingsTests/followsRisk
check C3 FindingsOfReplaysTests/knownThen StressTableTests CalibrationFindingsTests/noFuture
check C4 CalibrationFindingsTests/cadence
check C5 CalibrationFindingsTests/gap
check C6 CalibrationFindingsTests/reopening LimiterTests
check C7 FindingsOfReplaysTests/forecasts ForecastTests ForecastOracleTests
check C8 FindingsOfReplaysTests/haircuts
check C9 CollateralAndFeesTests
check C10 SnapshotGuardTests
check C11 FindingsOfReplaysTests/hikes ValidationTests/population
check C12 MarketCommandTests
exit $status
