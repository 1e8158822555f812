/* SPDX-License-Identifier: MIT */
/* options.c: the table of options, how a command line is read by it, and the help that is written from it. */
#include "cli.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, NUMBER, LIST };

struct option {
    uint64_t bit;
    const char *name;
    const char *argument;      /* shown in the help; NULL: a flag */
    const char *environment;   /* where its default comes from, or NULL */
    enum kind kind;
    size_t offset;             /* in struct cg_options; not used for flags */
    const char *help;
};

#define AT(member) offsetof(struct cg_options, member)
static const struct option options[] = {
    { CG_OPT_STORE, "--store", "URI", "CASEGATE_STORE", TEXT, AT(store), "sqlite:PATH, postgres://..., or memory: (which forgets)" },
    { CG_OPT_AS, "--as", "NAME", NULL, TEXT, AT(as), "who acts, a name of the people file" },
    { CG_OPT_PEOPLE, "--people", "FILE", "CASEGATE_PEOPLE", TEXT, AT(people),
      "people: names with role, org, id, permissions (JSON)" },
    { CG_OPT_POLICY, "--policy", "FILE", "CASEGATE_POLICY", TEXT, AT(policy),
      "policy of every lab (JSON) instead of the default one" },
    { CG_OPT_OUTBOX, "--outbox", "DIR", "CASEGATE_OUTBOX", TEXT, AT(outbox), "write e-mail notices into DIR, one file each" },
    { CG_OPT_SMTP, "--smtp", "URL", "CASEGATE_SMTP", TEXT, AT(smtp),
      "send e-mail notices through a server: smtp://HOST[:587] with STARTTLS, smtps://HOST[:465]" },
    { CG_OPT_SMTP_USER, "--smtp-user", "NAME", "CASEGATE_SMTP_USER", TEXT, AT(smtp_user),
      "log in so; the password is in CASEGATE_SMTP_PASSWORD, or" },
    { CG_OPT_SMTP_PASSWORD, "--smtp-password-file", "FILE", "CASEGATE_SMTP_PASSWORD_FILE", TEXT, AT(smtp_password_file),
      "the first line of FILE" },
    { CG_OPT_SMTP_CA, "--smtp-ca", "FILE", "CASEGATE_SMTP_CA", TEXT, AT(smtp_ca), "trust these certificates (PEM), not the system's" },
    { CG_OPT_SMTP_PLAIN, "--smtp-plain", NULL, NULL, FLAG, 0, "without TLS: for a relay on this machine" },
    { CG_OPT_FROM, "--from", "ADDRESS", "CASEGATE_FROM", TEXT, AT(from), "sender of e-mails: an address, or 'Name <address>'" },
    { CG_OPT_LINK, "--link", "URL", "CASEGATE_LINK", TEXT, AT(link), "where a case is seen, with {case} in it; e-mails point there" },
    { CG_OPT_LANGUAGE, "--language", "TAG", "CASEGATE_LANGUAGE", TEXT, AT(language),
      "of e-mails: en (the default), de, fr, es" },
    { CG_OPT_REQUEST, "--request-id", "ID", NULL, TEXT, AT(request), "the same request sent twice is one decision" },
    { CG_OPT_LAB, "--lab", "LAB", NULL, TEXT, AT(lab), "the lab that the case is for" },
    { CG_OPT_SUBMIT, "--submit", NULL, NULL, FLAG, 0, "submit it at once" },
    { CG_OPT_REVISION, "--revision", "N", NULL, NUMBER, AT(revision), "the revision that was looked at" },
    { CG_OPT_YES, "--yes", NULL, NULL, FLAG, 0, "do not ask; needs --revision" },
    { CG_OPT_PATCH, "--patch", "FILE", NULL, TEXT, AT(patch), "a merge patch (RFC 7396) of the content; - reads stdin" },
    { CG_OPT_REASON, "--reason", "CODE", NULL, TEXT, AT(reason), "a reason of the lab's list, see reasons" },
    { CG_OPT_COMMENT, "--comment", "TEXT", NULL, TEXT, AT(comment), "words for clinic and dentist" },
    { CG_OPT_FILE_LIST, "--file-list", "FILE", NULL, TEXT, AT(file_list),
      "supporting files, a JSON list as in a content; - reads stdin" },
    { CG_OPT_STATUS, "--status", "STATUS", NULL, TEXT, AT(status), "only this one: draft, received, in_production, rejected" },
    { CG_OPT_REQUIRES_ACTION, "--requires-action", NULL, NULL, FLAG, 0, "only what the lab has to decide" },
    { CG_OPT_ORDER, "--order", "ORDER", NULL, TEXT, AT(order), "waiting (oldest first, the default) or due" },
    { CG_OPT_LONGER_THAN, "--longer-than", "DURATION", NULL, TEXT, AT(longer_than),
      "at least so long, PnDTnHnMnS (ISO 8601): P2D, PT36H" },
    { CG_OPT_OLDER_THAN, "--older-than", "DURATION", NULL, TEXT, AT(older_than),
      "cases that have waited at least so long, PnDTnHnMnS: P2D, PT36H" },
    { CG_OPT_BEFORE, "--before", "DATE", NULL, TEXT, AT(before), "older than this: 2026-01-31 (from 0:00 UTC), or a time, 2026-01-31T18:00:00Z" },
    { CG_OPT_STATE, "--state", "STATE", NULL, TEXT, AT(state), "only these: pending, leased, delivered, dead" },
    { CG_OPT_CHANNEL, "--channel", "NAME", NULL, TEXT, AT(channel), "of notices: email, or a host's own" },
    { CG_OPT_ALL_DEAD, "--all-dead", NULL, NULL, FLAG, 0, "every notice that is dead" },
    { CG_OPT_FOLLOW, "--follow", NULL, NULL, FLAG, 0, "go on until SIGTERM or SIGINT" },
    { CG_OPT_POLL, "--poll", "DURATION", NULL, TEXT, AT(poll),
      "with --follow: look at least so often; PT1S, or PT10S where the store calls" },
    { CG_OPT_VERIFY, "--verify", "N|all", NULL, TEXT, AT(verify), "how many cases are verified, taken at random; 100 by default" },
    { CG_OPT_LIMIT, "--limit", "N", NULL, NUMBER, AT(limit), "at most so many, 1 to 1000; 50 by default" },
    { CG_OPT_AFTER, "--after", "CURSOR", NULL, TEXT, AT(after), "go on where a page ended" },
    { CG_OPT_MARK_READ, "--mark-read", "ID|all", NULL, TEXT, AT(mark_read), "mark one notice, or all, as read" },
    { CG_OPT_BACK_END, "--back-end", "NAME", NULL, TEXT, AT(back_end),
      "engine (the default), or decide: the bare decision function" },
    { CG_OPT_COVERAGE, "--coverage", NULL, NULL, FLAG, 0, "say which transitions, obstacles, notices and guards were exercised" },
    { CG_OPT_FORMAT, "--format", "NAME", NULL, TEXT, AT(format), "diagram: markdown (the default), json, dot, mermaid, scxml; preview-notice: text (the default), html, eml" },
    { CG_OPT_TEMPLATES, "--templates", "DIR", "CASEGATE_TEMPLATES", TEXT, AT(templates),
      "words of your own: CODE.LANGUAGE.txt and .html in DIR, those of a lab in DIR/LAB" },
    { CG_OPT_TEMPLATE, "--template", "CODE", NULL, TEXT, AT(template_code),
      "of the sample: reject (the default), accept, submit, reminder, another" },
    { CG_OPT_WORKFLOW, "--workflow", "FILE", "CASEGATE_WORKFLOWS", LIST, 0,
      "a definition; on a store as often as there are any, new cases run under the first; without it: intake" },
    { CG_OPT_MAPPING, "--mapping", "FILE", NULL, TEXT, AT(mapping), "from which definition to which, status by status (JSON)" },
    { CG_OPT_DRY_RUN, "--dry-run", NULL, NULL, FLAG, 0, "say what would be refused, and write nothing" },
    { CG_OPT_STRICT, "--strict", NULL, NULL, FLAG, 0, "stop at the first line that is refused" },
    { CG_OPT_PROGRESS, "--progress", NULL, NULL, FLAG, 0, "say how far it is, also where stderr is no terminal" },
    { CG_OPT_JSON, "--json", NULL, NULL, FLAG, 0, "answer on stdout as one JSON document" },
    { CG_OPT_HELP, "--help", NULL, NULL, FLAG, 0, "say how a command is used" },
    { CG_OPT_VERSION, "--version", NULL, NULL, FLAG, 0, "say which version this is" },
};
#define COUNT (sizeof options / sizeof *options)

