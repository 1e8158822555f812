/* SPDX-License-Identifier: MIT */
/* test_walk.c: a walk finds nothing to say against a true engine, and names the step at which a store lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/testkit.h>
#ifdef WITH_SQLITE
# include <casegate/sqlite.h>
#endif

/* ---- a store that lies ------------------------------------------------------------------------------------------------------------ */

/* One case at a time, kept as the engine wrote it, and bent on its way back. The library's own stores do not lie. */
typedef struct liar {
    casegate_head *head;
    casegate_content *contents[16];
    char digests[16][72], salts[16][72];
    casegate_event *events[64];
    size_t event_count;
    void (*bend)(casegate_head *head);
    int forgets_digests;   /* so that no content is compared with one */
    int drops_event;   /* the second event is forgotten */
    char first[512];   /* deviation that was told */
} liar;

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err)
{
    liar *l = user;
    (void)context;
    if (!l->head || !what->case_id || strcmp(what->case_id, l->head->id) != 0) return CASEGATE_ABSENT;
    casegate_head head = *l->head;
    if (l->bend) l->bend(&head);
    return casegate_answer_head(answers, &head, err);
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *id, uint32_t revision, casegate_answers *answers,
                                             casegate_error *err)
{
    liar *l = user;
    (void)context, (void)id;
    if (revision >= 16 || !l->contents[revision]) return CASEGATE_ABSENT;
    const casegate_stored_content stored = { .size = sizeof stored, .revision = revision, .content = l->contents[revision],
                                             .digest = l->forgets_digests ? NULL : l->digests[revision], .salt = l->salts[revision] };
    return casegate_answer_content(answers, &stored, err);
}

static void forget(liar *l)
{
    for (size_t i = 0; i < 16; i++) casegate_content_unref(l->contents[i]), l->contents[i] = NULL;
    for (size_t i = 0; i < l->event_count; i++) casegate_event_free(l->events[i]);
    casegate_head_free(l->head);
    l->head = NULL;
    l->event_count = 0;
}

static void keep_content(liar *l, const casegate_commit *c)
{
    const uint32_t revision = c->after->revision;
    l->contents[revision] = casegate_content_ref(c->content);
    strcpy(l->digests[revision], c->after->content_digest);
    strcpy(l->salts[revision], c->content_salt);
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                            size_t count, casegate_error *err)
{
    liar *l = user;
    (void)context;
    for (size_t i = 0; i < count; i++) {
        const casegate_commit *c = commits[i];
        casegate_head *copy = NULL;
        if (!c->before) forget(l);
        if (casegate_head_copy(NULL, c->after, &copy, err) != CASEGATE_OK) return CASEGATE_E_NOMEM;
        casegate_head_free(l->head);
        l->head = copy;
        if (c->content && copy->revision < 16) keep_content(l, c);
        for (size_t k = 0; k < c->event_count && l->event_count < 64; k++)
            if (!l->drops_event || c->events[k]->seq != 2) casegate_event_copy(NULL, c->events[k], &l->events[l->event_count++], err);
        results[i] = CASEGATE_OK;
    }
    return CASEGATE_OK;
}

static casegate_result CASEGATE_CALL history(void *user, void *context, const char *id, uint32_t after, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    const liar *l = user;
    casegate_result rc = CASEGATE_OK;
    (void)context, (void)id;
    for (size_t i = 0; rc == CASEGATE_OK && i < l->event_count && limit > 0; i++)
        if (l->events[i]->seq > after) rc = casegate_answer_event(answers, l->events[i], err), limit--;
    return rc;
}

static casegate_result CASEGATE_CALL open_liar(void *user, casegate_host *host, casegate_store **out, casegate_error *err)
{
    const casegate_store_ops ops = { .size = sizeof ops, .user = user, .load = load, .content = content, .commit = commit,
                                     .history = history };
    return casegate_store_new(host, &ops, 0, out, err);
}

/* ---- walks ------------------------------------------------------------------------------------------------------------------------ */

static void CASEGATE_CALL keep_first(void *user, const char *line)
{
    liar *l = user;
    if (!l->first[0]) strncpy(l->first, line, sizeof l->first - 1);
}

