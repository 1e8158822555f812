/* SPDX-License-Identifier: MIT */
/* test_migrate.c: cases taken to another definition: one by one, or all of a store, on a walk that can be broken off. */
#include "story.h"

#include <stdlib.h>

/* ---- a lab that outgrows intake --------------------------------------------------------------------------------------------- */

/* intake in other words, with a status more in phase accepted. */
static casegate_workflow *definition(uint32_t version, int32_t accepted, const char *in_work)
{
    static const char *const to[] = { "clinic", "dentist" }, *const channels[] = { "email", "portal" };
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "own", version);
    casegate_workflow *made = NULL;
    casegate_workflow_add_status(b, 1, "draft", "draft");
    casegate_workflow_add_status(b, 2, "received", "pending");
    casegate_workflow_add_status(b, accepted, in_work, "accepted");
    casegate_workflow_add_status(b, 4, "rejected", "rejected");
    casegate_workflow_add_action(b, 2, "edit", "edit", 1);
    casegate_workflow_add_role(b, "clinic_user");
    casegate_workflow_add_transition(b, "draft", NULL);
    casegate_workflow_add_transition(b, "received", NULL);
    casegate_workflow_add_transition(b, "rejected", NULL);
    casegate_workflow_add_action(b, 3, "submit", "submit", 0);
    casegate_workflow_add_role(b, "clinic_user");
    casegate_workflow_add_transition(b, "draft", "received");
    casegate_workflow_add_transition(b, "rejected", "received");
    casegate_workflow_add_action(b, 4, "accept", "accept", 0);
    casegate_workflow_add_role(b, "lab_user");
    casegate_workflow_add_need(b, "revision");
    casegate_workflow_add_transition(b, "received", in_work);
    casegate_workflow_add_action(b, 5, "reject", "reject", 0);
    casegate_workflow_add_role(b, "lab_user");
    casegate_workflow_add_need(b, "revision");
    casegate_workflow_add_need(b, "reason");
    casegate_workflow_add_transition(b, "received", "rejected");
    for (size_t i = 0; i < 4; i++) casegate_workflow_add_notice(b, "reject", to[i / 2], channels[i % 2], 0);
    assert_int_equal(casegate_workflow_builder_finish(b, &made, NULL, NULL), CASEGATE_OK);
    return made;
}

static casegate_mapping *map(const casegate_workflow *from, const casegate_workflow *to, const char *old, const char *new_)
{
    const char *const statuses[] = { "draft", "received", "rejected", old }, *const targets[] = { "draft", "received", "rejected", new_ };
    casegate_mapping *made = NULL;
    assert_int_equal(casegate_mapping_new(NULL, from, to, statuses, targets, 4, &made, NULL, NULL), CASEGATE_OK);
    return made;
}

typedef struct move {
    story *t;
    casegate_workflow *intake, *one, *two;
    casegate_mapping *first, *second;   /* intake to own 1; own 1 to own 2 */
    casegate_actor *mover;
    casegate_call call;
} move;

/* The engine holds the definitions: all, or (with one less) not the last. */
static void reopen(move *m, size_t count)
{
    const casegate_workflow *const list[] = { m->intake, m->one, m->two };
    const casegate_engine_options options = { .size = sizeof options, .host = m->t->host, .store = m->t->store, .workflows = list,
                                              .workflow_count = count };
    casegate_engine_unref(m->t->engine);
    assert_int_equal(casegate_engine_open(&options, &m->t->engine, &m->t->err), CASEGATE_OK);
}

static move *open_move(const setting *s)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "mover", .role = CASEGATE_SYSTEM,
                                           .permissions = CASEGATE_MAY_VIEW | CASEGATE_MAY_MIGRATE };
    move *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->t = story_open(s);
    m->intake = casegate_workflow_builtin("intake", 1);
    m->one = definition(1, 100, "milling");
    m->two = definition(2, 200, "in_work");
    m->first = map(m->intake, m->one, "in_production", "milling");
    m->second = map(m->one, m->two, "milling", "in_work");
    assert_int_equal(casegate_actor_new(NULL, &fields, &m->mover, NULL), CASEGATE_OK);
    m->call = by(m->mover);
    reopen(m, 3);
    return m;
}

