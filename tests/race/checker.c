/* SPDX-License-Identifier: MIT */
/* checker.c: was there an order, one a case and true to real time, in which every answer was right? And is all of it stored, once? */
#include "race.h"

#include <casegate/casegate.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The events of a case are numbered, so the order of what was committed is known: it only has to agree with real time. What was
 * looked at or refused has to fit a state that the case had between the invocation and the response: not before the newest that anyone
 * had seen by then, and not after the newest that anyone had begun to make.
 */

enum { MOST_EVENTS = 4096, MOST_FAULTS = 20, NOTICES_OF_REJECTION = 4 };

typedef struct state { int32_t status; uint32_t revision, attempt; int64_t claimed; int notices; } state;   /* behind an event */
typedef struct seen { int64_t at; uint32_t version; } seen;

typedef struct check {
    const course *course;
    casegate_engine *engine;
    const casegate_store_ops *store;   /* whose history names all requests; an engine shows each organisation its own */
    casegate_answers *answers;
    casegate_outcome *outcome;
    people people;
    int faults;
    long ops, events, notices;
    /* of the case at hand */
    uint32_t kase, version;
    state states[MOST_EVENTS + 1];
    char requests[MOST_EVENTS + 1][24];
    int32_t actions[MOST_EVENTS + 1];
    const op **list;
    size_t count;
    seen *known, *begun;      /* by their end: what was seen; by their begin: what was made */
    size_t known_count, begun_count;
} check;

static void fault(check *c, const op *o, const char *what)
{
    if (c->faults++ < MOST_FAULTS)
        printf("case %u, %s (action %d, version %u): %s\n", (unsigned)c->kase, o ? o->request : "history", o ? (int)o->what : 0,
               o ? (unsigned)o->version : (unsigned)c->version, what);
}

static void expect(check *c, int holds, const op *o, const char *what)
{
    if (!holds)
        fault(c, o, what);
}

/* ---- what is stored ----------------------------------------------------------------------------------------------- */

static void take_event(check *c, const casegate_event *e)
{
    state *s = &c->states[e->seq];

    expect(c, e->seq == c->version + 1, NULL, "I5: the numbers of the events have a gap");
    if (e->seq > MOST_EVENTS)
        return;
    c->version = e->seq;
    *s = (state){.status = e->to, .revision = e->revision, .attempt = e->attempt};
    c->actions[e->seq] = e->action;
    snprintf(c->requests[e->seq], sizeof c->requests[e->seq], "%s", e->request ? e->request : "");
    expect(c, e->from == c->states[e->seq - 1].status, NULL, "an event does not begin where the last one ended");
    expect(c, e->from != CASEGATE_IN_PRODUCTION, NULL, "I1: something happened to an accepted case");
    expect(c, e->action != CASEGATE_REJECT || (e->reason && *e->reason), NULL, "I3: a rejection has no reason");
    expect(c, e->revision <= c->states[e->seq - 1].revision + (e->action == CASEGATE_EDIT || e->seq == 1), NULL, "a revision came from nowhere");
    expect(c, e->attempt == c->states[e->seq - 1].attempt + (e->action == CASEGATE_SUBMIT), NULL, "I5: attempts are not submissions");
}

static void read_history(check *c, const char *id)
{
    const casegate_call call = {.size = sizeof call, .actor = c->people.system};
    size_t page;

    c->version = 0;
    memset(c->states, 0, sizeof c->states);
    do {
        casegate_answers_clear(c->answers);
        must(c->store->history(c->store->user, NULL, id, c->version, 500, c->answers, NULL) == CASEGATE_OK, "a history cannot be read");
        for (page = 0; casegate_answers_event(c->answers, page); page++)
            take_event(c, casegate_answers_event(c->answers, page));
    } while (page == 500 && c->version < MOST_EVENTS);
    must(casegate_engine_verify(c->engine, &call, id, c->outcome, NULL) == CASEGATE_OK, "a case cannot be verified");
    expect(c, casegate_outcome_verification(c->outcome)->intact, NULL, casegate_outcome_verification(c->outcome)->problem);
    expect(c, casegate_outcome_head(c->outcome)->version == c->version, NULL, "I5: the version is not the number of events");
    c->events += c->version;
}

