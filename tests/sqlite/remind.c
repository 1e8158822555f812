/* SPDX-License-Identifier: MIT */
/* remind.c: processes that remind of the same cases at the same moment: one notice a case, channel and day. */
#include <casegate/engine.h>
#include <casegate/sqlite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* CG-R21: idempotent for the day, from any number of processes. */

enum { PROCESSES = 4, CASES = 130, DAYS = 3 };   /* more than a page of cases */

static const int64_t DAY_US = INT64_C(86400) * 1000000, START_US = INT64_C(1772438400000000);   /* 2026-03-02T08:00:00Z */
static int64_t today_us;

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "remind: %s\n", what);
    exit(1);
}

static int64_t CASEGATE_CALL now_us(void *user)
{
    (void)user;
    return today_us;
}

static casegate_engine *open_engine(const char *path)
{
    const casegate_host_ops ops = {.size = sizeof ops, .now_us = now_us};
    const casegate_sqlite_options sqlite = {.size = sizeof sqlite, .path = path, .busy_ms = 60000};
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};
    casegate_engine *engine = NULL;

    must(casegate_host_new(&ops, &options.host, NULL) == CASEGATE_OK, "no host");
    must(casegate_sqlite_open(options.host, &sqlite, &options.store, NULL) == CASEGATE_OK, "no store");
    must(casegate_engine_open(&options, &engine, NULL) == CASEGATE_OK, "no engine");
    casegate_store_unref(options.store);
    casegate_host_unref(options.host);
    return engine;
}

static casegate_actor *person(const char *id, const char *org, int32_t role)
{
    const casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role, .permissions = UINT64_MAX};
    casegate_actor *made = NULL;

    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor");
    return made;
}

static void fill(const char *path)
{
    casegate_engine *engine = open_engine(path);
    casegate_actor *anna = person("anna", "clinic-one", CASEGATE_CLINIC_USER);
    const casegate_call call = {.size = sizeof call, .actor = anna};
    const casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content *content = NULL;
    casegate_outcome *o = casegate_outcome_new(NULL);

    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_add_service(b, &crown);
    must(casegate_content_builder_finish(b, &content, NULL) == CASEGATE_OK, "no content");
    for (int i = 0; i < CASES; i++)
        must(casegate_engine_create(engine, &call, "lab-one", content, 1, o, NULL) == CASEGATE_OK, "a case cannot be created");
    casegate_outcome_free(o);
    casegate_content_unref(content);
    casegate_actor_unref(anna);
    casegate_engine_unref(engine);
}

/* Waits for the others, reminds, and says what it made. */
static void remind(const char *path, int go, int answers)
{
    static const char *const channels[] = {"email"};
    const casegate_reminder which = {.size = sizeof which, .longer_than_us = DAY_US / 2, .channels = channels, .channel_count = 1};
    casegate_reminded made = {.size = sizeof made};
    casegate_engine *engine = open_engine(path);
    char byte;

    must(read(go, &byte, 1) == 0, "no start");   /* the end of the pipe: all at once */
    must(casegate_engine_remind(engine, &which, &made, NULL) == CASEGATE_OK, "reminding failed");
    must(write(answers, &made, sizeof made) == (ssize_t)sizeof made, "the parent is gone");
    casegate_engine_unref(engine);
    exit(0);
}

static void race(const char *path)
{
    int go[2], answers[2], status;
    uint32_t made = 0, known = 0;

    must(pipe(go) == 0 && pipe(answers) == 0, "no pipe");
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        must(pid >= 0, "no process");
        if (pid == 0) {
            close(go[1]);
            remind(path, go[0], answers[1]);
        }
    }
    close(go[0]);
    close(go[1]);
    for (int i = 0; i < PROCESSES; i++) {
        casegate_reminded one;
        must(wait(&status) > 0 && status == 0, "a process failed");
        must(read(answers[0], &one, sizeof one) == (ssize_t)sizeof one, "no answer");
        must(one.cases == CASES, "a process did not see every case");
        made += one.made;
        known += one.known;
    }
    close(answers[0]);
    close(answers[1]);
    must(made == 2 * CASES, "not one notice a case, channel and day");
    must(known == 2 * CASES * (PROCESSES - 1), "a notice was neither made nor known");
}

static void count(const char *path)
{
    casegate_engine *engine = open_engine(path);
    casegate_actor *system = person("robot", NULL, CASEGATE_SYSTEM);
    const casegate_call call = {.size = sizeof call, .actor = system};
    const casegate_notice_query query = {.size = sizeof query, .limit = 1000};
    casegate_outcome *o = casegate_outcome_new(NULL);

    must(casegate_engine_notices(engine, &call, &query, o, NULL) == CASEGATE_OK, "no notices");
    must(casegate_outcome_notice_count(o) == 2 * CASES * DAYS, "not as many notices as cases, channels and days");
    casegate_outcome_free(o);
    casegate_actor_unref(system);
    casegate_engine_unref(engine);
}

int main(void)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char path[] = "remind-XXXXXX", name[64];
    int fd = mkstemp(path);

    must(fd >= 0, "no file");
    close(fd);
    today_us = START_US;
    fill(path);
    for (int day = 1; day <= DAYS; day++) {
        today_us = START_US + day * DAY_US;
        race(path);
    }
    count(path);
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
    printf("%d processes reminded of %d cases on %d days: %d notices\n", PROCESSES, CASES, DAYS, 2 * CASES * DAYS);
    return 0;
}
