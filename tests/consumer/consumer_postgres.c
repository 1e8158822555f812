/* SPDX-License-Identifier: MIT */
/* consumer_postgres.c: a program outside the tree that links the PostgreSQL store; prints "ok". It needs no server. */
#include <stdio.h>
#include <string.h>

#include <casegate/postgres.h>

int main(void)
{
    casegate_postgres_options options;
    casegate_store *store = NULL;
    casegate_error err = { .size = sizeof err };

    casegate_postgres_options_init(&options, sizeof options);
    options.conninfo = "host=/nowhere";
    options.schema = "not-a-schema";
    casegate_result result = casegate_postgres_open(NULL, &options, &store, &err);
    int good = result == CASEGATE_E_INVALID && strcmp(err.field, "schema") == 0;

    options.schema = "cases";
    good = good && casegate_postgres_open(NULL, &options, &store, &err) == CASEGATE_E_HOST && store == NULL;
    puts(good ? "ok" : "failed");
    return !good;
}
