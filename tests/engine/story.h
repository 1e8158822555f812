/* SPDX-License-Identifier: MIT */
/* story.h: what every test of the engine begins with: a clinic, a lab, a case, an engine on a spied store. */
#ifndef TESTS_ENGINE_STORY_H
#define TESTS_ENGINE_STORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "spy.h"

#define CANARY "Ada Canary"   /* the patient's name: never in an error, nor in what is told */

typedef struct story {
    spy spy;
    casegate_clock *clock;
    casegate_host *host;
    casegate_store *store;
    casegate_recorder *mail;
    casegate_engine *engine;
    casegate_outcome *o;
    casegate_actor *clara, *dan, *carl, *lena, *lars, *robot;
    casegate_content *content;   /* complete, with clinic and dentist */
    casegate_error err;
    char id[65];                 /* of the case */
} story;

/* What differs from the usual; zero: nothing. */
typedef struct setting {
    uint32_t without;
    int32_t tell;
    uint32_t max_conflicts;
    const casegate_engine_ops *ops;
    const casegate_guard *const *guards;
    size_t guard_count;
    casegate_notifier *const *notifiers;   /* instead of the recorder of e-mail */
    size_t notifier_count;
    int64_t lease_us;
    const casegate_host_ops *host_ops;   /* its clock is the story's unless it has one */
} setting;

story *story_open(const setting *s);
void story_close(story *t);
casegate_call by(const casegate_actor *actor);
casegate_content *content_with(const char *patient, const char *due);
/* A case in a status, made through the engine; the spy's counters begin anew behind it. */
void draft(story *t);
void received(story *t);
void rejected(story *t);
void forget_counts(story *t);
/* OK or REFUSED is returned; an error fails the test. */
casegate_result accept_by(story *t, const casegate_actor *actor, uint32_t revision);
casegate_result reject_by(story *t, const casegate_actor *actor, uint32_t revision, const char *reason);
/* The names of the obstacles, joined by spaces. */
const char *obstacles(const story *t);
/* The case as a system actor sees it now. */
const casegate_head *now(story *t);

#endif
