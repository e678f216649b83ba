#!/bin/sh
# Checks that libpq's headers are there, and installs them when they are missing and this user may. Otherwise prints the
# command to run and fails. The rest is checked by Scripts/setup.sh.
set -eu
if pkg-config --exists libpq 2>/dev/null || [ -f /usr/include/postgresql/libpq-fe.h ] || [ -f /usr/include/libpq-fe.h ]; then
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q libpq-dev >&2 ||
    { apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q libpq-dev >&2; }
elif command -v brew >/dev/null; then
  brew install libpq >&2
else
  echo "libpq's headers are missing. Run: apt-get install libpq-dev (Debian, Ubuntu), brew install libpq (macOS)" >&2
  exit 1
fi
