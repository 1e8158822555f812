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
        result = f->store->ops.claim(f->store->ops.user, NULL, "email", INT64_MAX, INT64_MAX, "lease", 9, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        result = f->store->ops.inbox(f->store->ops.user, NULL, "clinic-one", NULL, NULL, 9, &f->answers, &f->err);
    return result;
}

static casegate_result open_and_use(fixture *f, casegate_host *host)
{
    casegate_postgres_options options = options_for(f);
    casegate_postgres_listener *listener = NULL;
    casegate_result result = casegate_postgres_open(host, &options, &f->store, &f->err);

    if (result == CASEGATE_OK)
        result = use_everything(f, "case-1");
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
    return ask_handle(pg, "SELECT count(*) FROM cases WHERE version <> (SELECT count(*) FROM events)"
                          " OR (version = 2) <> ((SELECT count(*) FROM notices) = 3)"
                          " OR (version = 2) <> ((SELECT count(*) FROM event_texts) = 1)");
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
        if (result != CASEGATE_OK && result != CASEGATE_E_NOMEM)
            fail_msg("allocation %ld: %s, %s, %s", n, casegate_result_name(result), f->err.field, f->err.text);
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
