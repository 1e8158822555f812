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

/* ---- definitions, as rows ------------------------------------------------------------------------------------------------------- */

enum { MOST_STATUSES = 8, MOST_ACTIONS = 12, MOST_ROWS = 48 };
enum { DRAFT = CASEGATE_PHASE_DRAFT, PENDING, ACCEPTED, REJECTED, CLOSED };
static const char *const phases[] = { NULL, "draft", "pending", "accepted", "rejected", "closed" };
static const char *const roles[] = { "clinic_user", "dentist", "lab_user", "system" };
static const char *const needs[] = { "revision", "reason", "comment", "file" };
static const char *const recipients[] = { "clinic", "dentist" }, *const channels[] = { "email", "portal" };

/* What the test knows of a definition, in numbers: the library is given names, and is asked nothing. */
typedef struct rows {
    int statuses, phase[MOST_STATUSES];
    char status[MOST_STATUSES][16];
    int actions, code[MOST_ACTIONS], edits[MOST_ACTIONS], guarded[MOST_ACTIONS];
    char action[MOST_ACTIONS][16];
    const char *permission[MOST_ACTIONS];
    unsigned roles[MOST_ACTIONS], needs[MOST_ACTIONS];   /* bits by place in the lists above */
    unsigned told[MOST_ACTIONS], mutable_[MOST_ACTIONS]; /* bits 2 * recipient + channel */
    int transitions;
    struct { int action, from, to, place; } t[MOST_ROWS];   /* to -1: it edits */
} rows;

static void put_status(rows *d, const char *name, int phase)
{
    snprintf(d->status[d->statuses], sizeof d->status[0], "%s", name);
    d->phase[d->statuses++] = phase;
}

static int put_action(rows *d, const char *name, int code, const char *permission, unsigned role_bits, unsigned need_bits, int edits)
{
    const int a = d->actions++;
    snprintf(d->action[a], sizeof d->action[0], "%s", name);
    d->code[a] = code;
    d->permission[a] = permission;
    d->roles[a] = role_bits;
    d->needs[a] = need_bits;
    d->edits[a] = edits;
    return a;
}

static void put_transition(rows *d, int action, int from, int to)
{
    int place = 0;
    for (int i = 0; i < d->transitions; i++) place += d->t[i].action == action;
    d->t[d->transitions].action = action;
    d->t[d->transitions].from = from;
    d->t[d->transitions].to = to;
    d->t[d->transitions++].place = place;
}

/* intake, now and then with something left out or too much. */
static void put_intake(rows *d)
{
    const int odd = roll(4) == 0;
    static const char *const names[] = { "draft", "received", "in_production", "rejected" };
    static const int phase[] = { DRAFT, PENDING, ACCEPTED, REJECTED };
    for (int i = 0; i < 4; i++) put_status(d, names[i], phase[i]);
    int a = put_action(d, "edit", CASEGATE_EDIT, "edit", 1, 0, 1);
    put_transition(d, a, 0, -1);
    put_transition(d, a, 3, -1);
    if (roll(2)) put_transition(d, a, 1, -1);
    a = put_action(d, "submit", CASEGATE_SUBMIT, "submit", odd ? roll(16) : 2, 0, 0);
    put_transition(d, a, 0, 1);
    if (!odd || roll(2)) put_transition(d, a, 3, 1);
    a = put_action(d, "accept", CASEGATE_ACCEPT, "accept", odd ? roll(16) : 4, odd ? roll(4) : 1, 0);
    put_transition(d, a, 1, 2);
    a = put_action(d, "reject", CASEGATE_REJECT, "reject", 4, odd ? roll(4) : 3, 0);
    put_transition(d, a, 1, 3);
    d->told[a] = odd ? roll(16) : 15;
    d->mutable_[a] = odd ? roll(16) & d->told[a] : 0;
}

/* One more action, with anything that an action can have. */
static void put_any_action(rows *d, int number)
{
    static const char *const permissions[] = { "view", "accept", "own" };
    char name[16];
    const int edits = roll(5) == 0;
    snprintf(name, sizeof name, "a%d", number);
    const int a = put_action(d, name, 100 + number, permissions[roll(3)], roll(8) ? 1u << roll(3) : 8, roll(16), edits);
    for (uint32_t i = 0, count = 1 + roll(2); i < count; i++)
        put_transition(d, a, (int)roll((uint32_t)d->statuses), edits ? -1 : (int)roll((uint32_t)d->statuses));
    d->guarded[a] = roll(4) == 0;
    if (roll(2)) d->told[a] = 15;
}

