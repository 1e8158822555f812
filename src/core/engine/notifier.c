/* SPDX-License-Identifier: MIT */
/* notifier.c: a host's delivery callback for one channel, adopted once. */
#include "engine.h"

void casegate_notifier_ops_init(casegate_notifier_ops *ops, size_t size) { cg_init(ops, size); }

int cg_is_channel(const char *channel)
{
    return !cg_empty(channel) && strlen(channel) <= 64 && !cg_text_problem(CASEGATE_KIND_ID, channel) && !cg_same(channel,
            "portal");
}

casegate_result casegate_notifier_new(casegate_host *host, const char *channel, const casegate_notifier_ops *ops,
                                      casegate_notifier **out, casegate_error *err)
{
    casegate_notifier_ops room;
    const void *given;
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    if (!cg_is_channel(channel))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_FORMAT, "channel", "must be an id, and not portal");
    casegate_result rc = cg_adopt(ops, sizeof room, sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return rc;
    const casegate_notifier_ops *adopted = given;
    if (!adopted->deliver) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "deliver",
                                                     "a notifier must have it");
    casegate_notifier *notifier = cg_zalloc(host, sizeof *notifier);
    if (!notifier) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    cg_count_init(&notifier->count);
    notifier->host = casegate_host_ref(host);
    notifier->ops = *adopted;
    memcpy(notifier->channel, channel, strlen(channel) + 1);
    *out = notifier;
    return CASEGATE_OK;
}

casegate_notifier *casegate_notifier_ref(casegate_notifier *notifier)
{
    if (notifier) cg_count_up(&notifier->count);
    return notifier;
}

void casegate_notifier_unref(casegate_notifier *notifier)
{
    if (!notifier || !cg_count_down(&notifier->count)) return;
    casegate_host *host = notifier->host;
    if (notifier->ops.destroy) notifier->ops.destroy(notifier->ops.user);
    casegate_release(host, notifier);
    casegate_host_unref(host);
}

const char *casegate_notifier_channel(const casegate_notifier *notifier) { return notifier ? notifier->channel : ""; }
