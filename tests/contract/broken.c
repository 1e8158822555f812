/* SPDX-License-Identifier: MIT */
/* broken.c: a store that forwards to the memory store, and bends one thing on its way. */
#include "broken.h"

#include <stdlib.h>
#include <string.h>

const bug bugs[] = {
    { "answers a head for an unknown case", "an_unknown_case_is_absent" },
    { "forgets who decided", "a_head_is_loaded_as_it_was_committed_in_every_status" },
    { "keeps the reason after a resubmission", "a_resubmitted_case_has_no_current_rejection_any_more" },
    { "cuts references at 100 bytes", "text_of_every_kind_and_length_comes_back_unchanged" },
    { "keeps times in 32 bits of seconds", "times_up_to_the_year_9999_come_back_unchanged" },
    { "answers the first content for ever", "the_current_content_is_answered_with_its_digest" },
    { "forgets the salt of a content", "the_current_content_is_answered_with_its_digest" },
    { "forgets older contents but says it keeps them", "older_contents_stay_as_they_were" },
    { "overwrites a case whose id is taken", "a_new_case_whose_id_is_taken_is_a_conflict_and_changes_nothing" },
    { "ignores the version", "a_commit_on_a_version_that_moved_on_is_a_conflict_and_writes_nothing" },
    { "writes the notices of the loser", "a_commit_on_a_version_that_moved_on_is_a_conflict_and_writes_nothing" },
    { "takes a version that is not there yet", "a_commit_on_a_version_that_is_not_there_yet_is_a_conflict" },
    { "writes the content of the loser", "an_edit_that_loses_leaves_the_content_of_the_winner" },
    { "makes a case that is not there", "a_commit_on_a_case_that_is_not_there_is_a_conflict" },
    { "writes what comes again once more", "a_commit_that_comes_again_is_a_conflict_and_is_stored_once" },
    { "drops the last of two hundred services", "what_is_as_large_as_the_limits_allow_is_kept_to_the_last_byte" },
    { "stops at the first conflict of several", "several_commits_are_applied_in_order_and_each_by_itself" },
    { "applies several in the opposite order", "several_commits_are_applied_in_order_and_each_by_itself" },
    { "does not find requests", "a_request_is_found_with_its_event_and_notices" },
    { "leaves out the notices of a request", "a_request_is_found_with_its_event_and_notices" },
    { "answers all notices of a case beside a request", "a_request_is_found_with_its_event_and_notices" },
    { "finds requests of others", "a_request_id_is_unique_within_organisation_actor_and_lab" },
    { "answers history backwards", "history_is_answered_in_order_as_it_was_committed" },
    { "answers history without files", "history_is_answered_in_order_as_it_was_committed" },
    { "ignores the limit of history", "history_is_answered_in_order_as_it_was_committed" },
    { "ignores where a page begins", "both_orders_and_every_page_size_give_the_whole_list_once" },
    { "breaks ties of pages by id alone", "both_orders_and_every_page_size_give_the_whole_list_once" },
    { "ignores the clinic of a list", "filters_hold_together_in_every_order" },
    { "ignores the phase of a list", "filters_hold_together_in_every_order" },
    { "lists the moment before, too", "filters_hold_together_in_every_order" },
    { "leases without a token", "due_notices_are_leased_to_one_caller_with_its_token_and_the_end_of_its_lease" },
    { "leases the same notices twice", "due_notices_are_leased_to_one_caller_with_its_token_and_the_end_of_its_lease" },
    { "claims one more than the limit", "the_oldest_due_are_claimed_first_up_to_the_limit" },
    { "claims what is not due", "what_is_not_due_or_of_another_channel_is_not_claimed" },
    { "never claims a lease that ended", "a_lease_that_ended_is_claimed_again_and_counts_a_try" },
    { "settles under any lease", "a_late_settle_of_a_lost_lease_is_refused" },
    { "forgets what is settled", "what_is_settled_is_tried_again_when_due_or_never" },
    { "keeps the tries of a claim", "a_settle_stores_what_it_says_and_no_other_member" },
    { "keeps the token of a lease that ended", "a_settle_stores_what_it_says_and_no_other_member" },
    { "settles one notice twice", "a_settle_stores_what_it_says_and_no_other_member" },
    { "ends the leases of a commit at once", "notices_that_were_committed_leased_stay_with_their_engine" },
    { "mixes the inboxes of an organisation", "an_inbox_holds_the_portal_notices_of_one_recipient_oldest_first" },
    { "does not mind where a page of the inbox begins", "an_inbox_holds_the_portal_notices_of_one_recipient_oldest_first" },
    { "marks all where one is meant", "marking_as_read_counts_down_and_leaves_other_inboxes_alone" },
    { "ignores the state of notices", "notices_are_listed_by_state_and_channel_in_pages" },
    { "requeues what is not dead", "a_dead_notice_can_be_given_its_tries_anew" },
    { "adds a notice twice without a word", "a_notice_without_an_event_is_added_once" },
    { "purges nothing and says it did", "old_delivered_notices_are_purged_and_no_others" },
    { "does not say which store it is", "an_operator_is_told_what_waits_what_is_dead_and_what_is_unread" },
    { "does not count what is dead", "an_operator_is_told_what_waits_what_is_dead_and_what_is_unread" },
    { "writes an erasure like any commit", "an_erasure_takes_every_text_and_salt_and_leaves_events_and_digests" },
    { "keeps the summary of what was erased", "an_erasure_takes_every_text_and_salt_and_leaves_events_and_digests" },
    { "keeps the salts of what was erased", "an_erasure_takes_every_text_and_salt_and_leaves_events_and_digests" },
    { "forgets the requests of an erased case", "a_request_id_stays_used_after_an_erasure" },
    { "lets notices of an erased case wait on", "an_erasure_ends_undelivered_notices_for_good_and_takes_their_texts" },
    { "erases whatever the version is", "an_erasure_on_a_version_that_moved_on_is_a_conflict_and_erases_nothing" },
    { "erases all cases at once", "an_erasure_leaves_other_cases_alone" },
    { "answers tombstones for ever", "an_erased_draft_can_be_filled_again" },
    { NULL, NULL },
};

