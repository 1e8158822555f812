/* SPDX-License-Identifier: MIT */
/* dispatchers.c: processes that deliver from one file and are killed with -9 at random: nothing forgotten, nothing settled twice,
    and every duplicate explained. */
#include <casegate/engine.h>
#include <casegate/sqlite.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * CG-R11. Each delivery is a line in a log, written before the notifier answers; each settling is a row in a table, written by a
 * trigger in the same transaction. A notice may be delivered twice only if the process that delivered it first was killed, or
 * found its lease taken by another when it came to settle.
 *
 * usage: dispatchers [NOTICES [KILLS [SEED]]] [--bug NAME]
 * The bugs must be found: `settles-first` (told to be delivered before it is), `no-lease` (a claim keeps nobody off),
 * `settles-twice` (what was settled comes back).
 */

enum { DISPATCHERS = 4, LEASE_MS = 2000, LONGEST_S = 280 };

static const char *bug = "";
static unsigned longest_s;
static int has_bug(const char *name) { return strcmp(bug, name) == 0; }

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "dispatchers: %s\n", what);
    exit(1);
}

static void pause_us(long us)
{
    struct timespec pause = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

    nanosleep(&pause, NULL);
}

/* ---- a dispatcher ------------------------------------------------------------------------------------------------- */

typedef struct clerk {
    int log;
    char held[256];   /* of the bug: said to be delivered, and not yet */
} clerk;

/* One write of a line to a file opened for appending: all of it or nothing, whenever the process dies. */
static void say(int log, char what, const char *id)
{
    char line[256];
    int len = snprintf(line, sizeof line, "%c %ld %s\n", what, (long)getpid(), id);

    must(write(log, line, (size_t)len) == (ssize_t)len, "the log cannot be written");
}

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    clerk *c = user;

    (void)context, (void)after_us, (void)err;
    pause_us(rand() % 1500);
    if (!has_bug("settles-first")) {
        say(c->log, 'D', message->notice->id);
        return CASEGATE_OK;
    }
    if (c->held[0])
        say(c->log, 'D', c->held);
    snprintf(c->held, sizeof c->held, "%s", message->notice->id);
    return CASEGATE_OK;
}

static void CASEGATE_CALL observe(void *user, void *context, const casegate_observation *seen)
{
    (void)context;
    if (seen->kind == CASEGATE_OBSERVED_DELIVERED && seen->result == CASEGATE_CONFLICT)
        say(((clerk *)user)->log, 'L', seen->notice);
}

static casegate_engine *open_engine(const char *path, clerk *c)
{
    const casegate_sqlite_options sqlite = {.size = sizeof sqlite, .path = path, .busy_ms = 60000};
    const casegate_notifier_ops post = {.size = sizeof post, .user = c, .deliver = deliver};
    const casegate_engine_ops ops = {.size = sizeof ops, .user = c, .observe = observe};
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER, .lease_us = LEASE_MS * 1000,
                                       .max_tries = 1000000, .ops = &ops};
    casegate_notifier *notifier = NULL;
    casegate_engine *engine = NULL;
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    if (casegate_sqlite_open(NULL, &sqlite, &options.store, &err) != CASEGATE_OK)
        must(0, err.text);
    must(casegate_notifier_new(NULL, "email", &post, &notifier, NULL) == CASEGATE_OK, "no notifier");
    options.notifiers = &notifier;
    options.notifier_count = 1;
    must(casegate_engine_open(&options, &engine, &err) == CASEGATE_OK, err.text);
    casegate_store_unref(options.store);
    casegate_notifier_unref(notifier);
    return engine;
}

static casegate_actor *person(const char *id, const char *org, int32_t role, uint64_t permissions)
{
    const casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role, .permissions = permissions};
    casegate_actor *made = NULL;

    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor");
    return made;
}

