/* SPDX-License-Identifier: MIT */
/* commit.c: what a decision writes, in one statement: all of it if the version is still the one decided on, else nothing. */
#include "internal.h"

#include <casegate/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_there(const char *text)
{
    return text && *text;
}

static int has_texts(const casegate_event *event)
{
    return is_there(event->salt) || is_there(event->comment) || event->file_count || is_there(event->text_digest)
           || is_there(event->request_digest);
}

static int is_erasure(const casegate_commit *commit)
{
    return commit->events[commit->event_count - 1]->action == CASEGATE_ERASE;
}

/* What only an edit, a migration or an erasure changes is left alone otherwise: an accept writes half of the columns. */
static int is_edited(const casegate_commit *commit)
{
    const casegate_head *before = commit->before, *after = commit->after;

    return commit->content || is_erasure(commit) || before->workflow_version != after->workflow_version || !before->workflow
           || strcmp(before->workflow, after->workflow) != 0;
}

/* ---- parameters, in the order in which the statement numbers them ------------------------------------------------- */

static uint32_t bits_of(const casegate_commit *commit, int32_t whole)
{
    uint32_t bits = 0;

    if (!commit->before)
        bits |= CG_WRITE_NEW;
    else if (whole || is_edited(commit))
        bits |= CG_WRITE_EDITED;
    bits |= commit->content ? CG_WRITE_CONTENT : 0;
    bits |= has_texts(commit->events[0]) ? CG_WRITE_FIRST_TEXT : 0;
    if (commit->event_count > 1)
        bits |= CG_WRITE_TWO | (has_texts(commit->events[1]) ? CG_WRITE_LAST_TEXT : 0);
    return bits;
}

static void put_head(cg_connection *connection, const casegate_commit *commit, uint32_t bits)
{
    if (bits & CG_WRITE_NEW) {
        cg_postgres_put_row(connection, &cg_postgres_cases, CG_NEVER, commit->after);
        return;
    }
    cg_postgres_put_row(connection, &cg_postgres_cases, bits & CG_WRITE_EDITED ? CG_EVENT | CG_EDIT : CG_EVENT, commit->after);
    cg_postgres_put_blank(connection, commit->after->lab);
    cg_postgres_put_blank(connection, commit->after->id);
    cg_postgres_put_int(connection, commit->before->version);
}

static void put_content(cg_connection *connection, const casegate_commit *commit)
{
    cg_postgres_put_text(connection, commit->after->lab);
    cg_postgres_put_text(connection, commit->after->id);
    cg_postgres_put_int(connection, commit->after->revision);
    cg_postgres_put_text(connection, commit->after->content_digest);
    cg_postgres_put_text(connection, commit->content_salt);
    casegate_json_write_content(commit->content, 0, cg_postgres_put_made(connection));
}

static void put_event(cg_connection *connection, const casegate_event *event)
{
    cg_postgres_put_row(connection, &cg_postgres_events, CG_NEVER, event);
    if (!has_texts(event))
        return;
    cg_postgres_put_text(connection, event->lab);
    cg_postgres_put_text(connection, event->case_id);
    cg_postgres_put_int(connection, event->seq);
    cg_postgres_put_row(connection, &cg_postgres_texts, CG_NEVER, event);
}

static int by_number(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

/* The number of an organisation's inboxes among the advisory locks; that two may share one does no harm. FNV-1a. */
static int32_t lock_of(const char *org)
{
    uint32_t hash = 2166136261u;

    for (; *org; org++)
        hash = (hash ^ (unsigned char)*org) * 16777619u;
    return (int32_t)(hash & 0x7fffffff);
}

/* The inboxes that a trip tells something. */
typedef struct locks { int32_t *numbers; size_t count, room; } locks;

static void note_locks(cg_connection *connection, const casegate_notice *const *notices, size_t count, locks *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_there(notices[i]->org) || strcmp(notices[i]->channel, "portal") != 0)
            continue;
        if (out->count == out->room) {
            int32_t *more = casegate_resize(connection->host, out->numbers, (out->room + 16) * 2 * sizeof *more);

            if (!more) {
                connection->failure = CASEGATE_E_NOMEM;
                return;
            }
            out->numbers = more;
            out->room = (out->room + 16) * 2;
        }
        out->numbers[out->count++] = lock_of(notices[i]->org);
    }
}

/* Those of a whole trip are taken by its first statement that has notices, always in the same order: so no two trips wait for each
 * other's. */
static void put_locks(cg_connection *connection, locks *all)
{
    casegate_buffer *out = cg_postgres_put_made(connection);
    char text[16];

    if (all->count)
        qsort(all->numbers, all->count, sizeof *all->numbers, by_number);
    casegate_buffer_append(out, "{", 1);
    for (size_t i = 0; i < all->count; i++) {
        if (i && all->numbers[i] == all->numbers[i - 1])
            continue;
        snprintf(text, sizeof text, i ? ",%d" : "%d", (int)all->numbers[i]);
        casegate_buffer_append(out, text, SIZE_MAX);
    }
    casegate_buffer_append(out, "}", 1);
    all->count = 0;
}

