/* SPDX-License-Identifier: MIT */
/* run.c: a scenario file read, judged before it runs, run scenario by scenario, and reported as TAP. */
#include "scenario.h"
#include "take.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { MOST_DEFINITION = 1 << 20 };
static const int64_t DEFAULT_CLOCK_US = INT64_C(1767225600000000);   /* 2026-01-01T00:00:00Z */

void casegate_scenario_options_init(casegate_scenario_options *options,
                                    size_t size) { memset(options, 0, size); options->size = size; }
void casegate_scenario_result_init(casegate_scenario_result *result, size_t size) { memset(result, 0,
        size); result->size = size; }

/* ---- faults of the file ------------------------------------------------------------------------------------------------------ */

static casegate_result fault(cg_world *w, int32_t problem, const char *field, const char *text)
{
    return casegate_error_set(w->err, CASEGATE_E_INVALID, problem, field, text);
}

static casegate_result judge_members(cg_world *w, json_t *object, const char *place, const char *const *known, size_t count)
{
    const char *key;
    json_t *value;
    char field[96];
    if (!json_is_object(object)) return fault(w, CASEGATE_PROBLEM_FORMAT, place, "must be an object");
    json_object_foreach(object, key, value) {
        size_t i = 0;
        while (i < count && strcmp(known[i], key) != 0) i++;
        if (i < count) continue;
        snprintf(field, sizeof field, "%s%s%s", place, *place ? "." : "", key);
        return fault(w, CASEGATE_PROBLEM_UNKNOWN, field, "there is no such member");
    }
    return CASEGATE_OK;
}

static casegate_result judge_step(cg_world *w, json_t *step, const char *place)
{
    char field[96];
    const char *key;
    json_t *value, *expect = json_object_get(step, "expect");
    const cg_step_kind *kind = cg_step_find(json_string_value(json_object_get(step, "do")));
    snprintf(field, sizeof field, "%s.do", place);
    if (!kind) return fault(w, CASEGATE_PROBLEM_UNKNOWN, field, "there is no such step");
    json_object_foreach(step, key, value) {
        snprintf(field, sizeof field, "%s.%s", place, key);
        if (!cg_step_knows(kind, key)) return fault(w, CASEGATE_PROBLEM_UNKNOWN, field, "this step has no such member");
    }
    snprintf(field, sizeof field, "%s.as", place);
    const char *as = json_string_value(json_object_get(step, "as"));
    if (cg_step_has_actor(kind) ? !casegate_people_find(w->people, as) : as && !casegate_people_find(w->people, as))
        return fault(w, CASEGATE_PROBLEM_UNKNOWN, field, "must be one of the file's people");
    snprintf(field, sizeof field, "%s.expect", place);
    return !expect || json_is_object(expect) ? CASEGATE_OK : fault(w, CASEGATE_PROBLEM_FORMAT, field, "must be an object");
}

static casegate_result judge_scenario(cg_world *w, json_t *scenario, size_t i)
{
    static const char *const known[] = { "name", "rules", "steps", "about" };
    char place[64];
    json_t *steps = json_object_get(scenario, "steps"), *step;
    size_t k;
    snprintf(place, sizeof place, "scenarios[%lu]", (unsigned long)i);
    casegate_result rc = judge_members(w, scenario, place, known, COUNT(known));
    if (rc == CASEGATE_OK && (!json_is_string(json_object_get(scenario, "name")) || !json_is_array(steps)))
        rc = fault(w, CASEGATE_PROBLEM_MISSING, place, "needs a name and a list of steps");
    json_array_foreach(steps, k, step) {
        snprintf(place, sizeof place, "scenarios[%lu].steps[%lu]", (unsigned long)i, (unsigned long)k);
        if (rc == CASEGATE_OK && !json_is_object(step)) rc = fault(w, CASEGATE_PROBLEM_FORMAT, place, "must be an object");
        if (rc == CASEGATE_OK) rc = judge_step(w, step, place);
    }
    return rc;
}

/* ---- the file ---------------------------------------------------------------------------------------------------------------- */

static char *dump(const json_t *value) { return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY); }

static casegate_result nomem(cg_world *w) { return casegate_error_set(w->err, CASEGATE_E_NOMEM, 0, NULL, "out of memory"); }

