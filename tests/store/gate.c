/* SPDX-License-Identifier: MIT */
/* gate.c: what only store and engine together can show, on any store: repeated requests, damaged and adopted cases. */
#include "gate.h"

/* ---- words -------------------------------------------------------------------------------------------------------- */

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role);
    assert_int_equal(casegate_actor_new(NULL, &fields, &made, NULL), CASEGATE_OK);
    casegate_workflow_unref(intake);
    return made;
}

static casegate_content *content(void)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};
    casegate_content *made = NULL;

    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(builder, CASEGATE_CONTENT_CLINIC_EMAIL, "front@clinic.example");
    casegate_content_add_service(builder, &crown);
    assert_int_equal(casegate_content_builder_finish(builder, &made, NULL), CASEGATE_OK);
    return made;
}

casegate_call by(casegate_actor *who)
{
    casegate_call call = {.size = sizeof call, .actor = who};

    return call;
}

void open_gate(gate *g, casegate_store *store)
{
    casegate_engine_options options = {.size = sizeof options, .store = store, .tell = CASEGATE_TELL_LATER};
    casegate_call call;

    memset(g, 0, sizeof *g);
    casegate_error_init(&g->err, sizeof g->err);
    assert_int_equal(casegate_engine_open(&options, &g->engine, &g->err), CASEGATE_OK);
    casegate_store_unref(store);
    g->outcome = casegate_outcome_new(NULL);
    g->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    g->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
    g->content = content();
    call = by(g->clinic);
    assert_int_equal(casegate_engine_create(g->engine, &call, "lab-one", g->content, 1, g->outcome, &g->err), CASEGATE_OK);
    snprintf(g->id, sizeof g->id, "%s", casegate_outcome_head(g->outcome)->id);
}

void close_gate(gate *g)
{
    casegate_content_unref(g->content);
    casegate_actor_unref(g->lab);
    casegate_actor_unref(g->clinic);
    casegate_outcome_free(g->outcome);
    casegate_engine_unref(g->engine);
}

casegate_result accept_case(gate *g)
{
    casegate_call call = by(g->lab);

    return casegate_engine_accept(g->engine, &call, g->id, 1, g->outcome, &g->err);
}

casegate_result reject_case(gate *g)
{
    casegate_call call = by(g->lab);

    return casegate_engine_reject(g->engine, &call, g->id, 1, "other", "not like this", g->outcome, &g->err);
}

casegate_result verify_case(gate *g)
{
    casegate_call call = by(g->lab);

    return casegate_engine_verify(g->engine, &call, g->id, g->outcome, &g->err);
}

/* ---- requests ----------------------------------------------------------------------------------------------------- */

/* CG-R20 */
void the_same_request_sent_twice_is_one_decision(void **state)
{
    gate g;
    casegate_call call;
    casegate_request request = {.size = sizeof request, .action = CASEGATE_REJECT, .revision = 1, .reason = "other",
                                .request = "click-1"};

    open_gate(&g, open_place(*state));
    request.case_id = g.id;
    call = by(g.lab);
    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, NULL), CASEGATE_OK);
    assert_false(casegate_outcome_replayed(g.outcome));

    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, NULL), CASEGATE_OK);

    assert_true(casegate_outcome_replayed(g.outcome));
    assert_int_equal(casegate_outcome_notice_count(g.outcome), 2);
    assert_int_equal(ask_stored(*state, "SELECT count(*) FROM events"), 3);
    request.reason = "unreadable_scan";
    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, NULL), CASEGATE_REFUSED);
    assert_int_equal(casegate_verdict_at(casegate_outcome_verdict(g.outcome), 0)->code, CASEGATE_REQUEST_REUSED);
    close_gate(&g);
}

/* ---- reading only ------------------------------------------------------------------------------------------------- */

static void open_engine_to_read(gate *g, void *state)
{
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};

    casegate_engine_unref(g->engine);
    g->engine = NULL;
    assert_int_equal(open_to_read(state, &options.store, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_open(&options, &g->engine, &g->err), CASEGATE_OK);
    casegate_store_unref(options.store);
}

