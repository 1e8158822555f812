/* SPDX-License-Identifier: MIT */
/* templates.c: a folder of templates: CODE.LANGUAGE.txt beside CODE.LANGUAGE.html, in a subfolder those of one lab. */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_TEMPLATE ((size_t)256 * 1024)
#define SUBJECT "Subject: "

/* What is read now: of which lab ("": of all), from where. */
struct folder {
    struct cg_tool *tool;
    const char *path, *lab;
};

static int join(char *out, size_t cap, const char *folder, const char *name)
{
    return snprintf(out, cap, "%s/%s", folder, name) < (int)cap;
}

static int blame(struct cg_tool *tool, const char *path, const char *text)
{
    return cg_fail(tool, CASEGATE_E_INVALID, path, text);
}

/* The text of a file without carriage returns; NULL with CG_DONE: there is none. */
static int read_text(struct cg_tool *tool, const char *path, int must_exist, char **out)
{
    struct stat facts;
    size_t len = 0, kept = 0;

    if (!must_exist && stat(path, &facts) != 0 && errno == ENOENT)
        return CG_DONE;
    int status = cg_read_file(tool, path, MOST_TEMPLATE, out, &len);
    if (status != CG_DONE)
        return status;
    if (strlen(*out) != len)
        return blame(tool, path, "has a NUL");
    for (size_t i = 0; i <= len; i++)
        if ((*out)[i] != '\r' || (*out)[i + 1] != '\n')
            (*out)[kept++] = (*out)[i];
    return CG_DONE;
}

/* "Subject: ...", an empty line, and the text. */
static int split_text(char *text, casegate_template *t)
{
    char *end = strchr(text, '\n');

    if (strncmp(text, SUBJECT, strlen(SUBJECT)) != 0 || end == NULL || end[1] != '\n')
        return 0;
    *end = 0;
    t->subject = text + strlen(SUBJECT);
    t->text = end + 2;
    return 1;
}

/* One template by itself first, so that what is wrong with it is told of its file. */
static int add_template(const struct folder *f, const char *path, const casegate_template *t, casegate_templates_builder *builder)
{
    casegate_templates_builder *alone = casegate_templates_builder_new(NULL);
    casegate_templates *made = NULL;

    casegate_templates_add(alone, t);
    casegate_result rc = casegate_templates_builder_finish(alone, &made, &f->tool->err);
    casegate_templates_unref(made);
    if (rc != CASEGATE_OK)
        return cg_failed_in(f->tool, path);
    casegate_templates_add(builder, t);
    return CG_DONE;
}

/* name is "CODE.LANGUAGE.txt"; "other" stands for every code without a text of its own. */
static int read_template(const struct folder *f, const char *name, casegate_templates_builder *builder)
{
    char path[4096], stem[300], *text = NULL, *html = NULL, *language;
    casegate_template t;

    casegate_template_init(&t, sizeof t);
    snprintf(stem, sizeof stem, "%.*s", (int)(strlen(name) - 4), name);
    language = strrchr(stem, '.');
    if (!join(path, sizeof path, f->path, name) || language == NULL || language == stem)
        return blame(f->tool, name, "is not named CODE.LANGUAGE.txt");
    *language++ = 0;
    t.lab = f->lab;
    t.code = strcmp(stem, "other") == 0 ? NULL : stem;
    t.language = language;
    int status = read_text(f->tool, path, 1, &text);
    if (status == CG_DONE && !split_text(text, &t))
        status = blame(f->tool, path, "wants a first line \"" SUBJECT "...\", an empty line, and the text");
    if (status == CG_DONE) {
        strcpy(path + strlen(path) - 4, ".html");
        status = read_text(f->tool, path, 0, &html);
        strcpy(path + strlen(path) - 5, ".txt");
        t.html = html;
    }
    if (status == CG_DONE)
        status = add_template(f, path, &t, builder);
    free(text);
    free(html);
    return status;
}

/* What {lab} shows for the lab of this folder: the first line of its file "name". */
static int read_name(const struct folder *f, casegate_templates_builder *builder)
{
    char path[4096], *text = NULL;
    int status = join(path, sizeof path, f->path, "name") ? read_text(f->tool, path, 1, &text) : CG_DONE;

    if (status == CG_DONE) {
        text[strcspn(text, "\n")] = 0;
        casegate_templates_add_lab(builder, f->lab, text);
    }
    free(text);
    return status;
}

static int ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);

    return len > tail && strcmp(name + len - tail, end) == 0;
}

static int read_folder(const struct folder *f, casegate_templates_builder *builder);

static int read_entry(const struct folder *f, const char *name, casegate_templates_builder *builder)
{
    char path[4096];
    struct stat facts;

    if (name[0] == '.' || !join(path, sizeof path, f->path, name) || stat(path, &facts) != 0)
        return CG_DONE;
    if (S_ISDIR(facts.st_mode))
        return *f->lab != 0 ? blame(f->tool, path, "is one folder too deep")
                            : read_folder(&(struct folder) { f->tool, path, name }, builder);
    if (ends_with(name, ".txt"))
        return read_template(f, name, builder);
    if (strcmp(name, "name") == 0 && *f->lab != 0)
        return read_name(f, builder);
    if (!ends_with(name, ".html"))
        return blame(f->tool, path, "is no template: CODE.LANGUAGE.txt, or .html beside it");
    strcpy(path + strlen(path) - 5, ".txt");
    return stat(path, &facts) == 0 ? CG_DONE : blame(f->tool, path, "is missing beside the HTML");
}

static int read_folder(const struct folder *f, casegate_templates_builder *builder)
{
    DIR *dir = opendir(f->path);
    int status = CG_DONE;

    if (dir == NULL) {
        casegate_error_set(&f->tool->err, CASEGATE_E_HOST, errno, NULL, strerror(errno));
        return cg_failed_in(f->tool, f->path);
    }
    for (struct dirent *entry; status == CG_DONE && (entry = readdir(dir)) != NULL;)
        status = read_entry(f, entry->d_name, builder);
    closedir(dir);
    return status;
}

/* Fills tool->templates from --templates. */
int cg_read_templates(struct cg_tool *tool)
{
    const struct folder top = { tool, tool->opt.templates, "" };
    casegate_templates_builder *builder = casegate_templates_builder_new(NULL);
    int status = builder != NULL ? read_folder(&top, builder) : cg_fail(tool, CASEGATE_E_NOMEM, "", "");

    if (status != CG_DONE) {
        casegate_templates_builder_free(builder);
        return status;
    }
    return casegate_templates_builder_finish(builder, &tool->templates, &tool->err) == CASEGATE_OK
               ? CG_DONE : cg_failed_in(tool, tool->opt.templates);
}
