/* SPDX-License-Identifier: MIT */
/* test_misuse.c: an SMTP notifier that is made wrongly, or while memory runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/mail.h>
#include <casegate/smtp.h>

static const casegate_mail_options mail = { .size = sizeof mail, .from = "cases@lab.example", .from_name = "Lab", .reply_to = "desk@lab.example",
                                            .domain = "lab.example", .link = "https://lab.example/{case}", .language = "de" };

static casegate_smtp_options good(void)
{
    return (casegate_smtp_options) { .size = sizeof(casegate_smtp_options), .url = "smtps://mail.lab.example", .mail = &mail, .user = "gate",
                                     .password = "s3cret", .ca_file = "/etc/ssl/certs/ca-certificates.crt", .client = "gate.lab.example" };
}

static void null_for_every_argument_is_safe(void **state)
{
    const casegate_smtp_options o = good();
    casegate_smtp_options without = good();
    casegate_notifier *notifier = NULL;
    (void)state;
    assert_int_equal(casegate_smtp_notifier_new(NULL, NULL, &notifier, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_smtp_notifier_new(NULL, &o, NULL, NULL), CASEGATE_E_INVALID);
    without.mail = NULL;
    assert_int_equal(casegate_smtp_notifier_new(NULL, &without, &notifier, NULL), CASEGATE_E_INVALID);
    casegate_smtp_options_init(NULL, 8);
    assert_null(notifier);
    assert_int_equal(casegate_smtp_notifier_new(NULL, &o, &notifier, NULL), CASEGATE_OK);
    assert_string_equal(casegate_notifier_channel(notifier), "email");
    casegate_notifier_unref(notifier);
}

static void a_size_that_cannot_be_is_refused(void **state)
{
    struct { casegate_smtp_options o; char more[32]; } longer;
    static const size_t sizes[] = { 0, 8, sizeof longer.o - 1, 5000, SIZE_MAX };
    casegate_notifier *notifier = NULL;
    (void)state;
    memset(&longer, 0, sizeof longer);
    longer.o = good();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        longer.o.size = sizes[i];
        assert_int_equal(casegate_smtp_notifier_new(NULL, &longer.o, &notifier, NULL), CASEGATE_E_ABI);
    }
    longer.o.size = sizeof longer;
    longer.more[31] = 1;
    assert_int_equal(casegate_smtp_notifier_new(NULL, &longer.o, &notifier, NULL), CASEGATE_E_ABI);
    longer.more[31] = 0;
    assert_int_equal(casegate_smtp_notifier_new(NULL, &longer.o, &notifier, NULL), CASEGATE_OK);
    casegate_notifier_unref(notifier);
}

static struct { long left, given; } memory;
static void *CASEGATE_CALL alloc_(void *user, size_t size) { (void)user; return memory.left-- > 0 ? memory.given++, malloc(size) : NULL; }
static void *CASEGATE_CALL resize_(void *user, void *p, size_t size) { (void)user; return memory.left-- > 0 ? memory.given += !p, realloc(p, size) : NULL; }
static void CASEGATE_CALL release_(void *user, void *p) { (void)user; memory.given--; free(p); }

static void memory_that_runs_out_anywhere_is_told_and_nothing_leaks(void **state)
{
    const casegate_smtp_options o = good();
    casegate_host_ops ops;
    casegate_host *host = NULL;
    long n = 0;
    (void)state;
    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = alloc_;
    ops.resize = resize_;
    ops.release = release_;
    memory.left = 1000;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    const long before = memory.given;
    for (casegate_result rc = CASEGATE_E_NOMEM; rc != CASEGATE_OK; n++) {
        casegate_notifier *notifier = NULL;
        memory.left = n;
        rc = casegate_smtp_notifier_new(host, &o, &notifier, NULL);
        assert_true(rc == CASEGATE_OK || (rc == CASEGATE_E_NOMEM && !notifier));
        casegate_notifier_unref(notifier);
        assert_int_equal(memory.given, before);
    }
    assert_true(n >= 12);   /* the notifier, ten texts, a connection, the port's own */
    casegate_host_unref(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_for_every_argument_is_safe),
        cmocka_unit_test(a_size_that_cannot_be_is_refused),
        cmocka_unit_test(memory_that_runs_out_anywhere_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
