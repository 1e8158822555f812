/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the SMTP notifier share: the options as kept, a connection, the talk with a server. */
#ifndef CASEGATE_SMTP_INTERNAL_H
#define CASEGATE_SMTP_INTERNAL_H

#include <pthread.h>

#include <casegate/mail.h>
#include <casegate/smtp.h>
#include <curl/curl.h>

/* Functions carry cg_smtp_, not only cg_: static libraries of several components meet in one program. */

/* ---- options.c: what is kept of the options ----------------------------------------------------------------------- */

enum { CG_SMTP_URL, CG_SMTP_USER, CG_SMTP_PASSWORD, CG_SMTP_CA_FILE, CG_SMTP_FROM, CG_SMTP_FROM_NAME, CG_SMTP_REPLY_TO,
       CG_SMTP_DOMAIN, CG_SMTP_LINK, CG_SMTP_LANGUAGE, CG_SMTP_TEXTS };
typedef struct cg_smtp_settings {
    char *texts[CG_SMTP_TEXTS];      /* NULL: absent */
    casegate_mail_options mail;      /* points into texts */
    int32_t security, unverified;
    long connect_ms, message_ms;
} cg_smtp_settings;
casegate_result cg_smtp_settle(casegate_host *host, const casegate_smtp_options *given, cg_smtp_settings *out, const char **channel,
                               casegate_error *err);
void cg_smtp_forget(casegate_host *host, cg_smtp_settings *settings);

/* ---- talk.c: what was said, and what becomes of the notice -------------------------------------------------------- */

typedef struct cg_smtp_talk {
    int step;          /* how far the talk came: an index of the table of commands */
    long code;         /* of the reply to the last command; 0: none yet */
    char enhanced[12]; /* "5.1.1", or "" */
    int over;          /* what follows is the goodbye */
} cg_smtp_talk;
void cg_smtp_talk_begin(cg_smtp_talk *talk);
int cg_smtp_listen(CURL *curl, curl_infotype type, char *data, size_t len, void *talk);
/* A kept connection that had gone: another one may do better, and nothing was handed over yet. */
int cg_smtp_was_stale(const cg_smtp_talk *talk, CURLcode code);
casegate_result cg_smtp_judge(const cg_smtp_talk *talk, CURLcode code, casegate_error *err);

/* ---- line.c: connections ------------------------------------------------------------------------------------------ */

typedef struct cg_smtp_line {
    struct cg_smtp_line *next;   /* in the list of idle ones */
    CURL *curl;
    long message_ms;             /* for a message in all */
    int open;                    /* there may be a connection behind it */
    cg_smtp_talk talk;
    const char *data;            /* what is still to be sent */
    size_t left;
    const char *whole;           /* all of it, for a second try */
    size_t length;
} cg_smtp_line;
casegate_result cg_smtp_line_new(casegate_host *host, const cg_smtp_settings *settings, cg_smtp_line **out, casegate_error *err);
void cg_smtp_line_free(casegate_host *host, cg_smtp_line *line);
casegate_result cg_smtp_send(cg_smtp_line *line, const char *from, const char *to, const casegate_buffer *mail, casegate_error *err);

#endif
