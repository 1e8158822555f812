/* SPDX-License-Identifier: MIT */
/* racer.c: what a caller does while it races, and what it writes down of it. */
#include "race.h"

#include <casegate/casegate.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "race: %s\n", what);
    exit(3);
}

int64_t nanoseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- people and engine -------------------------------------------------------------------------------------------- */

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    const casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role, .permissions = UINT64_MAX};
    casegate_actor *made = NULL;

    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor");
    return made;
}

void open_people(people *p)
{
    p->clinic = actor("anna", CLINIC, CASEGATE_CLINIC_USER);
    p->dentist = actor("dora", CLINIC, CASEGATE_DENTIST);
    p->lab = actor("lena", LAB, CASEGATE_LAB_USER);
    p->outsider = actor("carl", "clinic-two", CASEGATE_CLINIC_USER);
    p->system = actor("auditor", NULL, CASEGATE_SYSTEM);
}

void close_people(people *p)
{
    casegate_actor_unref(p->clinic);
    casegate_actor_unref(p->dentist);
    casegate_actor_unref(p->lab);
    casegate_actor_unref(p->outsider);
    casegate_actor_unref(p->system);
}

casegate_engine *open_racing_engine(casegate_store *store)
{
    const casegate_engine_options options = {.size = sizeof options, .store = store, .tell = CASEGATE_TELL_LATER, .max_conflicts = 1000};
    casegate_engine *engine = NULL;

    must(casegate_engine_open(&options, &engine, NULL) == CASEGATE_OK, "no engine");
    return engine;
}

/* ---- one racer ---------------------------------------------------------------------------------------------------- */

typedef struct racer {
    course *course;
    worker_log *log;
    casegate_engine *engine;
    casegate_outcome *outcome;
    people people;
    uint32_t number, seed, requests;
    uint32_t known[SLOTS];         /* the revision that it saw last, of the case in a slot; soon stale */
    op last;                       /* the last commit with a request id, to be sent again */
    casegate_content *last_content;
} racer;

static uint32_t roll(racer *r, uint32_t below)
{
    r->seed = r->seed * 1664525u + 1013904223u;
    return (r->seed >> 8) % below;
}

/* No two are alike, so that every edit is one. */
static casegate_content *new_content(const racer *r)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    const casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};
    casegate_content *made = NULL;
    char words[64];

    snprintf(words, sizeof words, "as %u wrote in %u", (unsigned)r->number, (unsigned)r->requests);
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "dora");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_EMAIL, "dora@clinic.example");
    casegate_content_set(b, CASEGATE_CONTENT_CLINIC_EMAIL, "front@clinic.example");
    casegate_content_set(b, CASEGATE_CONTENT_INSTRUCTIONS, words);
    casegate_content_add_service(b, &crown);
    must(casegate_content_builder_finish(b, &made, NULL) == CASEGATE_OK, "no content");
    return made;
}

static void note_answer(racer *r, op *o)
{
    const casegate_head *head = casegate_outcome_head(r->outcome);
    const casegate_verdict *verdict = casegate_outcome_verdict(r->outcome);

    o->ended = nanoseconds();
    for (size_t i = 0; o->result == CASEGATE_REFUSED && i < casegate_verdict_count(verdict); i++)
        o->obstacles |= UINT64_C(1) << casegate_verdict_at(verdict, i)->code;
    if (o->result != CASEGATE_OK || !head)
        return;
    o->version = head->version;
    o->revision = head->revision;
    o->attempt = head->attempt;
    o->status = head->status;
    o->events = (uint32_t)casegate_outcome_event_count(r->outcome);
    o->replayed = casegate_outcome_replayed(r->outcome);
}

static void write_down(racer *r, const op *o)
{
    if (r->log->count < MOST_OPS)
        r->log->ops[r->log->count++] = *o;
}

