#!/bin/sh
# run.sh: installs what the browser test needs, once, and runs it; prints TAP.
#
#   run.sh [--install] OUT
#
#   --install   only install, then exit
#   OUT         the build folder, with sessionspec-server in it
#
# CHROMIUM names another browser than the first one found of chromium,
# chromium-browser and google-chrome. Exit code 3, with one line on stderr,
# where something is missing.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
install_only=false
[ "${1:-}" != --install ] || { install_only=true; shift; }

fail() { # EXIT-CODE TEXT
    echo "sessionspec browser test: $2" >&2
    exit "$1"
}

is_current() {
    cmp -s "$here/package-lock.json" "$here/node_modules/.sessionspec-lock"
}

# In a folder of its own first, then moved into place at once: two that start
# together do no harm, and what is cut short leaves nothing.
install() {
    command -v npm >/dev/null 2>&1 ||
        fail 3 "needs npm to install its packages (Debian: apt install npm)"
    echo "installing playwright-core for the browser test (once)" >&2
    scratch=$(mktemp -d "$here/.install.XXXXXX" 2>/dev/null) ||
        fail 3 "cannot write to $here"
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 3' HUP INT TERM
    cp "$here/package.json" "$here/package-lock.json" "$scratch"
    (cd "$scratch" && npm ci --ignore-scripts --no-audit --no-fund) \
        >"$scratch/log" 2>&1 || {
        cat "$scratch/log" >&2
        fail 3 "npm could not install playwright-core"
    }
    cp "$here/package-lock.json" "$scratch/node_modules/.sessionspec-lock"
    put_in_place
    rm -rf "$scratch"
    trap - EXIT HUP INT TERM
    is_current || fail 3 "cannot write to $here"
}

# The move fails where something stands there: another's that came first, or
# what an older lock file left.
put_in_place() {
    mv -T "$scratch/node_modules" "$here/node_modules" 2>/dev/null && return
    is_current && return
    mv "$here/node_modules" "$scratch/old" 2>/dev/null || :
    mv -T "$scratch/node_modules" "$here/node_modules" 2>/dev/null || :
}

find_chromium() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    fail 3 "needs a Chromium, found none (Debian: apt install chromium)"
}

command -v node >/dev/null 2>&1 ||
    fail 3 "needs Node 18 or newer, found none (Debian: apt install nodejs)"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || fail 3 "needs Node 18 or newer, found $(node --version)"
is_current || install
! $install_only || exit 0

[ $# = 1 ] || fail 2 "usage: run.sh [--install] OUT"
out=$(cd "$1" 2>/dev/null && pwd) || fail 3 "no folder $1: run make first"
SESSIONSPEC_SERVER=$out/sessionspec-server
[ -x "$SESSIONSPEC_SERVER" ] ||
    fail 3 "found no sessionspec-server in $1: run make first"
CHROMIUM=${CHROMIUM:-$(find_chromium)}
command -v "$CHROMIUM" >/dev/null 2>&1 || fail 3 "no such browser: $CHROMIUM"
export SESSIONSPEC_SERVER CHROMIUM
exec node --test --test-reporter=tap "$here/test.mjs"
