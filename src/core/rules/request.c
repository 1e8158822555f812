/* SPDX-License-Identifier: MIT */
/* request.c: a request as a value: its empty form, and the digest that tells whether two mean the same. */
#include "rules.h"

/* Tags of the canonical form, for ever. */
enum { TAG_ACTION = 1, TAG_CASE, TAG_LAB, TAG_REVISION, TAG_SERVICE, TAG_REASON, TAG_COMMENT, TAG_FILE, TAG_CONTENT, TAG_SUBMIT,
       TAG_CLINIC, TAG_STATUS, TAG_ATTEMPT, TAG_OLD, TAG_OLD_VERSION, TAG_NEW, TAG_NEW_VERSION };

void casegate_request_init(casegate_request *request, size_t size) { cg_init(request, size); }
void casegate_facts_init(casegate_facts *facts, size_t size) { cg_init(facts, size); }

static void form_files(casegate_buffer *out, const casegate_request *request)
{
    for (size_t i = 0; i < request->file_count; i++) {
        size_t open = cg_form_open(out, TAG_FILE);
        cg_view_form(out, CASEGATE_VIEW_FILE, request->files[i]);
        cg_form_close(out, open);
    }
}

static void form_content(casegate_buffer *out, const casegate_content *content)
{
    if (!content) return;
    size_t open = cg_form_open(out, TAG_CONTENT);
    cg_content_form(out, content);
    cg_form_close(out, open);
}

/* A definition's name and version mean the same for ever, so a mapping is told by those that it joins. */
static void form_mapping(casegate_buffer *out, const casegate_mapping *mapping)
{
    if (!mapping) return;
    cg_form_text(out, TAG_OLD, mapping->from->name);
    cg_form_int(out, TAG_OLD_VERSION, mapping->from->version);
    cg_form_text(out, TAG_NEW, mapping->to->name);
    cg_form_int(out, TAG_NEW_VERSION, mapping->to->version);
}

casegate_result cg_request_form(casegate_buffer *out, const casegate_request *request, const char *salt)
{
    int creates = request->action == CASEGATE_CREATE || request->action == CASEGATE_ADOPT;
    const char *case_id = request->held ? casegate_case_head(request->held)->id : request->case_id;
    casegate_buffer_clear(out);
    cg_form_begin(out, "casegate request 1", salt);
    cg_form_int(out, TAG_ACTION, request->action);
    cg_form_text(out, TAG_CASE, creates ? NULL : case_id);
    cg_form_text(out, TAG_LAB, creates ? request->lab : NULL);
    cg_form_int(out, TAG_REVISION, request->revision);
    cg_form_text(out, TAG_SERVICE, request->service);
    cg_form_text(out, TAG_REASON, request->reason);
    cg_form_text(out, TAG_COMMENT, request->comment);
    form_files(out, request);
    form_content(out, request->content);
    cg_form_int(out, TAG_SUBMIT, request->submit);
    cg_form_text(out, TAG_CLINIC, request->clinic);
    cg_form_int(out, TAG_STATUS, request->status);
    cg_form_int(out, TAG_ATTEMPT, request->attempt);
    form_mapping(out, request->mapping);
    return casegate_buffer_status(out);
}

casegate_result casegate_request_digest(casegate_host *host, const casegate_request *request, const char *salt, char out[67],
                                        casegate_error *err)
{
    casegate_request room, adopted;
    const void *given;
    cg_arena arena;
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    casegate_result rc = cg_adopt(request, sizeof room, sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return rc;
    adopted = *(const casegate_request *)given;
    cg_arena_init(&arena, host);
    casegate_buffer *form = casegate_buffer_new(host);
    rc = form ? cg_files_adopt(&arena, adopted.files, adopted.file_count, &adopted.files, err) : CASEGATE_E_NOMEM;
    if (rc == CASEGATE_OK) rc = cg_request_form(form, &adopted, salt);
    if (rc == CASEGATE_OK) rc = cg_digest_text(host, NULL, form, out, err);
    else if (rc == CASEGATE_E_NOMEM) casegate_error_set(err, rc, 0, NULL, NULL);
    casegate_buffer_free(form);
    cg_arena_free(&arena);
    return rc;
}
