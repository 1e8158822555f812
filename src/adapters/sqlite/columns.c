/* SPDX-License-Identifier: MIT */
/* columns.c: which column holds which member of head, event and notice, and what may stand in it. */
#include "internal.h"

#include <casegate/json.h>

#include <string.h>

#define AT(type, member) offsetof(type, member)
#define TEXT(type, table, name, member, when) {table "." name, CG_TEXT, when, AT(type, member), 0, 0, 0}
#define NAME(type, table, name, member) {table "." name, CG_NAME, CG_NEVER, AT(type, member), 0, 0, 0}
#define COUNT(type, table, name, member, when, least) {table "." name, CG_UINT32, when, AT(type, member), 0, least, UINT32_MAX}
#define INT(type, table, name, member, when, least, most) {table "." name, CG_INT32, when, AT(type, member), 0, least, most}
#define TIME(type, table, name, member, when) {table "." name, CG_INT64, when, AT(type, member), 0, INT64_MIN, INT64_MAX}
#define CODE(type, table, name, member, when, least, most) {table "." name, CG_CODE, when, AT(type, member), 0, least, most}
#define LIST(type, table, name, kind, member, counter) {table "." name, kind, CG_NEVER, AT(type, member), AT(type, counter), 0, 0}
#define SIZE(array) (sizeof(array) / sizeof(array)[0])

static const cg_column cases[] = {
    NAME(casegate_head, "cases", "id", id),
    NAME(casegate_head, "cases", "clinic", clinic),
    NAME(casegate_head, "cases", "lab", lab),
    {"cases.workflow", CG_NAME, CG_EDIT, AT(casegate_head, workflow), 0, 0, 0},
    COUNT(casegate_head, "cases", "workflow_version", workflow_version, CG_EDIT, 1),
    CODE(casegate_head, "cases", "status", status, CG_EVENT, CASEGATE_DRAFT, CASEGATE_REJECTED),
    {"cases.phase", CG_PHASE, CG_EVENT, AT(casegate_head, phase), 0, CASEGATE_PHASE_DRAFT, CASEGATE_PHASE_CLOSED},
    COUNT(casegate_head, "cases", "version", version, CG_EVENT, 1),
    COUNT(casegate_head, "cases", "revision", revision, CG_EVENT, 1),
    COUNT(casegate_head, "cases", "attempt", attempt, CG_EVENT, 0),
    TIME(casegate_head, "cases", "created_us", created_us, CG_NEVER),
    TIME(casegate_head, "cases", "submitted_us", submitted_us, CG_EVENT),
    TIME(casegate_head, "cases", "decided_us", decided_us, CG_EVENT),
    TEXT(casegate_head, "cases", "decided_by", decided_by, CG_EVENT),
    TEXT(casegate_head, "cases", "reason", reason, CG_EVENT),
    COUNT(casegate_head, "cases", "rejected_seq", rejected_seq, CG_EVENT, 0),
    COUNT(casegate_head, "cases", "first_submitted_seq", first_submitted_seq, CG_EVENT, 0),
    COUNT(casegate_head, "cases", "first_submitted_revision", first_submitted_revision, CG_EVENT, 0),
    TEXT(casegate_head, "cases", "content_digest", content_digest, CG_EVENT),
    TEXT(casegate_head, "cases", "event_hash", event_hash, CG_EVENT),
    TEXT(casegate_head, "cases", "dentist", dentist, CG_EDIT),
    TEXT(casegate_head, "cases", "clinic_email", clinic_email, CG_EDIT),
    TEXT(casegate_head, "cases", "dentist_email", dentist_email, CG_EDIT),
    TEXT(casegate_head, "cases", "reference", reference, CG_EDIT),
    TEXT(casegate_head, "cases", "patient_name", patient_name, CG_EDIT),
    TEXT(casegate_head, "cases", "dentist_name", dentist_name, CG_EDIT),
    TEXT(casegate_head, "cases", "due", due, CG_EDIT),
    COUNT(casegate_head, "cases", "service_count", service_count, CG_EDIT, 0),
    {"cases.waiting_us", CG_WAITING, CG_EVENT, 0, 0, 0, 0},
    {"cases.due_key", CG_DUE_KEY, CG_EDIT, AT(casegate_head, due), 0, 0, 0},
};
const cg_table cg_sqlite_cases = {cases, SIZE(cases), SIZE(cases) - 2};

