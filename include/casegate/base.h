/* SPDX-License-Identifier: MIT */
/* base.h: results, errors, the host's hooks, buffers, times: what every other header stands on. */
#ifndef CASEGATE_BASE_H
#define CASEGATE_BASE_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file base.h
 * @brief Results, errors, the host's hooks, buffers, times.
 *
 * Rules that hold for the whole library:
 *
 * - *Text* is UTF-8, ends with NUL, and is never truncated silently. Absent text is NULL or "", which mean the same.
 * - *Times* are `int64_t` microseconds since 1970-01-01T00:00:00Z without leap seconds; 0 means "never".
 * - *Results*: #CASEGATE_OK is 0, positive values are answers, negative ones errors. A call that does not return
 *   #CASEGATE_OK (or #CASEGATE_JOINED) has changed nothing, and has not touched its outputs.
 * - *Sized structs* start with `size`; set it to `sizeof` of the struct (`{ .size = sizeof x }` in C, the `_init`
 *   function elsewhere). A shorter struct of an older header gets defaults for what it lacks; a longer one is accepted
 *   while the excess is zero; anything else is #CASEGATE_E_ABI.
 * - *Ownership*: `_new`, `_copy` and outputs of type "object" belong to the caller until the matching `_free` or `_unref`;
 *   every other pointer that is returned is borrowed from the object that was asked. `_free` and `_unref` accept NULL.
 * - *Threads*: host, content, case, workflow, policy, actor, store, notifier and engine are immutable once made, counted
 *   atomically, and may be used by any number of threads at once. Builders, buffers, verdicts, findings, decisions and
 *   outcomes belong to one thread at a time. The library has no global state that can be written but the counter that
 *   keeps ids increasing, and starts no thread.
 * - *Callbacks* run on the thread of the call that needs them, with no lock held; they may call the library again.
 *   They must not unwind (longjmp, exceptions) through it.
 */

#if defined(_WIN32)
# define CASEGATE_CALL __cdecl
# if defined(CASEGATE_BUILD)
#  define CASEGATE_API __declspec(dllexport)
# elif defined(CASEGATE_STATIC)
#  define CASEGATE_API
# else
#  define CASEGATE_API __declspec(dllimport)
# endif
#else
# define CASEGATE_CALL
# define CASEGATE_API __attribute__((visibility("default")))
#endif
#if defined(__cplusplus) && __cplusplus >= 201703L
# define CASEGATE_NOEXCEPT noexcept
#else
# define CASEGATE_NOEXCEPT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Answers are zero or positive, errors negative. Values are for ever; new ones are appended. @since 1.0 */
typedef int32_t casegate_result;
enum {
    CASEGATE_OK = 0,               /**< done, allowed */
    CASEGATE_REFUSED = 1,          /**< a rule said no, see the verdict; a notifier: can never be delivered */
    CASEGATE_ABSENT = 2,           /**< a port: nothing there */
    CASEGATE_CONFLICT = 3,         /**< a store: the version moved on, or id, request or lease is another's; nothing written */
    CASEGATE_JOINED = 4,           /**< written into a transaction that the host will end */
    CASEGATE_LATER = 5,            /**< a notifier: try again */
    CASEGATE_E_NOMEM = -1,         /**< the allocator gave NULL */
    CASEGATE_E_INVALID = -2,       /**< an argument or a value is malformed; `field` names it */
    CASEGATE_E_HOST = -3,          /**< a callback failed, or answered something impossible */
    CASEGATE_E_CORRUPT = -4,       /**< what is stored makes no sense */
    CASEGATE_E_ABI = -5,           /**< a sized struct has a size that cannot be */
    CASEGATE_E_BUSY = -6,          /**< too many conflicts or a lock that did not come free; send it again later */
    CASEGATE_E_UNSUPPORTED = -7,   /**< the store or this library cannot do that; `field` names it */
    CASEGATE_E_UNKNOWN = -8,       /**< cannot be told whether the commit took effect; look before acting again */
    CASEGATE_E_MISSING_FACT = -9   /**< decide needs a fact that was not given; `field` names it */
};

