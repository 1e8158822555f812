/* SPDX-License-Identifier: MIT */
/* buffer.c: bytes that grow. */
#include "base.h"

enum { FIRST_ROOM = 1024 };

casegate_buffer *casegate_buffer_new(casegate_host *host)
{
    casegate_buffer *buffer = cg_zalloc(host, sizeof *buffer);
    if (buffer) buffer->host = casegate_host_ref(host);
    return buffer;
}

void casegate_buffer_free(casegate_buffer *buffer)
{
    if (!buffer) return;
    casegate_host *host = buffer->host;
    casegate_release(host, buffer->data);
    casegate_release(host, buffer);
    casegate_host_unref(host);
}

void casegate_buffer_clear(casegate_buffer *buffer)
{
    if (!buffer) return;
    buffer->length = 0;
    buffer->status = CASEGATE_OK;
    if (buffer->data) buffer->data[0] = '\0';
}

/* Room for len more bytes and the NUL. */
static int grow(casegate_buffer *buffer, size_t len)
{
    size_t room = buffer->room ? buffer->room : FIRST_ROOM;
    if (len > SIZE_MAX / 4 || buffer->length > SIZE_MAX / 4) return 0;
    while (room - buffer->length <= len) room *= 2;
    char *data = casegate_resize(buffer->host, buffer->data, room);
    if (!data) return 0;
    buffer->data = data;
    buffer->room = room;
    return 1;
}

char *cg_buffer_take(casegate_buffer *buffer, size_t len)
{
    if (buffer->status != CASEGATE_OK) return NULL;
    if (buffer->room - buffer->length <= len && !grow(buffer, len)) {
        buffer->status = CASEGATE_E_NOMEM;
        return NULL;
    }
    char *place = buffer->data + buffer->length;
    buffer->length += len;
    place[len] = '\0';
    return place;
}

void casegate_buffer_append(casegate_buffer *buffer, const char *data, size_t len)
{
    if (!buffer || !data || len == 0) return;
    if (len == SIZE_MAX) len = strlen(data);
    char *place = cg_buffer_take(buffer, len);
    if (place) memcpy(place, data, len);
}

const char *casegate_buffer_data(const casegate_buffer *buffer) { return buffer && buffer->data ? buffer->data : ""; }

size_t casegate_buffer_length(const casegate_buffer *buffer) { return buffer ? buffer->length : 0; }

casegate_result casegate_buffer_status(const casegate_buffer *buffer) { return buffer ? buffer->status : CASEGATE_E_NOMEM; }
