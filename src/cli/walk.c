/* SPDX-License-Identifier: MIT */
/* walk.c: every case that the actor sees, a page at a time, however many there are. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 1000 };

/* The page lies in tool->outcome, so visit needs an outcome of its own. Another status than CG_DONE ends the walk. */
int cg_walk_cases(struct cg_tool *tool, cg_visit visit, void *user)
{
    casegate_list list;
    char *after = NULL;
    int status;

    casegate_list_init(&list, sizeof list);
    list.limit = PAGE;
    do {
        list.after = after;
        status = cg_answered(tool, casegate_engine_list(tool->engine, &tool->call, &list, tool->outcome, &tool->err));
        free(after);
        after = NULL;
        for (size_t i = 0; status == CG_DONE && i < casegate_outcome_head_count(tool->outcome); i++)
            status = visit(tool, casegate_outcome_head_at(tool->outcome, i), user);
        const char *next = status == CG_DONE ? casegate_outcome_next(tool->outcome) : NULL;
        if (next != NULL && (after = strdup(next)) == NULL)
            status = cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    } while (after != NULL);
    return status;
}
