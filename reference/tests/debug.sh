#!/usr/bin/env bash
# debug.sh: DEBUG=express-session on sessionspec-server, beside the real one
#
# usage: reference/tests/debug.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
. harness/tests/claims.sh
out=$1
scratch=$(mktemp -d)
server=
trap 'stop; rm -rf "$scratch"' EXIT

# start NAME LIST COMMAND…: a target with DEBUG=LIST; leaves $url, and its
# stderr in NAME.
start() {
    local name=$1 list=$2
    shift 2
    mkfifo "$scratch/$name.url"
    DEBUG=$list "$@" >"$scratch/$name.url" 2>"$scratch/$name" &
    server=$!
    read -r url <"$scratch/$name.url"
}

stop() {
    [ -z "$server" ] && return
    kill "$server" 2>/dev/null
    wait "$server"
    server=
}

# app ID OPTIONS: options beside the usual ones. The clock is beyond today, or
# the jar would drop the cookies.
app() {
    local body
    body=$(jq -cn --argjson more "$2" '
        {options: ({secret: "s", resave: false, saveUninitialized: false,
                    genid: {header: "x-id"}} + $more), clock: 4102444800000}')
    curl -sf -X PUT --data-binary "$body" "$url/_spec/apps/$1" >/dev/null ||
        echo "PUT $1 failed" >>"$scratch/trouble"
}

# visit APP TARGET ID ACTIONS [CURL OPTIONS…]: a request with the jar's
# cookies; ID is what a new session gets.
visit() {
    local id=$1 target=$2 sid=$3 actions=$4
    shift 4
    curl -s --path-as-is -c "$scratch/jar" -b "$scratch/jar" \
        -H "Spec-App: $id" -H "Spec-Do: $actions" -H "x-id: $sid" "$@" \
        "$url$target" >/dev/null || :
}

# The happenings of which the middleware tells, one after the other.
happenings() {
    rm -f "$scratch/jar"
    app a '{"rolling": true, "cookie": {"maxAge": 60000}}'
    visit a / sid-0 '[]'
    visit a / sid-1 '[["set","n",1]]'
    visit a / sid-x '[]'
    visit a / sid-x '[["set","n",2]]'
    visit a / sid-x '[["set","n",3],["save"]]'
    visit a / sid-x '[["set","n",3],["save"],["set","n",4]]'
    visit a / sid-x '[["reload"]]'
    visit a / sid-2 '[["regenerate"],["set","n",1],["save"]]'
    visit a / sid-x '[["set","n",5],["header","Content-Length","5"],["end","hello"]]'
    visit a / sid-x '[["set","n",6],["write","he"],["end","llo"]]'
    visit a / sid-x '[["sessionID",5]]'
    visit a / sid-3 '[["unset"]]'
    visit a / sid-3 '[["destroy"]]'
    visit a / sid-4 '[["set","n",1]]'
    rm -f "$scratch/jar" # else its cookie would come first
    visit a / sid-5 '[]' -H 'Cookie: connect.sid=s%3Asid-4.bad'
    visit a / sid-6 '[]' -H 'Cookie: connect.sid=sid-4'
    visit a / sid-7 '[]' -H 'Cookie: connect.sid='
    app b '{"unset": "destroy"}'
    visit b / sid-8 '[["set","n",1]]'
    visit b / sid-x '[["unset"]]'
    visit b / sid-9 '[["set","n",1]]'
    visit b / sid-x '[["destroy"]]'
    app c '{"cookie": {"path": "/x", "secure": true}}'
    visit c /y sid-x '[]'
    visit c /x sid-10 '[["set","n",1]]'
    app d '{}'
    curl -s -d '{"op":"emit","event":"disconnect"}' \
        "$url/_spec/apps/d/store" >/dev/null
    visit d / sid-x '[]'
}

# told NAME: what the middleware told there, without the dates.
told() {
    sed -n 's/.*GMT express-session //p' "$scratch/$1"
}

evidence() {
    cat "$scratch/trouble" 2>/dev/null
    sed 's/^/  /' "$scratch/ours"
}

tells() { told ours | grep -qxE -- "$1"; }
is_one_line_each() { ! grep -qvE '^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT express-session .' "$scratch/ours"; }
is_silent() { [ ! -s "$scratch/$1" ]; }
tells_the_same() { diff <(told ours) <(told theirs); }

start ours express-session "$out/sessionspec-server"
happenings
stop
claim 'a visitor without a cookie is told of' \
    tells 'no SID sent, generating session'
claim 'loading is told of, with the ID' tells 'fetching sid-1'
claim 'a session that is there is told of' tells 'session found'
claim 'a session that is not there is told of' tells 'no session found'
claim 'saving is told of, with the ID' tells 'saving sid-1'
claim 'reloading is told of, with the ID' tells 'reloading sid-1'
claim 'touching is told of' tells 'touching'
claim 'its completion is told of' tells 'touched'
claim 'destroying is told of' tells 'destroying'
claim 'its completion is told of, too' tells 'destroyed'
claim 'a response without a session is told of' tells 'no session'
claim 'the Set-Cookie is told of, as it is sent' tells \
    'set-cookie connect\.sid=s%3Asid-1\.[^;]+; Path=/; Expires=Fri, 01 Jan 2100 00:01:00 GMT; HttpOnly'
claim 'a cookie withheld from plain HTTP is told of' tells 'not secured'
claim 'a bad signature is told of' tells 'cookie signature invalid'
claim 'a cookie without a signature is told of' tells 'cookie unsigned'
claim 'another path is told of' tells 'pathname mismatch'
claim 'a split response is told of' tells 'split response'
claim 'a store that is down is told of' tells 'store is disconnected'
claim 'an ID that is none is told of' \
    tells 'session ignored because of bogus req\.sessionID 5'
claim 'each has a line of its own, with date and name' is_one_line_each

if command -v node >/dev/null && command -v npm >/dev/null; then
    start theirs express-session harness/targets/express/start.sh -- --port 0
    happenings
    stop
    claim 'express-session itself tells the same' tells_the_same
fi

# with LIST: one request under that DEBUG, and whether it was told of.
with() {
    rm -f "$scratch/ours" "$scratch/ours.url" "$scratch/jar"
    start ours "$1" "$out/sessionspec-server"
    app a '{}'
    visit a / sid-1 "${2:-[]}"
    stop
}
with 'app, express-*'
claim 'DEBUG takes a list of patterns' tells 'no SID sent, .*'
with '*'
claim 'DEBUG=* asks for it' tells 'no SID sent, .*'
with '*,-express-session'
claim 'a minus leaves it out' is_silent ours
with 'express'
claim 'another name does not ask for it' is_silent ours
with ''
claim 'nothing is told without DEBUG' is_silent ours
with '*' '[["set","n",1],["sessionID",["a\nb\u001b"]]]'
claim 'what a client sends stays on its line' is_one_line_each
claim 'its control characters are written out' \
    tells 'session ignored because of bogus req\.sessionID a\\x0ab\\x1b'
claim 'each app was made' [ ! -e "$scratch/trouble" ]
