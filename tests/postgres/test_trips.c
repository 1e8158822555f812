/* SPDX-License-Identifier: MIT */
/* test_trips.c: how many round trips a callback and a transition take, counted on the line; what a cut line means. */
#include "proxy.h"
#include "support.h"

#include <pthread.h>
#include <time.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_line, tear_down_line)

typedef struct wired { fixture f; proxy *p; } wired;

/* The store of the test speaks through a proxy. */
static int set_up_line(void **state)
{
    char folder[108];
    fixture *f;
    wired *w = calloc(1, sizeof *w);

    if (!w || !socket_folder(conninfo(), folder, sizeof folder) || set_up_store(state) != 0)
        return -1;
    f = *state;
    w->f = *f;
    free(f);
    w->p = proxy_start(folder);
    *state = w;
    return w->p ? 0 : -1;
}

static int tear_down_line(void **state)
{
    wired *w = *state;
    fixture *f = malloc(sizeof *f);

    proxy_cut(w->p, CUT_NOTHING);
    *f = w->f;
    *state = f;
    close_store(f);
    proxy_stop(w->p);
    free(w);
    return tear_down(state);
}

static void open_through_the_proxy(wired *w, int32_t statement_ms)
{
    casegate_postgres_options options = options_for(&w->f);

    close_store(&w->f);
    options.conninfo = proxy_conninfo(w->p);
    options.pool = 2;
    options.statement_ms = statement_ms;
    assert_int_equal(casegate_postgres_open(NULL, &options, &w->f.store, &w->f.err), CASEGATE_OK);
}

/* ---- counted ------------------------------------------------------------------------------------------------------ */

static casegate_result use_claim(fixture *f)
{
    cg_answers_reset(&f->answers);
    return f->store->ops.claim(f->store->ops.user, NULL, "email", INT64_MAX, INT64_MAX, "lease-2", 10, &f->answers, &f->err);
}

static casegate_result use_settle(fixture *f)
{
    casegate_notice notice = {.size = sizeof notice, .id = "case-1.2.1", .lease = "lease-2", .state = CASEGATE_NOTICE_DELIVERED};
    const casegate_notice *notices[] = {&notice, &notice, &notice};
    casegate_result results[3];

    return f->store->ops.settle(f->store->ops.user, NULL, notices, results, 3, &f->err);
}

static casegate_result use_inbox(fixture *f)
{
    cg_answers_reset(&f->answers);
    return f->store->ops.inbox(f->store->ops.user, NULL, "clinic-one", NULL, "case-1.2.2", 10, &f->answers, &f->err);
}

static casegate_result use_mark_read(fixture *f)
{
    cg_answers_reset(&f->answers);
    return f->store->ops.mark_read(f->store->ops.user, NULL, "clinic-one", NULL, "case-1.2.2", &f->answers, &f->err);
}

static casegate_result use_list(fixture *f)
{
    casegate_query query = {.size = sizeof query, .lab = "lab-one", .submitted_only = 1, .order = CASEGATE_BY_WAITING,
                            .limit = 10};

    cg_answers_reset(&f->answers);
    return f->store->ops.list(f->store->ops.user, NULL, &query, &f->answers, &f->err);
}

static casegate_result use_notices(fixture *f)
{
    cg_answers_reset(&f->answers);
    return f->store->ops.notices(f->store->ops.user, NULL, 0, NULL, NULL, 10, &f->answers, &f->err);
}

static casegate_result use_requeue(fixture *f)
{
    return f->store->ops.requeue(f->store->ops.user, NULL, "case-1.2.1", 5, &f->err);
}

static casegate_result use_load(fixture *f) { return load_case(f, "case-1"); }
static casegate_result use_request(fixture *f) { return load_request(f, "case-1", "lab-one", "lena", NULL, "request-1"); }
static casegate_result use_used(fixture *f) { return load_request(f, NULL, "clinic-one", "anna", "lab-one", "request-9"); }
static casegate_result use_content(fixture *f) { return load_content(f, "case-1", 1); }
static casegate_result use_history(fixture *f) { return load_history(f, "case-1"); }

