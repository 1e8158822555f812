/* SPDX-License-Identifier: MIT */
/* test_commit.c: what is committed is there, whole; what cannot be committed leaves nothing behind. */
#include "support.h"

#include <pthread.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

static void assert_text(const char *given, const char *expected)
{
    assert_string_equal(given ? given : "", expected ? expected : "");
}

/* Compares two views by their own description: every member, also those of tomorrow. */
static void assert_same_member(const casegate_member *member, const char *a, const char *b);

static void assert_same_view(int32_t view, const void *a, const void *b)
{
    for (size_t i = 0; i < casegate_member_count(view); i++)
        assert_same_member(casegate_member_at(view, i), a, b);
}

static const void *pointer_at(const char *object, uint32_t offset)
{
    const void *pointer;

    memcpy(&pointer, object + offset, sizeof pointer);
    return pointer;
}

static size_t count_at(const char *object, uint32_t offset)
{
    size_t count;

    memcpy(&count, object + offset, sizeof count);
    return count;
}

static void assert_same_list(const casegate_member *member, const char *a, const char *b)
{
    size_t count = count_at(a, member->count_offset);
    const void *const *left = pointer_at(a, member->offset), *const *right = pointer_at(b, member->offset);

    assert_int_equal(count, count_at(b, member->count_offset));
    for (size_t i = 0; i < count; i++)
        if (member->kind == CASEGATE_KIND_LINES)
            assert_text(left[i], right[i]);
        else
            assert_same_view(member->kind == CASEGATE_KIND_FILES ? CASEGATE_VIEW_FILE : CASEGATE_VIEW_LABEL, left[i], right[i]);
}

static void assert_same_member(const casegate_member *member, const char *a, const char *b)
{
    int wide = member->kind == CASEGATE_KIND_INT64 || member->kind == CASEGATE_KIND_TIME;

    if (member->kind == CASEGATE_KIND_LINES || member->kind == CASEGATE_KIND_FILES || member->kind == CASEGATE_KIND_LABELS)
        assert_same_list(member, a, b);
    else if (member->kind <= CASEGATE_KIND_FILE_KIND)
        assert_text(pointer_at(a, member->offset), pointer_at(b, member->offset));
    else
        assert_memory_equal(a + member->offset, b + member->offset, wide ? 8 : 4);
}

/* ---- round trips -------------------------------------------------------------------------------------------------- */

static void a_head_is_loaded_as_it_was_committed(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);

    assert_same_view(CASEGATE_VIEW_HEAD, cg_head_in(&f->answers, 0), &s.head);
    sample_free(&s);
}

static void a_decided_head_is_loaded_as_it_was_committed(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);

    assert_same_view(CASEGATE_VIEW_HEAD, cg_head_in(&f->answers, 0), &s.head);
    sample_free(&s);
}

/* CG-R17 */
static void the_history_has_every_member_of_its_events(void **state)
{
    static const char *const changed[] = {"dentist.name", "services[s1].material"};
    fixture *f = *state;
    sample s;
    casegate_event first;

    sample_case(&s, "case-1");
    s.event.changed = changed;
    s.event.changed_count = 2;
    s.event.request = "request-1";
    s.event.request_digest = "1:request";
    s.event.salt = "salt-9";
    s.event.key = "key-1";
    first = s.event;
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_history(f, "case-1"), CASEGATE_OK);

    assert_int_equal(f->answers.events.count, 2);
    assert_same_view(CASEGATE_VIEW_EVENT, cg_event_in(&f->answers, 0), &first);
    assert_same_view(CASEGATE_VIEW_EVENT, cg_event_in(&f->answers, 1), &s.event);
    sample_free(&s);
}

static void the_history_is_paged_by_sequence_number(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-1");
    cg_answers_reset(&f->answers);

    assert_int_equal(f->store->ops.history(f->store->ops.user, NULL, "case-1", 1, 1, &f->answers, &f->err), CASEGATE_OK);

    assert_int_equal(f->answers.events.count, 1);
    assert_int_equal(cg_event_in(&f->answers, 0)->seq, 2);
}

static void a_content_is_read_as_it_was_committed(void **state)
{
    fixture *f = *state;
    const casegate_stored_content *stored;
    casegate_paths *paths;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_content(f, "case-1", 1), CASEGATE_OK);

    stored = cg_content_in(&f->answers, 0);
    assert_int_equal(casegate_content_diff(stored->content, s.content, &paths, NULL), CASEGATE_OK);
    assert_int_equal(casegate_paths_count(paths), 0);
    assert_string_equal(stored->salt, "salt-1");
    assert_string_equal(stored->digest, s.digest);
    assert_false(stored->erased);
    casegate_paths_free(paths);
    sample_free(&s);
}

