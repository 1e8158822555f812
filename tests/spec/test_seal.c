/* SPDX-License-Identifier: MIT */
/* test_seal.c: salts, digests and hashes of a commit: golden vectors, keys, the chain, and what tampering does to it. */
#include "spec.h"

/* The golden values follow docs/canonical.md and were computed by another program; see also tests/unit/golden.py. */
#define SALT "000102030405060708090a0b0c0d0e0f"
#define TEXT_DIGEST "1:47f02d94be254c3edfc6b2832109245ddcc6f77ff6bf21a2c114e277325c5eee"
#define REQUEST_DIGEST "1:2206826ec92b1a1f4e63f3161df35bd8c37ba6e7644085e481e25cc6c4b58a4f"
#define REJECT_HASH "1:2ca9adbf32a5ef193118821fc9174ee8b30d9a43d6fc81156d9917e609c1cd2c"
#define KEYED_HASH "1:4586960cc92216942d7c7ea6825b716dd7e963bd994e5d9cee2ebc6b428454ae"
#define ACCEPT_HASH "1:bed8a7a7f541eaf454c82b3440daef5ca09adadd5f879bb7e337178f94e1caf8"

/* A world whose decision draws known bytes. */
typedef struct sealed { spec_host host; spec_world world; casegate_file file; const casegate_file *files[1]; } sealed;

static void open_sealed(sealed *s, int32_t status, int32_t role, const char *key)
{
    spec_host_open(&s->host, key);
    spec_open(&s->world, status, role);
    casegate_decision_free(s->world.decision);
    s->world.decision = casegate_decision_new(s->host.host);
    s->file = (casegate_file) { .size = sizeof s->file, .id = "x1", .kind = "image", .name = "margin.png" };
    s->files[0] = &s->file;
}

static void close_sealed(sealed *s)
{
    spec_close(&s->world);
    spec_host_close(&s->host);
}

static void seal(sealed *s)
{
    assert_allowed(&s->world);
    assert_int_equal(casegate_decision_seal(s->world.decision, NULL), CASEGATE_OK);
}

static void seal_reject(sealed *s, const char *key)
{
    open_sealed(s, CASEGATE_RECEIVED, CASEGATE_LAB_USER, key);
    spec_ask(&s->world, CASEGATE_REJECT);
    s->world.request.comment = "No scan.";
    s->world.request.files = s->files;
    s->world.request.file_count = 1;
    s->world.request.request = "r-1";
    seal(s);
}

static void seal_accept(sealed *s, const char *key)
{
    open_sealed(s, CASEGATE_RECEIVED, CASEGATE_LAB_USER, key);
    spec_ask(&s->world, CASEGATE_ACCEPT);
    seal(s);
}

/* ---- golden vectors ---------------------------------------------------------------------------------------------- */

/* CG-R17 */
TEST(a_sealed_rejection_has_the_digests_and_the_hash_that_the_canonical_form_gives)
{
    UNUSED(state);
    sealed s;
    seal_reject(&s, NULL);

    const casegate_event *event = spec_event(&s.world, 0);
    assert_string_equal(event->salt, SALT);
    assert_string_equal(event->text_digest, TEXT_DIGEST);
    assert_string_equal(event->request_digest, REQUEST_DIGEST);
    assert_string_equal(event->hash, REJECT_HASH);
    assert_string_equal(spec_commit(&s.world)->after->event_hash, REJECT_HASH);
    assert_null(event->key);
    close_sealed(&s);
}

/* CG-R17 */
TEST(with_a_key_the_hash_is_an_hmac_under_it_and_names_it)
{
    UNUSED(state);
    sealed s;
    seal_reject(&s, "k1");

    const casegate_event *event = spec_event(&s.world, 0);
    assert_string_equal(event->key, "k1");
    assert_string_equal(event->text_digest, TEXT_DIGEST);
    assert_string_equal(event->hash, KEYED_HASH);
    close_sealed(&s);
}

/* CG-R17 */
TEST(what_is_absent_adds_nothing_to_the_hash_and_draws_no_salt)
{
    UNUSED(state);
    sealed s;
    seal_accept(&s, NULL);

    const casegate_event *event = spec_event(&s.world, 0);
    assert_string_equal(event->hash, ACCEPT_HASH);
    assert_null(event->salt);
    assert_null(event->text_digest);
    assert_null(event->request_digest);
    assert_int_equal(s.host.next_random, 0);
    close_sealed(&s);
}

