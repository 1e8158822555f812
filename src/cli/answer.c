/* SPDX-License-Identifier: MIT */
/* answer.c: the one place where a result becomes words, JSON and an exit status. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* Remembers the first failure of a writer; cg_flush() reports it. */
void cg_wrote(struct cg_tool *tool, casegate_result rc)
{
    if (tool->written == CASEGATE_OK && rc != CASEGATE_OK)
        tool->written = rc;
}

/* Writes the answer so far to stdout. */
int cg_flush(struct cg_tool *tool)
{
    size_t len = casegate_buffer_length(tool->out);

    cg_wrote(tool, casegate_buffer_status(tool->out));
    if (tool->written != CASEGATE_OK) {
        fputs("casegate: out of memory while the answer was written\n", stderr);
        return CG_ERROR;
    }
    if (fwrite(casegate_buffer_data(tool->out), 1, len, stdout) != len || fflush(stdout) != 0) {
        fputs("casegate: the answer could not be written to stdout\n", stderr);
        return CG_ERROR;
    }
    casegate_buffer_clear(tool->out);
    return CG_DONE;
}

/* One error, for people on stderr, for programs on stdout. */
static int report(struct cg_tool *tool, const char *code, const char *field, const char *text)
{
    casegate_buffer *out = tool->out;

    casegate_buffer_clear(out);
    if (tool->json) {
        cg_putf(out, "{\"error\":{\"code\":\"%s\",\"field\":", code);
        cg_wrote(tool, casegate_json_write_text(field, out));
        cg_put(out, ",\"text\":");
        cg_wrote(tool, casegate_json_write_text(text, out));
        cg_put(out, "}}\n");
        return cg_flush(tool);
    }
    cg_put(out, "casegate: ");
    if (tool->command != NULL)
        cg_putf(out, "%s: ", tool->command->name);
    cg_put_safe(out, field);
    cg_put(out, *field == 0 ? "" : strcmp(code, "usage") == 0 ? " " : ": ");
    cg_put_safe(out, text);
    cg_put(out, "\n");
    fputs(casegate_buffer_data(out), stderr);
    casegate_buffer_clear(out);
    return CG_DONE;
}

static const char *text_of(const casegate_error *err)
{
    return *err->text != 0 ? err->text : err->code == CASEGATE_E_NOMEM ? "out of memory" : casegate_result_name(err->code);
}

/* Reports tool->err, which is about a file. */
int cg_failed_in(struct cg_tool *tool, const char *path)
{
    casegate_buffer *where = casegate_buffer_new(NULL);

    if (where == NULL)
        return cg_failed(tool);
    cg_put(where, path);
    cg_put(where, *tool->err.field != 0 ? ": " : "");
    cg_put(where, tool->err.field);
    report(tool, casegate_result_name(tool->err.code), casegate_buffer_data(where), text_of(&tool->err));
    casegate_buffer_free(where);
    return CG_ERROR;
}

/* Reports tool->err. */
int cg_failed(struct cg_tool *tool)
{
    report(tool, casegate_result_name(tool->err.code), tool->err.field, text_of(&tool->err));
    if (tool->err.code == CASEGATE_E_UNKNOWN && !tool->json)
        fputs("casegate: look at the case, then send the same request with the same --request-id again\n", stderr);
    return CG_ERROR;
}

int cg_fail(struct cg_tool *tool, casegate_result code, const char *field, const char *text)
{
    casegate_error_set(&tool->err, code, 0, field, text);
    return cg_failed(tool);
}

/* A wrong command line. */
int cg_usage(struct cg_tool *tool, const char *field, const char *text)
{
    report(tool, "usage", field, text);
    if (!tool->json && tool->command != NULL)
        fprintf(stderr, "usage: casegate %s %s\n", tool->command->name, tool->command->synopsis);
    return CG_USAGE;
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

static void put_sentence(casegate_buffer *out, const casegate_verdict *verdict, size_t i, int32_t which)
{
    size_t len = casegate_verdict_text(verdict, i, which, NULL, 0);
    char *text = malloc(len + 1);

    if (text == NULL) {
        cg_put(out, "(out of memory)");
        return;
    }
    casegate_verdict_text(verdict, i, which, text, len + 1);
    cg_put_safe(out, text);
    free(text);
}

/* Every obstacle: its code, its sentence, and what would remove it. */
void cg_put_verdict(casegate_buffer *out, const casegate_verdict *verdict, int colour, const char *indent)
{
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        cg_put(out, indent);
        cg_put_coloured(out, colour, CG_BOLD, casegate_verdict_at(verdict, i)->name);
        cg_put(out, ": ");
        put_sentence(out, verdict, i, 0);
        cg_putf(out, "\n%s    -> ", indent);
        put_sentence(out, verdict, i, 1);
        cg_put(out, "\n");
    }
}

