/* SPDX-License-Identifier: MIT */
/* test_memory.c: memory that runs out at any moment is an error that changes nothing and leaks nothing. */
#include "story.h"

#include <stdlib.h>

/* ---- memory that runs out ----------------------------------------------------------------------------------------------------------- */

static long allocations, fails_at, live;   /* fails_at: which allocation fails; below 0: it and all after it */

static int runs_out(void)
{
    allocations++;
    if (fails_at > 0) return allocations == fails_at;
    return fails_at < 0 && allocations >= -fails_at;
}

static void *CASEGATE_CALL alloc(void *user, size_t size)
{
    (void)user;
    if (runs_out()) return NULL;
    live++;
    return malloc(size);
}

static void *CASEGATE_CALL resize(void *user, void *ptr, size_t size)
{
    (void)user;
    if (runs_out()) return NULL;
    live += ptr == NULL;
    return realloc(ptr, size);
}

static void CASEGATE_CALL release(void *user, void *ptr)
{
    (void)user;
    live--;
    free(ptr);
}

static const casegate_host_ops hooks = { .size = sizeof hooks, .alloc = alloc, .resize = resize, .release = release };

/* ---- a whole story, one step after the other ------------------------------------------------------------------------------------------ */

typedef struct tale {
    casegate_host *host;
    casegate_store *store;
    casegate_engine *engine;
    casegate_outcome *o;
    casegate_actor *clara, *lena;
    casegate_content *first, *second;
    char id[65];
    uint32_t version;   /* of the case, as far as it was acknowledged */
} tale;

static casegate_result person(tale *t, const char *id, const char *org, int32_t role, casegate_actor **out)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role, .permissions = UINT64_MAX };
    return casegate_actor_new(t->host, &fields, out, NULL);
}

static casegate_result content(tale *t, const char *due, casegate_content **out)
{
    const char *const teeth[] = { "11" };
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown", .teeth = teeth, .tooth_count = 1 };
    casegate_content_builder *b = casegate_content_builder_new(t->host, NULL);
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, CANARY);
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "d-7");
    casegate_content_set(b, CASEGATE_CONTENT_DUE, due);
    casegate_content_add_service(b, &service);
    return casegate_content_builder_finish(b, out, NULL);
}

static casegate_result make_store(tale *t) { return casegate_memory_store_new(t->host, &t->store, NULL); }
static casegate_result make_people(tale *t)
{
    casegate_result rc = t->clara ? CASEGATE_OK : person(t, "clara", "north", CASEGATE_CLINIC_USER, &t->clara);
    return rc == CASEGATE_OK ? person(t, "lena", "one", CASEGATE_LAB_USER, &t->lena) : rc;
}
static casegate_result make_contents(tale *t)
{
    casegate_result rc = t->first ? CASEGATE_OK : content(t, "2026-03-20", &t->first);
    return rc == CASEGATE_OK ? content(t, "2026-04-20", &t->second) : rc;
}
static casegate_result make_outcome(tale *t)
{
    t->o = casegate_outcome_new(t->host);
    return t->o ? CASEGATE_OK : CASEGATE_E_NOMEM;
}
static casegate_result make_engine(tale *t)
{
    const casegate_engine_options options = { .size = sizeof options, .host = t->host, .store = t->store };
    return casegate_engine_open(&options, &t->engine, NULL);
}

/* What was acknowledged is what counts from here on. */
static casegate_result noted(tale *t, casegate_result rc)
{
    if (rc != CASEGATE_OK) return rc;
    strcpy(t->id, casegate_outcome_head(t->o)->id);
    t->version = casegate_outcome_head(t->o)->version;
    return rc;
}

