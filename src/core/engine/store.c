/* SPDX-License-Identifier: MIT */
/* store.c: a host's storage callbacks, adopted once. */
#include "engine.h"

void casegate_store_ops_init(casegate_store_ops *ops, size_t size) { cg_init(ops, size); }

static uint32_t derived(const casegate_store_ops *ops)
{
    return (ops->list ? CASEGATE_KEEPS_LISTS : 0u) | (ops->history ? CASEGATE_KEEPS_HISTORY : 0u) |
           (ops->claim ? CASEGATE_KEEPS_QUEUE : 0u) | (ops->inbox ? CASEGATE_KEEPS_INBOX : 0u);
}

/* The callback that is missing; NULL if none is. */
static const char *lacking(const casegate_store_ops *ops)
{
    const struct { const char *name; int must, there; } callbacks[] = {
        { "load", 1, ops->load != NULL }, { "content", 1, ops->content != NULL }, { "commit", 1, ops->commit != NULL },
        { "claim", ops->settle != NULL, ops->claim != NULL }, { "settle", ops->claim != NULL, ops->settle != NULL },
        { "inbox", ops->mark_read != NULL, ops->inbox != NULL }, { "mark_read", ops->inbox != NULL, ops->mark_read != NULL },
    };
    for (size_t i = 0; i < sizeof callbacks / sizeof *callbacks; i++)
        if (callbacks[i].must && !callbacks[i].there) return callbacks[i].name;
    return NULL;
}

casegate_result casegate_store_new(casegate_host *host, const casegate_store_ops *ops, uint32_t keeps, casegate_store **out,
                                   casegate_error *err)
{
    casegate_store_ops room;
    const void *given;
    const uint32_t said = CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS;
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    casegate_result rc = cg_adopt(ops, offsetof(casegate_store_ops, describe), sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return rc;
    const casegate_store_ops *adopted = given;
    const char *missing = lacking(adopted);
    if (missing) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, missing, "a store must have it");
    if (keeps & ~(said | derived(adopted)))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "keeps",
                                  "names what the callbacks cannot do");
    casegate_store *store = cg_zalloc(host, sizeof *store);
    if (!store) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    cg_count_init(&store->count);
    store->host = casegate_host_ref(host);
    store->ops = *adopted;
    store->keeps = (keeps & said) | derived(adopted);
    *out = store;
    return CASEGATE_OK;
}

casegate_store *casegate_store_ref(casegate_store *store)
{
    if (store) cg_count_up(&store->count);
    return store;
}

void casegate_store_unref(casegate_store *store)
{
    if (!store || !cg_count_down(&store->count)) return;
    casegate_host *host = store->host;
    if (store->ops.destroy) store->ops.destroy(store->ops.user);
    casegate_release(host, store);
    casegate_host_unref(host);
}

uint32_t casegate_store_keeps(const casegate_store *store) { return store ? store->keeps : 0; }
const casegate_store_ops *casegate_store_callbacks(const casegate_store *store) { return store ? &store->ops : NULL; }
