#!/usr/bin/env bash
# Starts a benchmark: tests/bench.sh NAME [--quick]; without a NAME it lists them and exits with 2.
# Prints a line a measure: "measure ratio=1.23 goal>=0.80 (what against what)" or "measure value=12.3 unit=ms (what)".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build tests/Bench/Bench.csproj -c Release -v quiet -clp:NoSummary >"$log" 2>&1 </dev/null || { sort -u "$log" >&2; exit 1; }
dotnet tests/Bench/bin/Release/net10.0/Rally.Bench.dll "$@"