static void put_notices(cg_connection *connection, const casegate_notice *const *notices, size_t count, locks *all)
{
    for (size_t i = 0; i < count; i++)
        cg_postgres_put_row(connection, &cg_postgres_notices, CG_NEVER, notices[i]);
    if (count)
        put_locks(connection, all);
}

static size_t add_write(cg_connection *connection, uint32_t bits, size_t notices)
{
    if (notices <= CG_WRITE_MOST)
        return cg_postgres_add(connection, (int32_t)(CG_WRITE_BASE + bits + CG_WRITE_NOTICES * notices));
    casegate_buffer_clear(connection->sql);
    cg_postgres_write_text(bits, notices, connection->schema, connection->sql);
    if (casegate_buffer_status(connection->sql) != CASEGATE_OK) {
        connection->failure = CASEGATE_E_NOMEM;
        return 0;
    }
    return cg_postgres_add_text(connection, casegate_buffer_data(connection->sql));
}

/* It touches one row if it was written. */
static size_t add_commit(cg_connection *connection, const casegate_commit *commit, int32_t whole, locks *all)
{
    uint32_t bits = bits_of(commit, whole);

    put_head(connection, commit, bits);
    if (commit->content)
        put_content(connection, commit);
    for (size_t i = 0; i < commit->event_count; i++)
        put_event(connection, commit->events[i]);
    put_notices(connection, commit->notices, commit->notice_count, all);
    return add_write(connection, bits, commit->notice_count);
}

static int is_due(const casegate_notice *notice)
{
    return notice->state == CASEGATE_NOTICE_PENDING;
}

/*
 * Those that are due wake the listeners of their channel, behind the commit: a transaction that notifies holds a lock of the
 * whole server until it has reached the disk. If the line breaks before, the listeners' own time is the poll.
 */
static void wake_for(cg_connection *connection, const casegate_notice *const *notices, size_t count)
{
    const char *last = "";

    for (size_t i = 0; i < count; i++) {
        if (!is_due(notices[i]) || strcmp(notices[i]->channel, last) == 0)
            continue;
        last = notices[i]->channel;
        cg_postgres_put_text(connection, last);
        cg_postgres_add(connection, CG_WAKE);
    }
}

/* ---- rows that are there already ---------------------------------------------------------------------------------- */

static const struct { const char *table, *place; } places[] = {
    {"contents", "contents.revision"}, {"event_texts", "event_texts.seq"}, {"events", "events.seq"}, {"notices", "notices.id"},
    {"cases", "cases.id"},
};

/* A request id that is used is a conflict; any other row was not to be there. Partitions bear their table's name. */
static casegate_result judge_taken(const cg_connection *connection, casegate_error *err)
{
    if (strstr(connection->constraint, "request"))
        return CASEGATE_CONFLICT;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strncmp(connection->constraint, places[i].table, strlen(places[i].table)) == 0)
            return cg_postgres_corrupt(err, places[i].place);
    return cg_postgres_corrupt(err, "cases.id");
}

/* ---- commits ------------------------------------------------------------------------------------------------------ */

enum { UNDECIDED = -100 };

typedef struct batch {
    const casegate_commit *const *commits;
    casegate_result *results;
    size_t count;
    int wakes;
} batch;

static int wakes(const batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; b->results[i] == UNDECIDED && k < b->commits[i]->notice_count; k++)
            if (is_due(b->commits[i]->notices[k]))
                return 1;
    return 0;
}

static void add_undecided(cg_connection *connection, batch *b)
{
    locks all = {0};

    b->wakes = wakes(b);
    if (b->wakes)
        cg_postgres_begin_change(connection);
    else
        cg_postgres_begin(connection);
    for (size_t i = 0; i < b->count; i++)
        if (b->results[i] == UNDECIDED)
            note_locks(connection, b->commits[i]->notices, b->commits[i]->notice_count, &all);
    for (size_t i = 0; i < b->count; i++)
        if (b->results[i] == UNDECIDED)
            add_commit(connection, b->commits[i], 0, &all);
    casegate_release(connection->host, all.numbers);
    if (!b->wakes)
        return;
    cg_postgres_end_change(connection);
    for (size_t i = 0; i < b->count; i++)
        if (b->results[i] == UNDECIDED)
            wake_for(connection, b->commits[i]->notices, b->commits[i]->notice_count);
}

/* The steps that write come in the order of the commits, behind a BEGIN if there is one, with others between that prepare. */
static size_t next_write(const cg_connection *connection, size_t step)
{
    while (connection->steps[step].prepares >= 0)
        step++;
    return step;
}

