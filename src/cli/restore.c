/* SPDX-License-Identifier: MIT */
/* restore.c: the lines of an export made cases again: each replayed in memory and verified first, then written event by event. */
#include "import.h"

#include <casegate/testkit.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 50 };

/* A content as it is to be written; content NULL: unchanged. */
struct kept {
    casegate_content *content;
    char *salt;
    int seen;
};

/* One case, as far as it has been read, and what it is made of. */
struct moved {
    uint64_t line;             /* where it began; 0: no case is open */
    int bad;                   /* told of already: its other lines are passed over */
    casegate_head *head;       /* as the export has it */
    casegate_event **events;
    struct kept *contents;     /* of the event of the same number */
    casegate_head *heads;      /* after it */
    size_t count, room;
    casegate_notice **notices;
    size_t notice_count, notice_room;
};

struct restore {
    struct cg_report *report;
    struct cg_tool *tool;
    struct cg_lines *lines;
    struct moved c;
    casegate_content *nothing;   /* stands where an erased content was, until its erasure is written */
    uint64_t cases;
    int over, ended;
};

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static int fail(struct restore *r, const char *field, const char *text)
{
    casegate_error_set(&r->tool->err, CASEGATE_E_INVALID, 0, field, text);
    return 0;
}

static const casegate_json_member *find(const casegate_json_member *const *members, const char *name)
{
    for (; *members != NULL; members++)
        if (strcmp((*members)->name, name) == 0)
            return *members;
    return NULL;
}

int cg_is_export(const struct cg_line *line)
{
    const casegate_json_member *const *members = NULL, *format;
    size_t count;

    if (line->too_long || casegate_json_read_members(NULL, line->text, line->len, &members, &count, NULL) != CASEGATE_OK)
        return 0;
    format = find(members, "format");
    int is = format != NULL && format->text != NULL && strcmp(format->text, CG_EXPORT_FORMAT) == 0;
    casegate_json_free_members(NULL, members);
    return is;
}

static void drop_case(struct moved *c)
{
    for (size_t i = 0; i < c->count; i++) {
        casegate_event_free(c->events[i]);
        casegate_content_unref(c->contents[i].content);
        free(c->contents[i].salt);
    }
    for (size_t i = 0; i < c->notice_count; i++)
        casegate_notice_free(c->notices[i]);
    casegate_head_free(c->head);
    free(c->events);
    free(c->contents);
    free(c->heads);
    free(c->notices);
    memset(c, 0, sizeof *c);
}

static int no_memory(struct restore *r)
{
    casegate_error_set(&r->tool->err, CASEGATE_E_NOMEM, 0, "", "");
    return 0;
}

static int make_room(struct moved *c)
{
    if (c->count < c->room)
        return 1;
    size_t room = c->room == 0 ? 8 : c->room * 2;
    casegate_event **events = realloc(c->events, room * sizeof *events);
    c->events = events != NULL ? events : c->events;
    struct kept *contents = realloc(c->contents, room * sizeof *contents);
    c->contents = contents != NULL ? contents : c->contents;
    casegate_head *heads = realloc(c->heads, room * sizeof *heads);
    c->heads = heads != NULL ? heads : c->heads;
    if (events == NULL || contents == NULL || heads == NULL)
        return 0;
    c->room = room;
    return 1;
}

static int read_event(struct restore *r, const casegate_json_member *m)
{
    struct moved *c = &r->c;

    if (!make_room(c))
        return no_memory(r);
    memset(&c->contents[c->count], 0, sizeof *c->contents);
    if (casegate_json_read_event(NULL, NULL, m->value, strlen(m->value), &c->events[c->count], &r->tool->err) != CASEGATE_OK)
        return 0;
    c->count++;
    return 1;
}

