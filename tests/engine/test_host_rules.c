/* SPDX-License-Identifier: MIT */
/* test_host_rules.c: notice rules of a host: whom a submission and an acceptance tell, by which channel, to which address. */
#include "story.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* intake, and three rules more: submit tells the lab in the portal, accept the clinic in the portal and by "sms". */
static casegate_workflow *own_workflow(void)
{
    casegate_workflow_builder *b = casegate_workflow_builder_new(NULL, "own", 1);
    casegate_workflow *made = NULL;
    casegate_workflow_add_status(b, CASEGATE_DRAFT, "draft", "draft");
    casegate_workflow_add_status(b, CASEGATE_RECEIVED, "received", "pending");
    casegate_workflow_add_status(b, CASEGATE_IN_PRODUCTION, "in_production", "accepted");
    casegate_workflow_add_status(b, CASEGATE_REJECTED, "rejected", "rejected");
    casegate_workflow_add_action(b, CASEGATE_SUBMIT, "submit", "submit", 0);
    casegate_workflow_add_role(b, "clinic_user");
    casegate_workflow_add_transition(b, "draft", "received");
    casegate_workflow_add_transition(b, "rejected", "received");
    casegate_workflow_add_action(b, CASEGATE_ACCEPT, "accept", "accept", 0);
    casegate_workflow_add_role(b, "lab_user");
    casegate_workflow_add_need(b, "revision");
    casegate_workflow_add_transition(b, "received", "in_production");
    casegate_workflow_add_action(b, CASEGATE_REJECT, "reject", "reject", 0);
    casegate_workflow_add_role(b, "lab_user");
    casegate_workflow_add_need(b, "revision");
    casegate_workflow_add_need(b, "reason");
    casegate_workflow_add_transition(b, "received", "rejected");
    const char *const rules[][3] = {
        { "reject", "clinic", "email" }, { "reject", "clinic", "portal" }, { "reject", "dentist", "email" },
        { "reject", "dentist", "portal" }, { "submit", "lab", "portal" }, { "accept", "clinic", "portal" }, { "accept", "clinic", "sms" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        casegate_workflow_add_notice(b, rules[i][0], rules[i][1], rules[i][2], i == 6);
    assert_int_equal(casegate_workflow_builder_finish(b, &made, NULL, NULL), CASEGATE_OK);
    return made;
}

/* The host's phone book: by recipient and channel. */
static casegate_result answer_for_sms;
static casegate_result CASEGATE_CALL resolve(void *user, void *context, const casegate_notice *notice,
                                             casegate_resolution *resolution, casegate_error *err)
{
    (void)user, (void)context, (void)err;
    if (strcmp(notice->channel, "sms") != 0) return CASEGATE_OK;
    if (answer_for_sms != CASEGATE_OK) return answer_for_sms;
    return casegate_resolution_set(resolution, notice->to == CASEGATE_TO_CLINIC ? "+46 1" : "+46 2", "North", "sv");
}

/* A notifier that notes what it was given, and may wait for another channel. */
typedef struct post { atomic_int calls, waits, go; char address[64], name[64], language[16], code[32]; } post;

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    post *p = user;
    const struct timespec moment = { .tv_nsec = 1000000 };
    (void)context, (void)after_us, (void)err;
    atomic_fetch_add(&p->calls, 1);
    for (int i = 0; i < 20000 && atomic_load(&p->waits) && !atomic_load(&p->go); i++) nanosleep(&moment, NULL);
    snprintf(p->address, sizeof p->address, "%s", message->address ? message->address : "");
    snprintf(p->name, sizeof p->name, "%s", message->name ? message->name : "");
    snprintf(p->language, sizeof p->language, "%s", message->language ? message->language : "");
    snprintf(p->code, sizeof p->code, "%s", message->notice->template_code);
    return CASEGATE_OK;
}

/* An engine of its own over the story's store. */
typedef struct house { story *t; casegate_workflow *workflow; casegate_engine *engine; post sms; char id[65]; } house;

static void house_open(house *h, int32_t tell)
{
    const casegate_engine_ops ops = { .size = sizeof ops, .resolve = resolve };
    const casegate_notifier_ops post_ops = { .size = sizeof post_ops, .user = &h->sms, .deliver = deliver };
    casegate_notifier *notifiers[2];
    memset(h, 0, sizeof *h);
    answer_for_sms = CASEGATE_OK;
    h->t = story_open(NULL);
    h->workflow = own_workflow();
    notifiers[0] = casegate_recorder_notifier(h->t->mail);
    assert_int_equal(casegate_notifier_new(NULL, "sms", &post_ops, &notifiers[1], NULL), CASEGATE_OK);
    const casegate_workflow *const workflows[] = { h->workflow };
    const casegate_engine_options options = { .size = sizeof options, .host = h->t->host, .store = h->t->store, .ops = &ops,
                                              .workflows = workflows, .workflow_count = 1, .notifiers = notifiers,
                                              .notifier_count = 2, .tell = tell };
    assert_int_equal(casegate_engine_open(&options, &h->engine, &h->t->err), CASEGATE_OK);
    for (size_t i = 0; i < 2; i++) casegate_notifier_unref(notifiers[i]);
}

static void house_close(house *h)
{
    casegate_engine_unref(h->engine);
    casegate_workflow_unref(h->workflow);
    story_close(h->t);
}

static void submit(house *h)
{
    const casegate_call call = by(h->t->clara);
    assert_int_equal(casegate_engine_create(h->engine, &call, "one", h->t->content, 1, h->t->o, &h->t->err), CASEGATE_OK);
    snprintf(h->id, sizeof h->id, "%s", casegate_outcome_head(h->t->o)->id);
}

static void accept(house *h)
{
    const casegate_call call = by(h->t->lena);
    assert_int_equal(casegate_engine_accept(h->engine, &call, h->id, 1, h->t->o, &h->t->err), CASEGATE_OK);
}

/* The codes in an inbox, joined by spaces. */
static const char *inbox(house *h, const casegate_actor *actor)
{
    static char codes[256];
    const casegate_call call = by(actor);
    codes[0] = '\0';
    assert_int_equal(casegate_engine_inbox(h->engine, &call, NULL, 0, h->t->o, &h->t->err), CASEGATE_OK);
    for (size_t i = 0; i < casegate_outcome_notice_count(h->t->o); i++) {
        strcat(codes, i ? " " : "");
        strcat(codes, casegate_outcome_notice_at(h->t->o, i)->template_code);
    }
    return codes;
}

static void a_submission_tells_the_lab_and_an_acceptance_the_clinic(void **state)
{
    house h;
    (void)state;
    house_open(&h, CASEGATE_TELL_NOW);

    submit(&h);
    assert_string_equal(inbox(&h, h.t->lena), "submit");
    assert_string_equal(inbox(&h, h.t->clara), "");
    accept(&h);

    assert_string_equal(inbox(&h, h.t->clara), "accept");
    assert_string_equal(inbox(&h, h.t->lena), "submit");
    house_close(&h);
}

static void a_channel_of_the_host_has_its_own_notifier_and_its_own_address(void **state)
{
    house h;
    (void)state;
    house_open(&h, CASEGATE_TELL_NOW);

    submit(&h);
    accept(&h);

    assert_int_equal(h.sms.calls, 1);
    assert_string_equal(h.sms.code, "accept");
    assert_string_equal(h.sms.address, "+46 1");
    assert_string_equal(h.sms.name, "North");
    assert_string_equal(h.sms.language, "sv");
    assert_int_equal(casegate_recorder_count(h.t->mail), 0);
    house_close(&h);
}

/* The portal tells all the same; the operator sees the reason. */
static void without_an_address_or_muted_it_is_dead_and_visible_and_the_portal_still_tells(void **state)
{
    const casegate_result answers[] = { CASEGATE_ABSENT, CASEGATE_REFUSED };
    const char *const reasons[] = { "there is no address", "muted by the recipient" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        house h;
        house_open(&h, CASEGATE_TELL_NOW);
        const casegate_call call = by(h.t->robot);
        const casegate_notice_query dead = { .size = sizeof dead, .state = CASEGATE_NOTICE_DEAD };
        submit(&h);
        answer_for_sms = answers[i];

        accept(&h);

        assert_int_equal(h.sms.calls, 0);
        assert_string_equal(inbox(&h, h.t->clara), "accept");
        assert_int_equal(casegate_engine_notices(h.engine, &call, &dead, h.t->o, &h.t->err), CASEGATE_OK);
        assert_int_equal(casegate_outcome_notice_count(h.t->o), 1);
        assert_string_equal(casegate_outcome_notice_at(h.t->o, 0)->channel, "sms");
        assert_string_equal(casegate_outcome_notice_at(h.t->o, 0)->last_error, reasons[i]);
        house_close(&h);
    }
}

/* ---- channels apart --------------------------------------------------------------------------------------------------------------- */

static void *drain_sms(void *arg)
{
    house *h = arg;
    const casegate_drain how = { .size = sizeof how, .channel = "sms" };
    casegate_engine_drain(h->engine, &how, NULL, NULL);
    return NULL;
}

/* CG-R11: a notifier that hangs in one thread, and another channel that is done meanwhile. */
static void a_notifier_that_hangs_holds_up_no_other_channel(void **state)
{
    house h;
    pthread_t thread;
    casegate_dispatched d = { .size = sizeof d };
    const casegate_drain mail = { .size = sizeof mail, .channel = "email" };
    const struct timespec moment = { .tv_nsec = 1000000 };
    (void)state;
    house_open(&h, CASEGATE_TELL_LATER);
    submit(&h);
    accept(&h);
    submit(&h);
    const casegate_call lab = by(h.t->lena);
    assert_int_equal(casegate_engine_reject(h.engine, &lab, h.id, 1, "other", NULL, h.t->o, &h.t->err), CASEGATE_OK);
    atomic_store(&h.sms.waits, 1);
    assert_int_equal(pthread_create(&thread, NULL, drain_sms, &h), 0);
    while (!atomic_load(&h.sms.calls)) nanosleep(&moment, NULL);   /* now it hangs */

    assert_int_equal(casegate_engine_drain(h.engine, &mail, &d, &h.t->err), CASEGATE_OK);

    assert_int_equal(d.delivered, 2);
    assert_false(atomic_load(&h.sms.go));
    atomic_store(&h.sms.go, 1);
    pthread_join(thread, NULL);
    assert_int_equal(h.sms.calls, 1);
    house_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_submission_tells_the_lab_and_an_acceptance_the_clinic),
        cmocka_unit_test(a_channel_of_the_host_has_its_own_notifier_and_its_own_address),
        cmocka_unit_test(without_an_address_or_muted_it_is_dead_and_visible_and_the_portal_still_tells),
        cmocka_unit_test(a_notifier_that_hangs_holds_up_no_other_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
