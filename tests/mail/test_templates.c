/* SPDX-License-Identifier: MIT */
/* test_templates.c: a host's own templates: which one a notice gets, what is escaped, and what is refused when it comes in. */
#include "letter.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static casegate_template words(const char *lab, const char *code, const char *language, const char *text)
{
    return (casegate_template) { .size = sizeof(casegate_template), .lab = lab, .code = code, .language = language, .subject = "About {reference}",
                                 .text = text };
}

static void with(letter *l, const casegate_template *list, size_t count)
{
    casegate_templates_builder *b = casegate_templates_builder_new(NULL);
    casegate_templates *set = NULL;

    for (size_t i = 0; i < count; i++) casegate_templates_add(b, &list[i]);
    casegate_templates_add_lab(b, "lab-one", "Dental Lab \"One\" & Sons");
    assert_int_equal(casegate_templates_builder_finish(b, &set, &l->err), CASEGATE_OK);
    casegate_templates_unref(l->options.templates);
    l->options.templates = set;
}

static casegate_result add_one(const casegate_template *t, casegate_error *err)
{
    casegate_templates_builder *b = casegate_templates_builder_new(NULL);
    casegate_templates *set = NULL;

    casegate_templates_add(b, t);
    casegate_error_init(err, sizeof *err);
    casegate_result rc = casegate_templates_builder_finish(b, &set, err);
    casegate_templates_unref(set);
    return rc;
}

/* ---- choice ------------------------------------------------------------------------------------------------------- */

static void a_labs_own_words_go_before_the_hosts_and_the_hosts_before_the_built_in_ones(void **state)
{
    const casegate_template list[] = { words("lab-two", "reject", "en", "two"), words(NULL, "reject", "en", "host"),
                                       words("lab-one", "reject", "en", "one"), words("lab-one", "ship", "en", "ship"),
                                       words(NULL, NULL, "de", "etwas"), words("lab-two", "ship", "de-AT", "schiff") };
    static const struct { const char *lab, *code, *language, *text; } rows[] = {
        { "lab-one", "reject", "en", "one" }, { "lab-two", "reject", "en-GB", "two" }, { "lab-three", "reject", "en", "host" },
        { "lab-one", "ship", "de", "ship" },         /* the code in another language says more than a neutral text */
        { "lab-two", "ship", "de-at-1996", "schiff" }, { "lab-two", "ship", "de", "etwas" }, { "lab-two", "polish", "de", "etwas" } };
    letter *l = letter_new();
    (void)state;
    with(l, list, COUNT(list));
    for (size_t i = 0; i < COUNT(rows); i++) {
        l->notice.lab = rows[i].lab;
        l->notice.template_code = rows[i].code;
        l->message.language = rows[i].language;
        assert_string_equal(text_of(l, CASEGATE_MAIL_TEXT), rows[i].text);
    }
    l->notice.template_code = "reject";
    l->message.language = "fr";
    has(text_of(l, CASEGATE_MAIL_TEXT), "Bonjour");   /* not the host's English */
    letter_free(l);
}

static void a_lab_is_called_by_its_name(void **state)
{
    letter *l = letter_new();
    (void)state;
    with(l, NULL, 0);
    has(text_of(l, CASEGATE_MAIL_TEXT), "Dental Lab \"One\" & Sons has reviewed");
    has(text_of(l, CASEGATE_MAIL_HTML), "Dental Lab &quot;One&quot; &amp; Sons has reviewed");
    letter_free(l);
}

static void a_template_without_html_is_a_mail_of_text_alone(void **state)
{
    const casegate_template t = words(NULL, "reject", "en", "only text");
    letter *l = letter_new();
    (void)state;
    with(l, &t, 1);
    has(text_of(l, CASEGATE_MAIL_MESSAGE), "\r\nContent-Type: text/plain; charset=utf-8\r\n");
    lacks(casegate_buffer_data(l->out), "multipart");
    assert_string_equal(text_of(l, CASEGATE_MAIL_HTML), "");
    letter_free(l);
}

/* ---- placeholders ------------------------------------------------------------------------------------------------- */

static void every_placeholder_is_filled_and_escaped_where_it_must_be(void **state)
{
    casegate_template t = words(NULL, "reject", "en", "{case}|{reference}|{lab}|{clinic}|{name}|{reason}|{attempt}|{link}|{comment}");
    letter *l = letter_new();
    (void)state;
    t.html = "<p title='{comment}'>{name}</p>";
    with(l, &t, 1);
    l->message.name = "O'Neil <b>";
    l->notice.comment = "a < b & \"c\"\nd";

    assert_string_equal(text_of(l, CASEGATE_MAIL_TEXT),
                        "0192-77|NC-1042|Dental Lab \"One\" & Sons|clinic-north|O'Neil <b>|Incorrect or unreadable scan files|2|"
                        "https://portal.example/cases/0192-77|a < b & \"c\"\nd");
    assert_string_equal(text_of(l, CASEGATE_MAIL_HTML), "<p title='a &lt; b &amp; &quot;c&quot;<br>\nd'>O&#39;Neil &lt;b&gt;</p>");
    letter_free(l);
}

