#!/bin/sh
# Checks that code, tests, help texts and documentation refer to what is in Documentation:
#
#   protocol 3.5   a section of Protocol.md       M22   a mechanism of Margin.md
#   margin B.4     a section of Margin.md         A17   an attack of Threats.md
#   golden number G4b, a test `G4b: ...`          G4    a section of Golden-Numbers.md
#
# that every attack and every golden number has a test whose name starts with it, or says why not; that the
# names of such tests are spelled in one way; that no section is defined twice; and that links and paths resolve.
#
# Needs a POSIX shell, git and awk. Prints what is wrong as path:line: message and exits 1.
set -eu
cd "$(dirname "$0")/.."

files=$(git ls-files -co --exclude-standard -- '*.swift' '*.md' '*.circuit' '*.sh' '*.c' '*.h' '*.yml' Makefile .ci |
  while read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done)

# The definitions come first, then the references, so that one pass is enough.
documentation='Documentation/Protocol.md Documentation/Margin.md Documentation/Threats.md Documentation/Golden-Numbers.md'
for page in $documentation; do
  [ -f "$page" ] || { echo "$page: missing; it defines what code refers to" >&2; exit 1; }
done

problems=$(
  # Paths hold no spaces; unquoted on purpose.
  # shellcheck disable=SC2086
  awk -f Scripts/check-specification.awk pass=1 $documentation pass=2 $files
  # Links of Markdown files, and the paths in the index of the specification.
  printf '%s\n' "$files" | grep '\.md$' | while read -r page; do
    awk -f Scripts/markdown-links.awk "$page" | while IFS='|' read -r line target fragment; do
      case $target in
        '') file=$page ;;
        /*) file=.$target ;;
        *) file=$(dirname "$page")/$target ;;
      esac
      if [ ! -e "$file" ]; then
        echo "$page:$line: the link to $target leads nowhere"
      elif [ -n "$fragment" ] && [ -f "$file" ] && ! awk -v want="$fragment" -f Scripts/markdown-anchors.awk "$file"; then
        echo "$page:$line: $file has no heading or anchor #$fragment"
      fi
    done
  done
  grep -noE '`(Sources|Tests|circuits|vectors|Examples|Scripts)/[^` *]*`' Documentation/README.md | tr -d '`' |
    while IFS=: read -r line path; do
      [ -e "$path" ] || echo "Documentation/README.md:$line: $path does not exist"
    done
)

if [ -n "$problems" ]; then
  printf '%s\n' "$problems" >&2
  echo "The specification and what refers to it differ; see Documentation/README.md." >&2
  exit 1
fi
echo "Every reference to the specification resolves."
