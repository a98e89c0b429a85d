#!/usr/bin/env bash
# install.sh: what `make install` puts somewhere works from there alone
#
# usage: harness/tests/install.sh BUILD-FOLDER
# Prints "ok CLAIM" or "not ok CLAIM", one a line; what went wrong before it.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
. harness/tests/claims.sh
out=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
unset SESSIONSPEC_HOME

evidence() { tail -20 "$scratch/said"; }

# Its words are for the evidence.
quietly() { "$@" >"$scratch/said" 2>&1; }

# As a store's author has it, who knows pkg-config and nothing of this tree.
build_template() {
    local flags
    flags=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig \
        pkg-config --cflags sessionspec) || return
    # shellcheck disable=SC2086 # words
    cc -shared -fPIC $flags -o my.so \
        "$prefix/share/sessionspec/stores/template.c" -lpthread
}

run_some() { # ARGUMENTS…
    timeout 120 "$prefix/bin/sessionspec" run --filter 'resave/*' --report term "$@"
}

# Variants have their own objects: what is there is installed, nothing built.
claim 'it is installed into a folder' quietly \
    make -s install PREFIX="$prefix" OUT="$out"
cd "$scratch" || exit 1
claim 'its cases are found' quietly run_some
claim 'its throwaway servers are found' quietly run_some --store redis
claim 'its express target is found' quietly \
    test -x "$prefix/share/sessionspec/harness/targets/express/start.sh"
claim 'its plugins load' quietly \
    run_some --store "$prefix/lib/sessionspec/stores/memory.so"
claim 'a store is built outside of the tree' quietly build_template
claim 'such a store is described' quietly \
    "$prefix/bin/sessionspec" describe ./my.so
