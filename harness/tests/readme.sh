#!/usr/bin/env bash
# readme.sh: is cases/README.md what the tools say?
#
# usage: harness/tests/readme.sh BUILD-FOLDER [--write]
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
# With --write the file is brought up to date instead.
#
# These comments in the file say what the block behind them is:
#   <!-- file NAME -->        a file, which the commands below can read
#   <!-- run -->              commands ("$ …"), with what they print
#   <!-- steps -->            steps of a case, which must pass
#   <!-- generated WHAT -->   up to <!-- end -->, what make_WHAT prints
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. harness/tests/claims.sh

home=$PWD
readme=$home/cases/README.md
PATH=$(cd "$1" && pwd):$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SESSIONSPEC_HOME=$home NO_COLOR=1
mkdir "$scratch/steps" "$scratch/here"

make_language() {
    sessionspec check --language | sed -e '1,4d' -e 's/^## /### /'
}

# The text of a suite's `about`, whether in one line or folded.
about_of() {
    awk '/^about:/ { text = substr($0, 8); if (text ~ /^>/) text = ""; on = 1; next }
         on && /^  / { text = text (text ? " " : "") substr($0, 3); next }
         on { exit }
         END { gsub(/^["'\'']|["'\'']$/, "", text); print text }' "$1"
}

make_files() {
    local file
    printf '\n| file | what about |\n|---|---|\n'
    for file in "$home"/cases/*.yml; do
        grep -q '^suite:' "$file" &&
            printf '| `%s` | %s |\n' "${file##*/}" "$(about_of "$file")"
    done
    echo
}

make_divergences() {
    printf '\n| id | case | what the documents ask | source, and the difference |\n'
    echo '|---|---|---|---|'
    sessionspec list --json | jq -r '.cases[] | select(.diverges) |
        "| `\(.diverges.id)` | `\(.id)` | \(.title) | \(.diverges.source) |"'
    echo
}

# What differs from run to run: ports, times, IDs and signatures.
steady() {
    sed -E -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:40721/' \
        -e 's/ in [0-9]+\.[0-9]+ s$/ in 0.01 s/' \
        -e 's/(s%3A)[A-Za-z0-9_-]{32}\.[A-Za-z0-9%]*/\1ID.SIGNATURE/' \
        -e 's/"[A-Za-z0-9_-]{32}"/"ID"/g'
}

# The rest of a block, its first line included, to stdout.
block() {
    local line
    while IFS= read -r line; do
        printf '%s\n' "$line"
        [ "$line" = '```' ] && return
    done
}

run_block() {
    local line
    while IFS= read -r line; do
        case $line in
        '```'*) printf '%s\n' "$line" ;;&
        '```') return ;;
        '$ '*)
            printf '%s\n' "$line"
            (cd "$scratch/here" && bash -c "${line#??}" 2>&1) </dev/null |
                steady
            ;;
        esac
    done
}

skip_to_end() {
    local line
    while IFS= read -r line && [ "$line" != '<!-- end -->' ]; do :; done
}

# The file as it should be, from the file as it is.
renew() {
    local line count=0
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
        '<!-- file '*)
            line=${line#<!-- file }
            block | tee >(sed '/^```/d' >"$scratch/here/${line% -->}")
            ;;
        '<!-- steps -->')
            count=$((count + 1))
            block | tee "$scratch/steps/$count"
            ;;
        '<!-- run -->') run_block ;;
        '<!-- generated '*)
            line=${line#<!-- generated }
            "make_${line% -->}"
            skip_to_end
            echo '<!-- end -->'
            ;;
        esac
    done
}

# The steps of all blocks, as a suite.
steps_suite() {
    local file
    echo 'suite: readme'
    echo 'defaults:'
    echo '  options: { secret: cat, resave: false, saveUninitialized: false }'
    echo 'cases:'
    for file in "$scratch"/steps/*; do
        printf '  - case: block-%s\n    steps:\n      - calls: []\n' \
            "${file##*/}"
        sed '/^```/d' "$file"
    done
}

evidence() { :; }

renew <"$readme" >"$scratch/README.md"
if [ "${2:-}" = --write ]; then
    cmp -s "$scratch/README.md" "$readme" ||
        cp "$scratch/README.md" "$readme"
    exit
fi
is_up_to_date() {
    diff -u "$readme" "$scratch/README.md" && return
    echo "to bring it up to date: harness/tests/readme.sh $1 --write"
    return 1
}
claim 'cases/README.md is what the tools say' is_up_to_date "$1"
steps_suite >"$scratch/here/steps.yml"
steps_pass() {
    [ -e "$scratch/steps/1" ] && sessionspec run "$scratch/here/steps.yml" \
        >"$scratch/log" 2>&1 && return
    cat "$scratch/log" "$scratch/here/steps.yml"
    return 1
}
claim 'the steps in cases/README.md are played and hold' steps_pass