/* I7, and I4 with the versions that the callers named. */
static void judge_decisions(check *c)
{
    for (uint32_t a = 1; a <= c->version; a++)
        for (uint32_t b = a + 1; b <= c->version && c->states[b].attempt == c->states[a].attempt; b++)
            expect(c, !(c->actions[a] == CASEGATE_REJECT || c->actions[a] == CASEGATE_ACCEPT) ||
                   !(c->actions[b] == CASEGATE_REJECT || c->actions[b] == CASEGATE_ACCEPT), NULL, "I7: two decisions on one submission");
}

/* ---- what was answered: commits ----------------------------------------------------------------------------------- */

static void judge_commit(check *c, const op *o)
{
    const uint32_t made = o->what == CASEGATE_CREATE ? 2 : 1;
    state *s = &c->states[o->version <= c->version ? o->version : 0];

    if (o->version > c->version || o->version < made) {
        fault(c, o, "I10: what was acknowledged is not there");
        return;
    }
    expect(c, strcmp(c->requests[o->version], o->request) == 0, o, "I10: another event stands where this one was acknowledged");
    expect(c, s->claimed == 0, o, "two callers were told that they made this event");
    s->claimed = o->begun;
    if (made == 2)
        c->states[1].claimed = o->begun;
    expect(c, s->status == o->status && s->revision == o->revision && s->attempt == o->attempt, o, "the answer is not what is stored");
    if (o->what == CASEGATE_ACCEPT || o->what == CASEGATE_REJECT)
        expect(c, s->revision == o->given, o, "I4: decided was another revision than the reviewed one");
    if (o->what == CASEGATE_EDIT)
        expect(c, s->revision == o->given + 1, o, "a lost update: the edit replaced another revision than it named");
}

static int is_commit(const op *o) { return o->result == CASEGATE_OK && o->events && !o->replayed; }

/* A request that was answered before has the same answer. */
static void judge_repeat(check *c, const op *o)
{
    for (size_t i = 0; i < c->count; i++)
        if (is_commit(c->list[i]) && strcmp(c->list[i]->request, o->request) == 0) {
            expect(c, c->list[i]->version == o->version && c->list[i]->status == o->status, o, "a repeated request has another answer");
            return;
        }
    fault(c, o, "a request was answered as repeated that never was");
}

/* ---- what was answered: looks and refusals ------------------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
    const seen *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* The newest version among those whose time is not after `at`. */
static uint32_t newest(const seen *list, size_t count, int64_t at)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (list[middle].at <= at) low = middle + 1;
        else high = middle;
    }
    return low ? list[low - 1].version : 0;
}

static void make_running_maximum(seen *list, size_t count)
{
    qsort(list, count, sizeof *list, by_time);
    for (size_t i = 1; i < count; i++)
        if (list[i].version < list[i - 1].version)
            list[i].version = list[i - 1].version;
}

static void collect_times(check *c)
{
    c->known_count = c->begun_count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const op *o = c->list[i];

        if (o->result == CASEGATE_OK && !o->replayed && o->version)
            c->known[c->known_count++] = (seen){o->ended, o->version};
        if (is_commit(o))
            c->begun[c->begun_count++] = (seen){o->begun, o->version};
        else if (o->result == CASEGATE_E_UNKNOWN)   /* it may have made anything */
            c->begun[c->begun_count++] = (seen){o->begun, c->version};
    }
    make_running_maximum(c->known, c->known_count);
    make_running_maximum(c->begun, c->begun_count);
}

#define BIT(code) (UINT64_C(1) << (code))

/* docs/rules.md, 5: what stands in the way of somebody with every permission. */
static uint64_t obstacles_in(const state *s, const op *o)
{
    uint64_t all = 0;

    if (s->status == CASEGATE_IN_PRODUCTION) all |= o->what == CASEGATE_EDIT ? BIT(CASEGATE_LOCKED) : BIT(CASEGATE_ALREADY_ACCEPTED);
    if (s->status == CASEGATE_REJECTED && (o->what == CASEGATE_ACCEPT || o->what == CASEGATE_REJECT)) all |= BIT(CASEGATE_ALREADY_REJECTED);
    if (s->status == CASEGATE_RECEIVED && o->what == CASEGATE_SUBMIT) all |= BIT(CASEGATE_ALREADY_SUBMITTED);
    if (o->given && o->given != s->revision) all |= BIT(CASEGATE_STALE_REVIEW);
    return all;
}