static int is_nothing_pending(casegate_engine *engine, const casegate_actor *system, casegate_outcome *o)
{
    const casegate_call call = {.size = sizeof call, .actor = system};
    const casegate_detail *detail;

    must(casegate_engine_describe(engine, &call, 0, o, NULL) == CASEGATE_OK, "the store cannot be described");
    for (size_t i = 0; (detail = casegate_outcome_detail_at(o, i)) != NULL; i++)
        if (strcmp(detail->name, "notices_pending") == 0)
            return strcmp(detail->value, "0") == 0;
    must(0, "the store does not say what is pending");
    return 0;
}

/* Until nothing is pending any more, not even under a lease. */
static void dispatch(const char *path, const char *log)
{
    clerk c = {.log = open(log, O_WRONLY | O_APPEND)};
    casegate_engine *engine = open_engine(path, &c);
    casegate_actor *system = person("robot", NULL, CASEGATE_SYSTEM, CASEGATE_MAY_VIEW);
    casegate_outcome *o = casegate_outcome_new(NULL);
    const casegate_drain how = {.size = sizeof how, .channel = "email"};
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    srand((unsigned)getpid());
    do {
        casegate_result rc = casegate_engine_drain(engine, &how, NULL, &err);
        must(rc == CASEGATE_OK || rc == CASEGATE_E_BUSY, err.text);
        pause_us(20000);
    } while (!is_nothing_pending(engine, system, o));
    if (c.held[0])
        say(c.log, 'D', c.held);
    casegate_outcome_free(o);
    casegate_actor_unref(system);
    casegate_engine_unref(engine);
    exit(0);
}

/* ---- the house before --------------------------------------------------------------------------------------------- */

static void reject_one(casegate_engine *engine, const casegate_call *clinic, const casegate_call *lab,
                       const casegate_content *content, casegate_outcome *o)
{
    char id[65];

    must(casegate_engine_create(engine, clinic, "lab-one", content, 1, o, NULL) == CASEGATE_OK, "a case cannot be created");
    snprintf(id, sizeof id, "%s", casegate_outcome_head(o)->id);
    must(casegate_engine_reject(engine, lab, id, 1, "other", NULL, o, NULL) == CASEGATE_OK, "a case cannot be rejected");
}

/* Two e-mails a rejection: to the clinic and to the dentist. */
static void fill(const char *path, int notices)
{
    clerk nobody = {.log = -1};
    casegate_engine *engine = open_engine(path, &nobody);
    casegate_actor *anna = person("anna", "clinic-one", CASEGATE_CLINIC_USER, UINT64_MAX);
    casegate_actor *lena = person("lena", "lab-one", CASEGATE_LAB_USER, UINT64_MAX);
    const casegate_call clinic = {.size = sizeof clinic, .actor = anna}, lab = {.size = sizeof lab, .actor = lena};
    const casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content *content = NULL;
    casegate_outcome *o = casegate_outcome_new(NULL);

    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(b, CASEGATE_CONTENT_CLINIC_EMAIL, "desk@clinic.example");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_EMAIL, "dora@clinic.example");
    casegate_content_add_service(b, &crown);
    must(casegate_content_builder_finish(b, &content, NULL) == CASEGATE_OK, "no content");
    for (int i = 0; i < notices / 2; i++)
        reject_one(engine, &clinic, &lab, content, o);
    casegate_outcome_free(o);
    casegate_content_unref(content);
    casegate_actor_unref(lena);
    casegate_actor_unref(anna);
    casegate_engine_unref(engine);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    must(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_busy_timeout(db, 60000) == SQLITE_OK, sqlite3_errmsg(db));
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void watch(const char *path)
{
    run_sql(path, "CREATE TABLE settled (id TEXT NOT NULL);"
                  "CREATE TRIGGER settling AFTER UPDATE ON notices WHEN OLD.state = 2 AND NEW.state IN (3, 4)"
                  " BEGIN INSERT INTO settled VALUES (NEW.id); END");
    if (has_bug("settles-twice"))
        run_sql(path, "CREATE TRIGGER bug AFTER INSERT ON settled WHEN abs(random()) % 100 = 0"
                      " BEGIN UPDATE notices SET state = 1, next_us = 0 WHERE id = NEW.id; END");
}