static casegate_result create(tale *t)
{
    const casegate_call call = by(t->clara);
    return noted(t, casegate_engine_create(t->engine, &call, "one", t->first, 1, t->o, NULL));
}
static casegate_result reject(tale *t)
{
    const casegate_call call = by(t->lena);
    const casegate_file file = { .size = sizeof file, .id = "x1", .kind = "image", .name = "margin.png" };
    const casegate_file *const files[] = { &file };
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1,
                                       .reason = "other",
                                       .comment = "words", .files = files, .file_count = 1, .request = "r-1" };
    return noted(t, casegate_engine_apply(t->engine, &call, &request, t->o, NULL));
}
static casegate_result replay(tale *t)
{
    uint32_t version = t->version;
    casegate_result rc = reject(t);
    assert_int_equal(t->version, version);
    return rc;
}
static casegate_result edit(tale *t)
{
    const casegate_call call = by(t->clara);
    return noted(t, casegate_engine_edit(t->engine, &call, t->id, 1, t->second, t->o, NULL));
}
static casegate_result refuse_stale(tale *t)
{
    const casegate_call call = by(t->clara);
    casegate_result rc = casegate_engine_submit(t->engine, &call, t->id, 1, t->o, NULL);
    return rc == CASEGATE_REFUSED ? CASEGATE_OK : rc;
}
static casegate_result submit(tale *t)
{
    const casegate_call call = by(t->clara);
    return noted(t, casegate_engine_submit(t->engine, &call, t->id, 2, t->o, NULL));
}
/* An accept, and a second one on the same case, which is refused once the first is written. */
static casegate_result accept(tale *t)
{
    const casegate_call call = by(t->lena);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .case_id = t->id, .revision = 2 };
    const casegate_request *const requests[] = { &request, &request };
    casegate_outcome *second = casegate_outcome_new(t->host);
    casegate_outcome *const outcomes[] = { t->o, second };
    casegate_result results[2] = { CASEGATE_E_NOMEM, CASEGATE_E_NOMEM }, rc = CASEGATE_E_NOMEM;
    if (second) rc = casegate_engine_apply_many(t->engine, &call, requests, 2, outcomes, results, NULL);
    casegate_outcome_free(second);
    if (rc != CASEGATE_OK) return rc;
    if (results[1] == CASEGATE_OK) {   /* there was no memory to decide the first: the second was */
        assert_int_equal(results[0], CASEGATE_E_NOMEM);
        t->version++;
        return CASEGATE_OK;
    }
    if (results[0] == CASEGATE_OK) t->version = casegate_outcome_head(t->o)->version;
    return results[0];
}
static casegate_result explain(tale *t)
{
    const casegate_call call = by(t->lena);
    return casegate_engine_explain(t->engine, &call, t->id, t->o, NULL);
}
static casegate_result review(tale *t)
{
    const casegate_call call = by(t->lena);
    return casegate_engine_review(t->engine, &call, t->id, t->o, NULL);
}
static casegate_result view(tale *t)
{
    const casegate_call call = by(t->clara);
    return casegate_engine_view(t->engine, &call, t->id, 1, t->o, NULL);
}
static casegate_result list(tale *t)
{
    const casegate_call call = by(t->clara);
    return casegate_engine_list(t->engine, &call, NULL, t->o, NULL);
}
static casegate_result history(tale *t)
{
    const casegate_call call = by(t->clara);
    return casegate_engine_history(t->engine, &call, t->id, 0, 0, t->o, NULL);
}
static casegate_result inbox(tale *t)
{
    const casegate_call call = by(t->clara);
    return casegate_engine_inbox(t->engine, &call, NULL, 0, t->o, NULL);
}
static casegate_result verify(tale *t)
{
    const casegate_call call = by(t->clara);
    casegate_result rc = casegate_engine_verify(t->engine, &call, t->id, t->o, NULL);
    if (rc == CASEGATE_OK) assert_int_equal(casegate_outcome_verification(t->o)->intact, 1);
    return rc;
}
static casegate_result keep_case(tale *t)
{
    const casegate_call call = by(t->clara);
    casegate_result rc = casegate_engine_view(t->engine, &call, t->id, 0, t->o, NULL);
    casegate_case *kase = rc == CASEGATE_OK ? casegate_outcome_case(t->o) : NULL;
    casegate_case_unref(kase);
    return rc == CASEGATE_OK && !kase ? CASEGATE_E_NOMEM : rc;
}

typedef casegate_result step_fn(tale *t);
static step_fn *const steps[] = { make_store, make_people, make_contents, make_outcome, make_engine, create, explain, review,
                                  reject, replay, view,
                                  edit, refuse_stale, submit, list, inbox, accept, history, verify, keep_case };
enum { STEPS = sizeof steps / sizeof *steps };

/* The version that is stored, read with memory enough. */
static void assert_unchanged(tale *t)
{
    const casegate_call call = by(t->clara);
    long failing = fails_at;
    fails_at = 0;
    casegate_outcome *o = casegate_outcome_new(NULL);
    if (t->id[0]) {
        assert_int_equal(casegate_engine_view(t->engine, &call, t->id, 0, o, NULL), CASEGATE_OK);
        assert_int_equal(casegate_outcome_head(o)->version, t->version);
    } else {
        assert_int_equal(casegate_engine_list(t->engine, &call, NULL, o, NULL), CASEGATE_OK);
        assert_int_equal(casegate_outcome_head_count(o), 0);
    }
    casegate_outcome_free(o);
    fails_at = failing;
}

static void close_tale(tale *t)
{
    casegate_outcome_free(t->o);
    casegate_engine_unref(t->engine);
    casegate_store_unref(t->store);
    casegate_content_unref(t->first);
    casegate_content_unref(t->second);
    casegate_actor_unref(t->clara);
    casegate_actor_unref(t->lena);
    casegate_host_unref(t->host);
}

/* The story with an allocation that fails; a step that fails is taken again with memory enough. Gives how many allocations it took. */
static long tell(long failing)
{
    tale t = { .host = NULL };
    fails_at = allocations = live = 0;
    assert_int_equal(casegate_host_new(&hooks, &t.host, NULL), CASEGATE_OK);
    fails_at = failing < 0 ? failing - allocations : failing > 0 ? failing + allocations : 0;
    for (size_t i = 0; i < STEPS; i++) {
        casegate_result rc = steps[i](&t);
        if (rc == CASEGATE_E_NOMEM) {
            if (t.engine) assert_unchanged(&t);
            fails_at = 0;
            rc = steps[i](&t);
        }
        if (rc != CASEGATE_OK) fail_msg("allocation %ld, step %d: %s", failing, (int)i, casegate_result_name(rc));
    }
    fails_at = 0;
    long taken = allocations;
    assert_int_equal(t.version, 6);
    close_tale(&t);
    assert_int_equal(live, 0);
    return taken;
}

static void an_allocation_that_fails_once_is_an_error_and_the_same_call_works_afterwards(void **state)
{
    const long all = tell(0);
    (void)state;
    assert_true(all > 50);
    for (long n = 1; n <= all; n++) tell(n);
}

static void memory_that_is_gone_for_good_changes_nothing(void **state)
{
    const long all = tell(0);
    (void)state;
    for (long n = 1; n <= all; n++) tell(-n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allocation_that_fails_once_is_an_error_and_the_same_call_works_afterwards),
        cmocka_unit_test(memory_that_is_gone_for_good_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