static uint32_t buttons_in(const state *s, int32_t of_lab)
{
    const uint32_t decide = 1u << CASEGATE_ACCEPT | 1u << CASEGATE_REJECT, edit = 1u << CASEGATE_EDIT, submit = 1u << CASEGATE_SUBMIT;

    if (of_lab)
        return s->status == CASEGATE_RECEIVED ? decide : 0;
    return s->status == CASEGATE_RECEIVED ? edit : s->status == CASEGATE_REJECTED ? edit | submit : 0;
}

static int fits(const state *s, const op *o)
{
    if (o->result == CASEGATE_REFUSED)
        return obstacles_in(s, o) == o->obstacles;
    if (o->status != s->status || o->revision != s->revision || o->attempt != s->attempt)
        return 0;
    return o->what != OP_EXPLAIN || o->buttons == buttons_in(s, (int32_t)o->given);
}

/* A look that says which version it saw, and a refusal that does not. */
static void judge_look(check *c, const op *o)
{
    const uint32_t low = newest(c->known, c->known_count, o->begun - 1), high = newest(c->begun, c->begun_count, o->ended);
    int found = 0;

    if (o->what == OP_OUTSIDER) {
        expect(c, o->result == CASEGATE_REFUSED && o->obstacles == BIT(CASEGATE_NOT_FOUND), o, "I8: an outsider saw the case");
        return;
    }
    if (o->what == OP_VERIFY)
        expect(c, o->intact, o, "a case was not intact while it was raced on");
    if (o->result == CASEGATE_OK) {
        expect(c, o->version >= low, o, "not linearizable: it saw what was overwritten before it began");
        expect(c, o->version <= high, o, "not linearizable: it saw what nobody had begun to make");
    }
    for (uint32_t v = low ? low : 1; v <= high && v <= c->version && !found; v++)
        found = (o->result == CASEGATE_REFUSED || o->version == v) && fits(&c->states[v], o);
    expect(c, found, o, o->result == CASEGATE_REFUSED ? "not linearizable: refused for what never was between invocation and response"
                                                       : "not linearizable: it saw a state that the case never had");
}

/* ---- real time ---------------------------------------------------------------------------------------------------- */

static int by_version(const void *a, const void *b)
{
    const op *x = *(const op *const *)a, *y = *(const op *const *)b;

    return (x->version > y->version) - (x->version < y->version);
}

/* What ended before another began has the smaller number. */
static void judge_order(check *c)
{
    int64_t ended = INT64_MAX;

    qsort(c->list, c->count, sizeof *c->list, by_version);
    for (size_t i = c->count; i-- > 0;) {
        if (!is_commit(c->list[i]))
            continue;
        expect(c, c->list[i]->begun <= ended, c->list[i], "not linearizable: it was acknowledged behind one that had ended before it began");
        if (c->list[i]->ended < ended)
            ended = c->list[i]->ended;
    }
}

/* ---- one case, and all -------------------------------------------------------------------------------------------- */

static int was_unknown(const check *c, const char *request)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->list[i]->result == CASEGATE_E_UNKNOWN && strcmp(c->list[i]->request, request) == 0)
            return 1;
    return 0;
}

static void judge_op(check *c, const op *o)
{
    c->ops++;
    if (o->result == CASEGATE_E_UNKNOWN || o->result == CASEGATE_E_BUSY)   /* BUSY made nothing: then nobody claims its event */
        return;
    if (o->result < 0) fault(c, o, casegate_result_name(o->result));
    else if (is_commit(o)) judge_commit(c, o);
    else if (o->replayed) judge_repeat(c, o);
    else judge_look(c, o);
}

