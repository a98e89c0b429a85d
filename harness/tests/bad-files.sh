#!/usr/bin/env bash
# bad-files.sh: has every refusal of the loader a file in cases/bad?
#
# usage: harness/tests/bad-files.sh
# The texts that the loader can say are taken from its sources, and each is
# looked for in the .expected files. Prints "ok CLAIM" or "not ok CLAIM".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# Said of files and folders as a whole, which no file here can be; they have
# tests of their own in test_case.c and test_node.c.
elsewhere='cannot be read: %s
is larger than %d bytes
folders too deep in others
no case files (*.yml) in it'

# The format of each call that adds a problem, one a line: the first run of
# string literals in it, past those that name a key of the file.
formats() {
    awk '
        /^#/ || /^(void|static|bool)/ { next }
        !open && match($0, /(problem_add|rules_problem|rules_key_problem|path_problem|scan_wrong)\(/) {
            open = 1; text = ""; $0 = substr($0, RSTART)
        }
        open { text = text $0 "\n" }
        open && /;[ \t]*$/ { open = 0; say(text) }
        function say(call,    all, rest) {
            gsub(/node_get(_text)?\([^"]*"[^"]*"\)/, "", call)
            all = ""
            while (match(call, /"([^"\\]|\\.)*"/)) {
                rest = substr(call, 1, RSTART - 1)
                if (all != "" && rest !~ /^[ \t\n]*(NO_TAGS)?[ \t\n]*$/) break
                all = all substr(call, RSTART + 1, RLENGTH - 2)
                call = substr(call, RSTART + RLENGTH)
            }
            gsub(/\\"/, "\"", all)
            if (all != "") print all
        }' "$@"
}

# A format as an extended regular expression.
pattern() {
    sed -E -e 's/[][\.*^$(){}+?|]/\\&/g' -e 's/%%/%/g' \
        -e 's/%(\\\.[0-9]+)?(zu|[sdu])/.*/g'
}

missing=0
while IFS= read -r format; do
    grep -qxF -- "$format" <<<"$elsewhere" && continue
    grep -qE -- ": $(pattern <<<"$format")" cases/bad/*.expected \
        cases/bad/*/*.expected && continue
    printf 'no file in cases/bad is refused with: %s\n' "$format"
    missing=$((missing + 1))
done < <(formats harness/case_*.c harness/catalogue.c harness/node_parse.c \
    harness/var_ref.c | grep -vxE '%s|%s: %s' | sort -u)
count=$(formats harness/case_*.c harness/catalogue.c harness/node_parse.c \
    harness/var_ref.c | sort -u | wc -l)
[ "$count" -ge 60 ] || echo "only $count texts were found in the sources"
if [ "$missing" = 0 ] && [ "$count" -ge 60 ]; then
    echo 'ok every refusal of the loader has a file'
else
    echo 'not ok every refusal of the loader has a file'
fi
