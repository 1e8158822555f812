/* SPDX-License-Identifier: MIT */
/* line.c: one libcurl handle: how it is set up, a message sent on it, and a goodbye that cannot hang. */
#include "internal.h"

#include <string.h>
#include <sys/socket.h>

/* A connection idle for longer is not used again: a server is about to end it. */
enum { IDLE_SECONDS = 20, GOODBYE_SECONDS = 2 };

static size_t read_mail(char *room, size_t size, size_t count, void *user)
{
    cg_smtp_line *line = user;
    size_t n = size * count < line->left ? size * count : line->left;

    memcpy(room, line->data, n);
    line->data += n;
    line->left -= n;
    return n;
}

static CURLcode set_protection(CURL *c, const cg_smtp_settings *s)
{
    const long believed = s->unverified ? 0 : 1;
    CURLcode rc = curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(s->security == CASEGATE_SMTP_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));

    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, believed);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, believed * 2);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (rc == CURLE_OK && s->texts[CG_SMTP_CA_FILE]) {
        rc = curl_easy_setopt(c, CURLOPT_CAINFO, s->texts[CG_SMTP_CA_FILE]);
        if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_CAPATH, NULL);   /* these, and not the system's as well */
    }
    if (rc == CURLE_OK && s->texts[CG_SMTP_USER]) {
        rc = curl_easy_setopt(c, CURLOPT_USERNAME, s->texts[CG_SMTP_USER]);
        if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_PASSWORD, s->texts[CG_SMTP_PASSWORD]);
    }
    return rc;
}

/* What libcurl shows while it is "verbose" is how replies are told apart; it goes to cg_smtp_listen() and nowhere else. */
static CURLcode set_all(cg_smtp_line *line, const cg_smtp_settings *s)
{
    CURL *c = line->curl;
    const long seconds = (s->message_ms + 999) / 1000;
    const struct { CURLoption option; long value; } longs[] = {
        { CURLOPT_NOSIGNAL, 1 }, { CURLOPT_CONNECTTIMEOUT_MS, s->connect_ms },
        { CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds }, { CURLOPT_MAXAGE_CONN, IDLE_SECONDS }, { CURLOPT_VERBOSE, 1 }, { CURLOPT_UPLOAD, 1 },
        { CURLOPT_NETRC, CURL_NETRC_IGNORED },
        { CURLOPT_QUICK_EXIT, 1 } };   /* a name server that hangs is not waited for either */
    CURLcode rc = curl_easy_setopt(c, CURLOPT_URL, s->texts[CG_SMTP_URL]);

    for (size_t i = 0; i < sizeof longs / sizeof *longs && rc == CURLE_OK; i++)
        rc = curl_easy_setopt(c, longs[i].option, longs[i].value);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_PROXY, "");   /* whatever the environment says */
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, cg_smtp_listen);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_DEBUGDATA, &line->talk);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_READFUNCTION, read_mail);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_READDATA, line);
    return rc == CURLE_OK ? set_protection(c, s) : rc;
}

casegate_result cg_smtp_line_new(casegate_host *host, const cg_smtp_settings *settings, cg_smtp_line **out, casegate_error *err)
{
    cg_smtp_line *line = casegate_alloc(host, sizeof *line);

    if (!line) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    memset(line, 0, sizeof *line);
    line->message_ms = settings->message_ms;
    line->curl = curl_easy_init();
    CURLcode rc = line->curl ? set_all(line, settings) : CURLE_OUT_OF_MEMORY;
    if (rc == CURLE_OK) {
        *out = line;
        return CASEGATE_OK;
    }
    cg_smtp_line_free(host, line);
    return rc == CURLE_OUT_OF_MEMORY ? casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory")
                                     : casegate_error_set(err, CASEGATE_E_UNSUPPORTED, (int32_t)rc, "libcurl", "this libcurl lacks an option");
}

/* ---- sending ------------------------------------------------------------------------------------------------------ */

/* After a time-out libcurl may keep a connection on which an answer is outstanding: the next message would take it for its own. */
static void break_off(CURL *c)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD) shutdown(fd, SHUT_RDWR);
}

/* A second try has what the first one left of the time. */
static CURLcode try_to_send(cg_smtp_line *line, int fresh)
{
    curl_off_t spent_us = 0;

    if (fresh) curl_easy_getinfo(line->curl, CURLINFO_TOTAL_TIME_T, &spent_us);
    const long left_ms = line->message_ms - (long)(spent_us / 1000);
    curl_easy_setopt(line->curl, CURLOPT_TIMEOUT_MS, left_ms > 1 ? left_ms : 1L);
    cg_smtp_talk_begin(&line->talk);
    line->data = line->whole;
    line->left = line->length;
    curl_easy_setopt(line->curl, CURLOPT_FRESH_CONNECT, (long)fresh);
    return curl_easy_perform(line->curl);
}

casegate_result cg_smtp_send(cg_smtp_line *line, const char *from, const char *to, const casegate_buffer *mail, casegate_error *err)
{
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    long connects = 0;
    CURLcode rc = recipients ? curl_easy_setopt(line->curl, CURLOPT_MAIL_FROM, from) : CURLE_OUT_OF_MEMORY;

    line->whole = casegate_buffer_data(mail);
    line->length = casegate_buffer_length(mail);
    if (rc == CURLE_OK) rc = curl_easy_setopt(line->curl, CURLOPT_MAIL_RCPT, recipients);
    if (rc == CURLE_OK) rc = curl_easy_setopt(line->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)line->length);
    if (rc == CURLE_OK) {
        rc = try_to_send(line, 0);
        curl_easy_getinfo(line->curl, CURLINFO_NUM_CONNECTS, &connects);
        if (connects == 0 && cg_smtp_was_stale(&line->talk, rc)) rc = try_to_send(line, 1);
    }
    line->open = rc == CURLE_OK;
    if (!line->open) break_off(line->curl);
    curl_easy_setopt(line->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    return cg_smtp_judge(&line->talk, rc, err);
}

/* ---- goodbye ------------------------------------------------------------------------------------------------------ */

static curl_socket_t no_new_connection(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)user, (void)purpose, (void)address;
    return CURL_SOCKET_BAD;
}

/* libcurl's own goodbye waits for its answer for two minutes. A NOOP that ends the connection says QUIT under a limit of ours. */
static void say_goodbye(CURL *c)
{
    curl_easy_setopt(c, CURLOPT_UPLOAD, 0L);
    curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "NOOP");
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 0L);
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, no_new_connection);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, GOODBYE_SECONDS * 1000L);
    curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)GOODBYE_SECONDS);
    curl_easy_perform(c);
}

void cg_smtp_line_free(casegate_host *host, cg_smtp_line *line)
{
    if (line->open) say_goodbye(line->curl);
    curl_easy_cleanup(line->curl);
    casegate_release(host, line);
}
