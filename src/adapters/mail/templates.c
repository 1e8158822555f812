/* SPDX-License-Identifier: MIT */
/* templates.c: the templates of a host, how they are judged when they come in, and which one a notice gets (RFC 4647, 3.4). */
#include "internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_ID = 64, LONGEST_LINE = 1000, LARGEST_BODY = 262144 };

typedef struct entry {
    struct entry *next;
    casegate_template given;   /* its texts lie behind it; .html NULL: none; .lab and .code "": any */
} entry;
typedef struct lab_name {
    struct lab_name *next;
    char *name;                /* behind the id */
    char lab[];
} lab_name;
struct casegate_templates {
    _Atomic int count;
    casegate_host *host;
    entry *entries;
    lab_name *labs;
};
struct casegate_templates_builder {
    casegate_templates *made;
    casegate_error first;   /* the failure that sticks */
};

void casegate_template_init(casegate_template *given, size_t size)
{
    if (!given || size < sizeof size) return;
    memset(given, 0, size);
    memcpy(given, &size, sizeof size);
}

static const char *text_of(const char *text) { return text ? text : ""; }

/* ---- counting ----------------------------------------------------------------------------------------------------- */

casegate_templates *casegate_templates_ref(const casegate_templates *templates)
{
    casegate_templates *shared = (casegate_templates *)templates;

    if (shared) atomic_fetch_add_explicit(&shared->count, 1, memory_order_relaxed);
    return shared;
}

void casegate_templates_unref(const casegate_templates *templates)
{
    casegate_templates *shared = (casegate_templates *)templates;

    if (!shared || atomic_fetch_sub_explicit(&shared->count, 1, memory_order_acq_rel) != 1) return;
    casegate_host *host = shared->host;
    for (entry *e = shared->entries, *next; e; e = next) {
        next = e->next;
        casegate_release(host, e);
    }
    for (lab_name *l = shared->labs, *next; l; l = next) {
        next = l->next;
        casegate_release(host, l);
    }
    casegate_release(host, shared);
    casegate_host_unref(host);
}

/* ---- building ----------------------------------------------------------------------------------------------------- */

casegate_templates_builder *casegate_templates_builder_new(casegate_host *host)
{
    casegate_templates_builder *builder = casegate_alloc(host, sizeof *builder);
    casegate_templates *made = casegate_alloc(host, sizeof *made);

    if (!builder || !made) {
        casegate_release(host, builder);
        casegate_release(host, made);
        return NULL;
    }
    memset(made, 0, sizeof *made);
    atomic_init(&made->count, 1);
    made->host = casegate_host_ref(host);
    builder->made = made;
    casegate_error_init(&builder->first, sizeof builder->first);
    return builder;
}

void casegate_templates_builder_free(casegate_templates_builder *builder)
{
    if (!builder) return;
    casegate_host *host = casegate_host_ref(builder->made->host);
    casegate_templates_unref(builder->made);
    casegate_release(host, builder);
    casegate_host_unref(host);
}

casegate_result casegate_templates_builder_finish(casegate_templates_builder *builder, casegate_templates **out, casegate_error *err)
{
    if (!builder) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    casegate_result rc = builder->first.code;
    if (rc != CASEGATE_OK) casegate_error_set(err, rc, builder->first.host_code, builder->first.field, builder->first.text);
    else if (!out) rc = casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    else *out = casegate_templates_ref(builder->made);
    casegate_templates_builder_free(builder);
    return rc;
}

/* ---- judging what comes in ---------------------------------------------------------------------------------------- */

static int is_id(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p < 0x21 || *p > 0x7E) return 0;
    return strlen(text) <= LONGEST_ID;
}

/* "template reject (de) of lab x, line 3, column 12: there is no such placeholder" */
static casegate_result misplaced(const casegate_template *t, const char *field, const char *source, size_t where, const char *wrong,
                                 casegate_error *err)
{
    char text[256], lab[LONGEST_ID + 16] = "";
    size_t line = 1, column = 1;

    for (size_t i = 0; i < where; i++) {
        line += source[i] == '\n';
        column = source[i] == '\n' ? 1 : column + 1;
    }
    if (cg_mail_is_there(t->lab)) snprintf(lab, sizeof lab, " of lab %s", t->lab);
    snprintf(text, sizeof text, "template %s (%s)%s, line %zu, column %zu: %s", cg_mail_is_there(t->code) ? t->code : "for any code",
             t->language, lab, line, column, wrong);
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, field, text);
}

