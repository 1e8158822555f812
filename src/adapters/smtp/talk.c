/* SPDX-License-Identifier: MIT */
/* talk.c: how far a talk with a mail server came, what it answered last, and what that means for the notice. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* Steps in the order of RFC 5321. From MAIL on a reply is about this message. */
enum { GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY };
static const struct { const char *verb; int step; } verbs[] = {
    { "EHLO", EHLO }, { "HELO", EHLO }, { "STARTTLS", STARTTLS }, { "AUTH", AUTH }, { "MAIL", MAIL }, { "RCPT", RCPT }, { "DATA", DATA }
};
static const char *const step_names[] = { "the greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "the message" };

void cg_smtp_talk_begin(cg_smtp_talk *talk) { *talk = (cg_smtp_talk) { .step = GREETING }; }

/* A line that is no known verb goes on with the step before: the later lines of AUTH. Nothing of it is kept. */
static void hear_command(cg_smtp_talk *talk, const char *data, size_t len)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        size_t n = strlen(verbs[i].verb);
        if (len >= n && memcmp(data, verbs[i].verb, n) == 0) talk->step = verbs[i].step;
    }
    talk->code = 0;
    talk->enhanced[0] = 0;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* "5.1.1" at the beginning of what follows the code (RFC 3463): its length, or 0. */
static size_t enhanced_length(const char *p, size_t len)
{
    size_t i = 0;

    if (len < 5 || !(p[0] == '2' || p[0] == '4' || p[0] == '5') || p[1] != '.') return 0;
    for (i = 2; i < len && i < 5 && is_digit(p[i]); i++) { }
    if (i == 2 || i >= len || p[i] != '.') return 0;
    size_t from = ++i;
    while (i < len && i < from + 3 && is_digit(p[i])) i++;
    return i > from && (i == len || p[i] == ' ' || p[i] == '\r' || p[i] == '\n') ? i : 0;
}

static void hear_reply(cg_smtp_talk *talk, const char *data, size_t len)
{
    if (len < 3 || !is_digit(data[0]) || !is_digit(data[1]) || !is_digit(data[2])) return;
    talk->code = (data[0] - '0') * 100 + (data[1] - '0') * 10 + (data[2] - '0');
    size_t n = len > 4 ? enhanced_length(data + 4, len - 4) : 0;
    memcpy(talk->enhanced, data + 4, n);
    talk->enhanced[n] = 0;
}

int cg_smtp_listen(CURL *curl, curl_infotype type, char *data, size_t len, void *user)
{
    cg_smtp_talk *talk = user;

    (void)curl;
    talk->over |= type == CURLINFO_HEADER_OUT && len >= 4 && memcmp(data, "QUIT", 4) == 0;
    if (talk->over) return 0;
    if (type == CURLINFO_HEADER_OUT) hear_command(talk, data, len);
    if (type == CURLINFO_HEADER_IN) hear_reply(talk, data, len);
    if (type == CURLINFO_DATA_OUT) {
        talk->step = BODY;
        talk->code = 0;
        talk->enhanced[0] = 0;
    }
    return 0;
}

int cg_smtp_was_stale(const cg_smtp_talk *talk, CURLcode code)
{
    return code != CURLE_OK && code != CURLE_OPERATION_TIMEDOUT && talk->step < BODY && (talk->code == 0 || talk->code == 421);
}

/* ---- judging ------------------------------------------------------------------------------------------------------ */

static const struct { CURLcode code; const char *text; } troubles[] = {
    { CURLE_COULDNT_RESOLVE_HOST, "the name of the mail server was not found" },
    { CURLE_COULDNT_CONNECT, "no connection to the mail server" },
    { CURLE_OPERATION_TIMEDOUT, "the mail server took too long" },
    { CURLE_PEER_FAILED_VERIFICATION, "the certificate of the mail server is not trusted, or is another's" },
    { CURLE_SSL_CACERT_BADFILE, "the file of trusted certificates cannot be read" },
    { CURLE_SSL_CONNECT_ERROR, "no TLS with the mail server" },
    { CURLE_USE_SSL_FAILED, "the mail server offers no TLS" },
    { CURLE_LOGIN_DENIED, "the mail server denied the login" },
    { CURLE_SEND_ERROR, "the connection to the mail server broke" },
    { CURLE_RECV_ERROR, "the connection to the mail server broke" },
    { CURLE_GOT_NOTHING, "the connection to the mail server broke" },
};

/* Authentication required, too weak, failed, or not without encryption (RFC 4954): the login is wrong, not the message. */
static int is_about_the_login(long code) { return code == 530 || code == 534 || code == 535 || code == 538; }

static casegate_result answered(const cg_smtp_talk *talk, casegate_error *err)
{
    const int final = talk->code >= 500 && talk->step >= MAIL && !is_about_the_login(talk->code);
    char text[96];

    snprintf(text, sizeof text, "the mail server answered %ld%s%s to %s", talk->code, *talk->enhanced ? " " : "", talk->enhanced,
             step_names[talk->step]);
    return casegate_error_set(err, final ? CASEGATE_REFUSED : CASEGATE_LATER, (int32_t)talk->code, "smtp", text);
}

casegate_result cg_smtp_judge(const cg_smtp_talk *talk, CURLcode code, casegate_error *err)
{
    char text[96];

    if (code == CURLE_OK) return CASEGATE_OK;
    if (code == CURLE_OUT_OF_MEMORY) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    if (talk->code >= 400 && talk->code < 600) return answered(talk, err);
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        if (troubles[i].code != code) continue;
        snprintf(text, sizeof text, "%s (%s)", troubles[i].text, step_names[talk->step]);
        return casegate_error_set(err, CASEGATE_LATER, (int32_t)code, "smtp", text);
    }
    snprintf(text, sizeof text, "libcurl failed with code %d (%s)", (int)code, step_names[talk->step]);
    return casegate_error_set(err, CASEGATE_LATER, (int32_t)code, "smtp", text);
}
