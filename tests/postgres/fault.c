/* SPDX-License-Identifier: MIT */
/* fault.c: clinics and labs at work while lines, backends and servers fail: nothing acknowledged is lost, nothing half there. */
/* usage: fault MODE FOLDER CLUSTER_SH SECONDS [lost|half]   the last: a store that is broken on purpose, which must be caught */
#include "proxy.h"
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 4, MOST = 20000 };

/* What a worker was told of one case. */
typedef struct record { char id[65]; int32_t status; uint32_t version; int done; } record;

typedef struct worker {
    pthread_t thread;
    int number, count, errors, unknown;
    record *records;
} worker;

static const char *mode, *folder, *script, *bug = "";
static proxy *line_to_server;
static casegate_store *store;
static casegate_engine *engine;
static casegate_actor *clinic, *lab, *auditor;
static casegate_content *content;
static atomic_int stopped, told;

static void must(int holds, const char *what, const char *detail)
{
    if (holds)
        return;
    printf("not ok - %s: %s %s\n", mode, what, detail ? detail : "");
    fflush(stdout);
    if (line_to_server)
        proxy_forget(line_to_server);
    _exit(1);
}

static void rest_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int cluster(const char *verb)
{
    char command[512];

    snprintf(command, sizeof command, "sh '%s' %s '%s'", script, verb, folder);
    return system(command);
}

/* ---- a store that may be broken on purpose ------------------------------------------------------------------------ */

static casegate_result CASEGATE_CALL commit_badly(void *user, void *context, const casegate_commit *const *commits,
                                                  casegate_result *results, size_t count, casegate_error *err)
{
    casegate_commit half = *commits[0];
    const casegate_commit *list[] = {&half};
    casegate_result result;

    if (strcmp(bug, "half") == 0 && half.notice_count)
        half.notice_count--;
    result = store->ops.commit(store->ops.user, context, strcmp(bug, "half") == 0 ? list : commits, results, count, err);
    (void)user;
    if (strcmp(bug, "lost") == 0 && result == CASEGATE_OK && results[0] == CASEGATE_E_UNKNOWN)
        results[0] = CASEGATE_OK;
    return result;
}

static casegate_store *dress(void)
{
    casegate_store_ops ops = store->ops;
    casegate_store *dressed = NULL;

    ops.destroy = NULL;
    if (*bug)
        ops.commit = commit_badly;
    must(casegate_store_new(NULL, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, &dressed, NULL) == CASEGATE_OK,
         "no store", NULL);
    return dressed;
}

/* ---- desk --------------------------------------------------------------------------------------------------------- */

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role) | CASEGATE_MAY_VIEW;
    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor", id);
    casegate_workflow_unref(intake);
    return made;
}

static void make_content(void)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};

    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(builder, CASEGATE_CONTENT_CLINIC_EMAIL, "front@clinic.example");
    casegate_content_add_service(builder, &crown);
    must(casegate_content_builder_finish(builder, &content, NULL) == CASEGATE_OK, "no content", NULL);
}

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    (void)user, (void)context, (void)message, (void)after_us, (void)err;
    told++;
    return CASEGATE_OK;
}

static void open_engine(void)
{
    casegate_engine_options options = {.size = sizeof options, .lease_us = 500000};
    casegate_notifier_ops ops = {.size = sizeof ops, .deliver = deliver};
    casegate_notifier *mail = NULL;

    must(casegate_notifier_new(NULL, "email", &ops, &mail, NULL) == CASEGATE_OK, "no notifier", NULL);
    options.notifiers = &mail;
    options.notifier_count = 1;
    options.store = dress();
    must(casegate_engine_open(&options, &engine, NULL) == CASEGATE_OK, "no engine", NULL);
    casegate_store_unref(options.store);
    casegate_notifier_unref(mail);
}

static void open_store_at(const char *where)
{
    casegate_postgres_options options = {.size = sizeof options, .conninfo = where, .pool = WORKERS + 2, .statement_ms = 2000};
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    if (casegate_postgres_open(NULL, &options, &store, &err) != CASEGATE_OK)
        must(0, "no store", err.text);
}

