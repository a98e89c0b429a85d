#!/usr/bin/env bash
# bad-requests.sh: a bad request gets a clear 4xx, and harms no other app
#
# usage: reference/tests/bad-requests.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

# shellcheck source=harness/tests/claims.sh
. "$(dirname "$0")/../../harness/tests/claims.sh"

out=$1
scratch=$(mktemp -d)
"$out/sessionspec-server" --threads 16 >"$scratch/url" 2>"$scratch/err" &
server=$!
trap 'kill $server; wait $server; rm -rf "$scratch"' EXIT
until [ -s "$scratch/url" ]; do kill -0 $server || exit 3; done
url=$(cat "$scratch/url")
port=${url##*:}

# ask CURL-ARGUMENTS…: leaves $status and the file body.
ask() {
    status=$(curl -s -m 20 --path-as-is -o "$scratch/body" \
        -w '%{http_code}' "$@")
}

put_app() {
    ask -X PUT "$url/_spec/apps/$1" -d '{"options":{"secret":"s",
        "resave":false,"saveUninitialized":false},"clock":1700000000000}'
}

evidence() { echo "status $status, body $(head -c 300 "$scratch/body")"; }

is() { [ "$status" = "$1" ]; }
is_4xx() { [ "${status:0:1}" = 4 ]; }
says_why() { jq -e '.error.message | length > 0' "$scratch/body" >"$scratch/jq"; }
refused() { is "$1" && says_why; }

# The other app answers, with the session that it had.
lives() {
    ask "$url/" -H 'Spec-App: other' -H "Cookie: $cookie"
    [ "$status" = 200 ] && jq -e '.session.user == "tobi"' "$scratch/body" \
        >"$scratch/jq" && kill -0 $server
}

# Bytes as they are; the first line of what comes back.
raw() { # BYTES
    status=
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf "$1" >&3
    read -r -t 5 _ status _ <&3
    exec 3>&-
}

put_app a
put_app other
cookie=$(curl -si "$url/" -H 'Spec-App: other' \
    -H 'Spec-Do: [["set","user","tobi"]]' |
    sed -n 's/^Set-Cookie: \([^;]*\).*/\1/p')

for actions in '[[' '{}' '5' '[["frob"]]' '[["set","a"]]' '[["status",9]]' \
    '[[]]' '["set"]' '[["read",5]]' '[["cookie","colour",1]]'; do
    ask "$url/" -H 'Spec-App: a' -H "Spec-Do: $actions"
    claim "Spec-Do $actions is refused" refused 400
done
ask "$url/" -H 'Spec-App: a' -H 'Spec-Do: [["set","a",1],["frob"]]'
curl -s "$url/_spec/apps/a/trace" >"$scratch/body"
claim 'of a list with one wrong action nothing is run' \
    jq -e '.events == []' "$scratch/body"
ask "$url/" -H 'Spec-App: nobody'
claim 'an unknown app is refused' refused 404
ask "$url/"
claim 'a request without an app is refused' refused 404
ask "$url/" -H 'Spec-App: a' -H "Cookie: $(head -c 100000 /dev/zero | tr '\0' c)"
claim 'a Cookie header of 100 KB is refused' is_4xx
ask -X PUT "$url/_spec/apps/b" -d '{"options":'
claim 'malformed JSON is refused' refused 400
ask -X PUT "$url/_spec/apps/b" -d '{"options":5}'
claim 'options that are no object are refused' refused 400
ask -X PUT "$url/_spec/apps/b" -d '{"store":{"use":"exec:rm"}}'
claim 'a store that was not named at the start is refused' refused 503
ask -X POST "$url/_spec/apps/a/store" -d '{"op":"frob"}'
claim 'an unknown store operation is refused' refused 400
ask -X POST "$url/_spec/apps/a/fault" -d '{"op":"get"}'
claim 'a fault without error or delay is refused' refused 400
ask -X POST "$url/_spec/apps/a/clock" -d '{"advance":"1s"}'
claim 'an advance that is no number is refused' refused 400
ask -X PUT "$url/_spec/schedules/s" -d '{"apps":["a"],"labels":[]}'
claim 'a schedule without labels is refused' refused 400
ask -X PATCH "$url/_spec/apps/a"
claim 'an endpoint without that method is refused' refused 405
ask "$url/_spec/nonsense/x/y/z"
claim 'an unknown endpoint is refused' refused 404
raw 'PUT /_spec/apps/b HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"opt'
claim 'after a body that was cut short the others are served' lives
raw 'GARBAGE\r\n\r\n'
claim 'after no HTTP at all the others are served' lives
deep=$(printf '[%.0s' $(seq 3000))$(printf ']%.0s' $(seq 3000))
ask "$url/" -H 'Spec-App: a' -H 'Content-Type: application/spec+json' \
    -X POST -d "[[\"set\",\"a\",$deep]]"
claim 'JSON that is too deep is refused' refused 400
path=$(printf 'a.%.0s' $(seq 3000))a
ask "$url/" -H 'Spec-App: a' -H "Spec-Do: [[\"set\",\"$path\",1]]"
claim 'a path that is too deep is an error of the action' \
    jq -e '.log[0].error.message' "$scratch/body"
claim 'after all of it the other app has its session' lives