/** Why an input was called malformed: `host_code` of an #CASEGATE_E_INVALID error, and obstacle `invalid_input`. @since 1.0 */
enum {
    CASEGATE_PROBLEM_MISSING = 1,    /**< required and absent */
    CASEGATE_PROBLEM_TOO_LONG = 2,   /**< more bytes than the limit */
    CASEGATE_PROBLEM_TOO_MANY = 3,   /**< more elements than the limit */
    CASEGATE_PROBLEM_ENCODING = 4,   /**< not UTF-8, or a NUL inside */
    CASEGATE_PROBLEM_CONTROL = 5,    /**< a control character or bidirectional control */
    CASEGATE_PROBLEM_FORMAT = 6,     /**< not of the form that this field has */
    CASEGATE_PROBLEM_RANGE = 7,      /**< a number outside its range */
    CASEGATE_PROBLEM_DUPLICATE = 8,  /**< an id twice in one list, or already taken */
    CASEGATE_PROBLEM_UNKNOWN = 9     /**< no such member, lab or name; or a value that this action does not take */
};

/**
 * The caller's own error, filled when a result is negative. Never holds patient data.
 * Pass NULL where the detail is not wanted. @since 1.0
 */
typedef struct casegate_error {
    size_t size;            /**< sizeof(casegate_error) */
    casegate_result code;   /**< the result */
    int32_t host_code;      /**< a port's own code (SQLite, SQLSTATE as a number, errno), or CASEGATE_PROBLEM_..., or 0 */
    char field[96];         /**< which input, fact, callback or stored column; "" if none */
    char text[256];         /**< one line, English, lower case */
} casegate_error;

/** Empties an error. @param err NULL is ignored @param size sizeof(casegate_error) of the caller @since 1.0 */
CASEGATE_API void casegate_error_init(casegate_error *err, size_t size);
/**
 * Fills an error; the only way for a callback to report one. Respects `err->size`, and cuts what does not fit at a character.
 * @param err may be NULL @param code the result to report @param host_code the callback's own code, or 0
 * @param field which input, or NULL @param text one line without patient data, or NULL
 * @returns code, so that a callback can `return casegate_error_set(...)` @since 1.0
 */
CASEGATE_API casegate_result casegate_error_set(casegate_error *err, casegate_result code, int32_t host_code,
                                                const char *field, const char *text);
/** @param result any result @returns its name without prefix, lower case ("ok", "e_nomem"); "unknown" for others @since 1.0 */
CASEGATE_API const char *casegate_result_name(casegate_result result);
/** @param problem CASEGATE_PROBLEM_... @returns "missing", "too_long", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_problem_name(int32_t problem);
/** @returns the version of the library that runs, as "1.0.0" @since 1.0 */
CASEGATE_API const char *casegate_version(void);

/* ---- the host's hooks ------------------------------------------------------------------------------------------------ */

/** Memory, clock, ids, digest of the host. Opaque, counted; NULL stands for libc, the system's clock and UUID version 7.
 * @since 1.0 */
typedef struct casegate_host casegate_host;

