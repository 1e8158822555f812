/* SPDX-License-Identifier: MIT */
/* test_erase.c: what was erased is in no byte of the file, nor of what lies beside it. */
#define _GNU_SOURCE
#include "support.h"

#include <dirent.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_directory, tear_down)
#define CANARY "Quetzal"   /* in every text of the case, and nowhere else */

typedef struct gate {
    fixture *f;
    sqlite3 *db;               /* the host's, or NULL */
    casegate_store *store;
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_actor *clinic, *lab, *system;
    char id[65];
} gate;

/* ---- words -------------------------------------------------------------------------------------------------------- */

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    const casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role, .permissions = UINT64_MAX};
    casegate_actor *made = NULL;

    assert_int_equal(casegate_actor_new(NULL, &fields, &made, NULL), CASEGATE_OK);
    return made;
}

/* Every text field and list; size: so many bytes of instructions, so that pages overflow and rows move. */
static casegate_content *content(size_t size)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    const char *const teeth[] = {"11"};
    const casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown", .name = CANARY " a", .material = CANARY " b",
                                    .shade = CANARY " c", .notes = CANARY " d", .teeth = teeth, .tooth_count = 1};
    const casegate_answer answer = {.size = sizeof answer, .id = "q1", .question = CANARY " e", .response = CANARY " f"};
    const casegate_file file = {.size = sizeof file, .id = "f1", .name = CANARY ".stl", .uri = "file:///" CANARY};
    char *instructions = malloc(size + 16);
    casegate_content *made = NULL;

    memset(instructions, '.', size);
    strcpy(instructions + size, " " CANARY);
    casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, CANARY " g");
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, CANARY " h");
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_ID, CANARY "-1");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "d-2");   /* an account, not a text: the inbox is found by it */
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_NAME, CANARY " i");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_EMAIL, CANARY "@clinic.example");
    casegate_content_set(b, CASEGATE_CONTENT_CLINIC_NAME, CANARY " j");
    casegate_content_set(b, CASEGATE_CONTENT_CLINIC_EMAIL, "desk." CANARY "@clinic.example");
    casegate_content_set(b, CASEGATE_CONTENT_INSTRUCTIONS, instructions);
    casegate_content_add_service(b, &crown);
    casegate_content_add_answer(b, &answer);
    casegate_content_add_file(b, &file);
    assert_int_equal(casegate_content_builder_finish(b, &made, NULL), CASEGATE_OK);
    free(instructions);
    return made;
}

static casegate_call by(const casegate_actor *who)
{
    return (casegate_call){.size = sizeof(casegate_call), .actor = who};
}

static void done(gate *g, casegate_result result)
{
    if (result != CASEGATE_OK)
        fail_msg("%s: %s: %s", casegate_result_name(result), g->f->err.field, g->f->err.text);
}

static void open_gate(gate *g, fixture *f, int on_handle)
{
    casegate_sqlite_options sqlite = {.size = sizeof sqlite, .path = f->path};
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};

    memset(g, 0, sizeof *g);
    g->f = f;
    if (on_handle) {
        sqlite.path = NULL;
        sqlite.db = g->db = open_handle(f->path);
    }
    done(g, casegate_sqlite_open(NULL, &sqlite, &g->store, &f->err));
    options.store = g->store;
    done(g, casegate_engine_open(&options, &g->engine, &f->err));
    g->outcome = casegate_outcome_new(NULL);
    g->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    g->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
    g->system = actor("ops", NULL, CASEGATE_SYSTEM);
}

static void close_gate(gate *g)
{
    casegate_actor_unref(g->system);
    casegate_actor_unref(g->lab);
    casegate_actor_unref(g->clinic);
    casegate_outcome_free(g->outcome);
    casegate_engine_unref(g->engine);
    casegate_store_unref(g->store);
    assert_int_equal(sqlite3_close(g->db), SQLITE_OK);
}

