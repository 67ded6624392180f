# PostgreSQL, packages and the peers' programs for tests/run.sh and tests/bench.sh, which source this. They have say (prints a line), give_up (says
# why and exits), temporary (an array of what to delete at the end) and postgres (the server's process id, to be stopped).

# A process that does not end when asked is killed after ten seconds.
stop() {
  [[ -n $1 ]] && kill "-$2" "$1" 2>/dev/null || return 0
  for _ in {1..100}; do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# Installs Debian packages, as root or through sudo.
install_packages() {
  (($#)) || return 0
  command -v apt-get >/dev/null || give_up "missing: $* (Debian's names); install them, there is no apt-get here"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || give_up "missing: $*; run as root, or: apt-get install $*"
    as_root=(sudo)
  fi
  say "installing $*"
  local log
  log=$(mktemp)
  temporary+=("$log")
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null || { tail -n 20 "$log"; give_up "apt-get could not install $*"; }
}

# Installs the independent programs of tests/Peers/node. The stamp is beside the packages, so that it goes when they go.
install_peers() {
  local folder=tests/Peers/node want
  want=$(sha256sum <"$folder/package-lock.json")
  [[ $(cat "$folder/node_modules/.lock-sha256" 2>/dev/null) != "$want" ]] || return 0
  say "installing the peers' npm packages"
  local log
  log=$(mktemp)
  temporary+=("$log")
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$log" 2>&1 </dev/null ||
    { tail -n 20 "$log"; give_up "npm ci in $folder: the independent programs that the peers' tests run are not installed"; }
  printf '%s\n' "$want" >"$folder/node_modules/.lock-sha256"
}

postgres_folder() {
  local folder
  folder=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
  if [[ -n $folder ]]; then dirname "$folder"; elif command -v initdb >/dev/null; then dirname "$(readlink -f "$(command -v initdb)")"; fi
}

# Whether a server has to be installed first.
lacks_postgres() { [[ -z ${RALLY_TEST_POSTGRES:-} && -z $(postgres_folder) ]]; }

# Starts a server in a temporary folder, durable as PostgreSQL is by default, and sets RALLY_TEST_POSTGRES; nothing when that is set.
start_postgres() {
  [[ -z ${RALLY_TEST_POSTGRES:-} ]] || return 0
  local bin folder as_owner=() port pid
  bin=$(postgres_folder)
  folder=$(mktemp -d /tmp/rally-postgres.XXXXXX)
  temporary+=("$folder")
  # PostgreSQL refuses to run as root.
  if ((EUID == 0)); then
    chown postgres "$folder"
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups --)
  fi
  (cd "$folder" && "${as_owner[@]}" "$bin/initdb" -D data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8) \
    >"$folder/initdb.log" 2>&1 || { tail -n 20 "$folder/initdb.log"; give_up "initdb"; }
  for _ in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 10000))
    (cd "$folder" && exec "${as_owner[@]}" "$bin/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories= -c max_connections=300) >"$folder/postgres.log" 2>&1 </dev/null &
    pid=$!
    for _ in {1..300}; do
      kill -0 "$pid" 2>/dev/null || break
      if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
        # Another server on a port taken at the same moment would answer too: then ours has ended.
        kill -0 "$pid" 2>/dev/null || break
        postgres=$pid
        export RALLY_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres"
        return 0
      fi
      sleep 0.1
    done
    kill -INT "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  tail -n 20 "$folder/postgres.log"
  give_up "PostgreSQL did not start"
}
