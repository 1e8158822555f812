/* SPDX-License-Identifier: MIT */
/* test_looks.c: what each side sees of a case, of its history, of the lists and of its inbox; and what was adopted from elsewhere. */
#include "story.h"

#define SECONDS(n) (INT64_C(1000000) * (n))

/* ---- what the tests ask ---------------------------------------------------------------------------------------------------- */

static casegate_result done(const story *t, casegate_result rc)
{
    if (rc < 0) fail_msg("%s: %s: %s", casegate_result_name(rc), t->err.field, t->err.text);
    return rc;
}

static casegate_result view(story *t, const casegate_actor *actor, uint32_t revision)
{
    const casegate_call call = by(actor);
    return done(t, casegate_engine_view(t->engine, &call, t->id, revision, t->o, &t->err));
}

static casegate_result history(story *t, const casegate_actor *actor, uint32_t after, uint32_t limit)
{
    const casegate_call call = by(actor);
    return done(t, casegate_engine_history(t->engine, &call, t->id, after, limit, t->o, &t->err));
}

static casegate_result inbox(story *t, const casegate_actor *actor, const char *after, uint32_t limit)
{
    const casegate_call call = by(actor);
    return done(t, casegate_engine_inbox(t->engine, &call, after, limit, t->o, &t->err));
}

static casegate_result mark(story *t, const casegate_actor *actor, const char *notice)
{
    const casegate_call call = by(actor);
    return done(t, casegate_engine_mark_read(t->engine, &call, notice, t->o, &t->err));
}

static void assert_not_found(const story *t, casegate_result rc)
{
    assert_int_equal(rc, CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "not_found");
    assert_null(casegate_outcome_head(t->o));
}

static void edit(story *t, uint32_t revision, const char *due)
{
    const casegate_call call = by(t->clara);
    casegate_content *content = content_with(CANARY, due);
    assert_int_equal(done(t, casegate_engine_edit(t->engine, &call, t->id, revision, content, t->o, &t->err)), CASEGATE_OK);
    casegate_content_unref(content);
}

static void submit(story *t)
{
    const casegate_call call = by(t->clara);
    assert_int_equal(done(t, casegate_engine_submit(t->engine, &call, t->id, 0, t->o, &t->err)), CASEGATE_OK);
}

/* Created (1), edited (2), submitted (3, with a request id), edited (4): revisions 1 to 3, of which the lab saw the last two. */
static void edited_before_and_after_submission(story *t)
{
    const casegate_call call = by(t->clara);
    draft(t);
    edit(t, 1, "2026-03-21");
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_SUBMIT, .case_id = t->id,
                                       .request = "click-1" };
    assert_int_equal(done(t, casegate_engine_apply(t->engine, &call, &request, t->o, &t->err)), CASEGATE_OK);
    edit(t, 2, "2026-03-22");
}

/* ---- one case ---------------------------------------------------------------------------------------------------------------- */

static void the_clinic_sees_every_revision_that_ever_was(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    edited_before_and_after_submission(t);

    assert_int_equal(view(t, t->clara, 1), CASEGATE_OK);
    assert_string_equal(casegate_content_get(casegate_outcome_content(t->o), CASEGATE_CONTENT_DUE), "2026-03-20");
    assert_int_equal(view(t, t->clara, 0), CASEGATE_OK);
    assert_string_equal(casegate_content_get(casegate_outcome_content(t->o), CASEGATE_CONTENT_DUE), "2026-03-22");
    assert_not_found(t, view(t, t->clara, 4));
    story_close(t);
}

static void the_lab_sees_no_revision_from_before_the_first_submission(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    edited_before_and_after_submission(t);

    assert_int_equal(view(t, t->lena, 2), CASEGATE_OK);
    assert_int_equal(view(t, t->lena, 3), CASEGATE_OK);
    assert_not_found(t, view(t, t->lena, 1));
    story_close(t);
}