/* ---- work --------------------------------------------------------------------------------------------------------- */

/* The same request, until it is answered: sent twice it is one decision. */
static int settle(worker *w, const casegate_request *request, casegate_actor *who, casegate_outcome *outcome)
{
    casegate_call call = {.size = sizeof call, .actor = who};

    for (;;) {
        casegate_error err;
        casegate_result result;

        casegate_error_init(&err, sizeof err);
        result = casegate_engine_apply(engine, &call, request, outcome, &err);
        if (result == CASEGATE_OK)
            return 1;
        must(result < 0, "an answer that cannot be", casegate_result_name(result));
        must(result == CASEGATE_E_HOST || result == CASEGATE_E_BUSY || result == CASEGATE_E_UNKNOWN, casegate_result_name(result),
             err.text);
        w->errors++;
        w->unknown += result == CASEGATE_E_UNKNOWN;
        if (stopped)
            return 0;
        rest_ms(3);
    }
}

static void note(record *r, const casegate_outcome *outcome)
{
    const casegate_head *head = casegate_outcome_head(outcome);

    snprintf(r->id, sizeof r->id, "%s", head->id);
    r->version = head->version;
    r->status = head->status;
    r->done = 1;
}

static void work_on(worker *w, casegate_outcome *outcome)
{
    record *r = &w->records[w->count++];
    char name[64], id[65];
    casegate_request request = {.size = sizeof request, .action = CASEGATE_CREATE, .lab = "lab-one", .content = content,
                                .submit = 1, .request = name};

    snprintf(name, sizeof name, "create-%d-%d", w->number, w->count);
    if (!settle(w, &request, clinic, outcome))
        return;
    note(r, outcome);
    snprintf(id, sizeof id, "%s", r->id);
    snprintf(name, sizeof name, "decide-%d-%d", w->number, w->count);
    request = (casegate_request){.size = sizeof request, .case_id = id, .revision = 1, .request = name};
    request.action = w->count % 2 ? CASEGATE_REJECT : CASEGATE_ACCEPT;
    request.reason = w->count % 2 ? "other" : NULL;
    if (settle(w, &request, lab, outcome))
        note(r, outcome);
}

static void *work(void *arg)
{
    worker *w = arg;
    casegate_outcome *outcome = casegate_outcome_new(NULL);

    while (!stopped && w->count < MOST)
        work_on(w, outcome);
    casegate_outcome_free(outcome);
    return NULL;
}

/* Others deliver what those who were cut off left behind. */
static void *dispatch(void *arg)
{
    casegate_dispatched dispatched = {.size = sizeof dispatched};

    while (!stopped) {
        casegate_engine_dispatch(engine, NULL, "email", 10, &dispatched, NULL);
        rest_ms(50);
    }
    return arg;
}

/* ---- trouble ------------------------------------------------------------------------------------------------------ */

/* A backend that has gone by itself meanwhile is warned of. */
static void say_nothing(void *user, const PGresult *result) { (void)user, (void)result; }

static int end_backends(PGconn *pg)
{
    PGresult *result = PQexec(pg, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'casegate'"
                                  " ORDER BY random() LIMIT 2");
    int ended = PQntuples(result);

    PQclear(result);
    rest_ms(10 + rand() % 20);
    return ended;
}

static int restart(const char *how)
{
    rest_ms(200 + rand() % 200);
    must(cluster(how) == 0, "the server cannot be ended", how);
    must(cluster("again") == 0, "the server does not come back", how);
    return 1;
}

static int cut_lines(void)
{
    static const int cuts[] = {CUT_REQUEST, CUT_REPLY, CUT_HALF, CUT_ABANDON};

    proxy_cut(line_to_server, cuts[rand() % 4]);
    rest_ms(3 + rand() % 10);
    return 1;
}

