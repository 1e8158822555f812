/* SPDX-License-Identifier: MIT */
/* contract_commit.c: what a store promises of commits: all or nothing, on the version decided on, found again as written. */
#include "contract.h"

static int has_history(const cg_rule *r) { return r->ops->history != NULL; }
static int has_requests(const cg_rule *r) { return (casegate_store_keeps(r->store) & CASEGATE_KEEPS_REQUESTS) != 0; }
static int has_revisions(const cg_rule *r) { return (casegate_store_keeps(r->store) & CASEGATE_KEEPS_REVISIONS) != 0; }
static int can_reopen(const cg_rule *r) { return r->options->reopen != NULL; }
static int can_damage(const cg_rule *r) { return r->options->damage != NULL; }

/* ---- load ----------------------------------------------------------------------------------------------------------------------- */

static void absent(cg_rule *r)
{
    cg_gives(r, cg_load(r, "nowhere"), CASEGATE_ABSENT, "load of an unknown case");
    cg_holds(r, !casegate_answers_head(r->answers, 0), "no head of an unknown case");
    cg_gives(r, cg_content(r, "nowhere", 1), CASEGATE_ABSENT, "content of an unknown case");
}

/* Every status has other members set: each is read back as it was written. */
static void heads(cg_rule *r)
{
    static const int32_t statuses[] = { CASEGATE_DRAFT, CASEGATE_RECEIVED, CASEGATE_IN_PRODUCTION, CASEGATE_REJECTED };
    static const char *const ids[] = { "case-draft", "case-received", "case-accepted", "case-rejected" };
    for (size_t i = 0; i < 4 && !r->failed; i++) {
        cg_case c;
        cg_given(r, &c, ids[i], statuses[i]);
        if (!r->failed) cg_is_loaded(r, &c);
        cg_case_close(&c);
    }
}

static void resubmitted(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_REJECTED);
    if (cg_step(r, &c, CASEGATE_SUBMIT, NULL)) cg_is_loaded(r, &c);
    cg_case_close(&c);
}

static void repeat(char *text, size_t len, const char *piece)
{
    const size_t each = strlen(piece);
    for (size_t i = 0; i + each < len; i += each) memcpy(text + i, piece, each + 1);
}

/* Quotes, percent signs, four-byte characters, the longest line, the longest free text: nothing is lost, changed or cut. */
static void texts(cg_rule *r)
{
    static char line[256], text[4096];
    cg_case c;
    casegate_content *content = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    const casegate_service service = { .size = sizeof service, .id = "s\"'%n;--", .code = "\xf0\x9f\xa6\xb7 ' \" \\ %s", .notes = text,
                                       .quantity = 2147483647 };
    const casegate_file file = { .size = sizeof file, .id = "f1", .name = "Krone \xc3\xa4\xc3\xb6.stl", .size_known = 1, .bytes = INT64_MAX };
    repeat(line, sizeof line, "\xc3\xbc'\"\\%\xf0\x9f\x98\x80");
    repeat(text, sizeof text, "tab\tnewline\n\xe2\x82\xac '' \"\" \\0 ");
    casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, line);
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, line);
    casegate_content_set(b, CASEGATE_CONTENT_INSTRUCTIONS, text);
    casegate_content_add_service(b, &service);
    casegate_content_add_file(b, &file);
    cg_gives(r, casegate_content_builder_finish(b, &content, &r->err), CASEGATE_OK, "the suite's content");
    const cg_wish wish = { .content = content };
    const cg_wish rejection = { .comment = text, .file = 1 };
    cg_case_open(&c, "case-text");
    if (cg_step(r, &c, CASEGATE_CREATE, &wish) && cg_is_loaded(r, &c) && cg_is_content_stored(r, &c) && cg_step(r, &c, CASEGATE_SUBMIT, NULL) &&
        cg_step(r, &c, CASEGATE_REJECT, &rejection) && cg_is_loaded(r, &c) && has_history(r) &&
        cg_gives(r, cg_history(r, c.id, 2, 1), CASEGATE_OK, "history"))
        cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, 0), c.commit->events[0], "history");
    cg_case_close(&c);
    casegate_content_unref(content);
}

static void far_times(cg_rule *r)
{
    cg_case c;
    casegate_clock_set(r->clock, INT64_C(253402300700000000));   /* in the last seconds of the year 9999 */
    cg_given(r, &c, "case-late", CASEGATE_RECEIVED);
    if (!r->failed) cg_is_loaded(r, &c);
    cg_case_close(&c);
}

/* ---- content -------------------------------------------------------------------------------------------------------------------- */