static int refused(struct cg_tool *tool, const casegate_verdict *verdict)
{
    casegate_buffer *out = tool->out;
    size_t count = casegate_verdict_count(verdict);

    casegate_buffer_clear(out);
    if (tool->json) {
        cg_put(out, "{\"refused\":");
        cg_wrote(tool, casegate_json_write_verdict(verdict, 0, out));
        cg_put(out, "}\n");
        return cg_flush(tool) == CG_DONE ? CG_REFUSED : CG_ERROR;
    }
    cg_put_coloured(out, tool->colour_err, CG_RED, "refused");
    cg_putf(out, " (%zu obstacle%s)\n", count, count == 1 ? "" : "s");
    cg_put_verdict(out, verdict, tool->colour_err, "  ");
    cg_wrote(tool, casegate_buffer_status(out));
    fputs(casegate_buffer_data(out), stderr);
    casegate_buffer_clear(out);
    return CG_REFUSED;
}

/* The sentence that decide has for this obstacle, and what the reader said. */
static void put_invalid_sentence(casegate_buffer *out, const casegate_error *err)
{
    if (*err->field != 0) {
        cg_put(out, "The value of ");
        cg_put(out, err->field);
        cg_putf(out, " cannot be taken: %s.", casegate_problem_name(err->host_code));
    } else {
        cg_put(out, "This cannot be taken.");
    }
    if (*err->text != 0) {
        cg_put(out, " (");
        cg_put(out, err->text);
        cg_put(out, ")");
    }
}

static int invalid_input_json(struct cg_tool *tool, const char *sentence)
{
    casegate_buffer *out = tool->out;

    cg_put(out, "{\"refused\":[{\"code\":\"invalid_input\",\"field\":");
    cg_wrote(tool, casegate_json_write_text(tool->err.field, out));
    cg_putf(out, ",\"problem\":\"%s\",\"sentence\":", casegate_problem_name(tool->err.host_code));
    cg_wrote(tool, casegate_json_write_text(sentence, out));
    cg_put(out, ",\"remedy\":\"Correct this value, and send it again.\"}]}\n");
    return cg_flush(tool) == CG_DONE ? CG_REFUSED : CG_ERROR;
}

/* A content, patch or file list that its reader would not take: the same obstacle as where decide finds it, alone. */
int cg_invalid_input(struct cg_tool *tool)
{
    casegate_buffer *sentence = casegate_buffer_new(NULL), *out = tool->out;
    int status = CG_REFUSED;

    if (tool->err.code != CASEGATE_E_INVALID || sentence == NULL) {
        casegate_buffer_free(sentence);
        return cg_failed(tool);
    }
    casegate_buffer_clear(out);
    put_invalid_sentence(sentence, &tool->err);
    if (tool->json) {
        status = invalid_input_json(tool, casegate_buffer_data(sentence));
    } else {
        cg_put_coloured(out, tool->colour_err, CG_RED, "refused");
        cg_put(out, " (1 obstacle)\n  ");
        cg_put_coloured(out, tool->colour_err, CG_BOLD, "invalid_input");
        cg_put(out, ": ");
        cg_put_safe(out, casegate_buffer_data(sentence));
        cg_put(out, "\n      -> Correct this value, and send it again.\n");
        fputs(casegate_buffer_data(out), stderr);
        casegate_buffer_clear(out);
    }
    casegate_buffer_free(sentence);
    return status;
}

/* What an engine answered, as an exit status; refusals and errors are told here. */
int cg_answered(struct cg_tool *tool, casegate_result rc)
{
    if (rc == CASEGATE_OK || rc == CASEGATE_JOINED)
        return CG_DONE;
    if (rc == CASEGATE_REFUSED)
        return refused(tool, casegate_outcome_verdict(tool->outcome));
    tool->err.code = rc;
    return cg_failed(tool);
}
