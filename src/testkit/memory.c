/* SPDX-License-Identifier: MIT */
/* memory.c: a store in memory that keeps the whole contract of the port, and forgets everything at the end. */
#include <casegate/testkit.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list of pointers that grows. */
typedef struct rows { void **at; size_t count, room; } rows;
typedef struct content_row { char *case_id, *digest, *salt; uint32_t revision; casegate_content *content; } content_row;
typedef struct memory {
    casegate_host *host;
    pthread_mutex_t lock;
    rows heads, contents, events, notices;   /* events and notices in the order they were committed */
} memory;

static casegate_result no_memory(casegate_error *err) { return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL,
        "out of memory"); }
static int same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }
static casegate_head *head_at(const memory *m, size_t i) { return m->heads.at[i]; }
static casegate_event *event_at(const memory *m, size_t i) { return m->events.at[i]; }
static casegate_notice *notice_at(const memory *m, size_t i) { return m->notices.at[i]; }

static int reserve(memory *m, rows *list, size_t more)
{
    if (list->count + more <= list->room) return 1;
    size_t wanted = (list->count + more) * 2 + 16;
    void **larger = casegate_resize(m->host, list->at, wanted * sizeof *larger);
    if (!larger) return 0;
    list->at = larger;
    list->room = wanted;
    return 1;
}

static char *copy_text(memory *m, const char *text)
{
    size_t size = strlen(text ? text : "") + 1;
    char *copy = casegate_alloc(m->host, size);
    return copy ? memcpy(copy, text ? text : "", size) : NULL;
}

static memory *lock(void *user)
{
    memory *m = user;
    pthread_mutex_lock(&m->lock);
    return m;
}

static casegate_result unlock(memory *m, casegate_result rc)
{
    pthread_mutex_unlock(&m->lock);
    return rc;
}

/* ---- looking ------------------------------------------------------------------------------------------------------------------ */

static size_t find_head(const memory *m, const char *id)
{
    size_t i = 0;
    while (i < m->heads.count && !same(head_at(m, i)->id, id)) i++;
    return i;
}

static const casegate_event *find_request(const memory *m, const char *org, const char *actor, const char *lab,
                                          const char *request)
{
    for (size_t i = 0; request && *request && i < m->events.count; i++) {
        const casegate_event *e = event_at(m, i);
        if (same(e->request, request) && same(e->actor_org, org) && same(e->actor, actor) && same(e->lab, lab)) return e;
    }
    return NULL;
}

static casegate_result answer_prior(const memory *m, const casegate_event *prior, casegate_answers *answers, casegate_error *err)
{
    casegate_result rc = casegate_answer_event(answers, prior, err);
    for (size_t i = 0; rc == CASEGATE_OK && i < m->notices.count; i++)
        if (same(notice_at(m, i)->case_id, prior->case_id) && notice_at(m,
                                                                        i)->seq == prior->seq) rc = casegate_answer_notice(answers, notice_at(m, i), err);
    return rc;
}

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    size_t i = what->case_id ? find_head(m, what->case_id) : m->heads.count;
    const casegate_head *head = i < m->heads.count ? head_at(m, i) : NULL;
    const char *lab = what->request_lab ? what->request_lab : head ? head->lab : NULL;
    const casegate_event *prior = lab ? find_request(m, what->request_org, what->request_actor, lab, what->request) : NULL;
    casegate_result rc = head ? casegate_answer_head(answers, head, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK && prior) rc = answer_prior(m, prior, answers, err);
    if (rc == CASEGATE_OK && !head && !prior) rc = CASEGATE_ABSENT;
    return unlock(m, rc);
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *case_id, uint32_t revision,
                                             casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    for (size_t i = 0; i < m->contents.count; i++) {
        const content_row *row = m->contents.at[i];
        if (row->revision != revision || !same(row->case_id, case_id)) continue;
        const casegate_stored_content stored = { .size = sizeof stored, .revision = revision, .content = row->content,
                                                 .digest = row->digest, .salt = row->salt, .erased = !row->content };
        return unlock(m, casegate_answer_content(answers, &stored, err));
    }
    return unlock(m, CASEGATE_ABSENT);
}