static const cg_column events[] = {
    NAME(casegate_event, "events", "case_id", case_id),
    COUNT(casegate_event, "events", "seq", seq, CG_NEVER, 1),
    NAME(casegate_event, "events", "clinic", clinic),
    NAME(casegate_event, "events", "lab", lab),
    NAME(casegate_event, "events", "workflow", workflow),
    COUNT(casegate_event, "events", "workflow_version", workflow_version, CG_NEVER, 1),
    TIME(casegate_event, "events", "time_us", time_us, CG_NEVER),
    NAME(casegate_event, "events", "actor", actor),
    INT(casegate_event, "events", "actor_role", actor_role, CG_NEVER, CASEGATE_CLINIC_USER, CASEGATE_SYSTEM),
    {"events.actor_org", CG_BLANK, CG_NEVER, AT(casegate_event, actor_org), 0, 0, 0},
    CODE(casegate_event, "events", "action", action, CG_NEVER, CASEGATE_CREATE, CASEGATE_MIGRATE),
    CODE(casegate_event, "events", "from_status", from, CG_NEVER, 0, CASEGATE_REJECTED),
    CODE(casegate_event, "events", "to_status", to, CG_NEVER, CASEGATE_DRAFT, CASEGATE_REJECTED),
    COUNT(casegate_event, "events", "revision", revision, CG_NEVER, 1),
    COUNT(casegate_event, "events", "attempt", attempt, CG_NEVER, 0),
    TEXT(casegate_event, "events", "reason", reason, CG_NEVER),
    LIST(casegate_event, "events", "reason_labels", CG_LABELS, reason_labels, reason_label_count),
    LIST(casegate_event, "events", "changed", CG_LINES, changed, changed_count),
    TEXT(casegate_event, "events", "request", request, CG_NEVER),
    TEXT(casegate_event, "events", "request_digest", request_digest, CG_NEVER),
    TEXT(casegate_event, "events", "content_digest", content_digest, CG_NEVER),
    TEXT(casegate_event, "events", "text_digest", text_digest, CG_NEVER),
    TEXT(casegate_event, "events", "policy", policy, CG_NEVER),
    TEXT(casegate_event, "events", "key_name", key, CG_NEVER),
    TEXT(casegate_event, "events", "previous_hash", previous_hash, CG_NEVER),
    TEXT(casegate_event, "events", "hash", hash, CG_NEVER),
};
const cg_table cg_sqlite_events = {events, SIZE(events), SIZE(events)};

static const cg_column texts[] = {
    INT(casegate_event, "event_texts", "erased", erased, CG_NEVER, 0, 1),
    TEXT(casegate_event, "event_texts", "salt", salt, CG_NEVER),
    TEXT(casegate_event, "event_texts", "comment", comment, CG_NEVER),
    LIST(casegate_event, "event_texts", "files", CG_FILES, files, file_count),
};
const cg_table cg_sqlite_texts = {texts, SIZE(texts), SIZE(texts)};

static const cg_column notices[] = {
    NAME(casegate_notice, "notices", "id", id),
    NAME(casegate_notice, "notices", "case_id", case_id),
    COUNT(casegate_notice, "notices", "seq", seq, CG_NEVER, 0),
    COUNT(casegate_notice, "notices", "ordinal", ordinal, CG_NEVER, 0),
    NAME(casegate_notice, "notices", "template_code", template_code),
    NAME(casegate_notice, "notices", "channel", channel),
    INT(casegate_notice, "notices", "recipient", to, CG_NEVER, CASEGATE_TO_CLINIC, CASEGATE_TO_LAB),
    TEXT(casegate_notice, "notices", "org", org, CG_NEVER),
    TEXT(casegate_notice, "notices", "person", person, CG_NEVER),
    TEXT(casegate_notice, "notices", "address", address, CG_NEVER),
    INT(casegate_notice, "notices", "mutable", mutable_, CG_NEVER, 0, 1),
    TEXT(casegate_notice, "notices", "clinic", clinic, CG_NEVER),
    TEXT(casegate_notice, "notices", "lab", lab, CG_NEVER),
    TEXT(casegate_notice, "notices", "reference", reference, CG_NEVER),
    COUNT(casegate_notice, "notices", "attempt", attempt, CG_NEVER, 0),
    TIME(casegate_notice, "notices", "time_us", time_us, CG_NEVER),
    TEXT(casegate_notice, "notices", "reason", reason, CG_NEVER),
    LIST(casegate_notice, "notices", "reason_labels", CG_LABELS, reason_labels, reason_label_count),
    TEXT(casegate_notice, "notices", "comment", comment, CG_NEVER),
    LIST(casegate_notice, "notices", "files", CG_FILES, files, file_count),
    INT(casegate_notice, "notices", "state", state, CG_NEVER, CASEGATE_NOTICE_PENDING, CASEGATE_NOTICE_DEAD),
    COUNT(casegate_notice, "notices", "tries", tries, CG_NEVER, 0),
    TIME(casegate_notice, "notices", "next_us", next_us, CG_NEVER),
    TEXT(casegate_notice, "notices", "lease", lease, CG_NEVER),
    TEXT(casegate_notice, "notices", "last_error", last_error, CG_NEVER),
    INT(casegate_notice, "notices", "read", read, CG_NEVER, 0, 1),
};
const cg_table cg_sqlite_notices = {notices, SIZE(notices), SIZE(notices)};