typedef struct broken {
    const bug *bug;
    casegate_store *inner;
    const casegate_store_ops *ops;
    casegate_answers *answers;
    casegate_content *first;   /* content that was committed first */
    char rejected_for[65];
    int erased;                /* an erasure was asked for */
} broken;

static int has(const broken *b, const char *name) { return b->bug && strcmp(b->bug->name, name) == 0; }

/* ---- heads and contents ----------------------------------------------------------------------------------------------------------- */

static void bend_head(const broken *b, casegate_head *head)
{
    static char cut[101];
    if (has(b, "forgets who decided")) head->decided_by = NULL;
    if (has(b, "keeps the reason after a resubmission") && head->attempt > 1) head->reason = "unreadable_scan", head->rejected_seq = 3;
    if (has(b, "keeps the summary of what was erased") && b->erased) head->patient_name = "Test Patient";
    if (has(b, "keeps times in 32 bits of seconds")) head->created_us = (int64_t)(int32_t)(uint32_t)(head->created_us / 1000000) * 1000000;
    if (!has(b, "cuts references at 100 bytes") || !head->reference) return;
    strncpy(cut, head->reference, 100);
    head->reference = cut;
}

static casegate_result pass_notice(const broken *b, const casegate_notice *notice, casegate_answers *out, casegate_error *err)
{
    casegate_notice bent = *notice;
    if (has(b, "keeps the token of a lease that ended") && !bent.lease) bent.lease = "lease-1";
    if (has(b, "keeps the tries of a claim") && bent.tries) bent.tries = 1;
    if (has(b, "lets notices of an erased case wait on") && b->erased && bent.state == CASEGATE_NOTICE_DEAD) bent.state = CASEGATE_NOTICE_PENDING;
    return casegate_answer_notice(out, &bent, err);
}

