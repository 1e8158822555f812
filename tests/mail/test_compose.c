/* SPDX-License-Identifier: MIT */
/* test_compose.c: what an e-mail holds, in which language, and what it never lets in. */
#include "letter.h"

#include <stdlib.h>

static const char *const languages[] = { "en", "de", "fr", "es" };
static const char *const codes[] = { "reject", "accept", "submit", "reminder", "polish" };
#define COUNT(a) (sizeof(a) / sizeof *(a))
#define USUAL "From To Subject Date Message-ID Auto-Submitted MIME-Version Content-Language Content-Type"

/* ---- words -------------------------------------------------------------------------------------------------------- */

static void every_language_renders_every_template(void **state)
{
    letter *l = letter_new();
    (void)state;
    for (size_t i = 0; i < COUNT(languages); i++)
        for (size_t k = 0; k < COUNT(codes); k++)
            for (int bare = 0; bare < 2; bare++)
                for (int32_t part = CASEGATE_MAIL_SUBJECT; part <= CASEGATE_MAIL_HTML; part++) {
                    l->message.language = languages[i];
                    l->message.name = bare ? NULL : "Clara Example";
                    l->notice.template_code = codes[k];
                    l->options.link = bare ? NULL : "https://portal.example/cases/{case}";
                    l->notice.reason = bare ? NULL : "unreadable_scan";

                    const char *text = text_of(l, part);

                    has(text, "NC-1042");
                    lacks(text, "cut off");
                    if (part == CASEGATE_MAIL_SUBJECT) lacks(text, "\n");
                    else has(text, "lab-one");
                    if (part != CASEGATE_MAIL_HTML) lacks(text, "{");
                    if (part != CASEGATE_MAIL_SUBJECT) assert_int_equal(!!strstr(text, "https://portal.example/cases/0192-77"), !bare);
                    if (part == CASEGATE_MAIL_HTML) {
                        char lang[24];
                        snprintf(lang, sizeof lang, "<html lang=\"%s\">", languages[i]);
                        has(text, lang);
                        has(text, "prefers-color-scheme: dark");
                        for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) assert_true(p[1] == ' ' || p[1] == '\n');
                    }
                }
    letter_free(l);
}

/* The words of a language are its own: no text stands in two of them. */
static void no_language_borrows_from_another(void **state)
{
    letter *l = letter_new();
    char *texts[COUNT(languages)];
    (void)state;
    for (size_t k = 0; k < COUNT(codes); k++) {
        l->notice.template_code = codes[k];
        for (size_t i = 0; i < COUNT(languages); i++) {
            l->message.language = languages[i];
            texts[i] = strdup(text_of(l, CASEGATE_MAIL_TEXT));
        }
        for (size_t i = 0; i < COUNT(languages); i++)
            for (size_t m = 0; m < i; m++) assert_string_not_equal(texts[i], texts[m]);
        for (size_t i = 0; i < COUNT(languages); i++) free(texts[i]);
    }
    letter_free(l);
}

/* RFC 4647, 3.4 */
static void the_language_is_looked_up_from_the_most_exact_to_the_default(void **state)
{
    static const struct { const char *asked, *otherwise, *got; } rows[] = {
        { "de", NULL, "de" }, { "DE", NULL, "de" }, { "de-CH", NULL, "de" }, { "de-Latn-CH-1996", NULL, "de" },
        { "fr-x-private", NULL, "fr" }, { "es-a-xx-b-yy", NULL, "es" }, { "pt", NULL, "en" }, { "pt", "es", "es" },
        { NULL, "fr", "fr" }, { "", "fr", "fr" }, { "deu", "fr", "fr" }, { "de\r\nBcc: x", NULL, "en" }, { "-", "de-AT", "de" },
        { "pt", "pt", "en" } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        letter *l = letter_new();
        char line[48];
        l->message.language = rows[i].asked;
        l->options.language = rows[i].otherwise;

        snprintf(line, sizeof line, "\r\nContent-Language: %s\r\n", rows[i].got);

        has(text_of(l, CASEGATE_MAIL_MESSAGE), line);
        letter_free(l);
    }
}

