/* SPDX-License-Identifier: MIT */
/* contract_crowd.c: what a store promises to many at once: one winner a version, no notice twice, nothing half seen. */
#include "contract.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#define MINUTE INT64_C(60000000)
enum { THREADS = 8, PROCESSES = 4, ROUNDS = 4, CASES = 12, EMAILS = 2 * CASES, EDITS = 24 };

typedef int (*run_team)(cg_rule *r, size_t count, cg_work work, void *task, cg_outcome *outcomes);

static int has_threads(const cg_rule *r) { return !r->options->one_thread; }
static int has_requests(const cg_rule *r) { return has_threads(r) && (casegate_store_keeps(r->store) & CASEGATE_KEEPS_REQUESTS) != 0; }
static int has_claims(const cg_rule *r) { return has_threads(r) && r->ops->claim != NULL; }
static int has_processes(const cg_rule *r) { return r->options->open_again != NULL; }
static int has_claims_of_processes(const cg_rule *r) { return has_processes(r) && r->ops->claim != NULL; }

/* ---- contests: of commits that exclude each other one is OK ----------------------------------------------------------------------- */

typedef struct contest {
    cg_case begun[ROUNDS];                        /* what a round begins with; no case: a creation */
    cg_case tries[ROUNDS][CG_MOST_WORKERS];       /* what each tries, decided beforehand */
    casegate_content *contents[CG_MOST_WORKERS];
    char requests[ROUNDS][24];                    /* a commit points to what was asked */
    size_t count;
} contest;

static void begin_contest(cg_rule *r, contest *t, size_t count)
{
    char reference[32];
    memset(t, 0, sizeof *t);
    t->count = count;
    for (size_t i = 0; i < count; i++) {
        snprintf(reference, sizeof reference, "of worker %lu", (unsigned long)i);
        t->contents[i] = cg_contract_content(r, reference, NULL);
    }
}

static void end_contest(contest *t)
{
    for (size_t k = 0; k < ROUNDS; k++) {
        cg_case_close(&t->begun[k]);
        for (size_t i = 0; i < t->count; i++) cg_case_close(&t->tries[k][i]);
    }
    for (size_t i = 0; i < t->count; i++) casegate_content_unref(t->contents[i]);
}

static void try_all(cg_rule *own, size_t number, void *task, cg_outcome *out)
{
    contest *t = task;
    for (size_t k = 0; k < ROUNDS && !own->failed; k++) out->results[k] = cg_write(own, t->tries[k][number].commit);
}

/* The winner is stored, whole and alone. Gives its notices. */
static uint64_t judge_winner(cg_rule *r, cg_case *c, size_t events)
{
    const uint64_t notices = c->commit->notice_count;
    cg_wrote_step(r, c);
    if (!r->failed && cg_is_loaded(r, c) && cg_is_content_stored(r, c)) cg_has_events(r, c->id, events, "events after a race");
    return notices;
}

static void judge_contest(cg_rule *r, contest *t, const cg_outcome *outcomes)
{
    uint64_t notices = 0;
    for (size_t k = 0; k < ROUNDS && !r->failed; k++) {
        size_t winners = 0, winner = 0;
        for (size_t i = 0; i < t->count; i++) {
            if (outcomes[i].results[k] == CASEGATE_OK) winners++, winner = i;
            else cg_gives(r, outcomes[i].results[k], CASEGATE_CONFLICT, "a commit that came too late");
        }
        cg_is_number(r, winners, 1, "commits that were acknowledged of those that exclude each other");
        if (r->failed) return;
        notices += judge_winner(r, &t->tries[k][winner], t->begun[k].kase ? casegate_case_head(t->begun[k].kase)->version + 1 : 1);
        for (size_t i = 0; i < t->count && !r->failed; i++)   /* those on other cases are as they were */
            if (t->tries[k][i].kase && strcmp(t->tries[k][i].id, t->tries[k][winner].id) != 0) cg_is_loaded(r, &t->tries[k][i]);
    }
    if (r->ops->notices) cg_is_number(r, cg_notices_of(r), notices, "notices of the winners");
}

static void run_contest(cg_rule *r, contest *t, run_team run)
{
    cg_outcome outcomes[CG_MOST_WORKERS];
    if (!r->failed && run(r, t->count, try_all, t, outcomes)) judge_contest(r, t, outcomes);
    end_contest(t);
}

static void name_case(char *id, size_t size, size_t k) { snprintf(id, size, "case-%02lu", (unsigned long)k); }