/* A definition with faults: the first one is told, with its place. */
static casegate_result read_definition(cg_world *w, const char *text, size_t len)
{
    char words[256];
    casegate_faults *faults = casegate_faults_new(NULL);
    casegate_result rc = faults ? casegate_json_read_workflow(NULL, text, len, &w->workflow, faults, w->err) : nomem(w);
    const casegate_fault *first = casegate_faults_at(faults, 0);
    if (rc == CASEGATE_REFUSED) {
        snprintf(words, sizeof words, "%s at %.100s: %.120s", first->name, first->place, first->text);
        rc = fault(w, CASEGATE_PROBLEM_FORMAT, "workflow", words);
    }
    casegate_faults_free(faults);
    return rc;
}

/* A definition in a file of its own; its path is relative to the scenario file. */
static casegate_result read_definition_file(cg_world *w, const char *path)
{
    const char *directory = w->options->directory ? w->options->directory : ".";
    size_t size = strlen(directory) + strlen(path) + 2, len = 0;
    char *name = malloc(size), *text = malloc(MOST_DEFINITION);
    FILE *file = NULL;
    if (name) snprintf(name, size, "%s/%s", directory, path);
    if (name && text) file = fopen(name, "rb");
    if (file) {
        len = fread(text, 1, MOST_DEFINITION, file);
        fclose(file);
    }
    casegate_result rc = !name || !text ? nomem(w) : file ? read_definition(w, text, len)
                       : fault(w, CASEGATE_PROBLEM_UNKNOWN, "workflow", "is no built-in workflow, and no file that can be read");
    free(name);
    free(text);
    return rc;
}

/* A built-in name, a path, or the definition itself. */
static casegate_result read_workflow(cg_world *w)
{
    const json_t *value = json_object_get(w->document, "workflow");
    if (value && !json_is_string(value)) {
        char *text = dump(value);
        casegate_result rc = text ? read_definition(w, text, strlen(text)) : nomem(w);
        free(text);
        return rc;
    }
    w->workflow = casegate_workflow_builtin(value ? json_string_value(value) : "intake", 1);
    return w->workflow ? CASEGATE_OK : read_definition_file(w, json_string_value(value));
}

static casegate_result read_policy(cg_world *w)
{
    const json_t *value = json_object_get(w->document, "policy");
    if (!value) return w->policy = casegate_policy_default(), CASEGATE_OK;
    char *text = dump(value);
    if (!text) return nomem(w);
    casegate_result rc = casegate_json_read_policy(NULL, text, strlen(text), &w->policy, w->err);
    free(text);
    return rc;
}

static casegate_result read_people(cg_world *w)
{
    const casegate_actor_fields system = { .size = sizeof system, .id = "casegate-test", .role = CASEGATE_SYSTEM,
                                           .permissions = CASEGATE_MAY_VIEW };
    char *text = dump(json_object_get(w->document, "people"));
    casegate_result rc = text ? casegate_people_read(NULL, w->workflow, text, strlen(text), &w->people, w->err)
                              : fault(w, CASEGATE_PROBLEM_MISSING, "people", "must be an object");
    free(text);
    return rc == CASEGATE_OK ? casegate_actor_new(NULL, &system, &w->system, w->err) : rc;
}

static casegate_result read_clock(cg_world *w)
{
    const json_t *value = json_object_get(w->document, "clock");
    w->clock_us = DEFAULT_CLOCK_US;
    if (!value) return CASEGATE_OK;
    if (json_is_string(value) && casegate_time_parse(json_string_value(value), &w->clock_us) == CASEGATE_OK) return CASEGATE_OK;
    return fault(w, CASEGATE_PROBLEM_FORMAT, "clock", "must be a time, RFC 3339");
}

static casegate_result read_document(cg_world *w, const char *text, size_t len)
{
    static const char *const known[] = { "format", "about", "clock", "workflow", "policy", "people", "contents", "scenarios" };
    json_error_t said;
    char words[96];
    w->document = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &said);
    snprintf(words, sizeof words, "not JSON, at line %d, column %d", said.line, said.column);
    if (!w->document) return fault(w, CASEGATE_PROBLEM_FORMAT, "json", words);
    casegate_result rc = judge_members(w, w->document, "", known, COUNT(known));
    const char *format = json_string_value(json_object_get(w->document, "format"));
    if (rc == CASEGATE_OK && (!format || strcmp(format, "casegate-scenario/1") != 0))
        rc = fault(w, CASEGATE_PROBLEM_FORMAT, "format", "must be casegate-scenario/1");
    if (rc == CASEGATE_OK && !json_is_array(json_object_get(w->document, "scenarios")))
        rc = fault(w, CASEGATE_PROBLEM_MISSING, "scenarios", "must be a list");
    return rc;
}