static void a_reason_has_the_label_of_the_mails_language_or_the_labs_own(void **state)
{
    const casegate_label own_en = { sizeof own_en, "en", "The scan is no good" }, own_de = { sizeof own_de, "de", "Der Scan taugt nichts" };
    const casegate_label *const english[] = { &own_en }, *const both[] = { &own_en, &own_de };
    letter *l = letter_new();
    (void)state;

    l->message.language = "de";
    has(text_of(l, CASEGATE_MAIL_TEXT), "Grund: Scandateien sind falsch oder unlesbar\n");

    l->notice.reason_labels = english;   /* the lab's words for the guide's code: better in English than not the lab's */
    has(text_of(l, CASEGATE_MAIL_TEXT), "Grund: The scan is no good\n");
    l->notice.reason_labels = both;
    l->notice.reason_label_count = 2;
    has(text_of(l, CASEGATE_MAIL_TEXT), "Grund: Der Scan taugt nichts\n");
    l->notice.reason = "no_capacity";
    l->notice.reason_label_count = 0;
    has(text_of(l, CASEGATE_MAIL_TEXT), "Grund: no_capacity\n");
    letter_free(l);
}

/* ---- the message -------------------------------------------------------------------------------------------------- */

static void a_message_has_the_headers_of_an_automatic_mail_and_both_bodies(void **state)
{
    char room[256];
    letter *l = letter_new();
    (void)state;
    l->options.from_name = "Lab One";
    l->options.reply_to = "desk@lab.example";

    const char *text = text_of(l, CASEGATE_MAIL_MESSAGE);

    assert_string_equal(headers_of(text, room, sizeof room),
                        "From To Reply-To Subject Date Message-ID Auto-Submitted MIME-Version Content-Language Content-Type");
    has(text, "From: Lab One\r\n <cases@lab.example>\r\n");
    has(text, "\r\nTo: clara@clinic.example\r\n");
    has(text, "\r\nSubject: Case NC-1042 was rejected\r\n");
    has(text, "\r\nAuto-Submitted: auto-generated\r\n");
    has(text, "Content-Type: text/plain; charset=utf-8\r\n");
    has(text, "Content-Type: text/html; charset=utf-8\r\n");
    letter_free(l);
}

static void a_repeat_carries_the_same_message_id_and_no_two_notices_share_one(void **state)
{
    letter *l = letter_new();
    (void)state;
    has(text_of(l, CASEGATE_MAIL_MESSAGE), "\r\nMessage-ID: <0192-77.3.1@lab.example>\r\n");
    has(text_of(l, CASEGATE_MAIL_MESSAGE), "\r\nMessage-ID: <0192-77.3.1@lab.example>\r\n");

    l->options.domain = "notices.lab.example";
    l->notice.id = "a/b@c>.4.2";
    has(text_of(l, CASEGATE_MAIL_MESSAGE), "\r\nMessage-ID: <a%2Fb%40c%3E.4.2@notices.lab.example>\r\n");
    l->notice.id = "a%2Fb%40c%3E.4.2";
    has(text_of(l, CASEGATE_MAIL_MESSAGE), "\r\nMessage-ID: <a%252Fb%2540c%253E.4.2@notices.lab.example>\r\n");
    letter_free(l);
}

static void every_line_is_short_ascii_whatever_the_text(void **state)
{
    char reference[1200] = "";
    letter *l = letter_new();
    (void)state;
    for (size_t i = 0; i < 60; i++) strcat(reference, "Z\xc3\xa4hne \xe2\x84\x96 \xf0\x9f\xa6\xb7 ");
    l->notice.reference = reference;
    l->message.name = reference;

    const char *text = text_of(l, CASEGATE_MAIL_MESSAGE);

    for (const char *line = text; *line;) {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 76);
        for (const char *p = line; p < end; p++) assert_true(*p >= ' ' && *p <= '~');
        line = end + 2;
    }
    letter_free(l);
}