/* CG-R12 */
static void a_rejected_case_shows_reason_comment_and_files(void **state)
{
    static const casegate_file file = { .size = sizeof file, .id = "f1", .kind = "image", .name = "margin.png" };
    const casegate_file *files[] = { &file };
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1,
                                       .reason = "other",
                                       .comment = "The margin is hidden.", .files = files, .file_count = 1 };
    assert_int_equal(done(t, casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err)), CASEGATE_OK);

    assert_int_equal(view(t, t->clara, 0), CASEGATE_OK);

    const casegate_event *event = casegate_outcome_rejection(t->o);
    assert_string_equal(event->reason, "other");
    assert_string_equal(event->comment, "The margin is hidden.");
    assert_int_equal(event->file_count, 1);
    assert_string_equal(event->files[0]->name, "margin.png");
    story_close(t);
}

static void a_case_that_was_submitted_again_shows_no_rejection(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    rejected(t);
    submit(t);

    assert_int_equal(view(t, t->clara, 0), CASEGATE_OK);

    assert_null(casegate_outcome_rejection(t->o));
    story_close(t);
}

/* CG-R04 */
static void a_review_names_what_is_missing(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    casegate_content *nameless = content_with("", "2026-03-20");
    (void)state;
    assert_int_equal(done(t, casegate_engine_create(t->engine, &call, "one", nameless, 0, t->o, &t->err)), CASEGATE_OK);
    strcpy(t->id, casegate_outcome_head(t->o)->id);

    assert_int_equal(casegate_engine_review(t->engine, &call, t->id, t->o, &t->err), CASEGATE_OK);

    assert_string_equal(casegate_findings_at(casegate_outcome_findings(t->o), 0)->name, "patient_missing");
    assert_non_null(casegate_outcome_content(t->o));
    casegate_content_unref(nameless);
    story_close(t);
}

static void erase(spy *s, casegate_stored_content *content)
{
    (void)s;
    content->content = NULL;
    content->salt = NULL;
    content->erased = 1;
}

static void a_review_of_what_was_erased_has_neither_content_nor_findings(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->lena);
    (void)state;
    received(t);
    t->spy.bend_content = erase;

    assert_int_equal(casegate_engine_review(t->engine, &call, t->id, t->o, &t->err), CASEGATE_OK);

    assert_non_null(casegate_outcome_head(t->o));
    assert_null(casegate_outcome_content(t->o));
    assert_int_equal(casegate_findings_count(casegate_outcome_findings(t->o)), 0);
    story_close(t);
}

/* ---- history ------------------------------------------------------------------------------------------------------------------- */

static void the_history_of_a_lab_begins_with_the_first_submission(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    edited_before_and_after_submission(t);

    assert_int_equal(history(t, t->lena, 0, 0), CASEGATE_OK);
    assert_int_equal(casegate_outcome_event_count(t->o), 2);
    assert_int_equal(casegate_outcome_event_at(t->o, 0)->seq, 3);

    assert_int_equal(history(t, t->clara, 0, 0), CASEGATE_OK);
    assert_int_equal(casegate_outcome_event_count(t->o), 4);
    story_close(t);
}

static void request_ids_of_another_organisation_are_left_out(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    edited_before_and_after_submission(t);

    history(t, t->lena, 2, 1);
    assert_true(!casegate_outcome_event_at(t->o, 0)->request || !*casegate_outcome_event_at(t->o, 0)->request);

    history(t, t->clara, 2, 1);
    assert_string_equal(casegate_outcome_event_at(t->o, 0)->request, "click-1");
    story_close(t);
}