static void long_texts_of_every_script_survive(void **state)
{
    fixture *f = *state;
    char comment[4097];
    sample s;

    for (size_t i = 0; i < 4096; i += 8)
        memcpy(comment + i, "\xf0\x9f\xa6\xb7\xe4\xb8\xad\n", 8);
    comment[4096] = '\0';
    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    s.event.comment = comment;
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    close_store(f);

    assert_int_equal(open_store(f, NULL, 1), CASEGATE_OK);
    assert_int_equal(load_history(f, "case-1"), CASEGATE_OK);

    assert_string_equal(cg_event_in(&f->answers, 1)->comment, comment);
    sample_free(&s);
}

static void the_greatest_numbers_survive(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    s.head.version = s.event.seq = UINT32_MAX;
    s.head.attempt = s.head.service_count = UINT32_MAX;
    s.head.created_us = INT64_MIN;
    s.head.submitted_us = INT64_MAX;
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);

    assert_same_view(CASEGATE_VIEW_HEAD, cg_head_in(&f->answers, 0), &s.head);
    sample_free(&s);
}

static void an_older_revision_is_kept_and_a_later_one_absent(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    s.before = s.head;
    s.commit.before = &s.before;
    s.head.version = s.event.seq = s.head.revision = s.event.revision = 2;
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_content(f, "case-1", 1), CASEGATE_OK);
    assert_int_equal(load_content(f, "case-1", 2), CASEGATE_OK);
    assert_int_equal(load_content(f, "case-1", 3), CASEGATE_ABSENT);
    assert_int_equal(load_content(f, "case-2", 1), CASEGATE_ABSENT);
    sample_free(&s);
}

static void an_older_revision_that_was_removed_is_absent(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    s.before = s.head;
    s.commit.before = &s.before;
    s.head.version = s.event.seq = s.head.revision = s.event.revision = 2;
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    run_sql(f->path, "DELETE FROM contents WHERE revision = 1");

    assert_int_equal(load_content(f, "case-1", 1), CASEGATE_ABSENT);
    sample_free(&s);
}

static void an_erased_content_is_a_tombstone(void **state)
{
    fixture *f = *state;

    given_case(f, "case-1");
    run_sql(f->path, "UPDATE contents SET document = NULL, salt = NULL");

    assert_int_equal(load_content(f, "case-1", 1), CASEGATE_OK);

    assert_true(cg_content_in(&f->answers, 0)->erased);
    assert_null(cg_content_in(&f->answers, 0)->content);
}

static void an_edit_changes_the_summary_and_an_acceptance_leaves_it(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    s.before = s.head;
    s.commit.before = &s.before;
    s.head.version = s.event.seq = s.head.revision = s.event.revision = 2;
    s.head.due = NULL;
    s.head.patient_name = "Someone else";
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_next(&s);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);

    assert_same_view(CASEGATE_VIEW_HEAD, cg_head_in(&f->answers, 0), &s.head);
    sample_free(&s);
}

/* ---- conflicts ---------------------------------------------------------------------------------------------------- */

static sqlite3_int64 rows_of(fixture *f)
{
    return ask_sql(f->path, "SELECT (SELECT count(*) FROM cases) * 10000 + (SELECT count(*) FROM events) * 1000"
                            " + (SELECT count(*) FROM contents) * 100 + (SELECT count(*) FROM event_texts) * 10"
                            " + (SELECT count(*) FROM notices)");
}

/* CG-R16 */
static void a_stale_version_is_a_conflict_and_writes_nothing(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_next(&s);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(commit_sample(f, &s), CASEGATE_CONFLICT);

    assert_int_equal(rows_of(f), 12100);
    sample_free(&s);
}

static void a_change_of_a_case_that_is_not_there_is_a_conflict(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    sample_next(&s);

    assert_int_equal(commit_sample(f, &s), CASEGATE_CONFLICT);

    assert_int_equal(rows_of(f), 0);
    sample_free(&s);
}

static void an_id_that_is_taken_is_a_conflict(void **state)
{
    fixture *f = *state;
    sample s;

    given_case(f, "case-1");
    sample_case(&s, "case-1");

    assert_int_equal(commit_sample(f, &s), CASEGATE_CONFLICT);

    assert_int_equal(rows_of(f), 11100);
    sample_free(&s);
}

