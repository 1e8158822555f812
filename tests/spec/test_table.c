/* SPDX-License-Identifier: MIT */
/* test_table.c: every status × action × role × permission set of intake against the table of docs/rules.md, written by hand. */
#include "spec.h"

#include <stdio.h>

/* ---- the table ------------------------------------------------------------------------------------------------------------ */

/* What an action does in a status: the status it leads to, or the obstacle that says why it leads nowhere. */
static const struct row { int32_t status, action, to; const char *obstacle; } rows[] = {
    { CASEGATE_DRAFT,         CASEGATE_EDIT,   CASEGATE_DRAFT,         NULL },
    { CASEGATE_DRAFT,         CASEGATE_SUBMIT, CASEGATE_RECEIVED,      NULL },
    { CASEGATE_DRAFT,         CASEGATE_ACCEPT, 0, "not_submitted" },
    { CASEGATE_DRAFT,         CASEGATE_REJECT, 0, "not_submitted" },
    { CASEGATE_RECEIVED,      CASEGATE_EDIT,   CASEGATE_RECEIVED,      NULL },
    { CASEGATE_RECEIVED,      CASEGATE_SUBMIT, 0, "already_submitted" },
    { CASEGATE_RECEIVED,      CASEGATE_ACCEPT, CASEGATE_IN_PRODUCTION, NULL },
    { CASEGATE_RECEIVED,      CASEGATE_REJECT, CASEGATE_REJECTED,      NULL },
    { CASEGATE_IN_PRODUCTION, CASEGATE_EDIT,   0, "locked" },
    { CASEGATE_IN_PRODUCTION, CASEGATE_SUBMIT, 0, "already_accepted(at=2026-03-01T08:00:00.000000Z,by=lars)" },
    { CASEGATE_IN_PRODUCTION, CASEGATE_ACCEPT, 0, "already_accepted(at=2026-03-01T08:00:00.000000Z,by=lars)" },
    { CASEGATE_IN_PRODUCTION, CASEGATE_REJECT, 0, "already_accepted(at=2026-03-01T08:00:00.000000Z,by=lars)" },
    { CASEGATE_REJECTED,      CASEGATE_EDIT,   CASEGATE_REJECTED,      NULL },
    { CASEGATE_REJECTED,      CASEGATE_SUBMIT, CASEGATE_RECEIVED,      NULL },
    { CASEGATE_REJECTED,      CASEGATE_ACCEPT, 0, "already_rejected(reason=unreadable_scan)" },
    { CASEGATE_REJECTED,      CASEGATE_REJECT, 0, "already_rejected(reason=unreadable_scan)" },
};
static const struct who { int32_t role; const char *name; int edits_and_submits, decides; } people[] = {
    { CASEGATE_CLINIC_USER, "clinic_user", 1, 0 },
    { CASEGATE_DENTIST,     "dentist",     1, 0 },
    { CASEGATE_LAB_USER,    "lab_user",    0, 1 },
    { CASEGATE_SYSTEM,      "system",      0, 0 },
};
static const struct demand { int32_t action, deciding; uint64_t bit; const char *name; } demands[] = {
    { CASEGATE_EDIT, 0, 2, "edit" }, { CASEGATE_SUBMIT, 0, 4, "submit" }, { CASEGATE_ACCEPT, 1, 8, "accept" },
    { CASEGATE_REJECT, 1, 16, "reject" },
};
enum { PERMISSION_SETS = 32, MAY_VIEW = 1 };

static const struct demand *demand_of(int32_t action)
{
    size_t i = 0;
    while (demands[i].action != action) i++;
    return &demands[i];
}

/* One obstacle more: "name(parameter=" with its value, or what is whole already with "". */
static void append(char *text, size_t cap, const char *obstacle, const char *value)
{
    size_t len = strlen(text);
    snprintf(text + len, cap - len, "%s%s%s%s", len ? " " : "", obstacle, value, value[0] ? ")" : "");
}

static void expect(char *text, size_t cap, const struct row *row, const struct who *who, uint64_t permissions, int own)
{
    const struct demand *demand = demand_of(row->action);
    int outsider = !own && who->role != CASEGATE_SYSTEM;
    int unseen = who->role == CASEGATE_LAB_USER && row->status == CASEGATE_DRAFT;
    text[0] = '\0';
    if (!(permissions & MAY_VIEW) || outsider || unseen) {
        append(text, cap, "not_found", "");
        return;
    }
    if (row->obstacle) append(text, cap, row->obstacle, "");
    if (!(demand->deciding ? who->decides : who->edits_and_submits)) append(text, cap, "wrong_role(role=", who->name);
    if (!(permissions & demand->bit)) append(text, cap, "no_permission(permission=", demand->name);
}

