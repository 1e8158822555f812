/* SPDX-License-Identifier: MIT */
/* test_verify.c: whoever changes the record is found out, and the first thing that does not fit is named. */
#include "story.h"

static uint32_t at_seq;   /* the event that a test bends */

static void change_comment(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->comment = "something else"; }
static void drop_comment(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->comment = NULL, e->text_digest = NULL; }
static void change_reason(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->reason = "unreadable_scan"; }
static void drop_reason(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->reason = NULL; }
static void change_actor(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->actor = "lars"; }
static void change_time(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->time_us += 1; }
static void change_seq(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->seq = 9; }
static void change_case(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->case_id = "another"; }
static void accept_from_draft(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->from = CASEGATE_DRAFT; }
static void change_hash(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->hash = "1:00"; }
static void drop_hash(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->hash = NULL; }
static void change_files(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->file_count = 0; }
static void erase_texts(spy *s, casegate_event *e) { (void)s; e->comment = NULL; e->file_count = 0; e->salt = NULL; e->erased = 1; }

static void head_status(spy *s, casegate_head *h) { (void)s; h->status = CASEGATE_RECEIVED; }
static void head_version(spy *s, casegate_head *h) { (void)s; h->version = 4; }
static void head_reason(spy *s, casegate_head *h) { (void)s; h->reason = "unreadable_scan"; }
static void head_attempt(spy *s, casegate_head *h) { (void)s; h->attempt = 2; }
static void head_patient(spy *s, casegate_head *h) { (void)s; h->patient_name = "someone else"; }
static void head_decider(spy *s, casegate_head *h) { (void)s; h->decided_by = "lars"; }
static void head_hash(spy *s, casegate_head *h) { (void)s; h->event_hash = "1:00"; }
static void head_times(spy *s, casegate_head *h) { (void)s; h->submitted_us += 1; }

static casegate_content *forged;
static void change_content(spy *s, casegate_stored_content *c) { (void)s; c->content = forged; }
static void erase_content(spy *s, casegate_stored_content *c) { (void)s; c->content = NULL; c->salt = NULL; c->erased = 1; }

/* A case with a draft, a submission and a rejection with comment and file. */
static story *open_record(const setting *s)
{
    const casegate_file file = { .size = sizeof file, .id = "x1", .kind = "image", .name = "margin.png" };
    const casegate_file *const files[] = { &file };
    story *t = story_open(s);
    const casegate_call lab = by(t->lena);
    received(t);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1,
                                       .reason = "other",
                                       .comment = "The margin is not visible.", .files = files, .file_count = 1, .request = "r-1" };
    assert_int_equal(casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err), CASEGATE_OK);
    return t;
}

static const casegate_verification *verify(story *t)
{
    const casegate_call clinic = by(t->clara);
    casegate_result rc = casegate_engine_verify(t->engine, &clinic, t->id, t->o, &t->err);
    if (rc != CASEGATE_OK) fail_msg("%s: %s: %s", casegate_result_name(rc), t->err.field, t->err.text);
    return casegate_outcome_verification(t->o);
}

/* CG-R17 */
static void a_record_that_nobody_touched_is_intact(void **state)
{
    story *t = open_record(NULL);
    (void)state;

    const casegate_verification *v = verify(t);

    assert_int_equal(v->intact, 1);
    assert_int_equal(v->erased, 0);
    assert_int_equal(v->events, 3);
    assert_string_equal(v->problem, "");
    assert_string_equal(v->hash, casegate_outcome_head(t->o)->event_hash);
    story_close(t);
}

typedef struct tampering {
    void (*event)(spy *s, casegate_event *e);
    void (*head)(spy *s, casegate_head *h);
    void (*content)(spy *s, casegate_stored_content *c);
    uint32_t at, seq;    /* the event that is bent, and the one that is named */
    const char *problem;
    int drop;
} tampering;
static const tampering tamperings[] = {
    { .event = change_comment, .at = 3, .seq = 3, .problem = "comment or files do not fit their digest" },
    { .event = change_files, .at = 3, .seq = 3, .problem = "comment or files do not fit their digest" },
    { .event = drop_comment, .at = 3, .seq = 3, .problem = "comment or files do not fit their digest" },
    { .event = change_reason, .at = 3, .seq = 3, .problem = "the event was changed" },
    { .event = drop_reason, .at = 3, .seq = 3, .problem = "a rejection has no reason" },
    { .event = change_actor, .at = 2, .seq = 2, .problem = "the event was changed" },
    { .event = change_time, .at = 1, .seq = 1, .problem = "the event was changed" },
    { .event = change_seq, .at = 2, .seq = 9, .problem = "an event is missing" },
    { .event = change_case, .at = 2, .seq = 2, .problem = "the event is of another case" },
    { .event = accept_from_draft, .at = 3, .seq = 3, .problem = "the event does not begin where the last one ended" },
    { .event = change_hash, .at = 2, .seq = 2, .problem = "the event was changed" },
    { .event = drop_hash, .at = 2, .seq = 2, .problem = "the event was changed" },
    { .drop = 2, .seq = 3, .problem = "an event is missing" },
    { .drop = 3, .seq = 0, .problem = "the last event is missing, or the head's version was changed" },
    { .drop = 1, .seq = 2, .problem = "an event is missing" },
    { .head = head_version, .seq = 0, .problem = "the last event is missing, or the head's version was changed" },
    { .head = head_status, .seq = 0, .problem = "the head's status was changed" },
    { .head = head_attempt, .seq = 0, .problem = "the head's attempt was changed" },
    { .head = head_times, .seq = 0, .problem = "the head's times were changed" },
    { .head = head_reason, .seq = 0, .problem = "the head's rejection was changed" },
    { .head = head_decider, .seq = 0, .problem = "the head's decision was changed" },
    { .head = head_hash, .seq = 0, .problem = "the head's hash was changed" },
    { .head = head_patient, .seq = 0, .problem = "the head's summary does not fit its content" },
    { .content = change_content, .seq = 1, .problem = "the content does not fit its digest" },
};

