# SPDX-License-Identifier: MIT
# Proxies: tinyproxy, squid and microsocks on loopback, and the test server for what they would not answer. What
# git says in the same environment is what smidgit says, where git has an answer.
. "${0%/*}/lib.sh"
fixture four-objects
PATH=$PATH:/usr/sbin
open=$(mktemp -d /tmp/smidgit-proxy-XXXXXX) # for squid, which becomes another user
chmod 777 "$open"
trap 'stop_servers; cd /; rm -rf "$tmp" "$open"' EXIT

has() {
	command -v "$1" >/dev/null || {
		echo "left out: $1, which is not installed"
		return 1
	}
}
# free_port: $free is one that nobody has, for programs that cannot choose one.
free_port() {
	"$BUILD/tests/testserver" --port-file "$tmp/free" --silent &
	free_server=$!
	until [ -s "$tmp/free" ]; do sleep 0.02; done
	read -r free <"$tmp/free"
	rm "$tmp/free"
	kill $free_server
	wait $free_server 2>/dev/null
}
# begin NAME COMMAND...: a proxy on $free, until it takes connections: $proxy, 127.0.0.1:port.
begin() {
	begin_name=$1 proxy=127.0.0.1:$free
	shift
	"$@" >"$tmp/begin.log" 2>&1 &
	proxy_pid=$!
	servers="$servers $proxy_pid"
	until bash -c ": </dev/tcp/127.0.0.1/$free" 2>/dev/null; do
		kill -0 $proxy_pid 2>/dev/null || {
			not_ok "$begin_name: $(tail -n 5 "$tmp/begin.log")"
			finish
		}
		sleep 0.05
	done
}
# tinyproxy_begin LINE...: of its configuration.
tinyproxy_begin() {
	free_port
	proxy_log=$tmp/tinyproxy.$free
	printf '%s\n' "Port $free" 'Listen 127.0.0.1' "LogFile \"$proxy_log\"" "$@" >"$tmp/tinyproxy.conf"
	begin tinyproxy tinyproxy -d -c "$tmp/tinyproxy.conf"
}
squid_begin() {
	free_port
	proxy_log=$open/squid.$free
	{
		printf '%s\n' "$@"
		cat <<-END
			${squid_port:-http_port} 127.0.0.1:$free${squid_port:+ tls-cert=$open/cert.pem tls-key=$open/key.pem}
			http_access allow all
			cache deny all
			pid_filename none
			access_log stdio:$proxy_log
			cache_log $open/cache.log
			coredump_dir $open
			shutdown_lifetime 0 seconds
			visible_hostname test
			pinger_enable off
		END
	} >"$open/squid.conf"
	begin squid squid -N -f "$open/squid.conf"
}
# fake OPTION...: the test server, which answers as if it were a proxy; $heads is what it was sent.
fake() {
	heads=$tmp/heads.fake
	: >"$heads"
	serve --heads "$heads" "$@"
	proxy=127.0.0.1:$port
}

# list URL [OPTION...]
list() {
	list_url=$1
	shift
	"$SMIDGIT" ls-remote "$@" "$list_url/four-objects.git"
}
# as_git URL: by the proxies of the environment, both say the same references.
as_git() {
	git ls-remote "$1/four-objects.git" >"$tmp/git.refs" && list "$1" >"$tmp/our.refs" &&
		same "$tmp/git.refs" "$tmp/our.refs" && test -s "$tmp/our.refs"
}
unsaid() {
	if grep -F -q -i -e "$1" "$2"; then not_ok "$check_name: $2 has: $1"; else ok; fi
}
had() {
	if tr -d '\r' <"$2" | grep -F -q -x -e "$1"; then ok; else not_ok "$check_name: $2 lacks: $1"; fi
}
# same_clone URL: a clone, which git has nothing to say of.
same_clone() {
	rm -rf "$tmp/clone"
	"$SMIDGIT" clone -q "$1/four-objects.git" "$tmp/clone" && git -C "$tmp/clone" fsck --full --strict --no-dangling
}