static void what_relays_change_at_the_beginning_of_a_line_is_encoded(void **state)
{
    letter *l = letter_new();
    casegate_templates_builder *b = casegate_templates_builder_new(NULL);
    const casegate_template t = { .size = sizeof t, .language = "en", .subject = "x",
                                  .text = "From here\n.\n..dots\nends in space \nFromage\n" };
    casegate_templates *set = NULL;
    (void)state;
    casegate_templates_add(b, &t);
    assert_int_equal(casegate_templates_builder_finish(b, &set, NULL), CASEGATE_OK);
    l->options.templates = set;
    l->notice.template_code = "polish";
    l->message.language = "en";

    /* codes go before languages: the host's own fallback stands where there is no text for just this code */
    has(text_of(l, CASEGATE_MAIL_MESSAGE), "\r\n\r\n=46rom here\r\n=2E\r\n=2E.dots\r\nends in space=20\r\nFromage\r\n");
    lacks(casegate_buffer_data(l->out), "multipart");
    letter_free(l);
}

/* ---- what it never lets in ---------------------------------------------------------------------------------------- */

static const char *const nasties[] = {
    "x\r\nBcc: evil@example.net", "x\nBcc: evil@example.net", "x\rBcc: evil@example.net", "x\r\n\r\nbody", "\r\n.\r\nMAIL FROM:<evil@example.net>",
    "x\xe2\x80\xa8" "Bcc: y", "x\xe2\x80\xa9" "Bcc: y", "x\xc2\x85" "Bcc: y", "x\x0b" "Bcc: y", "x\x0c" "Bcc: y", "x\x1b[2J", "x\x7f",
    "x\xe2\x80\xae" "evil", "x\xc0\x8a" "Bcc: y", "x\xff", "x\xed\xa0\x80", "x\xf4\x90\x80\x80", "x\xe2\x80" };
static const char *const look_alikes[] = {
    "=?utf-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5uZXQ=?=", "=?utf-8?Q?=0D=0ABcc:_evil?=", "a, b <evil@example.net>", "\"quoted\" (comment) <x>",
    "%0d%0aBcc: evil@example.net", "\\r\\nBcc: y", "{comment}", "{?link}", "%n%s", "<script>alert(1)</script>", "\"><img src=x>", " ", "a: b" };

/* Every text of a notice that can reach a header, and where it is. */
static const char **field_of(letter *l, size_t i, const char **name)
{
    const struct { const char *name, **text; } fields[] = {
        { "reference", &l->notice.reference }, { "lab", &l->notice.lab }, { "clinic", &l->notice.clinic }, { "case", &l->notice.case_id },
        { "id", &l->notice.id }, { "template", &l->notice.template_code }, { "reason", &l->notice.reason }, { "name", &l->message.name },
        { "address", &l->message.address } };
    *name = i < COUNT(fields) ? fields[i].name : NULL;
    return i < COUNT(fields) ? fields[i].text : NULL;
}

static void a_text_that_could_end_a_line_is_refused_and_named(void **state)
{
    const char *name, **text;
    (void)state;
    for (size_t i = 0; i < COUNT(nasties); i++) {
        letter *l = letter_new();
        for (size_t f = 0; (text = field_of(l, f, &name)) != NULL; f++) {
            const char *before = *text;
            *text = nasties[i];

            casegate_result rc = make(l, CASEGATE_MAIL_MESSAGE);

            assert_int_equal(rc, CASEGATE_REFUSED);
            assert_string_equal(l->err.field, name);
            lacks(l->err.text, "evil");
            assert_int_equal(casegate_buffer_length(l->out), 0);
            *text = before;
        }
        letter_free(l);
    }
}