static void assert_looks_work(gate *g, casegate_actor *robot)
{
    casegate_call lab = by(g->lab), clinic = by(g->clinic), system = by(robot);

    assert_int_equal(casegate_engine_view(g->engine, &lab, g->id, 0, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_explain(g->engine, &lab, g->id, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_review(g->engine, &lab, g->id, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_history(g->engine, &lab, g->id, 0, 0, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_event_count(g->outcome), 1);
    assert_int_equal(casegate_engine_list(g->engine, &lab, NULL, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(g->outcome), 3);
    assert_int_equal(casegate_engine_inbox(g->engine, &clinic, NULL, 0, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_total(g->outcome), 1);
    assert_int_equal(casegate_engine_notices(g->engine, &system, NULL, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(g->outcome), 2);
    assert_int_equal(verify_case(g), CASEGATE_OK);
    assert_true(casegate_outcome_verification(g->outcome)->intact);
    assert_int_equal(casegate_engine_describe(g->engine, &system, 1, g->outcome, &g->err), CASEGATE_OK);
}

static void assert_unsupported(gate *g, casegate_result result)
{
    if (result != CASEGATE_E_UNSUPPORTED)
        fail_msg("%s: %s: %s", casegate_result_name(result), g->err.field, g->err.text);
    assert_string_equal(g->err.field, "store");
    casegate_error_init(&g->err, sizeof g->err);
}

static void assert_no_change_works(gate *g, casegate_actor *robot, const char *rejected, const char *accepted)
{
    casegate_call clinic = by(g->clinic), system = by(robot), lab = by(g->lab);
    const casegate_request request = {.size = sizeof request, .action = CASEGATE_ACCEPT, .case_id = g->id, .revision = 1};
    const casegate_request *const requests[] = {&request};
    casegate_reminder which = {.size = sizeof which};
    casegate_reminded reminded = {.size = sizeof reminded};
    casegate_result each = CASEGATE_OK;
    char notice[128];

    assert_unsupported(g, accept_case(g));
    assert_unsupported(g, reject_case(g));
    assert_unsupported(g, casegate_engine_create(g->engine, &clinic, "lab-one", g->content, 1, g->outcome, &g->err));
    assert_unsupported(g, casegate_engine_submit(g->engine, &clinic, rejected, 1, g->outcome, &g->err));
    assert_unsupported(g, casegate_engine_adopt(g->engine, &system, "clinic-one", "lab-one", g->content, CASEGATE_RECEIVED, 1, NULL,
                                                g->outcome, &g->err));
    assert_unsupported(g, casegate_engine_erase(g->engine, &system, accepted, g->outcome, &g->err));
    assert_unsupported(g, casegate_engine_mark_read(g->engine, &clinic, NULL, g->outcome, &g->err));
    assert_unsupported(g, casegate_engine_purge(g->engine, &system, casegate_now_us(NULL), g->outcome, &g->err));
    assert_unsupported(g, casegate_engine_remind(g->engine, &which, &reminded, &g->err));
    assert_int_equal(casegate_engine_notices(g->engine, &system, NULL, g->outcome, &g->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(g->outcome), 2);
    snprintf(notice, sizeof notice, "%s", casegate_outcome_notice_at(g->outcome, 0)->id);
    assert_unsupported(g, casegate_engine_requeue(g->engine, &system, notice, g->outcome, &g->err));
    casegate_engine_apply_many(g->engine, &lab, requests, 1, &g->outcome, &each, NULL);
    assert_int_equal(each, CASEGATE_E_UNSUPPORTED);
}

void tables_that_a_newer_library_alone_may_write_can_be_read_and_nothing_changes(void **state)
{
    static const char stored[] = "SELECT (SELECT sum(version) FROM cases) * 1000000 + (SELECT count(*) FROM events) * 10000"
                                 " + (SELECT count(*) * 100 + sum(state) + sum(read) + sum(tries) FROM notices)";
    gate g, rejected, accepted;
    casegate_actor *robot = actor("robot", NULL, CASEGATE_SYSTEM);
    casegate_store *store = NULL;
    int64_t before;

    open_gate(&g, open_place(*state));
    open_gate(&rejected, open_place(*state));
    open_gate(&accepted, open_place(*state));
    assert_int_equal(reject_case(&rejected), CASEGATE_OK);
    assert_int_equal(accept_case(&accepted), CASEGATE_OK);
    change_stored(*state, "UPDATE schema_version SET version = 9, oldest_writer = 9");
    before = ask_stored(*state, stored);

    open_engine_to_read(&g, *state);

    assert_looks_work(&g, robot);
    assert_no_change_works(&g, robot, rejected.id, accepted.id);
    assert_int_equal(ask_stored(*state, stored), before);
    assert_int_equal(ask_stored(*state, "SELECT version FROM schema_version"), 9);

    change_stored(*state, "UPDATE schema_version SET oldest_reader = 9");
    assert_int_equal(open_to_read(*state, &store, &g.err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(g.err.field, "schema");
    change_stored(*state, "UPDATE schema_version SET version = 1, oldest_reader = 1, oldest_writer = 1");
    casegate_actor_unref(robot);
    close_gate(&accepted);
    close_gate(&rejected);
    close_gate(&g);
}

/* ---- damage ------------------------------------------------------------------------------------------------------- */

static void assert_nothing_succeeds(gate *g)
{
    casegate_call lab = by(g->lab), clinic = by(g->clinic);

    assert_int_equal(accept_case(g), CASEGATE_E_CORRUPT);
    assert_int_equal(reject_case(g), CASEGATE_E_CORRUPT);
    assert_int_equal(casegate_engine_edit(g->engine, &clinic, g->id, 1, g->content, g->outcome, NULL), CASEGATE_E_CORRUPT);
    assert_int_equal(casegate_engine_view(g->engine, &lab, g->id, 0, g->outcome, NULL), CASEGATE_E_CORRUPT);
    assert_int_equal(casegate_engine_explain(g->engine, &lab, g->id, g->outcome, NULL), CASEGATE_E_CORRUPT);
    assert_int_equal(casegate_engine_review(g->engine, &lab, g->id, g->outcome, NULL), CASEGATE_E_CORRUPT);
    assert_int_equal(casegate_engine_list(g->engine, &lab, NULL, g->outcome, NULL), CASEGATE_E_CORRUPT);
}

/* CG-R17 */
void no_request_on_a_case_that_makes_no_sense_succeeds(void **state)
{
    gate g;

    open_gate(&g, open_place(*state));
    change_stored(*state, "UPDATE cases SET status = 99");
    assert_nothing_succeeds(&g);
    assert_string_equal(casegate_result_name(accept_case(&g)), "e_corrupt");
    assert_string_equal(g.err.field, "cases.status");

    change_stored(*state, "UPDATE cases SET status = 2, version = 0");
    assert_nothing_succeeds(&g);

    assert_int_equal(ask_stored(*state, "SELECT count(*) FROM events"), 2);
    close_gate(&g);
}

/* CG-R17 */
void a_changed_history_is_found_by_verify(void **state)
{
    static const char *const changes[] = {
        "UPDATE events SET time_us = time_us + 1 WHERE seq = 2",
        "UPDATE events SET actor = 'someone' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 3; DELETE FROM event_texts WHERE seq = 3",
        "UPDATE event_texts SET comment = 'fine' WHERE seq = 3",
        "UPDATE cases SET reason = 'unreadable_scan'",
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        gate g;

        open_gate(&g, open_place(*state));
        assert_int_equal(reject_case(&g), CASEGATE_OK);
        assert_int_equal(verify_case(&g), CASEGATE_OK);
        assert_true(casegate_outcome_verification(g.outcome)->intact);

        change_stored(*state, changes[i]);

        assert_int_equal(verify_case(&g), CASEGATE_OK);
        if (casegate_outcome_verification(g.outcome)->intact)
            fail_msg("not found: %s", changes[i]);
        close_gate(&g);
    }
}

void an_adopted_case_goes_on_and_a_purge_takes_what_is_delivered_alone(void **state)
{
    gate g;
    casegate_actor *robot = actor("robot", NULL, CASEGATE_SYSTEM);
    casegate_call system = by(robot), lab;

    open_gate(&g, open_place(*state));
    lab = by(g.lab);
    assert_int_equal(casegate_engine_adopt(g.engine, &system, "clinic-one", "lab-one", g.content, CASEGATE_RECEIVED, 2, NULL,
                                           g.outcome, &g.err), CASEGATE_OK);
    snprintf(g.id, sizeof g.id, "%s", casegate_outcome_head(g.outcome)->id);
    assert_int_equal(casegate_outcome_notice_count(g.outcome), 0);
    assert_int_equal(casegate_engine_reject(g.engine, &lab, g.id, 1, "other", NULL, g.outcome, &g.err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(g.outcome), 2);   /* in the portal, delivered; by e-mail, pending */
    const int64_t then = casegate_outcome_notice_at(g.outcome, 0)->time_us;
    while (casegate_now_us(NULL) <= then)
        ;

    assert_int_equal(casegate_engine_purge(g.engine, &system, then, g.outcome, &g.err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_total(g.outcome), 0);
    assert_int_equal(casegate_engine_purge(g.engine, &system, then + 1, g.outcome, &g.err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_total(g.outcome), 1);

    assert_int_equal(casegate_engine_notices(g.engine, &system, NULL, g.outcome, &g.err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(g.outcome), 1);
    assert_int_equal(casegate_outcome_notice_at(g.outcome, 0)->state, CASEGATE_NOTICE_PENDING);
    assert_int_equal(casegate_engine_verify(g.engine, &system, g.id, g.outcome, &g.err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_verification(g.outcome)->intact, 1);
    casegate_actor_unref(robot);
    close_gate(&g);
}
