/* SPDX-License-Identifier: MIT */
/* support.c: sample cases as a decision would commit them, and short words for the store's callbacks. */
#include "support.h"

#include <unistd.h>

/* ---- store -------------------------------------------------------------------------------------------------------- */

const char *conninfo(void)
{
    const char *given = getenv("CASEGATE_TEST_POSTGRES");

    if (given && *given)
        return given;
    printf("skipped - CASEGATE_TEST_POSTGRES does not say where a PostgreSQL server is\n");
    exit(77);
}

static int32_t partitions(void)
{
    const char *given = getenv("CASEGATE_TEST_PARTITIONS");

    return given ? atoi(given) : 0;
}

int set_up_schema(void **state)
{
    static int made;
    fixture *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    snprintf(f->schema, sizeof f->schema, "test_%d_%d", (int)getpid(), made++);
    f->partitions = partitions();
    casegate_error_init(&f->err, sizeof f->err);
    cg_answers_init(&f->answers, NULL);
    *state = f;
    return 0;
}

int set_up_store(void **state)
{
    fixture *f;

    if (set_up_schema(state) != 0)
        return -1;
    f = *state;
    if (open_store(f, 0) == CASEGATE_OK)
        return 0;
    fprintf(stderr, "%s: %s\n", f->err.field, f->err.text);
    return -1;
}

int tear_down(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);
    casegate_result dropped;

    close_store(f);
    dropped = casegate_postgres_drop(NULL, &options, &f->err);
    cg_answers_close(&f->answers);
    free(f);
    return dropped == CASEGATE_OK ? 0 : -1;
}

casegate_postgres_options options_for(const fixture *f)
{
    return (casegate_postgres_options){.size = sizeof(casegate_postgres_options), .conninfo = conninfo(), .schema = f->schema,
                                       .partitions = f->partitions};
}

casegate_result open_store(fixture *f, int32_t must_exist)
{
    casegate_postgres_options options = options_for(f);

    options.must_exist = must_exist;
    return casegate_postgres_open(NULL, &options, &f->store, &f->err);
}

void close_store(fixture *f)
{
    casegate_store_unref(f->store);
    f->store = NULL;
}

/* ---- samples ------------------------------------------------------------------------------------------------------ */

static casegate_content *sample_content(void)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service service = {.size = sizeof service, .id = "s1", .code = "crown", .material = "zirconia", .quantity = 1};
    casegate_content *content = NULL;

    casegate_content_set(builder, CASEGATE_CONTENT_REFERENCE, "C-100");
    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "J\xc3\xbcrgen \xe6\x9d\x8e");
    casegate_content_add_service(builder, &service);
    assert_int_equal(casegate_content_builder_finish(builder, &content, NULL), CASEGATE_OK);
    return content;
}

static void fill_head(casegate_head *head, const char *id)
{
    casegate_head_init(head, sizeof *head);
    head->id = id;
    head->clinic = "clinic-one";
    head->lab = "lab-one";
    head->workflow = "intake";
    head->workflow_version = 1;
    head->status = CASEGATE_RECEIVED;
    head->phase = CASEGATE_PHASE_PENDING;
    head->version = head->revision = head->attempt = 1;
    head->created_us = head->submitted_us = 1000;
    head->first_submitted_seq = head->first_submitted_revision = 1;
    head->event_hash = "1:hash-1";
    head->dentist = "dora";
    head->clinic_email = "front@clinic.example";
    head->dentist_email = "dora@clinic.example";
    head->reference = "C-100";
    head->patient_name = "J\xc3\xbcrgen \xe6\x9d\x8e";
    head->dentist_name = "Dr. Dora";
    head->due = "2026-04-01";
    head->service_count = 1;
}