/* ---- every combination ------------------------------------------------------------------------------------------- */

typedef void visit_fn(spec_world *world, const struct row *row, const char *expected);

static void visit_all(visit_fn *visit)
{
    char expected[256];
    for (size_t r = 0; r < COUNT(rows); r++) {
        for (size_t p = 0; p < COUNT(people); p++) {
            spec_world world;
            spec_open(&world, rows[r].status, people[p].role);
            for (uint64_t set = 0; set < PERMISSION_SETS * 2; set++) {
                int own = set < PERMISSION_SETS;
                spec_use_actor(&world, spec_actor(people[p].role, set % PERMISSION_SETS, own ? NULL : "someone-else"));
                spec_ask(&world, rows[r].action);
                expect(expected, sizeof expected, &rows[r], &people[p], set % PERMISSION_SETS, own);
                visit(&world, &rows[r], expected);
            }
            spec_close(&world);
        }
    }
}

static void decide_one(spec_world *world, const struct row *row, const char *expected)
{
    assert_refused(world, expected);

    if (expected[0]) {
        assert_null(casegate_decision_commit(world->decision));
        assert_null(casegate_decision_head(world->decision));
    } else {
        assert_int_equal(spec_commit(world)->after->status, row->to);
        assert_int_equal(spec_event(world, 0)->from, row->status);
        assert_int_equal(spec_event(world, 0)->to, row->to);
    }
}

/* CG-R01 CG-R05 CG-R08 CG-R09 CG-R10 CG-R14 CG-R15 */
TEST(every_status_action_role_and_permission_set_is_decided_as_the_table_says)
{
    UNUSED(state);
    visit_all(decide_one);
}

static void check_one(spec_world *world, const struct row *row, const char *expected)
{
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    (void)row;

    casegate_result result = casegate_check(&world->facts, world->actor, &world->request, verdict, NULL);

    assert_string_equal(spec_words(verdict, 1), expected);
    assert_int_equal(result, expected[0] ? CASEGATE_REFUSED : CASEGATE_OK);
    casegate_verdict_free(verdict);
}

TEST(check_answers_as_decide_for_every_combination)
{
    UNUSED(state);
    visit_all(check_one);
}

static void explain_one(spec_world *world, const struct row *row, const char *expected)
{
    assert_string_equal(spec_explain(world, row->action), expected);
    assert_int_equal(world->result, expected[0] ? CASEGATE_REFUSED : CASEGATE_OK);
}

/* CG-R15 */
TEST(explain_agrees_with_decide_so_that_a_button_is_shown_exactly_when_its_verdict_is_empty)
{
    UNUSED(state);
    visit_all(explain_one);
}

static void look_one(spec_world *world, const struct row *row, const char *expected)
{
    (void)row;
    assert_int_equal(casegate_visible(world->kase, world->actor), strcmp(expected, "not_found") != 0);
}

/* CG-R14 */
TEST(a_case_is_visible_exactly_when_a_decision_on_it_does_not_answer_not_found)
{
    UNUSED(state);
    visit_all(look_one);
}

/* ---- what has no row: the built-in actions ----------------------------------------------------------------------- */

static void expect_create(char *text, size_t cap, const struct who *who, uint64_t permissions, int submit)
{
    text[0] = '\0';
    if (!who->edits_and_submits) append(text, cap, "wrong_role(role=", who->name);
    if (!(permissions & 2)) append(text, cap, "no_permission(permission=", "edit");
    if (submit && !(permissions & 4)) append(text, cap, "no_permission(permission=", "submit");
}

/* CG-R01 CG-R14 */
TEST(create_with_and_without_submit_is_decided_as_the_table_says_for_every_role_and_permission_set)
{
    UNUSED(state);
    char expected[256];
    for (size_t p = 0; p < COUNT(people); p++) {
        spec_world world;
        spec_open(&world, 0, people[p].role);
        for (uint64_t set = 0; set < PERMISSION_SETS * 2; set++) {
            int submit = set >= PERMISSION_SETS;
            spec_use_actor(&world, spec_actor(people[p].role, set % PERMISSION_SETS, NULL));
            spec_ask(&world, CASEGATE_CREATE);
            world.request.submit = submit;

            expect_create(expected, sizeof expected, &people[p], set, submit);

            assert_refused(&world, expected);
            if (!expected[0]) assert_int_equal(spec_commit(&world)->after->status, submit ? CASEGATE_RECEIVED : CASEGATE_DRAFT);
        }
        spec_close(&world);
    }
}

