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
for setting in core.autocrlf=false core.autocrlf= core.eol=lf core.eol=native core.sparseCheckout=false a.b=c; do
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

finish