static casegate_result commit_request(fixture *f, const char *id, const char *org, const char *actor, const char *lab)
{
    casegate_result result;
    sample s;

    sample_case(&s, id);
    s.event.request = "request-1";
    s.event.request_digest = "1:request";
    s.event.salt = "salt-9";
    s.event.actor_org = org;
    s.event.actor = actor;
    s.head.lab = s.event.lab = lab;
    result = commit_sample(f, &s);
    sample_free(&s);
    return result;
}

/* CG-R20 */
static void a_request_id_is_used_once_by_an_actor_at_a_lab(void **state)
{
    fixture *f = *state;

    assert_int_equal(commit_request(f, "case-1", "clinic-one", "anna", "lab-one"), CASEGATE_OK);
    assert_int_equal(commit_request(f, "case-2", "clinic-two", "anna", "lab-one"), CASEGATE_OK);
    assert_int_equal(commit_request(f, "case-3", "clinic-one", "berta", "lab-one"), CASEGATE_OK);
    assert_int_equal(commit_request(f, "case-4", "clinic-one", "anna", "lab-two"), CASEGATE_OK);

    assert_int_equal(commit_request(f, "case-5", "clinic-one", "anna", "lab-one"), CASEGATE_CONFLICT);

    assert_int_equal(load_case(f, "case-5"), CASEGATE_ABSENT);
}

static void a_request_id_of_the_system_is_used_once_too(void **state)
{
    fixture *f = *state;

    assert_int_equal(commit_request(f, "case-1", NULL, "importer", "lab-one"), CASEGATE_OK);

    assert_int_equal(commit_request(f, "case-2", NULL, "importer", "lab-one"), CASEGATE_CONFLICT);
    assert_int_equal(load_request(f, NULL, NULL, "importer", "lab-one", "request-1"), CASEGATE_OK);
}

static void of_several_commits_each_has_its_own_result(void **state)
{
    fixture *f = *state;
    sample first, taken, last;
    const casegate_commit *commits[3];
    casegate_result results[3];

    given_case(f, "case-1");
    sample_case(&first, "case-2");
    sample_case(&taken, "case-1");
    sample_case(&last, "case-2");   /* sees the first */
    sample_rejection(&last);
    commits[0] = &first.commit;
    commits[1] = &taken.commit;
    commits[2] = &last.commit;

    assert_int_equal(f->store->ops.commit(f->store->ops.user, NULL, commits, results, 3, &f->err), CASEGATE_OK);

    assert_int_equal(results[0], CASEGATE_OK);
    assert_int_equal(results[1], CASEGATE_CONFLICT);
    assert_int_equal(results[2], CASEGATE_OK);
    assert_int_equal(rows_of(f), 20000 + 3000 + 200 + 10 + 3);
    sample_free(&first);
    sample_free(&taken);
    sample_free(&last);
}

static void a_locked_file_is_busy_and_nothing_is_written(void **state)
{
    fixture *f = *state;
    casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .busy_ms = 30};
    sqlite3 *other = open_handle(f->path);
    sample s;

    close_store(f);
    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sample_case(&s, "case-1");

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_BUSY);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_ABSENT);   /* readers do not wait */

    sqlite3_close(other);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

/* ---- requests ----------------------------------------------------------------------------------------------------- */

/* CG-R20 */
static void a_request_is_found_with_its_notices(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    s.event.request = "request-1";
    s.event.request_digest = "1:request";
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

    assert_int_equal(load_request(f, "case-1", "lab-one", "lena", NULL, "request-1"), CASEGATE_OK);

    assert_int_equal(f->answers.heads.count, 1);
    assert_same_view(CASEGATE_VIEW_EVENT, cg_event_in(&f->answers, 0), &s.event);
    assert_int_equal(f->answers.notices.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_same_view(CASEGATE_VIEW_NOTICE, cg_notice_in(&f->answers, i), &s.notices[i]);
    sample_free(&s);
}

static void a_request_is_looked_for_where_there_is_no_case(void **state)
{
    fixture *f = *state;

    assert_int_equal(commit_request(f, "case-1", "clinic-one", "anna", "lab-one"), CASEGATE_OK);

    assert_int_equal(load_request(f, "case-9", "clinic-one", "anna", "lab-one", "request-1"), CASEGATE_OK);
    assert_int_equal(f->answers.heads.count, 0);
    assert_string_equal(cg_event_in(&f->answers, 0)->case_id, "case-1");

    assert_int_equal(load_request(f, "case-9", "clinic-one", "anna", NULL, "request-1"), CASEGATE_ABSENT);
    assert_int_equal(load_request(f, NULL, "clinic-one", "anna", "lab-two", "request-1"), CASEGATE_ABSENT);
    assert_int_equal(load_request(f, NULL, "clinic-one", "berta", "lab-one", "request-1"), CASEGATE_ABSENT);
    assert_int_equal(load_request(f, "case-1", "clinic-one", "anna", "lab-one", "request-2"), CASEGATE_OK);
    assert_int_equal(f->answers.events.count, 0);
}

/* ---- a host's transaction ----------------------------------------------------------------------------------------- */

static sqlite3 *given_handle(fixture *f)
{
    sqlite3 *db;
    casegate_sqlite_options options = {.size = sizeof options};

    close_store(f);
    snprintf(f->path, sizeof f->path, "%s/hosts.db", f->directory);
    db = open_handle(f->path);
    options.db = db;
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE orders (a)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);
    return db;
}