/* All decide on the same version of the same cases: accept, reject, edit. */
static void decide_together(cg_rule *r, size_t count, run_team run)
{
    static const int32_t actions[] = { CASEGATE_ACCEPT, CASEGATE_REJECT, CASEGATE_EDIT };
    contest t;
    char id[16];
    begin_contest(r, &t, count);
    for (size_t k = 0; k < ROUNDS && !r->failed; k++) {
        name_case(id, sizeof id, k);
        cg_given(r, &t.begun[k], id, CASEGATE_RECEIVED);
        for (size_t i = 0; i < count && !r->failed; i++) {
            const cg_wish wish = { .content = t.contents[i] };
            cg_case_open(&t.tries[k][i], id);
            t.tries[k][i].kase = casegate_case_ref(t.begun[k].kase);
            t.tries[k][i].content = casegate_content_ref(t.begun[k].content);
            cg_decide_step(r, &t.tries[k][i], actions[(i + k) % 3], &wish);
        }
    }
    run_contest(r, &t, run);
}

static void decide_as_threads(cg_rule *r) { decide_together(r, THREADS, cg_run_threads); }
static void decide_as_processes(cg_rule *r) { decide_together(r, PROCESSES, cg_run_processes); }

static void create_as_threads(cg_rule *r)
{
    contest t;
    char id[16];
    begin_contest(r, &t, THREADS);
    for (size_t k = 0; k < ROUNDS; k++) {
        name_case(id, sizeof id, k);
        for (size_t i = 0; i < THREADS && !r->failed; i++) {
            const cg_wish wish = { .content = t.contents[i] };
            cg_case_open(&t.tries[k][i], id);
            cg_decide_step(r, &t.tries[k][i], CASEGATE_CREATE, &wish);
        }
    }
    run_contest(r, &t, cg_run_threads);
}

/* Each submits a draft of its own under the same request id. */
static void request_as_threads(cg_rule *r)
{
    contest t;
    char id[40];
    begin_contest(r, &t, THREADS);
    for (size_t k = 0; k < ROUNDS; k++) {
        snprintf(t.requests[k], sizeof t.requests[k], "click-%lu", (unsigned long)k);
        const cg_wish wish = { .request = t.requests[k] };
        for (size_t i = 0; i < THREADS && !r->failed; i++) {
            snprintf(id, sizeof id, "case-%lu-%lu", (unsigned long)k, (unsigned long)i);
            cg_given(r, &t.tries[k][i], id, CASEGATE_DRAFT);
            cg_decide_step(r, &t.tries[k][i], CASEGATE_SUBMIT, &wish);
        }
        t.begun[k].kase = casegate_case_ref(t.tries[k][0].kase);   /* of version 1, as all of them */
    }
    run_contest(r, &t, cg_run_threads);
}

/* ---- cases of their own ------------------------------------------------------------------------------------------------------------- */

static const int32_t statuses[] = { CASEGATE_REJECTED, CASEGATE_RECEIVED, CASEGATE_IN_PRODUCTION };
static int32_t status_of(size_t number, size_t k) { return statuses[(number + k) % 3]; }

static void name_own(char *id, size_t size, size_t number, size_t k)
{
    snprintf(id, size, "case-%lu-%lu", (unsigned long)number, (unsigned long)k);
}

static void work_alone(cg_rule *own, size_t number, void *task, cg_outcome *out)
{
    char id[40];
    (void)task, (void)out;
    for (size_t k = 0; k < ROUNDS && !own->failed; k++) {
        cg_case c;
        name_own(id, sizeof id, number, k);
        cg_given(own, &c, id, status_of(number, k));
        if (!own->failed && cg_is_loaded(own, &c)) cg_is_content_stored(own, &c);
        cg_case_close(&c);
    }
}

static void judge_own(cg_rule *r, const char *id, int32_t status)
{
    char digest[80];
    if (r->failed || !cg_gives(r, cg_load(r, id), CASEGATE_OK, "load of a case that another one wrote")) return;
    const casegate_head *head = casegate_answers_head(r->answers, 0);
    const uint32_t revision = head->revision, version = head->version;
    snprintf(digest, sizeof digest, "%s", head->content_digest);
    cg_is_number(r, (uint64_t)head->status, (uint64_t)status, "its status");
    cg_is_number(r, version, status == CASEGATE_RECEIVED ? 2 : 3, "its version");
    if (!r->failed && cg_gives(r, cg_content(r, id, revision), CASEGATE_OK, "its content"))
        cg_is_text(r, casegate_answers_content(r->answers, 0)->digest, digest, "digest of its content");
    if (!r->failed) cg_has_events(r, id, version, "its events");
}