static void a_reasons_label_or_a_comment_is_no_way_in_either(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(nasties); i++) {
        letter *l = letter_new();
        const casegate_label label = { sizeof label, "en", nasties[i] };
        const casegate_label *const labels[] = { &label };
        l->notice.reason_labels = labels;
        assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
        assert_string_equal(l->err.field, "reason_labels");

        l->notice.reason_label_count = 0;
        l->notice.comment = nasties[i];
        if (make(l, CASEGATE_MAIL_MESSAGE) == CASEGATE_REFUSED) assert_string_equal(l->err.field, "comment");
        else lacks(casegate_buffer_data(l->out), "Bcc");
        letter_free(l);
    }
}

static void what_only_looks_like_a_header_stays_text(void **state)
{
    char room[256];
    const char *name, **text;
    (void)state;
    for (size_t i = 0; i < COUNT(look_alikes); i++) {
        letter *l = letter_new();
        for (size_t f = 0; (text = field_of(l, f, &name)) != NULL; f++) {
            const char *before = *text;
            *text = look_alikes[i];

            casegate_result rc = make(l, CASEGATE_MAIL_MESSAGE);

            if (strcmp(name, "address") == 0) assert_int_equal(rc, CASEGATE_REFUSED);
            else {
                assert_int_equal(rc, CASEGATE_OK);
                assert_string_equal(headers_of(casegate_buffer_data(l->out), room, sizeof room), USUAL);
                lacks(casegate_buffer_data(l->out), "=?utf-8?");
                lacks(strstr(casegate_buffer_data(l->out), "text/html"), "<script>");
            }
            *text = before;
        }
        letter_free(l);
    }
}

static void a_writer_that_could_break_a_header_is_invalid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(nasties); i++) {
        letter *l = letter_new();
        const struct { const char *name, **text; } fields[] = {
            { "from", &l->options.from }, { "from_name", &l->options.from_name }, { "reply_to", &l->options.reply_to },
            { "domain", &l->options.domain }, { "link", &l->options.link }, { "language", &l->options.language } };
        for (size_t f = 0; f < COUNT(fields); f++) {
            const char *before = *fields[f].text;
            *fields[f].text = nasties[i];
            assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_E_INVALID);
            assert_string_equal(l->err.field, fields[f].name);
            assert_int_equal(casegate_mail_check(&l->options, &l->err), CASEGATE_E_INVALID);
            *fields[f].text = before;
        }
        letter_free(l);
    }
}

static void a_link_is_a_url_with_the_case_and_nothing_else(void **state)
{
    static const struct { const char *link; int good; } rows[] = {
        { "https://p.example/{case}", 1 }, { "http://localhost:8080/?c={case}&v=1#{case}", 1 }, { "https://p.example/", 1 }, { "ftp://p.example/", 0 },
        { "javascript:alert(1)", 0 }, { "https://p.example/{reference}", 0 }, { "https://p.example/\">", 0 }, { "https://p.example/a b", 0 },
        { "https://p.example/{", 0 }, { "https://p.example/{case", 0 }, { "https://p.example/\xc3\xa4", 0 } };
    letter *l = letter_new();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        l->options.link = rows[i].link;
        assert_int_equal(casegate_mail_check(&l->options, NULL), rows[i].good ? CASEGATE_OK : CASEGATE_E_INVALID);
    }
    l->options.link = "https://p.example/{case}?x=1&y=2";
    l->notice.case_id = "a b\"&<c>";

    has(text_of(l, CASEGATE_MAIL_HTML), "href=\"https://p.example/a%20b%22%26%3Cc%3E?x=1&amp;y=2\"");
    letter_free(l);
}

