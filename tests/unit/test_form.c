/* SPDX-License-Identifier: MIT */
/* test_form.c: the canonical form against golden vectors that golden.py computed from its description. Digests are for ever. */
#include "sample.h"

static const char example_form[] =
    "636173656761746520636f6e74656e74203100000200000003416e6e000d0000000a"
    "323032362d30332d3136000f0000001b000100000002733100020000000563726f776e0006000000023131";

#define TEXTS_DIGEST "1:f093e3ba4bc96e42d6d60daf88247af0401a8e1286ecb9f8285b7c5bd3992598"
#define CONTENT_DIGEST "1:7b39fd8d62846bacf21732365c8d941d133b4a9809dc52451ae2145917595f1f"   /* under SALT */

static casegate_content *example(void)
{
    static const char *const teeth[] = { "11" };
    casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown", .teeth = teeth, .tooth_count = 1 };
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Ann");
    casegate_content_set(builder, CASEGATE_CONTENT_DUE, "2026-03-16");
    casegate_content_add_service(builder, &service);
    return finished(builder);
}

static void digest_is(const casegate_content *content, const char *salt, const char *expected)
{
    char digest[67];
    assert_int_equal(casegate_content_digest(content, salt, digest, NULL), CASEGATE_OK);
    assert_string_equal(digest, expected);
}

TEST(the_example_of_the_documentation_is_written_byte_by_byte)
{
    UNUSED(state);
    casegate_content *content = example();
    casegate_buffer *out = casegate_buffer_new(NULL);
    char hex[sizeof example_form + 100];

    assert_int_equal(casegate_content_canonical(content, out), CASEGATE_OK);

    assert_int_equal(casegate_buffer_length(out), casegate_content_size(content));
    cg_hex((const uint8_t *)casegate_buffer_data(out), casegate_buffer_length(out), hex);
    assert_string_equal(hex, example_form);
    digest_is(content, NULL, "1:8f55b9c2e2456d8df4f1a7413a5d1edc3f2709a5a51b030f6813fb8b0e214e37");
    digest_is(content, SALT, "1:b3b73ea7c5a243e3d6727c7533a916e9edbd8ca3ad550973f704e145258efc65");
    casegate_buffer_free(out);
    casegate_content_unref(content);
}

TEST(a_content_with_every_member_has_its_golden_digest)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));

    assert_int_equal(casegate_content_size(content), 621);
    digest_is(content, "", "1:f63fe2775a5528a4f1832da242453426b18b635d627118f1a2825aab98de6ae9");
    digest_is(content, SALT, CONTENT_DIGEST);
    casegate_content_unref(content);
}

TEST(an_empty_content_has_its_golden_digest)
{
    UNUSED(state);
    casegate_content *content = finished(casegate_content_builder_new(NULL, NULL));

    digest_is(content, NULL, "1:264b9a0cd93973455f66f1342e4672585041072f4c9c920e7574ebfa38d6bcf2");
    casegate_content_unref(content);
}

TEST(comment_and_files_have_their_golden_digest)
{
    UNUSED(state);
    casegate_buffer *scratch = casegate_buffer_new(NULL);
    casegate_event event = sample_event();
    char digest[67];

    assert_int_equal(cg_event_text_digest(NULL, scratch, &event, digest, NULL), CASEGATE_OK);

    assert_string_equal(digest, TEXTS_DIGEST);
    casegate_buffer_free(scratch);
}

TEST(an_event_without_comment_and_files_has_no_text_digest)
{
    UNUSED(state);
    casegate_buffer *scratch = casegate_buffer_new(NULL);
    casegate_event event = sample_event();
    event.comment = "";
    event.file_count = 0;
    char digest[67] = "x";

    assert_int_equal(cg_event_text_digest(NULL, scratch, &event, digest, NULL), CASEGATE_OK);

    assert_string_equal(digest, "");
    casegate_buffer_free(scratch);
}

static void hash_is(casegate_host *host, const casegate_event *event, const char *expected)
{
    casegate_buffer *scratch = casegate_buffer_new(NULL);
    char hash[67];
    assert_int_equal(cg_event_hash(host, scratch, event, hash, NULL), CASEGATE_OK);
    assert_string_equal(hash, expected);
    casegate_buffer_free(scratch);
}

static casegate_event sealed_event(void)
{
    casegate_event event = sample_event();
    event.text_digest = TEXTS_DIGEST;
    event.content_digest = CONTENT_DIGEST;
    return event;
}

TEST(an_event_has_its_golden_hash)
{
    UNUSED(state);
    casegate_event event = sealed_event();

    hash_is(NULL, &event, "1:1879515ce1294e4c485b9ea6119be75dbc8a5ae984e26cce166f49646b85c47e");
}

TEST(the_hash_before_it_enters_an_events_hash)
{
    UNUSED(state);
    casegate_event event = sealed_event();
    event.previous_hash = TWOS;

    hash_is(NULL, &event, "1:13921db3e2bdf6218ba26761dbcb4a1739c67693b097beaa42f4e19b492bbec2");
}

