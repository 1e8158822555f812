/* SPDX-License-Identifier: MIT */
/* story.c: the people, the case and the engine of a test. */
#include "story.h"

#include <stdlib.h>

static casegate_actor *person(const char *id, const char *org, int32_t role, uint64_t permissions)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role,
                                           .permissions = permissions };
    casegate_actor *actor = NULL;
    assert_int_equal(casegate_actor_new(NULL, &fields, &actor, NULL), CASEGATE_OK);
    return actor;
}

casegate_content *content_with(const char *patient, const char *due)
{
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown" };
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content *content = NULL;
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, patient);
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "d-7");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_EMAIL, "dan@north.example");
    casegate_content_set(b, CASEGATE_CONTENT_CLINIC_EMAIL, "desk@north.example");
    casegate_content_set(b, CASEGATE_CONTENT_DUE, due);
    casegate_content_add_service(b, &service);
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_OK);
    return content;
}

static void open_people(story *t)
{
    const uint64_t clinic = CASEGATE_MAY_VIEW | CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT, lab = CASEGATE_MAY_VIEW | CASEGATE_MAY_ACCEPT | CASEGATE_MAY_REJECT;
    t->clara = person("clara", "north", CASEGATE_CLINIC_USER, clinic);
    t->dan = person("d-7", "north", CASEGATE_DENTIST, clinic);
    t->carl = person("carl", "south", CASEGATE_CLINIC_USER, clinic);
    t->lena = person("lena", "one", CASEGATE_LAB_USER, lab);
    t->lars = person("lars", "one", CASEGATE_LAB_USER, CASEGATE_MAY_VIEW);
    t->robot = person("robot", NULL, CASEGATE_SYSTEM, CASEGATE_MAY_VIEW | CASEGATE_MAY_ADOPT | CASEGATE_MAY_ERASE);
}

static void open_engine(story *t, const setting *s)
{
    casegate_notifier *mail[] = { casegate_recorder_notifier(t->mail) };
    const casegate_engine_options options = {
        .size = sizeof options, .host = t->host, .store = t->store, .lease_us = s->lease_us,
        .notifiers = s->notifier_count ? s->notifiers : mail, .notifier_count = s->notifier_count ? s->notifier_count : 1, .guards = s->guards,
        .guard_count = s->guard_count, .ops = s->ops, .tell = s->tell, .max_conflicts = s->max_conflicts,
    };
    assert_int_equal(casegate_engine_open(&options, &t->engine, &t->err), CASEGATE_OK);
    casegate_notifier_unref(mail[0]);
}

story *story_open(const setting *s)
{
    static const setting usual;
    story *t = calloc(1, sizeof *t);
    assert_non_null(t);
    if (!s) s = &usual;
    casegate_error_init(&t->err, sizeof t->err);
    t->clock = casegate_clock_new(INT64_C(1772438400000000));   /* 2026-03-02T08:00:00Z */
    if (s->host_ops) assert_int_equal(casegate_host_new(s->host_ops, &t->host, &t->err), CASEGATE_OK);
    else assert_int_equal(casegate_test_host_new(t->clock, &t->host, &t->err), CASEGATE_OK);
    t->store = spy_new(&t->spy, t->host, s->without);
    assert_non_null(t->store);
    assert_int_equal(casegate_recorder_new(NULL, "email", &t->mail, &t->err), CASEGATE_OK);
    open_people(t);
    open_engine(t, s);
    t->o = casegate_outcome_new(NULL);
    t->content = content_with(CANARY, "2026-03-20");
    return t;
}

void story_close(story *t)
{
    casegate_outcome_free(t->o);
    casegate_engine_unref(t->engine);
    casegate_store_unref(t->store);
    casegate_recorder_free(t->mail);
    casegate_content_unref(t->content);
    casegate_actor *people[] = { t->clara, t->dan, t->carl, t->lena, t->lars, t->robot };
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) casegate_actor_unref(people[i]);
    casegate_host_unref(t->host);
    casegate_clock_free(t->clock);
    free(t);
}

casegate_call by(const casegate_actor *actor) { return (casegate_call) { .size = sizeof(casegate_call), .actor = actor }; }

void forget_counts(story *t)
{
    spy *s = &t->spy;
    s->loads = s->contents = s->commits = s->lists = s->histories = s->claims = s->settles = s->inboxes = s->marks = 0;
}

void draft(story *t)
{
    const casegate_call call = by(t->clara);
    assert_int_equal(casegate_engine_create(t->engine, &call, "one", t->content, 0, t->o, &t->err), CASEGATE_OK);
    strcpy(t->id, casegate_outcome_head(t->o)->id);
    forget_counts(t);
}

void received(story *t)
{
    const casegate_call call = by(t->clara);
    draft(t);
    assert_int_equal(casegate_engine_submit(t->engine, &call, t->id, 0, t->o, &t->err), CASEGATE_OK);
    forget_counts(t);
}

void rejected(story *t)
{
    received(t);
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    forget_counts(t);
}

static casegate_result decided(const story *t, casegate_result rc)
{
    if (rc < 0) fail_msg("%s: %s: %s", casegate_result_name(rc), t->err.field, t->err.text);
    return rc;
}

casegate_result accept_by(story *t, const casegate_actor *actor, uint32_t revision)
{
    const casegate_call call = by(actor);
    return decided(t, casegate_engine_accept(t->engine, &call, t->id, revision, t->o, &t->err));
}

casegate_result reject_by(story *t, const casegate_actor *actor, uint32_t revision, const char *reason)
{
    const casegate_call call = by(actor);
    return decided(t, casegate_engine_reject(t->engine, &call, t->id, revision, reason, NULL, t->o, &t->err));
}

const char *obstacles(const story *t)
{
    static char names[512];
    const casegate_verdict *verdict = casegate_outcome_verdict(t->o);
    names[0] = '\0';
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        if (i) strcat(names, " ");
        strcat(names, casegate_verdict_at(verdict, i)->name);
    }
    return names;
}

const casegate_head *now(story *t)
{
    const casegate_call call = by(t->robot);
    casegate_result rc = casegate_engine_view(t->engine, &call, t->id, 0, t->o, &t->err);
    if (rc != CASEGATE_OK) fail_msg("%d %s: %s", rc, t->err.field, t->err.text);
    return casegate_outcome_head(t->o);
}
