/* SPDX-License-Identifier: MIT */
/* verdict.c: verdicts and findings as JSON, with the parameters that the core's tables name. */
#include "internal.h"

enum { SENTENCE = 0, REMEDY = 1 };

/* A verdict does not tell its host: what is too long for the stack is in libc's memory. Never writes a text that is cut. */
static casegate_result write_words(cg_writer *w, const casegate_verdict *verdict, size_t i, int32_t which, const char *name)
{
    char small[512], *large = NULL;
    size_t length = casegate_verdict_text(verdict, i, which, small, sizeof small);
    if (length >= sizeof small) {
        large = casegate_alloc(NULL, length + 1);
        if (!large) return CASEGATE_E_NOMEM;
        casegate_verdict_text(verdict, i, which, large, length + 1);
    }
    cg_key(w, name);
    cg_text(w, large ? large : small);
    casegate_release(NULL, large);
    return CASEGATE_OK;
}

static void write_list(cg_writer *w, const casegate_verdict *verdict, size_t i)
{
    const char *line;
    cg_open(w, '[');
    for (size_t k = 0; (line = casegate_verdict_list(verdict, i, k)) != NULL; k++) {
        cg_element(w);
        cg_text(w, line);
    }
    cg_close(w, ']');
}

static void write_at(cg_writer *w, const char *name, int64_t us)
{
    char text[40];
    if (!us) return;
    casegate_time_format(us, text, sizeof text);
    cg_member(w, name, text);
}

static void write_number(cg_writer *w, const char *name, uint32_t number)
{
    cg_key(w, name);
    cg_integer(w, number);
}

static void write_parameter(cg_writer *w, const casegate_verdict *verdict, size_t i, const casegate_parameter *p)
{
    const casegate_obstacle *o = casegate_verdict_at(verdict, i);
    switch (p->in) {
    case CASEGATE_IN_SUBJECT: cg_member(w, p->name, o->subject); break;
    case CASEGATE_IN_VALUE: cg_member(w, p->name, o->value); break;
    case CASEGATE_IN_GIVEN: write_number(w, p->name, o->given); break;
    case CASEGATE_IN_CURRENT: write_number(w, p->name, o->current); break;
    case CASEGATE_IN_AT: write_at(w, p->name, o->at_us); break;
    case CASEGATE_IN_LIST:
        cg_key(w, p->name);
        write_list(w, verdict, i);
        break;
    default: break;   /* of a newer core */
    }
}

static casegate_result write_obstacle(cg_writer *w, const casegate_verdict *verdict, size_t i)
{
    casegate_result rc;
    const casegate_obstacle *o = casegate_verdict_at(verdict, i);
    const casegate_parameter *p;
    cg_open(w, '{');
    cg_member(w, "code", o->name);
    for (size_t k = 0; (p = casegate_obstacle_parameter(o->code, k)) != NULL; k++) write_parameter(w, verdict, i, p);
    rc = write_words(w, verdict, i, SENTENCE, "sentence");
    if (rc == CASEGATE_OK) rc = write_words(w, verdict, i, REMEDY, "remedy");
    cg_close(w, '}');
    return rc;
}

casegate_result casegate_json_write_verdict(const casegate_verdict *verdict, uint32_t indent, casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out) return CASEGATE_E_NOMEM;
    cg_open(&w, '[');
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        cg_element(&w);
        casegate_result rc = write_obstacle(&w, verdict, i);
        if (rc != CASEGATE_OK) return rc;
    }
    cg_close(&w, ']');
    return cg_written(&w);
}

casegate_result casegate_json_write_findings(const casegate_findings *findings, uint32_t indent, casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out) return CASEGATE_E_NOMEM;
    cg_open(&w, '[');
    for (size_t i = 0; i < casegate_findings_count(findings); i++) {
        const casegate_finding *f = casegate_findings_at(findings, i);
        cg_element(&w);
        cg_open(&w, '{');
        cg_member(&w, "code", f->name);
        cg_member(&w, "level", casegate_level_name(f->level));
        cg_member(&w, "subject", f->subject);
        cg_member(&w, "suggests", f->suggests);
        cg_close(&w, '}');
    }
    cg_close(&w, ']');
    return cg_written(&w);
}
