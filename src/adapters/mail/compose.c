/* SPDX-License-Identifier: MIT */
/* compose.c: an e-mail out of a notice: which values go in, that none of them can break out, and the order of headers and parts. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_LINE = 2048, LONGEST_TEXT = 65536 };
/* A line of quoted-printable never holds "=_" (RFC 2045, 6.7), so no body can hold this. */
#define BOUNDARY "=_casegate_alternative"

void casegate_mail_options_init(casegate_mail_options *options, size_t size)
{
    if (!options || size < sizeof size) return;
    memset(options, 0, size);
    memcpy(options, &size, sizeof size);
}

/* ---- options ------------------------------------------------------------------------------------------------------ */

static casegate_result fault(casegate_error *err, casegate_result code, const char *field, int32_t problem)
{
    char text[128];

    snprintf(text, sizeof text, "%s cannot stand in an e-mail: %s", field, casegate_problem_name(problem));
    return casegate_error_set(err, code, problem, field, text);
}

/* "https://portal.example/cases/{case}": characters of a URI (RFC 3986), no other placeholder. */
static int32_t link_problem(const char *link)
{
    static const char extra[] = "-._~:/?#[]@!$&'()*+,;=%";
    int32_t problem = cg_mail_text_problem(link, 0, LONGEST_LINE);

    if (problem) return problem;
    if (strncmp(link, "https://", 8) != 0 && strncmp(link, "http://", 7) != 0) return CASEGATE_PROBLEM_FORMAT;
    for (const char *p = link; *p; p++) {
        int plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (strncmp(p, "{case}", 6) == 0) p += 5;
        else if (!plain && !strchr(extra, *p)) return CASEGATE_PROBLEM_FORMAT;
    }
    return 0;
}

static casegate_result judge_options(const casegate_mail_options *o, casegate_error *err)
{
    const struct { const char *field; int32_t problem; } faults[] = {
        { "from", cg_mail_address_problem(o->from) },
        { "from_name", cg_mail_text_problem(o->from_name, 0, LONGEST_LINE) },
        { "reply_to", cg_mail_is_there(o->reply_to) ? cg_mail_address_problem(o->reply_to) : 0 },
        { "domain", cg_mail_is_there(o->domain) ? cg_mail_domain_problem(o->domain) : 0 },
        { "link", cg_mail_is_there(o->link) ? link_problem(o->link) : 0 },
        { "language", cg_mail_is_there(o->language) ? cg_mail_language_problem(o->language) : 0 },
    };

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (faults[i].problem) return fault(err, CASEGATE_E_INVALID, faults[i].field, faults[i].problem);
    return CASEGATE_OK;
}

casegate_result casegate_mail_check(const casegate_mail_options *options, casegate_error *err)
{
    casegate_mail_options adopted;
    casegate_result rc = cg_mail_adopt(options, sizeof adopted, &adopted, sizeof adopted, "options", err);

    return rc == CASEGATE_OK ? judge_options(&adopted, err) : rc;
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

/* Everything that one e-mail is made of. */
typedef struct draft {
    casegate_host *host;
    const casegate_mail_options *options;
    const casegate_message *message;
    const casegate_notice *notice;
    cg_mail_choice choice;
    cg_mail_page page;
    char attempt[16];
    casegate_buffer *link, *subject, *body;
} draft;

static const char *text_of(const char *text) { return text ? text : ""; }
static const char *first_of(const char *one, const char *other) { return cg_mail_is_there(one) ? one : text_of(other); }

/* Whatever a store or a host put into the notice: nothing of it may end a line or be more than text. */
static casegate_result judge_message(const casegate_message *m, casegate_error *err)
{
    const casegate_notice *n = m->notice;
    const struct { const char *field, *text; size_t most; } lines[] = {
        { "id", n->id, LONGEST_LINE }, { "case", n->case_id, LONGEST_LINE }, { "template", n->template_code, LONGEST_LINE },
        { "clinic", n->clinic, LONGEST_LINE }, { "lab", n->lab, LONGEST_LINE }, { "reference", n->reference, LONGEST_LINE },
        { "reason", n->reason, LONGEST_LINE }, { "name", m->name, LONGEST_LINE } };

    if (!cg_mail_is_there(m->address))
        return casegate_error_set(err, CASEGATE_REFUSED, CASEGATE_PROBLEM_MISSING, "address", "there is no address");
    if (cg_mail_address_problem(m->address))
        return casegate_error_set(err, CASEGATE_REFUSED, cg_mail_address_problem(m->address), "address", "not a plain address");
    if (!cg_mail_is_there(n->id)) return fault(err, CASEGATE_REFUSED, "id", CASEGATE_PROBLEM_MISSING);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int32_t problem = cg_mail_text_problem(lines[i].text, 0, lines[i].most);
        if (problem) return fault(err, CASEGATE_REFUSED, lines[i].field, problem);
    }
    for (size_t i = 0; i < n->reason_label_count; i++) {
        int32_t problem = cg_mail_text_problem(n->reason_labels[i]->text, 0, LONGEST_LINE);
        if (problem) return fault(err, CASEGATE_REFUSED, "reason_labels", problem);
    }
    int32_t problem = cg_mail_text_problem(n->comment, 1, LONGEST_TEXT);
    return problem ? fault(err, CASEGATE_REFUSED, "comment", problem) : CASEGATE_OK;
}

