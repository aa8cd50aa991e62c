# SPDX-License-Identifier: MIT
# Other people's servers, on loopback: Debian's nginx with fcgiwrap (TLS), Apache (Basic auth), both
# in front of git-http-backend, and dulwich's own (protocol version 0, HTTP/1.0). Called by
# `make interop`; one that is not installed is a failure. Runs as root and as anybody else.
. "${0%/*}/cmd/lib.sh"
. "${0%/*}/cmd/oracle.sh"
. "${0%/*}/nginx.sh"
names='four-objects many-refs names kinds empty detached octopus odd history'
fixture $names
root=$tmp/root
mkdir "$root"
for name in $names; do cp -r "$FIXTURES/$name.git" "$root/"; done
chmod -R a+rX "$tmp"
git config --global --add safe.directory '*'

# fetched NAME URL REPOSITORY [OPTION...]: what the server gets after a clone comes with a fetch; then
# what was cut of history.
fetched() {
	fetched_name=$1 fetched_url=$2 fetched_git=$3
	shift 3
	rm -rf "$tmp/fetched" "$tmp/cut"
	check "$fetched_name: clone" "$SMIDGIT" clone -q "$@" "$fetched_url" "$tmp/fetched"
	check "$fetched_name: nothing new" "$SMIDGIT" -C "$tmp/fetched" fetch "$@"
	tip=$(git --git-dir "$fetched_git" commit-tree -p HEAD -m more 'HEAD^{tree}')
	git --git-dir "$fetched_git" update-ref HEAD "$tip"
	check "$fetched_name: fetch" "$SMIDGIT" -C "$tmp/fetched" fetch "$@"
	said ' -> origin/'
	check "$fetched_name: has what is new" test "$(git -C "$tmp/fetched" rev-parse origin/HEAD)" = "$tip"
	check "$fetched_name: pull" "$SMIDGIT" -C "$tmp/fetched" pull -q "$@"
	check "$fetched_name: is whole" git -C "$tmp/fetched" fsck --full --strict
	check "$fetched_name: is clean" test -z "$(git -C "$tmp/fetched" status --porcelain)"
}

# unshallowed NAME URL REPOSITORY
unshallowed() {
	rm -rf "$tmp/cut"
	check "$1: cut" "$SMIDGIT" clone -q --depth 1 "$2" "$tmp/cut"
	check "$1: deeper" "$SMIDGIT" -C "$tmp/cut" fetch -q --deepen 1
	check "$1: whole" "$SMIDGIT" -C "$tmp/cut" fetch -q --unshallow
	check "$1: no longer cut" test ! -e "$tmp/cut/.git/shallow"
	check "$1: has all of it" test "$(git -C "$tmp/cut" rev-list --count HEAD)" = \
		"$(git --git-dir "$3" rev-list --count HEAD)"
	check "$1: the whole is whole" git -C "$tmp/cut" fsck --full --strict
}

apache_start() {
	port=$(free_port)
	modules=$(dirname "$(find /usr/lib -name mod_cgi.so | head -n 1)")
	mkdir "$tmp/apache"
	printf 'anna:%s\n' "$(openssl passwd -apr1 secret)" >"$tmp/apache/users"
	{
		for module in mpm_prefork authn_core authn_file authz_core authz_user auth_basic alias env \
			setenvif cgi; do
			echo "LoadModule ${module}_module $modules/mod_$module.so"
		done
		[ "$(id -u)" -ne 0 ] || printf 'User www-data\nGroup www-data\n'
		cat <<-EOF
			ServerName localhost
			Listen 127.0.0.1:$port
			PidFile $tmp/apache/pid
			ErrorLog $tmp/apache/error.log
			DefaultRuntimeDir $tmp/apache
			Mutex file:$tmp/apache
			DocumentRoot $root
			SetEnv GIT_PROJECT_ROOT $root
			SetEnv GIT_HTTP_EXPORT_ALL 1
			SetEnv HOME $HOME
			SetEnvIf Git-Protocol ".*" GIT_PROTOCOL=\$0
			ScriptAlias /git/ $backend/
			<Directory $(dirname "$backend")>
				Require all granted
			</Directory>
			<Location /git/history.git>
				AuthType Basic
				AuthName "Team repositories"
				AuthUserFile $tmp/apache/users
				Require valid-user
			</Location>
		EOF
	} >"$tmp/apache/config"
	chmod -R a+rwX "$tmp/apache"
	check 'Apache starts' apache2 -d "$tmp/apache" -f "$tmp/apache/config" -k start
	servers="$servers $(cat "$tmp/apache/pid")"
	url=http://127.0.0.1:$port/git
}