static const struct { const char *name; casegate_result (*use)(fixture *f); casegate_result expected; int trips; } callbacks[] = {
    {"load", use_load, CASEGATE_OK, 1}, {"load with a request", use_request, CASEGATE_OK, 1},
    {"load with a request that was used", use_used, CASEGATE_OK, 2}, {"content", use_content, CASEGATE_OK, 1},
    {"history", use_history, CASEGATE_OK, 1}, {"list", use_list, CASEGATE_OK, 1}, {"claim", use_claim, CASEGATE_OK, 1},
    {"settle", use_settle, CASEGATE_OK, 1}, {"inbox", use_inbox, CASEGATE_OK, 1}, {"mark_read", use_mark_read, CASEGATE_OK, 1},
    {"notices", use_notices, CASEGATE_OK, 1}, {"requeue", use_requeue, CASEGATE_CONFLICT, 1},
};

/* Also the first time, when its statements are not prepared yet. */
static void every_callback_is_one_round_trip(void **state)
{
    wired *w = *state;
    sample used;

    given_rejected_case(&w->f, "case-1");
    sample_case(&used, "case-2");
    used.event.request = "request-9";
    assert_int_equal(commit_sample(&w->f, &used), CASEGATE_OK);
    sample_free(&used);
    open_through_the_proxy(w, 0);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof callbacks / sizeof callbacks[0]; i++) {
            int before = proxy_trips(w->p);
            casegate_result result = callbacks[i].use(&w->f);

            if (result != callbacks[i].expected || proxy_trips(w->p) != before + callbacks[i].trips)
                fail_msg("%s: %s, %d trips", callbacks[i].name, casegate_result_name(result), proxy_trips(w->p) - before);
        }
}

static void a_commit_is_one_round_trip_and_so_is_a_batch(void **state)
{
    enum { MANY = 100 };
    wired *w = *state;
    static sample samples[MANY];
    static char ids[MANY][32];
    const casegate_commit *commits[MANY];
    casegate_result results[MANY];
    int before;

    open_through_the_proxy(w, 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "case-%d", i);
        sample_case(&samples[i], ids[i]);
        commits[i] = &samples[i].commit;
    }
    before = proxy_trips(w->p);

    assert_int_equal(commit_sample(&w->f, &samples[0]), CASEGATE_OK);
    assert_int_equal(proxy_trips(w->p), before + 1);
    sample_rejection(&samples[0]);
    assert_int_equal(commit_sample(&w->f, &samples[0]), CASEGATE_OK);
    assert_int_equal(proxy_trips(w->p), before + 2);
    assert_int_equal(commit_sample(&w->f, &samples[0]), CASEGATE_CONFLICT);
    assert_int_equal(proxy_trips(w->p), before + 3);
    assert_int_equal(w->f.store->ops.commit(w->f.store->ops.user, NULL, commits, results, MANY, &w->f.err), CASEGATE_OK);
    assert_int_equal(proxy_trips(w->p), before + 4);

    for (int i = 0; i < MANY; i++) {
        assert_int_equal(results[i], i ? CASEGATE_OK : CASEGATE_CONFLICT);
        sample_free(&samples[i]);
    }
    assert_int_equal(ask_sql(&w->f, "SELECT count(DISTINCT xmin::text) FROM cases"), 2);   /* the batch was one transaction */
}

/* ---- through an engine -------------------------------------------------------------------------------------------- */

typedef struct gate { casegate_engine *engine; casegate_outcome *outcome; casegate_actor *clinic, *lab; } gate;

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role);
    assert_int_equal(casegate_actor_new(NULL, &fields, &made, NULL), CASEGATE_OK);
    casegate_workflow_unref(intake);
    return made;
}

static void open_gate(gate *g, wired *w)
{
    casegate_engine_options options = {.size = sizeof options, .store = w->f.store, .tell = CASEGATE_TELL_LATER};

    assert_int_equal(casegate_engine_open(&options, &g->engine, NULL), CASEGATE_OK);
    g->outcome = casegate_outcome_new(NULL);
    g->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    g->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
}

static void close_gate(gate *g)
{
    casegate_actor_unref(g->lab);
    casegate_actor_unref(g->clinic);
    casegate_outcome_free(g->outcome);
    casegate_engine_unref(g->engine);
}

static casegate_case *create(gate *g)
{
    casegate_call call = {.size = sizeof call, .actor = g->clinic};
    sample s;

    sample_case(&s, "");
    assert_int_equal(casegate_engine_create(g->engine, &call, "lab-one", s.content, 1, g->outcome, NULL), CASEGATE_OK);
    sample_free(&s);
    return casegate_outcome_case(g->outcome);
}

