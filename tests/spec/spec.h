/* SPDX-License-Identifier: MIT */
/* spec.h: what every spec test includes: cmocka, a case in any status, a question about it, and what was answered in words. */
#ifndef CASEGATE_SPEC_H
#define CASEGATE_SPEC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <casegate/casegate.h>

#define TEST(name) static void name(void **state)
#define UNUSED(state) ((void)(state))
#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ERROR { .size = sizeof(casegate_error) }

#define DAY INT64_C(86400000000)
#define NOW INT64_C(1772438400000000)   /* 2026-03-02T08:00:00Z */
#define CLINIC "clinic-north"
#define LAB "lab-one"
#define CASE "case-1"
#define NEW_CASE "case-new"
#define EVERY_PERMISSION UINT64_MAX
#define ALL_INTAKE (CASEGATE_MAY_VIEW | CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT | CASEGATE_MAY_ACCEPT | CASEGATE_MAY_REJECT)

/* ---- a host whose memory is counted and can run out, and whose random bytes are known ---------------------------------- */

typedef struct spec_host { int held, allocations, left; uint8_t next_random; casegate_host *host; } spec_host;
/* random: bytes 0, 1, 2 ... ; key "k1": HMAC with the secret "secret", others are absent; seal_key NULL: plain. */
void spec_host_open(spec_host *host, const char *seal_key);
void spec_host_close(spec_host *host);   /* and all memory was given back */

/* ---- values ------------------------------------------------------------------------------------------------------------- */

casegate_content *spec_content(void);                                     /* complete: the default review finds nothing */
casegate_content *spec_content_with(int32_t field, const char *value);    /* the same but for one field */
casegate_content *spec_content_from(const casegate_content *from, int32_t field, const char *value);
casegate_actor *spec_actor(int32_t role, uint64_t permissions, const char *org);   /* org NULL: the role's own of the case */
/* A complete case in a status. Revision 3 is current, revision 2 was the first to be submitted. */
casegate_head spec_head(int32_t status);
casegate_case *spec_case(int32_t status);

/* ---- one question ------------------------------------------------------------------------------------------------------- */

typedef struct spec_world {
    casegate_workflow *workflow;
    casegate_content *current, *other;   /* what the case has now; what an edit brings */
    casegate_case *kase;                 /* NULL: a new case */
    casegate_actor *actor;
    casegate_decision *decision;
    casegate_facts facts;
    casegate_request request;
    casegate_error error;
    casegate_result result;              /* of the last spec_decide */
} spec_world;

/* A case in `status` (0: none yet), and someone of `role` with all that the role needs. */
void spec_open(spec_world *world, int32_t status, int32_t role);
void spec_close(spec_world *world);
void spec_use_head(spec_world *world, const casegate_head *head);         /* another head in its place */
void spec_use_actor(spec_world *world, casegate_actor *actor);            /* takes the reference */
void spec_use_policy(spec_world *world, casegate_policy_builder *builder);   /* consumes the builder; the policy lives on */
/* A request for that action with every input that it needs. */
void spec_ask(spec_world *world, int32_t action);
/* Decides, and gives every obstacle in words: "wrong_role(role=dentist) no_permission(permission=accept)"; "" if allowed;
 * "e_invalid action" for an error. */
const char *spec_decide(spec_world *world);
const char *spec_explain(spec_world *world, int32_t action);
/* The obstacles of a verdict in words; with parameters or without. Lives until the call after next. */
const char *spec_words(const casegate_verdict *verdict, int parameters);
const casegate_commit *spec_commit(const spec_world *world);   /* of an allowed decision; fails the test if there is none */
const casegate_event *spec_event(const spec_world *world, size_t i);

/* Fails the test unless the rule allows it, resp. answers with exactly these obstacles. */
#define assert_allowed(world) assert_string_equal(spec_decide(world), "")
#define assert_refused(world, words) assert_string_equal(spec_decide(world), words)

#endif