static casegate_result invalid(const char *field, int32_t problem, casegate_error *err)
{
    char text[96];

    snprintf(text, sizeof text, "a template cannot have this %s: %s", field, casegate_problem_name(problem));
    return casegate_error_set(err, CASEGATE_E_INVALID, problem, field, text);
}

static casegate_result judge_source(const casegate_template *t, const char *field, const char *source, int format, casegate_error *err)
{
    const int one_line = format == CG_MAIL_IN_SUBJECT;
    cg_mail_page page = { .format = format };
    size_t where;
    int32_t problem = cg_mail_text_problem(source, !one_line, one_line ? LONGEST_LINE : LARGEST_BODY);

    if (problem) return invalid(field, problem, err);
    const char *wrong = cg_mail_render(&page, source, NULL, &where);
    return wrong ? misplaced(t, field, source, where, wrong, err) : CASEGATE_OK;
}

static casegate_result judge(const casegate_template *t, casegate_error *err)
{
    int32_t problem = cg_mail_language_problem(t->language);

    if (problem) return invalid("language", problem, err);
    if (!is_id(text_of(t->code))) return invalid("code", CASEGATE_PROBLEM_FORMAT, err);
    if (!is_id(text_of(t->lab))) return invalid("lab", CASEGATE_PROBLEM_FORMAT, err);
    if (!cg_mail_is_there(t->subject)) return invalid("subject", CASEGATE_PROBLEM_MISSING, err);
    if (!cg_mail_is_there(t->text)) return invalid("text", CASEGATE_PROBLEM_MISSING, err);
    casegate_result rc = judge_source(t, "subject", t->subject, CG_MAIL_IN_SUBJECT, err);
    if (rc == CASEGATE_OK) rc = judge_source(t, "text", t->text, CG_MAIL_IN_TEXT, err);
    if (rc == CASEGATE_OK && cg_mail_is_there(t->html)) rc = judge_source(t, "html", t->html, CG_MAIL_IN_HTML, err);
    return rc;
}

/* ---- keeping it --------------------------------------------------------------------------------------------------- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* ASCII, case ignored: the first len bytes of a are all of b. */
static int is_same(const char *a, size_t len, const char *b)
{
    for (size_t i = 0; i < len; i++)
        if (lower(a[i]) != lower(b[i])) return 0;
    return !b[len];
}

static const casegate_template *find(const casegate_templates *templates, const char *lab, const char *code, const char *language,
                                     size_t len)
{
    for (const entry *e = templates ? templates->entries : NULL; e; e = e->next)
        if (strcmp(e->given.lab, lab) == 0 && strcmp(e->given.code, code) == 0 && is_same(language, len, e->given.language))
            return &e->given;
    return NULL;
}

static casegate_result keep(casegate_templates *set, const casegate_template *t, casegate_error *err)
{
    const char *texts[] = { text_of(t->lab), text_of(t->code), t->language, t->subject, t->text, text_of(t->html) };
    const char *copies[sizeof texts / sizeof *texts];
    size_t size = sizeof(entry);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) size += strlen(texts[i]) + 1;
    entry *e = casegate_alloc(set->host, size);
    if (!e) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    char *at = (char *)(e + 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        copies[i] = strcpy(at, texts[i]);
        at += strlen(texts[i]) + 1;
    }
    e->given = (casegate_template) { sizeof e->given, copies[0], copies[1], copies[2], copies[3], copies[4],
                                     *copies[5] ? copies[5] : NULL };
    e->next = set->entries;
    set->entries = e;
    return CASEGATE_OK;
}

void casegate_templates_add(casegate_templates_builder *builder, const casegate_template *given)
{
    casegate_template t;

    if (!builder || builder->first.code != CASEGATE_OK) return;
    if (cg_mail_adopt(given, sizeof t, &t, sizeof t, "template", &builder->first) != CASEGATE_OK ||
        judge(&t, &builder->first) != CASEGATE_OK)
        return;
    if (find(builder->made, text_of(t.lab), text_of(t.code), t.language, strlen(t.language)))
        invalid("language", CASEGATE_PROBLEM_DUPLICATE, &builder->first);
    else
        keep(builder->made, &t, &builder->first);
}

