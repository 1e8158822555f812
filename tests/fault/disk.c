/* SPDX-License-Identifier: MIT */
/* disk.c: files in memory, each as programs see it and as it would survive, with what was written in between. */
#include "disk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILES = 8, SLOTS = 8, SECTOR = 512, REGIONS = 16, SYNC_US = 20 };

/* Bytes that grow. */
typedef struct bytes { unsigned char *data; size_t size, room; } bytes;
/* What was done to a file since its last sync; data NULL: it was cut to this size. */
typedef struct change { size_t at, size; unsigned char *data; } change;
typedef struct file {
    char name[128];
    int there, linked;             /* linked: its name survives a loss of power */
    bytes now, safe;
    change *changes;
    size_t changed, room;
    const void *reserved, *pending;   /* which handle; readers are counted */
    int readers;
    void *regions[REGIONS];
    int shared[SLOTS];
    const void *exclusive[SLOTS];
    int mapped;
} file;
typedef struct handle { sqlite3_file base; file *file; int level, journal, maps; unsigned shared, exclusive; } handle;

_Thread_local int disk_forgets_to_sync;
int disk_hides_failures, disk_waits;
/* Threads take turns at everything below, but for what only one that is alone may do. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static file files[FILES];
static uint64_t dice;
static long operations, fails_after = -1, sync_fails_after = -1, dies_after = -1;
static int for_ever, as_full, is_paused;
static atomic_int dead;

/* ---- bytes and dice ----------------------------------------------------------------------------------------------- */

static void *must(void *made)
{
    if (made)
        return made;
    fprintf(stderr, "disk: no memory\n");
    abort();
}

uint32_t disk_throw(uint64_t *of, uint32_t n)
{
    *of ^= *of << 13;
    *of ^= *of >> 7;
    *of ^= *of << 17;
    return (uint32_t)(*of >> 20) % n;
}

uint32_t disk_dice(uint32_t n) { return disk_throw(&dice, n); }

static void set_size(bytes *b, size_t size)
{
    if (size > b->room) {
        b->room = size * 2;
        b->data = must(realloc(b->data, b->room));
    }
    if (size > b->size)
        memset(b->data + b->size, 0, size - b->size);
    b->size = size;
}

static void put(bytes *b, size_t at, const void *data, size_t size)
{
    if (at + size > b->size)
        set_size(b, at + size);
    memcpy(b->data + at, data, size);
}

static void copy(bytes *to, const bytes *from)
{
    to->size = 0;
    set_size(to, from->size);
    if (from->size)
        memcpy(to->data, from->data, from->size);
}

static void drop_changes(file *f)
{
    for (size_t i = 0; i < f->changed; i++)
        free(f->changes[i].data);
    f->changed = 0;
}

static void note(file *f, size_t at, const void *data, size_t size)
{
    change *c;

    if (f->changed == f->room) {
        f->room = f->room ? f->room * 2 : 32;
        f->changes = must(realloc(f->changes, f->room * sizeof *f->changes));
    }
    c = &f->changes[f->changed++];
    *c = (change){.at = at, .size = size};
    if (data) {
        c->data = must(malloc(size + 1));
        memcpy(c->data, data, size);
    }
}

static void pause_us(int us)
{
    const struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};

    nanosleep(&t, NULL);
}

/* ---- failing ------------------------------------------------------------------------------------------------------ */

void disk_fail(long after, int ever, int full) { fails_after = after, for_ever = ever, as_full = full; }
void disk_fail_sync(long after) { sync_fails_after = after; }
void disk_cut_power(long after) { dies_after = after; }
void disk_pause(int paused) { is_paused = paused; }
int disk_is_dead(void) { return dead; }
void disk_heal(void) { fails_after = sync_fails_after = dies_after = -1; }

long disk_operations(void)
{
    long were = operations;

    operations = 0;
    return were;
}