serve --heads "$tmp/heads.http"
http=$url http_port=$port
certificate
serve --tls "$cert" "$key" --heads "$tmp/heads.https"
https=$url https_port=$port
export GIT_SSL_CAINFO="$cert"
base64='YW5uYTpzZWNyZXQ=' # anna:secret
dead=http://127.0.0.1:1

# Which proxy counts: a dead one is noticed.
check_fails 3 'http_proxy' env http_proxy=$dead "$SMIDGIT" ls-remote "$http/four-objects.git"
said 'the proxy (http_proxy): cannot connect to 127.0.0.1:1: Connection refused'
check_fails 3 'https_proxy' env https_proxy=$dead "$SMIDGIT" ls-remote "$https/four-objects.git"
said 'the proxy (https_proxy): cannot connect'
check_fails 3 'HTTPS_PROXY' env HTTPS_PROXY=$dead "$SMIDGIT" ls-remote "$https/four-objects.git"
check_fails 3 'all_proxy' env all_proxy=$dead "$SMIDGIT" ls-remote "$http/four-objects.git"
check_fails 3 '--proxy' list "$http" --proxy $dead
said 'the proxy (--proxy): cannot connect'
check_fails 3 'http.proxy' "$SMIDGIT" -c http.proxy=$dead ls-remote "$http/four-objects.git"
said 'the proxy (http.proxy): cannot connect'
check_fails 3 'http.<url>.proxy' "$SMIDGIT" -c http.proxy= -c "http.$http.proxy=$dead" ls-remote "$http/four-objects.git"
check 'http.<url>.proxy of another URL' "$SMIDGIT" -c "http.$http/other.proxy=$dead" ls-remote "$http/four-objects.git"
check 'HTTP_PROXY is a header of a stranger' env HTTP_PROXY=$dead "$SMIDGIT" ls-remote "$http/four-objects.git"
check 'https_proxy is not for http' env https_proxy=$dead "$SMIDGIT" ls-remote "$http/four-objects.git"
check 'http_proxy is not for https' env http_proxy=$dead "$SMIDGIT" ls-remote "$https/four-objects.git"
check 'an empty http.proxy' env http_proxy=$dead "$SMIDGIT" -c http.proxy= ls-remote "$http/four-objects.git"
check 'an empty --proxy' env http_proxy=$dead "$SMIDGIT" -c http.proxy=$dead ls-remote --proxy '' "$http/four-objects.git"
check_fails 8 'http.proxy without a value' sh -c \
	'printf "[http]\nproxy\n" >"$2" && GIT_CONFIG_GLOBAL=$2 "$SMIDGIT" ls-remote "$1"' sh "$http/four-objects.git" "$tmp/bare"
said 'http.proxy: a value is missing'
for exempt in '*' 127.0.0.1 127.0.0.0/8 "127.0.0.1:$http_port" "x, 127.0.0.1"; do
	check "no_proxy=$exempt" env no_proxy="$exempt" http_proxy=$dead "$SMIDGIT" ls-remote "$http/four-objects.git"
	check "NO_PROXY=$exempt, http.proxy" env NO_PROXY="$exempt" "$SMIDGIT" -c http.proxy=$dead ls-remote "$http/four-objects.git"
done
for exempt in localhost .localhost LOCALHOST "localhost:$https_port"; do
	check "no_proxy=$exempt" env no_proxy="$exempt" https_proxy=$dead "$SMIDGIT" ls-remote "$https/four-objects.git"
done
for exempt in '' localhost 127.0.0.1:1 10.0.0.0/8; do
	check_fails 3 "no_proxy=$exempt" env no_proxy="$exempt" http_proxy=$dead "$SMIDGIT" ls-remote "$http/four-objects.git"
done
for bad in socks4://x ssh://x http:// 'http://x:y'; do
	check_fails 2 "--proxy $bad" list "$http" --proxy "$bad"
	check_fails 8 "http_proxy=$bad" env http_proxy="$bad" "$SMIDGIT" ls-remote "$http/four-objects.git"
	said 'the proxy (http_proxy): '
done
check_fails 8 'C1: a password in what is no URL' env http_proxy='http://anna:secret@x y' "$SMIDGIT" ls-remote "$http/four-objects.git"
unsaid secret "$tmp/check.log"

