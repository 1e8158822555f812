/* SPDX-License-Identifier: MIT */
/* test_memory.c: every allocation of the store fails once: it says so, leaks nothing, and nothing is half written. */
#include "support.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

static long allocations_left, allocations_alive;

static void *failing_alloc(void *user, size_t size)
{
    void *made = allocations_left-- == 0 ? NULL : malloc(size);

    (void)user;
    allocations_alive += made != NULL;
    return made;
}

static void *failing_resize(void *user, void *ptr, size_t size)
{
    void *made = allocations_left-- == 0 ? NULL : realloc(ptr, size);

    (void)user;
    allocations_alive += made != NULL && ptr == NULL;
    return made;
}

static void failing_release(void *user, void *ptr)
{
    (void)user;
    allocations_alive--;
    free(ptr);
}

static casegate_result use_everything(fixture *f, const char *id)
{
    casegate_query query = {.size = sizeof query, .order = CASEGATE_BY_DUE, .limit = 9};
    casegate_result result;
    sample s;

    sample_case(&s, id);
    result = commit_sample(f, &s);
    sample_rejection(&s);
    s.event.request = "request-1";
    if (result == CASEGATE_OK)
        result = commit_sample(f, &s);
    sample_free(&s);
    if (result == CASEGATE_OK)
        result = load_request(f, id, "lab-one", "lena", NULL, "request-1");
    if (result == CASEGATE_OK)
        result = load_history(f, id);
    if (result == CASEGATE_OK)
        result = load_content(f, id, 1);
    if (result == CASEGATE_OK)
        result = f->store->ops.list(f->store->ops.user, NULL, &query, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        result = f->store->ops.inbox(f->store->ops.user, NULL, "clinic-one", NULL, NULL, 9, &f->answers, &f->err);
    return result;
}

/* Behind the rejection. */
static casegate_result erase(fixture *f, const char *id)
{
    casegate_result result;
    sample s;

    sample_case(&s, id);
    sample_rejection(&s);
    sample_next(&s);
    s.commit.notice_count = 0;
    s.event.action = CASEGATE_ERASE;
    s.event.comment = s.event.salt = s.event.text_digest = NULL;
    s.event.file_count = 0;
    s.head.patient_name = s.head.dentist_name = s.head.reference = NULL;
    result = f->store->ops.erase(f->store->ops.user, NULL, &s.commit, &f->err);
    sample_free(&s);
    return result;
}

/* What a dispatcher and an operator do: the e-mail dies, gets its tries anew, is listed, marked and purged beside a reminder. */
static casegate_result operate(fixture *f, const char *id, const char **step)
{
    const casegate_store_ops *ops = &f->store->ops;
    const casegate_notice reminder = {.size = sizeof reminder, .id = "reminder-1", .case_id = id, .template_code = "reminder",
                                      .channel = "portal", .to = CASEGATE_TO_LAB, .org = "lab-one", .clinic = "clinic-one",
                                      .lab = "lab-one", .attempt = 1, .time_us = 1, .state = CASEGATE_NOTICE_DELIVERED};
    char notice_id[80];
    casegate_notice dead = {.size = sizeof dead, .id = notice_id, .lease = "lease", .state = CASEGATE_NOTICE_DEAD, .tries = 1,
                            .last_error = "no"};
    const casegate_notice *list[] = {&dead};
    casegate_result settled = CASEGATE_E_HOST, result;

    snprintf(notice_id, sizeof notice_id, "%s.2.1", id);
    *step = "claim";
    result = ops->claim(ops->user, NULL, "email", INT64_MAX, INT64_MAX, "lease", 9, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        *step = "settle", result = ops->settle(ops->user, NULL, list, &settled, 1, &f->err);
    if (result == CASEGATE_OK)
        result = settled;
    if (result == CASEGATE_OK)
        *step = "requeue", result = ops->requeue(ops->user, NULL, notice_id, 5, &f->err);
    if (result == CASEGATE_OK)
        *step = "notices", result = ops->notices(ops->user, NULL, 0, NULL, NULL, 9, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        *step = "mark_read", result = ops->mark_read(ops->user, NULL, "clinic-one", NULL, NULL, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        *step = "add_notice", result = ops->add_notice(ops->user, NULL, &reminder, &f->err);
    if (result == CASEGATE_OK)
        *step = "erase", result = erase(f, id);
    if (result == CASEGATE_OK)
        *step = "purge", result = ops->purge(ops->user, NULL, 2, 9, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        *step = "describe", result = ops->describe(ops->user, NULL, 1, &f->answers, &f->err);
    return result;
}

static const char *operation = "";

static casegate_result open_and_use(fixture *f, casegate_host *host)
{
    casegate_postgres_options options = options_for(f);
    casegate_postgres_listener *listener = NULL;
    casegate_result result = casegate_postgres_open(host, &options, &f->store, &f->err);

    if (result == CASEGATE_OK)
        operation = "", result = use_everything(f, "case-1");
    if (result == CASEGATE_OK)
        result = operate(f, "case-1", &operation);
    if (result == CASEGATE_OK)
        result = casegate_postgres_listener_new(host, &options, "email", &listener, &f->err);
    casegate_postgres_listener_free(listener);
    cg_answers_reset(&f->answers);
    close_store(f);
    return result;
}

/* A rejection that failed has no event, notice or text; one that did not has all. */
static int64_t halves_of(PGconn *pg)
{
    return ask_handle(pg, "WITH told AS (SELECT * FROM notices WHERE template_code <> 'reminder')"
                          " SELECT count(*) FROM cases WHERE version <> (SELECT count(*) FROM events)"
                          " OR (version >= 2) <> ((SELECT count(*) FROM told) = 3)"
                          " OR (version >= 2) <> ((SELECT count(*) FROM event_texts) = 1)"
                          " OR (version = 3) <> EXISTS (SELECT FROM contents WHERE document IS NULL)"
                          " OR (version = 3) <> EXISTS (SELECT FROM event_texts WHERE comment IS NULL)"
                          " OR (version = 3) <> EXISTS (SELECT FROM told WHERE comment IS NULL)");
}

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    PGconn *pg = open_handle(f);
    casegate_host_ops ops;
    casegate_host *host;
    casegate_result result;
    long n = 0;

    close_store(f);
    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = failing_alloc;
    ops.resize = failing_resize;
    ops.release = failing_release;
    allocations_left = -1;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    do {
        long alive = allocations_alive;

        run_handle(pg, "DELETE FROM case_labs; DELETE FROM cases; DELETE FROM contents; DELETE FROM events;"
                       "DELETE FROM event_texts; DELETE FROM notices");
        allocations_left = n++;
        result = open_and_use(f, host);
        /* Behind a COMMIT a trip still wakes listeners: what fails there cannot tell whether the COMMIT went out already.
         * And what was leased stays leased, where there is no memory to say so. */
        if (result != CASEGATE_OK && result != CASEGATE_E_NOMEM && !(result == CASEGATE_E_UNKNOWN && *operation))
            fail_msg("allocation %ld, %s: %s, %s, %s", n, operation, casegate_result_name(result), f->err.field, f->err.text);
        assert_int_equal(allocations_alive, alive);
        assert_int_equal(halves_of(pg), 0);
    } while (allocations_left < 0 && n < 100000);

    assert_int_equal(result, CASEGATE_OK);
    assert_true(n > 50);
    casegate_host_unref(host);
    assert_int_equal(allocations_alive, 0);
    PQfinish(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