/* What an operation answers instead of being done; 0: it is done. *dying: the power fails in the middle of it. */
static int failure(int broken, int full, int *dying)
{
    *dying = 0;
    if (is_paused)
        return SQLITE_OK;
    operations++;
    if (dead)
        return broken;
    if (dies_after >= 0 && dies_after-- == 0) {
        dead = *dying = 1;
        return broken;
    }
    if (fails_after < 0)
        return SQLITE_OK;
    if (fails_after > 0) {
        fails_after--;
        return SQLITE_OK;
    }
    if (!for_ever)
        fails_after = -1;
    return as_full ? full : broken;
}

static int fails(int broken, int full)
{
    int dying;

    return failure(broken, full, &dying);
}

/* ---- the power ---------------------------------------------------------------------------------------------------- */

/* A piece of a write within one sector: as it should be, not at all, or its first bytes only. */
static void land_piece(bytes *on, size_t at, const unsigned char *data, size_t size)
{
    uint32_t how = disk_dice(4);

    if (how == 0)
        size = disk_dice((uint32_t)size + 1);
    if (how != 1 && size)
        put(on, at, data, size);
}

static void land_parts(file *f)
{
    for (size_t i = 0; i < f->changed; i++) {
        const change *c = &f->changes[i];

        if (!c->data && disk_dice(2))
            set_size(&f->safe, c->at);
        for (size_t done = 0, len; c->data && done < c->size; done += len) {
            len = SECTOR - (c->at + done) % SECTOR;
            len = len < c->size - done ? len : c->size - done;
            land_piece(&f->safe, c->at + done, c->data + done, len);
        }
    }
}

static void land_first(file *f, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (f->changes[i].data)
            put(&f->safe, f->changes[i].at, f->changes[i].data, f->changes[i].size);
        else
            set_size(&f->safe, f->changes[i].at);
}

/* Nothing, all, the first ones, or any parts of what was not synced. */
static void lose(file *f)
{
    switch (disk_dice(5)) {
    case 0: break;
    case 1: land_first(f, f->changed); break;
    case 2: land_first(f, f->changed ? disk_dice((uint32_t)f->changed) : 0); break;
    default: land_parts(f);
    }
    drop_changes(f);
    if (f->there && !f->linked && disk_dice(2))
        f->there = 0;
    copy(&f->now, &f->safe);
}

void disk_power_on(void)
{
    for (int i = 0; i < FILES; i++)
        lose(&files[i]);
    dead = 0;
    disk_heal();
}

/* ---- files -------------------------------------------------------------------------------------------------------- */