static void close_move(move *m)
{
    story_close(m->t);
    casegate_mapping_unref(m->first);
    casegate_mapping_unref(m->second);
    casegate_workflow_unref(m->one);
    casegate_workflow_unref(m->two);
    casegate_actor_unref(m->mover);
    free(m);
}

static casegate_result migrate(move *m, const casegate_mapping *mapping)
{
    return casegate_engine_migrate(m->t->engine, &m->call, m->t->id, mapping, m->t->o, &m->t->err);
}

static void assert_intact(move *m, uint32_t events)
{
    casegate_result rc = casegate_engine_verify(m->t->engine, &m->call, m->t->id, m->t->o, &m->t->err);
    if (rc != CASEGATE_OK) fail_msg("%s: %s", m->t->err.field, m->t->err.text);
    const casegate_verification *v = casegate_outcome_verification(m->t->o);
    if (!v->intact) fail_msg("event %u: %s", v->seq, v->problem);
    assert_int_equal(v->events, events);
}

/* ---- one case ------------------------------------------------------------------------------------------------------------------ */

/* CG-R08 CG-R09 CG-R17 */
static void an_accepted_case_stays_accepted_and_locked_and_its_record_intact(void **state)
{
    move *m = open_move(NULL);
    story *t = m->t;
    const casegate_call clara = by(t->clara);
    (void)state;
    received(t);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(migrate(m, m->first), CASEGATE_OK);
    assert_string_equal(casegate_workflow_name(casegate_outcome_workflow(t->o)), "own");
    assert_int_equal(migrate(m, m->second), CASEGATE_OK);

    const casegate_head *head = casegate_outcome_head(t->o);
    assert_int_equal(head->status, 200);
    assert_int_equal(head->phase, CASEGATE_PHASE_ACCEPTED);
    assert_int_equal(head->workflow_version, 2);
    assert_string_equal(head->decided_by, "lena");
    assert_int_equal(casegate_engine_edit(t->engine, &clara, t->id, 1, t->content, t->o, &t->err), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "locked");
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "already_accepted");
    assert_intact(m, 5);
    assert_int_equal(casegate_engine_history(t->engine, &clara, t->id, 3, 0, t->o, &t->err), CASEGATE_OK);
    const casegate_event *event = casegate_outcome_event_at(t->o, 1);
    assert_int_equal(event->action, CASEGATE_MIGRATE);
    assert_int_equal(event->from, 100);
    assert_int_equal(event->to, 200);
    assert_string_equal(event->actor, "mover");
    close_move(m);
}