static void a_part_is_left_out_where_its_value_is_absent(void **state)
{
    const casegate_template t = words(NULL, "reject", "en", "a{?link} {link}{/link}{?name} {name}{/name}{?comment} {comment}{/comment} z");
    letter *l = letter_new();
    (void)state;
    with(l, &t, 1);
    assert_string_equal(text_of(l, CASEGATE_MAIL_TEXT), "a https://portal.example/cases/0192-77 The margin is cut off. z");
    l->options.link = NULL;
    l->notice.comment = "";
    assert_string_equal(text_of(l, CASEGATE_MAIL_TEXT), "a z");
    letter_free(l);
}

static void braces_of_a_style_sheet_are_braces_and_a_value_is_never_read_as_a_template(void **state)
{
    casegate_template t = words(NULL, "reject", "en", "{{case}} { x } {1} }{ {");
    letter *l = letter_new();
    (void)state;
    t.html = "<style>p { color: red }\n@media print {\n  p { color: black }\n}</style>{reference}";
    with(l, &t, 1);
    l->notice.reference = "{comment}{{{/link}";
    assert_string_equal(text_of(l, CASEGATE_MAIL_TEXT), "{case}} { x } {1} }{ {");
    assert_string_equal(text_of(l, CASEGATE_MAIL_HTML),
                        "<style>p { color: red }\n@media print {\n  p { color: black }\n}</style>{comment}{{{/link}");
    letter_free(l);
}

static void a_placeholder_that_is_unknown_or_misplaced_is_refused_with_its_place(void **state)
{
    static const struct { const char *text, *says; } rows[] = {
        { "Dear\n  {patient}", "template reject (de) of lab lab-one, line 2, column 3: there is no such placeholder" },
        { "{Case}", "line 1, column 1: there is no such placeholder" }, { "{TITLE}", "line 1, column 1: there is no such placeholder" },
        { "{color:red}", "column 1: this placeholder has no end" }, { "{case", "this placeholder has no end" }, { "{case }", "this placeholder has no end" },
        { "{?nothing}x{/nothing}", "there is no such placeholder" }, { "x{?link}y", "column 2: this part is never closed" },
        { "x{/link}", "column 2: this part was not begun" }, { "{?link}{/name}", "column 8: this part was not begun" },
        { "{?link}{?name}{/name}{/link}", "column 8: this part begins within another" }, { "{?}", "there is no such placeholder" } };
    casegate_error err;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        casegate_template t = words("lab-one", "reject", "de", rows[i].text);
        assert_int_equal(add_one(&t, &err), CASEGATE_E_INVALID);
        assert_string_equal(err.field, "text");
        has(err.text, rows[i].says);
        t.text = "x";
        t.html = rows[i].text;
        assert_int_equal(add_one(&t, &err), CASEGATE_E_INVALID);
        assert_string_equal(err.field, "html");
        t.html = NULL;
        t.subject = i == 0 ? "{patient}" : rows[i].text;
        assert_int_equal(add_one(&t, &err), CASEGATE_E_INVALID);
        assert_string_equal(err.field, "subject");
    }
}

static void what_cannot_be_a_template_is_refused_by_name(void **state)
{
    const casegate_template good = words(NULL, "reject", "de", "x");
    casegate_template bad[11];
    static const char *const fields[] = { "subject", "subject", "subject", "text", "text", "html", "language", "language", "language", "code", "lab" };
    static char long_id[80];
    casegate_error err;
    (void)state;
    memset(long_id, 'x', 65);
    for (size_t i = 0; i < COUNT(bad); i++) bad[i] = good;
    bad[0].subject = NULL;
    bad[1].subject = "a\r\nBcc: b";
    bad[2].subject = "{comment}";
    bad[3].text = "";
    bad[4].text = "a\r\nb";
    bad[5].html = "\xff";
    bad[6].language = NULL;
    bad[7].language = "de\r\nX: y";
    bad[8].language = "de--CH";
    bad[9].code = long_id;
    bad[10].lab = "a b";
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(add_one(&bad[i], &err), CASEGATE_E_INVALID);
        assert_string_equal(err.field, fields[i]);
    }
    assert_int_equal(add_one(&good, &err), CASEGATE_OK);
    assert_int_equal(add_one(NULL, &err), CASEGATE_E_INVALID);
    casegate_template sized = good;
    sized.size = 8;
    assert_int_equal(add_one(&sized, &err), CASEGATE_E_ABI);
}

