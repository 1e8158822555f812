/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the SQLite store share: store, connection, transaction, statements, columns. */
#ifndef CASEGATE_SQLITE_INTERNAL_H
#define CASEGATE_SQLITE_INTERNAL_H

#include <pthread.h>

#include <casegate/sqlite.h>
#include <sqlite3.h>

/* Functions carry cg_sqlite_, not only cg_: static libraries of several components meet in one program. */

/* ---- columns: how a struct becomes a row, and a row a struct ------------------------------------------------------ */

enum {
    CG_TEXT,      /* text, NULL if absent */
    CG_NAME,      /* text that is always there */
    CG_BLANK,     /* text, '' if absent: takes part in a unique index */
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
extern const cg_table cg_sqlite_cases, cg_sqlite_events, cg_sqlite_texts, cg_sqlite_notices;

/* Lists that a row of JSON was read into; a row has at most one of each. */
typedef struct cg_lists {
    const casegate_label *const *labels;
    const casegate_file *const *files;
    const char *const *lines;
} cg_lists;

/* ---- statements --------------------------------------------------------------------------------------------------- */

enum {
    CG_BEGIN_READ, CG_BEGIN_WRITE, CG_COMMIT, CG_ROLLBACK, CG_SAVEPOINT, CG_UNDO, CG_RELEASE,
    CG_SELECT_HEAD, CG_SELECT_CONTENT, CG_SELECT_REQUEST, CG_HAS_REQUEST, CG_SELECT_EVENTS, CG_SELECT_EVENT_NOTICES,
    CG_INSERT_CASE, CG_UPDATE_CASE, CG_UPDATE_EDITED, CG_INSERT_CONTENT, CG_INSERT_EVENT, CG_INSERT_TEXTS, CG_INSERT_NOTICE,
    CG_SELECT_DUE, CG_LEASE_NOTICE, CG_SELECT_NOTICE, CG_SETTLE_NOTICE,
    CG_FIND_INBOX, CG_SELECT_INBOX, CG_COUNT_UNREAD, CG_READ_ONE, CG_READ_ALL,
    CG_SELECT_NOTICES, CG_REQUEUE_NOTICE, CG_HAS_NOTICE, CG_PURGE_NOTICES, CG_SET_ASIDE, CG_COUNT_NOTICES,
    CG_ERASE_CONTENTS, CG_ERASE_TEXTS, CG_ERASE_NOTICES,
    CG_STATEMENT_COUNT
};
enum { CG_LIST_CLINIC = 1, CG_LIST_LAB = 2, CG_LIST_SUBMITTED = 4, CG_LIST_PHASE = 8, CG_LIST_DUE = 16, CG_LIST_AFTER = 32,
       CG_LIST_BEFORE = 64, CG_LIST_SHAPES = 128 };

/* ---- store and connections ---------------------------------------------------------------------------------------- */

typedef struct cg_connection {
    struct cg_connection *next;    /* in the store's list of idle ones */
    casegate_host *host;
    const char *prefix;
    sqlite3 *db;
    casegate_buffer *buffer;       /* JSON on its way into a row */
    struct cg_queue *queue;        /* of processes that want to write; NULL: none, SQLite's own waiting will do */
    int32_t busy_ms;               /* how long it waits for a lock */
    int32_t hurries;               /* 1: it does not wait at all */
    int32_t read_only;
    int32_t own;                   /* not the host's: a transaction that is open was begun here */
    int32_t unbound;               /* why a text could not be bound to the statement at hand; it is not run */
    int32_t wrote;                 /* since it was taken: its pages are the newest */
    int64_t waited_us;             /* for the lock at hand */
    sqlite3_stmt *statements[CG_STATEMENT_COUNT];
    sqlite3_stmt *lists[CG_LIST_SHAPES];
} cg_connection;

typedef struct cg_store {
    casegate_host *host;
    char *path;                    /* NULL: db is the host's */
    sqlite3 *db;
    char prefix[33];
    int32_t busy_ms;
    int32_t read_only;             /* nothing is changed, in a file or on a handle */
    struct cg_queue *queue;
    int32_t memory;                /* one connection, which threads take turns with */
    pthread_mutex_t mutex;
    cg_connection *idle;
    pthread_mutex_t group_mutex;
    struct cg_waiter *first, *last;   /* whose commits wait for a leader, in the order they came */
    int32_t led;                   /* a leader is writing */
} cg_store;

typedef struct cg_transaction {
    int32_t joined;                /* a savepoint inside the host's transaction */
} cg_transaction;

/* connection.c */
casegate_result cg_sqlite_fail(sqlite3 *db, int code, casegate_error *err);
casegate_result cg_sqlite_corrupt(casegate_error *err, const char *place);
casegate_result cg_sqlite_connect(cg_store *store, int32_t create, cg_connection **out, casegate_error *err);
typedef struct cg_pragma { char text[16]; } cg_pragma;
int cg_sqlite_ask(sqlite3 *db, const char *pragma, cg_pragma *out);
casegate_result cg_sqlite_settle_settings(cg_store *store, cg_connection *connection, int32_t allow_weak, casegate_error *err);
void cg_sqlite_disconnect(cg_store *store, cg_connection *connection);
casegate_result cg_sqlite_take(cg_store *store, cg_connection **out, casegate_error *err);
casegate_result cg_sqlite_take_writer(cg_store *store, cg_connection **out, casegate_error *err);
void cg_sqlite_give(cg_store *store, cg_connection *connection);

/* queue.c */
struct cg_queue *cg_sqlite_queue_open(casegate_host *host, sqlite3 *db, const char *path);
void cg_sqlite_queue_close(casegate_host *host, struct cg_queue *queue);
casegate_result cg_sqlite_begin_in_turn(cg_connection *connection, casegate_error *err);

/* transaction.c */
casegate_result cg_sqlite_try_to_begin(cg_connection *connection, casegate_error *err);
casegate_result cg_sqlite_begin(cg_connection *connection, cg_transaction *transaction, casegate_error *err);
casegate_result cg_sqlite_end(cg_connection *connection, const cg_transaction *transaction, casegate_result result,
                              casegate_error *err);
casegate_result cg_sqlite_begin_read(cg_connection *connection, int32_t *began, casegate_error *err);
void cg_sqlite_end_read(cg_connection *connection, int32_t began);

/* commit.c */
casegate_result cg_sqlite_write(cg_connection *connection, const casegate_commit *const *commits, casegate_result *results,
                                size_t count, casegate_error *err);
casegate_result cg_sqlite_write_part(cg_connection *connection, const casegate_commit *const *commits, casegate_result *results,
                                      size_t count, casegate_error *err);

/* group.c */
casegate_result cg_sqlite_commit_together(cg_store *store, const casegate_commit *const *commits, casegate_result *results,
                                          size_t count, casegate_error *err);

/* schema.c */
casegate_result cg_sqlite_recognise(cg_store *store, cg_connection *connection, int32_t *version, casegate_error *err);
casegate_result cg_sqlite_migrate(cg_store *store, cg_connection *connection, casegate_error *err);
casegate_result cg_sqlite_drop_tables(cg_connection *connection, casegate_error *err);
int32_t cg_sqlite_schema_version(void);

/* statements.c */
casegate_result cg_sqlite_expand(const char *prefix, const char *sql, casegate_buffer *out);
casegate_result cg_sqlite_prepare(cg_connection *connection, const char *sql, sqlite3_stmt **out, casegate_error *err);
casegate_result cg_sqlite_statement(cg_connection *connection, int32_t which, sqlite3_stmt **out, casegate_error *err);
int cg_sqlite_step(cg_connection *connection, sqlite3_stmt *statement);
int cg_sqlite_run(cg_connection *connection, sqlite3_stmt *statement);

/* columns.c */
casegate_result cg_sqlite_bind(cg_connection *connection, sqlite3_stmt *statement, const cg_table *table, uint32_t when,
                               const void *object, int *at, casegate_error *err);
casegate_result cg_sqlite_read(cg_connection *connection, sqlite3_stmt *statement, const cg_table *table, void *object,
                               cg_lists *lists, int *at, casegate_error *err);
casegate_result cg_sqlite_read_text(sqlite3_stmt *statement, int at, const char *place, const char **out, casegate_error *err);
casegate_result cg_sqlite_stored_json(casegate_result result, const casegate_error *why, const char *place, casegate_error *err);
void cg_sqlite_free_lists(cg_connection *connection, cg_lists *lists);
void cg_sqlite_bind_bytes(cg_connection *connection, sqlite3_stmt *statement, int at, const char *text, int len,
                          sqlite3_destructor_type owner);
void cg_sqlite_bind_text(cg_connection *connection, sqlite3_stmt *statement, int at, const char *text);

/* rows.c: a row that a statement stands on becomes an answer */
casegate_result cg_sqlite_answer_heads(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                       size_t *count, casegate_error *err);
casegate_result cg_sqlite_answer_events(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                        size_t *count, casegate_error *err);
casegate_result cg_sqlite_answer_notices(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                         size_t *count, casegate_error *err);
/* As above, at most limit; those that cannot be read are left out, and counted in *unreadable. */
casegate_result cg_sqlite_answer_readable(cg_connection *connection, sqlite3_stmt *statement, uint32_t limit,
                                          casegate_answers *answers, size_t *unreadable, casegate_error *err);
casegate_result cg_sqlite_read_head(cg_connection *connection, sqlite3_stmt *statement, casegate_head *head, casegate_error *err);
casegate_result cg_sqlite_read_event(cg_connection *connection, sqlite3_stmt *statement, casegate_event *event, cg_lists *lists,
                                     casegate_error *err);

/* the callbacks of the port */
casegate_result cg_sqlite_load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                               casegate_error *err);
casegate_result cg_sqlite_content(void *user, void *context, const char *case_id, uint32_t revision, casegate_answers *answers,
                                  casegate_error *err);