static casegate_result pass(broken *b, casegate_result rc, casegate_answers *out, casegate_error *err)
{
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_head(b->answers, i); i++) {
        casegate_head head = *casegate_answers_head(b->answers, i);
        bend_head(b, &head);
        rc = casegate_answer_head(out, &head, err);
    }
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_content(b->answers, i); i++)
        rc = casegate_answer_content(out, casegate_answers_content(b->answers, i), err);
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_event(b->answers, i); i++) {
        casegate_event event = *casegate_answers_event(b->answers, i);
        if (has(b, "answers history without files")) event.files = NULL, event.file_count = 0;
        if (has(b, "keeps the salts of what was erased") && event.erased) event.salt = "salt";
        if (has(b, "erases all cases at once") && b->erased) event.comment = NULL;
        rc = casegate_answer_event(out, &event, err);
    }
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_notice(b->answers, i); i++)
        rc = pass_notice(b, casegate_answers_notice(b->answers, i), out, err);
    return rc == CASEGATE_OK ? casegate_answer_count(out, casegate_answers_number(b->answers), err) : rc;
}

static casegate_answers *own(broken *b)
{
    casegate_answers_clear(b->answers);
    return b->answers;
}

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    casegate_load asked = *what;
    if (has(b, "does not find requests")) asked.request = NULL;
    if (has(b, "forgets the requests of an erased case") && b->erased) asked.request = NULL;
    if (has(b, "finds requests of others") && asked.request) asked.request_actor = "clara", asked.request_org = "clinic-north";
    if (has(b, "finds requests of others") && asked.request) asked.request_lab = "lab-one";
    casegate_result rc = b->ops->load(b->ops->user, context, &asked, own(b), err);
    if (rc == CASEGATE_ABSENT && what->case_id && has(b, "answers a head for an unknown case")) {
        const casegate_head head = { .size = sizeof head, .id = what->case_id, .clinic = "x", .lab = "y", .workflow = "intake",
                                     .workflow_version = 1, .status = 1, .phase = 1, .version = 1, .revision = 1 };
        return casegate_answer_head(answers, &head, err);
    }
    if (has(b, "leaves out the notices of a request") && rc == CASEGATE_OK && casegate_answers_event(b->answers, 0)) {
        if (casegate_answers_head(b->answers, 0)) casegate_answer_head(answers, casegate_answers_head(b->answers, 0), err);
        return casegate_answer_event(answers, casegate_answers_event(b->answers, 0), err);
    }
    if (has(b, "answers all notices of a case beside a request") && rc == CASEGATE_OK && casegate_answers_event(b->answers, 0)) {
        rc = pass(b, rc, answers, err);
        if (rc == CASEGATE_OK) rc = b->ops->notices(b->ops->user, context, 0, NULL, NULL, 100, own(b), err);
        return pass(b, rc, answers, err);
    }
    return pass(b, rc, answers, err);
}

