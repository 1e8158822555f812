/* SPDX-License-Identifier: MIT */
/* step.c: what each `do` of a scenario means: its members, its defaults, the call behind it. */
#include "scenario.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
static const char NOWHERE[] = "no-such-case";

/* Everything that one step needs. */
typedef struct step {
    cg_world *w;
    const cg_back_end *b;
    void *state;
    json_t *it;
    const casegate_actor *actor;
    casegate_request request;
    casegate_content *content;      /* what the request brings, until it is done */
    const casegate_file *const *files;
    json_t *denied;                 /* the reader refused an input: the answer */
    casegate_error *err;
} step;
typedef json_t *run_fn(step *s);
struct cg_step_kind {
    const char *name;
    const char *members[10];
    int needs_actor;
    int32_t action;                 /* of a request; 0: the step is another thing */
    run_fn *run;
};

/* ---- members --------------------------------------------------------------------------------------------------------------- */

static json_t *fault(step *s, const char *member, const char *text)
{
    casegate_error_set(s->err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_FORMAT, member, text);
    return NULL;
}

static json_t *failed(step *s)
{
    if (!s->err->code) casegate_error_set(s->err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    return NULL;
}

static json_t *member(const step *s, const char *name)
{
    json_t *value = json_object_get(s->it, name);
    return json_is_null(value) ? NULL : value;
}

static const char *case_id(const step *s)
{
    const char *name = json_string_value(member(s, "case"));
    return name ? cg_id_of(s->w, name) : NOWHERE;
}

/* An input that the library never gets to see, because its reader refuses it. */
static void refuse(step *s, const char *field, int32_t problem)
{
    if (!s->denied) s->denied = cg_invalid_json(field, problem);
}

/* A text of the request. One with a NUL in it would not be the text that the file says. */
static int take_text(step *s, const char *name, const char *field, const char **out)
{
    json_t *value = member(s, name);
    if (!value) return 1;
    if (!json_is_string(value)) return fault(s, name, "must be a text"), 0;
    if (strlen(json_string_value(value)) != json_string_length(value)) refuse(s, field, CASEGATE_PROBLEM_ENCODING);
    else *out = json_string_value(value);
    return 1;
}

static int take_number(step *s, const char *name, int64_t most, int64_t *out)
{
    json_t *value = member(s, name);
    if (!value) return 1;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > most)
        return fault(s, name, "must be a whole number"), 0;
    *out = json_integer_value(value);
    return 1;
}

/* ---- inputs of a request --------------------------------------------------------------------------------------------------- */

static char *dump(const json_t *value) { return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY); }

/* What a reader said of an input: OK, or the step is denied, or it failed. */
static int judge(step *s, casegate_result rc, const casegate_error *said)
{
    if (rc == CASEGATE_OK) return 1;
    if (rc != CASEGATE_E_INVALID) return casegate_error_set(s->err, rc, said->host_code, said->field, said->text), 0;
    refuse(s, said->field, said->host_code);
    return 1;
}

static int take_files(step *s)
{
    json_t *value = member(s, "files");
    casegate_error said;
    casegate_error_init(&said, sizeof said);
    if (!value) return 1;
    char *text = dump(value);
    if (!text) return failed(s), 0;
    casegate_result rc = casegate_json_read_files(s->w->host, text, strlen(text), &s->files, &s->request.file_count, &said);
    free(text);
    s->request.files = s->files;
    return judge(s, rc, &said);
}

/* Named in the file, or written in the step. */
static json_t *find_content(step *s)
{
    json_t *value = member(s, "content");
    if (!json_is_string(value)) return value;
    json_t *named = json_object_get(json_object_get(s->w->document, "contents"), json_string_value(value));
    return named ? named : fault(s, "content", "the file has no content of this name");
}

/* The case as it is, looked up as the system. */
static int look_up(step *s, cg_answer *now)
{
    memset(now, 0, sizeof *now);
    casegate_result rc = s->b->view(s->state, s->w->system, case_id(s), now, s->err);
    if (rc < 0) return 0;
    if (rc == CASEGATE_REFUSED) now->head = NULL;
    return 1;
}

static casegate_result read_content(step *s, const char *text, int patches, casegate_error *said)
{
    cg_answer now;
    casegate_content *nothing = NULL;
    if (!patches) return casegate_json_read_content(s->w->host, text, strlen(text), &s->content, said);
    if (!look_up(s, &now)) return CASEGATE_E_HOST;
    if (!now.head || !now.content) {
        casegate_result rc = casegate_content_builder_finish(casegate_content_builder_new(s->w->host, NULL), &nothing, said);
        if (rc != CASEGATE_OK) return rc;
    }
    casegate_result rc = casegate_json_patch_content(s->w->host, nothing ? nothing : now.content, text, strlen(text),
                                                     &s->content, said);
    casegate_content_unref(nothing);
    return rc;
}

