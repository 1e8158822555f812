/* SPDX-License-Identifier: MIT */
/* spec.c: the case that the spec tests turn around, and how they put a verdict into words. */
#include "spec.h"

#include <stdio.h>

/* ---- host ----------------------------------------------------------------------------------------------------------------- */

static int takes(spec_host *host)
{
    if (host->left == 0) return 0;
    if (host->left > 0) host->left--;
    host->allocations++;
    return 1;
}

static void *take(void *user, size_t size)
{
    spec_host *host = user;
    if (!takes(host)) return NULL;
    host->held++;
    return malloc(size);
}

static void *resize(void *user, void *ptr, size_t size)
{
    spec_host *host = user;
    if (!takes(host)) return NULL;
    if (!ptr) host->held++;
    return realloc(ptr, size);
}

static void give_back(void *user, void *ptr)
{
    spec_host *host = user;
    host->held--;
    free(ptr);
}

static casegate_result count_up(void *user, uint8_t *buf, size_t len, casegate_error *err)
{
    spec_host *host = user;
    (void)err;
    for (size_t i = 0; i < len; i++) buf[i] = host->next_random++;
    return CASEGATE_OK;
}

static casegate_result digest(void *user, const char *key, const uint8_t *data, size_t len, uint8_t out[32], casegate_error *err)
{
    (void)user;
    (void)err;
    if (key && strcmp(key, "k1") != 0) return CASEGATE_ABSENT;
    if (key) casegate_hmac_sha256((const uint8_t *)"secret", 6, data, len, out);
    else casegate_sha256(data, len, out);
    return CASEGATE_OK;
}

void spec_host_open(spec_host *host, const char *seal_key)
{
    *host = (spec_host) { .left = -1 };
    casegate_host_ops ops = { .size = sizeof ops, .user = host, .alloc = take, .resize = resize, .release = give_back,
                              .random = count_up, .digest = digest, .seal_key = seal_key };
    assert_int_equal(casegate_host_new(&ops, &host->host, NULL), CASEGATE_OK);
}

void spec_host_close(spec_host *host)
{
    casegate_host_unref(host->host);
    assert_int_equal(host->held, 0);
}

/* ---- values --------------------------------------------------------------------------------------------------------------- */

static void fill(casegate_content_builder *b)
{
    static const struct { int32_t field; const char *value; } texts[] = {
        { CASEGATE_CONTENT_REFERENCE, "NC-1042" }, { CASEGATE_CONTENT_PATIENT_NAME, "Ada Byron" },
        { CASEGATE_CONTENT_DENTIST_ID, "d-7" }, { CASEGATE_CONTENT_DENTIST_NAME, "Dr Dan Osei" },
        { CASEGATE_CONTENT_DENTIST_EMAIL, "dan@clinic.example" }, { CASEGATE_CONTENT_CLINIC_EMAIL, "desk@clinic.example" },
        { CASEGATE_CONTENT_SCAN_METHOD, "digital_upload" }, { CASEGATE_CONTENT_DUE, "2026-03-16" },
    };
    const char *const teeth[] = { "11" };
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown", .material = "zirconia",
                                       .teeth = teeth, .tooth_count = 1 };
    const casegate_file file = { .size = sizeof file, .id = "f1", .kind = "scan", .name = "upper.stl", .bytes = 7,
                                 .size_known = 1 };
    for (size_t i = 0; i < COUNT(texts); i++) casegate_content_set(b, texts[i].field, texts[i].value);
    casegate_content_add_service(b, &service);
    casegate_content_add_file(b, &file);
}

static casegate_content *finish(casegate_content_builder *b)
{
    casegate_content *content = NULL;
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_OK);
    return content;
}

casegate_content *spec_content(void)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    fill(b);
    return finish(b);
}

casegate_content *spec_content_from(const casegate_content *from, int32_t field, const char *value)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, from);
    casegate_content_set(b, field, value);
    return finish(b);
}

casegate_content *spec_content_with(int32_t field, const char *value)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    fill(b);
    casegate_content_set(b, field, value);
    return finish(b);
}

