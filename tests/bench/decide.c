/* SPDX-License-Identifier: MIT */
/* decide.c: what one decision costs, beside a switch written by hand that does the same. */
#include <casegate/casegate.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define NOW INT64_C(1772438400000000)
#define NOINLINE __attribute__((noinline))

/* ---- the question --------------------------------------------------------------------------------------------------------- */

static const casegate_head head = {
    .size = sizeof(casegate_head), .id = "0195537a-7b00-7c3a-9a52-3f1d2c4b5a69", .clinic = "clinic-north", .lab = "lab-one",
        .workflow = "intake",
    .workflow_version = 1, .status = CASEGATE_RECEIVED, .phase = CASEGATE_PHASE_PENDING, .version = 2, .revision = 1,
        .attempt = 1,
    .created_us = NOW - 2, .submitted_us = NOW - 1, .first_submitted_seq = 2, .first_submitted_revision = 1,
    .content_digest = "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    .event_hash = "1:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210", .dentist = "d-7",
    .clinic_email = "desk@clinic-north.example", .dentist_email = "dan@clinic-north.example", .reference = "NC-1042",
    .patient_name = "Ada Byron", .dentist_name = "Dr Dan Osei", .due = "2026-03-16", .service_count = 2,
};

static struct {
    casegate_decision *decision;
    casegate_verdict *verdict;
    casegate_case *received, *accepted;
    casegate_actor *lab, *dentist;
    casegate_facts facts, locked, living, large;   /* living: a life cycle of 8 statuses; large: of 100 */
    casegate_workflow *life, *long_life;
    casegate_request accept, reject, bad_accept, bad_reject;
} bench;

static void must(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static casegate_actor *actor_of(const char *id, const char *org, int32_t role, const casegate_workflow *workflow)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role,
                                           .permissions = casegate_role_permissions(workflow, role) };
    casegate_actor *actor = NULL;
    must(casegate_actor_new(NULL, &fields, &actor, NULL) == CASEGATE_OK, "no actor");
    return actor;
}

static casegate_workflow *life_cycle(int statuses);

static void open_bench(void)
{
    casegate_head done = head;
    done.status = CASEGATE_IN_PRODUCTION;
    done.phase = CASEGATE_PHASE_ACCEPTED;
    done.decided_us = NOW;
    done.decided_by = "lena";
    must(casegate_case_new(NULL, &head, &bench.received, NULL) == CASEGATE_OK, "no case");
    must(casegate_case_new(NULL, &done, &bench.accepted, NULL) == CASEGATE_OK, "no case");
    bench.decision = casegate_decision_new(NULL);
    bench.verdict = casegate_verdict_new(NULL);
    bench.facts = (casegate_facts) { .size = sizeof bench.facts, .workflow = casegate_workflow_builtin("intake", 1),
                                     .policy = casegate_policy_default(), .kase = bench.received, .now_us = NOW };
    bench.locked = bench.facts;
    bench.living = bench.large = bench.facts;
    bench.living.workflow = bench.life = life_cycle(4);
    bench.large.workflow = bench.long_life = life_cycle(96);
    bench.locked.kase = bench.accepted;
    bench.lab = actor_of("lena", "lab-one", CASEGATE_LAB_USER, bench.facts.workflow);
    bench.dentist = actor_of("d-7", "clinic-north", CASEGATE_DENTIST, bench.facts.workflow);
    bench.accept = (casegate_request) { .size = sizeof bench.accept, .action = CASEGATE_ACCEPT, .case_id = head.id,
                                        .revision = 1 };
    bench.reject = bench.accept;
    bench.reject.action = CASEGATE_REJECT;
    bench.reject.reason = "unreadable_scan";
    bench.bad_accept = (casegate_request) { .size = sizeof bench.bad_accept, .action = CASEGATE_ACCEPT, .case_id = head.id,
                                            .service = "s1" };
    bench.bad_reject = bench.bad_accept;
    bench.bad_reject.action = CASEGATE_REJECT;
    bench.bad_reject.reason = "because";
}

