#!/bin/sh
# SPDX-License-Identifier: MIT
# cli_test.sh TOOL ROOT [TEST...]: casegate(1) from outside. Every function it_... is a test; its name is what must hold.
# shellcheck disable=SC2013,SC2034,SC2046,SC2086
set -u

tool=$1 root=$2
shift 2
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
crowns=$root/examples/cases/anterior-crowns.json
inlay=$root/examples/cases/molar-inlay.json
scenarios=$root/tests/scenarios
export CASEGATE_PEOPLE="$root/examples/people.json"
unset CASEGATE_STORE CASEGATE_POLICY CASEGATE_OUTBOX CASEGATE_FROM CASEGATE_SMTP CASEGATE_LINK CASEGATE_LANGUAGE CASEGATE_TEMPLATES NO_COLOR

# ---- words for tests -------------------------------------------------------------------------------------------------

fail() { echo "  # $*"; sed 's/^/  # out: /' out; sed 's/^/  # err: /' err; exit 1; }
# A sanitizer takes memory of its own, which says nothing about the tool's.
is_sanitized() { ldd "$tool" 2>/dev/null | grep -q 'lib[a-z]*san'; }
skip() { echo "  # SKIP $*"; exit 77; }
run() { "$tool" "$@" >out 2>err </dev/null; status=$?; }
gives() { want=$1; shift; run "$@"; [ "$status" -eq "$want" ] || fail "exit status $status, not $want: casegate $*"; }
out_has() { for text in "$@"; do grep -qF -e "$text" out || fail "stdout lacks: $text"; done; }
err_has() { for text in "$@"; do grep -qF -e "$text" err || fail "stderr lacks: $text"; done; }
out_lacks() { for text in "$@"; do ! grep -qF -e "$text" out || fail "stdout has: $text"; done; }
err_lacks() { for text in "$@"; do ! grep -qF -e "$text" err || fail "stderr has: $text"; done; }
silent() { [ ! -s "$1" ] || fail "$1 is not empty"; }
mails() { find box -name '*.eml' | wc -l; }
id_of_out() { sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' out | head -n 1; }
store() { export CASEGATE_STORE="sqlite:$PWD/cases.db"; gives 0 init; }
# A case of the clinic, as a draft, submitted, or rejected; its id is in $case.
draft() { gives 0 create --as clara --lab lab-one "${1:-$crowns}"; case=$(id_of_out); [ -n "$case" ] || fail "no id"; }
received() { draft "$@"; gives 0 submit --as clara "$case"; }
rejected() {
    received
    gives 0 reject --as lena "$case" --revision 1 --reason unreadable_scan --comment "The margin is not visible."
}
# on_terminal INPUT ARG...: on a pseudo-terminal; what it shows is in out, without carriage returns.
on_terminal() {
    command -v script >/dev/null 2>&1 || skip "no script(1)"
    input=$1; shift
    line="'$tool'"
    for arg in "$@"; do line="$line '$arg'"; done
    (sleep 1; printf '%b' "$input"; sleep 1) | TERM=xterm script -qec "$line" /dev/null >typed 2>err
    status=$?
    tr -d '\r' <typed >out
}

# ---- the command line ------------------------------------------------------------------------------------------------

it_says_its_version_and_its_help() {
    gives 0 --version; out_has "casegate 1."
    gives 0 --help; out_has "usage: casegate COMMAND" "exit status: 0 done"; cp out help
    gives 0 help; cmp -s out help || fail "help differs from --help"
    gives 0 -h; silent err
}

it_has_help_for_every_command() {
    for command in init create edit submit list show explain review accept reject erase history inbox deliver notices requeue remind purge import export doctor waiting verify test \
                   diagram reasons help; do
        gives 0 help $command; out_has "usage: casegate $command"; cp out help
        gives 0 $command --help; cmp -s out help || fail "help $command differs from $command --help"
    done
    gives 2 help nonsense
}

it_is_described_by_its_manual() {
    manual=$root/src/cli/casegate.1
    gives 0 help
    sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' out >commands
    [ "$(wc -l <commands)" -eq 30 ] || fail "not 30 commands"
    while read -r command; do
        grep -qE "^(\.It )?\.?(It )?Cm $command" "$manual" || fail "the manual lacks the command $command"
        "$tool" help "$command" | sed -n '/^options:/,$s/^  --\([a-z-]*\).*/\1/p' >>options
    done <commands
    for option in $(sort -u options); do
        grep -qE "Fl -$option" "$manual" || fail "the manual lacks the option --$option"
    done
    for name in CASEGATE_STORE CASEGATE_PEOPLE CASEGATE_POLICY CASEGATE_OUTBOX CASEGATE_FROM CASEGATE_SMTP CASEGATE_LINK CASEGATE_LANGUAGE CASEGATE_TEMPLATES CASEGATE_WORKFLOWS NO_COLOR; do
        grep -qF "It Ev $name" "$manual" || fail "the manual lacks $name"
    done
}

it_tells_a_wrong_command_line_and_exits_with_2() {
    gives 2; err_has "which command"
    gives 2 nonsense; err_has "nonsense is not a command"
    gives 2 list --nonsense; err_has "--nonsense is not an option"
    gives 2 list --patch x; err_has "--patch is not an option of this command" "usage: casegate list"
    gives 2 list --limit; err_has "--limit needs a value"
    gives 2 list --limit 0; err_has "--limit wants a whole number from 1"
    gives 2 list --limit 1 --limit 2; err_has "given twice"
    gives 2 list --json=yes; err_has "--json takes no value"
    gives 2 list --json --limit x; silent err; out_has '"code":"usage"' '"field":"--limit"'; : >out
    gives 2 submit; err_has "something is missing"
    gives 2 submit a b; err_has "b is too much"
    silent out
}

it_names_what_a_command_stands_on() {
    gives 2 list; err_has "--as is missing"
    gives 2 list --as nobody --store memory:; err_has "--as names nobody"
    gives 2 list --as clara; err_has "--store is missing"
    gives 2 list --as clara --store postgres:x; err_has "wants sqlite:PATH, postgres://... or memory:"
    gives 2 list --as clara --store sqlite:; err_has "wants sqlite:PATH, postgres://... or memory:"
    CASEGATE_PEOPLE= ; export CASEGATE_PEOPLE
    gives 2 list --as clara; err_has "CASEGATE_PEOPLE is not set"
}

it_takes_options_anywhere_and_values_behind_an_equals_sign() {
    store; draft
    gives 0 --as=clara submit -- "$case"; out_has "Received"
}

it_names_a_file_that_cannot_be_read_and_the_place_of_a_fault_in_it() {
    store
    gives 3 create --as clara --lab lab-one no-such-file.json; err_has "no-such-file.json" "No such file"
    echo '{"anna": {"role": "queen", "org": "x"}}' >people.json
    gives 3 list --as anna --people people.json; err_has "people.json" "anna.role"
    echo '{"turnaround": "soon"}' >policy.json
    gives 3 reasons --policy policy.json; err_has "policy.json: turnaround"
}

it_answers_errors_as_json_too() {
    gives 3 list --json --as clara --store sqlite:none.db; out_has '{"error":{"code":"' '"field":"--store"'; silent err
    gives 2 submit --json; out_has '{"error":{"code":"usage"'; silent err
}

# ---- the store -------------------------------------------------------------------------------------------------------

it_makes_a_store_only_when_told() {
    gives 3 list --as clara --store sqlite:cases.db; err_has "casegate init"
    [ ! -e cases.db ] || fail "a file was made"
    gives 0 init --store sqlite:cases.db; out_has "created"
    gives 0 init --store sqlite:cases.db; out_has "was there already"
    gives 0 init --store sqlite:cases.db --json; out_has '"created":false'
    gives 0 list --as clara --store sqlite:cases.db; out_has "0 cases"
}

it_says_that_memory_forgets() {
    gives 0 create --as clara --lab lab-one --store memory: "$crowns"; err_has "forgets"
    gives 0 list --as clara --store memory:; out_has "0 cases"
}

it_refuses_a_file_that_is_no_store() {
    echo "this is not a database, it only looks like a long enough text to be read as one" >text.db
    gives 3 list --as clara --store sqlite:text.db
    cmp -s text.db - <<END || fail "the file was changed"
this is not a database, it only looks like a long enough text to be read as one
END
}

# ---- the guide -------------------------------------------------------------------------------------------------------

it_leads_a_case_from_draft_to_production() { # CG-R01 CG-R05 CG-R06 CG-R13
    store; draft; out_has "Draft, revision 1, attempt 0"
    gives 0 submit --as clara "$case"; out_has "Received" "Draft -> Received"
    gives 0 reject --as lena "$case" --revision 1 --reason invalid_timeline
    out_has "Rejected" "clinic" "dentist" "portal" "email"
    echo '{"due": "2099-03-16"}' >patch.json
    gives 0 edit --as clara "$case" --revision 1 --patch patch.json; out_has "revision 2" "changed due"
    gives 0 submit --as dan "$case"; out_has "attempt 2"
    gives 0 accept --as lena "$case" --yes --revision 2; out_has "In Production"
    gives 1 edit --as clara "$case" --revision 2 --patch patch.json; err_has "locked:" "-> "
    gives 0 verify --as ops "$case"; out_has "intact, 6 events"
}

it_creates_and_submits_in_one_step() {
    store
    gives 0 create --as dan --lab lab-one --submit "$crowns"; out_has "Received, revision 1, attempt 1"
}

it_reads_a_content_from_standard_input() {
    store
    "$tool" create --as clara --lab lab-one - <"$crowns" >out 2>err || fail "refused"
    out_has "NC-1042"
}

it_tells_every_obstacle_with_its_sentence_and_remedy() { # CG-R15
    store; draft
    gives 1 accept --as clara "$case" --yes --revision 1
    err_has "refused (3 obstacles)" "not_submitted: " "wrong_role: " "no_permission: "
    [ "$(grep -c -e '-> .' err)" -eq 3 ] || fail "not every obstacle has a remedy"
    silent out
}

it_refuses_a_rejection_without_a_reason_or_a_revision() { # CG-R06 CG-R18
    store; received
    gives 1 reject --as lena "$case"; err_has "review_required" "reason_required"
    gives 1 reject --as lena "$case" --revision 1 --reason because; err_has "reason_unknown"
    gives 0 show --as lena "$case"; out_has "Received"
}

it_accepts_without_a_question_only_when_the_revision_is_named() { # CG-R05 CG-R16
    store; received
    gives 2 accept --as lena "$case"; err_has "--yes and --revision N are needed"
    gives 2 accept --as lena "$case" --revision 1; err_has "--yes"
    gives 2 accept --as lena "$case" --yes; err_has "--revision is missing"
    gives 2 accept --as lena "$case" --json; out_has "--yes"
    gives 0 show --as lena "$case"; out_has "Received"
}

it_names_the_fields_that_changed_since_the_review() { # CG-R16
    store; received
    echo '{"due": "2099-03-16"}' >patch.json
    gives 0 edit --as clara "$case" --revision 1 --patch patch.json
    gives 1 accept --as lena "$case" --yes --revision 1; err_has "stale_review" "due"
    gives 1 accept --as lena "$case" --yes --revision 1 --json; out_has '"given":1' '"current":2' '"changed":["due"]'
}

it_does_not_let_a_patch_undo_what_happened_in_between() {
    store; draft
    echo '{"due": "2099-03-16"}' >due.json
    echo '{"instructions": "None."}' >instructions.json
    gives 0 edit --as clara "$case" --revision 1 --patch due.json
    gives 1 edit --as dan "$case" --revision 1 --patch instructions.json; err_has "stale_review" "due"
    gives 1 edit --as dan "$case" --patch instructions.json; err_has "review_required"
    gives 0 show --as dan "$case"; out_has "2099-03-16" "Light occlusal contact"
}

it_says_when_an_edit_changes_nothing() {
    store; draft
    gives 0 edit --as clara "$case" --revision 1 "$crowns"; out_has "revision 1" "nothing was different"
    gives 2 edit --as clara "$case" --revision 1; err_has "either --patch FILE or a FILE"
    gives 2 edit --as clara "$case" --revision 1 --patch x "$crowns"; err_has "either --patch FILE or a FILE"
}

it_says_what_is_wrong_with_a_content_and_changes_nothing() {
    store
    for fault in '{"patient": {"name": "a\u0000b"}}|NUL' '{"services": [{"code": "crown"}]}|services' \
                 '{"due": "2026-02-30"}|due' '{"surprise": 1}|surprise' '{"due": "2026-03-02"|' 'nothing|' \
                 '{"clinic": {"email": "a@b.example\r\nBcc: c@d.example"}}|clinic.email' \
                 '{"patient": {"name": "\u001b[31mred"}}|patient.name' '{"patient": {"name": "\u202eabc"}}|patient.name'; do
        printf '%s\n' "${fault%|*}" >content.json
        gives 1 create --as clara --lab lab-one content.json; err_has "invalid_input" "${fault##*|}"
        err_lacks "Bcc" "red" "nothing"
    done
    gives 1 create --json --as clara --lab lab-one content.json
    out_has '{"refused":[{"code":"invalid_input","field":"patient.name","problem":"control"'
    gives 0 list --as clara; out_has "0 cases"
}

it_tells_an_outsider_the_same_of_a_forbidden_and_an_unknown_case() { # CG-R14
    store; received
    gives 1 accept --as olga "$case" --yes --revision 1; cp err forbidden
    gives 1 accept --as olga "0${case#?}" --yes --revision 1; cmp -s err forbidden || fail "the answers differ"
    gives 1 accept --as olga no-such-case --yes --revision 1; cmp -s err forbidden || fail "the answers differ"
    gives 1 show --as carl "$case"; err_has "not_found"
    for command in history review explain verify; do gives 1 $command --as carl "$case"; err_has "not_found"; done
    gives 0 list --as olga; out_has "0 cases"
    part=$(printf %s "$case" | tail -c 8)
    gives 1 show --as olga "$part"; err_has "not_found"
}

it_answers_a_repeated_request_once() { # CG-R20
    store; received
    gives 0 accept --as lena "$case" --yes --revision 1 --request-id click-1; out_has "In Production"
    gives 0 accept --as lena "$case" --yes --revision 1 --request-id click-1; out_has "nothing was done again"
    gives 0 accept --as lena "$case" --yes --revision 1 --request-id click-1 --json; out_has '"replayed":true'
    gives 1 reject --as lena "$case" --revision 1 --reason other --request-id click-1; err_has "request_reused"
    gives 0 history --as ops "$case"; [ "$(grep -c ' accept ' out)" -eq 1 ] || fail "accepted more than once"
}

it_finds_a_case_by_a_part_of_its_id() {
    store; draft
    gives 0 show --as clara "$(printf %s "$case" | head -c 8)"; out_has "$case"
    gives 0 show --as clara "$(printf %s "$case" | tail -c 6)"; out_has "$case"
    gives 1 show --as clara "$(printf %s "$case" | tail -c 3)"; err_has "not_found"
    draft "$inlay"
    gives 2 show --as clara "$(printf %s "$case" | head -c 4)"; err_has "more than one case"
}

# ---- looking ---------------------------------------------------------------------------------------------------------

it_shows_everything_that_a_reviewer_must_see() { # CG-R03
    store; received
    gives 0 show --as lena "$case"
    out_has "Zoë Lindqvist" "p-20817" "1980-05-01" "Dr Dan Osei" "d-7" "dan.osei@clinic-north.example" "Full crown" "zirconia" \
            "A2" "44 45 46" "Margin type?" "Chamfer, 0.8 mm" "Light occlusal contact" "The patient grinds" "digital_upload" \
            "upper-prep.stl" "18874368" \
            "shade-tab-A2.jpg" "Match the translucency" "clinic-north" "lab-one" "Received"
}

it_shows_why_a_case_was_rejected() { # CG-R12
    store; received
    gives 0 reject --as lena "$case" --revision 1 --reason unreadable_scan --comment "The margin is not visible." \
        --file-list "$root/examples/rejection-files.json"
    gives 0 show --as clara "$case"
    out_has "Rejected because" "unreadable_scan" "The margin is not visible." "margin-not-visible.png"
    gives 0 show --as clara "$case" --json; out_has '"rejection":{' '"content":{'
    gives 0 history --as clara "$case"; out_has "comment: The margin is not visible." "file: margin-not-visible.png"
}

it_shows_an_older_revision_as_such() {
    store; received
    echo '{"due": "2099-03-16"}' >patch.json
    gives 0 edit --as clara "$case" --revision 1 --patch patch.json
    gives 0 show --as lena "$case" --revision 1; out_has "which is not the current one"; out_lacks "2099-03-16"
    gives 1 show --as lena "$case" --revision 9; err_has "not_found"
}

it_explains_why_there_is_no_button() { # CG-R15
    store; received
    gives 0 explain --as lena "$case"
    out_has "accept     yes" "reject     yes" "edit       no" "wrong_role: " "already_submitted: "
    gives 0 explain --as lars "$case" accept; out_has "no" "no_permission: "; out_lacks "reject"
    gives 2 explain --as lars "$case" fly; err_has "fly is not an action"
    gives 0 explain --as lena "$case" --json; out_has '"accept":[]' '"edit":[{"code":"wrong_role"'
}

it_reviews_what_is_missing() { # CG-R04
    store; received "$inlay"
    gives 0 review --as lena "$case"
    out_has "answer_missing" "answers[q2]" "scan_file_missing" "unreadable_scan" "due_missing" "invalid_timeline"
    gives 0 review --as lena "$case" --json; out_has '"findings":[{"code":"answer_missing"'
}

it_lists_what_requires_action() { # CG-R02 CG-R21
    store; draft; gives 0 list --as lena; out_has "0 cases"
    received "$inlay"
    gives 0 list --as lena --requires-action; out_has "NC-1043" "1 case"; out_lacks "NC-1042"
    gives 0 list --as clara --status draft; out_has "NC-1042" "1 case"
    gives 2 list --as clara --status nonsense; err_has "--status wants"
    gives 2 list --as clara --order nonsense; err_has "--order wants"
    gives 0 waiting --as lena --longer-than PT0S; out_has "NC-1043"
    gives 0 waiting --as lena --longer-than P1D; out_has "0 cases"
    gives 2 waiting --as lena; err_has "--longer-than is missing"
    gives 2 waiting --as lena --longer-than long; err_has "wants a duration"
}

it_pages_a_list_without_losing_or_repeating_a_case() {
    store
    for i in 1 2 3 4 5; do draft; done
    gives 0 list --as clara; [ "$(grep -c NC-1042 out)" -eq 5 ] || fail "not five"
    after=
    : >seen
    for page in 2 2 1; do
        gives 0 list --as clara --limit 2 ${after:+--after "$after"}
        [ "$(grep -c NC-1042 out)" -eq $page ] || fail "a page of another length"
        grep NC-1042 out | cut -d' ' -f1 >>seen
        after=$(sed -n 's/^there are more: --after //p' out)
    done
    [ -z "$after" ] || fail "there is no fourth page"
    [ "$(sort -u seen | wc -l)" -eq 5 ] || fail "a case is repeated or lost"
    gives 3 list --as clara --after nonsense
    gives 2 list --as clara --limit 1001; err_has "1 to 1000"
}

it_lines_tables_up_by_what_a_terminal_shows() {
    store
    sed 's/Zoë Lindqvist/陳大文/' "$crowns" >wide.json
    draft wide.json; draft "$inlay"
    gives 0 list --as clara
    [ "$(sed -n 's/Draft.*//; /陳大文/p' out | sed 's/陳大文/xxxxxx/' | head -n 1 | wc -c)" -eq \
      "$(sed -n 's/Draft.*//; /Ferreira/p' out | sed 's/Tomás/Tomas/' | head -n 1 | wc -c)" ] ||
        fail "the columns do not line up"
}

it_gives_one_json_document_for_every_command() {
    command -v jq >/dev/null 2>&1 || skip "no jq"
    store; export CASEGATE_OUTBOX="$PWD/box"
    json() { gives 0 "$@" --json; jq -e "$filter" out >/dev/null || fail "not as expected: $filter"; silent err; }
    filter='.case.status == "draft" and (.events | length) == 1' ; json create --as clara --lab lab-one "$crowns"
    case=$(jq -r .case.id out)
    echo '{"due":"2099-01-02"}' >p.json
    filter='.case.revision == 2 and .events[0].changed == ["due"]'; json edit --as clara "$case" --revision 1 --patch p.json
    filter='.case.status == "received" and .replayed == false'; json submit --as clara "$case"
    filter='(.cases | length) == 1 and .next == null'; json list --as lena
    filter='(.cases | length) == 1'; json waiting --as lena --longer-than PT0S
    filter='.content.patient.id == "p-20817" and .rejection == null'; json show --as lena "$case"
    filter='.actions.accept == [] and (.actions.edit | length) == 2'; json explain --as lena "$case"
    filter='.findings == []'; json review --as lena "$case"
    filter='.case.status == "rejected" and (.notices | length) == 4'; json reject --as lena "$case" --revision 2 --reason other
    filter='.unread == 1 and .notices[0].reason == "other"'; json inbox --as dan
    filter='.next != null'; json inbox --as dan --limit 1
    filter='.dead.notices == [] and .leased.next == null and .pending.notices == []'; json notices
    filter='.delivered.notices | length == 4'; json notices --state delivered
    filter='.notices == [] and .requeued == 0'; json requeue --all-dead
    filter='.cases == 0 and .made == 0'; json remind --older-than PT0S
    filter='.problems == 0 and (.checks | map(select(.name == "integrity")) | .[0].value == "ok")'; json doctor
    filter='.unread == 0'; json inbox --as dan --mark-read all
    filter='[.events[].action] == ["create","edit","submit","reject"]'; json history --as clara "$case"
    filter='.delivered == 0'; json deliver
    filter='.intact and .cases[0].events == 4'; json verify --as ops
    filter='(.reasons | length) == 5 and .reasons[0].label.en != null'; json reasons
    filter='.format == "casegate-workflow/1" and .name == "intake"'; json diagram
    filter='.case.status == "received"'; json submit --as clara "$case"
    filter='.case.status == "in_production"'; json accept --as lena "$case" --yes --revision 2
    filter='.failed == 0 and .passed > 0'; json test "$scenarios/guide.json"
    gives 1 submit --as clara "$case" --json
    jq -e '.refused[0].code == "already_accepted" and (.refused[0].sentence | length) > 0' out >/dev/null || fail "refusal"
}

# ---- telling ---------------------------------------------------------------------------------------------------------

it_keeps_email_notices_until_they_are_delivered() { # CG-R11
    store; rejected; out_has "pending" "delivered"
    gives 2 deliver; err_has "--outbox is missing"
    gives 0 deliver --outbox box; out_has "delivered 2, failed 0"
    [ "$(mails)" -eq 2 ] || fail "not two files"
    gives 0 deliver --outbox box; out_has "delivered 0"
}

it_delivers_at_once_with_an_outbox() { # CG-R11
    store; export CASEGATE_OUTBOX="$PWD/box"
    rejected; out_lacks "pending"
    [ "$(mails)" -eq 2 ] || fail "not two files"
    [ -z "$(find box -type f ! -name '*.eml')" ] || fail "something else was left in the outbox"
}

it_writes_email_as_rfc_5322_says_and_nothing_of_the_patient() { # CG-R11
    store; rejected
    gives 0 deliver --outbox box --from gate@lab.example
    for mail in box/*.eml; do
        tr -d '\r' <"$mail" >out
        [ "$(grep -c "$(printf '\r')\$" "$mail")" -eq "$(wc -l <"$mail")" ] || fail "a line does not end with CRLF"
        out_has "From: gate@lab.example" "Subject: Case NC-1042 was rejected" "MIME-Version: 1.0" \
                "Auto-Submitted: auto-generated" "Content-Type: text/plain; charset=utf-8" "Content-Type: text/html; charset=utf-8" \
                "Content-Transfer-Encoding: quoted-printable" "lab-one" "Submission: 1" "NC-1042"
        grep -qE '^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} \+0000$' out || fail "date"
        grep -qE "^Message-ID: <$case\.3\.[0-9]+@lab\.example>\$" out || fail "message id"
        grep -qE '^To: (desk|dan.osei)@clinic-north.example$' out || fail "recipient"
        out_lacks "Lindqvist" "p-20817" "1980" "not visible" "not-visible" "Osei"
    done
}

it_encodes_a_reference_that_is_not_plain() {
    store
    sed 's/NC-1042/Zähne-№-7 with a very long reference that goes on and on and on/' "$crowns" >content.json
    received content.json
    gives 0 reject --as lena "$case" --revision 1 --reason other
    gives 0 deliver --outbox box
    for mail in box/*.eml; do
        tr -d '\r' <"$mail" >out
        out_has "Subject: =?UTF-8?B?"
        [ -z "$(LC_ALL=C tr -d '\n -~' <out)" ] || fail "something is not ASCII"
        [ "$(awk '{ if (length($0) > 78) n++ } END { print n + 0 }' out)" -eq 0 ] || fail "a line is too long"
        sed -n '/^Subject/,/^Date/p' out | sed -n 's/.*=?UTF-8?B?\(.*\)?=/\1/p' |
            while read -r word; do printf %s "$word" | base64 -d; done >subject
        [ "$(cat subject)" = "Case Zähne-№-7 with a very long reference that goes on and on and on was rejected" ] ||
            fail "the subject is $(cat subject)"
    done
}

it_writes_as_the_command_line_says() {
    store; rejected
    gives 0 deliver --outbox box --from "Dental Lab One <gate@lab.example>" --link "https://portal.example/c/{case}" --language de
    for mail in box/*.eml; do
        tr -d '\r' <"$mail" | sed 's/=$//' >out
        out_has "From: Dental Lab One" " <gate@lab.example>" "Content-Language: de" "portal.example/c/$case"
    done
    [ "$(mails)" -eq 2 ] || fail "not two files"
}

it_previews_a_notice() {
    gives 0 preview-notice; out_has "Subject: Case NC-1042 was rejected" "https://portal.example/cases/"
    for language in en de fr es; do
        for template in reject accept submit reminder ship; do
            gives 0 preview-notice --language $language --template $template --format html; out_has "<html lang=\"$language\">"
        done
    done
    gives 0 preview-notice --format eml --from "a@b.example" --language fr; out_has "From: a@b.example" "Content-Language: fr"
    gives 0 preview-notice --json; out_has '"subject":"Case NC-1042 was rejected"' '"content":"Hello,'
    gives 2 preview-notice --format pdf; err_has "--format wants text, html or eml"
    gives 2 preview-notice --from "a@b.example>"; err_has "--from wants"
    gives 2 preview-notice --language "x y"; err_has "--language wants"
    store; rejected
    gives 0 inbox --as clara; notice=$(grep -o "$case\.[0-9.]*" out | head -n 1)
    gives 0 preview-notice --as clara "$notice"; out_has "lab-one has reviewed case NC-1042" "Case id: $case"; out_lacks "Lindqvist" "portal.example"
    gives 2 preview-notice --as clara "$notice" --template accept; err_has "--template is for the sample"
    gives 2 preview-notice --as lena "$notice"; err_has "is no notice in this inbox"
    gives 2 preview-notice --as clara nonsense; err_has "is no notice in this inbox"
}

it_takes_words_of_your_own() {
    mkdir -p words/lab-one
    printf 'Subject: See {reference}\r\n\r\nPlease look, {lab} says no.{?link} {link}{/link}\n' >words/reject.en.txt
    printf '<p>{reason}</p>' >words/reject.en.html
    printf 'Subject: News\n\nThere is news.\n' >words/other.en.txt
    gives 0 preview-notice --templates words; out_has "Subject: See NC-1042" "Please look, lab-one says no. https://portal.example"
    gives 0 preview-notice --templates words --format html; out_has "<p>unreadable_scan</p>"
    gives 0 preview-notice --templates words --template ship; out_has "Subject: News" "There is news."
    gives 0 preview-notice --templates words --language de; out_has "wurde zur"
    printf 'Subject: One\n\n{lab}\n' >words/lab-one/reject.en.txt; echo "Lab One" >words/lab-one/name
    gives 0 preview-notice --templates words; out_has "Subject: One" "Lab One"
    gives 0 preview-notice --templates words --format eml; out_has "Content-Type: text/plain"; out_lacks "multipart"
    store; rejected
    CASEGATE_TEMPLATES=words gives 0 deliver --outbox box
    tr -d '\r' <"$(find box -name '*.eml' | head -n 1)" >out; out_has "Subject: One" "Lab One"

    printf 'Subject: x\n\n\n {patient}\n' >words/reject.fr.txt
    gives 3 preview-notice --templates words; err_has "reject.fr.txt" "line 2, column 2: there is no such placeholder"
    rm words/reject.fr.txt; printf 'Hello\n' >words/reject.fr.txt
    gives 3 preview-notice --templates words; err_has "reject.fr.txt" "wants a first line"
    rm words/reject.fr.txt; echo x >words/reject.fr.html
    gives 3 preview-notice --templates words; err_has "reject.fr.txt" "is missing beside the HTML"
    rm words/reject.fr.html; echo x >words/README.md
    gives 3 preview-notice --templates words; err_has "README.md" "is no template"
    rm words/README.md; mkdir words/lab-one/deep
    gives 3 preview-notice --templates words; err_has "too deep"
    gives 3 preview-notice --templates nowhere; err_has "nowhere"
}

it_gives_a_notice_without_an_address_up_and_says_why() { # CG-R11
    store
    sed '/"clinic": {/d; s/, "email": "[^"]*"//' "$crowns" >content.json
    received content.json
    gives 0 reject --as lena "$case" --revision 1 --reason other --outbox box
    out_has "dead" "address"
    [ "$(mails)" -eq 0 ] || fail "a file was written"
    gives 0 deliver --outbox box; out_has "delivered 0, failed 0"
}

it_puts_no_address_into_a_header_that_could_make_another_one() { # CG-R11
    store
    sed 's/desk@clinic/d\u00e9sk@clinic/; s/dan.osei@clinic/dan,osei@clinic/' "$crowns" >content.json
    run create --as clara --lab lab-one --submit content.json
    if [ "$status" -eq 0 ]; then   # a library that takes such an address: it is still not written
        gives 0 reject --as lena "$(id_of_out)" --revision 1 --reason other --outbox box; out_has "dead" "not a plain address"
    fi
    command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3"
    rejected
    sqlite3 cases.db "UPDATE notices SET address = 'a@b.example' || char(13, 10) || 'Bcc: c@d.example'
                      WHERE channel = 'email' AND state = 1" 2>err || fail "the table has another form"
    run deliver --outbox box
    [ "$(mails)" -eq 0 ] || fail "it was written"
}

it_refuses_an_outbox_or_a_sender_that_cannot_be_before_anything_happens() {
    store; received
    gives 3 reject --as lena "$case" --revision 1 --reason other --outbox "$CASEGATE_PEOPLE"; err_has "--outbox"
    gives 2 reject --as lena "$case" --revision 1 --reason other --outbox box --from "a b"; err_has "--from wants"
    gives 2 reject --as lena "$case" --revision 1 --reason other --outbox box --link "javascript:x"; err_has "--link wants"
    gives 0 show --as lena "$case"; out_has "Received"
}

it_tries_later_what_could_not_be_written_and_keeps_the_decision() { # CG-R11
    store; received
    mkdir -p "box/$case.3.1.eml"   # stands where a file is to be
    gives 0 reject --as lena "$case" --revision 1 --reason other --outbox box; out_has "Rejected" "pending" "last try: the outbox"
    [ "$(mails)" -eq 2 ] || fail "the other notice was held up"
    [ -z "$(find box -name '.new*')" ] || fail "half a file was left"
    gives 0 deliver --outbox box; out_has "delivered 0, failed 0"   # not due before a minute has passed
    gives 0 history --as lena "$case"; [ "$(grep -c ' reject ' out)" -eq 1 ] || fail "decided more than once"
}

it_has_an_inbox_for_each() { # CG-R11
    store; rejected
    gives 0 inbox --as clara; out_has "1 unread" "The margin is not visible." "NC-1042"
    notice=$(sed -n 2p out | cut -d' ' -f1)
    gives 0 inbox --as carl; out_has "0 unread"
    gives 1 inbox --as carl --mark-read "$notice"; err_has "not_found"
    gives 0 inbox --as clara --mark-read "$notice"; out_has "0 unread"
    gives 0 inbox --as dan; out_has "1 unread"
    gives 0 inbox --as dan --mark-read all; out_has "0 unread"
}

it_shows_all_of_a_rejection_in_the_inbox_page_by_page() { # CG-R12
    store; received
    printf '[{"id":"f-9","name":"margin.png","kind":"image","media_type":"image/png","size":81920,"uri":"https://files.example/f-9"}]' >files
    gives 0 reject --as lena "$case" --revision 1 --reason unreadable_scan --comment "See the picture." --file-list files
    gives 0 inbox --as clara
    out_has "reason: Incorrect or unreadable scan files" "comment: See the picture." "https://files.example/f-9" \
            "margin.png (image, image/png, 81920 bytes, id f-9)"
    gives 0 submit --as clara "$case"
    gives 0 reject --as lena "$case" --revision 1 --reason other
    gives 0 inbox --as clara --limit 1; out_has "2 unread" "there may be more: --after"
    gives 0 inbox --as clara --limit 1 --after "$(sed -n 's/^there may be more: --after //p' out)"; out_has "2 unread" "Other"
    out_lacks "See the picture."
    gives 0 inbox --as clara --mark-read all; out_has "0 unread"
    gives 2 inbox --as clara --limit 1001; err_has "--limit"
}

# ---- operating -------------------------------------------------------------------------------------------------------

# A rejection whose two e-mails are dead: nobody has an address.
dead() {
    sed '/"clinic": {/d; s/, "email": "[^"]*"//' "$crowns" >content.json
    received content.json
    gives 0 reject --as lena "$case" --revision 1 --reason other --outbox box
    out_has "dead"
}

it_lists_what_was_not_delivered_and_why() { # CG-R11
    store; rejected; dead
    gives 0 notices; out_has "dead" "pending" "last error" "address"
    gives 0 notices --state dead; out_has "dead" "2 notices"; out_lacks "pending"
    gives 0 notices --channel portal; out_has "0 notices"
    gives 0 notices --state delivered --channel portal --limit 2; out_has "2 notices" "there may be more: --state delivered --after"
    gives 0 notices --state delivered --channel portal --limit 2 --after "$(sed -n 's/.*--after //p' out)"; out_has "2 notices"
    gives 2 notices --state lost; err_has "--state wants"
    gives 2 notices --after x; err_has "--after wants --state"
    gives 2 notices --as ops; err_has "is not an option"
}

it_gives_a_dead_notice_its_tries_again() { # CG-R11
    store; dead
    gives 0 notices --state dead; notice=$(sed -n 2p out | cut -d' ' -f1)
    gives 0 requeue "$notice"; out_has "requeued 1"
    gives 0 notices --state pending; out_has "$notice"
    gives 1 requeue "$notice" nonsense; out_has "is not dead" "nonsense: there is no such notice" "requeued 0"
    gives 0 deliver --outbox box; out_has "dead 1,"
    gives 0 requeue --all-dead --channel sms; out_has "requeued 0"
    gives 0 requeue --all-dead; out_has "requeued 2"
    gives 2 requeue; err_has "--all-dead"
    gives 2 requeue --all-dead "$notice"; err_has "not both"
}

it_purges_delivered_notices_and_nothing_else() {
    store; rejected
    gives 0 purge --before 2026-01-31; out_has "purged 0" "pending: 2" "dead: 0" "unread: 2"
    sqlite3 cases.db "UPDATE notices SET time_us = 1000000"
    gives 0 purge --before 2026-01-31T18:00:00Z; out_has "purged 2" "pending: 2" "unread: 0"
    gives 0 purge --before 2026-01-31 --json; out_has '"purged":0,"pending":2,"dead":0,"unread":0}'
    gives 0 deliver --outbox box; out_has "delivered 2"
    gives 0 purge --before 2026-01-31; out_has "purged 2"
    gives 0 verify --as ops "$case"; out_has "intact, 3 events"
    gives 2 purge; err_has "--before is missing"
    gives 2 purge --before yesterday; err_has "--before wants a day"
    gives 2 purge --before 2126-01-31; err_has "a time that has passed"
}

it_reminds_a_lab_once_a_day() { # CG-R21
    store; received; draft
    gives 0 remind --older-than P1D; out_has "0 waiting so long; reminders made: 0"
    gives 0 remind --older-than PT0S --lab lab-two; out_has "0 waiting so long"
    gives 0 remind --older-than PT0S; out_has "1 waiting so long; reminders made: 1, there already: 0"
    gives 0 remind --older-than PT0S --channel email; out_has "1 waiting so long; reminders made: 1, there already: 1"
    gives 0 inbox --as lena; out_has "reminder" "NC-1042" "1 unread"
    gives 0 notices; out_has "reminder" "email" "lab-one"
    gives 2 remind; err_has "--older-than is missing"
    gives 2 remind --older-than soon; err_has "--older-than wants"
    gives 2 remind --older-than P1D --channel portal; err_has "--channel wants"
}

# Waits, 10 s at most, until a text is in a file.
await() { for _ in $(seq 100); do grep -qF -e "$2" "$1" 2>/dev/null && return; sleep 0.1; done; fail "$2 did not come"; }
await_mails() { for _ in $(seq 100); do [ "$(mails)" -eq "$1" ] && return; sleep 0.1; done; fail "$(mails) mails, not $1"; }

it_follows_until_it_is_told_to_stop() { # CG-R11
    for signal in TERM INT; do
        rm -rf cases.db* box; mkdir box
        store
        # in the background a shell ignores SIGINT for its children: env sets it back
        env --default-signal=INT "$tool" deliver --outbox box --follow >followed 2>followed.err </dev/null &
        pid=$!
        rejected
        await_mails 2
        rejected
        await_mails 4
        kill -s "$signal" "$pid"
        wait "$pid"; status=$?
        cp followed out; cp followed.err err
        [ "$status" -eq 0 ] || fail "status $status after SIG$signal"
        out_has "delivered 4, failed 0"; silent err
        gives 0 notices; out_has "0 notices"
    done
}

it_goes_on_when_the_store_fails_for_a_while() { # CG-R11
    command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3"
    store; rejected; mkdir box
    sqlite3 cases.db "ALTER TABLE notices RENAME TO away" || fail "the table has another name"
    "$tool" deliver --outbox box --follow >followed 2>followed.err </dev/null &
    pid=$!
    await followed.err "going on"
    sqlite3 cases.db "ALTER TABLE away RENAME TO notices"
    await_mails 2
    kill "$pid"; wait "$pid" || fail "status $?"
    [ "$(wc -l <followed.err)" -eq 1 ] || fail "the same error more than once"
}

it_looks_as_often_as_it_is_told_to() { # CG-R11
    store; rejected; mkdir box
    "$tool" deliver --outbox box --follow --poll PT1H >followed 2>followed.err </dev/null &
    pid=$!
    await_mails 2
    rejected
    sleep 2
    [ "$(mails)" -eq 2 ] || fail "it looked before its time"
    kill "$pid"; wait "$pid" || fail "status $?"
    gives 2 deliver --outbox box --follow --poll PT0S; err_has "--poll wants"
    gives 2 deliver --outbox box --poll PT5S; err_has "--follow"
    gives 0 help deliver; out_has "--poll"; out_lacks "--mapping"
    gives 0 help migrate; out_has "--mapping"; out_lacks "--follow"
}

it_shows_a_status_line_on_a_terminal() {
    command -v script >/dev/null 2>&1 || skip "no script(1)"
    store; rejected
    TERM=xterm script -qec "timeout -s TERM 3 '$tool' deliver --outbox box --follow" /dev/null >typed 2>err </dev/null
    tr '\r' '\n' <typed >out; out_has "delivered 2, failed 0, dead 0; waiting for more" "delivered 2, failed 0 (will be tried again)"
}

it_finds_nothing_wrong_with_a_store_that_is_well() {
    store; received; rejected
    gives 0 deliver --outbox box
    gives 0 doctor; out_has "schema_version" "journal_mode" "wal" "synchronous" "FULL" "integrity" "oldest_waiting" \
                            "notices_unread" "2 of 2, 0 not intact" "all is well"
    gives 0 doctor --verify 1; out_has "1 of 2, 0 not intact"
    gives 0 doctor --verify 0; out_lacks "verified"
    gives 2 doctor --verify some; err_has "--verify wants"
}

it_says_what_to_look_at() {
    command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3"
    store; received
    gives 1 doctor --older-than PT0S; out_has "! " "oldest_waiting" "casegate waiting" "1 problem"
    dead
    gives 1 doctor; out_has "notices_dead" "given up" "1 problem"
    gives 0 requeue --all-dead; gives 0 doctor
    sqlite3 cases.db "UPDATE notices SET next_us = next_us - 3600000000 WHERE state = 1"
    gives 1 doctor; out_has "pending_since" "nobody delivers" "1 problem"
    sqlite3 cases.db "DELETE FROM notices WHERE state = 1; UPDATE events SET reason = 'unsupported_service' WHERE action = 5"
    gives 1 doctor --verify all; out_has "not_intact" "$case" "1 not intact" "2 problems"
    sqlite3 cases.db "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'notices_by_event'"
    gives 1 doctor --verify 0; out_has "integrity" "damaged" "1 problem"
    gives 3 doctor --store sqlite:none.db; err_has "there is no store yet"
}

# ---- the record ------------------------------------------------------------------------------------------------------

it_verifies_every_visible_case() { # CG-R17
    store; draft; received "$inlay"
    gives 0 verify --as ops; out_has "2 cases, 0 not intact"
    gives 0 verify --as lena; out_has "1 case, 0 not intact"
}

it_names_a_case_that_was_tampered_with() { # CG-R17
    command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3"
    store; received; other=$case; rejected
    sqlite3 cases.db "UPDATE events SET reason = 'other' WHERE case_id = '$case' AND reason IS NOT NULL" 2>err ||
        fail "the table has another form"
    gives 3 verify --as ops "$case"; out_has "NOT INTACT" "event 3"
    gives 3 verify --as ops; out_has "$case: NOT INTACT" "2 cases, 1 not intact"; out_lacks "$other"
    gives 3 verify --as ops --json; out_has '"intact":false,' '"problem":"' '],"intact":false}'
}

# ---- scenarios, rules ------------------------------------------------------------------------------------------------

it_runs_scenario_files() {
    gives 0 test "$scenarios/guide.json" "$scenarios/own-policy.json"
    head -n 1 out | grep -qx "TAP version 13" || fail "no TAP"
    passed=$(sed -n 's/^\([0-9]*\) passed, 0 failed$/\1/p' out)
    [ "$(tail -n 1 out)" = "$passed passed, 0 failed" ] || fail "the last line"
    out_has "1..$passed"
    [ "$(grep -c '^ok ' out)" -eq "$passed" ] || fail "not every scenario has a line"
}

it_exits_with_1_for_a_scenario_that_fails_and_with_3_for_a_fault_of_a_file() {
    cat >fails.json <<END
{"format": "casegate-scenario/1", "people": {"lena": {"role": "lab_user", "org": "lab-one"}},
 "scenarios": [{"name": "a list is not empty", "steps": [{"as": "lena", "do": "list", "expect": {"cases": ["x"]}}]}]}
END
    gives 1 test fails.json; out_has "not ok 1" "0 passed, 1 failed"
    sed 's/"as": "lena"/"as": "nobody"/' fails.json >faulty.json
    gives 3 test faulty.json fails.json; err_has "faulty.json: scenarios[0].steps[0].as"; out_has "0 passed, 1 failed"
    gives 3 test none.json; err_has "none.json" "No such file"
    gives 2 test; gives 2 test --back-end nonsense fails.json; err_has "--back-end wants"
}

it_runs_scenarios_on_a_store_and_touches_no_other_table() {
    command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3"
    store; draft
    sqlite3 cases.db .dump >before
    gives 0 test --store "sqlite:$PWD/cases.db" "$scenarios/guide.json"; out_has " passed, 0 failed"
    sqlite3 cases.db .dump >after
    cmp -s before after || fail "the store is not as it was"
    gives 0 verify --as ops; out_has "1 case, 0 not intact"
}

it_runs_scenarios_on_the_bare_decision_function() {
    gives 0 test --back-end decide "$scenarios/guide.json"; out_has "SKIP" " passed, 0 failed"
    gives 2 test --back-end decide --store sqlite:x.db "$scenarios/guide.json"
}

it_says_what_scenarios_exercised_and_what_not() {
    gives 0 test --coverage "$scenarios/guide.json"
    out_has "# intake 1: transitions: " "  accept: received -> in_production" "# intake 1: obstacles: " "# intake 1: notices: " " passed, 0 failed"
    cat >little.json <<END
{"format": "casegate-scenario/1", "people": {"lena": {"role": "lab_user", "org": "lab-one"}},
 "scenarios": [{"name": "nothing is there", "steps": [{"as": "lena", "do": "view", "case": "x", "expect": {"denied": ["not_found"]}}]}]}
END
    gives 0 test --coverage little.json; out_has "# intake 1: transitions: 0 of 8" "#   never  accept: received -> in_production" "#       1  not_found"
    gives 0 test --coverage --json little.json
    out_has '"kind":"obstacle","what":"not_found","seen":1}' '"what":"accept: received -> in_production","seen":0}'
    gives 0 test little.json; out_lacks "transitions"
}

it_migrates_every_case_and_goes_on_where_it_ended() {
    one=$root/examples/workflows/lifecycle.json two=$root/examples/workflows/lifecycle-2.json
    outgrown=$root/examples/mappings/intake-to-lifecycle.json next=$root/examples/mappings/lifecycle-1-to-2.json
    store; draft; received; received
    gives 0 accept --as lena "$case" --yes --revision 1
    gives 2 migrate --as ops --workflow "$one"; err_has "--mapping"
    sed 's/"received": "received"/"received": "rejected"/' "$outgrown" >bad.json
    gives 1 migrate --as ops --mapping bad.json --workflow "$one"; err_has "bad.json" "changes_phase"
    gives 0 migrate --as ops --mapping "$outgrown" --workflow "$one"; out_has "3 cases migrated, 0 failed"
    gives 0 migrate --as ops --mapping "$outgrown" --workflow "$one" --json; out_has '"migrated":0,"failed":0'
    gives 0 migrate --as ops --mapping "$next" --workflow "$two" --workflow "$one"; out_has "3 cases migrated, 0 failed"
    export CASEGATE_WORKFLOWS="$two:$one"
    gives 0 history --as clara "$case"; out_has "migrate"
    gives 0 verify --as ops; out_has "3 cases, 0 not intact"
    gives 1 reject --as lena "$case" --revision 1 --reason other; err_has "already_accepted"
    unset CASEGATE_WORKFLOWS
}

it_lets_nobody_but_a_system_migrate() {
    store; received
    gives 3 migrate --as lena --mapping "$root/examples/mappings/intake-to-lifecycle.json" --workflow "$root/examples/workflows/lifecycle.json"
    out_has "not migrated"
    gives 0 show --as lena "$case"; out_has "Received"
}

# orders FROM TO: so many lines of another system, each of about 2 KB.
orders() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        split("draft received in_production rejected", status, " "); split("0 1 2 1", attempt, " ")
        for (text = "x"; length(text) < 2000;) text = text text
        for (i = from; i <= to; i++) printf "{\"case\":\"order-%d\",\"key\":\"k-%d\",\"clinic\":\"clinic-north\",\"lab\":\"lab-one\",\"status\":\"%s\",\"attempt\":%d%s,\"content\":{\"patient\":{\"name\":\"Ada Canary\"},\"dentist\":{\"name\":\"Dan\"},\"services\":[{\"id\":\"s1\",\"code\":\"crown\"}],\"instructions\":\"%s\"}}\n", i, i, status[i % 4 + 1], attempt[i % 4 + 1], i % 4 == 3 ? ",\"reason\":\"other\"" : "", text
    }'
}

it_takes_over_the_cases_of_another_system_in_any_status() {
    store
    gives 0 import --as ops "$root/examples/moving/open-orders.jsonl"; out_has "4 lines: 4 taken over, 0 refused, 0 known"
    gives 0 list --as ops; out_has "order-20412" "Draft" "Received" "In Production" "Rejected" "4 cases"
    gives 0 show --as clara order-20401; out_has "The margin of 11 is not visible."
    gives 0 history --as clara order-20398; out_has "adopt"
    gives 0 notices; out_has "0 notices"
    gives 0 verify --as ops; out_has "4 cases, 0 not intact"
    gives 0 accept --as lena order-20416 --yes --revision 1
}

it_recognises_what_it_took_over_before() {
    store; orders 1 250 >orders.jsonl
    head -n 120 orders.jsonl >some.jsonl
    gives 0 import --as ops some.jsonl; out_has "120 lines: 120 taken over"
    gives 0 import --as ops orders.jsonl; out_has "250 lines: 130 taken over, 0 refused, 120 known"
    gives 0 import --as ops --json orders.jsonl; out_has '{"refusals":[],"lines":250,"adopted":0,"known":250,"refused":0,"unverified":0,"dry_run":false}'
    sed 's/"key":"[^"]*",//; s/"case":"order/"case":"second/' orders.jsonl >keyless.jsonl   # the line itself is the key then
    gives 0 import --as ops keyless.jsonl; out_has "250 taken over"
    { orders 251 251; cat keyless.jsonl; } >shifted.jsonl   # wherever it stands
    gives 0 import --as ops shifted.jsonl; out_has "251 lines: 1 taken over, 0 refused, 250 known"
    { cat keyless.jsonl; printf '\n   \n'; } | sed 's/$/\r/' >dos.jsonl
    gives 0 import --as ops dos.jsonl; out_has "0 taken over, 0 refused, 250 known"
    sed 's/"case":"order-1"/"case":"order-x"/' some.jsonl | head -n 1 >other.jsonl
    gives 0 import --as ops other.jsonl; out_has "1 line: 0 taken over, 0 refused, 1 known"
    sed 's/crown/bridge/; s/"case":"order-1"/"case":"order-x"/' some.jsonl | head -n 1 >other.jsonl
    gives 1 import --as ops other.jsonl; err_has "line 1: request_reused: key: was taken over before"
    gives 0 verify --as ops; out_has "501 cases, 0 not intact"
}

it_goes_on_after_a_kill_without_doubling_a_case() {
    store; orders 1 10000 >orders.jsonl
    kills=0
    for delay in 0.05 0.1 0.15 0.2; do
        "$tool" import --as ops orders.jsonl >out 2>err & pid=$!
        sleep $delay; kill -9 $pid 2>/dev/null && kills=$((kills + 1)); wait $pid 2>/dev/null
    done
    [ "$kills" -gt 0 ] || fail "no import was killed"
    (is_sanitized || ulimit -v 262144 2>/dev/null; exec "$tool" import --as ops orders.jsonl) >out 2>err || fail "the import failed"   # 256 MiB for 20 MB of lines
    out_has "10000 lines: " "0 refused"
    [ "$(sqlite3 cases.db 'SELECT count(*), count(DISTINCT case_id) FROM events')" = "10000|10000" ] || fail "not 10000 events"
    [ "$(sqlite3 cases.db 'SELECT count(*) FROM cases')" -eq 10000 ] || fail "not 10000 cases"
    gives 0 verify --as ops; out_has "10000 cases, 0 not intact"
    gives 0 doctor --verify 250; out_has "250 of 10000, 0 not intact"
    gives 0 doctor --verify all; out_has "10000 of 10000, 0 not intact"
}

it_reads_lines_in_constant_memory() {
    ! is_sanitized || skip "a sanitizer takes memory of its own"
    command -v /usr/bin/time >/dev/null 2>&1 || skip "no time(1)"
    for count in 500 5000; do
        orders 1 $count >orders.jsonl
        export CASEGATE_STORE="sqlite:$PWD/c$count.db"; gives 0 init
        /usr/bin/time -f %M -o rss "$tool" import --as ops orders.jsonl >out 2>err || fail "the import failed"
        out_has "$count taken over"; mv rss rss.$count
    done
    [ "$(cat rss.5000)" -lt $(($(cat rss.500) + 4096)) ] || fail "$(cat rss.5000) KB for ten times the lines, $(cat rss.500) KB before"
}

it_names_every_line_that_it_cannot_take_and_takes_the_others() {
    store; orders 1 12 >orders.jsonl
    {
        printf '\357\273\277'; sed -n 1p orders.jsonl                      # 1: taken, behind a byte order mark
        echo '{"case":"order-b","lab":'                                    # 2
        sed -n 2p orders.jsonl | sed 's/"clinic":"clinic-north",//'        # 3
        echo                                                               # 4: nothing
        sed -n 3p orders.jsonl | sed 's/"lab":/"lab":"x","lab":/'          # 5
        sed -n 3p orders.jsonl | sed 's/"lab":/"Ada Canary":1,"lab":/'     # 6
        sed -n 3p orders.jsonl | sed 's/"name":"Ada Canary"/"name":17/'    # 7
        sed -n 3p orders.jsonl | sed 's/"reason":"other"/"reason":"Ada Canary"/'   # 8: a reason that the lab does not have
        sed -n 4p orders.jsonl | sed 's/"status":"[a-z]*"/"status":"Ada Canary"/'  # 9
        sed -n 5p orders.jsonl | sed 's/"attempt":[0-9]/"attempt":-1/'     # 10
        sed -n 5p orders.jsonl | tr 'x' '\000'                             # 11
        sed -n 5p orders.jsonl | sed "s/Ada Canary/Ada $(printf '\377\300') Canary/"  # 12
        sed -n 1p orders.jsonl                                             # 13: known
        sed -n 1p orders.jsonl | sed 's/"key":"k-1"/"key":"k-0"/'          # 14: the case is there
        head -c 5000000 /dev/zero | tr '\000' 'y'; echo                    # 15
        sed -n 6p orders.jsonl | sed 's/"key":"k-6"/"key":"k 6"/'          # 16
        echo '["Ada Canary"]'; echo '"Ada Canary"'; echo 'null'            # 17 to 19
        sed -n 7p orders.jsonl | sed 's/"attempt":[0-9]/"attempt":0/'      # 20: contradicts its status
        sed -n 8p orders.jsonl | sed 's/,"content".*/}/'                   # 21
        sed -n 9p orders.jsonl | tr -d '\n'                                # 22: taken, without a line end
    } >bad.jsonl
    LC_ALL=C; export LC_ALL
    gives 1 import --as ops bad.jsonl
    out_has "22 lines: 2 taken over, 18 refused, 1 known"
    err_has "line 2: invalid_input: the document ends too early, at column 24" "line 3: invalid_input: clinic: missing" "line 5: invalid_input: a member stands twice" \
        "line 6: invalid_input: there is a member" "line 7: invalid_input: content.patient.name: must be a text" "line 8: reason_unknown: reason" \
        "line 9: invalid_input: status: the workflow has no such status" "line 10: invalid_input: attempt: must be" "line 11: invalid_input: the document has a NUL" \
        "line 12: invalid_input: not UTF-8" "line 14: invalid_input: case: duplicate" "line 15: invalid_input: the line is longer than 4 MiB" \
        "line 16: invalid_input: key: format" "line 17: invalid_input: must be an object" "line 20: invalid_input: attempt: range" "line 21: invalid_input: content: is missing"
    err_lacks "line 1:" "line 4:" "line 13:" "line 22:" "Canary"
    gives 1 import --as ops --json bad.jsonl; out_has '"refused":18' '"code":"reason_unknown"'; out_lacks "Canary"
    gives 1 import --as ops --strict bad.jsonl; out_has "2 lines: 0 taken over, 1 refused, 1 known"
    gives 0 verify --as ops; out_has "2 cases, 0 not intact"
}