static casegate_result read_file(cg_world *w, const char *text, size_t len)
{
    json_t *scenario;
    size_t i;
    casegate_result rc = read_document(w, text, len);
    if (rc == CASEGATE_OK) rc = read_workflow(w);
    if (rc == CASEGATE_OK) rc = read_policy(w);
    if (rc == CASEGATE_OK) rc = read_people(w);
    if (rc == CASEGATE_OK) rc = read_clock(w);
    json_array_foreach(json_object_get(w->document, "scenarios"), i, scenario) if (rc == CASEGATE_OK) rc = judge_scenario(w,
            scenario, i);
    if (rc == CASEGATE_OK && w->options->coverage)
        rc = casegate_coverage_add(w->options->coverage, w->workflow, w->policy, w->err);
    return rc;
}

static void close_file(cg_world *w)
{
    casegate_actor_unref(w->system);
    casegate_people_free(w->people);
    casegate_policy_unref(w->policy);
    casegate_workflow_unref(w->workflow);
    json_decref(w->document);
}

/* ---- reporting --------------------------------------------------------------------------------------------------------------- */

static void say(const cg_world *w, const char *text)
{
    if (w->options->line) w->options->line(w->options->user, text);
}

/* "ok 3 - guide.json: name", and what follows it. */
static void say_test(const cg_world *w, const casegate_scenario_result *result, int ok, const char *name, const char *skipped)
{
    size_t size = strlen(w->file) + strlen(name) + (skipped ? strlen(skipped) : 0) + 64;
    char *text = malloc(size);
    if (!text) return;
    snprintf(text, size, "%s %lu - %s: %s%s%s", ok ? "ok" : "not ok",
             (unsigned long)(result->passed + result->failed + result->skipped), w->file, name,
             skipped ? " # SKIP " : "", skipped ? skipped : "");
    say(w, text);
    free(text);
}

/* Diagnostics, one line each, so that no line of a value is taken for TAP. */
static void say_failure(const cg_world *w, size_t step, const char *what, const char *difference)
{
    size_t size = strlen(difference) + strlen(what) + 64;
    char *text = malloc(size);
    if (!text) return;
    snprintf(text, size, "# step %lu (%s): %s", (unsigned long)step + 1, what, difference);
    for (char *p = text; *p; p++)
        if (*p == '\n' || *p == '\r') *p = ' ';
    say(w, text);
    free(text);
}

/* ---- one scenario -------------------------------------------------------------------------------------------------------------- */

static int is_listed(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], text) == 0) return 1;
    return 0;
}

static void add_guard(cg_world *w, int32_t action, const char *name, int named)
{
    if (w->guard_count == CG_MOST_GUARDS || cg_find_guard(w, action, name)) return;
    w->guards[w->guard_count++] = (cg_guard_rule) { action, name, NULL, named, w };
}

/* Guards and channels are there before a scenario begins, in the order in which its steps name them. */
static void prepare_step(cg_world *w, json_t *step)
{
    const char *what = json_string_value(json_object_get(step, "do")), *channel = json_string_value(json_object_get(step,
            "channel"));
    const char *name = json_string_value(json_object_get(step, "name"));
    int32_t action = casegate_workflow_find_action(w->workflow, json_string_value(json_object_get(step, "action")));
    if (strcmp(what, "notifier") == 0 && channel && w->channel_count < CG_MOST_CHANNELS &&
        !is_listed(w->channels, w->channel_count, channel))
        w->channels[w->channel_count++] = channel;
    if (strcmp(what, "guard") == 0 && name && action) add_guard(w, action, name, 0);
}

/* Those that the workflow names come first, and let pass. */
static void prepare_workflow(cg_world *w)
{
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        for (size_t k = 0; k < action->guard_count; k++) add_guard(w, action->code, action->guards[k], 1);
    }
}

static casegate_result prepare(cg_world *w, json_t *steps)
{
    json_t *step;
    size_t i;
    w->case_count = w->guard_count = w->channel_count = 0;
    w->channels[w->channel_count++] = "email";
    prepare_workflow(w);
    json_array_foreach(steps, i, step) prepare_step(w, step);
    w->clock = casegate_clock_new(w->clock_us);
    return w->clock ? casegate_test_host_new(w->clock, &w->host, w->err) : nomem(w);
}

/* A fault or an error in a step, at its place in the file. */
static casegate_result at_step(cg_world *w, const casegate_error *said, size_t scenario, size_t step)
{
    char field[160];
    snprintf(field, sizeof field, "scenarios[%lu].steps[%lu].%.95s", (unsigned long)scenario, (unsigned long)step, said->field);
    return casegate_error_set(w->err, said->code, said->host_code, field, said->text);
}