static void random_rows(rows *d)
{
    const int more = (int)roll(4), actions = more + (int)roll(3);
    memset(d, 0, sizeof *d);
    put_intake(d);
    for (int i = 0; i < more; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        put_status(d, name, 1 + (int)roll(5));
    }
    for (int i = 0; i < actions; i++) put_any_action(d, i);
}

/* ---- the rows into the library --------------------------------------------------------------------------------------------------- */

static void build_action(casegate_workflow_builder *b, const rows *d, int a)
{
    casegate_workflow_add_action(b, d->code[a], d->action[a], d->permission[a], d->edits[a]);
    for (unsigned i = 0; i < 4; i++) {
        if (d->roles[a] >> i & 1) casegate_workflow_add_role(b, roles[i]);
        if (d->needs[a] >> i & 1) casegate_workflow_add_need(b, needs[i]);
    }
    for (int i = 0; i < d->transitions; i++)
        if (d->t[i].action == a)
            casegate_workflow_add_transition(b, d->status[d->t[i].from], d->t[i].to < 0 ? NULL : d->status[d->t[i].to]);
    if (d->guarded[a]) casegate_workflow_add_guard(b, "capacity");
}

static casegate_workflow *build(const rows *d, casegate_faults *faults)
{
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "random", 1);
    casegate_workflow *workflow = NULL;
    casegate_workflow_add_permission(b, "own", 16);
    for (int i = 0; i < d->statuses; i++) casegate_workflow_add_status(b, i < 4 ? i + 1 : 96 + i, d->status[i], phases[d->phase[i]]);
    for (int a = 0; a < d->actions; a++) build_action(b, d, a);
    for (int a = 0; a < d->actions; a++)
        for (unsigned i = 0; i < 4; i++)
            if (d->told[a] >> i & 1)
                casegate_workflow_add_notice(b, d->action[a], recipients[i / 2], channels[i % 2], d->mutable_[a] >> i & 1);
    casegate_result rc = casegate_workflow_builder_finish(b, &workflow, faults, NULL);
    assert_true(rc == CASEGATE_OK || rc == CASEGATE_REFUSED);
    assert_int_equal(rc == CASEGATE_OK, workflow != NULL);
    return workflow;
}

/* ---- what is wrong with the rows, found by looking at each of them ---------------------------------------------------------------- */

enum { MOST_FAULTS = 256 };
typedef struct wrongs { char list[MOST_FAULTS][96]; int count; } wrongs;

static void wrong(wrongs *w, int holds, const char *name, const char *place)
{
    if (!holds) return;
    assert_true(w->count < MOST_FAULTS);
    snprintf(w->list[w->count++], sizeof w->list[0], "%s at %s", name, place);
}

static int phase_to(const rows *d, int i) { return d->phase[d->t[i].to < 0 ? d->t[i].from : d->t[i].to]; }

/* May two phases be joined at all? */
static int may_join(int from, int to)
{
    static const char table[6][7] = { "......", ".yy..y", "..yyyy", "...y..", "..y.yy", ".....y" };   /* [from][to] */
    return table[from][to] == 'y';
}

static int kind_of(const rows *d, int i)
{
    const int from = d->phase[d->t[i].from], to = phase_to(d, i);
    if (!may_join(from, to)) return 0;
    if (d->t[i].to < 0) return CASEGATE_DOES_EDIT;
    if (from == to) return CASEGATE_DOES_MOVE;
    return to == PENDING ? CASEGATE_DOES_SUBMISSION : to == ACCEPTED ? CASEGATE_DOES_ACCEPTANCE : to == REJECTED ? CASEGATE_DOES_REJECTION
         : CASEGATE_DOES_CLOSING;
}

static void look_at_transition(const rows *d, int i, wrongs *w)
{
    const int a = d->t[i].action, from = d->phase[d->t[i].from], to = phase_to(d, i), edits = d->t[i].to < 0;
    char where[64];
    int twice = 0, moved_to = 0;
    for (int k = 0; k < d->transitions; k++) {
        twice |= k < i && d->t[k].action == a && d->t[k].from == d->t[i].from;
        moved_to |= kind_of(d, k) == CASEGATE_DOES_MOVE && d->t[k].to == d->t[i].from && d->t[k].from != d->t[k].to;
    }
    snprintf(where, sizeof where, "actions[%s].transitions[%d]", d->action[a], d->t[i].place);
    wrong(w, twice, "ambiguous", where);
    wrong(w, from == ACCEPTED && to != ACCEPTED, "leaves_accepted", where);
    wrong(w, from == CLOSED && to != CLOSED, "leaves_closed", where);
    wrong(w, to == DRAFT && from != DRAFT, "returns_to_draft", where);
    wrong(w, (from == DRAFT && to == REJECTED) || ((from == DRAFT || from == REJECTED) && to == ACCEPTED), "skips_review", where);
    wrong(w, edits && (from == ACCEPTED || from == CLOSED), "edits_locked", where);
    wrong(w, edits && from == PENDING && moved_to, "edits_midway", where);
}

