#!/bin/sh
# Checks that every public declaration of the libraries has a doc comment, and that every public function that throws says what.
# Prints what is missing as path:line: message and exits 1.
set -eu
cd "$(dirname "$0")/.."

problems=$(git ls-files -co --exclude-standard -- 'Sources/*.swift' | while read -r file; do
  [ -f "$file" ] && awk -f Scripts/check-documentation.awk "$file"
done)
if [ -n "$problems" ]; then
  printf '%s\n' "$problems" >&2
  exit 1
fi
echo "Every public declaration is documented."