/* ---- killing ------------------------------------------------------------------------------------------------------ */

typedef struct killed { long *pid; int count; } killed;

static pid_t start(const char *path, const char *log)
{
    pid_t pid = fork();

    must(pid >= 0, "no process");
    if (pid > 0)
        return pid;
    alarm(longest_s);   /* not inherited: a parent that runs out of time leaves nobody behind */
    dispatch(path, log);
    return pid;
}

/* 1: it has ended by itself, as nothing was pending any more. */
static int has_ended(pid_t pid, int wait_for_it)
{
    int status;
    pid_t got = waitpid(pid, &status, wait_for_it ? 0 : WNOHANG);

    if (got == 0)
        return 0;
    must(got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0, "a dispatcher failed");
    return 1;
}

static void kill_and_replace(pid_t *pid, const char *path, const char *log, killed *dead)
{
    int status;

    kill(*pid, SIGKILL);
    must(waitpid(*pid, &status, 0) == *pid, "a dispatcher is gone");
    if (WIFSIGNALED(status))
        dead->pid[dead->count++] = (long)*pid;
    *pid = start(path, log);
}

/* Lets every lease run out as soon as it is taken. */
static pid_t start_thief(const char *path)
{
    pid_t pid = fork();

    must(pid >= 0, "no process");
    if (pid == 0)
        alarm(longest_s);
    while (pid == 0) {
        run_sql(path, "UPDATE notices SET next_us = 0 WHERE state = 2");
        pause_us(500);
    }
    return pid;
}

static void kill_at_random(const char *path, const char *log, int kills, killed *dead)
{
    pid_t pids[DISPATCHERS], thief = has_bug("no-lease") ? start_thief(path) : 0;

    for (int i = 0; i < DISPATCHERS; i++)
        pids[i] = start(path, log);
    while (dead->count < kills) {
        pause_us(10000 + rand() % 60000);
        int which = rand() % DISPATCHERS;
        if (has_ended(pids[which], 0)) {
            pids[which] = start(path, log);
            break;
        }
        kill_and_replace(&pids[which], path, log, dead);
    }
    for (int i = 0; i < DISPATCHERS; i++)
        has_ended(pids[i], 1);
    if (thief > 0) {
        kill(thief, SIGKILL);
        waitpid(thief, NULL, 0);
    }
}

/* ---- the account -------------------------------------------------------------------------------------------------- */

typedef struct line { char what; long pid; char id[128]; } line;
typedef struct account { int deliveries, lost, by_kill, by_lease, unexplained, forgotten, undelivered, settled_twice; } account;

static int was_killed(const killed *dead, long pid)
{
    for (int i = 0; i < dead->count; i++)
        if (dead->pid[i] == pid)
            return 1;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const line *)a)->id, ((const line *)b)->id);
}

static line *read_log(const char *path, int *count)
{
    FILE *f = fopen(path, "r");
    int room = 1024;
    line *lines = malloc((size_t)room * sizeof *lines);

    *count = 0;
    must(f && lines, "no log");
    while (fscanf(f, "%c %ld %127s\n", &lines[*count].what, &lines[*count].pid, lines[*count].id) == 3)
        if (++*count == room)
            must((lines = realloc(lines, (size_t)(room *= 2) * sizeof *lines)) != NULL, "no memory");
    fclose(f);
    qsort(lines, (size_t)*count, sizeof *lines, compare);
    return lines;
}

