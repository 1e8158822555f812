/* SPDX-License-Identifier: MIT */
/* test_random.c: definitions at random: whatever can be built keeps the invariants in a walk at random; usage: [DEFINITIONS] [REQUESTS] [SEED] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/casegate.h>

static uint32_t definitions = 10000, requests = 1000;
static uint64_t seed = 1;

/* SplitMix64: the same in every run with the same seed. */
static uint32_t roll(uint32_t sides)
{
    seed += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) % sides);
}

/* ---- definitions ------------------------------------------------------------------------------------------------------------------ */

static const char *const phases[] = { "draft", "pending", "accepted", "rejected", "closed" };
static const char *const roles[] = { "clinic_user", "dentist", "lab_user", "system" };
static const char *const needs[] = { "revision", "reason", "comment", "file" };
static const char *const own_status[] = { "draft", "received", "in_production", "rejected" };

static const char *status_name(uint32_t i)
{
    static char names[4][16];
    static int next;
    if (i < 4) return own_status[i];
    next = (next + 1) % 4;
    snprintf(names[next], sizeof names[next], "s%u", (unsigned)i);
    return names[next];
}

static void add_intake(casegate_workflow_builder *b)
{
    for (uint32_t i = 0; i < 4; i++) casegate_workflow_add_status(b, (int32_t)i + 1, own_status[i], phases[i]);
    casegate_workflow_add_action(b, CASEGATE_EDIT, "edit", "edit", 1);
    casegate_workflow_add_role(b, "clinic_user");
    casegate_workflow_add_transition(b, "draft", NULL);
    casegate_workflow_add_transition(b, "rejected", NULL);
    if (roll(2)) casegate_workflow_add_transition(b, "received", NULL);
    casegate_workflow_add_action(b, CASEGATE_SUBMIT, "submit", "submit", 0);
    casegate_workflow_add_role(b, "dentist");
    casegate_workflow_add_transition(b, "draft", "received");
    casegate_workflow_add_transition(b, "rejected", "received");
    casegate_workflow_add_action(b, CASEGATE_ACCEPT, "accept", "accept", 0);
    casegate_workflow_add_role(b, "lab_user");
    casegate_workflow_add_need(b, "revision");
    casegate_workflow_add_transition(b, "received", "in_production");
    casegate_workflow_add_action(b, CASEGATE_REJECT, "reject", "reject", 0);
    casegate_workflow_add_role(b, "lab_user");
    casegate_workflow_add_need(b, "revision");
    casegate_workflow_add_need(b, "reason");
    casegate_workflow_add_transition(b, "received", "rejected");
}

static void add_notices(casegate_workflow_builder *b, const char *action)
{
    static const char *const to[] = { "clinic", "dentist" }, *const channels[] = { "email", "portal" };
    for (int i = 0; i < 4; i++) casegate_workflow_add_notice(b, action, to[i / 2], channels[i % 2], 0);
}

/* One more action, with anything that an action can have. */
static void add_action(casegate_workflow_builder *b, uint32_t number, uint32_t statuses)
{
    char name[16];
    int edits = roll(5) == 0;
    snprintf(name, sizeof name, "a%u", (unsigned)number);
    casegate_workflow_add_action(b, 100 + (int32_t)number, name, roll(2) ? "view" : "accept", edits);
    casegate_workflow_add_role(b, roles[roll(3)]);
    for (uint32_t i = 0; i < 4; i++)
        if (roll(2)) casegate_workflow_add_need(b, needs[i]);
    for (uint32_t i = 0, count = 1 + roll(2); i < count; i++)
        casegate_workflow_add_transition(b, status_name(roll(statuses)), edits ? NULL : status_name(roll(statuses)));
    if (roll(2)) add_notices(b, name);
}