/* "--name" or "--name=value": the option, and where its value begins or NULL. */
static const struct option *find_option(const char *arg, const char **value)
{
    size_t len = strcspn(arg, "=");

    for (size_t i = 0; i < COUNT; i++)
        if (strlen(options[i].name) == len && memcmp(options[i].name, arg, len) == 0) {
            *value = arg[len] == '=' ? arg + len + 1 : NULL;
            return &options[i];
        }
    return NULL;
}

static int parse_number(const char *text, uint32_t *out)
{
    char *end;

    if (*text < '0' || *text > '9')
        return 0;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno != 0 || *end != 0 || n == 0 || n > UINT32_MAX)
        return 0;
    *out = (uint32_t)n;
    return 1;
}

/* One more of an option that may be given again. */
static int take_element(struct cg_tool *tool, const struct option *option, const char *value)
{
    if (tool->opt.workflow_count == CG_MOST_WORKFLOWS - 1)
        return cg_usage(tool, option->name, "is given too often");
    tool->opt.workflows[tool->opt.workflow_count++] = value;
    return CG_DONE;
}

static int take_option(struct cg_tool *tool, const struct option *option, const char *value)
{
    char *base = (char *)&tool->opt;

    if ((tool->opt.given & option->bit) != 0 && option->kind != LIST)
        return cg_usage(tool, option->name, "is given twice");
    tool->opt.given |= option->bit;
    if (option->kind == FLAG)
        return value == NULL ? CG_DONE : cg_usage(tool, option->name, "takes no value");
    if (value == NULL)
        return cg_usage(tool, option->name, "needs a value");
    if (option->kind == LIST)
        return take_element(tool, option, value);
    if (option->kind == TEXT) {
        memcpy(base + option->offset, &value, sizeof value);
        return CG_DONE;
    }
    uint32_t number;
    if (!parse_number(value, &number))
        return cg_usage(tool, option->name, "wants a whole number from 1");
    memcpy(base + option->offset, &number, sizeof number);
    return CG_DONE;
}

