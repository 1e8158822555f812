/* SPDX-License-Identifier: MIT */
/* test_memory.c: what is read when memory runs out: the whole document, or "no memory"; never a part of it, never "malformed". */
#include "json.h"

#include <jansson.h>
#include <stdlib.h>

/* Texts are kept to 13 bytes here: jansson 2.14 itself loses a byte of a longer one whose buffer cannot grow (its issue 362). */
static const char DOCUMENT[] = "{\"patient\":{\"name\":\"Ada Byron\",\"id\":\"p-1\"},"
                               "\"services\":[{\"id\":\"s1\",\"teeth\":[\"11\",\"12\"]},{\"id\":\"s2\"}],"
                               "\"answers\":[{\"id\":\"q1\"}],\"files\":[{\"id\":\"f1\",\"size\":3}],\"due\":\"2026-03-16\"}";
static const char PATCH[] = "{\"patient\":{\"sex\":\"f\",\"id\":null},\"files\":[{\"id\":\"f2\"}]}";

/* The allocation that fails: so many more succeed; -1: none fails. */
static long left = -1;
static int failed;
static int fails(void)
{
    if (left < 0 || left-- > 0) return 0;
    failed = 1;
    return 1;
}
static void *jansson_malloc(size_t size) { return fails() ? NULL : malloc(size); }
static void *CASEGATE_CALL host_alloc(void *user, size_t size) { (void)user; return fails() ? NULL : malloc(size); }
static void *CASEGATE_CALL host_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return fails() ? NULL : realloc(ptr, size);
}
static void CASEGATE_CALL host_release(void *user, void *ptr) { (void)user; free(ptr); }

static casegate_host *failing_host(void)
{
    casegate_host_ops ops;
    casegate_host *host = NULL;
    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = host_alloc;
    ops.resize = host_resize;
    ops.release = host_release;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    return host;
}

/* Reads with every single allocation failing once, until none is left to fail. */
static void sweep(casegate_host *host, const casegate_content *from, const char *text, const char *wanted)
{
    for (long n = 0; n < 1000; n++) {
        casegate_content *content = NULL;
        casegate_error err = no_error();

        left = n;
        failed = 0;
        casegate_result rc = from ? casegate_json_patch_content(host, from, text, strlen(text), &content, &err)
                                  : casegate_json_read_content(host, text, strlen(text), &content, &err);
        left = -1;

        if (failed && (rc != CASEGATE_E_NOMEM || err.code != CASEGATE_E_NOMEM || content))
            fail_msg("allocation %ld: result %d, field %s, text %s", n, rc, err.field, err.text);
        if (failed) continue;
        assert_int_equal(rc, CASEGATE_OK);
        assert_content(content, wanted);
        casegate_content_unref(content);
        return;
    }
    fail_msg("the reader never stops to allocate");
}

static void members_are_read_whole_or_not_at_all_whatever_allocation_fails(void **state)
{
    static const char text[] = "{\"a\":\"x\",\"b\":{\"c\":[1,2]}}";
    casegate_host *host = failing_host();
    (void)state;
    for (failed = 1, left = 0; failed;) {
        const casegate_json_member *const *members = NULL;
        casegate_error err = no_error();
        size_t count = 0;
        static long n;

        left = n++;
        failed = 0;
        casegate_result rc = casegate_json_read_members(host, text, strlen(text), &members, &count, &err);
        left = -1;

        assert_int_equal(rc, failed ? CASEGATE_E_NOMEM : CASEGATE_OK);
        assert_int_equal(members != NULL, !failed);
        casegate_json_free_members(host, members);
    }
    casegate_host_unref(host);
}

static void a_content_is_read_whole_or_not_at_all_whatever_allocation_fails(void **state)
{
    (void)state;
    casegate_host *host = failing_host();
    casegate_content *content = content_of(DOCUMENT);
    casegate_buffer *wanted = written(content);

    sweep(host, NULL, DOCUMENT, casegate_buffer_data(wanted));

    casegate_buffer_free(wanted);
    casegate_content_unref(content);
    casegate_host_unref(host);
}

static void a_patch_loses_nothing_that_it_does_not_name_whatever_allocation_fails(void **state)
{
    (void)state;
    casegate_host *host = failing_host();
    casegate_content *from = content_of(DOCUMENT), *to = NULL;
    assert_int_equal(casegate_json_patch_content(NULL, from, PATCH, strlen(PATCH), &to, NULL), CASEGATE_OK);
    casegate_buffer *wanted = written(to);

    sweep(host, from, PATCH, casegate_buffer_data(wanted));

    casegate_buffer_free(wanted);
    casegate_content_unref(to);
    casegate_content_unref(from);
    casegate_host_unref(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_read_whole_or_not_at_all_whatever_allocation_fails),
        cmocka_unit_test(a_content_is_read_whole_or_not_at_all_whatever_allocation_fails),
        cmocka_unit_test(a_patch_loses_nothing_that_it_does_not_name_whatever_allocation_fails),
    };
    json_set_alloc_funcs(jansson_malloc, free);   /* of this process, which is the test's to decide */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
