#!/usr/bin/env bash
# requirements.sh: has every requirement a case?
#
# usage: harness/tests/requirements.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# Sections whose cases are still to come, each with the reason.
declare -A awaited=(
    [CKS]='cookie-based sessions have no target yet'
)

export SESSIONSPEC_HOME=$PWD
all=$("$1/sessionspec" list --requirements --json) || {
    echo 'not ok the requirements are listed'
    exit 1
}

# ask FILTER ARGUMENTS…: what a jq filter gives of each requirement.
ask() {
    local filter=$1
    shift
    jq -r "$@" ".requirements[] | $filter" <<<"$all"
}

claim() {
    if [ -z "$2" ]; then
        echo "ok $1"
    else
        printf '%s\n' "$2" "not ok $1"
    fi
}

for section in $(ask .section | sort -u); do
    without=$(ask 'select(.section == $section and .cases == []) |
        "\(.id) has no case: \(.text)"' --arg section "$section")
    if [ -z "${awaited[$section]:-}" ]; then
        claim "every requirement of $section has a case" "$without"
    elif [ -z "$without" ]; then
        claim "$section still waits for its cases" \
            "it has them all: take it out of \`awaited\` in ${0##*/}"
    else
        echo "# $section: ${awaited[$section]}"
    fi
done
claim 'every requirement tells what a failure means' \
    "$(ask 'select((.failure // "") == "") | "\(.id) has no \"failure\""')"
claim 'every requirement has a text and a source' \
    "$(ask 'select(.text == "" or .source == "") | .id')"
claim 'no release is named twice for one requirement' \
    "$(ask '.id as $id | .seen | group_by(.where, .what)[] |
        select(length > 1) | "\($id): \(.[0].where)"')"
claim 'every link is one' "$(ask '.id as $id | .seen[] | .link // empty |
    select(test("^https://[^ ]+$") | not) | "\($id): \(.)"')"
