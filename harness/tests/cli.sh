#!/usr/bin/env bash
# cli.sh: sessionspec as its user meets it: exit codes, messages, signals
#
# usage: harness/tests/cli.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

# shellcheck source=harness/tests/claims.sh
. "$(dirname "$0")/claims.sh"
out=$(cd "$1" && pwd)
spec=$out/sessionspec
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# run ARGUMENTS…: leaves $code, ./out and ./err.
run() {
    timeout 120 "$spec" "$@" >out 2>err
    code=$?
}

exits() { [ "$code" = "$1" ]; }
says() { grep -qF -- "$1" err; }
prints() { grep -qF -- "$1" out; }

cat >good.yml <<'YAML'
suite: good
defaults:
  options: { secret: s, resave: false, saveUninitialized: false }
cases:
  - case: stored
    title: what was set is loaded again
    checks: [API-11]
    steps:
      - request: GET /
        do: [ { set: { user: tobi } } ]
        expect: { status: 200, calls: [ set ] }
      - request: GET /
        expect: { session: { user: tobi } }
YAML
sed -e 's/suite: good/suite: wrong/' -e 's/session: { user: tobi }/session: { user: loki }/' \
    good.yml >wrong.yml
cat >three.yml <<'YAML'
suite: three
cases:
  - case: mistakes
    title: three mistakes in one file
    checks: [API-11]
    options: { secret: s }
    steps:
      - request: GET /
        exepct: { status: 200 }
      - advance: 30 parsecs
      - request: GET /
        expect: { cookie: nun }
YAML

run run good.yml
claim 'a passing case exits with 0' exits 0
run run wrong.yml --report term --report json:wrong.json
claim 'a failing case exits with 1' exits 1
claim 'a failure shows what was expected' prints 'loki'
claim 'a failure shows what came' prints 'tobi'
claim 'a failure shows the requirement' prints 'API-11'
claim 'the replay command is a whole shell line that fails alike' \
    bash -c "$(jq -r '.cases[0].replay' wrong.json) >replay.log; [ \$? = 1 ]"
run run three.yml
claim 'a bad file exits with 2' exits 2
claim 'a misspelt key is shown with its place' says 'three.yml:9:9: '
claim 'a misspelt key gets a suggestion' says '"exepct" (expect?)'
claim 'a bad duration is shown with its place' says 'three.yml:10:'
claim 'a misspelt word is shown with its place' says 'three.yml:12:'
run run good.yml --filter 'no/such*'
claim 'a filter that matches nothing exits with 2' exits 2
run run good.yml --tarqet x
claim 'an unknown option exits with 2' exits 2
claim 'an unknown option gets a suggestion' says '--target'
run run nowhere.yml
claim 'a missing file exits with 2' exits 2
run run good.yml --target http://127.0.0.1:1
claim 'a target that does not answer exits with 3' exits 3
claim 'a target that does not answer is named' says '127.0.0.1:1'
run run good.yml --store nonesuch
claim 'a store that there is not exits with 3' exits 3
run frob
claim 'an unknown command exits with 2' exits 2
run --version
claim '--version prints one line' prints 'sessionspec '
run run good.yml --report json:r.json --report junit:r.xml --report html:r.html
claim 'each report is written where it was asked for' \
    test -s r.json -a -s r.xml -a -s r.html
run list --requirements --json
claim 'the requirements are listed as JSON' \
    jq -e '.requirements | length > 150' out
run list --json
claim 'the cases are listed as JSON' jq -e '.cases | length >= 70' out
run explain RSV-03
claim 'a requirement is explained' prints 'RSV-03'
run explain RSV-0x
claim 'an unknown requirement exits with 2' exits 2

# The server dies in the middle: only what ran then is lost.
cat >slow.yml <<'YAML'
suite: slow
defaults:
  options: { secret: s, resave: false, saveUninitialized: false }
cases:
  - case: waits
    title: a case that is under way for a while
    checks: [STO-02]
    steps:
      - fault: { op: set, delay: 3s }
      - request: GET /
        do: [ { set: { a: 1 } } ]
        expect: { status: 200 }
YAML
# The harness's server, once it stands in the middle of the slow case.
server_of() { pgrep -P "$1" -f sessionspec-server; }
ports_of() { ss -tlnpH | sed -n "s/.*127.0.0.1:\([0-9]*\) .*pid=$1,.*/\1/p"; }
is_in_the_middle() {
    local port
    for port in $(ports_of "$1"); do
        curl -s "http://127.0.0.1:$port/_spec/apps/c1-1-app/trace" |
            jq -e '.events[0].op == "set"' && return
    done
    return 1
}
start_slow() {
    rm -f slow.json
    "$spec" run slow.yml good.yml -j 1 --report json:slow.json \
        >out 2>err &
    runner=$!
    until server=$(server_of $runner) && is_in_the_middle "$server"; do
        kill -0 $runner || break
    done >/dev/null 2>&1
}
start_slow
kill -KILL "$server"
wait $runner
code=$?
claim 'a server that dies makes the exit code 1' exits 1
claim 'the running case is a crash, with its signal' \
    jq -e '.cases[0] | .outcome == "crash" and (.reason | test("SIGKILL"))' slow.json
claim 'the rest goes on, on a new server' \
    jq -e '.cases[1].outcome == "pass"' slow.json
start_slow
kill -INT $runner
wait $runner
code=$?
claim 'Ctrl-C ends with 130' exits 130
claim 'Ctrl-C still writes the report' jq -e '.interrupted' slow.json
claim 'no server is left behind' \
    bash -c "! kill -0 $server 2>/dev/null"