static casegate_walk_result walk_on(liar *l)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    const casegate_walk_options options = { .size = sizeof options, .workflow = intake, .longest = 4, .user = l, .open = open_liar,
                                            .line = keep_first };
    casegate_walk_result result = { .size = sizeof result };
    assert_int_equal(casegate_walk(&options, &result, NULL), CASEGATE_OK);
    forget(l);
    casegate_workflow_unref(intake);
    return result;
}

static void a_walk_of_intake_finds_nothing_to_say_and_leaves_nothing_untried(void **state)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_coverage *coverage = casegate_coverage_new();
    const casegate_walk_options options = { .size = sizeof options, .workflow = intake, .coverage = coverage };
    casegate_walk_result result = { .size = sizeof result };
    (void)state;

    assert_int_equal(casegate_walk(&options, &result, NULL), CASEGATE_OK);

    assert_int_equal(result.deviations, 0);
    assert_true(result.routes > 0);
    assert_int_equal(result.verified, result.routes);
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) assert_true(casegate_coverage_at(coverage, i)->seen > 0);
    casegate_coverage_free(coverage);
    casegate_workflow_unref(intake);
}

static void a_reason_that_needs_comment_and_file_is_tried_without_them(void **state)
{
    casegate_policy_builder *builder = casegate_policy_builder_new(NULL, "strict");
    casegate_policy *policy = NULL;
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_coverage *coverage = casegate_coverage_new();
    casegate_walk_result result = { .size = sizeof result };
    (void)state;
    casegate_policy_add_reason(builder, "shade", CASEGATE_NEED_COMMENT | CASEGATE_NEED_FILE);
    casegate_policy_set_check(builder, CASEGATE_DENTIST_MISSING, CASEGATE_LEVEL_BLOCK_ACCEPT);
    casegate_policy_add_service(builder, "crown");
    assert_int_equal(casegate_policy_builder_finish(builder, &policy, NULL), CASEGATE_OK);
    const casegate_walk_options options = { .size = sizeof options, .workflow = intake, .policy = policy, .longest = 3,
                                            .coverage = coverage };

    assert_int_equal(casegate_walk(&options, &result, NULL), CASEGATE_OK);

    assert_int_equal(result.deviations, 0);
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) assert_true(casegate_coverage_at(coverage, i)->seen > 0);
    casegate_coverage_free(coverage);
    casegate_policy_unref(policy);
    casegate_workflow_unref(intake);
}

static void a_store_that_keeps_little_but_does_not_lie_passes(void **state)
{
    liar l = { .head = NULL };
    (void)state;

    casegate_walk_result result = walk_on(&l);

    assert_string_equal(l.first, "");
    assert_int_equal(result.deviations, 0);
}

static void reopen(casegate_head *head)
{
    if (head->status != CASEGATE_IN_PRODUCTION) return;
    head->status = CASEGATE_RECEIVED;
    head->phase = CASEGATE_PHASE_PENDING;
}

static void an_accepted_case_that_is_open_again_is_named_with_its_route(void **state)
{
    liar l = { .bend = reopen };
    (void)state;

    casegate_walk_result result = walk_on(&l);

    assert_true(result.deviations > 0);
    assert_string_equal(l.first, "create, edit, edit, submit, accept: view by system: expected the case as it was, got received");
}

static void change_content(casegate_head *head)
{
    if (head->status == CASEGATE_IN_PRODUCTION)
        head->content_digest = "1:0000000000000000000000000000000000000000000000000000000000000000";
}

static void a_locked_content_that_changed_is_named(void **state)
{
    liar l = { .bend = change_content, .forgets_digests = 1 };
    (void)state;

    casegate_walk_result result = walk_on(&l);

    assert_true(result.deviations > 0);
    assert_non_null(strstr(l.first, "accept: view by system: expected the content that was locked, got another"));
}

static void a_history_with_a_gap_is_named(void **state)
{
    liar l = { .drops_event = 1 };
    (void)state;

    casegate_walk_result result = walk_on(&l);

    assert_true(result.deviations > 0);
    assert_true(result.verified < result.routes);
    assert_non_null(strstr(l.first, ": verify by system: expected intact"));
}

static void hide(casegate_head *head) { head->clinic = "another"; }