static void look_at_action(const rows *d, int a, wrongs *w)
{
    unsigned kinds = 0;
    int steps = 0, first = 0, mixed = 0;
    for (int i = 0; i < d->transitions; i++) {
        const int kind = d->t[i].action == a ? kind_of(d, i) : 0;
        if (!kind) continue;
        kinds |= 1u << kind;
        steps |= kind == CASEGATE_DOES_MOVE && d->phase[d->t[i].from] == PENDING;
        mixed |= first && first != kind;
        if (!first) first = kind;
    }
    const int accepts = kinds >> CASEGATE_DOES_ACCEPTANCE & 1, rejects = kinds >> CASEGATE_DOES_REJECTION & 1;
    const int writes = kinds >> CASEGATE_DOES_EDIT & 1 || kinds >> CASEGATE_DOES_SUBMISSION & 1;
    const unsigned told = d->told[a] & ~d->mutable_[a];
    char where[64], of_needs[64], of_roles[64];
    snprintf(where, sizeof where, "actions[%s]", d->action[a]);
    snprintf(of_needs, sizeof of_needs, "actions[%s].needs", d->action[a]);
    snprintf(of_roles, sizeof of_roles, "actions[%s].roles", d->action[a]);
    wrong(w, mixed, "mixed_kinds", where);
    wrong(w, (accepts || rejects || steps) && !(d->needs[a] & 1), "unreviewed", of_needs);
    wrong(w, rejects && !(d->needs[a] & 2), "unreasoned", of_needs);
    wrong(w, (accepts || rejects) && d->roles[a] & 11, "clinic_decides", of_roles);
    wrong(w, writes && d->roles[a] & 12, "lab_edits", of_roles);
    wrong(w, rejects && told != 15, "silent_rejection", where);
}

/* reach[a][b]: some path of transitions that may be leads from a to b; only through pending statuses, if that is asked for. */
static void close_over(const rows *d, int pending_only, char reach[MOST_STATUSES][MOST_STATUSES])
{
    memset(reach, 0, MOST_STATUSES * MOST_STATUSES);
    for (int i = 0; i < d->statuses; i++) reach[i][i] = 1;
    for (int i = 0; i < d->transitions; i++) {
        const int from = d->t[i].from, to = d->t[i].to;
        if (to >= 0 && kind_of(d, i) && (!pending_only || (d->phase[from] == PENDING && d->phase[to] == PENDING))) reach[from][to] = 1;
    }
    for (int k = 0; k < d->statuses; k++)
        for (int i = 0; i < d->statuses; i++)
            for (int j = 0; j < d->statuses; j++) reach[i][j] |= reach[i][k] && reach[k][j];
}

static int can(const rows *d, int from, int kind, char reach[MOST_STATUSES][MOST_STATUSES])
{
    for (int i = 0; i < d->transitions; i++)
        if (kind_of(d, i) == kind && reach[from][d->t[i].from]) return 1;
    return 0;
}

static void look_at_status(const rows *d, int s, wrongs *w)
{
    char reach[MOST_STATUSES][MOST_STATUSES], pending[MOST_STATUSES][MOST_STATUSES];
    char where[64];
    int ends = 0;
    snprintf(where, sizeof where, "statuses[%s]", d->status[s]);
    close_over(d, 0, reach);
    close_over(d, 1, pending);
    for (int i = 0; i < d->statuses; i++) ends |= reach[s][i] && (d->phase[i] == ACCEPTED || d->phase[i] == CLOSED);
    wrong(w, !reach[0][s], "unreachable", where);
    wrong(w, !ends, "dead_end", where);
    wrong(w, d->phase[s] == PENDING && !(can(d, s, CASEGATE_DOES_ACCEPTANCE, pending) && can(d, s, CASEGATE_DOES_REJECTION, pending)),
          "undecidable", where);
}

static int is_told_of(const wrongs *w, const char *text)
{
    for (int i = 0; i < w->count; i++)
        if (strcmp(w->list[i], text) == 0) return 1;
    return 0;
}