static void a_template_or_a_lab_said_twice_is_refused_and_the_first_failure_sticks(void **state)
{
    const casegate_template one = words(NULL, "reject", "de", "x"), again = words("", "reject", "DE", "y");
    casegate_templates_builder *b = casegate_templates_builder_new(NULL);
    casegate_templates *set = NULL;
    casegate_error err = { .size = sizeof err };
    (void)state;
    casegate_templates_add(b, &one);
    casegate_templates_add(b, &again);
    casegate_templates_add_lab(b, "", "");
    assert_int_equal(casegate_templates_builder_finish(b, &set, &err), CASEGATE_E_INVALID);
    assert_int_equal(err.host_code, CASEGATE_PROBLEM_DUPLICATE);
    assert_string_equal(err.field, "language");
    assert_null(set);

    static const char *const labs[][3] = { { "lab-one", "Lab One", "lab-one" }, { "", "x", NULL }, { "lab one", "x", NULL } };
    for (size_t i = 0; i < COUNT(labs); i++) {
        b = casegate_templates_builder_new(NULL);
        casegate_templates_add_lab(b, labs[i][0], labs[i][1]);
        if (labs[i][2]) casegate_templates_add_lab(b, labs[i][2], "again");
        assert_int_equal(casegate_templates_builder_finish(b, &set, &err), CASEGATE_E_INVALID);
        assert_string_equal(err.field, "lab");
    }
    b = casegate_templates_builder_new(NULL);
    casegate_templates_add_lab(b, "lab-one", "a\nb");
    assert_int_equal(casegate_templates_builder_finish(b, &set, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "name");
}

static void misuse_is_answered(void **state)
{
    casegate_templates *set = NULL;
    (void)state;
    casegate_templates_add(NULL, NULL);
    casegate_templates_add_lab(NULL, NULL, NULL);
    casegate_templates_builder_free(NULL);
    casegate_templates_unref(NULL);
    assert_null(casegate_templates_ref(NULL));
    casegate_template_init(NULL, 0);
    assert_int_equal(casegate_templates_builder_finish(NULL, &set, NULL), CASEGATE_E_NOMEM);
    assert_int_equal(casegate_templates_builder_finish(casegate_templates_builder_new(NULL), NULL, NULL), CASEGATE_E_INVALID);
    casegate_templates_builder_free(casegate_templates_builder_new(NULL));
}

static struct { long left, given; } memory;
static void *CASEGATE_CALL alloc_(void *user, size_t size) { (void)user; return memory.left-- > 0 ? memory.given++, malloc(size) : NULL; }
static void *CASEGATE_CALL resize_(void *user, void *p, size_t size) { (void)user; return memory.left-- > 0 ? memory.given += !p, realloc(p, size) : NULL; }
static void CASEGATE_CALL release_(void *user, void *p) { (void)user; memory.given--; free(p); }

static void memory_that_runs_out_anywhere_is_told_and_nothing_leaks(void **state)
{
    const casegate_template t = words("lab-one", "reject", "de", "x");
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
        casegate_templates *set = NULL;
        memory.left = n;
        casegate_templates_builder *b = casegate_templates_builder_new(host);
        casegate_templates_add(b, &t);
        casegate_templates_add_lab(b, "lab-one", "Lab One");
        rc = casegate_templates_builder_finish(b, &set, NULL);
        assert_true(rc == CASEGATE_OK || (rc == CASEGATE_E_NOMEM && !set));
        casegate_templates_unref(set);
        assert_int_equal(memory.given, before);
    }
    assert_int_equal(n, 5);
    casegate_host_unref(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_labs_own_words_go_before_the_hosts_and_the_hosts_before_the_built_in_ones),
        cmocka_unit_test(a_lab_is_called_by_its_name),
        cmocka_unit_test(a_template_without_html_is_a_mail_of_text_alone),
        cmocka_unit_test(every_placeholder_is_filled_and_escaped_where_it_must_be),
        cmocka_unit_test(a_part_is_left_out_where_its_value_is_absent),
        cmocka_unit_test(braces_of_a_style_sheet_are_braces_and_a_value_is_never_read_as_a_template),
        cmocka_unit_test(a_placeholder_that_is_unknown_or_misplaced_is_refused_with_its_place),
        cmocka_unit_test(what_cannot_be_a_template_is_refused_by_name),
        cmocka_unit_test(a_template_or_a_lab_said_twice_is_refused_and_the_first_failure_sticks),
        cmocka_unit_test(misuse_is_answered),
        cmocka_unit_test(memory_that_runs_out_anywhere_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