/* ---- text --------------------------------------------------------------------------------------------------------- */

/* The length of one character of UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF); 0: none. */
static size_t character(const unsigned char *s, size_t len)
{
    static const struct { unsigned char first, last, low, high; size_t bytes; } forms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
        {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    for (size_t i = 0; i < SIZE(forms); i++) {
        if (s[0] < forms[i].first || s[0] > forms[i].last)
            continue;
        if (len < forms[i].bytes || s[1] < forms[i].low || s[1] > forms[i].high)
            return 0;
        for (size_t k = 2; k < forms[i].bytes; k++)
            if (s[k] < 0x80 || s[k] > 0xBF)
                return 0;
        return forms[i].bytes;
    }
    return 0;
}

/* SQLite stores invalid UTF-8 and NUL without a word. */
static int is_text(const unsigned char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t bytes = s[i] > 0 && s[i] < 0x80 ? 1 : character(s + i, len - i);

        if (bytes == 0)
            return 0;
        i += bytes;
    }
    return 1;
}

casegate_result cg_sqlite_read_text(sqlite3_stmt *statement, int at, const char *place, const char **out, casegate_error *err)
{
    sqlite3_value *value = sqlite3_column_value(statement, at);   /* looked up once; nobody else uses this connection meanwhile */
    const unsigned char *text;
    int type = sqlite3_value_type(value);

    if (type == SQLITE_NULL) {
        *out = NULL;
        return CASEGATE_OK;
    }
    if (type != SQLITE_TEXT)
        return cg_sqlite_corrupt(err, place);
    text = sqlite3_value_text(value);
    if (!text)
        return casegate_error_set(err, CASEGATE_E_NOMEM, SQLITE_NOMEM, NULL, "out of memory");
    if (!is_text(text, (size_t)sqlite3_value_bytes(value)))
        return cg_sqlite_corrupt(err, place);
    *out = (const char *)text;
    return CASEGATE_OK;
}

/* What cannot be bound (too long for the handle, or no memory to convert it) is NULL then: the statement must not be run. */
void cg_sqlite_bind_bytes(cg_connection *connection, sqlite3_stmt *statement, int at, const char *text, int len,
                          sqlite3_destructor_type owner)
{
    int code = sqlite3_bind_text(statement, at, text, len, owner);

    if (code != SQLITE_OK)
        connection->unbound = code;
}

/* Absent text is stored as NULL, in one way only. */
void cg_sqlite_bind_text(cg_connection *connection, sqlite3_stmt *statement, int at, const char *text)
{
    if (text && *text)
        cg_sqlite_bind_bytes(connection, statement, at, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, at);
}

/* ---- struct to row ------------------------------------------------------------------------------------------------ */

static const char *text_at(const char *object, const cg_column *column)
{
    const char *text;

    memcpy(&text, object + column->offset, sizeof text);
    return text;
}

static int32_t int_at(const char *object, const cg_column *column)
{
    int32_t value;

    memcpy(&value, object + column->offset, sizeof value);
    return value;
}

static int64_t phase_of(const casegate_head *head)
{
    /* the library's statuses have the numbers of their phases */
    return head->phase || head->status > CASEGATE_REJECTED ? head->phase : head->status;
}

