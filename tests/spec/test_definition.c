/* SPDX-License-Identifier: MIT */
/* test_definition.c: whoever defines a workflow can extend it freely, and cannot break what the guide promises. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/casegate.h>

/*
 * A definition as lines:
 *   permission NAME NUMBER
 *   status CODE NAME PHASE
 *   action CODE NAME PERMISSION ROLES NEEDS FROM>TO[,FROM>TO...]      "-" for no roles or needs; FROM> edits
 *   notice ACTION TO CHANNEL MUTABLE
 */
static const char *const intake[] = {
    "status 1 draft draft", "status 2 received pending", "status 3 in_production accepted", "status 4 rejected rejected",
    "action 2 edit edit clinic_user,dentist - draft>,received>,rejected>",
    "action 3 submit submit clinic_user,dentist - draft>received,rejected>received",
    "action 4 accept accept lab_user revision received>in_production",
    "action 5 reject reject lab_user revision,reason received>rejected",
    "notice reject clinic email 0", "notice reject clinic portal 0", "notice reject dentist email 0", "notice reject dentist portal 0",
};

/* ---- lines into the builder ---------------------------------------------------------------------------------------------------- */

typedef void add_fn(casegate_workflow_builder *b, const char *text);

static void each(casegate_workflow_builder *b, char *list, add_fn *add)
{
    char *rest = NULL;
    if (strcmp(list, "-") == 0) return;
    for (char *one = strtok_r(list, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) add(b, one);
}

static void add_transition(casegate_workflow_builder *b, const char *text)
{
    char from[64];
    const char *arrow = strchr(text, '>');
    memcpy(from, text, (size_t)(arrow - text));
    from[arrow - text] = '\0';
    casegate_workflow_add_transition(b, from, arrow[1] ? arrow + 1 : NULL);
}

/* An action edits if its first transition says so, or if it is called edit. */
static void add_action(casegate_workflow_builder *b, char **word)
{
    size_t length = strlen(word[6]);
    int edits = word[6][length - 1] == '>' || strcmp(word[2], "edit") == 0;
    casegate_workflow_add_action(b, (int32_t)strtol(word[1], NULL, 10), word[2], word[3], edits);
    each(b, word[4], casegate_workflow_add_role);
    each(b, word[5], casegate_workflow_add_need);
    each(b, word[6], add_transition);
}

static void add_line(casegate_workflow_builder *b, const char *line)
{
    char copy[256], *word[8] = { NULL }, *rest = NULL;
    size_t n = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *w = strtok_r(copy, " ", &rest); w && n < 8; w = strtok_r(NULL, " ", &rest)) word[n++] = w;
    if (strcmp(word[0], "permission") == 0) casegate_workflow_add_permission(b, word[1], (int32_t)strtol(word[2], NULL, 10));
    if (strcmp(word[0], "status") == 0) casegate_workflow_add_status(b, (int32_t)strtol(word[1], NULL, 10), word[2], word[3]);
    if (strcmp(word[0], "action") == 0) add_action(b, word);
    if (strcmp(word[0], "notice") == 0) casegate_workflow_add_notice(b, word[1], word[2], word[3], word[4][0] == '1');
}

static int is_dropped(const char *const *drop, const char *line)
{
    for (size_t i = 0; i < 4 && drop && drop[i]; i++)
        if (strncmp(line, drop[i], strlen(drop[i])) == 0) return 1;
    return 0;
}

/* intake without some lines, and with some more. */
static casegate_result build(const char *const *drop, const char *const *more, casegate_workflow **out, casegate_faults *faults)
{
    casegate_error err;
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "own", 1);
    casegate_error_init(&err, sizeof err);
    for (size_t i = 0; i < sizeof intake / sizeof *intake; i++)
        if (!is_dropped(drop, intake[i])) add_line(b, intake[i]);
    for (size_t i = 0; more && more[i]; i++) add_line(b, more[i]);
    casegate_result rc = casegate_workflow_builder_finish(b, out, faults, &err);
    if (rc < 0) fail_msg("%s: %s", err.field, err.text);
    return rc;
}

/* "code@place code@place" of every fault. */
static const char *found(const casegate_faults *faults)
{
    static char text[2048];
    text[0] = '\0';
    for (size_t i = 0; i < casegate_faults_count(faults); i++) {
        const casegate_fault *fault = casegate_faults_at(faults, i);
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s@%s", n ? " " : "", fault->name, fault->place);
        assert_string_equal(fault->name, casegate_fault_name(fault->code));
        assert_true(strlen(fault->text) > 10);
    }
    return text;
}

