/* SPDX-License-Identifier: MIT */
/* cases.c: what many cases cost in SQLite: batches, growth, the first page of a lab's queue, and memory of what is loaded. */
#include "support.h"

#include <casegate/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* usage: bench_cases [FEW [MANY]], 100,000 and 1,000,000 cases. */
enum { BATCH = 100, ROUNDS = 9, EACH = 500, PAGE = 50, LOOKS = 400 };

typedef struct file { gate gate; hand hand; sqlite3 *db; char (*ids)[65]; int next; } file;

static void open_file(file *f, const char *path, int count)
{
    memset(f, 0, sizeof *f);
    f->ids = malloc((size_t)count * sizeof *f->ids);
    must(f->ids != NULL, "no memory");
    make_cases(path, f->ids, count);
    open_gate_at(&f->gate, path);
    f->db = open_handle(path, "PRAGMA synchronous = FULL");
    open_hand(&f->hand, f->db);
}

static void close_file(file *f, const char *path)
{
    close_hand(&f->hand);
    close_gate(&f->gate);
    remove_files(path);
    free(f->ids);
}

/* ---- ways to accept EACH cases; each gives how many a second ------------------------------------------------------- */

static double by_hand(file *f)
{
    const double begun = seconds_now();

    for (int i = 0; i < EACH; i++)
        accept_by_hand(&f->hand, f->ids[f->next++]);
    return EACH / (seconds_now() - begun);
}

static double one_by_one(file *f)
{
    const double begun = seconds_now();

    for (int i = 0; i < EACH; i++)
        accept_by_gate(&f->gate, f->ids[f->next++]);
    return EACH / (seconds_now() - begun);
}

static void accept_batch(file *f, casegate_outcome *const *outcomes)
{
    const casegate_call call = {.size = sizeof call, .actor = f->gate.lab};
    casegate_request requests[BATCH];
    const casegate_request *list[BATCH];
    casegate_result results[BATCH];

    for (int i = 0; i < BATCH; i++) {
        requests[i] = (casegate_request){.size = sizeof requests[i], .action = CASEGATE_ACCEPT, .case_id = f->ids[f->next++], .revision = 1};
        list[i] = &requests[i];
    }
    must(casegate_engine_apply_many(f->gate.engine, &call, list, BATCH, outcomes, results, NULL) == CASEGATE_OK, "no batch");
    for (int i = 0; i < BATCH; i++)
        must(results[i] == CASEGATE_OK, "not accepted");
}

static double in_batches(file *f)
{
    casegate_outcome *outcomes[BATCH];
    double begun;

    for (int i = 0; i < BATCH; i++)
        outcomes[i] = casegate_outcome_new(NULL);
    begun = seconds_now();
    for (int i = 0; i < EACH; i += BATCH)
        accept_batch(f, outcomes);
    begun = EACH / (seconds_now() - begun);
    for (int i = 0; i < BATCH; i++)
        casegate_outcome_free(outcomes[i]);
    return begun;
}

/* ---- the queue ---------------------------------------------------------------------------------------------------- */

static double list_by_gate(file *f)
{
    const casegate_call call = {.size = sizeof call, .actor = f->gate.lab};
    const casegate_list first = {.size = sizeof first, .requires_action = 1, .limit = PAGE};
    const double begun = seconds_now();

    for (int i = 0; i < LOOKS; i++) {
        must(casegate_engine_list(f->gate.engine, &call, &first, f->gate.outcome, NULL) == CASEGATE_OK, "no list");
        must(casegate_outcome_head_count(f->gate.outcome) == PAGE, "not a page");
    }
    return 1e6 * (seconds_now() - begun) / LOOKS;
}

