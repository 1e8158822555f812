/* SPDX-License-Identifier: MIT */
/* facts.c: prints what the library knows by tables, in the form that documents.sh reads from docs/rules.md. */
#include <casegate/casegate.h>

#include <stdio.h>

static void obstacles(void)
{
    for (int32_t code = 1; casegate_obstacle_name(code)[0] != '\0'; code++) {
        const casegate_parameter *parameter;
        printf("obstacle %d %s", code, casegate_obstacle_name(code));
        for (size_t i = 0; (parameter = casegate_obstacle_parameter(code, i)) != NULL; i++) printf(" %s", parameter->name);
        putchar('\n');
    }
}

static void findings(const casegate_policy *policy)
{
    for (int32_t finding = 1; casegate_finding_name(finding)[0] != '\0'; finding++)
        printf("finding %s %s\n", casegate_finding_name(finding), casegate_level_name(casegate_policy_check(policy, finding)));
}

static void limits(const casegate_policy *policy)
{
    for (int32_t limit = 1; casegate_limit_name(limit)[0] != '\0'; limit++)
        printf("limit %s %zu\n", casegate_limit_name(limit), casegate_policy_limit(policy, limit));
}

static void reasons(const casegate_policy *policy)
{
    const casegate_reason *reason;

    for (size_t i = 0; (reason = casegate_policy_reason_at(policy, i)) != NULL; i++) printf("reason %s\n", reason->code);
}

static void actions(const casegate_workflow *workflow)
{
    for (int32_t code = 1; casegate_workflow_action(workflow, code) != NULL; code++) {
        const casegate_action *action = casegate_workflow_action(workflow, code);
        printf("action %s", action->name);
        for (int32_t role = 1; casegate_role_name(role)[0] != '\0'; role++)
            if ((action->roles >> role & 1u) != 0) printf(" %s", casegate_role_name(role));
        printf(" : %s\n", casegate_permission_name(workflow, action->permission));
    }
    for (size_t i = 0; i < casegate_workflow_status_count(workflow); i++) {
        const casegate_status *status = casegate_workflow_status_at(workflow, i);
        printf("status %d %s %s\n", status->code, status->name, casegate_phase_name(status->phase));
    }
}

int main(void)
{
    casegate_policy *policy = casegate_policy_default();
    casegate_workflow *workflow = casegate_workflow_builtin("intake", 1);

    obstacles();
    findings(policy);
    limits(policy);
    reasons(policy);
    actions(workflow);
    for (int32_t problem = 1; casegate_problem_name(problem)[0] != '\0'; problem++) printf("problem %s\n",
            casegate_problem_name(problem));
    casegate_policy_unref(policy);
    casegate_workflow_unref(workflow);
    return 0;
}
