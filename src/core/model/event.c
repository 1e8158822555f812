/* SPDX-License-Identifier: MIT */
/* event.c: how an event changes a head, and what seals it. */
#include "model.h"

/* CASEGATE_PHASE_... and CASEGATE_DOES_... by value: this layer does not know workflow.h. */
enum { NO_PHASE, DRAFT, PENDING, ACCEPTED, REJECTED, CLOSED, PHASES };
enum { NOTHING, SUBMISSION, ACCEPTANCE, REJECTION, CLOSING, MOVE, EDIT };
enum { ERASE = 7 };   /* CASEGATE_ERASE, likewise */
enum { COMMENT_TAG = 1, FILE_TAG = 2 };
#define EVENT_DOMAIN "casegate event 1"
#define TEXT_DOMAIN "casegate text 1"

static const unsigned char joins[PHASES][PHASES] = {
    [DRAFT] = { [PENDING] = SUBMISSION, [CLOSED] = CLOSING },
    [PENDING] = { [ACCEPTED] = ACCEPTANCE, [REJECTED] = REJECTION, [CLOSED] = CLOSING },
    [REJECTED] = { [PENDING] = SUBMISSION, [CLOSED] = CLOSING }
};

int32_t cg_does(int32_t from_phase, int32_t to_phase, int edits)
{
    if (from_phase < DRAFT || from_phase >= PHASES || to_phase < DRAFT || to_phase >= PHASES) return NOTHING;
    if (from_phase == to_phase) return edits ? EDIT : MOVE;
    return joins[from_phase][to_phase];
}

static void submit(casegate_head *head, const casegate_event *event)
{
    head->submitted_us = event->time_us;
    head->reason = NULL;
    head->rejected_seq = 0;
    if (head->first_submitted_seq == 0) {
        head->first_submitted_seq = event->seq;
        head->first_submitted_revision = event->revision;
    }
}

static void settle(casegate_head *head, const casegate_event *event, int rejected)
{
    head->decided_us = event->time_us;
    head->decided_by = event->actor;
    if (!rejected) return;
    head->reason = event->reason;
    head->rejected_seq = event->seq;
}

/* What a first event says; of a case that was adopted it says all that its past left. */
static void begin(casegate_head *head, const casegate_event *event, int32_t to_phase)
{
    memset(head, 0, sizeof *head);
    head->size = sizeof *head;
    head->id = event->case_id;
    head->clinic = event->clinic;
    head->lab = event->lab;
    head->created_us = event->time_us;
    if (event->attempt == 0) return;
    submit(head, event);
    if (to_phase == ACCEPTED || to_phase == REJECTED) settle(head, event, to_phase == REJECTED);
}

void cg_head_follow(const casegate_head *before, const casegate_event *event, const casegate_content *content, int32_t from_phase,
                    int32_t to_phase, casegate_head *after)
{
    if (before) *after = *before;
    else begin(after, event, to_phase);
    after->workflow = event->workflow;                   /* a migration brings another */
    after->workflow_version = event->workflow_version;
    after->status = event->to;
    after->phase = to_phase;
    after->version = event->seq;
    after->revision = event->revision;
    after->attempt = event->attempt;

    int32_t does = before ? cg_does(from_phase, to_phase, 0) : NOTHING;
    if (does == SUBMISSION) submit(after, event);
    else if (does == ACCEPTANCE || does == REJECTION) settle(after, event, does == REJECTION);

    if (content || event->action == ERASE) cg_head_summarize(after, content);
    after->content_digest = event->content_digest;
    after->event_hash = event->hash;
}

void cg_head_as_then(const casegate_head *today, const casegate_event *event, casegate_head *then)
{
    *then = *today;
    if (!cg_empty(event->workflow)) {
        then->workflow = event->workflow;
        then->workflow_version = event->workflow_version;
    }
    then->status = event->to;
    if (today->status != 0 && today->status != event->to) then->phase = 0;   /* an event does not say: to be derived */
    then->version = event->seq;
    then->revision = event->revision;
    then->attempt = event->attempt;
}

/* ---- seals ---- */

casegate_result cg_event_text_digest(casegate_host *host, casegate_buffer *scratch, const casegate_event *event, char out[67],
                                     casegate_error *err)
{
    if (cg_empty(event->comment) && event->file_count == 0) {
        out[0] = '\0';
        return CASEGATE_OK;
    }
    casegate_buffer_clear(scratch);
    cg_form_begin(scratch, TEXT_DOMAIN, event->salt);
    cg_form_text(scratch, COMMENT_TAG, event->comment);
    for (size_t i = 0; i < event->file_count; i++) {
        size_t open = cg_form_open(scratch, FILE_TAG);
        cg_view_form(scratch, CASEGATE_VIEW_FILE, event->files[i]);
        cg_form_close(scratch, open);
    }
    return cg_digest_text(host, NULL, scratch, out, err);
}

casegate_result cg_event_hash(casegate_host *host, casegate_buffer *scratch, const casegate_event *event, char out[67],
                              casegate_error *err)
{
    casegate_buffer_clear(scratch);
    cg_form_begin(scratch, EVENT_DOMAIN, NULL);
    cg_view_form(scratch, CASEGATE_VIEW_EVENT, event);
    return cg_digest_text(host, event->key, scratch, out, err);
}