/* What an erasure took is gone; something has to stand there until the erasure comes. */
static int read_content(struct restore *r, const casegate_json_member *const *members)
{
    const casegate_json_member *content = find(members, "content"), *salt = find(members, "salt"), *erased = find(members, "erased"),
                               *digest = find(members, "digest");
    struct moved *c = &r->c;
    struct kept *kept = c->count > 0 ? &c->contents[c->count - 1] : NULL;
    const casegate_event *event = kept != NULL ? c->events[c->count - 1] : NULL;
    char revision[16];

    snprintf(revision, sizeof revision, "%u", event != NULL ? event->revision : 0);
    if (kept == NULL || kept->seen || strcmp(find(members, "revision")->value, revision) != 0)
        return fail(r, "revision", "a content does not stand behind the event that brought it");
    if ((content == NULL) == (erased == NULL) || (erased != NULL && strcmp(erased->value, "true") != 0))
        return fail(r, "content", "is missing, or is erased and there");
    if (digest != NULL && (digest->text == NULL || event->content_digest == NULL || strcmp(digest->text, event->content_digest) != 0))
        return fail(r, "digest", "is not the one of the event");
    kept->seen = 1;
    kept->salt = strdup(erased != NULL ? "erased" : salt != NULL && salt->text != NULL ? salt->text : "");
    if (kept->salt == NULL)
        return no_memory(r);
    if (erased != NULL)
        return kept->content = casegate_content_ref(r->nothing), 1;
    return casegate_json_read_content(NULL, content->value, strlen(content->value), &kept->content, &r->tool->err) == CASEGATE_OK;
}

static int read_notice(struct restore *r, const casegate_json_member *m)
{
    struct moved *c = &r->c;

    if (c->notice_count == c->notice_room) {
        size_t room = c->notice_room == 0 ? 8 : c->notice_room * 2;
        casegate_notice **larger = realloc(c->notices, room * sizeof *larger);
        if (larger == NULL)
            return no_memory(r);
        c->notices = larger;
        c->notice_room = room;
    }
    if (casegate_json_read_notice(NULL, m->value, strlen(m->value), &c->notices[c->notice_count], &r->tool->err) != CASEGATE_OK)
        return 0;
    casegate_notice *notice = c->notices[c->notice_count++];
    if (notice->state == CASEGATE_NOTICE_LEASED) {   /* its holder does not know of this store */
        notice->state = CASEGATE_NOTICE_PENDING;
        notice->lease = NULL;
    }
    return 1;
}

/* ---- replaying ----------------------------------------------------------------------------------------------------- */

static const casegate_workflow *workflow_of(const struct restore *r, const casegate_event *event)
{
    return event->workflow != NULL ? casegate_engine_workflow(r->tool->engine, event->workflow, event->workflow_version) : NULL;
}

/* An erasure further on takes what a row of its own replaced. */
static int is_erased_later(const struct moved *c, size_t i)
{
    for (size_t k = i + 1; k < c->count; k++)
        if (c->events[k]->action == CASEGATE_ERASE)
            return 1;
    return 0;
}

