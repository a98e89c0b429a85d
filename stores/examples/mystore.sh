#!/bin/sh
# mystore.sh: a session store in POSIX sh, as a program for sessionspec
#
#     sessionspec run --store 'exec:sh mystore.sh'
#     sessionspec run --store 'exec:sh mystore.sh /var/lib/sessions'
#
# A session is a file of three lines: when it expires (Unix ms, or null), its
# id and the session, both in JSON as they came. The folder is a new one, gone
# with the program, where none is named.
#
# There is no JSON parser here, and none is needed: the host promises the order
# of a request's members, and to write no blanks between them (stores/README.md,
# "Stores in any language"). An id in JSON has no bare quote, so `","` behind
# it is its end. The cookie is a session's first member: to touch is to count
# brackets until it ends.
#
# It can hold any id of up to 1,000 bytes of JSON, and sessions of any size. It
# does one thing after the other: each takes some milliseconds.
set -fu
LC_ALL=C
export LC_ALL

if [ $# -gt 0 ]; then
    root=$1
    durable=',"durable"'
    mkdir -p "$root" || exit
else
    root=$(mktemp -d) || exit
    durable=
    trap 'rm -rf "$root"' EXIT
    trap 'exit 1' TERM
fi

# file_of TEXT: sets $file to a path that no other text has, below no other's:
# pieces of the text in hex, but where it is plain.
file_of() {
    case $1 in
    *[!A-Za-z0-9_-]*)
        file=x-$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n') ;;
    *) file=s-$1 ;;
    esac
    [ ${#file} -le 200 ] || file=$(printf %s "$file" | sed 's|.\{200\}|&/|g')
}

answer() { # MEMBERS, each with a comma before it
    printf '{"id":%s%s}\n' "$id" "$1"
}

fail() { # MESSAGE CODE
    answer ",\"error\":{\"message\":\"$1\",\"code\":\"$2\"}"
}

# is_live FILE: reads it into $expires, $sid and $session.
is_live() {
    [ -f "$1" ] || return
    { IFS= read -r expires && IFS= read -r sid && IFS= read -r session; } <"$1" &&
        { [ "$expires" = null ] || [ "$expires" -gt "$now" ]; }
}

each_file() { # COMMAND: for each session's $path
    find "$folder" -type f -name '*.session' >"$root/list"
    while IFS= read -r path; do
        "$1"
    done <"$root/list"
}

list_one() {
    is_live "$path" || return
    printf '%s{"sid":"%s","session":%s}' "$comma" "$sid" "$session"
    comma=,
}

count_one() {
    is_live "$path" && length=$((length + 1))
}

do_open() {
    namespace=${line#*\"namespace\":\"}
    namespace=${namespace%\",\"options\":*}
    case $line in
    *'"options":{}}') ;;
    *) fail 'there are no options' EINVAL && return ;;
    esac
    file_of "$namespace"
    mkdir -p "$root/$file.sessions" && eval "folder_$instance=\$root/\$file.sessions" &&
        answer ''
}

do_set() {
    session=${line#*\",\"session\":}
    session=${session%,\"now\":*}
    expires=${session##*,\"expires\":}
    session=${session%,\"expires\":*}
    keep && answer ''
}

# keep: writes $expires, $sid and $session as a whole, or not at all.
keep() {
    [ -d "${file%/*}" ] || mkdir -p "${file%/*}" &&
        printf '%s\n' "$expires" "$sid" "$session" >"$root/new" &&
        mv "$root/new" "$file"
}

# cookie_of SESSION: sets $cookie to it, or to nothing, and $data to the other
# members, without the brackets around them.
cookie_of() {
    cookie=''
    data=${1#\{}
    data=${data%\}}
    case $1 in
    \{\"cookie\":*) ;;
    *) return ;;
    esac
    cookie=$(printf '%s\n' "$1" | awk '{
        for (i = 11; i <= length($0); i++) {
            c = substr($0, i, 1)
            if (quoted && c == "\\") i++
            else if (c == "\"") quoted = !quoted
            else if (quoted) continue
            else if (depth == 0 && (c == "," || c == "}")) break
            else if (c == "{" || c == "[") depth++
            else if (c == "}" || c == "]") depth--
        }
        print substr($0, 11, i - 11)
    }')
    data=${data#?????????"$cookie"}
    data=${data#,}
}

do_touch() {
    session=${line#*\",\"session\":}
    session=${session%,\"now\":*}
    renewed=${session##*,\"expires\":}
    cookie_of "${session%,\"expires\":*}"
    fresh=$cookie
    is_live "$file" || { answer ',"found":false' && return; }
    cookie_of "$session"
    expires=$renewed
    case $session in
    \{*) session="{\"cookie\":$fresh${data:+,}$data}" ;;
    esac
    keep && answer ''
}

do_get() {
    if is_live "$file"; then
        answer ",\"session\":$session"
    else
        answer ',"session":null'
    fi
}

do_all() {
    comma=
    printf '{"id":%s,"sessions":[' "$id"
    each_file list_one
    printf ']}\n'
}

do_length() {
    length=0
    each_file count_one
    answer ",\"length\":$length"
}

# read_sid: sets $sid and the $file that is its own.
read_sid() {
    sid=${line#*\",\"sid\":\"}
    case $op in
    set | touch) sid=${sid%%\",\"session\":*} ;;
    *) sid=${sid%\",\"now\":*} ;;
    esac
    [ ${#sid} -le 1000 ] || { fail 'the id is too long' ENAMETOOLONG; return 1; }
    file_of "$sid"
    file=$folder/$file.session
}

printf '{"protocol":1,"name":"mystore-sh","version":"1.0","clock":"host",'
printf '"threads":"one-plugin","capabilities":["namespace","shared"%s],' "$durable"
printf '"operations":["open","close","get","set","destroy","touch","all","length","clear"]}\n'

while IFS= read -r line; do
    id=${line#\{\"id\":}
    id=${id%%,*}
    op=${line#*\"op\":\"}
    op=${op%%\"*}
    instance=${line#*\"instance\":\"}
    instance=${instance%%\"*}
    now=${line##*\"now\":}
    now=${now%\}}
    folder=
    eval "folder=\${folder_$instance-}"
    case $op in
    open) do_open ;;
    close) answer '' ;;
    set) read_sid && do_set ;;
    touch) read_sid && do_touch ;;
    get) read_sid && do_get ;;
    destroy) read_sid && rm -f "$file" && answer '' ;;
    all) do_all ;;
    length) do_length ;;
    clear) rm -rf "$folder" && mkdir "$folder" && answer '' ;;
    *) fail 'there is no such operation' ENOTSUP ;;
    esac || fail 'a file could not be written' EIO
done
