/* SPDX-License-Identifier: MIT */
/* own_rules_test.c: a host tests its own rules in a few lines: no database, no mail server, no wall clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/testkit.h>

static int furnaces_free = 0;   /* what the host's own rule looks at */

static casegate_result CASEGATE_CALL capacity(void *user, void *context, casegate_question *question, casegate_error *err)
{
    (void)user, (void)context, (void)err;
    return furnaces_free ? CASEGATE_OK : casegate_question_refuse(question, "No furnace is free before Monday.");
}

static casegate_engine *open_engine(casegate_recorder *mail)
{
    const casegate_guard guard = { .size = sizeof guard, .action = CASEGATE_ACCEPT, .name = "capacity", .ask = capacity };
    const casegate_guard *guards[] = { &guard };
    casegate_notifier *notifiers[] = { casegate_recorder_notifier(mail) };
    casegate_store *store = NULL;
    casegate_engine *engine = NULL;
    assert_int_equal(casegate_memory_store_new(NULL, &store, NULL), CASEGATE_OK);
    const casegate_engine_options options = { .size = sizeof options, .store = store, .guards = guards, .guard_count = 1,
                                              .notifiers = notifiers, .notifier_count = 1 };
    assert_int_equal(casegate_engine_open(&options, &engine, NULL), CASEGATE_OK);
    casegate_store_unref(store);
    casegate_notifier_unref(notifiers[0]);
    return engine;
}

static casegate_actor *person(const char *id, const char *org, int32_t role)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    const casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role,
                                           .permissions = casegate_role_permissions(intake, role) };
    casegate_actor *actor = NULL;
    assert_int_equal(casegate_actor_new(NULL, &fields, &actor, NULL), CASEGATE_OK);
    return actor;
}

static casegate_content *crown(void)
{
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown" };
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content *content = NULL;
    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Ada Byron");
    casegate_content_add_service(builder, &service);
    assert_int_equal(casegate_content_builder_finish(builder, &content, NULL), CASEGATE_OK);
    return content;
}

static void without_a_free_furnace_a_case_can_be_rejected_but_not_accepted(void **state)
{
    (void)state;
    casegate_recorder *mail = NULL;
    casegate_outcome *o = casegate_outcome_new(NULL);
    casegate_content *content = crown();
    casegate_actor *clara = person("clara", "north", CASEGATE_CLINIC_USER), *lena = person("lena", "one", CASEGATE_LAB_USER);
    const casegate_call clinic = { .size = sizeof clinic, .actor = clara }, lab = { .size = sizeof lab, .actor = lena };
    assert_int_equal(casegate_recorder_new(NULL, "email", &mail, NULL), CASEGATE_OK);
    casegate_engine *engine = open_engine(mail);
    assert_int_equal(casegate_engine_create(engine, &clinic, "one", content, 1, o, NULL), CASEGATE_OK);
    char id[65];
    strcpy(id, casegate_outcome_head(o)->id);

    assert_int_equal(casegate_engine_accept(engine, &lab, id, 1, o, NULL), CASEGATE_REFUSED);
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(o), 0)->value, "No furnace is free before Monday.");
    assert_int_equal(casegate_engine_reject(engine, &lab, id, 1, "invalid_timeline", NULL, o, NULL), CASEGATE_OK);
    assert_int_equal(casegate_recorder_count(mail), 1);   /* the clinic; there is no dentist on record */

    casegate_engine_unref(engine);
    casegate_recorder_free(mail);
    casegate_outcome_free(o);
    casegate_actor_unref(clara);
    casegate_actor_unref(lena);
    casegate_content_unref(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without_a_free_furnace_a_case_can_be_rejected_but_not_accepted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
