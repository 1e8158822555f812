/* SPDX-License-Identifier: MIT */
/* test_ids.c: ids of cases: UUID version 7 that increases within the process. */
#include "unit.h"

#include <pthread.h>

enum { ID = 65, THREADS = 4, EACH = 2000 };

static int64_t clock_us;
static int64_t read_clock(void *user)
{
    UNUSED(user);
    return clock_us;
}

static casegate_host *host_with(int64_t (*now)(void *), casegate_result (*new_id)(void *, char *, size_t, casegate_error *))
{
    casegate_host_ops ops = { .size = sizeof ops, .now_us = now, .new_id = new_id };
    casegate_host *host = NULL;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    return host;
}

TEST(a_default_id_is_a_uuid_of_version_7)
{
    UNUSED(state);
    char id[ID];

    assert_int_equal(casegate_new_id(NULL, id, sizeof id, NULL), CASEGATE_OK);

    assert_int_equal(strlen(id), 36);
    for (size_t i = 0; i < 36; i++) {
        int is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        assert_true(is_dash ? id[i] == '-' : strchr("0123456789abcdef", id[i]) != NULL);
    }
    assert_int_equal(id[14], '7');
    assert_non_null(strchr("89ab", id[19]));
}

TEST(an_id_begins_with_the_hosts_time)
{
    UNUSED(state);
    char id[ID];
    casegate_host *host = host_with(read_clock, NULL);
    clock_us = INT64_C(0x7F0000000001) * 1000 + 500;   /* beyond every id made here so far */

    assert_int_equal(casegate_new_id(host, id, sizeof id, NULL), CASEGATE_OK);

    assert_memory_equal(id, "7f000000-0001-7800-", 19);   /* half a millisecond: 0x800 of 0x1000 */
    casegate_host_unref(host);
}

TEST(ids_increase_though_the_clock_stands_still_or_goes_back)
{
    UNUSED(state);
    char last[ID] = "", id[ID];
    casegate_host *host = host_with(read_clock, NULL);
    clock_us = INT64_C(0x7F0000000100) * 1000;
    for (int i = 0; i < 10000; i++) {
        if (i == 5000) clock_us -= INT64_C(3600000000);
        if (i == 7000) clock_us = -1;

        assert_int_equal(casegate_new_id(host, id, sizeof id, NULL), CASEGATE_OK);

        assert_true(strcmp(last, id) < 0);
        memcpy(last, id, sizeof id);
    }
    casegate_host_unref(host);
}

static char made[THREADS][EACH][ID];
static void *make(void *mine)
{
    char (*ids)[ID] = mine;
    for (int i = 0; i < EACH; i++)
        if (casegate_new_id(NULL, ids[i], ID, NULL) != CASEGATE_OK) ids[i][0] = '\0';
    return NULL;
}
static int compare(const void *a, const void *b) { return strcmp(a, b); }

TEST(threads_get_increasing_ids_that_nobody_else_got)
{
    UNUSED(state);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, make, made[i]), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);

    for (int i = 0; i < THREADS; i++)
        for (int k = 1; k < EACH; k++) assert_true(strcmp(made[i][k - 1], made[i][k]) < 0);
    qsort(made, THREADS * EACH, ID, compare);
    char (*all)[ID] = made[0];
    assert_true(all[0][0] != '\0');
    for (int i = 1; i < THREADS * EACH; i++) assert_true(memcmp(all[i - 1], all[i], 19) != 0);   /* by stamp, not by chance */
}

TEST(a_buffer_that_is_too_small_is_refused)
{
    UNUSED(state);
    char id[ID] = "untouched";

    assert_int_equal(casegate_new_id(NULL, id, 64, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_new_id(NULL, NULL, 65, NULL), CASEGATE_E_INVALID);
    assert_string_equal(id, "untouched");
}

static const char *host_id;
static casegate_result give_id(void *user, char *buf, size_t cap, casegate_error *err)
{
    UNUSED(user);
    UNUSED(err);
    if (!host_id) memset(buf, 'a', cap);   /* no NUL */
    else memcpy(buf, host_id, strlen(host_id) + 1);
    return CASEGATE_OK;
}

TEST(what_the_host_gives_must_be_an_id)
{
    UNUSED(state);
    static const char *const wrong[] = { "", "a b", "a\n", "\xC3\xB6", NULL };
    casegate_host *host = host_with(NULL, give_id);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char id[ID] = "untouched";
        casegate_error err = ERROR;
        host_id = wrong[i];

        assert_int_equal(casegate_new_id(host, id, sizeof id, &err), CASEGATE_E_HOST);

        assert_string_equal(err.field, "new_id");
        assert_string_equal(id, "untouched");
    }
    char id[ID];
    host_id = "0123456789012345678901234567890123456789012345678901234567890123";
    assert_int_equal(casegate_new_id(host, id, sizeof id, NULL), CASEGATE_OK);
    assert_string_equal(id, host_id);
    casegate_host_unref(host);
}

TEST(random_bytes_of_any_length_differ)
{
    UNUSED(state);
    uint8_t bytes[2][100] = { { 0 } };

    assert_int_equal(casegate_random(NULL, bytes[0], 99, NULL), CASEGATE_OK);
    assert_int_equal(casegate_random(NULL, bytes[1], 99, NULL), CASEGATE_OK);

    assert_int_equal(bytes[0][99], 0);
    assert_memory_not_equal(bytes[0], bytes[1], 99);
    assert_int_equal(casegate_random(NULL, NULL, 0, NULL), CASEGATE_OK);
}

TEST(a_salt_is_32_hexadecimal_digits)
{
    UNUSED(state);
    char salt[33];

    assert_int_equal(cg_salt(NULL, salt, NULL), CASEGATE_OK);

    assert_int_equal(strspn(salt, "0123456789abcdef"), 32);
    assert_int_equal(salt[32], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_default_id_is_a_uuid_of_version_7),
        cmocka_unit_test(threads_get_increasing_ids_that_nobody_else_got),
        cmocka_unit_test(an_id_begins_with_the_hosts_time),
        cmocka_unit_test(ids_increase_though_the_clock_stands_still_or_goes_back),
        cmocka_unit_test(a_buffer_that_is_too_small_is_refused),
        cmocka_unit_test(what_the_host_gives_must_be_an_id),
        cmocka_unit_test(random_bytes_of_any_length_differ),
        cmocka_unit_test(a_salt_is_32_hexadecimal_digits)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
