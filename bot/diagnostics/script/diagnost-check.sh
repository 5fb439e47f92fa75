#!/bin/sh
# Looks from this machine at the servers named below: name, port, certificate, answer, losses, route. It changes
# nothing, sends nothing to anybody but these servers, and prints one block for the bot. It needs no rights.
# Written for sh of POSIX: BusyBox, dash, bash. What is not installed is left out.
set -u
umask 077
LC_ALL=C
LANG=C
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin
export LC_ALL LANG PATH
unset LANGUAGE CDPATH ENV 2>/dev/null

#@ filled in by the bot
TARGETS=
#@ end
: "${TARGETS:?this file is a form: ask the bot for yours}"

# What the checksum covers; a letter's value is its place here.
ALPHABET='0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ=.:/+,'
# Bytes of a block: a message of Telegram holds 4096, and somebody may add a word.
MOST=3350
CR=$(printf '\r')
W=${TMPDIR:-/tmp}/diagnost.$$

has() {
    command -v "$1" >/dev/null 2>&1
}

# limited SECONDS COMMAND…: 124 or 143 where it took longer.
limited() {
    if [ "$timeout" = y ]; then
        timeout "$@"
        return
    fi
    seconds=$1
    shift
    "$@" &
    child=$!
    (
        sleep "$seconds"
        kill "$child"
    ) >/dev/null 2>&1 &
    watch=$!
    wait "$child"
    code=$?
    kill "$watch" 2>/dev/null
    return "$code"
}

# tell PLACE WHAT good|bad|unknown
tell() {
    case $3 in
    good) printf ' [+] %s, %s: %s\n' "$1" "$2" "$T_GOOD" >&2 ;;
    bad) printf ' [!] %s, %s: %s\n' "$1" "$2" "$T_BAD" >&2 ;;
    *) printf ' [?] %s, %s: %s\n' "$1" "$2" "$T_UNKNOWN" >&2 ;;
    esac
}

# word TEXT BYTES: what of a foreign text may stand in the block; never half a letter.
word() {
    cleaned=$(printf '%s' "$1" | tr -s -c 'A-Za-z0-9.:/\200-\377' '+')
    cleaned=${cleaned#+}
    cleaned=${cleaned%+}
    if [ "${#cleaned}" -gt "$2" ]; then
        cleaned=$(printf '%s' "$cleaned" | cut -b "1-$2" | sed 's/[^ -~]*$//')
    fi
    printf '%s' "$cleaned"
}

month() {
    case $1 in
    Jan) m=1 ;; Feb) m=2 ;; Mar) m=3 ;; Apr) m=4 ;; May) m=5 ;; Jun) m=6 ;;
    Jul) m=7 ;; Aug) m=8 ;; Sep) m=9 ;; Oct) m=10 ;; Nov) m=11 ;; Dec) m=12 ;;
    *) return 1 ;;
    esac
}

# day_of 'Nov  2 18:44:35 2027 GMT': 20271102
day_of() {
    # shellcheck disable=SC2086 # split into words on purpose
    set -- $1
    [ $# -ge 4 ] && month "$1" || return 0
    case $2$4 in *[!0-9]*) return 0 ;; esac
    printf '%s%02d%02d' "$4" "$m" "$2"
}

# clock_of 'Sun, 22 Nov 2026 18:44:35 GMT': how many seconds this machine is ahead, fast=N or slow=N
clock_of() {
    old=$IFS
    IFS=' ,:'
    # shellcheck disable=SC2086 # split into words on purpose
    set -- $1
    IFS=$old
    [ $# -ge 7 ] || return 0
    case $2$4$5$6$7 in *[!0-9]*) return 0 ;; esac
    month "$3" || return 0
    now=$(date -u +%s)
    case $now in '' | *[!0-9]*) return 0 ;; esac
    a=$(((14 - m) / 12))
    y=$(($4 + 4800 - a))
    m=$((m + 12 * a - 3))
    days=$((${2#0} + (153 * m + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 - 2472633))
    ahead=$((now - days * 86400 - ${5#0} * 3600 - ${6#0} * 60 - ${7#0}))
    if [ "$ahead" -lt 0 ]; then
        printf ',slow=%s' "$((-ahead))"
    else
        printf ',fast=%s' "$ahead"
    fi
}

# add ADDRESS: to $found, at most four, each once
add() {
    case $1 in '' | *[!0-9a-fA-F.:]*) return ;; esac
    case +$found+ in *"+$1+"*) return ;; esac
    case $found in *+*+*+*) return ;; esac
    found=$found${found:++}$1
}

# trouble LINE: the word for what a tool says of a connection, in $said
trouble() {
    case $1 in
    *[Rr]'efused'* | *errno=111*) said=refused ;;
    *'o route to host'* | *nreachable* | *errno=113* | *errno=101*) said=noroute ;;
    *'imed out'* | *errno=110* | *'imeout'*) said=timeout ;;
    *'eset by peer'* | *errno=104*) said=reset ;;
    *) return 1 ;;
    esac
}

