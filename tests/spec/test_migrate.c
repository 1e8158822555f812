/* SPDX-License-Identifier: MIT */
/* test_migrate.c: from one definition to another: no accepted case leaves its phase, none is left without a status. */
#include "spec.h"

#include <stdio.h>


/* ---- two definitions ----------------------------------------------------------------------------------------------------- */


static void act(casegate_workflow_builder *b, int32_t code, const char *name, const char *permission, int clinic,
                const char *const *needs)
{
    casegate_workflow_add_action(b, code, name, permission, code == CASEGATE_EDIT);
    casegate_workflow_add_role(b, clinic ? "clinic_user" : "lab_user");
    for (size_t i = 0; needs && needs[i]; i++) casegate_workflow_add_need(b, needs[i]);
}

/* intake, with a status more in each phase: on_hold, a second review step, withdrawn. second: the step's name, NULL: one step. */
static casegate_workflow *definition(const char *name, uint32_t version, const char *second, const char *hold)
{
    static const char *const to[] = { "clinic", "dentist" }, *const channels[] = { "email", "portal" };
    static const char *const seen[] = { "revision", NULL }, *const why[] = { "revision", "reason", NULL };
    const char *last = second ? second : "received";
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, name, version);
    casegate_workflow *made = NULL;
    casegate_workflow_add_status(b, 1, "draft", "draft");
    casegate_workflow_add_status(b, 2, "received", "pending");
    casegate_workflow_add_status(b, 3, "in_production", "accepted");
    casegate_workflow_add_status(b, 4, "rejected", "rejected");
    casegate_workflow_add_status(b, 100, hold, "accepted");
    casegate_workflow_add_status(b, 110, "withdrawn", "closed");
    if (second) casegate_workflow_add_status(b, 120, second, "pending");
    act(b, 2, "edit", "edit", 1, NULL);
    casegate_workflow_add_transition(b, "draft", NULL);
    casegate_workflow_add_transition(b, "received", NULL);
    casegate_workflow_add_transition(b, "rejected", NULL);
    act(b, 3, "submit", "submit", 1, NULL);
    casegate_workflow_add_transition(b, "draft", "received");
    casegate_workflow_add_transition(b, "rejected", "received");
    act(b, 4, "accept", "accept", 0, seen);
    casegate_workflow_add_transition(b, last, "in_production");
    act(b, 5, "reject", "reject", 0, why);
    casegate_workflow_add_transition(b, "received", "rejected");
    if (second) casegate_workflow_add_transition(b, second, "rejected");
    if (second) act(b, 120, "pass", "accept", 0, seen), casegate_workflow_add_transition(b, "received", second);
    act(b, 100, "hold", "accept", 0, NULL);
    casegate_workflow_add_transition(b, "in_production", hold);
    act(b, 110, "withdraw", "submit", 1, NULL);
    casegate_workflow_add_transition(b, "draft", "withdrawn");
    for (size_t i = 0; i < 4; i++) casegate_workflow_add_notice(b, "reject", to[i / 2], channels[i % 2], 0);
    assert_int_equal(casegate_workflow_builder_finish(b, &made, NULL, NULL), CASEGATE_OK);
    return made;
}

enum { MOST = 10 };
/* "draft>draft received>clinical": OK, REFUSED or an error. */
static casegate_result map(const casegate_workflow *from, const casegate_workflow *to, const char *pairs, casegate_mapping **out,
                           casegate_faults *faults, casegate_error *err)
{
    static char copy[1024];
    const char *statuses[MOST], *targets[MOST];
    size_t n = 0;
    snprintf(copy, sizeof copy, "%s", pairs);
    for (char *pair = strtok(copy, " "); pair && n < MOST; pair = strtok(NULL, " "), n++) {
        char *arrow = strchr(pair, '>');
        *arrow = '\0';
        statuses[n] = pair;
        targets[n] = arrow + 1;
    }
    return casegate_mapping_new(NULL, from, to, statuses, targets, n, out, faults, err);
}

#define SAME "draft>draft received>received in_production>in_production rejected>rejected withdrawn>withdrawn "