it_says_what_an_import_would_refuse_and_writes_nothing() {
    store; orders 1 5 >orders.jsonl; sed -n 3p orders.jsonl | sed 's/"reason":"other"/"reason":"soon"/' >>orders.jsonl
    gives 1 import --as ops --dry-run orders.jsonl
    out_has "6 lines: 5 would be taken over or are known, 1 refused; nothing was written"; err_has "line 6: reason_unknown: reason"
    gives 0 list --as ops; out_has "0 cases"
    gives 1 import --as lena orders.jsonl; err_has "wrong_role" "no_permission"
    gives 3 import --as ops nowhere.jsonl; err_has "nowhere.jsonl"
    gives 3 import --as ops .; err_has "casegate: import: "
    "$tool" import --as ops --progress - <orders.jsonl >out 2>err; out_has "5 taken over"; err_has "import: line "
}

# A store with a case of every kind: adopted, revised after a rejection, migrated by nobody, erased and filled again; notices of every state.
lived_in() {
    store
    gives 0 import --as ops "$root/examples/moving/open-orders.jsonl"
    rejected; gives 0 edit --as clara "$case" --revision 1 --request-id r-1 "$inlay"; gives 0 submit --as clara "$case"
    gives 0 accept --as lena "$case" --yes --revision 2; gives 0 erase --as ops --yes "$case"; erased=$case
    draft; gives 0 erase --as ops --yes "$case"; gives 0 edit --as clara "$case" --revision 1 "$inlay"
    rejected; gives 0 inbox --as clara --mark-read all
    gives 0 deliver --outbox box
    rejected; gives 0 remind --older-than PT0S --channel email
    sqlite3 cases.db "UPDATE notices SET state = 2, lease = 'theirs', tries = 1 WHERE channel = 'email' AND seq = 0"
}
export_to() { gives 0 export; mv out "$1"; }