static casegate_result CASEGATE_CALL history(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    casegate_result rc = CASEGATE_OK;
    (void)context;
    for (size_t i = 0; rc == CASEGATE_OK && limit && i < m->events.count; i++) {
        if (event_at(m, i)->seq <= after_seq || !same(event_at(m, i)->case_id, case_id)) continue;
        rc = casegate_answer_event(answers, event_at(m, i), err);
        limit--;
    }
    return unlock(m, rc);
}

/* ---- lists ---------------------------------------------------------------------------------------------------------------------- */

static int64_t waiting_since(const casegate_head *head) { return head->submitted_us ? head->submitted_us : head->created_us; }
static const char *due_key(const char *due) { return due && *due ? due : "~"; }   /* none comes last */

static int compare_times(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int compare_heads(const casegate_head *a, const casegate_head *b, int32_t order)
{
    int by = order == CASEGATE_BY_DUE ? strcmp(due_key(a->due), due_key(b->due)) : compare_times(waiting_since(a),
            waiting_since(b));
    if (!by) by = compare_times(a->created_us, b->created_us);
    return by ? by : strcmp(a->id, b->id);
}

static int compare_waiting(const void *a, const void *b) { return compare_heads(*(casegate_head *const *)a,
                                                                                *(casegate_head *const *)b, CASEGATE_BY_WAITING); }
static int compare_due(const void *a, const void *b) { return compare_heads(*(casegate_head *const *)a,
                                                                            *(casegate_head *const *)b, CASEGATE_BY_DUE); }

static int fits(const casegate_head *head, const casegate_query *q)
{
    return (!q->clinic || same(head->clinic, q->clinic)) && (!q->lab || same(head->lab, q->lab)) && (!q->submitted_only ||
            head->attempt) &&
           (!q->status || head->status == q->status) && (!q->phase || head->phase == q->phase) &&
           (!q->before_us || (head->submitted_us && head->submitted_us <= q->before_us));
}

/* The page before ended at this case. */
static int is_behind(const casegate_head *head, const casegate_query *q)
{
    const casegate_head last = { .size = sizeof last, .id = q->after_id, .submitted_us = q->after_us, .due = q->after_due,
                                 .created_us = q->after_created_us };
    return !q->after_id || compare_heads(head, &last, q->order) > 0;
}

static casegate_result CASEGATE_CALL list(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                                          casegate_error *err)
{
    memory *m = lock(user);
    casegate_result rc = CASEGATE_OK;
    uint32_t left = query->limit;
    (void)context;
    if (m->heads.count) qsort(m->heads.at, m->heads.count, sizeof *m->heads.at,
                              query->order == CASEGATE_BY_DUE ? compare_due : compare_waiting);
    for (size_t i = 0; rc == CASEGATE_OK && left && i < m->heads.count; i++) {
        if (!fits(head_at(m, i), query) || !is_behind(head_at(m, i), query)) continue;
        rc = casegate_answer_head(answers, head_at(m, i), err);
        left--;
    }
    return unlock(m, rc);
}

/* ---- commit --------------------------------------------------------------------------------------------------------------------- */

static int is_conflict(const memory *m, const casegate_commit *c, size_t head)
{
    if (!c->before != (head == m->heads.count)) return 1;
    if (c->before && head_at(m, head)->version != c->before->version) return 1;
    for (size_t i = 0; i < c->event_count; i++) {
        const casegate_event *e = c->events[i];
        if (find_request(m, e->actor_org, e->actor, e->lab, e->request)) return 1;
    }
    return 0;
}

static void free_content(memory *m, content_row *row)
{
    if (!row) return;
    casegate_content_unref(row->content);
    casegate_release(m->host, row->case_id);
    casegate_release(m->host, row->digest);
    casegate_release(m->host, row->salt);
    casegate_release(m->host, row);
}

static content_row *new_content(memory *m, const casegate_commit *c)
{
    content_row *row = casegate_alloc(m->host, sizeof *row);
    if (!row) return NULL;
    *row = (content_row) { copy_text(m, c->after->id), copy_text(m, c->after->content_digest), copy_text(m, c->content_salt), c->after->revision,
                           casegate_content_ref(c->content) };
    if (row->case_id && row->digest && row->salt) return row;
    free_content(m, row);
    return NULL;
}

/* Copies of all that the commit brings, behind the rows that are there; nothing counts until every copy is made. */
typedef struct draft { casegate_head *head; content_row *content; size_t events, notices; } draft;

static casegate_result copy_rows(memory *m, const casegate_commit *c, draft *d, casegate_error *err)
{
    casegate_result rc = casegate_head_copy(m->host, c->after, &d->head, err);
    if (rc == CASEGATE_OK && c->content && !(d->content = new_content(m, c))) rc = no_memory(err);
    for (; rc == CASEGATE_OK && d->events < c->event_count; d->events += rc == CASEGATE_OK)
        rc = casegate_event_copy(m->host, c->events[d->events], (casegate_event **)&m->events.at[m->events.count + d->events],
                                 err);
    for (; rc == CASEGATE_OK && d->notices < c->notice_count; d->notices += rc == CASEGATE_OK)
        rc = casegate_notice_copy(m->host, c->notices[d->notices],
                                  (casegate_notice **)&m->notices.at[m->notices.count + d->notices], err);
    return rc;
}

static void drop_rows(memory *m, const draft *d)
{
    casegate_head_free(d->head);
    free_content(m, d->content);
    for (size_t i = 0; i < d->events; i++) casegate_event_free(event_at(m, m->events.count + i));
    for (size_t i = 0; i < d->notices; i++) casegate_notice_free(notice_at(m, m->notices.count + i));
}

static void take_rows(memory *m, const draft *d, size_t head)
{
    if (head < m->heads.count) casegate_head_free(head_at(m, head));
    else m->heads.count++;
    m->heads.at[head] = d->head;
    if (d->content) m->contents.at[m->contents.count++] = d->content;
    m->events.count += d->events;
    m->notices.count += d->notices;
}

static casegate_result commit_one(memory *m, const casegate_commit *c, casegate_error *err)
{
    size_t head = find_head(m, c->after->id);
    draft d = { NULL, NULL, 0, 0 };
    if (is_conflict(m, c, head)) return CASEGATE_CONFLICT;
    if (!reserve(m, &m->heads, 1) || !reserve(m, &m->contents, 1) || !reserve(m, &m->events, c->event_count) ||
        !reserve(m, &m->notices, c->notice_count))
        return no_memory(err);
    casegate_result rc = copy_rows(m, c, &d, err);
    if (rc == CASEGATE_OK) take_rows(m, &d, head);
    else drop_rows(m, &d);
    return rc;
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    for (size_t i = 0; i < count; i++) results[i] = commit_one(m, commits[i], err);
    return unlock(m, CASEGATE_OK);
}

/* ---- notices -------------------------------------------------------------------------------------------------------------------- */

/* A notice changed: a copy with other values takes its place. */
static casegate_result replace(memory *m, size_t i, const casegate_notice *changed, casegate_error *err)
{
    casegate_notice *copy = NULL;
    casegate_result rc = casegate_notice_copy(m->host, changed, &copy, err);
    if (rc != CASEGATE_OK) return rc;
    casegate_notice_free(notice_at(m, i));
    m->notices.at[i] = copy;
    return CASEGATE_OK;
}

static int is_due(const casegate_notice *n, const char *channel, int64_t now_us)
{
    return same(n->channel, channel) && (n->state == CASEGATE_NOTICE_PENDING ||
                                         n->state == CASEGATE_NOTICE_LEASED) && n->next_us <= now_us;
}

/* The one that is due for the longest time; the count if there is none. */
static size_t most_due(const memory *m, const char *channel, int64_t now_us)
{
    size_t found = m->notices.count;
    for (size_t i = 0; i < m->notices.count; i++)
        if (is_due(notice_at(m, i), channel, now_us) && (found == m->notices.count ||
                                                         notice_at(m, i)->next_us < notice_at(m, found)->next_us)) found = i;
    return found;
}

static casegate_result CASEGATE_CALL claim(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                           const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    casegate_result rc = CASEGATE_OK;
    (void)context;
    for (uint32_t n = 0; rc == CASEGATE_OK && n < limit; n++) {
        size_t i = most_due(m, channel, now_us);
        if (i == m->notices.count) break;
        casegate_notice changed = *notice_at(m, i);
        changed.state = CASEGATE_NOTICE_LEASED;
        changed.lease = lease;
        changed.next_us = until_us;
        changed.tries++;
        rc = replace(m, i, &changed, err);
        if (rc == CASEGATE_OK) rc = casegate_answer_notice(answers, notice_at(m, i), err);
    }
    return unlock(m, rc);
}

static size_t find_notice(const memory *m, const char *id)
{
    size_t i = 0;
    while (i < m->notices.count && !same(notice_at(m, i)->id, id)) i++;
    return i;
}

static casegate_result settle_one(memory *m, const casegate_notice *n, casegate_error *err)
{
    size_t i = find_notice(m, n->id);
    if (i == m->notices.count) return CASEGATE_CONFLICT;
    casegate_notice changed = *notice_at(m, i);
    if (changed.state != CASEGATE_NOTICE_LEASED || !same(changed.lease, n->lease)) return CASEGATE_CONFLICT;
    changed.state = n->state;
    changed.tries = n->tries;
    changed.next_us = n->next_us;
    changed.last_error = n->last_error;
    changed.lease = NULL;
    return replace(m, i, &changed, err);
}

static casegate_result CASEGATE_CALL settle(void *user, void *context, const casegate_notice *const *notices,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    for (size_t i = 0; i < count; i++) results[i] = settle_one(m, notices[i], err);
    return unlock(m, CASEGATE_OK);
}

static int is_in_inbox(const casegate_notice *n, const char *org, const char *person)
{
    return same(n->channel, "portal") && same(n->org, org) && same(n->person, person);
}

static uint64_t count_unread(const memory *m, const char *org, const char *person)
{
    uint64_t count = 0;
    for (size_t i = 0; i < m->notices.count; i++) count += is_in_inbox(notice_at(m, i), org, person) && !notice_at(m, i)->read;
    return count;
}

static casegate_result CASEGATE_CALL inbox(void *user, void *context, const char *org, const char *person, const char *after_id,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    size_t i = after_id ? find_notice(m, after_id) : 0;
    if (after_id && (i == m->notices.count || !is_in_inbox(notice_at(m, i), org, person))) return unlock(m, CASEGATE_ABSENT);
    casegate_result rc = casegate_answer_count(answers, count_unread(m, org, person), err);
    for (i += after_id != NULL; rc == CASEGATE_OK && limit && i < m->notices.count; i++) {
        if (!is_in_inbox(notice_at(m, i), org, person)) continue;
        rc = casegate_answer_notice(answers, notice_at(m, i), err);
        limit--;
    }
    return unlock(m, rc);
}

static casegate_result CASEGATE_CALL mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                               casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    int found = id == NULL;
    (void)context;
    for (size_t i = 0; i < m->notices.count; i++) {
        if (!is_in_inbox(notice_at(m, i), org, person) || (id && !same(notice_at(m, i)->id, id))) continue;
        notice_at(m, i)->read = 1;
        found = 1;
    }
    casegate_result rc = casegate_answer_count(answers, count_unread(m, org, person), err);
    return unlock(m, found ? rc : CASEGATE_ABSENT);
}