/* ---- faults ---------------------------------------------------------------------------------------------------------------------- */

typedef struct faulty { const char *const drop[4], *const more[9]; const char *faults; } faulty;
static const faulty definitions[] = {
    { { "status 1" }, { "status 100 begun pending" },
      "no_draft@statuses unknown_status@actions[edit].transitions[0] unknown_status@actions[submit].transitions[0]" },
    { { NULL }, { "status 100 received closed" }, "duplicate@statuses[received]" },
    { { NULL }, { "status 2 waiting pending" }, "duplicate@statuses[waiting]" },
    { { NULL }, { "action 100 accept accept lab_user revision received>in_production" }, "duplicate@actions[accept]" },
    { { NULL }, { "action 100 create accept lab_user - in_production>in_production" }, "duplicate@actions[create]" },
    { { NULL }, { "permission ship 16", "permission send 16" }, "duplicate@permissions[send]" },
    { { NULL }, { "permission view 16" }, "duplicate@permissions[view]" },
    { { NULL }, { "status 7 shipped accepted", "action 100 ship accept lab_user - in_production>shipped" },
      "reserved@statuses[shipped]" },
    { { "status 3" }, { "status 3 in_production closed" }, "reserved@statuses[in_production] reserved@actions[accept]" },
    { { NULL }, { "action 50 ship accept lab_user - in_production>in_production" }, "reserved@actions[ship]" },
    { { NULL }, { "permission ship 3" }, "reserved@permissions[ship]" },
    { { "action 3" }, { "action 3 submit submit clinic_user - received>received",
                        "action 100 send submit clinic_user - draft>received,rejected>received" },
      "reserved@actions[submit] unreviewed@actions[submit].needs" },
    { { NULL }, { "status 100 shipped afterwards", "action 100 ship accept lab_user - in_production>shipped" },
      "unknown_phase@statuses[shipped]" },
    { { NULL }, { "action 100 ship accept lab_user - in_production>shipped" }, "unknown_status@actions[ship].transitions[0]" },
    { { NULL }, { "action 100 ship accept robot - in_production>in_production" }, "unknown_role@actions[ship].roles" },
    { { NULL }, { "notice accept bank email 1" }, "unknown_role@notices[4].to" },
    { { NULL }, { "action 100 ship ship lab_user - in_production>in_production" },
      "unknown_permission@actions[ship].permission" },
    { { NULL }, { "action 100 ship accept lab_user signature in_production>in_production" }, "unknown_need@actions[ship].needs" },
    { { NULL }, { "notice ship clinic email 1" }, "unknown_action@notices[4].action" },
    { { NULL }, { "status 100 shipped accepted", "action 100 ship accept lab_user - in_production>shipped,shipped>" },
      "no_target@actions[ship].transitions[0] edits_locked@actions[ship].transitions[1] mixed_kinds@actions[ship] lab_edits@actions[ship].roles" },
    { { NULL }, { "action 100 send submit clinic_user - draft>received,draft>received" },
      "ambiguous@actions[send].transitions[1]" },
    { { NULL }, { "action 100 jump accept lab_user revision,reason received>in_production,received>rejected",
                  "notice jump clinic email 0",
                  "notice jump clinic portal 0", "notice jump dentist email 0", "notice jump dentist portal 0" },
      "ambiguous@actions[jump].transitions[1] mixed_kinds@actions[jump]" },
    { { NULL }, { "status 100 shipped accepted" }, "unreachable@statuses[shipped]" },
    { { NULL }, { "status 100 lost rejected", "action 100 lose reject lab_user revision,reason received>lost",
                  "notice lose clinic email 0",
                  "notice lose clinic portal 0", "notice lose dentist email 0", "notice lose dentist portal 0" }, "dead_end@statuses[lost]" },
    { { NULL }, { "action 100 reopen accept lab_user revision in_production>received" },
      "leaves_accepted@actions[reopen].transitions[0]" },
    { { NULL }, { "status 100 gone closed", "action 100 go submit clinic_user - draft>gone",
                  "action 101 back submit clinic_user - gone>received" },
      "leaves_closed@actions[back].transitions[0]" },
    { { NULL }, { "action 100 recall submit clinic_user revision received>draft" },
      "returns_to_draft@actions[recall].transitions[0]" },
    { { "action 2" }, { "action 2 edit edit clinic_user - draft>,received>,rejected>,in_production>" },
      "edits_locked@actions[edit].transitions[3]" },
    { { NULL }, { "status 100 reviewed pending", "action 100 pass accept lab_user revision received>reviewed",
                  "action 101 approve accept lab_user revision reviewed>in_production", "action 102 refuse reject lab_user revision,reason reviewed>rejected",
                  "action 103 amend edit clinic_user - reviewed>", "notice refuse clinic email 0", "notice refuse clinic portal 0" },
      "silent_rejection@actions[refuse] edits_midway@actions[amend].transitions[0]" },
    { { NULL }, { "action 100 rush accept lab_user revision draft>in_production" }, "skips_review@actions[rush].transitions[0]" },
    { { "action 4" }, { "action 4 accept accept lab_user - received>in_production" }, "unreviewed@actions[accept].needs" },
    { { "action 5" }, { "action 5 reject reject lab_user revision received>rejected" }, "unreasoned@actions[reject].needs" },
    { { NULL }, { "status 100 parked pending", "action 100 park accept lab_user revision received>parked",
                  "action 101 drop submit clinic_user - parked>over",
                  "status 101 over closed" }, "undecidable@statuses[parked]" },
    { { "action 4" }, { "action 4 accept accept lab_user,dentist revision received>in_production" },
      "clinic_decides@actions[accept].roles" },
    { { "action 5" }, { "action 5 reject reject system revision,reason received>rejected" },
      "clinic_decides@actions[reject].roles" },
    { { "action 3" }, { "action 3 submit submit clinic_user,lab_user - draft>received,rejected>received" },
      "lab_edits@actions[submit].roles" },
    { { "notice reject dentist portal" }, { NULL }, "silent_rejection@actions[reject]" },
    { { "notice reject clinic email" }, { "notice reject clinic email 1" }, "silent_rejection@actions[reject]" },
};