/* The lines of one notice: one delivery is due; each one more needs a process that was killed, or that lost its lease. */
static void account_for(const line *lines, int count, const killed *dead, account *a)
{
    int deliveries = 0, killed_ones = 0, lost = 0;

    for (int i = 0; i < count; i++) {
        deliveries += lines[i].what == 'D';
        killed_ones += lines[i].what == 'D' && was_killed(dead, lines[i].pid);
        lost += lines[i].what == 'L' && !was_killed(dead, lines[i].pid);
    }
    int more = deliveries - 1, by_kill = more < killed_ones ? more : killed_ones;
    int by_lease = more - by_kill < lost ? more - by_kill : lost;
    a->deliveries += deliveries;
    a->lost += lost;
    a->by_kill += more > 0 ? by_kill : 0;
    a->by_lease += more > 0 ? by_lease : 0;
    a->unexplained += more > 0 ? more - by_kill - by_lease : 0;
}

static int number(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;

    must(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK,
         sqlite3_errmsg(db));
    must(sqlite3_step(statement) == SQLITE_ROW, "no row");
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

static int judge(const char *path, const char *log, int notices, const killed *dead)
{
    account a = {0};
    int count, known = 0;
    line *lines = read_log(log, &count);

    for (int i = 0; i < count;) {
        int first = i, delivered = 0;
        for (; i < count && strcmp(lines[i].id, lines[first].id) == 0; i++)
            delivered |= lines[i].what == 'D';
        account_for(lines + first, i - first, dead, &a);
        known += delivered;
    }
    a.forgotten = notices - known;
    a.undelivered = number(path, "SELECT count(*) FROM notices WHERE channel = 'email' AND state <> 3");
    a.settled_twice = number(path, "SELECT count(*) - count(DISTINCT id) FROM settled");
    int settled = number(path, "SELECT count(DISTINCT id) FROM settled");
    printf("%d notices, %d dispatchers killed, %d deliveries; %d duplicates: %d killed between delivery and settling,"
           " %d with a lease that ran out, %d unexplained; forgotten %d, not delivered %d, not settled %d, settled twice %d\n",
           notices, dead->count, a.deliveries, a.deliveries - known, a.by_kill, a.by_lease, a.unexplained, a.forgotten,
           a.undelivered, notices - settled, a.settled_twice);
    free(lines);
    /* a kill explains one duplicate: the notice at hand; few leases run out by themselves, on a machine that stands still */
    int leases_hold = a.lost <= dead->count && a.by_kill <= dead->count;
    if (!leases_hold)
        printf("leases do not hold: %d were lost\n", a.lost);
    return leases_hold && !a.unexplained && !a.forgotten && !a.undelivered && !a.settled_twice && settled == notices;
}

static void remove_files(const char *path, const char *log)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[64];

    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
    unlink(log);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[argc - 2], "--bug") == 0) {
        bug = argv[argc - 1];
        argc -= 2;
    }
    int notices = argc > 1 ? atoi(argv[1]) : 2000;
    int kills = argc > 2 ? atoi(argv[2]) : 60;
    unsigned seed = argc > 3 ? (unsigned)atoi(argv[3]) : (unsigned)time(NULL);
    char path[] = "dispatchers-XXXXXX", log[] = "delivered-XXXXXX";
    killed dead = {.pid = calloc((size_t)(kills > 0 ? kills : 1), sizeof(long))};
    int fd = mkstemp(path), fd_log = mkstemp(log);

    must(notices > 0 && notices % 2 == 0 && kills >= 0 && dead.pid && fd >= 0 && fd_log >= 0,
         "usage: dispatchers [NOTICES [KILLS [SEED]]] [--bug NAME]; NOTICES is even");
    close(fd);
    close(fd_log);
    longest_s = *bug ? 60 : LONGEST_S + (unsigned)notices / 20;
    alarm(longest_s);
    srand(seed);
    printf("seed %u\n", seed);
    fflush(stdout);
    fill(path, notices);
    watch(path);
    kill_at_random(path, log, kills, &dead);
    int fine = judge(path, log, notices, &dead);
    remove_files(path, log);
    free(dead.pid);
    return fine ? 0 : 1;
}