static file *find(const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (files[i].there && strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

static file *make(const char *name)
{
    file *f = NULL;

    for (int i = 0; i < FILES && !f; i++)
        if (!files[i].there)
            f = &files[i];
    must(f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->there = 1;
    f->linked = 0;
    f->now.size = f->safe.size = 0;
    drop_changes(f);
    return f;
}

static file *of(sqlite3_file *base) { return ((handle *)(void *)base)->file; }

static int disk_read(sqlite3_file *base, void *to, int len, sqlite3_int64 at)
{
    file *f = of(base);
    int code = fails(SQLITE_IOERR_READ, SQLITE_IOERR_READ);
    size_t from = (size_t)at, size = (size_t)len, there = from < f->now.size ? f->now.size - from : 0;

    if (code)
        return code;
    if (there >= size)
        return memcpy(to, f->now.data + from, size), SQLITE_OK;
    memset(to, 0, size);
    if (there)
        memcpy(to, f->now.data + from, there);
    return SQLITE_IOERR_SHORT_READ;
}

/* One that fails has written its first half; one that the power fails in may have written any part. */
static int disk_write(sqlite3_file *base, const void *from, int len, sqlite3_int64 at)
{
    file *f = of(base);
    int dying, code = failure(SQLITE_IOERR_WRITE, SQLITE_FULL, &dying);
    size_t size = code && !dying ? (size_t)len / 2 : (size_t)len;

    if (dead && !dying)
        return code;
    put(&f->now, (size_t)at, from, size);
    note(f, (size_t)at, from, size);
    return disk_hides_failures && !dying ? SQLITE_OK : code;
}

static int disk_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    file *f = of(base);
    int code = fails(SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_TRUNCATE);

    if (code)
        return code;
    set_size(&f->now, (size_t)size);
    note(f, (size_t)size, NULL, 0);
    return SQLITE_OK;
}

static int sync_now(sqlite3_file *base, int how)
{
    handle *h = (handle *)(void *)base;
    file *f = h->file;
    int code = fails(SQLITE_IOERR_FSYNC, SQLITE_IOERR_FSYNC);

    (void)how;
    if (code)
        return code;
    if (h->journal && sync_fails_after >= 0 && sync_fails_after-- == 0)
        return SQLITE_IOERR_FSYNC;
    if (disk_forgets_to_sync && strstr(f->name, "-wal"))
        return SQLITE_OK;
    land_first(f, f->changed);
    drop_changes(f);
    if (h->journal)   /* SQLite syncs the directory with the first sync of a journal */
        for (int i = 0; i < FILES; i++)
            files[i].linked = files[i].there;
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *base, sqlite3_int64 *size)
{
    int code = fails(SQLITE_IOERR_FSTAT, SQLITE_IOERR_FSTAT);

    *size = (sqlite3_int64)of(base)->now.size;
    return code;
}

/* ---- locks -------------------------------------------------------------------------------------------------------- */

static int take_lock(handle *h, int level)
{
    file *f = h->file;

    if (level == SQLITE_LOCK_SHARED) {
        if (f->pending)
            return SQLITE_BUSY;
        f->readers++;
    } else if (level == SQLITE_LOCK_RESERVED) {
        if (f->reserved && f->reserved != h)
            return SQLITE_BUSY;
        f->reserved = h;
    } else {
        if ((f->reserved && f->reserved != h) || (f->pending && f->pending != h))
            return SQLITE_BUSY;
        f->pending = h;
        if (f->readers > 1)
            return SQLITE_BUSY;
    }
    h->level = level;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *base, int level)
{
    handle *h = (handle *)(void *)base;
    int code = fails(SQLITE_IOERR_LOCK, SQLITE_BUSY);

    return code ? code : h->level >= level ? SQLITE_OK : take_lock(h, level);
}

static void let_go(handle *h, int level)
{
    file *f = h->file;

    if (f->reserved == h)
        f->reserved = NULL;
    if (f->pending == h)
        f->pending = NULL;
    if (level == SQLITE_LOCK_NONE && h->level >= SQLITE_LOCK_SHARED)
        f->readers--;
    if (h->level > level)
        h->level = level;
}

static int disk_unlock(sqlite3_file *base, int level)
{
    let_go((handle *)(void *)base, level);
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *base, int *out)
{
    int code = fails(SQLITE_IOERR_CHECKRESERVEDLOCK, SQLITE_IOERR_CHECKRESERVEDLOCK);

    *out = of(base)->reserved != NULL;
    return code;
}

static int disk_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
    handle *h = (handle *)(void *)base;
    file *f = h->file;
    int code = fails(SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMSIZE);

    *out = NULL;
    if (code)
        return code;
    if (region >= REGIONS)
        return SQLITE_IOERR_SHMSIZE;
    if (!h->maps)
        f->mapped++;
    h->maps = 1;
    if (!f->regions[region] && extend)
        f->regions[region] = must(calloc(1, (size_t)size));
    *out = f->regions[region];
    return SQLITE_OK;
}

static void unlock_slot(handle *h, int slot)
{
    if (h->shared & 1u << slot)
        h->file->shared[slot]--;
    if (h->file->exclusive[slot] == h)
        h->file->exclusive[slot] = NULL;
    h->shared &= ~(1u << slot);
}

static int disk_shm_lock(sqlite3_file *base, int at, int n, int how)
{
    handle *h = (handle *)(void *)base;
    file *f = h->file;
    int code;

    if (how & SQLITE_SHM_UNLOCK) {
        for (int i = at; i < at + n; i++)
            unlock_slot(h, i);
        return SQLITE_OK;
    }
    code = fails(SQLITE_IOERR_SHMLOCK, SQLITE_BUSY);
    if (code)
        return code;
    for (int i = at; i < at + n; i++) {
        int others = f->shared[i] - ((h->shared >> i) & 1);

        if ((f->exclusive[i] && f->exclusive[i] != h) || (how & SQLITE_SHM_EXCLUSIVE && others))
            return SQLITE_BUSY;
    }
    for (int i = at; i < at + n; i++) {
        if (how & SQLITE_SHM_EXCLUSIVE) {
            f->exclusive[i] = h;
        } else if (!(h->shared & 1u << i)) {
            f->shared[i]++;
            h->shared |= 1u << i;
        }
    }
    return SQLITE_OK;
}

static void disk_barrier(sqlite3_file *base)
{
    (void)base;
    atomic_thread_fence(memory_order_seq_cst);
}

static void unmap(handle *h)
{
    file *f = h->file;

    for (int i = 0; i < SLOTS; i++)
        unlock_slot(h, i);
    if (!h->maps || --f->mapped)
        return;
    for (int i = 0; i < REGIONS; i++) {
        free(f->regions[i]);
        f->regions[i] = NULL;
    }
}

static int disk_unmap(sqlite3_file *base, int delete)
{
    handle *h = (handle *)(void *)base;

    (void)delete;
    unmap(h);
    h->maps = 0;
    return SQLITE_OK;
}

static int disk_close(sqlite3_file *base)
{
    handle *h = (handle *)(void *)base;

    disk_unmap(base, 0);
    let_go(h, SQLITE_LOCK_NONE);
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *base, int what, void *arg)
{
    (void)base, (void)what, (void)arg;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *base) { (void)base; return 4096; }
static int disk_traits(sqlite3_file *base) { (void)base; return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

/* What is above, done by one thread at a time. */
#define IN_TURN(name, parameters, arguments) \
    static int turn_##name parameters \
    { \
        int code; \
        pthread_mutex_lock(&turn); \
        code = name arguments; \
        pthread_mutex_unlock(&turn); \
        return code; \
    }
IN_TURN(disk_read, (sqlite3_file *f, void *to, int len, sqlite3_int64 at), (f, to, len, at))
IN_TURN(disk_write, (sqlite3_file *f, const void *from, int len, sqlite3_int64 at), (f, from, len, at))
IN_TURN(disk_truncate, (sqlite3_file *f, sqlite3_int64 size), (f, size))
IN_TURN(sync_now, (sqlite3_file *f, int how), (f, how))
IN_TURN(disk_size, (sqlite3_file *f, sqlite3_int64 *size), (f, size))
IN_TURN(disk_lock, (sqlite3_file *f, int level), (f, level))
IN_TURN(disk_unlock, (sqlite3_file *f, int level), (f, level))
IN_TURN(disk_reserved, (sqlite3_file *f, int *out), (f, out))
IN_TURN(disk_map, (sqlite3_file *f, int region, int size, int extend, void volatile **out), (f, region, size, extend, out))
IN_TURN(disk_shm_lock, (sqlite3_file *f, int at, int n, int how), (f, at, n, how))
IN_TURN(disk_unmap, (sqlite3_file *f, int delete), (f, delete))
IN_TURN(disk_close, (sqlite3_file *f), (f))

/* Meanwhile others may come. */
static int disk_sync(sqlite3_file *f, int how)
{
    if (disk_waits)
        pause_us(SYNC_US);
    return turn_sync_now(f, how);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = turn_disk_close, .xRead = turn_disk_read, .xWrite = turn_disk_write, .xTruncate = turn_disk_truncate,
    .xSync = disk_sync, .xFileSize = turn_disk_size, .xLock = turn_disk_lock, .xUnlock = turn_disk_unlock,
    .xCheckReservedLock = turn_disk_reserved, .xFileControl = disk_control, .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits, .xShmMap = turn_disk_map, .xShmLock = turn_disk_shm_lock, .xShmBarrier = disk_barrier,
    .xShmUnmap = turn_disk_unmap,
};

/* ---- the file system ---------------------------------------------------------------------------------------------- */

static int fs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
    handle *h = (handle *)(void *)base;
    int code = fails(SQLITE_CANTOPEN, SQLITE_CANTOPEN);
    file *f;

    (void)vfs;
    memset(h, 0, sizeof *h);
    if (code)
        return code;
    f = name ? find(name) : NULL;
    if (!f && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    h->file = f ? f : make(name ? name : "scratch");
    h->journal = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    h->base.pMethods = &methods;
    if (out)
        *out = flags;
    return SQLITE_OK;
}

/* A name that is gone does not come back with the power: only new names may be lost here. */
static int fs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    int code = fails(SQLITE_IOERR_DELETE, SQLITE_IOERR_DELETE);
    file *f = find(name);

    (void)vfs;
    if (code)
        return code;
    if (!f)
        return SQLITE_IOERR_DELETE_NOENT;
    (void)sync_directory;
    f->there = 0;
    drop_changes(f);
    return SQLITE_OK;
}

static int fs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    int code = fails(SQLITE_IOERR_ACCESS, SQLITE_IOERR_ACCESS);
    const file *f = find(name);

    (void)vfs;
    *out = f && (flags != SQLITE_ACCESS_EXISTS || f->now.size);
    return code;
}