static void a_button_that_is_not_there_is_named(void **state)
{
    liar l = { .bend = hide };
    (void)state;

    casegate_walk_result result = walk_on(&l);

    assert_true(result.deviations > 0);
    assert_non_null(strstr(l.first, "not_found"));
}

#ifdef WITH_SQLITE
static casegate_result CASEGATE_CALL open_sqlite(void *user, casegate_host *host, casegate_store **out, casegate_error *err)
{
    const casegate_sqlite_options options = { .size = sizeof options, .path = ":memory:" };
    (void)user;
    return casegate_sqlite_open(host, &options, out, err);
}

static void a_walk_on_sqlite_finds_nothing_to_say(void **state)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    const casegate_walk_options options = { .size = sizeof options, .workflow = intake, .longest = 4, .open = open_sqlite };
    casegate_walk_result result = { .size = sizeof result };
    (void)state;

    assert_int_equal(casegate_walk(&options, &result, NULL), CASEGATE_OK);

    assert_int_equal(result.deviations, 0);
    assert_int_equal(result.verified, result.routes);
    casegate_workflow_unref(intake);
}
#endif

static casegate_result CASEGATE_CALL open_nothing(void *user, casegate_host *host, casegate_store **out, casegate_error *err)
{
    (void)user, (void)host, (void)out;
    return casegate_error_set(err, CASEGATE_E_HOST, 7, "store", "there is none");
}

static void what_cannot_be_walked_is_an_error_that_names_the_field(void **state)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_walk_options options = { .size = sizeof options };
    casegate_walk_result result = { .size = sizeof result };
    casegate_error err = { .size = sizeof err };
    (void)state;

    assert_int_equal(casegate_walk(NULL, &result, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "options");
    assert_int_equal(casegate_walk(&options, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "result");
    assert_int_equal(casegate_walk(&options, &result, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "workflow");
    options.workflow = intake;
    options.longest = CASEGATE_LONGEST_ROUTE + 1;
    assert_int_equal(casegate_walk(&options, &result, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "longest");
    options.longest = 1;
    options.open = open_nothing;
    assert_int_equal(casegate_walk(&options, &result, &err), CASEGATE_E_HOST);
    assert_string_equal(err.field, "store");
    assert_int_equal(err.host_code, 7);
    options.size = 1;
    assert_int_equal(casegate_walk(&options, &result, &err), CASEGATE_E_ABI);
    casegate_workflow_unref(intake);
}

/* A struct of a header to come, with a member that is not set, and a result of one that has been. */
static void structs_of_other_sizes_are_taken(void **state)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    struct { casegate_walk_options known; uint64_t unknown; } longer = { { .size = sizeof longer, .workflow = intake, .longest = 2 }, 0 };
    struct { casegate_walk_result known; uint64_t guard; } shorter = { { .size = offsetof(casegate_walk_result, verified) }, 0 };
    (void)state;

    assert_int_equal(casegate_walk(&longer.known, &shorter.known, NULL), CASEGATE_OK);
    assert_true(shorter.known.routes > 0);
    assert_int_equal(shorter.known.verified, 0);
    assert_int_equal(shorter.known.size, offsetof(casegate_walk_result, verified));
    longer.unknown = 1;
    assert_int_equal(casegate_walk(&longer.known, &shorter.known, NULL), CASEGATE_E_ABI);
    casegate_workflow_unref(intake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_of_intake_finds_nothing_to_say_and_leaves_nothing_untried),
        cmocka_unit_test(a_reason_that_needs_comment_and_file_is_tried_without_them),
        cmocka_unit_test(a_store_that_keeps_little_but_does_not_lie_passes),
        cmocka_unit_test(an_accepted_case_that_is_open_again_is_named_with_its_route),
        cmocka_unit_test(a_locked_content_that_changed_is_named),
        cmocka_unit_test(a_history_with_a_gap_is_named),
        cmocka_unit_test(a_button_that_is_not_there_is_named),
#ifdef WITH_SQLITE
        cmocka_unit_test(a_walk_on_sqlite_finds_nothing_to_say),
#endif
        cmocka_unit_test(what_cannot_be_walked_is_an_error_that_names_the_field),
        cmocka_unit_test(structs_of_other_sizes_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