static int compare_ids(const void *a, const void *b) { return strcmp((*(casegate_notice *const *)a)->id,
                                                                     (*(casegate_notice *const *)b)->id); }

static casegate_result CASEGATE_CALL notices(void *user, void *context, int32_t state, const char *channel,
                                             const char *after_id, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    casegate_result rc = CASEGATE_OK;
    (void)context;
    void **sorted = casegate_alloc(m->host, (m->notices.count + 1) * sizeof *sorted);
    if (!sorted) return unlock(m, no_memory(err));
    if (m->notices.count) memcpy(sorted, m->notices.at, m->notices.count * sizeof *sorted);
    qsort(sorted, m->notices.count, sizeof *sorted, compare_ids);
    for (size_t i = 0; rc == CASEGATE_OK && limit && i < m->notices.count; i++) {
        const casegate_notice *n = sorted[i];
        if ((state && n->state != state) || (channel && !same(n->channel, channel)) ||
            (after_id && strcmp(n->id, after_id) <= 0)) continue;
        rc = casegate_answer_notice(answers, n, err);
        limit--;
    }
    casegate_release(m->host, sorted);
    return unlock(m, rc);
}

static casegate_result CASEGATE_CALL requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    size_t i = find_notice(m, id);
    if (i == m->notices.count) return unlock(m, CASEGATE_ABSENT);
    casegate_notice changed = *notice_at(m, i);
    if (changed.state != CASEGATE_NOTICE_DEAD || same(changed.last_error, "erased")) return unlock(m, CASEGATE_CONFLICT);
    changed.state = CASEGATE_NOTICE_PENDING;
    changed.next_us = now_us;
    changed.tries = 0;
    return unlock(m, replace(m, i, &changed, err));
}