/* A whole content for a case that is created, a merge patch for one that is there. */
static int take_content(step *s)
{
    casegate_error said;
    casegate_error_init(&said, sizeof said);
    if (!member(s, "content")) return 1;
    json_t *value = find_content(s);
    char *text = value ? dump(value) : NULL;
    if (!text) return value ? failed(s), 0 : 0;
    casegate_result rc = read_content(s, text, s->request.action != CASEGATE_CREATE, &said);
    free(text);
    s->request.content = s->content;
    return s->err->code ? 0 : judge(s, rc, &said);
}

/* The revision that was reviewed, where the file does not say: the current one, for those that ask for one. */
static int wants_revision(const step *s)
{
    const casegate_action *action = casegate_workflow_action(s->w->workflow, s->request.action);
    return action && (action->does == CASEGATE_DOES_EDIT || action->needs & CASEGATE_NEED_REVISION);
}

static int take_revision(step *s)
{
    cg_answer now;
    int64_t revision = 0;
    if (json_object_get(s->it, "revision")) {
        if (!take_number(s, "revision", UINT32_MAX, &revision)) return 0;
    } else if (wants_revision(s)) {
        if (!look_up(s, &now)) return 0;
        revision = now.head ? now.head->revision : 0;
    }
    s->request.revision = (uint32_t)revision;
    return 1;
}

static int take_inputs(step *s)
{
    casegate_request *r = &s->request;
    if (r->action != CASEGATE_CREATE) r->case_id = case_id(s);
    return take_text(s, "lab", "lab", &r->lab) && take_text(s, "service", "service", &r->service) &&
           take_text(s, "reason", "reason", &r->reason) && take_text(s, "comment", "comment", &r->comment) &&
           take_text(s, "request_id", "request_id", &r->request) && take_revision(s) && take_files(s) && take_content(s);
}

/* ---- requests ---------------------------------------------------------------------------------------------------------------- */

/* The name that a create gives to its case. A replay gives none. */
static int bind(step *s, const cg_answer *answer)
{
    const char *name = json_string_value(member(s, "case"));
    cg_world *w = s->w;
    if (!name || answer->replayed) return 1;
    for (size_t i = 0; i < w->case_count; i++)
        if (strcmp(w->cases[i].name, name) == 0) return fault(s, "case", "the name is taken by a case created before"), 0;
    if (w->case_count == CG_MOST_NAMES) return fault(s, "case", "too many cases"), 0;
    w->cases[w->case_count].name = name;
    strncpy(w->cases[w->case_count].id, answer->head->id, 64);
    w->case_count++;
    return 1;
}

/* What the step met counts as exercised. */
static casegate_result cover(step *s, casegate_result rc, int32_t action, const casegate_verdict *verdict,
                             const casegate_commit *commit)
{
    casegate_coverage *coverage = s->w->options->coverage;
    casegate_result noted = coverage ? casegate_coverage_saw(coverage, s->w->workflow, action, verdict, commit, s->err) : CASEGATE_OK;
    return noted == CASEGATE_OK ? rc : noted;
}

static json_t *send(step *s)
{
    cg_answer answer;
    memset(&answer, 0, sizeof answer);
    casegate_result rc = s->b->request(s->state, s->actor, &s->request, &answer, s->err);
    if (rc >= 0) rc = cover(s, rc, s->request.action, answer.verdict, answer.commit);
    if (rc < 0) return failed(s);
    if (rc == CASEGATE_REFUSED) {
        const casegate_verdict *verdict = answer.verdict;
        return cg_denied_json(s->w, verdict, answer.head);
    }
    if (s->request.action == CASEGATE_CREATE && !bind(s, &answer)) return NULL;
    return cg_change_json(s->w, &answer);
}

/* Who decided is named by an id alone; the head says of which lab. */
static json_t *name_deciders(step *s, json_t *got)
{
    json_t *obstacle, *list = json_object_get(got, "denied");
    cg_answer now;
    size_t i;
    json_array_foreach(list, i, obstacle) {
        const char *by = json_string_value(json_object_get(obstacle, "by"));
        if (!by || !look_up(s, &now) || !now.head) continue;
        const char *name = casegate_people_name_of(s->w->people, CASEGATE_LAB_USER, now.head->lab, by);
        if (name) json_object_set_new(obstacle, "by", json_string(name));
    }
    return got;
}

static json_t *run_request(step *s)
{
    json_t *got = NULL;
    if (take_inputs(s)) got = s->denied ? json_incref(s->denied) : name_deciders(s, send(s));
    json_decref(s->denied);
    casegate_json_free_files(s->w->host, s->files);
    casegate_content_unref(s->content);
    return got;
}