static void current_content(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    casegate_content *other = cg_contract_content(r, "changed", "2026-05-01");
    const cg_wish wish = { .content = other };
    if (!r->failed && cg_is_content_stored(r, &c) && cg_step(r, &c, CASEGATE_EDIT, &wish) && cg_is_content_stored(r, &c))
        cg_is_text(r, casegate_answers_content(r->answers, 0)->salt, c.commit->content_salt, "content: salt");
    if (!r->failed) cg_gives(r, cg_content(r, "case-1", 3), CASEGATE_ABSENT, "content of a revision that never was");
    casegate_content_unref(other);
    cg_case_close(&c);
}

static void older_content(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    casegate_content *first = casegate_content_ref(c.content), *other = cg_contract_content(r, "changed", "2026-05-01");
    const cg_wish wish = { .content = other };
    if (cg_step(r, &c, CASEGATE_EDIT, &wish) && cg_gives(r, cg_content(r, c.id, 1), CASEGATE_OK, "content of an older revision")) {
        const casegate_stored_content *stored = casegate_answers_content(r->answers, 0);
        cg_is_content(r, stored ? stored->content : NULL, first);
    }
    casegate_content_unref(first);
    casegate_content_unref(other);
    cg_case_close(&c);
}

/* ---- commit --------------------------------------------------------------------------------------------------------------------- */

static void taken_id(cg_rule *r)
{
    cg_case first, second;
    cg_given(r, &first, "case-1", CASEGATE_RECEIVED);
    casegate_content *other = cg_contract_content(r, "other", "2026-06-01");
    const cg_wish wish = { .content = other };
    cg_case_open(&second, "case-1");
    if (cg_decide_step(r, &second, CASEGATE_CREATE, &wish))
        cg_gives(r, cg_write_step(r, &second), CASEGATE_CONFLICT, "commit of a new case whose id is taken");
    if (!r->failed && cg_is_loaded(r, &first) && cg_is_content_stored(r, &first)) cg_has_events(r, "case-1", 2, "events after the conflict");
    casegate_content_unref(other);
    cg_case_close(&first);
    cg_case_close(&second);
}

/* The loser of a race writes nothing at all: no head, no content, no event, no notice. */
static void moved_on(cg_rule *r)
{
    cg_case winner, loser;
    cg_given(r, &winner, "case-1", CASEGATE_RECEIVED);
    cg_case_open(&loser, "case-1");
    loser.kase = casegate_case_ref(winner.kase);
    loser.content = casegate_content_ref(winner.content);
    casegate_content *other = cg_contract_content(r, "changed", "2026-05-01");
    const cg_wish wish = { .content = other };
    cg_decide_step(r, &loser, CASEGATE_REJECT, NULL);
    if (cg_step(r, &winner, CASEGATE_EDIT, &wish)) {
        const uint64_t before = cg_notices_of(r);
        cg_gives(r, cg_write_step(r, &loser), CASEGATE_CONFLICT, "commit on a version that moved on");
        cg_is_number(r, cg_notices_of(r), before, "notices after the conflict");
    }
    if (!r->failed && cg_is_loaded(r, &winner) && cg_is_content_stored(r, &winner)) cg_has_events(r, "case-1", 3, "events after the conflict");
    casegate_content_unref(other);
    cg_case_close(&winner);
    cg_case_close(&loser);
}

/* Not the one that is there, though it is no older. */
static void not_there_yet(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    if (cg_decide_step(r, &c, CASEGATE_REJECT, NULL)) {
        casegate_commit commit = *c.commit;
        casegate_head before = *commit.before;
        before.version++;
        commit.before = &before;
        cg_gives(r, cg_write(r, &commit), CASEGATE_CONFLICT, "commit on a version that is not there yet");
    }
    if (!r->failed && cg_is_loaded(r, &c)) cg_has_events(r, "case-1", 2, "events after the conflict");
    cg_case_close(&c);
}

/* An edit that loses leaves the content of the winner, and none of its own. */
static void lost_edit(cg_rule *r)
{
    cg_case winner, loser;
    cg_given(r, &winner, "case-1", CASEGATE_RECEIVED);
    cg_case_open(&loser, "case-1");
    loser.kase = casegate_case_ref(winner.kase);
    loser.content = casegate_content_ref(winner.content);
    casegate_content *mine = cg_contract_content(r, "mine", NULL), *yours = cg_contract_content(r, "yours", NULL);
    const cg_wish my_wish = { .content = mine }, your_wish = { .content = yours };
    cg_decide_step(r, &loser, CASEGATE_EDIT, &your_wish);
    if (cg_step(r, &winner, CASEGATE_EDIT, &my_wish))
        cg_gives(r, cg_write_step(r, &loser), CASEGATE_CONFLICT, "commit on a version that moved on");
    if (!r->failed && cg_is_loaded(r, &winner)) cg_is_content_stored(r, &winner);
    casegate_content_unref(mine);
    casegate_content_unref(yours);
    cg_case_close(&winner);
    cg_case_close(&loser);
}