typedef struct pair { casegate_workflow *one, *two; casegate_mapping *map; } pair;

static void open_pair(pair *p)
{
    p->one = definition("own", 1, NULL, "on_hold");
    p->two = definition("own", 2, NULL, "paused");
    p->map = NULL;
    assert_int_equal(map(p->one, p->two, SAME "on_hold>paused", &p->map, NULL, NULL), CASEGATE_OK);
}

static void close_pair(pair *p)
{
    casegate_mapping_unref(p->map);
    casegate_workflow_unref(p->one);
    casegate_workflow_unref(p->two);
}

/* ---- what may be mapped ----------------------------------------------------------------------------------------------------- */

static const char *found(const casegate_faults *faults)
{
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < casegate_faults_count(faults); i++) {
        const casegate_fault *f = casegate_faults_at(faults, i);
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s@%s", n ? " " : "", f->name, f->place);
    }
    return text;
}

static const struct { const char *second_then, *second_now, *pairs, *faults; } faulty[] = {
    { NULL, NULL, "draft>draft", "unmapped@statuses[received] unmapped@statuses[in_production] unmapped@statuses[rejected] "
                                 "unmapped@statuses[on_hold] unmapped@statuses[withdrawn]" },
    { NULL, NULL, SAME "on_hold>paused nowhere>draft", "unknown_status@statuses[nowhere]" },
    { NULL, NULL, SAME "on_hold>on_hold", "unknown_status@statuses[on_hold].to" },
    { NULL, NULL, SAME "on_hold>paused draft>draft", "duplicate@statuses[draft]" },
    { NULL, NULL, SAME "on_hold>received", "changes_phase@statuses[on_hold]" },
    { NULL, NULL, SAME "on_hold>withdrawn", "changes_phase@statuses[on_hold]" },
    { NULL, NULL, "draft>received received>in_production in_production>rejected rejected>draft on_hold>draft withdrawn>draft",
      "changes_phase@statuses[draft] changes_phase@statuses[received] changes_phase@statuses[in_production] "
      "changes_phase@statuses[rejected] changes_phase@statuses[on_hold] changes_phase@statuses[withdrawn]" },
    { NULL, "clinical", "draft>draft received>clinical in_production>in_production rejected>rejected withdrawn>withdrawn on_hold>paused",
      "skips_step@statuses[received]" },
    { "clinical", "clinical", "draft>draft received>clinical clinical>clinical in_production>in_production rejected>rejected "
                              "withdrawn>withdrawn on_hold>paused", "skips_step@statuses[received]" },
    { NULL, NULL, "draft>nowhere nowhere>draft received>draft",   /* all at once */
      "unknown_status@statuses[draft].to unknown_status@statuses[nowhere] changes_phase@statuses[received] "
      "unmapped@statuses[in_production] unmapped@statuses[rejected] unmapped@statuses[on_hold] unmapped@statuses[withdrawn]" },
};

/* CG-R09 */
TEST(a_mapping_that_could_reopen_or_lose_a_case_is_refused_with_every_fault_at_its_place)
{
    casegate_faults *faults = casegate_faults_new(NULL);
    UNUSED(state);
    for (size_t i = 0; i < COUNT(faulty); i++) {
        casegate_workflow *one = definition("own", 1, faulty[i].second_then, "on_hold"),
                          *two = definition("own", 2, faulty[i].second_now, "paused");
        casegate_mapping *mapping = NULL;

        casegate_result rc = map(one, two, faulty[i].pairs, &mapping, faults, NULL);

        if (rc != CASEGATE_REFUSED || strcmp(found(faults), faulty[i].faults) != 0)
            fail_msg("mapping %d\n  expected %s\n  found    %s", (int)i, faulty[i].faults, found(faults));
        assert_null(mapping);
        assert_int_equal(map(one, two, faulty[i].pairs, &mapping, NULL, NULL), CASEGATE_REFUSED);   /* nobody need ask why */
        casegate_workflow_unref(one);
        casegate_workflow_unref(two);
    }
    casegate_faults_free(faults);
}

