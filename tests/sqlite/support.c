/* SPDX-License-Identifier: MIT */
/* support.c: sample cases as a decision would commit them, and short words for the store's callbacks. */
#include "support.h"

#include <dirent.h>
#include <unistd.h>

/* ---- store -------------------------------------------------------------------------------------------------------- */

int set_up_directory(void **state)
{
    fixture *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    strcpy(f->directory, "sqlite-test-XXXXXX");
    if (!mkdtemp(f->directory))
        return -1;
    snprintf(f->path, sizeof f->path, "%s/cases.db", f->directory);
    casegate_error_init(&f->err, sizeof f->err);
    cg_answers_init(&f->answers, NULL);
    *state = f;
    return 0;
}

int set_up_store(void **state)
{
    if (set_up_directory(state) != 0)
        return -1;
    return open_store(*state, NULL, 0) == CASEGATE_OK ? 0 : -1;
}

int tear_down(void **state)
{
    fixture *f = *state;
    DIR *directory = opendir(f->directory);
    struct dirent *entry;

    close_store(f);
    cg_answers_close(&f->answers);
    while (directory && (entry = readdir(directory)))
        if (entry->d_name[0] != '.') {
            char path[512];

            snprintf(path, sizeof path, "%s/%s", f->directory, entry->d_name);
            unlink(path);
        }
    if (directory)
        closedir(directory);
    rmdir(f->directory);
    free(f);
    return 0;
}

casegate_result open_store(fixture *f, const char *path, int32_t must_exist)
{
    casegate_sqlite_options options = {.size = sizeof options, .path = path ? path : f->path, .must_exist = must_exist,
                                       .busy_ms = 2000};

    return casegate_sqlite_open(NULL, &options, &f->store, &f->err);
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
    static char ids[64][3][80];
    static size_t next;
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

sqlite3 *open_handle(const char *path)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    return db;
}

void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = open_handle(path);

    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

sqlite3_int64 ask_handle(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_int64 value;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

sqlite3_int64 ask_sql(const char *path, const char *sql)
{
    sqlite3 *db = open_handle(path);
    sqlite3_int64 value = ask_handle(db, sql);

    sqlite3_close(db);
    return value;
}
