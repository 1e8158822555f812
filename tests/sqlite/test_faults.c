/* SPDX-License-Identifier: MIT */
/* test_faults.c: no memory, no space, a disk that fails at the worst moment: what the store then says, and what is there. */
#include "support.h"

/* ---- a file system that can fail ---------------------------------------------------------------------------------- */

typedef struct weak_file { sqlite3_file base; sqlite3_file *real; int is_log; } weak_file;

static sqlite3_vfs weak_vfs;
static sqlite3_vfs *real_vfs;
static int fail_sync, fail_write;   /* of the write-ahead log: how often */

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((weak_file *)(void *)file)->real;
}

static int is_failing(sqlite3_file *file, int *how)
{
    if (!((weak_file *)(void *)file)->is_log || *how == 0)
        return 0;
    (*how)--;
    return 1;
}

static int weak_close(sqlite3_file *f) { return real_of(f)->pMethods->xClose(real_of(f)); }
static int weak_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at) { return real_of(f)->pMethods->xRead(real_of(f), to,
                                                                                                                len, at); }
static int weak_truncate(sqlite3_file *f, sqlite3_int64 size) { return real_of(f)->pMethods->xTruncate(real_of(f), size); }
static int weak_size(sqlite3_file *f, sqlite3_int64 *size) { return real_of(f)->pMethods->xFileSize(real_of(f), size); }
static int weak_lock(sqlite3_file *f, int how) { return real_of(f)->pMethods->xLock(real_of(f), how); }
static int weak_unlock(sqlite3_file *f, int how) { return real_of(f)->pMethods->xUnlock(real_of(f), how); }
static int weak_locked(sqlite3_file *f, int *out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
static int weak_control(sqlite3_file *f, int what, void *arg) { return real_of(f)->pMethods->xFileControl(real_of(f), what,
                                                                                                          arg); }
static int weak_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int weak_traits(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
static void weak_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int weak_unmap(sqlite3_file *f, int delete) { return real_of(f)->pMethods->xShmUnmap(real_of(f), delete); }
static int weak_shm_lock(sqlite3_file *f, int at, int n, int how) { return real_of(f)->pMethods->xShmLock(real_of(f), at, n,
                                                                                                          how); }

static int weak_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}

static int weak_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
    return is_failing(f, &fail_write) ? SQLITE_FULL : real_of(f)->pMethods->xWrite(real_of(f), from, len, at);
}

static int weak_sync(sqlite3_file *f, int how)
{
    return is_failing(f, &fail_sync) ? SQLITE_IOERR_FSYNC : real_of(f)->pMethods->xSync(real_of(f), how);
}

static const sqlite3_io_methods weak_methods = {
    .iVersion = 2, .xClose = weak_close, .xRead = weak_read, .xWrite = weak_write, .xTruncate = weak_truncate, .xSync = weak_sync,
    .xFileSize = weak_size, .xLock = weak_lock, .xUnlock = weak_unlock, .xCheckReservedLock = weak_locked,
        .xFileControl = weak_control,
    .xSectorSize = weak_sector, .xDeviceCharacteristics = weak_traits, .xShmMap = weak_map, .xShmLock = weak_shm_lock,
    .xShmBarrier = weak_barrier, .xShmUnmap = weak_unmap,
};

static int weak_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    weak_file *f = (weak_file *)(void *)file;
    int code;

    (void)vfs;
    f->real = (sqlite3_file *)(void *)(f + 1);
    f->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    code = real_vfs->xOpen(real_vfs, name, f->real, flags, out);
    f->base.pMethods = code == SQLITE_OK ? &weak_methods : NULL;
    return code;
}

static int set_up_weak_store(void **state)
{
    real_vfs = sqlite3_vfs_find("unix");
    weak_vfs = *real_vfs;
    weak_vfs.zName = "weak";
    weak_vfs.szOsFile += (int)sizeof(weak_file);
    weak_vfs.xOpen = weak_open;
    fail_sync = fail_write = 0;
    if (sqlite3_vfs_register(&weak_vfs, 1) != SQLITE_OK)
        return -1;
    return set_up_store(state);
}

