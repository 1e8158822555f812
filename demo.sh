#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# demo.sh: installs what is missing, builds, and tells how two cases go through the gate between a clinic and a lab.
set -eu

cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/packages.sh

build=build/demo
bold='' dim='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\033[1m' dim=$'\033[2m' red=$'\033[31m' plain=$'\033[0m'
fi

# ---- words for the story ---------------------------------------------------------------------------------------------

chapter=0
chapter() { chapter=$((chapter + 1)); printf '\n%s%d. %s%s\n' "$bold" "$chapter" "$*" "$plain"; }
say() { printf '\n%s\n' "$*" | fmt -w 100; }
show_file() { printf '%s$ cat %s%s\n' "$dim" "$1" "$plain"; tr -d '\r' <"$1" | sed 's/^/    /'; }

# A command line as one would type it.
typed() {
    local word line='$ casegate'
    for word in "$@"; do
        case $word in
            *[!a-zA-Z0-9_./:=+-]*) line+=" \"$word\"" ;;
            *) line+=" $word" ;;
        esac
    done
    printf '%s%s%s\n' "$bold" "$line" "$plain"
}

# expect STATUS ARG...: runs the tool, shows what it answers, and ends the demo if it does not exit as the story says.
answer=''
expect() {
    local want=$1 status=0
    shift
    typed "$@"
    answer=$("$build/src/cli/casegate" "$@" </dev/null 2>&1) || status=$?
    [ -z "$answer" ] || printf '%s\n' "$answer" | sed 's/^/    /'
    if [ "$status" -ne "$want" ]; then
        printf '%sthe story goes wrong here: exit status %d, not %d%s\n' "$red" "$status" "$want" "$plain" >&2
        exit 1
    fi
}
done_() { expect 0 "$@"; }
refused() { expect 1 "$@"; }
# The last characters of the id in the answer: enough to name a case.
part_of_id() { printf '%s\n' "$answer" | sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' | head -n 1 | tail -c 9; }

# ---- packages and build ----------------------------------------------------------------------------------------------

ensure_packages build-essential cmake ninja-build pkg-config uuid-dev libjansson-dev libsqlite3-dev libcurl4-openssl-dev
mkdir -p "$build"
echo "Building into $build ..."
if ! { cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCASEGATE_TESTS=OFF &&
       cmake --build "$build" --target casegate_cli; } >"$build/build.log" 2>&1; then
    cat "$build/build.log" >&2
    exit 1
fi

story=$build/story
rm -rf "$story"
mkdir "$story"
export CASEGATE_STORE=sqlite:$story/story.db CASEGATE_PEOPLE=examples/people.json CASEGATE_OUTBOX=$story/outbox
unset CASEGATE_POLICY CASEGATE_FROM
in_three_weeks=$(date -u -d '+21 days' +%F) in_four_weeks=$(date -u -d '+28 days' +%F)

# ---- the story -------------------------------------------------------------------------------------------------------

printf '\n%sA clinic, a lab, and two cases%s\n' "$bold" "$plain"
say "Clara (desk) and Dan (dentist) work at clinic-north; Lena and Lars at lab-one, where Lars may only look." \
    "Carl is of another clinic, Olga of another lab. They are in examples/people.json; the cases are in examples/cases."
done_ init

chapter "The clinic prepares a case and submits it"
say "Clara begins with a draft. It is nobody's business but the clinic's: the lab does not see it yet."
done_ create --as clara --lab lab-one examples/cases/anterior-crowns.json
crowns=$(part_of_id)
done_ list --as lena
say "The delivery date was agreed on the phone. A draft may be edited freely; each change is a revision."
printf '{"due": "%s"}\n' "$in_three_weeks" >"$story/due.json"
show_file "$story/due.json"
done_ edit --as clara "$crowns" --revision 1 --patch "$story/due.json"
done_ submit --as clara "$crowns"
say "Dan is in a hurry, and submits his case as it is, in one step."
done_ create --as dan --lab lab-one --submit examples/cases/molar-inlay.json
inlay=$(part_of_id)

chapter "The lab looks"
say "Both cases require action. This is everything that Lena must see before she decides on the second one."
done_ list --as lena --requires-action --order due
done_ show --as lena "$inlay"
say "The completeness review names what is missing, and the rejection reason that it suggests."
done_ review --as lena "$inlay"
done_ review --as lena "$crowns"

chapter "Clicks that are refused, and why"
say "Why does Clara have no Accept button?"
done_ explain --as clara "$inlay" accept
say "And which buttons does Lena have?"
done_ explain --as lena "$inlay"
say "Lars works at the lab, but has no permission to decide."
refused accept --as lars "$inlay" --yes --revision 1
say "Olga, of another lab, learns nothing: not even whether there is such a case."
refused show --as olga "$inlay"
refused show --as olga 00000000-0000-7000-8000-000000000000
say "Lena may reject, but not without a reason of the list."
refused reject --as lena "$inlay" --revision 1
done_ reasons

chapter "The lab rejects, and clinic and dentist are told"
done_ reject --as lena "$inlay" --revision 1 --reason unreadable_scan \
    --comment "There is no scan, only a bitewing: please send the STL." \
    --file-list examples/rejection-files.json
say "In the portal, where reason, comment and file are shown:"
done_ inbox --as clara
done_ inbox --as dan
say "And by e-mail. It names the case and the reason, and nothing of the patient."
for mail in "$story"/outbox/*.eml; do
    show_file "$mail"
    break
done
printf '    %s\n' "$story"/outbox/*.eml

chapter "The clinic revises the case and submits it again"
say "Dan supplies what was missing. It is the same case, and its rejection stays in its history."
cat >"$story/revision.json" <<END
{
  "answers": [
    {"id": "q1", "service": "s1", "question": "Which surfaces?", "response": "Occlusal and distal", "required": true},
    {"id": "q2", "service": "s1", "question": "Opposing tooth restored?", "response": "No", "required": true}
  ],
  "files": [{"id": "f2", "kind": "scan", "name": "lower-left.stl", "media_type": "model/stl", "size": 15204352}],
  "due": "$in_three_weeks"
}
END
show_file "$story/revision.json"
done_ edit --as dan "$inlay" --revision 1 --patch "$story/revision.json"
done_ submit --as dan "$inlay"
done_ review --as lena "$inlay"

chapter "A decision is bound to what was reviewed"
say "While Lena looks at revision 2, Clara gives the lab another week. Lena's click comes too late: it names what is different."
printf '{"due": "%s"}\n' "$in_four_weeks" >"$story/week.json"
done_ edit --as clara "$inlay" --revision 2 --patch "$story/week.json"
refused accept --as lena "$inlay" --yes --revision 2
say "She looks again, and confirms revision 3. At a terminal she would be shown the case and asked to type yes." \
    "The click arrives twice: it is one decision. The other case was complete, and is accepted as it is."
done_ accept --as lena "$inlay" --yes --revision 3 --request-id click-4711
done_ accept --as lena "$inlay" --yes --revision 3 --request-id click-4711
done_ accept --as lena "$crowns" --yes --revision 2

chapter "An accepted case is locked, for good"
refused edit --as clara "$inlay" --revision 3 --patch "$story/due.json"
refused reject --as lena "$inlay" --revision 3 --reason other
done_ list --as clara

chapter "The record"
say "Who did what, when, and why; each entry is sealed with all before it."
done_ history --as clara "$inlay"
done_ verify --as lena "$inlay"
done_ verify --as ops

printf '\n%sLook around%s\n\n' "$bold" "$plain"
cat <<END
    export PATH="$PWD/$build/src/cli:\$PATH"
    export CASEGATE_STORE=sqlite:$PWD/$story/story.db CASEGATE_PEOPLE=$PWD/$CASEGATE_PEOPLE
    casegate help                              the commands; \`casegate help accept\` says more of one
    casegate list --as clara                   what the clinic sees; --as lena: the lab
    casegate show --as lena $crowns           one case; --json: for programs
    casegate create --as clara --lab lab-one --submit examples/cases/anterior-crowns.json
    casegate accept --as lena ID               at a terminal: shows the case, and asks
    casegate test tests/scenarios/*.json       the rules, tested without a line of C
    man src/cli/casegate.1                     the manual
END