casegate_actor *spec_actor(int32_t role, uint64_t permissions, const char *org)
{
    static const char *const ids[] = { [CASEGATE_CLINIC_USER] = "clara", [CASEGATE_DENTIST] = "d-7", [CASEGATE_LAB_USER] = "lena",
                                       [CASEGATE_SYSTEM] = "job" };
    static const char *const orgs[] = { [CASEGATE_CLINIC_USER] = CLINIC, [CASEGATE_DENTIST] = CLINIC, [CASEGATE_LAB_USER] = LAB,
                                        [CASEGATE_SYSTEM] = NULL };
    const casegate_actor_fields fields = { .size = sizeof fields, .id = ids[role], .org = org ? org : orgs[role], .role = role,
                                           .permissions = permissions };
    casegate_actor *actor = NULL;
    assert_int_equal(casegate_actor_new(NULL, &fields, &actor, NULL), CASEGATE_OK);
    return actor;
}

casegate_head spec_head(int32_t status)
{
    casegate_head head = {
        .size = sizeof head, .id = CASE, .clinic = CLINIC, .lab = LAB, .workflow = "intake", .workflow_version = 1,
        .status = status, .phase = status, .version = 5, .revision = 3, .attempt = 1,
        .created_us = NOW - 3 * DAY, .submitted_us = NOW - 2 * DAY, .first_submitted_seq = 3, .first_submitted_revision = 2,
        .content_digest = "1:c", .event_hash = "1:e", .dentist = "d-7", .clinic_email = "desk@clinic.example",
        .dentist_email = "dan@clinic.example", .reference = "NC-1042", .patient_name = "Ada Byron",
        .dentist_name = "Dr Dan Osei", .due = "2026-03-16", .service_count = 1,
    };
    if (status == CASEGATE_DRAFT)
        head.attempt = head.first_submitted_seq = head.first_submitted_revision = 0, head.submitted_us = 0;
    if (status == CASEGATE_IN_PRODUCTION || status == CASEGATE_REJECTED)
        head.version = 6, head.decided_us = NOW - DAY, head.decided_by = "lars";
    if (status == CASEGATE_REJECTED) head.reason = "unreadable_scan", head.rejected_seq = 6;
    return head;
}

casegate_case *spec_case(int32_t status)
{
    casegate_case *kase = NULL;
    const casegate_head head = spec_head(status);
    assert_int_equal(casegate_case_new(NULL, &head, &kase, NULL), CASEGATE_OK);
    return kase;
}

/* ---- one question --------------------------------------------------------------------------------------------------------- */

void spec_open(spec_world *world, int32_t status, int32_t role)
{
    *world = (spec_world) { .error = ERROR };
    world->workflow = casegate_workflow_builtin("intake", 1);
    world->current = spec_content();
    world->other = spec_content_with(CASEGATE_CONTENT_DUE, "2026-03-20");
    world->kase = status ? spec_case(status) : NULL;
    world->actor = spec_actor(role, casegate_role_permissions(world->workflow, role), NULL);
    world->decision = casegate_decision_new(NULL);
    world->facts = (casegate_facts) {
        .size = sizeof world->facts, .workflow = world->workflow, .policy = casegate_policy_default(), .kase = world->kase,
        .now_us = NOW, .new_case_id = NEW_CASE, .content = world->current,
    };
    world->request.size = sizeof world->request;
}

void spec_close(spec_world *world)
{
    casegate_decision_free(world->decision);
    casegate_policy_unref(world->facts.policy);
    casegate_actor_unref(world->actor);
    casegate_case_unref(world->kase);
    casegate_content_unref(world->current);
    casegate_content_unref(world->other);
    casegate_workflow_unref(world->workflow);
}

void spec_use_head(spec_world *world, const casegate_head *head)
{
    casegate_case *kase = NULL;
    assert_int_equal(casegate_case_new(NULL, head, &kase, NULL), CASEGATE_OK);
    casegate_case_unref(world->kase);   /* last: the head may be a commit's, and borrow from it */
    world->kase = kase;
    world->facts.kase = kase;
}

void spec_use_actor(spec_world *world, casegate_actor *actor)
{
    casegate_actor_unref(world->actor);
    world->actor = actor;
}

void spec_use_policy(spec_world *world, casegate_policy_builder *builder)
{
    casegate_policy *policy = NULL;
    assert_int_equal(casegate_policy_builder_finish(builder, &policy, NULL), CASEGATE_OK);
    casegate_policy_unref(world->facts.policy);
    world->facts.policy = policy;
}