TEST(adopt_is_for_the_system_with_its_permission_alone)
{
    UNUSED(state);
    char expected[256];
    for (size_t p = 0; p < COUNT(people); p++) {
        for (int may = 0; may < 2; may++) {
            spec_world world;
            spec_open(&world, 0, people[p].role);
            spec_use_actor(&world, spec_actor(people[p].role, may ? CASEGATE_MAY_ADOPT : ALL_INTAKE, NULL));
            spec_ask(&world, CASEGATE_ADOPT);

            expected[0] = '\0';
            if (people[p].role != CASEGATE_SYSTEM) append(expected, sizeof expected, "wrong_role(role=", people[p].name);
            if (!may) append(expected, sizeof expected, "no_permission(permission=", "adopt");

            assert_refused(&world, expected);
            spec_close(&world);
        }
    }
}

TEST(erase_is_for_the_system_with_its_permission_alone_and_for_cases_that_nobody_waits_for)
{
    UNUSED(state);
    static const struct { int32_t status; const char *refused; } cases[] = {
        { CASEGATE_DRAFT, NULL }, { CASEGATE_RECEIVED, "received" }, { CASEGATE_IN_PRODUCTION, NULL }, { CASEGATE_REJECTED, "rejected" },
    };
    char expected[256];
    for (size_t i = 0; i < COUNT(cases) * COUNT(people) * 2; i++) {
        const size_t row = i % COUNT(cases), p = i / COUNT(cases) % COUNT(people);
        const int may = i >= COUNT(cases) * COUNT(people);
        spec_world world;
        spec_open(&world, cases[row].status, people[p].role);
        spec_use_actor(&world, spec_actor(people[p].role, CASEGATE_MAY_VIEW | (may ? CASEGATE_MAY_ERASE : 0), NULL));
        spec_ask(&world, CASEGATE_ERASE);

        expected[0] = '\0';
        if (cases[row].refused) append(expected, sizeof expected, "wrong_status(status=", cases[row].refused);
        if (people[p].role != CASEGATE_SYSTEM) append(expected, sizeof expected, "wrong_role(role=", people[p].name);
        if (!may) append(expected, sizeof expected, "no_permission(permission=", "erase");
        if (people[p].role == CASEGATE_LAB_USER && cases[row].status == CASEGATE_DRAFT) strcpy(expected, "not_found");

        assert_refused(&world, expected);
        spec_close(&world);
    }
}

/* ---- the definition itself --------------------------------------------------------------------------------------- */

/* CG-R08 CG-R09 */
TEST(the_transitions_of_intake_are_those_of_the_table_and_none_leaves_in_production)
{
    UNUSED(state);
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    size_t allowed = 0;
    for (size_t r = 0; r < COUNT(rows); r++) allowed += rows[r].to != 0;

    assert_int_equal(casegate_workflow_transition_count(intake), allowed);

    for (size_t i = 0; i < casegate_workflow_transition_count(intake); i++) {
        const casegate_transition *t = casegate_workflow_transition_at(intake, i);
        size_t r = 0;
        while (r < COUNT(rows) && !(rows[r].status == t->from && rows[r].action == t->action)) r++;
        assert_true(r < COUNT(rows));
        assert_int_equal(t->to, rows[r].to);
        assert_int_not_equal(t->from, CASEGATE_IN_PRODUCTION);
    }
    casegate_workflow_unref(intake);
}

TEST(each_role_needs_view_and_the_permissions_of_its_actions)
{
    UNUSED(state);
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);

    assert_int_equal(casegate_role_permissions(intake, CASEGATE_CLINIC_USER), 1 | 2 | 4);
    assert_int_equal(casegate_role_permissions(intake, CASEGATE_DENTIST), 1 | 2 | 4);
    assert_int_equal(casegate_role_permissions(intake, CASEGATE_LAB_USER), 1 | 8 | 16);
    assert_int_equal(casegate_role_permissions(intake, CASEGATE_SYSTEM), 1 | 32 | 64 | 128);
    assert_int_equal(casegate_role_permissions(intake, 0), 0);
    assert_int_equal(casegate_role_permissions(intake, 5), 0);

    casegate_workflow_unref(intake);
}