static casegate_result CASEGATE_CALL add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    if (find_notice(m, notice->id) < m->notices.count) return unlock(m, CASEGATE_CONFLICT);
    if (!reserve(m, &m->notices, 1)) return unlock(m, no_memory(err));
    casegate_result rc = casegate_notice_copy(m->host, notice, (casegate_notice **)&m->notices.at[m->notices.count], err);
    m->notices.count += rc == CASEGATE_OK;
    return unlock(m, rc);
}

static casegate_result CASEGATE_CALL purge(void *user, void *context, int64_t before_us, uint32_t limit,
                                           casegate_answers *answers, casegate_error *err)
{
    memory *m = lock(user);
    size_t kept = 0;
    uint64_t gone = 0;
    (void)context;
    for (size_t i = 0; i < m->notices.count; i++) {
        casegate_notice *n = notice_at(m, i);
        if (n->state == CASEGATE_NOTICE_DELIVERED && n->time_us < before_us && gone < limit) {
            casegate_notice_free(n);
            gone++;
        } else {
            m->notices.at[kept++] = n;
        }
    }
    m->notices.count = kept;
    return unlock(m, casegate_answer_count(answers, gone, err));
}

/* ---- erasure -------------------------------------------------------------------------------------------------------------------- */

static void blank_notice(casegate_notice *n)
{
    n->comment = n->address = n->reference = n->lease = NULL;
    n->files = NULL;
    n->file_count = 0;
    if (n->state != CASEGATE_NOTICE_PENDING && n->state != CASEGATE_NOTICE_LEASED) return;
    n->state = CASEGATE_NOTICE_DEAD;
    n->next_us = 0;
    n->last_error = "erased";
}