/* CG-R07, CG-R08, CG-R09 */
static void a_definition_that_could_break_a_promise_is_refused_with_every_fault_at_its_place(void **state)
{
    casegate_faults *faults = casegate_faults_new(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        casegate_workflow *workflow = NULL;

        casegate_result rc = build(definitions[i].drop, definitions[i].more, &workflow, faults);

        if (rc != CASEGATE_REFUSED || strcmp(found(faults), definitions[i].faults) != 0)
            fail_msg("definition %d\n  expected %s\n  found    %s", (int)i, definitions[i].faults, found(faults));
        assert_null(workflow);
    }
    casegate_faults_free(faults);
}

static void every_fault_has_a_definition_that_has_it(void **state)
{
    (void)state;
    for (int32_t code = 1; code < CASEGATE_FAULT_UNMAPPED; code++) {   /* the others are of mappings: test_migrate.c */
        size_t i = 0;
        char name[64];
        snprintf(name, sizeof name, "%s@", casegate_fault_name(code));
        while (i < sizeof definitions / sizeof *definitions && !strstr(definitions[i].faults, name)) i++;
        if (i == sizeof definitions / sizeof *definitions) fail_msg("%s", name);
    }
}

/* Three definitions hold all faults: a workflow without a draft has no transition into it, and paths are judged only where names,
 * codes and phases are sound. */
static const char *const unsound[] = {
    "permission view 16",                                              /* duplicate */
    "permission low 3",                                                /* reserved */
    "status 101 nowhere limbo",                                        /* unknown_phase */
    "status 102 closed closed",
    "action 100 a no-such-permission pirate magic received>no-such",   /* unknown_permission, _role, _need, _status */
    "action 101 edit2 edit lab_user - in_production>",                 /* edits_locked, lab_edits */
    "action 102 b edit clinic_user - draft>,received>received",        /* no_target */
    "action 103 c edit clinic_user - draft>received,draft>closed",     /* ambiguous, mixed_kinds */
    "action 104 d accept lab_user - in_production>received",           /* leaves_accepted */
    "action 105 e accept lab_user - closed>received",                  /* leaves_closed */
    "action 106 f edit clinic_user - rejected>draft",                  /* returns_to_draft */
    "action 107 g accept lab_user - draft>in_production",              /* skips_review */
    "action 108 h accept dentist - received>in_production",            /* unreviewed, clinic_decides */
    "action 109 i reject lab_user revision received>rejected",         /* unreasoned, silent_rejection */
    "notice no-such-action clinic email 1", NULL,                      /* unknown_action */
};
static const char *const pathless[] = {
    "status 101 island pending", "status 102 second pending",          /* unreachable, undecidable, dead_end */
    "action 100 pass accept lab_user revision received>second",        /* second decides nothing */
    "action 101 mend edit clinic_user - second>", NULL,                /* edits_midway */
};
static const char *const draftless[] = { "status 1", "action 2", "action 3", NULL };
static const char *const edits_and_submits[] = { "action 2 edit edit clinic_user - received>",
                                                 "action 3 submit submit clinic_user - rejected>received", NULL };

