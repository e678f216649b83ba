#!/bin/sh
# Lets schemathesis (PyPI) ask a running server everything that its OpenAPI document allows and much that it does not, and
# fails on an answer that the document does not have, a 5xx that is not said, or content that breaks its schema.
#
#   Service/Scripts/schemathesis.sh http://127.0.0.1:8080 [token]
#
# Not asked for: /v1/events, which does not end; that documents which fit their schemas are accepted, because signatures and
# proofs in them are made up; and that anonymous requests are refused, which the server's configuration decides.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
url=${1:?usage: schemathesis.sh URL [TOKEN]}
token=${2:-}
version=4.32.5
place=${SCHEMATHESIS_VENV:-${TMPDIR:-/tmp}/solvencyd-schemathesis}
if [ ! -x "$place/bin/schemathesis" ]; then
  python3 -m venv "$place"
  "$place/bin/pip" install -q "schemathesis==$version"
fi
[ -z "$token" ] || set -- --header "Authorization: Bearer $token"
[ -n "$token" ] || set --

ask() {
  SCHEMATHESIS_HOOKS=schemathesis_hooks PYTHONPATH="$here" "$place/bin/schemathesis" run "$url/openapi.json" --url "$url" \
    --checks all --max-examples "${EXAMPLES:-50}" --seed 1 --no-color "$@"
}

skipped=ignored_auth,positive_data_acceptance
ask "$@" --exclude-path /v1/events --exclude-path /v1/requests/batch --exclude-path /v1/verify/batch --exclude-checks $skipped
# Any bytes are lines, so that no body of a stream is invalid: each line has its verdict.
ask "$@" --include-path /v1/requests/batch --include-path /v1/verify/batch \
  --exclude-checks $skipped,negative_data_rejection