static const char *exact_label(const casegate_notice *n, const char *language)
{
    for (size_t i = 0; i < n->reason_label_count; i++)
        if (strcmp(text_of(n->reason_labels[i]->language), language) == 0) return n->reason_labels[i]->text;
    return NULL;
}

/* The lab's label in the e-mail's language; the guide's own reasons are known in each built-in one; else what there is. */
static const char *reason_of(const draft *d)
{
    const casegate_notice *n = d->notice;
    const char *label = exact_label(n, d->choice.language);

    if (!cg_mail_is_there(n->reason)) return NULL;
    if (!label && d->choice.words) label = cg_mail_reason_in(d->choice.words, n->reason, exact_label(n, "en"));
    if (!label) label = casegate_label_for(n->reason_labels, n->reason_label_count, d->choice.language);
    return first_of(label, n->reason);
}

static void put_link(draft *d)
{
    for (const char *p = d->options->link; *p; p++) {
        if (strncmp(p, "{case}", 6) != 0) {
            casegate_buffer_append(d->link, p, 1);
            continue;
        }
        casegate_mail_id(d->notice->case_id, d->link);
        p += 5;
    }
}

static void fill_slots(draft *d)
{
    const cg_mail_words *w = d->choice.words;
    const cg_mail_saying *s = d->choice.saying;
    const struct { int slot; const char *text; } slots[] = {
        { CG_MAIL_LANGUAGE, w->language }, { CG_MAIL_ACCENT, cg_mail_accent(s->code) }, { CG_MAIL_THE_SUBJECT, s->subject },
        { CG_MAIL_TITLE, s->title }, { CG_MAIL_GREETING, w->greeting }, { CG_MAIL_WHAT, s->what }, { CG_MAIL_NEXT, s->next },
        { CG_MAIL_WORD_CASE, w->kase }, { CG_MAIL_WORD_LAB, w->lab }, { CG_MAIL_WORD_REASON, w->reason },
        { CG_MAIL_WORD_ATTEMPT, w->attempt }, { CG_MAIL_OPEN, w->open }, { CG_MAIL_FOOTER, w->footer } };

    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) d->page.of[slots[i].slot] = slots[i].text;
}

static void fill(draft *d)
{
    const casegate_notice *n = d->notice;
    const char **of = d->page.of;

    d->choice = cg_mail_choose(d->options->templates, n->lab, n->template_code, d->message->language,
                               text_of(d->options->language));
    if (cg_mail_is_there(d->options->link)) put_link(d);
    snprintf(d->attempt, sizeof d->attempt, "%u", n->attempt);
    of[CG_MAIL_CASE] = n->case_id;
    of[CG_MAIL_REFERENCE] = first_of(n->reference, n->case_id);
    of[CG_MAIL_LAB] = cg_mail_lab_name(d->options->templates, n->lab);
    of[CG_MAIL_CLINIC] = n->clinic;
    of[CG_MAIL_NAME] = d->message->name;
    of[CG_MAIL_REASON] = reason_of(d);
    of[CG_MAIL_ATTEMPT] = d->attempt;
    of[CG_MAIL_LINK] = casegate_buffer_data(d->link);
    of[CG_MAIL_COMMENT] = n->comment;
    if (d->choice.words) fill_slots(d);
}

/* ---- parts -------------------------------------------------------------------------------------------------------- */

static void render(draft *d, int format, int slots, const char *source, casegate_buffer *out)
{
    size_t where;

    d->page.format = format;
    d->page.slots = slots;
    cg_mail_render(&d->page, source, out, &where);   /* was judged when it came in */
}

static void put_subject(draft *d, casegate_buffer *out)
{
    render(d, CG_MAIL_IN_SUBJECT, 0, d->choice.own ? d->choice.own->subject : d->choice.saying->subject, out);
}

static void put_text(draft *d, casegate_buffer *out)
{
    if (d->choice.own) render(d, CG_MAIL_IN_TEXT, 0, d->choice.own->text, out);
    else render(d, CG_MAIL_IN_TEXT, 1, cg_mail_layout_text, out);
}

static int has_html(const draft *d) { return !d->choice.own || d->choice.own->html; }

