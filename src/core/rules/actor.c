/* SPDX-License-Identifier: MIT */
/* actor.c: who acts, and which cases they can see. */
#include "rules.h"

void casegate_actor_fields_init(casegate_actor_fields *fields, size_t size) { cg_init(fields, size); }

static const char *const ROLE_NEEDS_ORG = "an organisation is required for this role";

static casegate_result judge(const casegate_actor_fields *f, casegate_error *err)
{
    const struct { const char *field, *value; int32_t kind; size_t most; int required; } texts[] = {
        { "id", f->id, CASEGATE_KIND_ID, 64, 1 },
        { "name", f->name, CASEGATE_KIND_LINE, 256, 0 },
        { "org", f->org, CASEGATE_KIND_ID, 64, f->role != CASEGATE_SYSTEM },
    };
    if (f->role < CASEGATE_CLINIC_USER || f->role > CASEGATE_SYSTEM)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "role", "no such role");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int32_t problem = cg_text_problem(texts[i].kind, texts[i].value);
        if (cg_empty(texts[i].value) && texts[i].required) problem = CASEGATE_PROBLEM_MISSING;
        if (!problem && strlen(cg_text(texts[i].value)) > texts[i].most) problem = CASEGATE_PROBLEM_TOO_LONG;
        if (problem)
            return casegate_error_set(err, CASEGATE_E_INVALID, problem, texts[i].field,
                                      problem == CASEGATE_PROBLEM_MISSING && i == 2 ? ROLE_NEEDS_ORG : "the actor cannot be read");
    }
    return CASEGATE_OK;
}

casegate_result casegate_actor_new(casegate_host *host, const casegate_actor_fields *fields, casegate_actor **out,
                                   casegate_error *err)
{
    casegate_actor_fields room;
    const void *adopted;
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, 0, "out", "is NULL");
    casegate_result rc = cg_adopt(fields, sizeof room, sizeof room, &room, &adopted, err);
    if (rc == CASEGATE_OK) rc = judge(adopted, err);
    if (rc != CASEGATE_OK) return rc;
    cg_arena arena;
    cg_arena_init(&arena, host);
    casegate_actor *actor = cg_arena_alloc(&arena, sizeof *actor);
    if (!actor) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    *actor = (casegate_actor) { .fields = *(const casegate_actor_fields *)adopted };
    cg_count_init(&actor->count);
    actor->fields.id = cg_arena_text(&arena, actor->fields.id);
    actor->fields.name = cg_arena_text(&arena, cg_text(actor->fields.name));
    actor->fields.org = cg_arena_text(&arena, cg_text(actor->fields.org));
    actor->arena = arena;   /* last: the pieces above moved it */
    if (!actor->fields.id || !actor->fields.name || !actor->fields.org) {
        cg_arena_free(&arena);
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    }
    casegate_host_ref(host);
    *out = actor;
    return CASEGATE_OK;
}

casegate_actor *casegate_actor_ref(const casegate_actor *actor)
{
    if (actor) cg_count_up(&actor->count);
    return (casegate_actor *)actor;
}

void casegate_actor_unref(const casegate_actor *actor)
{
    if (!actor || !cg_count_down(&actor->count)) return;
    cg_arena arena = actor->arena;   /* the actor lives in its own arena */
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

const casegate_actor_fields *casegate_actor_get(const casegate_actor *actor) { return actor ? &actor->fields : NULL; }

int32_t casegate_visible(const casegate_case *kase, const casegate_actor *actor)
{
    return kase && actor && cg_visible(kase->head, &actor->fields);
}
