#!/bin/sh
# Kills what a ledger on PostgreSQL consists of, again and again, and compares the log with what desks have said.
#
#   sh Service/Scripts/fail-over.sh [KILLS [CUTS]]     50 and 20 without
#
# Three desks share a ledger: one writes, two follow. KILLS times each, the writer is killed (kill -9), a follower is killed,
# and the server ends as by a loss of power and is started again; CUTS times the network of the writer is cut, which goes
# on running, and is joined again after another desk took over. Cuts need root and iproute2: each desk then lives in a
# network namespace of its own. Without them this says so, and cuts nothing.
#
# Printed at the end: how long it took until another desk was acknowledged, and what `LedgerDesk audit` found: every
# entry that was acknowledged is there once, as it was acknowledged, and nothing is there that was said to have failed.
# Exits 1 if anything is wrong, or a fail-over took 5 seconds or longer.
set -eu
kills=${1:-50}
cuts=${2:-20}
limit=${SOLVENCY_FAIL_OVER_LIMIT:-5000}
here=$(cd "$(dirname "$0")" && pwd)
desk=${LEDGER_DESK:-}
if [ -z "$desk" ]; then
  swift build --package-path "$here/.." --product LedgerDesk >&2
  desk=$(swift build --package-path "$here/.." --show-bin-path)/LedgerDesk
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-fail-over.XXXXXX")
# The server has a user of its own when root starts it.
chmod 711 "$folder"
net=$(basename "$folder" | tail -c 5)
has_network=
[ "$cuts" -eq 0 ] || [ "$(id -u)" -ne 0 ] || ! command -v ip >/dev/null || has_network=yes
if [ "$cuts" -gt 0 ] && [ -z "$has_network" ]; then
  echo "no network is cut: that needs root and iproute2"
  cuts=0
fi
if [ -n "$has_network" ] && ! ip netns add "sv-$net-t" 2>/dev/null; then
  echo "no network is cut: this system lets nobody make network namespaces"
  has_network= cuts=0
fi
[ -z "$has_network" ] || ip netns delete "sv-$net-t"

stop_all() {
  for n in 1 2 3; do
    [ ! -f "$folder/pid.$n" ] || kill -9 "$(cat "$folder/pid.$n")" 2>/dev/null || true
    [ -z "$has_network" ] || ip netns delete "sv-$net-$n" 2>/dev/null || true
    [ -z "$has_network" ] || ip link delete "sv$net$n" 2>/dev/null || true
  done
  [ -z "$has_network" ] || ip link delete "sv${net}b" 2>/dev/null || true
  sh "$here/postgres.sh" stop "$folder/server" 2>/dev/null || true
  rm -rf "$folder"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

# Milliseconds since the machine started, as desks print them.
now() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }

pause() { sleep "$1"; }

# Lets desks work for a while, 0.1 to 0.6 s, so that what happens next falls anywhere.
work() { pause "$(od -An -N1 -tu1 /dev/urandom | awk '{ print 0.1 + $1 / 512 }')"; }

# With namespaces: a bridge on this machine, where the server listens, and a desk behind each of its ports.
if [ -n "$has_network" ]; then
  octet=$(($(od -An -N1 -tu1 /dev/urandom) % 200 + 20))
  subnet=10.213.$octet
  ip link add "sv${net}b" type bridge
  ip address add "$subnet.254/24" dev "sv${net}b"
  ip link set "sv${net}b" up
  for n in 1 2 3; do
    ip netns add "sv-$net-$n"
    ip link add "sv$net$n" type veth peer name eth0 netns "sv-$net-$n"
    ip link set "sv$net$n" master "sv${net}b" up
    ip -n "sv-$net-$n" address add "$subnet.$n/24" dev eth0
    ip -n "sv-$net-$n" link set eth0 up
    ip -n "sv-$net-$n" link set lo up
  done
  port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
  start_server() { sh "$here/postgres.sh" start "$folder/server" "$port" >"$folder/connection"; }
  start_server
  connection="host=$subnet.254 port=$port user=postgres dbname=postgres sslmode=disable"
else
  start_server() { sh "$here/postgres.sh" start "$folder/server" >"$folder/connection"; }
  start_server
  connection=$(cat "$folder/connection")
fi

"$desk" key "$folder/key"
run=0
start_desk() {
  run=$((run + 1))
  within=
  [ -z "$has_network" ] || within="ip netns exec sv-$net-$1"
  # shellcheck disable=SC2086 # words
  $within "$desk" run "$connection" ledger "$folder/key" "desk-$1" 5 >"$folder/said.$1.$run" 2>"$folder/err.$1.$run" &
  # ip replaces itself with the desk.
  echo $! >"$folder/pid.$1"
  echo "$folder/said.$1.$run" >"$folder/now.$1"
}