static void apply(racer *r, op *o, casegate_request *request, const casegate_actor *who)
{
    const casegate_call call = {.size = sizeof call, .actor = who};

    request->request = o->request;
    o->begun = nanoseconds();
    o->result = casegate_engine_apply(r->engine, &call, request, r->outcome, NULL);
    note_answer(r, o);
    write_down(r, o);
}

static void name_request(racer *r, op *o) { snprintf(o->request, sizeof o->request, "w%u-%u", (unsigned)r->number, (unsigned)++r->requests); }

/* A new case, submitted at once; it takes a slot. */
static void begin_case(racer *r, uint32_t slot)
{
    course *c = r->course;
    const uint32_t kase = atomic_fetch_add(&c->case_count, 1);
    casegate_content *content = new_content(r);
    casegate_request request = {.size = sizeof request, .action = CASEGATE_CREATE, .lab = LAB, .content = content, .submit = 1};
    op o = {.kase = kase, .what = CASEGATE_CREATE};

    must(kase < MOST_CASES, "too many cases");
    name_request(r, &o);
    apply(r, &o, &request, r->people.clinic);
    must(o.result == CASEGATE_OK || o.result == CASEGATE_E_BUSY || o.result == CASEGATE_E_UNKNOWN, "a case cannot be created");
    if (o.result == CASEGATE_OK) {
        memcpy(c->cases[kase].id, casegate_outcome_head(r->outcome)->id, strlen(casegate_outcome_head(r->outcome)->id) + 1);
        atomic_store(&c->cases[kase].ready, 1);
        atomic_store(&c->slots[slot], kase);
        r->known[slot] = 1;
    }
    casegate_content_unref(content);
}

static uint32_t revision_for(racer *r, uint32_t slot)
{
    const casegate_call call = {.size = sizeof call, .actor = r->people.clinic};
    const char *id = r->course->cases[atomic_load(&r->course->slots[slot])].id;

    if (roll(r, 4) && casegate_engine_explain(r->engine, &call, id, r->outcome, NULL) == CASEGATE_OK)
        r->known[slot] = casegate_outcome_head(r->outcome)->revision;
    return r->known[slot] ? r->known[slot] : 1;
}

static void change(racer *r, uint32_t slot, int32_t action)
{
    const int32_t clinics = action == CASEGATE_EDIT || action == CASEGATE_SUBMIT;
    const uint32_t given = action == CASEGATE_SUBMIT ? 0 : revision_for(r, slot);
    const uint32_t kase = atomic_load(&r->course->slots[slot]);
    casegate_request request = {.size = sizeof request, .action = action, .case_id = r->course->cases[kase].id, .revision = given};
    op o = {.kase = kase, .what = action, .given = given};
    casegate_content *content = action == CASEGATE_EDIT ? new_content(r) : NULL;

    if (action == CASEGATE_REJECT)
        request.reason = "other", request.comment = "not like this";
    request.content = content;
    name_request(r, &o);
    apply(r, &o, &request, !clinics ? r->people.lab : roll(r, 2) ? r->people.clinic : r->people.dentist);
    if (o.result == CASEGATE_OK && action == CASEGATE_REJECT)
        r->last = o;
    if (o.result == CASEGATE_OK)
        r->known[slot] = o.revision;
    casegate_content_unref(content);
}

/* The same rejection once more: the first answer, whatever has become of the case. */
static void repeat(racer *r)
{
    op o = {.kase = r->last.kase, .what = CASEGATE_REJECT, .given = r->last.given};
    casegate_request request = {.size = sizeof request, .action = CASEGATE_REJECT, .case_id = r->course->cases[o.kase].id, .revision = o.given,
                                .reason = "other", .comment = "not like this"};

    if (!*r->last.request)
        return;
    memcpy(o.request, r->last.request, sizeof o.request);
    apply(r, &o, &request, r->people.lab);
}

