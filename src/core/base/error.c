/* SPDX-License-Identifier: MIT */
/* error.c: filling a caller's error of whatever size it has, names of results and problems, the version. */
#include "base.h"

#define COUNT(list) ((int32_t)(sizeof (list) / sizeof (list)[0]))
/* Whether the caller's error has a member of ours wholly. */
#define HAS(err, member) ((err)->size >= offsetof(casegate_error, member) + sizeof (err)->member)

static const char *const result_list[] = {
    "e_missing_fact", "e_unknown", "e_unsupported", "e_busy", "e_abi", "e_corrupt", "e_host", "e_invalid", "e_nomem",
    "ok", "refused", "absent", "conflict", "joined", "later"
};
static const cg_names results = { result_list, CASEGATE_E_MISSING_FACT, COUNT(result_list) };
static const char *const problem_list[] = {
    "missing", "too_long", "too_many", "encoding", "control", "format", "range", "duplicate", "unknown"
};
static const cg_names problems = { problem_list, CASEGATE_PROBLEM_MISSING, COUNT(problem_list) };

void casegate_error_init(casegate_error *err, size_t size) { cg_init(err, size); }

/* Copies what fits into room bytes with the NUL, without cutting a character. */
static void put(char *to, size_t room, const char *text)
{
    size_t len = strlen(text);
    if (len >= room) {
        len = room - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) len--;
    }
    memmove(to, text, len);
    to[len] = '\0';
}

/* How many bytes of a member the caller's error has. */
static size_t room_at(const casegate_error *err, size_t offset, size_t ours)
{
    if (err->size <= offset) return 0;
    return err->size - offset < ours ? err->size - offset : ours;
}

casegate_result casegate_error_set(casegate_error *err, casegate_result code, int32_t host_code, const char *field,
                                   const char *text)
{
    if (!err) return code;
    size_t field_room = room_at(err, offsetof(casegate_error, field), sizeof err->field);
    size_t text_room = room_at(err, offsetof(casegate_error, text), sizeof err->text);
    if (HAS(err, code)) err->code = code;
    if (HAS(err, host_code)) err->host_code = host_code;
    if (field_room) put(err->field, field_room, cg_text(field));
    if (text_room) put(err->text, text_room, cg_text(text));
    return code;
}

const char *casegate_result_name(casegate_result result)
{
    const char *name = cg_name_of(&results, result);
    return name[0] ? name : "unknown";
}

const char *casegate_problem_name(int32_t problem) { return cg_name_of(&problems, problem); }

const char *casegate_version(void) { return CASEGATE_VERSION; }
