/* SPDX-License-Identifier: MIT */
/* options.c: the options of an SMTP notifier: what is refused, what is the default, and a copy of the rest. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { CONNECT_MS = 10000, MESSAGE_MS = 30000, LARGEST = 4096, LONGEST = 1024 };

void casegate_smtp_options_init(casegate_smtp_options *options, size_t size)
{
    if (!options || size < sizeof size) return;
    memset(options, 0, size);
    memcpy(options, &size, sizeof size);
}

static casegate_result adopt(const casegate_smtp_options *given, casegate_smtp_options *out, casegate_error *err)
{
    if (!given) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "options", "is NULL");
    if (given->size < sizeof *out || given->size > LARGEST)
        return casegate_error_set(err, CASEGATE_E_ABI, 0, "options", "the size of this struct cannot be");
    for (size_t i = sizeof *out; i < given->size; i++)
        if (((const unsigned char *)given)[i])
            return casegate_error_set(err, CASEGATE_E_ABI, 0, "options", "this struct is newer than the library");
    *out = *given;
    return CASEGATE_OK;
}

static int is_there(const char *text) { return text && *text; }

static casegate_result invalid(casegate_error *err, const char *field, int32_t problem, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, problem, field, text);
}

/* ---- judging ------------------------------------------------------------------------------------------------------ */

static int has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    int there = curl_url_get(url, part, &text, 0) == CURLUE_OK && *text && strcmp(text, "/") != 0;

    curl_free(text);
    return there;
}

static int scheme_is(CURLU *url, const char *scheme)
{
    char *text = NULL;
    int same = curl_url_get(url, CURLUPART_SCHEME, &text, 0) == CURLUE_OK && strcmp(text, scheme) == 0;

    curl_free(text);
    return same;
}

static casegate_result judge_url(CURLU *url, const casegate_smtp_options *o, casegate_error *err)
{
    if (!is_there(o->url)) return invalid(err, "url", CASEGATE_PROBLEM_MISSING, "the url of the mail server is missing");
    if (strlen(o->url) > LONGEST || curl_url_set(url, CURLUPART_URL, o->url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return invalid(err, "url", CASEGATE_PROBLEM_FORMAT, "is not a url");
    if (!scheme_is(url, "smtp") && !scheme_is(url, "smtps"))
        return invalid(err, "url", CASEGATE_PROBLEM_FORMAT, "wants smtp:// or smtps://");
    static const CURLUPart others[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (has_part(url, others[i])) return invalid(err, "url", CASEGATE_PROBLEM_FORMAT, "has more than a host and a port");
    if (o->security != CASEGATE_SMTP_STARTTLS && (o->security != CASEGATE_SMTP_PLAIN || scheme_is(url, "smtps")))
        return invalid(err, "security", CASEGATE_PROBLEM_UNKNOWN, "cannot be, with this url");
    return CASEGATE_OK;
}

static int is_host_name(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '-' || *p == '.')) return 0;
    return strlen(text) <= 255;
}

static int has_control(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F) return 1;
    return strlen(text) > LONGEST;
}

static casegate_result judge_login(const casegate_smtp_options *o, casegate_error *err)
{
    if (!is_there(o->user) && !is_there(o->password)) return CASEGATE_OK;
    if (!is_there(o->user)) return invalid(err, "user", CASEGATE_PROBLEM_MISSING, "a password needs a user");
    if (!is_there(o->password)) return invalid(err, "password", CASEGATE_PROBLEM_MISSING, "a user needs a password");
    if (has_control(o->user)) return invalid(err, "user", CASEGATE_PROBLEM_CONTROL, "has a control character, or is too long");
    if (has_control(o->password)) return invalid(err, "password", CASEGATE_PROBLEM_CONTROL, "has a control character, or is too long");
    if (o->security == CASEGATE_SMTP_PLAIN)
        return invalid(err, "password", CASEGATE_PROBLEM_FORMAT, "is not sent over a connection without protection");
    return CASEGATE_OK;
}

static casegate_result judge(CURLU *url, const casegate_smtp_options *o, casegate_error *err)
{
    casegate_error inner = { .size = sizeof inner };
    char field[96];
    casegate_result rc = judge_url(url, o, err);

    if (rc == CASEGATE_OK) rc = judge_login(o, err);
    if (rc != CASEGATE_OK) return rc;
    if (is_there(o->client) && !is_host_name(o->client)) return invalid(err, "client", CASEGATE_PROBLEM_FORMAT, "is not a host name");
    if (is_there(o->ca_file) && has_control(o->ca_file)) return invalid(err, "ca_file", CASEGATE_PROBLEM_CONTROL, "is not a path");
    if (o->connect_ms < 0) return invalid(err, "connect_ms", CASEGATE_PROBLEM_RANGE, "a time is not negative");
    if (o->message_ms < 0) return invalid(err, "message_ms", CASEGATE_PROBLEM_RANGE, "a time is not negative");
    rc = casegate_mail_check(o->mail, &inner);
    if (rc == CASEGATE_OK) return rc;
    snprintf(field, sizeof field, "mail%s%.80s", o->mail ? "." : "", o->mail ? inner.field : "");
    return casegate_error_set(err, rc, inner.host_code, field, inner.text);
}