static void one_grammar_of_addresses(void **state)
{
    static const struct { const char *address; int good; } rows[] = {
        { "a@b.example", 1 }, { "a.b+c=d%e!f@b-c.example", 1 }, { "a@localhost", 1 }, { "\"a b\"@c.example", 1 }, { "\"a,b\"@c.example", 1 },
        { "a@xn--bcher-kva.example", 1 }, { "O'Neil@b.example", 1 },
        { "a", 0 }, { "@b", 0 }, { "a@", 0 }, { "a@b@c", 0 }, { ".a@b.example", 0 }, { "a.@b.example", 0 }, { "a..b@c.example", 0 },
        { "a b@c.example", 0 }, { "a,b@c.example", 0 }, { "<a@b.example>", 0 }, { "a@b.example>", 0 }, { "A <a@b.example>", 0 }, { "a@b..example", 0 },
        { "a@-b.example", 0 }, { "a@b-.example", 0 }, { "a@b.example.", 0 }, { "a@[127.0.0.1]", 0 }, { "\"\"@b.example", 0 }, { "\"a\\\"b\"@c.example", 0 },
        { "\"a>b\"@c.example", 0 }, { "\"a@b\"@c.example", 0 }, { "a@b_c.example", 0 }, { "a@b.example,c@d.example", 0 }, { "a@b.example c@d.example", 0 },
        { "d\xc3\xa9sk@b.example", 0 }, { "a@b\xc3\xbc" "cher.example", 0 }, { "a@b.example ", 0 }, { " a@b.example", 0 }, { "a@b.example SIZE=1", 0 } };
    letter *l = letter_new();
    char longest[300];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        l->message.address = rows[i].address;
        assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), rows[i].good ? CASEGATE_OK : CASEGATE_REFUSED);
    }
    snprintf(longest, sizeof longest, "%064d@b.example", 0);
    l->message.address = longest;
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_OK);
    snprintf(longest, sizeof longest, "%065d@b.example", 0);
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
    snprintf(longest, sizeof longest, "a@%063d.example", 0);
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_OK);
    snprintf(longest, sizeof longest, "a@%064d.example", 0);
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
    snprintf(longest, sizeof longest, "a@%060d.%060d.%060d.%060d.%09d", 0, 0, 0, 0, 0);   /* 255 */
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
    longest[strlen(longest) - 1] = 0;
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_OK);
    letter_free(l);
}

static void a_notice_without_an_address_is_refused_with_a_clear_reason(void **state)
{
    letter *l = letter_new();
    (void)state;
    for (int i = 0; i < 2; i++) {
        l->message.address = i ? "" : NULL;
        assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
        assert_string_equal(l->err.field, "address");
        assert_string_equal(l->err.text, "there is no address");
    }
    letter_free(l);
}

static void a_text_far_too_long_is_refused_not_cut(void **state)
{
    static char much[70000];
    letter *l = letter_new();
    (void)state;
    memset(much, 'x', sizeof much - 1);
    l->notice.comment = much;
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
    assert_string_equal(l->err.field, "comment");
    l->notice.comment = NULL;
    much[2049] = 0;
    l->notice.reference = much;
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_REFUSED);
    assert_string_equal(l->err.field, "reference");
    much[2048] = 0;
    assert_int_equal(make(l, CASEGATE_MAIL_MESSAGE), CASEGATE_OK);
    letter_free(l);
}

/* ---- misuse ------------------------------------------------------------------------------------------------------- */