# What the proxy is sent.
printf 'HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>Forbidden</html' >"$tmp/403"
fake --raw "$tmp/403"
check_fails 6 'CONNECT is refused' env https_proxy=anna:secret@$proxy "$SMIDGIT" ls-remote "https://bob:mine@localhost:$https_port/four-objects.git"
said "the proxy $proxy (https_proxy) does not connect to localhost:$https_port: it answered 403"
unsaid html "$tmp/check.log"
had "CONNECT localhost:$https_port HTTP/1.1" "$heads"
had "Host: localhost:$https_port" "$heads"
had "Proxy-Authorization: Basic $base64" "$heads"
if tr -d '\r' <"$heads" | grep -q '^Authorization:'; then not_ok 'the proxy gets what is for the server'; else ok; fi
check_fails 6 'a header of http.extraHeader' env https_proxy=$proxy "$SMIDGIT" -c http.extraHeader='X-Token: mine' \
	ls-remote "$https/four-objects.git"
unsaid X-Token "$heads"
check_fails 6 'an address of version 6' env https_proxy=$proxy "$SMIDGIT" ls-remote 'https://[2001:db8::1]/r.git'
had 'CONNECT [2001:db8::1]:443 HTTP/1.1' "$heads"
check_fails 5 'the absolute form' env http_proxy=$proxy "$SMIDGIT" ls-remote 'http://example.invalid:81/r.git'
said "(by way of the proxy $proxy (http_proxy))"
had 'GET http://example.invalid:81/r.git/info/refs?service=git-upload-pack HTTP/1.1' "$heads"
had 'Host: example.invalid:81' "$heads"
check_fails 6 'by --trace' list "$https" --proxy "http://anna:secret@$proxy" --trace
said 'Proxy-Authorization: <redacted>'
unsaid secret "$tmp/check.log"
unsaid "$base64" "$tmp/check.log"

# answers CODE SENTENCE BYTES: to CONNECT, which no proxy should give.
answers() {
	printf "$3" >"$tmp/answer"
	fake --raw "$tmp/answer"
	check_fails "$1" "CONNECT: $2" env https_proxy=$proxy "$SMIDGIT" ls-remote "$https/four-objects.git"
	said "$2"
	said "$proxy (https_proxy)"
	stop_fake
}
stop_fake() {
	kill "$server"
	wait "$server" 2>/dev/null
}
answers 7 'no status line' '<html>A page</html>\r\n\r\n'
answers 7 'bytes follow its answer' 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
answers 3 'the connection ends inside a head' 'HTTP/1.1 200 OK\r\nX: '
answers 3 'without an answer to CONNECT' ''
answers 3 'it answered 502' 'HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n'
answers 6 'it answered 302' 'HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\nContent-Length: 0\r\n\r\n'
answers 7 'another protocol' 'HTTP/1.1 101 Switching\r\n\r\n'
answers 5 'Negotiate' 'HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n'
answers 5 'does not have' 'HTTP/1.1 407 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
answers 5 'wants a user name' 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
# A tunnel to nowhere is no proof of who is there.
printf 'HTTP/1.1 200 OK\r\n\r\n' >"$tmp/200"
fake --raw "$tmp/200"
check_fails 4 'a tunnel to nobody' env https_proxy=$proxy "$SMIDGIT" ls-remote "$https/four-objects.git"
stop_fake
# A 407 that no proxy has sent gets no password of one.
fake --status 407 --header 'Proxy-Authenticate: Basic realm="x"'
check_fails 5 'a server that says 407' env http_proxy=anna:secret@127.0.0.1:1 no_proxy=127.0.0.1 "$SMIDGIT" ls-remote "http://$proxy/r.git"
said 'a proxy that was not asked wants a login (407)'
unsaid Proxy-Authorization "$heads"
stop_fake

# The server's 401 by http, to which a password would go in plain text.
serve --user bob --password mine
asking=127.0.0.1:$port