static int tear_down_weak_store(void **state)
{
    int failed;

    fail_sync = fail_write = 0;
    failed = tear_down(state);
    sqlite3_vfs_unregister(&weak_vfs);
    return failed;
}

static void a_commit_whose_sync_fails_is_unknown(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    fail_sync = 1;

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_UNKNOWN);

    assert_int_equal(f->err.code, CASEGATE_E_UNKNOWN);
    assert_int_equal(f->err.host_code, SQLITE_IOERR_FSYNC);
    assert_true(load_case(f, "case-1") >= 0);   /* there or not: the engine looks */
    sample_free(&s);
}

static void only_the_written_of_several_commits_are_unknown(void **state)
{
    fixture *f = *state;
    sample taken, fresh;
    const casegate_commit *commits[2];
    casegate_result results[2];

    given_case(f, "case-1");
    sample_case(&taken, "case-1");
    sample_case(&fresh, "case-2");
    commits[0] = &taken.commit;
    commits[1] = &fresh.commit;
    fail_sync = 1;

    assert_int_equal(f->store->ops.commit(f->store->ops.user, NULL, commits, results, 2, &f->err), CASEGATE_OK);

    assert_int_equal(results[0], CASEGATE_CONFLICT);
    assert_int_equal(results[1], CASEGATE_E_UNKNOWN);
    sample_free(&taken);
    sample_free(&fresh);
}

static void the_store_works_on_after_a_failure(void **state)
{
    fixture *f = *state;
    sample s;

    given_case(f, "case-1");
    sample_case(&s, "case-2");
    fail_write = 1000;
    assert_true(commit_sample(f, &s) < 0);

    fail_write = 0;

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

static casegate_result create_through_engine(fixture *f, uint32_t *events)
{
    casegate_engine_options options = {.size = sizeof options, .store = f->store, .tell = CASEGATE_TELL_LATER};
    casegate_actor_fields fields = {.size = sizeof fields, .id = "anna", .org = "clinic-one", .role = CASEGATE_CLINIC_USER,
                                    .permissions = CASEGATE_MAY_VIEW | CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT};
    casegate_call call = {.size = sizeof call};
    casegate_outcome *outcome = casegate_outcome_new(NULL);
    casegate_engine *engine = NULL;
    casegate_actor *anna = NULL;
    casegate_result result;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(casegate_engine_open(&options, &engine, NULL), CASEGATE_OK);
    assert_int_equal(casegate_actor_new(NULL, &fields, &anna, NULL), CASEGATE_OK);
    call.actor = anna;
    result = casegate_engine_create(engine, &call, "lab-one", s.content, 1, outcome, &f->err);
    *events = (uint32_t)casegate_outcome_event_count(outcome);
    casegate_actor_unref(anna);
    casegate_outcome_free(outcome);
    casegate_engine_unref(engine);
    sample_free(&s);
    return result;
}

static void the_engine_finds_out_what_became_of_an_unknown_commit(void **state)
{
    fixture *f = *state;
    uint32_t events;

    fail_sync = 1;

    assert_int_equal(create_through_engine(f, &events), CASEGATE_OK);

    assert_int_equal(fail_sync, 0);
    assert_int_equal(events, 2);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM cases"), 1);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM events"), 2);
}

/* ---- no space ----------------------------------------------------------------------------------------------------- */

static void a_full_database_is_an_error_of_the_host_and_nothing_is_written(void **state)
{
    fixture *f = *state;
    sqlite3 *db = open_handle(":memory:");
    casegate_sqlite_options options = {.size = sizeof options, .db = db, .allow_weak = 1};
    casegate_result result = CASEGATE_OK;
    char id[32];
    int created = 0;

    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);
    ask_handle(db, "PRAGMA max_page_count = 1");   /* as many as there are */
    while (result == CASEGATE_OK) {
        sample s;

        snprintf(id, sizeof id, "case-%d", created);
        sample_case(&s, id);
        result = commit_sample(f, &s);
        created += result == CASEGATE_OK;
        sample_free(&s);
    }

    assert_int_equal(result, CASEGATE_E_HOST);
    assert_int_equal(f->err.host_code, SQLITE_FULL);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_cases"), created);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_events"), created);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_contents"), created);
    close_store(f);
    sqlite3_close(db);
}

