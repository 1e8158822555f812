/* SPDX-License-Identifier: MIT */
/* input.c: what comes in: files, standard input, and the answers of a person at a terminal. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads to the end, or one byte beyond `most`, so that whoever reads the text can say that it is too large. */
static int read_all(FILE *file, size_t most, char **text, size_t *len)
{
    size_t room = 65536, used = 0;
    char *buffer = malloc(room + 1);

    while (buffer != NULL) {
        size_t want = room < most + 1 ? room : most + 1;
        used += fread(buffer + used, 1, want - used, file);
        if (used < want || used > most)
            break;
        char *larger = realloc(buffer, room * 2 + 1);
        if (larger == NULL) {
            free(buffer);
            buffer = NULL;
            break;
        }
        buffer = larger;
        room *= 2;
    }
    if (buffer == NULL || ferror(file)) {
        int code = buffer == NULL ? ENOMEM : errno;
        free(buffer);
        return code != 0 ? code : EIO;
    }
    buffer[used] = 0;
    *text = buffer;
    *len = used;
    return 0;
}

/* "-" is standard input. The text is the caller's; it has a NUL behind it. */
casegate_result cg_load_file(const char *path, size_t most, char **text, size_t *len, casegate_error *err)
{
    int from_stdin = strcmp(path, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(path, "rb");
    int code = file == NULL ? errno : read_all(file, most, text, len);

    if (file != NULL && !from_stdin)
        fclose(file);
    if (code == 0)
        return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_HOST, code, NULL, strerror(code));
}

/* As cg_load_file(), and tells what went wrong. */
int cg_read_file(struct cg_tool *tool, const char *path, size_t most, char **text, size_t *len)
{
    return cg_load_file(path, most, text, len, &tool->err) == CASEGATE_OK ? CG_DONE : cg_failed_in(tool, path);
}

int cg_read_content(struct cg_tool *tool, const char *path, casegate_content **out)
{
    char *text = NULL;
    size_t len = 0;
    int status = cg_read_file(tool, path, CG_MOST_JSON, &text, &len);

    if (status == CG_DONE && casegate_json_read_content(NULL, text, len, out, &tool->err) != CASEGATE_OK)
        status = cg_invalid_input(tool);
    free(text);
    return status;
}

int cg_read_policy(struct cg_tool *tool)
{
    char *text = NULL;
    size_t len = 0;

    if (tool->opt.policy == NULL) {
        tool->policy = casegate_policy_default();
        return tool->policy != NULL ? CG_DONE : cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    }
    int status = cg_read_file(tool, tool->opt.policy, CG_MOST_JSON, &text, &len);
    if (status == CG_DONE && casegate_json_read_policy(NULL, text, len, &tool->policy, &tool->err) != CASEGATE_OK)
        status = cg_failed_in(tool, tool->opt.policy);
    free(text);
    return status;
}

/* Who acts: --as, in the people file. */
int cg_read_people(struct cg_tool *tool)
{
    char *text = NULL;
    size_t len = 0;

    if (tool->opt.as == NULL)
        return cg_usage(tool, "--as", "is missing: who acts?");
    if (tool->opt.people == NULL)
        return cg_usage(tool, "--people", "is missing, and CASEGATE_PEOPLE is not set");
    int status = cg_read_file(tool, tool->opt.people, CG_MOST_JSON, &text, &len);
    if (status == CG_DONE && casegate_people_read(NULL, tool->workflows[0], text, len, &tool->people, &tool->err) != CASEGATE_OK)
        status = cg_failed_in(tool, tool->opt.people);
    free(text);
    if (status != CG_DONE)
        return status;
    tool->actor = casegate_people_find(tool->people, tool->opt.as);
    return tool->actor != NULL ? CG_DONE : cg_usage(tool, "--as", "names nobody of the people file");
}

/* May the tool ask somebody? */
int cg_interactive(const struct cg_tool *tool)
{
    return !tool->json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Asks on stderr and reads one line; 0 at the end of input, or where the line does not fit. */
int cg_ask(const char *question, char *line, size_t cap)
{
    fputs(question, stderr);
    fflush(stderr);
    if (fgets(line, (int)cap, stdin) == NULL)
        return 0;
    size_t len = strlen(line);
    if (len == 0 || line[len - 1] != '\n')
        return 0;
    line[len - 1] = 0;
    return 1;
}