# each NAME: what is the same of every proxy. $proxy is open, and one that wants anna's password is at $locked.
each() {
	for each_url in "$http" "$https"; do
		: >"$tmp/heads.http"
		: >"$tmp/heads.https"
		export http_proxy="$proxy" https_proxy="http://$proxy/"
		check "$1: as git: $each_url" as_git "$each_url"
		check "$1: clone: $each_url" same_clone "$each_url"
		export http_proxy="http://anna:secret@$locked" https_proxy="anna:secret@$locked"
		check "$1: a password: $each_url" as_git "$each_url"
		check "$1: a password: clone: $each_url" same_clone "$each_url"
		unset http_proxy https_proxy
		unsaid Proxy-Authorization "$tmp/heads.http"
		unsaid "$base64" "$tmp/heads.http"
		unsaid Proxy-Authorization "$tmp/heads.https"
		check_fails 5 "$1: no password: $each_url" list "$each_url" --proxy "$locked"
		said "the proxy $locked (--proxy) wants a user name and a password"
	done
	check_fails 5 "$1: a wrong password" list "$https" --proxy "anna:wrong@$locked"
	said "the proxy $locked (--proxy) refuses the user name and the password from the URL"
	helper "$locked"
	helper_url=$https
	: >"$tmp/helper.log"
	check "$1: a helper" list "$https" --proxy "$locked"
	printf 'get\nprotocol=http\nhost=%s\nstore\nprotocol=http\nhost=%s\n' "$locked" "$locked" >"$tmp/expected"
	grep -E '^(get|store|erase|protocol|host)' "$tmp/helper.log" >"$tmp/got"
	check "$1: what the helper is asked and told" same "$tmp/expected" "$tmp/got"
	check "$1: a helper, http" list "$http" --proxy "$locked"
	check "$1: a helper that knows the password of anna alone" list "$https" --proxy "anna@$locked"
	sed -i s/secret/wrong/ "$tmp/helper"
	: >"$tmp/helper.log"
	check_fails 5 "$1: a helper that is wrong" list "$https" --proxy "$locked"
	said 'refuses the user name and the password from the credential helper'
	check "$1: it is told so" grep -q '^erase' "$tmp/helper.log"
	git config --global --unset-all credential.helper
	check "$1: askpass" env GIT_ASKPASS="$tmp/askpass" "$SMIDGIT" ls-remote --proxy "$locked" "$https/four-objects.git"
	grep -q "^Password for 'http://anna@$locked': " "$tmp/asked" && ok || not_ok "$1: what is asked: $(cat "$tmp/asked")"
}
# helper HOST: knows anna's password for this host alone.
helper() {
	cat >"$tmp/helper" <<-END
		#!/bin/sh
		echo "\$1" >>"$tmp/helper.log"
		while read -r line && [ -n "\$line" ]; do
			echo "\$line" >>"$tmp/helper.log"
			[ "\$line" != host=$1 ] || here=yes
		done
		[ "\$1\$here" != getyes ] || printf 'username=anna\npassword=secret\n'
	END
	chmod +x "$tmp/helper"
	git config --global credential.helper "$tmp/helper"
}
cat >"$tmp/askpass" <<END
#!/bin/sh
echo "\$1" >>"$tmp/asked"
case \$1 in User*) echo anna ;; *) echo secret ;; esac
END
chmod +x "$tmp/askpass"

