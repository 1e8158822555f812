/* SPDX-License-Identifier: MIT */
/* test_arena.c: arenas, buffers and hosts: who holds how much memory. */
#include "unit.h"

static void use(cg_arena *arena)
{
    for (size_t size = 1; size < 3000; size += 97) assert_non_null(cg_arena_alloc(arena, size));
}

TEST(an_arena_takes_no_memory_before_its_first_use)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    cg_arena arena;

    cg_arena_init(&arena, host);
    cg_arena_reset(&arena);
    cg_arena_free(&arena);

    assert_int_equal(memory.allocations, 1);   /* the host */
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(the_same_use_after_a_reset_allocates_nothing_once_settled)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    cg_arena arena;
    cg_arena_init(&arena, host);
    use(&arena);
    cg_arena_reset(&arena);
    use(&arena);
    int settled = memory.allocations;

    for (int i = 0; i < 10; i++) {
        cg_arena_reset(&arena);
        use(&arena);
    }

    assert_int_equal(memory.allocations, settled);
    cg_arena_free(&arena);
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(pieces_are_aligned_apart_and_stay_where_they_are)
{
    UNUSED(state);
    enum { PIECES = 500 };
    cg_arena arena;
    unsigned char *pieces[PIECES];
    cg_arena_init(&arena, NULL);

    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = cg_arena_alloc(&arena, i);
        assert_int_equal((uintptr_t)pieces[i] % 8, 0);
        memset(pieces[i], (int)(i % 251), i);
    }

    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < i; k++) assert_int_equal(pieces[i][k], i % 251);
    cg_arena_free(&arena);
}

TEST(an_arena_without_memory_gives_null_and_stays_usable)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    cg_arena arena;
    cg_arena_init(&arena, host);

    memory.left = 0;
    assert_null(cg_arena_alloc(&arena, 8));
    assert_null(cg_arena_text(&arena, "text"));
    memory.left = -1;
    assert_string_equal(cg_arena_text(&arena, "text"), "text");

    assert_null(cg_arena_alloc(&arena, SIZE_MAX / 2));
    cg_arena_free(&arena);
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(absent_text_stays_absent)
{
    UNUSED(state);
    cg_arena arena;
    cg_arena_init(&arena, NULL);

    assert_null(cg_arena_text(&arena, NULL));
    assert_string_equal(cg_arena_bytes(&arena, "abc", 2), "ab");
    cg_arena_free(&arena);
}

TEST(a_buffer_grows_and_ends_with_nul)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_buffer *buffer = casegate_buffer_new(host);
    assert_string_equal(casegate_buffer_data(buffer), "");

    for (int i = 0; i < 5000; i++) casegate_buffer_append(buffer, "ab", i % 2 ? SIZE_MAX : 2);

    assert_int_equal(casegate_buffer_status(buffer), CASEGATE_OK);
    assert_int_equal(casegate_buffer_length(buffer), 10000);
    assert_int_equal(strlen(casegate_buffer_data(buffer)), 10000);
    casegate_buffer_free(buffer);
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(the_first_failure_of_a_buffer_sticks_until_it_is_cleared)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_buffer *buffer = casegate_buffer_new(host);
    casegate_buffer_append(buffer, "kept", 4);

    memory.left = 0;
    char large[4096] = "";
    casegate_buffer_append(buffer, large, sizeof large);
    memory.left = -1;
    casegate_buffer_append(buffer, "x", 1);

    assert_int_equal(casegate_buffer_status(buffer), CASEGATE_E_NOMEM);
    assert_string_equal(casegate_buffer_data(buffer), "kept");
    casegate_buffer_clear(buffer);
    casegate_buffer_append(buffer, "x", 1);
    assert_int_equal(casegate_buffer_status(buffer), CASEGATE_OK);
    assert_string_equal(casegate_buffer_data(buffer), "x");
    casegate_buffer_free(buffer);
    casegate_host_unref(host);
}