static void fill_event(casegate_event *event, const casegate_head *head)
{
    casegate_event_init(event, sizeof *event);
    event->case_id = head->id;
    event->clinic = head->clinic;
    event->lab = head->lab;
    event->workflow = head->workflow;
    event->workflow_version = head->workflow_version;
    event->seq = head->version;
    event->time_us = 1000;
    event->actor = "anna";
    event->actor_role = CASEGATE_CLINIC_USER;
    event->actor_org = "clinic-one";
    event->action = CASEGATE_SUBMIT;
    event->from = CASEGATE_DRAFT;
    event->to = head->status;
    event->revision = head->revision;
    event->attempt = head->attempt;
    event->content_digest = head->content_digest;
    event->policy = "default";
    event->hash = "1:hash-1";
}

static void fill_commit(sample *s)
{
    s->events[0] = &s->event;
    for (size_t i = 0; i < 3; i++)
        s->notice_list[i] = &s->notices[i];
    s->commit.size = sizeof s->commit;
    s->commit.after = &s->head;
    s->commit.content = s->content;
    s->commit.content_salt = "salt-1";
    s->commit.events = s->events;
    s->commit.event_count = 1;
    s->commit.notices = s->notice_list;
}

void sample_case(sample *s, const char *id)
{
    memset(s, 0, sizeof *s);
    s->content = sample_content();
    assert_int_equal(casegate_content_digest(s->content, "salt-1", s->digest, NULL), CASEGATE_OK);
    fill_head(&s->head, id);
    s->head.content_digest = s->digest;
    fill_event(&s->event, &s->head);
    fill_commit(s);
}

void sample_next(sample *s)
{
    s->before = s->head;
    s->head.version++;
    s->head.status = CASEGATE_IN_PRODUCTION;
    s->head.phase = CASEGATE_PHASE_ACCEPTED;
    s->head.decided_us = 3000;
    s->head.decided_by = "lena";
    s->head.event_hash = "1:hash-2";
    fill_event(&s->event, &s->head);
    s->event.time_us = 3000;
    s->event.actor = "lena";
    s->event.actor_role = CASEGATE_LAB_USER;
    s->event.actor_org = "lab-one";
    s->event.action = CASEGATE_ACCEPT;
    s->event.from = CASEGATE_RECEIVED;
    s->event.previous_hash = "1:hash-1";
    s->event.hash = "1:hash-2";
    s->commit.before = &s->before;
    s->commit.content = NULL;
}

static const casegate_label english = {.size = sizeof english, .language = "en", .text = "Unreadable scan"};
static const casegate_label german = {.size = sizeof german, .language = "de", .text = "Scan unlesbar \xe2\x80\x93 bitte neu"};
static const casegate_label *const labels[] = {&english, &german};
static const casegate_file picture = {.size = sizeof picture, .id = "f1", .kind = "image", .name = "margin.png",
                                      .bytes = 5000000000, .size_known = 1};
static const casegate_file *const files[] = {&picture};

static void fill_notice(casegate_notice *notice, const char *id, uint32_t ordinal, const sample *s)
{
    casegate_notice_init(notice, sizeof *notice);
    notice->id = id;
    notice->case_id = s->head.id;
    notice->seq = s->event.seq;
    notice->ordinal = ordinal;
    notice->template_code = "reject";
    notice->channel = ordinal == 1 ? "email" : "portal";
    notice->to = ordinal == 3 ? CASEGATE_TO_DENTIST : CASEGATE_TO_CLINIC;
    notice->org = s->head.clinic;
    notice->person = ordinal == 3 ? "dora" : NULL;
    notice->address = ordinal == 1 ? "front@clinic.example" : NULL;
    notice->clinic = s->head.clinic;
    notice->lab = s->head.lab;
    notice->reference = s->head.reference;
    notice->attempt = s->head.attempt;
    notice->time_us = s->event.time_us;
    notice->reason = s->event.reason;
    notice->reason_labels = labels;
    notice->reason_label_count = 2;
    notice->comment = s->event.comment;
    notice->files = files;
    notice->file_count = 1;
    notice->state = ordinal == 1 ? CASEGATE_NOTICE_LEASED : CASEGATE_NOTICE_DELIVERED;
    notice->tries = ordinal == 1;
    notice->next_us = ordinal == 1 ? 63000000 : 0;
    notice->lease = ordinal == 1 ? "lease-of-commit" : NULL;
}