/* The head after each event, and at the end the one that the export has. */
static int replay(struct restore *r)
{
    struct moved *c = &r->c;

    for (size_t i = 0; i < c->count; i++) {
        casegate_event *event = c->events[i];
        const casegate_workflow *workflow = workflow_of(r, event);
        if (workflow == NULL)
            return fail(r, "workflow", "the definition of an event is not here: name it with --workflow");
        casegate_head_init(&c->heads[i], sizeof c->heads[i]);
        if (casegate_head_follow(workflow, i > 0 ? &c->heads[i - 1] : NULL, event, c->contents[i].content, &c->heads[i], &r->tool->err) !=
            CASEGATE_OK)
            return 0;
        if (event->erased && is_erased_later(c, i)) {
            event->erased = 0;
            event->salt = "erased";
        }
    }
    const casegate_head *last = c->count > 0 ? &c->heads[c->count - 1] : NULL;
    if (last == NULL || last->version != c->head->version || strcmp(last->id, c->head->id) != 0 ||
        strcmp(last->event_hash != NULL ? last->event_hash : "", c->head->event_hash != NULL ? c->head->event_hash : "") != 0)
        return fail(r, "event", "the events do not lead to the head");
    return 1;
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

/* One event as a commit; its notices go into list. */
static casegate_commit commit_of(const struct moved *c, size_t i, const casegate_notice **list)
{
    casegate_commit commit = {
        .size = sizeof commit, .before = i > 0 ? &c->heads[i - 1] : NULL, .after = &c->heads[i], .content = c->contents[i].content,
        .content_salt = c->contents[i].salt, .events = (const casegate_event *const *)&c->events[i], .event_count = 1, .notices = list,
    };

    for (size_t k = 0; k < c->notice_count; k++)
        if (c->notices[k]->seq == c->events[i]->seq)
            list[commit.notice_count++] = c->notices[k];
    return commit;
}

static casegate_result write_erasure(struct restore *r, const casegate_store_ops *ops, size_t i, const casegate_notice **list)
{
    const casegate_commit commit = commit_of(&r->c, i, list);

    if (ops->erase == NULL)
        return casegate_error_set(&r->tool->err, CASEGATE_E_UNSUPPORTED, 0, "erase", "the store cannot hold an erased case");
    return ops->erase(ops->user, NULL, &commit, &r->tool->err);
}

/* The events [from, to), none of which is an erasure. */
static casegate_result write_run(struct restore *r, const casegate_store_ops *ops, size_t from, size_t to, const casegate_notice **list)
{
    casegate_commit commits[AT_ONCE];
    const casegate_commit *pointers[AT_ONCE] = { NULL };
    casegate_result results[AT_ONCE], rc;
    size_t count = to - from;

    for (size_t i = 0; i < count; i++) {
        commits[i] = commit_of(&r->c, from + i, list);
        list += commits[i].notice_count;
        pointers[i] = &commits[i];
    }
    rc = ops->commit(ops->user, NULL, pointers, results, count, &r->tool->err);
    for (size_t i = 0; rc == CASEGATE_OK && i < count; i++)
        rc = results[i];
    return rc;
}

static casegate_result write_events(struct restore *r, const casegate_store_ops *ops, size_t from)
{
    const struct moved *c = &r->c;
    const casegate_notice **list = calloc(c->notice_count + 1, sizeof *list);
    casegate_result rc = list != NULL ? CASEGATE_OK : casegate_error_set(&r->tool->err, CASEGATE_E_NOMEM, 0, "", "");
    size_t to;

    for (size_t i = from; rc == CASEGATE_OK && i < c->count; i = to) {
        for (to = i; to < c->count && to - i < AT_ONCE && c->events[to]->action != CASEGATE_ERASE; to++)
            ;
        if (to > i)
            rc = write_run(r, ops, i, to, list);
        else
            rc = write_erasure(r, ops, to++, list);
    }
    free(list);
    return rc;
}

/* Notices without an event: those that are there already are left alone. */
static casegate_result write_reminders(struct restore *r, const casegate_store_ops *ops)
{
    casegate_result rc = CASEGATE_OK;

    for (size_t i = 0; rc == CASEGATE_OK && i < r->c.notice_count; i++) {
        if (r->c.notices[i]->seq != 0)
            continue;
        if (ops->add_notice == NULL)
            return casegate_error_set(&r->tool->err, CASEGATE_E_UNSUPPORTED, 0, "add_notice", "the store cannot hold reminders");
        rc = ops->add_notice(ops->user, NULL, r->c.notices[i], &r->tool->err);
        rc = rc == CASEGATE_CONFLICT ? CASEGATE_OK : rc;
    }
    return rc;
}

/* ---- verifying ----------------------------------------------------------------------------------------------------- */

enum { INTACT = 1, REFUSED = 0, UNKNOWN_KEY = 2, FAILED = -1 };

static int verify(struct restore *r, casegate_engine *engine)
{
    const char *id = r->c.head->id;
    casegate_result rc = casegate_engine_verify(engine, &r->tool->call, id, r->tool->outcome, &r->tool->err);

    if (rc == CASEGATE_E_HOST && strcmp(r->tool->err.field, "key") == 0)
        return UNKNOWN_KEY;
    if (rc == CASEGATE_E_CORRUPT || rc == CASEGATE_E_UNSUPPORTED)
        return REFUSED;
    if (rc != CASEGATE_OK)
        return rc == CASEGATE_REFUSED ? fail(r, "case", "is not there") : FAILED;
    const casegate_verification *v = casegate_outcome_verification(r->tool->outcome);
    return v->intact ? INTACT : fail(r, "event", v->problem);
}

/* A store of its own, which forgets: what does not verify there is never written. */
static int rehearse(struct restore *r)
{
    casegate_store *store = NULL;
    casegate_engine *engine = NULL;
    casegate_engine_options options;
    int said = FAILED;

    casegate_engine_options_init(&options, sizeof options);
    options.workflows = (const casegate_workflow *const *)r->tool->workflows;
    options.workflow_count = r->tool->workflow_count;
    struct cg_guards guards;
    if (cg_bar_guards(r->tool, &guards) != CG_DONE)
        return FAILED;
    options.guards = guards.list;
    options.guard_count = guards.count;
    casegate_result rc = casegate_memory_store_new(NULL, &store, &r->tool->err);
    options.store = store;
    if (rc == CASEGATE_OK)
        rc = casegate_engine_open(&options, &engine, &r->tool->err);
    if (rc == CASEGATE_OK)
        rc = write_events(r, casegate_store_callbacks(store), 0);
    if (rc == CASEGATE_OK)
        said = verify(r, engine);
    else if (rc == CASEGATE_CONFLICT || rc == CASEGATE_E_CORRUPT || rc == CASEGATE_E_INVALID)
        said = fail(r, "event", "the events do not make a case");
    casegate_engine_unref(engine);
    casegate_store_unref(store);
    return said;
}

/* ---- one case ------------------------------------------------------------------------------------------------------ */

static void refuse(struct restore *r, uint64_t line, const char *code)
{
    const casegate_error *err = &r->tool->err;

    cg_report_line(r->report, line, code, err->field, *err->text != 0 ? err->text : casegate_result_name(err->code));
    r->report->refused++;
    r->c.bad = 1;
    r->over = (r->tool->opt.given & CG_OPT_STRICT) != 0;
}

/* How many of its events are there. -1: it had to end; -2: another case has this id, and that was told. */
static int64_t find_written(struct restore *r, const casegate_store_ops *ops)
{
    const casegate_load what = { .size = sizeof what, .case_id = r->c.head->id, .lab = r->c.head->lab, .to_change = 1 };
    casegate_answers *answers = casegate_answers_new(NULL);
    casegate_result rc = answers != NULL ? ops->load(ops->user, NULL, &what, answers, &r->tool->err)
                                         : casegate_error_set(&r->tool->err, CASEGATE_E_NOMEM, 0, "", "");
    int64_t written = rc == CASEGATE_ABSENT ? 0 : -1;

    if (rc == CASEGATE_OK) {
        const casegate_head *head = casegate_answers_head(answers, 0);
        const char *ours = head->version <= r->c.count ? r->c.events[head->version - 1]->hash : NULL;
        written = head->version;
        if (ours == NULL || head->event_hash == NULL || strcmp(ours, head->event_hash) != 0) {
            fail(r, "case", "another case has this id, or this one went on");
            refuse(r, r->c.line, "conflict");
            written = -2;
        }
    }
    casegate_answers_free(answers);
    return written;
}

static int write_case(struct restore *r)
{
    const casegate_store_ops *ops = casegate_store_callbacks(r->tool->store);
    int64_t written = find_written(r, ops);

    if (written < 0)
        return written == -2 ? CG_DONE : CG_ERROR;
    int known = (size_t)written == r->c.count;
    if ((r->tool->opt.given & CG_OPT_DRY_RUN) != 0) {
        r->report->taken++;
        return CG_DONE;
    }
    casegate_result rc = write_events(r, ops, (size_t)written);
    if (rc == CASEGATE_OK)
        rc = write_reminders(r, ops);
    if (rc == CASEGATE_CONFLICT) {
        fail(r, "case", "somebody else changed it meanwhile, or one of its request ids is used");
        refuse(r, r->c.line, "conflict");
        return CG_DONE;
    }
    if (rc != CASEGATE_OK)
        return CG_ERROR;
    int said = known ? INTACT : verify(r, r->tool->engine);
    if (said == REFUSED)
        refuse(r, r->c.line, "not_intact");
    r->report->known += known && said != REFUSED;
    r->report->taken += !known && said != REFUSED;
    return said == FAILED ? CG_ERROR : CG_DONE;
}

static int finish_case(struct restore *r)
{
    int said = replay(r) ? rehearse(r) : REFUSED;

    if (said == FAILED)
        return CG_ERROR;
    if (said == REFUSED) {
        refuse(r, r->c.line, "not_intact");
        return CG_DONE;
    }
    r->report->unverified += said == UNKNOWN_KEY;
    return write_case(r);
}

/* ---- lines --------------------------------------------------------------------------------------------------------- */

static int begin_case(struct restore *r, const casegate_json_member *m, uint64_t line)
{
    if (r->c.line != 0 && !r->c.bad)
        fail(r, "case", "a case begins before the last one ended"), refuse(r, r->c.line, "invalid_input");
    drop_case(&r->c);
    r->c.line = line;
    r->cases++;
    return casegate_json_read_case(NULL, NULL, m->value, strlen(m->value), &r->c.head, &r->tool->err) == CASEGATE_OK;
}

static int end_all(struct restore *r, const casegate_json_member *m)
{
    char cases[24];

    snprintf(cases, sizeof cases, "%llu", (unsigned long long)r->cases);
    r->ended = 1;
    return strcmp(m->value, cases) == 0 && r->c.line == 0 ? 1 : fail(r, "cases", "the export does not hold as many as it says");
}

static int is_content(const casegate_json_member *const *members, size_t count)
{
    static const char *const names[] = { "revision", "digest", "salt", "content", "erased" };
    size_t known = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        known += find(members, names[i]) != NULL;
    return known == count && find(members, "revision") != NULL;
}

/* 0: the line is bad; *status: the import ends. */
static int take_members(struct restore *r, const casegate_json_member *const *members, uint64_t number, int *status)
{
    const casegate_json_member *m = members[0];
    size_t count = 0;

    while (m != NULL && members[count] != NULL)
        count++;
    if (r->ended)
        return fail(r, "", "something follows the end of the export");
    if (count == 1 && strcmp(m->name, "case") == 0)
        return begin_case(r, m, number);
    if (count == 1 && strcmp(m->name, "cases") == 0)
        return end_all(r, m);
    if (r->c.line == 0)
        return fail(r, "", "is not a line of an export, or stands outside of a case");
    if (count == 1 && strcmp(m->name, "end") == 0) {
        if (!r->c.bad)
            *status = finish_case(r);
        drop_case(&r->c);
        return 1;
    }
    if (r->c.bad)
        return 1;
    if (count == 1 && strcmp(m->name, "event") == 0)
        return read_event(r, m);
    if (count == 1 && strcmp(m->name, "notice") == 0)
        return read_notice(r, m);
    return is_content(members, count) ? read_content(r, members) : fail(r, "", "is not a line of an export");
}

static int take_line(struct restore *r, const struct cg_line *line)
{
    const casegate_json_member *const *members = NULL;
    size_t count;
    int status = CG_DONE, good = 0;

    casegate_error_init(&r->tool->err, sizeof r->tool->err);
    if (line->too_long)
        fail(r, "", "the line is longer than 4 MiB");
    else if (casegate_json_read_members(NULL, line->text, line->len, &members, &count, &r->tool->err) == CASEGATE_OK)
        good = take_members(r, members, line->number, &status);
    casegate_json_free_members(NULL, members);
    if (!good && r->tool->err.code == CASEGATE_E_NOMEM)
        return CG_ERROR;
    if (!good && !r->c.bad)
        refuse(r, line->number, "invalid_input");
    return status;
}

static int take_all(struct restore *r)
{
    struct cg_line line;
    int got = 1, status = CG_DONE;

    while (status == CG_DONE && !r->over && (got = cg_lines_next(r->lines, &line, &r->tool->err)) > 0) {
        status = take_line(r, &line);
        cg_progress_lines(r->tool, "import", r->lines, r->report->taken + r->report->known, r->report->refused);
        if (r->tool->json && status == CG_DONE)
            status = cg_flush(r->tool);
    }
    if (status == CG_DONE && got == 0 && !r->ended) {
        fail(r, "", "the export was cut off");
        refuse(r, r->lines->number, "invalid_input");
    }
    return status == CG_DONE && got < 0 ? CG_ERROR : status;
}

static int may_restore(struct restore *r)
{
    const casegate_actor_fields *actor = casegate_actor_get(r->tool->actor);

    if (actor->role == CASEGATE_SYSTEM && (actor->permissions & CASEGATE_MAY_ADOPT) != 0 && (actor->permissions & CASEGATE_MAY_VIEW) != 0)
        return 1;
    fail(r, "--as", "must be of role system, with the permissions view and adopt");
    refuse(r, r->lines->number, actor->role == CASEGATE_SYSTEM ? "no_permission" : "wrong_role");
    return 0;
}

int cg_restore(struct cg_report *report, struct cg_lines *lines)
{
    struct restore r = { .report = report, .tool = report->tool, .lines = lines };
    casegate_content_builder *builder;

    if (!may_restore(&r))
        return CG_DONE;
    builder = casegate_content_builder_new(NULL, NULL);
    casegate_result rc = casegate_content_builder_finish(builder, &r.nothing, &r.tool->err);
    int status = rc == CASEGATE_OK ? take_all(&r) : CG_ERROR;
    drop_case(&r.c);
    casegate_content_unref(r.nothing);
    return status;
}