TEST(a_buffer_that_is_null_is_harmless)
{
    UNUSED(state);

    casegate_buffer_append(NULL, "x", 1);
    casegate_buffer_clear(NULL);
    casegate_buffer_free(NULL);
    assert_string_equal(casegate_buffer_data(NULL), "");
    assert_int_equal(casegate_buffer_length(NULL), 0);
    assert_int_equal(casegate_buffer_status(NULL), CASEGATE_E_NOMEM);
}

static void count_destroy(void *user) { ++*(int *)user; }

TEST(the_last_reference_destroys_the_host_once)
{
    UNUSED(state);
    int destroyed = 0;
    casegate_host_ops ops = { .size = sizeof ops, .user = &destroyed, .destroy = count_destroy };
    casegate_host *host = NULL;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);

    casegate_buffer *buffer = casegate_buffer_new(casegate_host_ref(host));
    casegate_host_unref(host);
    casegate_host_unref(host);
    assert_int_equal(destroyed, 0);   /* the buffer still needs it */
    casegate_buffer_free(buffer);

    assert_int_equal(destroyed, 1);
}

TEST(half_of_the_memory_hooks_is_refused_without_destroying)
{
    UNUSED(state);
    int destroyed = 0;
    casegate_host_ops ops = { .size = sizeof ops, .user = &destroyed, .destroy = count_destroy, .alloc = unit_alloc };
    casegate_host *host = NULL;
    casegate_error err = ERROR;

    assert_int_equal(casegate_host_new(&ops, &host, &err), CASEGATE_E_INVALID);

    assert_string_equal(err.field, "alloc");
    assert_null(host);
    assert_int_equal(destroyed, 0);
}

TEST(a_key_without_a_digest_hook_is_refused)
{
    UNUSED(state);
    casegate_host_ops ops = { .size = sizeof ops, .seal_key = "k" };
    casegate_host *host = NULL;
    casegate_error err = ERROR;

    assert_int_equal(casegate_host_new(&ops, &host, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "digest");
}

static casegate_result failing_random(void *user, uint8_t *buf, size_t len, casegate_error *err)
{
    UNUSED(user);
    UNUSED(buf);
    UNUSED(len);
    return casegate_error_set(err, CASEGATE_E_INVALID, 5, "x", "no entropy");
}

TEST(a_hook_that_fails_is_an_error_of_the_host_under_its_name)
{
    UNUSED(state);
    casegate_host_ops ops = { .size = sizeof ops, .random = failing_random };
    casegate_host *host = NULL;
    casegate_error err = ERROR;
    uint8_t bytes[4];
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);

    assert_int_equal(casegate_random(host, bytes, sizeof bytes, &err), CASEGATE_E_HOST);

    assert_int_equal(err.code, CASEGATE_E_HOST);
    assert_int_equal(err.host_code, 5);
    assert_string_equal(err.field, "random");
    assert_string_equal(err.text, "no entropy");
    casegate_host_unref(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_takes_no_memory_before_its_first_use),
        cmocka_unit_test(the_same_use_after_a_reset_allocates_nothing_once_settled),
        cmocka_unit_test(pieces_are_aligned_apart_and_stay_where_they_are),
        cmocka_unit_test(an_arena_without_memory_gives_null_and_stays_usable),
        cmocka_unit_test(absent_text_stays_absent),
        cmocka_unit_test(a_buffer_grows_and_ends_with_nul),
        cmocka_unit_test(the_first_failure_of_a_buffer_sticks_until_it_is_cleared),
        cmocka_unit_test(a_buffer_that_is_null_is_harmless),
        cmocka_unit_test(the_last_reference_destroys_the_host_once),
        cmocka_unit_test(half_of_the_memory_hooks_is_refused_without_destroying),
        cmocka_unit_test(a_key_without_a_digest_hook_is_refused),
        cmocka_unit_test(a_hook_that_fails_is_an_error_of_the_host_under_its_name)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
