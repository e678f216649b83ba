#!/bin/sh
# Runs what Service/deploy says, on roots of the Debian that the image is made of.
#
#   sh Service/Scripts/check-deploy.sh      SOLVENCY, SOLVENCYD: where the programs are, if they were built
#
# The image: a root with the packages of Containerfile's last stage and no others; every library of the program is there, and
# the program answers in it as the image's user, on a root that is read-only but for its own directory.
# The unit: the same root with systemd, started by systemd-nspawn without a network. The unit is verified and started; it
# answers, writes its ledger, has the rights that it should and no others, is there again after `kill -9`, ends by itself when
# it is stopped, and is not started under a configuration that is wrong.
#
# DEBIAN_ROOT: a root that debootstrap made before, which is copied.
#
# Not run: the building stage, and an engine for images; the program is the one that is built here. Needs root, debootstrap and
# systemd-container (Debian's names).
set -eu
[ "$(id -u)" -eq 0 ] || { echo "check-deploy.sh: needs root, for chroot and systemd-nspawn" >&2; exit 1; }
for program in debootstrap systemd-nspawn setpriv unshare pgrep; do
  command -v $program >/dev/null || { echo "check-deploy.sh: $program is missing" >&2; exit 1; }
done
. "$(dirname "$0")/venue.sh"
programs release
deploy=$root/Service/deploy

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-deploy.XXXXXX")
machine=$folder/root
ended() {
  status=$?
  [ $status -eq 0 ] || echo "check-deploy.sh: failed; see above" >&2
  rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM
cd "$folder"
fail() {
  echo "FAULT $*" >&2
  exit 1
}

# The image's last stage, as it stands in the file.
last=$(awk '/^FROM/ { text = "" } { text = text "\n" $0 } END { print text }' "$deploy/Containerfile")
suite=$(printf '%s\n' "$last" | sed -n 's,^FROM .*debian:\([a-z]*\).*,\1,p')
packages=$(printf '%s\n' "$last" | tr '\\\n' '  ' | sed 's/.*--no-install-recommends *\([^&]*\)&&.*/\1/')
user=$(printf '%s\n' "$last" | sed -n 's/^USER //p')
if [ -n "${DEBIAN_ROOT:-}" ]; then
  cp -a "$DEBIAN_ROOT" "$machine"
else
  debootstrap --variant=minbase "$suite" "$machine" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >debootstrap.log 2>&1 ||
    { tail -n 20 debootstrap.log >&2; exit 1; }
fi
inside() { chroot "$machine" /usr/bin/env DEBIAN_FRONTEND=noninteractive "$@"; }
# shellcheck disable=SC2086 # words
inside apt-get install -y -q --no-install-recommends $packages >apt.log 2>&1 || { tail -n 20 apt.log >&2; exit 1; }
# The line that makes the user.
making=$(printf '%s\n' "$last" | sed -n 's/.*&& \(useradd .*\)/\1/p')
inside sh -c "$making"
install -D -m 755 "$SOLVENCYD" "$machine/usr/local/bin/solvencyd"
# What --static-swift-stdlib puts into the image's program stands beside this one, if it was built without.
ldd "$SOLVENCYD" | awk '$3 ~ /\/swift\// { print $3 }' | while read -r library; do
  install -D -m 644 "$library" "$machine/usr/local/lib/swift/$(basename "$library")"
done
echo /usr/local/lib/swift >"$machine/etc/ld.so.conf.d/swift.conf"
inside ldconfig
missing=$(inside ldd /usr/local/bin/solvencyd | grep 'not found' || true)
[ -z "$missing" ] || fail "libraries are missing in the image: $missing"
echo "image: $suite with $packages: no library is missing"

# A venue in its place; keys are read by the service alone, the passphrase by root.
found_venue
publish_snapshot
mkdir -p "$machine/etc/solvencyd"
cp venue.key log.key passphrase "$machine/etc/solvencyd/"
cp -r ledger "$machine/var/lib/solvencyd/ledger"
cat >"$machine/etc/solvencyd/solvencyd.json" <<END
{"version": 1, "ledger": {"folder": "/var/lib/solvencyd/ledger"}, "log": {"tiles": "/var/lib/solvencyd/site"},
 "listen": {"port": 18443, "operations": {"port": 18444}},
 "keys": {"venue": "/etc/solvencyd/venue.key", "log": "/etc/solvencyd/log.key", "logName": "log.example.com",
          "passphraseFile": "/etc/solvencyd/passphrase"},
 "access": {"anonymous": ["read", "publish"]}}
END
owner=$(inside id -u "$user"):$(inside id -g "$user")
chown -R "$owner" "$machine/var/lib/solvencyd"
chown "0:${owner#*:}" "$machine"/etc/solvencyd/*
chmod 640 "$machine"/etc/solvencyd/*

# The image's entry point, with the root read-only, no rights, and no more memory than a small container has.
cat >entry.sh <<END
set -eu
mount --bind '$machine' '$machine'
mount -o remount,ro,bind '$machine'
mount --bind '$folder/state' '$machine/var/lib/solvencyd'
mount -t proc proc '$machine/proc'
exec chroot '$machine' setpriv --reuid ${owner%:*} --regid ${owner#*:} --clear-groups --bounding-set -all --no-new-privs \\
  prlimit --as=8589934592 --nofile=1024 -- /usr/local/bin/solvencyd --config /etc/solvencyd/solvencyd.json
END
cp -a "$machine/var/lib/solvencyd" state
unshare --mount --pid --fork --kill-child sh entry.sh 2>entry.log &
running=$!
tries=0
until curl -sf http://127.0.0.1:18443/healthz >answer 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] && kill -0 $running 2>/dev/null || { cat entry.log >&2; fail "the image's program does not answer"; }
  sleep 0.1
done
curl -sf http://127.0.0.1:18443/readyz >answer || true
# unshare(1) itself waits, whatever it is sent.
kill "$(pgrep -P $running)"
wait $running || fail "the image's program ended with $?"
echo "image: answers as ${owner%:*} on a root that is read-only"

# The unit, on the same root with systemd.
inside apt-get install -y -q --no-install-recommends systemd systemd-sysv dbus curl >apt.log 2>&1 ||
  { tail -n 20 apt.log >&2; exit 1; }
cp "$deploy/solvencyd.service" "$machine/etc/systemd/system/"
chmod 600 "$machine/etc/solvencyd/passphrase"
cat >"$machine/etc/systemd/system/check.service" <<'END'
[Unit]
Description=Check of solvencyd.service
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /check.sh
ExecStopPost=/bin/systemctl --no-block poweroff
TimeoutStartSec=120
[Install]
WantedBy=multi-user.target
END
ln -sf /etc/systemd/system/check.service "$machine/etc/systemd/system/multi-user.target.wants/check.service"
cat >"$machine/check.sh" <<'END'
exec >/check.out 2>&1
fail() { echo "FAULT $*"; journalctl -u solvencyd --no-pager | tail -n 30; exit 1; }
answers() {
  tries=0
  until curl -sf --max-time 5 "http://127.0.0.1:18443/$1" >/answer; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "$1 is not answered"
    sleep 0.1
  done
}
systemd-analyze verify /etc/systemd/system/solvencyd.service || fail verify
systemd-analyze security --no-pager solvencyd.service | tail -n 1
systemctl start solvencyd || fail start
answers healthz
pid=$(systemctl show -p MainPID --value solvencyd)
grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/$pid/status | tr '\n\t' '  '; echo
grep -q '^NoNewPrivs:.1' /proc/$pid/status || fail "may gain rights"
grep -q '^CapBnd:.0*$' /proc/$pid/status || fail "has capabilities"
awk '$5 == "/" && $6 !~ /^ro/ { exit 1 }' /proc/$pid/mountinfo || fail "the root may be written"
if grep -q '^Max realtime priority  *0 ' /proc/$pid/limits; then
  echo "not checked: this machine lets no thread go before all others"
else
  # Field 41 of proc(5), counted after the name in parentheses: 2 is SCHED_RR.
  cat /proc/$pid/task/*/stat | sed 's/.*) //' | awk '$39 == 2 { found = 1 } END { exit !found }' ||
    fail "the thread for probes does not go before all others"
fi
curl -sf -X POST http://127.0.0.1:18443/v1/roll >/answer || { cat /answer; fail "nothing is written"; }
answers v1/log/checkpoint
systemctl show -p MemoryCurrent -p MemoryMax -p TasksCurrent solvencyd | tr '\n' ' '; echo
kill -9 "$pid"
sleep 0.3
answers healthz
[ "$(systemctl show -p NRestarts --value solvencyd)" = 1 ] || fail "it is not counted as started again"
systemctl stop solvencyd || fail stop
[ "$(systemctl show -p Result --value solvencyd)" = success ] || fail "ended with $(systemctl show -p Result solvencyd)"
sed -i 's/"version": 1/"version": 99/' /etc/solvencyd/solvencyd.json
systemctl start solvencyd
sleep 3
[ "$(systemctl is-active solvencyd)" = failed ] || fail "a wrong configuration is tried again: $(systemctl is-active solvencyd)"
echo "unit: started, answered, wrote, was killed and started again, stopped, and refused a wrong configuration"
END
timeout 200 systemd-nspawn -q -D "$machine" --register=no --keep-unit --private-network -b >boot.log 2>&1 || true
cat "$machine/check.out" 2>/dev/null || { tail -n 30 boot.log >&2; fail "systemd did not run the check"; }
grep -q '^unit: started' "$machine/check.out" || exit 1