static const lab_name *find_lab(const casegate_templates *templates, const char *lab)
{
    const lab_name *l = templates ? templates->labs : NULL;

    while (l && strcmp(l->lab, lab) != 0) l = l->next;
    return l;
}

void casegate_templates_add_lab(casegate_templates_builder *builder, const char *lab, const char *name)
{
    if (!builder || builder->first.code != CASEGATE_OK) return;
    if (!cg_mail_is_there(lab) || !is_id(lab) || find_lab(builder->made, lab)) {
        invalid("lab", cg_mail_is_there(lab) && is_id(lab) ? CASEGATE_PROBLEM_DUPLICATE : CASEGATE_PROBLEM_FORMAT, &builder->first);
        return;
    }
    int32_t problem = cg_mail_is_there(name) ? cg_mail_text_problem(name, 0, LONGEST_LINE) : CASEGATE_PROBLEM_MISSING;
    if (problem) {
        invalid("name", problem, &builder->first);
        return;
    }
    lab_name *l = casegate_alloc(builder->made->host, sizeof *l + strlen(lab) + strlen(name) + 2);
    if (!l) {
        casegate_error_set(&builder->first, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
        return;
    }
    strcpy(l->lab, lab);
    l->name = strcpy(l->lab + strlen(lab) + 1, name);
    l->next = builder->made->labs;
    builder->made->labs = l;
}

/* ---- choosing ----------------------------------------------------------------------------------------------------- */

const char *cg_mail_lab_name(const casegate_templates *templates, const char *lab)
{
    const lab_name *l = find_lab(templates, text_of(lab));

    return l ? l->name : text_of(lab);
}

static const cg_mail_words *built_in(const char *language, size_t len)
{
    for (size_t i = 0; i < cg_mail_words_count; i++)
        if (is_same(language, len, cg_mail_all_words[i].language)) return &cg_mail_all_words[i];
    return NULL;
}

static const cg_mail_saying *saying_of(const cg_mail_words *words, const char *code)
{
    for (size_t i = 0; i < CG_MAIL_SAYINGS; i++)
        if (strcmp(words->sayings[i].code, code) == 0) return &words->sayings[i];
    return NULL;
}

/* One language and one code: the lab's own, the host's own, the built-in one. */
static int choose_exactly(const casegate_templates *templates, const char *lab, const char *code, const char *language, size_t len,
                          cg_mail_choice *out)
{
    const casegate_template *own = find(templates, lab, code, language, len);
    const cg_mail_words *words = built_in(language, len);

    if (!own && *lab) own = find(templates, "", code, language, len);
    const cg_mail_saying *saying = !own && words ? saying_of(words, code) : NULL;
    if (own) *out = (cg_mail_choice) { .own = own, .language = own->language };
    else if (saying) *out = (cg_mail_choice) { .words = words, .saying = saying, .language = words->language };
    return own || saying;
}

/* RFC 4647, 3.4: the range is shortened subtag by subtag; a single letter or digit goes with what it introduces. */
static size_t shorten(const char *language, size_t len)
{
    while (len > 0 && language[len - 1] != '-') len--;
    if (len > 0) len--;
    if (len >= 2 && language[len - 2] == '-') len -= 2;
    return len;
}

static int choose_code(const casegate_templates *templates, const char *lab, const char *code, const char *language,
                       cg_mail_choice *out)
{
    for (size_t len = strlen(language); len > 0; len = shorten(language, len))
        if (choose_exactly(templates, lab, code, language, len, out)) return 1;
    return 0;
}

/* A text for just this code in another language says more than a neutral one in the recipient's. */
cg_mail_choice cg_mail_choose(const casegate_templates *templates, const char *lab, const char *code, const char *language,
                              const char *otherwise)
{
    const char *codes[] = { text_of(code), "" };
    const char *languages[] = { cg_mail_language_problem(language) ? "" : language, otherwise, "en" };
    cg_mail_choice choice = { .language = "en" };

    for (size_t c = 0; c < sizeof codes / sizeof *codes; c++)
        for (size_t l = 0; l < sizeof languages / sizeof *languages; l++)
            if (choose_code(templates, text_of(lab), codes[c], languages[l], &choice)) return choice;
    return choice;   /* not reached: there is a neutral one in English */
}