TEST(a_mapping_of_a_definition_to_itself_is_refused)
{
    casegate_workflow *one = definition("own", 1, NULL, "on_hold");
    casegate_faults *faults = casegate_faults_new(NULL);
    casegate_mapping *mapping = NULL;
    UNUSED(state);

    assert_int_equal(map(one, one, SAME "on_hold>in_production", &mapping, faults, NULL), CASEGATE_REFUSED);

    assert_string_equal(found(faults), "same_definition@to");
    casegate_faults_free(faults);
    casegate_workflow_unref(one);
}

TEST(a_status_may_lead_back_to_the_first_step_of_a_review_and_two_may_become_one)
{
    casegate_workflow *one = definition("own", 1, "clinical", "on_hold"), *two = definition("other", 7, "second", "paused");
    casegate_mapping *mapping = NULL;
    UNUSED(state);

    assert_int_equal(map(one, two, "draft>draft received>received clinical>received in_production>in_production rejected>rejected "
                         "withdrawn>withdrawn on_hold>in_production", &mapping, NULL, NULL), CASEGATE_OK);

    assert_ptr_equal(casegate_mapping_from(mapping), one);
    assert_ptr_equal(casegate_mapping_to(mapping), two);
    assert_int_equal(casegate_mapping_status(mapping, 120), 2);
    assert_int_equal(casegate_mapping_status(mapping, 100), 3);
    assert_int_equal(casegate_mapping_status(mapping, 999), 0);
    casegate_mapping_unref(mapping);
    casegate_workflow_unref(one);
    casegate_workflow_unref(two);
}