static casegate_result run_steps(cg_world *w, const cg_back_end *b, void *state, json_t *steps, size_t scenario, int *passed)
{
    json_t *step;
    size_t i;
    *passed = 1;
    json_array_foreach(steps, i, step) {
        const char *what = json_string_value(json_object_get(step, "do"));
        casegate_error said;
        casegate_error_init(&said, sizeof said);
        json_t *got = cg_step_run(cg_step_find(what), w, b, state, step, &said);
        if (!got) return at_step(w, &said, scenario, i);
        char *difference = cg_expect(json_object_get(step, "expect"), got);
        json_decref(got);
        if (!difference) continue;
        say_failure(w, i, what, difference);
        free(difference);
        *passed = 0;
        return CASEGATE_OK;
    }
    return CASEGATE_OK;
}

/* The step that the back end cannot do; NULL: it can do them all. */
static const char *first_unfit(const cg_back_end *b, json_t *steps)
{
    json_t *step;
    size_t i;
    json_array_foreach(steps, i, step) {
        const char *what = json_string_value(json_object_get(step, "do"));
        if (!cg_step_fits(cg_step_find(what), b)) return what;
    }
    return NULL;
}

static casegate_result run_world(cg_world *w, const cg_back_end *b, json_t *steps, size_t scenario, int *passed)
{
    void *state = NULL;
    casegate_result rc = b->open(w, &state, w->err);
    if (rc != CASEGATE_OK) return rc;
    rc = run_steps(w, b, state, steps, scenario, passed);
    b->close(state);
    if (w->options->close) w->options->close(w->options->user, w->host, w->ordinal);
    return rc;
}

static casegate_result run_scenario(cg_world *w, const cg_back_end *b, json_t *scenario, size_t i,
                                    casegate_scenario_result *result)
{
    json_t *steps = json_object_get(scenario, "steps");
    const char *name = json_string_value(json_object_get(scenario, "name")), *unfit = first_unfit(b, steps);
    int passed = 0;
    w->ordinal = result->passed + result->failed + result->skipped;
    if (unfit) {
        result->skipped++;
        say_test(w, result, 1, name, unfit);
        return CASEGATE_OK;
    }
    casegate_result rc = prepare(w, steps);
    if (rc == CASEGATE_OK) rc = run_world(w, b, steps, i, &passed);
    casegate_host_unref(w->host);
    casegate_clock_free(w->clock);
    w->host = NULL;
    w->clock = NULL;
    if (rc != CASEGATE_OK) return rc;
    *(passed ? &result->passed : &result->failed) += 1;
    say_test(w, result, passed, name, NULL);
    return CASEGATE_OK;
}

/* ---- public ---------------------------------------------------------------------------------------------------------------------- */

static casegate_result judge_options(const casegate_scenario_options *o, const casegate_scenario_result *result,
                                     casegate_error *err)
{
    casegate_result rc = cg_take_result(result, sizeof *result, err);
    if (rc != CASEGATE_OK) return rc;
    if (result->size < sizeof *result)
        return casegate_error_set(err, CASEGATE_E_ABI, 0, "result", "the size of this struct cannot be");
    if (o->back_end != CASEGATE_BACK_END_ENGINE && o->back_end != CASEGATE_BACK_END_DECIDE)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "back_end", "there is no such back end");
    return CASEGATE_OK;
}

casegate_result casegate_scenarios_run(const char *name, const char *text, size_t len, const casegate_scenario_options *given,
                                       casegate_scenario_result *result, casegate_error *err)
{
    casegate_error own;
    casegate_scenario_options taken = { .size = sizeof taken }, *const options = &taken;
    json_t *scenario;
    size_t i;
    if (err) casegate_error_init(err, err->size);
    casegate_result rc = given ? cg_take_options(given, &taken, sizeof taken, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK) rc = judge_options(options, result, err);
    if (rc != CASEGATE_OK) return rc;
    casegate_error_init(&own, sizeof own);
    cg_world *w = calloc(1, sizeof *w);
    if (!w) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    w->file = name ? name : "scenarios";
    w->options = options;
    w->err = &own;
    const cg_back_end *b = options->back_end == CASEGATE_BACK_END_DECIDE ? &cg_decide_back_end : &cg_engine_back_end;
    if (!result->passed && !result->failed && !result->skipped) say(w, "TAP version 13");
    rc = read_file(w, text ? text : "", text ? len : 0);
    json_array_foreach(json_object_get(w->document, "scenarios"), i, scenario) if (rc == CASEGATE_OK) rc = run_scenario(w, b,
            scenario, i, result);
    close_file(w);
    free(w);
    return rc == CASEGATE_OK ? rc : casegate_error_set(err, rc, own.host_code, own.field, own.text);
}
