/* SPDX-License-Identifier: MIT */
/* smtp.c: the notifier: a message made, a connection taken from those that are idle, and given back. */
#include "internal.h"

#include <string.h>

enum { MOST_IDLE = 4 };

typedef struct notifier {
    casegate_host *host;
    cg_smtp_settings settings;
    pthread_mutex_t mutex;
    cg_smtp_line *idle;       /* the one used last comes first */
    size_t idle_count;
} notifier;

/* ---- connections -------------------------------------------------------------------------------------------------- */

static casegate_result take_line(notifier *n, cg_smtp_line **out, casegate_error *err)
{
    pthread_mutex_lock(&n->mutex);
    cg_smtp_line *line = n->idle;
    if (line) {
        n->idle = line->next;
        n->idle_count--;
    }
    pthread_mutex_unlock(&n->mutex);
    if (!line) return cg_smtp_line_new(n->host, &n->settings, out, err);
    *out = line;
    return CASEGATE_OK;
}

static void give_back(notifier *n, cg_smtp_line *line)
{
    pthread_mutex_lock(&n->mutex);
    const int kept = n->idle_count < MOST_IDLE;
    if (kept) {
        line->next = n->idle;
        n->idle = line;
        n->idle_count++;
    }
    pthread_mutex_unlock(&n->mutex);
    if (!kept) cg_smtp_line_free(n->host, line);
}

/* ---- callbacks ---------------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    notifier *n = user;
    cg_smtp_line *line = NULL;
    casegate_buffer *mail = casegate_buffer_new(n->host);

    (void)context, (void)after_us;
    if (!mail) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    casegate_result rc = casegate_mail_compose(n->host, &n->settings.mail, message, CASEGATE_MAIL_MESSAGE, mail, err);
    if (rc == CASEGATE_OK) rc = take_line(n, &line, err);
    if (rc == CASEGATE_OK) {
        rc = cg_smtp_send(line, n->settings.mail.from, message->address, mail, err);
        give_back(n, line);
    }
    casegate_buffer_free(mail);
    return rc;
}

static void CASEGATE_CALL destroy(void *user)
{
    notifier *n = user;
    casegate_host *host = n->host;

    for (cg_smtp_line *line = n->idle, *next; line; line = next) {
        next = line->next;
        cg_smtp_line_free(host, line);
    }
    pthread_mutex_destroy(&n->mutex);
    cg_smtp_forget(host, &n->settings);
    casegate_release(host, n);
    casegate_host_unref(host);
}

/* ---- making it ---------------------------------------------------------------------------------------------------- */

static casegate_result judge_libcurl(casegate_error *err)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    int smtp = 0;

    for (const char *const *p = info->protocols; *p; p++) smtp |= strcmp(*p, "smtp") == 0;
    if (smtp && info->features & CURL_VERSION_SSL) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "libcurl", "this libcurl was built without smtp, or without tls");
}

static casegate_result new_notifier(casegate_host *host, const casegate_smtp_options *options, notifier **out, const char **channel,
                                    casegate_error *err)
{
    notifier *n = casegate_alloc(host, sizeof *n);

    if (!n) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    memset(n, 0, sizeof *n);
    casegate_result rc = cg_smtp_settle(host, options, &n->settings, channel, err);
    if (rc != CASEGATE_OK) {
        casegate_release(host, n);
        return rc;
    }
    n->host = casegate_host_ref(host);
    pthread_mutex_init(&n->mutex, NULL);
    *out = n;
    return CASEGATE_OK;
}

/* The first connection is prepared here, so that what libcurl does once for the whole process happens on this thread. */
static casegate_result prepare(notifier *n, casegate_error *err)
{
    cg_smtp_line *line = NULL;
    casegate_result rc = cg_smtp_line_new(n->host, &n->settings, &line, err);

    if (rc == CASEGATE_OK) give_back(n, line);
    return rc;
}

casegate_result casegate_smtp_notifier_new(casegate_host *host, const casegate_smtp_options *options, casegate_notifier **out,
                                           casegate_error *err)
{
    notifier *n = NULL;
    const char *channel = NULL;
    casegate_notifier_ops ops;

    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    casegate_result rc = judge_libcurl(err);
    if (rc == CASEGATE_OK) rc = new_notifier(host, options, &n, &channel, err);
    if (rc != CASEGATE_OK) return rc;
    casegate_notifier_ops_init(&ops, sizeof ops);
    ops.user = n;
    ops.destroy = destroy;
    ops.deliver = deliver;
    rc = prepare(n, err);
    if (rc == CASEGATE_OK) rc = casegate_notifier_new(host, channel, &ops, out, err);
    if (rc != CASEGATE_OK) destroy(n);
    return rc;
}
