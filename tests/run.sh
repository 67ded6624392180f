#!/usr/bin/env bash
# Builds and tests everything: tests/run.sh [--long] [PROJECT ...]
#   --long   more rounds in the tests that have a short and a long form (sets RALLY_LONG=1)
#   PROJECT  only these, by their folder under tests/ (Ledger, Auth, ...); Logs comes last in any case
# It needs the .NET SDK, and on Debian installs what else is missing (as root, or through sudo). PostgreSQL runs in a
# temporary folder of its own, unless RALLY_TEST_POSTGRES names one ("Host=...;Username=...").
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when nothing failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
source tests/prepare.sh
readonly results=artifacts/tests
# What all hosts log, for tests/Logs to look through.
export RALLY_SUITE_LOG=$PWD/$results/suite
passed=0 failed=0 skipped=0
temporary=() postgres='' compiler_server=''

say() { printf '%s\n' "$*"; }

problem() {
  say "FAILED: $*"
  failed=$((failed + 1))
}

finish() {
  local code=$?
  trap - EXIT INT TERM
  stop "$compiler_server" TERM
  # To PostgreSQL, INT means: do not wait for clients.
  stop "$postgres" INT
  rm -rf "${temporary[@]}"
  if ((code != 0 && failed == 0)); then failed=1; fi
  say "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0)) || exit 1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

give_up() {
  problem "$*"
  exit 1
}

# ---- what to run ----

projects=()
for argument in "$@"; do
  case $argument in
    --long) export RALLY_LONG=1 ;;
    -h | --help)
      sed -n '2,7s/^# //p' tests/run.sh
      trap - EXIT
      exit 0
      ;;
    -*) give_up "unknown option $argument" ;;
    *)
      [[ -f tests/$argument/$argument.Tests.csproj ]] || give_up "there is no tests/$argument/$argument.Tests.csproj"
      projects+=("$argument")
      ;;
  esac
done
everything=0
if ((${#projects[@]} == 0)); then
  everything=1
  for file in tests/*/*.Tests.csproj; do projects+=("$(basename "$(dirname "$file")")"); done
fi

# Logs reads what the others have logged.
ordered=()
for project in "${projects[@]}"; do [[ $project == Logs ]] || ordered+=("$project"); done
projects=("${ordered[@]}" Logs)

selected() {
  for project in "${projects[@]}"; do [[ $project != "$1" ]] || return 0; done
  return 1
}

# ---- what they need ----

install_missing() {
  local packages=()
  if lacks_postgres; then packages+=(postgresql); fi
  if selected Peers || selected Browser; then
    command -v node >/dev/null || packages+=(nodejs)
    command -v npm >/dev/null || packages+=(npm)
  fi
  if selected Peers; then command -v hledger >/dev/null || packages+=(hledger); fi
  if selected Browser; then command -v chromium >/dev/null || packages+=(chromium); fi
  install_packages "${packages[@]}"
}

# ---- build ----

# Every compilation in a process of its own spends most of its time starting up: a compiler server cuts a clean build to a
# third. It is our own, under a name of its own, so that it ends with this script on machines where none may stay behind.
start_compiler() {
  local sdk
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk/$(dotnet --version)/Roslyn/bincore/VBCSCompiler.dll
  [[ -f $sdk ]] || return 0
  dotnet "$sdk" "-pipename:rally-tests-$$" >/dev/null 2>&1 </dev/null &
  compiler_server=$!
  compiler=(-p:UseSharedCompilation=true "-p:SharedCompilationId=rally-tests-$$")
}

# Package advisories are shown, but one published tomorrow must not break what was green today.
build() {
  local targets=(Rally.Bots.sln) log target compiler=()
  ((everything)) || targets=("${projects[@]/%/.Tests.csproj}")
  log=$(mktemp)
  temporary+=("$log")
  start_compiler
  for target in "${targets[@]}"; do
    ((everything)) || target=tests/${target%.Tests.csproj}/$target
    dotnet build "$target" -warnaserror "-warnnotaserror:NU1900;NU1901;NU1902;NU1903;NU1904" -v quiet -clp:NoSummary \
      "${compiler[@]}" >"$log" 2>&1 </dev/null || { sort -u "$log" | head -n 60; give_up "the build"; }
  done
}

check_format() {
  [[ ${CI:-} == true ]] && ((everything)) || return 0
  dotnet format Rally.Bots.sln --verify-no-changes --no-restore >"$results/format.log" 2>&1 </dev/null ||
    { head -n 30 "$results/format.log"; problem "dotnet format --verify-no-changes (mend it with: dotnet format Rally.Bots.sln)"; }
}

# ---- test ----

counter() { sed -n "s/.*<Counters [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$2"; }

# Prints "name: message" of the tests in a .trx file with this outcome, the message's first lines only.
tests_with() {
  awk -v wanted="outcome=\"$1\"" -v most="$2" '
    /<UnitTestResult / { inside = index($0, wanted); name = $0; sub(/.* testName="/, "", name); sub(/" computerName=.*/, "", name)
                         if (inside) print "  " name }
    inside && /<Message>/ { message = 1; lines = 0 }
    inside && message { line = $0; gsub(/^ *<Message>|<\/Message>.*/, "", line); if (lines++ < most) print "      " line }
    /<\/Message>/ { message = 0 }' "$3" |
    sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#xD;//g; s/&amp;/\&/g'
}

run() {
  local project=$1 trx=$results/$1.trx log=$results/$1.log start=$SECONDS code=0 total ok bad
  dotnet test "tests/$project/bin/Debug/net10.0/Rally.$project.Tests.dll" --logger "trx;LogFileName=$project.trx" \
    --results-directory "$results" --blame-hang --blame-hang-timeout 10min --blame-hang-dump-type none \
    >"$log" 2>&1 </dev/null || code=$?
  total=0 ok=0 bad=0
  if [[ -f $trx ]]; then total=$(counter total "$trx") ok=$(counter passed "$trx") bad=$(counter failed "$trx"); fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
  printf '%-14s %4d passed %4d failed %4d skipped %5d s\n' "$project" "$ok" "$bad" "$((total - ok - bad))" "$((SECONDS - start))"
  ((bad == 0)) || tests_with Failed 12 "$trx" | head -n 120
  ((total == ok + bad)) || tests_with NotExecuted 1 "$trx" | head -n 40
  if ((code != 0 && bad == 0)); then
    tail -n 20 "$log"
    problem "$project: the test run ended with exit code $code before its end"
  elif ((total == 0)); then
    problem "$project: no test was run"
  fi
}

rm -rf "$results"
mkdir -p "$results"
command -v dotnet >/dev/null || give_up "the .NET SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
install_missing
if selected Peers || selected Browser; then install_peers; fi
start_postgres
start=$SECONDS
build
say "built in $((SECONDS - start)) s"
check_format
for project in "${projects[@]}"; do run "$project"; done
