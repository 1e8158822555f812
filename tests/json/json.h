/* SPDX-License-Identifier: MIT */
/* json.h: what every test of the json component needs. */
#ifndef TESTS_JSON_H
#define TESTS_JSON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/casegate.h>
#include <casegate/json.h>

static inline casegate_error no_error(void)
{
    casegate_error err;
    casegate_error_init(&err, sizeof err);
    return err;
}

static inline casegate_content *content_of(const char *text)
{
    casegate_error err = no_error();
    casegate_content *content = NULL;
    casegate_result rc = casegate_json_read_content(NULL, text, strlen(text), &content, &err);
    if (rc != CASEGATE_OK) fail_msg("%s: %s", err.field, err.text);
    return content;
}

/* The content as text, in a buffer that the caller frees. */
static inline casegate_buffer *written(const casegate_content *content)
{
    casegate_buffer *out = casegate_buffer_new(NULL);
    assert_int_equal(casegate_json_write_content(content, 0, out), CASEGATE_OK);
    return out;
}

static inline void assert_content(const casegate_content *content, const char *text)
{
    casegate_buffer *out = written(content);
    assert_string_equal(casegate_buffer_data(out), text);
    casegate_buffer_free(out);
}

#endif