static void close_bench(void)
{
    casegate_decision_free(bench.decision);
    casegate_verdict_free(bench.verdict);
    casegate_actor_unref(bench.lab);
    casegate_actor_unref(bench.dentist);
    casegate_case_unref(bench.received);
    casegate_case_unref(bench.accepted);
    casegate_workflow_unref(bench.life);
    casegate_workflow_unref(bench.long_life);
}

/* ---- workflows of a host -------------------------------------------------------------------------------------------------------------- */

/* intake, and so many statuses of a host behind the acceptance, each with an action that leads to it: a life cycle. */
static casegate_workflow *life_cycle(int statuses)
{
    static const char *const names[] = { "draft", "received", "in_production", "rejected" }, *const phases[] = { "draft", "pending", "accepted", "rejected" };
    static const char *const to[] = { "clinic", "dentist" }, *const channels[] = { "email", "portal" };
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "life", 1);
    casegate_workflow *workflow = NULL;
    char name[16], before[16] = "in_production";
    for (int i = 0; i < 4; i++) casegate_workflow_add_status(b, i + 1, names[i], phases[i]);
    casegate_workflow_add_action(b, CASEGATE_EDIT, "edit", "edit", 1);
    casegate_workflow_add_role(b, "clinic_user");
    casegate_workflow_add_role(b, "dentist");
    for (int i = 0; i < 4; i++)
        if (i != 2) casegate_workflow_add_transition(b, names[i], NULL);
    casegate_workflow_add_action(b, CASEGATE_SUBMIT, "submit", "submit", 0);
    casegate_workflow_add_role(b, "clinic_user");
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
    for (int i = 0; i < 4; i++) casegate_workflow_add_notice(b, "reject", to[i / 2], channels[i % 2], 0);
    for (int i = 0; i < statuses; i++) {
        snprintf(name, sizeof name, "s%d", i);
        casegate_workflow_add_status(b, 100 + i, name, "accepted");
        casegate_workflow_add_action(b, 100 + i, name, "accept", 0);
        casegate_workflow_add_role(b, "lab_user");
        casegate_workflow_add_transition(b, before, name);
        memcpy(before, name, sizeof before);
    }
    must(casegate_workflow_builder_finish(b, &workflow, NULL, NULL) == CASEGATE_OK, "no workflow");
    return workflow;
}

/* ---- the same by hand ----------------------------------------------------------------------------------------------------- */

/* What someone would write for this one workflow, in the same structs: checks first, then head, event and notices. */
static struct {
    casegate_head after;
    casegate_event event;
    casegate_notice notices[4];
    char ids[4][88];
    size_t notice_count;
} hand;

static const struct { const char *code; casegate_label label; } reasons[] = {
    { "incomplete_prescription", { sizeof(casegate_label), "en", "Incomplete or missing prescription details" } },
    { "unreadable_scan", { sizeof(casegate_label), "en", "Incorrect or unreadable scan files" } },
    { "unsupported_service", { sizeof(casegate_label), "en", "Unsupported service or material" } },
    { "invalid_timeline", { sizeof(casegate_label), "en", "Invalid delivery timeline" } },
    { "other", { sizeof(casegate_label), "en", "Other clinical or technical issues" } },
};

static const casegate_label *hand_reason(const char *code)
{
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (strcmp(reasons[i].code, code) == 0) return &reasons[i].label;
    return NULL;
}

static size_t put_number(char *to, uint32_t value)
{
    char digits[12];
    size_t n = 0, len = 0;
    do digits[n++] = (char)('0' + value % 10); while (value /= 10);
    while (n) to[len++] = digits[--n];
    return len;
}