static uint32_t faults_in(const char *const *drop, const char *const *more, casegate_faults *faults)
{
    casegate_workflow *workflow = NULL;
    uint32_t seen = 0;
    assert_int_equal(build(drop, more, &workflow, faults), CASEGATE_REFUSED);
    for (size_t i = 0; i < casegate_faults_count(faults); i++) seen |= UINT32_C(1) << casegate_faults_at(faults, i)->code;
    return seen;
}

static void all_faults_are_told_at_once_in_the_three_definitions_that_can_hold_them(void **state)
{
    const uint32_t paths = 1u << CASEGATE_FAULT_UNREACHABLE | 1u << CASEGATE_FAULT_DEAD_END | 1u << CASEGATE_FAULT_UNDECIDABLE |
                           1u << CASEGATE_FAULT_EDITS_MIDWAY;
    const uint32_t no_draft = 1u << CASEGATE_FAULT_NO_DRAFT, all = (1u << CASEGATE_FAULT_UNMAPPED) - 2;
    casegate_faults *faults = casegate_faults_new(NULL);
    (void)state;

    assert_int_equal(faults_in(NULL, unsound, faults), all & ~paths & ~no_draft);
    assert_int_equal(faults_in(NULL, pathless, faults), paths);
    assert_int_equal(faults_in(draftless, edits_and_submits, faults) & no_draft, no_draft);

    casegate_faults_free(faults);
}

/* ---- what may be built ------------------------------------------------------------------------------------------------------------ */

static const char *const life_after[] = {
    "permission ship 16", "status 100 shipped accepted", "status 2000000000 delivered accepted", "status 110 withdrawn closed",
    "action 100 ship ship lab_user - in_production>shipped", "action 2000000000 confirm view clinic_user,dentist - shipped>delivered",
    "action 110 withdraw submit clinic_user,dentist - draft>withdrawn,received>withdrawn,rejected>withdrawn", NULL,
};

static void intake_built_from_its_lines_is_the_built_in_one(void **state)
{
    casegate_workflow *workflow = NULL, *builtin = casegate_workflow_builtin("intake", 1);
    casegate_buffer *a = casegate_buffer_new(NULL), *b = casegate_buffer_new(NULL);
    (void)state;

    assert_int_equal(build(NULL, NULL, &workflow, NULL), CASEGATE_OK);

    assert_int_equal(casegate_workflow_markdown(workflow, a), CASEGATE_OK);
    assert_int_equal(casegate_workflow_markdown(builtin, b), CASEGATE_OK);
    assert_string_equal(casegate_buffer_data(a), casegate_buffer_data(b));
    assert_int_equal(casegate_workflow_transition_count(workflow), casegate_workflow_transition_count(builtin));
    for (size_t i = 0; i < casegate_workflow_transition_count(builtin); i++) {
        assert_int_equal(casegate_workflow_transition_at(workflow, i)->action,
                         casegate_workflow_transition_at(builtin, i)->action);
        assert_int_equal(casegate_workflow_transition_at(workflow, i)->to, casegate_workflow_transition_at(builtin, i)->to);
    }
    casegate_buffer_free(a);
    casegate_buffer_free(b);
    casegate_workflow_unref(workflow);
}

static void a_host_may_add_statuses_actions_and_permissions_of_its_own(void **state)
{
    casegate_workflow *workflow = NULL;
    (void)state;

    assert_int_equal(build(NULL, life_after, &workflow, NULL), CASEGATE_OK);

    assert_int_equal(casegate_workflow_action(workflow, 100)->does, CASEGATE_DOES_MOVE);
    assert_int_equal(casegate_workflow_action(workflow, 110)->does, CASEGATE_DOES_CLOSING);
    assert_string_equal(casegate_workflow_status(workflow, 2000000000)->name, "delivered");
    assert_null(casegate_workflow_status(workflow, 101));
    assert_null(casegate_workflow_action(workflow, 1999999999));
    assert_int_equal(casegate_find_permission(workflow, "ship"), 1 << 16);
    assert_string_equal(casegate_permission_name(workflow, 1 << 16), "ship");
    assert_int_equal(casegate_role_permissions(workflow, CASEGATE_LAB_USER),
                     CASEGATE_MAY_VIEW | CASEGATE_MAY_ACCEPT | CASEGATE_MAY_REJECT | 1 << 16);
    casegate_workflow_unref(workflow);
}