TEST(empty_texts_are_absent_texts)
{
    UNUSED(state);
    sealed s;
    open_sealed(&s, CASEGATE_RECEIVED, CASEGATE_LAB_USER, NULL);
    spec_ask(&s.world, CASEGATE_ACCEPT);
    s.world.request.comment = s.world.request.reason = s.world.request.request = s.world.request.service = "";
    s.world.request.files = s.files;

    seal(&s);

    assert_string_equal(spec_event(&s.world, 0)->hash, ACCEPT_HASH);
    close_sealed(&s);
}

/* ---- salts ------------------------------------------------------------------------------------------------------- */

TEST(each_content_and_each_event_has_a_salt_of_its_own)
{
    UNUSED(state);
    char digest[67];
    sealed s;
    open_sealed(&s, 0, CASEGATE_CLINIC_USER, NULL);
    spec_ask(&s.world, CASEGATE_CREATE);
    s.world.request.submit = 1;
    s.world.request.request = "r-1";

    seal(&s);

    const casegate_commit *commit = spec_commit(&s.world);
    assert_string_equal(commit->content_salt, SALT);
    assert_string_equal(commit->events[1]->salt, "101112131415161718191a1b1c1d1e1f");
    assert_null(commit->events[0]->salt);
    assert_int_equal(casegate_content_digest(commit->content, commit->content_salt, digest, NULL), CASEGATE_OK);
    assert_string_equal(commit->after->content_digest, digest);
    assert_string_equal(commit->events[0]->content_digest, digest);
    assert_string_equal(commit->events[1]->content_digest, digest);
    close_sealed(&s);
}

TEST(the_same_text_under_another_salt_has_another_digest)
{
    UNUSED(state);
    sealed s;
    seal_reject(&s, NULL);
    assert_allowed(&s.world);

    assert_int_equal(casegate_decision_seal(s.world.decision, NULL), CASEGATE_OK);

    assert_string_equal(spec_event(&s.world, 0)->salt, "101112131415161718191a1b1c1d1e1f");
    assert_string_not_equal(spec_event(&s.world, 0)->text_digest, TEXT_DIGEST);
    close_sealed(&s);
}

TEST(by_default_salts_are_unpredictable)
{
    UNUSED(state);
    char first[40];
    spec_world world;
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    assert_allowed(&world);
    assert_int_equal(casegate_decision_seal(world.decision, NULL), CASEGATE_OK);
    assert_int_equal(strlen(spec_commit(&world)->content_salt), 32);
    memcpy(first, spec_commit(&world)->content_salt, 33);

    assert_allowed(&world);
    assert_int_equal(casegate_decision_seal(world.decision, NULL), CASEGATE_OK);

    assert_string_not_equal(spec_commit(&world)->content_salt, first);
    spec_close(&world);
}

TEST(the_digest_of_an_unchanged_content_is_carried_on)
{
    UNUSED(state);
    sealed s;
    seal_accept(&s, NULL);

    assert_string_equal(spec_event(&s.world, 0)->content_digest, "1:c");
    assert_string_equal(spec_commit(&s.world)->after->content_digest, "1:c");
    close_sealed(&s);
}

/* CG-R20 */
TEST(the_digest_of_a_sealed_request_is_the_one_that_a_repeated_request_is_compared_with)
{
    UNUSED(state);
    char digest[67];
    sealed s;
    seal_reject(&s, NULL);
    const casegate_event *event = spec_event(&s.world, 0);

    assert_int_equal(casegate_request_digest(NULL, &s.world.request, event->salt, digest, NULL), CASEGATE_OK);

    assert_string_equal(digest, event->request_digest);
    close_sealed(&s);
}

/* ---- the chain --------------------------------------------------------------------------------------------------- */