/** What a host may replace. A member left NULL keeps the default. @since 1.0 */
typedef struct casegate_host_ops {
    size_t size;                                                      /**< sizeof(casegate_host_ops) */
    void *user;                                                       /**< given to every hook */
    void (CASEGATE_CALL *destroy)(void *user) CASEGATE_NOEXCEPT;      /**< called once, after the last use of the host */
    /** Memory: all three or none. alloc and resize give NULL when there is none. resize(NULL) allocates. */
    void *(CASEGATE_CALL *alloc)(void *user, size_t size) CASEGATE_NOEXCEPT;
    void *(CASEGATE_CALL *resize)(void *user, void *ptr, size_t size) CASEGATE_NOEXCEPT;   /**< as realloc */
    void (CASEGATE_CALL *release)(void *user, void *ptr) CASEGATE_NOEXCEPT;                /**< as free; never NULL */
    /** Microseconds since 1970 UTC. May stand still or go backwards. Default: CLOCK_REALTIME. */
    int64_t (CASEGATE_CALL *now_us)(void *user) CASEGATE_NOEXCEPT;
    /**
     * The id of a new case: 1 to 64 bytes of printable ASCII without space, with a NUL, into buf of cap bytes (65).
     * Default: UUID version 7 (RFC 9562), increasing within the process.
     */
    casegate_result (CASEGATE_CALL *new_id)(void *user, char *buf, size_t cap, casegate_error *err) CASEGATE_NOEXCEPT;
    /** Fills buf with unpredictable bytes (salts, lease tokens, jitter). Default: libuuid. */
    casegate_result (CASEGATE_CALL *random)(void *user, uint8_t *buf, size_t len, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * 32 bytes over data. key NULL: a plain SHA-256; else the MAC under the key of that name, #CASEGATE_ABSENT if there is no
     * such key. Default: SHA-256 (FIPS 180-4), and no keys. See casegate_hmac_sha256().
     */
    casegate_result (CASEGATE_CALL *digest)(void *user, const char *key, const uint8_t *data, size_t len, uint8_t out[32],
                                            casegate_error *err) CASEGATE_NOEXCEPT;
    const char *seal_key;   /**< name of the key that new events are sealed with; NULL: plain digests. Copied. */
} casegate_host_ops;

/** Empties the table and sets its size. @param ops the table @param size sizeof(casegate_host_ops) of the caller @since 1.0 */
CASEGATE_API void casegate_host_ops_init(casegate_host_ops *ops, size_t size);
/**
 * Adopts the host's hooks. @param ops copied @param out the host, a new reference @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL, memory hooks incomplete, or a key without a digest hook; destroy was not called
 * @retval CASEGATE_E_NOMEM no memory @since 1.0
 */
CASEGATE_API casegate_result casegate_host_new(const casegate_host_ops *ops, casegate_host **out, casegate_error *err);
/** @param host or NULL @returns host, with one reference more @since 1.0 */
CASEGATE_API casegate_host *casegate_host_ref(casegate_host *host);
/** @param host or NULL; the last reference destroys it @since 1.0 */
CASEGATE_API void casegate_host_unref(casegate_host *host);

/** Memory of the host, for adapters. @param host or NULL @param size bytes, 0 counts as 1 @returns NULL when there is none
 * @since 1.0 */
CASEGATE_API void *casegate_alloc(casegate_host *host, size_t size);
/** As realloc. @param host or NULL @param ptr or NULL @param size bytes @returns NULL when there is none; ptr stays then
 * @since 1.0 */
CASEGATE_API void *casegate_resize(casegate_host *host, void *ptr, size_t size);
/** As free. @param host the one it came from @param ptr or NULL @since 1.0 */
CASEGATE_API void casegate_release(casegate_host *host, void *ptr);
/** @param host or NULL @returns the host's time, microseconds since 1970 UTC @since 1.0 */
CASEGATE_API int64_t casegate_now_us(casegate_host *host);
/**
 * A new case id. @param host or NULL @param buf gets the id and a NUL @param cap 65 or more @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_INVALID cap too small
 * @retval CASEGATE_E_HOST the hook failed or gave what is no id @since 1.0
 */
CASEGATE_API casegate_result casegate_new_id(casegate_host *host, char *buf, size_t cap, casegate_error *err);
/**
 * Unpredictable bytes. @param host or NULL @param buf gets them @param len how many @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_HOST the hook failed @since 1.0
 */
CASEGATE_API casegate_result casegate_random(casegate_host *host, uint8_t *buf, size_t len, casegate_error *err);
/**
 * Digest or MAC by the host's hook. @param host or NULL @param key name of a key, NULL: plain @param data bytes
 * @param len how many @param out 32 bytes @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_ABSENT no such key @retval CASEGATE_E_HOST the hook failed @since 1.0
 */
CASEGATE_API casegate_result casegate_digest(casegate_host *host, const char *key, const uint8_t *data, size_t len,
                                             uint8_t out[32], casegate_error *err);
/** SHA-256, FIPS 180-4. @param data bytes @param len how many @param out 32 bytes @since 1.0 */
CASEGATE_API void casegate_sha256(const uint8_t *data, size_t len, uint8_t out[32]);
/**
 * HMAC-SHA-256, RFC 2104: what a digest hook with a key wants. @param key bytes @param key_len how many @param data bytes
 * @param len how many @param out 32 bytes @since 1.0
 */
CASEGATE_API void casegate_hmac_sha256(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t out[32]);

/* ---- buffers --------------------------------------------------------------------------------------------------------- */

/** Bytes that grow: what writers write into. Reusable. @since 1.0 */
typedef struct casegate_buffer casegate_buffer;
/** @param host or NULL @returns an empty buffer, NULL without memory @since 1.0 */
CASEGATE_API casegate_buffer *casegate_buffer_new(casegate_host *host);
/** @param buffer or NULL @since 1.0 */
CASEGATE_API void casegate_buffer_free(casegate_buffer *buffer);
/** Forgets the bytes and any failure, keeps the memory. @param buffer the buffer @since 1.0 */
CASEGATE_API void casegate_buffer_clear(casegate_buffer *buffer);
/** Appends; the first failure sticks and later appends do nothing. @param buffer the buffer @param data bytes
 * @param len how many, SIZE_MAX: up to the NUL @since 1.0 */
CASEGATE_API void casegate_buffer_append(casegate_buffer *buffer, const char *data, size_t len);
/** @param buffer the buffer @returns the bytes, with a NUL behind them; borrowed until the next append @since 1.0 */
CASEGATE_API const char *casegate_buffer_data(const casegate_buffer *buffer);
/** @param buffer the buffer @returns how many bytes, without the NUL @since 1.0 */
CASEGATE_API size_t casegate_buffer_length(const casegate_buffer *buffer);
/** @param buffer the buffer or NULL @retval CASEGATE_OK every append was taken @retval CASEGATE_E_NOMEM one was not @since 1.0 */
CASEGATE_API casegate_result casegate_buffer_status(const casegate_buffer *buffer);

/* ---- times ----------------------------------------------------------------------------------------------------------- */

/**
 * Writes a time as RFC 3339 in UTC with microseconds, "2026-03-02T08:00:00.000000Z" (years 0001 to 9999; others are clamped).
 * @param us microseconds since 1970 @param buf gets the text @param cap 28 or more, else "" @since 1.0
 */
CASEGATE_API void casegate_time_format(int64_t us, char *buf, size_t cap);
/** Reads RFC 3339 in UTC ("Z"), 0 to 6 digits of fraction. @param text the text @param us gets the time
 * @retval CASEGATE_OK done @retval CASEGATE_E_INVALID another form, or no such time @since 1.0 */
CASEGATE_API casegate_result casegate_time_parse(const char *text, int64_t *us);
/** Reads an ISO 8601 duration PnDTnHnMnS. @param text the text @param us gets microseconds
 * @retval CASEGATE_OK done @retval CASEGATE_E_INVALID another form or too long @since 1.0 */
CASEGATE_API casegate_result casegate_duration_parse(const char *text, int64_t *us);
/** Writes a duration as casegate_duration_parse() reads it. @param us microseconds, 0 or more (fractions of a second are
 * dropped) @param buf gets the text @param cap 40 or more, else "" @since 1.0 */
CASEGATE_API void casegate_duration_format(int64_t us, char *buf, size_t cap);

/* ---- views described ------------------------------------------------------------------------------------------------- */

/** The structs that describe themselves, for readers, writers and bindings. @since 1.0 */
enum {
    CASEGATE_VIEW_CONTENT = 1,  /**< a content; `tag` is the field for casegate_content_get(), there is no offset */
    CASEGATE_VIEW_SERVICE = 2, CASEGATE_VIEW_ANSWER = 3, CASEGATE_VIEW_FILE = 4,
    CASEGATE_VIEW_LABEL = 5, CASEGATE_VIEW_HEAD = 6, CASEGATE_VIEW_EVENT = 7, CASEGATE_VIEW_NOTICE = 8
};
/** What a member holds, and how it is shown. @since 1.0 */
enum {
    CASEGATE_KIND_ID = 1,        /**< text: printable ASCII without spaces */
    CASEGATE_KIND_LINE = 2,      /**< text on one line */
    CASEGATE_KIND_TEXT = 3,      /**< free text; newline and tab allowed */
    CASEGATE_KIND_DATE = 4,      /**< text YYYY-MM-DD */
    CASEGATE_KIND_EMAIL = 5,     /**< text: one address */
    CASEGATE_KIND_FILE_NAME = 6, /**< text: one line without path separators */
    CASEGATE_KIND_SHA256 = 7,    /**< text: 64 hexadecimal digits */
    CASEGATE_KIND_URI = 8,       /**< text on one line */
    CASEGATE_KIND_FILE_KIND = 9, /**< text: scan, image or document */
    CASEGATE_KIND_LINES = 10,    /**< `const char *const *` of one-line texts, with a `size_t` count */
    CASEGATE_KIND_INT32 = 11, CASEGATE_KIND_UINT32 = 12, CASEGATE_KIND_INT64 = 13,
    CASEGATE_KIND_BOOL = 14,     /**< int32_t, 0 or 1 */
    CASEGATE_KIND_TIME = 15,     /**< int64_t microseconds; shown as RFC 3339; 0: absent */
    CASEGATE_KIND_STATUS = 16,   /**< int32_t, shown by the workflow's name; 0: absent */
    CASEGATE_KIND_ACTION = 17,   /**< int32_t, shown by the workflow's name; 0: absent */
    CASEGATE_KIND_ROLE = 18,     /**< int32_t, shown by casegate_role_name(); 0: absent */
    CASEGATE_KIND_PHASE = 19,    /**< int32_t, shown by casegate_phase_name(); 0: absent */
    CASEGATE_KIND_NOTICE_STATE = 20, /**< int32_t, shown by casegate_notice_state_name() */
    CASEGATE_KIND_RECIPIENT = 21,    /**< int32_t, shown by casegate_recipient_name() */
    CASEGATE_KIND_SERVICES = 22, CASEGATE_KIND_ANSWERS = 23,
    CASEGATE_KIND_FILES = 24,    /**< `const casegate_file *const *`, with a `size_t` count */
    CASEGATE_KIND_LABELS = 25    /**< `const casegate_label *const *`, with a `size_t` count */
};
/** One member of a view. @since 1.0 */
typedef struct casegate_member {
    size_t size;             /**< sizeof(casegate_member) of the library */
    const char *name;        /**< as in JSON; in a content a path ("patient.name") */
    int32_t tag;             /**< number in the canonical form; in CASEGATE_VIEW_CONTENT the field */
    int32_t kind;            /**< CASEGATE_KIND_... */
    uint32_t offset;         /**< in the struct of the library */
    uint32_t count_offset;   /**< lists: of the count; `size` of a file: of size_known */
    int32_t limit;           /**< CASEGATE_LIMIT_... that judges its length, or 0 */
} casegate_member;
/** @param view CASEGATE_VIEW_... @returns how many members, 0 for an unknown view @since 1.0 */
CASEGATE_API size_t casegate_member_count(int32_t view);
/** @param view CASEGATE_VIEW_... @param i from 0 @returns the member, NULL beyond the last; lives for ever @since 1.0 */
CASEGATE_API const casegate_member *casegate_member_at(int32_t view, size_t i);

#ifdef __cplusplus
}
#endif
#endif
