/* SPDX-License-Identifier: MIT */
/* observe.c: what an observer is told of a step: ids and numbers, nothing that a person wrote. */
#include "engine.h"

static int64_t since(const casegate_engine *engine, int64_t us)
{
    int64_t now = casegate_now_us(engine->host);
    return now > us ? now - us : 0;   /* the host's clock may go backwards */
}

/* Tells it, and again if it was slow. */
static void say(const casegate_engine *engine, void *context, casegate_observation *seen)
{
    const casegate_engine_ops *ops = &engine->ops;
    ops->observe(ops->user, context, seen);
    if (seen->duration_us < engine->slow_us) return;
    seen->of = seen->kind;
    seen->kind = CASEGATE_OBSERVED_SLOW;
    ops->observe(ops->user, context, seen);
}

static uint64_t bits(const casegate_verdict *verdict)
{
    uint64_t all = 0;
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        int32_t code = casegate_verdict_at(verdict, i)->code;
        if (code > 0 && code < 64) all |= UINT64_C(1) << code;
    }
    return all;
}

/* The case that the step is about, also where the caller may not see it; NULL: an id that nobody has. */
static const casegate_head *head_of(const casegate_outcome *o, int32_t kind)
{
    if (kind == CASEGATE_OBSERVED_COMMITTED) return o->commit.after;
    return o->facts.kase ? o->kase.head : cg_head_in(&o->loaded, 0);
}

void cg_observe_step(const casegate_outcome *o, int32_t kind, casegate_result rc, uint32_t count, int64_t since_us)
{
    const casegate_engine *engine = o->engine;
    const casegate_head *head = head_of(o, kind);
    const int decided = kind == CASEGATE_OBSERVED_DECIDED;
    casegate_observation seen = {
        .size = sizeof seen, .kind = kind, .result = rc, .action = o->request.action, .count = count,
        .duration_us = since_us ? since(engine, since_us) : 0, .case_id = head ? head->id : NULL, .lab = head ? head->lab : NULL,
        .actor = o->actor->fields.id, .org = o->actor->fields.org,
    };
    if (decided && rc == CASEGATE_REFUSED) seen.obstacles = bits(&o->decision->verdict);
    if (decided) seen.count = (uint32_t)casegate_verdict_count(&o->decision->verdict);
    say(engine, o->call.context, &seen);
}

void cg_observe_notice(const casegate_engine *engine, void *context, const casegate_notice *notice, casegate_result rc,
                       int64_t duration_us)
{
    if (!engine->ops.observe) return;
    casegate_observation seen = {
        .size = sizeof seen, .kind = CASEGATE_OBSERVED_DELIVERED, .result = rc, .count = notice->tries,
        .duration_us = duration_us > 0 ? duration_us : 0, .case_id = notice->case_id, .lab = notice->lab,
        .channel = notice->channel, .notice = notice->id,
    };
    say(engine, context, &seen);
}