static void a_transition_is_two_round_trips_from_an_id_and_one_from_a_held_head(void **state)
{
    wired *w = *state;
    casegate_request request = {.size = sizeof request, .action = CASEGATE_REJECT, .revision = 1, .reason = "other"};
    casegate_call call = {.size = sizeof call};
    casegate_case *first, *second;
    int before;
    gate g;

    open_through_the_proxy(w, 0);
    open_gate(&g, w);
    first = create(&g);
    second = create(&g);
    call.actor = g.lab;
    before = proxy_trips(w->p);

    request.case_id = casegate_case_head(first)->id;
    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, NULL), CASEGATE_OK);
    assert_int_equal(proxy_trips(w->p), before + 2);
    request.case_id = NULL;
    request.held = second;
    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, NULL), CASEGATE_OK);
    assert_int_equal(proxy_trips(w->p), before + 3);

    casegate_case_unref(first);
    casegate_case_unref(second);
    close_gate(&g);
}

/* ---- cut lines ---------------------------------------------------------------------------------------------------- */

static void a_read_whose_answer_is_lost_is_read_again(void **state)
{
    static const int cuts[] = {CUT_REQUEST, CUT_REPLY, CUT_HALF};
    wired *w = *state;

    given_rejected_case(&w->f, "case-1");
    open_through_the_proxy(w, 0);
    for (size_t i = 0; i < 3; i++) {
        proxy_cut(w->p, cuts[i]);
        assert_int_equal(use_request(&w->f), CASEGATE_OK);
        assert_int_equal(w->f.answers.heads.count, 1);
        assert_string_equal(w->f.err.text, "");
    }
}

static void a_commit_whose_answer_is_lost_is_unknown_and_done_once(void **state)
{
    static const struct { int cut, written; } cuts[] = {{CUT_REQUEST, 0}, {CUT_REPLY, 1}, {CUT_HALF, 1}};
    wired *w = *state;

    open_through_the_proxy(w, 0);
    for (size_t i = 0; i < 3; i++) {
        char id[16];
        sample s;

        snprintf(id, sizeof id, "case-%d", (int)i);
        sample_case(&s, id);
        proxy_cut(w->p, cuts[i].cut);
        assert_int_equal(commit_sample(&w->f, &s), CASEGATE_E_UNKNOWN);
        assert_int_equal(w->f.err.code, CASEGATE_E_UNKNOWN);
        assert_int_equal(load_case(&w->f, id), cuts[i].written ? CASEGATE_OK : CASEGATE_ABSENT);
        assert_int_equal(commit_sample(&w->f, &s), cuts[i].written ? CASEGATE_CONFLICT : CASEGATE_OK);
        sample_free(&s);
    }
}

/* Nothing had been sent on it: the next connection takes over, and nobody notices. */
static void a_line_that_broke_while_idle_is_replaced(void **state)
{
    wired *w = *state;
    sample s;

    open_through_the_proxy(w, 0);
    sample_case(&s, "case-1");
    proxy_hang_up(w->p);
    assert_int_equal(commit_sample(&w->f, &s), CASEGATE_OK);
    sample_free(&s);
}

static void a_backend_that_was_ended_while_idle_is_replaced(void **state)
{
    wired *w = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(&w->f, &s), CASEGATE_OK);
    run_sql(&w->f, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                   " AND query LIKE '%' || current_schema() || '%'");
    sample_next(&s);

    assert_int_equal(commit_sample(&w->f, &s), CASEGATE_OK);

    sample_free(&s);
}

static void a_server_that_falls_silent_is_given_up(void **state)
{
    wired *w = *state;
    sample s;

    open_through_the_proxy(w, 100);
    sample_case(&s, "case-1");
    proxy_cut(w->p, CUT_SILENCE);

    assert_int_equal(commit_sample(&w->f, &s), CASEGATE_E_UNKNOWN);

    proxy_cut(w->p, CUT_NOTHING);
    assert_int_equal(load_case(&w->f, "case-1"), CASEGATE_OK);
    sample_free(&s);
}

/* CG-R11: version and hash tell the engine what became of it; the person is told once, and the decision is made once. */
static void the_engine_finds_out_what_became_of_a_cut_commit(void **state)
{
    static const int cuts[] = {CUT_REQUEST, CUT_REPLY, CUT_HALF};
    wired *w = *state;
    gate g;

    open_through_the_proxy(w, 0);
    open_gate(&g, w);
    for (size_t i = 0; i < 3; i++) {
        casegate_case *held = create(&g);
        casegate_request request = {.size = sizeof request, .action = CASEGATE_REJECT, .revision = 1, .reason = "other",
                                    .held = held};
        casegate_call call = {.size = sizeof call, .actor = g.lab};

        proxy_cut(w->p, cuts[i]);
        assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, &w->f.err), CASEGATE_OK);
        assert_int_equal(casegate_outcome_head(g.outcome)->version, 3);
        casegate_case_unref(held);
    }
    assert_int_equal(ask_sql(&w->f, "SELECT count(*) FROM events"), 9);
    assert_int_equal(ask_sql(&w->f, "SELECT count(*) FROM notices WHERE channel = 'portal'"), 3);
    close_gate(&g);
}

