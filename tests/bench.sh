#!/usr/bin/env bash
# Starts a benchmark: tests/bench.sh NAME [--quick]; without a NAME it lists them and exits with 2.
# Prints a line a measure: "measure ratio=1.23 goal>=0.80 (what against what)" or "measure value=12.3 unit=ms (what)".
# The ledger's needs a C compiler, SQLite's headers and PostgreSQL, auth's needs wrk, Node.js and the npm packages of
# tests/Peers/node: on Debian it installs what is missing. PostgreSQL runs in a temporary folder of its own, unless
# RALLY_TEST_POSTGRES names one ("Host=...;Username=...").
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
source tests/prepare.sh
temporary=() postgres=''

say() { printf '%s\n' "$*" >&2; }

give_up() {
  say "$*"
  exit 1
}

finish() {
  local code=$?
  trap - EXIT
  # To PostgreSQL, INT means: do not wait for clients.
  stop "$postgres" INT
  rm -rf "${temporary[@]}"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

prepare_ledger() {
  local packages=()
  if lacks_postgres; then packages+=(postgresql); fi
  command -v gcc >/dev/null || packages+=(gcc libc6-dev)
  [[ -f /usr/include/sqlite3.h ]] || packages+=(libsqlite3-dev)
  install_packages "${packages[@]}"
  start_postgres
  mkdir -p artifacts/bench
  export RALLY_BENCH_C=$PWD/artifacts/bench/ledger
  gcc -O2 -Wall -Wextra -o "$RALLY_BENCH_C" tests/Bench/native/ledger.c -lsqlite3
}

prepare_auth() {
  local packages=()
  command -v wrk >/dev/null || packages+=(wrk)
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
  install_packages "${packages[@]}"
  install_peers
  export RALLY_BENCH_NODE=$PWD/tests/Peers/node
}

log=$(mktemp)
temporary+=("$log")
dotnet build tests/Bench/Bench.csproj -c Release -v quiet -clp:NoSummary >"$log" 2>&1 </dev/null || { sort -u "$log" >&2; exit 1; }
if [[ ${1:-} == ledger ]]; then prepare_ledger; fi
if [[ ${1:-} == auth ]]; then prepare_auth; fi
# With the garbage collector that the program itself runs with.
if [[ ${1:-} == webhooks ]]; then export DOTNET_gcServer=1; fi
dotnet tests/Bench/bin/Release/net10.0/Rally.Bench.dll "$@"
