/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the PostgreSQL store share: store, connections, trips, statements, columns. */
#ifndef CASEGATE_POSTGRES_INTERNAL_H
#define CASEGATE_POSTGRES_INTERNAL_H

#include <pthread.h>

#include <casegate/postgres.h>
#include <libpq-fe.h>

/* Functions carry cg_postgres_, not only cg_: static libraries of several components meet in one program. */

/* ---- columns: how a struct becomes a row, and a row a struct ------------------------------------------------------ */

enum {
    CG_TEXT,      /* text, NULL if absent */
    CG_NAME,      /* text that is always there */
    CG_BLANK,     /* text, '' if absent: takes part in a key */
    CG_INT32, CG_UINT32, CG_INT64,
    CG_CODE,      /* a code of the library, up to max, or of a host, from 100 */
    CG_PHASE,     /* derived from the library's statuses if it is not given */
    CG_LABELS, CG_LINES, CG_FILES,   /* JSON */
    CG_WAITING, CG_DUE_KEY           /* keys of the lists: written, never read back */
};
/* When a column of a case is written again. */
enum { CG_NEVER = 0, CG_EVENT = 1, CG_EDIT = 2 };

typedef struct cg_column {
    const char *place;     /* "cases.status": names the column in an error, and behind the dot in SQL */
    int32_t kind;
    uint32_t when;
    size_t offset;
    size_t count_offset;
    int64_t min, max;
} cg_column;
typedef struct cg_table {
    const cg_column *columns;
    size_t count;          /* of all that are written */
    size_t read;           /* of those that are read, which come first */
} cg_table;
extern const cg_table cg_postgres_cases, cg_postgres_events, cg_postgres_texts, cg_postgres_notices;

/* Lists that a row of JSON was read into; a row has at most one of each. */
typedef struct cg_lists {
    const casegate_label *const *labels;
    const casegate_file *const *files;
    const char *const *lines;
} cg_lists;

/* ---- statements: a number each, under which a connection has it prepared ------------------------------------------ */

enum {
    CG_BEGIN_READ, CG_BEGIN_CHANGE, CG_COMMIT,
    CG_SELECT_HEAD, CG_SELECT_CONTENT, CG_SELECT_BOTH, CG_SELECT_EVENT, CG_SELECT_EVENT_NOTICES, CG_SELECT_EVENTS,
    CG_CLAIM, CG_SETTLE, CG_SELECT_INBOX, CG_FIND_INBOX, CG_COUNT_UNREAD, CG_READ_ONE, CG_READ_ALL,
    CG_SELECT_NOTICES, CG_REQUEUE, CG_WAKE, CG_WAKE_FOR, CG_HAS_NOTICE, CG_PURGE, CG_SET_ASIDE,
    CG_LOCK_CASE, CG_ERASE_CONTENTS, CG_ERASE_TEXTS, CG_ERASE_NOTICES,
    CG_DESCRIBE, CG_COUNT_MISFITS,
    CG_FIXED_COUNT
};
enum { CG_LIST_CLINIC = 1, CG_LIST_LAB = 2, CG_LIST_SUBMITTED = 4, CG_LIST_PHASE = 8, CG_LIST_DUE = 16, CG_LIST_AFTER = 32,
       CG_LIST_BEFORE = 64, CG_LIST_SHAPES = 128 };
/* What a commit consists of decides its statement. Notices: how many. A commit of more is not kept prepared. */
enum { CG_WRITE_NEW = 1, CG_WRITE_EDITED = 2, CG_WRITE_CONTENT = 4, CG_WRITE_TWO = 8, CG_WRITE_FIRST_TEXT = 16,
       CG_WRITE_LAST_TEXT = 32, CG_WRITE_ALONE = 64,   /* notices without a commit */
       CG_WRITE_NOTICES = 128, CG_WRITE_MOST = 7, CG_WRITE_SHAPES = CG_WRITE_NOTICES * (CG_WRITE_MOST + 1) };