it_moves_a_store_line_by_line_and_nothing_is_different() {
    lived_in; export_to all.jsonl
    CASEGATE_STORE="sqlite:$PWD/new.db"; gives 0 init
    gives 0 import --as ops all.jsonl; out_has "8 taken over, 0 refused, 0 known"; silent err
    gives 0 verify --as ops; out_has "8 cases, 0 not intact"
    gives 0 verify --as ops "$erased"; out_has "texts were erased"
    export_to new.jsonl   # but for the lease, whose holder does not know of this store
    sed 's/"state":"leased"/"state":"pending"/; s/,"lease":"theirs"//' all.jsonl | cmp -s - new.jsonl || fail "the moved store differs"
    gives 0 import --as ops all.jsonl; out_has "0 taken over, 0 refused, 8 known"
    gives 0 edit --as clara "$case" --revision 1 "$inlay"   # life goes on there
    gives 1 import --as ops all.jsonl; out_has "7 known"; err_has "conflict: case: another case has this id, or this one went on"
    gives 0 verify --as ops; out_has "8 cases, 0 not intact"
}

it_exports_one_case_or_one_lab() {
    lived_in
    gives 0 export order-20401; out_has '{"case":{"id":"order-20401"' '{"cases":1}'; out_lacks order-20412
    gives 0 export --lab lab-one; out_has '{"cases":8}'
    gives 0 export --lab lab-two; out_has '{"cases":0}'; [ "$(wc -l <out)" -eq 2 ] || fail "more than two lines"
    gives 3 export nothing-of-it; err_has "there is no such case"
}

