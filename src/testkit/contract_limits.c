/* SPDX-License-Identifier: MIT */
/* contract_limits.c: what a store promises of the largest: everything that is allowed in is kept to the last byte. */
#include "contract.h"

#include <stdio.h>

/* As the default limits: so many of each list, ids and texts so long. */
enum { ELEMENTS = 200, TEETH = 32, ID = 64, LINE = 256, TEXT = 4096, INSTRUCTIONS = 16384, URI = 2048 };

/* So many bytes: a name that tells it from others, then two-byte characters, one of a byte before them where the length is odd. */
static char *long_text(char *out, size_t len, const char *name)
{
    const size_t head = (size_t)snprintf(out, len + 1, "%s%s", name, (len - strlen(name)) % 2 ? "." : "");
    for (size_t i = head; i + 1 < len; i += 2) memcpy(out + i, "\xc3\xa9", 3);
    return out;
}

/* Ids are ASCII. */
static char *long_id(char *out, const char *kind, size_t i)
{
    snprintf(out, ID + 1, "%s-%03lu-", kind, (unsigned long)i);
    memset(out + strlen(out), 'x', ID - strlen(out));
    out[ID] = '\0';
    return out;
}

static void add_services(casegate_content_builder *b)
{
    static const char *const teeth[TEETH] = { "11", "12", "13", "14", "15", "16", "17", "18", "21", "22", "23", "24", "25", "26", "27", "28",
                                              "31", "32", "33", "34", "35", "36", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48" };
    static char id[ID + 1], line[LINE + 1], notes[TEXT + 1];
    casegate_service service = { .size = sizeof service, .id = id, .code = long_text(line, LINE, "code"), .name = line, .material = line,
                                 .shade = line, .teeth = teeth, .tooth_count = TEETH, .quantity = INT32_MAX };
    for (size_t i = 0; i < ELEMENTS; i++) {
        long_id(id, "service", i);
        service.notes = i == 0 ? long_text(notes, TEXT, "notes") : NULL;
        casegate_content_add_service(b, &service);
    }
}

static void add_answers_and_files(casegate_content_builder *b)
{
    static char id[ID + 1], about[ID + 1], line[LINE + 1], text[TEXT + 1], uri[URI + 1];
    static const char digest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    casegate_answer answer = { .size = sizeof answer, .id = id, .service = long_id(about, "service", ELEMENTS - 1), .required = 1 };
    casegate_file file = { .size = sizeof file, .id = id, .kind = "scan", .name = long_text(line, LINE, "file"), .media_type = "model/stl",
                           .sha256 = digest, .bytes = INT64_MAX, .size_known = 1 };
    for (size_t i = 0; i < ELEMENTS; i++) {
        long_id(id, "answer", i);
        answer.question = answer.response = i == 0 ? long_text(text, TEXT, "answer") : "yes";
        casegate_content_add_answer(b, &answer);
        long_id(id, "file", i);
        file.uri = i == 0 ? long_text(uri, URI, "https://files.example/") : NULL;
        casegate_content_add_file(b, &file);
    }
}

static casegate_content *largest_content(cg_rule *r)
{
    static char line[LINE + 1], instructions[INSTRUCTIONS + 1];
    casegate_content *content = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, long_text(line, LINE, "reference"));
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, line);
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_NAME, line);
    casegate_content_set(b, CASEGATE_CONTENT_INSTRUCTIONS, long_text(instructions, INSTRUCTIONS, "instructions"));
    add_services(b);
    add_answers_and_files(b);
    cg_gives(r, casegate_content_builder_finish(b, &content, &r->err), CASEGATE_OK, "the suite's largest content");
    return content;
}

static void largest(cg_rule *r)
{
    static char case_id[ID + 1], actor[ID + 1], request[ID + 1], comment[TEXT + 1];
    cg_case c;
    casegate_content *content = largest_content(r);
    const cg_wish creation = { .content = content, .actor = long_id(actor, "actor", 0), .request = long_id(request, "request", 0) };
    const cg_wish rejection = { .comment = long_text(comment, TEXT, "comment"), .file = 1 };
    cg_case_open(&c, long_id(case_id, "case", 0));
    if (cg_step(r, &c, CASEGATE_CREATE, &creation) && cg_is_loaded(r, &c) && cg_is_content_stored(r, &c) &&
        cg_step(r, &c, CASEGATE_SUBMIT, NULL) && cg_step(r, &c, CASEGATE_REJECT, &rejection) && cg_is_loaded(r, &c) && r->ops->history &&
        cg_gives(r, cg_history(r, c.id, 2, 1), CASEGATE_OK, "history"))
        cg_is_view(r, CASEGATE_VIEW_EVENT, casegate_answers_event(r->answers, 0), c.commit->events[0], "history: the longest comment");
    cg_case_close(&c);
    casegate_content_unref(content);
}

const cg_contract_rule cg_rules_of_limits[] = {
    { "what_is_as_large_as_the_limits_allow_is_kept_to_the_last_byte", NULL, largest },
    { NULL, NULL, NULL },
};