static void misuse_is_answered(void **state)
{
    letter *l = letter_new();
    casegate_notice *none = NULL;
    (void)state;
    assert_int_equal(casegate_mail_compose(NULL, NULL, &l->message, 1, l->out, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_mail_compose(NULL, &l->options, NULL, 1, l->out, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_mail_compose(NULL, &l->options, &l->message, 1, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(make(l, 0), CASEGATE_E_INVALID);
    assert_int_equal(make(l, 5), CASEGATE_E_INVALID);
    assert_int_equal(make(l, -1), CASEGATE_E_INVALID);
    assert_int_equal(casegate_mail_check(NULL, NULL), CASEGATE_E_INVALID);
    l->message.notice = none;
    assert_int_equal(make(l, 1), CASEGATE_E_INVALID);
    l->message.notice = &l->notice;
    casegate_mail_id(NULL, l->out);
    casegate_mail_id("x", NULL);
    casegate_mail_options_init(NULL, 8);

    struct { casegate_mail_options o; char more[64]; } longer;
    memset(&longer, 0, sizeof longer);
    longer.o = l->options;
    longer.o.size = sizeof longer;
    assert_int_equal(casegate_mail_check(&longer.o, NULL), CASEGATE_OK);
    longer.more[63] = 1;
    assert_int_equal(casegate_mail_check(&longer.o, NULL), CASEGATE_E_ABI);
    static const size_t sizes[] = { 0, 1, sizeof longer.o - 1, 1u << 20, SIZE_MAX };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        longer.o.size = sizes[i];
        assert_int_equal(casegate_mail_check(&longer.o, NULL), CASEGATE_E_ABI);
        l->message.size = sizes[i] == sizeof longer.o - 1 ? sizeof l->message - 1 : sizes[i];
        assert_int_equal(make(l, 1), CASEGATE_E_ABI);
    }
    letter_free(l);
}

static struct { long left, given; } memory;
static void *CASEGATE_CALL alloc_(void *user, size_t size) { (void)user; return memory.left-- > 0 ? memory.given++, malloc(size) : NULL; }
static void *CASEGATE_CALL resize_(void *user, void *p, size_t size) { (void)user; return memory.left-- > 0 ? memory.given += !p, realloc(p, size) : NULL; }
static void CASEGATE_CALL release_(void *user, void *p) { (void)user; memory.given--; free(p); }

static void memory_that_runs_out_anywhere_is_told_and_nothing_leaks(void **state)
{
    casegate_host_ops ops;
    casegate_host *host = NULL;
    letter *l = letter_new();
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
        memory.left = n;
        casegate_buffer_clear(l->out);
        rc = casegate_mail_compose(host, &l->options, &l->message, CASEGATE_MAIL_MESSAGE, l->out, &l->err);
        assert_true(rc == CASEGATE_OK || (rc == CASEGATE_E_NOMEM && casegate_buffer_length(l->out) == 0));
        assert_int_equal(memory.given, before);
        assert_true(n < 1000);
    }
    assert_true(n > 5);
    casegate_host_unref(host);
    letter_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_language_renders_every_template),
        cmocka_unit_test(no_language_borrows_from_another),
        cmocka_unit_test(the_language_is_looked_up_from_the_most_exact_to_the_default),
        cmocka_unit_test(a_reason_has_the_label_of_the_mails_language_or_the_labs_own),
        cmocka_unit_test(a_message_has_the_headers_of_an_automatic_mail_and_both_bodies),
        cmocka_unit_test(a_repeat_carries_the_same_message_id_and_no_two_notices_share_one),
        cmocka_unit_test(every_line_is_short_ascii_whatever_the_text),
        cmocka_unit_test(what_relays_change_at_the_beginning_of_a_line_is_encoded),
        cmocka_unit_test(a_text_that_could_end_a_line_is_refused_and_named),
        cmocka_unit_test(a_reasons_label_or_a_comment_is_no_way_in_either),
        cmocka_unit_test(what_only_looks_like_a_header_stays_text),
        cmocka_unit_test(a_writer_that_could_break_a_header_is_invalid),
        cmocka_unit_test(a_link_is_a_url_with_the_case_and_nothing_else),
        cmocka_unit_test(one_grammar_of_addresses),
        cmocka_unit_test(a_notice_without_an_address_is_refused_with_a_clear_reason),
        cmocka_unit_test(a_text_far_too_long_is_refused_not_cut),
        cmocka_unit_test(misuse_is_answered),
        cmocka_unit_test(memory_that_runs_out_anywhere_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
