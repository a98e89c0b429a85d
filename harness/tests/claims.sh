# claims.sh: how a script of tests claims; to be sourced.
#
# Such a script prints "ok CLAIM" or "not ok CLAIM", one a line, and what went
# wrong before it. It may redefine evidence().
# shellcheck shell=bash

# claim TEXT COMMAND…: it holds where the command succeeds.
claim() {
    local text=$1
    shift
    if "$@"; then
        echo "ok $text"
    else
        echo "failed: $*"
        evidence
        echo "not ok $text"
    fi
}

# What the script has to show when a claim fails: by default what it ran last
# and left as $code, ./out and ./err.
# shellcheck disable=SC2154 # the script sets it
evidence() {
    echo "exit code $code"
    sed 's/^/  out: /' out | head -40
    sed 's/^/  err: /' err | head -40
}