static casegate_workflow *random_definition(casegate_faults *faults)
{
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "random", 1);
    casegate_workflow *workflow = NULL;
    uint32_t more = roll(4), statuses = 4 + more;
    add_intake(b);
    add_notices(b, "reject");
    for (uint32_t i = 4; i < statuses; i++) casegate_workflow_add_status(b, 96 + (int32_t)i, status_name(i), phases[roll(5)]);
    for (uint32_t i = 0, count = more + roll(3); i < count; i++) add_action(b, i, statuses);
    casegate_result rc = casegate_workflow_builder_finish(b, &workflow, faults, NULL);
    assert_true(rc == CASEGATE_OK || rc == CASEGATE_REFUSED);
    assert_int_equal(rc == CASEGATE_OK, workflow != NULL);
    assert_int_equal(rc == CASEGATE_OK, casegate_faults_count(faults) == 0);   /* whatever is refused has a fault that can be pointed to */
    return workflow;
}

/* ---- a walk ----------------------------------------------------------------------------------------------------------------------- */

typedef struct walk {
    const casegate_workflow *workflow;
    casegate_actor *actors[3];
    casegate_content *contents[2];
    casegate_decision *decision;
    casegate_head *head;
    const casegate_content *content;
    uint32_t submissions, decisions;
    char accepted_digest[72];   /* of the content at the acceptance */
} walk;

static int32_t phase_of(const walk *w, int32_t status)
{
    const casegate_status *found = casegate_workflow_status(w->workflow, status);
    assert_non_null(found);
    return found->phase;
}

static size_t rules_of(const walk *w, int32_t action)
{
    const casegate_notice_rule *rule;
    size_t n = 0;
    for (size_t i = 0; (rule = casegate_workflow_notice_at(w->workflow, i)) != NULL; i++) n += rule->action == action;
    return n;
}

/* I1 to I6 of one event on what was before. */
static void judge_event(walk *w, const casegate_commit *commit, const casegate_event *event, const casegate_request *request)
{
    const casegate_head *before = commit->before;
    int32_t from = before ? phase_of(w, before->status) : 0, to = phase_of(w, event->to);
    assert_int_equal(event->seq, before ? before->version + 1 : 1);                                   /* I5 */
    assert_int_equal(commit->after->version, event->seq);
    if (from == CASEGATE_PHASE_ACCEPTED || from == CASEGATE_PHASE_CLOSED) assert_int_equal(to, from);  /* I1 */
    if (to == CASEGATE_PHASE_DRAFT) assert_true(!before || from == CASEGATE_PHASE_DRAFT);
    if (to == CASEGATE_PHASE_ACCEPTED && from != to) {
        assert_int_equal(from, CASEGATE_PHASE_PENDING);
        assert_int_equal(request->revision, before->revision);                                          /* I4 */
        assert_int_equal(event->actor_role, CASEGATE_LAB_USER);
        snprintf(w->accepted_digest, sizeof w->accepted_digest, "%s", event->content_digest);
    }
    if (to == CASEGATE_PHASE_REJECTED && from != to) {
        assert_non_null(event->reason);                                                                 /* I3 */
        assert_non_null(casegate_policy_reason(casegate_policy_default(), event->reason));
        assert_int_equal(event->actor_role, CASEGATE_LAB_USER);
    }
    if (w->accepted_digest[0]) assert_string_equal(event->content_digest, w->accepted_digest);          /* I2 */
    w->submissions += to == CASEGATE_PHASE_PENDING && from != to;
    assert_int_equal(commit->after->attempt, w->submissions);                                           /* I5 */
    assert_int_equal(commit->notice_count, rules_of(w, event->action));                                 /* I6: everybody has an address here */
}

static void take(walk *w, const casegate_request *request)
{
    const casegate_commit *commit = casegate_decision_commit(w->decision);
    casegate_head *head = NULL;
    if (!commit) return;   /* an edit that changes nothing */
    assert_int_equal(casegate_decision_seal(w->decision, NULL), CASEGATE_OK);
    judge_event(w, commit, commit->events[0], request);
    if (commit->content) w->content = commit->content;
    assert_int_equal(casegate_head_copy(NULL, commit->after, &head, NULL), CASEGATE_OK);
    casegate_head_free(w->head);
    w->head = head;
    w->decisions++;
}

