/* SPDX-License-Identifier: MIT */
/* letter.c: a rejection that becomes an e-mail, and how its headers are counted. */
#include "letter.h"

#include <stdlib.h>

letter *letter_new(void)
{
    static const casegate_label english = { sizeof english, "en", "Incorrect or unreadable scan files" };
    static const casegate_label *const labels[] = { &english };
    letter *l = calloc(1, sizeof *l);

    assert_non_null(l);
    casegate_notice_init(&l->notice, sizeof l->notice);
    l->notice.id = "0192-77.3.1";
    l->notice.case_id = "0192-77";
    l->notice.seq = 3;
    l->notice.ordinal = 1;
    l->notice.template_code = "reject";
    l->notice.channel = "email";
    l->notice.clinic = "clinic-north";
    l->notice.lab = "lab-one";
    l->notice.reference = "NC-1042";
    l->notice.attempt = 2;
    l->notice.reason = "unreadable_scan";
    l->notice.reason_labels = labels;
    l->notice.reason_label_count = 1;
    l->notice.comment = "The margin is cut off.";
    l->message = (casegate_message) { .size = sizeof l->message, .notice = &l->notice, .address = "clara@clinic.example" };
    casegate_mail_options_init(&l->options, sizeof l->options);
    l->options.from = "cases@lab.example";
    l->options.link = "https://portal.example/cases/{case}";
    l->out = casegate_buffer_new(NULL);
    assert_non_null(l->out);
    return l;
}

void letter_free(letter *l)
{
    casegate_templates_unref(l->options.templates);
    casegate_buffer_free(l->out);
    free(l);
}

casegate_result make(letter *l, int32_t part)
{
    casegate_error_init(&l->err, sizeof l->err);
    casegate_buffer_clear(l->out);
    return casegate_mail_compose(NULL, &l->options, &l->message, part, l->out, &l->err);
}

const char *text_of(letter *l, int32_t part)
{
    casegate_result rc = make(l, part);

    if (rc != CASEGATE_OK) fail_msg("%s: %s %s", casegate_result_name(rc), l->err.field, l->err.text);
    return casegate_buffer_data(l->out);
}

const char *headers_of(const char *message, char *room, size_t cap)
{
    size_t used = 0;

    room[0] = 0;
    for (const char *line = message; strncmp(line, "\r\n", 2) != 0;) {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        for (const char *p = line; p < end; p++) assert_true((*p >= ' ' && *p <= '~') || (*p == '\t' && p == line));
        assert_true(end - line <= 76 || strncmp(line, "Message-ID: ", 12) == 0 || strchr(line, '@'));
        assert_true(end - line <= 998);
        if (*line != ' ') {
            const char *colon = memchr(line, ':', (size_t)(end - line));
            assert_non_null(colon);
            used += (size_t)snprintf(room + used, cap - used, "%s%.*s", used ? " " : "", (int)(colon - line), line);
            assert_true(used < cap);
        }
        line = end + 2;
    }
    return room;
}
