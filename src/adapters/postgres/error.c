/* SPDX-License-Identifier: MIT */
/* error.c: what a SQLSTATE means to a caller. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The five characters read as a number in base 36; it fits. 0: there are none. */
int32_t cg_postgres_host_code(const char *sqlstate)
{
    int32_t code = 0;

    for (size_t i = 0; sqlstate && i < 5; i++) {
        const char *digit = sqlstate[i] ? strchr(digits, sqlstate[i]) : NULL;

        if (!digit)
            return 0;
        code = code * 36 + (int32_t)(digit - digits);
    }
    return code;
}

void casegate_postgres_sqlstate(int32_t host_code, char out[6])
{
    if (!out)
        return;
    out[0] = '\0';
    if (host_code <= 0 || host_code >= 36 * 36 * 36 * 36 * 36)
        return;
    for (int i = 4; i >= 0; i--, host_code /= 36)
        out[i] = digits[host_code % 36];
    out[5] = '\0';
}

typedef struct kind { const char *state; casegate_result result; const char *text; } kind;

/* The first whose state begins so. */
static const kind kinds[] = {
    {"40", CASEGATE_E_BUSY, "another transaction was in the way"},
    {"55P03", CASEGATE_E_BUSY, "a lock did not come free in time"},
    {"57014", CASEGATE_E_BUSY, "a statement took too long"},
    {"53300", CASEGATE_E_BUSY, "the server has no connection left"},
    {"57P03", CASEGATE_E_BUSY, "the server is starting or stopping"},
    {"XX001", CASEGATE_E_CORRUPT, "the database is damaged"},
    {"XX002", CASEGATE_E_CORRUPT, "the database is damaged"},
    {"25006", CASEGATE_E_HOST, "the server only reads: a standby, or set to"},
    {"42501", CASEGATE_E_HOST, "the role lacks a privilege"},
    {"42P01", CASEGATE_E_HOST, "a table is missing"},
    {"53", CASEGATE_E_HOST, "the server is out of a resource"},
    {"08", CASEGATE_E_HOST, "the connection was lost"},
    {"57P", CASEGATE_E_HOST, "the server ended the connection"},
    {"", CASEGATE_E_HOST, "the database failed"},
};

/* Never the server's own message, nor its detail: they may quote a row. */
casegate_result cg_postgres_fail(const PGresult *result, casegate_error *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const kind *k = kinds;
    char text[128];

    state = state ? state : "08006";
    while (strncmp(state, k->state, strlen(k->state)) != 0)
        k++;
    snprintf(text, sizeof text, "%s (sqlstate %.5s)", k->text, state);
    return casegate_error_set(err, k->result, cg_postgres_host_code(state), NULL, text);
}

casegate_result cg_postgres_corrupt(casegate_error *err, const char *place)
{
    return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, place, "what is stored here makes no sense");
}

casegate_result cg_postgres_no_memory(casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
}