static void own_cases(cg_rule *r, size_t count, run_team run)
{
    cg_outcome outcomes[CG_MOST_WORKERS];
    char id[40];
    uint64_t rejected = 0;
    if (!run(r, count, work_alone, NULL, outcomes)) return;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < ROUNDS; k++) {
            name_own(id, sizeof id, i, k);
            judge_own(r, id, status_of(i, k));
            rejected += status_of(i, k) == CASEGATE_REJECTED;
        }
    if (r->ops->notices) cg_is_number(r, cg_notices_of(r), 4 * rejected, "notices of all");
}

static void own_cases_as_threads(cg_rule *r) { own_cases(r, THREADS, cg_run_threads); }
static void own_cases_as_processes(cg_rule *r) { own_cases(r, PROCESSES, cg_run_processes); }

/* ---- claims --------------------------------------------------------------------------------------------------------------------------- */

typedef struct queue { char ids[EMAILS][160]; size_t count; int64_t now_us; } queue;

static void fill_queue(cg_rule *r, queue *q)
{
    char id[16];
    memset(q, 0, sizeof *q);
    for (size_t k = 0; k < CASES && !r->failed; k++) {
        cg_case c;
        name_case(id, sizeof id, k);
        cg_given(r, &c, id, CASEGATE_REJECTED);
        for (size_t i = 0; !r->failed && i < c.commit->notice_count; i++)
            if (strcmp(c.commit->notices[i]->channel, "email") == 0 && q->count < EMAILS)
                snprintf(q->ids[q->count++], sizeof q->ids[0], "%s", c.commit->notices[i]->id);
        cg_case_close(&c);
    }
    q->now_us = casegate_clock_now(r->clock);
    cg_is_number(r, q->count, EMAILS, "the suite's notices");
}

/* One claim; counts what it leased, and gives how many. Every other worker settles its notices. */
static size_t claim_some(cg_rule *own, size_t number, const queue *q, cg_outcome *out)
{
    casegate_notice *taken[4] = { NULL };
    casegate_result result = CASEGATE_E_HOST;
    char lease[24];
    size_t count = 0;
    snprintf(lease, sizeof lease, "lease-%lu", (unsigned long)number);
    cg_forget(own);
    const casegate_result rc = own->ops->claim(own->ops->user, NULL, "email", q->now_us, q->now_us + MINUTE, lease, 3, own->answers, &own->err);
    cg_gives(own, rc, CASEGATE_OK, "claim");
    for (; !own->failed && casegate_answers_notice(own->answers, count); count++) {
        const casegate_notice *notice = casegate_answers_notice(own->answers, count);
        for (size_t i = 0; i < EMAILS; i++) out->results[i] += strcmp(q->ids[i], notice->id) == 0;
        cg_is_text(own, notice->lease, lease, "claim: lease");
        if (cg_holds(own, count < 4, "claim keeps to its limit")) casegate_notice_copy(NULL, notice, &taken[count], NULL);
    }
    for (size_t i = 0; i < 4; i++) {
        const casegate_notice *list[1] = { taken[i] };
        if (!taken[i]) continue;
        taken[i]->state = CASEGATE_NOTICE_DELIVERED;
        if (!own->failed && number % 2 == 1) {
            cg_gives(own, own->ops->settle(own->ops->user, NULL, list, &result, 1, &own->err), CASEGATE_OK, "settle");
            cg_gives(own, result, CASEGATE_OK, "settle by the holder");
        }
        casegate_notice_free(taken[i]);
    }
    return count;
}

/* Until nothing is left; a store that leases for ever is stopped. */
static void claim_all(cg_rule *own, size_t number, void *task, cg_outcome *out)
{
    for (size_t turns = 0; turns < EMAILS && !own->failed && claim_some(own, number, task, out) > 0; turns++) { }
}

static void claims(cg_rule *r, size_t count, run_team run)
{
    cg_outcome outcomes[CG_MOST_WORKERS], rest = { .failed = 0 };
    queue q;
    fill_queue(r, &q);
    if (r->failed || !run(r, count, claim_all, &q, outcomes)) return;
    claim_all(r, CG_MOST_WORKERS + 1, &q, &rest);
    for (size_t k = 0; k < EMAILS && !r->failed; k++) {
        uint64_t times = (uint64_t)rest.results[k];
        for (size_t i = 0; i < count; i++) times += (uint64_t)outcomes[i].results[k];
        cg_is_number(r, times, 1, "leases of one notice");
    }
}

static void claims_as_threads(cg_rule *r) { claims(r, THREADS, cg_run_threads); }
static void claims_as_processes(cg_rule *r) { claims(r, PROCESSES, cg_run_processes); }

/* ---- looks while another writes ------------------------------------------------------------------------------------------------------- */

typedef struct scene { cg_case kase; pthread_mutex_t lock; int over; } scene;

