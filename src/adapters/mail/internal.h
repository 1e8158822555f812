/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the component mail share: judging texts, placeholders, words, templates, encodings. */
#ifndef CASEGATE_MAIL_INTERNAL_H
#define CASEGATE_MAIL_INTERNAL_H

#include <casegate/mail.h>

/* Functions carry cg_mail_, not only cg_: static libraries of several components meet in one program. */

/* ---- text.c: what a text may hold --------------------------------------------------------------------------------- */

/* 0, or a CASEGATE_PROBLEM_...: UTF-8 without control characters; with lines, newline and tab are none. Absent is fine. */
int32_t cg_mail_text_problem(const char *text, int lines, size_t most);
int32_t cg_mail_address_problem(const char *address);
int32_t cg_mail_domain_problem(const char *domain);
int32_t cg_mail_language_problem(const char *language);
int cg_mail_is_there(const char *text);
/* The struct as this library knows it: shorter ones (not below v1) get zeros, longer ones are taken if the excess is zero. */
casegate_result cg_mail_adopt(const void *given, size_t v1, void *copy, size_t ours, const char *field, casegate_error *err);

/* ---- words.c: the built-in texts ---------------------------------------------------------------------------------- */

/* Every text may hold placeholders. */
typedef struct cg_mail_saying {
    const char *code;      /* "": for every other one */
    const char *subject, *title, *what, *next;
} cg_mail_saying;
enum { CG_MAIL_SAYINGS = 5, CG_MAIL_REASONS = 5 };
typedef struct cg_mail_words {
    const char *language;
    const char *greeting, *kase, *lab, *reason, *attempt, *open, *footer;
    cg_mail_saying sayings[CG_MAIL_SAYINGS];
    const char *reasons[CG_MAIL_REASONS];   /* in the order of the guide */
} cg_mail_words;
extern const cg_mail_words cg_mail_all_words[];
extern const size_t cg_mail_words_count;
/* The guide's own reason in another language; NULL if the code or its English label is a lab's own. */
const char *cg_mail_reason_in(const cg_mail_words *words, const char *code, const char *english);

/* ---- render.c: placeholders --------------------------------------------------------------------------------------- */

/* In this order in the table of names; from CG_MAIL_SLOT on they stand in the built-in layouts only. */
enum {
    CG_MAIL_CASE, CG_MAIL_REFERENCE, CG_MAIL_LAB, CG_MAIL_CLINIC, CG_MAIL_NAME, CG_MAIL_REASON, CG_MAIL_ATTEMPT, CG_MAIL_LINK,
    CG_MAIL_COMMENT,
    CG_MAIL_SLOT, CG_MAIL_LANGUAGE = CG_MAIL_SLOT, CG_MAIL_ACCENT, CG_MAIL_THE_SUBJECT, CG_MAIL_TITLE, CG_MAIL_GREETING,
    CG_MAIL_WHAT, CG_MAIL_NEXT, CG_MAIL_WORD_CASE, CG_MAIL_WORD_LAB, CG_MAIL_WORD_REASON, CG_MAIL_WORD_ATTEMPT, CG_MAIL_OPEN,
    CG_MAIL_FOOTER,
    CG_MAIL_NAMES
};
enum { CG_MAIL_IN_SUBJECT, CG_MAIL_IN_TEXT, CG_MAIL_IN_HTML };
typedef struct cg_mail_page {
    int format;                              /* CG_MAIL_IN_... */
    int slots;                               /* 1: a layout of the library */
    const char *of[CG_MAIL_NAMES];           /* values; those of slots hold placeholders themselves */
} cg_mail_page;
/* Writes source with its placeholders filled; out NULL: only checks. NULL, or what is wrong, at *where. */
const char *cg_mail_render(const cg_mail_page *page, const char *source, casegate_buffer *out, size_t *where);

/* ---- templates.c: which words ------------------------------------------------------------------------------------- */

/* Exactly one of the two is set. */
typedef struct cg_mail_choice {
    const casegate_template *own;
    const cg_mail_words *words;
    const cg_mail_saying *saying;
    const char *language;
} cg_mail_choice;
cg_mail_choice cg_mail_choose(const casegate_templates *templates, const char *lab, const char *code, const char *language,
                              const char *otherwise);
const char *cg_mail_lab_name(const casegate_templates *templates, const char *lab);

/* ---- layout.c ----------------------------------------------------------------------------------------------------- */

extern const char cg_mail_layout_text[], cg_mail_layout_head[], cg_mail_layout_body[];
const char *cg_mail_accent(const char *code);

/* ---- encode.c: headers and bodies as RFC 5322, 2045 and 2047 have them -------------------------------------------- */

void cg_mail_put(casegate_buffer *out, const char *text);
void cg_mail_put_words(casegate_buffer *out, const char *header, const char *text);
void cg_mail_put_mailbox(casegate_buffer *out, const char *header, const char *name, const char *address);
void cg_mail_put_date(casegate_buffer *out, int64_t us);
void cg_mail_put_quoted_printable(casegate_buffer *out, const char *text);

#endif