static void look(racer *r, uint32_t slot, int32_t what)
{
    const casegate_call call = {.size = sizeof call, .actor = what == OP_OUTSIDER ? r->people.outsider : r->people.system};
    op o = {.kase = atomic_load(&r->course->slots[slot]), .what = what};
    const char *id = r->course->cases[o.kase].id;

    o.begun = nanoseconds();
    if (what == OP_VERIFY)
        o.result = casegate_engine_verify(r->engine, &call, id, r->outcome, NULL);
    else
        o.result = casegate_engine_explain(r->engine, &call, id, r->outcome, NULL);
    note_answer(r, &o);
    o.events = 0;
    if (what == OP_VERIFY && o.result == CASEGATE_OK)
        o.intact = casegate_outcome_verification(r->outcome)->intact;
    write_down(r, &o);
}

/* The buttons of the lab and of the clinic, each as it sees the case. */
static void look_at_buttons(racer *r, uint32_t slot, int32_t of_lab)
{
    static const int32_t actions[2][2] = {{CASEGATE_EDIT, CASEGATE_SUBMIT}, {CASEGATE_ACCEPT, CASEGATE_REJECT}};
    const casegate_call call = {.size = sizeof call, .actor = of_lab ? r->people.lab : r->people.clinic};
    op o = {.kase = atomic_load(&r->course->slots[slot]), .what = OP_EXPLAIN, .given = (uint32_t)of_lab};

    o.begun = nanoseconds();
    o.result = casegate_engine_explain(r->engine, &call, r->course->cases[o.kase].id, r->outcome, NULL);
    note_answer(r, &o);
    o.events = 0;
    for (int i = 0; o.result == CASEGATE_OK && i < 2; i++)
        if (casegate_verdict_count(casegate_outcome_action(r->outcome, actions[of_lab][i])) == 0)
            o.buttons |= 1u << actions[of_lab][i];
    write_down(r, &o);
}

enum { HOT = 4 };   /* slots that half of the turns go to, so that callers meet */

/* ---- the race ----------------------------------------------------------------------------------------------------- */

static void take_turn(racer *r)
{
    const uint32_t slot = roll(r, 2) ? roll(r, HOT) : roll(r, SLOTS), dice = roll(r, 100);

    if (dice < 28) change(r, slot, CASEGATE_EDIT);
    else if (dice < 46) change(r, slot, CASEGATE_SUBMIT);
    else if (dice < 66) change(r, slot, CASEGATE_REJECT);
    else if (dice < 72) change(r, slot, CASEGATE_ACCEPT);
    else if (dice < 76) begin_case(r, slot);
    else if (dice < 80) repeat(r);
    else if (dice < 83) look(r, slot, OP_VERIFY);
    else if (dice < 85) look(r, slot, OP_OUTSIDER);
    else look_at_buttons(r, slot, (int32_t)roll(r, 2));
}

static void open_racer(racer *r, course *c, casegate_engine *engine, uint32_t number, uint32_t seed)
{
    memset(r, 0, sizeof *r);
    r->course = c;
    r->log = &c->logs[number];
    r->engine = engine;
    r->number = number;
    r->seed = seed * 2654435761u + number * 40503u;
    r->outcome = casegate_outcome_new(NULL);
    open_people(&r->people);
}

static void close_racer(racer *r)
{
    casegate_outcome_free(r->outcome);
    close_people(&r->people);
}

/* By the first worker, before the others begin. */
void fill_slots(course *c, casegate_engine *engine)
{
    racer r;

    open_racer(&r, c, engine, 0, 1);
    r.requests = 1000000;   /* other ids than those of its race */
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        begin_case(&r, slot);
    close_racer(&r);
}

void run_racer(course *c, casegate_engine *engine, uint32_t number, uint32_t seed)
{
    racer r;

    open_racer(&r, c, engine, number, seed);
    while (!atomic_load(&c->go))
        ;
    while (nanoseconds() < c->end && r.log->count < MOST_OPS - 1 && atomic_load(&c->case_count) < MOST_CASES - MOST_WORKERS)
        take_turn(&r);
    close_racer(&r);
}
