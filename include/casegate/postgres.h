/* SPDX-License-Identifier: MIT */
/* postgres.h: a store in PostgreSQL, for many processes on many machines; and how they wake each other. */
#ifndef CASEGATE_POSTGRES_H
#define CASEGATE_POSTGRES_H

#include <casegate/store.h>

/**
 * @file postgres.h
 * @brief Component `postgres`: a store in a PostgreSQL database (14 or later), through libpq.
 *
 * Any number of threads, processes and machines may use one database. A store has a small pool of connections, opened as they
 * are needed; every callback takes one and is one round trip (loading for a request id that was used before is two).
 * Commits are durable: a `synchronous_commit` of off is turned on for the store's own connections, and a server with
 * `fsync` off is
 * refused unless `allow_weak`.
 * A statement that lost a race (SQLSTATE 40001, 40P01) and a connection that was lost before a change was sent, or while
 * something was only read, are tried again. A change whose connection was lost afterwards is #CASEGATE_E_UNKNOWN: an engine
 * looks up what became of it.
 * Errors carry the SQLSTATE (casegate_postgres_sqlstate()), never the server's message, which may quote rows.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** How a PostgreSQL store is opened. @since 1.0 */
typedef struct casegate_postgres_options {
    size_t size;             /**< sizeof(casegate_postgres_options) */
    const char *conninfo;    /**< as libpq takes it: "postgres://user@host/db", "host=... dbname=..."; absent: PG... variables */
    const char *schema;      /**< holds the tables: letters, digits, underscore, at most 40; absent: "casegate" */
    int32_t must_exist;      /**< 1: missing tables are an error, nothing is created */
    int32_t allow_weak;      /**< 1: a server with fsync off is accepted */
    int32_t partitions;      /**< 1 to 1024: new tables are partitioned by hash of the lab, into so many; 0: not. No use later */
    int32_t pool;            /**< connections at most; 0: 8 */
    int32_t connect_ms;      /**< how long to wait for a new connection, milliseconds; 0: 5000 */
    int32_t acquire_ms;      /**< how long to wait for a connection of the pool to come free; 0: 5000 */
    int32_t statement_ms;    /**< how long a statement may take; 0: 30000 */
    int32_t read_only;       /**< 1: only to look. Nothing is created or brought forward, tables that only a newer library may write
                                  can be read, and whatever would change them is #CASEGATE_E_UNSUPPORTED, field `store` */
} casegate_postgres_options;
/** @param options emptied, size set @param size sizeof(casegate_postgres_options) of the caller @since 1.0 */
CASEGATE_API void casegate_postgres_options_init(casegate_postgres_options *options, size_t size);
/**
 * Opens a store; creates or migrates its tables, under a lock, in one transaction, unless `read_only`.
 * @param host or NULL @param options copied
 * @param out a new reference @param err may be NULL; `host_code` is the SQLSTATE, see casegate_postgres_sqlstate()
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID conninfo that cannot be read, a schema that cannot be, or a number out of range
 * @retval CASEGATE_ABSENT must_exist or read_only, and the tables do not
 * @retval CASEGATE_E_UNSUPPORTED a newer schema, an older one and read_only, a server too old, one that is not UTF-8, or settings too weak
 * @retval CASEGATE_E_BUSY a time ran out @retval CASEGATE_E_HOST no connection, or PostgreSQL failed
 * @retval CASEGATE_E_CORRUPT what is stored makes no sense @since 1.0
 */
CASEGATE_API casegate_result casegate_postgres_open(casegate_host *host, const casegate_postgres_options *options,
                                                    casegate_store **out, casegate_error *err);
/**
 * Drops the store's tables, and their schema if nothing else is in it. @param host or NULL
 * @param options as for opening; schema is required, so that nothing is dropped by mistake @param err may be NULL
 * @retval CASEGATE_OK also when there are none @retval CASEGATE_ABSENT must_exist and there are none
 * @retval CASEGATE_E_UNSUPPORTED read_only @retval CASEGATE_E_INVALID no schema; others as casegate_postgres_open() @since 1.0
 */
CASEGATE_API casegate_result casegate_postgres_drop(casegate_host *host, const casegate_postgres_options *options,
                                                    casegate_error *err);
/**
 * The SQLSTATE of an error. @param host_code of an error of this store; its digits in base 36 are the SQLSTATE
 * @param out gets five characters and a NUL; "" if there is none @since 1.0
 */
CASEGATE_API void casegate_postgres_sqlstate(int32_t host_code, char out[6]);

/** Waits for new notices, on a connection of its own; used by one thread at a time. @since 1.0 */
typedef struct casegate_postgres_listener casegate_postgres_listener;
/**
 * Starts to listen for notices that become due. @param host or NULL @param options as for opening; the tables need not exist
 * @param channel "email" or another; absent: any @param out freed with casegate_postgres_listener_free() @param err may be NULL
 * @retval CASEGATE_OK done; errors as casegate_postgres_open() @since 1.0
 */
CASEGATE_API casegate_result casegate_postgres_listener_new(casegate_host *host, const casegate_postgres_options *options,
                                                            const char *channel, casegate_postgres_listener **out,
                                                            casegate_error *err);
/**
 * Blocks the calling thread until a notice of the channel is due, or the time is over. A signal that the thread handles ends
 * the wait too, as if the time were over. A lost connection is made anew within the same time; what may have been missed then
 * counts as news. It tells of new notices; retries and leases that end become due in silence, so dispatch also when the time is
 * over.
 * @param listener the listener @param timeout_us at most so long, microseconds; 0: only look @param err may be NULL
 * @retval CASEGATE_OK dispatch now @retval CASEGATE_LATER the time is over: dispatch too, it is the poll
 * @retval CASEGATE_E_INVALID NULL, or a negative time @since 1.0
 */
CASEGATE_API casegate_result casegate_postgres_wait(casegate_postgres_listener *listener, int64_t timeout_us,
                                                    casegate_error *err);
/** @param listener or NULL @since 1.0 */
CASEGATE_API void casegate_postgres_listener_free(casegate_postgres_listener *listener);

#ifdef __cplusplus
}
#endif
#endif