static void ask(walk *w)
{
    static const char *const reasons[] = { NULL, "other", "unreadable_scan", "because" };
    static const casegate_file file = { .size = sizeof file, .id = "x" };
    static const casegate_file *const files[] = { &file };
    const casegate_action *action = casegate_workflow_action_at(w->workflow,
                                                                roll((uint32_t)casegate_workflow_action_count(w->workflow)));
    casegate_case *kase = NULL;
    casegate_request request = { .size = sizeof request, .action = w->head ? action->code : CASEGATE_CREATE, .lab = "one",
                                 .content = w->contents[roll(2)] };
    if (w->head) {
        request.revision = roll(4) ? w->head->revision : roll(3);
        request.reason = reasons[roll(4)];
        request.comment = roll(2) ? "words" : NULL;
        request.files = files;
        request.file_count = roll(2);
        if (action->does != CASEGATE_DOES_EDIT) request.content = NULL;
        assert_int_equal(casegate_case_new(NULL, w->head, &kase, NULL), CASEGATE_OK);
    }
    const casegate_facts facts = { .size = sizeof facts, .workflow = w->workflow, .policy = casegate_policy_default(),
                                   .kase = kase, .now_us = 1,
                                   .new_case_id = "c", .content = w->content, .reviewed = w->content };
    casegate_result rc = casegate_decide(&facts, w->actors[roll(3)], &request, w->decision, NULL);
    if (rc < 0) fail_msg("%s", casegate_result_name(rc));
    if (rc == CASEGATE_OK) take(w, &request);
    casegate_case_unref(kase);
}

static casegate_content *content_of(const char *patient)
{
    const casegate_service service = { .size = sizeof service, .id = "s" };
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content *content = NULL;
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, patient);
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "d");
    casegate_content_add_service(b, &service);
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_OK);
    return content;
}

static void open_walk(walk *w)
{
    static const struct { const char *id, *org; int32_t role; } people[] = {
        { "clara", "north", CASEGATE_CLINIC_USER }, { "d", "north", CASEGATE_DENTIST }, { "lena", "one", CASEGATE_LAB_USER } };
    memset(w, 0, sizeof *w);
    w->decision = casegate_decision_new(NULL);
    w->contents[0] = content_of("one");
    w->contents[1] = content_of("two");
    for (size_t i = 0; i < 3; i++) {
        const casegate_actor_fields fields = { .size = sizeof fields, .id = people[i].id, .org = people[i].org,
                                               .role = people[i].role, .permissions = UINT64_MAX };
        assert_int_equal(casegate_actor_new(NULL, &fields, &w->actors[i], NULL), CASEGATE_OK);
    }
}

static void forget_case(walk *w)
{
    casegate_head_free(w->head);
    w->head = NULL;
    w->content = NULL;
    w->submissions = w->decisions = 0;
    w->accepted_digest[0] = '\0';
}

static void close_walk(walk *w)
{
    forget_case(w);
    casegate_decision_free(w->decision);
    for (size_t i = 0; i < 2; i++) casegate_content_unref(w->contents[i]);
    for (size_t i = 0; i < 3; i++) casegate_actor_unref(w->actors[i]);
}

/* CG-R08, CG-R09 */
static void every_definition_that_can_be_built_keeps_the_invariants_in_a_walk_at_random(void **state)
{
    casegate_faults *faults = casegate_faults_new(NULL);
    uint32_t built = 0, own = 0;
    walk w;
    (void)state;
    open_walk(&w);
    for (uint32_t i = 0; i < definitions; i++) {
        casegate_workflow *workflow = random_definition(faults);
        if (!workflow) continue;
        built++;
        own += casegate_workflow_action_count(workflow) > 4;
        w.workflow = workflow;
        for (uint32_t k = 0; k < requests; k++) {
            ask(&w);
            if (roll(30) == 0) forget_case(&w);   /* the next case */
        }
        forget_case(&w);
        casegate_workflow_unref(workflow);
    }
    printf("%u definitions, %u could be built, %u of them with actions of their own; %u requests each\n", definitions, built,
           own, requests);
    assert_true(own * 50 > definitions);   /* else the walk would show little */
    close_walk(&w);
    casegate_faults_free(faults);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_definition_that_can_be_built_keeps_the_invariants_in_a_walk_at_random) };
    if (argc > 1) definitions = (uint32_t)strtoul(argv[1], NULL, 10);
    if (argc > 2) requests = (uint32_t)strtoul(argv[2], NULL, 10);
    if (argc > 3) seed = strtoull(argv[3], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