/* Every column is read, and every text copied, as whoever shows the list would. */
static double list_by_sql(file *f, const char *columns)
{
    char sql[1024], copy[4096];
    sqlite3_stmt *s = NULL;
    double begun;

    snprintf(sql, sizeof sql, "SELECT %s FROM casegate_cases WHERE lab = ?1 AND phase = 2 AND attempt >= 1"
             " ORDER BY waiting_us, created_us, id LIMIT 50", columns);
    must(sqlite3_prepare_v3(f->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK, sqlite3_errmsg(f->db));
    begun = seconds_now();
    for (int i = 0; i < LOOKS; i++) {
        int rows = 0;

        sqlite3_bind_text(s, 1, LAB, -1, SQLITE_STATIC);
        for (; sqlite3_step(s) == SQLITE_ROW; rows++)
            for (int at = 0; at < sqlite3_column_count(s); at++) {
                const char *text = (const char *)sqlite3_column_text(s, at);

                if (text)
                    memcpy(copy, text, (size_t)sqlite3_column_bytes(s, at) + 1);
            }
        must(rows == PAGE, "not a page");
        sqlite3_reset(s);
    }
    begun = 1e6 * (seconds_now() - begun) / LOOKS;
    sqlite3_finalize(s);
    return begun;
}

static const char whole_head[] =
    "id, clinic, lab, workflow, workflow_version, status, phase, version, revision, attempt, created_us, submitted_us, decided_us,"
    " decided_by, reason, rejected_seq, first_submitted_seq, first_submitted_revision, content_digest, event_hash, dentist,"
    " clinic_email, dentist_email, reference, patient_name, dentist_name, due, service_count";

static void print_queue(file *f, int cases)
{
    double lists[ROUNDS], sql[ROUNDS], ratio[ROUNDS], covering[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        lists[i] = list_by_gate(f);
        sql[i] = list_by_sql(f, whole_head);
        covering[i] = list_by_sql(f, "id, version, due");
        ratio[i] = lists[i] / sql[i];
    }
    printf("\nfirst %d of the queue of %d cases, microseconds, medians of %d rounds\n", PAGE, cases, ROUNDS);
    printf("%-44s %8.1f   (goal: 100)\n", "casegate, whole heads", median(lists, ROUNDS));
    printf("%-44s %8.1f\n", "the same SQL by hand, texts copied", median(sql, ROUNDS));
    printf("%-44s %8.2f   (goal: 1.1 or less)\n", "ratio", median(ratio, ROUNDS));
    printf("%-44s %8.1f   (goal: 25)\n", "id, version and due alone, from the index", median(covering, ROUNDS));
}

/* ---- memory ------------------------------------------------------------------------------------------------------- */

/* What a clinic writes: two crowns and a bridge, some questions, scans. */
static casegate_content *long_content(void)
{
    static const char *const teeth[] = {"11", "12", "21", "22"};
    casegate_content *brief = new_content(), *made = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, brief);
    char id[8], name[32];

    for (int i = 2; i < 5; i++) {
        const casegate_service service = {.size = sizeof service, .id = id, .code = "bridge", .name = "Bridge, three units", .material = "zirconia",
                                          .shade = "A2", .notes = "Light contact, please; the neighbour is a crown.", .teeth = teeth,
                                          .tooth_count = 4, .quantity = 1};
        const casegate_answer answer = {.size = sizeof answer, .id = id, .question = "Which shade guide was used for this one?",
                                        .response = "Vita classical, in daylight, before preparation.", .required = 1};
        const casegate_file scan = {.size = sizeof scan, .id = id, .kind = "scan", .name = name, .media_type = "model/stl",
                                    .uri = "https://files.clinic.example/2026/0042", .size_known = 1, .bytes = 4194304};

        snprintf(id, sizeof id, "x%d", i);
        snprintf(name, sizeof name, "upper-jaw-%d.stl", i);
        casegate_content_add_service(b, &service);
        casegate_content_add_answer(b, &answer);
        casegate_content_add_file(b, &scan);
    }
    must(casegate_content_builder_finish(b, &made, NULL) == CASEGATE_OK, "no content");
    casegate_content_unref(brief);
    return made;
}

static size_t held;

static void *CASEGATE_CALL count_alloc(void *user, size_t size)
{
    size_t *block = malloc(size + 16);

    (void)user;
    must(block != NULL, "no memory");
    *block = size;
    held += size;
    return (char *)block + 16;
}

static void CASEGATE_CALL count_release(void *user, void *p)
{
    size_t *block = p ? (size_t *)(void *)((char *)p - 16) : NULL;

    (void)user;
    if (!block)
        return;
    held -= *block;
    free(block);
}