static json_t *run_act(step *s)
{
    const char *name = json_string_value(member(s, "action"));
    if (!name) return fault(s, "action", "must be the name of an action");
    s->request.action = casegate_workflow_find_action(s->w->workflow, name);
    if (!s->request.action) s->request.action = INT32_MAX;   /* one that no workflow has */
    return run_request(s);
}

/* ---- looks ------------------------------------------------------------------------------------------------------------------- */

typedef casegate_result look_fn(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer,
                                casegate_error *err);

/* A look at one case; REFUSED: the answer is already there. */
static casegate_result look(step *s, look_fn *at, cg_answer *answer, json_t **denied)
{
    memset(answer, 0, sizeof *answer);
    casegate_result rc = at(s->state, s->actor, case_id(s), answer, s->err);
    if (rc == CASEGATE_REFUSED) rc = cover(s, rc, 0, answer->verdict, NULL);
    if (rc == CASEGATE_REFUSED) *denied = cg_denied_json(s->w, answer->verdict, NULL);
    if (rc < 0) failed(s);
    return rc;
}

static json_t *run_explain(step *s)
{
    cg_answer answer;
    json_t *denied = NULL;
    casegate_result rc = look(s, s->b->explain, &answer, &denied);
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_workflow_action_count(s->w->workflow); i++) {
        const int32_t action = casegate_workflow_action_at(s->w->workflow, i)->code;
        rc = cover(s, rc, action, answer.button(&answer, action), NULL);
    }
    if (rc < 0) return failed(s);
    return rc == CASEGATE_OK ? cg_can_json(s->w, &answer) : denied;
}

static json_t *run_review(step *s)
{
    cg_answer answer;
    json_t *denied = NULL;
    return look(s, s->b->review, &answer, &denied) == CASEGATE_OK ? cg_findings_json(&answer) : denied;
}

static json_t *run_view(step *s)
{
    cg_answer answer;
    json_t *denied = NULL;
    return look(s, s->b->view, &answer, &denied) == CASEGATE_OK ? cg_view_json(s->w, &answer) : denied;
}

static json_t *run_history(step *s) { return s->b->history(s->state, s->actor, case_id(s), s->err); }
static json_t *run_verify(step *s) { return s->b->verify(s->state, s->actor, case_id(s), s->err); }
static json_t *run_inbox(step *s) { return s->b->inbox(s->state, s->actor, s->err); }

static json_t *run_mark_read(step *s)
{
    int64_t index = -1;
    if (!take_number(s, "notice", INT32_MAX, &index)) return NULL;
    return s->b->mark_read(s->state, s->actor, index, s->err);
}

static int take_duration(step *s, const char *name, int64_t *us)
{
    const char *text = json_string_value(member(s, name));
    if (!member(s, name)) return 1;
    if (text && casegate_duration_parse(text, us) == CASEGATE_OK) return 1;
    return fault(s, name, "must be a duration, PnDTnHnMnS"), 0;
}

static json_t *run_list(step *s)
{
    casegate_list which;
    casegate_list_init(&which, sizeof which);
    const char *status = json_string_value(member(s, "status")), *order = json_string_value(member(s, "order"));
    int64_t limit = 0;
    if (status && !(which.status = casegate_workflow_find_status(s->w->workflow, status))) return fault(s, "status",
            "there is no such status");
    if (order && strcmp(order, "due") != 0 && strcmp(order, "waiting") != 0) return fault(s, "order", "must be due or waiting");
    if (!take_number(s, "limit", UINT32_MAX, &limit)) return NULL;
    which.order = order && strcmp(order, "due") == 0 ? CASEGATE_BY_DUE : CASEGATE_BY_WAITING;
    which.requires_action = json_is_true(member(s, "requires_action"));
    which.limit = (uint32_t)limit;
    return s->b->list(s->state, s->actor, &which, 0, s->err);
}

static json_t *run_waiting(step *s)
{
    casegate_list which;
    casegate_list_init(&which, sizeof which);
    if (!take_duration(s, "longer_than", &which.longer_than_us)) return NULL;
    return s->b->list(s->state, s->actor, &which, 1, s->err);
}

/* ---- the world around --------------------------------------------------------------------------------------------------------- */

static json_t *run_deliver(step *s) { return s->b->deliver(s->state, s->err); }

static json_t *run_notifier(step *s)
{
    static const char *const modes[] = { "ok", "fail", "refuse" };   /* by CASEGATE_RECORDER_... */
    const char *mode = json_string_value(member(s, "mode")), *channel = json_string_value(member(s, "channel"));
    for (int32_t i = 0; mode && channel && i < (int32_t)COUNT(modes); i++) {
        if (strcmp(modes[i], mode) != 0) continue;
        s->b->notifier(s->state, channel, i);
        return json_object();
    }
    return fault(s, "mode", "must be ok, fail or refuse, with a channel");
}

