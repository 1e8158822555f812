#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's session with the tool runs as it stands, and every casegate command line of the documents is one that the tool knows.
# usage: commands.sh SOURCE_DIR CASEGATE
set -eu
source=$1 tool=$2
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$source/examples" "$work/examples"
mkdir "$work/bin"
ln -s "$tool" "$work/bin/casegate"
PATH=$work/bin:$PATH
unset CASEGATE_STORE CASEGATE_PEOPLE CASEGATE_POLICY CASEGATE_OUTBOX CASEGATE_FROM CASEGATE_SMTP CASEGATE_LINK CASEGATE_LANGUAGE CASEGATE_TEMPLATES || true

# The block below "## The tool"; CASE stands for the id of the case that was made.
awk '/^## / { on = ($0 == "## The tool") } on && /^```/ { inside = !inside; next } on && inside { print }' "$source/README.md" >"$work/session"
grep -q '^casegate create' "$work/session" || { echo "not ok - README.md has no session with the tool"; exit 1; }
cat >"$work/run" <<'END'
set -eu
CASE=
while read -r line; do
    line=$(printf '%s\n' "$line" | sed "s/ CASE\\( \\|\$\\)/ $CASE\\1/")
    echo "\$ $line"
    case $line in
        *create*) eval "$line --json" >made.json </dev/null
            CASE=$(tr ',{}' '\n' <made.json | sed -n 's/^ *"id": *"\([0-9a-f-]\{36\}\)".*/\1/p' | head -n 1)
            [ -n "$CASE" ] ;;
        "export "*) eval "$line" ;;
        *) eval "$line" </dev/null ;;
    esac
done <session
END
(cd "$work" && sh run) >"$work/log" 2>&1 || { cat "$work/log"; echo "not ok - the README's session stops here"; failed=1; }

# Command lines in the other documents: the command exists and has these options.
awk 'FNR == 1 { inside = 0 } /^```/ { inside = !inside; next } inside && /^casegate [a-z]/ { print }' \
    "$source"/README.md "$source"/docs/*.md "$source"/CONTRIBUTING.md | sort -u >"$work/lines"
while read -r line; do
    command=$(printf '%s\n' "$line" | cut -d ' ' -f 2)
    casegate help "$command" >"$work/help" 2>&1 || { echo "not ok - no such command: $line"; failed=1; continue; }
    for option in $(printf '%s\n' "$line" | grep -oE -e '--[a-z-]+' || true); do
        grep -qF -e "$option" "$work/help" || { echo "not ok - $command has no $option: $line"; failed=1; }
    done
done <"$work/lines"
[ $failed -ne 0 ] || echo "ok - the README's session ran, $(wc -l <"$work/lines") command lines are known"
exit $failed