static void *CASEGATE_CALL count_resize(void *user, void *p, size_t size)
{
    void *larger = count_alloc(user, size);
    size_t old = p ? *(size_t *)(void *)((char *)p - 16) : 0;

    memcpy(larger, p ? p : "", old < size ? old : size);
    count_release(user, p);
    return larger;
}

static void print_memory(file *f)
{
    casegate_host_ops ops;
    casegate_host *host = NULL;
    casegate_case *kase = NULL;
    casegate_content *made = long_content(), *read = NULL;
    casegate_buffer *document = casegate_buffer_new(NULL);
    size_t before, head, content;

    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = count_alloc, ops.resize = count_resize, ops.release = count_release;
    must(casegate_host_new(&ops, &host, NULL) == CASEGATE_OK, "no host");
    before = held;
    must(casegate_case_new(host, casegate_outcome_head_at(f->gate.outcome, 0), &kase, NULL) == CASEGATE_OK, "no case");
    head = held - before;
    must(casegate_json_write_content(made, 0, document) == CASEGATE_OK, "no document");
    before = held;
    must(casegate_json_read_content(host, casegate_buffer_data(document), casegate_buffer_length(document), &read, NULL) == CASEGATE_OK,
         "no content");
    content = held - before;
    printf("\nmemory, bytes\n%-44s %8zu   (goal: 1,024)\n", "a loaded head", head);
    printf("%-44s %8zu\n%-44s %8zu\n", "a loaded content", content, "its document", casegate_buffer_length(document));
    printf("%-44s %8.2f   (goal: 3 or less)\n", "ratio", (double)content / (double)casegate_buffer_length(document));
    casegate_content_unref(read);
    casegate_case_unref(kase);
    casegate_host_unref(host);
    casegate_buffer_free(document);
    casegate_content_unref(made);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static void print_batches(file *f, int cases)
{
    double hands[ROUNDS], alone[ROUNDS], batch[ROUNDS], by_alone[ROUNDS], by_hands[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        hands[i] = by_hand(f);
        alone[i] = one_by_one(f);
        batch[i] = in_batches(f);
        by_alone[i] = batch[i] / alone[i];
        by_hands[i] = batch[i] / hands[i];
    }
    printf("acceptances a second in a file of %d cases, FULL, %d in each of %d rounds; medians\n", cases, EACH, ROUNDS);
    printf("%-44s %8.0f\n%-44s %8.0f\n", "by hand, one by one", median(hands, ROUNDS), "casegate, one by one", median(alone, ROUNDS));
    printf("%-44s %8.0f\n", "casegate, 100 a call", median(batch, ROUNDS));
    printf("%-44s %8.2f   (goal: 3 or more)\n%-44s %8.2f\n", "x one by one", median(by_alone, ROUNDS), "x by hand", median(by_hands, ROUNDS));
}

static void print_growth(file *few, file *many, int count, int more)
{
    double a[ROUNDS], b[ROUNDS], ratio[ROUNDS], hands[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        a[i] = one_by_one(few);
        b[i] = one_by_one(many);
        ratio[i] = a[i] / b[i];
        hands[i] = by_hand(few) / by_hand(many);
    }
    printf("\ngrowth: acceptances a second, one by one, medians of %d rounds\n", ROUNDS);
    printf("%-30s %13d %8.0f\n%-30s %13d %8.0f\n", "casegate, cases:", count, median(a, ROUNDS), "casegate, cases:", more, median(b, ROUNDS));
    printf("%-44s %8.2f   (goal: 1.15 or less)\n%-44s %8.2f\n", "time of one, many over few", median(ratio, ROUNDS), "the same by hand",
           median(hands, ROUNDS));
}

int main(int argc, char **argv)
{
    const int count = argc > 1 ? atoi(argv[1]) : 100000, more = argc > 2 ? atoi(argv[2]) : 1000000;
    file few, many;

    must(count >= 30000 && more >= 30000, "too few cases");
    open_file(&few, "cases-few.db", count);
    print_batches(&few, count);
    open_file(&many, "cases-many.db", more);
    print_growth(&few, &many, count, more);
    print_queue(&many, more);
    print_memory(&many);
    close_file(&few, "cases-few.db");
    close_file(&many, "cases-many.db");
    return 0;
}
