/* SPDX-License-Identifier: MIT */
/* test_markdown.c: the decision table that the library writes of intake, against a table written by hand. */
#include "spec.h"

/* CG-R08 CG-R09 CG-R10 CG-R15 */
static const char table[] =
    "| status | action | clinic_user | dentist | lab_user | system |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
    "| `draft` | `edit` | → `draft` | → `draft` | not_found | wrong_role |\n"
    "| `draft` | `submit` | → `received` | → `received` | not_found | wrong_role |\n"
    "| `draft` | `accept` | not_submitted, wrong_role | not_submitted, wrong_role | not_found | not_submitted, wrong_role |\n"
    "| `draft` | `reject` | not_submitted, wrong_role | not_submitted, wrong_role | not_found | not_submitted, wrong_role |\n"
    "| `received` | `edit` | → `received` | → `received` | wrong_role | wrong_role |\n"
    "| `received` | `submit` | already_submitted | already_submitted | already_submitted, wrong_role | "
    "already_submitted, wrong_role |\n"
    "| `received` | `accept` | wrong_role | wrong_role | → `in_production` | wrong_role |\n"
    "| `received` | `reject` | wrong_role | wrong_role | → `rejected` | wrong_role |\n"
    "| `in_production` | `edit` | locked | locked | locked, wrong_role | locked, wrong_role |\n"
    "| `in_production` | `submit` | already_accepted | already_accepted | already_accepted, wrong_role | "
    "already_accepted, wrong_role |\n"
    "| `in_production` | `accept` | already_accepted, wrong_role | already_accepted, wrong_role | already_accepted | "
    "already_accepted, wrong_role |\n"
    "| `in_production` | `reject` | already_accepted, wrong_role | already_accepted, wrong_role | already_accepted | "
    "already_accepted, wrong_role |\n"
    "| `rejected` | `edit` | → `rejected` | → `rejected` | wrong_role | wrong_role |\n"
    "| `rejected` | `submit` | → `received` | → `received` | wrong_role | wrong_role |\n"
    "| `rejected` | `accept` | already_rejected, wrong_role | already_rejected, wrong_role | already_rejected | "
    "already_rejected, wrong_role |\n"
    "| `rejected` | `reject` | already_rejected, wrong_role | already_rejected, wrong_role | already_rejected | "
    "already_rejected, wrong_role |\n";

TEST(the_decision_table_of_intake_is_the_one_of_the_rules)
{
    UNUSED(state);
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_buffer *out = casegate_buffer_new(NULL);
    casegate_buffer_append(out, "x", 1);

    assert_int_equal(casegate_workflow_markdown(intake, out), CASEGATE_OK);

    assert_string_equal(casegate_buffer_data(out) + 1, table);
    casegate_buffer_free(out);
    casegate_workflow_unref(intake);
}

TEST(only_intake_of_version_one_is_built_in)
{
    UNUSED(state);
    assert_null(casegate_workflow_builtin("intake", 0));
    assert_null(casegate_workflow_builtin("intake", 2));
    assert_null(casegate_workflow_builtin("lifecycle", 1));
    assert_null(casegate_workflow_builtin("", 1));
    assert_null(casegate_workflow_builtin(NULL, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_decision_table_of_intake_is_the_one_of_the_rules),
        cmocka_unit_test(only_intake_of_version_one_is_built_in),
    };
    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