/* The library's faults are those that can be pointed to, no more and no fewer. */
static void compare_faults(const rows *d, const casegate_faults *faults)
{
    static wrongs mine, theirs;
    char text[96];
    mine.count = theirs.count = 0;
    for (int i = 0; i < d->transitions; i++) look_at_transition(d, i, &mine);
    for (int a = 0; a < d->actions; a++) look_at_action(d, a, &mine);
    for (int s = 0; s < d->statuses; s++) look_at_status(d, s, &mine);
    for (size_t i = 0; i < casegate_faults_count(faults); i++) {
        const casegate_fault *fault = casegate_faults_at(faults, i);
        snprintf(text, sizeof text, "%s at %s", fault->name, fault->place);
        if (!is_told_of(&mine, text)) fail_msg("the library finds %s, and nothing of it can be seen", text);
        snprintf(theirs.list[theirs.count++], sizeof theirs.list[0], "%s", text);
    }
    for (int i = 0; i < mine.count; i++)
        if (!is_told_of(&theirs, mine.list[i])) fail_msg("the library does not find %s", mine.list[i]);
}

static casegate_workflow *random_definition(casegate_faults *faults)
{
    static rows d;
    random_rows(&d);
    casegate_workflow *workflow = build(&d, faults);
    compare_faults(&d, faults);
    assert_int_equal(workflow != NULL, casegate_faults_count(faults) == 0);
    return workflow;
}

/* ---- a walk ----------------------------------------------------------------------------------------------------------------------- */

typedef struct walk {
    const casegate_workflow *workflow;
    casegate_actor *actors[4];
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

/* I7: whoever else decided on the same revision is refused once one decision stands. */
static void ask_the_others(walk *w, const casegate_request *done)
{
    casegate_case *kase = NULL;
    assert_int_equal(casegate_case_new(NULL, w->head, &kase, NULL), CASEGATE_OK);
    const casegate_guard_answer pass = { .size = sizeof pass, .name = "capacity" };
    const casegate_guard_answer *const answers[] = { &pass };
    const casegate_facts facts = { .size = sizeof facts, .workflow = w->workflow, .policy = casegate_policy_default(), .kase = kase,
                                   .now_us = 1, .guards = answers, .guard_count = 1 };
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        casegate_request request = { .size = sizeof request, .action = action->code, .revision = done->revision, .reason = "other",
                                     .comment = "words" };
        if (action->does != CASEGATE_DOES_ACCEPTANCE && action->does != CASEGATE_DOES_REJECTION) continue;
        assert_int_equal(casegate_decide(&facts, w->actors[2], &request, w->decision, NULL), CASEGATE_REFUSED);
    }
    casegate_case_unref(kase);
}

static int is_decision(const casegate_action *action)
{
    return action->does == CASEGATE_DOES_ACCEPTANCE || action->does == CASEGATE_DOES_REJECTION;
}

static void ask(walk *w)
{
    static const char *const reasons[] = { NULL, "other", "unreadable_scan", "because" };
    static const casegate_file file = { .size = sizeof file, .id = "x" };
    static const casegate_file *const files[] = { &file };
    const casegate_action *action = casegate_workflow_action_at(w->workflow,
                                                                roll((uint32_t)casegate_workflow_action_count(w->workflow)));
    const casegate_guard_answer guard = { .size = sizeof guard, .name = "capacity", .refused = roll(4) ? NULL : "not today" };
    const casegate_guard_answer *const answers[] = { &guard };
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
                                   .new_case_id = "c", .content = w->content, .reviewed = w->content, .guards = answers,
                                   .guard_count = 1 };
    casegate_result rc = casegate_decide(&facts, w->actors[roll(4)], &request, w->decision, NULL);
    if (rc < 0) fail_msg("%s", casegate_result_name(rc));
    const int decided = rc == CASEGATE_OK && w->head && is_decision(action);
    if (rc == CASEGATE_OK) take(w, &request);
    if (decided) ask_the_others(w, &request);
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
        { "clara", "north", CASEGATE_CLINIC_USER }, { "d", "north", CASEGATE_DENTIST }, { "lena", "one", CASEGATE_LAB_USER },
        { "robot", NULL, CASEGATE_SYSTEM } };
    memset(w, 0, sizeof *w);
    w->decision = casegate_decision_new(NULL);
    w->contents[0] = content_of("one");
    w->contents[1] = content_of("two");
    for (size_t i = 0; i < 4; i++) {
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
    for (size_t i = 0; i < 4; i++) casegate_actor_unref(w->actors[i]);
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
    assert_true(own * 100 > definitions);   /* else the walk would show little */
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
