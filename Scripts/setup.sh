#!/bin/sh
# Checks the Swift toolchain and the C libraries, and installs the libraries when they are missing
# and this user may. Otherwise prints the command to run and fails.
set -eu

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

swift=$(command -v swift) ||
  fail "No Swift toolchain. Install Swift 6.2 or later from https://www.swift.org/install and run this again."

version=$("$swift" --version 2>/dev/null |
  sed -n 's/.*Swift version \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | head -n 1)
# shellcheck disable=SC2086 # two words: major and minor
set -- ${version:-0 0}
if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
  fail "Swift $1.$2 is too old. Install Swift 6.2 or later from https://www.swift.org/install and run this again."
fi

# The compiler that will read the headers: the toolchain's own, else the system's.
compiler=$(dirname "$swift")/clang
[ -x "$compiler" ] || compiler=$(command -v clang || command -v cc || command -v gcc || true)

# has_header HEADER PKG_CONFIG_NAME
has_header() {
  flags=$(pkg-config --cflags "$2" 2>/dev/null || true)
  if prefix=$(brew --prefix 2>/dev/null); then flags="$flags -I$prefix/include"; fi
  if [ -n "$compiler" ]; then
    # shellcheck disable=SC2086 # flags are words
    printf '#include <%s>\n' "$1" | "$compiler" $flags -E -x c - >/dev/null 2>&1
  else
    ls /usr/include/"$1" /usr/include/*/"$1" /usr/local/include/"$1" >/dev/null 2>&1
  fi
}

missing() {
  has_header sodium.h libsodium || printf 'sodium '
  has_header gmp.h gmp || printf 'gmp '
  has_header zlib.h zlib || printf 'zlib '
  has_header sqlite3.h sqlite3 || printf 'sqlite '
}

wanted=$(missing)
[ -n "$wanted" ] || exit 0

apt_packages=
brew_packages=
for library in $wanted; do
  case $library in
    sodium) apt_packages="$apt_packages libsodium-dev" brew_packages="$brew_packages libsodium" ;;
    gmp) apt_packages="$apt_packages libgmp-dev" brew_packages="$brew_packages gmp" ;;
    zlib) apt_packages="$apt_packages zlib1g-dev" brew_packages="$brew_packages zlib" ;;
    sqlite) apt_packages="$apt_packages libsqlite3-dev" brew_packages="$brew_packages sqlite" ;;
  esac
done

# apt PREFIX...: installs the packages, with `sudo -n` or nothing before each command.
apt() {
  "$@" apt-get update -qq &&
    # shellcheck disable=SC2086 # packages are words
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $apt_packages
}

if command -v apt-get >/dev/null 2>&1; then
  command="sudo apt-get update && sudo apt-get install -y$apt_packages"
  printf 'Missing headers of: %s\n' "$wanted" >&2
  if [ "$(id -u)" -eq 0 ]; then
    apt >&2 || fail "apt-get could not install them. Run as root: ${command}"
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    apt sudo -n >&2 || fail "apt-get could not install them. Run: ${command}"
  else
    fail "Not allowed to install them. Run: ${command}"
  fi
elif command -v brew >/dev/null 2>&1; then
  # shellcheck disable=SC2086 # packages are words
  brew install $brew_packages >&2 || fail "brew could not install them. Run: brew install$brew_packages"
else
  fail "Missing headers of: $wanted" \
    "Install the development files of libsodium, GMP, zlib and SQLite, then run this again:" \
    "  Debian, Ubuntu: sudo apt-get install -y libsodium-dev libgmp-dev zlib1g-dev libsqlite3-dev" \
    "  Fedora:         sudo dnf install -y libsodium-devel gmp-devel zlib-devel sqlite-devel" \
    "  macOS:          brew install libsodium gmp zlib sqlite"
fi

wanted=$(missing)
[ -z "$wanted" ] || fail "Still missing headers of: $wanted"