static void unknown_case(cg_rule *r)
{
    cg_case known, unknown;
    cg_given(r, &known, "case-1", CASEGATE_DRAFT);
    cg_case_open(&unknown, "case-2");
    casegate_head head = *casegate_case_head(known.kase);
    head.id = "case-2";
    cg_gives(r, casegate_case_new(NULL, &head, &unknown.kase, &r->err), CASEGATE_OK, "the suite's case");
    if (cg_decide_step(r, &unknown, CASEGATE_SUBMIT, NULL))
        cg_gives(r, cg_write_step(r, &unknown), CASEGATE_CONFLICT, "commit on a case that is not there");
    if (!r->failed) cg_gives(r, cg_load(r, "case-2"), CASEGATE_ABSENT, "load after it");
    cg_case_close(&known);
    cg_case_close(&unknown);
}

/* What an engine sends again because it could not be told whether it took effect. */
static void sent_again(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_REJECTED);
    const uint64_t notices = cg_notices_of(r);
    if (!r->failed) cg_gives(r, cg_write(r, c.commit), CASEGATE_CONFLICT, "a commit that comes again");
    if (!r->failed && cg_is_loaded(r, &c) && cg_is_content_stored(r, &c)) cg_has_events(r, c.id, 3, "events after it came again");
    if (!r->failed) cg_is_number(r, cg_notices_of(r), notices, "notices after it came again");
    cg_case_close(&c);
}

/* Three commits at once: the second does not hold, the third sees the first. */
static void array(cg_rule *r)
{
    cg_case a, b;
    casegate_content *content = cg_contract_content(r, "first", NULL), *other = cg_contract_content(r, "other", NULL);
    const cg_wish wish = { .content = content }, changed = { .content = other };
    const casegate_commit *list[3];
    casegate_result results[3] = { -99, -99, -99 };
    cg_given(r, &a, "case-1", CASEGATE_RECEIVED);
    cg_case_open(&b, "case-2");
    cg_case stale = a;
    list[0] = cg_decide_step(r, &b, CASEGATE_CREATE, &wish);
    stale.decision = NULL, stale.actor = NULL, stale.before = NULL;
    list[1] = cg_decide_step(r, &stale, CASEGATE_ACCEPT, NULL);
    if (cg_step(r, &a, CASEGATE_EDIT, &changed)) {
        cg_case then = { .decision = NULL };
        cg_case_open(&then, "case-2");
        cg_gives(r, casegate_case_new(NULL, list[0]->after, &then.kase, &r->err), CASEGATE_OK, "the suite's case");
        list[2] = cg_decide_step(r, &then, CASEGATE_SUBMIT, NULL);
        cg_forget(r);
        if (!r->failed && cg_gives(r, r->ops->commit(r->ops->user, NULL, list, results, 3, &r->err), CASEGATE_OK, "commit of three")) {
            cg_gives(r, results[0], CASEGATE_OK, "the first of three");
            cg_gives(r, results[1], CASEGATE_CONFLICT, "the second of three, which is stale");
            cg_gives(r, results[2], CASEGATE_OK, "the third of three, on what the first made");
            cg_wrote_step(r, &then);
            if (!r->failed && cg_is_loaded(r, &then)) cg_is_loaded(r, &a);
            if (!r->failed) cg_has_events(r, "case-1", 3, "events of the case that lost");
        }
        cg_case_close(&then);
    }
    casegate_decision_free(stale.decision);
    casegate_actor_unref(stale.actor);
    casegate_content_unref(content);
    casegate_content_unref(other);
    cg_case_close(&a);
    cg_case_close(&b);
}

/* ---- requests --------------------------------------------------------------------------------------------------------------------- */

static casegate_result load_request(cg_rule *r, const char *id, const char *lab, const char *org, const char *actor, const char *request)
{
    const casegate_load what = { .size = sizeof what, .case_id = id, .request = request, .request_org = org, .request_actor = actor,
                                 .request_lab = lab };
    cg_forget(r);
    return r->ops->load(r->ops->user, NULL, &what, r->answers, &r->err);
}