/* ---- keeping ------------------------------------------------------------------------------------------------------ */

/* With the port of submission (RFC 6409) unless another is named, and the name to greet with as libcurl wants it: the path. */
static casegate_result finish_url(CURLU *url, const casegate_smtp_options *o, char **out, casegate_error *err)
{
    const char *port = scheme_is(url, "smtps") ? "465" : o->security == CASEGATE_SMTP_PLAIN ? "25" : "587";
    CURLUcode rc = has_part(url, CURLUPART_PORT) ? CURLUE_OK : curl_url_set(url, CURLUPART_PORT, port, 0);

    if (rc == CURLUE_OK && is_there(o->client)) rc = curl_url_set(url, CURLUPART_PATH, o->client, 0);
    if (rc == CURLUE_OK) rc = curl_url_get(url, CURLUPART_URL, out, 0);
    return rc == CURLUE_OK ? CASEGATE_OK : casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
}

static casegate_result keep(casegate_host *host, const char *const given[CG_SMTP_TEXTS], cg_smtp_settings *out, casegate_error *err)
{
    for (size_t i = 0; i < CG_SMTP_TEXTS; i++) {
        if (!is_there(given[i])) continue;
        out->texts[i] = casegate_alloc(host, strlen(given[i]) + 1);
        if (!out->texts[i]) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
        strcpy(out->texts[i], given[i]);
    }
    return CASEGATE_OK;
}

static casegate_result take(casegate_host *host, const casegate_smtp_options *o, const char *url, cg_smtp_settings *out, casegate_error *err)
{
    const casegate_mail_options *m = o->mail;
    const char *const given[CG_SMTP_TEXTS] = {
        [CG_SMTP_URL] = url, [CG_SMTP_USER] = o->user, [CG_SMTP_PASSWORD] = o->password, [CG_SMTP_CA_FILE] = o->ca_file,
        [CG_SMTP_FROM] = m->from, [CG_SMTP_FROM_NAME] = m->from_name, [CG_SMTP_REPLY_TO] = m->reply_to, [CG_SMTP_DOMAIN] = m->domain,
        [CG_SMTP_LINK] = m->link, [CG_SMTP_LANGUAGE] = m->language };
    casegate_result rc = keep(host, given, out, err);

    out->mail = (casegate_mail_options) {
        .size = sizeof out->mail, .from = out->texts[CG_SMTP_FROM], .from_name = out->texts[CG_SMTP_FROM_NAME],
        .reply_to = out->texts[CG_SMTP_REPLY_TO], .domain = out->texts[CG_SMTP_DOMAIN], .link = out->texts[CG_SMTP_LINK],
        .language = out->texts[CG_SMTP_LANGUAGE], .templates = casegate_templates_ref(m->templates) };
    out->security = o->security;
    out->unverified = o->unverified;
    out->connect_ms = o->connect_ms ? o->connect_ms : CONNECT_MS;
    out->message_ms = o->message_ms ? o->message_ms : MESSAGE_MS;
    return rc;
}

void cg_smtp_forget(casegate_host *host, cg_smtp_settings *settings)
{
    char *password = settings->texts[CG_SMTP_PASSWORD];

    /* Through a volatile pointer, or the compiler may leave it out: nobody reads it again. */
    for (volatile char *p = password; p && *p; p++) *p = 0;
    for (size_t i = 0; i < CG_SMTP_TEXTS; i++) casegate_release(host, settings->texts[i]);
    casegate_templates_unref(settings->mail.templates);
}

casegate_result cg_smtp_settle(casegate_host *host, const casegate_smtp_options *given, cg_smtp_settings *out, const char **channel,
                               casegate_error *err)
{
    casegate_smtp_options o = { 0 };
    char *url = NULL;
    casegate_result rc = adopt(given, &o, err);

    memset(out, 0, sizeof *out);
    if (rc != CASEGATE_OK) return rc;
    CURLU *parsed = curl_url();
    rc = parsed ? judge(parsed, &o, err) : casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    if (rc == CASEGATE_OK) rc = finish_url(parsed, &o, &url, err);
    if (rc == CASEGATE_OK) rc = take(host, &o, url, out, err);
    if (rc == CASEGATE_OK) *channel = is_there(o.channel) ? o.channel : "email";
    else cg_smtp_forget(host, out);
    curl_free(url);
    curl_url_cleanup(parsed);
    return rc;
}