static casegate_result decide(const casegate_workflow *workflow, const casegate_head *head, int32_t role, int32_t action,
                              casegate_verdict *verdict)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "x", .org = role == CASEGATE_LAB_USER ? "one" : "north",
                                           .role = role, .permissions = casegate_role_permissions(workflow, role) };
    const casegate_request request = { .size = sizeof request, .action = action, .revision = 1 };
    casegate_actor *actor = NULL;
    casegate_case *kase = NULL;
    assert_int_equal(casegate_actor_new(NULL, &fields, &actor, NULL), CASEGATE_OK);
    assert_int_equal(casegate_case_new(NULL, head, &kase, NULL), CASEGATE_OK);
    const casegate_facts facts = { .size = sizeof facts, .workflow = workflow, .policy = casegate_policy_default(),
                                   .kase = kase, .now_us = 1 };
    casegate_result rc = casegate_check(&facts, actor, &request, verdict, NULL);
    casegate_case_unref(kase);
    casegate_actor_unref(actor);
    return rc;
}

/* CG-R08, CG-R09 */
static void what_a_host_adds_is_judged_by_its_phases_and_an_accepted_case_stays_locked(void **state)
{
    casegate_workflow *workflow = NULL;
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    casegate_head head = { .size = sizeof head, .id = "c", .clinic = "north", .lab = "one", .workflow = "own",
                           .workflow_version = 1, .status = 100,
                           .version = 4, .revision = 1, .attempt = 1, .patient_name = "x", .service_count = 1, .decided_by = "lena", .decided_us = 1 };
    (void)state;
    assert_int_equal(build(NULL, life_after, &workflow, NULL), CASEGATE_OK);

    assert_int_equal(decide(workflow, &head, CASEGATE_DENTIST, 2000000000, verdict), CASEGATE_OK);
    assert_int_equal(decide(workflow, &head, CASEGATE_LAB_USER, 100, verdict), CASEGATE_REFUSED);
    assert_string_equal(casegate_verdict_at(verdict, 0)->name, "wrong_status");
    assert_string_equal(casegate_verdict_at(verdict, 0)->subject, "shipped");
    assert_int_equal(decide(workflow, &head, CASEGATE_LAB_USER, CASEGATE_ACCEPT, verdict), CASEGATE_REFUSED);
    assert_string_equal(casegate_verdict_at(verdict, 0)->name, "already_accepted");
    assert_int_equal(decide(workflow, &head, CASEGATE_CLINIC_USER, CASEGATE_EDIT, verdict), CASEGATE_REFUSED);
    assert_string_equal(casegate_verdict_at(verdict, 0)->name, "locked");
    head.status = 110;
    assert_int_equal(decide(workflow, &head, CASEGATE_CLINIC_USER, CASEGATE_EDIT, verdict), CASEGATE_REFUSED);
    assert_string_equal(casegate_verdict_at(verdict, 0)->name, "locked");

    casegate_verdict_free(verdict);
    casegate_workflow_unref(workflow);
}

static void create_and_submit_at_once_needs_a_submission_from_the_first_draft(void **state)
{
    static const char *const no_submit[4] = { "action 3" };
    static const char *const sends[] = { "action 100 send submit clinic_user,dentist - draft>received,rejected>received", NULL };
    static const char *const other_draft[] = { "status 100 sketch draft", "action 100 begin edit clinic_user - sketch>draft",
                                               NULL };
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "x", .org = "north", .role = CASEGATE_CLINIC_USER,
                                           .permissions = CASEGATE_MAY_VIEW | CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT };
    casegate_workflow *without = NULL, *unreachable = NULL;
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    casegate_actor *actor = NULL;
    casegate_faults *faults = casegate_faults_new(NULL);
    (void)state;
    assert_int_equal(build(no_submit, sends, &without, NULL), CASEGATE_OK);
    assert_int_equal(build(NULL, other_draft, &unreachable, faults), CASEGATE_REFUSED);   /* nothing leads to the second draft */
    assert_string_equal(found(faults), "unreachable@statuses[sketch]");
    assert_int_equal(casegate_actor_new(NULL, &fields, &actor, NULL), CASEGATE_OK);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_CREATE, .lab = "one", .submit = 1 };
    const casegate_facts facts = { .size = sizeof facts, .workflow = without, .policy = casegate_policy_default(),
                                   .new_case_id = "c", .now_us = 1 };

    assert_int_equal(casegate_check(&facts, actor, &request, verdict, NULL), CASEGATE_REFUSED);

    assert_string_equal(casegate_verdict_at(verdict, 0)->name, "unknown_action");
    casegate_actor_unref(actor);
    casegate_verdict_free(verdict);
    casegate_faults_free(faults);
    casegate_workflow_unref(without);
}