static void blank_event(casegate_event *e)
{
    e->erased |= !same(e->text_digest, NULL) || !same(e->salt, NULL);
    e->comment = e->salt = NULL;
    e->files = NULL;
    e->file_count = 0;
}

/* What was there before the event of the erasure; nothing of it can fail. */
static void blank_before(memory *m, const char *id, uint32_t seq)
{
    for (size_t i = 0; i < m->events.count; i++)
        if (same(event_at(m, i)->case_id, id) && event_at(m, i)->seq < seq) blank_event(event_at(m, i));
    for (size_t i = 0; i < m->notices.count; i++)
        if (same(notice_at(m, i)->case_id, id) && notice_at(m, i)->seq < seq) blank_notice(notice_at(m, i));
    for (size_t i = 0; i < m->contents.count; i++) {
        content_row *row = m->contents.at[i];
        if (!same(row->case_id, id)) continue;
        casegate_content_unref(row->content);
        row->content = NULL;
        row->salt[0] = '\0';
    }
}

static casegate_result CASEGATE_CALL erase(void *user, void *context, const casegate_commit *commit, casegate_error *err)
{
    memory *m = lock(user);
    (void)context;
    casegate_result rc = commit_one(m, commit, err);
    if (rc == CASEGATE_OK) blank_before(m, commit->after->id, commit->events[0]->seq);
    return unlock(m, rc);
}

