/* SPDX-License-Identifier: MIT */
/* test_view.c: tables of members, and copies that own themselves. */
#include "sample.h"

TEST(tables_end_and_unknown_views_are_empty)
{
    UNUSED(state);
    static const size_t counts[] = { 0, 17, 9, 5, 7, 2, 28, 30, 26, 0 };
    for (int32_t view = 0; view < 10; view++) {
        assert_int_equal(casegate_member_count(view), counts[view]);
        assert_null(casegate_member_at(view, counts[view]));
    }
    assert_int_equal(casegate_member_count(-1), 0);
    assert_null(casegate_member_at(INT32_MAX, 0));
}

TEST(names_are_unique_tags_as_well_and_all_say_their_size)
{
    UNUSED(state);
    for (int32_t view = CASEGATE_VIEW_CONTENT; view <= CASEGATE_VIEW_NOTICE; view++) {
        for (size_t i = 0; i < casegate_member_count(view); i++) {
            const casegate_member *one = casegate_member_at(view, i);
            assert_int_equal(one->size, sizeof *one);
            assert_in_range(one->tag, 0, 31);
            assert_true(one->kind > 0);
            for (size_t k = 0; k < i; k++) {
                const casegate_member *other = casegate_member_at(view, k);
                assert_string_not_equal(one->name, other->name);
                assert_true(one->tag == 0 || one->tag != other->tag);
                if (view != CASEGATE_VIEW_CONTENT) assert_int_not_equal(one->offset, other->offset);
            }
        }
    }
}

/* How many bytes a member takes. */
static size_t size_of(const casegate_member *member)
{
    switch (member->kind) {
    case CASEGATE_KIND_INT64: case CASEGATE_KIND_TIME: return sizeof(int64_t);
    case CASEGATE_KIND_LINES: case CASEGATE_KIND_FILES: case CASEGATE_KIND_LABELS: return sizeof(void *) + sizeof(size_t);
    default: return cg_is_text(member) ? sizeof(char *) : sizeof(int32_t);
    }
}

TEST(every_member_of_every_struct_is_in_its_table)
{
    UNUSED(state);
    for (int32_t view = CASEGATE_VIEW_SERVICE; view <= CASEGATE_VIEW_NOTICE; view++) {
        const cg_view *known = cg_view_of(view);
        size_t bytes = sizeof(size_t);
        for (size_t i = 0; i < known->count; i++) {
            bytes += size_of(&known->members[i]);
            if (known->members[i].kind == CASEGATE_KIND_INT64) bytes += sizeof(int32_t);   /* size_known */
        }
        /* All but padding, of which there is less than a member between any two. */
        assert_in_range(known->size - bytes, 0, view == CASEGATE_VIEW_NOTICE || view == CASEGATE_VIEW_EVENT ? 20 : 8);
    }
}

TEST(a_copy_of_an_event_owns_all_that_it_points_to)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    char comment[] = "Sorry.", path[] = "due", name[] = "upper.stl", text[] = "No capacity";
    const char *changed[] = { path };
    casegate_file file = sample_file;
    casegate_label label = sample_en;
    const casegate_file *files[] = { &file };
    const casegate_label *labels[] = { &label };
    casegate_event event = sample_event(), *copy = NULL;
    file.name = name;
    label.text = text;
    event.comment = comment;
    event.changed = changed;
    event.changed_count = event.reason_label_count = 1;
    event.files = files;
    event.reason_labels = labels;
    event.key = "";

    assert_int_equal(casegate_event_copy(host, &event, &copy, NULL), CASEGATE_OK);
    casegate_host_unref(host);
    comment[0] = path[0] = name[0] = text[0] = '?';
    files[0] = NULL;
    labels[0] = NULL;
    changed[0] = NULL;

    assert_string_equal(copy->comment, "Sorry.");
    assert_string_equal(copy->changed[0], "due");
    assert_string_equal(copy->files[0]->name, "upper.stl");
    assert_string_equal(copy->reason_labels[0]->text, "No capacity");
    assert_int_equal(copy->seq, 3);
    assert_int_equal(copy->time_us, event.time_us);
    assert_null(copy->key);
    casegate_event_free(copy);
    assert_int_equal(memory.held, 0);
}

