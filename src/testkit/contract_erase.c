/* SPDX-License-Identifier: MIT */
/* contract_erase.c: what a store promises of an erasure: every text of the case gone, every event there, nothing else touched. */
#include "contract.h"

enum { MOST_EVENTS = 16 };

static int has_erase(const cg_rule *r) { return r->ops->erase != NULL && r->ops->history != NULL; }
static int has_requests(const cg_rule *r) { return has_erase(r) && casegate_store_keeps(r->store) & CASEGATE_KEEPS_REQUESTS; }
static int has_queue(const cg_rule *r)
{
    return has_erase(r) && r->ops->notices != NULL && r->ops->claim != NULL && r->ops->requeue != NULL;
}

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

/* An accepted case with texts in every place: two contents, a rejection with comment and file, request ids. */
static void given(cg_rule *r, cg_case *c, const char *id)
{
    casegate_content *second = cg_contract_content(r, "second", "2026-05-01");
    const cg_wish rejection = { .comment = "The margin cannot be seen.", .file = 1, .request = id }, edit = { .content = second };
    cg_given(r, c, id, CASEGATE_RECEIVED);
    if (cg_step(r, c, CASEGATE_REJECT, &rejection) && cg_step(r, c, CASEGATE_EDIT, &edit) && cg_step(r, c, CASEGATE_SUBMIT, NULL))
        cg_step(r, c, CASEGATE_ACCEPT, NULL);
    casegate_content_unref(second);
}

/* Copies of a case's events. */
static size_t keep_events(cg_rule *r, const cg_case *c, casegate_event *list[MOST_EVENTS])
{
    size_t count = 0;
    if (r->failed || !cg_gives(r, cg_history(r, c->id, 0, MOST_EVENTS), CASEGATE_OK, "history")) return 0;
    while (count < MOST_EVENTS && casegate_answers_event(r->answers, count) &&
           casegate_event_copy(NULL, casegate_answers_event(r->answers, count), &list[count], &r->err) == CASEGATE_OK) count++;
    return count;
}

static void free_events(casegate_event *list[MOST_EVENTS], size_t count)
{
    for (size_t i = 0; i < count; i++) casegate_event_free(list[i]);
}

static int is_there(const char *text) { return text && *text; }

/* As it was, without what an erasure takes. */
static casegate_event without_texts(const casegate_event *event)
{
    casegate_event bare = *event;
    bare.erased = is_there(event->salt) || is_there(event->comment) || event->file_count;
    bare.comment = bare.salt = NULL;
    bare.files = NULL;
    bare.file_count = 0;
    return bare;
}

static void are_bare(cg_rule *r, const cg_case *c, casegate_event *const *before, size_t count)
{
    if (r->failed || !cg_gives(r, cg_history(r, c->id, 0, MOST_EVENTS), CASEGATE_OK, "history of an erased case")) return;
    for (size_t i = 0; i < count; i++) {
        const casegate_event bare = without_texts(before[i]);
        cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, i), &bare, "an event of an erased case, but for its texts");
    }
    cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, count), c->commit->events[0], "the event of the erasure");
}

static void is_tombstone(cg_rule *r, const cg_case *c, uint32_t revision, const char *digest)
{
    if (r->failed || !cg_gives(r, cg_content(r, c->id, revision), CASEGATE_OK, "content of an erased case")) return;
    const casegate_stored_content *stored = casegate_answers_content(r->answers, 0);
    if (!cg_holds(r, stored != NULL && stored->erased && !stored->content, "an erased content is a tombstone")) return;
    cg_holds(r, !is_there(stored->salt), "the salt of an erased content is gone");
    cg_is_text(r, stored->digest, digest, "the digest of an erased content");
}

static int is_head(cg_rule *r, const cg_case *c, const char *what)
{
    return !r->failed && cg_gives(r, cg_load(r, c->id), CASEGATE_OK, "load") &&
           cg_is_view(r, CASEGATE_VIEW_HEAD, casegate_answers_head(r->answers, 0), casegate_case_head(c->kase), what);
}

static int erase(cg_rule *r, cg_case *c)
{
    return cg_decide_step(r, c, CASEGATE_ERASE, NULL) && cg_gives(r, cg_erase_step(r, c), CASEGATE_OK, "erase");
}

/* ---- rules ---------------------------------------------------------------------------------------------------------------------- */

static void takes_texts(cg_rule *r)
{
    cg_case c;
    casegate_event *before[MOST_EVENTS];
    given(r, &c, "case-1");
    const size_t count = keep_events(r, &c, before);
    if (erase(r, &c)) {
        is_head(r, &c, "the head of an erased case");
        are_bare(r, &c, before, count);
        is_tombstone(r, &c, 2, casegate_case_head(c.kase)->content_digest);
        if (casegate_store_keeps(r->store) & CASEGATE_KEEPS_REVISIONS) is_tombstone(r, &c, 1, before[0]->content_digest);
    }
    free_events(before, count);
    cg_case_close(&c);
}

static void keeps_requests(cg_rule *r)
{
    cg_case c;
    const casegate_load what = { .size = sizeof what, .case_id = "case-1", .request = "case-1", .request_org = CG_LAB, .request_actor = "lena",
                                 .request_lab = CG_LAB };
    given(r, &c, "case-1");
    if (erase(r, &c)) {
        cg_forget(r);
        if (cg_gives(r, r->ops->load(r->ops->user, NULL, &what, r->answers, &r->err), CASEGATE_OK, "load with a request of before"))
            cg_holds(r, casegate_answers_event(r->answers, 0) && casegate_answers_event(r->answers, 0)->erased, "the event of a request of before, erased");
    }
    cg_case_close(&c);
}

