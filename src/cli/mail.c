/* SPDX-License-Identifier: MIT */
/* mail.c: who writes the e-mails, as the command line says it; `preview-notice`. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- the writer -------------------------------------------------------------------------------------------------- */

/* "Name <address>", or an address; 0: longer than anything that can be sent. */
static int split_sender(const char *from, struct cg_writer *writer)
{
    const char *open = strrchr(from, '<');
    size_t len = strlen(from), name_len = open != NULL ? (size_t)(open - from) : 0;

    if (len >= sizeof writer->address || (open != NULL && from[len - 1] != '>'))
        return 0;
    while (name_len > 0 && from[name_len - 1] == ' ')
        name_len--;
    snprintf(writer->name, sizeof writer->name, "%.*s", (int)name_len, from);
    const char *address = open != NULL ? open + 1 : from;
    snprintf(writer->address, sizeof writer->address, "%.*s", (int)(len - (size_t)(address - from) - (open != NULL)), address);
    return 1;
}

/* The option that a member of casegate_mail_options came from. */
static const char *option_of(const char *field)
{
    return strcmp(field, "link") == 0 ? "--link" : strcmp(field, "language") == 0 ? "--language" : "--from";
}

int cg_writer_make(struct cg_tool *tool, struct cg_writer *writer)
{
    casegate_mail_options *options = &writer->options;

    if (!split_sender(tool->opt.from != NULL ? tool->opt.from : "casegate@casegate.invalid", writer))
        return cg_usage(tool, "--from", "wants an address, or 'Name <address>'");
    if (tool->opt.templates != NULL && tool->templates == NULL) {
        int status = cg_read_templates(tool);
        if (status != CG_DONE)
            return status;
    }
    casegate_mail_options_init(options, sizeof *options);
    options->templates = tool->templates;
    options->from = writer->address;
    options->from_name = writer->name;
    options->link = tool->opt.link;
    options->language = tool->opt.language;
    if (casegate_mail_check(options, &tool->err) == CASEGATE_OK)
        return CG_DONE;
    const char *option = option_of(tool->err.field);
    return cg_usage(tool, option, strcmp(option, "--from") == 0 ? "wants an address, or 'Name <address>'"
                                  : strcmp(option, "--link") == 0 ? "wants a URL, https or http, in which only {case} stands for something"
                                                                  : "wants a tag of BCP 47: en, de, de-CH");
}

/* ---- preview-notice ---------------------------------------------------------------------------------------------- */

static int part_of(const char *format)
{
    static const struct { const char *name; int part; } parts[] = { { "text", CASEGATE_MAIL_TEXT }, { "html", CASEGATE_MAIL_HTML },
                                                                    { "eml", CASEGATE_MAIL_MESSAGE } };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (format == NULL || strcmp(parts[i].name, format) == 0)
            return parts[i].part;
    return 0;
}

static casegate_result compose(struct cg_tool *tool, const struct cg_writer *writer, const casegate_message *message, int part,
                               casegate_buffer *out)
{
    return casegate_mail_compose(NULL, &writer->options, message, part, out, &tool->err);
}

/* As JSON: subject and what was asked for. */
static casegate_result put_json(struct cg_tool *tool, const struct cg_writer *writer, const casegate_message *message, int part)
{
    casegate_buffer *texts[2] = { casegate_buffer_new(NULL), casegate_buffer_new(NULL) };
    casegate_result rc = texts[0] == NULL || texts[1] == NULL ? CASEGATE_E_NOMEM : CASEGATE_OK;

    if (rc == CASEGATE_OK)
        rc = compose(tool, writer, message, CASEGATE_MAIL_SUBJECT, texts[0]);
    if (rc == CASEGATE_OK)
        rc = compose(tool, writer, message, part, texts[1]);
    if (rc == CASEGATE_OK) {
        cg_put(tool->out, "{\"subject\":");
        cg_wrote(tool, casegate_json_write_text(casegate_buffer_data(texts[0]), tool->out));
        cg_put(tool->out, ",\"content\":");
        cg_wrote(tool, casegate_json_write_text(casegate_buffer_data(texts[1]), tool->out));
        cg_put(tool->out, "}\n");
    }
    casegate_buffer_free(texts[0]);
    casegate_buffer_free(texts[1]);
    return rc;
}