static void a_rejected_case_keeps_its_reason_and_goes_on_under_the_new_definition(void **state)
{
    move *m = open_move(NULL);
    story *t = m->t;
    const casegate_call clara = by(t->clara);
    (void)state;
    rejected(t);

    assert_int_equal(migrate(m, m->first), CASEGATE_OK);

    assert_string_equal(now(t)->reason, "other");
    assert_int_equal(casegate_outcome_rejection(t->o)->seq, 3);
    assert_int_equal(casegate_engine_submit(t->engine, &clara, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    assert_int_equal(now(t)->status, 100);
    assert_int_equal(now(t)->attempt, 2);
    assert_intact(m, 6);
    close_move(m);
}

static void a_second_migration_changes_and_records_nothing(void **state)
{
    move *m = open_move(NULL);
    (void)state;
    received(m->t);
    assert_int_equal(migrate(m, m->first), CASEGATE_OK);

    assert_int_equal(migrate(m, m->first), CASEGATE_OK);

    assert_null(casegate_outcome_commit(m->t->o));
    assert_int_equal(casegate_outcome_event_count(m->t->o), 0);
    assert_int_equal(now(m->t)->version, 3);
    assert_intact(m, 3);
    close_move(m);
}

static void a_definition_that_the_engine_lacks_is_an_error_that_says_so(void **state)
{
    move *m = open_move(NULL);
    story *t = m->t;
    (void)state;
    received(t);
    reopen(m, 1);

    assert_int_equal(migrate(m, m->first), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "mapping");
    assert_int_equal(casegate_engine_migrate_all(t->engine, &m->call, m->first, NULL, NULL, t->o, NULL, &t->err),
                     CASEGATE_E_UNSUPPORTED);

    assert_int_equal(now(t)->version, 2);
    close_move(m);
}

/* Two definitions of one name and version cannot both be meant. */
static void a_mapping_to_another_definition_of_the_same_name_and_version_is_an_error(void **state)
{
    move *m = open_move(NULL);
    casegate_workflow *twin = definition(1, 300, "milling");
    casegate_mapping *wrong = map(m->intake, twin, "in_production", "milling");
    (void)state;
    received(m->t);

    assert_int_equal(migrate(m, wrong), CASEGATE_E_UNSUPPORTED);

    assert_string_equal(m->t->err.field, "mapping");
    casegate_mapping_unref(wrong);
    casegate_workflow_unref(twin);
    close_move(m);
}

/* CG-R20 */
static void a_decision_that_is_repeated_after_a_migration_is_answered_as_of_then(void **state)
{
    move *m = open_move(NULL);
    story *t = m->t;
    const casegate_call lena = by(t->lena);
    (void)state;
    received(t);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .case_id = t->id, .revision = 1,
                                       .request = "r-1" };
    assert_int_equal(casegate_engine_apply(t->engine, &lena, &request, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(migrate(m, m->first), CASEGATE_OK);

    assert_int_equal(casegate_engine_apply(t->engine, &lena, &request, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(casegate_outcome_replayed(t->o), 1);
    assert_int_equal(casegate_outcome_head(t->o)->status, CASEGATE_IN_PRODUCTION);
    assert_int_equal(casegate_outcome_head(t->o)->phase, CASEGATE_PHASE_ACCEPTED);
    assert_string_equal(casegate_outcome_head(t->o)->workflow, "intake");
    assert_string_equal(casegate_workflow_name(casegate_outcome_workflow(t->o)), "intake");
    close_move(m);
}

static casegate_actor *accepting;
static void accept_in_between(spy *s)
{
    move *m = s->data;
    assert_int_equal(accept_by(m->t, accepting, 1), CASEGATE_OK);
}

/* CG-R16 */
static void a_decision_that_comes_in_between_is_not_undone(void **state)
{
    move *m = open_move(NULL);
    story *t = m->t;
    casegate_outcome *own = casegate_outcome_new(NULL);
    (void)state;
    received(t);
    accepting = t->lena;
    t->spy.before_commit = accept_in_between;
    t->spy.data = m;

    assert_int_equal(casegate_engine_migrate(t->engine, &m->call, t->id, m->first, own, &t->err), CASEGATE_OK);

    assert_int_equal(casegate_outcome_head(own)->status, 100);
    assert_int_equal(casegate_outcome_head(own)->phase, CASEGATE_PHASE_ACCEPTED);
    assert_int_equal(now(t)->version, 4);
    assert_intact(m, 4);
    casegate_outcome_free(own);
    close_move(m);
}

/* ---- tampering ----------------------------------------------------------------------------------------------------------------- */

static void no_migration(spy *s, casegate_event *e) { (void)s; if (e->seq == 4) e->action = CASEGATE_ACCEPT; }
static void other_name(spy *s, casegate_event *e) { (void)s; if (e->seq == 2) e->workflow = "own"; }
static void to_rejected(spy *s, casegate_event *e) { (void)s; if (e->seq == 4) e->to = 4; }
static void more_than_that(spy *s, casegate_event *e) { (void)s; if (e->seq == 4) e->attempt = 2; }
static void head_back(spy *s, casegate_head *h) { (void)s; h->workflow_version = 2; }
static void unheard_of(spy *s, casegate_event *e) { (void)s; if (e->seq == 4) e->workflow_version = 77; }

static void whoever_bends_a_migration_is_found_out(void **state)
{
    static const struct { void (*event)(spy *, casegate_event *); void (*head)(spy *, casegate_head *); const char *problem; } rows[] = {
        { no_migration, NULL, "the definition changed without a migration" },
        { other_name, NULL, "the definition changed without a migration" },
        { to_rejected, NULL, "a migration changed the phase" },
        { more_than_that, NULL, "a migration changed more than the definition" },
        { NULL, head_back, "the head's definition was changed" },
    };
    move *m = open_move(NULL);
    story *t = m->t;
    (void)state;
    received(t);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    assert_int_equal(migrate(m, m->first), CASEGATE_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        t->spy.bend_event = rows[i].event;
        t->spy.bend_head = rows[i].head;

        assert_int_equal(casegate_engine_verify(t->engine, &m->call, t->id, t->o, &t->err), CASEGATE_OK);

        assert_int_equal(casegate_outcome_verification(t->o)->intact, 0);
        assert_string_equal(casegate_outcome_verification(t->o)->problem, rows[i].problem);
    }
    t->spy.bend_head = NULL;
    t->spy.bend_event = unheard_of;
    assert_int_equal(casegate_engine_verify(t->engine, &m->call, t->id, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "workflow");
    close_move(m);
}

/* ---- every case ---------------------------------------------------------------------------------------------------------------- */

enum { CASES = 450 };   /* more than two pages */

static void many_cases(move *m)
{
    for (int i = 0; i < CASES; i++) {
        if (i % 3 == 0) draft(m->t);
        if (i % 3 == 1) received(m->t);
        if (i % 3 == 2) rejected(m->t);
    }
}

typedef struct watch { uint64_t stop_at, told, pages, failures; char failed[65]; casegate_result why; } watch;

static int32_t CASEGATE_CALL watcher(void *user, const casegate_progress *p)
{
    watch *w = user;
    if (!p->case_id) return w->pages++, 0;
    w->told++;
    if (p->result != CASEGATE_OK) {
        w->failures++;
        w->why = p->result;
        strcpy(w->failed, p->case_id);
    }
    return w->told == w->stop_at;
}

static casegate_result walk(move *m, watch *w, casegate_progress *p)
{
    casegate_progress_init(p, sizeof *p);
    return casegate_engine_migrate_all(m->t->engine, &m->call, m->first, watcher, w, m->t->o, p, &m->t->err);
}

static void a_walk_that_was_broken_off_is_resumed_and_no_case_is_changed_twice(void **state)
{
    move *m = open_move(NULL);
    watch w = { .stop_at = 250 };
    casegate_progress p;
    (void)state;
    many_cases(m);

    assert_int_equal(walk(m, &w, &p), CASEGATE_LATER);
    assert_int_equal(p.done, 250);
    assert_int_equal(p.seen, 250);
    w = (watch) { 0 };
    assert_int_equal(walk(m, &w, &p), CASEGATE_OK);

    assert_int_equal(p.done, CASES - 250);
    assert_int_equal(p.seen, CASES);
    assert_int_equal(p.failed, 0);
    assert_int_equal(w.told, CASES - 250);
    assert_int_equal(w.pages, 3);
    w = (watch) { 0 };
    assert_int_equal(walk(m, &w, &p), CASEGATE_OK);
    assert_int_equal(p.done, 0);
    assert_int_equal(w.told, 0);
    assert_intact(m, 4);
    close_move(m);
}

static void a_case_that_fails_is_named_and_the_walk_goes_on(void **state)
{
    move *m = open_move(NULL);
    watch w = { 0 };
    casegate_progress p;
    (void)state;
    draft(m->t);
    draft(m->t);
    draft(m->t);
    spy_answer(&m->t->spy, CASEGATE_OK, 1);
    spy_answer(&m->t->spy, CASEGATE_E_CORRUPT, 0);

    assert_int_equal(walk(m, &w, &p), CASEGATE_OK);

    assert_int_equal(p.done, 2);
    assert_int_equal(p.failed, 1);
    assert_int_equal(w.failures, 1);
    assert_int_equal(w.why, CASEGATE_E_CORRUPT);
    assert_true(strlen(w.failed) > 0);
    assert_int_equal(walk(m, &w, &p), CASEGATE_OK);
    assert_int_equal(p.done, 1);
    close_move(m);
}

static void a_store_that_fails_ends_the_walk_with_its_own_words(void **state)
{
    move *m = open_move(NULL);
    watch w = { 0 };
    casegate_progress p;
    (void)state;
    draft(m->t);
    draft(m->t);
    spy_answer(&m->t->spy, CASEGATE_OK, 1);
    spy_answer(&m->t->spy, CASEGATE_E_HOST, 0);

    assert_int_equal(walk(m, &w, &p), CASEGATE_E_HOST);

    assert_int_equal(p.done, 1);
    assert_int_equal(p.failed, 0);
    close_move(m);
}

static void those_who_may_not_migrate_fail_on_every_case_and_change_none(void **state)
{
    move *m = open_move(NULL);
    watch w = { 0 };
    casegate_progress p;
    (void)state;
    draft(m->t);
    m->call = by(m->t->clara);

    assert_int_equal(walk(m, &w, &p), CASEGATE_OK);

    assert_int_equal(p.failed, 1);
    assert_int_equal(w.why, CASEGATE_REFUSED);
    assert_string_equal(obstacles(m->t), "wrong_role no_permission");
    assert_int_equal(now(m->t)->version, 1);
    close_move(m);
}

static void what_a_walk_stands_on_must_be_there(void **state)
{
    const setting listless = { .without = CASEGATE_KEEPS_LISTS };
    move *m = open_move(&listless);
    story *t = m->t;
    casegate_progress p = { .size = 4 };
    (void)state;

    assert_int_equal(casegate_engine_migrate_all(t->engine, &m->call, m->first, NULL, NULL, t->o, NULL, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "list");
    assert_int_equal(casegate_engine_migrate_all(NULL, &m->call, m->first, NULL, NULL, t->o, NULL, &t->err), CASEGATE_E_INVALID);
    assert_string_equal(t->err.field, "engine");
    assert_int_equal(casegate_engine_migrate_all(t->engine, &m->call, NULL, NULL, NULL, t->o, NULL, &t->err), CASEGATE_E_INVALID);
    assert_string_equal(t->err.field, "mapping");
    assert_int_equal(casegate_engine_migrate_all(t->engine, &m->call, m->first, NULL, NULL, NULL, NULL, &t->err), CASEGATE_E_INVALID);
    assert_string_equal(t->err.field, "outcome");
    assert_int_equal(casegate_engine_migrate_all(t->engine, &m->call, m->first, NULL, NULL, t->o, &p, &t->err), CASEGATE_E_ABI);
    close_move(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_case_stays_accepted_and_locked_and_its_record_intact),
        cmocka_unit_test(a_rejected_case_keeps_its_reason_and_goes_on_under_the_new_definition),
        cmocka_unit_test(a_second_migration_changes_and_records_nothing),
        cmocka_unit_test(a_definition_that_the_engine_lacks_is_an_error_that_says_so),
        cmocka_unit_test(a_mapping_to_another_definition_of_the_same_name_and_version_is_an_error),
        cmocka_unit_test(a_decision_that_is_repeated_after_a_migration_is_answered_as_of_then),
        cmocka_unit_test(a_decision_that_comes_in_between_is_not_undone),
        cmocka_unit_test(whoever_bends_a_migration_is_found_out),
        cmocka_unit_test(a_walk_that_was_broken_off_is_resumed_and_no_case_is_changed_twice),
        cmocka_unit_test(a_case_that_fails_is_named_and_the_walk_goes_on),
        cmocka_unit_test(a_store_that_fails_ends_the_walk_with_its_own_words),
        cmocka_unit_test(those_who_may_not_migrate_fail_on_every_case_and_change_none),
        cmocka_unit_test(what_a_walk_stands_on_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