static void put_html(draft *d, casegate_buffer *out)
{
    if (!has_html(d)) return;
    if (d->choice.own) {
        render(d, CG_MAIL_IN_HTML, 0, d->choice.own->html, out);
        return;
    }
    render(d, CG_MAIL_IN_HTML, 1, cg_mail_layout_head, out);
    render(d, CG_MAIL_IN_HTML, 1, cg_mail_layout_body, out);
}

static void put_part(draft *d, const char *type, void (*put)(draft *, casegate_buffer *), casegate_buffer *out)
{
    casegate_buffer_clear(d->body);
    put(d, d->body);
    cg_mail_put(out, "Content-Type: ");
    cg_mail_put(out, type);
    cg_mail_put(out, "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    cg_mail_put_quoted_printable(out, casegate_buffer_data(d->body));
    cg_mail_put(out, "\r\n");
}

static void put_headers(draft *d, casegate_buffer *out)
{
    const casegate_mail_options *o = d->options;

    put_subject(d, d->subject);
    cg_mail_put_mailbox(out, "From", o->from_name, o->from);
    cg_mail_put_mailbox(out, "To", d->message->name, d->message->address);
    if (cg_mail_is_there(o->reply_to)) cg_mail_put_mailbox(out, "Reply-To", NULL, o->reply_to);
    cg_mail_put_words(out, "Subject", casegate_buffer_data(d->subject));
    cg_mail_put_date(out, casegate_now_us(d->host));
    cg_mail_put(out, "Message-ID: <");
    casegate_mail_id(d->notice->id, out);
    cg_mail_put(out, "@");
    cg_mail_put(out, cg_mail_is_there(o->domain) ? o->domain : strrchr(o->from, '@') + 1);
    cg_mail_put(out, ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Language: ");
    cg_mail_put(out, d->choice.language);
    cg_mail_put(out, "\r\n");
}

static void put_message(draft *d, casegate_buffer *out)
{
    put_headers(d, out);
    if (!has_html(d)) {
        put_part(d, "text/plain", put_text, out);
        return;
    }
    cg_mail_put(out, "Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY "\"\r\n\r\n--" BOUNDARY "\r\n");
    put_part(d, "text/plain", put_text, out);
    cg_mail_put(out, "--" BOUNDARY "\r\n");
    put_part(d, "text/html", put_html, out);
    cg_mail_put(out, "--" BOUNDARY "--\r\n");
}

/* ---- composing ---------------------------------------------------------------------------------------------------- */

static casegate_result compose(draft *d, void (*put)(draft *, casegate_buffer *), casegate_buffer *out, casegate_error *err)
{
    casegate_buffer *whole = casegate_buffer_new(d->host);
    casegate_buffer *const all[] = { d->link, d->subject, d->body, whole };
    casegate_result rc = CASEGATE_OK;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!all[i]) rc = CASEGATE_E_NOMEM;
    if (rc == CASEGATE_OK) {
        fill(d);
        put(d, whole);
    }
    for (size_t i = 0; i < sizeof all / sizeof *all && rc == CASEGATE_OK; i++) rc = casegate_buffer_status(all[i]);
    if (rc == CASEGATE_OK) {
        casegate_buffer_append(out, casegate_buffer_data(whole), casegate_buffer_length(whole));
        rc = casegate_buffer_status(out);
    }
    casegate_buffer_free(whole);
    return rc == CASEGATE_OK ? rc : casegate_error_set(err, rc, 0, NULL, "out of memory");
}

static casegate_result judge_arguments(const casegate_message *message, int32_t part, const casegate_buffer *out, casegate_error *err)
{
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    if (part < CASEGATE_MAIL_MESSAGE || part > CASEGATE_MAIL_HTML)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "part", "there is no such part");
    if (!message->notice)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "message.notice", "is NULL");
    return judge_message(message, err);
}

casegate_result casegate_mail_compose(casegate_host *host, const casegate_mail_options *options, const casegate_message *message,
                                      int32_t part, casegate_buffer *out, casegate_error *err)
{
    static void (*const parts[])(draft *, casegate_buffer *) = { NULL, put_message, put_subject, put_text, put_html };
    casegate_mail_options o;
    casegate_message m;
    casegate_result rc = cg_mail_adopt(options, sizeof o, &o, sizeof o, "options", err);

    if (rc == CASEGATE_OK) rc = judge_options(&o, err);
    if (rc == CASEGATE_OK) rc = cg_mail_adopt(message, sizeof m, &m, sizeof m, "message", err);
    if (rc == CASEGATE_OK) rc = judge_arguments(&m, part, out, err);
    if (rc != CASEGATE_OK) return rc;
    draft d = { .host = host, .options = &o, .message = &m, .notice = m.notice, .link = casegate_buffer_new(host),
                .subject = casegate_buffer_new(host), .body = casegate_buffer_new(host) };
    rc = compose(&d, parts[part], out, err);
    casegate_buffer_free(d.link);
    casegate_buffer_free(d.subject);
    casegate_buffer_free(d.body);
    return rc;
}