if has tinyproxy; then
	tinyproxy_begin 'BasicAuth anna secret'
	locked=$proxy
	tinyproxy_begin "ConnectPort $https_port"
	each tinyproxy
	check_fails 6 'tinyproxy: a port that it does not connect to' list https://localhost:1 --proxy "$proxy"
	said 'does not connect to localhost:1: it answered 403'
	check_fails 5 'C2: a password for a server on this machine, by a proxy that may not be' \
		"$SMIDGIT" ls-remote --proxy "$proxy" "http://bob:mine@$asking/r.git"
	said 'which http would send in plain text'

	# Each server that is led to has its own proxy, or none.
	serve --heads "$tmp/heads.second"
	second=$port
	serve --redirect /four-objects.git "http://localhost:$second/four-objects.git"
	check 'led to a server without a proxy' env http_proxy="$proxy" no_proxy="localhost" "$SMIDGIT" ls-remote "$url/four-objects.git"
	unsaid 'Via: ' "$tmp/heads.second"
	check 'led to a server with one' env http_proxy="$proxy" no_proxy=127.0.0.1 "$SMIDGIT" ls-remote "$url/four-objects.git"
	check 'it is asked by the proxy' grep -q 'Via: ' "$tmp/heads.second"
	check_fails 3 'led to a server with a dead one' env http_proxy=$dead no_proxy=127.0.0.1 "$SMIDGIT" ls-remote "$url/four-objects.git"
	said 'the proxy (http_proxy): cannot connect'

	# Both want a password, each another one; whoever lists processes sees neither.
	serve --tls "$cert" "$key" --user bob --password mine --heads "$tmp/heads.both"
	cat >"$tmp/askpass.bob" <<-END
		#!/bin/sh
		echo "\$1" >>"$tmp/asked.bob"
		tr '\\0' ' ' <"/proc/\$PPID/cmdline" >"$tmp/cmdline"
		case \$1 in User*) echo bob ;; *) echo mine ;; esac
	END
	chmod +x "$tmp/askpass.bob"
	check 'two passwords' env GIT_ASKPASS="$tmp/askpass.bob" "$SMIDGIT" ls-remote --proxy "http://anna:secret@$locked" "$url/four-objects.git"
	check 'the server asks for its own' grep -q "^Password for '$(echo "$url" | sed s,//,//bob@,)': " "$tmp/asked.bob"
	had 'Authorization: Basic Ym9iOm1pbmU=' "$tmp/heads.both"
	unsaid Proxy- "$tmp/heads.both"
	check 'the proxy stands in the command line' grep -q -e "--proxy http://anna:[^ ]*@$locked" "$tmp/cmdline"
	unsaid secret "$tmp/cmdline"

	check 'a repository with its own http.proxy' same_clone "$https"
	git -C "$tmp/clone" config http.proxy "http://anna:secret@$locked"
	git -C "$tmp/clone" remote add second "$http/four-objects.git"
	check 'fetch, from several' "$SMIDGIT" -C "$tmp/clone" fetch --all --trace="$tmp/trace.all"
	check 'by one tunnel and the absolute form' test \
		"$(grep -c "C: CONNECT localhost:$https_port " "$tmp/trace.all")$(grep -c "C: GET $http/" "$tmp/trace.all")" = 11

	# One tunnel for all of a clone.
	check 'one tunnel' list "$https" --proxy "$proxy" --trace="$tmp/trace"
	check 'is kept' test "$(grep -c 'C: CONNECT' "$tmp/trace")$(grep -c 'C: POST' "$tmp/trace")" = 11

	tinyproxy_begin
	# The proxy dies while the pack comes.
	mkdir "$tmp/slow" && git init -q "$tmp/slow/w" &&
		openssl rand 60000 >"$tmp/slow/w/file" && git -C "$tmp/slow/w" add file && git -C "$tmp/slow/w" commit -qm one
	serve --tls "$cert" "$key" --root "$tmp/slow" --drip 100 --drip-from 9000
	"$SMIDGIT" clone --proxy "$proxy" --trace="$tmp/slow.trace" "$url/w" "$tmp/cut" >"$tmp/clone.log" 2>&1 </dev/null &
	clone=$!
	until grep -q 'S: .*packfile' "$tmp/slow.trace" 2>/dev/null || ! kill -0 $clone 2>/dev/null; do sleep 0.05; done
	kill -KILL $proxy_pid
	wait $clone
	clone_status=$?
	# The kernel resets the connection (3), or ends it without TLS's last words (4), by what was not yet read.
	check "the proxy dies: $clone_status, $(cat "$tmp/clone.log")" test $clone_status -eq 3 -o $clone_status -eq 4
	check 'nothing of the clone stays' test ! -e "$tmp/cut"