static void hand_notice(const casegate_head *h, int32_t to, const char *channel, const char *person, const char *address)
{
    size_t i = hand.notice_count++, len = strlen(h->id);
    const casegate_event *e = &hand.event;
    memcpy(hand.ids[i], h->id, len);
    hand.ids[i][len++] = '.';
    len += put_number(hand.ids[i] + len, e->seq);
    hand.ids[i][len++] = '.';
    len += put_number(hand.ids[i] + len, (uint32_t)i + 1);
    hand.ids[i][len] = '\0';
    hand.notices[i] = (casegate_notice) {
        .size = sizeof(casegate_notice), .id = hand.ids[i], .case_id = h->id, .seq = e->seq, .ordinal = (uint32_t)i + 1,
            .template_code = "reject",
        .channel = channel, .to = to, .org = h->clinic, .person = person, .address = address, .clinic = h->clinic, .lab = h->lab,
        .reference = h->reference, .attempt = h->attempt, .time_us = e->time_us, .reason = e->reason,
            .reason_labels = e->reason_labels,
        .reason_label_count = e->reason_label_count, .comment = e->comment, .files = e->files, .file_count = e->file_count,
        .state = address ? CASEGATE_NOTICE_PENDING : CASEGATE_NOTICE_DELIVERED, .next_us = address ? e->time_us : 0,
    };
}

static void hand_write(const casegate_head *h, const casegate_actor_fields *a, const casegate_request *r, int64_t now_us,
                       int32_t to)
{
    hand.event = (casegate_event) {
        .size = sizeof(casegate_event), .case_id = h->id, .clinic = h->clinic, .lab = h->lab, .workflow = h->workflow,
        .workflow_version = h->workflow_version, .seq = h->version + 1, .time_us = now_us, .actor = a->id, .actor_role = a->role,
        .actor_org = a->org, .action = r->action, .from = h->status, .to = to, .revision = h->revision, .attempt = h->attempt,
        .comment = r->comment, .files = r->files, .file_count = r->file_count, .request = r->request,
            .content_digest = h->content_digest,
        .policy = "default", .previous_hash = h->event_hash,
    };
    hand.after = *h;
    hand.after.status = to;
    hand.after.phase = to;
    hand.after.version++;
    hand.after.decided_us = now_us;
    hand.after.decided_by = a->id;
}

static NOINLINE int hand_decide(const casegate_head *h, const casegate_actor_fields *a, const casegate_request *r, int64_t now_us)
{
    static const casegate_label *label;
    hand.notice_count = 0;
    if (!(a->permissions & CASEGATE_MAY_VIEW) || strcmp(h->lab, a->org) != 0 || h->attempt == 0) return 1;
    if (a->role != CASEGATE_LAB_USER || r->revision != h->revision || (r->service && r->service[0])) return 1;
    if (r->comment && strlen(r->comment) > 4096) return 1;
    switch (r->action) {
    case CASEGATE_ACCEPT:
        if (h->status != CASEGATE_RECEIVED || !(a->permissions & CASEGATE_MAY_ACCEPT)) return 1;
        if (!h->patient_name || !h->patient_name[0] || h->service_count == 0) return 1;
        hand_write(h, a, r, now_us, CASEGATE_IN_PRODUCTION);
        return 0;
    case CASEGATE_REJECT:
        if (h->status != CASEGATE_RECEIVED || !(a->permissions & CASEGATE_MAY_REJECT)) return 1;
        if (!r->reason || !(label = hand_reason(r->reason))) return 1;
        hand_write(h, a, r, now_us, CASEGATE_REJECTED);
        hand.event.reason = hand.after.reason = r->reason;
        hand.event.reason_labels = &label;
        hand.event.reason_label_count = 1;
        hand.after.rejected_seq = hand.event.seq;
        hand_notice(h, CASEGATE_TO_CLINIC, "email", NULL, h->clinic_email);
        hand_notice(h, CASEGATE_TO_CLINIC, "portal", NULL, NULL);
        if (h->dentist || h->dentist_email) hand_notice(h, CASEGATE_TO_DENTIST, "email", h->dentist, h->dentist_email);
        if (h->dentist) hand_notice(h, CASEGATE_TO_DENTIST, "portal", h->dentist, NULL);
        return 0;
    default:
        return 1;
    }
}

