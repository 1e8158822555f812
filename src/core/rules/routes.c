/* SPDX-License-Identifier: MIT */
/* routes.c: where a workflow leads: every route through it up to a length, and what can still become of a status. */
#include "build.h"

#include <assert.h>

/* A route as a stack of slots in the table of transitions: the whole memory of the search, the next route follows from it. */
struct casegate_routes {
    casegate_host *host;
    const casegate_workflow *workflow;
    uint32_t longest, length;
    int done;
    uint16_t steps[];
};

static_assert(CG_MOST_TRANSITIONS <= UINT16_MAX, "the slot of a transition fits a step");

casegate_routes *casegate_routes_new(casegate_host *host, const casegate_workflow *workflow, uint32_t longest)
{
    if (!workflow || longest > CASEGATE_LONGEST_ROUTE) return NULL;
    casegate_routes *routes = cg_zalloc(host, sizeof *routes + longest * sizeof *routes->steps);
    if (!routes) return NULL;
    routes->host = casegate_host_ref(host);
    routes->workflow = casegate_workflow_ref(workflow);
    routes->longest = longest;
    return routes;
}

void casegate_routes_free(casegate_routes *routes)
{
    if (!routes) return;
    casegate_host *host = routes->host;
    casegate_workflow_unref(routes->workflow);
    casegate_release(host, routes);
    casegate_host_unref(host);
}

uint32_t casegate_routes_length(const casegate_routes *routes) { return routes ? routes->length : 0; }

const casegate_transition *casegate_routes_at(const casegate_routes *routes, uint32_t i)
{
    return i < casegate_routes_length(routes) ? routes->workflow->transitions[routes->steps[i]] : NULL;
}

int32_t casegate_routes_status(const casegate_routes *routes)
{
    if (!routes) return 0;
    return routes->length ? casegate_routes_at(routes, routes->length - 1)->to : routes->workflow->initial;
}

/* One step further, by the first transition from a slot on that begins where the route ends. */
static int push(casegate_routes *routes, size_t from)
{
    const casegate_workflow *workflow = routes->workflow;
    const int32_t status = casegate_routes_status(routes);
    if (routes->length == routes->longest) return 0;
    while (from < workflow->transition_count && workflow->transitions[from]->from != status) from++;
    if (from == workflow->transition_count) return 0;
    routes->steps[routes->length++] = (uint16_t)from;
    return 1;
}

casegate_result casegate_routes_next(casegate_routes *routes)
{
    if (!routes) return CASEGATE_E_INVALID;
    if (routes->done) return CASEGATE_ABSENT;
    int found = push(routes, 0);
    while (!found && routes->length) {
        const size_t after = routes->steps[--routes->length] + 1u;
        found = push(routes, after);
    }
    routes->done = !found;
    return found ? CASEGATE_OK : CASEGATE_ABSENT;
}

int32_t casegate_workflow_initial(const casegate_workflow *workflow) { return workflow ? workflow->initial : 0; }

int32_t casegate_workflow_reaches(const casegate_workflow *workflow, int32_t from, int32_t to)
{
    uint8_t seen[CG_MOST_STATUSES] = { 0 };
    if (!casegate_workflow_status(workflow, from) || !casegate_workflow_status(workflow, to)) return 0;
    seen[cg_status_slot(workflow, from)] = 1;
    for (int grown = 1; grown;) {
        grown = 0;
        for (size_t i = 0; i < workflow->transition_count; i++) {
            const size_t a = cg_status_slot(workflow, workflow->transitions[i]->from);
            const size_t b = cg_status_slot(workflow, workflow->transitions[i]->to);
            if (!seen[a] || seen[b]) continue;
            seen[b] = 1;
            grown = 1;
        }
    }
    return seen[cg_status_slot(workflow, to)];
}