static int fs_path(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
    (void)vfs;
    sqlite3_snprintf(room, out, "%s", name);
    return SQLITE_OK;
}

static int fs_random(sqlite3_vfs *vfs, int len, char *out)
{
    (void)vfs;
    for (int i = 0; i < len; i++)
        out[i] = (char)disk_dice(256);
    return len;
}

static int fs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    if (disk_waits)
        pause_us(us);
    return us;
}

static int fs_time(sqlite3_vfs *vfs, double *out) { (void)vfs; return *out = 2461000.5, SQLITE_OK; }
static int fs_error(sqlite3_vfs *vfs, int room, char *out) { (void)vfs, (void)room, (void)out; return 0; }

IN_TURN(fs_open, (sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out), (v, name, f, flags, out))
IN_TURN(fs_delete, (sqlite3_vfs *v, const char *name, int sync_directory), (v, name, sync_directory))
IN_TURN(fs_access, (sqlite3_vfs *v, const char *name, int flags, int *out), (v, name, flags, out))
IN_TURN(fs_random, (sqlite3_vfs *v, int len, char *out), (v, len, out))

static sqlite3_vfs file_system = {
    .iVersion = 1, .szOsFile = (int)sizeof(handle), .mxPathname = 100, .zName = "disk", .xOpen = turn_fs_open,
    .xDelete = turn_fs_delete, .xAccess = turn_fs_access, .xFullPathname = fs_path, .xRandomness = turn_fs_random,
    .xSleep = fs_sleep, .xCurrentTime = fs_time, .xGetLastError = fs_error,
};

void disk_plug_in(uint64_t seed)
{
    dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 88172645463325252;
    sqlite3_vfs_register(&file_system, 1);
    disk_clear();
}

void disk_clear(void)
{
    for (int i = 0; i < FILES; i++) {
        files[i].there = files[i].linked = 0;
        files[i].now.size = files[i].safe.size = 0;
        drop_changes(&files[i]);
    }
    dead = 0;
    operations = 0;
    disk_heal();
}

void disk_unplug(void)
{
    disk_clear();
    sqlite3_vfs_unregister(&file_system);
    for (int i = 0; i < FILES; i++) {
        free(files[i].now.data);
        free(files[i].safe.data);
        free(files[i].changes);
        memset(&files[i], 0, sizeof files[i]);
    }
}