# Name -------------------------------------------------------------------------------------------------------------

read_nslookup() {
    named=n
    while read -r one two three rest; do
        case $one in
        Name:*) named=y ;;
        Address:* | Addresses:*) [ "$named" = y ] && add "$two" ;;
        Address) [ "$named" = y ] && add "$three" ;;
        esac
        case "$one $two $three $rest" in
        *NXDOMAIN*) state=nxdomain ;;
        *SERVFAIL*) state=servfail ;;
        *REFUSED* | *onnection?refused*) state=refused ;;
        *'imed out'* | *'no servers could'* | *'o response'* | *'ry again'*) state=timeout ;;
        *'an'?'t find'* | *'an'?'t resolve'*) [ "$state" = none ] && state=nxdomain ;;
        esac
    done
}

read_dig() {
    while read -r one two three four five rest; do
        case $four in A | AAAA) [ "$three" = IN ] && add "$five" ;; esac
        case "$one $two $three $four $five $rest" in
        *'status: NOERROR'*) [ "$state" = none ] && state=empty ;;
        *NXDOMAIN*) state=nxdomain ;;
        *SERVFAIL*) state=servfail ;;
        *REFUSED* | *onnection?refused*) state=refused ;;
        *'imed out'* | *'no servers could'*) state=timeout ;;
        esac
    done
}

read_system() {
    while read -r one rest; do
        add "$one"
    done
}

look_up() {
    out=$W/out.$i.dns
    state=none by=none found='' system=''
    : >"$W/out.$i.system"
    if has getent; then
        limited 6 getent ahosts "$host" >"$W/out.$i.system" 2>/dev/null </dev/null &
    fi
    if has nslookup; then
        by=nslookup
        limited 6 nslookup "$host" >"$out" 2>&1 </dev/null
        code=$?
        read_nslookup <"$out"
    elif has dig; then
        by=dig
        limited 6 dig +tries=2 +time=2 "$host" >"$out" 2>&1 </dev/null
        code=$?
        read_dig <"$out"
    else
        code=0
    fi
    wait
    case $code in 124 | 143) [ "$state" = none ] && state=timeout ;; esac
    answers=$found found=''
    read_system <"$W/out.$i.system"
    system=$found
    [ -n "$answers" ] && state=ok
    if [ "$by" = none ] && has getent; then
        by=getent answers=$system state=nxdomain
        [ -n "$system" ] && state=ok
    fi
    other=y
    for each in $(printf '%s' "$system" | tr '+' ' '); do
        case +$answers+ in *"+$each+"*) other=n ;; esac
    done
    record="dns,h=$host,st=$state,by=$by"
    [ -n "$answers" ] && record="$record,a=$answers"
    [ -n "$system" ] && [ "$other" = y ] && record="$record,sys=$system"
    printf '%s\n' "$record" >"$W/rec.a.$i.00"
    case $state in ok) tell "$host" "$T_NAME" good ;; none) tell "$host" "$T_NAME" unknown ;; *) tell "$host" "$T_NAME" bad ;; esac
    # Without any look-up tool the rest still tells.
    [ -n "$answers$system" ] || [ "$by" = none ]
}

# Port and certificate ---------------------------------------------------------------------------------------------

# worst CODES: the most telling of OpenSSL's verify codes
worst() {
    for each in 9 10 62 64 19 18 20 21 2; do
        case " $1 " in *" $each "*)
            printf '%s' "$each"
            return
            ;;
        esac
    done
    # shellcheck disable=SC2086 # split into words on purpose
    set -- $1
    printf '%s' "${1:-}"
}

