/* SPDX-License-Identifier: MIT */
/* smtp.c: the channel "email" through a mail server, as the command line says it; which of the two ways e-mails go. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#ifdef CASEGATE_HAS_SMTP
# include <casegate/smtp.h>
# include <signal.h>

enum { MOST_PASSWORD = 1024 };

/* The first line of the file, or what the environment holds. Never of the command line: everybody on the machine can read that. */
static int read_password(struct cg_tool *tool, char password[MOST_PASSWORD + 1])
{
    const char *path = tool->opt.smtp_password_file, *given = getenv("CASEGATE_SMTP_PASSWORD");
    char *text = NULL;
    size_t len = 0;

    password[0] = 0;
    if (path == NULL && given != NULL)
        return snprintf(password, MOST_PASSWORD + 1, "%s", given) <= MOST_PASSWORD
                   ? CG_DONE : cg_usage(tool, "CASEGATE_SMTP_PASSWORD", "is too long");
    if (path == NULL)
        return CG_DONE;
    int status = cg_read_file(tool, path, MOST_PASSWORD, &text, &len);
    if (status == CG_DONE)
        snprintf(password, MOST_PASSWORD + 1, "%.*s", (int)strcspn(text, "\r\n"), text);
    free(text);
    return status;
}

/* The option that a member came from; what the library says of it is said of that option. */
static int blame(struct cg_tool *tool)
{
    static const struct { const char *field, *option; } options[] = {
        { "url", "--smtp" }, { "security", "--smtp-plain" }, { "user", "--smtp-user" }, { "password", "--smtp-password-file" },
        { "ca_file", "--smtp-ca" } };
    char text[sizeof tool->err.text];

    snprintf(text, sizeof text, "%s", tool->err.text);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].field, tool->err.field) == 0)
            return cg_usage(tool, options[i].option, text);
    return cg_failed(tool);
}

static int open_smtp(struct cg_tool *tool)
{
    char password[MOST_PASSWORD + 1];
    casegate_smtp_options options;
    struct cg_writer writer;

    if (tool->opt.from == NULL)
        return cg_usage(tool, "--from", "is missing, and CASEGATE_FROM is not set: who sends?");
    int status = cg_writer_make(tool, &writer);
    if (status == CG_DONE)
        status = read_password(tool, password);
    if (status != CG_DONE)
        return status;
    signal(SIGPIPE, SIG_IGN);   /* a server that ends a protected connection ends no dispatcher */
    casegate_smtp_options_init(&options, sizeof options);
    options.url = tool->opt.smtp;
    options.mail = &writer.options;
    options.security = (tool->opt.given & CG_OPT_SMTP_PLAIN) != 0 ? CASEGATE_SMTP_PLAIN : CASEGATE_SMTP_STARTTLS;
    options.user = tool->opt.smtp_user;
    options.password = tool->opt.smtp_user != NULL || tool->opt.smtp_password_file != NULL ? password : NULL;
    options.ca_file = tool->opt.smtp_ca;
    casegate_result rc = casegate_smtp_notifier_new(NULL, &options, &tool->notifier, &tool->err);
    memset(password, 0, sizeof password);
    return rc == CASEGATE_E_INVALID ? blame(tool) : cg_answered(tool, rc);
}
#else
static int open_smtp(struct cg_tool *tool)
{
    return cg_usage(tool, "--smtp", "cannot be: this casegate was built without libcurl");
}
#endif

/* What the command line names goes before what the environment does; two ways at once are none. Neither: there is no notifier. */
int cg_notifier_open(struct cg_tool *tool)
{
    const int smtp_named = (tool->opt.given & CG_OPT_SMTP) != 0, outbox_named = (tool->opt.given & CG_OPT_OUTBOX) != 0;

    if (tool->opt.smtp == NULL && tool->opt.outbox == NULL)
        return CG_DONE;
    if (tool->opt.smtp != NULL && tool->opt.outbox != NULL && smtp_named == outbox_named)
        return cg_usage(tool, "--smtp", "and --outbox are two ways; one of them");
    if (tool->opt.smtp != NULL && (tool->opt.outbox == NULL || smtp_named))
        return open_smtp(tool);
    return cg_outbox_open(tool);
}