/* ---- what is measured -------------------------------------------------------------------------------------------- */

static int sink;

static NOINLINE void do_nothing(void) { __asm__ volatile("" ::: "memory"); }
static NOINLINE void do_hand_accept(void)
{
    sink += hand_decide(casegate_case_head(bench.received), casegate_actor_get(bench.lab), &bench.accept, NOW);
}
static NOINLINE void do_hand_reject(void)
{
    sink += hand_decide(casegate_case_head(bench.received), casegate_actor_get(bench.lab), &bench.reject, NOW);
}
static NOINLINE void do_accept(void) { sink += casegate_decide(&bench.facts, bench.lab, &bench.accept, bench.decision, NULL); }
static NOINLINE void do_reject(void) { sink += casegate_decide(&bench.facts, bench.lab, &bench.reject, bench.decision, NULL); }
static NOINLINE void do_life_accept(void) { sink += casegate_decide(&bench.living, bench.lab, &bench.accept, bench.decision, NULL); }
static NOINLINE void do_life_reject(void) { sink += casegate_decide(&bench.living, bench.lab, &bench.reject, bench.decision, NULL); }
static NOINLINE void do_large_accept(void) { sink += casegate_decide(&bench.large, bench.lab, &bench.accept, bench.decision, NULL); }
static NOINLINE void do_large_reject(void) { sink += casegate_decide(&bench.large, bench.lab, &bench.reject, bench.decision, NULL); }
static NOINLINE void do_bad_accept(void)
{
    sink += casegate_decide(&bench.locked, bench.dentist, &bench.bad_accept, bench.decision, NULL);
}
static NOINLINE void do_bad_reject(void)
{
    sink += casegate_decide(&bench.locked, bench.dentist, &bench.bad_reject, bench.decision, NULL);
}

static NOINLINE void do_explain(void)
{
    for (int32_t action = CASEGATE_EDIT; action <= CASEGATE_REJECT; action++)
        sink += casegate_explain(&bench.facts, bench.lab, action, bench.verdict, NULL);
}

static NOINLINE void do_sealed(void)
{
    sink += casegate_decide(&bench.facts, bench.lab, &bench.accept, bench.decision, NULL);
    sink += casegate_decision_seal(bench.decision, NULL);
}

typedef void work_fn(void);
enum { NOTHING, HAND_ACCEPT, ACCEPT, HAND_REJECT, REJECT, BAD_ACCEPT, BAD_REJECT, EXPLAIN, SEALED, LIFE_ACCEPT, LIFE_REJECT, LARGE_ACCEPT,
       LARGE_REJECT, WORKS };
static const struct { const char *mode, *says; work_fn *run; } works[WORKS] = {
    [NOTHING] = { "nothing", "an empty call", do_nothing },
    [HAND_ACCEPT] = { "hand-accept", "by hand: accept", do_hand_accept },
    [ACCEPT] = { "accept", "decide: accept", do_accept },
    [HAND_REJECT] = { "hand-reject", "by hand: reject, 4 notices", do_hand_reject },
    [REJECT] = { "reject", "decide: reject, 4 notices", do_reject },
    [BAD_ACCEPT] = { "refused", "decide: accept refused, 5 obstacles", do_bad_accept },
    [BAD_REJECT] = { "refused-reject", "decide: reject refused, 6 obstacles", do_bad_reject },
    [EXPLAIN] = { "explain", "explain: all 4 actions", do_explain },
    [SEALED] = { "sealed", "decide: accept, and seal", do_sealed },
    [LIFE_ACCEPT] = { "life-accept", "decide: accept in a life cycle of 8 statuses", do_life_accept },
    [LIFE_REJECT] = { "life-reject", "decide: reject in a life cycle of 8 statuses", do_life_reject },
    [LARGE_ACCEPT] = { "large-accept", "decide: accept in a life cycle of 100 statuses", do_large_accept },
    [LARGE_REJECT] = { "large-reject", "decide: reject in a life cycle of 100 statuses", do_large_reject },
};

