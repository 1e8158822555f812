/* SPDX-License-Identifier: MIT */
/* arena.c: small pieces out of few chunks, freed together. */
#include "base.h"

struct cg_chunk { cg_chunk *next; size_t size; };   /* size: of the bytes behind it */

enum { FIRST_SIZE = 1024 - (int)sizeof(cg_chunk) };

static void begin(cg_arena *arena, cg_chunk *chunk)
{
    arena->current = chunk;
    arena->at = (char *)(chunk + 1);
    arena->end = arena->at + chunk->size;
}

void cg_arena_init(cg_arena *arena, casegate_host *host)
{
    *arena = (cg_arena) { .host = host, .wanted = FIRST_SIZE };
}

void *cg_arena_grow(cg_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4) return NULL;
    size_t room = arena->wanted > FIRST_SIZE ? arena->wanted : FIRST_SIZE;
    if (room < size) room = size;
    cg_chunk *chunk = casegate_alloc(arena->host, sizeof *chunk + room);
    if (!chunk) return NULL;

    *chunk = (cg_chunk) { .size = room };
    if (arena->current) arena->current->next = chunk;
    else arena->first = chunk;
    begin(arena, chunk);
    arena->total += room;
    arena->wanted = arena->total / 2;   /* at most a third is left unused */
    arena->at += size;
    return arena->at - size;
}

static size_t free_chunks(cg_arena *arena)
{
    size_t total = 0;
    for (cg_chunk *chunk = arena->first, *next; chunk; chunk = next) {
        next = chunk->next;
        total += chunk->size;
        casegate_release(arena->host, chunk);
    }
    return total;
}

void cg_arena_reset(cg_arena *arena)
{
    if (!arena->first) return;
    if (!arena->first->next) {
        begin(arena, arena->first);
        return;
    }
    /* Several chunks become one of their total size when it is needed, so that the same use fits into it. */
    size_t total = free_chunks(arena);
    cg_arena_init(arena, arena->host);
    arena->wanted = total;
}

void cg_arena_free(cg_arena *arena)
{
    free_chunks(arena);
    cg_arena_init(arena, arena->host);
}

char *cg_arena_bytes(cg_arena *arena, const char *bytes, size_t len)
{
    if (len == SIZE_MAX) return NULL;
    char *copy = cg_arena_alloc(arena, len + 1);
    if (!copy) return NULL;
    if (len) memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *cg_arena_text(cg_arena *arena, const char *text)
{
    return text ? cg_arena_bytes(arena, text, strlen(text)) : NULL;
}