/* ---- for operators ---------------------------------------------------------------------------------------------------------------- */

static casegate_result put_detail(casegate_answers *answers, const char *name, const char *value, casegate_error *err)
{
    const casegate_detail detail = { .size = sizeof detail, .name = name, .value = value };
    return casegate_answer_detail(answers, &detail, err);
}

static casegate_result put_number(casegate_answers *answers, const char *name, uint64_t number, casegate_error *err)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return put_detail(answers, name, text, err);
}

static casegate_result CASEGATE_CALL describe(void *user, void *context, int32_t thorough, casegate_answers *answers,
                                              casegate_error *err)
{
    memory *m = lock(user);
    uint64_t pending = 0, dead = 0, unread = 0;
    int64_t since_us = INT64_MAX;
    char text[40];
    (void)context, (void)thorough;
    for (size_t i = 0; i < m->notices.count; i++) {
        const casegate_notice *n = notice_at(m, i);
        pending += n->state == CASEGATE_NOTICE_PENDING || n->state == CASEGATE_NOTICE_LEASED;
        dead += n->state == CASEGATE_NOTICE_DEAD;
        unread += same(n->channel, "portal") && !n->read;
        if (n->state == CASEGATE_NOTICE_PENDING && n->next_us < since_us) since_us = n->next_us;
    }
    casegate_result rc = put_detail(answers, "store", "memory", err);
    if (rc == CASEGATE_OK) rc = put_detail(answers, "schema_version", "1", err);
    if (rc == CASEGATE_OK) rc = put_number(answers, "notices_pending", pending, err);
    if (rc == CASEGATE_OK) rc = put_number(answers, "notices_dead", dead, err);
    if (rc == CASEGATE_OK) rc = put_number(answers, "notices_unread", unread, err);
    casegate_time_format(since_us, text, sizeof text);
    if (rc == CASEGATE_OK && since_us != INT64_MAX) rc = put_detail(answers, "pending_since", text, err);
    return unlock(m, rc);
}

/* ---- its life ------------------------------------------------------------------------------------------------------------------- */

static void CASEGATE_CALL destroy(void *user)
{
    memory *m = user;
    casegate_host *host = m->host;
    for (size_t i = 0; i < m->heads.count; i++) casegate_head_free(head_at(m, i));
    for (size_t i = 0; i < m->contents.count; i++) free_content(m, m->contents.at[i]);
    for (size_t i = 0; i < m->events.count; i++) casegate_event_free(event_at(m, i));
    for (size_t i = 0; i < m->notices.count; i++) casegate_notice_free(notice_at(m, i));
    casegate_release(host, m->heads.at);
    casegate_release(host, m->contents.at);
    casegate_release(host, m->events.at);
    casegate_release(host, m->notices.at);
    pthread_mutex_destroy(&m->lock);
    casegate_release(host, m);
    casegate_host_unref(host);
}

casegate_result casegate_memory_store_new(casegate_host *host, casegate_store **out, casegate_error *err)
{
    memory *m = casegate_alloc(host, sizeof *m);
    if (!m) return no_memory(err);
    memset(m, 0, sizeof *m);
    m->host = casegate_host_ref(host);
    pthread_mutex_init(&m->lock, NULL);
    const casegate_store_ops ops = {
        .size = sizeof ops, .user = m, .destroy = destroy, .load = load, .content = content, .commit = commit, .list = list, .history = history,
        .claim = claim, .settle = settle, .inbox = inbox, .mark_read = mark_read, .notices = notices, .requeue = requeue, .add_notice = add_notice,
        .purge = purge, .erase = erase, .describe = describe,
    };
    casegate_result rc = casegate_store_new(host, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, out, err);
    if (rc != CASEGATE_OK) destroy(m);
    return rc;
}