casegate_result cg_sqlite_history(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                  casegate_answers *answers, casegate_error *err);
casegate_result cg_sqlite_commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                 size_t count, casegate_error *err);
casegate_result cg_sqlite_insert_notice(cg_connection *connection, const casegate_notice *notice, int32_t joined,
                                        casegate_error *err);
casegate_result cg_sqlite_list(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                               casegate_error *err);
casegate_result cg_sqlite_claim(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err);
casegate_result cg_sqlite_settle(void *user, void *context, const casegate_notice *const *notices, casegate_result *results,
                                 size_t count, casegate_error *err);
casegate_result cg_sqlite_inbox(void *user, void *context, const char *org, const char *person, const char *after_id,
                                uint32_t limit, casegate_answers *answers, casegate_error *err);
casegate_result cg_sqlite_mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                    casegate_answers *answers, casegate_error *err);
casegate_result cg_sqlite_notices_by_state(void *user, void *context, int32_t state, const char *channel, const char *after_id,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err);
casegate_result cg_sqlite_requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err);
casegate_result cg_sqlite_add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err);
casegate_result cg_sqlite_describe(void *user, void *context, int32_t thorough, casegate_answers *answers, casegate_error *err);
casegate_result cg_sqlite_erase(void *user, void *context, const casegate_commit *commit, casegate_error *err);
casegate_result cg_sqlite_purge(void *user, void *context, int64_t before_us, uint32_t limit, casegate_answers *answers,
                                casegate_error *err);

#endif
