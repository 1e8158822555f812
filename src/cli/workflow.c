/* SPDX-License-Identifier: MIT */
/* workflow.c: the definitions that the tool works with: read from files, verified, and what stands in for their guards. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* Every fault on standard error; the exit status. */
int cg_put_faults(struct cg_tool *tool, const char *path, const casegate_faults *faults)
{
    const casegate_fault *fault;

    for (size_t i = 0; (fault = casegate_faults_at(faults, i)) != NULL; i++)
        fprintf(stderr, "casegate: %s: %s: %s: %s: %s\n", tool->command->name, path, fault->place, fault->name, fault->text);
    return CG_REFUSED;
}

int cg_read_workflow(struct cg_tool *tool, const char *path, casegate_workflow **out)
{
    casegate_faults *faults = casegate_faults_new(NULL);
    char *text = NULL;
    size_t len = 0;
    int status = faults != NULL ? cg_read_file(tool, path, CG_MOST_JSON, &text, &len) : cg_fail(tool, CASEGATE_E_NOMEM, "", "");

    if (status == CG_DONE) {
        casegate_result rc = casegate_json_read_workflow(NULL, text, len, out, faults, &tool->err);
        status = rc == CASEGATE_OK ? CG_DONE : rc == CASEGATE_REFUSED ? cg_put_faults(tool, path, faults) : cg_failed_in(tool, path);
    }
    free(text);
    casegate_faults_free(faults);
    return status;
}

static int is_there(const struct cg_tool *tool, const casegate_workflow *workflow)
{
    for (size_t i = 0; i < tool->workflow_count; i++)
        if (casegate_workflow_version(tool->workflows[i]) == casegate_workflow_version(workflow) &&
            strcmp(casegate_workflow_name(tool->workflows[i]), casegate_workflow_name(workflow)) == 0)
            return 1;
    return 0;
}

static int add_workflow(struct cg_tool *tool, const char *path)
{
    casegate_workflow *workflow = NULL;
    int status = tool->workflow_count < CG_MOST_WORKFLOWS ? cg_read_workflow(tool, path, &workflow)
                                                          : cg_usage(tool, "--workflow", "is given too often");

    if (status == CG_DONE && is_there(tool, workflow))
        status = cg_usage(tool, "--workflow", "names two definitions of one name and version");
    if (status == CG_DONE)
        tool->workflows[tool->workflow_count++] = workflow;
    else
        casegate_workflow_unref(workflow);
    return status;
}

/* CASEGATE_WORKFLOWS: paths, with a colon between two. */
static int add_from_environment(struct cg_tool *tool)
{
    const char *list = getenv("CASEGATE_WORKFLOWS");
    char *copy = list != NULL ? strdup(list) : NULL, *rest = NULL;
    int status = list != NULL && copy == NULL ? cg_fail(tool, CASEGATE_E_NOMEM, "", "") : CG_DONE;

    for (char *path = copy != NULL ? strtok_r(copy, ":", &rest) : NULL; path != NULL && status == CG_DONE;
         path = strtok_r(NULL, ":", &rest))
        status = add_workflow(tool, path);
    free(copy);
    return status;
}

/* New cases run under the first of them; intake is always there, for the cases that were made under it. */
int cg_read_workflows(struct cg_tool *tool)
{
    int status = tool->opt.workflow_count == 0 ? add_from_environment(tool) : CG_DONE;

    for (size_t i = 0; status == CG_DONE && i < tool->opt.workflow_count; i++)
        status = add_workflow(tool, tool->opt.workflows[i]);
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    if (status == CG_DONE && !is_there(tool, intake))
        tool->workflows[tool->workflow_count++] = intake;
    else
        casegate_workflow_unref(intake);
    return status;
}

/* ---- guards ------------------------------------------------------------------------------------------------------ */

/* Behind a name of a definition stands a rule of the host, which the tool cannot ask: nothing passes. */
static casegate_result CASEGATE_CALL bar(void *user, void *context, casegate_question *question, casegate_error *err)
{
    (void)user, (void)context, (void)err;
    return casegate_question_refuse(question, "this is a rule of the system that the case belongs to; do it there");
}

static int is_given(const struct cg_guards *guards, const char *name)
{
    for (size_t i = 0; i < guards->count; i++)
        if (strcmp(guards->guards[i].name, name) == 0)
            return 1;
    return 0;
}

static int add_guards(struct cg_tool *tool, struct cg_guards *guards, const casegate_action *action)
{
    for (size_t i = 0; i < action->guard_count; i++) {
        if (is_given(guards, action->guards[i]))
            continue;
        if (guards->count == CG_MOST_GUARDS)
            return cg_fail(tool, CASEGATE_E_UNSUPPORTED, "--workflow", "the definitions name too many guards");
        casegate_guard *guard = &guards->guards[guards->count];
        casegate_guard_init(guard, sizeof *guard);
        guard->name = action->guards[i];
        guard->ask = bar;
        guards->list[guards->count++] = guard;
    }
    return CG_DONE;
}

int cg_bar_guards(struct cg_tool *tool, struct cg_guards *guards)
{
    const casegate_action *action;
    int status = CG_DONE;

    guards->count = 0;
    for (size_t w = 0; w < tool->workflow_count; w++)
        for (size_t i = 0; status == CG_DONE && (action = casegate_workflow_action_at(tool->workflows[w], i)) != NULL; i++)
            status = add_guards(tool, guards, action);
    return status;
}