/* CG-R17 */
static void whatever_is_changed_is_named_at_the_first_event_that_does_not_fit(void **state)
{
    (void)state;
    forged = content_with("Someone Else", "2026-03-20");
    for (size_t i = 0; i < sizeof tamperings / sizeof *tamperings; i++) {
        const tampering *how = &tamperings[i];
        story *t = open_record(NULL);
        at_seq = how->at;
        t->spy.bend_event = how->event;
        t->spy.bend_head = how->head;
        t->spy.bend_content = how->content;
        t->spy.drop_event = how->drop;

        const casegate_verification *v = verify(t);

        if (v->intact || v->seq != how->seq || strcmp(v->problem, how->problem) != 0)
            fail_msg("tampering %d: intact %d, event %u: %s", (int)i, v->intact, (unsigned)v->seq, v->problem);
        story_close(t);
    }
    casegate_content_unref(forged);
}

/* ---- erased ----------------------------------------------------------------------------------------------------------------------------- */

static void drop_erasure_seq(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->action = CASEGATE_EDIT; }
static void erasure_moves(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->attempt++; }
static void keep_a_salt(spy *s, casegate_event *e) { (void)s; if (e->seq == at_seq) e->erased = 0, e->salt = "salt"; }
static void keep_content(spy *s, casegate_stored_content *c) { (void)s; c->content = forged; c->erased = 0; }

/* The same record, accepted in the end, and erased. */
static story *open_erased(void)
{
    story *t = open_record(NULL);
    const casegate_call clinic = by(t->clara), host = by(t->robot);
    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    assert_int_equal(casegate_engine_erase(t->engine, &host, t->id, t->o, &t->err), CASEGATE_OK);
    return t;
}

/* CG-R17 */
static void what_was_erased_is_said_and_the_rest_is_still_intact(void **state)
{
    story *t = open_erased();
    (void)state;

    const casegate_verification *v = verify(t);

    assert_int_equal(v->intact, 1);
    assert_int_equal(v->erased, 1);
    assert_int_equal(v->events, 6);
    story_close(t);
}

static const tampering false_erasures[] = {
    { .event = drop_erasure_seq, .at = 6, .seq = 6, .problem = "the event was changed" },
    { .event = erasure_moves, .at = 6, .seq = 6, .problem = "an erasure changed more than texts" },
    { .event = keep_a_salt, .at = 2, .seq = 6, .problem = "an erasure left texts behind" },
    { .head = head_patient, .seq = 0, .problem = "the head's summary does not fit its content" },
};

/* CG-R17 */
static void an_erasure_that_took_too_much_or_too_little_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof false_erasures / sizeof *false_erasures; i++) {
        const tampering *how = &false_erasures[i];
        story *t = open_erased();
        at_seq = how->at;
        t->spy.bend_event = how->event;
        t->spy.bend_head = how->head;

        const casegate_verification *v = verify(t);

        if (v->intact || v->seq != how->seq || strcmp(v->problem, how->problem) != 0)
            fail_msg("tampering %d: intact %d, event %u: %s", (int)i, v->intact, (unsigned)v->seq, v->problem);
        story_close(t);
    }
}

static void a_content_that_an_erasure_left_behind_is_named(void **state)
{
    story *t = open_erased();
    (void)state;
    forged = t->content;
    t->spy.bend_content = keep_content;

    const casegate_verification *v = verify(t);

    assert_int_equal(v->intact, 0);
    assert_string_equal(v->problem, "the content does not fit its digest");   /* its salt is gone */
    story_close(t);
}