static casegate_result answer_cut(const casegate_stored_content *stored, casegate_answers *answers, casegate_error *err)
{
    casegate_stored_content bent = *stored;
    casegate_content *cut = NULL;
    casegate_content_builder *builder = casegate_content_builder_new(NULL, stored->content);
    const size_t count = casegate_content_service_count(stored->content);
    if (count >= 200) casegate_content_remove(builder, CASEGATE_CONTENT_SERVICES, casegate_content_service(stored->content, count - 1)->id);
    casegate_result rc = casegate_content_builder_finish(builder, &cut, err);
    bent.content = cut;
    if (rc == CASEGATE_OK) rc = casegate_answer_content(answers, &bent, err);
    casegate_content_unref(cut);
    return rc;
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *id, uint32_t revision, casegate_answers *answers,
                                             casegate_error *err)
{
    broken *b = user;
    if (has(b, "forgets older contents but says it keeps them") && revision == 1) {
        casegate_result rc = b->ops->content(b->ops->user, context, id, 2, own(b), err);
        if (rc == CASEGATE_OK) return CASEGATE_ABSENT;
    }
    casegate_result rc = b->ops->content(b->ops->user, context, id, revision, own(b), err);
    const casegate_stored_content *stored = casegate_answers_content(b->answers, 0);
    if (has(b, "answers tombstones for ever") && b->erased && rc == CASEGATE_OK) {
        const casegate_stored_content tombstone = { .size = sizeof tombstone, .revision = revision, .digest = stored->digest, .erased = 1 };
        return casegate_answer_content(answers, &tombstone, err);
    }
    if (rc == CASEGATE_OK && stored && has(b, "drops the last of two hundred services")) return answer_cut(stored, answers, err);
    if (rc == CASEGATE_OK && stored && has(b, "forgets the salt of a content")) {
        casegate_stored_content bent = *stored;
        bent.salt = NULL;
        return casegate_answer_content(answers, &bent, err);
    }
    if (rc != CASEGATE_OK || !stored || !b->first || !(has(b, "answers the first content for ever") || has(b, "writes the content of the loser")))
        return pass(b, rc, answers, err);
    casegate_stored_content bent = *stored;
    bent.content = b->first;
    return casegate_answer_content(answers, &bent, err);
}

/* ---- commits ---------------------------------------------------------------------------------------------------------------------- */

static casegate_result write_one(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    const casegate_commit *list[1] = { commit };
    casegate_result result = CASEGATE_E_HOST;
    casegate_result rc = b->ops->commit(b->ops->user, context, list, &result, 1, err);
    return rc == CASEGATE_OK ? result : rc;
}

/* A commit that pretends to have been decided on what is there now. */
static casegate_result force(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    const casegate_load what = { .size = sizeof what, .case_id = commit->after->id };
    casegate_commit forced = *commit;
    if (b->ops->load(b->ops->user, context, &what, own(b), err) != CASEGATE_OK) return CASEGATE_CONFLICT;
    casegate_head after = *commit->after;
    casegate_event event = *commit->events[0];
    const casegate_event *events[1] = { &event };
    forced.before = casegate_answers_head(b->answers, 0);
    after.version = event.seq = forced.before->version + 1;
    after.revision = commit->content ? forced.before->revision + 1 : forced.before->revision;
    forced.after = &after;
    forced.events = events;
    forced.event_count = 1;
    forced.notice_count = 0;
    return write_one(b, context, &forced, err);
}

static casegate_result conflict(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    if (commit->before ? has(b, "ignores the version") : has(b, "overwrites a case whose id is taken")) return force(b, context, commit, err);
    if (has(b, "takes a version that is not there yet") && commit->before && commit->before->version >= commit->after->version)
        return force(b, context, commit, err);
    if (has(b, "writes what comes again once more") && commit->before) {
        const casegate_load what = { .size = sizeof what, .case_id = commit->after->id };
        if (b->ops->load(b->ops->user, context, &what, own(b), err) == CASEGATE_OK &&
            strcmp(casegate_answers_head(b->answers, 0)->event_hash, commit->after->event_hash) == 0)
            return force(b, context, commit, err);
    }
    if (has(b, "makes a case that is not there") && commit->before) {
        casegate_commit forced = *commit;
        forced.before = NULL;
        return write_one(b, context, &forced, err);
    }
    if (has(b, "writes the notices of the loser"))
        for (size_t i = 0; i < commit->notice_count; i++) b->ops->add_notice(b->ops->user, context, commit->notices[i], err);
    if (has(b, "writes the content of the loser") && commit->content) {
        casegate_content_unref(b->first);
        b->first = casegate_content_ref(commit->content);
    }
    return CASEGATE_CONFLICT;
}

