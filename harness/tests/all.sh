#!/usr/bin/env bash
# all.sh: every test there is, for `make test`; the last line counts them.
#
# usage: harness/tests/all.sh BUILD-FOLDER
set -uo pipefail
cd "$(dirname "$0")/../.."

out=$1
passed=0
failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A sanitizer's finding ends the program that it is found in.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

# count NAME PASSED FAILED: adds to the totals, and says it.
count() {
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '%-44s %5d passed, %d failed\n' "$1" "$2" "$3"
}

# A cmocka program: its own counts; one that dies has failed once more.
unit_test() {
    local log=$scratch/unit.log good bad
    timeout 300 "$1" >"$log" 2>&1
    local code=$?
    good=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | head -1)
    bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log" | head -1)
    [ $code = 0 ] || [ -n "$bad" ] || bad=1
    count "${1#"$out"/}" "${good:-0}" "${bad:-0}"
    [ $code = 0 ] || cat "$log"
}

# The store ABI's header alone, in the languages that a store may be in.
header_test() {
    local name="stores/session_store.h as $1"
    shift
    printf '#include "stores/session_store.h"\n' >"$scratch/header.c"
    if "$@" -I. -Wall -Wextra -Werror -pedantic -fsyntax-only \
        "$scratch/header.c"; then
        count "$name" 1 0
    else
        count "$name" 0 1
    fi
}

# suite TARGET [OPTIONS]: leaves its report as $scratch/TARGET.json.
suite() {
    local name=$1 report=$scratch/$1.json log=$scratch/$1.log
    "$out/sessionspec" run --target "$@" --report "term:$log" \
        --report "json:$report" >/dev/null
    local code=$? good bad
    if [ ! -s "$report" ]; then
        echo "no report of $* (exit code $code)"
        count "suite on $*" 0 1
        return
    fi
    good=$(jq '.totals.passed' "$report")
    bad=$(jq '.totals | .failed + .errors + .crashed' "$report")
    [ $code = 0 ] || [ "$bad" -gt 0 ] || bad=1
    count "suite on $*" "$good" "$bad"
    [ $code = 0 ] || cat "$log"
}

# Of the cases that both could play, what one says the other says.
same_answers() {
    local name
    for name in reference express; do
        jq -r '.cases[] | select(.outcome != "skip") |
            "\(.id | gsub("\\s"; "_")) \(.outcome)"' \
            "$scratch/$name.json" | sort >"$scratch/$name.txt"
    done
    join "$scratch/reference.txt" "$scratch/express.txt" >"$scratch/both.txt"
    if [ -s "$scratch/both.txt" ] &&
        ! awk '$(NF-1) != $NF' "$scratch/both.txt" | grep .; then
        count 'reference and express answer alike' 1 0
    else
        count 'reference and express answer alike' 0 1
    fi
}

# TAP-like: lines "ok …" and "not ok …".
script_test() {
    local log=$scratch/script.log
    timeout 900 "$@" >"$log" 2>&1
    local code=$? good bad
    good=$(grep -c '^ok ' "$log")
    bad=$(grep -c '^not ok ' "$log")
    [ $code = 0 ] || [ "$bad" -gt 0 ] || bad=1
    count "$1" "$good" "$bad"
    [ "$bad" = 0 ] || cat "$log"
}

node_test() {
    local log=$scratch/node.log
    timeout 600 node --test --test-reporter=tap "$1" >"$log" 2>&1
    local code=$? good bad
    good=$(sed -n 's/^# pass \([0-9]*\)/\1/p' "$log")
    bad=$(sed -n 's/^# fail \([0-9]*\)/\1/p' "$log")
    [ $code = 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
    count "$1" "${good:-0}" "${bad:-0}"
    [ $code = 0 ] || cat "$log"
}

# Random apps and requests, the same on both.
fuzz() {
    local log=$scratch/fuzz.log
    if "$out/sessionspec" fuzz --steps 20000 --seed "$1" >"$log" 2>&1; then
        count "fuzz, seed $1" 1 0
    else
        count "fuzz, seed $1" 0 1
        cat "$log"
    fi
}

# A variant tries one backend's start and end; all four are tried once.
a_backend=
[ "$out" = build ] || a_backend=redis

for program in "$out"/*/tests/test_*; do
    [ -x "$program" ] && unit_test "$program"
done
header_test C99 gcc -std=c99
header_test C11 gcc -std=c11
header_test C++11 g++ -std=c++11 -x c++
script_test harness/tests/cli.sh "$out"
script_test harness/tests/readme.sh "$out"
script_test harness/tests/requirements.sh "$out"
script_test harness/tests/upstream.sh "$out"
script_test harness/tests/compare.sh "$out"
script_test harness/tests/bad-files.sh
script_test harness/tests/misbehave.sh "$out"
script_test harness/tests/new-store.sh "$out"
[ "$out" != build ] || script_test harness/tests/install.sh "$out"
script_test reference/tests/bad-requests.sh "$out"
script_test reference/tests/fault-option.sh "$out"
script_test stores/backends/test.sh "$out" $a_backend
script_test stores/tests/programs.sh "$out"
script_test reference/tests/debug.sh "$out"
script_test reference/tests/browser/run.sh "$out"
node_test harness/targets/express/test.mjs
SESSIONSPEC_SERVER=$out/sessionspec-server \
    node_test reference/tests/json-table.mjs
# Nothing of them depends on how C was compiled.
if [ "$out" = build ]; then
    for file in stores/node/tests/*.test.mjs; do node_test "$file"; done
fi
[ "$out" != build ] || script_test .ci/mutants "$out" --fast
suite reference
suite express
same_answers
suite express --store node:./harness/targets/express/tests/memory.mjs
fuzz 1
fuzz 2
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
