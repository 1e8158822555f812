/* SPDX-License-Identifier: MIT */
/* scratch.c: tables that a test gets beside those of a store: named for one run and one test, dropped behind it. */
#include "cli.h"

#include <casegate/testkit.h>

int cg_scratch_begin(struct cg_tool *tool, const char *uri, struct cg_scratch *scratch)
{
    uint8_t random[4];
    int status = cg_store_kind_of(tool, uri, &scratch->kind);

    if (status != CG_DONE)
        return status;
    casegate_result rc = casegate_random(NULL, random, sizeof random, &tool->err);
    snprintf(scratch->tag, sizeof scratch->tag, "%02x%02x%02x%02x", random[0], random[1], random[2], random[3]);
    scratch->uri = uri;
    return cg_answered(tool, rc);
}

static const char *name_tables(const struct cg_scratch *scratch, uint32_t ordinal, char *part, size_t cap)
{
    snprintf(part, cap, "t%u_%s_", ordinal, scratch->tag);
    return part;
}

/* Tables that are there already are not ours. */
casegate_result cg_scratch_open(const struct cg_scratch *scratch, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                casegate_error *err)
{
    casegate_store *found = NULL;
    char part[33];

    if (scratch->kind == NULL)
        return casegate_memory_store_new(host, out, err);
    name_tables(scratch, ordinal, part, sizeof part);
    casegate_result rc = scratch->kind->open(host, scratch->uri, part, 1, &found, err);
    casegate_store_unref(found);
    if (rc == CASEGATE_OK)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_DUPLICATE, "--store",
                                  "tables of that name are there already");
    if (rc != CASEGATE_ABSENT)
        return rc;
    return scratch->kind->open(host, scratch->uri, part, 0, out, err);
}

casegate_result cg_scratch_reopen(const struct cg_scratch *scratch, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                  casegate_error *err)
{
    char part[33];

    return scratch->kind->open(host, scratch->uri, name_tables(scratch, ordinal, part, sizeof part), 1, out, err);
}

void cg_scratch_drop(const struct cg_scratch *scratch, casegate_host *host, uint32_t ordinal)
{
    casegate_error err;
    char part[33];

    casegate_error_init(&err, sizeof err);
    if (scratch->kind == NULL)
        return;
    if (scratch->kind->drop(host, scratch->uri, name_tables(scratch, ordinal, part, sizeof part), &err) != CASEGATE_OK)
        fprintf(stderr, "casegate: tables %s... were left behind: %s\n", part, err.text);
}