/* CG-R17 */
static void texts_that_went_without_an_erasure_are_missed(void **state)
{
    static const struct { void (*event)(spy *s, casegate_event *e); void (*content)(spy *s, casegate_stored_content *c); uint32_t seq; } rows[] = {
        { erase_texts, NULL, 3 }, { NULL, erase_content, 1 }, { erase_texts, erase_content, 3 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        story *t = open_record(NULL);
        t->spy.bend_event = rows[i].event;
        t->spy.bend_content = rows[i].content;

        const casegate_verification *v = verify(t);

        assert_int_equal(v->intact, 0);
        assert_int_equal(v->seq, rows[i].seq);
        assert_string_equal(v->problem, "texts are gone that no erasure took");
        story_close(t);
    }
}

/* ---- keyed ---------------------------------------------------------------------------------------------------------------------------- */

static const char *secret = "k";
static const char *known_key = "2026";

static casegate_result CASEGATE_CALL keyed_digest(void *user, const char *key, const uint8_t *data, size_t len, uint8_t out[32],
                                                  casegate_error *err)
{
    (void)user, (void)err;
    if (!key) return casegate_sha256(data, len, out), CASEGATE_OK;
    if (strcmp(key, known_key) != 0) return CASEGATE_ABSENT;
    casegate_hmac_sha256((const uint8_t *)secret, 1, data, len, out);
    return CASEGATE_OK;
}

static const casegate_host_ops keyed = { .size = sizeof keyed, .digest = keyed_digest, .seal_key = "2026" };

/* CG-R17 */
static void a_keyed_record_cannot_be_sealed_again_without_the_key(void **state)
{
    story *t = open_record(&(setting) { .host_ops = &keyed });
    (void)state;

    assert_int_equal(verify(t)->intact, 1);
    secret = "x";   /* what a forger has */
    const casegate_verification *v = verify(t);
    secret = "k";

    assert_int_equal(v->intact, 0);
    assert_int_equal(v->seq, 1);
    assert_string_equal(v->problem, "the event was changed");
    story_close(t);
}

static void a_key_that_the_host_does_not_know_is_an_error_and_no_verdict(void **state)
{
    story *t = open_record(&(setting) { .host_ops = &keyed });
    const casegate_call clinic = by(t->clara);
    (void)state;
    known_key = "2027";

    casegate_result rc = casegate_engine_verify(t->engine, &clinic, t->id, t->o, &t->err);
    known_key = "2026";

    assert_int_equal(rc, CASEGATE_E_HOST);
    assert_string_equal(t->err.field, "key");
    assert_null(casegate_outcome_verification(t->o));
    story_close(t);
}

static void reject_meanwhile(spy *s)
{
    story *t = s->data;
    casegate_outcome *o = casegate_outcome_new(NULL);
    const casegate_call lab = by(t->lena);
    s->before_history = NULL;
    assert_int_equal(casegate_engine_reject(t->engine, &lab, t->id, 1, "other", NULL, o, &t->err), CASEGATE_OK);
    casegate_outcome_free(o);
}

/* CG-R17 */
static void a_case_that_goes_on_while_it_is_verified_is_not_blamed(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    received(t);
    t->spy.data = t;
    t->spy.before_history = reject_meanwhile;

    const casegate_verification *v = verify(t);

    assert_int_equal(v->intact, 1);
    assert_int_equal(v->events, 3);
    assert_int_equal(casegate_outcome_head(t->o)->status, CASEGATE_REJECTED);
    story_close(t);
}

static void a_long_history_is_read_page_by_page(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    char due[16];
    (void)state;
    draft(t);
    for (uint32_t i = 1; i < 250; i++) {
        snprintf(due, sizeof due, "2026-%02d-%02d", (int)(i / 28 % 12 + 1), (int)(i % 28 + 1));
        casegate_content *content = content_with(CANARY, due);
        assert_int_equal(casegate_engine_edit(t->engine, &clinic, t->id, i, content, t->o, &t->err), CASEGATE_OK);
        casegate_content_unref(content);
    }
    forget_counts(t);

    const casegate_verification *v = verify(t);

    assert_int_equal(v->intact, 1);
    assert_int_equal(v->events, 250);
    assert_int_equal(t->spy.histories, 3);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_nobody_touched_is_intact),
        cmocka_unit_test(whatever_is_changed_is_named_at_the_first_event_that_does_not_fit),
        cmocka_unit_test(what_was_erased_is_said_and_the_rest_is_still_intact),
        cmocka_unit_test(an_erasure_that_took_too_much_or_too_little_is_named),
        cmocka_unit_test(a_content_that_an_erasure_left_behind_is_named),
        cmocka_unit_test(texts_that_went_without_an_erasure_are_missed),
        cmocka_unit_test(a_keyed_record_cannot_be_sealed_again_without_the_key),
        cmocka_unit_test(a_key_that_the_host_does_not_know_is_an_error_and_no_verdict),
        cmocka_unit_test(a_case_that_goes_on_while_it_is_verified_is_not_blamed),
        cmocka_unit_test(a_long_history_is_read_page_by_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
