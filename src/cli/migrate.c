/* SPDX-License-Identifier: MIT */
/* migrate.c: every case of a store from one definition to another: counted, taken along, and those that failed named. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

struct walk {
    struct cg_tool *tool;
    const casegate_workflow *from;
    uint64_t all, failed;
};

/* ---- the mapping ------------------------------------------------------------------------------------------------- */

static int read_mapping(struct cg_tool *tool, casegate_mapping **out)
{
    casegate_faults *faults = casegate_faults_new(NULL);
    const char *path = tool->opt.mapping;
    char *text = NULL;
    size_t len = 0;
    int status = faults != NULL ? cg_read_file(tool, path, CG_MOST_JSON, &text, &len) : cg_fail(tool, CASEGATE_E_NOMEM, "", "");

    if (status == CG_DONE) {
        casegate_result rc = casegate_json_read_mapping(NULL, (const casegate_workflow *const *)tool->workflows, tool->workflow_count,
                                                        text, len, out, faults, &tool->err);
        status = rc == CASEGATE_OK ? CG_DONE : rc == CASEGATE_REFUSED ? cg_put_faults(tool, path, faults) : cg_failed_in(tool, path);
    }
    free(text);
    casegate_faults_free(faults);
    return status;
}

/* ---- how many there are ------------------------------------------------------------------------------------------ */

static int is_under(const casegate_head *head, const casegate_workflow *workflow)
{
    return head->workflow_version == casegate_workflow_version(workflow) &&
           strcmp(head->workflow, casegate_workflow_name(workflow)) == 0;
}

/* So that the bar knows how far it is. */
static int count(struct cg_tool *tool, const casegate_head *head, void *user)
{
    struct walk *walk = user;

    (void)tool;
    walk->all += is_under(head, walk->from);
    return CG_DONE;
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static void put_failure_json(struct cg_tool *tool, const casegate_progress *p, int first)
{
    casegate_buffer *out = tool->out;

    cg_put(out, first ? "{\"case\":" : ",{\"case\":");
    cg_wrote(tool, casegate_json_write_text(p->case_id, out));
    if (p->result == CASEGATE_REFUSED) {
        cg_put(out, ",\"refused\":");
        cg_wrote(tool, casegate_json_write_verdict(casegate_outcome_verdict(tool->outcome), 0, out));
    } else {
        cg_putf(out, ",\"error\":{\"code\":\"%s\",\"field\":", casegate_result_name(p->result));
        cg_wrote(tool, casegate_json_write_text(p->error->field, out));
        cg_put(out, ",\"text\":");
        cg_wrote(tool, casegate_json_write_text(p->error->text, out));
        cg_put(out, "}");
    }
    cg_put(out, "}");
}

static void put_failure(struct cg_tool *tool, const casegate_progress *p)
{
    cg_put_safe(tool->out, p->case_id);
    cg_put(tool->out, ": ");
    cg_put_coloured(tool->out, tool->colour, CG_RED, "not migrated");
    if (p->result == CASEGATE_REFUSED) {
        cg_put(tool->out, "\n");
        cg_put_verdict(tool->out, casegate_outcome_verdict(tool->outcome), tool->colour, "  ");
        return;
    }
    cg_putf(tool->out, ": %s: %s: ", casegate_result_name(p->result), p->error->field);
    cg_put_safe(tool->out, p->error->text);
    cg_put(tool->out, "\n");
}

static int32_t CASEGATE_CALL tell(void *user, const casegate_progress *p)
{
    struct walk *walk = user;
    uint64_t passed = p->done + p->failed;

    if (p->case_id != NULL && p->failed > walk->failed) {
        if (walk->tool->json)
            put_failure_json(walk->tool, p, walk->failed == 0);
        else
            put_failure(walk->tool, p);
        walk->failed = p->failed;
    }
    if (passed < walk->all)   /* cases that came meanwhile do not end the bar early */
        cg_progress("migrate", (size_t)passed, (size_t)walk->all);
    return 0;
}

static int migrate(struct cg_tool *tool, const casegate_mapping *mapping)
{
    struct walk walk = { .tool = tool, .from = casegate_mapping_from(mapping) };
    casegate_progress progress;
    int status = cg_walk_cases(tool, count, &walk);

    if (status != CG_DONE)
        return status;
    casegate_progress_init(&progress, sizeof progress);
    cg_put(tool->out, tool->json ? "{\"failures\":[" : "");
    casegate_result rc = casegate_engine_migrate_all(tool->engine, &tool->call, mapping, tell, &walk, tool->outcome, &progress,
                                                     &tool->err);
    cg_progress("migrate", (size_t)walk.all, (size_t)walk.all);
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    if (tool->json)
        cg_putf(tool->out, "],\"seen\":%llu,\"migrated\":%llu,\"failed\":%llu}\n", (unsigned long long)progress.seen,
                (unsigned long long)progress.done, (unsigned long long)progress.failed);
    else
        cg_putf(tool->out, "%llu case%s migrated, %llu failed, of %llu seen\n", (unsigned long long)progress.done,
                progress.done == 1 ? "" : "s", (unsigned long long)progress.failed, (unsigned long long)progress.seen);
    return progress.failed == 0 ? CG_DONE : CG_ERROR;
}

int cg_do_migrate(struct cg_tool *tool)
{
    casegate_mapping *mapping = NULL;

    if (tool->opt.mapping == NULL)
        return cg_usage(tool, "--mapping", "is missing: from which definition to which?");
    int status = read_mapping(tool, &mapping);
    if (status == CG_DONE)
        status = migrate(tool, mapping);
    casegate_mapping_unref(mapping);
    return status;
}