it_goes_on_with_a_move_after_a_kill() {
    store; orders 1 3000 >orders.jsonl; gives 0 import --as ops orders.jsonl; export_to all.jsonl
    CASEGATE_STORE="sqlite:$PWD/new.db"; gives 0 init
    kills=0
    for delay in 0.1 0.2 0.3; do
        "$tool" import --as ops all.jsonl >out 2>err & pid=$!
        sleep $delay; kill -9 $pid 2>/dev/null && kills=$((kills + 1)); wait $pid 2>/dev/null
    done
    [ "$kills" -gt 0 ] || fail "no import was killed"
    gives 0 import --as ops all.jsonl; out_has "0 refused"
    gives 0 verify --as ops; out_has "3000 cases, 0 not intact"
    export_to new.jsonl; cmp -s all.jsonl new.jsonl || fail "the moved store differs"
}

# pipe [WHICH DELAY]: moves the store old.db to new.db through a pipe; WHICH of its ends (1 export, 2 import) dies after so many seconds.
pipe() {
    rm -f pipe; mkfifo pipe
    "$tool" export --store "sqlite:$PWD/old.db" >pipe 2>err.export & first=$!
    "$tool" import --store "sqlite:$PWD/new.db" --as ops - <pipe >out 2>err & last=$!
    if [ $# -gt 0 ]; then
        sleep "$2"
        victim=$last; [ "$1" -eq 2 ] || victim=$first
        kill -9 $victim 2>/dev/null
    fi
    wait $first 2>/dev/null; wait $last 2>/dev/null; status=$?
}

# By hand: CASEGATE_MOVE_KILLS=500 CASEGATE_MOVE_SEED=7.
it_moves_what_was_erased_through_a_pipe_that_is_killed_at_any_moment() {
    rounds=${CASEGATE_MOVE_KILLS:-4} round=0 middle=0 halves=0
    store; orders 1 120 >orders.jsonl; gives 0 import --as ops orders.jsonl; rejected
    for i in $(seq 2 4 120); do gives 0 erase --as ops --yes order-$i; done   # those in production
    export_to all.jsonl; mv cases.db old.db
    CASEGATE_STORE="sqlite:$PWD/new.db"; gives 0 init; cp new.db empty.db
    began=$(date +%s%N); pipe; [ $status -eq 0 ] || fail "the move failed"; took=$(($(date +%s%N) - began))
    export_to undisturbed.jsonl; cmp -s all.jsonl undisturbed.jsonl || fail "the moved store differs"

    while [ "$round" -lt "$rounds" ] || { [ "$middle" -eq 0 ] && [ "$round" -lt 50 ]; }; do
        round=$((round + 1)); rm -f new.db*; cp empty.db new.db
        for try in 1 2; do
            pipe $(awk -v seed="${CASEGATE_MOVE_SEED:-1}" -v at="$round" -v try=$try -v took="$took" 'BEGIN {
                srand(seed * 100000 + at * 10 + try); print rand() < 0.3 ? 1 : 2, sprintf("%.4f", rand() * took / 1e9) }')
            moved=$(sqlite3 new.db 'SELECT count(*) FROM cases')
            case $moved in
                0) took=$((took * 5 / 4)) ;;     # the machine has other things to do now than when it was measured
                121) took=$((took * 3 / 4)) ;;
                *) middle=$((middle + 1)) ;;
            esac
            half=$(sqlite3 new.db "SELECT count(DISTINCT case_id) FROM contents AS k WHERE salt = 'erased'
                AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.case_id = k.case_id AND e.action = 7)")
            halves=$((halves + half))
        done
        pipe; [ $status -eq 0 ] || fail "round $round: the move that goes on failed"
        gives 0 verify --as ops; out_has "121 cases, 0 not intact"
        export_to new.jsonl; cmp -s undisturbed.jsonl new.jsonl || fail "round $round: the moved store differs"
    done
    [ "$middle" -gt 0 ] || fail "no move was killed in its middle"   # else nothing was shown
    echo "  # $round moves killed twice, $middle times in the middle, $halves times within a case that was erased"
}