void spec_ask(spec_world *world, int32_t action)
{
    casegate_request *r = &world->request;
    *r = (casegate_request) { .size = sizeof *r, .action = action };
    if (action != CASEGATE_CREATE && action != CASEGATE_ADOPT) r->case_id = CASE;
    if (action == CASEGATE_CREATE || action == CASEGATE_ADOPT) r->lab = LAB, r->content = world->current;
    if (action == CASEGATE_ADOPT) r->clinic = CLINIC, r->status = CASEGATE_RECEIVED, r->attempt = 1;
    if (action == CASEGATE_EDIT) r->content = world->other;
    if (action == CASEGATE_EDIT || action == CASEGATE_ACCEPT || action == CASEGATE_REJECT) r->revision = 3;
    if (action == CASEGATE_REJECT) r->reason = "other";
}

/* ---- in words ------------------------------------------------------------------------------------------------------------- */

typedef struct words { char text[4096]; size_t length; } words;

static void say(words *out, const char *text)
{
    size_t len = strlen(text);
    assert_true(out->length + len < sizeof out->text);
    memcpy(out->text + out->length, text, len + 1);
    out->length += len;
}

static void say_parameter(words *out, const casegate_verdict *verdict, size_t i, const casegate_parameter *p)
{
    const casegate_obstacle *o = casegate_verdict_at(verdict, i);
    char small[32] = "";
    if (p->in == CASEGATE_IN_GIVEN) snprintf(small, sizeof small, "%u", (unsigned)o->given);
    if (p->in == CASEGATE_IN_CURRENT) snprintf(small, sizeof small, "%u", (unsigned)o->current);
    if (p->in == CASEGATE_IN_AT) casegate_time_format(o->at_us, small, sizeof small);
    say(out, p->name);
    say(out, "=");
    if (p->in == CASEGATE_IN_SUBJECT && o->subject) say(out, o->subject);
    else if (p->in == CASEGATE_IN_VALUE && o->value) say(out, o->value);
    else say(out, small);
    for (size_t k = 0; p->in == CASEGATE_IN_LIST && k < o->list_count; k++) {
        if (k) say(out, "|");
        say(out, casegate_verdict_list(verdict, i, k));
    }
}

const char *spec_words(const casegate_verdict *verdict, int parameters)
{
    static words rooms[2];
    static size_t turn;
    words *out = &rooms[turn++ % COUNT(rooms)];
    const casegate_parameter *p;
    out->length = 0;
    out->text[0] = '\0';
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        const casegate_obstacle *obstacle = casegate_verdict_at(verdict, i);
        if (i) say(out, " ");
        say(out, obstacle->name);
        for (size_t k = 0; parameters && (p = casegate_obstacle_parameter(obstacle->code, k)) != NULL; k++) {
            say(out, k ? "," : "(");
            say_parameter(out, verdict, i, p);
        }
        if (parameters && casegate_obstacle_parameter(obstacle->code, 0)) say(out, ")");
    }
    return out->text;
}

/* What came back, whatever it is. */
static const char *answer(spec_world *world, const casegate_verdict *verdict)
{
    static char text[256];
    if (world->result < 0) {
        snprintf(text, sizeof text, "%s %s", casegate_result_name(world->result), world->error.field);
        return text;
    }
    assert_int_equal(world->result, casegate_verdict_count(verdict) ? CASEGATE_REFUSED : CASEGATE_OK);
    return spec_words(verdict, 1);
}

const char *spec_decide(spec_world *world)
{
    casegate_error_init(&world->error, sizeof world->error);
    world->result = casegate_decide(&world->facts, world->actor, &world->request, world->decision, &world->error);
    return answer(world, casegate_decision_verdict(world->decision));
}

const char *spec_explain(spec_world *world, int32_t action)
{
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    casegate_error_init(&world->error, sizeof world->error);
    world->result = casegate_explain(&world->facts, world->actor, action, verdict, &world->error);
    const char *answered = answer(world, verdict);
    casegate_verdict_free(verdict);
    return answered;
}

const casegate_commit *spec_commit(const spec_world *world)
{
    const casegate_commit *commit = casegate_decision_commit(world->decision);
    assert_int_equal(world->result, CASEGATE_OK);
    assert_non_null(commit);
    return commit;
}

const casegate_event *spec_event(const spec_world *world, size_t i)
{
    const casegate_commit *commit = spec_commit(world);
    assert_true(i < commit->event_count);
    return commit->events[i];
}