/* What is measured does what it says. */
static void look(void)
{
    do_bad_accept();
    must(casegate_verdict_count(casegate_decision_verdict(bench.decision)) == 5, "the refusal has other obstacles");
    do_bad_reject();
    must(casegate_verdict_count(casegate_decision_verdict(bench.decision)) == 6, "the refusal has other obstacles");
    do_reject();
    must(casegate_decision_commit(bench.decision)->notice_count == 4, "the rejection has other notices");
    do_hand_reject();
    for (size_t i = 0; i < 4; i++)
        must(strcmp(casegate_decision_commit(bench.decision)->notices[i]->id, hand.notices[i].id) == 0,
             "the switch does something else");
    do_hand_accept();
    do_accept();
    must(hand.after.version == casegate_decision_commit(bench.decision)->after->version, "the switch does something else");
}

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The best of many rounds, in which all works take turns: what the machine does besides falls on all of them. */
static void measure(double best[WORKS])
{
    enum { ROUNDS = 200, CALLS = 2000 };
    for (int round = 0; round < ROUNDS; round++) {
        for (int w = 0; w < WORKS; w++) {
            double begin = now_ns();
            for (int i = 0; i < CALLS; i++) works[w].run();
            double each = (now_ns() - begin) / CALLS;
            if (round == 0 || each < best[w]) best[w] = each;
        }
    }
}

static void print_ratio(const char *what, double value, double of, double goal)
{
    printf("%-52s %6.2f   goal <= %4.2f   %s\n", what, value / of, goal, value <= of * goal ? "ok" : "OVER");
}

static void print_table(void)
{
    double ns[WORKS];
    measure(ns);
    for (int w = 0; w < WORKS; w++) printf("%-52s %8.1f ns\n", works[w].says, ns[w]);
    for (int w = NOTHING + 1; w < WORKS; w++) ns[w] -= ns[NOTHING];
    print_ratio("accept, times the switch", ns[ACCEPT], ns[HAND_ACCEPT], 2);
    print_ratio("reject with its notices, times the switch", ns[REJECT], ns[HAND_REJECT], 2);
    print_ratio("accept refused, times allowed", ns[BAD_ACCEPT], ns[ACCEPT], 1);
    print_ratio("reject refused, times allowed", ns[BAD_REJECT], ns[REJECT], 1);
    print_ratio("explain of all actions, times one decide", ns[EXPLAIN], ns[ACCEPT], 4);
    print_ratio("accept in a life cycle, times intake", ns[LIFE_ACCEPT], ns[ACCEPT], 1.1);
    print_ratio("reject in a life cycle, times intake", ns[LIFE_REJECT], ns[REJECT], 1.1);
    print_ratio("accept among 100 statuses, times intake", ns[LARGE_ACCEPT], ns[ACCEPT], 1.1);
    print_ratio("reject among 100 statuses, times intake", ns[LARGE_REJECT], ns[REJECT], 1.1);
    print_ratio("seal of one event, in microseconds", ns[SEALED] - ns[ACCEPT], 1000, 3);
}

/* usage: decide                      a table
 *        decide --count N MODE       N times MODE and nothing else, for counting instructions */
int main(int argc, char **argv)
{
    open_bench();
    look();
    if (argc == 4 && strcmp(argv[1], "--count") == 0) {
        int w = 0;
        while (w < WORKS && strcmp(works[w].mode, argv[3]) != 0) w++;
        must(w < WORKS, "no such mode");
        for (long n = strtol(argv[2], NULL, 10); n > 0; n--) works[w].run();
    } else {
        must(argc == 1, "usage: decide [--count N MODE]");
        print_table();
    }
    close_bench();
    return 0;
}
