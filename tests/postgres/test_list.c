/* SPDX-License-Identifier: MIT */
/* test_list.c: the order of lists, their pages and filters, and that a page is walked along an index. */
#include "support.h"

#include "../../src/adapters/postgres/internal.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_cases, tear_down)

enum { CASES = 120, STATUSES = 4 };

/* Many ties: few distinct times and dates, so that every part of the key decides somewhere. */
typedef struct row { char id[32]; int32_t status; int lab, clinic; int64_t created_us, submitted_us; const char *due; } row;
static const char *const dates[] = {"2026-03-05", "2026-03-04", NULL};

static void fill_row(row *r, int i)
{
    snprintf(r->id, sizeof r->id, "case-%03d", (i * 77) % CASES);
    r->status = 1 + i % STATUSES;
    r->lab = (i / 4) % 2;
    r->clinic = (i / 8) % 2;
    r->created_us = 1000 + (i / 16) % 3;
    r->submitted_us = r->status == CASEGATE_DRAFT ? 0 : 1001 + (i / 3) % 4;
    r->due = dates[i % 3];
}

static void put_row(fixture *f, const row *r)
{
    sample s;

    sample_case(&s, r->id);
    s.head.status = s.head.phase = s.event.to = r->status;
    s.head.lab = s.event.lab = r->lab ? "lab-two" : "lab-one";
    s.head.clinic = s.event.clinic = r->clinic ? "clinic-two" : "clinic-one";
    s.head.created_us = r->created_us;
    s.head.submitted_us = r->submitted_us;
    s.head.due = r->due;
    if (r->status == CASEGATE_DRAFT)
        s.head.attempt = s.head.first_submitted_seq = s.head.first_submitted_revision = 0;
    if (r->status == CASEGATE_REJECTED) {
        s.head.reason = "other";
        s.head.rejected_seq = 1;
    }
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

static int set_up_cases(void **state)
{
    fixture *f;

    if (set_up_schema(state) != 0)
        return -1;
    f = *state;
    if (open_store(f, 0) != CASEGATE_OK)
        return -1;
    for (int i = 0; i < CASES; i++) {
        row r;

        fill_row(&r, i);
        put_row(f, &r);
    }
    return 0;
}

/* ---- what a list should be, computed without SQL ------------------------------------------------------------------ */

static int compare_times(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_rest(const row *a, const row *b)
{
    int order = compare_times(a->created_us, b->created_us);

    return order ? order : strcmp(a->id, b->id);
}

static int by_waiting(const void *left, const void *right)
{
    const row *a = left, *b = right;
    int order = compare_times(a->submitted_us ? a->submitted_us : a->created_us,
                              b->submitted_us ? b->submitted_us : b->created_us);

    return order ? order : compare_rest(a, b);
}

static int by_due(const void *left, const void *right)
{
    const row *a = left, *b = right;
    int order = strcmp(a->due ? a->due : "~", b->due ? b->due : "~");

    return order ? order : compare_rest(a, b);
}

static int fits(const row *r, const casegate_query *query)
{
    return (!query->clinic || strcmp(query->clinic, r->clinic ? "clinic-two" : "clinic-one") == 0)
           && (!query->lab || strcmp(query->lab, r->lab ? "lab-two" : "lab-one") == 0)
           && (!query->submitted_only || r->submitted_us) && (!query->status || query->status == r->status)
           && (!query->phase || query->phase == r->status)
           && (!query->before_us || (r->submitted_us && r->submitted_us <= query->before_us));
}

static size_t expected_rows(const casegate_query *query, row *out)
{
    size_t count = 0;

    for (int i = 0; i < CASES; i++) {
        fill_row(&out[count], i);
        count += fits(&out[count], query) ? 1 : 0;
    }
    qsort(out, count, sizeof *out, query->order == CASEGATE_BY_DUE ? by_due : by_waiting);
    return count;
}

static void after(casegate_query *query, const casegate_head *head)
{
    query->after_id = head->id;
    query->after_us = head->submitted_us ? head->submitted_us : head->created_us;
    query->after_due = head->due;
    query->after_created_us = head->created_us;
}

static size_t list(fixture *f, const casegate_query *query)
{
    cg_answers_reset(&f->answers);
    assert_int_equal(f->store->ops.list(f->store->ops.user, NULL, query, &f->answers, &f->err), CASEGATE_OK);
    return f->answers.heads.count;
}

static void assert_listed(fixture *f, casegate_query query)
{
    row expected[CASES + 1];
    size_t count = expected_rows(&query, expected), seen = 0, got;
    casegate_head *last = NULL;

    query.limit = 7;
    while ((got = list(f, &query)) > 0) {
        for (size_t i = 0; i < got; i++, seen++)
            assert_string_equal(cg_head_in(&f->answers, i)->id, seen < count ? expected[seen].id : "nothing more");
        casegate_head_free(last);
        assert_int_equal(casegate_head_copy(NULL, cg_head_in(&f->answers, got - 1), &last, NULL), CASEGATE_OK);
        after(&query, last);
    }
    assert_int_equal(seen, count);
    casegate_head_free(last);
}

/* ---- tests -------------------------------------------------------------------------------------------------------- */

/* CG-R02, CG-R21 */
static void every_filter_in_both_orders_pages_through_what_fits(void **state)
{
    fixture *f = *state;

    for (uint32_t bits = 0; bits < 64; bits++)
        for (int32_t status = 0; status <= STATUSES; status++) {
            casegate_query query = {.size = sizeof query, .order = bits & 1 ? CASEGATE_BY_DUE : CASEGATE_BY_WAITING,
                                    .status = status};

            query.clinic = bits & 2 ? "clinic-two" : NULL;
            query.lab = bits & 4 ? "lab-one" : NULL;
            query.submitted_only = bits & 8 ? 1 : 0;
            query.phase = bits & 16 ? CASEGATE_PHASE_PENDING : 0;
            query.before_us = bits & 32 ? 1003 : 0;
            assert_listed(f, query);
        }
}

static void a_list_of_nobody_is_empty(void **state)
{
    fixture *f = *state;
    casegate_query query = {.size = sizeof query, .lab = "lab-nine", .order = CASEGATE_BY_WAITING, .limit = 10};

    assert_int_equal(list(f, &query), 0);
}

static void a_listed_head_is_whole(void **state)
{
    fixture *f = *state;
    casegate_query query = {.size = sizeof query, .lab = "lab-one", .submitted_only = 1, .order = CASEGATE_BY_WAITING,
                            .limit = 1};
    casegate_head *listed = NULL;

    assert_int_equal(list(f, &query), 1);
    assert_int_equal(casegate_head_copy(NULL, cg_head_in(&f->answers, 0), &listed, NULL), CASEGATE_OK);

    assert_int_equal(load_case(f, listed->id), CASEGATE_OK);

    assert_string_equal(cg_head_in(&f->answers, 0)->patient_name, listed->patient_name);
    assert_string_equal(cg_head_in(&f->answers, 0)->event_hash, listed->event_hash);
    assert_int_equal(cg_head_in(&f->answers, 0)->version, listed->version);
    casegate_head_free(listed);
}

/* What the planner would do with the statement, as text. */
static void explain(PGconn *pg, const fixture *f, uint32_t bits, char *plan, size_t room)
{
    casegate_buffer *sql = casegate_buffer_new(NULL);
    PGresult *rows;

    casegate_buffer_append(sql, "PREPARE page (text, text, bigint, bigint, bigint, ", SIZE_MAX);
    casegate_buffer_append(sql, bits & CG_LIST_DUE ? "text" : "bigint", SIZE_MAX);
    casegate_buffer_append(sql, ", bigint, text, bigint) AS ", SIZE_MAX);
    cg_postgres_list_text(bits, f->schema, sql);
    run_handle(pg, casegate_buffer_data(sql));
    rows = PQexec(pg, bits & CG_LIST_DUE ? "EXPLAIN EXECUTE page ('clinic-one', 'lab-one', 0, 2, 0, '~', 0, '', 50)"
                                         : "EXPLAIN EXECUTE page ('clinic-one', 'lab-one', 0, 2, 0, 0, 0, '', 50)");
    plan[0] = '\0';
    for (int i = 0; i < PQntuples(rows); i++)
        snprintf(plan + strlen(plan), room - strlen(plan), "%s\n", PQgetvalue(rows, i, 0));
    PQclear(rows);
    run_handle(pg, "DEALLOCATE page");
    casegate_buffer_free(sql);
}

/* What an engine asks for (clinics by clinic, labs by lab and submitted) can be read in order along an index. */
static void pages_are_walked_along_an_index(void **state)
{
    static const uint32_t asked[] = {CG_LIST_CLINIC, CG_LIST_LAB | CG_LIST_SUBMITTED, 0};
    fixture *f = *state;
    PGconn *pg = open_handle(f);
    char plan[32768];

    /* 120 rows are read faster than an index; what counts is that there is one for as many as one likes */
    run_handle(pg, "SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan");
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        for (uint32_t more = 0; more < 8; more++) {
            if (asked[i] == 0 && (more & 1))
                continue;   /* of all labs by due date: sorted, for who has the time */
            uint32_t bits = asked[i] | (more & 1 ? CG_LIST_DUE : 0) | (more & 2 ? CG_LIST_PHASE : 0)
                            | (more & 4 ? CG_LIST_AFTER : 0);

            explain(pg, f, bits, plan, sizeof plan);
            if (!strstr(plan, "Index") || strstr(plan, "Seq Scan") || strstr(plan, "Sort  "))
                fail_msg("bits %u: %s", (unsigned)bits, plan);
        }
    PQfinish(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_filter_in_both_orders_pages_through_what_fits),
        TEST(a_list_of_nobody_is_empty),
        TEST(a_listed_head_is_whole),
        TEST(pages_are_walked_along_an_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