/* Once: who is killed does not come back, and the standby takes its place. */
static int fail_over(int64_t until_ms)
{
    rest_ms((until_ms - now_ms()) / 2);
    must(cluster("crash") == 0, "the server cannot be ended", NULL);
    must(cluster("promote") == 0, "the standby does not take over", NULL);
    rest_ms(until_ms - now_ms());
    return 1;
}

static int make_trouble(int64_t until_ms, const char *direct)
{
    PGconn *pg = strcmp(mode, "terminate") == 0 ? PQconnectdb(direct) : NULL;
    int count = 0;

    if (pg)
        PQsetNoticeReceiver(pg, say_nothing, NULL);
    while (now_ms() < until_ms) {
        if (pg)
            count += end_backends(pg);
        else if (strcmp(mode, "cut") == 0)
            count += cut_lines();
        else if (strcmp(mode, "failover") == 0)
            count += fail_over(until_ms);
        else
            count += restart(strcmp(mode, "kill") == 0 ? "crash" : "stop");
    }
    PQfinish(pg);
    proxy_cut(line_to_server, CUT_NOTHING);
    return count;
}

/* ---- judgement ---------------------------------------------------------------------------------------------------- */

/* Each a count that must be 0: what is half there. A rejection here has one notice by e-mail and one in the portal. */
static const char *const halves[] = {
    "SELECT count(*) FROM cases AS c WHERE version <> (SELECT count(*) FROM events AS e WHERE e.lab = c.lab"
    " AND e.case_id = c.id)",
    "SELECT count(*) FROM cases AS c WHERE version <> (SELECT max(seq) FROM events AS e WHERE e.lab = c.lab"
    " AND e.case_id = c.id)",
    "SELECT count(*) FROM cases AS c WHERE NOT EXISTS (SELECT 1 FROM case_labs AS i WHERE i.id = c.id AND i.lab = c.lab)",
    "SELECT count(*) FROM case_labs AS i WHERE NOT EXISTS (SELECT 1 FROM cases AS c WHERE i.id = c.id AND i.lab = c.lab)",
    "SELECT count(*) FROM cases AS c WHERE NOT EXISTS (SELECT 1 FROM contents AS k WHERE k.case_id = c.id AND k.lab = c.lab)",
    "SELECT count(*) FROM events AS e WHERE NOT EXISTS (SELECT 1 FROM cases AS c WHERE e.case_id = c.id AND e.lab = c.lab)",
    "SELECT count(*) FROM events AS e WHERE request IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event_texts AS t"
    " WHERE t.lab = e.lab AND t.case_id = e.case_id AND t.seq = e.seq)",
    "SELECT count(*) FROM events AS e WHERE (SELECT count(*) FROM notices AS n WHERE n.lab = e.lab AND n.case_id = e.case_id"
    " AND n.seq = e.seq) <> CASE WHEN action = 5 THEN 2 ELSE 0 END",
    "SELECT count(*) FROM notices AS n WHERE NOT EXISTS (SELECT 1 FROM events AS e WHERE n.lab = e.lab AND n.case_id = e.case_id"
    " AND n.seq = e.seq)",
    "SELECT count(*) FROM (SELECT request FROM events WHERE request IS NOT NULL GROUP BY request HAVING count(*) > 1) AS twice",
    "SELECT count(*) FROM notices WHERE channel = 'email' AND state <> 3",
};

static void deliver_the_rest(void)
{
    casegate_dispatched dispatched = {.size = sizeof dispatched};
    casegate_error err;
    int64_t until = now_ms() + 20000;

    casegate_error_init(&err, sizeof err);
    rest_ms(600);   /* until the last lease has ended */
    do {
        casegate_dispatched_init(&dispatched, sizeof dispatched);
        if (casegate_engine_dispatch(engine, NULL, "email", 0, &dispatched, &err) != CASEGATE_OK)
            rest_ms(50);
        else if (dispatched.delivered == 0)
            return;
    } while (now_ms() < until);
    must(0, "the rest cannot be delivered", err.text);
}

