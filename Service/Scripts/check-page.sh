#!/bin/sh
# Looks at the page of the demonstration in a headless browser, in light and dark, wide and narrow, at 1, 1,000 and 100,000
# accounts: accessibility (axe-core), keyboard alone, nothing loaded from elsewhere, time to load. Pictures are left in FOLDER.
#
#   sh Service/Scripts/check-page.sh [FOLDER]      SERVICE_DEMO: where service-demo is, if it was built
#
# Needs chromium and chromedriver (apt-get install chromium chromium-driver), and PyPI for selenium and axe-core-python.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pictures=${1:-${TMPDIR:-/tmp}/solvencyd-page}
demo=${SERVICE_DEMO:-}
if [ -z "$demo" ]; then
  swift build -c release --package-path "$here/.." --product service-demo >&2
  demo=$(swift build -c release --package-path "$here/.." --show-bin-path)/service-demo
fi
command -v chromedriver >/dev/null || { echo "chromedriver is missing: apt-get install chromium chromium-driver" >&2; exit 1; }
place=${PAGE_VENV:-${TMPDIR:-/tmp}/solvencyd-page-venv}
if [ ! -x "$place/bin/python" ]; then
  python3 -m venv "$place"
  "$place/bin/pip" install -q selenium==4.51.0 axe-core-python==0.1.0
fi
server=
ended() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true; }
trap ended EXIT
trap 'exit 130' INT TERM
status=0
port=${PAGE_PORT:-18473}
for accounts in 1 1000 100000; do
  crowd=$((accounts > 8 ? accounts - 8 : 0))
  traders=$((accounts > 8 ? 8 : 1))
  "$demo" --port "$port" --traders $traders --crowd $crowd >"${TMPDIR:-/tmp}/page-demo.log" 2>&1 &
  server=$!
  tries=0
  until curl -sf "http://127.0.0.1:$port/v1/status" | grep -q "\"current\" *: *[1-9]"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { echo "the demonstration does not come up" >&2; cat "${TMPDIR:-/tmp}/page-demo.log" >&2; exit 1; }
    sleep 0.2
  done
  "$place/bin/python" "$here/check_page.py" "http://127.0.0.1:$port/" "$accounts" "$pictures" || status=1
  kill "$server"
  wait "$server" || true
  server=
done
exit $status