it_goes_on_within_a_case() {
    lived_in; gives 0 export "$case"; mv out one.jsonl
    hash=$(sed -n 's/.*"seq":2,.*,"hash":"\([^"]*\)".*/\1/p' one.jsonl)   # what an import of long ago had: events 1 and 2
    sed "/\"seq\":3,/d; /\"notice\"/d; 2s/\"version\":3,/\"version\":2,/; 2s/\"event_hash\":\"[^\"]*\"/\"event_hash\":\"$hash\"/" one.jsonl >begun.jsonl
    CASEGATE_STORE="sqlite:$PWD/new.db"; gives 0 init
    gives 0 import --as ops begun.jsonl; gives 0 show --as lena "$case"; out_has "Received"
    gives 0 import --as ops one.jsonl; out_has "1 taken over, 0 refused, 0 known"
    gives 0 verify --as ops "$case"; out_has "intact, 3 events"
    gives 0 export "$case"; cmp -s out one.jsonl || fail "the moved case differs"
}

# lie SED-SCRIPT CODE TEXT: an export that says something else is refused whole, and nothing of it is there.
lie() {
    sed "$1" one.jsonl >lie.jsonl; ! cmp -s one.jsonl lie.jsonl || fail "nothing was changed: $1"
    rm -f new.db*; CASEGATE_STORE="sqlite:$PWD/new.db"; gives 0 init
    gives 1 import --as ops lie.jsonl; err_has "$2" "$3"; err_lacks "Canary"
    gives 0 list --as ops; out_has "0 cases"
}

