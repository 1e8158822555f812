/* SPDX-License-Identifier: MIT */
/* form.c: the canonical form, version 1, byte by byte, and what digests are made of it. */
#include "base.h"

enum { HEAD = 6, SALT_TAG = 0, SALT_BYTES = 16 };   /* tag and length */
#define DIGEST_VERSION "1:"

static char *put_number(char *to, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) *to++ = (char)(unsigned char)(value >> (8 * i));
    return to;
}

/* Tag and length; where the bytes go. */
static char *put_head(casegate_buffer *out, uint16_t tag, size_t len)
{
    if (len > UINT32_MAX) {
        out->status = CASEGATE_E_NOMEM;
        return NULL;
    }
    char *at = cg_buffer_take(out, HEAD + len);
    return at ? put_number(put_number(at, tag, 2), len, 4) : NULL;
}

void cg_form_begin(casegate_buffer *out, const char *domain, const char *salt)
{
    casegate_buffer_append(out, domain, strlen(domain) + 1);
    cg_form_text(out, SALT_TAG, salt);
}

void cg_form_text(casegate_buffer *out, uint16_t tag, const char *text)
{
    if (cg_empty(text)) return;
    size_t len = strlen(text);
    char *at = put_head(out, tag, len);
    if (at) memcpy(at, text, len);
}

void cg_form_int(casegate_buffer *out, uint16_t tag, int64_t value)
{
    if (value) cg_form_int_always(out, tag, value);
}

void cg_form_int_always(casegate_buffer *out, uint16_t tag, int64_t value)
{
    char *at = put_head(out, tag, sizeof value);
    if (at) put_number(at, (uint64_t)value, sizeof value);
}

size_t cg_form_open(casegate_buffer *out, uint16_t tag)
{
    put_head(out, tag, 0);
    return out->length;
}

void cg_form_close(casegate_buffer *out, size_t open)
{
    if (out->status != CASEGATE_OK) return;
    if (out->length - open > UINT32_MAX) out->status = CASEGATE_E_NOMEM;
    else put_number(out->data + open - 4, out->length - open, 4);
}

casegate_result cg_digest_text(casegate_host *host, const char *key, const casegate_buffer *form, char out[67],
                               casegate_error *err)
{
    if (casegate_buffer_status(form) != CASEGATE_OK) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    uint8_t digest[32];
    const uint8_t *bytes = (const uint8_t *)casegate_buffer_data(form);
    casegate_result rc = casegate_digest(host, key, bytes, casegate_buffer_length(form), digest, err);
    if (rc != CASEGATE_OK) return rc;
    memcpy(out, DIGEST_VERSION, 2);
    cg_hex(digest, sizeof digest, out + 2);
    return CASEGATE_OK;
}

casegate_result cg_salt(casegate_host *host, char out[33], casegate_error *err)
{
    uint8_t bytes[SALT_BYTES];
    casegate_result rc = casegate_random(host, bytes, sizeof bytes, err);
    if (rc == CASEGATE_OK) cg_hex(bytes, sizeof bytes, out);
    return rc;
}