enum { CG_LIST_BASE = CG_FIXED_COUNT, CG_WRITE_BASE = CG_LIST_BASE + CG_LIST_SHAPES,
       CG_STATEMENT_COUNT = CG_WRITE_BASE + CG_WRITE_SHAPES };

/* ---- store and connections ---------------------------------------------------------------------------------------- */

/* Of a trip, besides casegate_result: */
enum { CG_AGAIN = 101,    /* nothing was written; the same may go well next time */
       CG_TAKEN = 102     /* nothing was written: a unique index has the row of step `failed` already */ };

typedef struct cg_value { const char *text; size_t at; int32_t kind; } cg_value;
typedef struct cg_step { PGresult *result; int32_t prepares; } cg_step;

typedef struct cg_connection {
    struct cg_connection *next;     /* in the store's list of idle ones */
    casegate_host *host;
    const char *schema;
    int32_t statement_ms, read_only;
    PGconn *pg;
    unsigned char prepared[CG_STATEMENT_COUNT];
    casegate_buffer *sql;           /* the text of a statement on its way */
    casegate_buffer *made;          /* parameters that are nowhere else as text */
    cg_value *values;               /* parameters of the next statement */
    size_t value_count, value_room;
    cg_step *steps;                 /* statements of this trip, in order */
    size_t step_count, step_room;
    size_t change_count;            /* so many belong to the change, if others follow behind its COMMIT */
    casegate_result failure;        /* the first one while a trip is put together */
    size_t failed;                  /* CG_TAKEN: which step */
    char constraint[64];            /* CG_TAKEN: which index */
    int32_t broken;                 /* not to be used again */
} cg_connection;

typedef struct cg_store {
    casegate_host *host;
    char *conninfo;
    char schema[41];
    int32_t allow_weak, pool, connect_ms, acquire_ms, statement_ms, read_only;
    pthread_mutex_t mutex;
    pthread_cond_t came_free;
    cg_connection *idle;
    int32_t open;                   /* connections, idle or taken */
} cg_store;

/* error.c */
casegate_result cg_postgres_fail(const PGresult *result, casegate_error *err);
casegate_result cg_postgres_corrupt(casegate_error *err, const char *place);
casegate_result cg_postgres_no_memory(casegate_error *err);
int32_t cg_postgres_host_code(const char *sqlstate);

/* connection.c */
casegate_result cg_postgres_connect(cg_store *store, cg_connection **out, casegate_error *err);
void cg_postgres_disconnect(cg_connection *connection);
casegate_result cg_postgres_exec(cg_connection *connection, const char *sql, const char *parameter, PGresult **out,
                                 casegate_error *err);
int64_t cg_postgres_clock_ms(void);
int cg_postgres_poll(PGconn *pg, int writing, int64_t deadline_ms);

/* pool.c */
casegate_result cg_postgres_take(cg_store *store, cg_connection **out, casegate_error *err);
void cg_postgres_give(cg_store *store, cg_connection *connection);
typedef casegate_result (*cg_body)(cg_connection *connection, void *arg, casegate_error *err);
casegate_result cg_postgres_call(cg_store *store, cg_body body, void *arg, casegate_error *err);
casegate_result cg_postgres_change(cg_store *store, cg_body body, void *arg, casegate_error *err);
casegate_result cg_postgres_may_write(const cg_store *store, casegate_error *err);

/* trip.c: statements that go to the server and come back together */
void cg_postgres_begin(cg_connection *connection);
void cg_postgres_put_text(cg_connection *connection, const char *text);
void cg_postgres_put_blank(cg_connection *connection, const char *text);
void cg_postgres_put_int(cg_connection *connection, int64_t number);
casegate_buffer *cg_postgres_put_made(cg_connection *connection);
size_t cg_postgres_add(cg_connection *connection, int32_t statement);
size_t cg_postgres_add_text(cg_connection *connection, const char *sql);
void cg_postgres_begin_change(cg_connection *connection);
void cg_postgres_end_change(cg_connection *connection);
casegate_result cg_postgres_go(cg_connection *connection, int32_t changes, casegate_error *err);
const PGresult *cg_postgres_result(const cg_connection *connection, size_t step);
PGresult *cg_postgres_keep(cg_connection *connection, size_t step);
size_t cg_postgres_touched(const cg_connection *connection, size_t step);

