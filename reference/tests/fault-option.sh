#!/usr/bin/env bash
# fault-option.sh: sessionspec-server --fault, as one types it
#
# usage: reference/tests/fault-option.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
. harness/tests/claims.sh

server=$1/sessionspec-server
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# ask ARGUMENTS…: runs to the end; leaves $code and the files out and err.
ask() {
    timeout 20 "$server" "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
}

evidence() { head -c 300 "$scratch/out" "$scratch/err"; }

says() { grep -qF -- "$1" "$scratch/err"; }
refused() { [ $code = 2 ] && [ ! -s "$scratch/out" ] && says "$1"; }

ask --fault list
claim 'the list ends well' [ $code = 0 ]
claim 'it names at least 60 faults' \
    [ "$(wc -l <"$scratch/out")" -ge 60 ]
claim 'each line is a name, a tab and a sentence' \
    [ -z "$(grep -vP '^[a-z0-9-]+\t[^\t]{10,}$' "$scratch/out")" ]
claim 'no name stands there twice' \
    [ -z "$(cut -f1 "$scratch/out" | sort | uniq -d)" ]
claim 'faults of the reference and of a store are there' \
    [ "$(cut -f1 "$scratch/out" | grep -cxE 'expires-late|touch-creates')" = 2 ]

# Where a fault is to be, the table's name stands behind `MUTANT_`.
unused=$(grep -oP '^ +X\(\K[A-Z0-9_]+' reference/mutant.h | while read -r name; do
    grep -qw "MUTANT_$name" reference/*.c || echo "$name"
done)
claim 'each fault of the reference has its place in the code' [ -z "$unused" ]

ask --fault expires-latte
claim 'an unknown fault is refused, and the nearest is named' \
    refused '"expires-latte" (expires-late,'
ask --fault ''
claim 'an empty name is refused' refused 'there is no fault ""'
ask --fault
claim 'a missing name is refused' refused 'requires an argument'

# cookie_of ARGUMENTS…: the Set-Cookie of a server that was started with them.
cookie_of() {
    local url pid
    : >"$scratch/url"
    "$server" "$@" --threads 4 >"$scratch/url" 2>"$scratch/err" &
    pid=$!
    until [ -s "$scratch/url" ] || ! kill -0 $pid 2>/dev/null; do :; done
    url=$(head -1 "$scratch/url")
    curl -s -m 20 -X PUT "$url/_spec/apps/a" -o /dev/null -d '{"clock":0,
        "options":{"secret":"s","resave":false,"saveUninitialized":true,
        "cookie":{"maxAge":1000}}}'
    curl -s -m 20 -D - -o /dev/null "$url/" -H 'Spec-App: a' |
        grep -i '^set-cookie:'
    kill $pid
    wait $pid
}
code=0
cookie_of >"$scratch/out"
claim 'without the option nothing is wrong' \
    grep -q 'Expires=Thu, 01 Jan 1970 00:00:01 GMT; HttpOnly' "$scratch/out"
cookie_of --fault expires-late >"$scratch/out"
claim 'the fault that was chosen is there' \
    grep -q 'Expires=Thu, 01 Jan 1970 00:00:02 GMT; HttpOnly' "$scratch/out"
cookie_of --fault touch-creates >"$scratch/out"
claim 'a fault of the store leaves the middleware right' \
    grep -q 'Expires=Thu, 01 Jan 1970 00:00:01 GMT; HttpOnly' "$scratch/out"
