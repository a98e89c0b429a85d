#!/usr/bin/env bash
# test.sh: the throwaway servers come, die, come back, and leave nothing
#
# usage: stores/backends/test.sh BUILD-FOLDER [NAME…]
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it. A
# server that is not installed is left out, with a line that says so.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
out=$1
names=("${@:2}")
[ $# -gt 1 ] || names=(redis memcached postgres mariadb)
start=$PWD/stores/backends/start
scratch=$(mktemp -d)
# The folders of these servers are below it, and nobody else's.
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
chmod 755 "$scratch" "$TMPDIR"
starter=
trap 'stop_starter; rm -rf "$scratch"' EXIT

claim() { # WORDS… ; the code of what ran before says whether it holds
    if [ $? = 0 ]; then echo "ok $*"; else echo "not ok $*"; fi
}

# begin NAME [COMMAND…]: a starter; leaves $address, $port, and its pid.
begin() {
    local name=$1
    shift
    coproc STARTER { exec "$@" "$start" "$name" 2>"$scratch/errors"; }
    starter=$STARTER_PID
    address=
    hear address || return
    port=${address##*127.0.0.1:}
    port=${port%%/*}
}

# hear VARIABLE: the next line that the starter says.
hear() {
    read -r -t 90 -u "${STARTER[0]-9}" "$1" 2>/dev/null && return
    cat "$scratch/errors"
    return 1
}

# tell WORD ANSWER
tell() {
    local answer
    [ -n "${STARTER[1]-}" ] || return
    echo "$1" >&"${STARTER[1]}"
    hear answer && [ "$answer" = "$2" ] && return
    echo "# to $1 it said: $answer"
    return 1
}

reaches() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

# within SECONDS COMMAND…
within() {
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return
        sleep 0.05
    done
}

# Nobody listens, and the folder is gone.
nothing_left() { ! reaches && [ -z "$(ls "$TMPDIR")" ]; }

end_stdin() {
    local end=${STARTER[1]-}
    [ -z "$end" ] || exec {end}>&-
}

stop_starter() {
    [ -n "$starter" ] || return 0
    end_stdin
    wait "$starter" 2>/dev/null
    starter=
}

# A program that a server is asked with, and what a text is stored by.
store_text() { # NAME
    case $1 in
    postgres) psql -q "$address" -c 'create table t (x text)' \
        -c "insert into t values ('kept')" ;;
    mariadb) client -e 'create table t (x text);' \
        -e "insert into t values ('kept')" ;;
    esac
}

load_text() {
    case $1 in
    postgres) psql -qAt "$address" -c 'select x from t' ;;
    mariadb) client -N -e 'select x from t' ;;
    esac
}

client() {
    local rest=${address#mysql://sessionspec:}
    MYSQL_PWD=${rest%%@*} mariadb --no-defaults -h 127.0.0.1 -P "$port" \
        -u sessionspec sessionspec "$@"
}

life() { # NAME
    local name=$1 before
    begin "$name" && reaches
    claim "$name: starts, and its port is reached"
    before=$address
    store_text "$name"
    claim "$name: its address is that of a database to use"
    tell stop stopped && ! reaches
    claim "$name: stops at once"
    tell stop stopped
    claim "$name: stopping it twice is no error"
    tell start started && reaches && [ "$before" = "$address" ]
    claim "$name: starts again at the same port"
    [ "$(load_text "$name")" = "$(kept_of "$name")" ]
    claim "$name: what its disk held is there again"
    tell start started
    claim "$name: starting it twice is no error"
    tell dance 'failed: there is no "dance"'
    claim "$name: a word that it does not know is said to be so"
    end_stdin
    wait "$starter" && nothing_left
    claim "$name: ends with its stdin, exit 0, nothing left"
    starter=
}

kept_of() {
    case $1 in postgres | mariadb) echo kept ;; esac
}

signals() { # NAME
    local name=$1
    begin "$name" && kill -TERM "$starter" && wait "$starter" && nothing_left
    claim "$name: ends with SIGTERM, exit 0, nothing left"
    stop_starter
    begin "$name" && kill -KILL "$starter" && ! wait "$starter" 2>/dev/null &&
        within 5 nothing_left
    claim "$name: its starter killed, nothing left"
    stop_starter
}

# As whoever has no root: where we are root, as nobody.
unprivileged() { # NAME
    local name=$1 home=$scratch/home
    [ "$(id -u)" = 0 ] || return 0
    mkdir -p "$home"
    chown nobody "$home" "$TMPDIR"
    begin "$name" env -u XDG_CACHE_HOME HOME="$home" \
        setpriv --reuid nobody --regid nogroup --clear-groups \
        && tell stop stopped && tell start started && reaches
    claim "$name: starts for who is not root"
    stop_starter
}

# Two at a time, each on a port of its own.
two_at_once() {
    local first=$address
    exec {ask_other}> >(exec "$start" "$1" >"$scratch/other" 2>&1)
    local other=$!
    within 30 grep -qs '://' "$scratch/other" &&
        [ "$(head -1 "$scratch/other")" != "$first" ]
    claim "$1: two at a time do not meet"
    exec {ask_other}>&-
    wait "$other"
}

taken_port() { # NAME
    local name=$1 answer
    begin "$name" && tell stop stopped && serve --port "$port" &&
        echo start >&"${STARTER[1]}" &&
        within 5 grep -q 'Address already in use' "$TMPDIR"/*/log &&
        end_server TERM && hear answer && [ "$answer" = started ]
    claim "$name: a port that is taken is tried again"
    stop_starter
}

# A PATH without the servers' folders has none of them.
missing() {
    local said code
    mkdir -p "$scratch/bin"
    for tool in bash env cat id dirname realpath; do
        ln -sf "$(command -v $tool)" "$scratch/bin/$tool"
    done
    sed 's#^PATH=.*#PATH='"$scratch/bin"'#' "$start" >"$scratch/start"
    chmod +x "$scratch/start"
    said=$("$scratch/start" redis </dev/null 2>&1 >/dev/null)
    code=$?
    [ $code = 3 ] && [ "$(wc -l <<<"$said")" = 1 ] &&
        [[ $said == *redis-server* && $said == *'apt install'* ]]
    claim 'a server that is not installed: its package in a line, exit 3'
    "$start" oracle </dev/null >/dev/null 2>&1
    [ $? = 2 ]
    claim 'a server that is not known: exit 2'
}

is_installed() { # NAME
    echo | "$start" "$1" >/dev/null 2>"$scratch/errors"
    [ $? != 3 ] || ! grep -q 'apt install' "$scratch/errors"
}

# ---- With sessionspec-server on it -----------------------------------------

get_spec() { curl -sf "$url/_spec"; }

store_op() { # APP OP
    curl -s -o "$scratch/answer" -w '%{http_code}' \
        --data-binary "{\"op\":\"$2\",\"sid\":\"a\",\"session\":{\"n\":1}}" \
        "$url/_spec/apps/$1/store"
}

put_app() { # APP STORE
    curl -sf -o "$scratch/answer" -X PUT --data-binary \
        "{\"options\":{\"secret\":\"s\"},\"store\":{\"use\":\"$2\"}}" \
        "$url/_spec/apps/$1"
}

# serve OPTIONS…: a server; leaves $url, and its pid.
serve() {
    exec {said}< <(exec env SESSIONSPEC_HOME="$PWD" \
        "$out/sessionspec-server" "$@" 2>"$scratch/errors")
    server=$!
    read -r -t 90 -u "$said" url && return
    cat "$scratch/errors"
    return 1
}

end_server() { # SIGNAL
    kill "-$1" "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    exec {said}<&-
}

no_folder() { [ -z "$(ls "$TMPDIR")" ]; }

has_ability() {
    get_spec | jq -e '.abilities | index("break-backend")' >/dev/null
}

with_server() {
    serve --store redis --restart-backend && has_ability
    claim 'server: with --restart-backend it says that it can'
    put_app a redis && put_app m memory
    claim 'server: a client names redis and needs no address'
    [ "$(store_op a set)" = 200 ] && [ "$(cat "$scratch/answer")" = '{}' ] &&
        [ "$(store_op a break)" = 200 ] && [ "$(store_op a get)" = 200 ] &&
        jq -e '.error.message' "$scratch/answer" >/dev/null
    claim 'server: break stops the backend, and get says an error'
    [ "$(store_op a mend)" = 200 ] && within 1 is_served
    claim 'server: mend starts it, and get is served within a second'
    [ "$(store_op m break)" = 501 ] && [ "$(store_op m mend)" = 501 ]
    claim 'server: an app on another store breaks nothing'
    end_server TERM
    no_folder
    claim 'server: with SIGTERM its backend ends'
    serve --store redis && ! has_ability && put_app a redis &&
        [ "$(store_op a break)" = 501 ]
    claim 'server: without --restart-backend nobody breaks it'
    end_server KILL
    within 5 no_folder
    claim 'server: killed, it leaves no backend'
    ! serve --store 'redis?nonsense=1' >/dev/null &&
        grep -q nonsense "$scratch/errors" && within 5 no_folder
    claim 'server: what stands behind the name goes to the store'
}

is_served() {
    [ "$(store_op a get)" = 200 ] && jq -e 'has("session")' "$scratch/answer" \
        >/dev/null
}

suite() { # NAME
    "$out/sessionspec" run cases/backend.yml --store "$1" --restart-backend \
        >"$scratch/report" 2>&1 || { cat "$scratch/report"; false; }
    claim "suite: $1 dies and comes back"
}

missing
for name in "${names[@]}"; do
    if ! is_installed "$name"; then
        echo "# without $name: $(cat "$scratch/errors")"
        continue
    fi
    life "$name"
    signals "$name"
    begin "$name" && two_at_once "$name"
    stop_starter
    taken_port "$name"
    unprivileged "$name"
    chown "$(id -u)" "$TMPDIR"
    [ ! -e "$out/stores/$name.so" ] || suite "$name"
done
[ ! -e "$out/stores/redis.so" ] || with_server
