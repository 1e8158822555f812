/* SPDX-License-Identifier: MIT */
/* host.c: asking the host's hooks, or what stands in for those that it left out. */
#include "base.h"

#include <stdlib.h>
#include <time.h>

struct casegate_host { cg_count count; casegate_host_ops ops; char *seal_key; };

enum { ID_ROOM = 65 };

void casegate_host_ops_init(casegate_host_ops *ops, size_t size) { cg_init(ops, size); }

static casegate_result judge(const casegate_host_ops *ops, casegate_error *err)
{
    int memory = !!ops->alloc + !!ops->resize + !!ops->release;
    if (memory != 0 && memory != 3)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "alloc",
                                  "give all three memory hooks or none");
    if (!cg_empty(ops->seal_key) && !ops->digest)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "digest", "a key needs a digest hook");
    return CASEGATE_OK;
}

casegate_result casegate_host_new(const casegate_host_ops *ops, casegate_host **out, casegate_error *err)
{
    casegate_host_ops room;
    const void *adopted;
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "an output is required");
    casegate_result rc = cg_adopt(ops, sizeof room, sizeof room, &room, &adopted, err);
    if (rc != CASEGATE_OK) return rc;
    casegate_host first = { .ops = *(const casegate_host_ops *)adopted };
    rc = judge(&first.ops, err);
    if (rc != CASEGATE_OK) return rc;

    /* The host lives in its own memory: key behind it. `first` is only there to ask its hooks for that memory. */
    size_t key_size = cg_empty(first.ops.seal_key) ? 0 : strlen(first.ops.seal_key) + 1;
    casegate_host *host = cg_zalloc(&first, sizeof *host + key_size);
    if (!host) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    cg_count_init(&host->count);
    host->ops = first.ops;
    if (key_size) host->seal_key = memcpy(host + 1, first.ops.seal_key, key_size);
    host->ops.seal_key = host->seal_key;
    *out = host;
    return CASEGATE_OK;
}

casegate_host *casegate_host_ref(casegate_host *host)
{
    if (host) cg_count_up(&host->count);
    return host;
}

void casegate_host_unref(casegate_host *host)
{
    if (!host || !cg_count_down(&host->count)) return;
    casegate_host last = { .ops = host->ops };
    casegate_release(&last, host);
    if (last.ops.destroy) last.ops.destroy(last.ops.user);
}

void *casegate_alloc(casegate_host *host, size_t size)
{
    if (size == 0) size = 1;
    return host && host->ops.alloc ? host->ops.alloc(host->ops.user, size) : malloc(size);
}

void *casegate_resize(casegate_host *host, void *ptr, size_t size)
{
    if (size == 0) size = 1;
    return host && host->ops.resize ? host->ops.resize(host->ops.user, ptr, size) : realloc(ptr, size);
}

void casegate_release(casegate_host *host, void *ptr)
{
    if (!ptr) return;
    if (host && host->ops.release) host->ops.release(host->ops.user, ptr);
    else free(ptr);
}

void *cg_zalloc(casegate_host *host, size_t size)
{
    void *piece = casegate_alloc(host, size);
    return piece ? memset(piece, 0, size) : NULL;
}

int64_t casegate_now_us(casegate_host *host)
{
    if (host && host->ops.now_us) return host->ops.now_us(host->ops.user);
    struct timespec now = { 0 };
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What a hook said of its failure, under our result and its name. */
static casegate_result hook_failed(casegate_error *err, const casegate_error *said, const char *hook)
{
    return casegate_error_set(err, CASEGATE_E_HOST, said->host_code, hook, said->text[0] ? said->text : "the host's hook failed");
}

static int is_id(const char *id, size_t cap)
{
    size_t len = 0;
    while (len < cap && id[len] != '\0') len++;
    return len > 0 && len < cap && cg_text_problem(CASEGATE_KIND_ID, id) == 0;
}

casegate_result casegate_new_id(casegate_host *host, char *buf, size_t cap, casegate_error *err)
{
    if (!buf || cap < ID_ROOM)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "cap", "an id needs 65 bytes");
    char id[ID_ROOM] = "";
    if (host && host->ops.new_id) {
        casegate_error said = { .size = sizeof said };
        if (host->ops.new_id(host->ops.user, id, sizeof id, &said) != CASEGATE_OK) return hook_failed(err, &said, "new_id");
        if (!is_id(id, sizeof id))
            return casegate_error_set(err, CASEGATE_E_HOST, 0, "new_id", "the host's hook gave what is no id");
    } else {
        cg_id_default(host, id);
    }
    memcpy(buf, id, strlen(id) + 1);
    return CASEGATE_OK;
}

casegate_result casegate_random(casegate_host *host, uint8_t *buf, size_t len, casegate_error *err)
{
    if (!buf && len) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "buf", "a buffer is required");
    if (!host || !host->ops.random) {
        cg_random_default(buf, len);
        return CASEGATE_OK;
    }
    casegate_error said = { .size = sizeof said };
    if (host->ops.random(host->ops.user, buf, len, &said) != CASEGATE_OK) return hook_failed(err, &said, "random");
    return CASEGATE_OK;
}

casegate_result casegate_digest(casegate_host *host, const char *key, const uint8_t *data, size_t len, uint8_t out[32],
                                casegate_error *err)
{
    if (!out || (!data && len))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "data", "bytes are required");
    if (cg_empty(key)) key = NULL;
    if (!host || !host->ops.digest) {
        if (key) return CASEGATE_ABSENT;
        casegate_sha256(data, len, out);
        return CASEGATE_OK;
    }
    uint8_t digest[32] = { 0 };
    casegate_error said = { .size = sizeof said };
    casegate_result rc = host->ops.digest(host->ops.user, key, data, len, digest, &said);
    if (rc == CASEGATE_ABSENT && key) return rc;
    if (rc != CASEGATE_OK) return hook_failed(err, &said, "digest");
    memcpy(out, digest, sizeof digest);
    return CASEGATE_OK;
}

const char *cg_host_seal_key(const casegate_host *host) { return host ? host->seal_key : NULL; }