it_refuses_an_export_that_lies() {
    lived_in; gives 0 export "$case"; mv out one.jsonl
    lie '/"seq":3,/s/"actor":"lena"/"actor":"lars"/' "line 2: not_intact: event" "the event was changed"
    lie '/"seq":3,/s/unreadable_scan/other/' not_intact "the event was changed"
    lie '/"seq":3,/s/The margin/Ada Canary/' not_intact "comment or files do not fit their digest"
    lie '/"revision":1,"digest"/s/"crown"/"bridge"/' not_intact "the content does not fit its digest"
    lie '/"seq":3,/d' not_intact "do not lead to the head"
    lie '/"seq":2,/d' not_intact "an event is missing"
    lie '/"revision":1,"digest"/d' not_intact "content"
    lie '2s/"event_hash":"1:[0-9a-f]/"event_hash":"1:x/' not_intact "do not lead to the head"
    lie 's/"content":{.*/"erased":true}/' not_intact "the content does not fit its digest"
    lie '/"revision":1,"digest"/s/"digest":"1:[0-9a-f]/"digest":"1:x/' "line 4: invalid_input: digest" "is not the one of the event"
    lie '2s/"id":/"Ada Canary":1,"id":/' "line 2: invalid_input" ""
    lie '3s/^/[/' "line 3: invalid_input" ""
    for what in '/"end"/d' '/"cases"/d' 's/"cases":1/"cases":2/'; do
        sed "$what" one.jsonl >cut.jsonl; rm -f new.db*; gives 0 init
        gives 1 import --as ops cut.jsonl; err_has "invalid_input"
    done
    sed 's/export\/1/export\/2/' one.jsonl >later.jsonl
    gives 1 import --as ops later.jsonl; err_has "line 1: invalid_input: format"
    gives 1 import --as lena one.jsonl; err_has "wrong_role"
    sed 's/"hash":/"key":"k1","hash":/' one.jsonl >keyed.jsonl   # who claims a key that is not here is not believed either
    rm -f new.db*; gives 0 init
    gives 1 import --as ops keyed.jsonl; out_has "1 taken over" "1 not verified: the key of their hashes is not here"
    rm -f new.db*; gives 0 init
    gives 0 import --as ops --dry-run one.jsonl; out_has "nothing was written"
}