static void *let_go(void *arg)
{
    struct timespec pause = {.tv_nsec = 300000000};

    nanosleep(&pause, NULL);
    run_handle(arg, "COMMIT");
    return NULL;
}

/* The row is locked, the first commit waits on the server, its line is gone; so the second one waits behind it. */
static void a_commit_that_lands_after_its_line_was_lost_is_no_conflict_with_itself(void **state)
{
    wired *w = *state;
    casegate_request request = {.size = sizeof request, .action = CASEGATE_ACCEPT, .revision = 1};
    casegate_call call = {.size = sizeof call};
    PGconn *slow = open_handle(&w->f);
    pthread_t thread;
    gate g;

    open_through_the_proxy(w, 0);
    open_gate(&g, w);
    request.held = create(&g);
    call.actor = g.lab;
    run_handle(slow, "BEGIN; SELECT 1 FROM cases FOR UPDATE");
    proxy_cut(w->p, CUT_ABANDON);
    assert_int_equal(pthread_create(&thread, NULL, let_go, slow), 0);

    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, &w->f.err), CASEGATE_OK);

    pthread_join(thread, NULL);
    assert_int_equal(casegate_outcome_head(g.outcome)->version, 3);
    assert_int_equal(ask_sql(&w->f, "SELECT count(*) FROM events"), 3);
    casegate_case_unref(request.held);
    close_gate(&g);
    PQfinish(slow);
}

/* ---- pool --------------------------------------------------------------------------------------------------------- */

typedef struct waiting { fixture f; casegate_result result; } waiting;

static void *load_in_thread(void *arg)
{
    waiting *w = arg;

    w->result = load_case(&w->f, "case-1");
    return NULL;
}

static void a_pool_that_is_used_up_is_busy_after_its_time(void **state)
{
    wired *w = *state;
    casegate_postgres_options options = options_for(&w->f);
    waiting other = {0};
    pthread_t thread;
    casegate_result result;
    int before;

    given_case(&w->f, "case-1");
    close_store(&w->f);
    options.conninfo = proxy_conninfo(w->p);
    options.pool = 1;
    options.acquire_ms = 100;
    options.statement_ms = 1000;
    assert_int_equal(casegate_postgres_open(NULL, &options, &w->f.store, &w->f.err), CASEGATE_OK);
    other.f = w->f;
    cg_answers_init(&other.f.answers, NULL);
    proxy_cut(w->p, CUT_SILENCE);
    before = proxy_trips(w->p);
    assert_int_equal(pthread_create(&thread, NULL, load_in_thread, &other), 0);
    do {   /* until the other one has the connection */
        struct timespec pause = {.tv_nsec = 1000000};

        nanosleep(&pause, NULL);
    } while (proxy_trips(w->p) == before);

    result = load_case(&w->f, "case-1");

    assert_int_equal(result, CASEGATE_E_BUSY);
    assert_string_equal(w->f.err.field, "acquire_ms");
    proxy_cut(w->p, CUT_NOTHING);
    proxy_hang_up(w->p);
    pthread_join(thread, NULL);
    assert_int_equal(other.result, CASEGATE_OK);
    cg_answers_close(&other.f.answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_callback_is_one_round_trip),
        TEST(a_commit_is_one_round_trip_and_so_is_a_batch),
        TEST(a_transition_is_two_round_trips_from_an_id_and_one_from_a_held_head),
        TEST(a_read_whose_answer_is_lost_is_read_again),
        TEST(a_commit_whose_answer_is_lost_is_unknown_and_done_once),
        TEST(a_line_that_broke_while_idle_is_replaced),
        TEST(a_backend_that_was_ended_while_idle_is_replaced),
        TEST(a_server_that_falls_silent_is_given_up),
        TEST(the_engine_finds_out_what_became_of_a_cut_commit),
        TEST(a_commit_that_lands_after_its_line_was_lost_is_no_conflict_with_itself),
        TEST(a_pool_that_is_used_up_is_busy_after_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