static void finish_handle(fixture *f, sqlite3 *db)
{
    close_store(f);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void without_a_transaction_of_the_host_a_commit_is_durable(void **state)
{
    fixture *f = *state;
    sqlite3 *db = given_handle(f);

    given_rejected_case(f, "case-1");

    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM casegate_events"), 2);
    finish_handle(f, db);
}

/* SQLite leaves NULL where a text cannot be bound, and says so only then. */
static void a_text_that_the_handle_cannot_take_is_an_error_and_nothing_is_written(void **state)
{
    fixture *f = *state;
    sqlite3 *db = given_handle(f);
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content *content = NULL;
    char text[1500];
    sample s;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    casegate_content_set(builder, CASEGATE_CONTENT_INSTRUCTIONS, text);
    assert_int_equal(casegate_content_builder_finish(builder, &content, NULL), CASEGATE_OK);
    sample_case(&s, "case-1");
    assert_int_equal(casegate_content_digest(content, "salt-1", s.digest, NULL), CASEGATE_OK);
    s.commit.content = content;
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1200);   /* of a text and of a row: only the document is longer */

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_HOST);

    assert_int_equal(f->err.host_code, SQLITE_TOOBIG);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1000000);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM casegate_cases"), 0);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM casegate_contents"), 0);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    casegate_content_unref(content);
    sample_free(&s);
    finish_handle(f, db);
}

/* With a rollback journal a reader holds up the COMMIT itself. */
static void a_commit_that_a_reader_holds_up_is_busy_and_undone(void **state)
{
    fixture *f = *state;
    sqlite3 *db = given_handle(f), *reader = open_handle(f->path);
    sample s;

    sqlite3_busy_timeout(db, 30);
    sample_case(&s, "case-1");
    sqlite3_exec(reader, "BEGIN", NULL, NULL, NULL);
    assert_int_equal(ask_handle(reader, "SELECT count(*) FROM casegate_cases"), 0);

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_BUSY);

    sqlite3_close(reader);
    assert_int_equal(sqlite3_get_autocommit(db), 1);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_ABSENT);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
    finish_handle(f, db);
}

/* CG-R11 */
static void a_joined_commit_is_undone_with_the_hosts_transaction(void **state)
{
    fixture *f = *state;
    sqlite3 *db = given_handle(f);
    sample s;

    sample_case(&s, "case-1");
    sqlite3_exec(db, "BEGIN; INSERT INTO orders VALUES (1)", NULL, NULL, NULL);
    assert_int_equal(commit_sample(f, &s), CASEGATE_JOINED);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);

    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_ABSENT);
    sample_free(&s);
    finish_handle(f, db);
}

static void a_joined_commit_stays_with_the_hosts_transaction_and_its_notices_are_due(void **state)
{
    fixture *f = *state;
    sqlite3 *db = given_handle(f);
    const casegate_notice *notice;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    s.event.request = "request-1";
    sqlite3_exec(db, "BEGIN; INSERT INTO orders VALUES (1)", NULL, NULL, NULL);
    assert_int_equal(commit_sample(f, &s), CASEGATE_JOINED);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);

    assert_int_equal(load_request(f, "case-1", "lab-one", "lena", NULL, "request-1"), CASEGATE_OK);

    notice = cg_notice_in(&f->answers, 0);
    assert_int_equal(notice->state, CASEGATE_NOTICE_PENDING);
    assert_text(notice->lease, NULL);
    assert_int_equal(notice->next_us, s.event.time_us);
    assert_int_equal(notice->tries, 0);
    assert_int_equal(cg_notice_in(&f->answers, 1)->state, CASEGATE_NOTICE_DELIVERED);
    sample_free(&s);
    finish_handle(f, db);
}