/* schema.c */
casegate_result cg_postgres_recognise(cg_connection *connection, int32_t *version, casegate_error *err);
casegate_result cg_postgres_migrate(cg_connection *connection, int32_t partitions, casegate_error *err);
casegate_result cg_postgres_drop_tables(cg_connection *connection, casegate_error *err);
int32_t cg_postgres_schema_version(void);

/* statements.c */
casegate_result cg_postgres_text(const cg_connection *connection, int32_t statement, casegate_buffer *out);
void cg_postgres_expand(const char *schema, const char *sql, casegate_buffer *out);
void cg_postgres_list_text(uint32_t bits, const char *schema, casegate_buffer *out);
void cg_postgres_write_text(uint32_t bits, size_t notices, const char *schema, casegate_buffer *out);

/* columns.c */
void cg_postgres_put_row(cg_connection *connection, const cg_table *table, uint32_t when, const void *object);
casegate_result cg_postgres_read(cg_connection *connection, const PGresult *rows, int row, const cg_table *table, void *object,
                                 cg_lists *lists, int *at, casegate_error *err);
const char *cg_postgres_text_at(const PGresult *rows, int row, int at);
int64_t cg_postgres_int_at(const PGresult *rows, int row, int at);
casegate_result cg_postgres_stored_json(casegate_result result, const casegate_error *why, const char *place,
                                        casegate_error *err);
void cg_postgres_free_lists(cg_connection *connection, cg_lists *lists);

/* rows.c: rows become answers */
casegate_result cg_postgres_answer_heads(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                         casegate_error *err);
casegate_result cg_postgres_answer_events(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                          casegate_error *err);
/* As the next one; rows that cannot be read are left out, and their ids appended to unreadable, each with its NUL. */
casegate_result cg_postgres_answer_readable(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                            casegate_buffer *unreadable, casegate_error *err);
casegate_result cg_postgres_answer_notices(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                           casegate_error *err);

/* the callbacks of the port */
casegate_result cg_postgres_load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                 casegate_error *err);
casegate_result cg_postgres_content(void *user, void *context, const char *case_id, uint32_t revision, casegate_answers *answers,
                                    casegate_error *err);
casegate_result cg_postgres_history(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                    casegate_answers *answers, casegate_error *err);
casegate_result cg_postgres_commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                   size_t count, casegate_error *err);
casegate_result cg_postgres_erase(void *user, void *context, const casegate_commit *commit, casegate_error *err);
casegate_result cg_postgres_add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err);
casegate_result cg_postgres_list(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                                 casegate_error *err);
casegate_result cg_postgres_claim(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                  const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err);
casegate_result cg_postgres_settle(void *user, void *context, const casegate_notice *const *notices, casegate_result *results,
                                   size_t count, casegate_error *err);
casegate_result cg_postgres_inbox(void *user, void *context, const char *org, const char *person, const char *after_id,
                                  uint32_t limit, casegate_answers *answers, casegate_error *err);
casegate_result cg_postgres_mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                      casegate_answers *answers, casegate_error *err);
casegate_result cg_postgres_notices_by_state(void *user, void *context, int32_t state, const char *channel, const char *after_id,
                                             uint32_t limit, casegate_answers *answers, casegate_error *err);
casegate_result cg_postgres_requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err);
casegate_result cg_postgres_describe(void *user, void *context, int32_t thorough, casegate_answers *answers, casegate_error *err);
casegate_result cg_postgres_purge(void *user, void *context, int64_t before_us, uint32_t limit, casegate_answers *answers,
                                  casegate_error *err);

/* postgres.c */
casegate_result cg_postgres_new_store(casegate_host *host, const casegate_postgres_options *options, cg_store **out,
                                      casegate_error *err);
void cg_postgres_free_store(cg_store *store);

#endif
