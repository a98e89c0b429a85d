#!/bin/sh
# start.sh: installs what the express target needs, once, and starts it.
#
#   start.sh [--version V] [--install] [-- ARGS…]
#
#   --version V   another release of express-session than package.json's
#   --install     only install, then exit
#   ARGS          go to server.mjs: --port N, --tls-port N, --store SPEC,
#                 --restart-backend
#
# Exit code 3, with one line on stderr, where something is missing.

set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
pinned=$(sed -n 's/^ *"express-session": "\(.*\)".*/\1/p' "$here/package.json")
version=$pinned
install_only=false

fail() { # EXIT-CODE TEXT
    echo "sessionspec express target: $2" >&2
    exit "$1"
}

# Fills FOLDER/node_modules. In a folder of its own first, then moved into
# place at once: two that start together do no harm, and what is cut short
# leaves nothing.
install() { # FOLDER
    command -v npm >/dev/null 2>&1 ||
        fail 3 "needs npm to install its packages (Debian: apt install npm)"
    echo "installing express-session $version for the express target (once)" >&2
    mkdir -p "$1" 2>/dev/null || fail 3 "cannot make the folder $1"
    scratch=$(mktemp -d "$1/.install.XXXXXX" 2>/dev/null) ||
        fail 3 "cannot write to $1"
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 3' HUP INT TERM
    cp "$here/package.json" "$here/package-lock.json" "$scratch"
    if [ "$version" = "$pinned" ]; then
        set -- "$1" ci
    else
        set -- "$1" install --save-exact "express-session@$version"
    fi
    folder=$1
    shift
    (cd "$scratch" && npm "$@" --ignore-scripts --no-audit --no-fund) \
        >"$scratch/log" 2>&1 || {
        cat "$scratch/log" >&2
        fail 3 "npm could not install express-session $version"
    }
    cp "$here/package-lock.json" "$scratch/node_modules/.sessionspec-lock"
    put_in_place "$folder"
    rm -rf "$scratch"
    trap - EXIT HUP INT TERM
    is_current "$folder" || fail 3 "cannot write to $folder"
}

# The move fails where something stands there: another's that came first, or
# what an older lock file left.
put_in_place() { # FOLDER
    mv -T "$scratch/node_modules" "$1/node_modules" 2>/dev/null && return
    is_current "$1" && return
    mv "$1/node_modules" "$scratch/old" 2>/dev/null || :
    mv -T "$scratch/node_modules" "$1/node_modules" 2>/dev/null || :
}

is_current() { # FOLDER
    cmp -s "$here/package-lock.json" "$1/node_modules/.sessionspec-lock"
}

# The SPEC that goes to server.mjs; nothing where there is none.
store_of() { # ARGS
    while [ $# -gt 0 ]; do
        case $1 in
        --store=*) printf '%s\n' "${1#--store=}" ;;
        --store) [ $# -lt 2 ] || printf '%s\n' "$2" ;;
        esac
        shift
    done | tail -n 1
}

while [ $# -gt 0 ]; do
    case $1 in
    --version)
        [ $# -ge 2 ] || fail 2 "--version needs a release"
        version=$2
        shift 2
        ;;
    --install)
        install_only=true
        shift
        ;;
    --)
        shift
        break
        ;;
    *) fail 2 "unknown argument: $1" ;;
    esac
done

case $version in
'' | [!0-9]* | *[!0-9A-Za-z.-]*)
    fail 2 "no release of express-session: $version"
    ;;
esac

command -v node >/dev/null 2>&1 ||
    fail 3 "needs Node 18 or newer, found none (Debian: apt install nodejs)"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || fail 3 "needs Node 18 or newer, found $(node --version)"

if [ "$version" = "$pinned" ]; then
    folder=$here
else
    folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/sessionspec/express/$version
fi
is_current "$folder" || install "$folder"
! $install_only || exit 0

# Some packages need a newer Node than this one; it is installed once.
node=node
store=$(store_of "$@")
case $store in
npm:*)
    finder=$here/../../../stores/node/install.mjs
    [ -f "$finder" ] || fail 3 "cannot find $finder"
    node=$(node "$finder" --which-node "$store") || exit 3
    ;;
esac

SESSIONSPEC_PARENT=$PPID exec "$node" "$here/server.mjs" \
    --modules "$folder" "$@"
