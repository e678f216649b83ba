#!/bin/sh
# Checks that every public declaration of the libraries has a doc comment, that every public function that throws says what,
# that the page of each module lists its public types and no others, and that prose of comments keeps within 110 columns. Prints what
# is wrong and exits 1.
set -eu
cd "$(dirname "$0")/.."

sources=$(git ls-files -co --exclude-standard -- 'Sources/*.swift' | while read -r file; do
  [ -f "$file" ] && printf '%s\n' "$file"
done)

# Names of the public types of a module, one a line.
types() {
  # shellcheck disable=SC2046
  sed -n -E 's/^(@[A-Za-z_]+(\([^)]*\))? +)*public +(indirect +|final +)*(struct|class|enum|protocol|actor|typealias) +([A-Za-z0-9_]+).*/\5/p' \
    $(printf '%s\n' "$sources" | grep "^Sources/$1/") | sort -u
}

problems=$(
  # Paths hold no spaces; unquoted on purpose.
  # shellcheck disable=SC2086
  awk -f Scripts/check-documentation.awk $sources
  for page in Sources/*/*.docc/*.md; do
    module=$(basename "$page" .md)
    [ -d "Sources/$module" ] || continue
    listed=$(sed -n 's/^- ``\([A-Za-z0-9_]*\)``$/\1/p' "$page" | sort)
    declared=$(types "$module")
    for name in $(printf '%s\n' "$listed" | uniq -d); do echo "$page: lists $name twice"; done
    for name in $listed; do
      printf '%s\n' "$declared" | grep -qx "$name" || echo "$page: lists $name, which is not a public type of $module"
    done
    for name in $declared; do
      printf '%s\n' "$listed" | grep -qx "$name" || echo "$page: does not list the public type $name"
    done
  done
  # Code, which stands four columns in, and tables may be wider; the circuits in BuiltInCircuits are what digests are of.
  git ls-files -- '*.swift' ':!*BuiltInCircuits.swift' | LC_ALL=C.UTF-8 xargs grep -nHE '^ *//' |
    LC_ALL=C.UTF-8 grep -E '^[^:]*:[0-9]+:.{111,}$' | grep -vE '^[^:]*:[0-9]+: *///? (    |\|)' |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: a comment wider than 110 columns/' || true
)
if [ -n "$problems" ]; then
  printf '%s\n' "$problems" >&2
  exit 1
fi
echo "Every public declaration is documented and listed."
