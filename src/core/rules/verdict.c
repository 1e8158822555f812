/* SPDX-License-Identifier: MIT */
/* verdict.c: every cause of a refusal: its name, its parameters, its sentence and its remedy, in one table. */
#include "rules.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { MOST_PARAMETERS = 3 };

/* In a sentence {name} is a parameter; what stands in [ ] is left out if a parameter in it is absent. */
typedef struct kind { const char *name; casegate_parameter parameters[MOST_PARAMETERS]; const char *sentence, *remedy; } kind;

#define P(name_, in_) { sizeof(casegate_parameter), name_, CASEGATE_IN_##in_ }
static const kind kinds[] = {
    [CASEGATE_NOT_FOUND] = { "not_found", { { 0 } }, "There is no such case.",
        "Check the id, and that the case belongs to your organisation." },
    [CASEGATE_UNKNOWN_ACTION] = { "unknown_action", { P("action", SUBJECT) }, "The workflow has no action {action}.",
        "Use an action of the case's workflow." },
    [CASEGATE_PARTIAL_DECISION] = { "partial_decision", { P("service", SUBJECT) },
        "Service {service} cannot be decided apart: accept and reject are for the whole case.", "Leave the service out." },
    [CASEGATE_NOT_SUBMITTED] = { "not_submitted", { { 0 } }, "The case is a draft: it was not submitted yet.",
        "The clinic has to submit it first." },
    [CASEGATE_ALREADY_SUBMITTED] = { "already_submitted", { { 0 } }, "The case was submitted and waits for the lab's decision.",
        "Wait for the decision; until then the content can be edited." },
    [CASEGATE_ALREADY_ACCEPTED] = { "already_accepted", { P("at", AT), P("by", SUBJECT) },
        "The case was accepted[ by {by}][ at {at}]; an acceptance is final.", "None: for a change, make a new case with remake_of." },
    [CASEGATE_ALREADY_REJECTED] = { "already_rejected", { P("reason", SUBJECT) }, "The case was rejected[ for {reason}].",
        "The clinic can revise it and submit it again." },
    [CASEGATE_LOCKED] = { "locked", { { 0 } }, "The case is locked: its content cannot change any more.",
        "None: for a change, make a new case with remake_of." },
    [CASEGATE_WRONG_STATUS] = { "wrong_status", { P("status", SUBJECT) }, "The action is not possible in status {status}.",
        "Wait for a status that allows it." },
    [CASEGATE_WRONG_ROLE] = { "wrong_role", { P("role", SUBJECT) }, "The action is not for the role {role}.",
        "Ask someone whose role it is." },
    [CASEGATE_NO_PERMISSION] = { "no_permission", { P("permission", SUBJECT) }, "The permission {permission} is missing.",
        "Ask for the permission {permission}." },
    [CASEGATE_REVIEW_REQUIRED] = { "review_required", { { 0 } }, "The revision that was reviewed is not named.",
        "Look at the case, and name the revision seen." },
    [CASEGATE_STALE_REVIEW] = { "stale_review", { P("given", GIVEN), P("current", CURRENT), P("changed", LIST) },
        "Revision {given} is not the current one, {current}[; changed: {changed}].", "Look at the current revision, and decide again." },
    [CASEGATE_REASON_REQUIRED] = { "reason_required", { { 0 } }, "A reason is required.", "Choose one of the lab's reasons." },
    [CASEGATE_REASON_UNKNOWN] = { "reason_unknown", { P("reason", SUBJECT) }, "The reason {reason} is not one of the lab's.",
        "Choose one of the lab's reasons." },
    [CASEGATE_COMMENT_REQUIRED] = { "comment_required", { P("reason", SUBJECT) },
                                    "A comment is required[ for the reason {reason}].",
        "Write a comment." },
    [CASEGATE_FILE_REQUIRED] = { "file_required", { P("reason", SUBJECT) }, "A file is required[ for the reason {reason}].",
        "Attach a file." },
    [CASEGATE_INCOMPLETE] = { "incomplete", { P("finding", VALUE), P("subject", SUBJECT) },
                              "The case is incomplete: {finding} ({subject}).",
        "Complete {subject}." },
    [CASEGATE_GUARD_REFUSED] = { "guard_refused", { P("guard", SUBJECT), P("text", VALUE) }, "{text}",
        "Clear what the rule {guard} asks for." },
    [CASEGATE_INVALID_INPUT] = { "invalid_input", { P("field", SUBJECT), P("problem", VALUE) },
                                 "The value of {field} cannot be taken: {problem}.",
        "Correct {field}." },
    [CASEGATE_REQUEST_REUSED] = { "request_reused", { { 0 } }, "The request id was already used for a different request.",
        "Send it with a new request id." },
};
#undef P

static int is_kind(int32_t code) { return code > 0 && code < (int32_t)COUNT(kinds); }

const char *casegate_obstacle_name(int32_t code) { return is_kind(code) ? kinds[code].name : ""; }

int32_t casegate_find_obstacle(const char *name)
{
    for (int32_t code = 1; is_kind(code); code++)
        if (cg_same(kinds[code].name, name)) return code;
    return 0;
}

const casegate_parameter *casegate_obstacle_parameter(int32_t code, size_t i)
{
    return is_kind(code) && i < MOST_PARAMETERS && kinds[code].parameters[i].name ? &kinds[code].parameters[i] : NULL;
}

/* ---- the list -------------------------------------------------------------------------------------------------------- */

void cg_verdict_init(casegate_verdict *verdict, casegate_host *host)
{
    *verdict = (casegate_verdict) { .host = casegate_host_ref(host) };
    cg_arena_init(&verdict->arena, host);
}