TEST(a_copy_of_a_head_is_one_allocation)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_head head = { .size = sizeof head, .id = "case-1", .clinic = "clinic-1", .lab = "lab-1", .workflow = "intake",
        .status = 2,
                           .content_digest = ONES, .event_hash = TWOS, .due = "2026-03-16", .service_count = 3 };
    casegate_head *copy = NULL;
    int before = memory.allocations;

    assert_int_equal(casegate_head_copy(host, &head, &copy, NULL), CASEGATE_OK);

    assert_int_equal(memory.allocations, before + 1);
    assert_string_equal(copy->event_hash, TWOS);
    assert_int_equal(copy->status, 2);
    assert_int_equal(copy->service_count, 3);
    casegate_head_free(copy);
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(a_copy_of_a_notice_has_its_lists)
{
    UNUSED(state);
    casegate_notice notice = { .size = sizeof notice, .id = "case-1.3.1", .case_id = "case-1", .reason_labels = sample_labels,
                               .reason_label_count = 2, .files = sample_files, .file_count = 1, .mutable_ = 1, .read = 1 };
    casegate_notice *copy = NULL;

    assert_int_equal(casegate_notice_copy(NULL, &notice, &copy, NULL), CASEGATE_OK);

    assert_string_equal(copy->reason_labels[1]->language, "de");
    assert_string_equal(copy->files[0]->sha256, SHA);
    assert_int_equal(copy->mutable_, 1);
    assert_int_equal(copy->read, 1);
    assert_null(copy->lease);
    casegate_notice_free(copy);
}

TEST(structs_of_other_headers_are_adopted_at_every_depth)
{
    UNUSED(state);
    struct { casegate_event event; char newer[24]; } longer = { .event = sample_event() };
    struct { casegate_file file; int64_t newer; } file = { .file = sample_file };
    const casegate_file *files[] = { &file.file };
    casegate_event *copy = NULL;
    casegate_error err = ERROR;
    longer.event.size = sizeof longer;
    longer.event.files = files;
    file.file.size = sizeof file;

    assert_int_equal(casegate_event_copy(NULL, &longer.event, &copy, NULL), CASEGATE_OK);
    assert_int_equal(copy->size, sizeof *copy);
    assert_int_equal(copy->files[0]->size, sizeof(casegate_file));
    casegate_event_free(copy);

    copy = NULL;
    file.newer = 1;
    assert_int_equal(casegate_event_copy(NULL, &longer.event, &copy, &err), CASEGATE_E_ABI);
    assert_null(copy);
}

TEST(lists_that_lack_what_they_count_are_invalid_and_named)
{
    UNUSED(state);
    static const casegate_file *const files[] = { NULL };
    casegate_event event = sample_event(), *copy = NULL;
    casegate_error err = ERROR;

    event.files = files;
    assert_int_equal(casegate_event_copy(NULL, &event, &copy, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "files");
    event = sample_event();
    event.changed = NULL;
    assert_int_equal(casegate_event_copy(NULL, &event, &copy, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "changed");
    assert_int_equal(casegate_event_copy(NULL, NULL, &copy, &err), CASEGATE_E_INVALID);
    assert_int_equal(casegate_event_copy(NULL, &event, NULL, &err), CASEGATE_E_INVALID);
    assert_null(copy);
    casegate_event_free(NULL);
}

TEST(nothing_leaks_wherever_memory_runs_out)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    char comment[5000];
    memset(comment, 'a', sizeof comment);
    comment[sizeof comment - 1] = '\0';
    casegate_event event = sample_event(), *copy = NULL;
    event.comment = comment;
    int before = memory.held;
    for (int left = 0; !copy; left++) {
        memory.left = left;
        casegate_result rc = casegate_event_copy(host, &event, &copy, NULL);
        assert_int_equal(rc, copy ? CASEGATE_OK : CASEGATE_E_NOMEM);
        if (!copy) assert_int_equal(memory.held, before);
    }
    casegate_event_free(copy);
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(recipients_and_states_have_names)
{
    UNUSED(state);
    assert_string_equal(casegate_recipient_name(CASEGATE_TO_DENTIST), "dentist");
    assert_string_equal(casegate_recipient_name(0), "");
    assert_string_equal(casegate_notice_state_name(CASEGATE_NOTICE_DEAD), "dead");
    assert_string_equal(casegate_notice_state_name(5), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_end_and_unknown_views_are_empty),
        cmocka_unit_test(names_are_unique_tags_as_well_and_all_say_their_size),
        cmocka_unit_test(every_member_of_every_struct_is_in_its_table),
        cmocka_unit_test(a_copy_of_an_event_owns_all_that_it_points_to),
        cmocka_unit_test(a_copy_of_a_head_is_one_allocation),
        cmocka_unit_test(a_copy_of_a_notice_has_its_lists),
        cmocka_unit_test(structs_of_other_headers_are_adopted_at_every_depth),
        cmocka_unit_test(lists_that_lack_what_they_count_are_invalid_and_named),
        cmocka_unit_test(nothing_leaks_wherever_memory_runs_out),
        cmocka_unit_test(recipients_and_states_have_names)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
