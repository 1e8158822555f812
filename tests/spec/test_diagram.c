/* SPDX-License-Identifier: MIT */
/* test_diagram.c: what is drawn of a workflow is its table: every transition, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/casegate.h>

typedef casegate_result draw_fn(const casegate_workflow *workflow, casegate_buffer *out);

static casegate_buffer *drawn(draw_fn *draw, const casegate_workflow *workflow)
{
    casegate_buffer *out = casegate_buffer_new(NULL);
    assert_int_equal(draw(workflow, out), CASEGATE_OK);
    return out;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text++) n++;
    return n;
}

/* Tags that are opened are closed, in order; a little more than counting, and enough for what has no text in it. */
static void assert_well_formed(const char *xml)
{
    const char *open[16];
    size_t depth = 0;
    for (const char *at = strchr(xml, '<'); at; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        assert_non_null(end);
        if (at[1] == '?' || end[-1] == '/') continue;
        if (at[1] == '/') {
            size_t length = strcspn(at + 2, ">");
            assert_true(depth > 0);
            assert_int_equal(strncmp(open[--depth], at + 2, length), 0);
        } else {
            assert_true(depth < 16);
            open[depth++] = at + 1;
        }
    }
    assert_int_equal(depth, 0);
}

static const char *status_name(const casegate_workflow *workflow, int32_t code) { return casegate_workflow_status(workflow, code)->name; }

static void the_scxml_is_well_formed_and_its_transitions_are_those_of_the_table(void **state)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_buffer *out = drawn(casegate_workflow_scxml, intake);
    const char *xml = casegate_buffer_data(out);
    (void)state;

    assert_well_formed(xml);

    assert_int_equal(count(xml, "<transition "), casegate_workflow_transition_count(intake));
    assert_int_equal(count(xml, "<state ") + count(xml, "<final "), casegate_workflow_status_count(intake));
    assert_int_equal(count(xml, " initial=\"draft\""), 1);
    assert_non_null(strstr(xml, "<final id=\"in_production\"/>"));
    for (size_t i = 0; i < casegate_workflow_transition_count(intake); i++) {
        const casegate_transition *t = casegate_workflow_transition_at(intake, i);
        char from[64], line[128];
        snprintf(from, sizeof from, "<state id=\"%s\">", status_name(intake, t->from));
        snprintf(line, sizeof line, "<transition event=\"%s\" target=\"%s\"/>", casegate_workflow_action(intake, t->action)->name,
                 status_name(intake, t->to));
        const char *at = strstr(xml, from), *end = at ? strstr(at, "</state>") : NULL, *found = at ? strstr(at, line) : NULL;
        assert_true(found && found < end);
    }
    casegate_buffer_free(out);
}

static void the_mermaid_diagram_is_the_table(void **state)
{
    casegate_buffer *out = drawn(casegate_workflow_mermaid, casegate_workflow_builtin("intake", 1));
    (void)state;

    assert_string_equal(casegate_buffer_data(out),
                        "stateDiagram-v2\n"
                        "  direction LR\n"
                        "  state \"Draft\" as s1\n"
                        "  state \"Received\" as s2\n"
                        "  state \"In Production (locked)\" as s3\n"
                        "  state \"Rejected\" as s4\n"
                        "  [*] --> s1 : create\n"
                        "  s1 --> s1 : edit\n"
                        "  s2 --> s2 : edit\n"
                        "  s4 --> s4 : edit\n"
                        "  s1 --> s2 : submit\n"
                        "  s4 --> s2 : submit\n"
                        "  s2 --> s3 : accept\n"
                        "  s2 --> s4 : reject\n");
    casegate_buffer_free(out);
}

static void the_dot_graph_has_every_transition_its_phases_and_the_lock(void **state)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_buffer *out = drawn(casegate_workflow_dot, intake);
    const char *dot = casegate_buffer_data(out);
    (void)state;

    assert_int_equal(count(dot, " -> "), casegate_workflow_transition_count(intake) + 1);
    assert_int_equal(count(dot, "subgraph cluster_"), 4);
    assert_int_equal(count(dot, "(locked)"), 1);
    assert_non_null(strstr(dot, "\"received\" -> \"in_production\" [label=\"accept\" color=\"#2b8a3e\" fontcolor=\"#2b8a3e\" penwidth=2.5];"));
    casegate_buffer_free(out);
}

/* A definition with a label that every format would take for its own. */
static casegate_workflow *awkward(void)
{
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "a<b>&", 1);
    casegate_workflow *workflow = NULL;
    casegate_workflow_add_status(b, 1, "dr<a>ft", "draft");
    casegate_workflow_add_status_label(b, "en", "\"Draft\" <b> & \\ : ;");
    casegate_workflow_add_status(b, 100, "gone", "closed");
    casegate_workflow_add_action(b, 100, "throw&away", "edit", 0);
    casegate_workflow_add_role(b, "dentist");
    casegate_workflow_add_transition(b, "dr<a>ft", "gone");
    assert_int_equal(casegate_workflow_builder_finish(b, &workflow, NULL, NULL), CASEGATE_OK);
    return workflow;
}

static void what_a_format_would_take_for_its_own_is_escaped(void **state)
{
    casegate_workflow *workflow = awkward();
    casegate_buffer *xml = drawn(casegate_workflow_scxml, workflow), *dot = drawn(casegate_workflow_dot, workflow),
                    *mermaid = drawn(casegate_workflow_mermaid, workflow);
    (void)state;

    assert_well_formed(casegate_buffer_data(xml));
    assert_non_null(strstr(casegate_buffer_data(xml), "name=\"a&lt;b&gt;&amp;\""));
    assert_non_null(strstr(casegate_buffer_data(xml), "event=\"throw&amp;away\""));
    assert_non_null(strstr(casegate_buffer_data(dot), "label=\"\\\"Draft\\\" <b> & \\\\ : ;\""));
    assert_non_null(strstr(casegate_buffer_data(mermaid), "state \"'Draft' <b> & \\   ,\" as s1"));

    casegate_buffer_free(xml);
    casegate_buffer_free(dot);
    casegate_buffer_free(mermaid);
    casegate_workflow_unref(workflow);
}

static void drawing_nothing_is_an_error(void **state)
{
    draw_fn *const all[] = { casegate_workflow_dot, casegate_workflow_mermaid, casegate_workflow_scxml, casegate_workflow_markdown };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(all[i](NULL, NULL), CASEGATE_E_INVALID);
        assert_int_equal(all[i](casegate_workflow_builtin("intake", 1), NULL), CASEGATE_E_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scxml_is_well_formed_and_its_transitions_are_those_of_the_table),
        cmocka_unit_test(the_mermaid_diagram_is_the_table),
        cmocka_unit_test(the_dot_graph_has_every_transition_its_phases_and_the_lock),
        cmocka_unit_test(what_a_format_would_take_for_its_own_is_escaped),
        cmocka_unit_test(drawing_nothing_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