static void takes_notices(cg_rule *r)
{
    cg_case c;
    const casegate_notice *notice;
    size_t dead = 0;
    given(r, &c, "case-1");
    if (erase(r, &c)) {
        const int64_t later = casegate_clock_now(r->clock) + INT64_C(86400000000);
        cg_forget(r);
        cg_gives(r, r->ops->claim(r->ops->user, NULL, "email", later, later + 1, "mine", 10, r->answers, &r->err), CASEGATE_OK, "claim");
        cg_holds(r, !casegate_answers_notice(r->answers, 0), "no notice of an erased case is due");
        cg_forget(r);
        cg_gives(r, r->ops->notices(r->ops->user, NULL, 0, NULL, NULL, 100, r->answers, &r->err), CASEGATE_OK, "notices");
        for (size_t i = 0; !r->failed && (notice = casegate_answers_notice(r->answers, i)) != NULL; i++) {
            cg_holds(r, !is_there(notice->comment) && !notice->file_count && !is_there(notice->address) && !is_there(notice->reference),
                     "the texts of a notice are gone");
            if (notice->state != CASEGATE_NOTICE_DEAD) continue;
            dead++;
            cg_is_text(r, notice->last_error, "erased", "why it is dead");
            cg_gives(r, r->ops->requeue(r->ops->user, NULL, notice->id, later, &r->err), CASEGATE_CONFLICT, "requeue of an erased notice");
        }
        cg_is_number(r, dead, 2, "notices that were not delivered");
    }
    cg_case_close(&c);
}

static void loses(cg_rule *r)
{
    cg_case c, late;
    casegate_event *before[MOST_EVENTS];
    cg_given(r, &c, "case-1", CASEGATE_DRAFT);
    cg_case_open(&late, "case-1");
    late.kase = casegate_case_ref(c.kase);
    cg_decide_step(r, &late, CASEGATE_ERASE, NULL);
    if (cg_step(r, &c, CASEGATE_SUBMIT, NULL)) {
        const size_t count = keep_events(r, &c, before);
        if (!r->failed) cg_gives(r, cg_erase_step(r, &late), CASEGATE_CONFLICT, "erase of a case that moved on");
        is_head(r, &c, "the head of a case that was not erased");
        if (!r->failed && cg_gives(r, cg_content(r, c.id, 1), CASEGATE_OK, "content")) {
            const casegate_stored_content *stored = casegate_answers_content(r->answers, 0);
            if (cg_holds(r, stored != NULL && !stored->erased, "a content that was not erased")) cg_is_content(r, stored->content, c.content);
        }
        casegate_event *after[MOST_EVENTS];
        const size_t now = keep_events(r, &c, after);
        cg_is_number(r, now, count, "events after an erasure that lost");
        free_events(after, now);
        free_events(before, count);
    }
    cg_case_close(&c);
    cg_case_close(&late);
}

static void leaves_others(cg_rule *r)
{
    cg_case c, other;
    casegate_event *before[MOST_EVENTS];
    given(r, &c, "case-1");
    given(r, &other, "case-10");
    const size_t count = keep_events(r, &other, before);
    if (erase(r, &c) && is_head(r, &other, "the head of another case") &&
        cg_gives(r, cg_history(r, other.id, 0, MOST_EVENTS), CASEGATE_OK, "history of another case"))
        for (size_t i = 0; i < count; i++)
            cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, i), before[i], "an event of another case");
    if (!r->failed && cg_gives(r, cg_content(r, other.id, 2), CASEGATE_OK, "content of another case"))
        cg_holds(r, !casegate_answers_content(r->answers, 0)->erased, "the content of another case stays");
    free_events(before, count);
    cg_case_close(&c);
    cg_case_close(&other);
}

static void filled_again(cg_rule *r)
{
    cg_case c;
    casegate_content *next = cg_contract_content(r, "next", NULL);
    const cg_wish edit = { .content = next };
    cg_given(r, &c, "case-1", CASEGATE_DRAFT);
    if (erase(r, &c) && cg_step(r, &c, CASEGATE_EDIT, &edit) && is_head(r, &c, "the head of a draft that was filled again") &&
        cg_gives(r, cg_content(r, c.id, 2), CASEGATE_OK, "content after an erasure")) {
        const casegate_stored_content *stored = casegate_answers_content(r->answers, 0);
        if (cg_holds(r, stored && !stored->erased, "a content that came after the erasure")) cg_is_content(r, stored->content, next);
    }
    casegate_content_unref(next);
    cg_case_close(&c);
}

const cg_contract_rule cg_rules_of_erase[] = {
    { "an_erasure_takes_every_text_and_salt_and_leaves_events_and_digests", has_erase, takes_texts },
    { "a_request_id_stays_used_after_an_erasure", has_requests, keeps_requests },
    { "an_erasure_ends_undelivered_notices_for_good_and_takes_their_texts", has_queue, takes_notices },
    { "an_erasure_on_a_version_that_moved_on_is_a_conflict_and_erases_nothing", has_erase, loses },
    { "an_erasure_leaves_other_cases_alone", has_erase, leaves_others },
    { "an_erased_draft_can_be_filled_again", has_erase, filled_again },
    { NULL, NULL, NULL },
};