it_erases_a_case_for_good_and_the_record_stays_intact() {
    store; rejected
    gives 1 erase --as ops --yes "$case"; err_has "wrong_status"
    gives 0 submit --as clara "$case"
    gives 0 accept --as lena "$case" --yes --revision 1
    gives 2 erase --as ops "$case"; err_has "--yes"
    gives 1 erase --as lena --yes "$case"; err_has "wrong_role" "no_permission"
    grep -q "Lindqvist" cases.db || fail "the patient is not in the file to begin with"
    gives 0 erase --as ops --yes --request-id e-1 "$case"; out_has "erase: In Production"
    gives 0 erase --as ops --yes --request-id e-1 "$case"; out_has "answered before"
    ! grep -q -e "Lindqvist" -e "margin is not visible" cases.db* || fail "something of the patient is left in the file"
    gives 0 verify --as ops "$case"; out_has "texts were erased"
    gives 0 show --as lena "$case"; out_has "In Production"; out_lacks "Lindqvist"
    gives 0 history --as clara "$case"; out_has "erase" "comment and files were erased"; out_lacks "margin"
    gives 0 list --as clara; out_lacks "Lindqvist"
    gives 0 inbox --as clara; out_lacks "margin"
    gives 0 notices --json; out_lacks "Lindqvist"
}

