for pm_tool in curl jq; do
    command -v "$pm_tool" >/dev/null || { echo "nobody can tell: $pm_tool is needed" >&2; exit 2; }
done
pm_work=$(mktemp -d) || exit 2
pm_made=0
trap 'undo; rm -rf "$pm_work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

shows() { echo 'it shows'; exit 1; }
cannot() { printf '%s\n' "nobody can tell: $1" | LC_ALL=C tr -c '\12\40-\176' '?' >&2; exit 2; }

# A text as one segment of a path or one value of a form, and as a part of a text in JSON.
segment() { printf %s "$1" | jq -sRj @uri; }
inside() { printf %s "$1" | jq -sRj 'tojson | .[1:-1]'; }
repeated() { jq -nj --arg text "$2" "\$text * $1"; }

# Writes the body of the next request.
body() { printf "$@" >"$pm_work/sent"; }

# send SERVICE METHOD PATH [FLAGS OF CURL]
send() {
    pm_service=$1 pm_method=$2 pm_path=$3
    shift 3
    case "$pm_method" in
    HEAD) set -- --head "$@" ;;
    *) set -- -X "$pm_method" "$@" ;;
    esac
    : >"$pm_work/head"
    : >"$pm_work/answer"
    curl -sS --globoff --path-as-is --max-time 10 -D "$pm_work/head" -o "$pm_work/answer" \
        @FLAGS@ "$@" --url "$endpoint$pm_path"
    pm_code=$?
    pm_status=$(sed -n 's/^HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' "$pm_work/head" | tail -n 1)
    pm_type=$(error_type)
}

# The last value of a header of the answer; its name is a pattern of sed.
field() { tr -d '\r' <"$pm_work/head" | sed -n "s/^$1: *//p" | sed 's/ *$//' | tail -n 1; }

# Whether the answer is JSON of which a filter of jq holds.
json() { jq -e "$@" <"$pm_work/answer" >/dev/null 2>&1; }

# Keeps what a filter of jq finds in the answer, or the first group of an expression, in pm_value, whatever it ends with.
pick() {
    pm_value=$(jq -sj "if length == 1 then .[0] | ($1) else empty end" <"$pm_work/answer" 2>/dev/null; printf _)
    pm_value=${pm_value%_}
}
pick_text() {
    pm_value=$(jq -sRj --arg pattern "$1" 'match($pattern).captures[0].string' <"$pm_work/answer" 2>/dev/null; printf _)
    pm_value=${pm_value%_}
}
named() { [ -n "$pm_value" ] || cannot "the answer names no $1"; }

# Whether the text that a filter finds is one of those that follow.
passing() {
    pick "$1"
    shift
    for pm_one in "$@"; do
        [ "$pm_value" != "$pm_one" ] || return 0
    done
    return 1
}

# Waits before something is tried again, for half a minute in all.
again() {
    [ "$pm_tries" -lt 120 ] || return 1
    [ "$pm_tries" -eq 0 ] || sleep 0.25 2>/dev/null || sleep 1
    pm_tries=$((pm_tries + 1))
}

is_accepted() { [ "$pm_code" = 0 ] && [ "${pm_status:-0}" -ge 200 ] && [ "$pm_status" -lt 300 ]; }
accepted() { is_accepted || cannot "what comes before the finding was refused: $1: status ${pm_status:-none} $pm_type"; }

# Shows the answer; whatever it holds, it is text.
show() {
    for pm_part in head answer; do
        LC_ALL=C tr -d '\r' <"$pm_work/$pm_part" | LC_ALL=C tr -c '\11\12\40-\176' '?' | sed 's/^/< /'
    done
    echo
}

# There is a complete answer that is no fault of the target.
answered() {
    case "$pm_code" in
    0) ;;
    2 | 3 | 4 | 5 | 6 | 7 | 35 | 58 | 59 | 60 | 77 | 126 | 127) cannot "curl ended with $pm_code" ;;
    *) shows ;;
    esac
    [ "${pm_status:-500}" -lt 500 ] || shows
}

# Removes something, again while it is in use.
remove() {
    pm_tries=0
    while again; do
        send "$@" 2>/dev/null
        case "$pm_type" in
        ResourceInUseException | ResourceConflictException) ;;
        *) return ;;
        esac
    done
}
left() { printf '%s\n' "perhaps not removed: the $1 of $run, whose identity no answer told" >&2; }
