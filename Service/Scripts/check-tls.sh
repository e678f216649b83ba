#!/bin/sh
# TLS and clients' certificates, with a solvencyd and certificates of its own: who is let in, with which role, and who is not.
#
#   sh Service/Scripts/check-tls.sh        SOLVENCY, SOLVENCYD: where the programs are, if they were built. Needs openssl, curl.
set -eu
. "$(dirname "$0")/venue.sh"
programs debug

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-tls.XXXXXX")
ended() {
  status=$?
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ $status -eq 0 ] || { echo "check-tls.sh: failed" >&2; cat "$folder/log" >&2 2>/dev/null || true; }
  rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM
cd "$folder"

# Certificates: an authority, another that nobody knows, a server, and clients of different fates.
authority() { # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$1" \
    -keyout "$1.key" -out "$1.pem" 2>/dev/null
}
certificate() { # NAME AUTHORITY DAYS: days may be negative, for one that has ended
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >extensions
  mkdir -p "$2.issued"
  : >"$2.issued/index.txt"
  if [ "$3" -gt 0 ]; then
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" -extfile extensions -out "$1.pem" \
      2>/dev/null
  else
    cat >ca.conf <<END
[ca]
default_ca = one
[one]
database = $2.issued/index.txt
new_certs_dir = $2.issued
serial = $2.issued/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
END
    echo 1000 >"$2.issued/serial"
    openssl ca -batch -config ca.conf -in "$1.csr" -cert "$2.pem" -keyfile "$2.key" -extfile extensions \
      -startdate 20200101000000Z -enddate 20200201000000Z -notext -out "$1.pem" 2>/dev/null
  fi
}
authority ours
authority foreign
certificate server ours 10
certificate server-of-old ours -1
certificate operator ours 10
certificate stranger ours 10
certificate operator-of-old ours -1
certificate intruder foreign 10
fingerprint() { openssl x509 -in "$1.pem" -outform DER | openssl dgst -sha256 -r | cut -d ' ' -f 1; }

found_venue
configuration() { # CERTIFICATE
  cat <<END
{"version": 1, "ledger": {"folder": "ledger"},
 "listen": {"host": "127.0.0.1", "port": 0, "tls": {"certificates": "$1.pem", "key": "$1.key", "clientAuthority": "ours.pem"}},
 "keys": {"venue": "venue.key", "log": "log.key", "logName": "tls.example", "passphraseFile": "passphrase"},
 "access": {"anonymous": [], "tokens": [],
   "certificates": [{"name": "operator", "roles": ["read"], "sha256": "$(fingerprint operator)"},
                    {"name": "of old", "roles": ["read"], "sha256": "$(fingerprint operator-of-old)"}]}}
END
}
count=0
holds() { # WHAT, COMMAND...
  what=$1
  shift
  if "$@"; then count=$((count + 1)); else echo "does not hold: $what" >&2; exit 1; fi
}

# A certificate that has ended is named before anybody is served with it.
configuration server-of-old >old.json
refused() { status=0; "$SOLVENCYD" --config old.json --check-config >said 2>&1 || status=$?; [ "$status" -eq 65 ]; }
holds "a server's certificate that has ended is refused with 65" refused
holds "it is said when" grep -q '2020-02-01' said

configuration server >solvencyd.json
"$SOLVENCYD" --config solvencyd.json --check-config >output
serve

# The status of an answer, 000 where there is none.
ask() { # PATH, OPTIONS...
  path=$1
  shift
  curl -s -m 10 -o answer -w '%{http_code}' --cacert ours.pem "$@" "$address$path" || true
}
is() { [ "$(ask "$2" ${3:+--cert "$3.pem" --key "$3.key"} ${4:-})" = "$1" ]; }
holds "an operator's certificate opens what its role may read" is 200 /metrics operator
holds "the certificate's end is a metric" grep -q '^solvencyd_certificate_ends_seconds [1-9]' answer
holds "the role does not reach further" is 403 /v1/accounts/somebody/challenges operator -XPOST
holds "a certificate of the authority that nobody listed is served what everybody may have" is 200 /healthz stranger
holds "and nothing else" is 401 /metrics stranger
holds "without a certificate there is no connection" is 000 /healthz
holds "with one that has ended there is none, although it is listed" is 000 /metrics operator-of-old
holds "with one of another authority there is none" is 000 /healthz intruder
holds "TLS 1.1 is not spoken" is 000 /healthz operator '--tls-max 1.1'
holds "TLS 1.2 is" is 200 /healthz operator '--tls-max 1.2'
plain=$(echo "$address" | sed 's,^https,http,')
bare() { [ "$(curl -s -m 10 -o answer -w '%{http_code}' "$plain/healthz" || true)" != 200 ]; }
holds "without TLS nothing is answered" bare
holds "after all that it serves" is 200 /healthz operator
kill "$server"
wait "$server"
server=
echo "TLS: $count statements hold"