static json_t *run_guard(step *s)
{
    int32_t action = casegate_workflow_find_action(s->w->workflow, json_string_value(member(s, "action")));
    cg_guard_rule *guard = cg_find_guard(s->w, action, json_string_value(member(s, "name")));
    if (!guard) return fault(s, "name", "a guard needs a name and an action of the workflow");
    guard->refuses = json_string_value(member(s, "refuses"));
    return json_object();
}

static json_t *run_wait(step *s)
{
    const char *until = json_string_value(member(s, "until"));
    int64_t us = 0;
    if (!take_duration(s, "for", &us)) return NULL;
    if (until && casegate_time_parse(until, &us) != CASEGATE_OK) return fault(s, "until", "must be a time, RFC 3339");
    if (until) casegate_clock_set(s->w->clock, us);
    else casegate_clock_advance(s->w->clock, us);
    return json_object();
}

/* ---- the table ------------------------------------------------------------------------------------------------------------------ */

static const cg_step_kind kinds[] = {
    { "create", { "lab", "content", "case", "request_id" }, 1, CASEGATE_CREATE, run_request },
    { "edit", { "case", "content", "revision", "request_id" }, 1, CASEGATE_EDIT, run_request },
    { "submit", { "case", "revision", "request_id" }, 1, CASEGATE_SUBMIT, run_request },
    { "accept", { "case", "revision", "service", "request_id" }, 1, CASEGATE_ACCEPT, run_request },
    { "reject", { "case", "revision", "service", "reason", "comment", "files", "request_id" }, 1, CASEGATE_REJECT, run_request },
    { "act", { "case", "action", "content", "revision", "service", "reason", "comment", "files", "lab", "request_id" }, 1, 0,
      run_act },
    { "explain", { "case" }, 1, 0, run_explain },
    { "review", { "case" }, 1, 0, run_review },
    { "view", { "case" }, 1, 0, run_view },
    { "list", { "status", "requires_action", "order", "limit" }, 1, 0, run_list },
    { "history", { "case" }, 1, 0, run_history },
    { "inbox", { NULL }, 1, 0, run_inbox },
    { "mark_read", { "notice" }, 1, 0, run_mark_read },
    { "deliver", { NULL }, 0, 0, run_deliver },
    { "notifier", { "channel", "mode" }, 0, 0, run_notifier },
    { "guard", { "action", "name", "refuses" }, 0, 0, run_guard },
    { "wait", { "for", "until" }, 0, 0, run_wait },
    { "waiting", { "longer_than" }, 1, 0, run_waiting },
    { "verify", { "case" }, 1, 0, run_verify },
};

const cg_step_kind *cg_step_find(const char *name)
{
    for (size_t i = 0; name && i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    return NULL;
}

int cg_step_knows(const cg_step_kind *kind, const char *name)
{
    static const char *const common[] = { "do", "as", "expect" };
    for (size_t i = 0; i < COUNT(common); i++)
        if (strcmp(common[i], name) == 0) return 1;
    for (size_t i = 0; i < COUNT(kind->members) && kind->members[i]; i++)
        if (strcmp(kind->members[i], name) == 0) return 1;
    return 0;
}

int cg_step_has_actor(const cg_step_kind *kind) { return kind->needs_actor; }

int cg_step_fits(const cg_step_kind *kind, const cg_back_end *b)
{
    const struct { run_fn *run; int can; } limits[] = {
        { run_list, b->list != NULL }, { run_waiting, b->list != NULL }, { run_history, b->history != NULL }, { run_inbox,
                b->inbox != NULL },
        { run_mark_read, b->mark_read != NULL }, { run_verify, b->verify != NULL }, { run_deliver, b->deliver != NULL },
        { run_notifier, b->notifier != NULL },
    };
    for (size_t i = 0; i < COUNT(limits); i++)
        if (limits[i].run == kind->run) return limits[i].can;
    return 1;
}

json_t *cg_step_run(const cg_step_kind *kind, cg_world *w, const cg_back_end *back_end, void *state, json_t *it,
                    casegate_error *err)
{
    step s = { .w = w, .b = back_end, .state = state, .it = it, .err = err };
    casegate_request_init(&s.request, sizeof s.request);
    s.request.action = kind->action;
    if (kind->needs_actor) {
        s.actor = casegate_people_find(w->people, json_string_value(json_object_get(it, "as")));
        if (!s.actor) return fault(&s, "as", "must be one of the file's people");
    }
    return kind->run(&s);
}
