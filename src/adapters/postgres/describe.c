/* SPDX-License-Identifier: MIT */
/* describe.c: what an operator should know of the database: settings, schema, rows that do not fit, how many notices wait. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION, FSYNC, SYNCHRONOUS, PAGES, CHECKSUMS, SCHEMA, PARTITIONS, PENDING, DEAD, UNREAD, SINCE };

typedef struct describing { int32_t thorough; casegate_answers *answers; } describing;

static casegate_result put(casegate_answers *answers, const char *name, const char *value, const char *problem,
                           casegate_error *err)
{
    const casegate_detail detail = {.size = sizeof detail, .name = name, .value = value, .problem = problem};

    return casegate_answer_detail(answers, &detail, err);
}

/* synchronous_commit is that of the store's own connections, which is never off. */
static const char *problem_of(int column, const char *value)
{
    if (column == FSYNC && strcmp(value, "on") != 0)
        return "what was acknowledged can be lost with the power";
    if (column == PAGES && strcmp(value, "on") != 0)
        return "a page that is half written when the power fails stays so";
    if (column == SCHEMA && strtoll(value, NULL, 10) > cg_postgres_schema_version())
        return "a newer library wrote here; upgrade this one";
    return NULL;
}

static casegate_result put_row(const PGresult *row, casegate_answers *answers, casegate_error *err)
{
    static const char *const names[] = {"server_version", "fsync", "synchronous_commit", "full_page_writes", "data_checksums",
                                        "schema_version", "partitions", "notices_pending", "notices_dead", "notices_unread"};
    casegate_result result = put(answers, "store", "postgres", NULL, err);
    char since[40];

    for (int i = VERSION; result == CASEGATE_OK && i <= UNREAD; i++) {
        const char *value = PQgetvalue(row, 0, i);

        result = put(answers, names[i], value, problem_of(i, value), err);
    }
    if (result != CASEGATE_OK || PQgetisnull(row, 0, SINCE))
        return result;
    casegate_time_format(cg_postgres_int_at(row, 0, SINCE), since, sizeof since);
    return put(answers, "pending_since", since, NULL, err);
}

/* What belongs to no case, or a case whose history has a hole. */
static casegate_result put_integrity(const PGresult *row, casegate_answers *answers, casegate_error *err)
{
    int damaged = cg_postgres_int_at(row, 0, 0) > 0;

    return put(answers, "integrity", damaged ? "damaged" : "ok",
               damaged ? "cases, events and contents do not fit together" : NULL, err);
}

static casegate_result describe(cg_connection *connection, void *arg, casegate_error *err)
{
    const describing *d = arg;
    size_t row, rows = 0;
    casegate_result result;

    cg_postgres_begin(connection);
    row = cg_postgres_add(connection, CG_DESCRIBE);
    if (d->thorough)
        rows = cg_postgres_add(connection, CG_COUNT_MISFITS);
    result = cg_postgres_go(connection, 0, err);
    if (result == CASEGATE_OK)
        result = put_row(cg_postgres_result(connection, row), d->answers, err);
    if (result == CASEGATE_OK && d->thorough)
        result = put_integrity(cg_postgres_result(connection, rows), d->answers, err);
    return result;
}

casegate_result cg_postgres_describe(void *user, void *context, int32_t thorough, casegate_answers *answers, casegate_error *err)
{
    describing d = {.thorough = thorough, .answers = answers};

    (void)context;
    return cg_postgres_call(user, describe, &d, err);
}