void cg_verdict_close(casegate_verdict *verdict)
{
    cg_arena_free(&verdict->arena);
    casegate_release(verdict->host, verdict->obstacles);
    casegate_host_unref(verdict->host);
}

casegate_verdict *casegate_verdict_new(casegate_host *host)
{
    casegate_verdict *verdict = casegate_alloc(host, sizeof *verdict);
    if (verdict) cg_verdict_init(verdict, host);
    return verdict;
}

void casegate_verdict_free(casegate_verdict *verdict)
{
    if (!verdict) return;
    casegate_host *host = casegate_host_ref(verdict->host);
    cg_verdict_close(verdict);
    casegate_release(host, verdict);
    casegate_host_unref(host);
}

/* Rare, and kept out of the way of what is not. */
static __attribute__((noinline, cold)) int grow(casegate_verdict *verdict)
{
    size_t wanted = verdict->capacity ? verdict->capacity * 2 : 16;
    cg_obstacle *larger = casegate_resize(verdict->host, verdict->obstacles, wanted * sizeof *larger);
    if (!larger) return 0;
    verdict->obstacles = larger;
    verdict->capacity = wanted;
    return 1;
}

cg_obstacle *cg_verdict_add(casegate_verdict *verdict, int32_t code)
{
    if (verdict->count == verdict->capacity && !grow(verdict)) {
        verdict->failed = 1;
        return NULL;
    }
    cg_obstacle *obstacle = &verdict->obstacles[verdict->count++];
    *obstacle = (cg_obstacle) { .it = { .size = sizeof obstacle->it, .code = code, .name = kinds[code].name } };
    return obstacle;
}

void cg_verdict_say(casegate_verdict *verdict, int32_t code, const char *subject, const char *value)
{
    cg_obstacle *obstacle = cg_verdict_add(verdict, code);
    if (!obstacle) return;
    obstacle->it.subject = subject && *subject ? subject : NULL;
    obstacle->it.value = value && *value ? value : NULL;
}

casegate_result cg_verdict_result(const casegate_verdict *verdict, casegate_error *err)
{
    if (verdict->failed) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    return verdict->count ? CASEGATE_REFUSED : CASEGATE_OK;
}

size_t casegate_verdict_count(const casegate_verdict *verdict) { return verdict ? verdict->count : 0; }

const casegate_obstacle *casegate_verdict_at(const casegate_verdict *verdict, size_t i)
{
    return i < casegate_verdict_count(verdict) ? &verdict->obstacles[i].it : NULL;
}

const char *casegate_verdict_list(const casegate_verdict *verdict, size_t i, size_t k)
{
    const casegate_obstacle *obstacle = casegate_verdict_at(verdict, i);
    return obstacle && k < obstacle->list_count ? verdict->obstacles[i].list[k] : NULL;
}

/* ---- words ----------------------------------------------------------------------------------------------------------- */

/* Text that counts all of it and keeps what fits. */
typedef struct sink { char *buf; size_t cap, length; } sink;

static void put(sink *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++, out->length++)
        if (out->length + 1 < out->cap) out->buf[out->length] = text[i];
}

static void put_list(sink *out, const cg_obstacle *obstacle)
{
    for (size_t k = 0; k < obstacle->it.list_count; k++) {
        if (k) put(out, ", ", 2);
        put(out, obstacle->list[k], strlen(obstacle->list[k]));
    }
}

/* 1: there was something to put. */
static int put_parameter(sink *out, const cg_obstacle *obstacle, int32_t in)
{
    char small[32];
    const char *text = small;
    const casegate_obstacle *it = &obstacle->it;
    small[0] = '\0';
    if (in == CASEGATE_IN_LIST) return put_list(out, obstacle), it->list_count > 0;
    if (in == CASEGATE_IN_SUBJECT) text = cg_text(it->subject);
    else if (in == CASEGATE_IN_VALUE) text = cg_text(it->value);
    else if (in == CASEGATE_IN_AT && it->at_us) casegate_time_format(it->at_us, small, sizeof small);
    else if (in != CASEGATE_IN_AT) snprintf(small, sizeof small, "%lu",
                                            (unsigned long)(in == CASEGATE_IN_GIVEN ? it->given : it->current));
    put(out, text, strlen(text));
    return text[0] != '\0';
}

static int32_t where(int32_t code, const char *name, size_t len)
{
    const casegate_parameter *p;
    for (size_t i = 0; (p = casegate_obstacle_parameter(code, i)) != NULL; i++)
        if (strlen(p->name) == len && !memcmp(p->name, name, len)) return p->in;
    return CASEGATE_IN_SUBJECT;
}

static void render(sink *out, const cg_obstacle *obstacle, const char *words)
{
    size_t optional = 0;
    int present = 1;
    while (*words) {
        if (*words == '{') {
            size_t len = strcspn(++words, "}");
            present &= put_parameter(out, obstacle, where(obstacle->it.code, words, len));
            words += len + 1;
        } else if (*words == '[') {
            optional = out->length;
            present = 1;
            words++;
        } else if (*words == ']') {
            if (!present) out->length = optional;
            words++;
        } else {
            put(out, words++, 1);
        }
    }
}

size_t casegate_verdict_text(const casegate_verdict *verdict, size_t i, int32_t which, char *buf, size_t cap)
{
    sink out = { buf, buf ? cap : 0, 0 };
    if (i < casegate_verdict_count(verdict)) {
        const cg_obstacle *obstacle = &verdict->obstacles[i];
        render(&out, obstacle, which ? kinds[obstacle->it.code].remedy : kinds[obstacle->it.code].sentence);
    }
    if (out.cap) buf[out.length < out.cap ? out.length : out.cap - 1] = '\0';
    return out.length;
}
