# SPDX-License-Identifier: MIT
# Help fits a screen, and has a value for whatever takes one. What the shells complete, by the shells
# themselves where they are installed.
. "${0%/*}/lib.sh"
fits() {
	awk '{ if (length > 80) { print; wide = 1 } } END { exit wide || NR > lines }' lines="$1" "$2"
}
"$SMIDGIT" help >"$tmp/help"
check 'help: 24 lines of 80, with the prompt' fits 23 "$tmp/help"
commands=$("$SMIDGIT" version -v | sed -n 's/^commands://p')
for command in $commands; do
	"$SMIDGIT" help "$command" >"$tmp/help.$command"
	check "help $command: 80 wide" fits 1000 "$tmp/help.$command"
	case $command in
	credential*) ;;
	*) check "help has $command" grep -q "^  $command  *[^ ]" "$tmp/help" ;;
	esac
done
# An option that takes a word has a value in its text, or in the line below it; a file is one.
without_value() {
	cat "$tmp"/help.* | awk '
		option && !/^  *like / { print option }
		{ option = "" }
		/^  (-[A-Za-z](, )?)?(--[a-z-]+)?(\[=| )[A-Z@]/ && !/ FILE|like |\([^)]*\)$|\(default\)|-b NAME|-B NAME/ { option = $0 }'
}
without_value >"$tmp/without"
: >"$tmp/nothing"
check 'a value for each option' same "$tmp/nothing" "$tmp/without"
# What people use first stands first.
first() {
	awk -v name="$2" '/^seldom needed:/ { seldom = 1 } index($0, "  " name) { exit seldom }' "$tmp/help.$1"
}
for option in '-b, --branch' '--depth' '-q, --quiet' '--progress' '--user' '--cacert'; do
	check "clone $option is no seldom one" first clone "$option"
done
check_fails 1 'clone --max-refs is a seldom one' first clone --max-refs
for option in '-p, --prune' '-t, --tags' '--depth' '--unshallow'; do
	check "fetch $option is no seldom one" first fetch "$option"
done

mkdir "$tmp/share"
check 'completion' sh src/doc/completions.sh "$SMIDGIT" "$tmp/share"
rm "$tmp"/help.credential-*
grep -ohE -e '^  (-[A-Za-z], )?--[a-z-]+' "$tmp"/help.* | sed 's/.*--//' | sort -u >"$tmp/options"
# lacks FILE: the options that FILE has not.
lacks() {
	grep -oE -e '(--|-l )[a-z-]+' "$tmp/share/$1" | sed 's/^-l //; s/^--//' | sort -u | comm -23 "$tmp/options" - >"$tmp/lacking"
	same "$tmp/nothing" "$tmp/lacking"
}
for file in bash-completion/completions/smidgit fish/vendor_completions.d/smidgit.fish zsh/site-functions/_smidgit; do
	check "all options in $file" lacks "$file"
done
cd "$tmp" || exit 2
mkdir empty && touch empty/notes.txt

# offers WORDS OFFERED...: what each shell is to offer for the last word of the command line.
: >lines && : >expected
offers() {
	printf '%s\n' "$1" >>lines
	printf '== %s\n' "$1" >>expected
	shift
	printf '%s\n' "$@" >>expected
}
offers 'smidgit cl' clean clone
offers 'smidgit help cl' clean clone
offers 'smidgit -C . pu' pull
offers 'smidgit clone --de' --depth
offers 'smidgit clone --br' --branch
offers 'smidgit clone --pass' --password-fd
offers 'smidgit -C . status --por' --porcelain
offers 'smidgit clone --cacert n' notes.txt

cat >bash.script <<'EOT'
source "../$1"
while IFS= read -r line; do
	read -ra COMP_WORDS <<<"$line"
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_smidgit
	# Bash itself offers files when the function has nothing.
	[[ ${COMPREPLY[*]} ]] || mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
	echo "== $line"
	printf '%s\n' "${COMPREPLY[@]}" | sort
done <../lines
EOT
cat >fish.script <<'EOT'
source ../$argv[1]
while read -l line
	echo "== $line"
	complete -C "$line" | cut -f 1
end <../lines
EOT
# zsh completes on a terminal alone; compadd is told what is offered, and asked what of it fits. What is typed
# before its editor reads again is the terminal's own to edit: Ctrl-U would take the words away there.
cat >zsh.script <<'EOT'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "stty kill undef; PROMPT=; fpath=(${(q)PWD:h}/${1:h} \$fpath); autoload -Uz compinit; compinit -u -D
compadd() { local -a o; builtin compadd -O o \"\$@\" 2>/dev/null; ((\$#o)) && print -rl -- \$o >>../fitting; builtin compadd \"\$@\" }
bindkey '^I' complete-word; print rea''dy"
while zpty -r z line && [[ $line != *ready* ]]; do :; done
while IFS= read -r words; do
	: >../fitting
	zpty -n -w z "$words"$'\t\x15print do\'\'ne\n'
	while zpty -r z line && [[ $line != *done* ]]; do :; done
	print -r -- "== $words"
	sort -u ../fitting
done <../lines
zpty -d z
EOT
ask() {
	(cd empty && "$@") >offered 2>offered.errors
	cat offered.errors
	same expected offered
}
while read -r shell options file; do
	if command -v "$shell" >/dev/null; then
		check "completion by $shell" ask "$shell" "$options" "../$shell.script" "$file"
	else
		echo "left out: completion by $shell, which is not installed"
	fi
done <<EOT
bash --norc share/bash-completion/completions/smidgit
fish --no-config share/fish/vendor_completions.d/smidgit.fish
zsh -f share/zsh/site-functions/_smidgit
EOT
finish
