/* SPDX-License-Identifier: MIT */
/* sqlite.h: the embedded default store: one SQLite file, or tables beside a host's own. */
#ifndef CASEGATE_SQLITE_H
#define CASEGATE_SQLITE_H

#include <casegate/store.h>

/**
 * @file sqlite.h
 * @brief Component `sqlite`: a store in one SQLite file, or beside a host's own tables.
 *
 * An own file is opened in WAL mode with synchronous=FULL (read back): what was acknowledged survives a power loss.
 * Any number of threads and processes may use one file; each thread of a store gets a connection of its own. A store does not
 * survive fork(): the child opens its own, and neither uses nor frees its parent's.
 * On a host's handle (`db`) no pragma is set: a journal mode of OFF or MEMORY, or synchronous below FULL, is refused unless
 * `allow_weak`. Only the thread that uses the handle may use such a store. If the host has a transaction open, a commit becomes
 * part of it and answers #CASEGATE_JOINED.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct sqlite3;

/** How a SQLite store is opened. @since 1.0 */
typedef struct casegate_sqlite_options {
    size_t size;             /**< sizeof(casegate_sqlite_options) */
    const char *path;        /**< a file, ":memory:" for a private database of one connection; or */
    struct sqlite3 *db;      /**< the host's handle, which must outlive the store */
    const char *prefix;      /**< of the table names: letters, digits, underscore, at most 32; NULL: "casegate_" on a handle, none in a file */
    int32_t must_exist;      /**< 1: a missing file or missing tables is an error, nothing is created */
    int32_t allow_weak;      /**< 1: weaker settings of a host's handle are accepted */
    int32_t busy_ms;         /**< how long to wait for a lock of another process, milliseconds; 0: 5000; not used on a handle */
    int32_t read_only;       /**< 1: only to look. Nothing is created or brought forward, tables that only a newer library may write
                                  can be read, and whatever would change them is #CASEGATE_E_UNSUPPORTED, field `store` */
} casegate_sqlite_options;
/** @param options emptied, size set @param size sizeof(casegate_sqlite_options) of the caller @since 1.0 */
CASEGATE_API void casegate_sqlite_options_init(casegate_sqlite_options *options, size_t size);
/**
 * Opens a store; creates or migrates its tables, unless `read_only`. @param host or NULL @param options copied @param out a new reference
 * @param err may be NULL; `host_code` is SQLite's extended result code
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID neither or both of path and db, or a prefix that cannot be
 * @retval CASEGATE_ABSENT must_exist or read_only, and it does not
 * @retval CASEGATE_E_UNSUPPORTED a newer schema, an older one and read_only, a foreign file, or settings too weak
 * @retval CASEGATE_E_BUSY locked by another process @retval CASEGATE_E_HOST SQLite failed
 * @retval CASEGATE_E_CORRUPT the file is damaged @since 1.0
 */
CASEGATE_API casegate_result casegate_sqlite_open(casegate_host *host, const casegate_sqlite_options *options,
                                                  casegate_store **out, casegate_error *err);
/**
 * Drops the store's tables. @param host or NULL
 * @param options as for opening; prefix is required, so that no file is emptied by mistake @param err may be NULL
 * @retval CASEGATE_OK also when there are none @retval CASEGATE_E_UNSUPPORTED read_only @retval CASEGATE_E_INVALID no prefix; others as casegate_sqlite_open() @since 1.0
 */
CASEGATE_API casegate_result casegate_sqlite_drop(casegate_host *host, const casegate_sqlite_options *options,
                                                  casegate_error *err);

#ifdef __cplusplus
}
#endif
#endif
