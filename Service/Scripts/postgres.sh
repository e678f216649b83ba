#!/bin/sh
# A PostgreSQL server of its own in a folder: for tests, trials and demonstrations. Not for a venue's data.
#
#   sh Service/Scripts/postgres.sh path            where initdb and pg_ctl are; fails where they are not
#   sh Service/Scripts/postgres.sh install         installs them from Debian, as root; nothing where they are
#   sh Service/Scripts/postgres.sh start FOLDER [PORT [SETTING=VALUE...]]
#                                                  makes the server if it is not there, starts it, and prints what to
#                                                  connect with. With PORT it listens on TCP as well, on all addresses
#   sh Service/Scripts/postgres.sh stop FOLDER     stops it, and keeps the folder
#   sh Service/Scripts/postgres.sh kill FOLDER     ends it as a loss of power would, as far as a program can
#
# The server does not run as root: started by root, it runs as the user that SOLVENCY_POSTGRES_USER names (postgres,
# else nobody).
set -eu

fail() {
  echo "postgres.sh: $*" >&2
  exit 1
}

# The folder of the server's programs: the newest of Debian's, else of the path.
programs() {
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t / -k 5 -rn); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
      echo "$folder"
      return
    fi
  done
  found=$(command -v pg_ctl || true)
  if [ -n "$found" ] && command -v initdb >/dev/null && command -v postgres >/dev/null; then
    dirname "$found"
    return
  fi
  return 1
}

user=${SOLVENCY_POSTGRES_USER:-postgres}
id "$user" >/dev/null 2>&1 || user=nobody

# Runs a command as the server's user. Root gives up what it is; anybody else stays who they are.
as_server() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  elif command -v setpriv >/dev/null; then
    setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env HOME=/ "$@"
  else
    quoted=
    for word; do quoted="$quoted '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"; done
    su -s /bin/sh "$user" -c "$quoted"
  fi
}

verb=${1:-}
case $verb in
  path) programs || fail "no initdb and pg_ctl; run: sh Service/Scripts/postgres.sh install" ;;
  install)
    programs >/dev/null && exit 0
    [ "$(id -u)" -eq 0 ] || fail "installing needs root: apt-get install postgresql"
    command -v apt-get >/dev/null || fail "no apt-get here; install PostgreSQL 14 or later, with initdb and pg_ctl on the PATH"
    # No server of Debian's own is made or started.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/solvency.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q postgresql >&2 ||
      { apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q postgresql >&2; }
    programs
    ;;
  start)
    folder=${2:?the folder of the server}
    port=${3:-}
    [ $# -le 3 ] || { shift 3; settings=$*; }
    bin=$(programs) || fail "no initdb and pg_ctl; run: sh Service/Scripts/postgres.sh install"
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    # The name of a socket has at most 107 letters: it stands in a folder with a short name.
    if [ ! -f "$folder/sockets" ]; then mktemp -d /tmp/solvency-pg.XXXXXX >"$folder/sockets"; fi
    sockets=$(cat "$folder/sockets")
    mkdir -p "$sockets"
    if [ "$(id -u)" -eq 0 ]; then chown "$user" "$folder" "$sockets"; fi
    chmod 711 "$sockets"
    cd /
    if [ ! -f "$folder/data/PG_VERSION" ]; then
      as_server "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C >"$folder/initdb.log" 2>&1 ||
        { cat "$folder/initdb.log" >&2; fail "initdb failed"; }
      if [ -n "$port" ]; then
        as_server sh -c "echo 'host all all 0.0.0.0/0 trust' >>'$folder/data/pg_hba.conf'"
      fi
    fi
    options="-k $sockets -c shared_buffers=32MB -c max_connections=100"
    if [ -n "$port" ]; then options="$options -c listen_addresses=* -p $port"; else options="$options -c listen_addresses= "; fi
    for setting in ${settings:-}; do options="$options -c $setting"; done
    as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 60 -o "$options" start >"$folder/data.start" 2>&1 ||
      { cat "$folder/data.start" "$folder/data/log" >&2; fail "the server did not start"; }
    echo "host=$sockets${port:+ port=$port} user=postgres dbname=postgres"
    ;;
  stop | kill)
    folder=$(cd "${2:?the folder of the server}" && pwd)
    bin=$(programs) || fail "no pg_ctl"
    mode=fast
    [ "$verb" = stop ] || mode=immediate
    cd /
    as_server "$bin/pg_ctl" -D "$folder/data" -m "$mode" -w -t 60 stop >/dev/null 2>&1 || true
    if [ "$verb" = stop ]; then rm -rf "$(cat "$folder/sockets")"; fi
    ;;
  *) fail "say path, install, start, stop or kill; see the head of this script" ;;
esac
