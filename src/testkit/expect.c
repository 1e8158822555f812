/* SPDX-License-Identifier: MIT */
/* expect.c: whether a step gave what its file expects: only what the file names is compared. */
#include "scenario.h"

#include <stdio.h>

/* Lists that are compared without regard to order, wherever they stand. */
static const char *const unordered[] = { "notices", "sent", "findings" };

typedef struct place { char path[256]; json_t *expected, *got; } place;   /* the first difference */

static int matches(json_t *expected, json_t *got, const char *path, const char *name, place *first);

/* In a content absent, null, empty text, empty list and false are the same. */
static int is_nothing(const json_t *value)
{
    if (!value || json_is_null(value) || json_is_false(value)) return 1;
    if (json_is_string(value)) return json_string_length(value) == 0;
    return json_is_array(value) && json_array_size(value) == 0;
}

static int differ(json_t *expected, json_t *got, const char *path, place *first)
{
    if (first && !first->expected) {
        snprintf(first->path, sizeof first->path, "%s", path);
        first->expected = expected;
        first->got = got;
    }
    return 0;
}

static int members_match(json_t *expected, json_t *got, const char *path, place *first)
{
    const char *key;
    json_t *value;
    char inner[256];
    json_object_foreach(expected, key, value) {
        snprintf(inner, sizeof inner, "%s%s%s", path, *path ? "." : "", key);
        if (!matches(value, json_object_get(got, key), inner, key, first)) return 0;
    }
    return 1;
}

static int elements_match(json_t *expected, json_t *got, const char *path, const char *name, place *first)
{
    char inner[256];
    for (size_t i = 0; i < json_array_size(expected); i++) {
        snprintf(inner, sizeof inner, "%s[%lu]", path, (unsigned long)i);
        if (!matches(json_array_get(expected, i), json_array_get(got, i), inner, name, first)) return 0;
    }
    return 1;
}

/* Every expected element has one of its own: tried in every way, lists are short. */
static int some_order_matches(json_t *expected, json_t *got, size_t i, uint64_t used)
{
    if (i == json_array_size(expected)) return 1;
    for (size_t k = 0; k < json_array_size(got) && k < 64; k++) {
        if (used >> k & 1 || !matches(json_array_get(expected, i), json_array_get(got, k), "", "", NULL)) continue;
        if (some_order_matches(expected, got, i + 1, used | UINT64_C(1) << k)) return 1;
    }
    return 0;
}

static int is_unordered(const char *name)
{
    for (size_t i = 0; i < sizeof unordered / sizeof *unordered; i++)
        if (strcmp(unordered[i], name) == 0) return 1;
    return 0;
}

static int lists_match(json_t *expected, json_t *got, const char *path, const char *name, place *first)
{
    if (json_array_size(expected) != json_array_size(got)) return differ(expected, got, path, first);
    if (!is_unordered(name)) return elements_match(expected, got, path, name, first);
    return some_order_matches(expected, got, 0, 0) ? 1 : differ(expected, got, path, first);
}

/* An obstacle may be named by its code alone. */
static int is_named_by_code(const json_t *expected, const json_t *got)
{
    return json_is_string(expected) && json_is_object(got) && json_equal((json_t *)(uintptr_t)expected,
                                                                         json_object_get(got, "code"));
}

static int matches(json_t *expected, json_t *got, const char *path, const char *name, place *first)
{
    if (is_nothing(expected)) return is_nothing(got) ? 1 : differ(expected, got, path, first);
    if (json_is_object(expected) && json_is_object(got)) return members_match(expected, got, path, first);
    if (json_is_array(expected) && json_is_array(got)) return lists_match(expected, got, path, name, first);
    if (json_equal(expected, got) || is_named_by_code(expected, got)) return 1;
    return differ(expected, got, path, first);
}

static char *text_of(const json_t *value) { return value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL; }

static char *report(const place *first)
{
    char *expected = text_of(first->expected), *got = text_of(first->got), *text = NULL;
    size_t size = strlen(first->path) + (expected ? strlen(expected) : 0) + (got ? strlen(got) : 0) + 64;
    text = malloc(size);
    if (text) snprintf(text, size, "%s: expected %s, got %s", first->path, expected ? expected : "nothing",
                       got ? got : "nothing");
    free(expected);
    free(got);
    return text;
}

char *cg_expect(json_t *expected, json_t *got)
{
    place first = { "", NULL, NULL };
    json_t *denied = json_object_get(got, "denied");
    json_t *nothing = json_null();
    if (denied && !json_object_get(expected, "denied")) {   /* what is not expected to be denied must be allowed */
        differ(nothing, denied, "denied", &first);
        return report(&first);
    }
    return !expected || members_match(expected, got, "", &first) ? NULL : report(&first);
}