static void found_request(cg_rule *r)
{
    cg_case c;
    const cg_wish wish = { .request = "click-1" };
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    if (!cg_decide_step(r, &c, CASEGATE_REJECT, &wish) || !cg_gives(r, cg_write_step(r, &c), CASEGATE_OK, "commit")) goto out;
    if (cg_gives(r, load_request(r, "case-1", CG_LAB, CG_LAB, "lena", "click-1"), CASEGATE_OK, "load with a request") &&
        cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, 0), c.commit->events[0], "the event of the request")) {
        cg_is_view(r, CASEGATE_VIEW_HEAD, casegate_answers_head(r->answers, 0), casegate_case_head(c.kase), "the head beside the request");
        for (size_t i = 0; i < c.commit->notice_count; i++)
            cg_holds(r, casegate_answers_notice(r->answers, i) != NULL, "load answers the notices of the request's event");
        cg_holds(r, !casegate_answers_notice(r->answers, c.commit->notice_count), "load answers no more notices than the request's event has");
    }
    cg_gives(r, load_request(r, NULL, CG_LAB, CG_LAB, "lena", "click-1"), CASEGATE_OK, "load of a request without a case");
    cg_gives(r, load_request(r, "nowhere", CG_LAB, CG_LAB, "lena", "click-1"), CASEGATE_OK, "load of a request beside an unknown case");
    cg_gives(r, load_request(r, "case-1", NULL, CG_LAB, "lena", "click-1"), CASEGATE_OK, "load of a request of the case's own lab");
    cg_holds(r, casegate_answers_event(r->answers, 0) != NULL, "without a lab the case's own is meant");
    const uint32_t seq = casegate_case_head(c.kase)->version;
    if (r->failed || !cg_step(r, &c, CASEGATE_SUBMIT, NULL) || !cg_step(r, &c, CASEGATE_REJECT, NULL)) goto out;
    cg_gives(r, load_request(r, "case-1", CG_LAB, CG_LAB, "lena", "click-1"), CASEGATE_OK, "load of a request when the case moved on");
    for (size_t i = 0; !r->failed && casegate_answers_notice(r->answers, i); i++)
        cg_is_number(r, casegate_answers_notice(r->answers, i)->seq, seq, "load answers the notices of the request's event: seq");
out:
    cg_case_close(&c);
}

static void unique_request(cg_rule *r)
{
    cg_case a, b, other;
    const cg_wish wish = { .request = "click-1" }, someone_else = { .request = "click-1", .actor = "clea" };
    cg_given(r, &a, "case-1", CASEGATE_DRAFT);
    cg_given(r, &b, "case-2", CASEGATE_DRAFT);
    cg_given(r, &other, "case-3", CASEGATE_DRAFT);
    if (cg_step(r, &a, CASEGATE_SUBMIT, &wish) && cg_decide_step(r, &b, CASEGATE_SUBMIT, &wish))
        cg_gives(r, cg_write_step(r, &b), CASEGATE_CONFLICT, "commit under a request id that was used");
    if (!r->failed && cg_is_loaded(r, &b)) cg_step(r, &other, CASEGATE_SUBMIT, &someone_else);
    if (!r->failed) cg_gives(r, load_request(r, NULL, CG_LAB, CG_CLINIC, "nobody", "click-1"), CASEGATE_ABSENT, "load of another's request");
    if (!r->failed) cg_gives(r, load_request(r, NULL, "lab-two", CG_CLINIC, "clara", "click-1"), CASEGATE_ABSENT, "load of a request to another lab");
    cg_case_close(&a);
    cg_case_close(&b);
    cg_case_close(&other);
}

/* ---- history ------------------------------------------------------------------------------------------------------------------------ */

static void history_in_order(cg_rule *r)
{
    cg_case c;
    const cg_wish rejection = { .comment = "The margin cannot be seen.", .file = 1, .request = "click-9" };
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    if (!cg_step(r, &c, CASEGATE_REJECT, &rejection) || !cg_gives(r, cg_history(r, c.id, 0, 100), CASEGATE_OK, "history")) goto out;
    for (uint32_t i = 0; i < 3; i++)
        if (cg_holds(r, casegate_answers_event(r->answers, i) != NULL, "history answers three events"))
            cg_is_number(r, casegate_answers_event(r->answers, i)->seq, i + 1, "history: seq");
    cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, 2), c.commit->events[0], "history: the rejection");
    if (cg_gives(r, cg_history(r, c.id, 1, 1), CASEGATE_OK, "history after the first")) {
        cg_is_number(r, casegate_answers_event(r->answers, 0) ? casegate_answers_event(r->answers, 0)->seq : 0, 2, "history after the first: seq");
        cg_holds(r, !casegate_answers_event(r->answers, 1), "history keeps to its limit");
    }
    if (cg_gives(r, cg_history(r, "nowhere", 0, 10), CASEGATE_OK, "history of an unknown case"))
        cg_holds(r, !casegate_answers_event(r->answers, 0), "an unknown case has no events");
