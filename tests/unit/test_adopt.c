/* SPDX-License-Identifier: MIT */
/* test_adopt.c: sized structs of older and newer headers. */
#include "unit.h"

typedef struct ours { size_t size; int32_t a, b; const char *later; } ours;
enum { V1 = offsetof(ours, later) };

TEST(a_struct_of_our_size_is_used_in_place)
{
    UNUSED(state);
    ours given = { .size = sizeof given, .a = 1 }, room;
    const void *out = NULL;

    assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, NULL), CASEGATE_OK);
    assert_ptr_equal(out, &given);
}

TEST(a_shorter_struct_gets_defaults_for_what_it_lacks)
{
    UNUSED(state);
    ours given = { .size = V1, .a = 1, .b = 2, .later = "not to be read" }, room;
    const void *out = NULL;

    assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, NULL), CASEGATE_OK);

    assert_ptr_equal(out, &room);
    assert_int_equal(room.size, sizeof room);
    assert_int_equal(room.b, 2);
    assert_null(room.later);
}

TEST(a_longer_struct_is_taken_while_its_excess_is_zero)
{
    UNUSED(state);
    struct { ours first; int64_t newer; } given = { .first = { .size = sizeof given, .a = 1, .later = "x" } };
    ours room;
    const void *out = NULL;

    assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, NULL), CASEGATE_OK);
    assert_int_equal(room.size, sizeof room);
    assert_string_equal(room.later, "x");

    given.newer = 1;
    assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, NULL), CASEGATE_E_ABI);
}

TEST(a_size_that_cannot_be_is_not_read_at_all)
{
    UNUSED(state);
    static const size_t wrong[] = { 0, 1, V1 - 1, 4097, SIZE_MAX };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ours given = { .size = wrong[i] }, room;
        const void *out = NULL;
        casegate_error err = ERROR;

        assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, &err), CASEGATE_E_ABI);

        assert_null(out);
        assert_string_equal(err.text, "the size of a struct cannot be");
    }
}

TEST(a_size_beyond_4096_cannot_be_though_all_of_it_is_zero)
{
    UNUSED(state);
    static union { ours first; char bytes[5000]; } given;
    ours room;
    const void *out = NULL;

    given.first.size = 4096;
    assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, NULL), CASEGATE_OK);
    given.first.size = 4097;
    assert_int_equal(cg_adopt(&given, V1, sizeof room, &room, &out, NULL), CASEGATE_E_ABI);
}

TEST(no_struct_is_invalid)
{
    UNUSED(state);
    ours room;
    const void *out = NULL;

    assert_int_equal(cg_adopt(NULL, V1, sizeof room, &room, &out, NULL), CASEGATE_E_INVALID);
    assert_null(out);
}

TEST(init_empties_as_much_as_the_caller_has)
{
    UNUSED(state);
    union { casegate_head head; unsigned char bytes[sizeof(casegate_head)]; } given;
    memset(&given, 0x5A, sizeof given);

    casegate_head_init(&given.head, 16);

    assert_int_equal(given.head.size, 16);
    for (size_t i = sizeof(size_t); i < 16; i++) assert_int_equal(given.bytes[i], 0);
    assert_int_equal(given.bytes[16], 0x5A);
    casegate_head_init(NULL, sizeof(casegate_head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_struct_of_our_size_is_used_in_place),
        cmocka_unit_test(a_shorter_struct_gets_defaults_for_what_it_lacks),
        cmocka_unit_test(a_longer_struct_is_taken_while_its_excess_is_zero),
        cmocka_unit_test(a_size_that_cannot_be_is_not_read_at_all),
        cmocka_unit_test(a_size_beyond_4096_cannot_be_though_all_of_it_is_zero),
        cmocka_unit_test(no_struct_is_invalid),
        cmocka_unit_test(init_empties_as_much_as_the_caller_has)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