/* CG-R17 */
TEST(each_event_is_linked_to_the_one_before_it_also_within_one_commit)
{
    UNUSED(state);
    sealed s;
    open_sealed(&s, 0, CASEGATE_CLINIC_USER, NULL);
    spec_ask(&s.world, CASEGATE_CREATE);
    s.world.request.submit = 1;

    seal(&s);

    const casegate_commit *commit = spec_commit(&s.world);
    assert_null(commit->events[0]->previous_hash);
    assert_int_equal(strlen(commit->events[0]->hash), 66);
    assert_string_equal(commit->events[1]->previous_hash, commit->events[0]->hash);
    assert_string_not_equal(commit->events[1]->hash, commit->events[0]->hash);
    assert_string_equal(commit->after->event_hash, commit->events[1]->hash);
    close_sealed(&s);
}

/* The hash of an acceptance after one thing was changed. */
typedef void tamper_fn(casegate_head *head, casegate_facts *facts, casegate_request *request);

static void previous(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->event_hash = "1:other"; }
static void no_previous(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->event_hash = NULL; }
static void content(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->content_digest = "1:d"; }
static void attempt(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->attempt = 2; }
static void version(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->version = 6; }
static void clinic(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->clinic = "clinic-south"; }
static void id(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)f; (void)r; h->id = "case-2"; }
static void moment(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)h; (void)r; f->now_us++; }
static void reason(casegate_head *h, casegate_facts *f, casegate_request *r)
{
    (void)h;
    (void)f;
    r->action = CASEGATE_REJECT, r->reason = "other";
}
static void comment(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)h; (void)f; r->comment = "Fine."; }
static void request(casegate_head *h, casegate_facts *f, casegate_request *r) { (void)h; (void)f; r->request = "r-1"; }

/* CG-R17 */
TEST(whatever_of_an_event_is_changed_changes_its_hash)
{
    UNUSED(state);
    static tamper_fn *const tampers[] = { previous, no_previous, content, attempt, version, clinic, id, moment, reason, comment,
                                          request };
    for (size_t i = 0; i < COUNT(tampers); i++) {
        sealed s;
        casegate_head head = spec_head(CASEGATE_RECEIVED);
        open_sealed(&s, CASEGATE_RECEIVED, CASEGATE_LAB_USER, NULL);
        spec_ask(&s.world, CASEGATE_ACCEPT);
        tampers[i](&head, &s.world.facts, &s.world.request);
        spec_use_head(&s.world, &head);

        seal(&s);

        assert_string_not_equal(spec_event(&s.world, 0)->hash, ACCEPT_HASH);
        close_sealed(&s);
    }
}

/* CG-R17 */
TEST(a_comment_or_a_file_that_was_changed_shows_in_the_text_digest)
{
    UNUSED(state);
    sealed s;
    seal_reject(&s, NULL);
    s.host.next_random = 0;
    s.world.request.comment = "No scan!";
    seal(&s);
    assert_string_equal(spec_event(&s.world, 0)->salt, SALT);
    assert_string_not_equal(spec_event(&s.world, 0)->text_digest, TEXT_DIGEST);
    assert_string_not_equal(spec_event(&s.world, 0)->hash, REJECT_HASH);

    s.host.next_random = 0;
    s.world.request.comment = "No scan.";
    s.file.name = "other.png";
    seal(&s);
    assert_string_not_equal(spec_event(&s.world, 0)->text_digest, TEXT_DIGEST);
    close_sealed(&s);
}

/* ---- when the host cannot ---------------------------------------------------------------------------------------- */

static casegate_result no_random(void *user, uint8_t *buf, size_t len, casegate_error *err)
{
    (void)user;
    (void)buf;
    (void)len;
    return casegate_error_set(err, CASEGATE_E_HOST, 5, NULL, "the pool is empty");
}

static casegate_result no_digest(void *user, const char *key, const uint8_t *data, size_t len, uint8_t out[32],
                                 casegate_error *err)
{
    (void)user;
    (void)key;
    (void)data;
    (void)len;
    (void)out;
    return casegate_error_set(err, CASEGATE_E_HOST, 6, NULL, "the module is locked");
}

static casegate_result seal_with(const casegate_host_ops *ops, casegate_error *error)
{
    casegate_host *host = NULL;
    spec_world world;
    assert_int_equal(casegate_host_new(ops, &host, NULL), CASEGATE_OK);
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    casegate_decision_free(world.decision);
    world.decision = casegate_decision_new(host);
    spec_ask(&world, CASEGATE_CREATE);
    assert_allowed(&world);
    casegate_result result = casegate_decision_seal(world.decision, error);
    spec_close(&world);
    casegate_host_unref(host);
    return result;
}