/* Ids must outlive the sample: one set for each sample case is enough. */
static void fill_notices(sample *s)
{
    static _Thread_local char ids[64][3][80];
    static _Thread_local size_t next;
    char (*mine)[80] = ids[next++ % 64];

    for (uint32_t i = 0; i < 3; i++) {
        snprintf(mine[i], sizeof mine[i], "%s.%u.%u", s->head.id, (unsigned)s->event.seq, (unsigned)(i + 1));
        fill_notice(&s->notices[i], mine[i], i + 1, s);
    }
    s->commit.notice_count = 3;
}

void sample_rejection(sample *s)
{
    sample_next(s);
    s->head.status = s->event.to = CASEGATE_REJECTED;
    s->head.phase = CASEGATE_PHASE_REJECTED;
    s->head.reason = s->event.reason = "unreadable_scan";
    s->head.rejected_seq = s->head.version;
    s->event.action = CASEGATE_REJECT;
    s->event.reason_labels = labels;
    s->event.reason_label_count = 2;
    s->event.comment = "the margin cannot be seen";
    s->event.files = files;
    s->event.file_count = 1;
    s->event.salt = "salt-2";
    s->event.text_digest = "1:text";
    fill_notices(s);
}

void sample_free(sample *s)
{
    casegate_content_unref(s->content);
}

casegate_result commit_sample(fixture *f, const sample *s)
{
    const casegate_commit *commits[] = {&s->commit};
    casegate_result result = CASEGATE_E_HOST;
    casegate_result whole = f->store->ops.commit(f->store->ops.user, NULL, commits, &result, 1, &f->err);

    return whole == CASEGATE_OK ? result : whole;
}

void given_case(fixture *f, const char *id)
{
    sample s;

    sample_case(&s, id);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

void given_rejected_case(fixture *f, const char *id)
{
    sample s;

    sample_case(&s, id);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

/* ---- callbacks ---------------------------------------------------------------------------------------------------- */

casegate_result load_case(fixture *f, const char *id)
{
    return load_request(f, id, NULL, NULL, NULL, NULL);
}

casegate_result load_request(fixture *f, const char *id, const char *org, const char *actor, const char *lab, const char *request)
{
    casegate_load what = {.size = sizeof what, .case_id = id, .request = request, .request_org = org, .request_actor = actor,
                          .request_lab = lab};

    cg_answers_reset(&f->answers);
    casegate_error_init(&f->err, sizeof f->err);
    return f->store->ops.load(f->store->ops.user, NULL, &what, &f->answers, &f->err);
}

casegate_result load_content(fixture *f, const char *id, uint32_t revision)
{
    cg_answers_reset(&f->answers);
    casegate_error_init(&f->err, sizeof f->err);
    return f->store->ops.content(f->store->ops.user, NULL, id, revision, &f->answers, &f->err);
}

casegate_result load_history(fixture *f, const char *id)
{
    cg_answers_reset(&f->answers);
    casegate_error_init(&f->err, sizeof f->err);
    return f->store->ops.history(f->store->ops.user, NULL, id, 0, 100, &f->answers, &f->err);
}

/* ---- SQL ---------------------------------------------------------------------------------------------------------- */

PGconn *open_handle(const fixture *f)
{
    char sql[128];
    PGconn *pg = PQconnectdb(conninfo());

    if (PQstatus(pg) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(pg));
    snprintf(sql, sizeof sql, "SET client_min_messages = error; SET search_path = \"%s\"", f->schema);
    run_handle(pg, sql);
    return pg;
}

void run_handle(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(pg));
    PQclear(result);
}

int64_t ask_handle(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    int64_t value;

    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        fail_msg("%s: %s", sql, PQerrorMessage(pg));
    value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return value;
}

void run_sql(const fixture *f, const char *sql)
{
    PGconn *pg = open_handle(f);

    run_handle(pg, sql);
    PQfinish(pg);
}

int64_t ask_sql(const fixture *f, const char *sql)
{
    PGconn *pg = open_handle(f);
    int64_t value = ask_handle(pg, sql);

    PQfinish(pg);
    return value;
}
