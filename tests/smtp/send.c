/* SPDX-License-Identifier: MIT */
/* send.c: notices read from stdin, delivered through an SMTP notifier as an engine would, and what it answered, one JSON line each. */
#include "engine.h"

#include <casegate/mail.h>
#include <casegate/smtp.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* usage: send [OPTION=VALUE...]  <notices: a line each, MEMBER=VALUE separated by spaces, bytes that stand for something as %XX */

enum { MOST = 4096 };
typedef struct letter {
    casegate_notice notice;
    casegate_message message;
    casegate_label label;
    const casegate_label *labels[1];
    int pause_ms;
    char answer[1024];
} letter;

static letter *letters;
static size_t count, next_letter;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static casegate_notifier *notifier;

/* Everything that was read, to be freed at the end. */
static struct word { struct word *next; char text[]; } *words;

static char *decoded(const char *text, size_t len)
{
    struct word *word = malloc(sizeof *word + len + 1);
    char *to = word->text;

    word->next = words;
    words = word;

    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        if (text[i] == '%' && i + 2 < len && sscanf(text + i + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            i += 2;
        } else *to++ = text[i];
    }
    *to = 0;
    return word->text;
}

static int set_text(const char *key, char *value, const char *name, const char **text)
{
    if (strcmp(key, name) != 0) return 0;
    *text = value;
    return 1;
}

static void set_letter(letter *l, const char *key, char *value)
{
    casegate_notice *n = &l->notice;
    const struct { const char *name, **text; } texts[] = {
        { "id", &n->id }, { "case", &n->case_id }, { "template", &n->template_code }, { "lab", &n->lab }, { "clinic", &n->clinic },
        { "reference", &n->reference }, { "reason", &n->reason }, { "comment", &n->comment }, { "label", &l->label.text },
        { "address", &l->message.address }, { "name", &l->message.name }, { "language", &l->message.language } };

    if (strcmp(key, "attempt") == 0) n->attempt = (uint32_t)atoi(value);
    else if (strcmp(key, "pause") == 0) l->pause_ms = atoi(value);
    else for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (set_text(key, value, texts[i].name, texts[i].text)) return;
}

static void read_letter(letter *l, char *line)
{
    memset(l, 0, sizeof *l);
    casegate_notice_init(&l->notice, sizeof l->notice);
    l->label = (casegate_label) { .size = sizeof l->label, .language = "en" };
    for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        char *equals = strchr(word, '=');
        if (!equals) continue;
        *equals = 0;
        set_letter(l, word, decoded(equals + 1, strlen(equals + 1)));
    }
    l->labels[0] = &l->label;
    l->notice.reason_labels = l->labels;
    l->notice.reason_label_count = l->label.text ? 1 : 0;
    l->notice.channel = "email";
    l->message.size = sizeof l->message;
    l->message.notice = &l->notice;
}

static long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

static void deliver(letter *l)
{
    casegate_error err = { .size = sizeof err };
    int64_t after_us = 0;
    struct timespec pause = { l->pause_ms / 1000, l->pause_ms % 1000 * 1000000L };

    nanosleep(&pause, NULL);
    const long begin = now_ms();
    casegate_result rc = notifier->ops.deliver(notifier->ops.user, NULL, &l->message, &after_us, &err);
    snprintf(l->answer, sizeof l->answer, "{\"result\": \"%s\", \"host_code\": %d, \"field\": \"%s\", \"text\": \"%s\", \"ms\": %ld}",
             casegate_result_name(rc), (int)err.host_code, err.field, err.text, now_ms() - begin);
}

static void *work(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        const size_t i = next_letter++;
        pthread_mutex_unlock(&lock);
        if (i >= count) return unused;
        deliver(&letters[i]);
    }
}

static int set_option(casegate_smtp_options *o, casegate_mail_options *m, const char *key, const char *value)
{
    const struct { const char *name, **text; } texts[] = {
        { "url", &o->url }, { "user", &o->user }, { "password", &o->password }, { "ca_file", &o->ca_file }, { "client", &o->client },
        { "channel", &o->channel }, { "from", &m->from }, { "from_name", &m->from_name }, { "reply_to", &m->reply_to }, { "domain", &m->domain },
        { "link", &m->link }, { "language", &m->language } };
    const struct { const char *name; int32_t *number; } numbers[] = {
        { "security", &o->security }, { "unverified", &o->unverified }, { "connect_ms", &o->connect_ms }, { "message_ms", &o->message_ms } };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].name) == 0) return *texts[i].text = value, 1;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].name) == 0) return *numbers[i].number = atoi(value), 1;
    return 0;
}

static int forget(void)
{
    for (struct word *next; words; words = next) {
        next = words->next;
        free(words);
    }
    free(letters);
    return 0;
}

int main(int argc, char **argv)
{
    casegate_smtp_options options;
    casegate_mail_options mail;
    casegate_error err = { .size = sizeof err };
    pthread_t threads[16];
    static char line[300000];
    int workers = 1;

    casegate_smtp_options_init(&options, sizeof options);
    casegate_mail_options_init(&mail, sizeof mail);
    options.mail = &mail;
    mail.from = "cases@lab.example";
    for (int i = 1; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (!equals) return 2;
        *equals = 0;
        if (strcmp(argv[i], "threads") == 0) workers = atoi(equals + 1);
        else if (strcmp(argv[i], "mail") == 0) options.mail = NULL;
        else if (!set_option(&options, &mail, argv[i], decoded(equals + 1, strlen(equals + 1)))) return 2;
    }
    casegate_result rc = casegate_smtp_notifier_new(NULL, &options, &notifier, &err);
    printf("{\"result\": \"%s\", \"field\": \"%s\", \"text\": \"%s\"}\n", casegate_result_name(rc), err.field, err.text);
    if (rc != CASEGATE_OK) return forget();
    letters = calloc(MOST, sizeof *letters);
    while (count < MOST && fgets(line, sizeof line, stdin)) read_letter(&letters[count++], line);
    for (int i = 0; i < workers && i < 16; i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < workers && i < 16; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < count; i++) puts(letters[i].answer);
    const long begin = now_ms();
    casegate_notifier_unref(notifier);
    printf("{\"goodbye_ms\": %ld}\n", now_ms() - begin);
    return forget();
}