read_handshake() {
    while read -r line; do
        line=${line%"$CR"}
        case $line in
        CONNECTED*) tcp=open ;;
        *'verify error:num='*)
            line=${line#*num=}
            codes="$codes ${line%%:*}"
            ;;
        *'erify return code: '*)
            line=${line#*code: }
            [ "${line%% *}" = 0 ] || codes="$codes ${line%% *}"
            fine=y
            ;;
        *'BEGIN CERTIFICATE'*) shown=y ;;
        *) [ "$tcp" = open ] || { trouble "$line" && tcp=$said; } ;;
        esac
    done
}

# The names only: what else stands in a certificate may be somebody's address.
read_certificate() {
    whose=''
    while read -r one two rest; do
        case $one in
        subject=*) whose=subject ;;
        issuer=*) whose=issuer ;;
        notBefore=*) since=$(day_of "${one#*=} $two $rest") ;;
        notAfter=*) until=$(day_of "${one#*=} $two $rest") ;;
        organizationName | commonName)
            case $whose in
            subject) [ "$one" = commonName ] && subject=$rest ;;
            issuer) issuer=$issuer${issuer:+/}$rest ;;
            esac
            ;;
        esac
    done
}

handshake_by_openssl() {
    limited 8 openssl s_client -connect "$host:$port" -servername "$host" -verify_hostname "$host" >"$out" 2>&1 </dev/null
    code=$?
    case $(head -n 3 "$out") in *nknown\ option*)
        limited 8 openssl s_client -connect "$host:$port" -servername "$host" >"$out" 2>&1 </dev/null
        code=$?
        ;;
    esac
    read_handshake <"$out"
    if [ "$shown" = y ]; then
        openssl x509 -noout -subject -issuer -dates -nameopt multiline,utf8,-esc_msb <"$out" >"$out.names" 2>/dev/null
        read_certificate <"$out.names"
    fi
}

read_curl_handshake() {
    while read -r line; do
        line=${line%"$CR"}
        case $line in
        '* Connected to '*) tcp=open ;;
        '* SSL certificate verify ok'*) fine=y ;;
        *'certificate problem: '*)
            case $line in
            *'not yet valid'*) codes="$codes 9" ;;
            *expired*) codes="$codes 10" ;;
            *'certificate in certificate chain'*) codes="$codes 19" ;;
            *self?signed*) codes="$codes 18" ;;
            *) codes="$codes 20" ;;
            esac
            ;;
        *'certificate subject name'* | *'subjectAltName does not match'*) codes="$codes 62" ;;
        '*  subject:'*) subject=${line##*CN=} shown=y ;;
        '*  issuer:'*)
            each=${line#*issuer: } issuer=''
            case $each in *O=*) issuer=${each#*O=} issuer=${issuer%%;*} ;; esac
            case $each in *CN=*) issuer=$issuer${issuer:+/}${each##*CN=} ;; esac
            ;;
        '*  start date:'*) since=$(day_of "${line#*date: }") ;;
        '*  expire date:'*) until=$(day_of "${line#*date: }") ;;
        *) [ "$tcp" = open ] || { trouble "$line" && tcp=$said; } ;;
        esac
    done
}

handshake_by_curl() {
    limited 8 curl --noproxy '*' -sSvI -o /dev/null -m 7 "https://$host:$port/" >"$out" 2>&1 </dev/null
    code=$?
    read_curl_handshake <"$out"
    if [ -n "$codes" ] && [ "$shown" = n ]; then
        # Without trust, to see whose certificate it is; nothing is asked for but the heading.
        limited 8 curl --noproxy '*' -sSvkI -o /dev/null -m 7 "https://$host:$port/" >"$out" 2>&1 </dev/null
        read_curl_handshake <"$out"
        shown=y fine=n
    fi
}

