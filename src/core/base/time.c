/* SPDX-License-Identifier: MIT */
/* time.c: calendar dates, RFC 3339 times and ISO 8601 durations, by hand: no locale, no time zone of the process. */
#include "base.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define FIRST_US (INT64_C(-719162) * DAY)           /* 0001-01-01 */
#define LAST_US (INT64_C(2932897) * DAY - 1)        /* 9999-12-31, its last microsecond */

enum { TIME_ROOM = 28, DURATION_ROOM = 40, DAYS_400_YEARS = 146097, DAYS_100_YEARS = 36524, DAYS_4_YEARS = 1461 };

static int is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days of a year before its month, 1 to 12; month 13: the whole year. */
static int days_before(int year, int month)
{
    static const short before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
    return before[month - 1] + (month > 2 && is_leap(year));
}

/* Days from 0001-01-01 to the first of a year. */
static int64_t days_to_year(int64_t year)
{
    int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

#define DAYS_TO_1970 INT64_C(719162)

/* n digits; -1 if there are others. */
static int read_digits(const char *text, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static char *put_digits(char *to, int64_t value, int n)
{
    for (int i = n - 1; i >= 0; i--, value /= 10) to[i] = (char)('0' + value % 10);
    return to + n;
}

/* A date at the beginning of a text. */
static int read_date(const char *text, int64_t *days)
{
    int year = read_digits(text, 4);
    if (year < 1 || text[4] != '-') return -1;
    int month = read_digits(text + 5, 2);
    if (month < 1 || month > 12 || text[7] != '-') return -1;
    int day = read_digits(text + 8, 2);
    if (day < 1 || day > days_before(year, month + 1) - days_before(year, month)) return -1;
    *days = days_to_year(year) - DAYS_TO_1970 + days_before(year, month) + day - 1;
    return 0;
}

int cg_date_days(const char *date, int64_t *days)
{
    int64_t value;
    if (cg_empty(date) || read_date(date, &value) != 0 || date[10] != '\0') return -1;
    *days = value;
    return 0;
}

/* Writes YYYY-MM-DD of the days since 0001-01-01. */
static char *put_date(char *to, int64_t days)
{
    int64_t year = 1 + days / DAYS_400_YEARS * 400;
    days %= DAYS_400_YEARS;
    int64_t hundreds = days / DAYS_100_YEARS < 3 ? days / DAYS_100_YEARS : 3;   /* the last century has a day more */
    days -= hundreds * DAYS_100_YEARS;
    int64_t fours = days / DAYS_4_YEARS;
    days -= fours * DAYS_4_YEARS;
    int64_t ones = days / 365 < 3 ? days / 365 : 3;                             /* the leap year as well */
    days -= ones * 365;
    year += hundreds * 100 + fours * 4 + ones;

    int month = 1;
    while (month < 12 && days >= days_before((int)year, month + 1)) month++;
    to = put_digits(to, year, 4);
    *to++ = '-';
    to = put_digits(to, month, 2);
    *to++ = '-';
    return put_digits(to, days - days_before((int)year, month) + 1, 2);
}

void casegate_time_format(int64_t us, char *buf, size_t cap)
{
    if (!buf || cap == 0) return;
    buf[0] = '\0';
    if (cap < TIME_ROOM) return;
    if (us < FIRST_US) us = FIRST_US;
    if (us > LAST_US) us = LAST_US;
    us -= FIRST_US;
    int64_t second = us % DAY / SECOND;

    char *at = put_date(buf, us / DAY);
    *at++ = 'T';
    at = put_digits(at, second / 3600, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    *at++ = '.';
    at = put_digits(at, us % SECOND, 6);
    *at++ = 'Z';
    *at = '\0';
}

/* HH:MM:SS; -1 if it is none. A leap second is none: our times have no place for it. */
static int64_t read_clock(const char *text)
{
    int hour = read_digits(text, 2);
    if (hour < 0 || hour > 23 || text[2] != ':') return -1;
    int minute = read_digits(text + 3, 2);
    if (minute < 0 || minute > 59 || text[5] != ':') return -1;
    int second = read_digits(text + 6, 2);
    if (second < 0 || second > 59) return -1;
    return hour * 3600 + minute * 60 + second;
}

/* Microseconds of ".f" to ".ffffff", or of nothing; *text moves behind it; -1 if it is something else. */
static int64_t read_fraction(const char **text)
{
    if (**text != '.') return 0;
    const char *at = *text + 1;
    int64_t value = 0;
    int n = 0;
    for (; *at >= '0' && *at <= '9' && n < 7; at++, n++) value = value * 10 + (*at - '0');
    if (n == 0 || n > 6) return -1;
    for (; n < 6; n++) value *= 10;
    *text = at;
    return value;
}

casegate_result casegate_time_parse(const char *text, int64_t *us)
{
    int64_t days, second, fraction;
    if (!text || !us || read_date(text, &days) != 0 || text[10] != 'T') return CASEGATE_E_INVALID;
    second = read_clock(text + 11);
    if (second < 0) return CASEGATE_E_INVALID;
    text += 19;
    fraction = read_fraction(&text);
    if (fraction < 0 || text[0] != 'Z' || text[1] != '\0') return CASEGATE_E_INVALID;
    *us = days * DAY + second * SECOND + fraction;
    return CASEGATE_OK;
}

/* ---- durations ---- */

typedef struct unit { char letter; char after_t; int64_t us; } unit;
static const unit units[] = { { 'D', 0, DAY }, { 'H', 1, 3600 * SECOND }, { 'M', 1, 60 * SECOND }, { 'S', 1, SECOND } };
enum { UNITS = sizeof units / sizeof units[0] };

/* Adds n units; 0 if that is too long. */
static int add_units(int64_t *total, int64_t n, int64_t unit_us)
{
    if (n > (INT64_MAX - *total) / unit_us) return 0;
    *total += n * unit_us;
    return 1;
}

/* A number of digits; *text moves behind it; -1 if there is none, or it is too large to be any duration. */
static int64_t read_number(const char **text)
{
    const char *at = *text;
    int64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (value > INT64_MAX / 10 - 10) return -1;
        value = value * 10 + (*at - '0');
    }
    if (at == *text) return -1;
    *text = at;
    return value;
}

casegate_result casegate_duration_parse(const char *text, int64_t *us)
{
    if (!text || !us || *text++ != 'P') return CASEGATE_E_INVALID;
    int64_t total = 0;
    int after_t = 0, next = 0, parts = 0;   /* parts: since the beginning, or since the T */
    while (*text) {
        if (*text == 'T' && !after_t) {
            after_t = 1;
            parts = 0;
            text++;
            continue;
        }
        int64_t n = read_number(&text);
        while (next < UNITS && units[next].letter != *text) next++;
        if (n < 0 || next == UNITS || units[next].after_t != after_t) return CASEGATE_E_INVALID;
        if (!add_units(&total, n, units[next].us)) return CASEGATE_E_INVALID;
        next++;
        parts++;
        text++;
    }
    if (parts == 0) return CASEGATE_E_INVALID;
    *us = total;
    return CASEGATE_OK;
}

static char *put_number(char *to, int64_t value)
{
    int digits = 1;
    for (int64_t rest = value; rest >= 10; rest /= 10) digits++;
    return put_digits(to, value, digits);
}

void casegate_duration_format(int64_t us, char *buf, size_t cap)
{
    if (!buf || cap == 0) return;
    buf[0] = '\0';
    if (cap < DURATION_ROOM) return;
    if (us < SECOND) {
        memcpy(buf, "PT0S", 5);
        return;
    }
    char *at = buf;
    int after_t = 0;
    *at++ = 'P';
    for (int i = 0; i < UNITS; i++) {
        int64_t n = us / units[i].us;
        us %= units[i].us;
        if (n == 0) continue;
        if (units[i].after_t && !after_t) *at++ = 'T';
        after_t = units[i].after_t;
        at = put_number(at, n);
        *at++ = units[i].letter;
    }
    *at = '\0';
}