static void look_at_record(const record *r, casegate_outcome *outcome)
{
    casegate_call call = {.size = sizeof call, .actor = auditor};
    const casegate_head *head;

    must(casegate_engine_view(engine, &call, r->id, 0, outcome, NULL) == CASEGATE_OK, "lost: a case that was acknowledged",
         r->id);
    head = casegate_outcome_head(outcome);
    must(head->version >= r->version, "lost: an event that was acknowledged", r->id);
    must(head->version > r->version || head->status == r->status, "lost: a decision that was acknowledged", r->id);
    must(casegate_engine_verify(engine, &call, r->id, outcome, NULL) == CASEGATE_OK, "not to be verified", r->id);
    must(casegate_outcome_verification(outcome)->intact, "not intact", r->id);
}

static int look_at_everything(const worker *workers, const char *direct)
{
    casegate_outcome *outcome = casegate_outcome_new(NULL);
    PGconn *pg = PQconnectdb(direct);
    int seen = 0;

    PQclear(PQexec(pg, "SET search_path = casegate"));
    for (int w = 0; w < WORKERS; w++)
        for (int i = 0; i < workers[w].count; i++)
            if (workers[w].records[i].done) {
                look_at_record(&workers[w].records[i], outcome);
                seen++;
            }
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        PGresult *count = PQexec(pg, halves[i]);

        must(PQntuples(count) == 1, "no answer", PQerrorMessage(pg));
        must(strcmp(PQgetvalue(count, 0, 0), "0") == 0, "half there", halves[i]);
        PQclear(count);
    }
    PQfinish(pg);
    casegate_outcome_free(outcome);
    return seen;
}

int main(int argc, char **argv)
{
    char direct[256];
    worker workers[WORKERS];
    pthread_t dispatcher;
    int trouble, errors = 0, unknown = 0, seen;
    double seconds = argc > 4 ? atof(argv[4]) : 0;

    if (argc < 5 || seconds <= 0)
        return 2;
    mode = argv[1], folder = argv[2], script = argv[3], bug = argc > 5 ? argv[5] : "";
    srand((unsigned)time(NULL));
    snprintf(direct, sizeof direct, "host=%s user=casegate dbname=postgres", folder);
    if (strcmp(mode, "failover") == 0)
        snprintf(direct, sizeof direct,
                 "host=%s,%s/standby user=casegate dbname=postgres target_session_attrs=read-write", folder, folder);
    line_to_server = proxy_start(folder);
    must(line_to_server != NULL, "no proxy", NULL);
    open_store_at(strcmp(mode, "cut") == 0 ? proxy_conninfo(line_to_server) : direct);
    make_content();
    clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
    auditor = actor("auditor", NULL, CASEGATE_SYSTEM);
    open_engine();
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){.number = i, .records = calloc(MOST, sizeof(record))};
        must(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0, "no thread", NULL);
    }
    must(pthread_create(&dispatcher, NULL, dispatch, NULL) == 0, "no thread", NULL);
    trouble = make_trouble(now_ms() + (int64_t)(seconds * 1000), direct);
    stopped = 1;
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        errors += workers[i].errors;
        unknown += workers[i].unknown;
    }
    pthread_join(dispatcher, NULL);
    deliver_the_rest();
    seen = look_at_everything(workers, direct);
    must(trouble > 0 && seen > 10, "nothing happened", NULL);
    printf("ok - %s: %d times trouble, %d cases acknowledged and there, %d errors met by callers, %d of them unknown,"
           " %d e-mails\n", mode, trouble, seen, errors, unknown, (int)told);
    for (int i = 0; i < WORKERS; i++)
        free(workers[i].records);
    casegate_engine_unref(engine);
    casegate_store_unref(store);
    casegate_content_unref(content);
    casegate_actor_unref(clinic);
    casegate_actor_unref(lab);
    casegate_actor_unref(auditor);
    proxy_stop(line_to_server);
    return 0;
}
