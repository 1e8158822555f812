/* SPDX-License-Identifier: MIT */
/* test_time.c: RFC 3339 times and ISO 8601 durations. */
#include "unit.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

static void both_ways(int64_t us, const char *text)
{
    char buf[28];
    int64_t back = -1;
    casegate_time_format(us, buf, sizeof buf);
    assert_string_equal(buf, text);
    assert_int_equal(casegate_time_parse(text, &back), CASEGATE_OK);
    assert_true(back == us);
}

TEST(times_are_written_and_read_alike)
{
    UNUSED(state);
    both_ways(0, "1970-01-01T00:00:00.000000Z");
    both_ways(INT64_C(1772438400000000), "2026-03-02T08:00:00.000000Z");
    both_ways(INT64_C(951782400000001), "2000-02-29T00:00:00.000001Z");
    both_ways(-1, "1969-12-31T23:59:59.999999Z");
    both_ways(INT64_C(-62135596800000000), "0001-01-01T00:00:00.000000Z");
    both_ways(INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z");
}

TEST(every_day_of_four_centuries_comes_back)
{
    UNUSED(state);
    for (int64_t day = -135140; day < 160000; day++) {
        char buf[28];
        int64_t days = 0;
        casegate_time_format(day * DAY + 5, buf, sizeof buf);
        buf[10] = '\0';
        assert_int_equal(cg_date_days(buf, &days), 0);
        assert_true(days == day);
    }
}

TEST(times_beyond_the_calendar_are_clamped)
{
    UNUSED(state);
    char buf[28];

    casegate_time_format(INT64_MIN, buf, sizeof buf);
    assert_string_equal(buf, "0001-01-01T00:00:00.000000Z");
    casegate_time_format(INT64_MAX, buf, sizeof buf);
    assert_string_equal(buf, "9999-12-31T23:59:59.999999Z");
}

TEST(a_fraction_has_up_to_six_digits)
{
    UNUSED(state);
    int64_t us = 0;

    assert_int_equal(casegate_time_parse("1970-01-01T00:00:01Z", &us), CASEGATE_OK);
    assert_true(us == SECOND);
    assert_int_equal(casegate_time_parse("1970-01-01T00:00:00.5Z", &us), CASEGATE_OK);
    assert_true(us == 500000);
    assert_int_equal(casegate_time_parse("1970-01-01T00:00:00.000012Z", &us), CASEGATE_OK);
    assert_true(us == 12);
}

TEST(what_is_no_time_in_utc_is_refused)
{
    UNUSED(state);
    static const char *const wrong[] = {
        "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00+00:00",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567Z",
        "1970-02-30T00:00:00Z",
        "1970-01-01T00:00:00Zx", "1970-01-01T00:00Z", "0000-01-01T00:00:00Z", "1970-01-01T0:00:00Z", "1970-01-01T00:00:00.12x"
    };
    int64_t us = 42;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (casegate_time_parse(wrong[i], &us) != CASEGATE_E_INVALID) fail_msg("'%s' was taken", wrong[i]);
    assert_int_equal(casegate_time_parse(NULL, &us), CASEGATE_E_INVALID);
    assert_true(us == 42);
}

static void duration_both_ways(int64_t us, const char *text)
{
    char buf[40];
    int64_t back = -1;
    casegate_duration_format(us, buf, sizeof buf);
    assert_string_equal(buf, text);
    assert_int_equal(casegate_duration_parse(text, &back), CASEGATE_OK);
    assert_true(back == us);
}

TEST(durations_are_written_and_read_alike)
{
    UNUSED(state);
    duration_both_ways(0, "PT0S");
    duration_both_ways(5 * DAY, "P5D");
    duration_both_ways(3600 * SECOND, "PT1H");
    duration_both_ways(DAY + 7384 * SECOND, "P1DT2H3M4S");
    duration_both_ways(59 * SECOND, "PT59S");
    duration_both_ways(INT64_MAX / SECOND * SECOND, "P106751991DT4H54S");
}

TEST(units_may_hold_more_than_the_next_one)
{
    UNUSED(state);
    int64_t us = 0;

    assert_int_equal(casegate_duration_parse("PT90M", &us), CASEGATE_OK);
    assert_true(us == 5400 * SECOND);
    assert_int_equal(casegate_duration_parse("P0D", &us), CASEGATE_OK);
    assert_true(us == 0);
}

TEST(what_is_no_duration_is_refused)
{
    UNUSED(state);
    static const char *const wrong[] = {
        "", "P", "PT", "P1", "5D", "P1DT", "P1H", "PT1D", "PT1S1M", "PT1M1M", "P1.5D", "P-1D", "P1Y", "P1W", "P1M", "P1D ",
        "PTT1S",
        "P106751992D", "P99999999999999999999D", "PT9223372036855S"
    };
    int64_t us = 42;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (casegate_duration_parse(wrong[i], &us) != CASEGATE_E_INVALID) fail_msg("'%s' was taken", wrong[i]);
    assert_true(us == 42);
}

TEST(room_that_is_too_small_gets_an_empty_text)
{
    UNUSED(state);
    char buf[40] = "x";

    casegate_time_format(0, buf, 27);
    assert_string_equal(buf, "");
    buf[0] = 'x';
    casegate_duration_format(0, buf, 39);
    assert_string_equal(buf, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_and_read_alike),
        cmocka_unit_test(every_day_of_four_centuries_comes_back),
        cmocka_unit_test(times_beyond_the_calendar_are_clamped),
        cmocka_unit_test(a_fraction_has_up_to_six_digits),
        cmocka_unit_test(what_is_no_time_in_utc_is_refused),
        cmocka_unit_test(durations_are_written_and_read_alike),
        cmocka_unit_test(units_may_hold_more_than_the_next_one),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(room_that_is_too_small_gets_an_empty_text)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