/* Created, edited to another size and back, rejected with a comment and a file, sent again, accepted. */
static void given_accepted_case(gate *g)
{
    static const size_t sizes[] = {10, 9000, 40};
    const casegate_file file = {.size = sizeof file, .id = "x1", .name = CANARY ".png"};
    const casegate_file *const files[] = {&file};
    const casegate_call clinic = by(g->clinic), lab = by(g->lab);

    for (uint32_t i = 0; i < 3; i++) {
        casegate_content *c = content(sizes[i]);

        if (i == 0)
            done(g, casegate_engine_create(g->engine, &clinic, "lab-one", c, 1, g->outcome, &g->f->err));
        else
            done(g, casegate_engine_edit(g->engine, &clinic, g->id, i, c, g->outcome, &g->f->err));
        snprintf(g->id, sizeof g->id, "%s", casegate_outcome_head(g->outcome)->id);
        casegate_content_unref(c);
    }
    const casegate_request rejection = {.size = sizeof rejection, .action = CASEGATE_REJECT, .case_id = g->id, .revision = 3, .reason = "other",
                                        .comment = "Where is " CANARY "?", .files = files, .file_count = 1, .request = "r-1"};
    done(g, casegate_engine_apply(g->engine, &lab, &rejection, g->outcome, &g->f->err));
    done(g, casegate_engine_submit(g->engine, &clinic, g->id, 0, g->outcome, &g->f->err));
    done(g, casegate_engine_accept(g->engine, &lab, g->id, 3, g->outcome, &g->f->err));
}

static casegate_result erase(gate *g)
{
    const casegate_call host = by(g->system);

    return casegate_engine_erase(g->engine, &host, g->id, g->outcome, &g->f->err);
}

static size_t count_in(const char *path)
{
    size_t count = 0, size = 0, room = 1 << 24;
    char *bytes = malloc(room);
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    size = fread(bytes, 1, room, file);
    fclose(file);
    for (char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), CANARY, strlen(CANARY))) != NULL; at++)
        count++;
    free(bytes);
    return count;
}

/* How often the canary stands in all files of the directory. */
static size_t canaries(const fixture *f)
{
    DIR *directory = opendir(f->directory);
    struct dirent *entry;
    size_t count = 0;

    while ((entry = readdir(directory)))
        if (entry->d_name[0] != '.') {
            char path[512];

            snprintf(path, sizeof path, "%s/%s", f->directory, entry->d_name);
            count += count_in(path);
        }
    closedir(directory);
    return count;
}

/* ---- rules -------------------------------------------------------------------------------------------------------- */

static void what_was_erased_is_in_no_byte_of_the_file_nor_of_its_log(void **state)
{
    gate g;

    open_gate(&g, *state, 0);
    given_accepted_case(&g);
    assert_true(canaries(g.f) > 20);

    done(&g, erase(&g));

    assert_int_equal(canaries(g.f), 0);
    close_gate(&g);
    assert_int_equal(canaries(*state), 0);
}

static void a_reader_keeps_the_log_until_the_next_checkpoint_and_no_longer(void **state)
{
    gate g;
    sqlite3 *reader;

    open_gate(&g, *state, 0);
    given_accepted_case(&g);
    sqlite3_close(open_handle(g.f->path));
    reader = open_handle(g.f->path);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM cases", NULL, NULL, NULL), SQLITE_OK);

    done(&g, erase(&g));
    sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(reader);
    close_gate(&g);   /* the last one to close empties the log */

    assert_int_equal(canaries(*state), 0);
}

/* CG-R17 */
static void an_erased_case_is_intact_after_opening_again(void **state)
{
    gate g, again;
    casegate_call host;

    open_gate(&g, *state, 0);
    given_accepted_case(&g);
    done(&g, erase(&g));
    open_gate(&again, *state, 0);
    host = by(again.system);

    done(&again, casegate_engine_verify(again.engine, &host, g.id, again.outcome, &again.f->err));

    assert_int_equal(casegate_outcome_verification(again.outcome)->intact, 1);
    assert_int_equal(casegate_outcome_verification(again.outcome)->erased, 1);
    close_gate(&again);
    close_gate(&g);
}

static void an_erasure_joins_the_transaction_of_the_host(void **state)
{
    const char *const live = "SELECT count(*) FROM casegate_contents WHERE document IS NOT NULL";
    const char *const named = "SELECT count(*) FROM casegate_cases WHERE patient_name IS NOT NULL";
    gate g;

    open_gate(&g, *state, 1);
    given_accepted_case(&g);
    for (int commits = 0; commits < 2; commits++) {
        sqlite3_exec(g.db, "BEGIN", NULL, NULL, NULL);

        assert_int_equal(erase(&g), CASEGATE_JOINED);
        sqlite3_exec(g.db, commits ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL);

        assert_int_equal(ask_handle(g.db, live), commits ? 0 : 3);
        assert_int_equal(ask_handle(g.db, named), commits ? 0 : 1);
    }
    close_gate(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_erased_is_in_no_byte_of_the_file_nor_of_its_log),
        TEST(a_reader_keeps_the_log_until_the_next_checkpoint_and_no_longer),
        TEST(an_erased_case_is_intact_after_opening_again),
        TEST(an_erasure_joins_the_transaction_of_the_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