/* An operand; the first one is the command. */
static int take_operand(struct cg_tool *tool, const char *arg)
{
    if (tool->command != NULL) {
        tool->operands[tool->operand_count++] = arg;
        return CG_DONE;
    }
    tool->command = cg_command_find(arg);
    return tool->command != NULL ? CG_DONE : cg_usage(tool, arg, "is not a command; `casegate help` lists them");
}

static int take_arguments(struct cg_tool *tool, int argc, char **argv)
{
    int only_operands = 0, status = CG_DONE;

    for (int i = 1; i < argc && status == CG_DONE; i++) {
        const char *arg = strcmp(argv[i], "-h") == 0 ? "--help" : argv[i], *value = NULL;
        if (only_operands || arg[0] != '-' || arg[1] == 0) {
            status = take_operand(tool, arg);
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_operands = 1;
            continue;
        }
        const struct option *option = find_option(arg, &value);
        if (option == NULL)
            return cg_usage(tool, arg, "is not an option");
        if (option->kind != FLAG && value == NULL && i + 1 < argc)
            value = argv[++i];
        status = take_option(tool, option, value);
    }
    return status;
}

static void take_environment(struct cg_options *opt)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (options[i].environment == NULL || options[i].kind == LIST || (opt->given & options[i].bit) != 0)
            continue;
        const char *value = getenv(options[i].environment);
        if (value != NULL && *value != 0)
            memcpy((char *)opt + options[i].offset, &value, sizeof value);
    }
}

