#!/usr/bin/env bash
# compare.sh: sessionspec compare, and .ci/matrix, as their user meets them
#
# usage: harness/tests/compare.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

# shellcheck source=harness/tests/claims.sh
. "$(dirname "$0")/claims.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
out=$(cd "$1" && pwd)
spec=$out/sessionspec
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SESSIONSPEC_HOME=$top
unset NO_COLOR
cd "$scratch" || exit 1

# run COMMAND…: leaves $code, ./out and ./err.
run() {
    timeout 120 "$@" >out 2>err
    code=$?
}

exits() { [ "$code" = "$1" ]; }
says() { grep -qF -- "$1" err; }
prints() { grep -qF -- "$1" out; }
is_mute() { [ ! -s out ]; }
one_line() { [ "$(wc -l <err)" = 1 ]; }
has() { grep -qF -- "$2" "$1"; }

report() { # NAME STORE [FILTER]
    "$spec" run --store "$2" --filter "${3:-store-*}" \
        --report "json:$1.json" --report "html:$1.html" >/dev/null 2>err
}
report memory memory
report faulty 'faulty?fault=touch-creates'
report part memory 'resave/*'
cp memory.json same.json

run "$spec" compare memory.json faulty.json
claim 'two reports are compared' exits 0
claim 'a run is named by its store' prints 'memory 1.0'
claim 'a requirement that one of them fails is shown' \
    grep -qE '^STO-09  recommended  \+ X  ' out
claim 'what is alike is summed up' prints 'alike everywhere'
run "$spec" compare memory.json faulty.json --absent 'oracle=needs <a> server' \
    --report html:absent.html --report json:absent.json \
    --report markdown:absent.md
claim 'what could not be run is named' prints '  oracle: needs <a> server'
claim 'what could not be run is on the page' \
    has absent.html '<td>needs &#60;a&#62; server<'
claim 'what could not be run is in the JSON' jq -e \
    '.absent == [{"name":"oracle","why":"needs <a> server"}]' absent.json
claim 'what could not be run is in the Markdown' \
    has absent.md '- oracle: needs \<a\> server'
run "$spec" compare memory.json --absent oracle
claim 'a name without a reason is refused' exits 2
run "$spec" compare memory.json faulty.json
claim 'a failed case is shown with its replay' \
    grep -qE "sessionspec run .*--store 'faulty\?fault=touch-creates'" out
grep -m1 -A1 -E '^  fail ' out | tail -1 >replay.sh
run bash -c "$(cat replay.sh)"
claim 'the replay is a whole shell line that fails alike' exits 1
run "$spec" compare memory.json faulty.json --all
claim 'with --all every requirement is shown' \
    [ "$(grep -cE '^[A-Z]{3}-[0-9]{2} ' out)" = \
    "$(jq '.requirements | length' memory.json)" ]
run "$spec" compare memory.json same.json
claim 'the same twice has no differences' \
    bash -c '! grep -q "What differs" out'
run "$spec" compare memory.json part.json
claim 'other cases are said to be another suite' prints 'not of one suite: '
run "$spec" compare memory.json
claim 'a single report is enough' exits 0

run "$spec" compare memory.json faulty.json --fail-on required
claim '--fail-on gives the exit code 1' exits 1
run "$spec" compare memory.json same.json --fail-on any
claim '--fail-on gives 0 where nothing fails' exits 0

run script -qec "$spec compare memory.json faulty.json" /dev/null
claim 'a terminal gets colours' grep -q $'\033\[1;31mX' out
NO_COLOR=1 run script -qec "$spec compare memory.json faulty.json" /dev/null
claim 'with NO_COLOR it gets none' bash -c '! grep -q $'"'\\033'"' out'

# ---- Formats ----------------------------------------------------------------
run "$spec" compare memory.json faulty.json --report json
claim 'json goes to stdout alone' jq -e '.reports | length == 2' out
run "$spec" compare memory.json faulty.json --report html:new/folder/all.html \
    --report markdown:all.md --report json:all.json
claim 'reports are written where they are wanted' \
    [ -s new/folder/all.html -a -s all.md -a -s all.json ]
claim 'it is said where they are' prints 'html: new/folder/all.html'
claim "the page leads to the runs' own pages" \
    has new/folder/all.html 'href="./../../faulty.html#requirement-'
claim 'what it leads to is there' has faulty.html \
    "id=\"$(grep -o 'faulty.html#[a-z]*-[0-9]*' new/folder/all.html | head -1 |
        sed 's/.*#//')\""
rm faulty.html
run "$spec" compare memory.json faulty.json --report html
claim 'without the page there is no link to it' \
    bash -c '! grep -q "faulty.html" out && grep -q "memory.html" out'

# ---- What is not right ------------------------------------------------------
echo '{"name": "a package"}' >package.json
head -c 1000 memory.json >cut.json
printf '{"\033[2J' >nasty.json
: >empty.json
for name in missing cut empty package nasty; do
    run "$spec" compare memory.json "$name.json" --report html:no.html
    claim "$name.json is refused with 2" exits 2
    claim "$name.json is refused in one line that names it" \
        eval "one_line && says 'sessionspec compare: $name.json: '"
    claim "beside $name.json nothing is written" \
        eval 'is_mute && [ ! -e no.html ]'
done
claim 'no control character comes through' bash -c '! grep -q $'"'\\033'"' err'
run "$spec" compare .
claim 'a folder is refused with 2' exits 2
run "$spec" compare
claim 'no report at all is exit code 2' exits 2
run "$spec" compare memory.json --reprot json
claim 'a misspelt option gets a suggestion' says '--report'
run "$spec" compare memory.json --report junit:x
claim 'an unknown format is said with those that there are' \
    says 'term, json, html, markdown'
cp memory.json before.json
run "$spec" compare memory.json same.json --report json:./memory.json
claim 'a report that is compared is not overwritten' \
    eval 'exits 2 && cmp memory.json before.json'
run "$spec" compare memory.json --report html:memory.html
claim "nor is a run's own page" exits 2
run "$spec" compare memory.json --report json:/dev/full
claim 'a full disk is exit code 2' exits 2
run "$spec" compare --help
claim 'its help tells the formats' prints 'markdown'

# ---- The matrix -------------------------------------------------------------
run "$top/.ci/matrix" "$out" nostore
claim 'the matrix knows its stores' eval 'exits 2 && says postgres'

exit 0
