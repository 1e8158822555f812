/* SPDX-License-Identifier: MIT */
/* test_random.c: random templates and values: whatever comes out has the usual headers and short ASCII lines, or nothing comes out. */
#include "letter.h"

#include <stdlib.h>

/* CASEGATE_RANDOM_RUNS=N for more of it by hand. */
#define USUAL "From To Subject Date Message-ID Auto-Submitted MIME-Version Content-Language Content-Type"
enum { RUNS = 5000 };
static uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % below;
}

static const char *random_text(char *room, size_t cap)
{
    static const char *const pieces[] = { "{", "}", "{?link}", "{/link}", "{{", "{case}", "{reference}", "{name}", "{comment}", "{TITLE}", "{x}", " ", "\n", "\r",
        "\r\n", "Bcc: x", "=?UTF-8?B?", "?=", "<", ">", "&", "\"", ".", "\r\n.\r\n", "\xc3\xa4", "\xf0\x9f\xa6\xb7", "\xe2\x80\xa8", "\xff", "\xc3", "a", "From ",
        "--=_casegate_alternative", "\x7f", "=", "a@b.example", "," };
    size_t used = 0;

    room[0] = 0;
    for (uint32_t n = draw(9); n > 0; n--) {
        const char *piece = pieces[draw(sizeof pieces / sizeof *pieces)];
        if (used + strlen(piece) < cap) used += strlen(strcpy(room + used, piece));
    }
    return room;
}

static casegate_templates *random_templates(int *refused, int *text_alone)
{
    char subject[256], text[256], html[256];
    const casegate_template t = { .size = sizeof t, .code = "reject", .language = "en", .subject = random_text(subject, sizeof subject),
                                  .text = random_text(text, sizeof text), .html = random_text(html, sizeof html) };
    casegate_templates_builder *b = casegate_templates_builder_new(NULL);
    casegate_templates *set = NULL;

    casegate_templates_add(b, &t);
    *text_alone = !*html;
    *refused = casegate_templates_builder_finish(b, &set, NULL) != CASEGATE_OK;
    return set;
}

static void random_input_makes_a_sound_message_or_none(void **state)
{
    const char *runs = getenv("CASEGATE_RANDOM_RUNS");
    long made = 0, refused = 0, own = 0;
    letter *l = letter_new();
    char rooms[8][256], names[512];
    (void)state;
    for (long i = runs ? atol(runs) : RUNS; i > 0; i--) {
        const char **fields[] = { &l->notice.reference, &l->message.name, &l->notice.comment, &l->notice.lab, &l->notice.case_id, &l->message.address,
                                  &l->notice.id, &l->message.language };
        const char *before[8];
        int bad = 1, text_alone = 0;
        const uint32_t which = draw(8);
        before[which] = *fields[which];
        *fields[which] = random_text(rooms[which], sizeof rooms[which]);
        casegate_templates *set = draw(2) ? random_templates(&bad, &text_alone) : NULL;
        l->options.templates = set;
        own += !bad;

        casegate_result rc = make(l, CASEGATE_MAIL_MESSAGE);

        if (rc == CASEGATE_OK) {
            headers_of(casegate_buffer_data(l->out), names, sizeof names);
            assert_string_equal(names, !bad && text_alone ? USUAL " Content-Transfer-Encoding" : USUAL);
            assert_null(strstr(casegate_buffer_data(l->out), "\r\n.\r\n"));
            made++;
        } else {
            assert_int_equal(rc, CASEGATE_REFUSED);
            assert_int_equal(casegate_buffer_length(l->out), 0);
            refused++;
        }
        casegate_templates_unref(set);
        l->options.templates = NULL;
        *fields[which] = before[which];
    }
    assert_true(made > refused / 10 && refused > 0 && own > 0);
    letter_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_input_makes_a_sound_message_or_none) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