TEST(erasing_comment_files_and_salt_leaves_the_hash)
{
    UNUSED(state);
    casegate_event event = sealed_event();
    event.comment = event.salt = NULL;
    event.files = NULL;
    event.file_count = 0;
    event.erased = 1;

    hash_is(NULL, &event, "1:1879515ce1294e4c485b9ea6119be75dbc8a5ae984e26cce166f49646b85c47e");
}

static casegate_result keyed_digest(void *user, const char *key, const uint8_t *data, size_t len, uint8_t out[32],
                                    casegate_error *err)
{
    UNUSED(user);
    UNUSED(err);
    if (!key || strcmp(key, "key-1") != 0) return CASEGATE_ABSENT;
    casegate_hmac_sha256((const uint8_t *)"a secret", 8, data, len, out);
    return CASEGATE_OK;
}

TEST(an_event_with_a_key_is_hashed_under_it)
{
    UNUSED(state);
    casegate_host_ops ops = { .size = sizeof ops, .digest = keyed_digest, .seal_key = "key-1" };
    casegate_host *host = NULL;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    casegate_event event = sealed_event();
    event.key = cg_host_seal_key(host);

    hash_is(host, &event, "1:a7a9f4df64942a482e641eb9932548ee789788eb0ff88a09e5d22c8092f4874e");

    casegate_buffer *scratch = casegate_buffer_new(NULL);
    char hash[67];
    event.key = "key-2";
    assert_int_equal(cg_event_hash(host, scratch, &event, hash, NULL), CASEGATE_ABSENT);
    casegate_buffer_free(scratch);
    casegate_host_unref(host);
}

TEST(every_member_of_the_form_changes_the_hash)
{
    UNUSED(state);
    casegate_buffer *scratch = casegate_buffer_new(NULL);
    casegate_event event = sealed_event();
    event.key = "";
    event.previous_hash = TWOS;
    char whole[67], lacking[67];
    assert_int_equal(cg_event_hash(NULL, scratch, &event, whole, NULL), CASEGATE_OK);

    for (size_t i = 0; i < casegate_member_count(CASEGATE_VIEW_EVENT); i++) {
        const casegate_member *member = casegate_member_at(CASEGATE_VIEW_EVENT, i);
        casegate_event other = event;
        size_t offset = member->count_offset ? member->count_offset : member->offset;
        size_t size = cg_is_text(member) || member->count_offset || member->kind == CASEGATE_KIND_TIME ? 8 : 4;
        if (strcmp(member->name, "key") == 0) continue;
        memset((char *)&other + offset, 0, size);
        assert_int_equal(cg_event_hash(NULL, scratch, &other, lacking, NULL), CASEGATE_OK);
        if (member->tag) assert_string_not_equal(whole, lacking);
        else assert_string_equal(whole, lacking);
    }
    casegate_buffer_free(scratch);
}

TEST(what_is_absent_adds_nothing_but_a_size_known_to_be_zero)
{
    UNUSED(state);
    casegate_buffer *out = casegate_buffer_new(NULL);

    cg_form_int(out, 1, 0);
    cg_form_text(out, 2, NULL);
    cg_form_text(out, 3, "");
    assert_int_equal(casegate_buffer_length(out), 0);

    cg_form_int_always(out, 5, 0);
    assert_int_equal(casegate_buffer_length(out), 2 + 4 + 8);
    casegate_buffer_free(out);
}

TEST(a_form_without_memory_gives_no_digest)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_buffer *scratch = casegate_buffer_new(host);
    casegate_event event = sealed_event();
    char hash[67] = "untouched";

    memory.left = 0;
    assert_int_equal(cg_event_hash(NULL, scratch, &event, hash, NULL), CASEGATE_E_NOMEM);

    assert_string_equal(hash, "untouched");
    casegate_buffer_free(scratch);
    casegate_host_unref(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_documentation_is_written_byte_by_byte),
        cmocka_unit_test(a_content_with_every_member_has_its_golden_digest),
        cmocka_unit_test(an_empty_content_has_its_golden_digest),
        cmocka_unit_test(comment_and_files_have_their_golden_digest),
        cmocka_unit_test(an_event_without_comment_and_files_has_no_text_digest),
        cmocka_unit_test(an_event_has_its_golden_hash),
        cmocka_unit_test(the_hash_before_it_enters_an_events_hash),
        cmocka_unit_test(erasing_comment_files_and_salt_leaves_the_hash),
        cmocka_unit_test(an_event_with_a_key_is_hashed_under_it),
        cmocka_unit_test(every_member_of_the_form_changes_the_hash),
        cmocka_unit_test(what_is_absent_adds_nothing_but_a_size_known_to_be_zero),
        cmocka_unit_test(a_form_without_memory_gives_no_digest)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