static size_t first_write(const cg_connection *connection, const batch *b)
{
    return b->wakes ? next_write(connection, 0) + 1 : 0;
}

static void read_results(const cg_connection *connection, const batch *b)
{
    size_t step = first_write(connection, b);

    for (size_t i = 0; i < b->count; i++) {
        if (b->results[i] != UNDECIDED)
            continue;
        step = next_write(connection, step);
        b->results[i] = cg_postgres_touched(connection, step++) ? CASEGATE_OK : CASEGATE_CONFLICT;
    }
}

static size_t commit_of_step(const cg_connection *connection, const batch *b, size_t failed)
{
    size_t before = 0, i = 0;

    for (size_t step = first_write(connection, b); step < failed; step++)
        before += connection->steps[step].prepares < 0;
    while (b->results[i] != UNDECIDED || before-- > 0)
        i++;
    return i;
}

/* One trip, unless a request id is found to be used: then nothing was written, and the others go again without that one. */
static casegate_result write_batch(cg_connection *connection, void *arg, casegate_error *err)
{
    batch *b = arg;
    casegate_result result = CG_TAKEN;

    for (size_t i = 0; i < b->count; i++)
        b->results[i] = UNDECIDED;
    for (size_t undecided = b->count; result == CG_TAKEN && undecided > 0; undecided--) {
        add_undecided(connection, b);
        result = cg_postgres_go(connection, 1, err);
        if (result == CG_TAKEN) {
            casegate_result why = judge_taken(connection, err);

            if (why != CASEGATE_CONFLICT)
                return why;
            b->results[commit_of_step(connection, b, connection->failed)] = why;
            if (b->wakes && cg_postgres_exec(connection, "ROLLBACK", NULL, NULL, err) != CASEGATE_OK)
                connection->broken = 1;
        }
    }
    if (result == CASEGATE_OK)
        read_results(connection, b);
    return result == CG_TAKEN ? CASEGATE_OK : result;   /* every one was a conflict */
}

casegate_result cg_postgres_commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                   size_t count, casegate_error *err)
{
    batch b = {.commits = commits, .results = results, .count = count};
    casegate_result result = cg_postgres_change(user, write_batch, &b, err);

    (void)context;
    if (result != CASEGATE_E_UNKNOWN)
        return result;
    for (size_t i = 0; i < count; i++)
        if (results[i] == UNDECIDED)
            results[i] = CASEGATE_E_UNKNOWN;
    return CASEGATE_OK;
}

/* ---- one notice, and one erasure ---------------------------------------------------------------------------------- */

static casegate_result write_notice(cg_connection *connection, void *arg, casegate_error *err)
{
    const casegate_notice *notice = arg;
    locks all = {0};
    size_t step;
    casegate_result result;

    cg_postgres_begin_change(connection);
    note_locks(connection, &notice, 1, &all);
    put_notices(connection, &notice, 1, &all);
    casegate_release(connection->host, all.numbers);
    step = add_write(connection, CG_WRITE_ALONE, 1);
    cg_postgres_end_change(connection);
    wake_for(connection, &notice, 1);
    result = cg_postgres_go(connection, 1, err);
    if (result == CASEGATE_OK && cg_postgres_touched(connection, step) == 0)
        result = CASEGATE_CONFLICT;
    return result == CG_TAKEN ? judge_taken(connection, err) : result;
}

casegate_result cg_postgres_add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err)
{
    casegate_notice row = *notice;

    (void)context;
    return cg_postgres_change(user, write_notice, &row, err);
}

/* The texts go first: what the erasure itself writes stays. */
static casegate_result write_erasure(cg_connection *connection, void *arg, casegate_error *err)
{
    static const int32_t steps[] = {CG_LOCK_CASE, CG_ERASE_CONTENTS, CG_ERASE_TEXTS, CG_ERASE_NOTICES};
    const casegate_commit *commit = arg;
    locks all = {0};
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        cg_postgres_put_blank(connection, commit->after->lab);
        cg_postgres_put_blank(connection, commit->after->id);
        cg_postgres_put_int(connection, commit->before->version);
        cg_postgres_add(connection, steps[i]);
    }
    note_locks(connection, commit->notices, commit->notice_count, &all);
    step = add_commit(connection, commit, 1, &all);
    casegate_release(connection->host, all.numbers);
    result = cg_postgres_go(connection, 1, err);
    if (result == CG_TAKEN)
        return judge_taken(connection, err);
    return result == CASEGATE_OK && cg_postgres_touched(connection, step) == 0 ? CASEGATE_CONFLICT : result;
}

casegate_result cg_postgres_erase(void *user, void *context, const casegate_commit *commit, casegate_error *err)
{
    casegate_commit copy = *commit;

    (void)context;
    if (!commit->before)
        return CASEGATE_CONFLICT;
    return cg_postgres_change(user, write_erasure, &copy, err);
}
