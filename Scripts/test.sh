#!/bin/sh
# Runs every test optimised and fails as well when fewer ran than there are: a run that finds no tests
# exits 0 by itself. Its last line is Swift Testing's closing line.
set -eu

minimum=${1:-1}
mkdir -p .build
log=.build/test.log

# Testable imports are off so that tests and command share one build.
{
  status=0
  swift test -c release --disable-xctest --disable-testable-imports || status=$?
  echo "$status" >"$log.status"
} 2>&1 | tee "$log"
status=$(cat "$log.status")

closing=$(grep -E 'Test run with [0-9]+ tests' "$log" | tail -n 1)
if [ -z "$closing" ]; then
  echo "No tests ran: the log has no closing line." >&2
  exit 1
fi
count=$(printf '%s\n' "$closing" | sed 's/.*Test run with \([0-9]*\) test.*/\1/')
if [ "$count" -lt "$minimum" ]; then
  echo "Only $count tests ran; at least $minimum are there." >&2
  status=1
fi
printf '%s\n' "$closing"
exit "$status"