static int64_t integer_at(const char *object, const cg_column *column)
{
    uint32_t count;
    int64_t wide;

    switch (column->kind) {
    case CG_INT64:
        memcpy(&wide, object + column->offset, sizeof wide);
        return wide;
    case CG_UINT32:
        memcpy(&count, object + column->offset, sizeof count);
        return count;
    case CG_PHASE:
        return phase_of((const casegate_head *)(const void *)object);
    case CG_WAITING: {
        const casegate_head *head = (const casegate_head *)(const void *)object;

        return head->submitted_us ? head->submitted_us : head->created_us;
    }
    default:
        return int_at(object, column);
    }
}

static casegate_result write_list(const char *object, const cg_column *column, size_t count, casegate_buffer *out)
{
    const void *list;

    memcpy(&list, object + column->offset, sizeof list);
    if (column->kind == CG_LABELS)
        return casegate_json_write_labels((const casegate_label *const *)list, count, 0, out);
    if (column->kind == CG_FILES)
        return casegate_json_write_files((const casegate_file *const *)list, count, 0, out);
    return casegate_json_write_lines((const char *const *)list, count, 0, out);
}

static casegate_result bind_list(cg_connection *connection, sqlite3_stmt *statement, int at, const char *object,
                                 const cg_column *column)
{
    casegate_result result;
    size_t count;

    memcpy(&count, object + column->count_offset, sizeof count);
    if (count == 0) {
        sqlite3_bind_null(statement, at);
        return CASEGATE_OK;
    }
    casegate_buffer_clear(connection->buffer);
    result = write_list(object, column, count, connection->buffer);
    if (result == CASEGATE_OK)   /* copied: a row may have two lists, and the buffer holds one */
        cg_sqlite_bind_bytes(connection, statement, at, casegate_buffer_data(connection->buffer),
                             (int)casegate_buffer_length(connection->buffer), SQLITE_TRANSIENT);
    return result;
}

static casegate_result bind_column(cg_connection *connection, sqlite3_stmt *statement, int at, const char *object,
                                   const cg_column *column)
{
    const char *text;

    switch (column->kind) {
    case CG_TEXT: case CG_NAME:
        cg_sqlite_bind_text(connection, statement, at, text_at(object, column));
        return CASEGATE_OK;
    case CG_BLANK:
        text = text_at(object, column);
        cg_sqlite_bind_bytes(connection, statement, at, text ? text : "", -1, SQLITE_STATIC);
        return CASEGATE_OK;
    case CG_DUE_KEY:
        text = text_at(object, column);
        cg_sqlite_bind_bytes(connection, statement, at, text && *text ? text : "~", -1, SQLITE_STATIC);
        return CASEGATE_OK;
    case CG_LABELS: case CG_LINES: case CG_FILES:
        return bind_list(connection, statement, at, object, column);
    default:
        sqlite3_bind_int64(statement, at, integer_at(object, column));
        return CASEGATE_OK;
    }
}

/* Binds the columns whose `when` has one of the bits (CG_NEVER: all), from parameter *at on. */
casegate_result cg_sqlite_bind(cg_connection *connection, sqlite3_stmt *statement, const cg_table *table, uint32_t when,
                               const void *object, int *at, casegate_error *err)
{
    for (size_t i = 0; i < table->count; i++) {
        const cg_column *column = &table->columns[i];

        if (when && !(column->when & when))
            continue;
        if (bind_column(connection, statement, (*at)++, (const char *)object, column) != CASEGATE_OK)
            return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    }
    return CASEGATE_OK;
}

/* ---- row to struct ------------------------------------------------------------------------------------------------ */

static casegate_result read_text(sqlite3_stmt *statement, int at, char *object, const cg_column *column, casegate_error *err)
{
    const char *text = NULL;
    casegate_result result = cg_sqlite_read_text(statement, at, column->place, &text, err);

    if (result != CASEGATE_OK)
        return result;
    if (text && !*text)
        text = NULL;
    if (!text && column->kind == CG_NAME)
        return cg_sqlite_corrupt(err, column->place);
    memcpy(object + column->offset, &text, sizeof text);
    return CASEGATE_OK;
}

static int in_range(const cg_column *column, int64_t value)
{
    if (column->kind == CG_CODE && value >= 100)
        return value <= INT32_MAX;
    return value >= column->min && value <= column->max;
}