dulwich_start() {
	mkfifo "$tmp/dulwich.port"
	"$python" - "$root" "$tmp/dulwich.port" >"$tmp/dulwich.log" 2>&1 <<-'EOF' &
		import os, sys
		from wsgiref.simple_server import make_server
		from dulwich.repo import Repo
		from dulwich.server import DictBackend
		from dulwich.web import (WSGIRequestHandlerLogger, WSGIServerLogger, make_wsgi_chain)
		backend = DictBackend({"/" + name: Repo(os.path.join(sys.argv[1], name))
		                       for name in os.listdir(sys.argv[1])})
		server = make_server("127.0.0.1", 0, make_wsgi_chain(backend),
		                     handler_class=WSGIRequestHandlerLogger, server_class=WSGIServerLogger)
		with open(sys.argv[2], "w") as out:
		    print(server.server_port, file=out)
		server.serve_forever()
	EOF
	servers="$servers $!"
	port=$(timeout 30 head -n 1 "$tmp/dulwich.port")
	url=http://127.0.0.1:$port
}

echo 'nginx, fcgiwrap, TLS'
nginx_start
for name in $names; do oracle "nginx $name" "$url/$name.git"; done
oracle 'nginx depth' "$url/history.git" --depth 2
oracle 'nginx follow' "$url/octopus.git"
oracle_follow 'nginx' "$url/octopus.git" "$root/octopus.git"
export SSL_CERT_FILE="$cert"
fetched 'nginx' "$url/four-objects.git" "$root/four-objects.git"
fetched 'nginx, version 0' "$url/kinds.git" "$root/kinds.git" --protocol 0
unshallowed 'nginx' "$url/history.git" "$root/history.git"
unset SSL_CERT_FILE
stop_servers
cert=

echo 'Apache, Basic auth'
apache_start
for name in $names; do
	case $name in history) continue ;; esac
	oracle "Apache $name" "$url/$name.git"
done
printf '#!/bin/sh\ncase $1 in Username*) echo anna ;; *) echo secret ;; esac\n' >"$tmp/askpass"
chmod +x "$tmp/askpass"
GIT_ASKPASS=$tmp/askpass
export GIT_ASKPASS
oracle 'Apache, Basic auth' "$url/history.git"
unset GIT_ASKPASS
check_fails 5 'Apache, wrong password' \
	"$SMIDGIT" clone "http://anna:wrong@127.0.0.1:$port/git/history.git" "$tmp/refused"
check_fails 6 'Apache, no such repository' "$SMIDGIT" ls-remote "$url/no-such.git"
fetched 'Apache' "$url/octopus.git" "$root/octopus.git"
unshallowed 'Apache' "$url/octopus.git" "$root/octopus.git"
stop_servers

echo 'dulwich, version 0'
dulwich_start
for name in four-objects names kinds octopus; do
	oracle "dulwich $name" "$url/$name.git"
	check "dulwich $name: ls-remote" sh -c 'git ls-remote "$1" >"$2/theirs" && "$SMIDGIT" ls-remote "$1" >"$2/ours" &&
		diff -u "$2/theirs" "$2/ours"' sh "$url/$name.git" "$tmp"
done
fetched 'dulwich' "$url/names.git" "$root/names.git"
finish
