#!/usr/bin/env bash
# misbehave.sh: a store that misbehaves costs the cases concerned, no more
#
# usage: harness/tests/misbehave.sh BUILD-FOLDER
# Each plugin in stores/tests/plugins does wrong in its get, but not for the id
# `innocent`. Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong
# before it.
set -uo pipefail

# shellcheck source=harness/tests/claims.sh
. "$(dirname "$0")/claims.sh"
out=$(cd "$1" && pwd)
SESSIONSPEC_HOME=$(cd "$(dirname "$0")/../.." && pwd)
export SESSIONSPEC_HOME
plugins=$out/stores/tests/plugins
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
: >out
# A crash is the plugin's wish here, and no finding.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:handle_segv=0
export TSAN_OPTIONS=${TSAN_OPTIONS:-}:handle_segv=0

{
    cat <<'YAML'
suite: s
defaults:
  options: { secret: s, resave: false, saveUninitialized: false }
cases:
YAML
    for i in 1 2 3 4 5 6 7 8; do
        sid=innocent
        [ $i = 3 ] && sid=victim
        cat <<YAML
  - case: $sid-$i
    title: what was set is found
    checks: [STO-02]
    steps:
      - store: { set: $sid, session: { n: $i } }
      - store: { get: $sid }
        expect: { session: { n: $i } }
YAML
    done
} >suite.yml

# play PLUGIN [ARGUMENTS…]: leaves $code, report.json and err.
play() {
    local plugin=$plugins/$1.so
    shift
    rm -f report.json
    timeout 120 "$out/sessionspec" run suite.yml --store "$plugin" -j 4 \
        --report term:out --report json:report.json "$@" >err 2>&1
    code=$?
}

evidence() { sed 's/^/  /' err out | head -60; }

# The victim's outcome, and what was said of it; all others passed.
victim() { # OUTCOME REGEX
    jq -e --arg outcome "$1" --arg said "$2" \
        '[.cases[] | select(.id == "s/victim-3")][0] |
         .outcome == $outcome and (tojson | test($said))' report.json >/dev/null
}
others_pass() {
    jq -e '[.cases[] | select(.id != "s/victim-3") | .outcome] ==
           ["pass","pass","pass","pass","pass","pass","pass"]' \
        report.json >/dev/null
}
exits() { [ "$code" = "$1" ]; }

play crash
claim 'a store that crashes is a crash, with its signal' \
    victim crash 'killed by signal 11 \(SIGSEGV\)'
claim 'a store that crashes costs no other case' others_pass
claim 'a store that crashes makes the exit code 1' exits 1

play loop
claim 'a store that loops is a crash, with its deadline' \
    victim crash 'get does not return: its deadline of 5000 ms'
claim 'a store that loops costs no other case' others_pass

play slow
claim 'a store that is late fails, with the time it took' \
    victim fail 'get took 5[0-9]{3} ms: its deadline was 5000'
claim 'a store that is late costs no other case' others_pass

play twice
claim 'a row callback called twice fails, with how often' \
    victim fail 'called its row callback 2 times'
claim 'a row callback called twice costs no other case' others_pass

play garbage
claim 'a number that is no code fails, with the number' \
    victim fail 'get returned (9|-99), which it may not'
claim 'a number that is no code costs no other case' others_pass

play chatty
claim 'what a store prints disturbs nothing' exits 0
claim 'a store that prints passes' victim pass .

play threads
claim 'threads that a store leaves behind disturb nothing' exits 0
claim 'a store that leaves threads behind passes' victim pass .

# A store that keeps no namespaces apart: one case at a time, emptied before.
{
    cat <<'YAML'
suite: s
defaults:
  options: { secret: s, resave: false, saveUninitialized: false }
cases:
YAML
    for i in 1 2 3 4 5 6 7 8; do
        cat <<YAML
  - case: alone-$i
    title: a case finds nothing of another
    checks: [STO-21]
    steps:
      - store: { length: }
        expect: { length: 0 }
      - store: { set: same, session: { n: $i } }
      - store: { set: other-$i, session: { n: $i } }
      - store: { length: }
        expect: { length: 2 }
      - store: { get: same }
        expect: { session: { n: $i } }
YAML
    done
} >suite.yml
play shared
claim 'without namespaces the cases keep apart, by clear' exits 0
claim 'without namespaces the user is told' grep -q 'emptied before each' err
play shared_listed
claim 'without namespaces the cases keep apart, by all and destroy' exits 0

# What is no store at all: a sentence each, and exit code 3.
refuses() { # SPEC TEXT
    timeout 20 "$out/sessionspec" run suite.yml --store "$1" >err 2>&1
    code=$?
    : >out
    [ $code = 3 ] && grep -qF -- "$2" err
}
printf 'no ELF' >text.so
printf '\177ELF and no more' >short.so
claim 'a file that is not there' refuses ./nowhere.so 'No such file'
claim 'a folder' refuses ./ 'no regular file'
claim 'a file that is no ELF' refuses ./text.so 'no shared object'
claim 'a file that is cut off' refuses ./short.so 'cannot be loaded'
claim 'an option that it does not know' \
    refuses "$out/stores/memory.so?frob=1" '"frob"'

# A client brings no code along, unless who started the server named it.
serve() { # [SERVER ARGUMENTS…]: leaves $server and $url
    : >url
    "$out/sessionspec-server" "$@" >url 2>err &
    server=$!
    until [ -s url ]; do kill -0 $server || exit 3; done
    url=$(cat url)
}
put() { # SPEC STATUS [TEXT]
    code=$(curl -s -o out -w '%{http_code}' -X PUT "$url/_spec/apps/a" \
        -d "{\"options\":{\"secret\":\"s\"},\"store\":{\"use\":\"$1\"}}")
    [ "$code" = "$2" ] && grep -qF -- "${3:-}" out
}
plugin=$out/stores/memory.so
serve
claim 'a client may name a built-in store' put memory 201 '"parallel"'
claim 'a client may not name a file' put "$plugin" 503 'was not named'
claim 'a client may not name a command' put exec:true 503 'was not named'
kill $server
wait $server
serve --store "$plugin"
claim 'a client may name what the server was started with' put "$plugin" 201
claim 'but with no other options' put "$plugin?a=b" 503 'was not named'
claim 'nor by another path' put "$out/stores/../stores/memory.so" 503 'not named'
kill $server
wait $server
