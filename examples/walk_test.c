/* SPDX-License-Identifier: MIT */
/* walk_test.c: a host walks every route of its own workflow against a real engine, and demands that nothing was left untried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/json.h>
#include <casegate/testkit.h>

static const char *const *paths;   /* of the definitions, from the command line */

static casegate_workflow *read_definition(const char *path)
{
    static char text[1 << 20];
    casegate_workflow *workflow = NULL;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_int_equal(casegate_json_read_workflow(NULL, text, len, &workflow, NULL, NULL), CASEGATE_OK);
    return workflow;
}

static void CASEGATE_CALL show(void *user, const char *line) { (void)user; print_message("%s\n", line); }

static void every_route_of_our_workflows_does_what_the_table_says(void **state)
{
    (void)state;
    for (const char *const *path = paths; *path; path++) {
        casegate_workflow *workflow = read_definition(*path);
        casegate_coverage *coverage = casegate_coverage_new();
        casegate_walk_options options = { .size = sizeof options, .workflow = workflow, .longest = 5, .line = show, .coverage = coverage };
        casegate_walk_result result = { .size = sizeof result };

        assert_int_equal(casegate_walk(&options, &result, NULL), CASEGATE_OK);

        print_message("%s: %lu routes, %lu requests, %lu buttons\n", casegate_workflow_name(workflow), (unsigned long)result.routes,
                      (unsigned long)result.requests, (unsigned long)result.explanations);
        assert_int_equal(result.deviations, 0);
        assert_int_equal(result.verified, result.routes);
        for (size_t i = 0; i < casegate_coverage_count(coverage); i++)
            if (casegate_coverage_at(coverage, i)->seen == 0) fail_msg("never tried: %s", casegate_coverage_at(coverage, i)->text);
        casegate_coverage_free(coverage);
        casegate_workflow_unref(workflow);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_route_of_our_workflows_does_what_the_table_says) };
    paths = (const char *const *)argv + (argc > 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