static int is_over(scene *s, int now_over)
{
    pthread_mutex_lock(&s->lock);
    s->over |= now_over;
    const int over = s->over;
    pthread_mutex_unlock(&s->lock);
    return over;
}

/* Revision n says so in its reference. */
static void write_edits(cg_rule *own, scene *s)
{
    char reference[32];
    for (uint32_t revision = 2; revision < 2 + EDITS && !own->failed; revision++) {
        snprintf(reference, sizeof reference, "revision %lu", (unsigned long)revision);
        casegate_content *content = cg_contract_content(own, reference, NULL);
        const cg_wish wish = { .content = content };
        cg_step(own, &s->kase, CASEGATE_EDIT, &wish);
        casegate_content_unref(content);
    }
    is_over(s, 1);
}

/* What a head says is there: the event of its version, the content of its revision. */
static void look(cg_rule *own, const char *id, uint32_t *last)
{
    char reference[32], digest[80], hash[80];
    const int keeps_old = (casegate_store_keeps(own->store) & CASEGATE_KEEPS_REVISIONS) != 0;
    if (!cg_gives(own, cg_load(own, id), CASEGATE_OK, "load while another writes")) return;
    const casegate_head *head = casegate_answers_head(own->answers, 0);
    const uint32_t revision = head->revision, version = head->version;
    snprintf(reference, sizeof reference, "revision %lu", (unsigned long)revision);
    snprintf(digest, sizeof digest, "%s", head->content_digest);
    snprintf(hash, sizeof hash, "%s", head->event_hash);
    cg_is_number(own, version, revision + 1, "version of a head that is read while another writes");
    if (revision > 1) cg_is_text(own, head->reference, reference, "reference of that head");
    cg_holds(own, version >= *last, "a version that was seen does not go back");
    *last = version;
    if (own->failed) return;
    const casegate_result rc = cg_content(own, id, revision);
    if (rc != CASEGATE_ABSENT || keeps_old)
        if (cg_gives(own, rc, CASEGATE_OK, "content of a head that was read while another writes"))
            cg_is_text(own, casegate_answers_content(own->answers, 0)->digest, digest, "digest of that content");
    if (own->failed || !own->ops->history) return;
    if (cg_gives(own, cg_history(own, id, version - 1, 1), CASEGATE_OK, "history while another writes") &&
        cg_holds(own, casegate_answers_event(own->answers, 0) != NULL, "the event of a head that was read while another writes"))
        cg_is_text(own, casegate_answers_event(own->answers, 0)->hash, hash, "hash of that event");
}

static void write_or_look(cg_rule *own, size_t number, void *task, cg_outcome *out)
{
    const struct timespec a_moment = { .tv_nsec = 100000 };
    scene *s = task;
    uint32_t last = 0;
    (void)out;
    if (number == 0) {
        write_edits(own, s);
        return;
    }
    for (int over = 0; !over && !own->failed; nanosleep(&a_moment, NULL)) {
        over = is_over(s, 0);
        look(own, "case-1", &last);
    }
}

static void looks(cg_rule *r)
{
    cg_outcome outcomes[CG_MOST_WORKERS];
    scene s = { .lock = PTHREAD_MUTEX_INITIALIZER };
    cg_given(r, &s.kase, "case-1", CASEGATE_RECEIVED);
    if (!r->failed && cg_run_threads(r, THREADS, write_or_look, &s, outcomes) && cg_is_loaded(r, &s.kase)) cg_is_content_stored(r, &s.kase);
    cg_case_close(&s.kase);
    pthread_mutex_destroy(&s.lock);
}

/* ---- the table ------------------------------------------------------------------------------------------------------------------------ */

const cg_contract_rule cg_rules_of_crowds[] = {
    { "of_threads_that_decide_on_one_version_exactly_one_commits", has_threads, decide_as_threads },
    { "of_threads_that_make_a_case_of_one_id_exactly_one_commits", has_threads, create_as_threads },
    { "of_threads_that_use_one_request_id_exactly_one_commits", has_requests, request_as_threads },
    { "threads_that_work_on_cases_of_their_own_all_succeed", has_threads, own_cases_as_threads },
    { "each_notice_is_leased_once_however_many_threads_claim", has_claims, claims_as_threads },
    { "readers_see_whole_cases_while_another_thread_writes", has_threads, looks },
    { "of_processes_that_decide_on_one_version_exactly_one_commits", has_processes, decide_as_processes },
    { "what_processes_wrote_stays_when_they_end_without_closing", has_processes, own_cases_as_processes },
    { "each_notice_is_leased_once_however_many_processes_claim", has_claims_of_processes, claims_as_processes },
    { NULL, NULL, NULL },
};