static casegate_result read_integer(sqlite3_stmt *statement, int at, char *object, const cg_column *column, casegate_error *err)
{
    sqlite3_value *stored = sqlite3_column_value(statement, at);
    int64_t value = sqlite3_value_int64(stored);

    if (sqlite3_value_type(stored) != SQLITE_INTEGER || !in_range(column, value))
        return cg_sqlite_corrupt(err, column->place);
    if (column->kind == CG_INT64)
        *(int64_t *)(void *)(object + column->offset) = value;
    else   /* int32_t and uint32_t members alike */
        *(uint32_t *)(void *)(object + column->offset) = (uint32_t)value;
    return CASEGATE_OK;
}

/* JSON of a row that cannot be read: a member that is not known yet is told apart from damage. */
casegate_result cg_sqlite_stored_json(casegate_result result, const casegate_error *why, const char *place, casegate_error *err)
{
    if (result == CASEGATE_E_INVALID && why->host_code == CASEGATE_PROBLEM_UNKNOWN)
        return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, why->field, "a stored member that this library does not know");
    if (result == CASEGATE_E_INVALID || result == CASEGATE_E_ABI)
        return cg_sqlite_corrupt(err, place);
    return casegate_error_set(err, result, why->host_code, why->field, why->text);
}

static casegate_result parse_list(casegate_host *host, const cg_column *column, const char *text, size_t len, char *object,
                                  cg_lists *lists, casegate_error *why)
{
    size_t count = 0;
    const void *list;
    casegate_result result;

    if (column->kind == CG_LABELS) {
        result = casegate_json_read_labels(host, text, len, &lists->labels, &count, why);
        list = lists->labels;
    } else if (column->kind == CG_FILES) {
        result = casegate_json_read_files(host, text, len, &lists->files, &count, why);
        list = lists->files;
    } else {
        result = casegate_json_read_lines(host, text, len, &lists->lines, &count, why);
        list = lists->lines;
    }
    if (result != CASEGATE_OK)
        return result;
    memcpy(object + column->offset, &list, sizeof list);
    memcpy(object + column->count_offset, &count, sizeof count);
    return CASEGATE_OK;
}

static casegate_result read_list(cg_connection *connection, sqlite3_stmt *statement, int at, char *object,
                                 const cg_column *column, cg_lists *lists, casegate_error *err)
{
    casegate_error why;
    const char *text = NULL;
    casegate_result result = cg_sqlite_read_text(statement, at, column->place, &text, err);

    if (result != CASEGATE_OK || !text)
        return result;
    casegate_error_init(&why, sizeof why);
    result = parse_list(connection->host, column, text, (size_t)sqlite3_column_bytes(statement, at), object, lists, &why);
    return result == CASEGATE_OK ? CASEGATE_OK : cg_sqlite_stored_json(result, &why, column->place, err);
}

static casegate_result read_column(cg_connection *connection, sqlite3_stmt *statement, int at, char *object,
                                   const cg_column *column, cg_lists *lists, casegate_error *err)
{
    switch (column->kind) {
    case CG_TEXT: case CG_NAME: case CG_BLANK:
        return read_text(statement, at, object, column, err);
    case CG_LABELS: case CG_LINES: case CG_FILES:
        return read_list(connection, statement, at, object, column, lists, err);
    default:
        return read_integer(statement, at, object, column, err);
    }
}

/* Reads a row into a struct of NULLs, from column *at on. Texts live as long as the statement stands on the row. */
casegate_result cg_sqlite_read(cg_connection *connection, sqlite3_stmt *statement, const cg_table *table, void *object,
                               cg_lists *lists, int *at, casegate_error *err)
{
    for (size_t i = 0; i < table->read; i++) {
        casegate_result result = read_column(connection, statement, (*at)++, (char *)object, &table->columns[i], lists, err);

        if (result != CASEGATE_OK)
            return result;
    }
    return CASEGATE_OK;
}

void cg_sqlite_free_lists(cg_connection *connection, cg_lists *lists)
{
    casegate_json_free_labels(connection->host, lists->labels);
    casegate_json_free_files(connection->host, lists->files);
    casegate_json_free_lines(connection->host, lists->lines);
    memset(lists, 0, sizeof *lists);
}