/* What was given must fit the command. */
static int check_command(struct cg_tool *tool)
{
    const struct cg_command *command = tool->command;
    uint64_t excess = tool->opt.given & ~(command->options | CG_OPT_HELP | CG_OPT_VERSION);

    for (size_t i = 0; i < COUNT; i++)
        if ((excess & options[i].bit) != 0)
            return cg_usage(tool, options[i].name, "is not an option of this command");
    if (tool->operand_count < command->least)
        return cg_usage(tool, "", "something is missing");
    if (tool->operand_count > command->most)
        return cg_usage(tool, tool->operands[command->most], "is too much");
    return CG_DONE;
}

int cg_options_parse(struct cg_tool *tool, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        tool->json |= strcmp(argv[i], "--json") == 0;   /* so that a usage error is JSON too */
    int status = take_arguments(tool, argc, argv);
    if (status != CG_DONE)
        return status;
    take_environment(&tool->opt);
    if ((tool->opt.given & (CG_OPT_HELP | CG_OPT_VERSION)) != 0)
        return CG_DONE;
    if (tool->command == NULL)
        return cg_usage(tool, "", "which command? `casegate help` lists them");
    return check_command(tool);
}

/* ---- help -------------------------------------------------------------------------------------------------------- */

void cg_options_help(struct cg_tool *tool, uint64_t wanted)
{
    struct cg_table *table = cg_table_new(NULL, 2);

    for (size_t i = 0; i < COUNT; i++) {
        const struct option *option = &options[i];
        if ((wanted & option->bit) == 0)
            continue;
        if (option->argument != NULL)
            cg_table_cellf(table, "%s %s", option->name, option->argument);
        else
            cg_table_cell(table, option->name);
        if (option->environment != NULL)
            cg_table_cellf(table, "%s [%s]", option->help, option->environment);
        else
            cg_table_cell(table, option->help);
    }
    cg_wrote(tool, cg_table_write(table, tool->out, 0, "  "));
}

void cg_help(struct cg_tool *tool)
{
    struct cg_table *table = cg_table_new(NULL, 2);

    cg_put(tool->out, "casegate: the gate between a dental clinic and a dental lab\n\n"
                      "usage: casegate COMMAND [OPTION...] [OPERAND...]\n\ncommands:\n");
    for (size_t i = 0; cg_command_at(i) != NULL; i++) {
        cg_table_cell(table, cg_command_at(i)->name);
        cg_table_cell(table, cg_command_at(i)->summary);
    }
    cg_wrote(tool, cg_table_write(table, tool->out, 0, "  "));
    cg_put(tool->out, "\noptions that most commands take:\n");
    cg_options_help(tool, CG_OPTS_ACTOR | CG_OPT_HELP | CG_OPT_VERSION);
    cg_put(tool->out, "\n`casegate help COMMAND` says more; casegate(1) says all.\n"
                      "exit status: 0 done, 1 refused (every obstacle is named), 2 wrong usage, 3 error\n");
}

void cg_help_command(struct cg_tool *tool, const struct cg_command *command)
{
    cg_putf(tool->out, "usage: casegate %s", command->name);
    cg_put(tool->out, *command->synopsis != 0 ? " " : "");
    cg_put(tool->out, command->synopsis);
    cg_putf(tool->out, "\n\n%s\n", command->summary);
    if (command->details != NULL) {
        cg_put(tool->out, "\n");
        cg_put_block(tool->out, command->details, "");
    }
    if (command->options != 0) {
        cg_put(tool->out, "\noptions:\n");
        cg_options_help(tool, command->options);
    }
    if ((command->needs & CG_NEEDS_CASE) != 0)
        cg_put(tool->out, "\nCASE is an id, or at least 4 characters of its beginning or end that no other visible case has.\n");
}