TEST(statuses_phases_actions_roles_and_permissions_are_found_by_name_and_by_code)
{
    UNUSED(state);
    static const struct { int32_t code, phase; const char *name, *phase_name, *label; } statuses[] = {
        { 1, 1, "draft", "draft", "Draft" }, { 2, 2, "received", "pending", "Received" },
        { 3, 3, "in_production", "accepted", "In Production" }, { 4, 4, "rejected", "rejected", "Rejected" },
    };
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);

    assert_string_equal(casegate_workflow_name(intake), "intake");
    assert_int_equal(casegate_workflow_version(intake), 1);
    assert_int_equal(casegate_workflow_status_count(intake), COUNT(statuses));
    for (size_t i = 0; i < COUNT(statuses); i++) {
        const casegate_status *status = casegate_workflow_status_at(intake, i);
        assert_int_equal(status->code, statuses[i].code);
        assert_int_equal(status->phase, statuses[i].phase);
        assert_string_equal(status->name, statuses[i].name);
        assert_string_equal(casegate_label_for(status->labels, status->label_count, "en"), statuses[i].label);
        assert_ptr_equal(casegate_workflow_status(intake, status->code), status);
        assert_int_equal(casegate_workflow_find_status(intake, status->name), status->code);
        assert_string_equal(casegate_phase_name(status->phase), statuses[i].phase_name);
        assert_int_equal(casegate_find_phase(statuses[i].phase_name), status->phase);
    }
    static const char *const actions[] = { "create", "edit", "submit", "accept", "reject", "adopt", "erase", "migrate" };
    for (int32_t code = 1; code <= (int32_t)COUNT(actions); code++) {
        assert_int_equal(casegate_workflow_find_action(intake, actions[code - 1]), code);
        assert_string_equal(casegate_workflow_action(intake, code)->name, actions[code - 1]);
    }
    assert_int_equal(casegate_workflow_action_count(intake), 4);
    for (size_t i = 0; i < COUNT(demands); i++) {
        assert_int_equal(casegate_find_permission(intake, demands[i].name), demands[i].bit);
        assert_string_equal(casegate_permission_name(NULL, demands[i].bit), demands[i].name);
    }
    for (size_t i = 0; i < COUNT(people); i++) {
        assert_int_equal(casegate_find_role(people[i].name), people[i].role);
        assert_string_equal(casegate_role_name(people[i].role), people[i].name);
    }
    casegate_workflow_unref(intake);
}

/* CG-R11 */
TEST(intake_tells_clinic_and_dentist_of_a_rejection_by_email_and_portal_and_nobody_can_mute_it)
{
    UNUSED(state);
    static const struct { int32_t to; const char *channel; } rules[] = {
        { CASEGATE_TO_CLINIC, "email" }, { CASEGATE_TO_CLINIC, "portal" }, { CASEGATE_TO_DENTIST, "email" },
        { CASEGATE_TO_DENTIST, "portal" },
    };
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);

    assert_int_equal(casegate_workflow_notice_count(intake), COUNT(rules));
    for (size_t i = 0; i < COUNT(rules); i++) {
        const casegate_notice_rule *rule = casegate_workflow_notice_at(intake, i);
        assert_int_equal(rule->action, CASEGATE_REJECT);
        assert_int_equal(rule->to, rules[i].to);
        assert_string_equal(rule->channel, rules[i].channel);
        assert_int_equal(rule->mutable_, 0);
    }
    casegate_workflow_unref(intake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_action_role_and_permission_set_is_decided_as_the_table_says),
        cmocka_unit_test(check_answers_as_decide_for_every_combination),
        cmocka_unit_test(explain_agrees_with_decide_so_that_a_button_is_shown_exactly_when_its_verdict_is_empty),
        cmocka_unit_test(a_case_is_visible_exactly_when_a_decision_on_it_does_not_answer_not_found),
        cmocka_unit_test(create_with_and_without_submit_is_decided_as_the_table_says_for_every_role_and_permission_set),
        cmocka_unit_test(adopt_is_for_the_system_with_its_permission_alone),
        cmocka_unit_test(erase_is_for_the_system_with_its_permission_alone_and_for_cases_that_nobody_waits_for),
        cmocka_unit_test(the_transitions_of_intake_are_those_of_the_table_and_none_leaves_in_production),
        cmocka_unit_test(each_role_needs_view_and_the_permissions_of_its_actions),
        cmocka_unit_test(statuses_phases_actions_roles_and_permissions_are_found_by_name_and_by_code),
        cmocka_unit_test(intake_tells_clinic_and_dentist_of_a_rejection_by_email_and_portal_and_nobody_can_mute_it),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
