#!/usr/bin/env bash
# programs.sh: the suite on stores that are programs, ours and faulty ones
#
# usage: stores/tests/programs.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.." || exit 1
. harness/tests/claims.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

evidence() { tail -n 60 "$scratch/out"; }

# play STORE ARGUMENTS…: leaves its words as $scratch/out, and $code.
play() {
    local store=$1
    shift
    timeout 300 "$out/sessionspec" run -j 16 "$@" --store "$store" \
        --report "json:$scratch/report.json" >"$scratch/out" 2>&1
    code=$?
}

passes() { # STORE CASES ARGUMENTS…: at least so many, and none fails
    local store=$1 cases=$2
    shift 2
    play "$store" "$@"
    [ $code = 0 ] && [ "$(jq .totals.passed "$scratch/report.json")" -ge "$cases" ]
}

claim 'the example in Python passes the suite' \
    passes 'exec:python3 stores/examples/mystore.py' 1200
claim 'on a file too' passes \
    "exec:python3 stores/examples/mystore.py $scratch/sessions.db" 20 \
    --filter 'store-upkeep/*'
claim 'the example in sh passes what it is asked here' \
    passes 'exec:sh stores/examples/mystore.sh' 300 \
    --filter 'store-contract/*' --filter 'store-ids/*' --filter 'rolling/*' \
    --filter 'cookie*/*' --filter 'resave/*'
claim 'on a folder too' passes \
    "exec:sh stores/examples/mystore.sh $scratch/sessions" 10 \
    --filter 'store-upkeep/*'

# ---- One that leaves something open ---------------------------------------

sed "s/^    def open(self, request):/&\n        LEFT.append(open('\/dev\/null'))/
    s/^class Store:/LEFT = []\n\n\n&/" stores/examples/mystore.py \
    >"$scratch/leaky.py"
play "exec:python3 $scratch/leaky.py" --filter 'store-upkeep/a-closed-*'
claim 'what a program leaves open is seen' test $code = 1

# ---- One that misbehaves --------------------------------------------------

{
    cat <<'YAML'
suite: s
defaults:
  options: { secret: s, resave: false, saveUninitialized: false }
cases:
YAML
    for sid in innocent exits prints closes_stdout pure aborts clean; do
        cat <<YAML
  - case: $sid
    title: what was set is found
    checks: [STO-02]
    steps:
      - store: { set: $sid, session: { n: 1 } }
      - store: { get: $sid }
        expect: { session: { n: 1 } }
YAML
    done
} >"$scratch/suite.yml"

outcomes() {
    jq -r '[.cases[] | "\(.id)=\(.outcome)"] | join(" ")' "$scratch/report.json"
}
says() {
    grep -qF -- "$1" "$scratch/out"
}

told='exec:echo hear me >&2; exec python3 stores/tests/exec/store.py'
expected='s/innocent=pass s/exits=fail s/prints=fail s/closes_stdout=fail s/pure=pass s/aborts=fail s/clean=pass'
play "$told" "$scratch/suite.yml"
claim 'a program that misbehaves fails the cases concerned' \
    test "$(outcomes)" = "$expected"
play "$told" "$scratch/suite.yml" -j 1
claim 'one after the other as well' test "$(outcomes)" = "$expected"
claim 'the failure tells the exit code' says 'ended with exit code 3'
claim 'or the signal' says 'ended with SIGABRT'
claim 'or what was printed' says 'no JSON object: \"debug: it is ?? here\"'
claim 'what it said on stderr is in the transcript' says 'store told: hear me'

play 'exec:echo no such luck >&2; exit 4' "$scratch/suite.yml"
claim 'a program that cannot start is unreachable' test $code = 3
claim 'and one line says why' says 'no such luck (the store'
play 'npm:no-such-store' "$scratch/suite.yml"
claim 'a package that nobody knows is unreachable' test $code = 3