TEST(a_seal_that_the_host_cannot_make_is_an_error_with_what_it_said)
{
    UNUSED(state);
    casegate_error error = ERROR;
    casegate_host_ops ops = { .size = sizeof ops, .random = no_random };
    assert_int_equal(seal_with(&ops, &error), CASEGATE_E_HOST);
    assert_string_equal(error.field, "random");
    assert_string_equal(error.text, "the pool is empty");
    assert_int_equal(error.host_code, 5);

    ops = (casegate_host_ops) { .size = sizeof ops, .digest = no_digest };
    assert_int_equal(seal_with(&ops, &error), CASEGATE_E_HOST);
    assert_string_equal(error.field, "digest");
    assert_int_equal(error.host_code, 6);
}

TEST(a_key_that_the_host_does_not_have_is_an_error)
{
    UNUSED(state);
    casegate_error error = ERROR;
    sealed s;
    open_sealed(&s, CASEGATE_RECEIVED, CASEGATE_LAB_USER, "k2");
    spec_ask(&s.world, CASEGATE_ACCEPT);
    assert_allowed(&s.world);

    assert_int_equal(casegate_decision_seal(s.world.decision, &error), CASEGATE_E_HOST);

    assert_int_equal(error.code, CASEGATE_E_HOST);
    close_sealed(&s);
}

TEST(sealing_twice_changes_nothing_and_a_refusal_has_nothing_to_seal)
{
    UNUSED(state);
    sealed s;
    seal_reject(&s, NULL);

    assert_int_equal(casegate_decision_seal(s.world.decision, NULL), CASEGATE_OK);
    assert_string_equal(spec_event(&s.world, 0)->hash, REJECT_HASH);

    s.world.request.reason = NULL;
    assert_refused(&s.world, "reason_required");
    assert_int_equal(casegate_decision_seal(s.world.decision, NULL), CASEGATE_OK);
    assert_null(casegate_decision_commit(s.world.decision));
    close_sealed(&s);
}

TEST(sealing_again_and_again_allocates_nothing)
{
    UNUSED(state);
    sealed s;
    seal_reject(&s, NULL);
    assert_allowed(&s.world);
    assert_int_equal(casegate_decision_seal(s.world.decision, NULL), CASEGATE_OK);
    int before = s.host.allocations;

    for (int i = 0; i < 10; i++) {
        assert_allowed(&s.world);
        assert_int_equal(casegate_decision_seal(s.world.decision, NULL), CASEGATE_OK);
    }

    assert_int_equal(s.host.allocations, before);
    close_sealed(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_rejection_has_the_digests_and_the_hash_that_the_canonical_form_gives),
        cmocka_unit_test(with_a_key_the_hash_is_an_hmac_under_it_and_names_it),
        cmocka_unit_test(what_is_absent_adds_nothing_to_the_hash_and_draws_no_salt),
        cmocka_unit_test(empty_texts_are_absent_texts),
        cmocka_unit_test(each_content_and_each_event_has_a_salt_of_its_own),
        cmocka_unit_test(the_same_text_under_another_salt_has_another_digest),
        cmocka_unit_test(by_default_salts_are_unpredictable),
        cmocka_unit_test(the_digest_of_an_unchanged_content_is_carried_on),
        cmocka_unit_test(the_digest_of_a_sealed_request_is_the_one_that_a_repeated_request_is_compared_with),
        cmocka_unit_test(each_event_is_linked_to_the_one_before_it_also_within_one_commit),
        cmocka_unit_test(whatever_of_an_event_is_changed_changes_its_hash),
        cmocka_unit_test(a_comment_or_a_file_that_was_changed_shows_in_the_text_digest),
        cmocka_unit_test(a_seal_that_the_host_cannot_make_is_an_error_with_what_it_said),
        cmocka_unit_test(a_key_that_the_host_does_not_have_is_an_error),
        cmocka_unit_test(sealing_twice_changes_nothing_and_a_refusal_has_nothing_to_seal),
        cmocka_unit_test(sealing_again_and_again_allocates_nothing),
    };
    return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