it_asks_before_it_erases() {
    store; draft
    on_terminal "no\n" erase --as ops "$case"; out_has "Lindqvist" "for good? Type yes"
    gives 0 show --as clara "$case"; out_has "Lindqvist"
    on_terminal "yes\n" erase --as ops "$case"
    gives 0 show --as clara "$case"; out_lacks "Lindqvist"
}

it_holds_a_store_against_its_contract_and_touches_no_other_table() {
    command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3"
    store; draft
    sqlite3 cases.db .dump >before
    gives 0 check-store "sqlite:$PWD/cases.db"
    out_has "TAP version 13" "ok 1 - an unknown case is absent" "what was committed is there after opening again" " passed, 0 failed"
    sqlite3 cases.db .dump >after
    cmp -s before after || fail "the store is not as it was"
    gives 0 check-store memory: --json; out_has '"failed":0'
    gives 2 check-store; gives 2 check-store nonsense; err_has "sqlite:PATH"
}

it_writes_the_workflow_down() {
    gives 0 diagram; out_has "| " "received" "accept"
    gives 0 diagram --format json; out_has '"casegate-workflow/1"' '"in_production"'
    gives 0 diagram --format dot; out_has 'digraph "intake"' '"received" -> "in_production"'
    gives 0 diagram --format mermaid; out_has "stateDiagram-v2" "s2 --> s3 : accept"
    gives 0 diagram --format scxml; out_has "<scxml " 'event="accept" target="in_production"'
    gives 2 diagram --format nonsense; err_has "--format wants"
    printf '{"format":"casegate-workflow/1","name":"own","version":1,"statuses":[{"code":1,"name":"draft","phase":"draft"}]}' >own.json
    gives 1 diagram --workflow own.json; err_has "statuses[draft]: dead_end"
    gives 3 diagram --workflow nothing.json
}

it_offers_the_reasons_of_the_lab() { # CG-R18
    gives 0 reasons
    out_has incomplete_prescription unreadable_scan unsupported_service invalid_timeline other
    echo '{"reasons": [{"code": "no_capacity", "label": {"en": "No capacity"}, "needs_comment": true}]}' >policy.json
    gives 0 reasons --policy policy.json; out_has "no_capacity  No capacity  comment"; out_lacks unreadable_scan
    store; received
    gives 1 reject --as lena "$case" --revision 1 --reason no_capacity --policy policy.json; err_has "comment_required"
    gives 1 reject --as lena "$case" --revision 1 --reason unreadable_scan --policy policy.json; err_has "reason_unknown"
}

# ---- the terminal ----------------------------------------------------------------------------------------------------

it_colours_only_a_terminal_that_wants_it() {
    store; draft
    esc=$(printf '\033')
    gives 0 list --as clara; out_lacks "$esc"
    on_terminal '' list --as clara; out_has "${esc}[" "NC-1042"
    export NO_COLOR=1
    on_terminal '' list --as clara; out_lacks "$esc"; out_has "NC-1042"
}

it_asks_for_a_confirmation_at_a_terminal() { # CG-R05
    store; received
    on_terminal 'no\n' accept --as lena "$case"; [ "$status" -eq 3 ] || fail "status $status"
    out_has "Zoë Lindqvist" "Accept revision 1, the whole case? Type yes:" "not confirmed"
    gives 0 show --as lena "$case"; out_has "Received"
    on_terminal 'yes\n' accept --as lena "$case"; [ "$status" -eq 0 ] || fail "status $status"
    gives 0 show --as lena "$case"; out_has "In Production"
}

it_asks_nobody_about_what_cannot_be() {
    store; received
    on_terminal 'yes\n' accept --as lars "$case"; [ "$status" -eq 1 ] || fail "status $status"
    out_has "no_permission"; out_lacks "Type yes"
}

it_offers_the_list_of_reasons_at_a_terminal() { # CG-R06 CG-R18
    store; received
    on_terminal '2\nNot sharp.\nyes\n' reject --as lena "$case"; [ "$status" -eq 0 ] || fail "status $status"
    out_has "Why is it rejected?" "  1  " "  5  " "Reject revision 1"
    gives 0 show --as clara "$case"; out_has "unreadable_scan" "Not sharp."
}

it_shows_a_bar_for_a_long_verification_on_a_terminal_only() {
    store; draft; draft
    gives 0 verify --as ops; silent err
    on_terminal '' verify --as ops; out_has "verify [" "2 cases, 0 not intact"
}

it_notices_that_its_answer_cannot_be_written() {
    [ -e /dev/full ] || skip "no /dev/full"
    store; draft
    for command in "list --as clara" "show --as clara $case" "help" "reasons --json" "test $scenarios/guide.json"; do
        "$tool" $command >/dev/full 2>err; status=$?
        : >out
        [ "$status" -eq 3 ] || fail "status $status: $command"
        err_has "could not be written"
    done
}

# ---- the run ---------------------------------------------------------------------------------------------------------

passed=0 failed=0 number=0
[ $# -gt 0 ] || set -- $(sed -n 's/^\(it_[a-z0-9_]*\)() {.*/\1/p' "$0")
echo "1..$#"
for name in "$@"; do
    number=$((number + 1))
    mkdir "$work/$name"
    (cd "$work/$name" && : >out && : >err && "$name") >"$work/log"
    case $? in
        0) passed=$((passed + 1)); echo "ok $number - $name" ;;
        77) echo "ok $number - $name # SKIP" ;;
        *) failed=$((failed + 1)); echo "not ok $number - $name" ;;
    esac
    cat "$work/log"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