static int preview(struct cg_tool *tool, const struct cg_writer *writer, const casegate_notice *notice)
{
    casegate_message message = { .size = sizeof message, .notice = notice, .language = tool->opt.language };
    const int part = part_of(tool->opt.format);
    casegate_result rc = CASEGATE_OK;

    /* A notice of the portal has no address; the preview shows who would write, not where it goes. */
    message.address = notice->address != NULL && *notice->address != 0 ? notice->address : "recipient@clinic.example";
    if (tool->json) {
        rc = put_json(tool, writer, &message, part);
    } else {
        if (part == CASEGATE_MAIL_TEXT) {
            cg_put(tool->out, "Subject: ");
            rc = compose(tool, writer, &message, CASEGATE_MAIL_SUBJECT, tool->out);
            cg_put(tool->out, "\n\n");
        }
        if (rc == CASEGATE_OK)
            rc = compose(tool, writer, &message, part, tool->out);
    }
    return rc == CASEGATE_REFUSED ? cg_failed(tool) : cg_answered(tool, rc);
}

static int preview_sample(struct cg_tool *tool, struct cg_writer *writer)
{
    const char *code = tool->opt.template_code != NULL ? tool->opt.template_code : "reject";
    casegate_notice notice;

    casegate_notice_init(&notice, sizeof notice);
    notice.id = "01920000-0000-7000-8000-000000000000.3.1";
    notice.case_id = "01920000-0000-7000-8000-000000000000";
    notice.template_code = code;
    notice.address = "desk@clinic.example";
    notice.clinic = "clinic-north";
    notice.lab = "lab-one";
    notice.reference = "NC-1042";
    notice.attempt = 1;
    notice.reason = strcmp(code, "reject") == 0 ? "unreadable_scan" : NULL;
    if (writer->options.link == NULL)
        writer->options.link = "https://portal.example/cases/{case}";
    return preview(tool, writer, &notice);
}

/* Pages through the inbox of the one who acts: what is not there is not shown. */
static int preview_own(struct cg_tool *tool, struct cg_writer *writer, const char *id)
{
    char *after = NULL;

    for (;;) {
        int status = cg_answered(tool, casegate_engine_inbox(tool->engine, &tool->call, after, 1000, tool->outcome, &tool->err));
        size_t count = status == CG_DONE ? casegate_outcome_notice_count(tool->outcome) : 0;
        free(after);
        if (status != CG_DONE)
            return status;
        for (size_t i = 0; i < count; i++)
            if (strcmp(casegate_outcome_notice_at(tool->outcome, i)->id, id) == 0)
                return preview(tool, writer, casegate_outcome_notice_at(tool->outcome, i));
        if (count == 0)
            return cg_usage(tool, id, "is no notice in this inbox; `casegate inbox` lists them");
        after = strdup(casegate_outcome_notice_at(tool->outcome, count - 1)->id);
        if (after == NULL)
            return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    }
}

int cg_do_preview_notice(struct cg_tool *tool)
{
    struct cg_writer writer;

    if (part_of(tool->opt.format) == 0)
        return cg_usage(tool, "--format", "wants text, html or eml");
    if (tool->operand_count > 0 && tool->opt.template_code != NULL)
        return cg_usage(tool, "--template", "is for the sample; a notice has its own");
    int status = cg_writer_make(tool, &writer);
    if (status != CG_DONE)
        return status;
    return tool->operand_count > 0 ? preview_own(tool, &writer, tool->operands[0]) : preview_sample(tool, &writer);
}