TEST(misuse_of_a_mapping_is_named)
{
    casegate_workflow *one = definition("own", 1, NULL, "on_hold"), *two = definition("own", 2, NULL, "paused");
    const char *const words[] = { "draft", "two words" }, *const nothing[] = { "draft", NULL };
    casegate_mapping *mapping = NULL;
    casegate_error err = ERROR;
    UNUSED(state);

    assert_int_equal(casegate_mapping_new(NULL, NULL, two, words, words, 1, &mapping, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "from");
    assert_int_equal(casegate_mapping_new(NULL, one, NULL, words, words, 1, &mapping, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "to");
    assert_int_equal(casegate_mapping_new(NULL, one, two, words, words, 1, NULL, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "out");
    assert_int_equal(casegate_mapping_new(NULL, one, two, NULL, words, 1, &mapping, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "statuses");
    assert_int_equal(casegate_mapping_new(NULL, one, two, words, words, 2, &mapping, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "statuses");
    assert_int_equal(casegate_mapping_new(NULL, one, two, words, nothing, 1, &mapping, NULL, NULL), CASEGATE_REFUSED);
    assert_int_equal(casegate_mapping_new(NULL, one, two, nothing, nothing, 2, &mapping, NULL, &err), CASEGATE_E_INVALID);

    assert_null(mapping);
    assert_null(casegate_mapping_ref(NULL));
    assert_null(casegate_mapping_from(NULL));
    assert_null(casegate_mapping_to(NULL));
    assert_int_equal(casegate_mapping_status(NULL, 1), 0);
    casegate_mapping_unref(NULL);
    casegate_workflow_unref(one);
    casegate_workflow_unref(two);
}

TEST(a_mapping_survives_every_allocation_that_fails)
{
    spec_host host;
    casegate_workflow *one = definition("own", 1, NULL, "on_hold"), *two = definition("own", 2, NULL, "paused");
    UNUSED(state);
    for (int n = 0;; n++) {
        casegate_mapping *mapping = NULL;
        casegate_error err = ERROR;
        const char *const same[] = { "draft" };
        spec_host_open(&host, NULL);
        casegate_faults *faults = casegate_faults_new(host.host);
        host.left = n;
        casegate_result rc = casegate_mapping_new(host.host, one, two, same, same, 1, &mapping, faults, &err);
        host.left = -1;
        casegate_faults_free(faults);
        spec_host_close(&host);
        assert_null(mapping);
        if (rc == CASEGATE_REFUSED) break;
        assert_int_equal(rc, CASEGATE_E_NOMEM);
        assert_true(n < 50);
    }
    casegate_workflow_unref(one);
    casegate_workflow_unref(two);
}

/* ---- what is decided -------------------------------------------------------------------------------------------------------- */

static void open_world(spec_world *w, const pair *p, int32_t status, int32_t phase, const casegate_workflow *under, int32_t role)
{
    spec_open(w, CASEGATE_RECEIVED, role);
    casegate_head head = spec_head(CASEGATE_RECEIVED);
    head.status = status;
    head.phase = phase;
    head.workflow = casegate_workflow_name(under);
    head.workflow_version = casegate_workflow_version(under);
    spec_use_head(w, &head);
    w->facts.workflow = under;
    spec_ask(w, CASEGATE_MIGRATE);
    w->request.mapping = p->map;
}

/* CG-R09 CG-R17 */
TEST(a_migration_is_an_event_under_the_new_definition_and_changes_nothing_else)
{
    static const struct { int32_t status, phase; } cases[] = {
        { 1, CASEGATE_PHASE_DRAFT }, { 2, CASEGATE_PHASE_PENDING }, { 3, CASEGATE_PHASE_ACCEPTED }, { 100, CASEGATE_PHASE_ACCEPTED },
        { 4, CASEGATE_PHASE_REJECTED }, { 110, CASEGATE_PHASE_CLOSED },
    };
    pair p;
    open_pair(&p);
    UNUSED(state);
    for (size_t i = 0; i < COUNT(cases); i++) {
        spec_world w;
        open_world(&w, &p, cases[i].status, cases[i].phase, p.one, CASEGATE_SYSTEM);

        assert_allowed(&w);

        const casegate_commit *commit = spec_commit(&w);
        const casegate_event *event = spec_event(&w, 0);
        casegate_head expected = *commit->before;
        assert_int_equal(commit->event_count, 1);
        assert_int_equal(commit->notice_count, 0);
        assert_null(commit->content);
        assert_int_equal(event->action, CASEGATE_MIGRATE);
        assert_int_equal(event->from, cases[i].status);
        assert_int_equal(event->to, cases[i].status);   /* the same code; on_hold has another name */
        assert_string_equal(event->workflow, "own");
        assert_int_equal(event->workflow_version, 2);
        expected.workflow_version = 2;
        expected.version++;
        expected.event_hash = commit->after->event_hash;
        expected.workflow = commit->after->workflow;
        assert_string_equal(expected.workflow, "own");
        assert_memory_equal(commit->after, &expected, sizeof expected);
        spec_close(&w);
    }
    close_pair(&p);
}

TEST(a_case_that_is_under_the_new_definition_already_is_left_as_it_is)
{
    pair p;
    spec_world w;
    open_pair(&p);
    open_world(&w, &p, 100, CASEGATE_PHASE_ACCEPTED, p.two, CASEGATE_SYSTEM);
    UNUSED(state);

    assert_allowed(&w);

    assert_null(casegate_decision_commit(w.decision));
    assert_int_equal(casegate_decision_head(w.decision)->version, 5);
    spec_close(&w);
    close_pair(&p);
}

TEST(a_case_under_a_third_definition_has_no_way_to_go)
{
    pair p;
    spec_world w;
    open_pair(&p);
    casegate_workflow *third = definition("third", 1, NULL, "on_hold");
    open_world(&w, &p, 2, CASEGATE_PHASE_PENDING, third, CASEGATE_SYSTEM);
    UNUSED(state);

    assert_refused(&w, "wrong_status(status=received)");

    spec_close(&w);
    casegate_workflow_unref(third);
    close_pair(&p);
}

/* CG-R14 CG-R15 */
TEST(only_a_system_with_the_permission_migrates)
{
    static const struct { int32_t role; const char *words; } people[] = {
        { CASEGATE_CLINIC_USER, "wrong_role(role=clinic_user)" }, { CASEGATE_DENTIST, "wrong_role(role=dentist)" },
        { CASEGATE_LAB_USER, "wrong_role(role=lab_user)" }, { CASEGATE_SYSTEM, "" },
    };
    pair p;
    open_pair(&p);
    UNUSED(state);
    for (size_t i = 0; i < COUNT(people); i++)
        for (int may = 0; may < 2; may++) {
            char expected[128];
            spec_world w;
            open_world(&w, &p, 2, CASEGATE_PHASE_PENDING, p.one, people[i].role);
            spec_use_actor(&w, spec_actor(people[i].role, CASEGATE_MAY_VIEW | (may ? CASEGATE_MAY_MIGRATE : 0), NULL));
            snprintf(expected, sizeof expected, "%s%s%s", people[i].words, may || !*people[i].words ? "" : " ",
                     may ? "" : "no_permission(permission=migrate)");

            assert_string_equal(spec_decide(&w), expected);

            spec_close(&w);
        }
    spec_world w;
    open_world(&w, &p, 2, CASEGATE_PHASE_PENDING, p.one, CASEGATE_CLINIC_USER);
    spec_use_actor(&w, spec_actor(CASEGATE_CLINIC_USER, EVERY_PERMISSION, "elsewhere"));
    assert_refused(&w, "not_found");
    spec_close(&w);
    close_pair(&p);
}

TEST(a_migration_without_a_mapping_and_a_mapping_without_a_migration_are_refused)
{
    pair p;
    spec_world w;
    open_pair(&p);
    UNUSED(state);
    open_world(&w, &p, 2, CASEGATE_PHASE_PENDING, p.one, CASEGATE_SYSTEM);
    w.request.mapping = NULL;
    assert_refused(&w, "invalid_input(field=mapping,problem=missing)");
    spec_close(&w);

    open_world(&w, &p, 2, CASEGATE_PHASE_PENDING, p.one, CASEGATE_LAB_USER);
    spec_ask(&w, CASEGATE_ACCEPT);
    w.request.mapping = p.map;
    assert_refused(&w, "invalid_input(field=mapping,problem=unknown)");
    spec_close(&w);

    open_world(&w, &p, 2, CASEGATE_PHASE_PENDING, p.one, CASEGATE_SYSTEM);
    w.request.content = w.other;
    assert_refused(&w, "invalid_input(field=content,problem=unknown)");
    spec_close(&w);
    close_pair(&p);
}

/* CG-R20 */
TEST(two_requests_to_different_definitions_do_not_mean_the_same)
{
    pair p;
    open_pair(&p);
    casegate_workflow *three = definition("own", 3, NULL, "paused");
    casegate_mapping *further = NULL;
    char a[67], b[67], c[67];
    UNUSED(state);
    assert_int_equal(map(p.one, three, SAME "on_hold>paused", &further, NULL, NULL), CASEGATE_OK);
    casegate_request request = { .size = sizeof request, .action = CASEGATE_MIGRATE, .case_id = CASE, .mapping = p.map };

    assert_int_equal(casegate_request_digest(NULL, &request, "s", a, NULL), CASEGATE_OK);
    assert_int_equal(casegate_request_digest(NULL, &request, "s", b, NULL), CASEGATE_OK);
    request.mapping = further;
    assert_int_equal(casegate_request_digest(NULL, &request, "s", c, NULL), CASEGATE_OK);

    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    casegate_mapping_unref(further);
    casegate_workflow_unref(three);
    close_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_that_could_reopen_or_lose_a_case_is_refused_with_every_fault_at_its_place),
        cmocka_unit_test(a_mapping_of_a_definition_to_itself_is_refused),
        cmocka_unit_test(a_status_may_lead_back_to_the_first_step_of_a_review_and_two_may_become_one),
        cmocka_unit_test(misuse_of_a_mapping_is_named),
        cmocka_unit_test(a_mapping_survives_every_allocation_that_fails),
        cmocka_unit_test(a_migration_is_an_event_under_the_new_definition_and_changes_nothing_else),
        cmocka_unit_test(a_case_that_is_under_the_new_definition_already_is_left_as_it_is),
        cmocka_unit_test(a_case_under_a_third_definition_has_no_way_to_go),
        cmocka_unit_test(only_a_system_with_the_permission_migrates),
        cmocka_unit_test(a_migration_without_a_mapping_and_a_mapping_without_a_migration_are_refused),
        cmocka_unit_test(two_requests_to_different_definitions_do_not_mean_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