fi
if has squid; then
	printf 'anna:$apr1$salt$%s\n' "$(openssl passwd -apr1 -salt salt secret | sed 's/.*\$//')" >"$open/passwords"
	squid_begin "auth_param basic program /usr/lib/squid/basic_ncsa_auth $open/passwords" \
		'acl known proxy_auth REQUIRED' 'http_access deny !known'
	locked=$proxy
	squid_begin
	each squid
	check 'squid saw the absolute form' grep -q "GET $http/four-objects.git/info/refs" "$proxy_log"
	check 'squid saw CONNECT' grep -q "CONNECT localhost:$https_port" "$proxy_log"
	check_fails 3 'squid: nobody is there' list https://localhost:1 --proxy "$proxy"
	said 'does not connect to localhost:1: it answered 503'

	# TLS to the proxy, and TLS to the server in it.
	cp "$cert" "$key" "$open" && chmod 644 "$open/cert.pem" "$open/key.pem"
	squid_port=https_port
	squid_begin "auth_param basic program /usr/lib/squid/basic_ncsa_auth $open/passwords" \
		'acl known proxy_auth REQUIRED' 'http_access deny !known'
	proxy=localhost:$free
	git config --global http.proxySSLCAInfo "$cert"
	for place in "$http" "$https"; do
		export all_proxy="https://anna:secret@$proxy"
		check "https proxy: as git: $place" as_git "$place"
		check "https proxy: clone: $place" same_clone "$place"
		unset all_proxy
		check_fails 5 "https proxy: no password: $place" list "$place" --proxy "https://$proxy"
		said "the proxy $proxy (--proxy) wants a user name and a password"
		check_fails 4 "https proxy: a certificate that nobody trusts: $place" env GIT_SSL_CAINFO=/dev/null \
			"$SMIDGIT" ls-remote --proxy "https://$proxy" "$place/four-objects.git"
		check_fails 4 "https proxy: --insecure is for the server: $place" env -u GIT_SSL_CAINFO \
			"$SMIDGIT" ls-remote --insecure --proxy "https://$proxy" "$place/four-objects.git"
		said "the proxy $proxy (--proxy): "
		check_fails 4 "https proxy: that is none: $place" list "$place" --proxy "https://127.0.0.1:$http_port"
	done
fi

# SOCKS: the same answers by each way to ask; names and addresses.
if has microsocks; then
	free_port
	begin microsocks microsocks -i 127.0.0.1 -p "$free" -u anna -P secret
	locked=$proxy
	free_port
	begin microsocks microsocks -i 127.0.0.1 -p "$free"
	for scheme in socks5 socks5h; do
		for place in "$http" "$https"; do
			export all_proxy="$scheme://$proxy"
			check "$scheme: as git: $place" as_git "$place"
			check "$scheme: clone: $place" same_clone "$place"
			all_proxy=$scheme://anna:secret@$locked
			check "$scheme: a password: $place" as_git "$place"
			unset all_proxy
			check_fails 5 "$scheme: a wrong password" list "$place" --proxy "$scheme://anna:wrong@$locked"
			said 'refuses the user name and the password'
			check_fails 5 "$scheme: no password" list "$place" --proxy "$scheme://$locked"
			said 'wants a user name and a password'
		done
	done
	helper "$locked"
	check 'SOCKS: a helper' list "$https" --proxy "socks5h://anna@$locked"
	sed -i s/secret/wrong/ "$tmp/helper"
	: >"$tmp/helper.log"
	check_fails 5 'SOCKS: a helper that is wrong' list "$https" --proxy "socks5h://anna@$locked"
	said "the proxy $locked (--proxy) refuses the user name and the password from the credential helper"
	check 'SOCKS: it is told so' grep -q '^erase' "$tmp/helper.log"
	git config --global --unset-all credential.helper
	check_fails 3 'SOCKS: nobody is there' list https://localhost:1 --proxy "socks5h://$proxy"
	said "the proxy $proxy (--proxy): localhost:1: SOCKS: the proxy does not connect: "
	check 'socks5 finds the address here' list "https://localhost:$https_port" --proxy "socks5://$proxy" \
		--resolve "localhost:$https_port:127.0.0.1"
	check_fails 3 'socks5 asks whom --resolve says' list "https://localhost:$https_port" --proxy "socks5://$proxy" \
		--resolve "localhost:$https_port:127.0.0.9"
	check 'socks5h has the proxy find it' list "https://localhost:$https_port" --proxy "socks5h://$proxy" \
		--resolve "localhost:$https_port:127.0.0.9"
fi
# A proxy of HTTP is none of SOCKS.
fake --raw "$tmp/403"
check_fails 7 'SOCKS: an answer of HTTP' list "$https" --proxy "socks5h://$proxy"
said 'this is no SOCKS proxy of version 5'
finish