static casegate_result commit_one(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    casegate_commit bent = *commit;
    casegate_notice rows[8];
    const casegate_notice *list[8];
    if (has(b, "ends the leases of a commit at once")) {
        for (size_t i = 0; i < commit->notice_count && i < 8; i++) {
            rows[i] = *commit->notices[i];
            if (rows[i].state == CASEGATE_NOTICE_LEASED) rows[i].next_us = rows[i].time_us;
            list[i] = &rows[i];
        }
        bent.notices = list;
    }
    if (has(b, "answers the first content for ever") && !b->first) b->first = casegate_content_ref(commit->content);
    casegate_result rc = write_one(b, context, &bent, err);
    return rc == CASEGATE_CONFLICT ? conflict(b, context, commit, err) : rc;
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                            size_t count, casegate_error *err)
{
    broken *b = user;
    for (size_t k = 0; k < count; k++) {
        const size_t i = has(b, "applies several in the opposite order") ? count - 1 - k : k;
        results[i] = commit_one(b, context, commits[i], err);
        if (results[i] < 0) return results[i];
        if (results[i] != CASEGATE_CONFLICT || !has(b, "stops at the first conflict of several")) continue;
        for (size_t rest = i + 1; rest < count; rest++) results[rest] = CASEGATE_CONFLICT;
        break;
    }
    return CASEGATE_OK;
}

/* ---- lists and history ------------------------------------------------------------------------------------------------------------ */

static casegate_result CASEGATE_CALL list(void *user, void *context, const casegate_query *query, casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    casegate_query asked = *query;
    if (has(b, "ignores where a page begins")) asked.after_id = NULL;
    if (has(b, "breaks ties of pages by id alone")) asked.after_created_us = 0;
    if (has(b, "ignores the clinic of a list")) asked.clinic = NULL;
    if (has(b, "ignores the phase of a list")) asked.phase = 0;
    if (has(b, "lists the moment before, too") && asked.before_us) asked.before_us++;
    return pass(b, b->ops->list(b->ops->user, context, &asked, own(b), err), answers, err);
}

static casegate_result CASEGATE_CALL history(void *user, void *context, const char *id, uint32_t after, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    size_t count = 0;
    casegate_result rc = b->ops->history(b->ops->user, context, id, after, has(b, "ignores the limit of history") ? 1000 : limit, own(b), err);
    if (!has(b, "answers history backwards")) return pass(b, rc, answers, err);
    while (casegate_answers_event(b->answers, count)) count++;
    while (rc == CASEGATE_OK && count > 0) rc = casegate_answer_event(answers, casegate_answers_event(b->answers, --count), err);
    return rc;
}