# acknowledged_since TIME DESK...: whether one of the desks was acknowledged after a time.
acknowledged_since() {
  since=$1
  shift
  for n; do
    if tail -n 2 "$(cat "$folder/now.$n")" 2>/dev/null |
      awk -v since="$since" '$2 == "ack" && $1 > since { found = 1 } END { exit !found }'; then return 0; fi
  done
  return 1
}

# The desk that writes now, by what it said last.
writer() {
  for n in 1 2 3; do
    if tail -n 1 "$(cat "$folder/now.$n")" 2>/dev/null | awk -v since="$(($(now) - 1000))" \
      '$2 == "ack" && $1 > since { found = 1 } END { exit !found }'; then
      echo "$n"
      return
    fi
  done
  return 1
}

await() {
  tries=0
  until "$@" >"$folder/awaited"; do
    tries=$((tries + 1))
    if [ $tries -gt 1200 ]; then
      echo "fail-over.sh: waited a minute in vain for: $*" >&2
      tail -n 3 "$folder"/said.* "$folder"/err.* >&2
      exit 1
    fi
    pause 0.05
  done
}

others() { for n in 1 2 3; do [ "$n" = "$1" ] || printf '%s ' "$n"; done; }

# first_after TIME DESK...: the first acknowledgement after a time, by any of the desks.
first_after() {
  since=$1
  shift
  for n; do cat "$folder"/said."$n".* 2>/dev/null; done |
    awk -v since="$since" '$2 == "ack" && $1 > since && (!best || $1 < best) { best = $1 } END { print best - since }'
}

# took KIND TIME DESK...: writes down how long it took.
took() {
  kind=$1
  shift
  first_after "$@" >>"$folder/took.$kind"
}

for n in 1 2 3; do start_desk $n; done
await writer

i=0
while [ $i -lt "$kills" ]; do
  i=$((i + 1))
  # The writer.
  work
  await writer
  w=$(cat "$folder/awaited")
  t=$(now)
  kill -9 "$(cat "$folder/pid.$w")"
  wait "$(cat "$folder/pid.$w")" 2>/dev/null || true
  # shellcheck disable=SC2046 # words
  await acknowledged_since "$t" $(others "$w")
  # shellcheck disable=SC2046
  took writer "$t" $(others "$w")
  start_desk "$w"

  # A follower: the writer goes on.
  work
  await writer
  w=$(cat "$folder/awaited")
  f=$(others "$w" | awk -v which=$((i % 2 + 1)) '{ print $which }')
  t=$(now)
  kill -9 "$(cat "$folder/pid.$f")"
  wait "$(cat "$folder/pid.$f")" 2>/dev/null || true
  # shellcheck disable=SC2046
  await acknowledged_since "$t" $(others "$f")
  # shellcheck disable=SC2046
  took follower "$t" $(others "$f")
  start_desk "$f"

  # The server; counted from when it takes connections again.
  work
  await writer
  sh "$here/postgres.sh" kill "$folder/server"
  start_server
  t=$(now)
  await acknowledged_since "$t" 1 2 3
  took server "$t" 1 2 3
done

i=0
while [ $i -lt "$cuts" ]; do
  i=$((i + 1))
  work
  await writer
  w=$(cat "$folder/awaited")
  t=$(now)
  ip link set "sv$net$w" down
  # shellcheck disable=SC2046
  await acknowledged_since "$t" $(others "$w")
  # shellcheck disable=SC2046
  took cut "$t" $(others "$w")
  ip link set "sv$net$w" up
  pause 0.5
done

# What was left in the middle of something ends by itself.
await writer
for n in 1 2 3; do
  kill -9 "$(cat "$folder/pid.$n")" 2>/dev/null || true
  wait "$(cat "$folder/pid.$n")" 2>/dev/null || true
  rm "$folder/pid.$n"
done

status=0
for kind in writer follower server cut; do
  [ -s "$folder/took.$kind" ] || continue
  sort -n "$folder/took.$kind" | awk -v kind="$kind" -v limit="$limit" '
    { v[NR] = $1 }
    END {
      printf "%-8s %3d times: half within %d ms, the longest %d ms\n", kind, NR, v[int((NR + 1) / 2)], v[NR]
      if (v[NR] >= limit) { printf "FAULT longer than %d ms\n", limit; exit 1 }
    }' || status=1
done
reached=$(awk 'NR == 1' "$folder/connection")
"$desk" audit "$reached" ledger "$folder/key" "$folder"/said.* || status=1
exit $status
