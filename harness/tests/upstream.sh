#!/usr/bin/env bash
# upstream.sh: cases/upstream.yml names each of express-session's tests once,
# and cases that there are
#
# usage: harness/tests/upstream.sh BUILD-FOLDER [MAP]
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what is wrong before it. The
# last line counts. Exit code 1 where a claim is wrong.
set -uo pipefail
shopt -s lastpipe # what `… | claim` sets stays set
export LC_ALL=C   # one order for sort, comm and jq
cd "$(dirname "$0")/../.." || exit

spec=$1/sessionspec
map=${2:-cases/upstream.yml}
count=160 # tests of express-session 1.19.0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0

# The map as lines of "FILE:LINE KEY VALUE", folded texts on one line: `listed`
# for the list at its head, `test` for each entry, then what the entry has.
# What is not of the map's form becomes "MAP:LINE odd TEXT".
flatten() {
    awk -v map="$map" '
        function give(key, value) { if (value != "") print at, key, value }
        function finish() { give(key, text); key = text = "" }
        function list(line) {
            gsub(/[][,]/, " ", line)
            for (i = split(line, lines, " "); i > 0; i--)
                print file ":" lines[i], "listed", "-"
        }
        /^#/ || /^$/ || /^release: / { next }
        /^(lines|tests):$/ { finish(); part = $1; next }
        part == "lines:" && /^  test\/[a-z]+\.js:$/ {
            file = substr($1, 1, length($1) - 1); next
        }
        part == "lines:" && /^    +[][0-9, ]+$/ { list($0); next }
        part == "tests:" && /^  - file: [^ ]+$/ {
            finish(); file = $3; at = file ":?"; next
        }
        part == "tests:" && /^    line: [0-9]+$/ {
            finish(); at = file ":" $2; print at, "test -"; next
        }
        part == "tests:" && /^    (checks|not-observable): [^ ]/ {
            finish(); key = substr($1, 1, length($1) - 1)
            text = $0; sub(/^ *[a-z-]+: /, "", text); next
        }
        part == "tests:" && /^    cases:$/ { finish(); key = "cases"; next }
        key == "cases" && /^      - [^ ]/ {
            id = $0; sub(/^ *- /, "", id); give("case", id); next
        }
        key != "cases" && key != "" && /^      [^ ]/ {
            sub(/^ +/, ""); text = text " " $0; next
        }
        { print map ":" FNR, "odd", $0 }
        END { finish() }' "$map"
}

# claim TEXT: it holds where the standard input is empty; else that is shown.
claim() {
    local found
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok $1"
    else
        sed 's/^/  /' <<<"$found"
        echo "not ok $1"
        wrong=1
    fi
}

places() { awk -v key="$1" '$2 == key { print $1 }' "$scratch/map"; }
values() { awk -v key="$1" '$2 == key' "$scratch/map" | cut -d ' ' -f 3-; }
# What stands in one of the two files only.
differ() { comm -3 <(sort -u "$1") <(sort -u "$2") | tr -d '\t'; }

flatten >"$scratch/map"
places listed >"$scratch/listed"
places test >"$scratch/tests"
{ places case | sort -u; places not-observable; } >"$scratch/answered"
"$spec" list --json | jq -r '.cases[].id | ., sub("\\[.*"; ""; "s")' |
    sort -u >"$scratch/ids"

awk '$2 == "odd"' "$scratch/map" | claim 'every line of the map is of its form'
differ "$scratch/listed" "$scratch/tests" |
    claim 'the map has the tests of the list, and no others'
sort "$scratch/tests" | uniq -d | claim 'no test stands in the map twice'
sort "$scratch/listed" | uniq -d | claim 'no test stands in the list twice'
wc -l <"$scratch/listed" | grep -vx " *$count" |
    claim "the list has the $count tests of express-session 1.19.0"
{
    differ "$scratch/tests" "$scratch/answered"
    sort "$scratch/answered" | uniq -d
} | claim 'each test has either cases or a reason'
{
    places checks >"$scratch/told"
    differ "$scratch/tests" "$scratch/told"
    sort "$scratch/told" | uniq -d
    values checks | sort | uniq -d
} | claim 'each test is told once, in words of its own'
values case | sort -u | comm -23 - "$scratch/ids" |
    claim 'each case that is named exists'
awk '$2 == "case"' "$scratch/map" | sort | uniq -d |
    claim 'no test names a case twice'

unseen=$(places not-observable | wc -l)
echo "$(wc -l <"$scratch/tests") tests:" \
    "$(places case | sort -u | wc -l) covered, $unseen not observable"
exit $wrong