static void a_history_is_paged_by_sequence_number(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    edited_before_and_after_submission(t);
    uint32_t seq = 0;

    for (int page = 0; page < 2; page++) {
        history(t, t->clara, seq, 3);
        for (size_t i = 0; i < casegate_outcome_event_count(t->o); i++) assert_int_equal(casegate_outcome_event_at(t->o,
                i)->seq, ++seq);
    }

    assert_int_equal(seq, 4);
    history(t, t->clara, seq, 3);
    assert_int_equal(casegate_outcome_event_count(t->o), 0);
    story_close(t);
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------- */

static void create(story *t, const char *due, int32_t submitted)
{
    const casegate_call call = by(t->clara);
    casegate_content *content = content_with(CANARY, due);
    assert_int_equal(done(t, casegate_engine_create(t->engine, &call, "one", content, submitted, t->o, &t->err)), CASEGATE_OK);
    casegate_content_unref(content);
}

/* Two or three at a time, three due dates of which one is none; the fourth is a draft. */
static void seven_cases(story *t)
{
    static const struct { int minutes; const char *due; int32_t submitted; } rows[] = {
        { 0, "2026-04-02", 1 }, { 0, "2026-04-01", 1 }, { 1, "2026-04-02", 1 }, { 0, "", 0 }, { 0, "", 1 }, { 1, "2026-04-01",
                1 }, { 0, "2026-04-02", 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        casegate_clock_advance(t->clock, SECONDS(60) * rows[i].minutes);
        create(t, rows[i].due, rows[i].submitted);
    }
}

/* Every page of three, its last digits of the ids one behind the other. */
static void walk(story *t, const casegate_actor *actor, int32_t order, int32_t requires_action, char *ids)
{
    const casegate_call call = by(actor);
    casegate_list list = { .size = sizeof list, .order = order, .limit = 3, .requires_action = requires_action };
    char after[256];
    size_t n = 0;
    do {
        assert_int_equal(done(t, casegate_engine_list(t->engine, &call, &list, t->o, &t->err)), CASEGATE_OK);
        assert_in_range(casegate_outcome_head_count(t->o), 1, 3);
        for (size_t i = 0; i < casegate_outcome_head_count(t->o) && n < 15; i++) {
            const char *id = casegate_outcome_head_at(t->o, i)->id;
            ids[n++] = id[strlen(id) - 1];
        }
        if (casegate_outcome_next(t->o)) list.after = strcpy(after, casegate_outcome_next(t->o));
    } while (casegate_outcome_next(t->o) && n < 15);
    ids[n] = '\0';
}

/* CG-R02 */
static void pages_show_every_case_once_the_longest_waiting_first(void **state)
{
    char ids[16];
    story *t = story_open(NULL);
    (void)state;
    seven_cases(t);

    walk(t, t->clara, CASEGATE_BY_WAITING, 0, ids);

    assert_string_equal(ids, "1234567");
    story_close(t);
}

/* CG-R02 */
static void pages_show_every_case_once_the_most_urgent_first_and_those_without_a_due_date_last(void **state)
{
    char ids[16];
    story *t = story_open(NULL);
    (void)state;
    seven_cases(t);

    walk(t, t->clara, CASEGATE_BY_DUE, 0, ids);

    assert_string_equal(ids, "2613745");
    story_close(t);
}

/* CG-R02 */
static void a_lab_lists_exactly_the_cases_that_wait_for_it(void **state)
{
    char ids[16];
    story *t = story_open(NULL);
    (void)state;
    seven_cases(t);
    strcpy(t->id, "case-2");
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    walk(t, t->lena, CASEGATE_BY_WAITING, 1, ids);
    assert_string_equal(ids, "13567");
    walk(t, t->lena, CASEGATE_BY_WAITING, 0, ids);
    assert_string_equal(ids, "123567");
    story_close(t);
}

static void what_is_no_cursor_of_this_order_is_invalid(void **state)
{
    static const char *const bad[] = { "x", "w", "w|", "w|1|2|", "w|1|x|case-1", "w||2|case-1", "d|2026-04-01|2|case-1", "||||" };
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    (void)state;
    seven_cases(t);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const casegate_list list = { .size = sizeof list, .order = CASEGATE_BY_WAITING, .after = bad[i] };
        assert_int_equal(casegate_engine_list(t->engine, &call, &list, t->o, &t->err), CASEGATE_E_INVALID);
        assert_string_equal(t->err.field, "after");
    }
    story_close(t);
}

static void a_cursor_of_the_other_order_is_invalid(void **state)
{
    char after[256];
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    casegate_list list = { .size = sizeof list, .order = CASEGATE_BY_WAITING, .limit = 3 };
    (void)state;
    seven_cases(t);
    assert_int_equal(casegate_engine_list(t->engine, &call, &list, t->o, &t->err), CASEGATE_OK);
    list.after = strcpy(after, casegate_outcome_next(t->o));
    list.order = CASEGATE_BY_DUE;

    assert_int_equal(casegate_engine_list(t->engine, &call, &list, t->o, &t->err), CASEGATE_E_INVALID);

    assert_string_equal(t->err.field, "after");
    story_close(t);
}

static void a_page_is_of_fifty_and_never_of_more_than_a_thousand(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    const casegate_list usual = { .size = sizeof usual }, huge = { .size = sizeof huge, .limit = UINT32_MAX };
    (void)state;
    for (int i = 0; i < 1001; i++) create(t, "", 0);

    assert_int_equal(casegate_engine_list(t->engine, &call, &usual, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 50);
    assert_int_equal(casegate_engine_list(t->engine, &call, &huge, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 1000);
    assert_non_null(casegate_outcome_next(t->o));
    story_close(t);
}

/* CG-R21 */
static void waiting_means_at_least_so_long(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->lena);
    (void)state;
    received(t);
    casegate_clock_advance(t->clock, SECONDS(3600));

    assert_int_equal(casegate_engine_waiting(t->engine, &call, SECONDS(3600), 0, NULL, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 1);
    assert_int_equal(casegate_engine_waiting(t->engine, &call, SECONDS(3600) + 1, 0, NULL, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 0);
    assert_int_equal(casegate_engine_waiting(t->engine, &call, 0, 0, NULL, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 1);
    assert_int_equal(casegate_engine_waiting(t->engine, &call, -1, 0, NULL, t->o, &t->err), CASEGATE_E_INVALID);
    story_close(t);
}

/* ---- inbox --------------------------------------------------------------------------------------------------------------------- */

static void rejected_three_times(story *t)
{
    rejected(t);
    for (int i = 0; i < 2; i++) {
        submit(t);
        assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    }
}

static void an_inbox_is_paged_and_counts_what_is_unread_in_all(void **state)
{
    char after[160];
    story *t = story_open(NULL);
    (void)state;
    rejected_three_times(t);

    assert_int_equal(inbox(t, t->clara, NULL, 2), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(t->o), 2);
    assert_int_equal(casegate_outcome_notice_at(t->o, 0)->attempt, 1);
    assert_int_equal(casegate_outcome_total(t->o), 3);
    strcpy(after, casegate_outcome_notice_at(t->o, 1)->id);

    assert_int_equal(inbox(t, t->clara, after, 2), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(t->o), 1);
    assert_int_equal(casegate_outcome_notice_at(t->o, 0)->attempt, 3);
    assert_int_equal(casegate_outcome_total(t->o), 3);
    story_close(t);
}

static void one_notice_is_marked_or_all_of_this_inbox_and_no_other(void **state)
{
    char first[160];
    story *t = story_open(NULL);
    (void)state;
    rejected_three_times(t);
    inbox(t, t->clara, NULL, 1);
    strcpy(first, casegate_outcome_notice_at(t->o, 0)->id);

    for (int twice = 0; twice < 2; twice++) {
        assert_int_equal(mark(t, t->clara, first), CASEGATE_OK);
        assert_int_equal(casegate_outcome_total(t->o), 2);
    }
    assert_int_equal(mark(t, t->clara, NULL), CASEGATE_OK);
    assert_int_equal(casegate_outcome_total(t->o), 0);
    inbox(t, t->dan, NULL, 0);
    assert_int_equal(casegate_outcome_total(t->o), 3);
    story_close(t);
}

/* CG-R14 */
static void a_notice_of_another_inbox_is_found_no_more_than_one_that_is_not_there(void **state)
{
    char of_dan[160];
    story *t = story_open(NULL);
    (void)state;
    rejected(t);
    inbox(t, t->dan, NULL, 1);
    strcpy(of_dan, casegate_outcome_notice_at(t->o, 0)->id);

    assert_not_found(t, mark(t, t->clara, of_dan));
    assert_not_found(t, mark(t, t->carl, of_dan));
    assert_not_found(t, mark(t, t->clara, "no-such-notice"));
    assert_not_found(t, inbox(t, t->clara, of_dan, 0));
    assert_not_found(t, inbox(t, t->clara, "no-such-notice", 0));
    inbox(t, t->dan, NULL, 0);
    assert_int_equal(casegate_outcome_total(t->o), 1);
    story_close(t);
}

/* ---- who may not, and what cannot ---------------------------------------------------------------------------------------------- */

/* CG-R14 */
static void without_the_permission_to_view_there_is_nothing_to_be_seen(void **state)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "blind", .org = "north", .role = CASEGATE_CLINIC_USER,
                                           .permissions = CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT };
    casegate_actor *blind = NULL;
    story *t = story_open(NULL);
    (void)state;
    rejected(t);
    assert_int_equal(casegate_actor_new(NULL, &fields, &blind, &t->err), CASEGATE_OK);
    const casegate_call call = by(blind);

    assert_not_found(t, view(t, blind, 0));
    assert_not_found(t, history(t, blind, 0, 0));
    assert_not_found(t, casegate_engine_explain(t->engine, &call, t->id, t->o, &t->err));
    assert_not_found(t, casegate_engine_review(t->engine, &call, t->id, t->o, &t->err));
    assert_not_found(t, casegate_engine_verify(t->engine, &call, t->id, t->o, &t->err));
    assert_int_equal(casegate_engine_list(t->engine, &call, NULL, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 0);
    assert_int_equal(casegate_engine_waiting(t->engine, &call, 0, 0, NULL, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 0);
    assert_int_equal(inbox(t, blind, NULL, 0), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(t->o) + casegate_outcome_total(t->o), 0);
    assert_int_equal(t->spy.lists + t->spy.histories + t->spy.inboxes + t->spy.contents, 0);
    casegate_actor_unref(blind);
    story_close(t);
}

static void what_the_store_cannot_do_is_named(void **state)
{
    story *t = story_open(&(setting) { .without = CASEGATE_KEEPS_LISTS | CASEGATE_KEEPS_HISTORY | CASEGATE_KEEPS_INBOX });
    const casegate_call call = by(t->clara);
    (void)state;
    rejected(t);

    assert_int_equal(casegate_engine_list(t->engine, &call, NULL, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "list");
    assert_int_equal(casegate_engine_waiting(t->engine, &call, 0, 0, NULL, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "list");
    assert_int_equal(casegate_engine_history(t->engine, &call, t->id, 0, 0, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "history");
    assert_int_equal(casegate_engine_inbox(t->engine, &call, NULL, 0, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "inbox");
    assert_int_equal(casegate_engine_mark_read(t->engine, &call, NULL, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "mark_read");
    story_close(t);
}

static void without_a_history_a_rejected_case_is_seen_without_its_rejection(void **state)
{
    story *t = story_open(&(setting) { .without = CASEGATE_KEEPS_HISTORY });
    (void)state;
    rejected(t);

    assert_int_equal(view(t, t->clara, 0), CASEGATE_OK);

    assert_string_equal(casegate_outcome_head(t->o)->reason, "other");
    assert_null(casegate_outcome_rejection(t->o));
    story_close(t);
}

/* ---- adopted from elsewhere ----------------------------------------------------------------------------------------------------- */

static casegate_result adopt(story *t, const casegate_actor *actor, int32_t status, uint32_t attempt, const char *reason)
{
    const casegate_call call = by(actor);
    casegate_result rc = done(t, casegate_engine_adopt(t->engine, &call, "north", "one", t->content, status, attempt, reason, t->o,
                                                       &t->err));
    if (rc == CASEGATE_OK) strcpy(t->id, casegate_outcome_head(t->o)->id);
    return rc;
}

static void assert_adopted(story *t, int32_t status, uint32_t attempt, const char *reason)
{
    const casegate_call call = by(t->clara);
    assert_int_equal(adopt(t, t->robot, status, attempt, reason), CASEGATE_OK);
    assert_int_equal(now(t)->status, status);
    assert_int_equal(now(t)->attempt, attempt);
    assert_int_equal(view(t, t->clara, 0), CASEGATE_OK);
    assert_int_equal(view(t, t->lena, 0), attempt ? CASEGATE_OK : CASEGATE_REFUSED);
    assert_int_equal(casegate_engine_verify(t->engine, &call, t->id, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_verification(t->o)->intact, 1);
}

static void a_case_is_adopted_in_any_status(void **state)
{
    story *t = story_open(NULL);
    (void)state;

    assert_adopted(t, CASEGATE_DRAFT, 0, NULL);
    assert_adopted(t, CASEGATE_RECEIVED, 1, NULL);
    assert_adopted(t, CASEGATE_IN_PRODUCTION, 2, NULL);
    assert_adopted(t, CASEGATE_REJECTED, 3, "other");

    assert_int_equal(casegate_recorder_count(t->mail), 0);
    story_close(t);
}

/* CG-R20 */
static void a_request_id_that_was_used_is_known_also_where_a_new_case_wants_an_id_of_its_own(void **state)
{
    static const int32_t actions[] = { CASEGATE_CREATE, CASEGATE_ADOPT };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        story *t = story_open(NULL);
        const casegate_call call = by(i == 0 ? t->clara : t->robot);
        casegate_content *other = content_with("Bo", NULL);
        casegate_request request = { .size = sizeof request, .action = actions[i], .lab = "one", .clinic = i == 0 ? NULL : "north",
                                     .content = t->content, .status = i == 0 ? 0 : CASEGATE_DRAFT, .case_id = "case-a", .request = "r-1" };
        assert_int_equal(done(t, casegate_engine_apply(t->engine, &call, &request, t->o, &t->err)), CASEGATE_OK);

        request.case_id = "case-b";   /* the id is no part of what a new case means */
        assert_int_equal(done(t, casegate_engine_apply(t->engine, &call, &request, t->o, &t->err)), CASEGATE_OK);
        assert_int_equal(casegate_outcome_replayed(t->o), 1);
        assert_string_equal(casegate_outcome_head(t->o)->id, "case-a");
        request.content = other;
        assert_int_equal(done(t, casegate_engine_apply(t->engine, &call, &request, t->o, &t->err)), CASEGATE_REFUSED);
        assert_string_equal(obstacles(t), "request_reused");

        casegate_content_unref(other);
        story_close(t);
    }
}

static void an_adopted_case_goes_on_like_any_other(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    adopt(t, t->robot, CASEGATE_REJECTED, 3, "other");
    assert_int_equal(view(t, t->lena, 0), CASEGATE_OK);
    assert_string_equal(casegate_outcome_rejection(t->o)->reason, "other");

    submit(t);
    assert_int_equal(casegate_outcome_head(t->o)->attempt, 4);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(now(t)->status, CASEGATE_IN_PRODUCTION);
    history(t, t->lena, 0, 0);
    assert_int_equal(casegate_outcome_event_count(t->o), 3);
    story_close(t);
}

static void assert_faulty(const story *t, casegate_result rc, const char *field)
{
    assert_int_equal(rc, CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "invalid_input");
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->subject, field);
}

static void only_a_draft_is_adopted_without_an_attempt(void **state)
{
    story *t = story_open(NULL);
    (void)state;

    assert_faulty(t, adopt(t, t->robot, CASEGATE_DRAFT, 1, NULL), "attempt");
    assert_faulty(t, adopt(t, t->robot, CASEGATE_RECEIVED, 0, NULL), "attempt");
    assert_faulty(t, adopt(t, t->robot, CASEGATE_IN_PRODUCTION, 0, NULL), "attempt");
    assert_faulty(t, adopt(t, t->robot, CASEGATE_REJECTED, 0, "other"), "attempt");
    assert_faulty(t, adopt(t, t->robot, 99, 1, NULL), "status");

    assert_int_equal(t->spy.commits, 0);
    story_close(t);
}

static void a_rejected_case_is_adopted_with_its_reason_only(void **state)
{
    story *t = story_open(NULL);
    (void)state;

    assert_int_equal(adopt(t, t->robot, CASEGATE_REJECTED, 1, NULL), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "reason_required");
    story_close(t);
}

static void nobody_but_the_system_adopts(void **state)
{
    story *t = story_open(NULL);
    (void)state;

    assert_int_equal(adopt(t, t->clara, CASEGATE_RECEIVED, 1, NULL), CASEGATE_REFUSED);
    assert_int_equal(adopt(t, t->lena, CASEGATE_RECEIVED, 1, NULL), CASEGATE_REFUSED);

    assert_non_null(strstr(obstacles(t), "wrong_role"));
    assert_int_equal(t->spy.commits, 0);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clinic_sees_every_revision_that_ever_was),
        cmocka_unit_test(the_lab_sees_no_revision_from_before_the_first_submission),
        cmocka_unit_test(a_rejected_case_shows_reason_comment_and_files),
        cmocka_unit_test(a_case_that_was_submitted_again_shows_no_rejection),
        cmocka_unit_test(a_review_names_what_is_missing),
        cmocka_unit_test(a_review_of_what_was_erased_has_neither_content_nor_findings),
        cmocka_unit_test(the_history_of_a_lab_begins_with_the_first_submission),
        cmocka_unit_test(request_ids_of_another_organisation_are_left_out),
        cmocka_unit_test(a_history_is_paged_by_sequence_number),
        cmocka_unit_test(pages_show_every_case_once_the_longest_waiting_first),
        cmocka_unit_test(pages_show_every_case_once_the_most_urgent_first_and_those_without_a_due_date_last),
        cmocka_unit_test(a_lab_lists_exactly_the_cases_that_wait_for_it),
        cmocka_unit_test(what_is_no_cursor_of_this_order_is_invalid),
        cmocka_unit_test(a_cursor_of_the_other_order_is_invalid),
        cmocka_unit_test(a_page_is_of_fifty_and_never_of_more_than_a_thousand),
        cmocka_unit_test(waiting_means_at_least_so_long),
        cmocka_unit_test(an_inbox_is_paged_and_counts_what_is_unread_in_all),
        cmocka_unit_test(one_notice_is_marked_or_all_of_this_inbox_and_no_other),
        cmocka_unit_test(a_notice_of_another_inbox_is_found_no_more_than_one_that_is_not_there),
        cmocka_unit_test(without_the_permission_to_view_there_is_nothing_to_be_seen),
        cmocka_unit_test(what_the_store_cannot_do_is_named),
        cmocka_unit_test(without_a_history_a_rejected_case_is_seen_without_its_rejection),
        cmocka_unit_test(a_case_is_adopted_in_any_status),
        cmocka_unit_test(a_request_id_that_was_used_is_known_also_where_a_new_case_wants_an_id_of_its_own),
        cmocka_unit_test(an_adopted_case_goes_on_like_any_other),
        cmocka_unit_test(only_a_draft_is_adopted_without_an_attempt),
        cmocka_unit_test(a_rejected_case_is_adopted_with_its_reason_only),
        cmocka_unit_test(nobody_but_the_system_adopts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