static void a_conflict_in_the_hosts_transaction_undoes_only_its_own(void **state)
{
    fixture *f = *state;
    sqlite3 *db = given_handle(f);
    sample s;

    assert_int_equal(commit_request(f, "case-1", "clinic-one", "anna", "lab-one"), CASEGATE_OK);
    sample_case(&s, "case-2");
    s.event.request = "request-1";
    sqlite3_exec(db, "BEGIN; INSERT INTO orders VALUES (1)", NULL, NULL, NULL);

    assert_int_equal(commit_sample(f, &s), CASEGATE_CONFLICT);

    assert_int_equal(sqlite3_get_autocommit(db), 0);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM orders"), 1);
    assert_int_equal(load_case(f, "case-2"), CASEGATE_ABSENT);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_contents"), 1);
    sample_free(&s);
    finish_handle(f, db);
}

/* ---- threads ------------------------------------------------------------------------------------------------------ */

enum { THREADS = 2, CASES = 40 };
typedef struct worker { fixture f; int number; int won, lost; } worker;

/* Every thread tries to create the same cases: each is created once. */
static void *create_cases(void *argument)
{
    worker *w = argument;
    char id[32];

    for (int i = 0; i < CASES; i++) {
        casegate_result result;
        sample s;

        snprintf(id, sizeof id, "case-%d", i);
        sample_case(&s, id);
        result = commit_sample(&w->f, &s);
        w->won += result == CASEGATE_OK;
        w->lost += result == CASEGATE_CONFLICT;
        if (load_case(&w->f, id) != CASEGATE_OK)
            w->lost = -CASES;
        sample_free(&s);
    }
    return NULL;
}

static void assert_threads_share(fixture *f)
{
    worker workers[THREADS];
    pthread_t threads[THREADS];

    memset(workers, 0, sizeof workers);
    for (int i = 0; i < THREADS; i++) {
        workers[i].f.store = f->store;
        cg_answers_init(&workers[i].f.answers, NULL);
        assert_int_equal(pthread_create(&threads[i], NULL, create_cases, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        cg_answers_close(&workers[i].f.answers);
    }

    assert_int_equal(workers[0].won + workers[1].won, CASES);
    assert_int_equal(workers[0].lost + workers[1].lost, CASES);
}

static void two_threads_share_a_file(void **state)
{
    assert_threads_share(*state);
}

static void two_threads_take_turns_in_memory(void **state)
{
    fixture *f = *state;

    close_store(f);
    assert_int_equal(open_store(f, ":memory:", 0), CASEGATE_OK);

    assert_threads_share(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_head_is_loaded_as_it_was_committed),
        TEST(a_decided_head_is_loaded_as_it_was_committed),
        TEST(the_history_has_every_member_of_its_events),
        TEST(the_history_is_paged_by_sequence_number),
        TEST(a_content_is_read_as_it_was_committed),
        TEST(long_texts_of_every_script_survive),
        TEST(the_greatest_numbers_survive),
        TEST(an_older_revision_is_kept_and_a_later_one_absent),
        TEST(an_older_revision_that_was_removed_is_absent),
        TEST(an_erased_content_is_a_tombstone),
        TEST(an_edit_changes_the_summary_and_an_acceptance_leaves_it),
        TEST(a_stale_version_is_a_conflict_and_writes_nothing),
        TEST(a_change_of_a_case_that_is_not_there_is_a_conflict),
        TEST(an_id_that_is_taken_is_a_conflict),
        TEST(a_request_id_is_used_once_by_an_actor_at_a_lab),
        TEST(a_request_id_of_the_system_is_used_once_too),
        TEST(of_several_commits_each_has_its_own_result),
        TEST(a_locked_file_is_busy_and_nothing_is_written),
        TEST(a_request_is_found_with_its_notices),
        TEST(a_request_is_looked_for_where_there_is_no_case),
        TEST(without_a_transaction_of_the_host_a_commit_is_durable),
        TEST(a_commit_that_a_reader_holds_up_is_busy_and_undone),
        TEST(a_joined_commit_is_undone_with_the_hosts_transaction),
        TEST(a_joined_commit_stays_with_the_hosts_transaction_and_its_notices_are_due),
        TEST(a_conflict_in_the_hosts_transaction_undoes_only_its_own),
        TEST(a_text_that_the_handle_cannot_take_is_an_error_and_nothing_is_written),
        TEST(two_threads_share_a_file),
        TEST(two_threads_take_turns_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