out:
    cg_case_close(&c);
}

/* ---- opening again, and damage ------------------------------------------------------------------------------------------------------ */

static void reopened(cg_rule *r)
{
    cg_case c;
    casegate_store *again = NULL;
    cg_given(r, &c, "case-1", CASEGATE_REJECTED);
    if (!r->failed && cg_gives(r, r->options->reopen(r->options->user, r->host, r->ordinal, &again, &r->err), CASEGATE_OK, "reopen")) {
        casegate_store_unref(r->store);
        r->store = again;
        r->ops = casegate_store_callbacks(again);
        if (cg_is_loaded(r, &c) && cg_is_content_stored(r, &c) && cg_has_events(r, "case-1", 3, "events after opening again"))
            cg_step(r, &c, CASEGATE_SUBMIT, NULL);
    }
    cg_case_close(&c);
}

/* What one of two stores over the same data wrote, the other sees, and does not overwrite. */
static void two_at_once(cg_rule *r)
{
    cg_case c, loser;
    casegate_store *other = NULL;
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    cg_case_open(&loser, "case-1");
    if (r->failed || !cg_gives(r, r->options->reopen(r->options->user, r->host, r->ordinal, &other, &r->err), CASEGATE_OK, "reopen")) goto out;
    loser.kase = casegate_case_ref(c.kase);
    cg_decide_step(r, &loser, CASEGATE_ACCEPT, NULL);
    if (cg_step(r, &c, CASEGATE_REJECT, NULL)) {
        const casegate_store_ops *first = r->ops;
        r->ops = casegate_store_callbacks(other);
        if (cg_is_loaded(r, &c)) cg_gives(r, cg_write_step(r, &loser), CASEGATE_CONFLICT, "commit through the other store");
        r->ops = first;
        if (!r->failed) cg_is_loaded(r, &c);
    }
out:
    casegate_store_unref(other);
    cg_case_close(&c);
    cg_case_close(&loser);
}

static void damaged(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    if (!r->failed && cg_gives(r, r->options->damage(r->options->user, r->ordinal, c.id, &r->err), CASEGATE_OK, "damage"))
        cg_gives(r, cg_load(r, c.id), CASEGATE_E_CORRUPT, "load of a damaged head");
    cg_case_close(&c);
}

/* ---- the table ---------------------------------------------------------------------------------------------------------------------- */

const cg_contract_rule cg_rules_of_commit[] = {
    { "an_unknown_case_is_absent", NULL, absent },
    { "a_head_is_loaded_as_it_was_committed_in_every_status", NULL, heads },
    { "a_resubmitted_case_has_no_current_rejection_any_more", NULL, resubmitted },
    { "text_of_every_kind_and_length_comes_back_unchanged", NULL, texts },
    { "times_up_to_the_year_9999_come_back_unchanged", NULL, far_times },
    { "the_current_content_is_answered_with_its_digest", NULL, current_content },
    { "older_contents_stay_as_they_were", has_revisions, older_content },
    { "a_new_case_whose_id_is_taken_is_a_conflict_and_changes_nothing", NULL, taken_id },
    { "a_commit_on_a_version_that_moved_on_is_a_conflict_and_writes_nothing", NULL, moved_on },
    { "a_commit_on_a_version_that_is_not_there_yet_is_a_conflict", NULL, not_there_yet },
    { "an_edit_that_loses_leaves_the_content_of_the_winner", NULL, lost_edit },
    { "a_commit_on_a_case_that_is_not_there_is_a_conflict", NULL, unknown_case },
    { "a_commit_that_comes_again_is_a_conflict_and_is_stored_once", NULL, sent_again },
    { "several_commits_are_applied_in_order_and_each_by_itself", NULL, array },
    { "a_request_is_found_with_its_event_and_notices", has_requests, found_request },
    { "a_request_id_is_unique_within_organisation_actor_and_lab", has_requests, unique_request },
    { "history_is_answered_in_order_as_it_was_committed", has_history, history_in_order },
    { "what_was_committed_is_there_after_opening_again", can_reopen, reopened },
    { "two_stores_over_the_same_data_see_each_others_commits", can_reopen, two_at_once },
    { "a_damaged_head_is_corrupt", can_damage, damaged },
    { NULL, NULL, NULL },
};