static void judge_case(check *c, uint32_t kase)
{
    const case_entry *entry = &c->course->cases[kase];

    c->kase = kase;
    c->count = 0;
    for (size_t w = 0; w < MOST_WORKERS; w++)
        for (uint32_t i = 0; i < c->course->logs[w].count; i++)
            if (c->course->logs[w].ops[i].kase == kase)
                c->list[c->count++] = &c->course->logs[w].ops[i];
    if (!atomic_load(&entry->ready))
        return;   /* its creation was not acknowledged */
    read_history(c, entry->id);
    judge_decisions(c);
    collect_times(c);
    for (size_t i = 0; i < c->count; i++)
        judge_op(c, c->list[i]);
    for (uint32_t v = 1; v <= c->version; v++)
        if (!c->states[v].claimed && !(v == 1 && c->states[2].claimed))
            expect(c, was_unknown(c, c->requests[v]), NULL, "an event that nobody was told to have made");
    judge_order(c);
}

/* I6: an event that demands notices has exactly those. By case, in the order of the ids, so that one page follows another. */
typedef struct tally { char id[65]; uint32_t rejections, notices; } tally;

static int by_id(const void *a, const void *b) { return strcmp(((const tally *)a)->id, ((const tally *)b)->id); }

static void count_notices(check *c, tally *tallies, size_t count)
{
    const casegate_call call = {.size = sizeof call, .actor = c->people.system};
    char after[160] = "";
    size_t page;

    do {
        const casegate_notice_query query = {.size = sizeof query, .limit = 1000, .after = *after ? after : NULL};

        must(casegate_engine_notices(c->engine, &call, &query, c->outcome, NULL) == CASEGATE_OK, "notices cannot be listed");
        page = casegate_outcome_notice_count(c->outcome);
        for (size_t i = 0; i < page; i++) {
            const casegate_notice *notice = casegate_outcome_notice_at(c->outcome, i);
            tally key, *found;

            snprintf(key.id, sizeof key.id, "%s", notice->case_id);
            found = bsearch(&key, tallies, count, sizeof key, by_id);
            if (found) found->notices++;
            snprintf(after, sizeof after, "%s", notice->id);
            c->notices++;
        }
    } while (page == 1000);
    for (size_t i = 0; i < count; i++)
        expect(c, tallies[i].notices == NOTICES_OF_REJECTION * tallies[i].rejections, NULL, "I6: a rejection has too many notices, or too few");
}

int check_course(const course *run, casegate_engine *engine, const casegate_store *store)
{
    static check c;
    const uint32_t cases = atomic_load(&run->case_count);
    tally *tallies = calloc(cases ? cases : 1, sizeof *tallies);
    const size_t most = (size_t)MOST_WORKERS * MOST_OPS;
    size_t count = 0;

    c.course = run;
    c.engine = engine;
    c.store = casegate_store_callbacks(store);
    c.answers = casegate_answers_new(NULL);
    c.outcome = casegate_outcome_new(NULL);
    c.list = malloc(most * sizeof *c.list);
    c.known = malloc(most * sizeof *c.known);
    c.begun = malloc(most * sizeof *c.begun);
    must(tallies && c.answers && c.outcome && c.list && c.known && c.begun, "no memory");
    open_people(&c.people);
    for (uint32_t kase = 0; kase < cases && c.faults < MOST_FAULTS; kase++) {
        judge_case(&c, kase);
        if (!atomic_load(&run->cases[kase].ready))
            continue;
        snprintf(tallies[count].id, sizeof tallies[count].id, "%s", run->cases[kase].id);
        for (uint32_t v = 1; v <= c.version; v++)
            tallies[count].rejections += c.actions[v] == CASEGATE_REJECT;
        count++;
    }
    qsort(tallies, count, sizeof *tallies, by_id);
    count_notices(&c, tallies, count);
    printf("%ld operations on %zu cases, %ld events, %ld notices: %s\n", c.ops, count, c.events, c.notices,
           c.faults ? "they do not fit" : "linearizable, I1 to I10 hold");
    close_people(&c.people);
    casegate_outcome_free(c.outcome);
    casegate_answers_free(c.answers);
    free(c.begun);
    free(c.known);
    free(c.list);
    free(tallies);
    return c.faults;
}
