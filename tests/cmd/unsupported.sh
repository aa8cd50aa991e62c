# SPDX-License-Identifier: MIT
# Settings that would change the outcome, and do not: said once, by the commands that they are of matter
# for, and only with a value that changes something.
. "${0%/*}/lib.sh"
export GIT_CONFIG_NOSYSTEM=1
root=$tmp/root
mkdir "$root"
git init -q -b main "$tmp/up"
echo text >"$tmp/up/file"
git -C "$tmp/up" add file
git -C "$tmp/up" commit -qm one
git -C "$tmp/up" commit -qm two --allow-empty
git clone -q --bare "$tmp/up" "$root/r.git"
serve --root "$root"
git clone -q "$url/r.git" "$tmp/w"
git -C "$tmp/w" remote add second "$url/r.git"

lines='is not supported: lines end in files as they do in the repository'
direct='is not supported: the server is talked to directly'
# warns TEXT COMMAND...: "warning: TEXT" is all that is said on standard error; "": nothing is.
warns() {
	warns_text=${1:+warning: $1}
	shift
	rm -rf "$tmp/new"
	"$@" >/dev/null 2>"$tmp/stderr" </dev/null
	[ -z "$warns_text" ] || echo "$warns_text" >"$tmp/expected"
	[ -n "$warns_text" ] || : >"$tmp/expected"
	check "$*" same "$tmp/expected" "$tmp/stderr"
}
# in_w [NAME=VALUE] COMMAND...: in the repository, with a setting.
in_w() {
	in_w_setting=$1
	shift
	"$SMIDGIT" -C "$tmp/w" -c "$in_w_setting" "$@"
}

for value in true yes 1 input Input; do
	for command in 'status' 'checkout -q main' 'reset -q --hard'; do
		# shellcheck disable=SC2086
		warns "core.autocrlf $lines" in_w "core.autocrlf=$value" $command
	done
done
warns "core.eol $lines" in_w core.eol=crlf status
warns "core.autocrlf $lines" in_w core.autocrlf=true -c core.eol=crlf status
warns 'core.sparseCheckout is not supported: all files are checked out' in_w core.sparseCheckout=true reset -q --hard
for setting in core.autocrlf=false core.autocrlf= core.eol=lf core.eol=native core.sparseCheckout=false http.proxy= a.b=c; do
	for command in 'status' 'reset -q --hard' 'pull -q'; do
		# shellcheck disable=SC2086
		warns '' in_w "$setting" $command
	done
done
for command in log branch 'fetch -q' 'clean -n' 'rev-parse HEAD' 'config a.b'; do
	# shellcheck disable=SC2086
	warns '' in_w core.autocrlf=true $command
done

# A clone reads what the user has set, not what it makes.
git config --global core.autocrlf true
warns "core.autocrlf $lines" "$SMIDGIT" clone -q "$url/r.git" "$tmp/new"
warns '' "$SMIDGIT" clone -q -n "$url/r.git" "$tmp/new"
warns '' "$SMIDGIT" clone -q --bare "$url/r.git" "$tmp/new"
warns '' "$SMIDGIT" export -q "$url/r.git" "$tmp/new"
git config --global core.autocrlf input
warns '' "$SMIDGIT" clone -q "$url/r.git" "$tmp/new"
git config --global --unset core.autocrlf

# Proxies: whoever talks to a server.
proxy=http://user:secret@127.0.0.1:9
for command in 'fetch -q' 'fetch -q --all' 'pull -q'; do
	# shellcheck disable=SC2086
	warns "http.proxy $direct" in_w "http.proxy=$proxy" $command
done
warns '' in_w "http.proxy=$proxy" status
git -C "$tmp/w" reset -q --hard HEAD~1
warns "http.proxy $direct
warning: core.autocrlf $lines" in_w core.autocrlf=true -c "http.proxy=$proxy" pull -q
warns "http.proxy $direct" in_w core.autocrlf=true -c "http.proxy=$proxy" pull -q
git config --global http.proxy "$proxy"
warns "http.proxy $direct" "$SMIDGIT" clone -q "$url/r.git" "$tmp/new"
warns "http.proxy $direct" "$SMIDGIT" export -q "$url/r.git" "$tmp/new"
warns "http.proxy $direct" "$SMIDGIT" ls-remote "$url/r.git"
git config --global http.proxy ''
warns '' env http_proxy="$proxy" "$SMIDGIT" ls-remote "$url/r.git"
git config --global --unset http.proxy
for name in http_proxy all_proxy ALL_PROXY; do
	warns "$name $direct" env "$name=$proxy" "$SMIDGIT" ls-remote "$url/r.git"
	warns '' env "$name=" "$SMIDGIT" ls-remote "$url/r.git"
done
for name in HTTP_PROXY https_proxy HTTPS_PROXY; do
	warns '' env "$name=$proxy" "$SMIDGIT" ls-remote "$url/r.git"
done
certificate
serve --root "$root" --tls "$cert" "$key"
for name in https_proxy HTTPS_PROXY all_proxy; do
	warns "$name $direct" env "$name=$proxy" "$SMIDGIT" ls-remote --cacert "$cert" "$url/r.git"
done
warns '' env http_proxy="$proxy" "$SMIDGIT" ls-remote --cacert "$cert" "$url/r.git"
for list in localhost '*' 'x, LOCALHOST' .localhost,x; do
	warns '' env no_proxy="$list" https_proxy="$proxy" "$SMIDGIT" ls-remote --cacert "$cert" "$url/r.git"
	warns '' env NO_PROXY="$list" https_proxy="$proxy" "$SMIDGIT" ls-remote --cacert "$cert" "$url/r.git"
done
for list in host calhost x.localhost ' ' ,; do
	warns "https_proxy $direct" env no_proxy="$list" https_proxy="$proxy" "$SMIDGIT" ls-remote --cacert "$cert" "$url/r.git"
done
finish
