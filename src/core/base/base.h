/* SPDX-License-Identifier: MIT */
/* base.h: what every layer above shares: adoption of sized structs, arenas, text, the writer of the canonical form. */
#ifndef CG_BASE_H
#define CG_BASE_H

#include <casegate/base.h>

#include <stdatomic.h>
#include <string.h>

/* Adoption (adopt.c). A sized struct from outside becomes one of our size: used in place if it is, copied if it is not. */
/* v1: its size in 1.0; copy: room for `ours` bytes. */
casegate_result cg_adopt(const void *given, size_t v1, size_t ours, void *copy, const void **out, casegate_error *err);
/* Empties a caller's struct of `size` bytes and sets its size; what every public _init function is. */
void cg_init(void *given, size_t size);

/* Counted objects. A count below zero marks a static object, which is never counted. */
typedef struct cg_count { _Atomic int32_t n; } cg_count;
#define CG_STATIC_COUNT { INT32_MIN / 2 }
void cg_count_init(cg_count *count);
void cg_count_up(const cg_count *count);
int cg_count_down(const cg_count *count);   /* 1: that was the last */

/* Zeroed memory of the host. */
void *cg_zalloc(casegate_host *host, size_t size);

/* Arena (arena.c): many small pieces freed together. A reset keeps the memory, so that a second use allocates nothing. */
typedef struct cg_chunk cg_chunk;
/* It may be moved, into its own memory too. total: bytes of all chunks; wanted: of the next one. */
typedef struct cg_arena { casegate_host *host; cg_chunk *first, *current; char *at, *end; size_t wanted, total; } cg_arena;
void cg_arena_init(cg_arena *arena, casegate_host *host);
void cg_arena_reset(cg_arena *arena);
void cg_arena_free(cg_arena *arena);
void *cg_arena_grow(cg_arena *arena, size_t size);           /* the slow way of cg_arena_alloc */
static inline void *cg_arena_alloc(cg_arena *arena, size_t size) {   /* aligned to 8, not zeroed; NULL without memory */
    size = (size + 7 + !size) & ~(size_t)7;
    if ((size_t)(arena->end - arena->at) < size) return cg_arena_grow(arena, size);
    void *piece = arena->at;
    arena->at += size;
    return piece;
}
char *cg_arena_text(cg_arena *arena, const char *text);              /* a copy; NULL stays NULL, and means no memory otherwise */
char *cg_arena_bytes(cg_arena *arena, const char *bytes, size_t len);   /* a copy with a NUL behind it */

/* Buffers (buffer.c), open to the writers beside it. */
struct casegate_buffer { casegate_host *host; char *data; size_t length, room; casegate_result status; };
/* Where to write len more bytes, which are counted already; NULL without memory. */
char *cg_buffer_take(casegate_buffer *buffer, size_t len);

/* Text (text.c). NULL and "" are the same everywhere. */
static inline int cg_empty(const char *text) { return text == NULL || text[0] == '\0'; }
static inline const char *cg_text(const char *text) { return text ? text : ""; }
int cg_same(const char *a, const char *b);
/* 0, or the CASEGATE_PROBLEM_... of a text of a CASEGATE_KIND_...: form only, never length. Empty text has no problem. */
int32_t cg_text_problem(int32_t kind, const char *text);
/* As cg_text_problem for ids in contents, which have no brackets either. */
int32_t cg_element_id_problem(const char *text);
size_t cg_hex(const uint8_t *bytes, size_t len, char *out);   /* lower case, with a NUL; how many digits */
/* Sorts n things behind `user`, in place, without memory. */
typedef int cg_less_fn(const void *user, size_t a, size_t b);
typedef void cg_swap_fn(void *user, size_t a, size_t b);
void cg_sort(void *user, size_t n, cg_less_fn *less, cg_swap_fn *swap);
/* Days since 1970 of YYYY-MM-DD; 0 on success. The text must have that form. */
int cg_date_days(const char *date, int64_t *days);

/* The canonical form, version 1 (form.c): tag u16, length u32, bytes, big-endian, ascending; absent and default are left out. */
void cg_form_begin(casegate_buffer *out, const char *domain, const char *salt);
void cg_form_text(casegate_buffer *out, uint16_t tag, const char *text);
void cg_form_int(casegate_buffer *out, uint16_t tag, int64_t value);          /* 0 is left out */
void cg_form_int_always(casegate_buffer *out, uint16_t tag, int64_t value);   /* 0 is written: "known to be zero" */
size_t cg_form_open(casegate_buffer *out, uint16_t tag);                      /* a nested value follows */
void cg_form_close(casegate_buffer *out, size_t open);
/* "1:" and the digest of the buffer in hexadecimal. */
casegate_result cg_digest_text(casegate_host *host, const char *key, const casegate_buffer *form, char out[67],
                               casegate_error *err);
/* 16 random bytes as 32 hexadecimal digits. */
casegate_result cg_salt(casegate_host *host, char out[33], casegate_error *err);

/* Random bytes (random.c) and ids (ids.c) of hosts that bring none. */
void cg_random_default(uint8_t *buf, size_t len);
void cg_id_default(casegate_host *host, char out[37]);

/* Host (host.c). */
const char *cg_host_seal_key(const casegate_host *host);   /* NULL: plain digests */

/* Names by number, for every table of names: index 0 is number `first`. */
typedef struct cg_names { const char *const *names; int32_t first, count; } cg_names;
const char *cg_name_of(const cg_names *names, int32_t number);              /* "" for others */
int32_t cg_number_of(const cg_names *names, const char *name, int32_t none);

#endif