check_port() {
    out=$W/out.$i.$t.tls
    tcp=none codes='' fine=n shown=n issuer='' subject='' since='' until='' said=''
    if [ "$tls" = y ] && has openssl; then
        handshake_by_openssl
    elif [ "$tls" = y ] && has curl; then
        handshake_by_curl
    elif has curl; then
        limited 7 curl --noproxy '*' -sSvI -o /dev/null -m 6 "http://$host:$port/" >"$out" 2>&1 </dev/null
        code=$?
        read_curl_handshake <"$out"
    elif has nc; then
        limited 6 nc -w 5 "$host" "$port" >"$out" 2>&1 </dev/null
        code=$?
        while read -r line; do trouble "$line" && tcp=$said; done <"$out"
        [ "$tcp" = none ] && [ "$code" = 0 ] && tcp=open
    else
        return
    fi
    case $code in 124 | 143 | 28) [ "$tcp" = none ] && tcp=timeout ;; esac
    printf 'tcp,h=%s,p=%s,st=%s\n' "$host" "$port" "$tcp" >"$W/rec.a.$i.$t.1"
    case $tcp in
    open) tell "$host:$port" "$T_PORT" good ;;
    none) tell "$host:$port" "$T_PORT" unknown ;;
    *) tell "$host:$port" "$T_PORT" bad ;;
    esac
    [ "$tls" = y ] && [ "$tcp" = open ] && { has openssl || has curl; } || return
    record="tls,h=$host,p=$port"
    if [ "$shown" = y ]; then
        record="$record,v=$(worst "${codes:-0}")"
        record="$record,s=$(word "$subject" 60),i=$(word "$issuer" 90),nb=$since,na=$until"
        if [ "$fine" = y ] && [ -z "$codes" ]; then each=good; else each=bad; fi
        tell "$host:$port" "$T_CERTIFICATE" "$each"
    else
        case $code in 124 | 143 | 28) record="$record,v=silent" ;; *) record="$record,v=cut" ;; esac
        tell "$host:$port" "$T_CERTIFICATE" bad
    fi
    printf '%s\n' "$record" >"$W/rec.a.$i.$t.2"
}

# Answer -----------------------------------------------------------------------------------------------------------