/* ---- no memory ---------------------------------------------------------------------------------------------------- */

static long allocations_left, allocations_alive;

static void *failing_alloc(void *user, size_t size)
{
    void *made = allocations_left-- == 0 ? NULL : malloc(size);

    (void)user;
    allocations_alive += made != NULL;
    return made;
}

static void *failing_resize(void *user, void *ptr, size_t size)
{
    void *made = allocations_left-- == 0 ? NULL : realloc(ptr, size);

    (void)user;
    allocations_alive += made != NULL && ptr == NULL;
    return made;
}

static void failing_release(void *user, void *ptr)
{
    (void)user;
    allocations_alive--;
    free(ptr);
}

static casegate_result use_everything(fixture *f)
{
    casegate_query query = {.size = sizeof query, .order = CASEGATE_BY_DUE, .limit = 9};
    casegate_result result;
    sample s;

    sample_case(&s, "case-1");
    result = commit_sample(f, &s);
    sample_rejection(&s);
    if (result == CASEGATE_OK)
        result = commit_sample(f, &s);
    sample_free(&s);
    if (result == CASEGATE_OK)
        result = load_request(f, "case-1", "lab-one", "lena", NULL, "request-1");
    if (result == CASEGATE_OK)
        result = load_history(f, "case-1");
    if (result == CASEGATE_OK)
        result = load_content(f, "case-1", 1);
    if (result == CASEGATE_OK)
        result = f->store->ops.list(f->store->ops.user, NULL, &query, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        result = f->store->ops.claim(f->store->ops.user, NULL, "email", INT64_MAX, INT64_MAX, "lease", 9, &f->answers, &f->err);
    if (result == CASEGATE_OK)
        result = f->store->ops.inbox(f->store->ops.user, NULL, "clinic-one", NULL, NULL, 9, &f->answers, &f->err);
    return result;
}

static casegate_result open_and_use(fixture *f, casegate_host *host)
{
    casegate_sqlite_options options = {.size = sizeof options, .path = ":memory:"};
    casegate_result result = casegate_sqlite_open(host, &options, &f->store, &f->err);

    if (result == CASEGATE_OK)
        result = use_everything(f);
    cg_answers_reset(&f->answers);
    close_store(f);
    return result;
}

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    casegate_host_ops ops;
    casegate_host *host;
    casegate_result result;
    long n = 0;

    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = failing_alloc;
    ops.resize = failing_resize;
    ops.release = failing_release;
    allocations_left = -1;
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    do {
        long alive = allocations_alive;

        allocations_left = n++;
        result = open_and_use(f, host);
        if (result != CASEGATE_OK && result != CASEGATE_E_NOMEM)
            fail_msg("allocation %ld: %s, %s, %s", n, casegate_result_name(result), f->err.field, f->err.text);
        assert_int_equal(allocations_alive, alive);
    } while (allocations_left < 0 && n < 100000);

    assert_int_equal(result, CASEGATE_OK);
    assert_true(n > 50);
    casegate_host_unref(host);
    assert_int_equal(allocations_alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_whose_sync_fails_is_unknown, set_up_weak_store, tear_down_weak_store),
        cmocka_unit_test_setup_teardown(only_the_written_of_several_commits_are_unknown, set_up_weak_store, tear_down_weak_store),
        cmocka_unit_test_setup_teardown(the_engine_finds_out_what_became_of_an_unknown_commit, set_up_weak_store,
                                        tear_down_weak_store),
        cmocka_unit_test_setup_teardown(the_store_works_on_after_a_failure, set_up_weak_store, tear_down_weak_store),
        cmocka_unit_test_setup_teardown(a_full_database_is_an_error_of_the_host_and_nothing_is_written, set_up_directory,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, set_up_directory, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
