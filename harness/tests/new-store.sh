#!/usr/bin/env bash
# new-store.sh: the way of a store's author: new-store, make, run, describe
#
# usage: harness/tests/new-store.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

# shellcheck source=harness/tests/claims.sh
. "$(dirname "$0")/claims.sh"
out=$(cd "$1" && pwd)
spec=$out/sessionspec
SESSIONSPEC_HOME=$(cd "$(dirname "$0")/../.." && pwd)
export SESSIONSPEC_HOME
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

run() { # COMMAND…: leaves $code, and out and err in the scratch folder
    timeout 120 "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
}

evidence() { sed 's/^/  /' "$scratch/out" "$scratch/err" | head -40; }

exits() { [ "$code" = "$1" ]; }
prints() { grep -qF -- "$1" "$scratch/out"; }
says() { grep -qF -- "$1" "$scratch/err"; }
holds() { jq -e "$1" "$scratch/out" >/dev/null; }
quiet() { exits 0 && [ ! -s "$scratch/err" ]; }

run "$spec" new-store mystore
claim 'a new store is written' exits 0
claim 'what to type next is printed' prints 'make next'
claim 'it has a workflow that runs the suite' \
    grep -q 'run: make test' mystore/.github/workflows/sessionspec.yml
claim 'nothing of the template is left but its steps' \
    bash -c '! grep -ri template mystore'
run "$spec" new-store mystore
claim 'a folder that is there is refused' exits 2
claim 'a folder that is there is named' says './mystore: there is such a thing'
for name in Mystore my-store 9store '' . ../x 'a b' \
    abcdefghijklmnopqrstuvwxyzabcdefghi; do
    run "$spec" new-store "$name"
    claim "the name \"$name\" is refused" exits 2
done
run "$spec" new-store other nowhere
claim 'a parent folder that is not there is refused' exits 2
mkdir parent
run "$spec" new-store other parent
claim 'the parent folder can be named' test -s parent/other/other.c

# Not what is installed on this machine, if it is.
make_in() {
    local folder=$1
    shift
    run make -C "$folder" SESSIONSPEC="$spec" \
        SESSIONSPEC_INCLUDE="$SESSIONSPEC_HOME/stores" "$@"
}
make_in mystore CFLAGS='-O2 -Werror'
claim 'it compiles at once, without a warning' quiet
claim 'it exports its entry and nothing else' \
    test "$(nm -D --defined-only mystore/mystore.so | awk '{ print $3 }')" \
    = sstore_plugin_v1
make_in mystore next
claim 'its first run fails' exits 2
claim 'its first run says what is to be done' prints 'mystore.c, STEP 3: get'
run "$spec" describe mystore/mystore.so
claim 'it is described' exits 0
claim 'its options are described' prints 'path=PATH  where the sessions go'
claim 'its thread model is described' prints 'one-instance'
run "$spec" describe mystore/mystore.so --json
claim 'it is described as JSON' holds '.name == "mystore" and
    .threads == "one-instance" and (.operations | length) == 7 and
    (.capabilities | index("namespace")) != null'
run "$spec" describe "mystore/mystore.so?frob=1"
claim 'an option that it does not know exits with 3' exits 3
claim 'an option that it does not know is named' says '"frob"'
run "$spec" describe
claim 'describe without a store exits with 2' exits 2
run "$spec" describe memory --jsn
claim 'a misspelt option of describe gets a suggestion' says '(--json?)'
