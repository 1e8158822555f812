/* SPDX-License-Identifier: MIT */
/* people.c: actors by name, as a people file or a scenario file lists them. */
#include "internal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
typedef struct person { char *name; casegate_actor *actor; } person;
struct casegate_people { casegate_host *host; size_t count; person list[]; };

static int read_role(cg_reader *r, const json_t *value, int32_t *role)
{
    const char *name = NULL;
    size_t before = cg_enter(r, "role");
    if (!cg_read_text(r, value, &name)) {
        *role = name ? casegate_find_role(name) : 0;
        if (!*role) cg_fail(r, name ? CASEGATE_PROBLEM_UNKNOWN : CASEGATE_PROBLEM_MISSING,
                            "must be clinic_user, dentist, lab_user or system");
    }
    cg_leave(r, before);
    return r->rc;
}

static int read_permissions(cg_reader *r, const json_t *value, const casegate_workflow *workflow, uint64_t *permissions)
{
    size_t before = cg_enter(r, "permissions");
    if (cg_want(r, value, JSON_ARRAY)) {
        *permissions = 0;
        for (size_t i = 0; r->rc == CASEGATE_OK && i < json_array_size(value); i++) {
            const char *name = NULL;
            cg_read_text(r, json_array_get(value, i), &name);
            uint64_t bit = name ? casegate_find_permission(workflow, name) : 0;
            if (!bit) cg_fail(r, CASEGATE_PROBLEM_UNKNOWN, "there is no such permission");
            *permissions |= bit;
        }
    }
    cg_leave(r, before);
    return r->rc;
}

static int read_member(cg_reader *r, const json_t *object, const char *name, const char **text)
{
    size_t before = cg_enter(r, name);
    cg_read_text(r, json_object_get(object, name), text);
    cg_leave(r, before);
    return r->rc;
}

/* What the core says of an actor that cannot be, at its place in the file. */
static void fail_actor(cg_reader *r, const casegate_error *said)
{
    size_t before = cg_enter(r, said->field[0] ? said->field : "id");
    if (said->code == CASEGATE_E_NOMEM) cg_fail_memory(r);
    else cg_fail(r, said->host_code, said->text);
    cg_leave(r, before);
}

static void read_person(cg_reader *r, const casegate_workflow *workflow, const char *name, const json_t *value, person *out)
{
    static const char *const known[] = { "id", "name", "org", "role", "permissions" };
    casegate_actor_fields fields;
    casegate_error said;
    casegate_actor_fields_init(&fields, sizeof fields);
    casegate_error_init(&said, sizeof said);
    if (!json_is_object(value)) { cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object"); return; }
    if (!cg_known(r, value, known, COUNT(known)) || read_role(r, json_object_get(value, "role"), &fields.role)) return;
    fields.permissions = casegate_role_permissions(workflow, fields.role);
    if (read_permissions(r, json_object_get(value, "permissions"), workflow, &fields.permissions)) return;
    if (read_member(r, value, "id", &fields.id) || read_member(r, value, "name", &fields.name) ||
        read_member(r, value, "org", &fields.org)) return;
    if (!fields.id || !*fields.id) fields.id = name;
    if (casegate_actor_new(r->host, &fields, &out->actor, &said) != CASEGATE_OK) { fail_actor(r, &said); return; }
    out->name = casegate_alloc(r->host, strlen(name) + 1);
    if (out->name) memcpy(out->name, name, strlen(name) + 1);
    else cg_fail_memory(r);
}

static casegate_people *read_people(cg_reader *r, const casegate_workflow *workflow, json_t *document)
{
    if (!json_is_object(document)) return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object"), NULL;
    size_t size = sizeof(casegate_people) + json_object_size(document) * sizeof(person);
    casegate_people *people = casegate_alloc(r->host, size);
    if (!people) return cg_fail_memory(r), NULL;
    memset(people, 0, size);
    people->host = casegate_host_ref(r->host);
    for (void *i = json_object_iter(document); r->rc == CASEGATE_OK && i; i = json_object_iter_next(document, i)) {
        size_t before = cg_enter(r, json_object_iter_key(i));
        read_person(r, workflow, json_object_iter_key(i), json_object_iter_value(i), &people->list[people->count++]);
        cg_leave(r, before);
    }
    if (r->rc == CASEGATE_OK) return people;
    casegate_people_free(people);
    return NULL;
}

casegate_result casegate_people_read(casegate_host *host, const casegate_workflow *workflow, const char *text, size_t len,
                                     casegate_people **out, casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    casegate_workflow *intake = workflow ? NULL : casegate_workflow_builtin("intake", 1);
    json_t *document = cg_parse(&r, text, len);
    casegate_people *people = document ? read_people(&r, workflow ? workflow : intake, document) : NULL;
    if (people) *out = people;
    json_decref(document);
    casegate_workflow_unref(intake);
    cg_reader_close(&r);
    return r.rc;
}

void casegate_people_free(casegate_people *people)
{
    if (!people) return;
    casegate_host *host = people->host;
    for (size_t i = 0; i < people->count; i++) {
        casegate_actor_unref(people->list[i].actor);
        casegate_release(host, people->list[i].name);
    }
    casegate_release(host, people);
    casegate_host_unref(host);
}

size_t casegate_people_count(const casegate_people *people) { return people ? people->count : 0; }

const char *casegate_people_name(const casegate_people *people, size_t i)
{
    return i < casegate_people_count(people) ? people->list[i].name : NULL;
}

const casegate_actor *casegate_people_find(const casegate_people *people, const char *name)
{
    for (size_t i = 0; name && i < casegate_people_count(people); i++)
        if (strcmp(people->list[i].name, name) == 0) return people->list[i].actor;
    return NULL;
}

static int same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

const char *casegate_people_name_of(const casegate_people *people, int32_t role, const char *org, const char *id)
{
    for (size_t i = 0; i < casegate_people_count(people); i++) {
        const casegate_actor_fields *actor = casegate_actor_get(people->list[i].actor);
        if (actor->role == role && same(actor->org, org) && same(actor->id, id)) return people->list[i].name;
    }
    return NULL;
}