/* ---- malformed --------------------------------------------------------------------------------------------------------------------- */

static void assert_malformed(casegate_workflow_builder *b, const char *field, int32_t problem)
{
    casegate_workflow *workflow = NULL;
    casegate_error err;
    casegate_error_init(&err, sizeof err);
    assert_int_equal(casegate_workflow_builder_finish(b, &workflow, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, field);
    assert_int_equal(err.host_code, problem);
    assert_null(workflow);
}

static void names_that_cannot_be_are_malformed(void **state)
{
    casegate_workflow_builder *b;
    (void)state;
    assert_malformed(casegate_workflow_builder_new(NULL, NULL, 1), "name", CASEGATE_PROBLEM_MISSING);
    assert_malformed(casegate_workflow_builder_new(NULL, "a b", 1), "name", CASEGATE_PROBLEM_FORMAT);
    assert_malformed(casegate_workflow_builder_new(NULL, "own", 0), "version", CASEGATE_PROBLEM_RANGE);
    b = casegate_workflow_builder_new(NULL, "own", 1);
    casegate_workflow_add_status(b, 1, "dra[ft]", "draft");
    assert_malformed(b, "statuses", CASEGATE_PROBLEM_FORMAT);
    b = casegate_workflow_builder_new(NULL, "own", 1);
    casegate_workflow_add_role(b, "dentist");
    assert_malformed(b, "roles", CASEGATE_PROBLEM_MISSING);
    b = casegate_workflow_builder_new(NULL, "own", 1);
    for (int32_t i = 0; i < 300; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", (int)i);
        casegate_workflow_add_status(b, 100 + i, name, "draft");
    }
    assert_malformed(b, "statuses", CASEGATE_PROBLEM_TOO_MANY);
}

static void null_arguments_do_no_harm(void **state)
{
    casegate_workflow *workflow = NULL;
    (void)state;
    casegate_workflow_add_permission(NULL, "x", 16);
    casegate_workflow_add_status(NULL, 1, "x", "draft");
    casegate_workflow_add_status_label(NULL, "en", "x");
    casegate_workflow_add_action(NULL, 1, "x", "edit", 0);
    casegate_workflow_add_role(NULL, "x");
    casegate_workflow_add_need(NULL, "x");
    casegate_workflow_add_guard(NULL, "x");
    casegate_workflow_add_transition(NULL, "x", NULL);
    casegate_workflow_add_notice(NULL, "x", "x", "x", 0);
    casegate_workflow_builder_free(NULL);
    casegate_faults_free(NULL);
    assert_int_equal(casegate_faults_count(NULL), 0);
    assert_null(casegate_faults_at(NULL, 0));
    assert_int_equal(casegate_workflow_builder_finish(NULL, &workflow, NULL, NULL), CASEGATE_E_NOMEM);
    assert_int_equal(casegate_workflow_builder_finish(casegate_workflow_builder_new(NULL, "own", 1), NULL, NULL, NULL),
                     CASEGATE_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_definition_that_could_break_a_promise_is_refused_with_every_fault_at_its_place),
        cmocka_unit_test(every_fault_has_a_definition_that_has_it),
        cmocka_unit_test(all_faults_are_told_at_once_in_the_three_definitions_that_can_hold_them),
        cmocka_unit_test(intake_built_from_its_lines_is_the_built_in_one),
        cmocka_unit_test(a_host_may_add_statuses_actions_and_permissions_of_its_own),
        cmocka_unit_test(what_a_host_adds_is_judged_by_its_phases_and_an_accepted_case_stays_locked),
        cmocka_unit_test(create_and_submit_at_once_needs_a_submission_from_the_first_draft),
        cmocka_unit_test(names_that_cannot_be_are_malformed),
        cmocka_unit_test(null_arguments_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