read_answer() {
    while read -r line; do
        line=${line%"$CR"}
        line=${line#'< '}
        case $line in
        HTTP/*onnection?[Ee]stablished*) via=y ;;
        HTTP/[0-9]*\ [1-5][0-9][0-9]*)
            line=${line#* }
            status=${line%% *}
            ;;
        [Dd]ate:\ *) date=${line#*: } ;;
        [Vv]ia:\ * | [Xx]-[Ss]quid* | [Ss]erver:\ *[Ss]quid* | [Pp]roxy-[Aa]uth* | [Xx]-[Cc]ache:*) via=y ;;
        *'CONNECT tunnel failed, response '*) status=${line##*response } via=y ;;
        *'Received HTTP code '*'from proxy'*)
            line=${line#*code }
            status=${line%% *} via=y
            ;;
        *'certificate subject name'* | *'subjectAltName does not match'*) why=name ;;
        *'certificate problem'* | *'annot verify'*) why=certificate ;;
        *'an'?'t connect'* | *failed:* | *'ailed to connect'*) trouble "$line" && why=$said ;;
        esac
    done
}

# What curl is told: the options, and the address
fetch() {
    limited 10 curl -sSv -o /dev/null -A diagnost-check/1 -m 9 --connect-timeout 6 "$@" </dev/null 2>&1
}

check_answer() {
    out=$W/out.$i.$t.http
    status='' date='' via=n why='' said=''
    scheme=http
    [ "$tls" = y ] && scheme=https
    address=$scheme://$host:$port$path
    case $scheme:$port in https:443 | http:80) address=$scheme://$host$path ;; esac
    if has curl; then
        fetch "$address" >"$out"
        code=$?
        read_answer <"$out"
        case $code:$date in 60: | 51:)
            fetch -k -I "$scheme://$host:$port/" >"$out"
            kept=$status
            read_answer <"$out"
            status=$kept
            ;;
        esac
    elif has wget; then
        limited 10 wget -S -O /dev/null "$address" >"$out" 2>&1 </dev/null
        code=$?
        read_answer <"$out"
    else
        return
    fi
    expected=n
    case ,$codes, in *",$status,"*) expected=y ;; esac
    case $status in '' | *[!0-9]*) status=0 expected=n ;; esac
    record="http,h=$host,p=$port,st=$status,ok=$expected,via=$via,x=$code"
    [ -n "$why" ] && record="$record,why=$why"
    printf '%s%s\n' "$record" "$(clock_of "$date")" >"$W/rec.a.$i.$t.3"
    case $expected$status in
    y*) tell "$host:$port" "$T_ANSWER" good ;;
    *) tell "$host:$port" "$T_ANSWER" bad ;;
    esac
}

# Losses and route -------------------------------------------------------------------------------------------------

read_ping() {
    while read -r line; do
        case $line in
        *transmitted*received*%*)
            sent=${line%% *}
            line=${line#*, }
            got=${line%% *}
            ;;
        *min/avg/max*=*)
            line=${line#*= }
            line=${line#*/}
            mean=${line%%/*}
            ;;
        *'o live exceeded'* | *'ime to live'*) why=ttl ;;
        *[Ff]iltered* | *prohibited*) why=prohibited ;;
        *nreachable*) why=unreachable ;;
        esac
    done
}

check_ping() {
    has ping || return
    out=$W/out.$i.ping
    sent='' got='' mean='' why=''
    limited 8 ping -c 10 -i 0.3 -w 6 "$host" >"$out" 2>&1 </dev/null
    read_ping <"$out"
    if [ -z "$sent" ]; then
        limited 8 ping -c 4 "$host" >"$out" 2>&1 </dev/null
        read_ping <"$out"
    fi
    case $sent$got in '' | *[!0-9]*) return ;; esac
    record="ping,h=$host,tx=$sent,rx=$got"
    case $mean in *[!0-9.]*) ;; ?*) record="$record,ms=$mean" ;; esac
    [ -n "$why" ] && record="$record,why=$why"
    printf '%s\n' "$record" >"$W/rec.b.$i.00"
    case $got in "$sent") tell "$host" "$T_PING" good ;; 0) tell "$host" "$T_PING" unknown ;; *) tell "$host" "$T_PING" bad ;; esac
}

# Back at a router after another one, twice: a circle.
read_route() {
    while read -r one two rest; do
        case $one in '' | *[!0-9]*) continue ;; esac
        hops=$one
        case $two in
        *[!0-9.]* | '') continue ;;
        esac
        case " $seen " in *" $two "*) [ "$two" = "$last" ] || circles=$((circles + 1)) ;; esac
        seen="$seen $two" last=$two at=$one
        case $rest in *'!H'* | *'!N'*) why=unreachable ;; *'!X'* | *'!C'*) why=prohibited ;; esac
    done
}

# The addresses of a network of one's own are nobody's business.
is_own() {
    case $1 in
    10.* | 127.* | 169.254.* | 192.168.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].* | 100.6[4-9].* | 100.[7-9][0-9].* | 100.1[01][0-9].* | 100.12[0-7].*) ;;
    *) return 1 ;;
    esac
}

check_route() {
    out=$W/out.$i.route
    if has traceroute; then
        limited 15 traceroute -n -q 1 -w 1 -m 20 "$host" >"$out" 2>&1 </dev/null
    else
        return
    fi
    hops=0 last='' at=0 seen='' circles=0 why=''
    read_route <"$out"
    [ "$hops" = 0 ] && return
    [ "$circles" -ge 2 ] && why=loop
    case +$answers+$system+ in *"+$last+"*) [ -n "$last" ] && why=${why:-reached} ;; esac
    if [ -n "$last" ] && is_own "$last"; then last=own; fi
    printf 'route,h=%s,n=%s,at=%s,last=%s,st=%s\n' "$host" "$hops" "$at" "${last:-none}" "${why:-silent}" >"$W/rec.c.$i.00"
    case $why in reached) tell "$host" "$T_ROUTE" good ;; '') tell "$host" "$T_ROUTE" unknown ;; *) tell "$host" "$T_ROUTE" bad ;; esac
}

# check_host NUMBER HOST PORT:TLS:PATH:STATUSES…
check_host() {
    i=$1 host=$2
    shift 2
    known=y
    look_up || known=n
    if [ "$known" = y ]; then
        (check_ping) &
        (check_route) &
    fi
    t=10
    for each in "$@"; do
        t=$((t + 1))
        port=${each%%:*} each=${each#*:}
        tls=${each%%:*} each=${each#*:}
        path=${each%%:*} codes=${each#*:}
        [ "$known" = y ] && (check_port) &
        # A proxy finds names by itself.
        [ -n "$path" ] && [ "$known$proxy" != nn ] && (check_answer) &
    done
    wait
}

# The machine ------------------------------------------------------------------------------------------------------

resolvers() {
    kind=none
    [ -r /etc/resolv.conf ] || return
    while read -r one two rest; do
        [ "$one" = nameserver ] || continue
        case $two in
        127.* | ::1) each=local ;;
        fe80:* | fc* | fd*) each=private ;;
        *) if is_own "$two"; then each=private; else each=public; fi ;;
        esac
        case $kind in none) kind=$each ;; *"$each"*) ;; *) kind=$kind+$each ;; esac
    done </etc/resolv.conf
}

version_of() {
    has "$1" || {
        printf 'none'
        return
    }
    line=$("$@" 2>&1 </dev/null | head -n 1)
    case $line in *[0-9].[0-9]*) ;; *) line='yes' ;; esac
    for each in $line; do
        case $each in v[0-9]*.* | [0-9]*.*) line=$each && break ;; esac
    done
    word "$line" 16
}

system_of() {
    id=$(uname -s) version=''
    if [ -r /etc/os-release ]; then
        while IFS='=' read -r one two; do
            two=${two#\"} two=${two%\"}
            case $one in ID) id=$two ;; VERSION_ID) version=$two ;; esac
        done </etc/os-release
    fi
    printf '%s' "os,id=$(word "$id" 20),v=$(word "$version" 20),k=$(word "$(uname -r)" 24),m=$(word "$(uname -m)" 12)"
}

# mix TEXT: into $own, $first and $second, without any program, for BusyBox may have neither cksum nor md5sum
mix() {
    rest=$1
    while [ -n "$rest" ]; do
        more=${rest#?}
        letter=${rest%"$more"}
        rest=$more
        before=${ALPHABET%%"$letter"*}
        [ "$before" = "$ALPHABET" ] && continue
        value=$((${#before} + 1))
        own=$(((own * 31 + value) % 97))
        first=$(((first * 257 + value) % 65521))
        second=$(((second * 263 + value) % 65479))
        summed=$((summed + 1))
    done
}

# record FIELDS: numbers it, adds its own two digits of checksum, and puts it into the block where it still fits
record() {
    line=$((n + 1)),$1
    [ $((${#block} + ${#line})) -gt "$MOST" ] && return
    n=$((n + 1)) own=0
    mix "$line"
    line="$line,c=$((own / 10))$((own % 10))"
    mix "${line#"${line%?????}"}"
    block="$block$line;
"
}

timeout=n
has timeout && timeout 2 true 2>/dev/null && timeout=y
proxy=n
[ -n "${http_proxy:-}${https_proxy:-}${HTTP_PROXY:-}${HTTPS_PROXY:-}${all_proxy:-}${ALL_PROXY:-}" ] && proxy=y
mkdir "$W" || {
    printf '%s\n' "$T_NO_ROOM" >&2
    exit 2
}
trap 'rm -rf "$W"' EXIT
trap 'exit 130' INT TERM HUP

printf '%s\n' "$T_START" >&2
number=10
while read -r host ports; do
    [ -n "$host" ] || continue
    number=$((number + 1))
    # shellcheck disable=SC2086 # split into words on purpose
    (check_host "$number" "$host" $ports) </dev/null &
done <<END
$TARGETS
END
resolvers
system=$(system_of)
busybox=n
case $(tr --help 2>&1 </dev/null | head -n 1) in *BusyBox*) busybox=y ;; esac
net="net,product=$PRODUCT,dns=$kind,proxy=$proxy,now=$(date -u +%Y%m%d)"
tools="tools,bb=$busybox,curl=$(version_of curl --version),openssl=$(version_of openssl version)"
wait

n=0 block='' own=0 first=0 second=0 summed=0
record "$system"
record "$net"
record "$tools"
for file in "$W"/rec.*; do
    [ -r "$file" ] || continue
    read -r line <"$file"
    record "$line"
done
printf '%s\n\n' "$T_DONE" >&2
printf -- '--- DIAGNOST 1 ---\n%s--- %s,%s,%s,%s ---\n' "$block" "$n" "$first" "$second" "$summed"
