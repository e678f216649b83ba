#!/bin/sh
# Lists what the working tree breaks in the Swift interface of the library products, compared with a revision:
#
#   Scripts/check-api.sh [REVISION] [--products NAME]...
#
# REVISION is the last release tag (v1.2.3) unless given. Builds the package at both revisions, which takes minutes. Exits 1 if
# something breaks. A break that is meant stands in the changelog, and its line in Scripts/api-changes-allowed.txt until the
# next release.
set -eu
cd "$(dirname "$0")/.."

case ${1-} in
  -h | --help) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d; exit ;;
  '' | -*) revision=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || true) ;;
  *) revision=$1; shift ;;
esac
if [ -z "$revision" ]; then
  echo "There is no release tag to compare with; name a revision: Scripts/check-api.sh REVISION" >&2
  exit 64
fi
if ! git rev-parse --verify --quiet "$revision^{commit}" >/dev/null; then
  echo "There is no revision $revision; name a tag, branch or commit." >&2
  exit 66
fi

allowed=Scripts/api-changes-allowed.txt
if [ -s "$allowed" ]; then set -- --breakage-allowlist-path "$allowed" "$@"; fi
echo "Comparing the working tree with $revision."
exec swift package diagnose-api-breaking-changes "$revision" "$@"