/* ---- notices ---------------------------------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL claim(void *user, void *context, const char *channel, int64_t now, int64_t until, const char *lease,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    if (has(b, "claims one more than the limit")) limit++;
    if (has(b, "claims what is not due")) now += 2;
    if (has(b, "leases the same notices twice")) until = now;
    if (has(b, "never claims a lease that ended")) until += INT64_C(1) << 60;
    casegate_result rc = b->ops->claim(b->ops->user, context, channel, now, until, lease, limit, own(b), err);
    if (!has(b, "leases without a token")) return pass(b, rc, answers, err);
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_notice(b->answers, i); i++) {
        casegate_notice notice = *casegate_answers_notice(b->answers, i);
        notice.lease = NULL;
        rc = casegate_answer_notice(answers, &notice, err);
    }
    return rc;
}

static casegate_result CASEGATE_CALL settle(void *user, void *context, const casegate_notice *const *notices, casegate_result *results,
                                            size_t count, casegate_error *err)
{
    broken *b = user;
    if (has(b, "forgets what is settled")) return results[0] = CASEGATE_OK;
    casegate_result rc = b->ops->settle(b->ops->user, context, notices, results, count, err);
    if (has(b, "settles under any lease")) results[0] = CASEGATE_OK;
    if (has(b, "settles one notice twice") && count > 1) results[1] = CASEGATE_OK;
    return rc;
}

static casegate_result CASEGATE_CALL inbox(void *user, void *context, const char *org, const char *person, const char *after, uint32_t limit,
                                           casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    if (has(b, "mixes the inboxes of an organisation")) person = NULL;
    casegate_result rc = b->ops->inbox(b->ops->user, context, org, person, after, limit, own(b), err);
    if (has(b, "does not mind where a page of the inbox begins") && rc == CASEGATE_ABSENT) return CASEGATE_OK;
    return pass(b, rc, answers, err);
}

static casegate_result CASEGATE_CALL mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                               casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    if (has(b, "marks all where one is meant")) id = NULL;
    return pass(b, b->ops->mark_read(b->ops->user, context, org, person, id, own(b), err), answers, err);
}

static casegate_result CASEGATE_CALL notices(void *user, void *context, int32_t state, const char *channel, const char *after, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    if (has(b, "ignores the state of notices")) state = 0;
    return pass(b, b->ops->notices(b->ops->user, context, state, channel, after, limit, own(b), err), answers, err);
}

static casegate_result CASEGATE_CALL requeue(void *user, void *context, const char *id, int64_t now, casegate_error *err)
{
    broken *b = user;
    casegate_result rc = b->ops->requeue(b->ops->user, context, id, now, err);
    return has(b, "requeues what is not dead") && rc == CASEGATE_CONFLICT ? CASEGATE_OK : rc;
}

static casegate_result CASEGATE_CALL add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err)
{
    broken *b = user;
    casegate_result rc = b->ops->add_notice(b->ops->user, context, notice, err);
    return has(b, "adds a notice twice without a word") ? CASEGATE_OK : rc;
}

static casegate_result CASEGATE_CALL purge(void *user, void *context, int64_t before, uint32_t limit, casegate_answers *answers,
                                           casegate_error *err)
{
    broken *b = user;
    if (has(b, "purges nothing and says it did")) return casegate_answer_count(answers, limit, err);
    return pass(b, b->ops->purge(b->ops->user, context, before, limit, own(b), err), answers, err);
}

static casegate_result CASEGATE_CALL describe(void *user, void *context, int32_t thorough, casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    casegate_result rc = b->ops->describe(b->ops->user, context, thorough, own(b), err);
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_detail(b->answers, i); i++) {
        casegate_detail detail = *casegate_answers_detail(b->answers, i);
        if (has(b, "does not say which store it is") && strcmp(detail.name, "store") == 0) continue;
        if (has(b, "does not count what is dead") && strcmp(detail.name, "notices_dead") == 0) detail.value = "0";
        rc = casegate_answer_detail(answers, &detail, err);
    }
    return rc;
}

/* ---- erasure ---------------------------------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL erase(void *user, void *context, const casegate_commit *commit, casegate_error *err)
{
    broken *b = user;
    b->erased = 1;
    if (has(b, "writes an erasure like any commit")) return write_one(b, context, commit, err);
    casegate_result rc = b->ops->erase(b->ops->user, context, commit, err);
    if (rc == CASEGATE_CONFLICT && has(b, "erases whatever the version is")) force(b, context, commit, err);
    return rc;
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

static void CASEGATE_CALL destroy(void *user)
{
    broken *b = user;
    casegate_content_unref(b->first);
    casegate_answers_free(b->answers);
    casegate_store_unref(b->inner);
    free(b);
}

casegate_result broken_store(const bug *which, casegate_host *host, casegate_store **out, casegate_error *err)
{
    broken *b = calloc(1, sizeof *b);
    if (!b) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    b->bug = which;
    b->answers = casegate_answers_new(NULL);
    casegate_result rc = casegate_memory_store_new(host, &b->inner, err);
    b->ops = casegate_store_callbacks(b->inner);
    const casegate_store_ops ops = {
        .size = sizeof ops, .user = b, .destroy = destroy, .load = load, .content = content, .commit = commit, .list = list,
        .history = history, .claim = claim, .settle = settle, .inbox = inbox, .mark_read = mark_read, .notices = notices,
        .requeue = requeue, .add_notice = add_notice, .purge = purge, .erase = erase, .describe = describe,
    };
    if (rc == CASEGATE_OK) rc = casegate_store_new(host, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, out, err);
    if (rc != CASEGATE_OK) destroy(b);
    return rc;
}
